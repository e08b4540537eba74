"""Parity with the two official definitions, written out again here with Counter, loops and NLTK's words; 1e-12."""

import gzip
import json
import re
import string
from difflib import SequenceMatcher

import numpy as np
import pytest
from nltk.tokenize import NLTKWordTokenizer

from groundup.errors import InputError
from groundup.metrics.answers import answer_scores, chinese_pieces

TOLERANCE = 1e-12
MARKS = "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』"
NLTK = NLTKWordTokenizer()  # word_tokenize of one line


def squad_words(text):
    kept = "".join(c for c in text.lower() if c not in string.punctuation)
    return [word for word in re.sub(r"\b(a|an|the)\b", " ", kept).split() if word]


def squad(reference, prediction):
    true, ours = squad_words(reference), squad_words(prediction)
    hits = sum(min(true.count(word), ours.count(word)) for word in set(true))
    if not true or not ours:
        return float(true == ours), float(true == ours)
    return float(true == ours), 2 * hits / (len(true) + len(ours))


def cmrc_pieces(text):
    kept = "".join(c for c in text.lower().strip() if c not in MARKS)
    pieces = []
    for part in re.split("([\u4e00-\u9fa5])", kept):
        pieces += NLTK.tokenize(part) if len(part.strip()) > 1 else part.split()
    return pieces


def cmrc(reference, prediction):
    true, ours = cmrc_pieces(reference), cmrc_pieces(prediction)
    plain = ["".join(c for c in text.lower().strip() if c not in MARKS) for text in (reference, prediction)]
    run = SequenceMatcher(None, true, ours, autojunk=False).find_longest_match().size
    return float(plain[0] == plain[1]), 2 * run / (len(true) + len(ours))


def check(references, predictions, language, rows):
    peer = squad if language == "en" else cmrc
    figures = answer_scores(references, predictions, language).figures(np.asarray(rows))
    best = [np.max([peer(text, predictions[r]) for text in references[r] or [""]], axis=0) for r in rows]
    assert figures["exact_match"] == pytest.approx(np.mean(best, axis=0)[0], abs=TOLERANCE)
    assert figures["f1"] == pytest.approx(np.mean(best, axis=0)[1], abs=TOLERANCE)


def random_answers(rng, words, blank, least=0):
    return blank.join(rng.choice(words, int(rng.integers(least, 6))))


@pytest.mark.parametrize(
    ("language", "words", "blank"),
    [
        ("en", ["The", "a", "cat", "Cat.", "U.S.", "3,000", "it's", "an", "naïve", "$5"], " "),
        ("zh", ["北京", "大学", "《", "》", "2010年", "3,000", "BERT", "的", "，", "U.S. ", "·", "one two", "(b)"], ""),
    ],
)
def test_figures_of_any_rows_equal_the_definition(language, words, blank):
    rng = np.random.default_rng(0)
    least = 0 if language == "en" else 1
    references = [
        [random_answers(rng, ["x", *words], blank, least) + "z" * least for _ in range(int(rng.integers(1, 4)))]
        for _ in range(80)
    ]
    predictions = [references[r][0] if r % 4 == 0 else random_answers(rng, words, blank) for r in range(80)]
    for rows in (range(80), rng.integers(0, 80, 80), [0], [5, 5, 1]):
        check(references, predictions, language, rows)


@pytest.mark.parametrize(
    ("reference", "prediction", "language", "exact", "f1"),
    [
        ("The Eiffel Tower", "eiffel tower.", "en", 1, 1),
        ("Eiffel Tower", "the tower in Paris", "en", 0, 2 / 5),
        ("北京大学", "《北京》大学。", "zh", 1, 1),
        ("北京大学", "北京的大学", "zh", 0, 2 * 2 / 9),
        ("2010年", "于2010年", "zh", 0, 2 * 2 / 5),
        ("ABC公司", "abc 公司", "zh", 0, 1),
        ("上海", "北京", "zh", 0, 0),
    ],
)
def test_cases_by_hand(reference, prediction, language, exact, f1):
    figures = answer_scores([[reference]], [prediction], language).figures(np.arange(1))
    assert figures == pytest.approx({"exact_match": exact, "f1": f1})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_question_without_answer_is_answered_by_nothing(language):
    figures = answer_scores([[], []], ["", "word"], language).figures(np.arange(2))
    apart = {"no_answer_exact_match": 0.5, "no_answer_f1": 0.5, "has_answer_exact_match": None, "has_answer_f1": None}
    assert figures == {"exact_match": 0.5, "f1": 0.5} | apart


