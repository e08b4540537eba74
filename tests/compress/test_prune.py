"""What pruning takes for important, what it cuts out, and masks of single weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from groundup.compress import masks
from groundup.compress.importance import ablation_losses, importance, summed_loss
from groundup.compress.masks import MaskedLinear, MovementLinear, block_linears, top_mask, wanda_masks
from groundup.compress.prune import block_flops, prune
from groundup.compress.prune_settings import PruneSettings
from groundup.compress.slices import KeptLayer, keep_all, slice_model
from groundup.errors import InputError
from groundup.nn.linear import layer_slots
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from tests.compress.workshop import CASES, batch_of, build, rows, same, weights, work

cases = pytest.mark.parametrize("case", CASES)
SOME = 9  # every so many units are looked at


def batches(case, cut):
    """The same 23 rows in batches of a size."""
    examples = rows(segments=case == "bert")
    return [make_batch(examples.batch(np.arange(i, min(i + cut, 23))), LabelCrossEntropy()) for i in range(0, 23, cut)]


def by_gates(model, batch, case):
    """Importance by definition: central differences with a factor on the part, example by example, in float64."""
    model = model.double()
    heads, units = torch.zeros(6, 4), torch.zeros(6, 64)
    for i, block in enumerate(model.backbone.blocks):
        for layer, found, step in ((block.attention.output, heads, 8), (block.feed_forward.output, units, 1)):
            for part in range(0, found.shape[1], SOME if step == 1 else 1):
                columns = slice(part * step, (part + 1) * step)
                kept = layer.weight.data[:, columns].clone()
                losses = []
                for factor in (1 + 1e-4, 1 - 1e-4):
                    layer.weight.data[:, columns] = factor * kept
                    logits = batch.forward(model)["label"]
                    losses.append(F.cross_entropy(logits, batch.targets["label"], reduction="none"))
                layer.weight.data[:, columns] = kept
                found[i, part] = ((losses[0] - losses[1]) / 2e-4).abs().mean()
            if i not in (0, 5):
                break  # heads of every layer, units of two
    return heads, units


@cases
def test_importance_is_the_size_of_what_each_example_loses_with_a_gate(case):
    batch = batch_of(segments=case == "bert")
    found = importance(build(case), [batch], LabelCrossEntropy())
    with torch.no_grad():
        heads, units = by_gates(build(case), batch, case)
    for i in range(6):
        torch.testing.assert_close(found.heads["backbone"][i], heads[i], atol=1e-5, rtol=1e-3)
    for i in (0, 5):
        torch.testing.assert_close(found.units["backbone"][i][::SOME], units[i][::SOME], atol=1e-5, rtol=1e-3)


@cases
def test_importance_does_not_hang_on_how_examples_are_batched(case):
    one, other = (importance(build(case), batches(case, cut), LabelCrossEntropy()) for cut in (23, 4))
    for a, b in zip(
        one.heads["backbone"] + one.units["backbone"], other.heads["backbone"] + other.units["backbone"], strict=True
    ):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("units", ["gates", "weights"])
def test_importance_leaves_the_model_as_it_was(units):
    model = build()
    model.backbone.blocks[0].requires_grad_(False)
    model.train()
    before = weights(model)
    importance(model, [batch_of()], LabelCrossEntropy(), units)
    assert same(before, weights(model))
    assert model.training
    assert {name for name, p in model.named_parameters() if not p.requires_grad} == {n for n in before if ".blocks.0." in n}
    assert all(p.grad is None for p in model.parameters())


def test_units_by_weights_are_sums_of_weight_times_gradient():
    model, batch = build(), batch_of()
    found = importance(model, [batch], LabelCrossEntropy(), "weights").units["backbone"][2] * 7
    summed_loss(model, batch, LabelCrossEntropy()).backward()
    part = model.backbone.blocks[2].feed_forward
    expected = (part.input.weight * part.input.weight.grad).abs().sum(1) + (
        part.output.weight * part.output.weight.grad
    ).abs().sum(0)
    torch.testing.assert_close(found, (expected + (part.input.bias * part.input.bias.grad).abs()).detach())


def test_a_part_that_does_nothing_is_cut_first():
    model = build()
    with torch.no_grad():
        model.backbone.blocks[3].attention.output.weight[:, 8:16] = 0
        model.backbone.blocks[1].feed_forward.output.weight[:, 5:37] = 0
    found = importance(model, batches("bert", 23), LabelCrossEntropy())
    assert found.heads["backbone"][3][1] == 0 < found.heads["backbone"][3][0]
    assert found.units["backbone"][1].argsort()[:32].sort().values.tolist() == list(range(5, 37))


def test_the_loss_without_a_layer_is_that_of_the_model_without_it():
    model, several = build(), batches("bert", 9)
    found = ablation_losses(model, several, LabelCrossEntropy())
    for i in (0, 4, 5):
        keep = keep_all(model)
        del keep["backbone"][i]
        with torch.no_grad():
            expected = sum(float(summed_loss(slice_model(model, keep), batch, LabelCrossEntropy())) for batch in several)
        assert found[i] == pytest.approx(expected, rel=1e-5)


@cases
@pytest.mark.parametrize("shares", ["uniform", "global"])
def test_half_of_the_operations_are_gone_in_widths_of_eight(case, shares, tmp_path):
    trained = []
    job = work(build(case), tmp_path, made=trained, segments=case == "bert")
    made = prune(job, PruneSettings(rounds=2, examples=16, shares=shares))
    assert len(trained) == 2
    assert 0.44 < block_flops(made, 9) / block_flops(build(case), 9) <= 0.505
    assert block_flops(trained[0].model, 9) / block_flops(build(case), 9) == pytest.approx(0.75, abs=0.03)
    assert not any(width % 8 for width in made.config.widths)
    assert all(torch.isfinite(p).all() for p in made.parameters())


@pytest.mark.parametrize(("parts", "body_left"), [("heads", 0.9), ("units", 0.7)])
def test_only_the_parts_that_are_named_are_cut(parts, body_left, tmp_path):
    made = prune(work(build(), tmp_path), PruneSettings(block_flops=1 - body_left, rounds=1, parts=parts, examples=16))
    assert (set(made.config.heads) == {4}) == (parts == "units")
    assert (set(made.config.widths) == {64}) == (parts == "heads")


def test_dropped_layers_count(tmp_path):
    made = prune(work(build(), tmp_path), PruneSettings(rounds=1, layers=3, examples=16))
    assert made.config.num_layers == 3
    assert made.config.heads_per_layer == made.config.widths_per_layer == ()  # three of six are the half already


def test_more_than_there_is_cannot_be_cut(tmp_path):
    with pytest.raises(InputError, match="so much cannot be cut out"):
        prune(work(build(), tmp_path), PruneSettings(block_flops=0.9, rounds=1, parts="heads", examples=16))
    with pytest.raises(InputError, match="6 of 6"):
        prune(work(build(), tmp_path), PruneSettings(layers=6, examples=16))


def test_the_same_work_is_cut_the_same_way(tmp_path):
    one, other = (prune(work(build(), tmp_path), PruneSettings(rounds=2, examples=16)) for _ in range(2))
    assert one.config == other.config
    assert same(weights(one), weights(other))


@pytest.mark.parametrize("mask", ["magnitude", "wanda", "movement"])
def test_masks_zero_their_share_of_the_blocks_and_nothing_else(mask, tmp_path):
    model = build()
    made = prune(work(model, tmp_path), PruneSettings(block_flops=0.6, mask=mask, examples=16))
    assert made.config == build().config
    assert not list(layer_slots(made, MaskedLinear))
    for place in block_linears(made):
        assert float((place.layer.weight == 0).float().mean()) == pytest.approx(0.6, abs=0.02)
    outside = {name for name, value in weights(made).items() if ".blocks." not in name and (value == 0).any()}
    assert not outside


def test_magnitude_zeroes_the_smallest_and_they_stay_zero(tmp_path):
    model = build()
    weight = model.backbone.blocks[1].feed_forward.input.weight.detach().clone()
    made = prune(work(model, tmp_path), PruneSettings(block_flops=0.5, mask="magnitude", examples=16))
    left = made.backbone.blocks[1].feed_forward.input.weight != 0
    assert weight.abs()[left].min() >= weight.abs()[~left].max()


def test_wanda_is_its_formula_row_by_row():
    model, batch = build(), batch_of()
    seen = []
    layer = model.backbone.blocks[2].feed_forward.input
    handle = layer.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    batch.forward(model)
    handle.remove()
    score = layer.weight.detach().abs() * seen[0].norm(dim=0)
    found = dict((place.name, mask) for place, mask in wanda_masks(model, list(block_linears(model)), [batch], 0.25))
    mask = found["backbone.blocks.2.feed_forward.input"]
    assert (mask == 0).sum(1).eq(8).all()
    for row, kept in zip(score, mask.bool(), strict=True):
        assert row[kept].min() > row[~kept].max()


def test_a_score_gets_the_gradient_of_its_mask_also_where_it_is_zero():
    model = build()
    layer = MovementLinear(next(block_linears(model)).layer)
    layer.scores.data = torch.randn(layer.scores.shape, generator=torch.Generator().manual_seed(0))
    layer.sparsity = 0.5
    x = torch.randn(5, 32, generator=torch.Generator().manual_seed(1))
    (layer(x) ** 2).sum().backward()
    mask = top_mask(layer.scores.detach(), 0.5)
    outer = 2 * (F.linear(x, layer.weight * mask, layer.bias)).T @ x
    torch.testing.assert_close(layer.scores.grad, (outer * layer.weight).detach(), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(layer.weight.grad, (outer * mask).detach(), atol=1e-4, rtol=1e-4)
    assert layer.scores.grad[mask == 0].abs().min() > 0


def test_movement_learns_scores_at_a_rate_of_their_own_and_zeroes_more_and_more(tmp_path):
    trained, zeroed = [], []
    job = work(build(), tmp_path, made=trained, steps=10)
    job = replace(job, fit=lambda model, name, customize=None, share=1.0: watch(job, model, customize, zeroed))
    prune(job, PruneSettings(block_flops=0.8, mask="movement", examples=16))
    assert zeroed == sorted(zeroed)
    assert zeroed[0] == pytest.approx(0.8 * (1 - (1 - 1 / 7) ** 3))
    assert zeroed[7:] == [0.8] * 3


def watch(job, model, customize, zeroed):
    from groundup.train.adamw import AdamW
    from groundup.train.run import Plan, Training
    from groundup.train.schedule import Schedule

    training = Training(
        model, LabelCrossEntropy(), lambda number: [batch_of()], AdamW(model.named_parameters()), Schedule(1e-3, 0.1, 0.0)
    )
    changed = customize(training, Plan(10, 1, 10, 10))
    for number in range(1, 11):
        changed.batches(number)
        zeroed.append(next(layer_slots(model, MovementLinear)).layer.sparsity)
    scales = {
        group["scale"] for group in changed.optimizer.inner.param_groups for name in group["names"] if name.endswith("scores")
    }
    assert len(scales) == 1
    assert scales.pop() * 1e-3 == pytest.approx(masks.SCORE_RATE)
    return model


def test_words_that_head_and_embedding_share_stay_one(tmp_path):
    from groundup.nn.config import TokenHeadConfig
    from groundup.nn.model import Model

    model = Model(build().config, {"mlm": TokenHeadConfig()}, seed=0)
    made = slice_model(model, {"backbone": {i: KeptLayer([1], range(8)) for i in range(6)}})
    assert made.heads["mlm"].weight is None
    assert torch.equal(made.backbone.token_embedding.weight, model.backbone.token_embedding.weight)


@pytest.mark.parametrize(("wrong", "told"), [({"block_flops": 0.0}, "block_flops"), ({"mask": "wanda", "layers": 2}, "layers")])
def test_settings_that_go_badly_together_are_told(wrong, told):
    assert [field for field, _ in PruneSettings(**wrong).check()] == [told]
