"""A student that learns from a teacher. Losses: objectives/distillation.py; hidden states and attention scores: capture.py.

The teacher is in eval mode and has no gradient. Where only what it says is learned, it reads every row once, and its answers
are kept in the run; where its inside is learned, it reads each batch anew: a third of a training step of its own size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import gcd

import numpy as np
import torch
from torch import Tensor, nn

from groundup.compress.capture import Probe, capture, term_counts
from groundup.compress.layers import evenly_spaced, require_one_stack, take_layers
from groundup.compress.settings import DistillSettings
from groundup.compress.teacher_logits import TeacherLogits, load_or_compute_logits
from groundup.compress.work import Work
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.nn.device import device_of
from groundup.nn.embed.embedder import Tokens
from groundup.nn.initialize import initialize
from groundup.nn.layout import Layout
from groundup.nn.linear import Linear
from groundup.nn.model import Inputs, Model
from groundup.objectives.distillation import COUNT_SUFFIX, SOFT_TARGETS, Distillation, make_soft_loss
from groundup.objectives.objective import Batch, make_batch
from groundup.objectives.span_cross_entropy import SpanCrossEntropy
from groundup.train.run import Plan, Training

NAME = "distill"
INTERMEDIATE_ONLY = 0.5  # share of the updates in which TinyBERT learns the inside alone


@dataclass
class ProbePair:
    """What of the two is compared: the same names, each with layers of its own, and who must be projected."""

    student: Probe
    teacher: Probe


class Student(Model):
    """A model that in training tells its inside, too, as wide as the teacher's."""

    def __init__(self, model: Model, probe: Probe, width: int, seed: int):
        super().__init__(model.config, {}, seed=None)
        self.backbone, self.heads, self.head_configs = model.backbone, model.heads, dict(model.head_configs)
        self.look, self.projections = probe, nn.ModuleDict()
        wide = [
            f"{kind}-{place:03d}"
            for kind, numbers in (("states", probe.states), ("cosine", probe.cosine), ("embedding", (0,) * probe.embedding))
            for place in range(len(numbers))
        ]
        for name in wide if width != model.config.hidden_size else []:
            with torch.device("meta"):
                projection = Linear(model.config.hidden_size, width, bias=False)
            initialize(projection, model.config, seed, f"projection/{name}")
            self.projections[name] = projection
        self.train(model.training)

    def forward(
        self,
        tokens: Tokens,
        layout: Layout,
        segments: Tensor | None,
        positions: Mapping[str, Tensor],
        source: Inputs | None = None,
        start: int = 0,
    ) -> dict[str, Tensor]:
        """Predictions, and in training the inside by name, in the order of attention."""
        if not self.training:
            return super().forward(tokens, layout, segments, positions, source, start)
        inside = capture(self.backbone, tokens, layout, segments, self.look)
        return self.predict_from_states(inside.states, layout, positions) | {
            name: self.project(name, x) for name, x in inside.tensors.items()
        }

    def project(self, name: str, x: Tensor) -> Tensor:
        key = name.replace("/", "-")
        return self.projections[key](x) if key in self.projections else x

    def without_projections(self) -> Model:
        """The model without its projections."""
        inner = Model(self.config, {}, seed=None)
        inner.backbone, inner.heads, inner.head_configs = self.backbone, self.heads, dict(self.head_configs)
        return inner.train(self.training)


def distill(work: Work, settings: DistillSettings, student: Model | None = None) -> Model:
    """The student, trained: `student`, or blocks of the work's model. Raises InputError for what cannot be compared."""
    teacher = work.model.eval().requires_grad_(False)
    require_one_stack(teacher, "distill")
    student = take_layers(teacher, student_layers(teacher, settings)) if student is None else student
    objective = make_objective(work, settings)
    compared = make_probes(student, teacher, settings)
    model = Student(student, compared.student, teacher.config.hidden_size, work.seed) if compared.student else student
    terms = ", ".join(f"{weight:g} {name}" for name, weight in objective.term_weights.items())
    work.log(message("distilling", before=teacher.config.num_layers, after=student.config.num_layers, terms=terms))

    def change(training: Training, plan: Plan) -> Training:
        return replace(training, objective=objective, batches=teacher_batches(work, teacher, objective, compared.teacher))

    trained = work.fit(model, NAME, customize=change)
    return trained.without_projections() if isinstance(trained, Student) else trained


