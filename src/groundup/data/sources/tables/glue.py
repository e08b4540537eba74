"""The GLUE tasks as their official files hold them: which files, which columns, which labels, how many rows.

The files are tab separated, unquoted (a quote is a character of the text) and partly without header. Texts are delivered
as they stand, blanks at their ends too. *Wang et al., 2018, arXiv:1804.07461*; STS-B also as its authors publish it
(*Cer et al., 2017, arXiv:1708.00055*), MRPC as msr_paraphrase_*, MNLI also as JSON lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.archives import SQUEEZED
from groundup.data.sources.files.open import open_inputs
from groundup.data.sources.files.text import Lines
from groundup.data.sources.records import ALL, Rejects, Row, faulty
from groundup.data.sources.tables.rows import parsed
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.messages.translate import plural

SPLITS = ("train", "dev", "dev_mismatched", "test", "test_mismatched", "diagnostic")
LABELLED = ("train", "dev", "dev_mismatched")  # a row of these without label is refused
NO_GOLD = "-"  # the label of a row that the annotators of MultiNLI did not agree on
HIGHEST_SCORE = 5.0  # of STS-B; the lowest is 0
WHOLE_TEXT = ReadSettings(format="txt")  # whatever the ending says: sts-train.csv has tabs, msr_paraphrase_train.txt columns


class Columns(NamedTuple):
    """Names of the columns where a file names them: one text or two, label, and number of the row."""

    texts: tuple[str, ...]
    label: str = "label"
    index: str = "index"


@dataclass(frozen=True)
class Task:
    """One task. Files are patterns of lower-case names without packing; of several alternatives the first that is there."""

    name: str
    labels: tuple[str, ...]  # as the leaderboard wants them, in their order; none: a number from 0 to 5
    columns: tuple[Columns, ...]
    counts: dict[str, tuple[int, ...]]  # official number of rows of each split
    headless: tuple[str, ...] = ()  # columns by position where a file has no header
    optional: int = 0  # how many of the last of them may be missing
    files: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)  # besides train, dev and test.tsv
    outputs: dict[str, str] = field(default_factory=dict)  # split -> name of its submission file; default: test
    folders: tuple[str, ...] = ()  # further names of its folder

    @property
    def regression(self) -> bool:
        return not self.labels

    @property
    def texts(self) -> tuple[str, ...]:
        """Names of the texts in the rows that are delivered."""
        return ("sentence",) if len(self.columns[0].texts) == 1 else ("sentence1", "sentence2")

    def files_of(self, split: str) -> tuple[tuple[str, ...], ...]:
        usual = {"train": (("train.tsv", "val.tsv"),), "dev": (("dev.tsv",),), "test": (("test.tsv",),)}
        return (*self.files.get(split, ()), *usual.get(split, ()))

    def output(self, split: str) -> str | None:
        """Name of the submission file made from a split's rows."""
        return self.outputs.get(split, self.name if split == "test" and not self.outputs else None)


