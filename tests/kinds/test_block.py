"""Rows as the inputs of an exported model: of every kind, alone and among others, whatever is missing."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from groundup.data.batches.ragged_batch import Flat
from groundup.evaluate.exported import ExportedShape, describe_shape, shape_of
from groundup.kinds.known import make_feed
from groundup.kinds.text.reader import TextReader
from groundup.nn.inputs import Cells, Patches, Words
from groundup.nn.kind_tokens import KindTokens
from tests.kinds.test_every_kind import KINDS, LENGTH, laid, rows_of
from tests.tasks.reading_models import make_encoder

PATCHES, CELLS = Patches(size=4, image_size=8), Cells(rows=9, columns=3, values=2)


@pytest.mark.parametrize("name", KINDS)
def test_a_block_holds_the_tokens_of_each_row_behind_a_mask(name, tmp_path):
    kind = KINDS[name](tmp_path)
    flat = laid(kind.reader.pack(rows_of(kind), LENGTH))
    feed = make_feed(kind.reader.inputs)
    tokens, *mask = feed(flat).values()
    assert len(tokens) == len(flat.lengths)
    if not mask:
        return  # of images, which are all of one size, pixels alone are asked for
    assert mask[0].sum(1).tolist() == flat.lengths.tolist()
    np.testing.assert_array_equal(tokens[mask[0] > 0], flat.tokens)


def test_pixels_are_those_that_were_cut(tmp_path):
    kind = KINDS["image"](tmp_path)
    reader, packed = kind.reader, kind.reader.pack(rows_of(kind))
    (pixels,) = make_feed(reader.inputs)(laid(packed)).values()
    shades = (packed.pixels / 255 - np.array(reader.transform.mean)[:, None, None]) / np.array(reader.transform.deviation)[
        :, None, None
    ]
    np.testing.assert_allclose(pixels, shades, atol=1e-5)


def test_rows_without_a_kind_have_an_empty_mask_there_and_stay_in_their_order():
    """Three rows: cells alone, nothing, an image; no row has a text."""
    cells = KindTokens(np.full((2, 3), 5, np.float32), np.zeros(2, np.int64), np.array([1, 2]))
    image = KindTokens(np.ones((5, 48), np.float32), np.arange(5), np.arange(5, 10))
    flat = Flat(np.empty(0, np.int64), np.array([3, 1, 6]), np.arange(3), parts={"image": image, "table": cells})
    fed = make_feed((Words(), PATCHES, CELLS))(flat)
    assert list(fed) == [
        "input_ids",
        "attention_mask",
        "token_type_ids",
        "pixel_values",
        "image_mask",
        "table_tokens",
        "table_mask",
    ]
    assert fed["attention_mask"].tolist() == [[0], [0], [0]]
    assert fed["image_mask"].tolist() == [0, 0, 1]
    assert fed["pixel_values"].sum((1, 2, 3)).tolist() == [0, 0, 4 * 48]
    assert fed["table_mask"].tolist() == [[1, 1, 0, 0], [0] * 4, [0] * 4]
    assert fed["table_tokens"][0, :2].tolist() == [[5, 5, 5], [5, 5, 5]]


@dataclass(frozen=True)
class Frames:
    """A kind that nobody has heard of."""

    kind: ClassVar[str] = "sound"
    ordered: ClassVar[bool] = True
    token_shape: ClassVar[tuple[int, ...]] = (2,)
    most_tokens: ClassVar[int] = 4


def test_a_kind_that_names_nothing_is_asked_by_tokens_and_a_mask():
    flat = Flat(np.arange(8, dtype=np.float32).reshape(4, 2), np.array([3, 1]), np.arange(2))
    fed = make_feed((Frames(),))(flat)
    assert fed["sound_tokens"].tolist() == [[[0, 1], [2, 3], [4, 5], [0, 0]], [[6, 7], [0, 0], [0, 0], [0, 0]]]
    assert fed["sound_mask"].tolist() == [[1, 1, 1, 0], [1, 0, 0, 0]]


@pytest.mark.parametrize("inputs", [(Words(),), (PATCHES,), (CELLS,), (Words(), PATCHES, CELLS)])
def test_what_an_exported_model_reads_is_read_back_from_its_manifest(inputs):
    shape = ExportedShape(inputs, 40)
    assert shape_of(describe_shape(shape)) == shape


def test_folders_that_were_exported_before_say_what_they_read():
    assert shape_of({"inputs": ["input_ids"]}).inputs == (Words(),)
    assert shape_of({"patches": {"size": 4, "image_size": 8, "channels": 3}}).inputs == (PATCHES,)


def test_rows_do_not_end_in_the_token_that_the_model_takes_for_padding():
    reader = TextReader(make_encoder())
    (whole,) = reader.pack([("a b",)], LENGTH).sequences
    reader.spare_padding(reader.encoder.around.sep + 1)
    assert reader.pack([("a b",)], LENGTH).sequences[0].tolist() == whole.tolist()
    reader.spare_padding(reader.encoder.around.sep)
    assert reader.pack([("a b",)], LENGTH).sequences[0].tolist() == whole[:-1].tolist()
