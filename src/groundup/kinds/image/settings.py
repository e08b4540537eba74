"""How a model that learns to read images sees them, where it has not seen any before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from groundup.config import Positive


@dataclass(frozen=True, kw_only=True)
class NewImageSettings:
    """Images as squares of one size, in patches, each a token."""

    size: Positive = 64
    """Side in pixels."""
    patch_size: Positive = 8
    """Side of a patch in pixels."""
    channels: Literal[1, 3] = 3
    """3 for color, 1 for gray."""

    def check(self) -> Iterable[tuple[str, str]]:
        if not 8 <= self.size <= 1024:
            yield "size", f"{self.size} is not from 8 to 1024"
        if self.size % self.patch_size:
            yield "patch_size", f"squares of {self.patch_size} do not fill an image of {self.size} pixels"
