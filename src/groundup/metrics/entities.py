"""Named entities: spans against spans, strictly, and tags against spans.

A span is (start, end, type), end excluded: of characters where spans are scored, of tokens where they come from tags.
Right is a span whose start, end and type all are. The figures equal those of `seqeval` in strict mode, where that says 0
for what is undefined this says None. N rows, K types.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from groundup.errors import InputError
from groundup.metrics.scores import Figures, SummedScores, check_lengths
from groundup.metrics.sums import ratio

Span = tuple[int, int, str]
Scheme = Literal["BIO", "IOB1", "BIOES", "BMES"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)

OUTSIDE = "O"
UNTYPED = "_"  # the type of a bare B or I, as in seqeval
PARTS = ("seen", "unseen")
MOST_MISFITS = 0.01  # share of the entity tags that may be invalid in a file of one scheme: real files hold a few


@dataclass(frozen=True)
class Letters:
    """What a tag of a scheme whose entities are closed begins with."""

    begin: str
    inside: str
    end: str
    single: str


CLOSED: dict[Scheme, Letters] = {"BIOES": Letters("B", "I", "E", "S"), "BMES": Letters("B", "M", "E", "S")}
ALLOWED: dict[Scheme, frozenset[str]] = {
    "BIO": frozenset("OBI"),
    "IOB1": frozenset("OBI"),
    "BIOES": frozenset("OBIES"),
    "BMES": frozenset("OBMES"),
}


def entity_scores(
    gold: Sequence[Collection[Span]],
    predicted: Sequence[Collection[Span]],
    texts: Sequence[str] | None = None,
    seen: Collection[str] | None = None,
) -> SummedScores:
    """Precision, recall and F1 over all spans (micro), their mean over types (`macro_f1`), and of each type (`f1_PER`).

    Spans of N rows in characters; one that a row names twice counts once. A type that a selection of rows neither holds
    nor predicts stays out of its macro F1.

    `seen` holds the surfaces (`surfaces`) of the training entities. With it, and the N texts, spans are parted by whether
    theirs is among them, gold and predicted alike: `seen_f1` is F1 where it is, `unseen_f1` where it is not (and so are
    precision and recall). A right span has one surface, so the two parts make up the whole.
    """
    check_lengths(gold=gold, predicted=predicted, **({} if texts is None else {"texts": texts}))
    if seen is not None and texts is None:
        raise ValueError("surfaces are cut from texts: give the texts of the rows with what was seen")
    types = sorted({span[2] for row in (*gold, *predicted) for span in row})
    groups = [*types, *PARTS] if seen is not None else types
    numbers, seen = {name: k for k, name in enumerate(types)}, frozenset(seen or ())
    counts = np.zeros((len(gold), len(groups), 3), dtype=np.int64)  # hits, gold, predicted
    for row, (true, predicted_set) in enumerate(zip(gold, predicted)):
        true, predicted_set = set(true), set(predicted_set)
        for which, spans in enumerate((true & predicted_set, true, predicted_set)):
            for start, end, name in spans:
                if not 0 <= start < end or (texts is not None and end > len(texts[row])):
                    raise ValueError(f"row {row}: ({start}, {end}, {name!r}) is no span of its text")
                counts[row, numbers[name], which] += 1
                if texts is not None and len(groups) > len(types):
                    counts[row, len(types) + (texts[row][start:end] not in seen), which] += 1

    def finish(sums: np.ndarray) -> Figures:
        return entity_figures(types, sums.reshape(len(groups), 3))

    return SummedScores(counts.reshape(len(gold), len(groups) * 3), finish)


def surfaces(texts: Sequence[str], spans: Sequence[Collection[Span]]) -> set[str]:
    """What the entities of these rows look like: as `seen`, when the rows are those of training."""
    check_lengths(texts=texts, spans=spans)
    return {text[start:end] for text, row in zip(texts, spans) for start, end, _ in row}


def entity_figures(types: list[str], sums: np.ndarray) -> Figures:
    """Figures of hits, gold and predicted spans per type, and per part if counted [K or K + 2, 3]."""
    by_type = [prf(*row) for row in sums[: len(types)].tolist()]
    defined = [f1 for _, _, f1 in by_type if f1 is not None]
    figures: Figures = dict(zip(("precision", "recall", "f1"), prf(*sums[: len(types)].sum(axis=0).tolist())))
    figures["macro_f1"] = ratio(sum(defined), len(defined))
    for name, values in zip(types, by_type):
        figures |= {f"{figure}_{name}": value for figure, value in zip(("precision", "recall", "f1"), values)}
    for part, row in zip(PARTS, sums[len(types) :].tolist()):
        figures |= {f"{part}_{figure}": value for figure, value in zip(("precision", "recall", "f1"), prf(*row))}
    return figures


def prf(hits: int, gold: int, predicted: int) -> tuple[float | None, float | None, float | None]:
    return ratio(hits, predicted), ratio(hits, gold), ratio(2 * hits, gold + predicted)


def spans_of(tags: Sequence[str], scheme: Scheme) -> list[Span]:
    """Entities of one sequence of tags as (first token, last token + 1, type), in order.

    BIO, BIOES and BMES (BIOES with M for I) are read strictly: what does not begin with B (or S), or in the latter two is
    not closed by E, is no entity. IOB1 (Ramshaw and Marcus, 1995, cmp-lg/9505040; the CoNLL-2003 files) begins one
    with I; B parts it from one of the same type before it. InputError for a tag that the scheme does not have.
    """
    parts = [part(tag, scheme, f"token {n + 1}") for n, tag in enumerate(tags)]
    return closed_spans(parts, CLOSED[scheme]) if scheme in CLOSED else open_spans(parts, loose=scheme == "IOB1")


def part(tag: str, scheme: Scheme, place: str) -> tuple[str, str]:
    """Letter and type of a tag."""
    letter, name = tag[:1], tag[1:].removeprefix("-") or UNTYPED
    if letter not in ALLOWED[scheme] or (letter == OUTSIDE) != (tag == OUTSIDE) or tag[1:2] not in ("", "-"):
        letters = ", ".join(sorted(ALLOWED[scheme] - {OUTSIDE}))
        fix = f"tags are O and {letters} with a type, as in B-PER; a file is of one scheme"
        raise InputError("UNKNOWN_TAG", place, f"{tag!r} is no tag of the scheme {scheme}", fix)
    return letter, name


def open_spans(parts: Sequence[tuple[str, str]], loose: bool) -> list[Span]:
    """Entities that go on while I of their type follows. Loose: such an I begins one as well."""
    spans: list[Span] = []
    first, inside = 0, None  # the type of the entity we are in
    for n, (letter, name) in enumerate([*parts, (OUTSIDE, "")]):
        if letter == "I" and name == inside:
            continue
        if inside is not None:
            spans.append((first, n, inside))
        first, inside = n, name if letter == "B" or (loose and letter == "I") else None
    return spans


def closed_spans(parts: Sequence[tuple[str, str]], letters: Letters) -> list[Span]:
    spans: list[Span] = []
    first, inside = 0, None
    for n, (letter, name) in enumerate(parts):
        if letter == letters.begin:
            first, inside = n, name
        elif letter == letters.single:
            spans.append((n, n + 1, name))
            inside = None
        elif letter == letters.end and name == inside:
            spans.append((first, n + 1, name))
            inside = None
        elif letter != letters.inside or name != inside:
            inside = None
    return spans


def tags_of(spans: Iterable[Span], length: int, scheme: Scheme) -> list[str]:
    """The tags of `length` tokens whose entities these are: the reverse of `spans_of`. InputError if two overlap."""
    tags = [OUTSIDE] * length
    before: Span = (0, 0, "")
    for span in sorted(spans):
        first, end, name = span
        if not 0 <= first < end <= length:
            raise ValueError(f"({first}, {end}, {name!r}) is no span of {length} tokens")
        if first < before[1]:
            what = f"the entities {name} and {before[2]} overlap, and tags give a token one"
            raise InputError("ENTITIES_OVERLAP", f"token {first + 1}", what, "keep the longer one of the two")
        tags[first:end] = entity_tags(end - first, name, scheme, touches=before[1] == first and before[2] == name)
        before = span
    return tags


def entity_tags(length: int, name: str, scheme: Scheme, touches: bool) -> list[str]:
    """Tags of one entity; touches: one of the same type ends where it begins."""
    if scheme in CLOSED:
        letters = CLOSED[scheme]
        tags = letters.begin + letters.inside * (length - 2) + letters.end if length > 1 else letters.single
    else:
        tags = ("B" if scheme == "BIO" or touches else "I") + "I" * (length - 1)
    return [f"{letter}-{name}" for letter in tags]


def scheme_of(rows: Sequence[Sequence[str]]) -> Scheme:
    """The scheme that the tags of these rows are of: the one in which fewest are invalid; BIO where nothing but O tells.

    InputError where no scheme has all the tags, or more than `MOST_MISFITS` of them are invalid, as when files of two
    schemes were joined. (`misfits` tells the few; `spans_of` with a scheme that is said reads them all the same.)
    """
    letters = {tag[:1] for tags in rows for tag in tags}
    candidates: tuple[Scheme, ...] = ("BMES",) if "M" in letters else ("BIOES",) if letters & set("ES") else ("BIO", "IOB1")
    for r, tags in enumerate(rows):
        for n, tag in enumerate(tags):
            part(tag, candidates[0], place(r, n))
    misfits_of = {scheme: misfits(rows, scheme) for scheme in candidates}
    best = min(candidates, key=lambda scheme: len(misfits_of[scheme]))
    count = sum(tag != OUTSIDE for tags in rows for tag in tags)
    if len(misfits_of[best]) > MOST_MISFITS * count:
        (r, n), few = misfits_of[best][0], f"{len(misfits_of[best])} of {count}"
        what = f"{rows[r][n]} is of no entity: {few} tags are invalid in {best}, and more in any other scheme"
        fix = f"correct the tags, or say the scheme ({', '.join(SCHEMES)}) by which they are to be read"
        raise InputError("MIXED_SCHEMES", place(r, n), what, fix, limit=f"{MOST_MISFITS:.0%}")
    return best


def misfits(rows: Sequence[Sequence[str]], scheme: Scheme) -> list[tuple[int, int]]:
    """(row, token) of each tag that is invalid in this scheme: of an entity that is not begun, or not closed."""
    places = []
    for r, tags in enumerate(rows):
        valid = tags_of(spans_of(tags, scheme), len(tags), scheme)
        places += [(r, n) for n, (tag, right) in enumerate(zip(tags, valid)) if tag[:1] != right[:1]]
    return places


def place(row: int, token: int) -> str:
    return f"row {row + 1}, token {token + 1}"
