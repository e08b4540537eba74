"""The loss of a text to be written, against torch, and with it eight pairs learned by heart."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from groundup.kinds.text.packed import PackedTexts
from groundup.nn.config import TokenHeadConfig, TransformerConfig
from groundup.nn.decoding import Decoding
from groundup.nn.generate import generate
from groundup.nn.model import Model
from groundup.objectives.objective import make_batch, make_inputs
from groundup.objectives.seq2seq_lm import Seq2SeqLM
from groundup.tasks.writing import PairRows, in_order
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule

VOCAB, START, END = 64, 1, 3
DECODER = TransformerConfig(
    vocab_size=VOCAB,
    hidden_size=32,
    num_layers=2,
    num_heads=4,
    intermediate_size=64,
    causal=True,
    cross_attention=True,
    norm_place="before",
    final_norm=True,
    embedding_norm=False,
)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.3])
def test_loss_and_gradient_are_those_of_torch(smoothing):
    random = torch.Generator().manual_seed(0)
    logits = torch.randn(7, VOCAB, generator=random, requires_grad=True)
    wanted = torch.randint(0, VOCAB, (7,), generator=random)
    ours = Seq2SeqLM(smoothing).losses({"lm": logits}, {"lm": wanted})["lm"]
    theirs = F.cross_entropy(logits, wanted, label_smoothing=smoothing, reduction="sum")
    (gradient,) = torch.autograd.grad(ours, logits)
    torch.testing.assert_close(ours, theirs, rtol=1e-6, atol=1e-5)
    torch.testing.assert_close(gradient, torch.autograd.grad(theirs, logits)[0], rtol=1e-5, atol=1e-6)


def test_smoothing_spreads_its_share_over_all_words():
    logits = torch.randn(5, VOCAB, generator=torch.Generator().manual_seed(1))
    wanted = torch.arange(5)
    logs = logits.log_softmax(-1)
    expected = -(0.9 * logs[torch.arange(5), wanted] + 0.1 * logs.mean(-1)).sum()
    assert float(Seq2SeqLM(0.1).losses({"lm": logits}, {"lm": wanted})["lm"]) == pytest.approx(float(expected), rel=1e-6)


def test_eight_pairs_are_learned_by_heart_and_written():
    """The longest source has the shortest target, so what is left to write about gets shorter on the way."""
    rng = np.random.default_rng(0)
    sources = [np.append(rng.integers(5, VOCAB, 1 + 2 * n), END) for n in range(8)]
    wanted = [[*rng.integers(5, VOCAB, 9 - n).tolist(), END] for n in range(8)]
    rows = PairRows(PackedTexts(sources, None, np.arange(8), np.zeros(8, dtype=bool)), wanted, START, seed=0)
    model = Model(
        DECODER,
        {"lm": TokenHeadConfig(dense=False, output_bias=False)},
        seed=0,
        encoder=replace(DECODER, causal=False, cross_attention=False),
    )
    objective = Seq2SeqLM(0.1)
    batch = make_batch(rows.batch(np.arange(8)), objective)
    optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)
    for _ in train(model, objective, lambda _: [batch], optimizer, Schedule(4e-3, 0.1), steps=150):
        pass
    found = generate(model, [[START]] * 8, Decoding(max_new_tokens=12), [END], make_inputs(in_order(sources)))
    assert [[*one.tokens, END] for one in found] == wanted
