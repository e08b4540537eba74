import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup.data.clean.containment import containers, share_inside, words_of


def inside(inner, outer):
    return any(outer[i : i + len(inner)] == inner for i in range(len(outer) - len(inner) + 1))


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=7).map(" ".join), max_size=12))
def test_containers_are_the_maximal_texts_that_hold_a_text(texts):
    words = [words_of(t) for t in texts]

    def holds(outer, inner):
        return inside(words[inner], words[outer]) and (len(words[inner]) < len(words[outer]) or outer < inner)

    everyone = range(len(texts))
    maximal = {i for i in everyone if not any(holds(j, i) for j in everyone if j != i)}
    for number, found in enumerate(containers(texts)):
        assert found == {j for j in maximal if j != number and holds(j, number)}


def test_parts_begin_and_end_at_words():
    assert containers(["a rainy day in may", "rain", "day in", "a rainy day"]) == [set(), set(), {0}, {0}]


def test_case_and_width_do_not_matter_and_chinese_goes_by_characters():
    assert containers(["Ｇood FILM, truly", "good film"]) == [set(), {0}]
    assert containers(["这部电影非常好看", "电影非常", "电视"]) == [set(), {0}, set()]


@pytest.mark.parametrize(
    ("train", "test", "share"),
    [
        (["one two three four five"], ["two three four five", "six seven eight nine"], 0.5),  # part of a training text
        (["two three four five"], ["one two three four five"], 1.0),  # holds a training text
        (["two three four"], ["one two three four five"], 0.0),  # too few words to be told from chance
        (["一二三四五"], ["二三四五", "五四三二一"], 0.5),
        (["a b c d"], [], 0.0),
    ],
)
def test_share_inside_counts_both_directions(train, test, share):
    assert share_inside(train, test)[0] == share
