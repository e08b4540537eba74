"""How a generating model selects the next token. Free of torch, so that settings and help cost nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from groundup.config import Fraction, NonNegative, NonNegativeFloat, Positive, PositiveFloat
from groundup.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How the next token is chosen, and when a text is at its end. What is left open (None) is what the model's
    generation_config.json says, else what `ResolvedDecoding` has."""

    max_new_tokens: Positive | None = None
    """New tokens at most. Default: the model's, else 128."""
    temperature: NonNegativeFloat | None = None
    """0 takes the most probable token; 1 draws by the model's probabilities, less evens them out. Default: the model's, else
    0."""
    top_k: NonNegative | None = None
    """Draw among so many of the most probable tokens; 0: among all. Default: the model's, else 0."""
    top_p: Fraction | None = None
    """Draw among the most probable tokens that together have this probability (Holtzman et al., 2019, arXiv:1904.09751).
    Default: the model's, else 1."""
    min_p: Fraction | None = None
    """Draw among tokens with at least this share of the highest probability (Nguyen et al., 2024, arXiv:2407.01082). Default:
    the model's, else 0."""
    beams: Positive | None = None
    """Hypotheses followed at once; more than 1 is a beam search (which draws nothing). Default: the model's, else 1."""
    length_penalty: float | None = None
    """A finished hypothesis is worth its log-probability over its length to this power. Default: the model's, else 1."""
    early_stopping: bool | None = None
    """Whether a beam search ends as soon as as many hypotheses are finished as it follows. Default: the model's, else false."""
    repetition_penalty: PositiveFloat | None = None
    """Divides the scores of tokens that were there before (Keskar et al., 2019, arXiv:1909.05858). Default: the model's, else
    1."""
    no_repeat_ngram: NonNegative | None = None
    """No so many tokens in a row occur twice; 0: no rule. Default: the model's, else 0."""
    seed: NonNegative = 0
    """Every random draw depends on it."""

    def check(self) -> Iterable[tuple[str, str]]:
        """Problems of values that contradict each other."""
        if (self.beams or 1) > 1 and self.temperature:
            yield "temperature", f"{self.temperature:g} draws tokens, and beam search draws none"
        if self.temperature != 0:  # left open it may be the model's
            return
        narrowing = {"top_k": self.top_k, "min_p": self.min_p, "top_p": self.top_p is not None and self.top_p < 1}
        for name in (name for name, value in narrowing.items() if value):
            yield name, "needs a temperature above 0: without one the most probable token is taken"

    def resolve(self, model: Mapping[str, Any] | None = None) -> ResolvedDecoding:
        """The same with a value for everything: from these settings, then from `model` (its generation_config.json), then the
        defaults. Settings that sample drop the model's beam search, and the other way round. Raises InputError BAD_SETTING for
        values that contradict each other."""
        overrides = {f.name: getattr(self, f.name) for f in fields(Decoding) if getattr(self, f.name) is not None}
        usual = dict(model or {})
        if overrides.get("temperature") == 0 or ("temperature" not in overrides and overrides.get("beams", 1) > 1):
            usual = {name: value for name, value in usual.items() if name not in SAMPLING_SETTINGS}
        if overrides.get("temperature") and "beams" not in overrides:
            usual.pop("beams", None)
        if "max_new_tokens" in overrides:
            usual.pop("max_length", None)
        resolved = ResolvedDecoding(**(usual | overrides))
        mistakes = [
            f"{name}: {what}" for name, what in Decoding(**{name: getattr(resolved, name) for name in SHARED_SETTINGS}).check()
        ]
        if mistakes:
            place, _, what = mistakes[0].partition(": ")
            raise InputError("BAD_SETTING", place, what, problems=tuple(mistakes))
        return resolved


@dataclass(frozen=True, kw_only=True)
class ResolvedDecoding:
    """The same with a value for everything."""

    max_new_tokens: int = 128
    max_length: int | None = None  # of prompt and answer together; if given, max_new_tokens does not count
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    beams: int = 1
    length_penalty: float = 1.0
    early_stopping: bool = False
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0
    seed: int = 0


SAMPLING_SETTINGS = ("temperature", "top_k", "top_p", "min_p")
SHARED_SETTINGS = tuple(f.name for f in fields(Decoding))
