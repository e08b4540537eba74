"""Rows of several kinds as sequences: one token that every row begins with, then the tokens of each kind that it has.

R rows, S sequences made of them, K kinds, B sequences of a batch, N tokens of the stream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import ALONE, WHOLE, Packed
from groundup.nn.kind_tokens import KindTokens

ABSENT = -1
ROW = "\0row"  # carries the row of a batch through the order in which a kind lays it; no label is called so


@dataclass
class PackedKinds(Packed):
    """The sequences of each kind, and which of them make up each sequence of a row. With a rate of `drop` training reads rows
    as if they lacked a kind, each of theirs by a draw of its own; one kind is always left. With `alone` it reads each kind of
    a row once more by itself, for a head of its own; the label ALONE says which sequence is of which kind.
    `token_dropout` is the share of words and patches that training leaves out, others each time (words: Iyyer et al., 2015,
    ACL P15-1162; patches: Liu et al., 2022, arXiv:2208.07220); what is left stays in its place."""

    kinds: dict[str, Packed]  # in the order in which they stand in a row
    members: np.ndarray  # [S, K] the sequence of each kind, or ABSENT
    owner: np.ndarray  # [S]
    drop: float = 0.0
    seed: int = 0
    alone: bool = False
    token_dropout: float = 0.0

    def __post_init__(self):
        num_rows = int(self.owner.max(initial=-1)) + 1
        self.long = np.zeros(num_rows, dtype=bool)
        for column, packed in zip(self.members.T, self.kinds.values(), strict=True):
            there = column != ABSENT
            long = packed.long[packed.owner[column[there]]]
            self.long[self.owner[there][long]] = True
        changes = self.drop or self.alone or self.token_dropout
        self.varies = bool(changes) or any(packed.varies for packed in self.kinds.values())

    @property
    def lengths(self) -> np.ndarray:
        return 1 + self.tokens_of(self.members).sum(axis=1)

    def tokens_of(self, members: np.ndarray) -> np.ndarray:
        """[B, K] tokens of each kind."""
        tokens = np.zeros(members.shape, dtype=np.int64)
        for number, packed in enumerate(self.kinds.values()):
            there = members[:, number] != ABSENT
            tokens[there, number] = packed.lengths[members[there, number]]
        return tokens

    def lay(self, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool = False) -> Flat:
        places, numbers = np.asarray(places), np.asarray(numbers)
        members = self.members[places]
        whole = self.dropped(members, numbers) if training and self.drop else members
        if not (training and self.alone):
            return self.lay_members(whole, places, numbers, labels, training)
        rows, kinds = np.nonzero(members != ABSENT)
        single = np.where(np.arange(len(self.kinds)) == kinds[:, None], members[rows], ABSENT)
        rows = np.concatenate([np.arange(len(whole)), rows])
        repeated = {name: np.asarray(values)[rows] for name, values in labels.items()}
        repeated[ALONE] = np.concatenate([np.full(len(whole), WHOLE), kinds])
        return self.lay_members(np.concatenate([whole, single]), places[rows], numbers[rows], repeated, training)

    def lay_members(
        self, members: np.ndarray, places: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool
    ) -> Flat:
        """Sequences of these members [B, K] in one stream."""
        laid = {
            kind: self.lay_kind(kind, members[:, number], numbers, labels, training) for number, kind in enumerate(self.kinds)
        }
        counts = np.zeros(members.shape, dtype=np.int64)
        for number, flat in enumerate(laid.values()):
            if flat is not None:
                counts[flat.labels[ROW], number] = flat.lengths
        lengths = 1 + counts.sum(axis=1)
        order = np.argsort(-lengths, kind="stable")
        starts = np.empty(len(order), dtype=np.int64)
        starts[order] = np.cumsum(lengths[order]) - lengths[order]
        firsts = starts[:, None] + 1 + np.cumsum(counts, axis=1) - counts  # [B, K] where the tokens of a kind begin
        parts = {
            kind: tokens_at(flat, firsts[:, number]) for number, (kind, flat) in enumerate(laid.items()) if flat is not None
        }
        sorted_labels = {name: values[order] for name, values in labels.items()}
        nothing = np.empty(0, dtype=np.int64)
        return Flat(nothing, lengths[order], numbers[order], labels=sorted_labels, sequences=places[order], parts=parts)

    def lay_kind(
        self, kind: str, members: np.ndarray, numbers: np.ndarray, labels: Mapping[str, np.ndarray], training: bool
    ) -> Flat | None:
        """The tokens of one kind, of the rows that have it; None where no row has."""
        rows = np.flatnonzero(members != ABSENT)
        if not len(rows):
            return None
        own = {name: np.asarray(values)[rows] for name, values in labels.items()} | {ROW: rows}
        flat = self.kinds[kind].lay(members[rows], numbers[rows], own, training)
        return self.thinned(kind, flat) if training and self.token_dropout else flat

    def thinned(self, kind: str, flat: Flat) -> Flat:
        """A batch of one kind without the tokens that the draws of its examples leave out."""
        inside = np.arange(int(flat.lengths.sum())) - np.repeat(flat.starts, flat.lengths)
        numbers = draws.uniform(draws.key(self.seed, f"kinds/tokens/{kind}"), np.repeat(flat.numbers, flat.lengths), inside)
        keep = (numbers >= self.token_dropout) | ~self.kinds[kind].removable(flat)
        return replace(
            flat,
            tokens=flat.tokens[keep],
            lengths=np.bincount(flat.rows[keep], minlength=len(flat.lengths)),
            segments=None if flat.segments is None else flat.segments[keep],
            places=(inside if flat.places is None else flat.places)[keep],
        )

    def dropped(self, members: np.ndarray, numbers: np.ndarray) -> np.ndarray:
        """[B, K] without the kinds that the draws of these examples leave out; of a row that would lose all the one whose draw
        is highest stays."""
        keys = [draws.key(self.seed, f"kinds/drop/{kind}") for kind in self.kinds]
        uniforms = np.stack([draws.uniform(key, numbers) for key in keys], axis=1)
        uniforms[members == ABSENT] = -1.0
        keep = uniforms >= self.drop
        keep[np.arange(len(members)), uniforms.argmax(axis=1)] = True
        return np.where(keep, members, ABSENT)

    def digest(self) -> str:
        hasher = hashlib.sha256(self.members.astype("<i8").tobytes())
        for kind, packed in self.kinds.items():
            hasher.update(f"{kind}\0{packed.digest()}\0".encode())
        return hasher.hexdigest()

    def joined(self, other: PackedKinds) -> PackedKinds:
        shifts = np.array([packed.size for packed in self.kinds.values()])
        kinds = {kind: both(packed, other.kinds[kind]) for kind, packed in self.kinds.items()}
        theirs = np.where(other.members == ABSENT, ABSENT, other.members + shifts)
        owner = np.concatenate([self.owner, other.owner + self.num_rows])
        return replace(self, kinds=kinds, members=np.concatenate([self.members, theirs]), owner=owner)


def both(one: Packed, other: Packed) -> Packed:
    """The sequences of both, where one may hold nothing and not know how what it held would look."""
    return one.joined(other) if one.size and other.size else one if one.size else other


def tokens_at(flat: Flat, firsts: np.ndarray) -> KindTokens[np.ndarray]:
    """The tokens of a kind, those of row r of the batch from `firsts[r]` on."""
    inside = np.arange(int(flat.lengths.sum())) - np.repeat(flat.starts, flat.lengths)
    places = inside if flat.places is None else flat.places
    at = np.repeat(firsts[flat.labels[ROW]], flat.lengths) + inside
    return KindTokens(flat.tokens, places, at, flat.segments)


def members_of(kinds: Sequence[Packed], there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which sequences of each kind make up each sequence [S, K], and the row of each [S]. `there` [R, K] says which row has
    which kind; each kind holds the rows that have it, in their order. A long text that is read through windows makes several
    sequences of its row, each beside all else that the row has."""
    places: list[list[list[int]]] = [[[] for _ in range(len(there))] for _ in kinds]
    for number, packed in enumerate(kinds):
        rows = np.flatnonzero(there[:, number])
        for sequence, row in enumerate(packed.owner.tolist()):
            places[number][rows[row]].append(sequence)
    members, owner = [], []
    for row in range(len(there)):
        for one in product(*(of_kind[row] or [ABSENT] for of_kind in places)):
            members.append(one)
            owner.append(row)
    return np.array(members, dtype=np.int64).reshape(-1, len(kinds)), np.array(owner, dtype=np.int64)
