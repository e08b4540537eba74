"""A labelled table inside a run: read, checked, split, and kept in the run folder as it was used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from groundup.commands.finetune.settings import Finetune
from groundup.commands.shared.cells import Cells, cells_of, read_numbers, refuse_empty, refuse_mixed
from groundup.commands.shared.label_fit import fit_labels, told_variants, unmet
from groundup.data import draws
from groundup.data.clean.dedup import exact_key
from groundup.data.settings import LabelSettings, ReadSettings
from groundup.data.sources.records import Rejects, reasons_of
from groundup.data.splits.split import (
    CONTAINMENT,
    LEFT_OUT,
    SPLITS,
    TEST,
    TRAIN,
    VALIDATION,
    column_of,
    find_leakage,
    given_splits,
    split_rows,
    ungrouped,
)
from groundup.data.tokenizers.tokenizer import Encoder, load_tokenizer
from groundup.errors import InputError
from groundup.evaluate.opened import model_folder
from groundup.scope import given, refuse
from groundup.tasks.classification import Classification
from groundup.tasks.known import make_task
from groundup.tasks.label_column import in_order, variants
from groundup.tasks.table import Table
from groundup.tasks.task import Task


def read_table(
    sources: list[str],
    columns: tuple[str, ...],
    label: str | Sequence[str] | None,
    group: str | None,
    read: ReadSettings,
    rejects: Rejects,
    others: tuple[str, ...] = (),
    task: Task | None = None,
    settings: LabelSettings | None = None,
) -> Table:
    """The rows of tables with the named columns. A row without text or label is rejected with its place.

    How the label column is written is settled from all rows, before one is read (`Task.settle_column`); `label` may name
    several columns that make up one. Of a task that is trained already, the labels must be those that it knows.
    """
    task = task or Classification()
    labels = [label] if isinstance(label, str) else list(label or ())
    settings = settings or LabelSettings()
    rows = list(cells_of(sources, columns, labels, group, read, rejects, others, task, settings.impossible))
    if labels:
        read_numbers(rows, f"column '{', '.join(labels)}'", task, read, rejects)
        task.settle_column([row.target for row in rows], labels, settings, rejects.inform)
    kept: list[Cells] = []
    targets: list[Any] = []
    for row in rows:
        try:
            targets.append(task.read(row.target, row.texts, row.raw) if labels else None)
            kept.append(row)
        except ValueError as error:
            rejects.withdraw(row.place, "NO_LABEL", f"{', '.join(labels)} {error}", row.number)
    if labels and isinstance(task, Classification):
        refuse_mixed(kept, labels[0])
    if not kept:
        refuse_empty(sources, rejects)
    rejects.check(read.max_rejects)
    if labels and task.labels:
        fit_labels(task.occurring(targets), task.labels, f"column '{', '.join(labels)}'", rejects)
    return Table(
        list(columns),
        [row.texts for row in kept],
        targets,
        np.zeros(len(kept), dtype=np.int8),
        task,
        [row.group for row in kept],
        [row.place for row in kept],
        [row.split for row in kept],
        {name: [row.others[i] for row in kept] for i, name in enumerate(others)},
    )


def make_table(settings: Finetune, encoder: Encoder | None = None) -> Table:
    """Read, split, learn what the task must know of the training rows, and check."""
    rejects = Rejects()
    table = split_table(settings, rejects)
    encoder = encoder or load_tokenizer(model_folder(settings.model))
    for note in encoder.notes:
        rejects.inform(note)
    learn(table, settings, encoder)
    table.preflight = preflight(table, rejects)
    return table


def learn(table: Table, settings: Finetune, encoder: Encoder | None) -> None:
    """What the task must know of the training rows; refuses what cannot be trained or judged."""
    if table.count("train"):
        table.task.learn(table.texts_of("train"), table.targets_of("train"), encoder)
    for split in SPLITS:
        if table.count(split) == 0:
            raise InputError(
                "EMPTY_SPLIT",
                settings.data,
                f"{len(table.texts)} rows leave the {split} split empty",
                "give more rows, other shares, or --validation and --test files",
            )
    check_labels(table)


def split_table(settings: Finetune, rejects: Rejects, reading: Mapping[str, Any] | None = None) -> Table:
    """Read and split, without judging what came of it. `reading` is how a model's own label column was written."""
    task = make_task(settings.task, reading)
    label = settings.label.columns or settings.label_column

    def read(source: str, group: str | None = None) -> Table:
        return read_table(
            [source], settings.text_column, label, group, settings.read, rejects, task=task, settings=settings.label
        )

    table = read(settings.data, column_of(settings.split))
    for name in sorted({"validation", "test"}.intersection(given_splits(table.given))):
        if f"split.{name}" in given(settings):
            rejects.inform(f"the source comes with a {name} split, which stays as it is: --split.{name} draws none")
    table.splits = draw_splits(table, settings, rejects)
    for name, source in ((VALIDATION, settings.validation), (TEST, settings.test)):
        if source is not None:
            other = read(source)
            table.texts += other.texts
            table.targets += other.targets
            table.splits = np.concatenate([table.splits, np.full(len(other.texts), name, dtype=np.int8)])
    unmet(task, settings.label, rejects)
    refuse(settings, *rejects.cases())
    leave_out(table)
    if settings.train_rows is not None:
        fewer(table, settings.train_rows, settings.seed)
    return table


