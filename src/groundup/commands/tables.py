"""A labelled table inside a run: read, checked, split, and kept in the run folder as it was used."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from groundup.commands.finetune import Finetune
from groundup.data import draws
from groundup.data.dedup import exact_key
from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.split import LEFT_OUT, SPLITS, TEST, TRAIN, VALIDATION, find_leakage, given_splits, split_rows
from groundup.errors import InputError
from groundup.folders import new_folder, read_verified
from groundup.strict_json import parse_json

TEXT = "text/"  # before the names of text columns, which may be called label or split


@dataclass
class Table:
    """Rows with their texts, label names and splits."""

    columns: list[str]
    texts: list[tuple[str, ...]]
    targets: list[str | None]
    splits: np.ndarray  # [rows] index into SPLITS, or -1 for a row that is left out
    labels: list[str] = field(default_factory=list)  # sorted names of the training rows
    groups: list[str | None] = field(default_factory=list)
    given: list[str | None] = field(default_factory=list)  # the split that the source itself tells
    others: dict[str, list] = field(default_factory=dict)  # further columns, where they were asked for
    preflight: dict = field(default_factory=dict)

    def rows(self, split: str) -> np.ndarray:
        return np.flatnonzero(self.splits == SPLITS.index(split))

    def count(self, split: str) -> int:
        return len(self.rows(split))

    def texts_of(self, split: str) -> list[tuple[str, ...]]:
        return [self.texts[i] for i in self.rows(split)]

    def names_of(self, split: str) -> list[str | None]:
        return [self.targets[i] for i in self.rows(split)]

    def ids_of(self, split: str) -> np.ndarray:
        """Label ids; -1 for a label that no training row has."""
        known = {name: i for i, name in enumerate(self.labels)}
        return np.array([known.get(name, -1) if name is not None else -1 for name in self.names_of(split)], dtype=np.int64)


def read_table(
    sources: list[str], columns: tuple[str, ...], label: str | None, group: str | None, read: ReadSettings, rejects: Rejects,
    others: tuple[str, ...] = (),
) -> Table:  # fmt: skip
    """The rows of tables with the named columns. A row without text or label is rejected with its place."""
    texts: list[tuple[str, ...]] = []
    targets: list[str | None] = []
    groups: list[str | None] = []
    given: list[str | None] = []
    further: dict[str, list] = {name: [] for name in others}
    kinds: dict[type, str] = {}
    wanted = [*columns, *([label] if label else []), *([group] if group else []), *others]
    for row in read_rows(sources, read, rejects):
        place = f"{row.file}:{row.line}"
        missing = [name for name in wanted if name not in row.values]
        if missing:
            raise InputError("NO_COLUMN", place, f"has no column '{missing[0]}'", f"columns are {', '.join(row.values)}")
        parts = tuple(row.values[name] for name in columns)
        if not all(isinstance(part, str) and part.strip() for part in parts):
            rejects.fault(place, "NO_TEXT", f"{' or '.join(columns)} is empty or not text")
            continue
        value = row.values[label] if label else None
        if label and (value is None or value == "" or isinstance(value, (dict, list))):
            rejects.fault(place, "NO_LABEL", f"{label} is empty or not a single value")
            continue
        kinds.setdefault(type(value), place)
        texts.append(tuple(str(part).strip() for part in parts))
        targets.append(str(value) if label else None)
        groups.append(str(row.values[group]) if group else None)
        given.append(row.split)
        for name in others:
            further[name].append(row.values[name])
    if len(kinds) > 1 and label:
        found = ", ".join(f"{kind.__name__} ({place})" for kind, place in kinds.items())
        raise InputError("MIXED_LABELS", f"column '{label}'", f"holds several types: {found}", "write all labels alike")
    if not texts:
        raise InputError("EMPTY_DATA", ", ".join(sources), "holds no usable row", "see the columns and the format")
    rejects.check(read.max_rejects)
    return Table(list(columns), texts, targets, np.zeros(len(texts), dtype=np.int8), groups=groups, given=given,
                 others=further)  # fmt: skip


def stored_table(kept: Path) -> Table:
    """A table that a run keeps."""
    stored = pq.read_table(pa.BufferReader(read_verified(kept, "records.parquet")))
    columns = [c.removeprefix(TEXT) for c in stored.column_names if c.startswith(TEXT)]
    texts = list(zip(*(stored.column(TEXT + c).to_pylist() for c in columns), strict=True))
    splits = np.array([SPLITS.index(s) if s in SPLITS else LEFT_OUT for s in stored.column("split").to_pylist()], np.int8)
    table = Table(columns, texts, stored.column("label").to_pylist(), splits)
    table.labels = labels_of(table)
    table.preflight = parse_json(read_verified(kept, "preflight.json"), kept / "preflight.json")
    return table


def keep(table: Table, folder: Path) -> None:
    """records.parquet and preflight.json, as one folder; once."""
    if folder.is_dir():
        return
    data = {TEXT + name: [row[i] for row in table.texts] for i, name in enumerate(table.columns)}
    names = [SPLITS[s] if s != LEFT_OUT else "left out" for s in table.splits]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({**data, "label": table.targets, "split": names}), sink, compression="zstd")
    with new_folder(folder, kind="data") as new:
        new.write_bytes("records.parquet", sink.getvalue().to_pybytes())
        new.write_json("preflight.json", table.preflight)


def make_table(settings: Finetune) -> Table:
    """Read, split and check."""
    rejects = Rejects()
    table = split_table(settings, rejects)
    check(table, settings)
    table.preflight = preflight(table, rejects)
    return table


def split_table(settings: Finetune, rejects: Rejects) -> Table:
    """Read and split, without judging what came of it."""
    group = settings.split.group_by if settings.split.group_by != "containment" else settings.split.time_column
    table = read_table([settings.data], settings.text_column, settings.label_column, group, settings.read, rejects)
    table.splits = draw_splits(table, settings)
    for name, source in ((VALIDATION, settings.validation), (TEST, settings.test)):
        if source is not None:
            other = read_table([source], settings.text_column, settings.label_column, None, settings.read, rejects)
            table.texts += other.texts
            table.targets += other.targets
            table.splits = np.concatenate([table.splits, np.full(len(other.texts), name, dtype=np.int8)])
    if settings.train_rows is not None:
        fewer(table, settings.train_rows, settings.seed)
    table.labels = labels_of(table)
    return table


def draw_splits(table: Table, settings: Finetune) -> np.ndarray:
    """[rows] the split of each row. What the source comes in (train.csv beside test.csv) stays as it is, what it lacks is drawn
    from its training rows; a split that a file of its own replaces is left out."""
    files = {"validation": settings.validation, "test": settings.test}
    given = given_splits(table.given)
    drawn = [name for name, file in files.items() if file is None and name not in given]
    shares = {name: getattr(settings.split, name) if name in drawn else 0.0 for name in files}
    splits = np.array([LEFT_OUT if files.get(name) else SPLITS.index(name) for name in given], dtype=np.int8)
    rows = np.flatnonzero(splits == TRAIN)
    groups = [table.groups[i] for i in rows] if table.groups and any(g is not None for g in table.groups) else None
    timed = settings.split.time_column is not None
    splits[rows] = split_rows(
        ["\n".join(table.texts[i]) for i in rows], [table.targets[i] for i in rows], replace(settings.split, **shares),
        settings.seed, None if timed else groups, [g or "" for g in groups or []] if timed else None,
    )  # fmt: skip
    return splits


def labels_of(table: Table) -> list[str]:
    return sorted({name for name in table.names_of("train") if name is not None})


def fewer(table: Table, wanted: int, seed: int) -> None:
    """Leave training rows out until `wanted` are left, the shares of the labels kept."""
    rows = table.rows("train")
    if wanted >= len(rows):
        return
    draw = draws.uniform(draws.key(seed, "train rows"), rows)
    place = np.empty(len(rows))
    for name in sorted({table.targets[i] or "" for i in rows}):
        of_name = np.array([n for n, i in enumerate(rows) if table.targets[i] == name])
        place[of_name[np.argsort(draw[of_name])]] = (np.arange(len(of_name)) + 0.5) / len(of_name)
    table.splits[rows[np.argsort(place, kind="stable")[wanted:]]] = LEFT_OUT


def check(table: Table, settings: Finetune) -> None:
    """Refuse what cannot be trained or judged."""
    if len(table.labels) < 2:
        raise InputError("ONE_CLASS", f"column '{settings.label_column}'", f"the training rows have one label: {table.labels}",
                         "give rows of at least two labels")  # fmt: skip
    if len(table.labels) > max(2, table.count("train") / 2):
        raise InputError("TOO_MANY_LABELS", f"column '{settings.label_column}'", f"has {len(table.labels)} labels for "
                         f"{table.count('train')} training rows", "is this the column with the label?")  # fmt: skip
    for split in SPLITS:
        names = set(table.names_of(split))
        if names and names.isdisjoint(table.labels):
            what = f"has no label that a training row has, but {sorted(names, key=str)[:5]}"
            raise InputError("NO_LABELS", f"split '{split}'", what,
                             f"give labelled rows with --{split}, or leave the file out with --read.include")  # fmt: skip
        if table.count(split) == 0:
            raise InputError("EMPTY_SPLIT", settings.data, f"{len(table.texts)} rows leave the {split} split empty",
                             "give more rows, other shares, or --validation and --test files")  # fmt: skip


def preflight(table: Table, rejects: Rejects) -> dict:
    """What could spoil the experiment, in numbers."""
    joined = ["\n".join(t) for t in table.texts]
    first: dict[bytes, int] = {}
    repeated, conflicts = 0, []
    for number, text in enumerate(joined):
        earlier = first.setdefault(exact_key(text), number)
        if earlier != number:
            repeated += 1
            if table.targets[earlier] != table.targets[number]:
                conflicts.append([text[:80], table.targets[earlier], table.targets[number]])
    train = [joined[i] for i in table.rows("train")]
    leaks = {split: find_leakage(train, [joined[i] for i in table.rows(split)]) for split in ("validation", "test")}
    unseen = sorted({n for s in ("validation", "test") for n in table.names_of(s) if n and n not in table.labels})
    return {
        "rows": len(table.texts),
        "faulty_rows": dict(rejects.counts),
        "splits": {s: table.count(s) for s in SPLITS} | {"left out": int((table.splits == LEFT_OUT).sum())},
        "labels": {s: dict(sorted(Counter(table.names_of(s)).items(), key=str)) for s in SPLITS},
        "repeated_texts": repeated,
        "conflicting_labels": {"rows": len(conflicts), "examples": conflicts[:10]},
        "leakage": {split: found.to_dict() for split, found in leaks.items()},
        "labels_never_trained": unseen,
    }


def preflight_lines(facts: dict) -> list[str]:
    """The preflight for people; what is wrong begins with a warning."""
    labels = facts["labels"]["train"]
    total = sum(labels.values())
    shares = ", ".join(f"{name} {count / total:.1%}" for name, count in sorted(labels.items(), key=lambda p: -p[1])[:8])
    lines = [f"{facts['rows']:,} rows: " + ", ".join(f"{count:,} {split}" for split, count in facts["splits"].items()),
             f"labels: {shares}" + (" ..." if len(labels) > 8 else "")]  # fmt: skip
    if facts["faulty_rows"]:
        lines.append(f"warning: rows that could not be used: {facts['faulty_rows']}")
    if facts["repeated_texts"]:
        lines.append(f"{facts['repeated_texts']:,} rows repeat an earlier text; repeats stay in one split")
    conflicts = facts["conflicting_labels"]
    if conflicts["rows"]:
        text, one, other = conflicts["examples"][0]
        lines.append(f"warning: {conflicts['rows']:,} rows contradict an equal text, such as '{text}': {one} and {other}")
    for split, leak in facts["leakage"].items():
        worst = max(leak["exact"], leak["near"], leak["contained"])
        if worst > 0.02:
            lines.append(f"warning: {worst:.1%} of the {split} texts repeat, contain or are part of training texts, such as "
                         f"{(leak['examples'] or ['-'])[0]}; pass --split.group_by containment, or a column")  # fmt: skip
    if facts["labels_never_trained"]:
        lines.append(f"warning: labels that no training row has: {', '.join(facts['labels_never_trained'])}; counted as errors")
    return lines
