"""Masked language modeling: L = -sum over masked i of log p(x_i | x_masked), masked positions only.

Devlin et al., 2018, arXiv:1810.04805 (15 % chosen; 80 % of them masked, 10 % random, 10 % kept);
Wettig et al., 2022, arXiv:2202.08005 and Ankner et al., 2023, arXiv:2305.15096 (all masked, a rate that falls);
Joshi et al., 2019, arXiv:1907.10529 (spans); Cui et al., 2019, arXiv:1906.08101 (whole words, in Chinese too).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from torch import Tensor

from groundup.data import draws
from groundup.data.batches.ragged_batch import Flat
from groundup.objectives.cross_entropy import ClassObjective
from groundup.objectives.masking import Masking
from groundup.objectives.objective import Sums, ratio

IsContinuation = Callable[[np.ndarray], np.ndarray]  # tokens of a stream -> whether each continues the word before it
SPAN_END_PROBABILITY, MAX_SPAN = 1 / 3, 10  # a span ends after each token with this probability, and after so many tokens


class MaskedLM(ClassObjective):
    """Head `mlm`: the word at each masked position."""

    name = "mlm"

    def __init__(
        self,
        masking: Masking,
        mask: int,
        specials: list[int],
        vocab_size: int,
        seed: int,
        is_continuation: IsContinuation | None = None,
    ):
        self.masking, self.mask, self.vocab_size, self.is_continuation = masking, mask, vocab_size, is_continuation
        if masking.unit == "word" and is_continuation is None:
            raise ValueError("masking whole words needs `is_continuation`: which tokens continue a word")
        self.is_special = np.zeros(vocab_size, dtype=bool)
        self.is_special[specials] = True
        self.ordinary_tokens = np.flatnonzero(~self.is_special)  # random replacements are drawn from these
        self.choice_key = draws.key(seed, "mlm/choice")
        self.span_key = draws.key(seed, "mlm/span")
        self.fate_key = draws.key(seed, "mlm/fate")
        self.word_key = draws.key(seed, "mlm/word")

    def prepare(self, flat: Flat, progress: float) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        plan = self.masking
        rate = plan.rate + (plan.final_rate - plan.rate) * progress
        positions = self.select_positions(flat, rate)
        targets = flat.tokens[positions]
        row = flat.rows[positions]
        place = positions - flat.starts[row]
        fate = draws.uniform(self.fate_key, flat.numbers[row], place)
        random_tokens = self.ordinary_tokens[
            draws.words(self.word_key, flat.numbers[row], place) % np.uint64(len(self.ordinary_tokens))
        ]
        replaced = np.where(fate < plan.masked, self.mask, np.where(fate < plan.masked + plan.random, random_tokens, targets))
        flat.tokens[positions] = replaced
        return {self.name: (positions, targets)}

    def select_positions(self, flat: Flat, rate: float) -> np.ndarray:
        """Flat positions to predict: in each sequence the k tokens with the smallest draws, k = rate x its words, >= 1.

        Tokens of one unit share a draw. A span that does not fit into k is cut; a word that does not fit is left out, unless it
        is the first.
        """
        candidates = np.flatnonzero(~self.is_special[flat.tokens])
        row = flat.rows[candidates]
        place = candidates - flat.starts[row]
        firsts = np.arange(len(candidates))  # of each candidate's unit, among the candidates
        if self.masking.unit != "token":
            firsts = self.unit_starts(flat, candidates, row, place)
        draw = draws.uniform(self.choice_key, flat.numbers[row], place[firsts])
        available = np.bincount(row, minlength=len(flat.lengths))
        budget = np.maximum(np.rint(available * rate).astype(np.int64), 1)
        if self.masking.most is not None:
            budget = np.minimum(budget, np.maximum(1, np.rint(flat.lengths * self.masking.most).astype(np.int64)))
        order = np.argsort(row + draw, kind="stable")  # by sequence, then by draw
        rank = np.arange(len(order)) - np.repeat(np.cumsum(available) - available, available)
        if self.masking.unit != "word":
            return np.sort(candidates[order[rank < budget[row[order]]]])
        sizes = np.bincount(firsts, minlength=len(candidates))[firsts[order]]
        first_rank = rank - (order - firsts[order])  # of the first token of the unit
        fits = (first_rank + sizes <= budget[row[order]]) | (first_rank == 0)
        return np.sort(candidates[order[fits]])

    def unit_starts(self, flat: Flat, candidates: np.ndarray, row: np.ndarray, place: np.ndarray) -> np.ndarray:
        """For each candidate, the first one of its unit. Units never extend across a special token."""
        number = np.arange(len(candidates))
        if self.masking.unit == "word":
            assert self.is_continuation is not None
            begins = ~self.is_continuation(flat.tokens)[candidates]
        else:  # the token before ended a span
            begins = draws.uniform(self.span_key, flat.numbers[row], place) < SPAN_END_PROBABILITY
        begins |= np.diff(candidates, prepend=-2) > 1
        begins |= np.diff(row, prepend=-1) > 0
        firsts = np.maximum.accumulate(np.where(begins, number, 0))
        if self.masking.unit == "span":
            firsts = number - (number - firsts) % MAX_SPAN
        return firsts

    def measure(self, predictions: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Sums:
        right = (predictions[self.name].argmax(-1) == targets[self.name]).sum()
        return {"mlm_right": float(right), "mlm_count": float(len(targets[self.name]))}

    def summary(self, sums: Sums) -> dict[str, float | None]:
        return {"masked_accuracy": ratio(sums.get("mlm_right", 0.0), sums.get("mlm_count", 0.0))}
