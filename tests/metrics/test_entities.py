"""Parity with seqeval in strict mode at 1e-12: both divide the same integers. seqeval says 0 where we say None."""

import gzip
import zipfile

import numpy as np
import pytest
from seqeval.metrics import f1_score, precision_score, recall_score
from seqeval.scheme import IOB1, IOB2, IOBES, Entities

from groundup.errors import InputError
from groundup.metrics.entities import entity_scores, misfits, scheme_of, spans_of, surfaces, tags_of

TOLERANCE = 1e-12
PEERS = {"BIO": IOB2, "BIOES": IOBES}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")


def random_tags(rng, letters, length):
    """Any order of letters and types: most sequences are invalid."""
    picked = zip(rng.choice(list(letters), length), rng.choice(["PER", "LOC", "WORK-OF-ART"], length, p=[0.6, 0.3, 0.1]))
    return ["O" if letter == "O" else f"{letter}-{name}" for letter, name in picked]


def random_spans(rng, length):
    spans, at = [], 0
    while at < length:
        end = min(length, at + int(rng.integers(1, 4)))
        if rng.random() < 0.5:
            spans.append((at, end, str(rng.choice(["PER", "LOC"]))))
        at = end
    return spans


def theirs(tags, scheme):
    return [(e.start, e.end, e.tag) for e in Entities([tags], PEERS[scheme]).entities[0]]


@pytest.mark.parametrize("scheme", PEERS)
def test_spans_of_any_tags_are_those_of_seqeval(scheme):
    rng = np.random.default_rng(0)
    for _ in range(2000):
        tags = random_tags(rng, "OBI" if scheme == "BIO" else "OBIES", int(rng.integers(0, 12)))
        assert spans_of(tags, scheme) == theirs(tags, scheme), tags


@pytest.mark.parametrize(
    ("tags", "scheme", "spans"),
    [
        (["O", "I-PER"], "BIO", []),
        (["B-PER", "I-LOC", "I-PER"], "BIO", [(0, 1, "PER")]),
        (["O", "E-PER"], "BIOES", []),
        (["B-PER", "I-PER", "O"], "BIOES", []),
        (["B-PER", "I-PER", "E-LOC"], "BIOES", []),
        (["I-PER", "I-PER", "B-PER", "O", "I-LOC"], "IOB1", [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]),
        (["I-PER", "I-LOC"], "IOB1", [(0, 1, "PER"), (1, 2, "LOC")]),
        (["B-人名", "M-人名", "E-人名", "S-地名"], "BMES", [(0, 3, "人名"), (3, 4, "地名")]),
        (["B", "I", "O", "B"], "BIO", [(0, 2, "_"), (3, 4, "_")]),
        ([], "BIO", []),
    ],
)
def test_spans_of_tags(tags, scheme, spans):
    assert spans_of(tags, scheme) == spans


@pytest.mark.parametrize("scheme", ["BIO", "IOB1", "BIOES", "BMES"])
def test_tags_of_spans_give_the_spans(scheme):
    rng = np.random.default_rng(1)
    for _ in range(300):
        length = int(rng.integers(0, 15))
        spans = random_spans(rng, length)
        tags = tags_of(spans, length, scheme)
        assert spans_of(tags, scheme) == spans
        assert len(tags) == length


def test_tags_as_iob1_are_read_by_seqeval():
    rng = np.random.default_rng(2)
    for _ in range(300):
        tags = tags_of(random_spans(rng, 12), 12, "IOB1")
        assert spans_of(tags, "IOB1") == [(e.start, e.end, e.tag) for e in Entities([tags], IOB1).entities[0]]


def as_characters(spans, width=2):
    """Tokens that are `width` characters long, without blanks."""
    return [(first * width, end * width, name) for first, end, name in spans]


