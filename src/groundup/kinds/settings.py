"""The kinds of input as settings: a row of `KINDS` for each, its columns as `<kind>_column`, and how it is read for the first
time as a group of its name. The command line reads this, so nothing heavy is imported. Adding one: docs/guides/add-a-kind.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from groundup.data.settings import TableSettings
from groundup.errors import printable
from groundup.kinds.image.settings import NewImageSettings
from groundup.kinds.table.settings import ColumnSettings
from groundup.scope import Unfit


@dataclass(frozen=True, kw_only=True)
class KindTraits:
    """What settings must know of a kind. The defaults are those of a kind that a new model learns from labelled rows."""

    pretrained: bool = False
    """Whether it takes a model that was trained before, where rows are of this kind alone."""
    max_columns: int | None = None
    """Most columns that are read; None: any number."""
    pattern: bool = False
    """Whether its columns may be a pattern, `*`, which leaves out those that are named for other kinds."""
    prepared: bool = False
    """Whether rows may be those of a folder of `groundup prepare`, where no column is named."""
    settings: tuple[str, ...] = ()
    """Settings that mean something for this kind alone; its group is one of them."""


KINDS: dict[str, KindTraits] = {
    "text": KindTraits(pretrained=True, settings=("max_length", "too_long", "augment", "replay")),
    "image": KindTraits(pretrained=True, max_columns=1, prepared=True, settings=("image", "horizontal_flip")),
    "table": KindTraits(pattern=True, settings=("table",)),
}
"""In the order in which a new model of several reads them."""
PREPARED = tuple(kind for kind, traits in KINDS.items() if traits.prepared)


COLUMNS = tuple(f"{kind}_column" for kind in KINDS)


def named_by_kind(settings: object) -> dict[str, tuple[str, ...]]:
    """The columns that settings name, by the kind that reads them."""
    by_kind = {kind: getattr(settings, f"{kind}_column") for kind in KINDS}
    return {kind: columns for kind, columns in by_kind.items() if columns}


@dataclass(frozen=True, kw_only=True)
class NewKinds:
    """How kinds are read that a model reads for the first time: a group of the kind's name, where there is something to say."""

    table: ColumnSettings = field(default_factory=ColumnSettings)
    image: NewImageSettings = field(default_factory=NewImageSettings)


@dataclass(frozen=True, kw_only=True)
class KindColumns(TableSettings):
    """A labelled table whose columns are of any kind; that of texts is said with the table. Where none is named, the only one
    of texts is read, or the only one of images."""

    image_column: tuple[str, ...] = ()
    """Column with the path of an image, from the folder of the table."""
    table_column: tuple[str, ...] = ()
    """Column of numbers, categories or dates, each of its cells a token; `*` is every column that has no other part."""

    @property
    def columns_by_kind(self) -> dict[str, tuple[str, ...]]:
        """The columns that are named, by the kind that reads them."""
        return named_by_kind(self)

    @property
    def to_infer(self) -> bool:
        """Whether the columns to read are still to be inferred from the table: none is named, and the data is no folder that
        groundup made."""
        from pathlib import Path

        from groundup.manifest import is_ours

        return not self.columns_by_kind and not is_ours(Path(self.data))

    @property
    def named_columns(self) -> tuple[str, ...]:
        columns = self.columns_by_kind
        return tuple(name for kind, names in columns.items() if not KINDS[kind].pattern for name in names)

    def check_columns(self) -> Iterable[tuple[str, str]]:
        """Complaints about the columns of a kind: named twice, or too many."""
        for kind, columns in self.columns_by_kind.items():
            yield from named_twice(f"{kind}_column", columns)
            most = KINDS[kind].max_columns
            if most is not None and len(columns) > most:
                yield f"{kind}_column", f"{len(columns)} columns; so far {most} of the kind {kind} is read"


@dataclass(frozen=True, kw_only=True)
class OtherColumns:
    """Columns of a file, by kind, that stand for those that a model was trained on."""

    text_column: tuple[str, ...] = ()
    """Column with the text; twice for pairs. Default: what the model was trained on."""
    image_column: tuple[str, ...] = ()
    """Column with the path of an image, from the folder of the table. Default: what the model was trained on."""
    table_column: tuple[str, ...] = ()
    """Columns of a table, where the file calls them otherwise: NAME=COLUMN, that of the training and that of the file, for
    each that has another name; or all of them in the order of the training."""

    @property
    def columns_by_kind(self) -> dict[str, tuple[str, ...]]:
        """The columns that are named, by the kind that reads them."""
        return named_by_kind(self)


def named_twice(setting: str, columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """A complaint about a column that a setting names more than once."""
    twice = [name for place, name in enumerate(columns) if name in columns[:place]]
    if twice:
        yield setting, f"names '{printable(twice[0], 60)}' twice"


def needs_pretrained(columns: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether only a model that was trained before can learn of such columns."""
    return len(columns) < 2 and all(KINDS[kind].pretrained for kind in columns)


def unfit_of_kinds() -> Iterator[Unfit]:
    """What is refused where a kind is not read, or where the model has read it before (the case `<kind> is known`)."""
    for kind, traits in KINDS.items():
        why = f"is of {kind}_column, and none is named"
        yield Unfit(lambda one, kind=kind: not may_read(one, kind), traits.settings, why)
        if kind in traits.settings:
            why = f"is for a model that reads the kind {kind} for the first time"
            yield Unfit(f"{kind} is known", (kind,), why)


def may_read(one: Any, kind: str) -> bool:
    """Whether rows may be of a kind: its columns are named, or it is not yet known which columns are read."""
    return kind in (one.columns_by_kind or PREPARED) or getattr(one, "to_infer", False)


OF_KINDS = tuple(unfit_of_kinds())
