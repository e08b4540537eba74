import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup.augment.apply import Tools, augmented
from groundup.augment.masked_lm import InContext
from groundup.augment.settings import AugmentSettings
from groundup.config import make_settings
from groundup.data.clean.dedup import exact_key, fold
from groundup.errors import InputError
from tests.kinds.text.test_pieces import ALPHABET

ROWS = [
    ("The old painter sells the quiet mirror.",),
    ("A tall sailor washes the broken boat.",),
    ("",),
    ("...",),
    ("老师和邻居在河边散步。",),
]
LABELS = ["a", "b", "a", "b", "b"]
PAIRS = [("The old painter sells it.", "Who sells the mirror?"), ("A tall sailor washes it.", "Where is the broken boat?")] * 5


WITHOUT_SYNONYMS = {"eda": {"operations": ("swap", "delete")}, "aeda": {}}


def plan(method="aeda", **more):
    words = {} if method in ("none", "back_translation") else {"chinese": "characters"}
    return make_settings(AugmentSettings, {"method": method, **words, **more})


def told(result):
    return dict(zip(zip(result.sources, result.copies), zip(result.texts, result.labels)))


def test_every_copy_is_made_or_dropped_for_a_reason_and_has_the_label_of_its_row():
    result = augmented(ROWS, LABELS, plan(copies=3), seed=0)
    assert result.requested == 15 == result.made + sum(result.dropped.values())
    assert (result.dropped["EMPTY"], result.dropped["UNCHANGED"]) == (3, 3)
    assert set(result.sources) == {0, 1, 4}
    assert result.labels == [LABELS[row] for row in result.sources]
    assert result.sources == sorted(result.sources)


def test_no_method_means_no_copy():
    result = augmented(ROWS, LABELS, plan("none"), seed=0)
    assert (result.requested, result.made) == (0, 0)


@pytest.mark.parametrize("method", ["eda", "aeda"])
def test_copies_hang_on_seed_row_number_and_copy_number_alone(method):
    chosen = plan(method, **WITHOUT_SYNONYMS[method], copies=5)
    whole = told(augmented(ROWS, LABELS, chosen, seed=3))
    order = [4, 2, 0]
    part = augmented([ROWS[row] for row in order], [LABELS[row] for row in order], chosen, seed=3, numbers=order)
    assert part.made > 5
    for (place, copy), (text, label) in told(part).items():
        assert whole[order[place], copy] == (text, label)
    fewer = told(augmented(ROWS, LABELS, plan(method, **WITHOUT_SYNONYMS[method], copies=2), seed=3))
    assert fewer.items() <= whole.items()
    assert whole != told(augmented(ROWS, LABELS, chosen, seed=4))


def test_a_copy_that_is_a_held_out_text_is_dropped_whatever_its_case_and_blanks():
    first = augmented([("fine film",)], ["a"], plan("eda", operations=("swap",), copies=1), seed=0)
    assert first.texts == [("film fine",)]
    result = augmented([("fine film",)], ["a"], plan("eda", operations=("swap",), copies=1), seed=0, held_out=[("Film  FINE",)])
    assert (result.made, result.dropped["HELD_OUT"]) == (0, 1)


def test_a_copy_that_repeats_a_row_or_a_copy_is_dropped():
    swap = plan("eda", operations=("swap",), copies=3)
    assert augmented([("fine film",), ("film fine",)], ["a", "b"], swap, seed=0).dropped["REPEATED"] == 6
    once = augmented([("fine film",)], ["a"], swap, seed=0)
    assert (once.made, once.dropped["REPEATED"]) == (1, 2)


def test_copies_that_the_classifier_sees_otherwise_are_dropped():
    asked = []

    def classify(rows):
        asked.extend(rows)
        return ["a" if "painter" in row[0] else "c" for row in rows]

    result = augmented(ROWS, LABELS, plan(copies=2), seed=0, tools=Tools(classify=classify))
    assert set(result.sources) == {0}
    assert result.dropped["LABEL_CHANGED"] == len(asked) - result.made == 4


@pytest.mark.parametrize("sides", ["both", "first", "second", "either"])
def test_of_pairs_the_wanted_sides_change(sides):
    rows = [(f"{a} {number}", f"{b} {number}") for number, (a, b) in enumerate(PAIRS)]
    result = augmented(rows, [0] * 10, plan(sides=sides, copies=4), seed=0)
    changed = [tuple(old != new for old, new in zip(rows[row], copy)) for row, copy in zip(result.sources, result.texts)]
    wanted = {
        "both": {(True, True)},
        "first": {(True, False)},
        "second": {(False, True)},
        "either": {(True, False), (False, True)},
    }
    assert set(changed) == wanted[sides]
    assert result.made >= 36  # of 40; 5 places and 6 marks may be drawn twice


