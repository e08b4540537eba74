"""Settings of the ways to make a model smaller. Free of torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from groundup.config import Fraction, NonNegative, NonNegativeFloat, Positive, PositiveFloat
from groundup.scope import Unfit

Recipe = Literal["logits", "distilbert", "minilm", "tinybert"]
WEIGHTS: dict[str, dict[str, float]] = {
    "logits": {"soft": 0.7, "hard": 0.3},
    "distilbert": {"soft": 5.0, "hard": 2.0, "cosine": 1.0},
    "minilm": {"soft": 0.7, "hard": 0.3, "relation": 1.0},
    "tinybert": {"soft": 0.7, "hard": 0.3, "states": 1.0, "embedding": 1.0, "attention": 1.0},
}
TERMS = ("soft", "hard", "states", "cosine", "embedding", "attention", "relation")


@dataclass(frozen=True, kw_only=True)
class DistillSettings:
    """A student that learns from the model: fewer of its layers, or another model with the same tokenizer."""

    unfit: ClassVar = (
        Unfit(lambda one: not one.weights["soft"], ("temperature",), "is of the teacher's answers, whose weight is 0"),
        Unfit(lambda one: not one.weights["relation"], ("relation_heads",), "is of relations, whose weight is 0"),
    )

    recipe: Recipe = "minilm"
    """What is learned besides the labels: what the teacher says (logits), and inside it the direction of the last states
    (distilbert), relations of the last queries, keys and values (minilm), or states, embedding and attention scores of all
    layers, first, and then what it says (tinybert)."""
    layers: Positive | None = None
    """Blocks of the student, taken from the teacher at even distances. Default: half of them."""
    from_layers: tuple[NonNegative, ...] = ()
    """Which blocks of the teacher (from 0) the student begins with, instead of those at even distances."""
    student: str | None = None
    """Model folder or run to train as the student instead; it must have the teacher's tokenizer."""
    temperature: PositiveFloat = 2.0
    """What logits are divided by before they are compared; the loss is multiplied by its square."""
    soft: NonNegativeFloat | None = None
    """Weight of the teacher's answers. Default, as of the other weights: the recipe's."""
    hard: NonNegativeFloat | None = None
    """Weight of the labels."""
    states: NonNegativeFloat | None = None
    """Weight of the squared error of the states of every layer."""
    cosine: NonNegativeFloat | None = None
    """Weight of the angle between the last states."""
    embedding: NonNegativeFloat | None = None
    """Weight of the squared error of the embedding."""
    attention: NonNegativeFloat | None = None
    """Weight of the squared error of the attention scores, head by head."""
    relation: NonNegativeFloat | None = None
    """Weight of the relations."""
    relation_heads: Positive | None = None
    """Heads in which relations are compared. Default: the teacher's, where they divide both widths."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.student is not None and (self.layers or self.from_layers):
            yield "student", "is another model: give neither layers nor from_layers"
        if self.layers and self.from_layers and self.layers != len(self.from_layers):
            yield "from_layers", f"names {len(self.from_layers)} blocks for {self.layers} layers"
        if list(self.from_layers) != sorted(set(self.from_layers)):
            yield "from_layers", "is not a rising list of blocks"
        if not any(self.weights.values()):
            yield "recipe", "has no weight above 0"

    @property
    def weights(self) -> dict[str, float]:
        """Term -> weight."""
        usual, overrides = WEIGHTS[self.recipe], {term: getattr(self, term) for term in TERMS}
        return {term: usual.get(term, 0.0) if overrides[term] is None else overrides[term] for term in TERMS}

    @property
    def learns_from_teacher(self) -> bool:
        """Whether any term needs the teacher; without, it is fine-tuning of the student."""
        return any(weight for term, weight in self.weights.items() if term != "hard")


@dataclass(frozen=True, kw_only=True)
class TheseusSettings:
    """Modules of the model are replaced by single layers, at random and more and more, while it works (BERT-of-Theseus)."""

    layers: Positive | None = None
    """Blocks of the successor; must divide those of the model. Default: half of them."""
    start: Fraction = 0.3
    """Share of the modules that are replaced at first."""
    full_at: Fraction = 0.6
    """Share of the updates after which all are: until then the rate rises linearly; after it the successor trains alone."""
