"""Rows of tables as tokens, what is learned from training rows, and what bad input comes to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from groundup.data.cells.numbers import NumberForm
from groundup.errors import InputError
from groundup.folders import new_folder
from groundup.kinds.reader import Row
from groundup.kinds.table.packed import CellChanges, partners
from groundup.kinds.table.reader import MOST_COLUMNS, TableReader
from groundup.kinds.table.recognize import read_cell
from groundup.kinds.table.settings import ColumnSettings

NAMES = ("age", "colour", "day")
ROWS: list[Row] = [
    (str(20 + i % 41) if i % 9 else None, ("red", "green", None)[i % 3], f"2021-{i % 12 + 1:02d}-{i % 28 + 1:02d}")
    for i in range(130)
]
LABELS = {"label": np.arange(130) % 2}


def reader_of(rows: list[Row] = ROWS, names: tuple[str, ...] = NAMES, **said: object) -> TableReader:
    reader = TableReader(names, ColumnSettings(**said))
    reader.learn(rows)
    return reader


def lay(reader: TableReader, rows: list[Row], places: list[int], training: bool = False):
    labels = {"label": LABELS["label"][: len(rows)][places]}
    return reader.pack(rows).lay(np.array(places), np.array(places) + 1000, labels, training)


def test_a_missing_cell_is_no_token_and_lengths_say_so():
    reader = reader_of()
    packed = reader.pack(ROWS)
    flat = lay(reader, ROWS, list(range(130)))
    assert sorted(packed.lengths.tolist(), reverse=True) == flat.lengths.tolist()
    assert packed.lengths[0] == 1 + 4  # no age, a colour, and a day of three parts
    assert flat.tokens.shape == (packed.lengths.sum(), 1 + reader.input.values)
    assert (flat.tokens[flat.starts] == 0).all()  # the first token of each row


def test_vectors_tell_the_columns_and_are_rows_of_the_model():
    reader = reader_of()
    flat = lay(reader, ROWS, [1, 2])
    assert reader.encoder.parts[flat.tokens[:, 0].astype(int)].tolist() == [-1, 0, 1, 2, 3, 4, -1, 0, 2, 3, 4]
    assert not flat.places.any()  # cells have no order
    assert reader.input.columns == 5
    assert flat.tokens[:, 0].max() < reader.input.rows


def test_a_row_lies_alike_alone_and_in_a_batch():
    reader = reader_of()
    together = lay(reader, ROWS, [3, 0, 7])
    for place in (3, 0, 7):
        alone = lay(reader, ROWS, [place])
        (at,) = np.flatnonzero(together.sequences == place)
        start = together.starts[at]
        assert (together.tokens[start : start + together.lengths[at]] == alone.tokens).all()


def test_a_row_without_any_cell_holds_nothing_and_one_of_a_list_is_refused_by_column():
    reader = reader_of()
    assert reader.read_cells([None, "", float("nan")]) is None
    with pytest.raises(ValueError, match="column 'colour' holds a list"):
        reader.read_cells([3, ["a"], None])


def test_what_was_learned_is_saved_and_opened(tmp_path: Path):
    reader = reader_of(mark_missing=True)
    with new_folder(tmp_path / "model", kind="model") as folder:
        reader.save(folder)
    opened = TableReader.open(tmp_path / "model")
    assert opened.columns == NAMES
    assert opened.input == reader.input
    assert opened.pack(ROWS).digest() == reader.pack(ROWS).digest()
    assert opened.pack(ROWS).lengths.tolist() == [6] * 130  # a mark in the place of each missing cell


def test_a_reader_that_knows_learns_nothing():
    reader = reader_of()
    before = reader.table
    reader.learn([("x", "y", "z")] * 50)
    assert reader.table is before


def test_training_drops_swaps_and_shifts_cells_by_the_example_number():
    reader = reader_of()
    plain = lay(reader, ROWS, list(range(40)), training=True)
    for changes in (CellChanges(drop=0.3), CellChanges(noise=0.5), CellChanges(swap=0.5)):
        reader.changes = changes
        first, second = (lay(reader, ROWS, list(range(40)), training=True) for _ in range(2))
        assert first.tokens.shape != plain.tokens.shape or (first.tokens != plain.tokens).any()
        assert (first.tokens == second.tokens).all()
        kept = lay(reader, ROWS, list(range(40)))
        assert (kept.tokens == plain.tokens).all()  # what is judged stays as it is
    reader.changes = CellChanges(drop=0.3)
    cells, kept = plain.lengths.sum() - 40, lay(reader, ROWS, list(range(40)), training=True).lengths.sum() - 40
    assert 0.6 < kept / cells < 0.8


def test_cells_are_swapped_with_rows_of_the_same_label():
    labels = np.array([0, 1, 0, 1, 0, 2])
    found = partners(labels, np.arange(6, dtype=np.uint64) * np.uint64(7919))
    assert (labels[found] == labels).all()
    assert found[5] == 5
    assert (found[:5] != np.arange(5)).all()


def test_rows_of_equal_cells_are_not_one_example():
    reader = reader_of()
    rows: list[Row] = [("31", "red", "2021-01-01")] * 4
    assert len(set(reader.clusters(rows))) == 4
    assert reader.clusters(rows, ["a", None, "a", "b"]).tolist() == [0, 1, 0, 3]


def test_leakage_is_said_only_where_rows_differ():
    reader = reader_of()
    distinct: list[Row] = [(str(i), "red", None) for i in range(100)]
    assert reader.leaks(distinct, [distinct[3], ("500", "red", None)]).exact == 0.5
    alike: list[Row] = [(str(i % 10), "red", None) for i in range(100)]
    assert reader.leaks(alike, alike[:5]).worst is None


def test_equal_rows_are_told_and_are_no_repeats_of_one_example():
    rows: list[Row] = [(str(i), "ab"[i % 2], None) for i in range(0, 600, 3)]
    reader = reader_of([*rows, *rows[:2]])
    assert reader.equal_rows([*rows, *rows[:2]]) == {200: 0, 201: 1}
    assert reader.repeats([*rows, *rows[:2]]) == {}
    assert not any("repeat" in note for note in reader_of([(str(i % 10), "ab"[i % 2], None) for i in range(200)]).notes)


def test_units_are_columns_and_the_parts_of_a_date_are_one():
    reader = reader_of()
    row: Row = ("31", None, "2021-03-04")
    units, (numbers,) = reader.units(row, reader.pack([row]))
    assert [unit.name for unit in units] == ["age = 31", "day = 2021-03-04"]
    assert numbers.tolist() == [-1, 0, 1, 1, 1]


def test_too_many_columns_and_columns_that_tell_nothing_are_refused():
    with pytest.raises(InputError, match=r"TOO_MANY_COLUMNS.*10,000 columns.*limit: 1,000"):
        TableReader([f"c{i}" for i in range(10 * MOST_COLUMNS)])
    with pytest.raises(InputError, match="NO_COLUMNS"):
        reader_of([("1", "x", "2021-01-01")] * 30)


def test_bad_cells_at_prediction_are_missing_and_said():
    reader = reader_of()
    rows: list[Row] = [("abc", "mauve", "2021-01-05"), ("31", "red", "soon")]
    assert (reader.pack(rows).lengths == [4, 3]).all()
    assert [line.split(": ")[1] for line in reader.complaints(rows) if line.startswith("warning")] == [
        "column 'age'",
        "column 'day'",
    ]


def test_the_report_names_each_column_with_its_gaps():
    columns = reader_of().report(ROWS)["columns"]
    assert [(column["name"], column["kind"], column["missing"]) for column in columns] == [
        ("age", "number", 15),
        ("colour", "category", 43),
        ("day", "date", 0),
    ]


def test_a_number_in_memory_is_a_number_whatever_the_column_writes_before_its_decimals():
    """A model learned from `12,5` answers 12.5 of a frame or of JSON, and does not take it for a word."""
    cell = read_cell(12.5)
    assert (cell, read_cell(3), read_cell("12.5")) == ("12.5", "3", "12.5")
    assert NumberForm(",").parse(cell) == 12.5
    assert NumberForm(",").parse("12,5") == 12.5
    assert NumberForm(",").parse("12.5") is None
    assert type(read_cell(True)) is str
