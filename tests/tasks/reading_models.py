"""Small tokenizers and random models for tests of tasks."""

from collections.abc import Sequence

import numpy as np

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.data.tokenizers.training import train_tokenizer
from groundup.kinds.text.reader import TextReader
from groundup.nn.config import TransformerConfig
from groundup.nn.model import Model

TEXTS = [
    "Zoë Müller met 王小明 in São Paulo, near the café.",
    "The lamp of 北京大学 is old; 李雷 likes ＡＢＣ公司 and New York.",
    "Émile 😀 Zola\u00a0wrote “J’accuse”.",
    "a b c d e f g h",
] * 4


def make_encoder(kind: str = "wordpiece", lowercase: bool = True) -> Encoder:
    """A tokenizer trained on a few mixed sentences."""
    settings = TokenizerSettings(kind=kind, vocab_size=320, lowercase=lowercase, min_frequency=1)
    return train_tokenizer(lambda: iter(TEXTS), settings)


def make_model(reader: TextReader, task, usual) -> Model:
    """A random model with the task's head, in eval mode."""
    vocabulary = reader.encoder.vocab_size
    shape = TransformerConfig(vocab_size=vocabulary, hidden_size=32, num_layers=2, num_heads=4, intermediate_size=64)
    return Model(shape, {task.head: task.make_head(usual, shape)}, seed=3).eval()


def certain(marks: Sequence[np.ndarray], outputs: int, not_asked: int = -100) -> list[np.ndarray]:
    """What a head would say that knows the number of each asked token: [asked, outputs] for each sequence."""
    return [np.where(np.eye(outputs)[mark[mark != not_asked]], 5.0, -5.0).reshape(-1, outputs) for mark in marks]


def make_reader(kind: str = "wordpiece", lowercase: bool = True) -> TextReader:
    """The same as what reads rows."""
    return TextReader(make_encoder(kind, lowercase))
