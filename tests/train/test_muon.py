"""Muon beside its formula, on matrices whose singular values are known."""

import numpy as np
import pytest
import torch

from groundup.nn.config import TokenHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.train import muon
from groundup.train.adamw import AdamW
from groundup.train.muon import Muon, orthogonalize


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(3, 24, 24), (2, 40, 16), (2, 16, 40)])
def test_an_orthogonal_matrix_has_the_singular_vectors_of_the_given_one(shape):
    given = drawn(*shape)
    for one, made in zip(given.double().numpy(), orthogonalize(given).double().numpy(), strict=True):
        left, values, right = np.linalg.svd(one, full_matrices=False)
        within = left.T @ made @ right.T  # diagonal: its singular values
        off = within - np.diag(np.diag(within))
        assert np.abs(off).max() < 1e-4
        large = values > values[0] / 5
        assert np.diag(within)[large].min() > 0.3
        assert np.diag(within).max() < 1.3


def model() -> Model:
    config = TransformerConfig(vocab_size=20, hidden_size=16, num_layers=2, num_heads=2, intermediate_size=32)
    return Model(config, {"mlm": TokenHeadConfig()}, seed=1)


def give_gradients(made: Model, seed: int) -> None:
    for i, p in enumerate(made.parameters()):
        p.grad = drawn(*p.shape, seed=100 * seed + i)


def test_steps_equal_the_formula_and_what_is_no_hidden_matrix_is_left_to_adamw():
    ours, beside = model(), model()
    optimizer, other = Muon(ours.named_parameters(), weight_decay=0.1), AdamW(beside.named_parameters(), weight_decay=0.1)
    expected = {name: p.detach().clone() for name, p in ours.named_parameters()}
    momentum = {name: torch.zeros_like(p) for name, p in expected.items()}
    for number, rate in enumerate((1e-2, 2e-2, 5e-3), 1):
        for made in (ours, beside):
            give_gradients(made, number)
        for name, p in ours.named_parameters():
            if name in optimizer.matrices:
                momentum[name] = 0.95 * momentum[name] + 0.05 * p.grad
                update = orthogonalize((0.05 * p.grad + 0.95 * momentum[name])[None])[0]
                expected[name] = expected[name] * (1 - 0.1 * rate) - rate * muon.UPDATE_RMS * max(p.shape) ** 0.5 * update
        optimizer.step(number, rate)
        other.step(number, rate)
    theirs = dict(beside.named_parameters())
    assert len(optimizer.matrices) == 2 * 6
    for name, p in ours.named_parameters():
        wanted = expected[name] if name in optimizer.matrices else theirs[name].detach()
        torch.testing.assert_close(p.detach(), wanted, atol=1e-6, rtol=1e-5)


def test_updates_are_as_large_whatever_the_shape():
    made = model()
    optimizer = Muon(made.named_parameters(), weight_decay=0.0)
    before = {name: p.detach().clone() for name, p in made.named_parameters()}
    give_gradients(made, 3)
    optimizer.step(1, 1e-3)
    sizes = [float((p.detach() - before[name]).square().mean().sqrt()) for name, p in optimizer.matrices.items()]
    assert all(0.6e-3 * muon.UPDATE_RMS < size < 1.2e-3 * muon.UPDATE_RMS for size in sizes)


def test_a_frozen_block_rests_and_a_scaled_one_is_slower():
    made = model()
    optimizer = Muon(made.named_parameters(), weight_decay=0.0, lr_scale=lambda name: 0.5 if ".blocks.1." in name else 1.0)
    before = {name: p.detach().clone() for name, p in made.named_parameters()}
    for p in made.parameters():
        p.grad = torch.ones_like(p)
    made.backbone.blocks[0].feed_forward.input.weight.grad = None
    optimizer.step(1, 1e-3)
    moved = {name: float((p.detach() - before[name]).norm()) for name, p in optimizer.matrices.items()}
    assert moved["backbone.blocks.0.feed_forward.input.weight"] == 0
    slow, fast = (moved[f"backbone.blocks.{i}.attention.query.weight"] for i in (1, 0))
    assert slow == pytest.approx(fast / 2, rel=1e-3)


def test_a_restored_state_goes_on_as_if_nothing_happened():
    def run(interrupted: bool) -> Model:
        made = model()
        optimizer = Muon(made.named_parameters())
        for number in range(1, 6):
            give_gradients(made, number)
            optimizer.step(number, 1e-2)
            optimizer.zero_grad()
            assert all(p.grad is None for p in made.parameters())
            if interrupted and number == 2:
                state = {name: tensor.clone() for name, tensor in optimizer.state().items()}
                optimizer = Muon(made.named_parameters())
                optimizer.load_state(state, 2)
        return made

    for one, other in zip(run(True).parameters(), run(False).parameters(), strict=True):
        assert torch.equal(one, other)
