"""Tensors of a model folder: what safetensors files announce, whether it is what the model needs, and the numbers.

Headers are read and compared first; nothing is allocated for a folder that does not fit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import isfinite, prod
from pathlib import Path

import torch
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor, nn

from groundup.errors import InputError, printable
from groundup.families.family import Family, Part
from groundup.folders import read_verified
from groundup.nn.model import Model
from groundup.strict_json import parse_json

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
OWN_WEIGHTS = "groundup.safetensors"  # of a folder in our own form (own.py)
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
MOST_HEADER_BYTES, MOST_TENSORS = 2**24, 65_536
MOST_TOLD = 10  # problems in one error
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}  # of the types that are weights
COPY_AGAIN = "copy the file again"


@dataclass(frozen=True)
class Stored:
    """A tensor as a file's header announces it."""

    file: str
    name: str
    dtype: str
    shape: tuple[int, ...]
    scale: Stored | None = None  # of a tensor of whole numbers (own.py)


# --- what the files announce ---


def weight_files(folder: Path) -> list[str]:
    """Names of the safetensors files of a folder."""
    if (folder / OWN_WEIGHTS).exists():
        return [OWN_WEIGHTS]
    if (folder / WEIGHTS).exists():
        return [WEIGHTS]
    if (folder / INDEX).exists():
        index = parse_json(read_verified(folder, INDEX), str(folder / INDEX))
        names = index.get("weight_map") if isinstance(index, dict) else None
        if not isinstance(names, dict) or not names:
            raise InputError("BAD_INDEX", folder / INDEX, "it has no weight_map", COPY_AGAIN)
        for name in names.values():
            if not isinstance(name, str) or Path(name).name != name or not name.endswith(".safetensors"):
                raise InputError("BAD_INDEX", folder / INDEX, f"{name!r} is not the plain name of a safetensors file")
        return sorted(set(names.values()))
    pickles = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
    if pickles:
        raise InputError(
            "UNSAFE_WEIGHTS",
            folder / pickles[0],
            "pickled weights can run code and are never opened here",
            "where you trust it, load the folder with transformers and save_pretrained(), which writes safetensors",
        )
    raise InputError("NO_WEIGHTS", folder, f"there is no {WEIGHTS}", "name a folder with safetensors weights")


def headers(folder: Path, files: Iterable[str]) -> dict[str, Stored]:
    """All tensors of the files, by name."""
    found: dict[str, Stored] = {}
    for file in files:
        for tensor in read_header(folder / file):
            if tensor.name in found:
                both = f"{found[tensor.name].file} and {file}"
                raise InputError("DUPLICATE_TENSOR", folder, f"{printable(tensor.name)} stands in {both}")
            found[tensor.name] = tensor
    return found


def read_header(path: Path) -> list[Stored]:
    """The tensors that a file announces: 8 bytes of length, a JSON header, then the numbers without gaps."""
    if not path.is_file():
        raise InputError("NO_WEIGHTS", path, "there is no such file", "the folder is incomplete: copy it again")
    size = path.stat().st_size
    with path.open("rb") as f:
        length = int.from_bytes(f.read(8), "little")
        if size < 8 or length > size - 8:
            raise InputError("DAMAGED_WEIGHTS", path, f"cut off after {size} bytes", COPY_AGAIN)
        if length > MOST_HEADER_BYTES:
            raise InputError("TOO_LARGE", path, f"a header of {length} bytes", limit=f"{MOST_HEADER_BYTES} bytes")
        header = parse_json(f.read(length), str(path))
    if not isinstance(header, dict):
        raise InputError("DAMAGED_WEIGHTS", path, "its header is not an object", COPY_AGAIN)
    header.pop("__metadata__", None)
    if len(header) > MOST_TENSORS:
        raise InputError("TOO_LARGE", path, f"{len(header)} tensors", limit=str(MOST_TENSORS))
    end = 0
    stored = []
    for name, entry in header.items():
        match entry:
            case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(stop)]} if (
                all(type(n) is int and n >= 0 for n in shape)
                and 0 <= start <= stop
                and prod(shape) * BYTES.get(dtype, 1) <= stop - start
            ):
                stored.append(Stored(path.name, name, dtype, tuple(shape)))
                end = max(end, stop)
            case _:
                raise InputError("DAMAGED_WEIGHTS", path, f"its header describes {printable(name)} wrongly", COPY_AGAIN)
    if 8 + length + end != size:
        raise InputError("DAMAGED_WEIGHTS", path, f"{size} bytes, the header announces {8 + length + end}", COPY_AGAIN)
    return stored


# --- their names and ours ---


