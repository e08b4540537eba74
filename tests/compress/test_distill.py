"""Distillation against its formulas, and what must be nothing where student and teacher are one.

Tolerance: one model's insides computed twice are the same numbers; formulas in NumPy's float64 differ from float32 by 1e-6 of
a value.
"""

from copy import deepcopy

import numpy as np
import pytest
import torch

from groundup.compress.capture import Probe, capture
from groundup.compress.distill import Student, distill, make_probes, student_layers, teacher_targets
from groundup.compress.layers import evenly_spaced, take_layers
from groundup.compress.settings import DistillSettings
from groundup.compress.teacher_logits import load_or_compute_logits
from groundup.errors import InputError
from groundup.nn.layout import Layout
from groundup.objectives.distillation import COUNT_SUFFIX, HIDDEN_TERMS, SOFT_TARGETS, Distillation
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.numeric_targets import BinaryCrossEntropy, SquaredError
from groundup.objectives.objective import make_batch
from groundup.objectives.span_cross_entropy import SpanCrossEntropy
from groundup.train.adamw import AdamW
from groundup.train.loop import train
from groundup.train.schedule import Schedule
from tests.compress.workshop import CASES, LLAMA, batch_of, build, rows, same, weights, work

ALL = DistillSettings(recipe="logits", states=1, cosine=1, embedding=1, attention=1, relation=1)
cases = pytest.mark.parametrize("case", CASES)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def mean_loss(objective, predictions, targets, term):
    return float(objective.losses(predictions, targets)[term]) / objective.counts(targets)[term]


@pytest.mark.parametrize("temperature", [1.0, 2.0, 5.0])
def test_the_soft_loss_is_the_formula_with_the_square_of_the_temperature(temperature):
    rng = np.random.default_rng(0)
    student, teacher = rng.normal(size=(2, 6, 4))
    p, q = softmax(teacher / temperature), softmax(student / temperature)
    expected = temperature**2 * (p * np.log(p / q)).sum(-1).mean()
    targets = {
        SOFT_TARGETS: torch.tensor(teacher) / temperature,
        SOFT_TARGETS + COUNT_SUFFIX: torch.tensor(6),
        "label": torch.zeros(6, dtype=torch.int64),
    }
    objective = Distillation(LabelCrossEntropy(), {SOFT_TARGETS: 1.0}, temperature)
    assert mean_loss(objective, {"label": torch.tensor(student)}, targets, SOFT_TARGETS) == pytest.approx(expected, rel=1e-6)


def test_labels_numbers_and_ends_have_formulas_of_their_own():
    rng = np.random.default_rng(1)
    student, teacher = rng.normal(size=(2, 6, 2))
    p, q = 1 / (1 + np.exp(-teacher / 2)), 1 / (1 + np.exp(-student / 2))
    sequence = np.array([0, 0, 0, 0, 1, 1])
    ends = 0.0
    for one in (sequence == 0, sequence == 1):
        t, s = softmax(teacher[one].T / 2), softmax(student[one].T / 2)
        ends += 4 * (t * np.log(t / s)).sum() / 2 / 2
    wanted = {
        BinaryCrossEntropy("label"): 4 * (p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))).mean(),
        SquaredError("label"): np.square(student - teacher).mean(),
        SpanCrossEntropy("label"): ends,
    }
    for hard, expected in wanted.items():
        count = 2 if isinstance(hard, SpanCrossEntropy) else 6
        targets = {
            SOFT_TARGETS: torch.tensor(teacher) / 2,
            SOFT_TARGETS + COUNT_SUFFIX: torch.tensor(count),
            "label": torch.tensor(np.stack([sequence, sequence], 1)),
        }
        assert mean_loss(
            Distillation(hard, {SOFT_TARGETS: 1.0}, 2.0), {"label": torch.tensor(student)}, targets, SOFT_TARGETS
        ) == pytest.approx(expected, rel=1e-5)


@cases
def test_a_student_with_the_weights_of_its_teacher_has_nothing_to_learn(case):
    teacher = build(case)
    batch = batch_of(segments=case == "bert")
    compared = make_probes(teacher, teacher, ALL)
    student = Student(deepcopy(teacher), compared.student, teacher.config.hidden_size, 0)
    batch.targets |= teacher_targets(teacher, batch, compared.teacher, "label", 2.0) | {
        SOFT_TARGETS + COUNT_SUFFIX: torch.tensor(7)
    }
    student.train()
    for module in student.modules():
        if hasattr(module, "rate"):
            module.rate = 0.0
    predictions = batch.forward(student)
    losses = Distillation(LabelCrossEntropy(), dict.fromkeys((SOFT_TARGETS, *HIDDEN_TERMS), 1.0), 2.0).losses(
        predictions, batch.targets
    )
    assert set(losses) == {SOFT_TARGETS, *HIDDEN_TERMS}
    assert {name: round(loss.item(), 4) for name, loss in losses.items()} == dict.fromkeys(losses, 0.0)


