"""What a person can say of the columns of a table, where the cells do not show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, cast, get_args

from groundup.config import Bounds, NonNegative, NonNegativeFloat, Positive, Rate
from groundup.errors import InputError

ColumnKind = Literal["number", "category", "date", "text", "id", "constant"]
FORMS = {"number": (".", ","), "date": ("dmy", "mdy")}  # ways to write, that a kind can be given with


@dataclass(frozen=True, kw_only=True)
class ColumnSettings:
    """Each pair is `NAME=VALUE`; the name is that of a column."""

    kinds: tuple[str, ...] = ()
    """NAME=number, number:. or number:, (what stands before the decimals), category, date, date:dmy, date:mdy, text or id: what
    a column is, in the place of what its cells show."""
    missing: tuple[str, ...] = ()
    """NAME=VALUE: a value that means that nothing is known, in this column."""
    mark_missing: bool = False
    """Whether a cell that is missing has a token that says so, instead of none."""
    bins: Annotated[int, Bounds(2, 256)] = 8
    """Bins of a number, each with the same count of training rows."""
    pool: Positive = 3
    """Categories that fewer training rows have share one vector."""
    background: NonNegative = 32
    """Training rows that the model folder keeps: explanations start from what they hold. 0 keeps none, and explanations start
    from missing cells."""
    cell_dropout: Rate = 0.2
    """Share of the cells of a training row that are left out, other ones each time."""
    noise: NonNegativeFloat = 0.0
    """Deviation of what training adds to a number, in deviations of its column."""
    swap: Rate = 0.0
    """Share of the cells of a training row taken from another row with the same label (CutMix for cells)."""

    def kind_of(self, name: str) -> tuple[ColumnKind | None, str]:
        """What was said of a column: its kind, and how it is written (`.`, `,`, dmy, mdy, or auto)."""
        text = dict(pairs(self.kinds, "table.kinds")).get(name)
        if text is None:
            return None, "auto"
        kind, _, form = text.partition(":")
        if kind not in get_args(ColumnKind) or kind == "constant" or (form and form not in FORMS.get(kind, ())):
            raise InputError(
                "BAD_SETTING",
                "table.kinds",
                f"'{name}={text}' names no kind of column",
                "say number, number:. or number:, category, date, date:dmy, date:mdy, text or id",
            )
        return cast(ColumnKind, kind), form or "auto"

    def missing_of(self, name: str) -> tuple[str, ...]:
        """Values that mean nothing in a column."""
        return tuple(value for column, value in pairs(self.missing, "table.missing") if column == name)

    def check_names(self, names: Sequence[str]) -> None:
        """InputError for a column that the table does not have."""
        for setting in ("kinds", "missing"):
            for name, _ in pairs(getattr(self, setting), f"table.{setting}"):
                if name not in names:
                    known = f"columns: {', '.join(names[:20])}"
                    raise InputError("NO_COLUMN", f"table.{setting}", f"'{name}' is no column that is read", known)


def pairs(texts: Sequence[str], setting: str) -> list[tuple[str, str]]:
    """NAME=VALUE, parted at the last sign. InputError for what has none."""
    split_pairs = [text.rpartition("=") for text in texts]
    for text, (name, sign, _) in zip(texts, split_pairs, strict=True):
        if not sign or not name:
            fix = "write age=number, say" if setting == "table.kinds" else "write age=-1, say"
            raise InputError("BAD_SETTING", setting, f"'{text}' is not NAME=VALUE", fix)
    return [(name, value) for name, _, value in split_pairs]
