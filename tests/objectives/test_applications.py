"""Tags, ends of answers, quantities and labels: each loss against its formula, written out; what counts, and what has none."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from groundup.data.batches.ragged_batch import lay
from groundup.nn.config import NumberHeadConfig, PooledHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.objectives import special_labels
from groundup.objectives.numeric_targets import BinaryCrossEntropy, SquaredError
from groundup.objectives.objective import make_batch
from groundup.objectives.span_cross_entropy import SpanCrossEntropy
from groundup.objectives.special_labels import OUTSIDE
from groundup.objectives.tag_cross_entropy import TagCrossEntropy
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule

LENGTHS = [4, 7, 1, 6, 9, 5, 3, 8]
EIGHT = np.arange(8)


def flat(labels=None, marks=None):
    """Eight random sequences; the marks are given in their order before they are laid."""
    rng = np.random.default_rng(2)
    places = {} if labels is None else {"label": labels}
    made = lay([rng.integers(5, 64, n) for n in LENGTHS], EIGHT, None, places, EIGHT)
    if marks is not None:
        made.marks = np.concatenate([marks[i] for i in made.sequences])
    return made


def numbers(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).requires_grad_()


def tag_marks():
    """Every third token is asked for nothing, one sequence is asked nowhere, a few tags are not known."""
    rng = np.random.default_rng(4)
    marks = [rng.integers(-1, 5, n) for n in LENGTHS]
    for mark in marks:
        mark[::3] = special_labels.IGNORE
    return marks


def end_marks():
    """Each sequence is asked from its second token on and has an answer, but for two."""
    rng, marks = np.random.default_rng(4), []
    for number, length in enumerate(LENGTHS):
        mark = np.full(length, OUTSIDE)
        if length > 2 and number != 5:
            mark[0] = special_labels.IGNORE
            first, last = sorted(rng.integers(1, length, 2))
            mark[first] |= special_labels.SPAN_START
            mark[last] |= special_labels.SPAN_END
        marks.append(mark)
    return marks


def amounts():
    found = np.random.default_rng(6).normal(size=(8, 1))
    found[[2, 5]] = np.nan
    return found


def truths():
    found = np.random.default_rng(7).integers(0, 2, (8, 3)).astype(np.float64)
    found[4] = np.nan
    return found


def test_tags_are_asked_where_a_token_has_one_and_lose_their_cross_entropy():
    objective, batch = TagCrossEntropy(), flat(marks=tag_marks())
    places, targets = objective.prepare(batch, 0.0)["label"]
    assert places.tolist() == [i for i, mark in enumerate(batch.marks) if mark != special_labels.IGNORE]
    logits, wanted = numbers(len(places), 5), torch.from_numpy(targets)
    loss = objective.losses({"label": logits}, {"label": wanted})["label"]
    formula = sum(-F.log_softmax(row, 0)[tag] for row, tag in zip(logits, targets.tolist(), strict=True) if tag >= 0)
    torch.testing.assert_close(loss, formula)
    assert objective.counts({"label": wanted}) == {"label": int((targets >= 0).sum())}
    (ours,), (theirs,) = (torch.autograd.grad(one, logits, retain_graph=True) for one in (loss, formula))
    torch.testing.assert_close(ours, theirs)


def test_the_accuracy_of_tags_is_that_of_known_ones():
    objective, batch = TagCrossEntropy(), flat(marks=tag_marks())
    targets = torch.from_numpy(objective.prepare(batch, 0.0)["label"][1])
    said = F.one_hot(targets.clamp(min=0), 5).float()
    assert objective.summary(objective.measure({"label": said}, {"label": targets})) == {"tag_accuracy": 1.0}


def test_ends_lose_the_mean_of_both_log_probabilities_within_their_sequence():
    objective, batch = SpanCrossEntropy(), flat(marks=end_marks())
    places, targets = objective.prepare(batch, 0.0)["ends"]
    scores, wanted = numbers(len(places), 2), torch.from_numpy(targets)
    loss, formula = objective.losses({"ends": scores}, {"ends": wanted})["ends"], torch.zeros(())
    for sequence in range(8):
        rows = np.flatnonzero(targets[:, 1] == sequence)
        marks = targets[rows, 0]
        for side, bit in ((0, special_labels.SPAN_START), (1, special_labels.SPAN_END)):
            right = np.flatnonzero(marks & bit)
            if len(right):
                formula = formula - F.log_softmax(scores[rows, side], 0)[right[0]] / 2
    torch.testing.assert_close(loss, formula)
    answered = sum(bool((mark & special_labels.SPAN_START).any()) for mark in end_marks())
    assert objective.counts({"ends": wanted}) == {"ends": answered} == {"ends": 6}
    (ours,), (theirs,) = (torch.autograd.grad(one, scores, retain_graph=True) for one in (loss, formula))
    torch.testing.assert_close(ours, theirs)


def test_scores_of_any_size_have_a_loss():
    wanted = torch.tensor([[special_labels.SPAN_START, 0], [special_labels.SPAN_END, 0]])
    scores = torch.tensor([[1e4, -1e4], [-1e4, 1e4]])
    assert SpanCrossEntropy().losses({"ends": scores}, {"ends": wanted})["ends"].item() == 0
    assert SpanCrossEntropy().losses({"ends": -scores}, {"ends": wanted})["ends"].item() == pytest.approx(2e4)


def test_a_quantity_loses_its_squared_error_where_it_is_known():
    wanted = torch.from_numpy(SquaredError().prepare(flat(amounts()), 0.0)["label"][1])
    said = numbers(8, 1)
    loss, known = SquaredError().losses({"label": said}, {"label": wanted})["label"], ~wanted[:, 0].isnan()
    torch.testing.assert_close(loss, ((said - wanted)[known] ** 2).sum())
    assert SquaredError().counts({"label": wanted}) == {"label": 6}
    gradient = torch.autograd.grad(loss, said)[0]
    torch.testing.assert_close(gradient[known], 2 * (said - wanted)[known].detach())
    assert gradient[~known].abs().sum() == 0


def test_labels_lose_the_mean_binary_cross_entropy_where_they_are_known():
    wanted = torch.from_numpy(BinaryCrossEntropy().prepare(flat(truths()), 0.0)["label"][1])
    said = numbers(8, 3)
    loss, known = BinaryCrossEntropy().losses({"label": said}, {"label": wanted})["label"], ~wanted[:, 0].isnan()
    shares, right = said[known].sigmoid(), wanted[known]
    torch.testing.assert_close(loss, -(right * shares.log() + (1 - right) * (1 - shares).log()).sum() / 3)
    assert BinaryCrossEntropy().counts({"label": wanted}) == {"label": 7}
    gradient = torch.autograd.grad(loss, said)[0]
    torch.testing.assert_close(gradient[known], ((shares - right) / 3).detach())
    assert gradient[~known].abs().sum() == 0
    measured = BinaryCrossEntropy().measure({"label": torch.where(wanted > 0.5, 3.0, -3.0)}, {"label": wanted})
    assert measured == {"label_right": 21.0, "label_count": 21.0}


@pytest.mark.parametrize(
    ("objective", "wanted", "said"),
    [
        (TagCrossEntropy(), torch.full((3,), special_labels.NO_LABEL), numbers(3, 5)),
        (SpanCrossEntropy(), torch.zeros(3, 2, dtype=torch.long), numbers(3, 2)),
        (SquaredError(), torch.full((3, 1), float("nan")), numbers(3, 1)),
        (BinaryCrossEntropy(), torch.full((3, 2), float("nan")), numbers(3, 2)),
    ],
)
def test_what_has_no_target_has_no_loss(objective, wanted, said):
    name = objective.name
    loss = objective.losses({name: said}, {name: wanted})[name]
    assert loss.item() == 0
    assert objective.counts({name: wanted}) == {name: 0}
    assert torch.autograd.grad(loss, said)[0].abs().sum() == 0


HEARTS = {
    "tags": (TagCrossEntropy(), NumberHeadConfig(outputs=5), lambda: flat(marks=[mark % 5 for mark in tag_marks()])),
    "tags behind a dense layer": (TagCrossEntropy(), NumberHeadConfig(outputs=5, dense=True), lambda: flat(marks=tag_marks())),
    "ends": (SpanCrossEntropy(), NumberHeadConfig(outputs=2), lambda: flat(marks=end_marks())),
    "a quantity": (SquaredError(), PooledHeadConfig(classes=1, pooling="mean"), lambda: flat(amounts())),
    "labels": (BinaryCrossEntropy(), PooledHeadConfig(classes=3, pooling="first"), lambda: flat(truths())),
}


@pytest.mark.parametrize("case", HEARTS)
def test_eight_examples_are_learned_by_heart(case):
    objective, head, examples = HEARTS[case]
    shape = TransformerConfig(vocab_size=64, hidden_size=32, num_layers=2, num_heads=4, intermediate_size=64)
    model, batch = Model(shape, {objective.name: head}, seed=0), make_batch(examples(), objective, 0.0)
    optimizer = AdamW(model.named_parameters(), (0.9, 0.99), 1e-8)
    losses = [
        step.losses[objective.name]
        for step in train(model, objective, lambda _: [batch], optimizer, Schedule(4e-3, 0.1), steps=120)
    ]
    assert losses[-1] < 0.03 < 0.5 < losses[0]
