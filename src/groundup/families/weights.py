"""Tensors of a model folder: whether they are what the model needs, and the numbers.

Headers are read and compared first; nothing is allocated for a folder that does not fit.
"""

from __future__ import annotations

from math import isfinite
from pathlib import Path

import torch
from safetensors.torch import save as write_tensors
from torch import Tensor, nn

from groundup.errors import InputError, printable
from groundup.families.family import Family, TensorSource
from groundup.families.features import feature_of
from groundup.families.headers import BYTES, Low, StoredTensor, equal, numbers_of
from groundup.families.names import fits
from groundup.nn.model import Model

MOST_TOLD = 10  # problems in one error


def match_names(
    family: Family, model: Model, stored: dict[str, StoredTensor], extra: dict[str, StoredTensor], folder: Path
) -> dict[str, tuple[StoredTensor, TensorSource]]:
    """Our parameter -> where its numbers are. Missing, superfluous and misshaped tensors are reported together."""
    plan: dict[str, tuple[StoredTensor, TensorSource]] = {}
    problems: list[str] = []
    used = set(family.aliases)
    for name, parameter in model.named_parameters():
        part = TensorSource(name) if name in extra else place(family, name)
        source = extra.get(name) or stored.get(part.name)
        used.add(part.name)
        if source is None:
            problems.append(f"missing {part.name}")
            continue
        shape = stored_shape(parameter, part)
        if source.shape != shape:
            problems.append(f"{source.name} has shape {list(source.shape)} and should have {list(shape)}")
        elif source.scale is not None:
            problems += scale_problems(source.scale, scale_shape(part, shape))
        elif source.dtype not in BYTES:
            problems.append(f"{source.name} is of type {source.dtype}")
        plan[name] = (source, part)
    more = [tensor.name for name, tensor in stored.items() if name not in used and not fits(name, family.unused)]
    problems += [f"unexpected {name}" for name in [*more, *(name for name in extra if name not in plan)]]
    if feature := feature_of(more):
        raise InputError(
            "UNSUPPORTED_MODEL", folder, f"{printable(feature[0])} belongs to a feature that is not supported: {feature[1]}"
        )
    if problems:
        lines = list(dict.fromkeys(printable(problem) for problem in problems))
        more = f" and {len(lines) - MOST_TOLD} more" if len(lines) > MOST_TOLD else ""
        raise InputError(
            "WEIGHTS_DIFFER",
            folder,
            f"the tensors are not those of {family.name} with this config.json: {'; '.join(lines[:MOST_TOLD])}{more}",
            "check that config.json and the weights belong together",
            problems=tuple(lines),
        )
    return plan


