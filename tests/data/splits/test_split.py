import numpy as np
import pytest

from groundup.data.settings import SplitSettings
from groundup.data.splits.split import (
    LEFT_OUT,
    TEST,
    TRAIN,
    VALIDATION,
    cluster,
    empty_splits,
    find_leakage,
    given_splits,
    ungrouped,
)
from groundup.data.splits.times import order_of_times
from groundup.errors import InputError
from groundup.kinds.text.reader import TextReader
from groundup.tasks.rows.splitting import split_of_rows

WORDS = "river stone table winter garden music paper silver window candle forest engine letter button island mirror".split()


def split_texts(texts, labels, settings, seed, groups=None, times=None):
    return split_of_rows(TextReader(), [(text,) for text in texts], labels, settings, seed, groups, times)


def texts_of(count, seed=0):
    """Different texts of eight words."""
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, 8)) + f" {i}" for i in range(count)]


def test_shares_hold_label_by_label():
    texts, labels = texts_of(1000), ["good"] * 900 + ["bad"] * 100
    found = split_texts(texts, labels, SplitSettings(validation=0.1, test=0.2), seed=0)
    for rows in (slice(0, 900), slice(900, None)):
        assert np.mean(found[rows] == TEST) == pytest.approx(0.2, abs=0.01)
        assert np.mean(found[rows] == VALIDATION) == pytest.approx(0.1, abs=0.01)


def test_the_seed_alone_decides():
    texts, labels, settings = texts_of(200), ["a", "b"] * 100, SplitSettings()
    first = split_texts(texts, labels, settings, seed=1)
    assert (first == split_texts(texts, labels, settings, seed=1)).all()
    assert (first != split_texts(texts, labels, settings, seed=2)).any()


def test_repeats_and_groups_never_part():
    texts = texts_of(100)
    texts += [t.upper() for t in texts[:50]]  # folded, the same
    groups = [str(i % 40) for i in range(150)]
    for seed in range(5):
        found = split_texts(texts, ["x"] * 150, SplitSettings(test=0.3), seed, groups)
        assert (found[100:] == found[:50]).all()
        for group in set(groups):
            assert len({int(found[i]) for i in range(150) if groups[i] == group}) == 1
    assert len(set(found.tolist())) == 3


def test_groups_join_through_a_repeated_text():
    clusters = cluster(["alpha beta", "gamma", "gamma", "delta"], ["1", "1", "2", None])
    assert clusters[0] == clusters[1] == clusters[2] != clusters[3]


def test_by_time_the_oldest_train_and_the_newest_test_whatever_their_order():
    times = [f"{2000 + i}-01-01" for i in range(20)]
    shuffled = np.random.default_rng(0).permutation(20)
    found = split_texts(
        texts_of(20),
        ["x"] * 20,
        SplitSettings(validation=0.1, test=0.2, time_column="when"),
        0,
        times=[times[i] for i in shuffled],
    )
    by_time = found[np.argsort(shuffled)]
    assert by_time.tolist() == [TRAIN] * 14 + [VALIDATION] * 2 + [TEST] * 4


def order(times):
    """The times as they are ordered."""
    keys = order_of_times(times, lambda row: f"a.csv:{row + 2}", "when")
    return [times[row] for row in sorted(range(len(times)), key=lambda row: keys[row])]


IN_ORDER = [
    ["-3", "1.5", "9", "10", "1e2"],
    ["1700000000000000001", "1700000000000000002"],
    ["2023", "2024"],
    ["20231231", "20240119"],
    ["9999-12", "2024-02", "2024-01"][::-1],
    ["2023-12-31", " 2024-01-19"],
    ["2024-01-19 08:30", "2024-01-19T08:31"],
    ["2024-01-19T08:30:00", "2024-01-19T08:30:00.05", "2024-01-19T08:30:00.5", "2024-01-19 08:30:01"],
    ["20240119T0830", "20240119T0915"],
    ["02.03.2023", "19.01.2024"],
    ["13/04/2023", "01/05/2023"],
    ["Dec 2023", "Jan 2024"],
    ["2024-10-27 02:30:00+0200", "2024-10-27 02:15:00+01:00", "2024-10-27T01:16:00Z"],
]  # the last by the instant, not by the clock


