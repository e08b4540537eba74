"""A small trained-like model, rows of uneven lengths, and a way to train in memory."""

from dataclasses import replace

import numpy as np
import torch

from groundup.compress.work import Work
from groundup.data.rows import Rows
from groundup.kinds.text.packed import PackedTexts
from groundup.nn.config import PooledHeadConfig, Rotary, TransformerConfig
from groundup.nn.model import Model
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from groundup.tasks.classification import Classification
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.run import Plan, Training
from groundup.train.schedule import Schedule

SIZES = {"vocab_size": 64, "hidden_size": 32, "num_layers": 6, "num_heads": 4, "intermediate_size": 64}
BERT = TransformerConfig(**SIZES, num_segments=2, pooler=True, dropout=0.1, attention_dropout=0.1)
MODERN = TransformerConfig(
    **SIZES,
    positions=Rotary(),
    norm_place="before",
    first_norm=False,
    final_norm=True,
    gated=True,
    windows=(0, 3, 3, 0, 3, 3),
    bias=False,
)
LLAMA = TransformerConfig(
    **SIZES,
    causal=True,
    positions=Rotary(),
    norm="rms",
    norm_place="before",
    gated=True,
    final_norm=True,
    embedding_norm=False,
    num_kv_heads=2,
)
CASES = {
    "bert": (BERT, PooledHeadConfig(classes=3)),
    "modern": (MODERN, PooledHeadConfig(classes=3, pooling="mean", dense=True)),
    "llama": (LLAMA, PooledHeadConfig(classes=3, pooling="mean")),
}
EPOCH = 23


def build(case="bert", classes=3, **changes) -> Model:
    config, head = CASES[case]
    model = Model(replace(config, **changes), {"label": replace(head, classes=classes)}, seed=0)
    generator = torch.Generator().manual_seed(1)
    for p in model.parameters():
        p.data += 0.05 * torch.randn(p.shape, generator=generator)
    return model.eval()


def rows(count=EPOCH, seed=0, longest=19, classes=3, segments=True) -> Rows:
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, longest, count)
    sequences = [rng.integers(5, 64, n) for n in lengths]
    framed = PackedTexts(sequences, lengths // 2 if segments else None, np.arange(count), np.zeros(count, dtype=bool))
    return Rows(framed, rng.integers(0, classes, count), seed)


def batch_of(count=7, classes=3, segments=True):
    return make_batch(rows(classes=classes, segments=segments).batch(np.arange(count)), LabelCrossEntropy())


def work(model, home, steps=4, made=None, segments=True, classes=3, objective=None, examples=None) -> Work:
    """`made`: list into which trainings are put as the methods want them."""
    examples, objective = examples or rows(classes=classes, segments=segments), objective or LabelCrossEntropy()

    def fit(model, name, *, customize=None, share=1.0):
        def batches(number):
            return [make_batch(examples.batch(np.arange((number - 1) * 8, number * 8)), objective)]

        plan = Plan(steps, 1, steps, steps)
        training = Training(model, objective, batches, AdamW(model.named_parameters()), Schedule(1e-3, 0.1, 0.0))
        training = training if customize is None else customize(training, plan)
        if made is not None:
            made.append(training)
        for _ in train(
            training.model, training.objective, training.batches, training.optimizer, training.schedule, steps=steps
        ):
            pass
        return model.eval()

    task = Classification({"labels": [f"label {n}" for n in range(classes)]})
    return Work(model, "bert", task, None, examples, examples, objective, 0, 8, home, fit, lambda line: None)


def weights(model):
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
