"""How a model that writes chooses the next token. Free of torch, so that settings and help cost nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundup.config import Fraction, NonNegative, NonNegativeFloat, Positive, PositiveFloat


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How the next token is chosen, and when a text is at its end."""

    max_new_tokens: Positive = 128
    """New tokens at most."""
    temperature: NonNegativeFloat = 0.0
    """0 takes the most probable token; 1 draws by the model's probabilities, less evens them out."""
    top_k: NonNegative = 0
    """Draw among so many of the most probable tokens; 0: among all."""
    top_p: Fraction = 1.0
    """Draw among the most probable tokens that together have this probability (Holtzman et al., 2019, arXiv:1904.09751)."""
    min_p: Fraction = 0.0
    """Draw among tokens with at least this share of the highest probability (Nguyen et al., 2024, arXiv:2407.01082)."""
    beams: Positive = 1
    """Hypotheses followed at once; more than 1 is a beam search (which draws nothing)."""
    length_penalty: float = 1.0
    """A finished hypothesis is worth its log-probability over its length to this power."""
    repetition_penalty: PositiveFloat = 1.0
    """Divides the scores of tokens that were there before (Keskar et al., 2019, arXiv:1909.05858)."""
    no_repeat_ngram: NonNegative = 0
    """No so many tokens in a row occur twice; 0: no rule."""
    seed: NonNegative = 0
    """Every draw of chance hangs on it."""

    def check(self) -> Iterable[tuple[str, str]]:
        """Complaints about values that go badly together."""
        if self.beams > 1 and self.temperature:
            yield "temperature", f"{self.temperature:g} draws tokens, and beam search draws none"
        for name in ("top_k", "min_p"):
            if getattr(self, name) and not self.temperature:
                yield name, "needs a temperature above 0: without one the most probable token is taken"
        if self.top_p < 1 and not self.temperature:
            yield "top_p", "needs a temperature above 0: without one the most probable token is taken"
