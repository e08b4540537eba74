"""What every kind of input must keep, whatever it reads."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from groundup.data.rows import Rows, together
from groundup.folders import new_folder
from groundup.kinds.image.image_transform import ImageTransform
from groundup.kinds.image.reader import ImageReader
from groundup.kinds.known import open_kind
from groundup.kinds.table.reader import TableReader
from groundup.nn.inputs import Patches, Words
from tests.tasks.reading_models import TEXTS, make_reader

Image = pytest.importorskip("PIL.Image")
LENGTH = 24


@dataclass
class Kind:
    """A reader, rows as a file has them, cells that are none with a word of what is said, and how a folder opens it."""

    reader: object
    raw: list
    empty: list
    wrong: list = field(default_factory=list)
    opened: object = None  # (folder) -> reader
    located: dict = field(default_factory=dict)  # how rows are packed whose tokens are to be found again


def text(folder):
    reader = make_reader()
    config = SimpleNamespace(inputs=(Words(),), vocab_size=reader.encoder.vocab_size)
    raw = [[one] for one in (*TEXTS[:4], TEXTS[0] + " " + TEXTS[1])]
    return Kind(
        reader.with_columns(["note"]),
        raw,
        [["  "], [None], [3]],
        opened=lambda at: open_kind(at, config, ["note"]),
        located={"located": True},
    )


def image(folder):
    for number in range(5):
        pixels = np.random.default_rng(number).integers(0, 256, (9, 12 + number, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    reader = ImageReader(ImageTransform(size=8, mean=(0.4, 0.5, 0.6), deviation=(0.2, 0.3, 0.4)), 4, ["picture"])
    config = SimpleNamespace(inputs=(Patches(size=4, image_size=8, channels=3),))
    raw = [[str(folder / f"{number}.png")] for number in range(5)]
    return Kind(reader, raw, [[""], [None]], opened=lambda at: open_kind(at, config, ["picture"]))


def table(folder):
    reader = TableReader(["age", "colour"])
    raw = [[str(20 + 3 * number % 17), ("red", "blue")[number % 2]] for number in range(12)] + [["31", None], ["", "red"]]
    reader.learn([reader.read_cells(cells) for cells in raw])
    return Kind(reader, raw, [["", None]], [([["a", "b"], "red"], "age")], opened=TableReader.open)


KINDS = {"text": text, "image": image, "table": table}


@pytest.fixture(params=KINDS)
def kind(request, tmp_path):
    return KINDS[request.param](tmp_path)


def rows_of(kind):
    return [kind.reader.read_cells(cells) for cells in kind.raw]


def packed_of(kind, reader=None):
    return (reader or kind.reader).pack(rows_of(kind), LENGTH)


def laid(packed, places=None, **more):
    places = np.arange(packed.size) if places is None else np.array(places)
    return packed.lay(places, places, {}, **more)


def test_cells_that_hold_nothing_are_no_row_and_wrong_ones_are_named(kind):
    assert [kind.reader.read_cells(cells) for cells in kind.empty] == [None] * len(kind.empty)
    for cells, told in kind.wrong:
        with pytest.raises(ValueError, match=told):
            kind.reader.read_cells(cells)


def test_cells_of_a_row_are_read_as_they_are(kind):
    for row in rows_of(kind):
        assert kind.reader.key(kind.reader.read_cells(row)) == kind.reader.key(row)


def test_no_rows_are_no_sequences(kind):
    packed = kind.reader.pack([], LENGTH)
    assert (packed.size, packed.num_rows, len(packed.lengths)) == (0, 0, 0)


def test_a_saved_reader_reads_the_same(kind, tmp_path):
    with new_folder(tmp_path / "model", kind="model") as new:
        kind.reader.save(new, LENGTH)
    again = kind.opened(tmp_path / "model")
    assert type(again) is type(kind.reader)
    assert again.columns == kind.reader.columns
    assert packed_of(kind, again).digest() == packed_of(kind).digest()


def test_a_row_lies_the_same_alone_and_among_others(kind):
    packed = packed_of(kind)
    flat = laid(packed)
    for at, (start, length) in enumerate(zip(flat.starts, flat.lengths, strict=True)):
        alone = laid(packed, [flat.origins[at]])
        np.testing.assert_array_equal(flat.tokens[start : start + length], alone.tokens)


def test_lengths_are_those_that_lie_there_longest_first(kind):
    packed = packed_of(kind)
    flat = laid(packed)
    assert flat.lengths.tolist() == sorted(packed.lengths.tolist(), reverse=True)
    assert len(flat.tokens) == packed.lengths.sum()
    assert packed.num_rows == len(kind.raw)
    assert packed.owner.max() == len(kind.raw) - 1


def test_the_same_numbers_give_the_same_batch_and_an_epoch_is_every_row_once(kind):
    rows = Rows(packed_of(kind), np.arange(len(kind.raw)), seed=3)
    one, other = (rows.batch(np.arange(4, 11)) for _ in range(2))
    np.testing.assert_array_equal(one.tokens, other.tokens)
    epoch = rows.batch(np.arange(rows.size))
    assert sorted(epoch.origins.tolist()) == list(range(rows.size))
    assert (epoch.labels["label"] == epoch.origins).all()


def test_rows_together_are_those_of_both(kind):
    rows = Rows(packed_of(kind), None, seed=0)
    both = together(rows, rows)
    assert both.size == 2 * rows.size
    first = laid(rows.packed, [0])
    np.testing.assert_array_equal(laid(both.packed, [rows.size]).tokens, first.tokens)


def test_the_digest_tells_other_rows(kind):
    rows = rows_of(kind)
    assert kind.reader.pack(rows, LENGTH).digest() == kind.reader.pack(rows, LENGTH).digest()
    assert kind.reader.pack(rows[1:], LENGTH).digest() != kind.reader.pack(rows, LENGTH).digest()


def test_stored_cells_give_the_row_again(kind):
    for row in rows_of(kind):
        stored = kind.reader.write_cells(row)
        assert all(cell is None or isinstance(cell, str) for cell in stored)
        again = kind.reader.restore_cells(stored)
        assert kind.reader.key(again) == kind.reader.key(row)
        assert kind.reader.display(again) == kind.reader.display(row)
        assert len(kind.reader.display(row)) == len(kind.reader.columns)


def test_rows_of_a_group_are_one_cluster_and_different_ones_are_several(kind):
    rows = rows_of(kind)
    assert len(set(kind.reader.clusters(rows).tolist())) > 1
    assert len(set(kind.reader.clusters(rows, ["a"] * len(rows)).tolist())) == 1


def test_what_trained_leaks_and_what_did_not_does_not(kind):
    rows = rows_of(kind)[:4]
    assert kind.reader.leaks(rows, rows[:2]).exact == 1
    assert kind.reader.leaks(rows[:2], rows[2:]).exact == 0


def test_features_are_finite_and_as_many_for_other_rows(kind):
    rows = rows_of(kind)
    features = kind.reader.features(rows)
    known, other = features.fit(rows), features.transform(rows[:2])
    assert known.shape == (len(rows), other.shape[1])
    for matrix in (known, other):
        assert np.isfinite(matrix.toarray() if hasattr(matrix, "toarray") else matrix).all()
    assert len(features.strengths) > 1
    assert features.name


def test_every_token_is_of_a_unit_or_of_none(kind):
    row = rows_of(kind)[0]
    packed = kind.reader.pack_located(row, LENGTH, "truncate")
    units, owners = kind.reader.units(row, packed)
    assert [len(one) for one in owners] == packed.lengths.tolist()
    owner = np.concatenate(owners)
    assert set(owner[owner >= 0].tolist()) == set(range(len(units)))
    assert owner.min() >= -1
    assert all(unit.name for unit in units)
