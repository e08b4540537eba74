"""Parity with rouge-score at 1e-12: the same integers are divided, F1 in another order."""

import json
import unicodedata

import numpy as np
import pytest
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenize import tokenize

from groundup.metrics.rouge import VARIANTS, copy_scores, rouge_scores, rouge_tokens

TOLERANCE = 1e-12
WORDS = "The cat, sat on a MAT. naïve café co-op 3.5 don't it's U.S. and and the dog ran".split()


class Ours:
    def tokenize(self, text):
        return rouge_tokens(text)


def random_text(rng, words=WORDS, blank=" "):
    lines = [blank.join(rng.choice(words, int(rng.integers(0, 12)))) for _ in range(int(rng.integers(1, 5)))]
    return "\n".join(lines)


def check(references, predictions, rows, scorer=None):
    scorer = scorer or RougeScorer(list(VARIANTS))
    figures = rouge_scores(references, predictions).figures(np.asarray(rows))
    several = [[r] if isinstance(r, str) else r for r in references]
    found = [scorer.score_multi(several[r], predictions[r]) for r in rows]
    for variant in VARIANTS:
        for name, n in (("_precision", 0), ("_recall", 1), ("", 2)):
            expected = np.mean([row[variant][n] for row in found])
            assert figures[f"{variant}{name}"] == pytest.approx(expected, abs=TOLERANCE), (variant, name)


def test_english_equals_rouge_score_on_any_rows():
    rng = np.random.default_rng(0)
    references, predictions = ([random_text(rng) for _ in range(60)] + [other] for other in ("", "a cat"))
    for rows in (range(61), rng.integers(0, 61, 61), [60], [3, 3, 60]):
        check(references, predictions, rows)


def test_the_best_of_several_references_counts():
    rng = np.random.default_rng(1)
    references = [[random_text(rng) for _ in range(int(rng.integers(1, 4)))] for _ in range(40)]
    check(references, [random_text(rng) for _ in range(40)], range(40))


def test_chinese_equals_rouge_score_on_our_tokens():
    rng = np.random.default_rng(2)
    words = ["今天", "天气", "很好", "。", "ＧＤＰ", "BERT", "模型", "2024年", "，", "的", "的"]
    references, predictions = ([random_text(rng, words, "") for _ in range(40)] for _ in range(2))
    check(references, predictions, range(40), RougeScorer(list(VARIANTS), tokenizer=Ours()))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("今天GDP增长3.5%，很好！", ["今", "天", "gdp", "增", "长", "3", "5", "很", "好"]),
        ("ＧＰＴ－４ 模型", ["gpt", "4", "模", "型"]),
        ("The U.S. café", ["the", "u", "s", "caf"]),
        ("Привет, мир", ["привет", "мир"]),
        ("カタカナ 한국어", ["カ", "タ", "カ", "ナ", "한국어"]),
        ("𠀀々", ["𠀀", "々"]),
        ("_ — ™ ½", []),
    ],
)
def test_tokens(text, tokens):
    assert rouge_tokens(text) == tokens


def test_every_latin_letter_is_read_as_by_rouge_score():
    letters = [chr(c) for c in range(0x20000) if unicodedata.name(chr(c), "").split(" ")[0] in ("LATIN", "MATHEMATICAL")]
    assert len(letters) > 2000
    differ = [c for c in letters if rouge_tokens(f"a{c}b") != tokenize(f"a{c}b", None)]
    assert not differ


def test_a_chinese_case_by_hand():
    figures = rouge_scores(["我爱北京"], ["我在北京"]).figures(np.arange(1))
    assert figures["rouge1"] == pytest.approx(3 / 4)
    assert figures["rouge2"] == pytest.approx(1 / 3)
    assert figures["rougeL"] == pytest.approx(3 / 4)


def test_no_rows_have_no_rouge():
    assert set(rouge_scores(["a"], ["a"]).figures(np.arange(0)).values()) == {None}
    assert set(rouge_scores([], []).figures(np.arange(0)).values()) == {None}
    with pytest.raises(ValueError, match="without a reference"):
        rouge_scores([[]], ["a"])
    with pytest.raises(ValueError, match="1 references, 0 predictions"):
        rouge_scores(["a"], [])


def test_copy_rate_and_novel_grams():
    sources = ["the cat sat on the mat", "今天天气很好", "x"]
    summaries = ["the cat on the sofa", "今天天气", ""]
    scores = copy_scores(sources, summaries)
    first = scores.figures(np.array([0]))
    assert first == pytest.approx({"copy_rate": 4 / 5, "novel_2": 2 / 4, "novel_3": 3 / 3, "novel_4": 2 / 2})
    assert scores.figures(np.array([1])) == {"copy_rate": 1.0, "novel_2": 0.0, "novel_3": 0.0, "novel_4": 0.0}
    assert set(scores.figures(np.array([2])).values()) == {None}
    assert scores.figures(np.arange(3))["copy_rate"] == pytest.approx((4 / 5 + 1) / 2)


def test_real_summaries_equal_rouge_score(shared_data):
    path = shared_data / "summarization/dialogsum/dialogsum.dev.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n")[:150] if line]
    leads = ["\n".join(row["dialogue"].split("\n")[:2]) for row in rows]
    check([row["summary"] for row in rows], leads, range(len(rows)))
