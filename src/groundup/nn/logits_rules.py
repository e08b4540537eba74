"""Rules of a model's generation_config.json that have no setting of ours: tokens that are forced, suppressed or delayed.

B sequences, V vocabulary. The order of the rules is that of transformers (5.23).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class LogitsRules:
    """Rules that change logits before a token is selected. Tokens are ids, lengths are in tokens."""

    forced_bos: int | None = None  # after a prompt of one token
    forced_eos: tuple[int, ...] = ()  # if only one more token has room
    min_length: int = 0  # of prompt and new tokens, before an end token is allowed
    min_new_tokens: int = 0
    suppress_tokens: tuple[int, ...] = ()
    begin_suppress_tokens: tuple[int, ...] = ()
    bad_words: tuple[tuple[int, ...], ...] = ()  # sequences of tokens
    encoder_no_repeat_ngram: int = 0  # no n-gram of the encoder's input (without an encoder: of the prompt)
    encoder_repetition_penalty: float = 1.0  # above 1 favors tokens of the encoder's input
    length_decay: tuple[int, float] | None = None  # (start, factor): after so many new tokens the end grows more probable

    @property
    def any(self) -> bool:
        return self != NO_RULES

    def apply(
        self,
        scores: Tensor,
        texts: Sequence[Sequence[int]],
        prompts: Sequence[int],
        last: Sequence[bool],
        ends: Sequence[int],
        sources: Sequence[Sequence[int]],
    ) -> Tensor:
        """Logits [B, V] after the rules. `texts` are all tokens so far, `prompts` [B] the lengths of the prompts, `last` [B]
        whether the next token is the last with room, `sources` the encoder's inputs, or the prompts."""
        for row, text in enumerate(texts):
            self.apply_to(scores[row], text, prompts[row], last[row], ends, sources[row])
        return scores

    def apply_to(
        self, scores: Tensor, text: Sequence[int], prompt: int, last: bool, ends: Sequence[int], source: Sequence[int]
    ) -> None:
        length, new, end = len(text), len(text) - prompt, list(ends)
        if self.encoder_no_repeat_ngram:
            forbid(scores, ngram_continuations(source, text, self.encoder_no_repeat_ngram))
        for run in self.bad_words:
            fits = len(run) <= length + 1 and list(text[length - len(run) + 1 :]) == list(run[:-1])
            if fits and not (len(run) == 1 and run[0] in end):
                forbid(scores, run[-1:])
        if end and (length < self.min_length or new < self.min_new_tokens):
            forbid(scores, end)
        if self.forced_bos is not None and length == 1:
            force(scores, (self.forced_bos,))
        if self.forced_eos and last:
            force(scores, self.forced_eos)
        if self.length_decay is not None and new > self.length_decay[0]:
            scores[end] += scores[end].abs() * (self.length_decay[1] ** (new - self.length_decay[0]) - 1)
        forbid(scores, self.suppress_tokens)
        start = prompt if prompt > 1 or self.forced_bos is None else prompt + 1
        if length == start:
            forbid(scores, self.begin_suppress_tokens)

    def penalize_non_encoder_tokens(self, scores: Tensor, sources: Sequence[Sequence[int]]) -> Tensor:
        """Logits [B, V] after the penalty for tokens outside the encoder's input. It comes before all other rules."""
        if self.encoder_repetition_penalty != 1:
            for row, source in enumerate(sources):
                present = torch.tensor(sorted(set(source)))
                values, penalty = scores[row, present], 1 / self.encoder_repetition_penalty
                scores[row, present] = torch.where(values < 0, values * penalty, values / penalty)
        return scores


NO_RULES = LogitsRules()


def forbid(scores: Tensor, tokens: Sequence[int]) -> None:
    known = [token for token in tokens if token < len(scores)]
    if known:
        scores[known] = -torch.inf


def force(scores: Tensor, tokens: Sequence[int]) -> None:
    """Allow only these tokens."""
    scores[:] = -torch.inf
    scores[[token for token in tokens if token < len(scores)]] = 0.0


def ngram_continuations(source: Sequence[int], text: Sequence[int], size: int) -> list[int]:
    """The tokens that would complete an n-gram of the source at the end of the text."""
    if len(text) + 1 < size:
        return []
    before = list(text[len(text) - size + 1 :])
    return [source[at + size - 1] for at in range(len(source) - size + 1) if list(source[at : at + size - 1]) == before]
