"""Which split each document of running text belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from groundup.commands.prepare.settings import Prepare
from groundup.data import draws
from groundup.data.clean.containment import containers
from groundup.data.settings import SplitSettings
from groundup.data.sources.records import Document
from groundup.data.splits.split import (
    CONTAINMENT,
    LEFT_OUT,
    SPLITS,
    TRAIN,
    assign,
    cluster,
    column_of,
    empty_splits,
    given_splits,
    split_by_containment,
    split_by_time,
    ungrouped,
)
from groundup.data.splits.times import order_of_times
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.scope import settings_given

SECTION = 100  # paragraphs; where there are few documents, sections of them are split instead
FEW_DOCUMENTS = 50


def keys_of(document: Document, split: SplitSettings) -> list[str | None]:
    """What a document is split by: its group, or the times of its rows. Rows of one document are of one group."""
    values = document.others[str(column_of(split))]
    if split.time_column is not None:
        return values
    if len(set(values)) > 1:
        some_keys = ", ".join(sorted(map(str, set(values)))[:3])
        raise InputError(
            "PARTED_DOCUMENT",
            document.id,
            f"holds rows of several values of '{split.group_by}': {some_keys}",
            "group by a column that all rows of a document share",
        )
    return values[:1]


class Chooser:
    """The split of each document or, where there are few and nothing keeps them whole, of each section of one.

    A source that comes in splits (train.csv beside test.csv) keeps them; what it lacks is drawn from its training part.
    """

    def __init__(self, settings: Prepare, records: Path, paragraphs: Sequence[int], keys: Sequence[list[str | None]]):
        self.settings, self.records, self.keys = settings, records, keys
        split, count = settings.split, len(paragraphs)
        self.by_section = count < FEW_DOCUMENTS and not split.group_by and not split.time_column
        sizes = np.array([-(-n // SECTION) for n in paragraphs] if self.by_section else [1], dtype=np.int64)
        self.firsts = np.concatenate([[0], np.cumsum(np.broadcast_to(sizes, count))])
        self.names = np.repeat(given_numbers(records), sizes)
        units = np.flatnonzero(self.names == TRAIN)
        known = {name for number, name in enumerate(SPLITS) if (self.names == number).any()}
        self.shares = {name: 0.0 if name in known else getattr(split, name) for name in SPLITS[1:]}
        self.names[units] = self.draw_splits(units)
        for number, (name, share) in enumerate(self.shares.items(), 1):
            if share and (split.group_by or split.time_column) and not (self.names == number).any():
                raise InputError(
                    "EMPTY_SPLIT",
                    ", ".join(settings.source),
                    f"{count:,} documents leave the {name} split empty",
                    f"give more documents, another --split.group_by, or --split.{name} 0",
                )

    def draw_splits(self, units: np.ndarray) -> np.ndarray:
        """[units] split of each, as the settings say."""
        split = replace(self.settings.split, stratify=False, **self.shares)
        keys, seed = [self.keys[unit] for unit in units] if self.keys else [], self.settings.seed
        if split.time_column is not None:
            return split_by_time(np.arange(len(units)), self.newest(units, keys, split.time_column), split)
        if split.group_by == CONTAINMENT:
            ids = set(units.tolist())
            texts = ["\n".join(paragraphs) for number, paragraphs in stored_documents(self.records) if number in ids]
            return split_by_containment(
                containers(texts), lambda whole: cluster([texts[i] for i in whole]), [None] * len(texts), split, seed
            )
        if split.group_by is not None:
            first: dict[str, int] = {}
            clusters = [number if key is None else first.setdefault(key, number) for number, [key] in enumerate(keys)]
            return assign(np.array(clusters), [None] * len(clusters), split, seed)
        return self.lowest(units, seed)

    def newest(self, units: np.ndarray, keys: Sequence[list[str | None]], column: str) -> list[tuple]:
        """What each unit is ordered by: the newest time of its rows."""
        owner = [unit for unit, times in zip(units.tolist(), keys, strict=True) for _ in times]
        times = [time for several in keys for time in several]
        order = iter(order_of_times(times, lambda row: self.place(owner[row]), column, self.settings.split.dates))
        return [max(islice(order, len(several))) for several in keys]

    def place(self, number: int) -> str:
        """Where a document begins."""
        return pq.read_table(self.records, columns=["id"]).column(0)[number].as_py()

    def lowest(self, units: np.ndarray, seed: int) -> np.ndarray:
        """The lowest draws are held out, so the shares are exact."""
        result = np.zeros(len(units), dtype=np.int8)
        order = draws.permutation(draws.key(seed, "split"), 0, len(units))
        validation, test = (
            max(1, round(share * len(units))) if share and len(units) > number else 0
            for number, share in enumerate(self.shares.values(), 1)
        )
        result[order[:validation]] = 1
        result[order[validation : validation + test]] = 2
        return result

    @property
    def left_out(self) -> int:
        """Documents of no split: they are part of one that is held out, or hold one."""
        return int((self.names == LEFT_OUT).sum())

    def sections(self, number: int, paragraphs: list[str]) -> Iterator[tuple[str, list[str]]]:
        """(split, paragraphs) of each unit of a document that is in a split."""
        width = SECTION if self.by_section else max(1, len(paragraphs))
        for i, start in enumerate(range(0, len(paragraphs), width)):
            name = self.names[self.firsts[number] + i]
            if name != LEFT_OUT:
                yield SPLITS[name], paragraphs[start : start + width]

    def notes(self) -> list[str]:
        """What a person should know of the splits."""
        names = set(settings_given(self.settings))
        lines = [
            message("split of the source", name=name, split=message(f"split {name}"))
            for name, share in self.shares.items()
            if not share and f"split.{name}" in names
        ]
        lines += empty_splits({name: int((self.names == number).sum()) for number, name in enumerate(SPLITS)}, self.shares)
        if self.left_out:
            held_out = self.settings.split.contained == "train"
            lines.append(message("documents in no split" if held_out else "documents of others", count=self.left_out))
        if self.settings.split.group_by not in (None, CONTAINMENT):
            keys = [key for [key] in self.keys]
            lines += ungrouped(keys, self.settings.split.group_by, "documents")
            parts = Counter(key for key, _ in {(key, int(name)) for key, name in zip(keys, self.names, strict=True)})
            several = sum(count > 1 for key, count in parts.items() if key is not None)
            if several:
                lines.append(message("groups in several splits", count=several, column=self.settings.split.group_by))
        return lines


def given_numbers(records: Path) -> np.ndarray:
    """[documents] int8: the number of the split that each document comes in."""
    column = pq.read_table(records, columns=["split"], read_dictionary=["split"]).column("split")
    encoded = column.unify_dictionaries().combine_chunks()
    names = encoded.dictionary.to_pylist()
    codes = encoded.indices.fill_null(len(names)).to_numpy()
    numbers = [SPLITS.index(name) for name in given_splits([*names, None] if encoded.null_count else names)]
    return np.array(numbers, dtype=np.int8)[codes]


def stored_documents(records: Path) -> Iterator[tuple[int, list[str]]]:
    """(number, paragraphs) of every kept document; in memory are those that were written together."""
    number = 0
    with pq.ParquetFile(records) as file:
        for group in range(file.num_row_groups):
            for paragraphs in file.read_row_group(group, columns=["paragraphs"]).column(0).to_pylist():
                yield number, paragraphs
                number += 1
