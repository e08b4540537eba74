"""Rules that a model's generation_config.json has and no setting of ours: tokens that are forced, forbidden or put off.

B sequences, V vocabulary. The order of the rules is that of transformers (5.23).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class LogitsRules:
    """Rules by which scores are changed before a token is chosen; all tokens are ids, all lengths tokens."""

    forced_bos: int | None = None  # after a prompt of one token
    forced_eos: tuple[int, ...] = ()  # where no more than one token may follow
    min_length: int = 0  # prompt and new tokens before an end
    min_new_tokens: int = 0
    suppress_tokens: tuple[int, ...] = ()
    begin_suppress_tokens: tuple[int, ...] = ()
    bad_words: tuple[tuple[int, ...], ...] = ()  # runs of tokens
    encoder_no_repeat_ngram: int = 0  # no so many tokens in a row of what the encoder reads (without one: of the prompt)
    encoder_repetition_penalty: float = 1.0  # favors the tokens that it reads
    length_decay: tuple[int, float] | None = None  # after so many new tokens an end grows more probable by this factor

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
        """Scores [B, V] after the rules. `texts` are all tokens so far, `prompts` [B] how many of these were given, `last` [B]
        whether the next token is the last one there is room for, `sources` what the encoder read, or the prompts."""
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
        begun = prompt if prompt > 1 or self.forced_bos is None else prompt + 1
        if length == begun:
            forbid(scores, self.begin_suppress_tokens)

    def penalize_non_encoder_tokens(self, scores: Tensor, sources: Sequence[Sequence[int]]) -> Tensor:
        """Scores [B, V] after the penalty for tokens that the encoder does not read, which goes before all other rules."""
        if self.encoder_repetition_penalty != 1:
            for row, source in enumerate(sources):
                read = torch.tensor(sorted(set(source)))
                values, penalty = scores[row, read], 1 / self.encoder_repetition_penalty
                scores[row, read] = torch.where(values < 0, values * penalty, values / penalty)
        return scores


NO_RULES = LogitsRules()


def forbid(scores: Tensor, tokens: Sequence[int]) -> None:
    inside = [token for token in tokens if token < len(scores)]
    if inside:
        scores[inside] = -torch.inf


def force(scores: Tensor, tokens: Sequence[int]) -> None:
    """No token but these."""
    scores[:] = -torch.inf
    scores[[token for token in tokens if token < len(scores)]] = 0.0


def ngram_continuations(source: Sequence[int], text: Sequence[int], size: int) -> list[int]:
    """The tokens after which the last `size` of a text would stand in the source, too."""
    if len(text) + 1 < size:
        return []
    before = list(text[len(text) - size + 1 :])
    return [source[at + size - 1] for at in range(len(source) - size + 1) if list(source[at : at + size - 1]) == before]
