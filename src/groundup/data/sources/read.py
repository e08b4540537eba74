"""The two ways in: rows of tables, and documents of running text. Streaming; memory does not grow with the input."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.brat import brat_rows, texts_with_annotations
from groundup.data.sources.annotated.offset_evidence import checked_rows
from groundup.data.sources.files.encodings import detect
from groundup.data.sources.files.open import Input, files_of, open_inputs
from groundup.data.sources.files.text import encoding_of
from groundup.data.sources.records import ALL, RUNNING, Columns, Document, Rejects, Row, delivered, numbered
from groundup.data.sources.split_names import SPLITS, split_of, split_of_folder
from groundup.data.sources.tables.class_names import names_beside
from groundup.data.sources.tables.rows import rows_of
from groundup.data.sources.texts.class_folders import LABEL, classes_in, file_row, note_of
from groundup.data.sources.texts.documents import documents_of
from groundup.data.sources.texts.parallel import Pair, pairs_in, parallel_rows
from groundup.errors import InputError
from groundup.messages.current import message

BINARY = ("parquet", "arrow", "sheet")  # formats that are no text
OWN_ENCODING = ("parquet", "arrow", "tmx", "xml")  # formats that say their encoding themselves
FIRST_FAULTS = 3  # that are told where there is nothing else
LEADING_SPLIT = re.compile(r"(?:news)?([a-z]+)")  # newstest2014, test_2016_flickr


def read_rows(
    sources: Sequence[str],
    settings: ReadSettings,
    rejects: Rejects,
    columns: Sequence[str] = (),
    others: Sequence[str] | None = None,
    class_folders: bool = False,
) -> Iterator[Row]:
    """Rows of all tables in the sources. `split` is set in a Hugging Face data set folder (data/train-00000.parquet).

    `columns` must be read right (none: all of them); `others` come along, as all do where they are None. What nobody asks for
    is not judged. Two `columns` that are how files end (text.en, text.de) are read from those, line by line.
    With `class_folders` text in folders named after classes is read as where the column label is asked for.
    """
    pairs = {source: pairs_in(source, columns) for source in sources}
    for source in sources:
        yield from rows_of_pairs(source, pairs[source], columns, settings, rejects)
    brat = {source: texts_with_annotations(source) for source in sources if not pairs[source]}
    for source, texts in brat.items():
        if texts:
            rows = numbered(brat_rows(source, texts, settings, rejects), rejects)
            yield from delivered(checked_rows(rows, columns, source, settings, rejects), rejects)
            conclude(False, [source], settings, rejects)
    sources = [source for source in sources if not pairs[source] and not brat[source]]
    if sources:
        columns_read = Columns(tuple(columns), None if others is None else tuple(others))
        yield from rows_of_tables(sources, settings, rejects, columns_read, class_folders)


def rows_of_pairs(
    source: str, pairs: Sequence[Pair], columns: Sequence[str], settings: ReadSettings, rejects: Rejects
) -> Iterator[Row]:
    """Rows of files that belong together, with the split that their names begin with; other files are counted."""
    chosen = [pair for pair in pairs if not settings.include or any(fnmatch(pair.name, one) for one in settings.include)]
    if pairs and not chosen:
        names = ", ".join(pair.name for pair in pairs)
        raise InputError("EMPTY_DATA", names, "fits none of the patterns", "see --read.include")
    if pairs and Path(source).is_dir():
        used = {file for pair in pairs for file in (pair.first, pair.second)}
        for file, name in files_of(Path(source), rejects):
            if file not in used:
                rejects.skip(name, "not of a pair")
    rejects.formats |= {"lines"} if chosen else set()
    if chosen and settings.encoding == "auto":
        raise InputError("BAD_SETTING", "read.encoding", "auto is not for pairs of files", "name the encoding")
    for pair in chosen:
        match = LEADING_SPLIT.match(pair.first.name.lower())
        split = split_of(pair.name) or (SPLITS.get(match[1]) if match else None)
        for row in parallel_rows([pair.first, pair.second], settings, rejects, columns):
            row.split = split
            yield row


def rows_of_tables(
    sources: Sequence[str], settings: ReadSettings, rejects: Rejects, columns: Columns = ALL, class_folders: bool = False
) -> Iterator[Row]:
    """Rows of tables, the places that their labels tell checked against their texts."""
    empty, classes = True, classes_in(sources, settings, columns, class_folders)
    if classes:
        rejects.inform(note_of(classes, settings))
    for opened in open_inputs(sources, settings, rejects):
        label = classes.get(opened.name)
        if classes and label is None:
            rejects.skip(opened.name, "outside of the class folders")
            continue
        split = split_of(opened.name) if label is None else split_of_folder(opened.name)
        rows = rows_in(opened, settings, rejects, columns, label)
        for row in delivered(checked_rows(rows, columns.needed, opened.name, settings, rejects), rejects):
            row.split = split
            empty = empty and row.fault is None and is_blank(row)
            yield row
    conclude(empty, sources, settings, rejects)


def rows_in(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns, label: str | None) -> Iterator[Row]:
    """The rows of one input; a text file is one row or one a line, with the label that its folder tells."""
    settings = with_encoding(opened, settings, rejects)
    if opened.format not in BINARY:
        rejects.encodings.add(encoding_of(opened.stream.peek(4)[:4], settings.encoding, opened.name)[0])
    whole = settings.text_rows == "file" or (settings.text_rows == "auto" and label is not None)
    if opened.format in RUNNING and whole:
        yield from file_row(opened, settings, rejects, label)
        return
    rows = named_rows(rows_of(opened, settings, rejects, columns), opened, settings, rejects)
    yield from rows if label is None else labelled(rows, label)


def labelled(rows: Iterator[Row], label: str) -> Iterator[Row]:
    for row in rows:
        row.values[LABEL] = label
        yield row


def named_rows(rows: Iterator[Row], opened: Input, settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """Rows with the names that a data set gives to numbers of classes, of texts and JSON: Arrow's files know theirs."""
    known = {}
    if opened.format in ("csv", "tsv", "json", "jsonl"):
        known = names_beside(opened.folder, lambda note: rejects.inform(note, opened.name))
    rejects.class_names = rejects.class_names or bool(known)
    if not known or not settings.class_names:
        yield from rows
        return
    unsaid = set(known)
    for row in rows:
        for column, names in known.items():
            if column in row.values and row.fault is None:
                row.values[column] = names.name(row.values[column], column, f"{row.file}:{row.line}")
                if column in unsaid:
                    unsaid.remove(column)
                    rejects.inform(names.note(column), opened.name)
        yield row


