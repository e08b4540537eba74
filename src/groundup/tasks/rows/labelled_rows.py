"""A labelled table inside a run: rows with their texts, targets and splits, kept in the run folder as they were used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from groundup.data.sources.records import Declared
from groundup.data.splits.split import (
    LEFT_OUT,
    SPLITS,
)
from groundup.folders import new_folder
from groundup.kinds.reader import Reader, Row
from groundup.manifest import read_verified
from groundup.strict_json import fields, parse_json
from groundup.tasks.classification import Classification
from groundup.tasks.known import make_task
from groundup.tasks.task import Task

TEXT = "text/"  # before the names of text columns, which may be called label or split


@dataclass
class LabelledRows:
    """Rows with their texts, targets and splits."""

    reader: Reader
    texts: list[Row]
    targets: list[Any]  # as the task reads them; None where a row has none
    splits: np.ndarray  # [rows] index into SPLITS, or -1 for a row that is left out
    task: Task = field(default_factory=Classification)
    groups: list[str | None] = field(default_factory=list)  # or times
    places: list[str] = field(default_factory=list)  # where each row stands
    given: list[str | None] = field(default_factory=list)  # the split that the source itself tells
    others: dict[str, list] = field(default_factory=dict)  # further columns, where they were asked for
    left_out: dict[str, int] = field(default_factory=dict)  # training rows that the task refused, by reason
    preflight: dict = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return list(self.reader.columns)

    @property
    def labels(self) -> list[str]:
        return self.task.labels

    def rows(self, split: str) -> np.ndarray:
        return np.flatnonzero(self.splits == SPLITS.index(split))

    def count(self, split: str) -> int:
        return len(self.rows(split))

    def texts_of(self, split: str) -> list[Row]:
        return [self.texts[i] for i in self.rows(split)]

    def targets_of(self, split: str) -> list[Any]:
        return [self.targets[i] for i in self.rows(split)]


def stored_table(folder: Path, reader: Reader, task: Task | None = None) -> LabelledRows:
    """A table that a run keeps, with what its task learned; `reader` reads its rows."""
    stored = pq.read_table(pa.BufferReader(read_verified(folder, "records.parquet")))
    place = folder / "preflight.json"
    about = fields(parse_json(read_verified(folder, place.name), place), place, task=dict)
    fields(about["task"], f"{place}: task", name=str, facts=dict)
    task = task or make_task(about["task"]["name"], about["task"]["facts"])
    columns = [c.removeprefix(TEXT) for c in stored.column_names if c.startswith(TEXT)]
    reader.columns = tuple(columns)
    cells = zip(*(stored.column(TEXT + c).to_pylist() for c in columns), strict=True)
    texts = [reader.restore_cells(row) for row in cells]
    splits = np.array([SPLITS.index(s) if s in SPLITS else LEFT_OUT for s in stored.column("split").to_pylist()], np.int8)
    targets = [None if field is None else task.deserialize(field) for field in stored.column("label").to_pylist()]
    places = stored.column("place").to_pylist() if "place" in stored.column_names else []
    return LabelledRows(reader, texts, targets, splits, task, places=places, preflight=about)


def declared_of(preflight: Mapping[str, Any]) -> dict[str, Declared]:
    """What files declared of columns, as the preflight of a run keeps it."""
    return {name: Declared(kind, tuple(values)) for name, (kind, *values) in preflight.get("declared", {}).items()}


def keep(table: LabelledRows, folder: Path, with_places: bool = False) -> None:
    """records.parquet and preflight.json, as one folder; once. `with_places` also where each row stands."""
    if folder.is_dir():
        return
    written = [table.reader.write_cells(row) for row in table.texts]
    data = {TEXT + name: [row[i] for row in written] for i, name in enumerate(table.columns)}
    names = [SPLITS[s] if s != LEFT_OUT else "left out" for s in table.splits]
    sink = pa.BufferOutputStream()
    if with_places:
        data["place"] = list(table.places)
    labels = [None if target is None else table.task.serialize(target) for target in table.targets]
    pq.write_table(pa.table({**data, "label": labels, "split": names}), sink, compression="zstd")
    with new_folder(folder, kind="data") as new:
        new.write_bytes("records.parquet", sink.getvalue().to_pybytes())
        new.write_json("preflight.json", table.preflight)
