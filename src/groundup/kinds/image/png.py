"""Pixels as PNG, for pages and reports: no library of images is needed to write one.

C channels, S side in pixels.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLORS = {1: 0, 3: 2, 4: 6}  # channels -> color type: gray, RGB, RGB with transparency


def png(pixels: np.ndarray) -> bytes:
    """A PNG file of bytes [C, S, S] with 1, 3 or 4 channels (ISO/IEC 15948)."""
    channels, height, width = pixels.shape
    head = struct.pack(">IIBBBBB", width, height, 8, COLORS[channels], 0, 0, 0)
    rows = np.ascontiguousarray(pixels.transpose(1, 2, 0)).reshape(height, width * channels)
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)  # 0: each line as it is
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def data_uri(pixels: np.ndarray) -> str:
    """The file as an address that holds it."""
    return f"data:image/png;base64,{b64encode(png(pixels)).decode()}"


def thumbnail(pixels: np.ndarray, side: int) -> np.ndarray:
    """[C, s, s] bytes, s at least `side` where the image is larger: means of squares of pixels."""
    step = max(1, pixels.shape[-1] // side)
    size = pixels.shape[-1] // step
    squares = pixels[:, : size * step, : size * step].reshape(len(pixels), size, step, size, step)
    return squares.mean(axis=(2, 4)).round().astype(np.uint8)