BINARY, INFERENCE = ("0", "1"), ("entailment", "not_entailment")
PAIR = (Columns(("sentence1", "sentence2")),)
FOUR = ("index", "sentence1", "sentence2", "label")
TASKS = {
    task.name: task
    for task in (
        Task(
            "CoLA",
            BINARY,
            (Columns(("sentence",)),),
            {"train": (8551,), "dev": (1043,), "test": (1063,)},
            headless=("source", "label", "star", "sentence"),
        ),
        Task(
            "SST-2",
            BINARY,
            (Columns(("sentence",)),),
            {"train": (67349,), "dev": (872,), "test": (1821,)},
            headless=("sentence", "label"),
        ),
        Task(
            "MRPC",
            BINARY,
            (Columns(("#1 String", "#2 String"), "Quality"),),
            {"train": (3668, 4076), "dev": (408,), "test": (1725,)},  # 4076: as published, with the rows that GLUE calls dev
            files={"train": (("msr_paraphrase_train.t*", "msr_paraphrase_val.t*"),), "test": (("msr_paraphrase_test.t*",),)},
        ),
        Task(
            "STS-B",
            (),
            (Columns(("sentence1", "sentence2"), "score"),),
            {"train": (5749,), "dev": (1500,), "test": (1379,)},
            headless=("genre", "file", "year", "id", "score", "sentence1", "sentence2", "licence1", "licence2"),
            optional=2,
            files={s: ((f"sts-{s}.csv",),) for s in ("train", "dev", "test")},
        ),
        Task(
            "QQP",
            BINARY,
            (Columns(("question1", "question2"), "is_duplicate", "id"),),
            {"train": (363846, 363849), "dev": (40430,), "test": (390965,)},
        ),
        Task(
            "MNLI",
            ("entailment", "neutral", "contradiction"),
            (Columns(("sentence1", "sentence2"), "gold_label"), Columns(("premise", "hypothesis"))),
            {
                "train": (392702,),
                "dev": (9815,),
                "dev_mismatched": (9832,),
                "test": (9796,),
                "test_mismatched": (9847,),
                "diagnostic": (1104,),
            },
            files={
                "train": (("train.jsonl",), ("multinli_1.0_train.*",)),
                "dev": (("dev_matched*",), ("multinli_1.0_dev_matched.*",)),
                "dev_mismatched": (("dev_mismatched*",), ("multinli_1.0_dev_mismatched.*",)),
                "test": (("test_matched*",),),
                "test_mismatched": (("test_mismatched*",),),
                "diagnostic": (("diagnostic.tsv",), ("ax.tsv",)),
            },
            outputs={"test": "MNLI-m", "test_mismatched": "MNLI-mm", "diagnostic": "AX"},
            folders=("multinli", "multinli1.0", "ax", "diagnostic"),
        ),
        Task(
            "QNLI",
            INFERENCE,
            (Columns(("question", "sentence")),),
            {"train": (104743,), "dev": (5463,), "test": (5463,)},
            headless=("index", "question", "sentence", "label"),
        ),
        Task("RTE", INFERENCE, PAIR, {"train": (2490,), "dev": (277,), "test": (3000,)}, headless=FOUR),
        Task("WNLI", BINARY, PAIR, {"train": (635,), "dev": (71,), "test": (146,)}, headless=FOUR),
    )
}


def task_named(name: str) -> Task:
    """A task by its name, whatever the case and hyphens."""
    for task in TASKS.values():
        if folded(task.name) == folded(name):
            return task
    raise InputError("NO_TASK", "tasks", f"'{name}' is no task of GLUE", f"tasks are {', '.join(TASKS)}")


def folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def present(folder: str | Path) -> dict[str, dict[str, list[Path]]]:
    """Task -> split -> its files, of the tasks that have a folder in `folder` with at least one of their files."""
    root = Path(folder)
    if not root.is_dir():
        raise InputError("NO_FOLDER", folder, "is not a folder", "name the folder that holds CoLA, SST-2 and the others")
    task_files = {}
    for task in TASKS.values():
        names = {folded(name) for name in (task.name, *task.folders)}
        inside = [
            p
            for home in sorted(root.iterdir())
            if folded(home.name) in names and home.is_dir()
            for p in sorted(home.iterdir())
            if p.is_file()
        ]
        splits = {split: files for split in SPLITS if (files := chosen(task.files_of(split), inside))}
        if splits:
            task_files[task.name] = splits
    if not task_files:
        raise InputError(
            "NO_TASKS",
            folder,
            "holds no folder of a GLUE task",
            f"folders are called {', '.join(TASKS)}; each holds train.tsv, dev.tsv, test.tsv",
        )
    return task_files


def chosen(alternatives: Sequence[Sequence[str]], inside: Sequence[Path]) -> list[Path]:
    """Files of the first alternative whose first pattern fits a file; one file a pattern."""
    for patterns in alternatives:
        fitting = [[p for p in inside if fnmatchcase(plain(p.name), pattern)] for pattern in patterns]
        if fitting[0]:
            return [files[0] for files in fitting if files]
    return []


def plain(name: str) -> str:
    """`Train.TSV.gz` -> `train.tsv`."""
    low = name.lower()
    return low[: low.rindex(".")] if low.endswith(SQUEEZED) else low


def glue_rows(folder: str | Path, task: str, split: str, rejects: Rejects | None = None) -> list[Row]:
    """The rows of a split with `sentence` or `sentence1`, `sentence2`, `label` (None in an unlabelled test) and `index`.

    A label is one of the task's, STS-B's a float. A row that cannot be read is counted in `rejects`, of which one in a
    hundred is borne; without `rejects` the first one is refused with its file and line.
    """
    known = task_named(task)
    files = present(folder).get(known.name, {}).get(split)
    if not files:
        patterns = " or ".join(names[0] for names in known.files_of(split)) or "none"
        raise InputError("NO_FILE", f"{folder}/{known.name}", f"has no file of the {split} split", f"it is called {patterns}")
    account = Rejects() if rejects is None else rejects
    rows = [row for path in files for row in file_rows(path, known, split, account)]
    account.delivered += len(rows)
    account.check(0 if rejects is None else None)
    account.check_sum(account.delivered)
    return rows


