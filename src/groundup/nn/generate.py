"""Text token by token: greedy, sampled, or by beam search, for any number of prompts of any lengths at once.

A prompt's tokens do not depend on the prompts beside it: there is no padding, and chance is drawn per prompt.
B sequences, V vocabulary, K beams.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

import torch
from torch import Tensor

from groundup.errors import InputError
from groundup.nn.decoding import Decoding, ResolvedDecoding
from groundup.nn.inference.fast_forward import lean
from groundup.nn.kv_cache import KVCache
from groundup.nn.layout import Layout
from groundup.nn.logits_rules import NO_RULES, LogitsRules
from groundup.nn.model import Inputs, Model

HEAD = "lm"
BLOCK = 64  # scores that are looked at together where the highest are sought
StoppingCriterion = Callable[[int, list[int]], bool]  # (number of the prompt, its new tokens so far) -> whether to stop it


@dataclass
class GeneratedTokens:
    """New tokens, the end token not among them; `reason` is end (an end token), stop (`watch` said so) or length."""

    tokens: list[int] = field(default_factory=list)
    reason: str = "length"
    score: float = 0.0  # beam search: log-probability over length ** penalty


class IncrementalDecoder:
    """A model in the middle of texts: it reads some tokens and tells the scores of the next ones, again and again."""

    def __init__(self, model: Model, sequences: int, places: int, source: Inputs | None = None, words: int | None = None):
        self.model, self.memory, self.words = lean(model), KVCache(model.config, sequences, places), words
        self.step: Layout | None = None  # of the sequences as they are
        self.seen = None
        if self.model.encoder is not None:
            if source is None:
                raise InputError("NO_SOURCE", "text", "this model has an encoder", "give it a text to read")
            self.seen = self.model.encoder.encoder_states(*source, use_cache=True)

    def prefill(self, prompts: Sequence[Sequence[int]]) -> Tensor:
        """Scores [B, V] of what follows each prompt."""
        layout = Layout([len(prompt) for prompt in prompts])
        tokens = torch.tensor([token for prompt in prompts for token in prompt])
        lasts = torch.tensor(layout.lengths).cumsum(0) - 1
        scores = self.forward(tokens, layout, lasts)
        self.memory.lengths = torch.tensor(layout.lengths)
        return scores

    def decode(self, tokens: Tensor) -> Tensor:
        """The same after one more token [B] of each."""
        self.step = Layout.decode_step(self.memory.lengths) if self.step is None else self.step.next_step(self.memory.lengths)
        self.memory.lengths = self.memory.lengths + 1
        return self.forward(tokens, self.step, None)

    def forward(self, tokens: Tensor, layout: Layout, asked: Tensor | None) -> Tensor:
        states = self.model.backbone(tokens, layout, None, asked, self.seen, self.memory)
        return self.model.heads[HEAD](self.model.backbone, states).float()[:, : self.words]

    def select(self, rows: list[int]) -> None:
        """Go on with these sequences only, in this order."""
        before = self.memory.lengths
        self.memory.select(rows)
        if not torch.equal(self.memory.lengths, before):
            self.step = None
        if self.seen is not None:
            self.seen.select(rows)


def generate(
    model: Model,
    prompts: Sequence[Sequence[int]],
    decoding: Decoding | ResolvedDecoding,
    end_tokens: Sequence[int] = (),
    source: Inputs | None = None,
    should_stop: StoppingCriterion | None = None,
    vocab_size: int | None = None,
    logits_rules: LogitsRules = NO_RULES,
) -> list[GeneratedTokens]:
    """What follows each prompt (ids, at least one), until a token of `ends`, or until `watch` stops it. Only the first `words`
    ids are written (of a model whose embedding has rows to spare).

    A model with an encoder reads `source`, one sequence per prompt, and its prompts are the decoder's first tokens.
    `restraints` are further rules of the model's own. Raises InputError for a prompt that leaves no room.
    """
    decoding = decoding.resolve() if isinstance(decoding, Decoding) else decoding
    if HEAD not in model.heads:
        raise InputError("NO_LANGUAGE_MODEL", "model", "it does not tell what comes next", "use a causal language model")
    if not prompts:
        return []
    longest, most = max(map(len, prompts)), model.config.max_positions
    if min(map(len, prompts)) < 1 or longest >= most:
        raise InputError(
            "BAD_PROMPT",
            "prompt",
            f"has {longest} tokens",
            "give it at least one token, and room for more",
            limit=f"{most - 1} tokens",
        )
    places = min(most, longest + decoding.max_new_tokens)
    if decoding.max_length is not None:
        if longest >= decoding.max_length:
            raise InputError(
                "BAD_PROMPT",
                "prompt",
                f"has {longest} tokens",
                "allow more with --max_new_tokens",
                limit=f"{decoding.max_length} tokens with the answer, as the model's folder says",
            )
        places = min(most, decoding.max_length)
        decoding = replace(decoding, max_new_tokens=places)
    read = list(prompts)
    if source is not None and isinstance(source.tokens, Tensor):
        read = [one.tolist() for one in source.tokens.split(source.layout.lengths)]
    rules = GenerationRules(decoding, logits_rules, list(end_tokens), places, read)
    with torch.inference_mode():
        reader = IncrementalDecoder(model.eval(), len(prompts), places, source, vocab_size)
        if decoding.beams > 1:
            return beam_search(reader, prompts, rules)
        return sample(reader, prompts, rules, should_stop or (lambda number, tokens: False))


@dataclass(frozen=True)
class GenerationRules:
    """How scores become tokens, and where texts end."""

    decoding: ResolvedDecoding
    logits_rules: LogitsRules
    end_tokens: list[int]
    max_length: int  # tokens of prompt and answer at most
    sources: Sequence[Sequence[int]]  # what the encoder read for each prompt; without one the prompts

    def is_last(self, prompt: int, new: int) -> bool:
        """Whether a text of so many tokens has room for one more only."""
        return new + 1 >= self.decoding.max_new_tokens or prompt + new + 1 >= self.max_length

    def apply(
        self, scores: Tensor, texts: Callable[[], list[list[int]]], numbers: Sequence[int], prompts: Sequence[int]
    ) -> Tensor:
        """Scores [B, V] after all rules; `numbers` [B] of the prompts, `prompts` [B] their tokens; `texts` are asked for only
        where a rule looks at them."""
        if not (has_repetition_rules(self.decoding) or self.logits_rules.any):
            return scores
        so_far = texts()
        sources = [self.sources[number] for number in numbers]
        scores = self.logits_rules.penalize_non_encoder_tokens(scores, sources)
        scores = apply_repetition_rules(scores, so_far, self.decoding)
        last = [self.is_last(prompt, len(text) - prompt) for text, prompt in zip(so_far, prompts, strict=True)]
        return self.logits_rules.apply(scores, so_far, prompts, last, self.end_tokens, sources)


def sample(
    reader: IncrementalDecoder, prompts: Sequence[Sequence[int]], rules: GenerationRules, watch: StoppingCriterion
) -> list[GeneratedTokens]:
    """One token at a time, drawn or the most probable one. What is at its end is read no further."""
    decoding = rules.decoding
    found = [GeneratedTokens() for _ in prompts]
    generators = [torch.Generator().manual_seed(decoding.seed * 1_000_003 + number) for number in range(len(prompts))]
    going = list(range(len(prompts)))
    scores = reader.prefill(prompts)
    while going:
        now = list(going)
        scores = rules.apply(
            scores, lambda now=now: [[*prompts[n], *found[n].tokens] for n in now], now, [len(prompts[n]) for n in now]
        )
        chosen = next_tokens(scores, decoding, [generators[number] for number in going])
        kept = []
        for place, (number, token) in enumerate(zip(going, chosen.tolist(), strict=True)):
            one = found[number]
            if token in rules.end_tokens:
                one.reason = "end"
                continue
            one.tokens.append(token)
            if watch(number, one.tokens):
                one.reason = "stop"
            elif not rules.is_last(len(prompts[number]), len(one.tokens) - 1):
                kept.append(place)
        if not kept:
            break
        if len(kept) < len(going):
            going = [going[place] for place in kept]
            reader.select(kept)
            chosen = chosen[kept]
        scores = reader.decode(chosen)
    return found


def next_tokens(scores: Tensor, decoding: ResolvedDecoding, generators: Sequence[torch.Generator]) -> Tensor:
    """[B] the next tokens by scores [B, V]."""
    if not decoding.temperature:
        return torch.from_numpy(scores.numpy().argmax(-1))  # ten times as fast
    shares = filter_logits(scores / decoding.temperature, decoding).softmax(-1)
    drawn = torch.stack([torch.rand(1, generator=generator, dtype=torch.float64) for generator in generators])  # [B, 1]
    edges = shares.double().cumsum(-1)
    return torch.searchsorted(edges, drawn * edges[:, -1:], right=True)[:, 0].clamp(max=scores.shape[1] - 1)


def filter_logits(scores: Tensor, decoding: ResolvedDecoding) -> Tensor:
    """Scores [B, V] with -inf for what may not be drawn; the most probable token always may."""
    if decoding.top_k and decoding.top_k < scores.shape[1]:
        scores = scores.masked_fill(scores < scores.topk(decoding.top_k).values[:, -1:], -torch.inf)
    if decoding.top_p < 1:
        ordered, order = scores.sort(descending=True)
        before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)  # probability of all that is more probable
        scores = scores.masked_fill((before >= decoding.top_p).scatter(1, order, before >= decoding.top_p), -torch.inf)
    if decoding.min_p:
        shares = scores.softmax(-1)
        scores = scores.masked_fill(shares < decoding.min_p * shares.amax(-1, keepdim=True), -torch.inf)
    return scores


def has_repetition_rules(decoding: ResolvedDecoding) -> bool:
    """Whether scores depend on what was written before."""
    return decoding.repetition_penalty != 1 or decoding.no_repeat_ngram > 0


def apply_repetition_rules(scores: Tensor, texts: Sequence[Sequence[int]], decoding: ResolvedDecoding) -> Tensor:
    """Scores [B, V] after the rules against repetition; `texts` are all tokens so far."""
    for row, text in enumerate(texts):
        if decoding.repetition_penalty != 1:
            seen = torch.tensor(sorted(set(text)))
            values = scores[row, seen]
            penalty = decoding.repetition_penalty
            scores[row, seen] = torch.where(values < 0, values * penalty, values / penalty)
        size = decoding.no_repeat_ngram
        if size and len(text) + 1 >= size:
            last = list(text[len(text) - size + 1 :])
            banned = {text[i + size - 1] for i in range(len(text) - size + 1) if list(text[i : i + size - 1]) == last}
            scores[row, sorted(banned)] = -torch.inf
    return scores


@dataclass
class Hypotheses:
    """One prompt of a beam search: what is being followed, and the best that have ended."""

    alive: list[list[int]]
    log_probs: list[float]  # log-probabilities of the live ones
    finished: list[GeneratedTokens] = field(default_factory=list)
    done: bool = False


def beam_search(reader: IncrementalDecoder, prompts: Sequence[Sequence[int]], rules: GenerationRules) -> list[GeneratedTokens]:
    """Beam search: of each prompt the `beams` most probable beginnings are followed; those among them that end are put aside by
    their value. A prompt is done when the best live one, valued at its present length, is no better than the worst of as
    many ended ones; with `early_stopping` as soon as there are so many."""
    decoding = rules.decoding
    states = [Hypotheses([[]], [0.0]) for _ in prompts]
    scores = reader.prefill(prompts)  # [B, V], a row for each live hypothesis, prompt by prompt
    for length in range(1, decoding.max_new_tokens + 1):
        now = [number for number, state in enumerate(states) if not state.done for _ in state.alive]
        logs = rules.apply(
            scores.log_softmax(-1),
            lambda: [
                [*prompt, *live]
                for prompt, state in zip(prompts, states, strict=True)
                if not state.done
                for live in state.alive
            ],
            now,
            [len(prompts[number]) for number in now],
        )
        counts = [0 if state.done else len(state.alive) for state in states]
        firsts = [0, *accumulate(counts)]
        parents: list[int] = []
        tokens: list[int] = []
        for number, (state, part) in enumerate(zip(states, logs.split(counts), strict=True)):
            if state.done:
                continue
            last = rules.is_last(len(prompts[number]), length - 1)
            kept = extend_beams(state, part, decoding, rules.end_tokens, length, last)
            parents += [firsts[number] + parent for parent, _ in kept]
            tokens += [token for _, token in kept]
        if not parents:
            break
        reader.select(parents)
        scores = reader.decode(torch.tensor(tokens))
    return [max(state.finished, key=lambda one: one.score) for state in states]


def extend_beams(
    state: Hypotheses, logs: Tensor, decoding: ResolvedDecoding, ends: list[int], length: int, last: bool
) -> list[tuple[int, int]]:
    """One more token for a prompt's live hypotheses, by log-probabilities [K, V]. (parent, token) of what stays alive."""
    beams, penalty = decoding.beams, decoding.length_penalty
    total = logs + torch.tensor(state.log_probs)[:, None]
    wanted = max(2, 1 + len(ends)) * beams  # so that enough are left when all the best of them end
    values, places = top_values(total.flatten(), min(wanted, total.numel()))
    alive: list[tuple[int, int, float]] = []
    for rank, (value, place) in enumerate(zip(values.tolist(), places.tolist(), strict=True)):
        parent, token = divmod(place, total.shape[1])
        ending = token in ends
        if not ending and not last:
            alive.append((parent, token, value))
        elif rank < beams:
            text = state.alive[parent] + ([] if ending else [token])
            state.finished.append(GeneratedTokens(text, "end" if ending else "length", value / length**penalty))
    state.finished = sorted(state.finished, key=lambda one: -one.score)[:beams]
    full = len(state.finished) == beams
    state.done = (
        last or not alive or (full and (decoding.early_stopping or alive[0][2] / length**penalty <= state.finished[-1].score))
    )
    alive = reorder_beams(alive[:beams])
    state.alive = [[*state.alive[parent], token] for parent, token, _ in alive]
    state.log_probs = [value for _, _, value in alive]
    return [] if state.done else [(parent, token) for parent, token, _ in alive]


def top_values(values: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest of values [N], falling, and their places. Only blocks that are themselves among the largest are
    searched, which takes half the time."""
    whole = len(values) // BLOCK * BLOCK
    if whole < 32 * count * BLOCK:
        return values.topk(count)
    blocks = values[:whole].view(-1, BLOCK).amax(1).topk(count).indices
    places = torch.cat([(blocks[:, None] * BLOCK + torch.arange(BLOCK)).flatten(), torch.arange(whole, len(values))])
    found = values.index_select(0, places).topk(count)
    return found.values, places.index_select(0, found.indices)


def reorder_beams(alive: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """(parent, token, value) of what stays alive, each parent's best in the place of its parent where there is one: the memory
    of these need not be moved."""
    placed: dict[int, tuple[int, int, float]] = {}
    for one in alive:
        if one[0] < len(alive):
            placed.setdefault(one[0], one)
    rest = iter([one for one in alive if placed.get(one[0]) is not one])
    return [placed[place] if place in placed else next(rest) for place in range(len(alive))]
