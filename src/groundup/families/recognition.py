"""Which family the tensors of a folder are of, where its config.json does not say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from groundup.families.family import Family, TensorSource
from groundup.families.names import usual_names

LEAST = 0.9  # share of the tensors that a family must have a place for


def recognize(families: Mapping[str, Family], tensors: Iterable[str]) -> Family | None:
    """The family that has places for most of these tensors, among equals the one whose prefix they have; None for too few."""
    names = list(tensors)
    closest = max(families.values(), key=lambda family: (known(family, names), starts(family, names)), default=None)
    return closest if closest is not None and known(closest, names) >= LEAST else None


def known(family: Family, names: list[str]) -> float:
    """The share of these tensors that a family has a place for."""
    tables = [family.backbone, family.encoder, *family.heads.values()]
    rows = {row.name if isinstance(row, TensorSource) else row for table in tables for row in table.values()}
    places = {pattern(name) for row in rows for name in (row, family.prefix + row)} | set(family.aliases)
    usual = usual_names(family, names).values()
    return sum(bool({pattern(name), pattern(name).rpartition(".")[0]} & places) for name in usual) / max(1, len(names))


def starts(family: Family, names: list[str]) -> int:
    """How many have the family's prefix."""
    return sum(name.startswith(family.prefix) for name in names) if family.prefix else 0


def pattern(name: str) -> str:
    """A name with * for the number of a layer."""
    return ".".join("*" if piece.isdigit() else piece for piece in name.split("."))