def canonical(family: Family, stored: dict[str, Stored]) -> dict[str, Stored]:
    """Under today's names: old names of norms, backbones without prefix, tied tensors under their original's name."""
    tables = [*family.backbone.values(), *family.encoder.values()]
    rows = [row.name if isinstance(row, Part) else row for row in tables]
    tops = {row.split(".")[0] for row in rows}
    renamed: dict[str, Stored] = {}
    for name, tensor in stored.items():
        new = name.removesuffix("gamma") + "weight" if name.endswith("LayerNorm.gamma") else name
        new = new.removesuffix("beta") + "bias" if new.endswith("LayerNorm.beta") else new
        renamed[family.prefix + new if new.split(".")[0] in tops else new] = tensor
    for alias, original in family.aliases.items():
        if alias in renamed and original not in renamed:
            renamed[original] = renamed.pop(alias)
    return {name: tensor for name, tensor in renamed.items() if not any(fnmatchcase(name, one) for one in family.ignored)}


def match_names(
    family: Family, model: Model, stored: dict[str, Stored], extra: dict[str, Stored], folder: Path
) -> dict[str, tuple[Stored, Part]]:
    """Our parameter -> where its numbers are. Missing, superfluous and misshaped tensors are told together."""
    plan: dict[str, tuple[Stored, Part]] = {}
    problems: list[str] = []
    used = set(family.aliases)
    for name, parameter in model.named_parameters():
        part = Part(name) if name in extra else place(family, name)
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
    problems += [f"unexpected {tensor.name}" for name, tensor in stored.items() if name not in used]
    problems += [f"unexpected {name}" for name in extra if name not in plan]
    if problems:
        told = list(dict.fromkeys(printable(problem) for problem in problems))
        more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
        raise InputError(
            "WEIGHTS_DIFFER",
            folder,
            f"the tensors are not those of {family.name} with this config.json: {'; '.join(told[:MOST_TOLD])}{more}",
            "check that config.json and the weights belong together",
            problems=tuple(told),
        )
    return plan


def scale_shape(part: Part, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the scales of a matrix on disk: one for each output."""
    return (1, shape[1]) if part.transposed else (*shape[:-1], 1)


def scale_problems(scale: Stored, shape: tuple[int, ...]) -> list[str]:
    """What is wrong with the scales of a tensor of whole numbers."""
    fits = scale.shape == shape and scale.dtype == "F32"
    return [] if fits else [f"{scale.name} is {scale.dtype} {list(scale.shape)} and should be F32 {list(shape)}"]


def stored_shape(parameter: Tensor, part: Part) -> tuple[int, ...]:
    """The shape of the tensor on disk that holds a parameter."""
    shape = (part.count * parameter.shape[0], *parameter.shape[1:])
    if part.transposed and len(shape) == 2:
        shape = shape[::-1]
    return (1, *shape) if part.boxed else shape


def place(family: Family, name: str) -> Part:
    """Where the family keeps a parameter; what it has no place for keeps our name."""
    try:
        return family.place(name)
    except KeyError:
        return Part(name)


# --- the numbers ---


def fill(model: Model, plan: dict[str, tuple[Stored, Part]], folder: Path) -> None:
    """Give every parameter its numbers, file by file, from the very bytes whose hash was compared."""
    for file in sorted({source.file for source, _ in plan.values()}):
        tensors = read_tensors(read_verified(folder, file))
        for name, (source, part) in plan.items():
            if source.file != file:
                continue
            value = tensors[source.name].to(torch.float32, copy=True)
            if source.scale is not None:
                value *= tensors[source.scale.name]
            value = unpacked(value, part)
            if value.numel() and not all(isfinite(bound) for bound in torch.aminmax(value)):
                raise InputError("NON_FINITE", folder / file, f"{source.name} holds NaN or infinity", "use another checkpoint")
            owner, _, leaf = name.rpartition(".")
            setattr(model.get_submodule(owner), leaf, nn.Parameter(value.contiguous()))


def unpacked(stored: Tensor, part: Part) -> Tensor:
    """The parameter in a tensor on disk."""
    stored = stored[0] if part.boxed else stored
    stored = stored.T if part.transposed and stored.ndim == 2 else stored
    return stored.chunk(part.count)[part.number]


def check_ties(family: Family, stored: dict[str, Stored], used: set[str], folder: Path) -> None:
    """A tensor that repeats another, and is not `used` for itself, must be equal to it."""
    for alias, original in family.aliases.items():
        if alias in stored and original in stored and alias not in used:
            a, b = (read_tensors(read_verified(folder, stored[name].file))[stored[name].name] for name in (alias, original))
            if not torch.equal(a, b):
                raise InputError("UNTIED_WEIGHTS", folder, f"{alias} differs from {original}, and {family.name} ties them")


def fuse(parts: list[tuple[Part, Tensor]]) -> Tensor:
    """The parts of a fused matrix in their order, or the one tensor there is."""
    ordered = [tensor for _, tensor in sorted(parts, key=lambda pair: pair[0].number)]
    whole, part = ordered[0] if len(ordered) == 1 else torch.cat(ordered), parts[0][0]
    whole = whole.T if part.transposed and whole.ndim == 2 else whole
    return (whole[None] if part.boxed else whole).contiguous()


def to_bytes(tensors: dict[str, Tensor]) -> bytes:
    """A safetensors file, names in order."""
    return write_tensors({name: tensors[name].cpu() for name in sorted(tensors)}, metadata={"format": "pt"})