@pytest.mark.parametrize("scheme", PEERS)
def test_figures_of_any_rows_equal_seqeval(scheme):
    rng = np.random.default_rng(3)
    lengths = [*rng.integers(1, 20, 40).tolist(), 0]
    gold = [tags_of(random_spans(rng, n), n, scheme) for n in lengths]
    predicted = [
        random_tags(rng, "OBI" if scheme == "BIO" else "OBIES", n) if r % 3 else gold[r] for r, n in enumerate(lengths)
    ]
    scores = entity_scores(*([as_characters(spans_of(tags, scheme)) for tags in rows] for rows in (gold, predicted)))
    for rows in (np.arange(41), rng.integers(0, 41, 41), rng.integers(0, 41, 7), np.array([40, 3])):
        true, found = [gold[r] for r in rows], [predicted[r] for r in rows]
        figures = scores.figures(rows)
        kind = {"mode": "strict", "scheme": PEERS[scheme], "zero_division": 0}
        for name, peer in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
            assert (figures[name] or 0) == pytest.approx(peer(true, found, average="micro", **kind), abs=TOLERANCE)
            by_type = dict(
                zip(
                    sorted(Entities(true, PEERS[scheme]).unique_tags | Entities(found, PEERS[scheme]).unique_tags),
                    peer(true, found, average=None, **kind),
                )
            )
            for kind_of_span in ("PER", "LOC", "WORK-OF-ART"):
                assert (figures[f"{name}_{kind_of_span}"] or 0) == pytest.approx(by_type.get(kind_of_span, 0), abs=TOLERANCE)
        if by_type:  # seqeval's mean of no type is nan
            assert figures["macro_f1"] == pytest.approx(f1_score(true, found, average="macro", **kind), abs=TOLERANCE)


def test_what_is_undefined_is_none():
    scores = entity_scores([[], [(0, 2, "PER")]], [[], []])
    assert scores.figures(np.array([0])) == dict.fromkeys(scores.figures(np.arange(2)))
    figures = scores.figures(np.array([1]))
    assert (figures["precision"], figures["recall"], figures["f1"], figures["macro_f1"]) == (None, 0.0, 0.0, 0.0)
    assert entity_scores([], []).figures(np.arange(0))["f1"] is None


def test_seen_and_unseen_parts_make_up_the_whole():
    texts = ["张三在北京见李四", "李四去上海"]
    gold = [[(0, 2, "PER"), (3, 5, "LOC"), (6, 8, "PER")], [(0, 2, "PER"), (3, 5, "LOC")]]
    predicted = [[(0, 2, "PER"), (3, 5, "LOC"), (2, 3, "LOC")], [(3, 5, "ORG")]]
    seen = surfaces(["张三和北京"], [[(0, 2, "PER"), (3, 5, "LOC")]])
    assert seen == {"张三", "北京"}
    figures = entity_scores(gold, predicted, texts, seen).figures(np.arange(2))
    assert (figures["seen_recall"], figures["seen_precision"], figures["seen_f1"]) == (1.0, 1.0, 1.0)
    assert (figures["unseen_recall"], figures["unseen_precision"], figures["unseen_f1"]) == (0.0, 0.0, 0.0)
    assert figures["recall"] == 2 / 5
    first = entity_scores(gold, predicted, texts, seen).figures(np.array([1]))
    assert first["seen_f1"] is None
    assert first["unseen_recall"] == 0.0


def test_a_span_that_is_none_is_refused():
    with pytest.raises(ValueError, match="row 1"):
        entity_scores([[], [(3, 3, "PER")]], [[], []])
    with pytest.raises(ValueError, match="row 0"):
        entity_scores([[(0, 9, "PER")]], [[]], texts=["short"])
    with pytest.raises(ValueError, match="1 gold, 2 predicted"):
        entity_scores([[]], [[], []])
    with pytest.raises(ValueError, match="give the texts"):
        entity_scores([[]], [[]], seen={"a"})


def test_entities_that_overlap_have_no_tags():
    with pytest.raises(InputError, match=r"ENTITIES_OVERLAP token 2: .*ORG and LOC overlap.*keep the longer"):
        tags_of([(0, 3, "LOC"), (1, 2, "ORG")], 4, "BIO")


