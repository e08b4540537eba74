"""Back-translation: a text that is translated and translated back has the same meaning in other words (Sennrich et al., 2015,
arXiv:1511.06709; for classification Xie et al., 2019, arXiv:1904.12848). The caller provides the translators."""

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
    faults = [copy_fault(text, copy) for text, copy in zip(texts, copies, strict=True)]
    accepted = [None if reason else copy for copy, reason in zip(copies, faults, strict=True)]
    return BackTranslated(accepted, dict(Counter(reason for reason in faults if reason)))


def round_trip(texts: Sequence[str], forth: Translate, back: Translate) -> list[str]:
    """back(forth(texts)), each distinct text once. A text without content is not translated."""
    distinct = [text for text in dict.fromkeys(texts) if fold(text)]
    if not distinct:
        return list(texts)
    foreign = translate_all(forth, distinct, "forth")
    there = list(dict.fromkeys(text for text in foreign if fold(text)))
    returned = dict(zip(there, translate_all(back, there, "back"), strict=True)) if there else {}
    copies = {text: returned.get(other, "") for text, other in zip(distinct, foreign, strict=True)}
    return [copies.get(text, text) for text in texts]


def translate_all(translate: Translate, texts: list[str], name: str) -> list[str]:
    translations = translate(texts)
    if len(translations) != len(texts):
        raise ValueError(f"{name} gave {len(translations)} translations of {len(texts)} texts")
    return translations


def copy_fault(source: str, copy: str) -> str | None:
    """Why a copy of a text is useless; None if it is useful."""
    old, new = fold(source), fold(copy)
    if not new:
        return "EMPTY"
    if new == old:
        return "UNCHANGED"
    if max(len(old), len(new)) > LARGEST_RATIO * min(len(old), len(new)):
        return "LENGTH"
    return None