def read_documents(
    sources: Sequence[str],
    settings: ReadSettings,
    rejects: Rejects,
    text_column: str | None = None,
    document_column: str | None = None,
    others: Sequence[str] = (),
) -> Iterator[Document]:
    """Documents of all files in the sources, in the order of their names; with the values of `others`, further columns."""
    empty = True
    for opened in open_inputs(sources, settings, rejects):
        split, read = split_of(opened.name), with_encoding(opened, settings, rejects)
        for document in documents_of(opened, read, rejects, text_column, document_column, others):
            document.split, document.number = split, rejects.read
            empty = False
            rejects.delivered += 1
            lost = rejects.lost
            yield document
            rejects.delivered -= rejects.lost - lost
    conclude(empty, sources, settings, rejects)


def with_encoding(opened: Input, settings: ReadSettings, rejects: Rejects) -> ReadSettings:
    """The settings with the encoding of this file, where it is to be found (auto) and said."""
    if settings.encoding != "auto" or opened.format in OWN_ENCODING:
        return settings
    encoding = detect(opened.stream.peek(), opened.name)
    if encoding == "utf-8":
        return replace(settings, encoding=None)
    rejects.inform(message("encoding guessed", encoding=encoding), opened.name)
    return replace(settings, encoding=encoding)


def is_blank(row: Row) -> bool:
    """Whether a row says nothing."""
    return all(value is None or (isinstance(value, str) and not value.strip()) for value in row.values.values())


def conclude(empty: bool, sources: Sequence[str], settings: ReadSettings, rejects: Rejects) -> None:
    """What holds at the end of reading: nothing disappeared, few records are faulty, and something was read."""
    rejects.check_sum(rejects.delivered)
    rejects.check(settings.max_rejects)
    if empty and rejects.faults:
        what = f"holds no record that can be used: {rejects.places(FIRST_FAULTS)}"
        raise InputError("EMPTY_DATA", ", ".join(sources), what, rejects.first[0]["fix"] or "see the files and the format")
    if empty:
        raise InputError("EMPTY_DATA", ", ".join(sources), "holds no record that says anything", "see the files and the format")
