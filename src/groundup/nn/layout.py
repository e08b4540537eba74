"""How the sequences of a batch lie in the flat token stream. There is no padding, so none is computed.

N tokens of the stream, B sequences, T positions of a sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, groupby
from typing import NamedTuple

import torch
from torch import Tensor

LEAST_ROWS = 8  # a linear layer over fewer rows takes another path in the matrix library and rounds differently


class Group(NamedTuple):
    """`batch` neighboring sequences of `length` tokens each: a view [batch, length] of the stream."""

    batch: int
    length: int


class Layout:
    """Lengths of the sequences of a stream, and what follows from them.

    Attention runs per group of equal lengths. Where equal lengths are not neighbors (a batch that is not sorted),
    `order` [N] brings them together and the backbone puts its result back.
    """

    def __init__(self, lengths: Sequence[int], device: torch.device | str = "cpu"):
        self.lengths = [int(n) for n in lengths]
        if not self.lengths or min(self.lengths) < 1:
            raise ValueError(f"a layout needs at least one sequence and no empty one, not lengths {self.lengths[:10]}")
        self.device = torch.device(device)
        self.starts = [0, *accumulate(self.lengths)][:-1]
        self.num_tokens, self.longest = sum(self.lengths), max(self.lengths)
        self.num_filled = max(0, LEAST_ROWS - self.num_tokens)  # rows added so that no result depends on their number

        in_order = list(range(len(self.lengths)))
        if sum(1 for _ in groupby(self.lengths)) != len(set(self.lengths)):
            in_order.sort(key=lambda i: -self.lengths[i])
        self._sequences = in_order
        lying = [self.lengths[i] for i in in_order] + [self.num_filled] * (self.num_filled > 0)
        self.groups = [Group(sum(1 for _ in same), length) for length, same in groupby(lying)]
        self.group_sizes = [group.batch * group.length for group in self.groups]

    @cached_property
    def order(self) -> Tensor | None:
        """[N] stream index of each row as attention sees them; None when the stream already lies so."""
        if self._sequences == sorted(self._sequences):
            return None
        ranges = [torch.arange(self.starts[i], self.starts[i] + self.lengths[i]) for i in self._sequences]
        return torch.cat(ranges).to(self.device)

    @cached_property
    def inverse(self) -> Tensor:
        """[N] where attention sees each row of the stream; only when there is an order."""
        return torch.argsort(self.order)

    @cached_property
    def positions(self) -> Tensor:
        """[N] place of each token in its sequence, in the order of `order`, filled rows included."""
        parts = [torch.arange(group.length).expand(group.batch, -1).reshape(-1) for group in self.groups]
        return torch.cat(parts).to(self.device)

    @cached_property
    def firsts(self) -> Tensor:
        """[B] stream index of each sequence's first token."""
        return torch.tensor(self.starts, device=self.device)

    @cached_property
    def rows(self) -> Tensor:
        """[N] the sequence that each token of the stream belongs to."""
        return torch.repeat_interleave(torch.arange(len(self.lengths)), torch.tensor(self.lengths)).to(self.device)

    def gather(self, stream: Tensor) -> Tensor:
        """The stream [N, ...] as attention sees it: equal lengths together, at least LEAST_ROWS rows."""
        if self.order is not None:
            stream = stream.index_select(0, self.order)
        if self.num_filled:
            stream = torch.cat([stream, stream.new_zeros(self.num_filled, *stream.shape[1:])])
        return stream

    def find(self, rows: Tensor | None) -> Tensor | None:
        """Where these rows of the stream are after `gather`, filled up to LEAST_ROWS of them."""
        if rows is None:
            return None
        if self.order is not None:
            rows = self.inverse.index_select(0, rows)
        missing = LEAST_ROWS - len(rows)
        return torch.cat([rows, rows.new_zeros(missing)]) if missing > 0 else rows

    def scatter(self, stream: Tensor) -> Tensor:
        """The inverse of `gather`."""
        if self.num_filled:
            stream = stream[: self.num_tokens]
        if self.order is not None:
            stream = stream.index_select(0, self.inverse)
        return stream
