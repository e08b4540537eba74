"""An image of Pillow as people see it: upright, in 8 bits, on white where nothing is drawn. What was done to it has a name,
which is counted and said; what has no one right reading is refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from groundup.errors import InputError

WHITE = 255
TURNED, SCALED, LAID = "turned", "scaled", "laid"
CHANGES = (TURNED, SCALED, LAID)  # of each an "images ..." is among the messages
ORIENTATION, UPRIGHT = 0x0112, 1


def upright(image: Any, mode: str, name: str) -> tuple[Any, set[str]]:
    """The image in `mode` (L or RGB), and what was done to it, by the names of CHANGES. InputError for several frames and for
    numbers of 32 bits."""
    from PIL import Image, ImageOps

    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        raise InputError("MANY_FRAMES", name, f"has {frames} frames", "save the one that is meant as an image", limit="1")
    done = set()
    if image.getexif().get(ORIENTATION, UPRIGHT) != UPRIGHT:
        image = ImageOps.exif_transpose(image)
        done.add(TURNED)
    if image.mode.startswith("I;16"):
        clear = image.info.get("transparency")
        deep = np.asarray(image).astype(np.uint32)
        image = Image.fromarray(((deep + 128) // 257).astype(np.uint8))
        if clear is not None:
            image.putalpha(Image.fromarray(np.where(deep == clear, 0, WHITE).astype(np.uint8)))
        done.add(SCALED)
    elif image.mode in ("I", "F"):
        raise InputError(
            "BAD_IMAGE",
            name,
            f"holds numbers of 32 bits (mode {image.mode}), and does not say which is white",
            "save it with 8 or 16 bits",
        )
    if image.has_transparency_data:
        image = image.convert("RGBA")
        if int(np.asarray(image.getchannel("A")).min()) < WHITE:
            done.add(LAID)
            image = Image.alpha_composite(Image.new("RGBA", image.size, (WHITE,) * 4), image)
    return image.convert(mode), done
