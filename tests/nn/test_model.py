"""The same result, cut differently."""

import pytest
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from groundup.families import presets
from groundup.families.presets import PRESETS, Size
from groundup.nn.cost import size
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from groundup.train.adamw import AdamW

LENGTHS = [9, 9, 5, 5, 5, 3, 1]
REGIMES = ["paper", "fast"]


@pytest.fixture(autouse=True)
def odd(monkeypatch):
    monkeypatch.setitem(PRESETS, "odd", Size(3, 64, 2))


def model(regime: str, heads: str = "pretraining", dropout: float = 0.0) -> Model:
    config = presets.make_config("odd", regime, 70, dropout)
    made = presets.pretraining_heads(regime) if heads == "pretraining" else {"label": presets.label_head(config, 3, dropout)}
    return Model(config, made, seed=4).eval()


def batch(regime: str, lengths=LENGTHS):
    generator = torch.Generator().manual_seed(9)
    tokens = torch.randint(5, 70, (sum(lengths),), generator=generator)
    return tokens, Layout(lengths), torch.zeros_like(tokens) if regime == "paper" else None


def first(lengths) -> torch.Tensor:
    return torch.cumsum(torch.tensor([0, *lengths[:-1]]), 0)


@pytest.mark.parametrize("heads", ["pretraining", "label"])
@pytest.mark.parametrize("regime", REGIMES)
def test_an_answer_does_not_hang_on_batch_mates(regime, heads):
    made, (tokens, layout, segments) = model(regime, heads), batch(regime)
    name = "label" if heads == "label" else "nsp"
    together = made(tokens, layout, segments, {name: first(LENGTHS)})[name]
    for i, row in enumerate(tokens.split(LENGTHS)):
        alone = made(row, Layout([len(row)]), None if segments is None else torch.zeros_like(row), {name: torch.tensor([0])})[
            name
        ][0]
        torch.testing.assert_close(alone, together[i], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("regime", REGIMES)
def test_logits_where_they_are_asked_for_are_those_of_all_positions(regime):
    made, (tokens, layout, segments) = model(regime), batch(regime)
    places = torch.tensor([3, 0, 17, 36, 20])
    everywhere = made(tokens, layout, segments, {"mlm": torch.arange(len(tokens))})["mlm"]
    asked = made(tokens, layout, segments, {"mlm": places})["mlm"]
    torch.testing.assert_close(asked, everywhere[places], atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("regime", REGIMES)
def test_loss_and_gradients_where_asked_are_those_of_a_dense_head_that_ignores_the_rest(regime):
    targets = torch.full((37,), -100)
    places, words = torch.tensor([1, 8, 20, 36]), torch.tensor([60, 7, 7, 12])
    targets[places] = words
    gradients = []
    for dense in (True, False):
        made, (tokens, layout, segments) = model(regime), batch(regime)
        asked = torch.arange(37) if dense else places
        logits = made(tokens, layout, segments, {"mlm": asked})["mlm"]
        F.cross_entropy(logits, targets if dense else words, ignore_index=-100).backward()
        gradients.append({name: p.grad for name, p in made.named_parameters() if p.grad is not None})
    assert gradients[0].keys() == gradients[1].keys()
    for name in gradients[0]:
        torch.testing.assert_close(gradients[0][name], gradients[1][name], atol=1e-6, rtol=1e-4, msg=name)


@pytest.mark.parametrize("regime", REGIMES)
def test_frozen_parts_stay_as_they_are_bit_for_bit_and_the_rest_learns(regime):
    made, (tokens, layout, segments) = model(regime, "label", dropout=0.2), batch(regime)
    made.freeze(2)
    before = {name: p.detach().clone() for name, p in made.named_parameters()}
    optimizer = AdamW(made.named_parameters(), weight_decay=0.1)
    made.train()
    for number in range(1, 5):
        F.cross_entropy(
            made(tokens, layout, segments, {"label": first(LENGTHS)})["label"], torch.tensor([0, 1, 2, 0, 1, 2, 0])
        ).backward()
        optimizer.step(number, 1e-2)
        optimizer.zero_grad()
    for name, p in made.named_parameters():
        held = ".embed." in name or ".blocks.0." in name or ".blocks.1." in name
        assert torch.equal(p, before[name]) == held or ".pooler." in name, name
    made.freeze(0)
    assert all(p.requires_grad for p in made.parameters())


def test_dropout_acts_in_training_only_and_not_in_frozen_parts():
    made, (tokens, layout, _) = model("fast", "label", dropout=0.5), batch("fast")
    asked = {"label": first(LENGTHS)}
    assert torch.equal(made(tokens, layout, None, asked)["label"], made(tokens, layout, None, asked)["label"])
    made.train()
    assert not torch.equal(made(tokens, layout, None, asked)["label"], made(tokens, layout, None, asked)["label"])
    made.freeze(3)
    states = [made.backbone(tokens, layout) for _ in range(2)]
    assert torch.equal(*states)


@pytest.mark.parametrize("regime", REGIMES)
def test_first_weights_hang_on_the_seed_alone(regime):
    config, heads = presets.make_config("odd", regime, 70), presets.pretraining_heads(regime)
    one, same, other = (dict(Model(config, heads, seed=s).named_parameters()) for s in (1, 1, 2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["backbone.embed.tokens.weight"], other["backbone.embed.tokens.weight"])


@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("preset", ["tiny", "mini", "small", "medium", "base"])
def test_counted_parameters_are_those_of_the_built_model(preset, regime):
    config = presets.make_config(preset, regime, 8192)
    for heads in (presets.pretraining_heads(regime), {"label": presets.label_head(config, 5)}):
        counted = sum(size.count_parameters(config, heads).values())
        assert counted == sum(p.numel() for p in Model(config, heads, seed=None).parameters())


@pytest.mark.parametrize("regime", REGIMES)
def test_counted_operations_are_those_of_the_forward_pass(regime):
    made, lengths = model(regime), [16] * 6
    tokens, layout, segments = batch(regime, lengths)
    places = torch.arange(0, 96, 6)
    math = sdpa_kernel(SDPBackend.MATH)  # the counter does not know the kernel for CPUs
    with math, FlopCounterMode(display=False) as counter, torch.no_grad():
        made(tokens, layout, segments, {"mlm": places, "nsp": first(lengths)})
    asked = {"mlm": len(places), "nsp": 6}
    counted = size.count_operations(made.config, made.head_configs, 6, 16, asked)
    assert counted == pytest.approx(counter.get_total_flops(), rel=0.01)  # nsp runs on at least 8 rows
