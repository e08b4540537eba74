"""Tags of words in the ways people write them, as one: O, B-type where a name begins, I-type where it continues.

Ramshaw and Marcus, 1995, cmp-lg/9505040 (IOB1); Ratinov and Roth, 2009 (BILOU).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OUTSIDE = "O"
TAG = re.compile(r"O|[BILOUESM](?:[-_].+)?", re.DOTALL)
BRACKET = re.compile(r"(?:\([^()*\s]+)*\*?\)*")
LIKE_TAGS = 0.95  # share of a column that must look like tags
MOST_TYPES = 500  # different names of a column without letters before them
CLOSED = {"M": "BMES", "U": "BILOU", "L": "BILOU", "E": "BIOES", "S": "BIOES"}  # by a letter that only they have
LETTERS = {"BMES": "BMES", "BIOES": "BIES", "BILOU": "BILU", "BIO": "BI", "IOB1": "BI", "IO": "I"}
BEGINS, SINGLE, LAST = "BSU", "SU", "ESLU"


@dataclass
class Scheme:
    """How the tags of a file are written. `bare`: types without a letter, as in O, PER, PER."""

    name: str
    bare: bool = False
    orphans: int = 0  # tags that go on with a name that nothing began

    def canonical(self, tags: Sequence[str]) -> list[str]:
        """The same names in B and I. ValueError, in words, for a tag that the scheme does not have."""
        if self.name == "none":
            return list(tags)
        if self.name == "brackets":
            return of_brackets(tags)
        canonical_tags, open_type = [], None  # the type of the name that continues
        for tag in tags:
            letter, kind = self.parted(tag)
            if letter == OUTSIDE:
                canonical_tags.append(OUTSIDE)
                open_type = None
                continue
            goes_on = letter not in BEGINS and kind == open_type
            self.orphans += not goes_on and letter not in BEGINS and self.name not in ("IO", "IOB1")
            canonical_tags.append(("I" if goes_on else "B") + kind)
            open_type = None if letter in LAST else kind
        return canonical_tags

    def parted(self, tag: str) -> tuple[str, str]:
        """Letter and type (with its hyphen) of a tag."""
        if tag == OUTSIDE:
            return OUTSIDE, ""
        if self.bare:
            return "I", f"-{tag}"
        if not TAG.fullmatch(tag) or tag[0] not in LETTERS[self.name]:
            raise ValueError(f"'{tag[:40]}' is no tag of the scheme {self.name}")
        return tag[0], f"-{tag[2:]}" if len(tag) > 1 else ""


def like_tags(values: Sequence[str]) -> bool:
    """Whether a column holds tags with letters: O, B-PER ..."""
    return bool(values) and sum(TAG.fullmatch(value) is not None for value in values) >= LIKE_TAGS * len(values)


def like_brackets(values: Sequence[str]) -> bool:
    """Whether a column holds (PER*, *, *) as the tables of CoNLL-2005 and CoNLL-2012 do."""
    fitting = sum(value not in ("", "-") and BRACKET.fullmatch(value) is not None for value in values)
    return bool(values) and fitting >= LIKE_TAGS * len(values) and any("*" in value for value in values)


def like_types(values: Sequence[str]) -> bool:
    """Whether a column holds bare types beside an O for all other words."""
    distinct = set(values)
    few = len(distinct) <= min(MOST_TYPES, len(values) // 3)
    return few and OUTSIDE in distinct and not any(value == "_" or value.isdecimal() for value in distinct)


def scheme_of(sentences: Iterable[Sequence[str]]) -> Scheme:
    """The scheme of a file, by tags of its sentences. ValueError for letters of two schemes."""
    rows = list(sentences)
    values = [tag for tags in rows for tag in tags]
    if like_brackets(values):
        return Scheme("brackets")
    if not like_tags(values):
        return Scheme("IO", bare=True) if like_types(values) else Scheme("none")
    letters = {value[0] for value in values if TAG.fullmatch(value)} - {OUTSIDE}
    schemes = {CLOSED[letter] for letter in letters & CLOSED.keys()}
    schemes -= {"BIOES"} if schemes >= {"BMES", "BIOES"} and letters <= set("BMES") else set()
    if len(schemes) > 1:
        raise ValueError(f"tags begin with {', '.join(sorted(letters))}, which no scheme has together")
    if schemes:
        return Scheme(schemes.pop())
    if "B" not in letters:
        return Scheme("IO")
    return Scheme("IOB1" if is_iob1(rows) else "BIO")


def is_iob1(rows: Sequence[Sequence[str]]) -> bool:
    """Whether B- stands only where it parts two names of one type, and I- begins the others."""
    begun_by_i = 0
    for tags in rows:
        for before, tag in zip((OUTSIDE, *tags), tags, strict=False):
            if tag[0] == "B" and before[1:] != tag[1:]:
                return False
            begun_by_i += tag[0] == "I" and before[1:] != tag[1:]
    return begun_by_i > 0


def of_brackets(tags: Sequence[str]) -> list[str]:
    """B and I of names in brackets; of names inside each other the outer one."""
    bio_tags, stack = [], []
    for tag in tags:
        if not BRACKET.fullmatch(tag):
            raise ValueError(f"'{tag[:40]}' is no part of a name in brackets, like (PER* or *)")
        began = not stack
        stack += re.findall(r"\(([^()*\s]+)", tag)
        bio_tags.append(f"{'B' if began else 'I'}-{stack[0]}" if stack else OUTSIDE)
        closing = tag.count(")")
        if closing > len(stack):
            raise ValueError(f"'{tag[:40]}' closes a name that nothing opened")
        del stack[len(stack) - closing :]
    return bio_tags
