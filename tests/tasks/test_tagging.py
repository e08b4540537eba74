"""Named parts of a text: what labels are read from, where tokens stand, and that decoding undoes tagging."""

import itertools
import json

import numpy as np
import pytest
import torch

from groundup.data.settings import LabelSettings
from groundup.data.tokenizers.tokenizer import unblanked
from groundup.errors import InputError
from groundup.kinds.text.packed import Places
from groundup.kinds.text.reader import TextReader
from groundup.metrics.entities import tags_of as tags_of_scheme
from groundup.nn.config import NumberHeadConfig, PooledHeadConfig
from groundup.objectives.tag_cross_entropy import IGNORE, NO_LABEL
from groundup.tasks.baselines.tagging import by_names, by_words, words_of
from groundup.tasks.tagging import Tagging
from groundup.tasks.tagging_sites import SiteScores, TagSite, best_path, tag_sites, tags_of
from tests.tasks.reading_models import certain, make_model, make_reader

TEXT = "Zoë Müller met 王小明 in São Paulo."
SPANS = [(0, 10, "PER"), (15, 18, "PER"), (22, 31, "LOC")]
CHINESE = "浙商银行的叶老桂"
LONG = 3 * "met 王小明 in the old café of São Paulo, and Zoë saw 李雷 at 北京大学 near New York; "


def read(value, text=TEXT, raw=None):
    return Tagging().read_target(value, (text,), raw or [text])


