"""Changes of a model folder's files: JSON values turned into others, keys lost or doubled, bytes flipped, files cut."""

import json
import random
from collections.abc import Callable
from pathlib import Path

VALUES = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    3,
    0.0,
    -0.5,
    1e300,
    1e-300,
    2**31,
    2**62,
    10**6,
    "",
    "x",
    "../x",
    "\u0000",
    [],
    {},
    [1],
    ["a"],
    [[]],
    {"a": 1},
    [None],
    {"0": []},
    "F32",
    "I8",
    "F8_E4M3",
    "gelu",
    "bert",
    "LORA",
]


def places(value: object, path: tuple = ()) -> list[tuple]:
    """The paths of all values inside a value of JSON."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inside for found in places(one, (*path, key)))]


def turned(value: object, draw: random.Random) -> object:
    """A value of JSON with one value in it turned into another, lost, or moved."""
    copy = json.loads(json.dumps(value))
    path = draw.choice(places(copy)[1:] or [()])
    if not path:
        return draw.choice(VALUES)
    owner = copy
    for key in path[:-1]:
        owner = owner[key]
    way = draw.randrange(5)
    if way == 0 and isinstance(owner, dict):
        owner[draw.choice([*owner, "more", "", "0"])] = owner.pop(path[-1])
    elif way == 1:
        del owner[path[-1]]
    elif way == 2 and isinstance(owner[path[-1]], int):
        owner[path[-1]] += draw.choice([-1, 1, 4, -4, 2**40])
    else:
        owner[path[-1]] = draw.choice(VALUES)
    return copy


def broken(data: bytes, draw: random.Random) -> bytes:
    """Bytes with a few flipped, cut off, doubled or put in."""
    way, at = draw.randrange(4), draw.randrange(max(1, len(data)))
    if way == 0:
        return data[:at]
    if way == 1:
        return data[:at] + data[at // 2 :]
    if way == 2:
        return data[:at] + draw.choice([b"{", b"}", b'"', b"[", b"\x00", b"\xff", b",", b"9" * 30, b'"a":1,']) + data[at:]
    flipped = bytearray(data)
    for _ in range(draw.randrange(1, 4)):
        flipped[draw.randrange(len(flipped))] ^= 1 << draw.randrange(8)
    return bytes(flipped)


def change_json(path: Path, draw: random.Random) -> bytes:
    data = path.read_bytes()
    return broken(data, draw) if draw.random() < 0.3 else json.dumps(turned(json.loads(data), draw)).encode()


def change_header(path: Path, draw: random.Random) -> bytes:
    """A safetensors file with another header, its length right or wrong, and the old numbers behind it."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header, rest = data[8 : 8 + length], data[8 + length :]
    header = broken(header, draw) if draw.random() < 0.3 else json.dumps(turned(json.loads(header), draw)).encode()
    size = len(header) if draw.random() < 0.9 else draw.choice([0, 1, len(header) - 1, len(header) + 9, 2**40, 2**63])
    return size.to_bytes(8, "little") + header + rest


CHANGES: dict[str, Callable[[Path, random.Random], bytes]] = {".json": change_json, ".safetensors": change_header}
