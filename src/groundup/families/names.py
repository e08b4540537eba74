"""The names of a folder's tensors as the family's classes have them today: whatever wrapped them, whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from groundup.errors import InputError, printable
from groundup.families.family import Family, TensorSource
from groundup.families.headers import StoredTensor


def canonical_names(family: Family, stored: dict[str, StoredTensor], folder: Path) -> dict[str, StoredTensor]:
    """Under today's names: old names of norms, backbones without prefix or with another, tied tensors under their original's
    name."""
    renamed: dict[str, StoredTensor] = {}
    names = usual_names(family, stored)
    for name, tensor in stored.items():
        new = names[name]
        if new in renamed:
            what = f"{printable(name)} and {printable(renamed[new].name)} are both {printable(new)}"
            raise InputError("DUPLICATE_TENSOR", folder, what, "the folder holds more than one model: save one of them alone")
        renamed[new] = tensor
    for alias, original in family.aliases.items():
        if alias in renamed and original not in renamed:
            renamed[original] = renamed.pop(alias)
    return {name: tensor for name, tensor in renamed.items() if not fits(name, family.ignored)}


def fits(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one of these; * stands for anything."""
    return any(fnmatchcase(name, one) for one in patterns)


def usual_names(family: Family, stored: Iterable[str]) -> dict[str, str]:
    """The names of a folder -> those of the family's classes. What wraps all of them (`module.`) falls off; the backbone's have
    the family's prefix, whatever or nothing stood in its place."""
    tables, heads = (
        [*family.backbone.values(), *family.encoder.values()],
        [row for head in family.heads.values() for row in head.values()],
    )
    tops, others = tops_of(tables), tops_of(heads) | {name.split(".")[0] for name in family.aliases}
    prefix, names = family.prefix.removesuffix("."), {name: modern(name) for name in stored}
    known = tops | others | {prefix}
    wraps = {name.split(".")[0] for name in names.values()}
    if (
        len(wraps) == 1
        and not wraps & (known - {prefix})
        and second(names.values()) & known
        and (wraps != {prefix} or prefix in second(names.values()))
    ):
        names = {name: new.split(".", 1)[1] if "." in new else new for name, new in names.items()}
    return {name: prefixed(new, family.prefix, tops, others) for name, new in names.items()}


def tops_of(rows: Iterable[str | TensorSource]) -> set[str]:
    """What the names of these rows begin with."""
    return {(row.name if isinstance(row, TensorSource) else row).split(".")[0] for row in rows}


def second(names: Iterable[str]) -> set[str]:
    """The second parts of names."""
    return {piece for name in names for piece in name.split(".")[1:2]}


def modern(name: str) -> str:
    """Old names of the numbers of norms."""
    for old, new in (("gamma", "weight"), ("beta", "bias")):
        if name.endswith(f"LayerNorm.{old}"):
            return name.removesuffix(old) + new
    return name


def prefixed(name: str, prefix: str, tops: set[str], others: set[str]) -> str:
    """A name with the family's prefix, if it is of the backbone."""
    first, _, rest = name.partition(".")
    if first in tops:
        return prefix + name
    wrapped = first not in others and rest.split(".")[0] in tops
    return prefix + rest if wrapped else name
