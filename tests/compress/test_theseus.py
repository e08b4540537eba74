"""BERT-of-Theseus: who answers at which rate, what is trained, what is left at the end."""

import numpy as np
import pytest
import torch

from groundup.compress.settings import TheseusSettings
from groundup.compress.theseus import extract_successor, replacement_batches, replacement_rate, theseus, with_theseus_backbone
from groundup.data import draws
from groundup.errors import InputError
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.train.adamw import AdamW
from groundup.train.run import Training
from groundup.train.schedule import Schedule
from tests.compress.workshop import CASES, batch_of, build, same, weights, work

cases = pytest.mark.parametrize("case", CASES)


def still(model):
    """In train mode without dropout."""
    for module in model.modules():
        if hasattr(module, "rate"):
            module.rate = 0.0
    return model.train()


def changed_successor(model, layers=3):
    """A ship whose successor differs from what it was copied from."""
    ship = with_theseus_backbone(model, layers)
    with torch.no_grad():
        for p in ship.backbone.blocks.parameters():
            p.add_(0.1)
    return ship


@cases
def test_replacing_nothing_is_the_predecessor_and_replacing_all_the_successor(case):
    batch = batch_of(segments=case == "bert")
    ship = still(changed_successor(build(case)))
    ship.backbone.replaced = [False] * 3
    expected = batch.forward(still(build(case)))["label"]
    assert torch.equal(batch.forward(ship)["label"], expected)
    ship.backbone.replaced = [True] * 3
    successor = batch.forward(still(extract_successor(ship)))["label"]
    assert torch.equal(batch.forward(ship)["label"], successor)
    assert not torch.equal(successor, expected)


def test_one_module_alone_is_replaced():
    batch, model = batch_of(), build()
    ship = still(changed_successor(model))
    ship.backbone.replaced = [False, True, False]
    blocks = [*model.backbone.blocks[:2], ship.backbone.blocks[1], *model.backbone.blocks[4:]]
    x = model.backbone.embed_inputs(batch.tokens, batch.layout, batch.segments)
    for block in blocks:
        x = block(x, batch.layout)
    assert torch.allclose(
        model.predict_from_states(batch.layout.scatter(x), batch.layout, batch.positions)["label"],
        batch.forward(ship)["label"],
        atol=1e-6,
    )


def test_the_successor_begins_as_copies_of_the_first_blocks():
    model = build()
    ship = with_theseus_backbone(model, 2)
    for mine, theirs in zip(ship.backbone.blocks, model.backbone.blocks, strict=False):
        assert same(weights(mine), weights(theirs))
        assert mine.attention.query.weight is not theirs.attention.query.weight


def test_in_use_the_successor_alone_answers():
    batch, ship = batch_of(), changed_successor(build())
    ship.backbone.replaced = [False] * 3
    assert torch.equal(batch.forward(ship.eval())["label"], batch.forward(extract_successor(ship).eval())["label"])


def test_only_the_successors_blocks_have_a_gradient_and_all_are_in_train_mode():
    batch, ship = batch_of(), with_theseus_backbone(build(), 3).train()
    ship.backbone.replaced = [True, False, True]
    LabelCrossEntropy().losses(batch.forward(ship), batch.targets)["label"].backward()
    with_gradient = {name.split(".")[2] for name, p in ship.named_parameters() if p.grad is not None}
    assert {
        name for name, p in ship.named_parameters() if p.grad is not None and not name.startswith("backbone.blocks.")
    } == set()
    assert with_gradient == {"0", "2"}
    assert all(module.training for module in ship.modules())


def test_the_rate_rises_to_one_and_modules_are_replaced_as_often():
    settings, steps = TheseusSettings(start=0.3, full_at=0.5), 4000
    assert replacement_rate(1, steps, settings) == 0.3
    assert replacement_rate(1001, steps, settings) == pytest.approx(0.65)
    assert {replacement_rate(n, steps, settings) for n in (2001, 3000, 4000)} == {1.0}
    ship = with_theseus_backbone(build(), 3)
    training = Training(ship, LabelCrossEntropy(), lambda number: [], AdamW(ship.named_parameters()), Schedule(1e-3, 0.1, 0.0))
    batches, seen = replacement_batches(training, ship.backbone, steps, settings, seed=5), []
    for number in range(1, steps + 1):
        batches(number)
        seen.append(ship.backbone.replaced)
    seen = np.array(seen)
    expected = np.array([replacement_rate(n, steps, settings) for n in range(1, 2001)])
    error = 4 * np.sqrt((expected * (1 - expected)).sum()) / 2000  # of the mean of as many draws
    assert seen[:2000].mean(0) == pytest.approx([expected.mean()] * 3, abs=error)
    assert seen[2000:].all()
    assert abs(np.corrcoef(seen[:2000].T)[0, 1]) < 0.3  # the rate they share makes them alike a little
    batches(7)
    assert ship.backbone.replaced == seen[6].tolist()
    assert (
        seen[6].tolist()
        == (draws.uniform(draws.key(5, "theseus"), 7, np.arange(3)) < replacement_rate(7, steps, settings)).tolist()
    )


@pytest.mark.parametrize(("start", "full_at"), [(1.0, 0.5), (0.5, 0.0)])
def test_a_rate_of_one_from_the_start_is_fine_tuning_of_the_successor(start, full_at):
    assert replacement_rate(1, 10, TheseusSettings(start=start, full_at=full_at)) == 1.0


@cases
def test_what_comes_out_has_nothing_of_the_predecessors_blocks(case, tmp_path):
    model = build(case)
    held = {id(p) for p in model.backbone.blocks.parameters()}
    embedding = model.backbone.embed.tokens.weight.detach().clone()
    made = theseus(work(model, tmp_path, segments=case == "bert"), TheseusSettings())
    assert made.config.num_layers == len(made.backbone.blocks) == 3
    assert not held & {id(p) for p in made.parameters()}
    assert not [name for name, _ in made.named_parameters() if "predecessor" in name]
    assert torch.equal(made.backbone.embed.tokens.weight, embedding)
    assert not torch.equal(
        made.backbone.blocks[0].attention.query.weight, build(case).backbone.blocks[0].attention.query.weight
    )
    assert all(p.requires_grad for p in made.parameters())


def test_layers_that_do_not_divide_are_refused_with_those_that_do(tmp_path):
    with pytest.raises(InputError) as error:
        theseus(work(build(), tmp_path), TheseusSettings(layers=4))
    assert error.value.code == "LAYERS_DO_NOT_DIVIDE"
    assert "give one of 1, 2, 3 with --theseus.layers" in error.value.line()
