"""Folders of brat: a text (a.txt) with its annotations beside it (a.ann). A row per text: `text`, `spans`, `document`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.open import files_of, open_regular
from groundup.data.sources.files.text import WAY_OUT, encoding_of, read_bytes
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.manifest import hash_file
from groundup.messages.current import message

SPAN = re.compile(r"T\S*\t(\S+) (\d{1,12}) (\d{1,12})((?:;\d{1,12} \d{1,12})*)(?:\t(.*))?")
OTHER = re.compile(r"[REAMN#*]\S*\t")  # relations, events, attributes, normalizations, notes


def texts_with_annotations(source: str | Path) -> list[tuple[Path, Path, str]]:
    """(text, annotations, name) of a folder of brat, or of the one that is named; none elsewhere."""
    path = Path(source)
    if path.is_dir():
        files = [(file, name) for file, name in files_of(path, Rejects()) if file.suffix == ".ann"]
    else:
        files = [(path, path.name)] if path.suffix == ".ann" and path.is_file() else []
    pairs = [(file.with_suffix(".txt"), file, name) for file, name in files]
    missing = [name for text, _, name in pairs if not text.is_file()]
    if missing and (len(missing) < len(pairs) or not path.is_dir()):
        raise InputError("NO_TEXT", missing[0], "has no text of the same name (.txt) beside it", "put the text beside it")
    return [] if missing else pairs


def brat_rows(source: str, pairs: Sequence[tuple[Path, Path, str]], settings: ReadSettings, rejects: Rejects) -> Iterator[Row]:
    """The texts with their spans. A span of several parts is left out and counted, and so is what is no span."""
    if settings.encoding == "auto":
        raise InputError("BAD_SETTING", "read.encoding", "auto is not for folders of brat", "name the encoding")
    broken = others = 0
    rejects.formats.add("txt")
    used = {path for text, ann, _ in pairs for path in (text, ann)}
    for file, name in files_of(Path(source), rejects) if Path(source).is_dir() else ():
        if file not in used:
            rejects.skip(name, "not of a pair")
    for text, ann, name in pairs:
        rejects.read += 1
        spans = []
        for number, line in enumerate(content(ann, settings).split("\n"), 1):
            line = line.removesuffix("\r")
            if match := SPAN.fullmatch(line):
                broken += bool(match[4])
                if not match[4]:
                    spans.append({"start": int(match[2]), "end": int(match[3]), "type": match[1], "text": match[5]})
            elif OTHER.match(line):
                others += 1
            elif line.strip():
                raise InputError(
                    "NOT_BRAT",
                    f"{name}:{number}",
                    f"'{line[:60]}' is no annotation of brat",
                    "a line is like: T1, a tab, PER 0 4, a tab, the text",
                )
        document = name.removesuffix(".ann")
        yield Row({"text": content(text, settings), "spans": spans, "document": document}, f"{document}.txt", 1)
        for path in (text, ann):
            rejects.add_file(*hash_file(path, path.name))
    clauses = [message("brat texts"), *[message("spans in parts", count=broken)] * (broken > 0)]
    clauses += [message("brat unread", count=others)] * (others > 0)
    rejects.inform(message("semicolon").join(clauses), source)


def content(path: Path, settings: ReadSettings) -> str:
    """A whole text as it stands, line ends too: places count them."""
    with open_regular(path) as raw:
        data = read_bytes(raw, path.name)
    name, skip = encoding_of(data[:4], settings.encoding, path.name)
    try:
        return data[skip:].decode(name)
    except UnicodeDecodeError as error:
        where = f"{path.name}, byte {error.start + skip}"
        raise InputError("BAD_ENCODING", where, f"is not {name}: {error.reason}", WAY_OUT) from None