@cases
def test_looking_inside_changes_no_prediction(case):
    model, batch = build(case), batch_of(segments=case == "bert")
    inside = capture(model.backbone, batch.tokens, batch.layout, batch.segments, Probe(states=(1,)))
    assert torch.allclose(
        model.predict_from_states(inside.states, batch.layout, batch.positions)["label"],
        batch.forward(model)["label"],
        atol=1e-6,
    )


def test_relations_in_as_many_heads_as_attention_are_those_of_each_head():
    model, batch = build(), batch_of(1)
    look = Probe(relation=2, relation_heads=model.config.num_heads)
    seen = capture(model.backbone, batch.tokens, batch.layout, batch.segments, look).tensors
    states = model.backbone.states_after(batch.tokens, batch.layout, batch.segments, 2)
    for part in ("query", "key", "value"):
        whole = getattr(model.backbone.blocks[2].attention, part)(states).detach().numpy().astype(np.float64)
        heads = [softmax(one @ one.T / np.sqrt(8)) for one in np.split(whole, 4, axis=1)]
        assert np.exp(seen[f"relation/{part}"].detach().numpy()) == pytest.approx(
            np.concatenate([h.ravel() for h in heads]), abs=1e-5
        )


def test_attention_scores_are_those_that_make_the_shares():
    model, batch = build(), batch_of(1)
    scores = capture(model.backbone, batch.tokens, batch.layout, batch.segments, Probe(attention=(0,))).tensors["attention/000"]
    states, attention = (
        model.backbone.embed_inputs(batch.tokens, batch.layout, batch.segments),
        model.backbone.blocks[0].attention,
    )
    length = len(batch.tokens)
    shares = scores.view(4, length, length).softmax(-1)
    mixed = torch.cat([one @ value for one, value in zip(shares, attention.value(states)[:length].split(8, 1), strict=True)], 1)
    assert torch.allclose(attention.output(mixed), attention(states, batch.layout)[:length], atol=1e-5)


def test_batches_of_another_make_up_have_the_same_loss_per_token():
    """Sequences that are filled up, of like lengths and not sorted."""
    model, other = build(dropout=0.0, attention_dropout=0.0), build(dropout=0.0, attention_dropout=0.0, initialization="scaled")
    look = Probe(states=(1,), attention=(1,), relation=5, relation_heads=2)
    texts = [torch.arange(5, 9), torch.arange(9, 11), torch.arange(20, 24)]

    def sums(parts):
        total = dict.fromkeys(HIDDEN_TERMS, 0.0)
        for part in parts:
            tokens, layout = torch.cat(part), Layout([len(one) for one in part])
            ours, theirs = (
                capture(m.backbone, tokens, layout, None, look).tensors for m in (model, other.requires_grad_(False))
            )
            objective = Distillation(LabelCrossEntropy(), dict.fromkeys(HIDDEN_TERMS, 1.0))
            for name, loss in objective.losses(ours, theirs).items():
                total[name] += loss.item()
        return total

    assert sums([texts]) == pytest.approx(sums([[one] for one in texts]), rel=1e-4)
    assert sums([texts])["relation"] > 0


def test_temperature_1_and_no_weight_for_the_teacher_is_plain_training_bit_for_bit(tmp_path):
    plain, taught = build(), build()
    made = []
    student = distill(work(taught, tmp_path, made=made), DistillSettings(layers=3, temperature=1.0, soft=0, hard=1, relation=0))
    start, examples = take_layers(plain, [0, 2, 5]), rows()
    training = made[0]
    updates = train(
        start,
        LabelCrossEntropy(),
        lambda n: [make_batch(examples.batch(np.arange((n - 1) * 8, n * 8)), LabelCrossEntropy())],
        AdamW(start.named_parameters()),
        Schedule(1e-3, 0.1, 0.0),
        steps=4,
    )
    assert len(list(updates)) == 4
    assert same(weights(student), weights(start))
    assert set(training.objective.term_weights) == {"label"}
    assert not (tmp_path / "teacher").exists()


@pytest.mark.parametrize("recipe", ["logits", "distilbert", "minilm", "tinybert"])
def test_the_teacher_is_left_as_it_was_and_the_student_learns(recipe, tmp_path):
    teacher = build()
    before = weights(teacher)
    student = distill(work(teacher, tmp_path), DistillSettings(recipe=recipe, layers=2))
    assert same(before, weights(teacher))
    assert all(p.grad is None for p in teacher.parameters())
    assert not teacher.training
    assert student.config.num_layers == 2
    assert not same(weights(take_layers(build(), [0, 5])), weights(student))
    assert all(name.startswith(("backbone.", "heads.")) for name, _ in student.named_parameters())
    assert all(p.requires_grad for p in student.parameters())


