"""What is wrong with a cell of a row, in words that name its column."""

from __future__ import annotations


class CellFault(ValueError):
    """A cell that cannot be read. `code` says what kind of fault it is, for lists of faults."""

    def __init__(self, code: str, what: str):
        super().__init__(what)
        self.code = code