def student_layers(teacher: Model, settings: DistillSettings) -> list[int]:
    """The blocks that the student begins with."""
    whole = teacher.config.num_layers
    count = settings.layers or len(settings.from_layers) or max(1, whole // 2)
    if count > whole:
        raise InputError("TOO_MANY_LAYERS", "distill.layers", f"{count} of {whole} blocks", limit=f"1 to {whole}")
    return list(settings.from_layers) or evenly_spaced(whole, count)


def make_objective(work: Work, settings: DistillSettings) -> Distillation:
    """The weighted sum, the task's own loss under its own name."""
    try:
        make_soft_loss(work.objective)
    except ValueError as error:
        raise InputError("CANNOT_DISTILL", work.task.name, str(error), "prune or quantize the model instead") from None
    own = str(getattr(work.objective, "name", ""))
    weights = {own if name == "hard" else name: weight for name, weight in settings.weights.items()}
    return Distillation(
        work.objective, weights, settings.temperature, INTERMEDIATE_ONLY if settings.recipe == "tinybert" else 0.0
    )


def make_probes(student: Model, teacher: Model, settings: DistillSettings) -> ProbePair:
    """The insides that have a weight. Layer m of the student goes with layer m L_t / L_s of the teacher."""
    weights, few, many = settings.weights, student.config.num_layers, teacher.config.num_layers
    pairs = [(m, round(m * many / few)) for m in range(1, few + 1)]
    attention = pairs if weights["attention"] else []
    for one, other in attention:
        heads = student.config.heads_of(one - 1), teacher.config.heads_of(other - 1)
        if heads[0] != heads[1]:
            what = f"compares {heads[0]} heads of the student with {heads[1]} of the teacher, head by head"
            raise InputError("HEADS_DIFFER", "distill.attention", what, "use --distill.recipe minilm")
    windows = tuple(
        narrower(student.config.window_of(one - 1), teacher.config.window_of(other - 1)) for one, other in attention
    )
    heads = relation_heads(student, teacher, settings) if weights["relation"] else 1

    def look(side: int, layers: int) -> Probe:
        return Probe(
            states=tuple(pair[side] for pair in pairs) if weights["states"] else (),
            cosine=(layers,) if weights["cosine"] else (),
            embedding=bool(weights["embedding"]),
            attention=tuple(pair[side] - 1 for pair in attention),
            windows=windows,
            relation=layers - 1 if weights["relation"] else None,
            relation_heads=heads,
        )

    return ProbePair(look(0, few), look(1, many))


def narrower(one: int, other: int) -> int:
    """Of two windows the one within which both look; 0 is no window."""
    return min(one or other, other or one)


def relation_heads(student: Model, teacher: Model, settings: DistillSettings) -> int:
    """In how many heads queries, keys and values of both can be split."""
    last = [model.config.of_layer(model.config.num_layers - 1) for model in (student, teacher)]
    widths = [heads * config.head_width for config in last for heads in (config.num_heads, config.kv_heads)]
    shared, count = gcd(*widths), settings.relation_heads or last[1].num_heads
    if shared % count == 0:
        return count
    if settings.relation_heads:
        raise InputError(
            "RELATION_HEADS",
            "distill.relation_heads",
            f"{count} do not divide widths of {sorted(set(widths))}",
            f"give a divisor of {shared}",
        )
    return gcd(shared, count)


def teacher_batches(work: Work, teacher: Model, objective: Distillation, look: Probe):
    """Batches of the task's rows with what the teacher says of them and holds inside."""
    answers: TeacherLogits | None = None
    if SOFT_TARGETS in objective.term_weights and not look:
        folder = work.folder / "teacher"
        answers = load_or_compute_logits(
            folder, teacher, work.train, work.objective, work.task.head, objective.temperature, work.log
        )

    def batches(number: int) -> list[Batch]:
        first = (number - 1) * work.batch_size
        flat = work.train.batch(np.arange(first, first + work.batch_size))
        batch = make_batch(flat, objective, 0.0)
        head = work.task.head
        if answers is not None:
            batch.targets |= answers.targets_of(flat)
        elif look:
            batch.targets |= teacher_targets(teacher, batch, look, head, objective.temperature)
        if SOFT_TARGETS in objective.term_weights:
            sequences = isinstance(work.objective, SpanCrossEntropy)
            count = len(flat.lengths) if sequences else len(batch.positions[head])
            batch.targets[SOFT_TARGETS + COUNT_SUFFIX] = torch.tensor(count)
        return [batch]

    return batches


@torch.no_grad()
def teacher_targets(teacher: Model, batch: Batch, look: Probe, head: str, temperature: float) -> dict[str, Tensor]:
    """What it says and holds inside of a batch, with the counts of each."""
    teacher.eval()
    batch.move_to(device_of(teacher))
    inside = capture(teacher.backbone, batch.tokens, batch.layout, batch.segments, look)
    logits = teacher.predict_from_states(inside.states, batch.layout, {head: batch.positions[head]})[head].float()
    counts = term_counts(inside.tensors, batch.layout, look)
    return (
        inside.tensors
        | {SOFT_TARGETS: logits / temperature}
        | {name + COUNT_SUFFIX: torch.tensor(n) for name, n in counts.items()}
    )
