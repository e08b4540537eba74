"""Cells as vectors and bins, and as features of simple methods."""

from __future__ import annotations

import numpy as np

from groundup.kinds.table.bins import edges_of, piecewise
from groundup.kinds.table.columns import Row
from groundup.kinds.table.encode import ABSENT, Encoder
from groundup.kinds.table.features import ColumnFeatures
from groundup.kinds.table.recognize import recognize
from groundup.kinds.table.settings import ColumnSettings

NAMES = ("age", "colour", "day")
ROWS: list[Row] = [
    (str(20 + i % 40), ("red", "green", "blue")[i % 3], f"2021-{i % 12 + 1:02d}-{i % 28 + 1:02d}") for i in range(120)
]
COLUMNS = recognize(NAMES, [*ROWS, (None, "teal", None), ("31", None, "2021-05-05")], ColumnSettings(), 2026)


def test_bins_hold_the_same_count_of_training_values():
    values = np.random.default_rng(1).normal(size=800)
    edges = np.array(edges_of(values, 8))
    counts = np.histogram(values, edges)[0]
    assert len(edges) == 9
    assert counts.min() >= 99


def test_a_number_fills_the_bins_below_it():
    edges = np.array([0.0, 1.0, 3.0, 3.0])  # the last bin has no width
    np.testing.assert_allclose(
        piecewise(np.array([2.0, -5.0, 5.0, 1.0]), np.tile(edges, (4, 1))), [[1, 0.5, 0], [-1, 0, 0], [1, 2, 0], [1, 0, 0]]
    )


def test_a_missing_cell_is_absent_and_a_date_has_several_parts():
    encoder = Encoder(COLUMNS)
    encoded = encoder.encode([(None, "red", "2021-03-04"), ("31", None, None), (None, None, None)])
    assert [len(encoder.slots), encoded.vectors.shape[1]] == [5, 5]  # age, colour, and days, month, weekday of day
    assert (encoded.vectors == ABSENT).sum(axis=1).tolist() == [1, 4, 5]


def test_a_missing_cell_may_have_a_mark_of_its_own():
    encoded = Encoder(COLUMNS, mark_missing=True).encode([(None, "red", "2021-03-04"), ("31", None, None)])
    assert (encoded.vectors >= 1).all()
    assert len(set(encoded.vectors[:, 0])) == len(set(encoded.vectors[:, 1])) == 2


def test_vectors_of_all_values_differ():
    encoder = Encoder(COLUMNS)
    vectors = encoder.encode([("31", colour, "2021-03-04") for colour in ("red", "green", "blue", "mauve")]).vectors
    assert len(np.unique(vectors[:, 1])) == 4
    assert vectors.max() < encoder.num_vectors


def test_unknown_categories_are_read_like_rare_ones_and_counted():
    encoder = Encoder(COLUMNS)
    rows: list[Row] = [("31", "mauve", None), ("33", "teal", None), ("abc", "red", None)]
    vectors = encoder.encode(rows).vectors
    assert vectors[0, 1] == vectors[1, 1] != vectors[2, 1]
    age, colour = encoder.complaints(rows)
    assert age == "warning: column 'age': 1 of 3 cells is no number, such as 'abc' in row 3: read as missing"
    assert "2 of 3 cells are values that training had rarely or never, such as 'mauve', 'teal': read like rare values" in colour


def test_without_rare_values_in_training_an_unknown_one_is_missing():
    columns = recognize(NAMES, ROWS, ColumnSettings(), 2026)
    encoder = Encoder(columns)
    assert encoder.encode([("31", "mauve", None)]).vectors[0, 1] == ABSENT
    assert encoder.complaints([("31", "mauve", None)])[0].endswith(
        "'mauve': read as missing; are these the values of another column?"
    )


def test_a_row_is_encoded_alike_alone_and_among_others():
    encoder, together = Encoder(COLUMNS), Encoder(COLUMNS).encode(ROWS)
    for place in (0, 17, 119):
        alone = encoder.encode([ROWS[place]])
        assert (alone.vectors[0] == together.vectors[place]).all()
        assert (alone.values[0] == together.values[place]).all()


def test_features_are_finite_named_and_know_what_is_missing():
    features = ColumnFeatures(COLUMNS)
    train = features.fit([*ROWS, (None, "teal", None), ("31", None, "2021-05-05")])
    assert np.isfinite(train).all()
    assert train.shape[1] == len(features.names())
    by_name = dict(zip(features.names(), features.transform([(None, "mauve", None)])[0], strict=True))
    assert by_name["age is missing"] == 1
    assert by_name["colour = other"] == 1
    assert by_name["colour = red"] == 0
    numbers = features.numbers([("31", "red", None)])[0]
    assert numbers[0] == 31
    assert np.isnan(numbers[2])
    assert features.categorical.tolist() == [False, True, False, False, False]
