"""Cases by hand, and parity with loops over sets and NLTK's Porter stems at 1e-12."""

import sys
import zipfile

import numpy as np
import pytest
from nltk.stem.porter import PorterStemmer

from groundup.errors import InputError
from groundup.metrics import keyphrases
from groundup.metrics.keyphrases import FIGURES, keyphrase_scores, stemming

TOLERANCE = 1e-12
EVERY = np.arange(1)


def test_a_document_by_hand():
    gold = ["Neural networks", "deep learning", "speech"]
    predicted = ["neural network", "NEURAL NETWORKS", "learning", "Deep-Learning", "text"]
    scores = keyphrase_scores([gold], [predicted], ["Deep learning trains a neural network."])
    assert scores.figures(EVERY) == pytest.approx(
        {
            "f1@5": 2 * 2 / (5 + 3),
            "f1@10": 2 * 2 / (10 + 3),
            "f1@M": 2 * 2 / (4 + 3),
            "recall_present": 1.0,
            "upper_bound": 2 / 3,
        }
    )


def test_only_the_first_k_count():
    predicted = ["one", "two", "three", "four", "five", "right"]
    figures = keyphrase_scores([["right"]], [predicted], ["a right word"]).figures(EVERY)
    assert (figures["f1@5"], figures["f1@10"], figures["f1@M"]) == pytest.approx((0.0, 2 / 11, 2 / 7))


def test_a_chinese_document_by_hand():
    gold, predicted = ["深度学习", "ＢＥＲＴ模型", "语音"], ["bert模型", "学习", "深度 学习"]
    scores = keyphrase_scores([gold], [predicted], ["深度学习与BERT模型的研究"], "zh")
    assert scores.figures(EVERY) == pytest.approx(
        {
            "f1@5": 2 * 2 / (5 + 3),
            "f1@10": 2 * 2 / (10 + 3),
            "f1@M": 2 * 2 / (3 + 3),
            "recall_present": 1.0,
            "upper_bound": 2 / 3,
        }
    )


def test_a_phrase_within_a_longer_word_is_not_present():
    assert keyphrase_scores([["art"]], [[]], ["a party"]).figures(EVERY)["upper_bound"] == 0.0
    assert keyphrase_scores([["ai"]], [[]], ["email系统"], "zh").figures(EVERY)["upper_bound"] == 0.0
    assert keyphrase_scores([["ai"]], [[]], ["AI系统"], "zh").figures(EVERY)["upper_bound"] == 1.0


def test_signs_of_programming_languages_are_kept():
    assert keyphrase_scores([["C++"]], [["C", "c#"]], ["in C"]).figures(EVERY)["f1@M"] == 0.0


def test_a_document_without_gold_phrases_is_in_no_mean():
    scores = keyphrase_scores([["cat"], [], ["!"], ["dog"]], [["cat"], ["x"], ["y"], []], ["a cat", "", "", "none"])
    assert scores.figures(np.arange(4)) == pytest.approx(
        {"f1@5": (2 / 6 + 0) / 2, "f1@10": (2 / 11 + 0) / 2, "f1@M": 0.5, "recall_present": 1.0, "upper_bound": 0.5}
    )
    assert scores.figures(np.array([1, 2])) == dict.fromkeys(FIGURES)
    assert keyphrase_scores([], [], []).figures(np.arange(0)) == dict.fromkeys(FIGURES)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InputError, match=r"UNKNOWN_LANGUAGE language: keyphrases in 'fr'.*say en or zh"):
        keyphrase_scores([[]], [[]], [""], "fr")
    with pytest.raises(ValueError, match="1 gold, 0 predicted, 1 texts"):
        keyphrase_scores([[]], [], [""])


def test_without_the_stemmer_the_way_out_is_told(monkeypatch):
    keyphrases.porter.cache_clear()
    monkeypatch.setitem(sys.modules, "snowballstemmer", None)
    with pytest.raises(InputError, match=r"MISSING_EXTRA keyphrases: .*pip install 'groundup\[keyphrases\]'"):
        keyphrase_scores([[]], [[]], [""])
    assert keyphrase_scores([["词"]], [["词"]], ["词"], "zh").figures(EVERY)["f1@M"] == 1.0


def inspec(data):
    """Texts and gold phrases of 200 abstracts."""
    with zipfile.ZipFile(data / "keyphrase/inspec/Validation.zip") as archive:
        names = sorted(name.removesuffix(".abstr") for name in archive.namelist() if name.endswith(".abstr"))[:200]
        read = [[archive.read(f"{name}.{kind}").decode("utf-8") for name in names] for kind in ("abstr", "uncontr")]
    return read[0], [[" ".join(phrase.split()) for phrase in phrases.split(";")] for phrases in read[1]]


def peer(gold, predicted, text, stem):
    """The figures of a document, from strings with blanks around stems."""
    gold, text = {stem(p) for p in gold} - {""}, f" {stem(text)} "
    ordered = [p for p in dict.fromkeys(map(stem, predicted)) if p]
    there = {p for p in gold if f" {p} " in text}

    def f1(k):
        hits = len(gold & set(ordered[:k]))
        precision, recall = hits / k if k else 0, hits / len(gold)
        return 2 * precision * recall / (precision + recall) if hits else 0

    return [
        f1(5),
        f1(10),
        f1(len(ordered)),
        len(there & set(ordered)) / len(there) if there else np.nan,
        len(there) / len(gold),
    ]


def test_real_abstracts_equal_loops_with_stems_of_nltk(shared_data):
    texts, gold = inspec(shared_data)
    porter = PorterStemmer(mode=PorterStemmer.ORIGINAL_ALGORITHM)
    words = sorted({word for text in texts for word in keyphrases.WORD.findall(text.lower())})
    ours = [stemming("en")(word) for word in words]
    differ = [(word, stems[0], porter.stem(word)) for word, stems in zip(words, ours) if stems != (porter.stem(word),)]
    assert not differ
    rng = np.random.default_rng(0)
    predicted = [
        [*rng.permutation(phrases)[: int(rng.integers(0, 8))], *rng.choice(gold[r - 1], 3), *text.split()[:2]]
        for r, (phrases, text) in enumerate(zip(gold, texts))
    ]
    scores = keyphrase_scores(gold, predicted, texts)

    def stem(text):
        return " ".join(porter.stem(word) for word in keyphrases.WORD.findall(text.lower()))

    rows = np.array([peer(*row, stem) for row in zip(gold, predicted, texts)])
    for picked in (np.arange(200), rng.integers(0, 200, 200), np.array([3, 3])):
        assert scores.figures(picked) == pytest.approx(dict(zip(FIGURES, np.nanmean(rows[picked], axis=0))), abs=TOLERANCE)