def draw_splits(table: Table, settings: Finetune, rejects: Rejects) -> np.ndarray:
    """[rows] the split of each row. What the source comes in (train.csv beside test.csv) stays as it is, what it lacks is drawn
    from its training rows; a split that a file of its own replaces is left out."""
    files = {"validation": settings.validation, "test": settings.test}
    given = given_splits(table.given)
    drawn = [name for name, file in files.items() if file is None and name not in given]
    shares = {name: getattr(settings.split, name) if name in drawn else 0.0 for name in files}
    splits = np.array([LEFT_OUT if files.get(name) else SPLITS.index(name) for name in given], dtype=np.int8)
    rows = np.flatnonzero(splits == TRAIN)
    timed, groups = settings.split.time_column is not None, [table.groups[i] for i in rows]
    if settings.split.group_by not in (None, CONTAINMENT):
        for note in ungrouped(groups, settings.split.group_by):
            rejects.inform(note)
    splits[rows] = split_rows(
        ["\n".join(table.texts[i]) for i in rows],
        [table.task.kind(table.targets[i]) for i in rows],
        replace(settings.split, **shares),
        settings.seed,
        None if timed else groups,
        groups if timed else None,
        lambda row: table.places[rows[row]],
    )
    return splits


def leave_out(table: Table) -> None:
    """Leave out training rows that the task says are better not trained on; rows to judge on stay as they are."""
    rows = table.rows("train")
    for reason, unfit in table.task.unfit(table.texts_of("train"), table.targets_of("train")).items():
        table.left_out[reason] = int(unfit.sum())
        table.splits[rows[unfit]] = LEFT_OUT


def fewer(table: Table, wanted: int, seed: int) -> None:
    """Leave training rows out until `wanted` are left, the shares of the labels kept."""
    rows = table.rows("train")
    if wanted >= len(rows):
        return
    draw = draws.uniform(draws.key(seed, "train rows"), rows)
    place = np.empty(len(rows))
    kinds = [table.task.kind(table.targets[i]) for i in rows]
    for name in sorted(set(kinds)):
        of_name = np.array([n for n, kind in enumerate(kinds) if kind == name])
        place[of_name[np.argsort(draw[of_name])]] = (np.arange(len(of_name)) + 0.5) / len(of_name)
    table.splits[rows[np.argsort(place, kind="stable")[wanted:]]] = LEFT_OUT


def check_labels(table: Table) -> None:
    """Refuse splits that cannot be judged: none of their labels was trained."""
    for split in ("validation", "test"):
        found = set(table.task.occurring(table.targets_of(split)))
        if found and table.labels and found.isdisjoint(table.labels):
            what = (
                f"has no label that a training row has, but {in_order(found)[:5]}; "
                f"training rows have {', '.join(table.labels[:5])}"
            )
            raise InputError(
                "NO_LABELS",
                f"split '{split}'",
                what,
                f"give labelled rows with --{split}, leave the file out with --read.include, or name what is one "
                "label: --label.rename old=new",
            )