@pytest.mark.parametrize(
    ("rows", "scheme"),
    [
        ([["O", "B-PER", "I-PER"], ["B-LOC"]], "BIO"),
        ([["I-PER", "I-PER", "O"], ["I-PER", "B-PER"]], "IOB1"),
        ([["B-PER", "E-PER"], ["S-LOC", "O"]], "BIOES"),
        ([["S-LOC", "O"]], "BIOES"),
        ([["B-PER", "M-PER", "E-PER"], ["O"]], "BMES"),
        ([["O", "O"], []], "BIO"),
        ([], "BIO"),
    ],
)
def test_the_scheme_is_told_from_tags(rows, scheme):
    assert scheme_of(rows) == scheme


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [["O", "B-PER"], ["O", "I-LOC"]],
            r"MIXED_SCHEMES row 2, token 2: I-LOC is of no entity: 1 of 2 tags .* BIO.*say the scheme",
        ),
        ([["B-PER", "E-PER"], ["B-PER", "I-PER", "O"]], r"MIXED_SCHEMES row 2, token 1: B-PER .* 2 of 4 tags .* BIOES"),
        (
            [["B-PER", "M-PER", "E-PER"], ["B-PER", "I-PER", "E-PER"]],
            r"UNKNOWN_TAG row 2, token 2: 'I-PER' is no tag of the scheme BMES",
        ),
        ([["B-PER", "L-PER"]], r"UNKNOWN_TAG row 1, token 2: 'L-PER'"),
        ([["B-PER", "OUT"]], r"UNKNOWN_TAG row 1, token 2: 'OUT'"),
    ],
)
def test_mixtures_are_refused_with_the_place(rows, message):
    with pytest.raises(InputError, match=message):
        scheme_of(rows)


def columns(lines, tag_column):
    rows = [[]]
    for line in lines:
        if line.strip():
            rows[-1].append(line.split()[tag_column])
        elif rows[-1]:
            rows.append([])
    return [row for row in rows if row]


def real_rows(data, name):
    if name == "conll2003":
        return columns((data / "ner_tagging/conll2003/valid.txt").read_text("utf-8").split("\n"), 1)
    if name == "conll2000":
        with zipfile.ZipFile(data / "ner_tagging/conll2000/conll2000.zip") as archive:
            return columns(archive.read("conll2000/test.txt").decode("utf-8").split("\n"), 2)
    return columns(gzip.decompress((data / "ner_tagging/resume_ner/train.char.bmes.gz").read_bytes()).decode().split("\n"), -1)


def test_a_few_invalid_tags_are_told_and_do_not_hide_the_scheme():
    rows = [["B-PER", "I-PER", "O"]] * 60 + [["O", "I-PER"]]
    assert scheme_of(rows) == "BIO"
    assert misfits(rows, "BIO") == [(60, 1)]


@pytest.mark.parametrize(
    ("name", "scheme", "spans", "wrong"),
    [("conll2003", "BIO", 5942, 0), ("conll2000", "BIO", 23852, 0), ("resume", "BMES", 13436, 4)],
)
def test_real_files_are_read_and_written(name, scheme, spans, wrong, shared_data):
    rows = real_rows(shared_data, name)
    assert scheme_of(rows) == scheme
    assert len({row for row, _ in misfits(rows, scheme)}) == wrong
    found = [spans_of(row, scheme) for row in rows]
    assert sum(map(len, found)) == spans
    theirs = rows if scheme == "BIO" else [[tag.replace("M-", "I-") for tag in row] for row in rows]
    assert sum(map(len, Entities(theirs, IOB2 if scheme == "BIO" else IOBES).entities)) == spans
    written = [tags_of(row_spans, len(row), scheme) for row_spans, row in zip(found, rows)]
    assert sum(ours != row for ours, row in zip(written, rows)) == wrong
    old = [tags_of(row_spans, len(row), "IOB1") for row_spans, row in zip(found, rows)]
    assert scheme_of(old) == "IOB1"
    assert [spans_of(row, "IOB1") for row in old] == found
