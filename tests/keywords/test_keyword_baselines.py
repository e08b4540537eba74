import math

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.keywords.baselines import Statistic, TextRank, TfIdf, page_rank, stationary
from groundup.keywords.phrases import make_phrases

EN = make_phrases("en")
TRAIN = ["red lamp", "red lamp and the old boat", "old boat", "a bird"]
TEXT = (
    "Support vector machines are classifiers. Training of support vector machines is a quadratic program. "
    "The kernel of support vector machines maps the data. Weather was cold."
)


def test_tfidf_is_the_formula():
    ranked = dict(TfIdf(EN).fit(TRAIN).rank("old boat and red fish and the old boat", 5))
    assert ranked == pytest.approx({"old boat": 2 * math.log(5 / 3), "red fish": math.log(5)})


def test_tfidf_counts_in_training_texts_alone():
    ranker = TfIdf(EN).fit(TRAIN)
    before = ranker.rank("red lamp", 1)
    ranker.rank("red lamp " * 50, 5)
    assert ranker.rank("red lamp", 1) == before == [("red lamp", pytest.approx(math.log(5 / 3)))]


def test_tfidf_that_saw_nothing_is_refused():
    with pytest.raises(InputError, match="NOT_FITTED"):
        TfIdf(EN).rank("red lamp", 1)


def test_page_rank_solves_its_equation():
    weights = np.array([[0, 1, 2, 0], [1, 0, 1, 0], [2, 1, 0, 0], [0, 0, 0, 0]], dtype=float)
    moves = np.array([[0, 1 / 2, 2 / 3, 1 / 4], [1 / 3, 0, 1 / 3, 1 / 4], [2 / 3, 1 / 2, 0, 1 / 4], [0, 0, 0, 1 / 4]])
    exact = np.linalg.solve(np.eye(4) - 0.85 * moves, np.full(4, 0.15 / 4))
    assert stationary(weights) == pytest.approx(exact, abs=1e-5)
    assert exact.sum() == pytest.approx(1)


def test_in_a_star_the_middle_is_first():
    ranks = page_rank({"a": {"m": 1}, "b": {"m": 1}, "c": {"m": 1}, "m": {"a": 1, "b": 1, "c": 1}})
    assert max(ranks, key=lambda name: ranks[name]) == "m"
    assert ranks["a"] == pytest.approx(ranks["c"])


@pytest.mark.parametrize("ranker", [TfIdf(EN).fit(TRAIN), TextRank(EN), Statistic(EN)])
def test_what_a_text_repeats_is_its_first_keyword(ranker):
    ranked = ranker.rank(TEXT, 4)
    assert ranked[0][0] == "support vector machines"
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)
    assert len(ranker.rank(TEXT, 2)) == 2


@pytest.mark.parametrize("ranker", [TfIdf(EN).fit(TRAIN), TextRank(EN), Statistic(EN)])
@pytest.mark.parametrize("text", ["", "the of", "word"])
def test_a_text_without_phrases_has_no_keywords(ranker, text):
    assert [phrase for phrase, _ in ranker.rank(text, 3)] == ([text] if text == "word" else [])


def test_the_statistic_prefers_early_and_capital_words():
    ranked = [phrase for phrase, _ in Statistic(EN).rank("It was Ada. Then a lamp. Then a boat. Then a bird.", 4)]
    assert ranked == ["ada", "lamp", "boat", "bird"]


@pytest.mark.parametrize("make", [TfIdf, TextRank, Statistic])
def test_chinese_keywords_are_what_a_text_repeats(make):
    pytest.importorskip("rjieba")
    text = "神经网络是一种模型。训练神经网络需要数据。天气很冷。我们改进了神经网络。"
    assert make(make_phrases("zh")).fit(["天气很冷", "数据"]).rank(text, 3)[0][0].endswith("神经网络")
