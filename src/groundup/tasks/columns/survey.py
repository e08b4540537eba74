"""What a file or folder holds: its format, its rows, and what each of its columns is. It is read as for training, and nothing
is trained; of many rows the columns are judged by some that stand evenly among them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.formats import IMAGES, NOT_DATA
from groundup.data.sources.files.open import is_included
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import RUNNING, TABLES, Rejects, Row
from groundup.data.sources.split_names import SPLITS
from groundup.data.sources.texts.class_folders import names_in, suffix_of
from groundup.data.sources.texts.parallel import languages_in
from groundup.errors import InputError
from groundup.kinds.image.files import class_of
from groundup.kinds.settings import NewKinds
from groundup.kinds.table.recognize import Written
from groundup.manifest import is_ours, read_manifest
from groundup.messages.current import message
from groundup.tasks.columns.column_kinds import COUNTED, ColumnSurvey, survey_columns

JUDGED = 5_000  # rows by which columns are judged; of more, so many that stand evenly among them
MOST_COLUMNS = 4096
MADE = {  # kinds of our folders -> what they are, and what is done with one
    "data": ("is a data folder of groundup prepare", "groundup pretrain --data {}"),
    "model": ("is a model folder", "groundup inspect {}"),
    "export": ("is an exported model", "groundup predict --model {} --text TEXT"),
}


@dataclass(frozen=True)
class Survey:
    """What a file or folder holds."""

    source: str
    formats: tuple[str, ...]
    encodings: tuple[str, ...]
    delimiters: tuple[str, ...]
    rows: int
    judged: int
    """Rows by which the columns were judged."""
    splits: dict[str, int]
    """Rows of each split that names of files and folders tell."""
    columns: tuple[ColumnSurvey, ...]
    notes: tuple[str, ...] = ()
    """What was inferred about the files, and which records could not be read."""
    cases: tuple[str, ...] = ()
    """What was not among the files, for settings that are for such files (scope.py)."""
    files_are_rows: bool = False
    """Whether each file is a row (images in class folders), which `groundup prepare` reads."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ColumnSurvey:
        return next(column for column in self.columns if column.name == name)


def survey(source: str, read: ReadSettings, how: NewKinds | None = None, most: int | None = None) -> Survey:
    """What the file or folder holds; with `most`, its first so many rows. InputError for what cannot be read, and for folders
    that groundup made."""
    path = Path(source)
    refuse_ours(path)
    if (names := image_names(path, read)) is not None:
        return survey_of_images(source, names)
    rejects, settings = Rejects(), replace(read, max_rejects=sys.maxsize)  # faulty rows are counted, however many
    languages = languages_in(source)
    kept, count, splits, names = evenly(islice(read_rows([source], settings, rejects, languages, class_folders=True), most))
    cells = {name: [row.values.get(name) for row in kept] for name in names}
    home = path if path.is_dir() else path.parent
    columns = survey_columns(cells, (how or NewKinds()).table, Written(rejects.declared, read.missing, read.decimal), home)
    formats = rejects.formats - ({"txt", "spans"} if "conll" in rejects.formats else {"spans"})
    notes = [*rejects.notes(), *faults_of(rejects)]
    if formats & RUNNING and formats & TABLES:
        notes.append(message("mixed formats", formats=", ".join(sorted(formats))))
    return Survey(
        source,
        tuple(sorted(formats)),
        tuple(sorted(rejects.encodings)),
        tuple(sorted(rejects.delimiters)),
        count,
        len(kept),
        splits,
        columns,
        tuple(notes),
        tuple(rejects.cases()),
    )


def evenly(rows: Iterator[Row]) -> tuple[list[Row], int, dict[str, int], list[str]]:
    """Rows that stand evenly among all, how many there are, by split too, and the names of their columns."""
    kept: list[Row] = []
    names: dict[str, None] = {}
    splits: Counter[str] = Counter()
    count, stride = 0, 1
    for count, row in enumerate(rows, 1):
        if row.split is not None:
            splits[row.split] += 1
        names |= dict.fromkeys(row.values) if len(names) < MOST_COLUMNS else {}
        if (count - 1) % stride == 0:
            kept.append(row)
            if len(kept) > JUDGED:
                kept, stride = kept[::2], 2 * stride
    return kept, count, dict(splits), list(names)


def faults_of(rejects: Rejects) -> list[str]:
    """What to say of records that could not be read."""
    if not rejects.faults:
        return []
    first = f"{rejects.first[0]['place']} {rejects.first[0]['what']}"
    return [message("records unread", count=rejects.faults, total=rejects.read, first=first)]


def refuse_ours(path: Path) -> None:
    """Refuse a folder that groundup made, with what is done with one."""
    inner = path / "model" if (path / "run.json").is_file() else path
    if not inner.is_dir() or not is_ours(inner):
        return
    what, way_out = MADE.get(read_manifest(inner).kind, ("is a folder that groundup made", "groundup verify {}"))
    raise InputError("NOT_RAW", path, f"{what}, not raw data", way_out.format(path))


def image_names(path: Path, read: ReadSettings) -> list[str] | None:
    """The images of a folder or archive that holds nothing else to read; None for everything else."""
    if read.format is not None or not (path.is_dir() or suffix_of(path.name) in ("", ".zip", ".tar")):
        return None
    names = [name for name in names_in(path) if PurePosixPath(name).name.lower() not in NOT_DATA and is_included(name, read)]
    images = [name for name in names if suffix_of(name) in IMAGES]
    return images if images and len(images) > len(names) / 2 else None


def survey_of_images(source: str, names: list[str]) -> Survey:
    """What a folder of images holds: a row is a file, its class the folder."""
    classes = Counter(filter(None, map(class_of, names)))
    folders = {PurePosixPath(name).parts[0].lower() for name in names}
    splits = Counter(SPLITS[part] for name in names if (part := PurePosixPath(name).parts[0].lower()) in SPLITS)
    images = ColumnSurvey("image", "image", "each file is a row", distinct=len(names), examples=tuple(names[:3]))
    columns = [images]
    if len(classes) > 1 or not folders & SPLITS.keys():
        counts = dict(classes.most_common(COUNTED))
        label = ColumnSurvey("label", "category", "the folder of each file", distinct=len(classes), counts=counts)
        columns += [replace(label, examples=tuple(counts)[:3])] if len(classes) > 1 else []
    kinds = tuple(sorted({suffix_of(name).removeprefix(".") for name in names}))
    cases = tuple(Rejects(formats=set(kinds)).cases())
    return Survey(source, kinds, (), (), len(names), len(names), dict(splits), tuple(columns), cases=cases, files_are_rows=True)
