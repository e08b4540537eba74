"""Images in a prepared folder: bytes of pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundup.kinds.stored_kind import StoredKind


def cell_shape(facts: Mapping[str, Any]) -> tuple[int, int, int]:
    """[C, S, S] of channels and side."""
    return int(facts["channels"]), int(facts["size"]), int(facts["size"])


STORED_IMAGES = StoredKind(kind="image", plural="images", shape=cell_shape)
