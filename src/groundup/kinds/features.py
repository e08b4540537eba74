"""What simple methods see of rows, of any kind. R rows, F features, P plain columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np


class Features(Protocol):
    """What simple methods see of rows. It learns from training rows alone."""

    name: str
    """As reports call logistic regression on them."""

    @property
    def strengths(self) -> Sequence[float]:
        """Strengths C of regularization that a linear model of them is tried with."""
        ...

    def fit(self, rows: Sequence[tuple[Any, ...]], /) -> Any:
        """Learn, and return the features of the same rows: a matrix [R, F], which may be sparse."""
        ...

    def transform(self, rows: Sequence[tuple[Any, ...]], /) -> Any:
        """[R, F] of other rows."""
        ...


@runtime_checkable
class PlainNumbers(Features, Protocol):
    """Features that are columns of numbers and categories as well, which trees and ranks are made for."""

    @property
    def categorical(self) -> np.ndarray:
        """[P] bool: which of `numbers` are numbers of categories."""
        ...

    def numbers(self, rows: Sequence[tuple[Any, ...]], /) -> np.ndarray:
        """[R, P] plain numbers, nan where one is missing."""
        ...

    def origins(self) -> list[str]:
        """[P] the column that each is of."""
        ...
