"""A corpus of random words: a step costs the same on it as on real text."""

from __future__ import annotations

import numpy as np
from tokenizers import Tokenizer, models

from groundup.data.tokenizers.special_tokens import ROLES, SPECIALS
from groundup.data.tokenizers.tokenizer import Encoder


class Drawn:
    """Documents of random words; a sentence has `sentence` tokens, or is the whole document."""

    def __init__(self, vocab_size: int, tokens: int, documents: int = 1, sentence: int | None = None):
        self.num_tokens = tokens * documents
        self.tokens = np.random.default_rng(0).integers(len(SPECIALS), vocab_size, self.num_tokens)
        each = np.arange(0, tokens, sentence or tokens)
        starts = (np.arange(documents)[:, None] * tokens + each).ravel()
        self.sentence_starts = np.append(starts, self.num_tokens)
        self.document_starts = np.arange(documents + 1) * len(each)

    def slice(self, start: int, stop: int) -> np.ndarray:
        return self.tokens[start:stop]


def make_tokenizer(vocab_size: int) -> Tokenizer:
    words = SPECIALS + [f"w{i}" for i in range(vocab_size - len(SPECIALS))]
    return Tokenizer(models.WordPiece({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))


def make_encoder(vocab_size: int) -> Encoder:
    return Encoder(make_tokenizer(vocab_size), dict(zip(ROLES, SPECIALS, strict=True)))
