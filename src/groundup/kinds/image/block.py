"""Images as others ask a model for them: pixels, by the names of Hugging Face.

B images, C channels, S side.
"""

from __future__ import annotations

import numpy as np

from groundup.kinds.block import COUNTS, Block
from groundup.kinds.image.patches import join
from groundup.nn.config import TransformerConfig
from groundup.nn.inputs import Patches

PIXELS = "pixel_values"


class ImageBlock(Block[Patches]):
    """pixel_values [B, C, S, S] as preprocessor_config.json says and, among other kinds, image_mask [B]: who has one."""

    def __init__(self, one: Patches, alone: bool):
        super().__init__(one, alone)
        self.names = (PIXELS,) if alone else (PIXELS, f"{one.kind}_mask")

    def arrays(self, tokens: np.ndarray, lengths: np.ndarray, segments: np.ndarray | None) -> list[np.ndarray]:
        there = lengths > 0
        pixels = np.zeros((len(lengths), self.one.channels, self.one.image_size, self.one.image_size), np.float32)
        pixels[there] = join(tokens.reshape(-1, self.most, self.one.values)[:, 1:], self.one.channels)
        return [pixels] if self.alone else [pixels, there.astype(np.int64)]

    def drawn_lengths(self, config: TransformerConfig) -> list[tuple[int, ...]]:
        """An image is as large as all others."""
        return [(self.most,) * count for count in COUNTS]