def test_the_sides_of_a_pair_draw_apart():
    rows = [("the old painter sells a mirror",) * 2]
    result = augmented(rows, [0], plan(copies=8), seed=0)
    assert sum(first != second for first, second in result.texts) >= 7


def test_a_translation_back_is_checked_for_its_length():
    tools = Tools(
        forth=lambda texts: [text.upper() for text in texts],
        back=lambda texts: [text * (1 + 3 * ("SAILOR" in text)) + "?" for text in texts],
    )
    result = augmented(ROWS, LABELS, plan("back_translation"), seed=0, tools=tools)
    assert result.texts[0] == ("THE OLD PAINTER SELLS THE QUIET MIRROR.?",)
    assert result.dropped["LENGTH"] == 1
    assert result.sources == [0, 3, 4]


@pytest.mark.parametrize(
    ("method", "line"),
    [
        ("substitute", "NO_MASKED_LM augment.method: substitute draws words .* name a pretrained encoder, or use aeda"),
        ("back_translation", "NO_TRANSLATION augment.method: back_translation needs a translation .* or use aeda"),
        ("eda", "NO_SYNONYMS augment.operations: replace and insert need words"),
    ],
)
def test_a_method_that_lacks_what_it_needs_is_refused(method, line):
    with pytest.raises(InputError, match=line):
        augmented(ROWS, LABELS, plan(method), seed=0)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"method": "aeda", "forth": "runs/de"}, "forth: aeda does not translate"),
        ({"method": "eda", "operations": ()}, "operations: eda without an operation changes nothing"),
        ({"operations": ("swap", "swap")}, "operations: swap, swap names one twice"),
        ({"alpha": 0}, r"alpha: 0 is not in \(0, 1\]"),
        ({"method": "ada"}, "method: 'ada' is not one of .* Did you mean 'aeda'"),
    ],
)
def test_settings_that_cannot_be_are_refused(values, line):
    with pytest.raises(InputError, match=line):
        make_settings(AugmentSettings, values)


def test_models_serve_eda_and_substitution_in_both_languages(masked, sentences):
    rows = [(text,) for text in sentences[:30]]
    for method in ("substitute", "eda"):
        chosen = make_settings(AugmentSettings, {"method": method, "copies": 2})
        result = augmented(rows, list(range(30)), chosen, 0, tools=Tools(masked=masked, proposer=InContext(masked)))
        assert result.made > 50
        assert {row % 2 for row in result.sources} == {0, 1}


@settings(deadline=None)
@given(
    st.lists(st.text(ALPHABET, max_size=30), min_size=1, max_size=8),
    st.lists(st.text(ALPHABET, max_size=8), max_size=8),
    st.sampled_from(["eda", "aeda"]),
)
def test_no_copy_is_empty_held_out_or_seen_before(texts, held_out, method):
    rows, held = [(text,) for text in texts], [(text,) for text in held_out]
    result = augmented(rows, texts, plan(method, **WITHOUT_SYNONYMS[method]), 0, held_out=held)
    keys = [exact_key(text) for (text,) in result.texts]
    assert all(fold(text) for (text,) in result.texts)
    assert not set(keys) & {exact_key(text) for text in texts + held_out}
    assert len(set(keys)) == len(keys)
    assert result.requested == 4 * len(texts) == result.made + sum(result.dropped.values())
    assert result.labels == [texts[row] for row in result.sources]


@pytest.mark.slow
def test_real_reviews_in_both_languages_give_nearly_all_their_copies(shared_data):
    pytest.importorskip("rjieba")
    with zipfile.ZipFile(shared_data / "classification_en/sentence_polarity/sentence_polarity.zip") as archive:
        name = next(name for name in archive.namelist() if name.endswith(".pos"))
        english = archive.read(name).decode("latin-1").split("\n")[:1000]
    file = io.StringIO((shared_data / "zh_nlu/chnsenticorp/dev.tsv").read_text("utf-8"))
    chinese = [row[-1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:1001]
    for texts in (english, chinese):
        rows, held = [(text,) for text in texts[:800]], [(text,) for text in texts[800:]]
        for method in ("eda", "aeda"):
            chosen = make_settings(AugmentSettings, {"method": method, **WITHOUT_SYNONYMS[method], "copies": 2})
            result = augmented(rows, [0] * len(rows), chosen, 0, held_out=held)
            assert result.made > 0.95 * result.requested
            assert not {exact_key(text) for (text,) in result.texts} & {exact_key(text) for (text,) in held}