def file_rows(path: Path, task: Task, split: str, rejects: Rejects) -> Iterator[Row]:
    """The rows of one file."""
    for opened in open_inputs([str(path)], WHOLE_TEXT, rejects):
        lines = Lines(opened.stream, None, f"{path.parent.name}/{opened.name}")
        table = json_lines(lines, rejects) if ".jsonl" in opened.name.lower() else tab_lines(lines, task, rejects)
        for row in table:
            official_row = official(row, task, split, rejects)
            if official_row is not None:
                yield official_row


def tab_lines(lines: Lines, task: Task, rejects: Rejects) -> Iterator[Row]:
    """Rows of tab separated columns, named by the header or, in files without one, by the task."""
    names: Sequence[str] = ()
    least = 0
    for line in lines:
        if not line:
            continue
        fields = line.split("\t")
        if not names:
            if any(set(columns.texts) <= set(fields) for columns in task.columns):
                names, least = fields, len(fields)
                continue
            if not task.headless:
                expected = " and ".join(task.columns[0].texts)
                raise InputError("BAD_HEADER", lines.where(), f"names no columns {expected}", "give the official file")
            names, least = task.headless, len(task.headless) - task.optional
        rejects.read += 1
        row = Row(dict(zip(names, fields, strict=False)), lines.place, lines.number)
        if lines.fault:
            yield from faulty(row, "BAD_ENCODING", lines.fault, rejects, lines.offset())
        elif len(fields) not in (least, len(names)):
            widths = f"{least}" if least == len(names) else f"{least} or {len(names)}"
            yield from faulty(row, "RAGGED_ROW", f"has {plural(len(fields), 'column')}, not {widths}", rejects, lines.offset())
        else:
            yield row


def json_lines(lines: Lines, rejects: Rejects) -> Iterator[Row]:
    """Rows of JSON objects, one a line."""
    for line in lines:
        if not line.strip() and not lines.fault:
            continue
        rejects.read += 1
        value, code, what = parsed(line, lines.fault, ALL)
        row = Row(value if isinstance(value, dict) else {}, lines.place, lines.number)
        if what:
            yield from faulty(row, code, what, rejects, lines.offset())
        else:
            yield row


def official(row: Row, task: Task, split: str, rejects: Rejects) -> Row | None:
    """The row with our names and a checked label, or None when it is left out (and counted)."""
    place, values = f"{row.file}:{row.line}", row.values
    columns = next((c for c in task.columns if set(c.texts) <= values.keys()), None)
    if columns is None:
        rejects.fault(place, "NO_COLUMN", f"has no columns {' and '.join(task.columns[0].texts)}")
        return None
    texts = [values[name] for name in columns.texts]
    if not all(isinstance(text, str) for text in texts):
        rejects.fault(place, "NO_TEXT", f"{' or '.join(columns.texts)} is not text")
        return None
    label = values.get(columns.label)
    if label == NO_GOLD and task.name == "MNLI":
        rejects.drop(place, "NO_GOLD", "its annotators did not agree")
        return None
    if label is not None or split in LABELLED:
        value = score_of(label) if task.regression else label if label in task.labels else None
        if value is None:
            expected = f"a number from 0 to {HIGHEST_SCORE:g}" if task.regression else f"one of {', '.join(task.labels)}"
            rejects.fault(place, "BAD_LABEL", f"{columns.label} is {label!r}, not {expected}")
            return None
        label = value
    row_values = dict(zip(task.texts, texts, strict=True)) | {"label": label, "index": values.get(columns.index)}
    return Row(row_values, row.file, row.line, split)


def score_of(text: object) -> float | None:
    try:
        value = float(str(text))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= HIGHEST_SCORE else None


def is_whole(task: str, split: str, count: int) -> bool:
    """Whether so many rows are the official number."""
    return count in TASKS[task].counts.get(split, ())


def told_count(task: str, split: str, count: int) -> str:
    """`1,043 of 1,043 official rows`."""
    official_counts = TASKS[task].counts.get(split, ())
    official = count if count in official_counts else official_counts[0] if official_counts else 0
    return message("official rows", count=count, official=official)