def test_a_narrower_student_is_projected_and_published_without_projections(tmp_path):
    made = []
    student = build(hidden_size=16, num_layers=2, intermediate_size=32)
    trained = distill(work(build(), tmp_path, made=made), DistillSettings(recipe="tinybert"), student)
    inside = made[0].model
    assert {name: tuple(p.weight.shape) for name, p in inside.projections.items()} == {
        "states-000": (32, 16),
        "states-001": (32, 16),
        "embedding-000": (32, 16),
    }
    assert trained.config.hidden_size == 16
    assert "projections" not in dict(trained.named_children())


def test_many_classes_are_told_by_the_best_and_the_rest_as_one(tmp_path):
    teacher, examples = build(classes=150), rows(classes=150)
    answers = load_or_compute_logits(tmp_path / "kept", teacher, examples, LabelCrossEntropy(), "label", 2.0)
    flat = examples.batch(np.arange(5))
    batch = make_batch(flat, LabelCrossEntropy())
    batch.targets |= answers.targets_of(flat) | {SOFT_TARGETS + COUNT_SUFFIX: torch.tensor(5)}
    assert batch.targets["soft.classes"].shape == (5, 32)
    logits = torch.randn(5, 150, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        t, s = softmax(batch.forward(teacher)["label"].double().numpy() / 2), softmax(logits.double().numpy() / 2)
    best = np.argsort(-t, axis=1)[:, :32]
    both = [
        np.concatenate([np.take_along_axis(x, best, 1), 1 - np.take_along_axis(x, best, 1).sum(1, keepdims=True)], 1)
        for x in (t, s)
    ]
    expected = 4 * (both[0] * np.log(both[0] / both[1])).sum(1).mean()
    assert mean_loss(
        Distillation(LabelCrossEntropy(), {SOFT_TARGETS: 1.0}, 2.0), {"label": logits}, batch.targets, SOFT_TARGETS
    ) == pytest.approx(expected, rel=1e-4)


def test_kept_answers_are_those_of_the_teacher_and_are_made_once(tmp_path):
    teacher, examples, told = build(), rows(), []
    flat = examples.batch(np.arange(20, 27))  # over the end of an epoch
    found = load_or_compute_logits(
        tmp_path / "kept", teacher, examples, LabelCrossEntropy(), "label", 3.0, told.append
    ).targets_of(flat)
    with torch.no_grad():
        assert torch.allclose(
            found[SOFT_TARGETS] * 3, make_batch(flat, LabelCrossEntropy()).forward(teacher)["label"], atol=1e-5
        )
    load_or_compute_logits(tmp_path / "kept", teacher, examples, LabelCrossEntropy(), "label", 3.0, told.append)
    assert len(told) == 1
    load_or_compute_logits(
        tmp_path / "kept", build(initialization="scaled"), examples, LabelCrossEntropy(), "label", 3.0, told.append
    )
    assert len(told) == 2


def test_tinybert_learns_the_inside_first_and_then_what_is_said():
    objective = Distillation(LabelCrossEntropy(), {"label": 0.3, SOFT_TARGETS: 0.7, "states": 1.0}, 2.0, hidden_first=0.5)
    assert objective.weights(0.5) == {"label": 0.0, SOFT_TARGETS: 0.0, "states": 1.0}
    assert objective.weights(0.51) == {"label": 0.3, SOFT_TARGETS: 0.7, "states": 0.0}


def test_layers_are_taken_at_even_distances():
    assert evenly_spaced(12, 6) == [0, 2, 4, 7, 9, 11]
    assert evenly_spaced(6, 3) == [0, 2, 5]
    assert evenly_spaced(6, 1) == [0]
    model = build("modern")
    small = take_layers(model, [0, 2, 4])
    assert small.config.windows == (0, 3, 3)
    assert torch.equal(small.backbone.blocks[1].attention.query.weight, model.backbone.blocks[2].attention.query.weight)


@pytest.mark.parametrize(
    ("case", "settings", "code"),
    [
        ("bert", {"from_layers": (0, 6)}, "NO_SUCH_LAYER"),
        ("modern", {"from_layers": (1, 2)}, "FIRST_LAYER"),
        ("bert", {"layers": 7}, "TOO_MANY_LAYERS"),
        ("bert", {"relation_heads": 3}, "RELATION_HEADS"),
    ],
)
def test_what_cannot_be_is_refused(case, settings, code, tmp_path):
    with pytest.raises(InputError) as error:
        distill(work(build(case), tmp_path, segments=case == "bert"), DistillSettings(**settings))
    assert error.value.code == code


def test_heads_of_another_number_are_compared_by_relations_alone():
    few = build(num_heads=2, num_layers=3)
    with pytest.raises(InputError, match="HEADS_DIFFER"):
        make_probes(few, build(), DistillSettings(recipe="tinybert"))
    assert make_probes(few, build(), DistillSettings()).student.relation_heads == 4


def test_shared_heads_of_keys_are_compared_in_as_many_as_divide_them():
    assert LLAMA.kv_heads == 2
    assert make_probes(build("llama"), build("llama"), DistillSettings()).teacher.relation_heads == 4  # 16 wide
    assert student_layers(build("llama"), DistillSettings()) == [0, 2, 5]
