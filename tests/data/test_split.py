import numpy as np
import pytest

from groundup.data.settings import SplitSettings
from groundup.data.split import (
    LEFT_OUT,
    TEST,
    TRAIN,
    VALIDATION,
    cluster,
    find_leakage,
    given_splits,
    split_rows,
    time_key,
)  # fmt: skip
from groundup.errors import InputError

WORDS = "river stone table winter garden music paper silver window candle forest engine letter button island mirror".split()


def texts_of(count, seed=0):
    """Different texts of eight words."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, 8)) + f" {i}" for i in range(count)]


def test_shares_hold_label_by_label():
    texts, labels = texts_of(1000), ["good"] * 900 + ["bad"] * 100
    found = split_rows(texts, labels, SplitSettings(validation=0.1, test=0.2), seed=0)
    for rows in (slice(0, 900), slice(900, None)):
        assert np.mean(found[rows] == TEST) == pytest.approx(0.2, abs=0.01)
        assert np.mean(found[rows] == VALIDATION) == pytest.approx(0.1, abs=0.01)


def test_the_seed_alone_decides():
    texts, labels, settings = texts_of(200), ["a", "b"] * 100, SplitSettings()
    first = split_rows(texts, labels, settings, seed=1)
    assert (first == split_rows(texts, labels, settings, seed=1)).all()
    assert (first != split_rows(texts, labels, settings, seed=2)).any()


def test_repeats_and_groups_never_part():
    texts = texts_of(100)
    texts += [t.upper() for t in texts[:50]]  # folded, the same
    groups = [str(i % 40) for i in range(150)]
    for seed in range(5):
        found = split_rows(texts, ["x"] * 150, SplitSettings(test=0.3), seed, groups)
        assert (found[100:] == found[:50]).all()
        for group in set(groups):
            assert len({int(found[i]) for i in range(150) if groups[i] == group}) == 1
    assert len(set(found.tolist())) == 3


def test_groups_join_through_a_repeated_text():
    clusters = cluster(["alpha beta", "gamma", "gamma", "delta"], ["1", "1", "2", None])
    assert clusters[0] == clusters[1] == clusters[2] != clusters[3]


def test_by_time_the_oldest_train_and_the_newest_test_whatever_their_order():
    times = [f"{2000 + i}-01-01" for i in range(20)]
    order = np.random.default_rng(0).permutation(20)
    found = split_rows(texts_of(20), ["x"] * 20, SplitSettings(validation=0.1, test=0.2, time_column="when"), 0,
                       times=[times[i] for i in order])  # fmt: skip
    by_time = found[np.argsort(order)]
    assert by_time.tolist() == [TRAIN] * 14 + [VALIDATION] * 2 + [TEST] * 4


def test_times_that_are_numbers_are_ordered_as_numbers():
    assert sorted(["10", "9", "2021-01-02", "1.5"], key=time_key) == ["1.5", "9", "10", "2021-01-02"]


@pytest.mark.parametrize("odd", ["31/12/2025", "1.2.26", " 03-01-2026 08:00"])
def test_dates_that_begin_with_day_or_month_do_not_sort_by_time(odd):
    with pytest.raises(InputError, match="sorts by its day or month") as error:
        split_rows(texts_of(3), ["x"] * 3, SplitSettings(time_column="t"), 0, times=["2026-03-01", odd, "2026-03-02"])
    assert "like 2026-03-01" in error.value.fix


def test_a_later_repeat_goes_where_the_older_text_is():
    texts = texts_of(10)
    texts[9] = texts[0]
    found = split_rows(texts, ["x"] * 10, SplitSettings(test=0.2, time_column="t"), 0, times=[str(i) for i in range(10)])
    assert found[9] == found[0] == TRAIN
    assert found[8] == TEST


@pytest.mark.parametrize("contained", ["train", "leave_out"])
def test_by_containment_a_phrase_trains_only_where_all_its_sentences_train(contained):
    sentences = texts_of(60)
    phrases = [" ".join(s.split()[2:6]) for s in sentences]
    settings = SplitSettings(test=0.3, group_by="containment", contained=contained)
    found = split_rows(sentences + phrases, ["x"] * 120, settings, seed=0)
    of_sentences, of_phrases = found[:60], found[60:]
    assert {TRAIN, TEST} <= set(of_sentences.tolist())
    held = [[i for i, s in enumerate(sentences) if f" {p} " in f" {s} "] for p in phrases]
    for number, holders in enumerate(held):
        trains = contained == "train" and all(of_sentences[i] == TRAIN for i in holders)
        assert of_phrases[number] == (TRAIN if trains else LEFT_OUT)


def test_leakage_tells_exact_near_and_contained():
    train = texts_of(50)
    assert find_leakage(train, texts_of(50, seed=9)).leaks is False
    exact = find_leakage(train, [train[0].upper(), *texts_of(3, seed=9)])
    assert exact.exact == 0.25
    assert exact.leaks
    near = find_leakage([" ".join(train[:5])], [" ".join(train[:5]) + "!"])
    assert near.exact == 0
    assert near.near == 1
    assert near.leaks
    assert near.examples[0].count(train[0][:80]) == 2
    short = find_leakage(["fine film", "dull"], ["Fine film", "good"])
    assert (short.exact, short.examples) == (0.5, ["'Fine film', which is in both"])
    part = find_leakage(train, [" ".join(train[7].split()[1:7])])
    assert part.contained == 1
    assert part.exact == 0
    assert train[7][:20] in part.examples[0]


def test_names_of_files_tell_splits_only_when_they_differ():
    assert given_splits(["test", "test"]) == ["train", "train"]
    assert given_splits(["train", "test", None]) == ["train", "test", "train"]
