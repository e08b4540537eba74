import numpy as np
import pytest

from groundup.keywords.phrases import make_phrases
from groundup.tasks.summaries import by_chance, central, joined, lead, oracle, sentences_of, text_rank

EN = make_phrases("en")
TEXT = "Cats chase mice. The boat is red. Mice fear cats.\nCats and mice live in barns. Snow fell."


def overlap(summary, reference):
    """F1 of distinct words."""
    mine, theirs = set(summary.lower().split()), set(reference.lower().split())
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def test_sentences_are_split_in_both_languages_and_joined_as_they_are_written():
    assert sentences_of(TEXT)[3] == "Cats and mice live in barns."
    assert joined(sentences_of("天冷。下雪了。\n花开了。"), [0, 2], True) == "天冷。花开了。"
    assert joined(["A b.", "C."], [0, 1], False) == "A b. C."


def test_lead_is_the_beginning_and_never_more_than_there_is():
    assert lead(["a", "b", "c"], 2) == [0, 1]
    assert lead(["a"], 3) == [0]


def test_chance_hangs_on_seed_and_text_alone():
    sentences = list("abcdefghij")
    found = [by_chance(sentences, 3, 7, number) for number in range(20)]
    assert found == [by_chance(sentences, 3, 7, number) for number in range(20)]
    assert len({tuple(one) for one in found}) > 10
    assert all(one == sorted(set(one)) and len(one) == 3 for one in found)


def test_text_rank_takes_sentences_that_share_words():
    assert text_rank(sentences_of(TEXT), 3, EN) == [0, 2, 3]


@pytest.mark.parametrize(("block", "wanted"), [(True, [0, 2]), (False, [0, 1])])
def test_a_repeated_trigram_blocks(block, wanted):
    sentences = ["Red cats chase mice.", "Red cats chase mice.", "Old mice sleep."]
    assert text_rank(sentences, 2, EN, block) == wanted


def test_the_oracle_stops_where_no_sentence_helps():
    sentences = ["the boat", "a cat sat", "on the mat", "snow"]
    assert oracle(sentences, "a cat sat on the mat", 4, overlap, False) == [1, 2]
    assert oracle(sentences, "nothing alike", 2, overlap, False) == []


def test_central_sentences_are_near_the_mean_and_differ():
    class Fixed:
        def vectors(self, texts):
            return np.array(
                [{"a": [1, 0], "b": [1, 0.01], "c": [0.5, 0.5], "d": [-1, 0.2]}[text] for text in texts], dtype=float
            )

    assert central(list("abcd"), 2, Fixed(), diversity=0) == [1, 2]
    assert central([], 2, Fixed()) == []


def test_an_empty_text_has_an_empty_summary():
    assert text_rank([], 2, EN) == lead([], 2) == by_chance([], 2, 0, 0) == oracle([], "x", 2, overlap, False) == []
