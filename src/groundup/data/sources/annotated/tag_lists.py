"""Words and their tags in the cells of a table: lists, lists as text, or one word a row; made plain, once for a file, and said.

As text: ['EU', 'rejects'], ["EU", "rejects"], ['EU' 'rejects'], [3 0 7], {'en': 'a', 'de': 'b'}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice, pairwise

from groundup.data.sources.annotated.tag_schemes import Scheme, like_tags, scheme_of
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.messages.current import message

LONGEST = 2**20  # characters of such a cell
ITEM = re.compile(
    r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(True|False|[+-]?[0-9]{1,18}(?:\.[0-9]{0,18})?(?:[eE][+-]?[0-9]{1,3})?))"""
    r"(?=[\s,:]|$)\s*",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
NAMED = {"n": "\n", "t": "\t", "r": "\r"}
SAMPLED = 1000  # rows from which the layout of a file is inferred
FEW_ROWS, MOSTLY = 10, 0.95  # of which nothing is concluded; share of the cells that must be single words
SENTENCE = re.compile(r"sent(?:ence)?(?:[ _]?(?:#|id|no|num(?:ber)?|idx|index))?", re.IGNORECASE)


def items(text: str, at: int, end: int, between: str) -> Iterator[str | float]:
    """Quoted texts, numbers, True and False between two places, parted by a mark or blanks. ValueError for something else."""
    while at < end:
        item = ITEM.match(text, at, end)
        if item is None:
            if text[at:end].strip():
                raise ValueError("no list")
            return
        single, double, bare = item.groups()
        yield value_of(bare) if bare is not None else unescaped(single if single is not None else double)
        at = item.end()
        if at < end and text[at] in between:
            at += 1


def value_of(bare: str) -> float:
    """What stands without quotes: True, False, a whole number, or another one."""
    if bare in ("True", "False"):
        return bare == "True"
    return int(bare) if bare.lstrip("+-").isdigit() else float(bare)


def list_of(cell: object) -> list[str | float] | None:
    """The items of a list of texts or numbers in a cell, as Python, JSON or numpy write it; None where it is none."""
    text = cell.strip() if isinstance(cell, str) and len(cell) <= LONGEST else ""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        return list(items(text, 1, len(text) - 1, ","))
    except ValueError:
        return None


def dict_of(cell: object) -> dict[str, str] | None:
    """Texts by name in a cell, as Python or JSON writes them; None where it is none."""
    text = cell.strip() if isinstance(cell, str) and len(cell) <= LONGEST else ""
    if not (text.startswith("{") and text.endswith("}")):
        return None
    try:
        entries = list(items(text, 1, len(text) - 1, ",:"))
    except ValueError:
        return None
    if len(entries) % 2 or not all(isinstance(one, str) for one in entries):
        return None
    return dict(zip(map(str, entries[::2]), map(str, entries[1::2]), strict=True))


def unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else NAMED.get(m[3], m[3]), text)


def tagged_rows(rows: Iterator[Row], columns: Sequence[str], file: str, rejects: Rejects) -> Iterator[Row]:
    """Rows whose words and tags are lists, the tags in B and I; what they are is decided by the first rows of a file."""
    first = list(islice(rows, SAMPLED))
    whole = [row.values for row in first if row.fault is None]
    everything = chain(first, rows)
    for text, label in pairwise(columns):
        cells = [(values.get(text), values.get(label)) for values in whole]
        if cells and all(are_words(list_of(words), list_of(tags)) for words, tags in cells):
            rejects.inform(message("lists of words", text=text, label=label), file)
            everything = plain_lists(everything, (text, label))
            cells = [(list_of(words), list_of(tags)) for words, tags in cells]
        elif is_word_a_row(cells):
            joined = sentences(everything, text, label, whole[0], file, rejects)
            everything = in_scheme(joined, label, [[tag for _, tag in cells]], file, rejects)
            break
        fitting = [tags for words, tags in cells if isinstance(tags, list) and are_words(words, tags)]
        sample = [tags for tags in fitting if isinstance(tags[0], str)]
        if sample and len(sample) == len(cells):
            everything = in_scheme(everything, label, sample, file, rejects)
    yield from everything


def are_words(words: object, tags: object) -> bool:
    """Whether two cells are lists of as many items, the first of texts."""
    return isinstance(words, list) and isinstance(tags, list) and len(words) == len(tags) > 0 and isinstance(words[0], str)


def plain_lists(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[Row]:
    for row in rows:
        for column in columns:
            cells = list_of(row.values.get(column))
            if cells is not None:
                row.values[column] = cells
        yield row


def in_scheme(rows: Iterable[Row], label: str, sample: Sequence[list], file: str, rejects: Rejects) -> Iterator[Row]:
    """The tags in B and I, where the file has them in another scheme; a row with a tag of none is left as it is."""
    scheme = scheme_in(sample)
    if scheme.name in ("none", "BIO", "brackets"):
        yield from rows
        return
    rejects.inform(message("scheme of tags", label=label, scheme=scheme.name), file)
    for row in rows:
        tags = row.values.get(label)
        if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
            with suppress(ValueError):  # the task refuses the row, with its words
                row.values[label] = scheme.canonical(tags)
        yield row


def scheme_in(sample: Sequence[list]) -> Scheme:
    try:
        return scheme_of([[str(tag) for tag in tags] for tags in sample])
    except ValueError:
        return Scheme("none")


def is_word_a_row(cells: Sequence[tuple]) -> bool:
    """Whether the label cells are tags of single words."""
    labels = [label for _, label in cells]
    if len(cells) < FEW_ROWS or not all(isinstance(text, str) and isinstance(label, str) for text, label in cells):
        return False
    words = sum(len(text.split()) < 2 for text, _ in cells)
    return words >= MOSTLY * len(cells) and like_tags(labels) and any(label[2:] for label in labels)


def sentences(rows: Iterable[Row], text: str, label: str, values: dict, file: str, rejects: Rejects) -> Iterator[Row]:
    """Rows of one word each as sentences: a new one begins where the column that counts them has another value."""
    column = next((name for name in values if SENTENCE.fullmatch(name.strip())), None)
    if column is None:
        what = f"has one word a row ('{label}' is like '{values.get(label)}'), and no column says where sentences end"
        raise InputError("WORD_A_ROW", file, what, "add a column 'sentence' that numbers them, or save the file as CoNLL")
    rejects.inform(message("word a row", column=column), file)
    current: Row | None = None
    for row in rows:
        if row.fault is not None:
            yield row
            continue
        begins = row.values.get(column) not in (None, "")
        if current is None or (begins and row.values[column] != current.values[column]):
            if current is not None:
                yield current
            current = row
            current.values = {**row.values, text: [row.values.get(text)], label: [row.values.get(label)]}
        else:
            rejects.joined += 1
            current.values[text].append(row.values.get(text))  # ty: ignore[missing-attribute]
            current.values[label].append(row.values.get(label))  # ty: ignore[missing-attribute]
    if current is not None:
        yield current


def words_in(rows: Iterator[Row], column: str) -> Iterator[Row]:
    """Rows whose words stand as lists in the cells of a column get these lists, where all of the first rows hold some."""
    first = list(islice(rows, SAMPLED))
    cells = [list_of(row.values.get(column)) for row in first if row.fault is None]
    lists = bool(cells) and all(words and all(isinstance(word, str) for word in words) for words in cells)
    yield from plain_lists(chain(first, rows), (column,)) if lists else chain(first, rows)
