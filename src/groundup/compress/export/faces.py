"""What an exported model is asked by, for each kind of input: the module that is traced, its inputs, and drawn blocks on which
it is compared with the model in torch. Adding a kind is a function here and a row of `FACES`.

B sequences, T positions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from groundup.compress.export.padded_model import BlockModel, PaddedImageModel, PaddedModel
from groundup.compress.export.parity import random_blocks
from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.errors import InputError
from groundup.evaluate.exported import INPUTS, PIXELS
from groundup.evaluate.predictor import Predictor
from groundup.kinds.image.reader import Image, ImageReader

BATCH, TOKENS = "batch", "tokens"  # names of the sizes that are not fixed
IMAGES = (1, 3, 5)  # of a block


class Face(NamedTuple):
    """How others ask a model."""

    model: BlockModel
    examples: Mapping[str, Tensor]
    """Input -> an example of its shape; B = 2."""
    sizes: Mapping[int, str]
    """Dimension of every input -> the name of its size."""
    longest: int
    """Most tokens of a sequence, where their number is not fixed."""
    blocks: list[Flat]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.examples)


def make_face(predictor: Predictor, head: str | None) -> Face:
    """The face of a model of one kind. InputError for a kind that has none."""
    kind = predictor.reader.kind
    if kind not in FACES:
        what = f"reads rows of the kind {kind}; so far models of {' and '.join(FACES)} are exported in this form"
        raise InputError("NOT_EXPORTABLE", "model", what, "its folder is used by groundup as it is")
    return FACES[kind](predictor, head)


def text_inputs(predictor: Predictor) -> tuple[str, ...]:
    """input_ids, attention_mask and, of a model that tells segments apart, token_type_ids."""
    return INPUTS if predictor.model.config.num_segments > 1 else INPUTS[:2]


def text_face(predictor: Predictor, head: str | None) -> Face:
    """Blocks of ids [B, T], filled up on the right, with their mask."""
    model, longest, names = predictor.model, predictor.model.config.max_positions, text_inputs(predictor)
    words = np.setdiff1d(np.arange(model.config.vocab_size), predictor.encoder.ids.all)  # all but the special ones
    blocks = random_blocks(words, longest, len(names) > 2 and head is not None)
    return face_of_blocks(PaddedModel(model, head, predictor.pooling), names, longest, blocks)


def face_of_blocks(model: PaddedModel, names: Sequence[str], longest: int, blocks: list[Flat]) -> Face:
    examples = {name: torch.ones(2, min(7, longest), dtype=torch.int64) for name in names}  # one object would be one input
    return Face(model, examples, {0: BATCH, 1: TOKENS}, longest, blocks)


def image_face(predictor: Predictor, head: str | None) -> Face:
    """pixel_values [B, channels, side, side] as the folder's preprocessor gives them, like `transformers`' ViT."""
    reader = predictor.reader
    assert isinstance(reader, ImageReader)
    shape = (reader.transform.channels, reader.transform.size, reader.transform.size)
    blocks = []
    for number, count in enumerate(IMAGES):
        shares = draws.uniform(draws.key(0, "parity"), number, np.arange(count * int(np.prod(shape))))
        pixels = (shares * 256).astype(np.uint8).reshape(count, *shape)
        packed = reader.pack([(Image(f"drawn {place}", pixels=one),) for place, one in enumerate(pixels)])
        blocks.append(packed.lay(np.arange(count), np.arange(count), {}))
    model = PaddedImageModel(predictor.model, head, predictor.pooling)
    return Face(model, {PIXELS: torch.zeros(2, *shape)}, {0: BATCH}, int(blocks[0].lengths[0]), blocks)


FACES: dict[str, Callable[[Predictor, str | None], Face]] = {"text": text_face, "image": image_face}
