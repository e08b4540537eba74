"""Copies of training rows by any method, each with the label of its row, and how many copies were dropped, by reason.

The rows are those of the training split. `held_out` are all other rows; no copy equals one of their texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundup.augment.back_translation import Translate, copy_fault, round_trip
from groundup.augment.eda import aeda, eda
from groundup.augment.settings import AugmentSettings
from groundup.augment.substitute import substitute
from groundup.augment.synonyms import Proposer
from groundup.data import draws
from groundup.data.clean.dedup import exact_key
from groundup.errors import InputError
from groundup.kinds.text.pieces import Source

if TYPE_CHECKING:
    from groundup.augment.masked_lm import MaskedWords

Row = tuple[str, ...]
REASONS = ("EMPTY", "UNCHANGED", "LENGTH", "HELD_OUT", "REPEATED", "LABEL_CHANGED")
ROWS = 1024  # whose copies are made together


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What the methods need beyond rules: eda a proposer for replace and insert, substitute a masked language model,
    back_translation two translations. `classify` gives the label that the present model sees in each row, and may be given to
    any method."""

    proposer: Proposer | None = None
    masked: MaskedWords | None = None
    forth: Translate | None = None
    back: Translate | None = None
    classify: Callable[[list[Row]], Sequence[Any]] | None = None


NO_TOOLS = Tools()  # for methods that need rules alone


@dataclass
class Augmented:
    """Copies in the order of their rows, without the rows themselves. requested = made + dropped."""

    texts: list[Row] = field(default_factory=list)
    labels: list[Any] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)  # the place among the given rows
    copies: list[int] = field(default_factory=list)  # the number of the copy, from 0
    requested: int = 0
    dropped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))

    @property
    def made(self) -> int:
        """How many copies there are."""
        return len(self.texts)

    @property
    def asked(self) -> int:
        """The former name of `requested`, for one version."""
        return self.requested


def augmented(
    texts: Sequence[Row],
    labels: Sequence[Any],
    settings: AugmentSettings,
    seed: int,
    *,
    held_out: Iterable[Row] = (),
    numbers: Sequence[int] | None = None,
    tools: Tools = NO_TOOLS,
) -> Augmented:
    """Copies of labelled training rows. Copy c of a row depends only on (seed, number of the row, c): `numbers` (default: the
    places) keep the copies of a row the same in every fold and order.

    Dropped are copies with an empty text (EMPTY), equal to their row (UNCHANGED), translated to less than a third or more than
    three times of its characters (LENGTH), with a changed text that also is in `held_out` (HELD_OUT), equal to another row or
    copy (REPEATED), or whose label `tools.classify` sees as another (LABEL_CHANGED). Equal is what is equal after folding case,
    width and blanks.
    Raises InputError when a method lacks what it needs.
    """
    check(texts, labels, settings, tools)
    result = Augmented()
    if settings.method == "none":
        return result
    places = range(len(texts)) if numbers is None else numbers
    held_out_keys = {exact_key(text) for row in held_out for text in row}
    known_keys = {key_of(row) for row in texts}
    for start in range(0, len(texts), ROWS):
        rows = range(start, min(start + ROWS, len(texts)))
        requests = [(row, copy) for row in rows for copy in range(settings.copies_made)]
        result.requested += len(requests)
        accepted = []
        chances = [(places[row], copy) for row, copy in requests]
        copies = make_copies([texts[row] for row, _ in requests], chances, settings, seed, tools)
        for (row, copy), new in zip(requests, copies, strict=True):
            if reason := rejection_reason(texts[row], new, held_out_keys, known_keys, settings.method == "back_translation"):
                result.dropped[reason] += 1
            else:
                known_keys.add(key_of(new))
                accepted.append((row, copy, new))
        if tools.classify is not None and accepted:
            predicted = tools.classify([new for _, _, new in accepted])
            right = [label == labels[row] for label, (row, _, _) in zip(predicted, accepted, strict=True)]
            result.dropped["LABEL_CHANGED"] += right.count(False)
            accepted = [one for one, stays in zip(accepted, right, strict=True) if stays]
        for row, copy, new in accepted:
            result.texts.append(new)
            result.labels.append(labels[row])
            result.sources.append(row)
            result.copies.append(copy)
    return result


def check(texts: Sequence[Row], labels: Sequence[Any], settings: AugmentSettings, tools: Tools) -> None:
    """Raise InputError for a method that lacks a tool."""
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts and {len(labels)} labels")
    if settings.method == "substitute" and tools.masked is None:
        what = "substitute draws words from a masked language model, and there is none"
        raise InputError("NO_MASKED_LM", "augment.method", what, "name a pretrained encoder, or use aeda")
    if settings.method == "back_translation" and (tools.forth is None or tools.back is None):
        what = "back_translation needs a translation into another language and one back"
        raise InputError("NO_TRANSLATION", "augment.method", what, "name two models that translate, or use aeda")


def make_copies(
    texts: Sequence[Row], chances: Sequence[tuple[int, int]], settings: AugmentSettings, seed: int, tools: Tools
) -> list[Row]:
    """A copy of each row; `chances` are its number and that of the copy."""
    sources = [
        (at, Source(row[side], seed, number, copy, side))
        for at, (row, (number, copy)) in enumerate(zip(texts, chances, strict=True))
        for side in changed_sides(len(row), settings, seed, number, copy)
    ]
    rows = [list(row) for row in texts]
    for (at, source), new in zip(sources, transform([source for _, source in sources], settings, tools), strict=True):
        rows[at][source.side] = new
    return [tuple(row) for row in rows]


def changed_sides(width: int, settings: AugmentSettings, seed: int, number: int, copy: int) -> list[int]:
    """Which texts of a row are changed."""
    if width == 1 or settings.sides == "both":
        return list(range(width))
    if settings.sides == "either":
        return [int(draws.uniform(draws.key(seed, "augment/side", copy), number) * width)]
    return [0 if settings.sides == "first" else 1]


def transform(sources: list[Source], settings: AugmentSettings, tools: Tools) -> list[str]:
    """The texts of the copies, by the method of the settings."""
    if settings.method == "eda":
        return eda(sources, settings.operations, settings.alpha, tools.proposer, settings.chinese)
    if settings.method == "aeda":
        return aeda(sources, settings.punctuation, settings.chinese)
    if settings.method == "substitute" and tools.masked is not None:
        return substitute(sources, tools.masked, settings.rate, settings.temperature, settings.chinese)
    if settings.method == "back_translation" and tools.forth is not None and tools.back is not None:
        return round_trip([source.text for source in sources], tools.forth, tools.back)
    raise ValueError(settings.method)


def rejection_reason(
    row: Row, new: Row, held_out_keys: set[bytes], known_keys: set[tuple[bytes, ...]], lengths: bool
) -> str | None:
    """Why a copy is dropped; None if it is kept."""
    faults = {copy_fault(old, text) for old, text in zip(row, new, strict=True)}
    changes = [text for old, text in zip(row, new, strict=True) if text != old]
    if "EMPTY" in faults:
        return "EMPTY"
    if faults == {"UNCHANGED"}:
        return "UNCHANGED"
    if lengths and "LENGTH" in faults:
        return "LENGTH"
    if any(exact_key(text) in held_out_keys for text in changes):
        return "HELD_OUT"
    return "REPEATED" if key_of(new) in known_keys else None


def key_of(row: Row) -> tuple[bytes, ...]:
    return tuple(exact_key(text) for text in row)