def scale_shape(part: TensorSource, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the scales of a matrix on disk: one for each output."""
    return (1, shape[1]) if part.transposed else (*shape[:-1], 1)


def scale_problems(scale: StoredTensor, shape: tuple[int, ...]) -> list[str]:
    """What is wrong with the scales of a tensor of whole numbers."""
    fits = scale.shape == shape and scale.dtype == "F32"
    return [] if fits else [f"{scale.name} is {scale.dtype} {list(scale.shape)} and should be F32 {list(shape)}"]


def stored_shape(parameter: Tensor, part: TensorSource) -> tuple[int, ...]:
    """The shape of the tensor on disk that holds a parameter."""
    shape = (part.count * parameter.shape[0], *parameter.shape[1:])
    if part.transposed and len(shape) == 2:
        shape = shape[::-1]
    return (1, *shape) if part.boxed else shape


def place(family: Family, name: str) -> TensorSource:
    """Where the family keeps a parameter; what it has no place for keeps our name."""
    try:
        return family.place(name)
    except KeyError:
        return TensorSource(name)


# --- the numbers ---


def fill(model: Model, plan: dict[str, tuple[StoredTensor, TensorSource]]) -> None:
    """Give every parameter its numbers, file by file, from the very bytes whose hash was compared."""
    low = {place_of(one) for source, _ in plan.values() if source.low for one in source.low if isinstance(one, StoredTensor)}
    small = {place: numbers_of(*place) for place in low}  # of adapters
    for place in sorted({place_of(source) for source, _ in plan.values()}):
        tensors = small.get(place) or numbers_of(*place)
        for name, (source, part) in plan.items():
            if place_of(source) != place:
                continue
            value = tensors[source.name].to(torch.float32, copy=True)
            if source.scale is not None:
                value *= tensors[source.scale.name]
            if source.low is not None:
                value = add_low_rank(value, source.low, small)
            value = unpack(value, part)
            if value.numel() and not all(isfinite(bound) for bound in torch.aminmax(value)):
                what = f"{source.name} holds NaN or infinity"
                raise InputError("NON_FINITE", source.folder / source.file, what, "use another checkpoint")
            owner, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(owner), leaf, nn.Parameter(value.contiguous()))


def place_of(source: StoredTensor) -> tuple[Path, str]:
    """Folder and file of a tensor."""
    return source.folder, source.file


def add_low_rank(whole: Tensor, low: Low, small: dict[tuple[Path, str], dict[str, Tensor]]) -> Tensor:
    """A tensor with its small matrices added, brought to the lengths of its rows where they are given (Liu et al., 2024,
    arXiv:2402.09353)."""
    down, up = (small[place_of(one)][one.name].float() for one in (low.down, low.up))
    whole = (whole.T if low.turned else whole) + low.scale * (up @ down)  # [O, I]
    if low.lengths is not None:
        lengths = small[place_of(low.lengths)][low.lengths.name].float().flatten()
        whole = whole * (lengths / torch.linalg.vector_norm(whole, dim=1))[:, None]
    return whole.T if low.turned else whole


def unpack(stored: Tensor, part: TensorSource) -> Tensor:
    """The parameter in a tensor on disk."""
    stored = stored[0] if part.boxed else stored
    stored = stored.T if part.transposed and stored.ndim == 2 else stored
    return stored.chunk(part.count)[part.number]


def without_repeats(family: Family, stored: dict[str, StoredTensor], tied: bool) -> dict[str, StoredTensor]:
    """The tensors but those that repeat their original, number by number. A matrix of words that is not `tied` is one of its
    own, whatever its numbers."""
    own = set() if tied else {row for head in family.heads.values() for row in head.values() if isinstance(row, str)}
    pairs = [
        (alias, original) for alias, original in family.aliases.items() if {alias, original} <= set(stored) and alias not in own
    ]
    repeats = {alias for alias, original in pairs if equal(stored[alias], stored[original])}
    return {name: tensor for name, tensor in stored.items() if name not in repeats}


def check_ties(family: Family, stored: dict[str, StoredTensor], used: set[str], folder: Path) -> None:
    """A tensor that stands for another must be `used` for itself, or have been equal to it."""
    for alias, original in family.aliases.items():
        if alias in stored and original in stored and alias not in used:
            what = f"{stored[alias].name} differs from {stored[original].name}, and {family.name} ties them"
            raise InputError("UNTIED_WEIGHTS", folder, what, "save the model again with tied weights")


def fuse(parts: list[tuple[TensorSource, Tensor]]) -> Tensor:
    """The parts of a fused matrix in their order, or the one tensor there is."""
    ordered = [tensor for _, tensor in sorted(parts, key=lambda pair: pair[0].number)]
    whole, part = ordered[0] if len(ordered) == 1 else torch.cat(ordered), parts[0][0]
    whole = whole.T if part.transposed and whole.ndim == 2 else whole
    return (whole[None] if part.boxed else whole).contiguous()


def to_bytes(tensors: dict[str, Tensor]) -> bytes:
    """A safetensors file, names in order."""
    return write_tensors({name: tensors[name].cpu() for name in sorted(tensors)}, metadata={"format": "pt"})
