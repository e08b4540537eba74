"""Images on pages: as PNG inside the page, and with patches shaded. It needs no library of images.

C channels, S side in pixels, P patches.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence

import numpy as np

from groundup.html import Html, tag
from groundup.kinds.parts import Picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLORS = {1: 0, 3: 2, 4: 6}  # channels -> color type: gray, RGB, RGB with transparency
SMALL = 96  # pixels of a side below which they are shown as squares
STRONGEST = 0.75  # opacity of the shade of the strongest patch
SHOWN = 260  # width on a page


def png(pixels: np.ndarray) -> bytes:
    """A PNG file of bytes [C, S, S] with 1, 3 or 4 channels (ISO/IEC 15948)."""
    channels, height, width = pixels.shape
    head = struct.pack(">IIBBBBB", width, height, 8, COLORS[channels], 0, 0, 0)
    rows = np.ascontiguousarray(pixels.transpose(1, 2, 0)).reshape(height, width * channels)
    lines = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1)  # 0: each line as it is
    return SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def data_uri(pixels: np.ndarray) -> Html:
    return Html(f"data:image/png;base64,{b64encode(png(pixels)).decode()}")


def name_of(picture: Picture) -> str:
    """The same for equal images: what stands once on a page is drawn again by its name."""
    return f"picture-{hashlib.sha256(picture.pixels.tobytes()).hexdigest()[:12]}"


def image_element(picture: Picture, size: float, name: str | None = None, x: float = 0.0, y: float = 0.0) -> Html:
    """The image as an element of an SVG."""
    style = "image-rendering: pixelated" if picture.pixels.shape[-1] < SMALL else None
    return tag(
        "image",
        href=data_uri(picture.pixels),
        x=x,
        y=y,
        width=size,
        height=size,
        style=style,
        id=name,
        preserveAspectRatio="none",
    )


def patch_shades(
    picture: Picture,
    strong: np.ndarray,
    notes: Sequence[str],
    size: float,
    kinds: tuple[str, str],
    x: float = 0.0,
    y: float = 0.0,
) -> list[Html]:
    """A rectangle over each patch, in the class of `kinds` for it or against it, as strong as its score [P], from -1 to 1."""
    side, step = picture.side, size / picture.side
    return [
        tag(
            "rect",
            tag("title", note),
            x=x + step * (place % side),
            y=y + step * (place // side),
            width=step,
            height=step,
            class_=kinds[0] if strength > 0 else kinds[1],
            fill_opacity=STRONGEST * abs(float(strength)),
        )
        for place, (strength, note) in enumerate(zip(strong, notes, strict=True))
    ]


def plain_picture(picture: Picture, caption: str) -> Html:
    """The image as it is."""
    return picture_of([image_element(picture, SHOWN, name_of(picture))], caption)


def heat_map(picture: Picture, strong: np.ndarray, notes: Sequence[str], caption: str) -> Html:
    """The image, which stands on the page already, under the shades of its patches."""
    again = tag("use", href=f"#{name_of(picture)}", style="filter: grayscale(1)")
    return picture_of([again, *patch_shades(picture, strong, notes, SHOWN, ("f0", "f1"))], caption)


def picture_of(elements: Sequence[Html], caption: str) -> Html:
    box = f"0 0 {SHOWN} {SHOWN}"
    picture = tag("svg", *elements, viewBox=box, width=SHOWN, height=SHOWN, role="img", aria_label=caption)
    return tag("figure", tag("figcaption", caption), picture)
