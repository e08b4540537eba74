"""Images on pages: as PNG inside the page, and with patches shaded. P patches."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape as escape_markup

import numpy as np

from groundup.html import Html, tag
from groundup.kinds.image.png import data_uri
from groundup.kinds.parts import Picture

SMALL = 96  # pixels of a side below which they are shown as squares
STRONGEST = 0.75  # opacity of the shade of the strongest patch
SHOWN = 260  # width on a page
THUMBNAIL = 96


def name_of(picture: Picture) -> str:
    """The same for equal images: what stands once on a page is drawn again by its name."""
    return f"picture-{hashlib.sha256(picture.pixels.tobytes()).hexdigest()[:12]}"


def image_element(picture: Picture, size: float, name: str | None = None, x: float = 0.0, y: float = 0.0) -> Html:
    """The image as an element of an SVG."""
    style = "image-rendering: pixelated" if picture.pixels.shape[-1] < SMALL else None
    return tag(
        "image",
        href=Html(data_uri(picture.pixels)),
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


def small_picture(address: str, caption: str) -> Html:
    """A thumbnail by its address, which holds it (`kinds/image/png.py`)."""
    image = tag("image", href=Html(escape_markup(address)), width=THUMBNAIL, height=THUMBNAIL)
    return tag("svg", tag("title", caption), image, viewBox=f"0 0 {THUMBNAIL} {THUMBNAIL}", width=THUMBNAIL, height=THUMBNAIL)


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