FORMS = {
    "lists": [list(span) for span in reversed(SPANS)],
    "lists as JSON in a cell": json.dumps(SPANS, ensure_ascii=False),
    "objects": [{"start": start, "end": end, "type": kind, "text": TEXT[start:end]} for start, end, kind in SPANS],
    "objects with label": json.dumps([{"start": start, "end": end, "label": kind} for start, end, kind in SPANS]),
    "CLUENER's mentions, whose ends are inside": {
        "PER": {"Zoë Müller": [[0, 9]], "王小明": [[15, 17]]},
        "LOC": {"São Paulo": [[22, 30]]},
    },
    "the same twice": [*SPANS, SPANS[1]],
    "blanks at the ends": [[0, 11, "PER"], [14, 19, "PER"], [21, 31, "LOC"]],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_spans_is_read(form):
    assert read(FORMS[form]) == SPANS


@pytest.mark.parametrize("nothing", [None, "", "  ", [], "[]", {}, "{}"])
def test_a_text_without_spans_is_a_row_like_others(nothing):
    assert read(nothing) == []


@pytest.mark.parametrize("scheme", ["BIO", "IOB1", "BIOES", "BMES"])
@pytest.mark.parametrize(
    ("words", "spans", "text", "expected"),
    [
        (
            ["EU", "rejects", "New", "York", "'s", "call"],
            [(0, 1, "ORG"), (2, 4, "LOC")],
            "EU rejects New York 's call",
            [(0, 2, "ORG"), (11, 19, "LOC")],
        ),
        (list("吴重阳，中国"), [(0, 3, "NAME"), (4, 6, "CONT")], "吴重阳，中国", [(0, 3, "NAME"), (4, 6, "CONT")]),
        (list("在NBA打球的李雷"), [(1, 4, "ORG"), (7, 9, "PER")], "在NBA打球的李雷", [(1, 4, "ORG"), (7, 9, "PER")]),
    ],
)
def test_tags_of_words_become_spans_of_the_running_text(scheme, words, spans, text, expected):
    assert Tagging().read_inputs([words], TextReader()) == (text,)
    tags = tags_of_scheme(spans, len(words), scheme)
    assert read(tags, text, [words]) == expected
    assert read(json.dumps(tags), text, [words]) == expected


def test_numbers_of_tags_need_their_names():
    task = Tagging()
    with pytest.raises(ValueError, match=r"holds numbers of tags \(\[1, 0\]\) and no names; give them with --label\.names"):
        task.read_target([1, 0], ("EU is",), [["EU", "is"]])
    task.infer_label_format([], ["tags"], LabelSettings(names=("O", "B-ORG")), print)
    assert task.read_target([1, 0], ("EU is",), [["EU", "is"]]) == [(0, 2, "ORG")]
    with pytest.raises(ValueError, match="'7' is neither one of the names given nor a number from 0 to 1"):
        task.read_target([7, 0], ("EU is",), [["EU", "is"]])


WRONG = {
    "text": ("PER: Zoë", "'PER: Zoë' is no list of spans in JSON"),
    "a number": (7, "is no list of spans"),
    "beyond the text": ([[0, 99, "PER"]], '[0, 99, "PER"] is no [start, end, type] inside 32 characters'),
    "backwards": ([[5, 2, "PER"]], '[5, 2, "PER"] is no'),
    "without type": ([[0, 3, ""]], "is no [start, end, type]"),
    "of blanks": ([[3, 4, "PER"]], "is no [start, end, type]"),
    "an object without end": ([{"start": 0, "type": "PER"}], '{"start": 0, "type": "PER"} is no'),
    "overlapping": ([[0, 10, "PER"], [4, 14, "LOC"]], "the span 'LOC' at 4 overlaps the one before it"),
    "mentions without places": ({"PER": ["Zoë"]}, "is not {type: {mention: [[first, last], ...]}}"),
    "mentions of one number": ({"PER": {"Zoë": [0, 2]}}, "is not {type: {mention"),
    "tags without words": (["O", "B-PER"], "2 tags, but the text is no list of as many words"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_label_is_told(case):
    value, told = WRONG[case]
    with pytest.raises(ValueError) as error:
        read(value)
    assert told in str(error.value)


@pytest.mark.parametrize("tags", [["O", "X-PER"], ["B-PER", "M-PER"], ["O", 7]])
def test_wrong_tags_of_words_are_told_and_no_fault_of_the_file(tags):
    with pytest.raises(ValueError, match=r"tag|spans|start"):
        read(tags, "a b", [["a", "b"]])


@pytest.mark.parametrize("raw", [[["EU", 7]], [[]], [[""]], [None], ["  "], [5]])
def test_what_is_no_text_is_none(raw):
    assert Tagging().read_inputs(raw, TextReader()) is None


def test_blanks_around_a_text_stay_for_places_are_counted_in_it():
    assert Tagging().read_inputs(["  New York "], TextReader()) == ("  New York ",)


# Places

GIVEN = ["  New York 😀 Zoë Müller\t", "ＡＢＣ公司 of São\u00a0Paulo", "王小明met李雷 in 北京大学.", "é e\u0301 ﬁ½ \u200bend"]


@pytest.mark.parametrize("kind", ["wordpiece", "bpe", "byte_bpe", "unigram", "character"])
@pytest.mark.parametrize("lowercase", [True, False])
def test_tokens_stand_at_their_characters_in_the_text_as_given(kind, lowercase):
    reader = make_reader(kind, lowercase)
    for text, one in zip(GIVEN, reader.encoder.locate(GIVEN), strict=True):
        assert one.ids == reader.encoder.encode_batch([text])[0]
        for start, end in one.spans:
            assert 0 <= start <= end <= len(text)
            assert text[start:end] == text[start:end].strip()
        starts = one.start[one.end > one.start]
        assert (np.diff(starts) >= 0).all()
        covered = np.zeros(len(text), bool)
        for start, end in one.spans:
            covered[start:end] = True
        missed = {character for character, seen in zip(text, covered, strict=True) if not seen and not character.isspace()}
        assert missed <= {"\u200b", "\u0301"}


def test_a_place_of_blanks_alone_is_none():
    assert unblanked(" ab  c ", np.array([[0, 3], [3, 5], [4, 7], [6, 7]])).tolist() == [[1, 3], [5, 5], [5, 6], [7, 7]]


@pytest.mark.parametrize("kind", ["wordpiece", "bpe", "byte_bpe", "unigram", "character"])
def test_gold_spans_survive_tokenization_framing_and_decoding(kind):
    """With accents, full width, emoji, blanks at the ends, English and Chinese in one text."""
    texts = [(text,) for text in [*GIVEN, TEXT, LONG]]
    names = ("New York", "Zoë Müller", "公司", "São\u00a0Paulo", "王小明", "李雷", "北京大学", "São Paulo")
    reader, task = make_reader(kind), Tagging()
    targets = []
    for (text,), one in zip(texts, reader.encoder.locate([text for (text,) in texts]), strict=True):
        found = [
            (text.find(name), text.find(name) + len(name), "PER" if "M" in name else "LOC") for name in names if name in text
        ]
        inside = {
            at for start, end in one.spans for at in range(start + 1, end)
        }  # byte-level tokens hold parts of two characters
        targets.append(sorted(span for span in found if inside.isdisjoint(span[:2])))
    assert sum(map(len, targets)) > 12
    task.learn(texts, targets, reader)
    framed = task.pack(texts, reader, 200, "truncate")
    rows = task.make_rows(texts, targets, framed, reader, 0)
    assert task.decode(certain(rows.marks, len(task.tags)), rows, texts) == targets


def test_the_unit_is_the_word_where_words_hold_the_spans_and_else_the_token():
    reader = make_reader("byte_bpe")
    english, chinese = Tagging(), Tagging()
    english.learn([("Zoë met New York.",)], [[(8, 16, "LOC")]], reader)
    chinese.learn([("王小明在北京大学",)], [[(4, 8, "ORG")]], reader)
    assert (english.facts["unit"], chinese.facts["unit"]) == ("word", "token")


def test_rows_without_any_span_cannot_be_learned_from():
    with pytest.raises(InputError) as error:
        Tagging().learn([("a",)], [[]], make_reader())
    assert error.value.code == "NO_SPANS"


@pytest.mark.parametrize("kind", ["wordpiece", "byte_bpe", "character"])
@pytest.mark.parametrize("length", [9, 16, 31])
def test_windows_find_every_span_of_a_long_text(kind, length):
    """A text far longer than the limit; spans lie across the ends of windows, and words are cut by them."""
    reader, task = make_reader(kind), Tagging()
    names = ("王小明", "São Paulo", "李雷", "北京大学", "New York")
    spans = sorted((at, at + len(name), "N") for name in names for at in range(len(LONG)) if LONG.startswith(name, at))
    task.learn([(LONG,)], [spans], reader)
    framed = task.pack([(LONG,)], reader, length, "window")
    assert len(framed.sequences) > 3
    rows = task.make_rows([(LONG,)], [spans], framed, reader, 0)
    assert task.decode(certain(rows.marks, len(task.tags)), rows, [(LONG,)]) == [spans]


def test_no_word_of_a_long_text_is_decided_twice_or_lost():
    reader, task = make_reader(), Tagging({"labels": ["N"], "unit": "word"})
    whole = task.pack([(LONG,)], reader, 500, "window")
    cut = task.pack([(LONG,)], reader, 12, "window")
    every = [(unit.start, unit.end, "N") for unit in tag_sites(whole.places[0], "word")]
    rows = task.make_rows([(LONG,)], None, cut, reader, 0)
    begins = [np.tile([0.0, 9.0, 0.0], (int((mark != IGNORE).sum()), 1)) for mark in rows.marks]
    assert task.decode(begins, rows, [(LONG,)]) == [every]


def test_of_two_windows_the_one_that_sees_more_around_a_word_decides():
    reader, task = make_reader(), Tagging({"labels": ["N"], "unit": "word"})
    framed = task.pack([(LONG,)], reader, 20, "window")
    rows = task.make_rows([(LONG,)], None, framed, reader, 0)
    outputs = []
    for places, mark in zip(framed.places, rows.marks, strict=True):
        around = np.minimum(np.arange(len(mark)), len(mark) - 1 - np.arange(len(mark)))[mark != IGNORE]
        last = places.end.max() == len(LONG.rstrip())
        outputs.append(np.where((around[:, None] < 3) & (places.start[1] > 0) & (not last), [0.0, 9.0, 0.0], [9.0, 0.0, 0.0]))
    edge = [span for span in task.decode(outputs, rows, [(LONG,)])[0] if span[0] > 20]
    assert edge == [], "what is said at the edge of a window never decides where another window sees more"


# Tags and paths


def test_rows_are_marked_where_words_begin_and_nowhere_else():
    reader, task = make_reader(), Tagging({"labels": ["LOC", "PER"], "unit": "word"})
    framed = task.pack([(TEXT,)], reader, 100, "truncate")
    marks = task.make_rows([(TEXT,)], [SPANS], framed, reader, 0).marks[0]
    asked = np.flatnonzero(marks != IGNORE)
    assert [TEXT[framed.places[0].start[i]] for i in asked] == list("ZMm王小明iSP.")
    assert [task.tags[k] for k in marks[asked]] == [
        "B-PER",
        "I-PER",
        "O",
        "B-PER",
        "I-PER",
        "I-PER",
        "O",
        "B-LOC",
        "I-LOC",
        "O",
    ]
    for_use = task.make_rows([(TEXT,)], None, framed, reader, 0).marks[0]
    assert set(for_use[asked].tolist()) == {NO_LABEL}
    assert (for_use[marks == IGNORE] == IGNORE).all()


def test_a_span_that_begins_with_what_has_no_token_begins_at_its_first_token():
    asked = [TagSite(1, 0, 2), TagSite(2, 4, 6), TagSite(3, 6, 8)]
    assert tags_of(asked, [(3, 8, "X")]) == ["O", "B-X", "I-X"]


def test_a_window_in_the_middle_of_a_span_goes_on_with_it():
    asked = [TagSite(1, 4, 6), TagSite(2, 7, 9)]
    assert tags_of(asked, [(0, 6, "X")], inside=True) == ["I-X", "O"]
    assert tags_of(asked, [(4, 6, "X")], inside=True) == ["B-X", "O"]
    assert tags_of(asked, [(0, 6, "X")]) == ["B-X", "O"]


def test_touching_spans_of_one_type_stay_two():
    asked = [TagSite(i, i, i + 1) for i in range(4)]
    assert tags_of(asked, [(0, 2, "X"), (2, 4, "X")]) == ["B-X", "I-X", "B-X", "I-X"]


@pytest.mark.parametrize("types", [1, 2])
def test_the_best_path_is_the_best_of_all_that_are_allowed(types):
    """Against every path there is."""
    count = 1 + 2 * types
    rng = np.random.default_rng(types)
    for length in (1, 2, 3, 4):
        for _ in range(10):
            scores = rng.normal(size=(length, count)) * 3
            logs = scores - np.log(np.exp(scores).sum(-1, keepdims=True))
            allowed = [path for path in itertools.product(range(count), repeat=length) if is_allowed(path)]
            best = max(allowed, key=lambda path: sum(logs[i, tag] for i, tag in enumerate(path)))
            assert tuple(best_path(scores)) == best


def is_allowed(path):
    before = 0
    for tag in path:
        if tag > 0 and tag % 2 == 0 and before not in (tag, tag - 1):
            return False
        before = tag
    return True


def test_even_the_surest_inside_tag_never_follows_an_outside_one():
    scores = np.full((5, 3), -20.0)
    scores[:, 2], scores[2] = 20.0, [20.0, -20.0, -20.0]
    assert is_allowed(best_path(scores))


# Use


@pytest.mark.parametrize("text", ["", "   ", "😀", "a", "王"])
def test_any_text_has_an_answer(text):
    reader, task = make_reader(), Tagging({"labels": ["N", "P"], "unit": "word"})
    model = make_model(reader, task, PooledHeadConfig(classes=3))
    framed = task.pack([(text,)], reader, 20, "truncate")
    (answer,) = task.evaluate(model, task.make_rows([(text,)], None, framed, reader, 0), [(text,)], reader).answers
    assert all(0 <= start < end <= len(text) for start, end, _ in answer)


def test_an_answer_does_not_depend_on_the_rows_beside_it():
    reader, task = make_reader(), Tagging({"labels": ["N", "P"], "unit": "word"})
    model = make_model(reader, task, PooledHeadConfig(classes=3))
    torch.nn.init.normal_(model.heads["label"].numbers.weight, std=2.0, generator=torch.Generator().manual_seed(0))
    texts = [(text,) for text in (*GIVEN, TEXT, LONG)]

    def ask(some):
        framed = task.pack(some, reader, 40, "window")
        return task.evaluate(model, task.make_rows(some, None, framed, reader, 0), some, reader).answers

    together = ask(texts)
    assert sum(map(len, together)) > 10
    assert together == [ask([text])[0] for text in texts]


def test_the_head_has_the_dense_layer_that_its_family_has():
    task = Tagging({"labels": ["N"], "unit": "word"})
    bert, modern = (
        PooledHeadConfig(classes=2, dropout=0.1),
        PooledHeadConfig(classes=2, pooling="mean", dense=True, dense_bias=False),
    )
    assert task.make_head(bert, None) == NumberHeadConfig(outputs=3, dropout=0.1)
    assert task.make_head(modern, None) == NumberHeadConfig(outputs=3, dense=True, dense_bias=False)


def test_an_answer_is_shown_within_its_text_and_told_with_its_places():
    task = Tagging({"labels": ["LOC", "PER"]})
    assert task.as_text(SPANS, (TEXT,)) == "[Zoë Müller](PER) met [王小明](PER) in [São Paulo](LOC)."
    assert task.as_dict(SPANS)["spans"][2] == {"start": 22, "end": 31, "type": "LOC"}
    assert (
        task.deserialize(task.serialize(SPANS))
        == SPANS
        == [tuple(span) for span in json.loads(task.as_columns(SPANS)["spans"])]
    )
    assert task.error(SPANS, SPANS, (TEXT,)) is None
    assert task.error(SPANS[:2], SPANS, (TEXT,)) == (
        1.0,
        "Zoë Müller (PER); 王小明 (PER); São Paulo (LOC)",
        "Zoë Müller (PER); 王小明 (PER)",
    )


def test_a_foreign_models_tags_are_read_as_it_was_trained():
    """I- may begin (IOB1), closed schemes close, and bare names are runs."""
    places = Places(
        np.array([-1, 0, 0, 0, 0, -1]),
        np.array([0, 0, 2, 4, 6, 0]),
        np.array([0, 1, 3, 5, 7, 0]),
        np.array([False, True, True, True, True, False]),
    )

    def said(tags, path):
        task = Tagging.of_outputs(tags)
        found = {
            (unit.start, unit.repeat): said_of(unit, tags, tag)
            for unit, tag in zip(tag_sites(places, "word"), path, strict=True)
        }
        return task.spans_from(found)

    assert said(["I-PER", "O", "B-PER"], ["I-PER", "I-PER", "B-PER", "O"]) == [(0, 3, "PER"), (4, 5, "PER")]
    assert said(["O", "B-X", "I-X", "E-X", "S-X"], ["B-X", "E-X", "B-X", "S-X"]) == [(0, 3, "X"), (6, 7, "X")]
    assert said(["NOUN", "VERB", "O"], ["NOUN", "NOUN", "VERB", "O"]) == [(0, 3, "NOUN"), (4, 5, "VERB")]
    assert said(["O", "B-X", "I-X", "L-X", "U-X"], ["B-X", "L-X", "U-X", "U-X"]) == [(0, 3, "X"), (4, 5, "X"), (6, 7, "X")]
    assert said(["O", "B-X", "M-X", "E-X", "S-X"], ["B-X", "M-X", "E-X", "M-X"]) == [(0, 5, "X")]
    assert said(["O", "I-X", "E-X", "S-X"], ["I-X", "E-X", "I-X", "S-X"]) == [(0, 3, "X"), (4, 5, "X"), (6, 7, "X")]
    assert said(["O", "I-X", "I-Y"], ["I-X", "I-X", "I-Y", "O"]) == [(0, 3, "X"), (4, 5, "Y")]
    assert said(["O", "B_X", "I_X"], ["B_X", "I_X", "O", "I_X"]) == [(0, 3, "X"), (6, 7, "X")]
    assert said(["O", "B-X", "I-X", "[PAD]"], ["B-X", "[PAD]", "I-X", "O"]) == [(0, 1, "X"), (4, 5, "X")]
    assert said(["S_LOC", "V-N"], ["S_LOC", "V-N", "V-N", "S_LOC"]) == [(0, 1, "S_LOC"), (2, 5, "V-N"), (6, 7, "S_LOC")]
    assert Tagging.of_outputs(["I-PER", "O", "B-LOC"]).labels == ["LOC", "PER"]
    assert Tagging.of_outputs(["O", "U-PER", "L-LOC", "X"]).labels == ["LOC", "PER"]


def said_of(unit, tags, tag):
    return SiteScores(3, unit.end, np.array([float(name == tag) for name in tags]))


# Baselines

TRAIN = (
    [("Anna Lee lives in New York.",), ("王小明住在北京。",), ("Bob saw New York and Anna Lee.",), ("the old lamp",)] * 3,
    [[(0, 8, "PER"), (18, 26, "LOC")], [(0, 3, "PER"), (5, 7, "LOC")], [(0, 3, "PER"), (8, 16, "LOC"), (21, 29, "PER")], []]
    * 3,
)


def test_words_are_words_signs_and_single_characters():
    text = "Bob's 3.5% of 北京大"
    assert [text[s:e] for s, e in words_of(text)] == ["Bob", "'", "s", "3", ".", "5", "%", "of", "北", "京", "大"]


def test_known_names_are_found_the_longest_first():
    asked = [("Is Anna Lee or Anna in New York?",), ("他在北京见王小明",), ("nobody",), ("",)]
    assert by_names(*TRAIN, asked) == [[(3, 11, "PER"), (23, 31, "LOC")], [(2, 4, "LOC"), (5, 8, "PER")], [], []]


def test_words_and_their_neighbours_tell_spans_that_were_seen():
    asked = [text for text in TRAIN[0][:4]]
    found = by_words(*TRAIN, [*asked, ("",)])
    assert found == [*TRAIN[1][:4], []]
