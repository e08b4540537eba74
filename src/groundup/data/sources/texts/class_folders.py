"""Text files in folders that are named after classes (train/pos/1.txt), as scikit-learn's load_files reads them: a row is a
file, its label the folder. Folders of train and test files keep their split."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.archives import ARCHIVES, PACKINGS, SQUEEZED, members_of
from groundup.data.sources.files.formats import FORMATS, NOT_DATA, check_content
from groundup.data.sources.files.open import Input, files_of, is_included, open_regular
from groundup.data.sources.files.text import read_text
from groundup.data.sources.records import RUNNING, Columns, Rejects, Row, faulty
from groundup.data.sources.split_names import SPLITS
from groundup.data.sources.texts.documents import FAULTS_OF_A_FILE, PLAIN
from groundup.errors import InputError, printable
from groundup.messages.current import message

TEXT, LABEL = "text", "label"
SHOWN = 8


def classes_in(sources: Sequence[str], settings: ReadSettings, columns: Columns, labelled: bool = False) -> dict[str, str]:
    """File -> class, where a label is asked for and all that the sources hold is text in class folders; else nothing. With
    `labelled`, a label is asked for without a column."""
    if not (labelled or LABEL in columns.needed + (columns.others or ())) or settings.format not in (None, *RUNNING):
        return {}
    names = [name for source in sources if Path(source).exists() for name in names_in(Path(source))]
    read = [name for name in names if PurePosixPath(name).name.lower() not in NOT_DATA and is_included(name, settings)]
    kinds = {name: FORMATS.get(suffix_of(name)) for name in read}
    texts = [name for name, kind in kinds.items() if kind in RUNNING]
    if not texts or any(kind is not None and kind not in RUNNING for kind in kinds.values()):
        return {}
    homes = {PurePosixPath(name).parent for name in texts}
    above = {folder for home in homes for folder in home.parents}
    classes = {home for home in homes - above if home.name and home.name.lower() not in SPLITS and not is_archive(home.name)}
    class_names = {name: home.name for name in texts if (home := PurePosixPath(name).parent) in classes}
    return class_names if len(set(class_names.values())) > 1 else {}


def names_in(path: Path) -> Iterator[str]:
    """The names of the files of a source as they are read, members after their archive."""
    for file, name in files_of(path, Rejects()):
        if not is_archive(name):
            yield name
            continue
        with open_regular(file) as raw:
            check_content(raw, PACKINGS[PurePosixPath(name.lower()).suffix], name)
            yield from (inner for inner, _ in members_of(raw, name, os.fstat(raw.fileno()).st_size))


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVES)


def suffix_of(name: str) -> str:
    """The ending that tells the format, without packing."""
    low = name.lower()
    return PurePosixPath(low[: low.rindex(".")] if low.endswith(SQUEEZED) else low).suffix


def note_of(classes: Mapping[str, str], settings: ReadSettings) -> str:
    """What was inferred, for people."""
    names = sorted(set(classes.values()))
    listed = ", ".join(printable(name, 40) for name in names[:SHOWN])
    listed = message("among others", list=listed) if len(names) > SHOWN else listed
    return message("label is the folder of lines" if settings.text_rows == "line" else "label is the folder", labels=listed)


def file_row(opened: Input, settings: ReadSettings, rejects: Rejects, label: str | None = None) -> Iterator[Row]:
    """A whole file as a row."""
    rejects.read += 1
    row = Row({TEXT: ""} | ({} if label is None else {LABEL: label}), opened.name, 1)
    try:
        text = PLAIN.get(opened.format, str)(read_text(opened.stream, settings.encoding, opened.name))
    except InputError as error:
        if error.code not in FAULTS_OF_A_FILE:
            raise
        yield from faulty(row, error.code, error.what, rejects, fix=error.fix)
        return
    row.values[TEXT] = text.strip()
    yield row
