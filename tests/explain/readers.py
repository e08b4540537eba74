"""Small random models that are read: by ids alone, where each token is a part, or with a tokenizer and a task."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch

from groundup.evaluate.predictor import Predictor
from groundup.explain.embedded_input import EmbeddedInput
from groundup.kinds.parts import ExplanationUnit
from groundup.kinds.text.packed import Places
from groundup.kinds.text.reader import TextReader
from groundup.nn.config import PooledHeadConfig, Rotary, TokenHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.tasks.known import make_task
from tests.tasks.reading_models import make_encoder

BERT = TransformerConfig(
    vocab_size=40,
    hidden_size=24,
    num_layers=2,
    num_heads=3,
    intermediate_size=36,
    num_segments=2,
    pooler=True,
    max_positions=64,
)
MODERN = replace(
    BERT,
    positions=Rotary(),
    num_segments=0,
    norm_place="before",
    final_norm=True,
    first_norm=False,
    gated=True,
    norm_bias=False,
    bias=False,
    pooler=False,
    windows=(0, 3),
)
GPT2 = replace(
    BERT,
    norm_place="before",
    final_norm=True,
    embedding_norm=False,
    causal=True,
    activation="gelu_tanh",
    num_segments=0,
    pooler=False,
)
LLAMA = replace(GPT2, positions=Rotary(), norm="rms", gated=True, activation="silu", bias=False, num_heads=6, num_kv_heads=2)
SHAPES = {"bert": BERT, "modern": MODERN, "gpt2": GPT2, "llama": LLAMA}
HEADS = {
    "bert": PooledHeadConfig(classes=3),
    "modern": PooledHeadConfig(classes=3, pooling="mean", dense=True, dense_bias=False),
    "gpt2": TokenHeadConfig(dense=False, output_bias=False),
    "llama": TokenHeadConfig(dense=False, output_bias=False, tied=False),
}


def rough(model: Model, size: float = 0.3, biases: bool = True) -> Model:
    """The model with larger numbers, so that nothing in it is nearly linear; biases drawn, too, or none."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias") and not biases:
                parameter.zero_()
            else:
                parameter += size * torch.randn(parameter.shape, generator=generator)
    return model.eval()


@dataclass
class Tokens:
    """Embedded: a part for every token but the first. The number is an output less another, at the first or last token."""

    model: Model
    ids: list[list[int]]
    seconds: list[int] | None = None
    offset: float = 0.0
    texts: tuple[str, ...] = ()
    target: str = "one - other (logits)"
    fixed: int = 1
    held: dict[int, torch.Tensor] = field(default_factory=dict)

    def __post_init__(self):
        windows = [np.array(ids) for ids in self.ids]
        none = [Places(*(np.zeros(len(ids), np.int64) for _ in range(4))) for ids in self.ids]
        self.inputs = EmbeddedInput(self.model, windows, none, self.seconds)
        self.rows, self.bounds, self.max_batch = self.inputs.rows.clone(), self.inputs.bounds, self.inputs.max_batch
        for at, row in self.held.items():
            self.rows[at] = row
        self.owner = np.arange(len(self.rows)) - self.fixed
        self.owner[: self.fixed] = -1
        self.parts = tuple(ExplanationUnit(f"token {n}") for n in range(len(self.rows) - self.fixed))
        owned = torch.from_numpy(self.owner >= 0)[:, None]
        table = self.model.backbone.token_embedding.weight.detach()
        self.baseline = torch.where(owned, table[3], self.rows)
        self.other_baseline = torch.where(owned, table.mean(0), self.rows)
        (self.head,) = self.model.heads
        last = self.head == "lm" or self.model.heads[self.head].pools_last
        self.positions = [(n, len(window) - 1 if last else 0) for n, window in enumerate(windows)]
        self.readout = [np.eye(len(window))[place] / len(windows) for window, (_, place) in zip(windows, self.positions)]

    def numbers(self, rows):
        told = self.inputs.outputs(self.head, self.positions, rows)
        return (told[..., 1] - told[..., 2]).mean(1) + self.offset

    def values(self, present):
        there = torch.from_numpy(np.concatenate([present, np.ones((len(present), 1), bool)], 1)[:, self.owner])
        with torch.inference_mode():
            return self.numbers(torch.where(there[..., None], self.rows, self.baseline)).double().numpy()


def tokens(name: str, ids=((5, 9, 17, 2, 30, 9, 11),), biases: bool = True, **kept) -> Tokens:
    """A random model of a shape, and ids that it reads."""
    model = Model(SHAPES[name], {"lm" if name in ("gpt2", "llama") else "label": HEADS[name]}, seed=3)
    return Tokens(rough(model, biases=biases), [list(one) for one in ids], **kept)


FACTS = {
    "classification": {"labels": ["bad", "fair", "good"]},
    "multilabel": {"labels": ["art", "law", "war"]},
    "regression": {"mean": 2.0, "deviation": 3.0},
    "tagging": {"labels": ["PER", "WHERE"], "unit": "word"},
    "answering": {"longest": 6},
}


def predictor(
    task: str | None = "classification",
    encoder=None,
    pair: bool = False,
    length: int = 64,
    too_long: str = "truncate",
    shape: TransformerConfig = BERT,
) -> Predictor:
    """A random model with a task, or one that writes on, and a small tokenizer."""
    encoder = encoder or make_encoder()
    shape = replace(shape, vocab_size=encoder.vocab_size + 3)
    if task is None:
        model = Model(shape, {"lm": TokenHeadConfig(dense=False, output_bias=False)}, seed=3)
        return Predictor(rough(model), TextReader(encoder), None, {"max_length": length})
    made = make_task(task, FACTS[task])
    model = rough(Model(shape, {made.head: made.make_head(PooledHeadConfig(classes=3), shape)}, seed=3))
    facts = {"max_length": length, "too_long": too_long, "text_columns": ["one", "two"] if pair else ["one"]}
    return Predictor(model, TextReader(encoder), made, facts)
