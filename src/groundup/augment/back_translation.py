"""Back-translation: a text, translated and translated back, says the same in other words (Sennrich et al., 2015,
arXiv:1511.06709; for classification Xie et al., 2019, arXiv:1904.12848). Whatever translates is given by the caller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from groundup.data.clean.dedup import fold

Translate = Callable[[list[str]], list[str]]
LARGEST_RATIO = 3  # of the lengths of copy and source, in characters, either way


class BackTranslated(NamedTuple):
    texts: list[str | None]  # one for each source, None for one that was dropped
    dropped: dict[str, int]  # reason -> how many


def back_translated(texts: Sequence[str], forth: Translate, back: Translate) -> BackTranslated:
    """The texts after a translation forth and back. Dropped and counted: EMPTY, UNCHANGED (but for case, width and blanks), and
    LENGTH (beyond 1:3)."""
    copies = round_trip(texts, forth, back)
    faults = [fault(text, copy) for text, copy in zip(texts, copies, strict=True)]
    kept = [None if reason else copy for copy, reason in zip(copies, faults, strict=True)]
    return BackTranslated(kept, dict(Counter(reason for reason in faults if reason)))


def round_trip(texts: Sequence[str], forth: Translate, back: Translate) -> list[str]:
    """back(forth(texts)), each distinct text once. A text without content is not translated."""
    distinct = [text for text in dict.fromkeys(texts) if fold(text)]
    if not distinct:
        return list(texts)
    foreign = told(forth, distinct, "forth")
    there = list(dict.fromkeys(text for text in foreign if fold(text)))
    returned = dict(zip(there, told(back, there, "back"), strict=True)) if there else {}
    copies = {text: returned.get(other, "") for text, other in zip(distinct, foreign, strict=True)}
    return [copies.get(text, text) for text in texts]


def told(translate: Translate, texts: list[str], name: str) -> list[str]:
    found = translate(texts)
    if len(found) != len(texts):
        raise ValueError(f"{name} gave {len(found)} translations of {len(texts)} texts")
    return found


def fault(source: str, copy: str) -> str | None:
    """Why a copy of a text is of no use; None if it is."""
    old, new = fold(source), fold(copy)
    if not new:
        return "EMPTY"
    if new == old:
        return "UNCHANGED"
    if max(len(old), len(new)) > LARGEST_RATIO * min(len(old), len(new)):
        return "LENGTH"
    return None
