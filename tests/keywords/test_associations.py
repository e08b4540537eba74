import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from groundup.errors import InputError
from groundup.keywords.associations import Associations, log_odds, strength, topic_words
from groundup.keywords.phrases import make_phrases

EN = make_phrases("en")
TEXTS = ["salty sea", "salty sea waves", "calm sea", "salty soup", "hot soup and bread", "hot bread", "salty sea"] * 2


def test_meetings_are_counted_on_both_sides_within_the_window():
    found = Associations(EN, window=1).fit(["cat dog bird", "dog cat"])
    assert found.near("cat") == {"dog": 2}
    assert found.meetings == {"cat": 2, "dog": 3, "bird": 1}
    assert sum(found.meetings.values()) == sum(sum(found.near(word).values()) for word in ("cat", "dog", "bird"))


def test_what_meets_more_often_than_by_chance_comes_first():
    near = Associations(EN).fit(TEXTS).of("soup", 5, rarest=1)
    assert [one.word for one in near][-1] == "salty"
    assert {one.word: one.together for one in near} == {"salty": 2, "hot": 2, "bread": 2}


def test_measures_are_their_formulas():
    assert strength(4, 10, 8, 100, "pmi") == pytest.approx(math.log(4 * 100 / 80))
    assert strength(10, 10, 10, 100, "npmi") == pytest.approx(1)
    cells = np.array([[4, 6], [4, 86]])
    exact = chi2_contingency(cells, correction=False, lambda_="log-likelihood").statistic
    assert strength(4, 10, 8, 100, "likelihood") == pytest.approx(exact)
    assert strength(1, 30, 40, 100, "likelihood") < 0


def test_a_word_that_is_not_there_is_refused():
    with pytest.raises(InputError, match=r"NO_SUCH_WORD associated: 'wine' stands in none of the 14 texts"):
        Associations(EN).fit(TEXTS).of("wine", 3)


def test_akin_words_are_near_by_their_vectors():
    class Letters:
        def vectors(self, texts):
            return np.array([[text.count(c) for c in "abcdefghijklmnopqrstuvwxyz"] for text in texts], dtype=float)

    found = Associations(EN).fit(["seas sea boat"] * 3).akin("sea", 2, Letters())
    assert [word for word, _ in found] == ["seas", "boat"]
    assert found[0][1] == pytest.approx(4 / (3 * 6) ** 0.5)


GROUPS = {
    "sea": ["salty sea waves and common words"] * 5,
    "kitchen": ["hot soup and common words"] * 4 + ["bread and soup"] * 3,
}


@pytest.mark.parametrize("measure", ["odds", "tfidf"])
def test_words_of_a_group_are_those_that_others_lack(measure):
    found = topic_words(GROUPS, EN, 3, measure)
    assert {word for word, _ in found["sea"]} == {"salty", "sea", "waves"}
    assert found["kitchen"][0][0] == "soup"


def test_log_odds_change_sign_with_the_group():
    own, every = np.array([8.0, 1.0, 5.0]), np.array([10.0, 10.0, 10.0])
    assert log_odds(own, every, 2) == pytest.approx(-log_odds(every - own, every, 2))
    assert (np.sign(log_odds(own, every, 2)) == [1, -1, 1]).all()


def test_one_group_is_refused():
    with pytest.raises(InputError, match="ONE_GROUP"):
        topic_words({"a": ["text"]}, EN, 3)