@pytest.mark.parametrize("times", IN_ORDER)
def test_times_of_one_form_are_ordered_by_time(times):
    assert order(times[::-1]) == times


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (["19.01.2024", "soon"], "'19.01.2024' in 'when' at a.csv:2 is neither a number nor a date; 2 of 2"),
        (["2024-01-19", "unknown", "2024-01-20", "unknown"], "'unknown' in 'when' at a.csv:3 is neither"),
        (["2024-02-30"], "'2024-02-30' in 'when' at a.csv:2 is neither"),
        (["Jan"], "is neither"),
        (["12:30:00"], "is neither"),
        (["1_000"], "is neither"),
        (["nan", "1"], "'nan' in 'when' at a.csv:2 is neither"),
        (["19012024", "2032023"], "'19012024' in 'when' at a.csv:2 is neither"),
        (["2024-01-19", None, "", "2024-01-20", " "], "'' in 'when' at a.csv:3 holds no time; 3 of 5 rows are such"),
        (
            ["2024-01-19", "2024-01-20", "5"],
            "'5' in 'when' at a.csv:4 is written another way beside '2024-01-19'; 1 of 3 rows are such",
        ),
        (["2024-01", "2024-01-20", "2024-01-21"], "'2024-01' in 'when' at a.csv:2 is written another way"),
        (
            ["2024-01-19 08:30Z", "2024-01-19 08:30", "2024-01-19 08:30"],
            "'2024-01-19 08:30Z' in 'when' at a.csv:2 is written another way",
        ),
        (["20240119", "2024-01-20", "2024-01-21"], "'20240119' in 'when' at a.csv:2 is written another way"),
    ],
)
def test_times_without_a_certain_order_are_refused_with_their_place_and_count(times, told):
    with pytest.raises(InputError) as error:
        order(times)
    assert error.value.code == "NO_ORDER"
    assert told in error.value.what
    assert "2024-01-19" in error.value.fix


def test_days_that_can_be_months_are_refused_unless_a_setting_says_which_comes_first():
    times = ["03/04/2024", "02/05/2024"]
    with pytest.raises(InputError) as error:
        order(times)
    assert error.value.code == "WHICH_DAY"
    assert "'03/04/2024' can be two days" in error.value.what
    assert "--split.dates dmy" in error.value.fix
    for dates, first in (("dmy", "03/04/2024"), ("mdy", "02/05/2024")):
        keys = order_of_times(times, lambda row: f"a.csv:{row + 2}", "when", dates)
        assert min(zip(keys, times, strict=True))[1] == first


def test_a_split_by_time_names_the_row_that_has_none():
    with pytest.raises(InputError, match="'soon' in 't' at row 2 is neither"):
        split_texts(texts_of(3), ["x"] * 3, SplitSettings(time_column="t"), 0, times=["2026-03-01", "soon", "2026-03-02"])


def test_rows_without_a_group_are_counted():
    assert ungrouped(["a", None, "b", None], "user") == [
        "warning: 2 of 4 rows have no value in 'user'; each is a group of its own"
    ]
    assert ungrouped(["a", "b"], "user") == []


def test_an_empty_split_is_warned_of_only_where_a_share_was_asked_for():
    told = empty_splits({"train": 4, "test": 1}, {"validation": 0.1, "test": 0.1})
    assert told == [
        "warning: the validation split is empty: --split.validation 0.1 of so few is none; give more, or a larger share"
    ]
    assert empty_splits({"train": 4}, {"validation": 0.0, "test": 0.0}) == []


def test_a_later_repeat_goes_where_the_older_text_is():
    texts = texts_of(10)
    texts[9] = texts[0]
    found = split_texts(texts, ["x"] * 10, SplitSettings(test=0.2, time_column="t"), 0, times=[str(i) for i in range(10)])
    assert found[9] == found[0] == TRAIN
    assert found[8] == TEST


@pytest.mark.parametrize("contained", ["train", "leave_out"])
def test_by_containment_a_phrase_trains_only_where_all_its_sentences_train(contained):
    sentences = texts_of(60)
    phrases = [" ".join(s.split()[2:6]) for s in sentences]
    settings = SplitSettings(test=0.3, group_by="containment", contained=contained)
    found = split_texts(sentences + phrases, ["x"] * 120, settings, seed=0)
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
