"""The layout of a batch: its sequences stand one after the other in a flat stream of tokens, without padding.

N tokens of the stream, N' rows of the stream in attention's order (at least 8), M output rows, B sequences, T positions in
each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import cached_property
from itertools import accumulate, groupby
from typing import NamedTuple

import torch
from torch import Tensor

from groundup.nn.device import move_all

MAX_PADDING_COST = 2**13  # pairs of tokens a block may waste on padding before another block is less work
MAX_PADDING_COST_OF_DEVICE = 2**22  # the same on a GPU, where some more calls take as long as a million pairs
MIN_ROWS = 8  # a linear layer over fewer rows takes another path in the matrix library and rounds differently


class Group(NamedTuple):
    """`batch` neighboring sequences of `length` tokens each: a view [batch, length] of the stream."""

    batch: int
    length: int


class Dense(NamedTuple):
    """Indices between the stream and a padded block: `gather` [B T] the row at each place, `scatter` [N'] the place of each
    row, `mask` [B, T] True at tokens; None without padding."""

    gather: Tensor
    scatter: Tensor
    mask: Tensor | None


class Block(NamedTuple):
    """`batch` neighboring sequences, each padded to `length` tokens; `mask` [batch, length] is True at tokens, None without
    padding."""

    batch: int
    length: int
    mask: Tensor | None


class Blocks(NamedTuple):
    """The stream as blocks, one after the other, with P places in all. `gather` [P] is the row of the stream at each place,
    `scatter` [N'] the place of each row, `mask` [P, 1] True at tokens; all None without padding."""

    parts: list[Block]
    gather: Tensor | None = None
    scatter: Tensor | None = None
    mask: Tensor | None = None

    def split(self, stream: Tensor) -> list[Tensor]:
        """The stream [N', ...] as blocks [batch, length, ...]."""
        if self.gather is not None:
            stream = GatherRows.apply(stream, self.gather, self.scatter)
        sizes = [part.batch * part.length for part in self.parts]
        return [
            one.view(part.batch, part.length, *one.shape[1:]) for one, part in zip(stream.split(sizes), self.parts, strict=True)
        ]

    def join(self, blocks: list[Tensor]) -> Tensor:
        """The stream [N', ...] again."""
        flat = [block.flatten(0, 1) for block in blocks]
        stream = flat[0] if len(flat) == 1 else torch.cat(flat)
        return stream if self.scatter is None else ScatterRows.apply(stream, self.gather, self.scatter, self.mask)


def padding_cost(groups: Sequence[Group]) -> int:
    """Pairs of tokens that attention wastes on padding if these groups are one block."""
    longest = max(group.length for group in groups)
    return sum(group.batch * (longest**2 - group.length**2) for group in groups)


class GatherRows(torch.autograd.Function):
    """Rows of a stream at the places of blocks. The backward pass is a selection, not a sum, for each row has one place."""

    @staticmethod
    def forward(ctx, stream: Tensor, gather: Tensor, scatter: Tensor) -> Tensor:
        ctx.save_for_backward(scatter)
        return stream.index_select(0, gather)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return gradients[0].index_select(0, ctx.saved_tensors[0]), None, None


class ScatterRows(torch.autograd.Function):
    """The rows of the stream from the places of blocks; padding has no gradient."""

    @staticmethod
    def forward(ctx, places: Tensor, gather: Tensor, scatter: Tensor, mask: Tensor) -> Tensor:
        ctx.save_for_backward(gather, mask)
        return places.index_select(0, scatter)

    @staticmethod
    def backward(ctx, *gradients: Tensor) -> tuple[Tensor, None, None, None]:
        gather, mask = ctx.saved_tensors
        return gradients[0].index_select(0, gather).mul_(mask), None, None, None


class Layout:
    """Lengths of the sequences of a stream, and the positions, groups and indices that follow from them.

    Attention runs per group of equal lengths. If equal lengths are not neighbors (in an unsorted batch), `order` [N] brings
    them together, and `scatter` restores the order of the stream.
    """

    def __init__(self, lengths: Sequence[int], device: torch.device | str = "cpu", min_rows: int = MIN_ROWS):
        self.lengths = [int(n) for n in lengths]
        if not self.lengths or min(self.lengths) < 1:
            raise ValueError(f"a layout needs at least one sequence and no empty one, not lengths {self.lengths[:10]}")
        self.device = torch.device(device)
        self.starts = [0, *accumulate(self.lengths)][:-1]
        self.last_position = 0  # the highest explicit position (with_positions)
        self.cached_length = 0  # tokens of the longest sequence in the key-value cache (decode_step)
        self.is_ragged = min(self.lengths) < max(self.lengths)  # counting tokens in the cache
        self.num_tokens, self.longest = sum(self.lengths), max(self.lengths)
        self.min_rows = min_rows
        self.num_padding_rows = max(0, min_rows - self.num_tokens)  # added so that results do not depend on the number of rows

        sequences = list(range(len(self.lengths)))
        sorted_already = sum(1 for _ in groupby(self.lengths)) == len(set(self.lengths))
        if not sorted_already:
            sequences.sort(key=lambda i: -self.lengths[i])
        self.sequences = sequences  # in attention's order
        ordered_lengths = [self.lengths[i] for i in sequences] + [self.num_padding_rows] * (self.num_padding_rows > 0)
        self.groups = [Group(sum(1 for _ in same), length) for length, same in groupby(ordered_lengths)]
        self.group_sizes = [group.batch * group.length for group in self.groups]
        self.rotary_tables: dict[float, tuple[Tensor, Tensor]] = {}  # cosines and sines by their base,
        self.decode_masks: dict[int, Tensor] = {}  # masks of a decoding step by window: shared by all layers
        self.elsewhere: Layout | None = None  # the same on another device

        with torch.inference_mode(False):  # one layout serves evaluation and training
            self.positions = torch.cat([torch.arange(g.length).repeat(g.batch) for g in self.groups]).to(self.device)  # [N']
            self.first_rows = torch.tensor(self.starts).to(self.device)  # [B]
            self.order: Tensor | None = None
            if not sorted_already:
                spans = [torch.arange(self.starts[i], self.starts[i] + self.lengths[i]) for i in sequences]
                self.order = torch.cat(spans).to(self.device)
                self.inverse_order = torch.argsort(self.order)

    @classmethod
    def decode_step(cls, lengths: Tensor) -> Layout:
        """One new token of each sequence, of which the cache holds `lengths` [B]. There are no padding rows: one row is three
        times as fast as eight, and the rounding differs by 1e-6."""
        layout = cls([1] * len(lengths), lengths.device, min_rows=1)
        held = lengths.tolist()
        layout.cached_length, layout.is_ragged = max(held), min(held) < max(held)
        layout.positions = lengths
        return layout

    def with_positions(self, positions: Tensor) -> Layout:
        """The same layout with explicit positions [N] of the tokens."""
        self.positions = self.gather(positions)
        self.last_position = int(positions.max())
        return self

    def next_step(self, lengths: Tensor) -> Layout:
        """The same sequences one token later: the cache holds `lengths` [B] of them."""
        self.cached_length, self.positions, self.rotary_tables, self.decode_masks = self.cached_length + 1, lengths, {}, {}
        return self

    @property
    def num_positions(self) -> int:
        """Positions of tokens are in [0, num_positions)."""
        return max(self.cached_length + 1, self.last_position + 1, *(group.length for group in self.groups))

    @cached_property
    def dense(self) -> Dense:
        """Indices between the stream in attention's order and a padded block [B, T]."""
        with torch.inference_mode(False):  # the same layout serves evaluation and training
            return self.make_dense()

    def make_dense(self) -> Dense:
        place = torch.empty(len(self.lengths), dtype=torch.int64)
        place[self.sequences] = torch.tensor([0, *accumulate(self.lengths[i] for i in self.sequences)][:-1])
        mask = torch.arange(self.longest) < torch.tensor(self.lengths)[:, None]  # [B, T]
        gather = torch.where(mask, place[:, None] + torch.arange(self.longest), 0)
        scatter = torch.zeros(self.num_tokens + self.num_padding_rows, dtype=torch.int64)
        scatter[gather[mask]] = mask.flatten().nonzero()[:, 0]
        padded = min(self.lengths) < self.longest
        return Dense(gather.flatten().to(self.device), scatter.to(self.device), mask.to(self.device) if padded else None)

    @property
    def blocks(self) -> Blocks:
        """The blocks that attention runs on. With gradients a block costs some thirty calls, so groups of nearly equal length
        are merged; without gradients each group is a block. On a GPU every call costs, so that more are merged."""
        merging = torch.is_grad_enabled() or self.device.type != "cpu"
        return self.merged_blocks if merging else self.group_blocks

    @cached_property
    def group_blocks(self) -> Blocks:
        """A block for each group."""
        return Blocks([Block(*group, None) for group in self.groups])

    @cached_property
    def merged_blocks(self) -> Blocks:
        """Blocks of groups of nearly equal length."""
        with torch.inference_mode(False):  # on a GPU an evaluation may be the first that asks for them
            return self.merge_blocks()

    def merge_blocks(self) -> Blocks:
        parts: list[list[Group]] = []
        allowed = MAX_PADDING_COST if self.device.type == "cpu" else MAX_PADDING_COST_OF_DEVICE
        for group in self.groups:
            if parts and not self.num_padding_rows and padding_cost([*parts[-1], group]) <= allowed:
                parts[-1].append(group)
            else:
                parts.append([group])
        if len(parts) == len(self.groups):
            return self.group_blocks
        shapes = [(sum(group.batch for group in part), max(group.length for group in part)) for part in parts]
        lengths = torch.tensor([self.lengths[i] for i in self.sequences])
        padded_lengths = torch.tensor([length for batch, length in shapes for _ in range(batch)])
        first_rows, places = (torch.cumsum(counts, 0) - counts for counts in (lengths, padded_lengths))
        scatter = torch.repeat_interleave(places - first_rows, lengths) + torch.arange(self.num_tokens)
        mask = torch.zeros(int(padded_lengths.sum()), dtype=torch.bool)
        mask[scatter] = True
        gather = torch.zeros(len(mask), dtype=torch.int64)
        gather[scatter] = torch.arange(self.num_tokens)
        scatter, mask, gather = (one.to(self.device) for one in (scatter, mask, gather))
        masks = mask.split([batch * length for batch, length in shapes])
        blocks = [
            Block(*shape, one.view(shape) if len(part) > 1 else None)
            for shape, one, part in zip(shapes, masks, parts, strict=True)
        ]
        return Blocks(blocks, gather, scatter, mask[:, None])

    @cached_property
    def sequence_starts(self) -> Tensor:
        """[B' + 1] int32 where each sequence begins in attention's order, and the end; rows that fill up are one."""
        lengths = [group.length for group in self.groups for _ in range(group.batch)]
        with torch.inference_mode(False):  # the backward pass of training keeps them
            return torch.tensor([0, *accumulate(lengths)], dtype=torch.int32).to(self.device)

    @property
    def longest_row(self) -> int:
        """Tokens of the longest sequence there."""
        return max(group.length for group in self.groups)

    def by_length(self, stream: Tensor) -> Iterator[Tensor]:
        """The stream as attention sees it [N', ...] in blocks [B, T, ...] of equal lengths, without what fills it up."""
        start = 0
        for group in self.groups:
            real = min(group.batch, (self.num_tokens - start) // group.length)
            if real > 0:
                yield stream[start : start + real * group.length].unflatten(0, (real, group.length))
            start += group.batch * group.length

    def sequence_ids(self) -> Tensor:
        """[N] the sequence that each token of the stream belongs to."""
        return torch.repeat_interleave(torch.arange(len(self.lengths)), torch.tensor(self.lengths)).to(self.device)

    def to(self, device: torch.device) -> Layout:
        """The same layout with its indices on a device. It is made once."""
        if device == self.device:
            return self
        if self.elsewhere is None or self.elsewhere.device != device:
            with torch.inference_mode(False):
                self.elsewhere = self.copy_to(device)
        return self.elsewhere

    def copy_to(self, device: torch.device) -> Layout:
        other = copy(self)
        for name in ("dense", "merged_blocks", "group_blocks", "sequence_starts"):  # they are made again, there
            other.__dict__.pop(name, None)
        other.device, other.elsewhere, other.rotary_tables, other.decode_masks = device, None, {}, {}
        names = ("positions", "first_rows", *(() if self.order is None else ("order", "inverse_order")))
        for name, moved in zip(names, move_all([getattr(self, name) for name in names], device), strict=True):
            setattr(other, name, moved)
        return other

    def gather(self, stream: Tensor) -> Tensor:
        """The stream [N, ...] in attention's order [N', ...]: equal lengths together, padded to at least MIN_ROWS rows."""
        if self.order is not None:
            stream = stream.index_select(0, self.order)
        if self.num_padding_rows:
            stream = torch.cat([stream, stream.new_zeros(self.num_padding_rows, *stream.shape[1:])])
        return stream

    def locate_rows(self, rows: Tensor) -> Tensor:
        """Where these rows [M] of the stream are after `gather`, padded to at least MIN_ROWS."""
        if self.order is not None:
            rows = self.inverse_order.index_select(0, rows)
        missing = self.min_rows - len(rows)
        return torch.cat([rows, rows.new_zeros(missing)]) if missing > 0 else rows

    def scatter(self, stream: Tensor) -> Tensor:
        """The inverse of `gather`."""
        if self.num_padding_rows:
            stream = stream[: self.num_tokens]
        if self.order is not None:
            stream = stream.index_select(0, self.inverse_order)
        return stream


class Padded(Layout):
    """Sequences in a block [B, T] with padding on the right: the stream is the block, row by row. For export only: sizes are
    symbols there, so no line here depends on their values."""

    def __init__(self, mask: Tensor):
        batch, length = mask.shape
        self.mask = mask
        self.device = mask.device
        self.groups, self.group_sizes = [Group(batch, length)], [batch * length]
        self.group_blocks = self.merged_blocks = Blocks([Block(batch, length, mask)])
        self.num_tokens, self.longest, self.cached_length, self.is_ragged = batch * length, length, 0, True
        self.order, self.num_padding_rows = None, 0
        self.positions = torch.arange(length, device=mask.device).expand(batch, length).flatten()  # [B T]
        self.first_rows = torch.arange(batch, device=mask.device) * length  # [B]
        self.rotary_tables = {}

    @property
    def num_positions(self) -> int:
        return self.longest

    def with_positions(self, positions: Tensor) -> Padded:
        self.positions = positions
        return self

    def locate_rows(self, rows: Tensor) -> Tensor:
        return rows

    @property
    def last_rows(self) -> Tensor:
        """[B] where each sequence ends in the stream."""
        return self.first_rows + self.mask.sum(1) - 1
