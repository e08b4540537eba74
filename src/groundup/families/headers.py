"""What the safetensors files of a model folder announce, and their numbers. Nothing is believed that does not fit the bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import NamedTuple

from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from torch import Tensor

from groundup.errors import InputError, printable
from groundup.manifest import read_verified
from groundup.strict_json import parse_json

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
OWN_WEIGHTS = "groundup.safetensors"  # of a folder in our own form (own.py)
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
MOST_HEADER_BYTES, MOST_TENSORS, MOST_DIMENSIONS = 2**24, 65_536, 8
BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}  # of the types that are weights
OTHER_BYTES = {
    "I64": 8,
    "U64": 8,
    "I32": 4,
    "U32": 4,
    "I16": 2,
    "U16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "F8_E8M0": 1,
    "C64": 8,
}
COPY_AGAIN = "copy the file again"
CHUNK = 2**20


@dataclass(frozen=True)
class StoredTensor:
    """A tensor as a file's header announces it."""

    file: str
    name: str
    dtype: str
    shape: tuple[int, ...]
    place: tuple[int, int] = (0, 0)  # its bytes in the file
    scale: StoredTensor | None = None  # of a tensor of whole numbers (own.py)
    folder: Path = Path()
    low: Low | None = None  # small matrices to be added (merging.py)


class Low(NamedTuple):
    """Two small matrices beside a tensor W [O, I] (turned: [I, O]): W + scale B A, brought to the lengths if there are any."""

    down: StoredTensor  # A [r, I]
    up: StoredTensor  # B [O, r]
    scale: float
    turned: bool
    lengths: StoredTensor | None


def weight_files(folder: Path) -> list[str]:
    """Names of the safetensors files of a folder."""
    if (folder / OWN_WEIGHTS).exists():
        return [OWN_WEIGHTS]
    if (folder / WEIGHTS).exists():
        return [WEIGHTS]
    if (folder / INDEX).exists():
        return sorted(set(read_index(folder).values()))
    pickles = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
    if pickles:
        raise InputError(
            "UNSAFE_WEIGHTS",
            folder / pickles[0],
            "pickled weights can run code and are never opened here",
            "where you trust it, load the folder with transformers and save_pretrained(), which writes safetensors",
        )
    raise InputError("NO_WEIGHTS", folder, f"there is no {WEIGHTS}", "name a folder with safetensors weights")


def read_index(folder: Path) -> dict[str, str]:
    """The file that each tensor of a folder cut into several files is in."""
    index = parse_json(read_verified(folder, INDEX), str(folder / INDEX))
    names = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(names, dict) or not names:
        raise InputError("BAD_INDEX", folder / INDEX, "it has no weight_map", COPY_AGAIN)
    for name in names.values():
        if not isinstance(name, str) or not name.isprintable() or Path(name).name != name or not name.endswith(".safetensors"):
            raise InputError(
                "BAD_INDEX", folder / INDEX, f"{printable(repr(name))} is not the plain name of a safetensors file"
            )
    return names


def tensors_of(folder: Path) -> dict[str, StoredTensor]:
    """All tensors that a model folder announces, by name; those of an index stand in the files that it names."""
    files = weight_files(folder)
    stored = headers(folder, files)
    if files not in ([OWN_WEIGHTS], [WEIGHTS]):
        for name, file in read_index(folder).items():
            if name not in stored or stored[name].file != file:
                raise InputError(
                    "BAD_INDEX",
                    folder / INDEX,
                    f"{printable(name)} is not in {printable(file)}",
                    "the folder is incomplete: copy it again",
                )
    return stored


def headers(folder: Path, files: Iterable[str]) -> dict[str, StoredTensor]:
    """All tensors of the files, by name."""
    stored: dict[str, StoredTensor] = {}
    for file in files:
        for tensor in read_header(folder / file):
            if tensor.name in stored:
                both = f"{stored[tensor.name].file} and {file}"
                raise InputError("DUPLICATE_TENSOR", folder, f"{printable(tensor.name)} stands in {both}")
            stored[tensor.name] = tensor
    return stored


def read_header(path: Path) -> list[StoredTensor]:
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
    stored = [describe(path, name, entry) for name, entry in header.items()]
    end = 0
    for tensor in sorted(stored, key=lambda one: one.place):
        if tensor.place[0] != end:
            what = "overlap" if tensor.place[0] < end else "leave out some"
            raise InputError(
                "DAMAGED_WEIGHTS", path, f"the bytes of {printable(tensor.name)} and of those before it {what}", COPY_AGAIN
            )
        end = tensor.place[1]
    if 8 + length + end != size:
        raise InputError("DAMAGED_WEIGHTS", path, f"{size} bytes, the header announces {8 + length + end}", COPY_AGAIN)
    start = 8 + length
    return [replace(tensor, place=(start + tensor.place[0], start + tensor.place[1])) for tensor in stored]


def describe(path: Path, name: str, entry: object) -> StoredTensor:
    """An entry of a header: its shape, its type and its bytes agree."""
    match entry:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [int(start), int(stop)]} if (
            all(type(n) is int and n >= 0 for n in (*shape, start, stop)) and start <= stop and len(shape) <= MOST_DIMENSIONS
        ):
            each = BYTES.get(dtype, OTHER_BYTES.get(dtype))
            if each is None:
                what = f"{printable(name)} is of the type {printable(dtype)}, which is not known"
                raise InputError("DAMAGED_WEIGHTS", path, what, COPY_AGAIN)
            if prod(shape) * each == stop - start:
                return StoredTensor(path.name, name, dtype, tuple(shape), (start, stop), folder=path.parent)
            what = f"{printable(name)} of {dtype} {shape} has {stop - start} bytes and should have {prod(shape) * each}"
            raise InputError("DAMAGED_WEIGHTS", path, what, COPY_AGAIN)
    raise InputError("DAMAGED_WEIGHTS", path, f"its header describes {printable(name)} wrongly", COPY_AGAIN)


def numbers_of(folder: Path, file: str) -> dict[str, Tensor]:
    """The tensors of a file, from the very bytes whose hash was compared."""
    try:
        return read_tensors(read_verified(folder, file))
    except (SafetensorError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise InputError("DAMAGED_WEIGHTS", folder / file, f"cannot be read: {printable(error)}", COPY_AGAIN) from None


def equal(one: StoredTensor, other: StoredTensor) -> bool:
    """Whether two tensors hold the same bytes."""
    if (one.dtype, one.shape) != (other.dtype, other.shape) or one.low != other.low:
        return False
    with (one.folder / one.file).open("rb") as first, (other.folder / other.file).open("rb") as second:
        first.seek(one.place[0])
        second.seek(other.place[0])
        left = one.place[1] - one.place[0]
        while left > 0:
            size = min(left, CHUNK)
            if first.read(size) != second.read(size):
                return False
            left -= size
    return True


Stored = StoredTensor  # the former name, for one version
