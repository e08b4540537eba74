"""Columns that give the label away."""

from __future__ import annotations

import numpy as np

from groundup.tasks.baselines.tabular import Table
from groundup.tasks.leaking_columns import leaking_columns

DRAWS = np.random.default_rng(5)
TARGETS = (DRAWS.random(400) < 0.4).astype(np.int64)
HONEST = [TARGETS + DRAWS.normal(size=400), DRAWS.normal(size=400)]


def suspects(*columns: np.ndarray, categorical: bool = False) -> list:
    numbers = np.stack([*HONEST, *columns], axis=1)
    kinds = np.array([False, False, *[categorical] * len(columns)])
    names = ["income", "age", *(f"x{i}" for i in range(len(columns)))]
    return leaking_columns(Table(numbers, numbers, kinds), names, TARGETS, 2)


def test_a_copy_of_the_label_with_a_little_noise_is_named():
    copy = np.where(DRAWS.random(400) < 0.01, 1 - TARGETS, TARGETS).astype(float)
    (found,) = suspects(copy, categorical=True)
    assert found.column == "x0"
    assert found.line().startswith("warning: column 'x0' alone tells the label (AUC 0.9")
    assert found.others < 0.9


def test_honest_columns_are_not_accused():
    assert suspects() == []
    assert suspects(2 * TARGETS + DRAWS.normal(size=400)) == []


def test_two_columns_that_tell_it_accuse_none():
    """A solved problem is no leak: then many columns tell the label."""
    assert suspects(TARGETS + 0.1 * DRAWS.normal(size=400), TARGETS + 0.1 * DRAWS.normal(size=400)) == []


def test_cells_that_are_filled_only_after_the_label_are_named():
    paid_back = np.where(TARGETS == 1, DRAWS.random(400), np.nan)
    (found,) = suspects(paid_back)
    assert found.column == "x0"
    assert suspects(np.where(DRAWS.random(400) < 0.3, np.nan, DRAWS.random(400))) == []


def test_few_rows_accuse_nobody():
    assert leaking_columns(Table(*[TARGETS[:20, None].astype(float)] * 2, np.array([False])), ["x"], TARGETS[:20], 2) == []
