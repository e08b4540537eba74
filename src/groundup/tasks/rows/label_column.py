"""How the label column of a table is written. It is decided once, from all its cells, said, and can be set (`label.*`).

N cells, K labels or places of a vector.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from groundup.data.sources.annotated.tag_lists import items
from groundup.strict_json import strict

Inform = Callable[[str], None]
PARTING = (";", "|", ",")  # what separators usually are
UNUSUAL = ("#", "/", "+", "&", " ")  # what parts names only where these stand alone in other cells
WHOLE = re.compile(r"[0-9]{1,9}")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
ZEROS_AND_ONES = re.compile(r"[01](\.0)?([\s,;|]+[01](\.0)?)+")
BRACKETS = {"[": "]", "(": ")", "{": "}"}
LONGEST_LIST = 100_000  # characters
TRUTHS = {"true": 1, "false": 0, "yes": 1, "no": 0}


def in_order(names: Iterable[str]) -> list[str]:
    """Names of labels in their order: by value where all of them are numbers (2 before 10), else by text."""
    distinct = sorted(set(names))
    return sorted(distinct, key=float) if all(NUMBER.fullmatch(name) for name in distinct) else distinct


def in_order_of(names: Sequence[str], labels: Iterable[str]) -> list[str]:
    """Labels in the order of given names; those that are none come last."""
    places = {name: place for place, name in enumerate(names)}
    return sorted(in_order(labels), key=lambda label: places.get(label, len(places)))


def name_of(cell: str, names: Sequence[str]) -> str:
    """The name that a cell tells, or the one whose number it tells. ValueError for what is neither."""
    if cell in names:
        return cell
    if WHOLE.fullmatch(cell.strip()) and int(cell) < len(names):
        return names[int(cell)]
    raise ValueError(f"'{cell[:40]}' is neither one of the names given nor a number from 0 to {len(names) - 1}")


def is_missing(cell: object) -> bool:
    """Whether a cell holds nothing; what is not a number holds nothing either."""
    return cell is None or cell == "" or (isinstance(cell, float) and cell != cell)


# Variants


def fold_name(name: str) -> str:
    """A name without what tells variants of it apart: case, width, and blanks around and within."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def variants(counts: Mapping[str, int]) -> list[dict[str, int]]:
    """Labels that differ in case, width or blanks alone, with their counts; the most frequent first."""
    alike: dict[str, dict[str, int]] = {}
    for name, count in counts.items():
        alike.setdefault(fold_name(name), {})[name] = count
    groups = [dict(sorted(group.items(), key=lambda pair: -pair[1])) for group in alike.values() if len(group) > 1]
    return sorted(groups, key=lambda group: -sum(group.values()))


# Several labels in a cell


class LabelFormat(NamedTuple):
    """How cells name several labels: what stands between the names, or that each is a vector of zeros and ones."""

    separator: str | None = None
    vector: int = 0  # places of each vector; 0: cells hold names


def parse_list(cell: object) -> object:
    """A cell whose text is a list (of JSON, of Python, of numpy) or a set as that list; any other as it is."""
    if not isinstance(cell, str):
        return list(cell) if isinstance(cell, (tuple, set, frozenset)) else cell
    text = cell.strip()
    if not text or BRACKETS.get(text[0]) != text[-1] or len(text) > LONGEST_LIST:
        return cell
    with suppress(ValueError):
        parsed = strict(text)
        return parsed if isinstance(parsed, list) else cell
    with suppress(ValueError):
        return list(items(text, 1, len(text) - 1, ","))
    return cell


def infer_label_format(cells: Sequence[object]) -> LabelFormat:
    """How the cells of a column, as `listed` gives them, name several labels."""
    present = [cell for cell in cells if not is_missing(cell)]
    if present and all(isinstance(cell, list) for cell in present):
        return LabelFormat(vector=vector_of([cell for cell in present if isinstance(cell, list)]))
    texts = [cell.strip() for cell in present if isinstance(cell, str) and cell.strip()]
    if len(texts) == len(present) and texts and all(ZEROS_AND_ONES.fullmatch(text) for text in texts):
        sizes = {len(bits_of(text)) for text in texts}
        if len(sizes) == 1:
            return LabelFormat(vector=sizes.pop())
    return LabelFormat(separator_of(texts))


def vector_of(lists: Sequence[list]) -> int:
    """The places of vectors of zeros and ones; 0 where the lists are none. Texts in a list are names, be they '0' and '1'."""
    sizes = {len(one) for one in lists}
    bits = all(isinstance(item, (int, float)) and item in (0, 1) for one in lists for item in one)
    return sizes.pop() if bits and len(sizes) == 1 and max(sizes) > 1 else 0


def bits_of(cell: object) -> list[int]:
    """The zeros and ones of a vector. ValueError for anything else."""
    items = re.split(r"[\s,;|]+", cell.strip()) if isinstance(cell, str) else cell if isinstance(cell, list) else [cell]
    return [bit_of(item) for item in items]


def bit_of(cell: object) -> int:
    """0 or 1. ValueError for anything else."""
    if isinstance(cell, str):
        text = cell.strip().lower()
        cell = TRUTHS.get(text, float(text) if NUMBER.fullmatch(text) else text)
    if isinstance(cell, (bool, int, float)) and cell in (0, 1):
        return int(cell)
    raise ValueError(f"'{cell}' is neither 0 nor 1")


def split_labels(text: str, separator: str | None) -> list[str]:
    """The names in a cell, without blanks around them; each once, in their order."""
    parts = [text] if separator is None else text.split(None if separator == " " else separator)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def separator_of(texts: Sequence[str]) -> str | None:
    """What parts the names of these cells: of ; and | that which leaves the fewest different names; a comma, unless the same
    names with a comma come again and again, their parts nowhere else; a rarer one, where each part stands alone elsewhere."""
    distinct = list(dict.fromkeys(texts))
    strong = [one for one in PARTING[:2] if any(one in text for text in distinct)]
    if strong:
        return min(strong, key=lambda one: len(names_of(distinct, one)))
    if any("," in text for text in distinct):
        whole = [text for text in texts if "," in text]
        shared = sum(map(len, (split_labels(text, ",") for text in distinct))) > len(names_of(distinct, ","))
        return "," if shared or len(whole) == len(set(whole)) else None
    for one in UNUSUAL:
        several = [text for text in distinct if len(split_labels(text, one)) > 1]
        alone = {text for text in distinct if len(split_labels(text, one)) == 1}
        if several and all(part in alone for text in several for part in split_labels(text, one)):
            return one
    return None


def names_of(texts: Iterable[str], separator: str) -> set[str]:
    return {part for text in texts for part in split_labels(text, separator)}


def separator_name(separator: str) -> str:
    return {" ": "blanks", "\t": "tabs"}.get(separator, f"'{separator}'")