def test_the_best_reference_counts():
    scores = answer_scores([["Rome", "the city of Paris", "Paris"]], ["Paris"])
    assert scores.figures(np.arange(1)) == {"exact_match": 1.0, "f1": 1.0}


def test_no_rows_have_no_figures():
    assert answer_scores([], []).figures(np.arange(0)) == {"exact_match": None, "f1": None}


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="list of texts"):
        answer_scores(["Paris"], ["Paris"])
    with pytest.raises(ValueError, match="1 references, 2 predictions"):
        answer_scores([["a"]], ["a", "b"])
    with pytest.raises(InputError, match=r"UNKNOWN_LANGUAGE language: answers in 'de' .*en, zh"):
        answer_scores([["a"]], ["a"], "de")


def test_real_chinese_answers_are_cut_and_scored_as_officially(shared_data):
    pages = json.loads(gzip.decompress((shared_data / "text_zh/cmrc2018/dev.json.gz").read_bytes()))["data"]
    found = [(p["context"], q) for page in pages for p in page["paragraphs"] for q in p["qas"]]
    for text in sorted({answer["text"] for _, q in found for answer in q["answers"]}):
        assert chinese_pieces(text) == ['"' if piece in ("``", "''") else piece for piece in cmrc_pieces(text)]
    picked = [(context, q) for context, q in found if all('"' not in answer["text"] for answer in q["answers"])][:400]
    references = [[answer["text"] for answer in q["answers"]] for _, q in picked]
    rng = np.random.default_rng(1)
    predictions = [texts[0][int(rng.integers(0, 3)) : -int(rng.integers(0, 3)) or None] for texts in references]
    check(references, predictions, "zh", range(len(picked)))


def published(gold, said):
    """Exact match and F1 of SQuAD 2.0 by its published rules, written down once more."""

    def words(text):
        kept = "".join(c for c in text.lower() if c not in set(string.punctuation))
        return [word for word in kept.split() if word not in ("a", "an", "the")]

    if not gold:
        return (float(not words(said)),) * 2
    ours, best = words(said), (0.0, 0.0)
    for one in gold:
        true = words(one)
        hits = sum(min(true.count(word), ours.count(word)) for word in set(true))
        f1 = 2 * hits / (len(true) + len(ours)) if true and ours else float(true == ours)
        best = max(best[0], float(true == ours)), max(best[1], f1)
    return best


def test_questions_without_answer_are_judged_as_squad_2_does():
    rng, words = np.random.default_rng(4), ["the", "old", "Boat", "a", "lamp,", "Oslo", "1902.", "river"]

    def text():
        return " ".join(rng.choice(words, rng.integers(1, 4)))

    gold = [[] if rng.random() < 0.4 else [text() for _ in range(rng.integers(1, 4))] for _ in range(200)]
    said = ["" if rng.random() < 0.4 else str(rng.choice(one)) if one and rng.random() < 0.5 else text() for one in gold]
    expected = np.array([published(*pair) for pair in zip(gold, said, strict=True)])
    answered = np.array([bool(one) for one in gold])
    for rows in (np.arange(200), rng.integers(0, 200, 50), np.flatnonzero(answered)[:3], np.flatnonzero(~answered)[:3]):
        figures = answer_scores(gold, said).figures(rows)
        for place, name in enumerate(("exact_match", "f1")):
            values, there = expected[rows, place], answered[rows]
            assert figures[name] == pytest.approx(values.mean())
            assert figures[f"has_answer_{name}"] == (pytest.approx(values[there].mean()) if there.any() else None)
            assert figures[f"no_answer_{name}"] == (pytest.approx(values[~there].mean()) if (~there).any() else None)
    assert list(answer_scores([["a b"]], ["a b"]).figures(np.arange(1))) == ["exact_match", "f1"], "no such row, no such figure"


def test_answers_in_scripts_without_blanks_are_judged_by_characters():
    figures = answer_scores([["แมวดำ"], ["東京都。"]], ["แมว", "東京"], "characters")
    assert figures.figures(np.array([0]))["f1"] == pytest.approx(2 * 3 / 9), "the last letter is two characters"
    assert figures.figures(np.array([1]))["f1"] == pytest.approx(2 * 2 / 5)
    assert answer_scores([["ＡＢ、ｃ"]], ["ab c"], "characters").figures(np.arange(1))["exact_match"] == 1.0
