"""The loss of a task beside that of a head for each kind alone."""

import numpy as np
import pytest
import torch

from groundup.data.batches.ragged_batch import Flat
from groundup.data.packed import ALONE, WHOLE
from groundup.objectives.kind_heads import KindHeads
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.numeric_targets import SquaredError


def flat_of(alone, labels, name="label"):
    lengths = np.arange(len(alone), 0, -1)
    return Flat(np.zeros(0, np.int64), lengths, np.arange(len(alone)), labels={name: labels, ALONE: np.array(alone)})


def test_each_head_is_asked_of_its_own_sequences_and_has_the_loss_of_the_task_on_them():
    task = LabelCrossEntropy([2.0, 0.5])
    both, labels = KindHeads(task, ["text", "image"], 0.3), np.array([1, 0, 1, 0])
    drawn = both.prepare(flat_of([WHOLE, 0, WHOLE, 1], labels), 0.0)
    assert {head: places.tolist() for head, (places, _) in drawn.items()} == {
        "label": [0, 7],
        "label@text": [4],
        "label@image": [9],
    }
    targets = {head: torch.from_numpy(values) for head, (_, values) in drawn.items()}
    predictions = {head: torch.randn(len(values), 2) for head, values in targets.items()}
    assert both.counts(targets) == {"label": 2, "label@text": 1, "label@image": 1}
    assert both.weights() == {"label": 1.0, "label@text": 0.3, "label@image": 0.3}
    losses = both.losses(predictions, targets)
    for head, values in targets.items():
        torch.testing.assert_close(losses[head], task.losses({"label": predictions[head]}, {"label": values})["label"])
    assert both.measure(predictions, targets)["label_count"] == 2


def test_a_kind_that_no_row_of_a_batch_has_is_not_asked():
    drawn = KindHeads(LabelCrossEntropy(), ["text", "image"], 0.3).prepare(flat_of([WHOLE, 1], np.array([0, 1])), 0.0)
    assert list(drawn) == ["label", "label@image"]


def test_numbers_are_learned_the_same_way():
    both = KindHeads(SquaredError("price"), ["text"], 0.5)
    drawn = both.prepare(flat_of([WHOLE, 0], np.array([[1.0], [3.0]]), "price"), 0.0)
    targets = {head: torch.from_numpy(values) for head, (_, values) in drawn.items()}
    losses = both.losses({"price": torch.zeros(1, 1), "price@text": torch.ones(1, 1)}, targets)
    assert losses["price"].item() == pytest.approx(1.0)
    assert losses["price@text"].item() == pytest.approx(4.0)
