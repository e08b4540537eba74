"""Numbers at the ends of what a computer holds: nothing is lost in silence, and no figure is infinite."""

import numpy as np
import pytest

from groundup.kinds.table.bins import deviation, piecewise
from groundup.kinds.table.reader import TableReader

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")
EXTREMES = ["1e308", "-1.7e308", "0", "3.5", "-2", "1e-320"]


def reader_of(cells: list[str]) -> TableReader:
    reader = TableReader(("x", "y"))
    reader.learn([(cell, "ab"[n % 2]) for n, cell in enumerate(cells)])
    return reader


def tokens_of(reader: TableReader, cells: list[str]) -> np.ndarray:
    rows = [(cell, None) for cell in cells]
    flat = reader.pack(rows).lay(np.arange(len(rows)), np.arange(len(rows)), {})
    return flat.tokens[1::2]


def test_numbers_that_differ_beyond_single_precision_are_told_apart():
    reader = reader_of([str(1_600_000_000 + n % 40) for n in range(200)])
    tokens = tokens_of(reader, [str(1_600_000_000 + n) for n in range(40)])
    assert len({token.tobytes() for token in tokens}) == 40


def test_the_largest_numbers_have_finite_tokens_and_features():
    cells = [EXTREMES[n % 6] if n % 3 == 0 else str(n % 31) for n in range(240)]
    reader = reader_of(cells)
    assert np.isfinite(tokens_of(reader, cells)).all()
    features = reader.features([])
    assert np.isfinite(features.fit([(cell, "a") for cell in cells])).all()
    assert np.isfinite(features.numbers([(cell, "a") for cell in cells]).astype(np.float32)).all()
    assert np.isfinite(reader.pack([("1", "a")]).scales).all()


def test_a_number_beyond_training_goes_on_by_one_width_at_most():
    edges = np.array([[0.0, 1.0, 2.0]])
    assert piecewise(np.array([1e308]), edges).tolist() == [[1.0, 2.0]]
    assert piecewise(np.array([-1e308]), edges).tolist() == [[-1.0, 0.0]]


def test_deviations_of_large_numbers_are_those_of_small_ones():
    values = np.array([1.0, 2.0, 4.0])
    assert deviation(values) == pytest.approx(values.std())
    assert deviation(values * 4e307) == pytest.approx(values.std() * 4e307)
    assert deviation(np.zeros(3)) == deviation(np.zeros(0)) == 0


def test_whole_numbers_that_are_equal_with_15_digits_are_said():
    notes = reader_of([str(10**30 + n % 25) for n in range(200)]).notes
    assert any("25 whole numbers are 1 when they are read with 15 digits; --table.kinds x=category keeps" in n for n in notes)
    assert not any("15 digits" in note for note in reader_of([str(n % 25) + "0" * 17 for n in range(200)]).notes)


def test_a_cell_is_named_with_its_place_in_the_file():
    reader = reader_of([str(n % 31) for n in range(100)])
    (said,) = reader.complaints([("1", "a"), ("x", "a"), ("y", "b")], ["t.csv:2", "t.csv:3", "more.csv:9"])
    assert said == "warning: column 'x': 2 of 3 cells are no number, such as 'x' in t.csv:3: read as missing"


def test_numbers_with_the_other_decimal_mark_are_said_to_be_such():
    reader = reader_of([f"{n % 31}.5" for n in range(100)])
    (said,) = reader.complaints([("1,5", "a"), ("2,5", "b")])
    assert said.endswith("read as missing; in training decimals stood after '.': write them like that")
    (said,) = reader.complaints([("1,5", "a"), ("old", "b")])
    assert said.endswith("read as missing")


def test_training_rows_with_a_strange_cell_are_named_with_their_place():
    reader = TableReader(("x", "y"))
    reader.learn([("old" if n == 7 else str(n % 31), "ab"[n % 2]) for n in range(100)], [f"t.csv:{n + 2}" for n in range(100)])
    assert any("1 of 100 cells is no number, such as 'old' in t.csv:9: read as missing" in note for note in reader.notes)
