"""What to say where a column is asked for that a table does not have: the columns with an example of each, and the way out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from groundup.config import nearest
from groundup.data.sources.records import Row
from groundup.errors import InputError, printable

SHOWN = 12  # columns
LONGEST = 30  # characters of an example
TAGGED = re.compile(r"\S+[ \t].*?(?:[BIESLUM][-_]\S+|O)\s*")  # a word and its tag
DELIMITED = re.compile(r"[,;|\t]")  # in a name of a column: another delimiter, perhaps
OTHER_FORMATS = {"jsonl": re.compile(r"\s*\{"), "conll": TAGGED, "tsv": re.compile("[^\t]+\t"), "csv": re.compile("[^,]+,")}


def no_column(row: Row, name: str, setting: str, what: str = "") -> InputError:
    """The refusal of a row that lacks a column; `setting` is the one that names it, nothing where the model says the name."""
    names = [one.strip() for one in name.split(",")]
    if setting and len(names) > 1 and all(one in row.values for one in names):
        what = f"has no column '{printable(name, 60)}', but each of the {len(names)}"
        flags = " ".join(f"--{setting} {printable(one, 40)}" for one in names)
        return InputError("NO_COLUMN", f"{row.file}:{row.line}", what, f"give it once for each: {flags}")
    what = what or f"has no column '{printable(name, 60)}'{nearest_name(name, row.values)}"
    has = examples(row.values) or "no column"
    fix = (
        f"--{setting} is one of {has}"
        if setting
        else f"call the columns as in training, or add an empty one if nothing is known of it; there are {has}"
    )
    return InputError("NO_COLUMN", f"{row.file}:{row.line}", what, fix + hint(row))


def nearest_name(name: str, values: Mapping[str, object]) -> str:
    """A question for the column that was perhaps meant: of another case, or of nearly this name."""
    same = [known for known in values if known.strip().casefold() == name.strip().casefold()]
    return f". Did you mean '{same[0]}'?" if same else f".{suggestion}" if (suggestion := nearest(name, values)) else ""


def examples(values: Mapping[str, object]) -> str:
    """The columns, each with its value: `text ('a fine film'), label (1)`."""
    columns = [f"{printable(name, 40)} ({printable(repr(value), LONGEST)})" for name, value in list(values.items())[:SHOWN]]
    return ", ".join(columns) + (f" and {len(values) - SHOWN} more" if len(values) > SHOWN else "")


def hint(row: Row) -> str:
    """What else may be meant, where there is one column only: another delimiter, another format."""
    if len(row.values) != 1:
        return ""
    ((name, value),) = row.values.items()
    if name != "text":
        return "; is the delimiter another one? See --read.delimiter" if DELIMITED.search(name) else ""
    for format, begins in OTHER_FORMATS.items():
        if isinstance(value, str) and begins.match(value):
            columns = " --text_column words --label_column tags" if format == "conll" else ""
            return f"; or is it a table? Try --read.format {format}{columns}"
    return ""
