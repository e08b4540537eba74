"""One vector per text, from the states of an encoder: their mean, or the first one, as the model was trained to be read.

R texts, S sequences, N tokens, C hidden. Windows over a long text count by their length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from groundup.data.batches.pairs import Specials
from groundup.data.batches.ragged_batch import Flat
from groundup.data.rows import Rows
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import InputError
from groundup.kinds.text.packed import PackedTexts, frame, joined

Span = tuple[int, int]  # characters [start, stop)


def framed_texts(texts: Sequence[str], encoder: Encoder, length: int) -> PackedTexts:
    """`[CLS] text [SEP]`; a text longer than `length` tokens is read through windows."""
    return frame([(text,) for text in texts], encoder, length, "window")


def hidden_texts(texts: Sequence[str], hidden: Sequence[Sequence[Span]], encoder: Encoder, length: int) -> PackedTexts:
    """The beginning of each text, at most `length` tokens, with the mask token for each token that touches a hidden span.

    A text that is there many times is encoded once. Raises `InputError` where the tokenizer has no mask token.
    """
    if encoder.ids.mask < 0:
        raise InputError("NO_MASK", "tokenizer", "has no token that stands for a hidden word", "use an encoder that has one")
    distinct = list(dict.fromkeys(texts))
    located = encoder.locate(distinct)
    ids = {text: np.array(one.ids[: length - 2], dtype=np.int64) for text, one in zip(distinct, located, strict=True)}
    places = {text: np.stack([one.start, one.end], axis=1)[: length - 2] for text, one in zip(distinct, located, strict=True)}
    specials, sequences = Specials(encoder.ids.cls, encoder.ids.sep), []
    for text, spans in zip(texts, hidden, strict=True):
        tokens, (starts, stops) = ids[text].copy(), places[text].T
        for start, stop in spans:
            tokens[(starts < stop) & (stops > start)] = encoder.ids.mask
        sequences.append(joined([tokens.tolist()], specials))
    long = {text: len(one.ids) > length - 2 for text, one in zip(distinct, located, strict=True)}
    return PackedTexts(sequences, None, np.arange(len(texts)), np.array([long[text] for text in texts], dtype=bool))


def embed(pooled: Callable[[Flat], np.ndarray], framed: PackedTexts, size: int) -> np.ndarray:
    """[R, C] float32: the `pooled` states [B, C] of each text, special tokens among them; of several windows their weighted
    mean."""
    total = np.zeros((framed.num_rows, size), dtype=np.float64)
    counts = np.zeros(framed.num_rows)
    if not framed.sequences:
        return total.astype(np.float32)
    for flat in Rows(framed, None, seed=0).in_order_of_length():
        owner = framed.owner[flat.origins]
        np.add.at(total, owner, pooled(flat).astype(np.float64) * flat.lengths[:, None])
        np.add.at(counts, owner, flat.lengths)
    return (total / counts[:, None]).astype(np.float32)
