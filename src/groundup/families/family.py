"""A family is data: which of their modules is which of ours, and how their config names a shape.

Rows name modules (`.weight` and `.bias` follow) or single tensors, `*` stands for the layer, names are those on
disk. Only one direction is written; the walk starts from our names, so that nothing is left out unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from groundup.nn.config import HeadConfig, TransformerConfig


class Part(NamedTuple):
    """One of several equal slices of a fused matrix, along its rows."""

    name: str
    number: int
    count: int


class Architecture(NamedTuple):
    """A class of `transformers`, the heads it holds, and what of the backbone it leaves out."""

    name: str
    heads: tuple[str, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """Tables of one architecture. `heads` hold the heads it can express, by our name."""

    name: str  # `model_type` in config.json
    prefix: str  # before every name of the backbone when there are heads
    backbone: Mapping[str, str | Part]
    heads: Mapping[str, Mapping[str, str]]
    aliases: Mapping[str, str]  # a tensor that repeats another: name -> the original
    ignored: tuple[str, ...]  # tensors without meaning for us
    read_config: Callable[[dict], TransformerConfig]
    write_config: Callable[[TransformerConfig, Mapping[str, HeadConfig]], dict]
    find_heads: Callable[[dict, set[str]], dict[str, HeadConfig]]  # (config.json, tensor names) -> heads in the folder
    architecture: Callable[[TransformerConfig, Mapping[str, HeadConfig]], Architecture]

    def place(self, ours: str) -> Part:
        """Where our parameter is on disk (with the prefix). KeyError when the family has no such tensor."""
        side, rest = ours.split(".", 1)
        if side == "backbone":
            found = find(self.backbone, rest)
            return found._replace(name=self.prefix + found.name)
        head, rest = rest.split(".", 1)
        return find(self.heads[head], rest)


def find(table: Mapping[str, str | Part], ours: str) -> Part:
    """The row for a parameter: its own, or that of its module."""
    pieces = ours.split(".")
    layers = [piece for piece in pieces if piece.isdigit()]
    pattern = ".".join("*" if piece.isdigit() else piece for piece in pieces)
    module, _, leaf = pattern.rpartition(".")
    row, leaf = (table[pattern], "") if pattern in table else (table[module], f".{leaf}")
    part = row if isinstance(row, Part) else Part(row, 0, 1)
    return part._replace(name=part.name.replace("*", layers[0] if layers else "*") + leaf)