def preflight(table: Table, rejects: Rejects, leaks: dict[str, dict] | None = None) -> dict:
    """What could spoil the experiment, in numbers; `leaks` where texts do not tell what leaks from split to split."""
    joined = ["\n".join(t) for t in table.texts]
    first: dict[bytes, int] = {}
    repeated, conflicts = 0, []
    for number, text in enumerate(joined):
        earlier = first.setdefault(exact_key(text), number)
        if earlier != number:
            repeated += 1
            if table.targets[earlier] != table.targets[number] and not table.task.writes:
                conflicts.append([text[:80], *(Task.plain(table.targets[i])[:80] for i in (earlier, number))])
    train = [joined[i] for i in table.rows("train")]
    if leaks is None:
        leaks = {
            split: find_leakage(train, [joined[i] for i in table.rows(split)]).to_dict() for split in ("validation", "test")
        }
    labels = {split: table.task.occurring(table.targets_of(split)) for split in SPLITS}
    unseen = in_order(name for split in ("validation", "test") for name in labels[split] if name not in table.labels)
    together = Counter(name for found in labels.values() for name in Counter(found).elements())
    return {
        "task": {"name": table.task.name, "facts": table.task.facts},
        "rows": len(table.texts),
        "reading": [*rejects.notes(), *table.task.notes],
        "faulty_rows": dict(rejects.counts),
        "splits": {s: table.count(s) for s in SPLITS} | {"left out": int((table.splits == LEFT_OUT).sum())},
        "left_out": {reason: count for reason, count in table.left_out.items() if count},
        "labels": labels,
        "repeated_texts": repeated,
        "conflicting_labels": {"rows": len(conflicts), "examples": conflicts[:10]},
        "leakage": leaks,
        "labels_never_trained": unseen if table.labels else [],
        "label_variants": variants(together),
    }


def in_split_order(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The counts of splits: training first, and last what is left out; a file keeps them by name."""
    return sorted(counts.items(), key=lambda pair: SPLITS.index(pair[0]) if pair[0] in SPLITS else len(SPLITS))


def preflight_lines(facts: dict) -> list[str]:
    """The preflight for people; what is wrong begins with a warning."""
    labels = facts["labels"]["train"]
    total = sum(labels.values())
    shares = ", ".join(f"{name} {count / total:.1%}" for name, count in sorted(labels.items(), key=lambda p: -p[1])[:8])
    lines = [f"{facts['rows']:,} rows: " + ", ".join(f"{count:,} {split}" for split, count in in_split_order(facts["splits"]))]
    lines.extend(facts.get("reading", ()))  # runs of older versions lack it
    if labels:
        lines.append(f"labels: {shares}" + (" ..." if len(labels) > 8 else ""))
    if facts["faulty_rows"]:
        lines.append(f"warning: {'; '.join(reasons_of(facts['faulty_rows']))}")
    if facts["left_out"]:
        lines.append("not trained on: " + ", ".join(f"{count:,} {reason}" for reason, count in facts["left_out"].items()))
    if facts["repeated_texts"]:
        lines.append(f"{facts['repeated_texts']:,} rows repeat an earlier text; repeats stay in one split")
    conflicts = facts["conflicting_labels"]
    if conflicts["rows"]:
        text, one, other = conflicts["examples"][0]
        lines.append(f"warning: {conflicts['rows']:,} rows contradict an equal text, such as '{text}': {one} and {other}")
    for split, leak in facts["leakage"].items():
        worst = max(leak["exact"], leak["near"], leak["contained"])
        if worst > 0.02:
            such = f", such as {leak['examples'][0]}" if leak["examples"] else ""
            lines.append(
                f"warning: {worst:.1%} of the {split} texts repeat, contain or are part of training texts{such}; "
                "pass --split.group_by containment, or a column"
            )
    lines += [
        f"warning: labels that differ by case, width or blanks alone are learned apart: {told}"
        for told in told_variants(facts.get("label_variants", ()))
    ]
    if facts["labels_never_trained"]:
        lines.append(f"warning: labels that no training row has: {', '.join(facts['labels_never_trained'])}; counted as errors")
    return lines
