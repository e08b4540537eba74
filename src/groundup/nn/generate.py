"""Text token by token: greedy, sampled, or by beam search, for any number of prompts of any lengths at once.

The answer to a prompt does not depend on the other prompts: there is no padding, and each prompt has its own random generator.
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
from groundup.nn.device import device_of
from groundup.nn.inference.fast_forward import fast_forward
from groundup.nn.kv_cache import KVCache
from groundup.nn.layout import Layout
from groundup.nn.logits_rules import NO_RULES, LogitsRules
from groundup.nn.model import Inputs, Model

HEAD = "lm"
BLOCK = 64  # scores that `top_values` compares at once
StoppingCriterion = Callable[[int, list[int]], bool]  # (number of the prompt, its new tokens so far) -> whether to stop it


@dataclass
class GeneratedTokens:
    """New tokens, the end token not among them; `reason` is end (an end token), stop (by `should_stop`) or length."""

    tokens: list[int] = field(default_factory=list)
    reason: str = "length"
    score: float = 0.0  # beam search: log-probability over length ** penalty


class IncrementalDecoder:
    """Decodes sequences token by token with a key-value cache: each call returns the logits of the next tokens."""

    def __init__(
        self, model: Model, sequences: int, max_length: int, source: Inputs | None = None, vocab_size: int | None = None
    ):
        self.model, self.vocab_size = fast_forward(model), vocab_size
        self.device = device_of(model)
        self.cache = KVCache(model.config, sequences, max_length, self.device)
        self.layout: Layout | None = None  # of the next decoding step
        self.encoder_states = None
        if self.model.encoder is not None:
            if source is None:
                raise InputError("NO_SOURCE", "text", "this model has an encoder", "give it a text to read")
            self.encoder_states = self.model.encoder.encoder_states(*source, use_cache=True)

    def prefill(self, prompts: Sequence[Sequence[int]]) -> Tensor:
        """Logits [B, V] of the token after each prompt."""
        layout = Layout([len(prompt) for prompt in prompts])
        tokens = torch.tensor([token for prompt in prompts for token in prompt])
        last_rows = torch.tensor(layout.lengths).cumsum(0) - 1
        logits = self.forward(tokens, layout, last_rows)
        self.cache.lengths = torch.tensor(layout.lengths).to(self.device)
        return logits

    def decode(self, tokens: Tensor) -> Tensor:
        """Logits [B, V] after one more token [B] of each sequence."""
        lengths = self.cache.lengths
        self.layout = Layout.decode_step(lengths) if self.layout is None else self.layout.next_step(lengths)
        self.cache.lengths = lengths + 1
        return self.forward(tokens, self.layout, None)

    def forward(self, tokens: Tensor, layout: Layout, rows: Tensor | None) -> Tensor:
        states = self.model.backbone(tokens, layout, None, rows, self.encoder_states, self.cache)
        return self.model.heads[HEAD](self.model.backbone, states).float()[:, : self.vocab_size]

    def select(self, rows: list[int]) -> None:
        """Keep only these sequences, in this order."""
        before = self.cache.lengths
        self.cache.select(rows)
        if not torch.equal(self.cache.lengths, before):
            self.layout = None
        if self.encoder_states is not None:
            self.encoder_states.select(rows)


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
    """The continuation of each prompt (at least one id), until a token of `end_tokens`, or until `should_stop`. Only the first
    `vocab_size` ids are generated (an embedding may have spare rows).

    A model with an encoder reads `source`, one sequence per prompt, and prompts are the decoder's first tokens. `logits_rules`
    come from the model's folder. Raises InputError for a prompt that leaves no room.
    """
    decoding = decoding.resolve() if isinstance(decoding, Decoding) else decoding
    if HEAD not in model.heads:
        raise InputError("NO_LANGUAGE_MODEL", "model", "it does not predict the next token", "use a causal language model")
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
    max_length = min(most, longest + decoding.max_new_tokens)
    if decoding.max_length is not None:
        if longest >= decoding.max_length:
            raise InputError(
                "BAD_PROMPT",
                "prompt",
                f"has {longest} tokens",
                "allow more with --max_new_tokens",
                limit=f"{decoding.max_length} tokens with the answer, as the model's folder says",
            )
        max_length = min(most, decoding.max_length)
        decoding = replace(decoding, max_new_tokens=max_length)
    sources = list(prompts)
    if source is not None and isinstance(source.tokens, Tensor):
        sources = [one.tolist() for one in source.tokens.split(source.layout.lengths)]
    rules = GenerationRules(decoding, logits_rules, list(end_tokens), max_length, sources)
    with torch.inference_mode():
        decoder = IncrementalDecoder(model.eval(), len(prompts), max_length, source, vocab_size)
        if decoding.beams > 1:
            return beam_search(decoder, prompts, rules)
        return sample(decoder, prompts, rules, should_stop or (lambda number, tokens: False))


@dataclass(frozen=True)
class GenerationRules:
    """How logits become tokens, and where generation ends."""

    decoding: ResolvedDecoding
    logits_rules: LogitsRules
    end_tokens: list[int]
    max_length: int  # of prompt and answer together
    sources: Sequence[Sequence[int]]  # the encoder's input for each prompt; without an encoder the prompts

    def is_last(self, prompt: int, new: int) -> bool:
        """Whether there is room for only one more token after so many."""
        return new + 1 >= self.decoding.max_new_tokens or prompt + new + 1 >= self.max_length

    def apply(
        self, scores: Tensor, texts: Callable[[], list[list[int]]], numbers: Sequence[int], prompts: Sequence[int]
    ) -> Tensor:
        """Logits [B, V] after all rules; `numbers` [B] of the prompts, `prompts` [B] their lengths. `texts` are only computed
        if a rule needs them."""
        if not (has_repetition_rules(self.decoding) or self.logits_rules.any):
            return scores
        so_far, scores = texts(), scores.cpu()  # rules look at single tokens
        sources = [self.sources[number] for number in numbers]
        scores = self.logits_rules.penalize_non_encoder_tokens(scores, sources)
        scores = apply_repetition_rules(scores, so_far, self.decoding)
        last = [self.is_last(prompt, len(text) - prompt) for text, prompt in zip(so_far, prompts, strict=True)]
        return self.logits_rules.apply(scores, so_far, prompts, last, self.end_tokens, sources)


def sample(
    decoder: IncrementalDecoder, prompts: Sequence[Sequence[int]], rules: GenerationRules, watch: StoppingCriterion
) -> list[GeneratedTokens]:
    """One token at a time, sampled or the most probable one. Finished sequences leave the batch."""
    decoding = rules.decoding
    answers = [GeneratedTokens() for _ in prompts]
    generators = [torch.Generator().manual_seed(decoding.seed * 1_000_003 + number) for number in range(len(prompts))]
    active = list(range(len(prompts)))  # numbers of the prompts that are not finished
    scores = decoder.prefill(prompts)
    while active:
        now = list(active)
        scores = rules.apply(
            scores, lambda now=now: [[*prompts[n], *answers[n].tokens] for n in now], now, [len(prompts[n]) for n in now]
        )
        tokens = next_tokens(scores, decoding, [generators[number] for number in active])
        unfinished = []
        for row, (number, token) in enumerate(zip(active, tokens.tolist(), strict=True)):
            one = answers[number]
            if token in rules.end_tokens:
                one.reason = "end"
                continue
            one.tokens.append(token)
            if watch(number, one.tokens):
                one.reason = "stop"
            elif not rules.is_last(len(prompts[number]), len(one.tokens) - 1):
                unfinished.append(row)
        if not unfinished:
            break
        if len(unfinished) < len(active):
            active = [active[row] for row in unfinished]
            decoder.select(unfinished)
            tokens = tokens[unfinished]
        scores = decoder.decode(tokens)
    return answers


def next_tokens(scores: Tensor, decoding: ResolvedDecoding, generators: Sequence[torch.Generator]) -> Tensor:
    """[B] the next tokens by logits [B, V]: the most probable, or sampled. They are drawn on the CPU, so that they are the same
    whatever the device."""
    if not decoding.temperature and scores.device.type != "cpu":
        return scores.argmax(-1).cpu()
    if not decoding.temperature:
        return torch.from_numpy(scores.cpu().numpy().argmax(-1))  # ten times as fast on a CPU
    probabilities = filter_logits(scores.cpu() / decoding.temperature, decoding).softmax(-1)
    uniform = torch.stack([torch.rand(1, generator=generator, dtype=torch.float64) for generator in generators])  # [B, 1]
    edges = probabilities.double().cumsum(-1)
    return torch.searchsorted(edges, uniform * edges[:, -1:], right=True)[:, 0].clamp(max=scores.shape[1] - 1)


def filter_logits(scores: Tensor, decoding: ResolvedDecoding) -> Tensor:
    """Logits [B, V] with -inf for tokens outside top k, top p and min p; the most probable token always stays."""
    if decoding.top_k and decoding.top_k < scores.shape[1]:
        scores = scores.masked_fill(scores < scores.topk(decoding.top_k).values[:, -1:], -torch.inf)
    if decoding.top_p < 1:
        ordered, order = scores.sort(descending=True)
        before = ordered.softmax(-1).cumsum(-1) - ordered.softmax(-1)  # probability of all tokens that are more probable
        scores = scores.masked_fill((before >= decoding.top_p).scatter(1, order, before >= decoding.top_p), -torch.inf)
    if decoding.min_p:
        probabilities = scores.softmax(-1)
        scores = scores.masked_fill(probabilities < decoding.min_p * probabilities.amax(-1, keepdim=True), -torch.inf)
    return scores


def has_repetition_rules(decoding: ResolvedDecoding) -> bool:
    """Whether logits depend on the text so far."""
    return decoding.repetition_penalty != 1 or decoding.no_repeat_ngram > 0


def apply_repetition_rules(scores: Tensor, texts: Sequence[Sequence[int]], decoding: ResolvedDecoding) -> Tensor:
    """Logits [B, V] after the rules against repetition; `texts` are all tokens so far."""
    for row, text in enumerate(texts):
        if decoding.repetition_penalty != 1:
            present = torch.tensor(sorted(set(text)))
            values = scores[row, present]
            penalty = decoding.repetition_penalty
            scores[row, present] = torch.where(values < 0, values * penalty, values / penalty)
        size = decoding.no_repeat_ngram
        if size and len(text) + 1 >= size:
            last = list(text[len(text) - size + 1 :])
            banned = {text[i + size - 1] for i in range(len(text) - size + 1) if list(text[i : i + size - 1]) == last}
            scores[row, sorted(banned)] = -torch.inf
    return scores


@dataclass
class Hypotheses:
    """The hypotheses of one prompt in a beam search: those that are extended, and the best finished ones."""

    alive: list[list[int]]
    log_probs: list[float]  # of those alive
    finished: list[GeneratedTokens] = field(default_factory=list)
    done: bool = False


def beam_search(decoder: IncrementalDecoder, prompts: Sequence[Sequence[int]], rules: GenerationRules) -> list[GeneratedTokens]:
    """Beam search: for each prompt the `beams` most probable hypotheses are extended; those that end are set aside with their
    score. A prompt is done when `beams` hypotheses have finished and the best one alive, scored at its present length, is no
    better than the worst of them; with `early_stopping` as soon as `beams` have finished."""
    decoding = rules.decoding
    states = [Hypotheses([[]], [0.0]) for _ in prompts]
    scores = decoder.prefill(prompts)  # [B, V], a row for each hypothesis alive, prompt by prompt
    for length in range(1, decoding.max_new_tokens + 1):
        now = [number for number, state in enumerate(states) if not state.done for _ in state.alive]
        logs = rules.apply(
            scores.cpu().log_softmax(-1),
            lambda: [
                [*prompt, *text]
                for prompt, state in zip(prompts, states, strict=True)
                if not state.done
                for text in state.alive
            ],
            now,
            [len(prompts[number]) for number in now],
        )
        counts = [0 if state.done else len(state.alive) for state in states]
        first_rows = [0, *accumulate(counts)]
        parents: list[int] = []
        tokens: list[int] = []
        for number, (state, part) in enumerate(zip(states, logs.split(counts), strict=True)):
            if state.done:
                continue
            last = rules.is_last(len(prompts[number]), length - 1)
            extended = extend_beams(state, part, decoding, rules.end_tokens, length, last)
            parents += [first_rows[number] + parent for parent, _ in extended]
            tokens += [token for _, token in extended]
        if not parents:
            break
        decoder.select(parents)
        scores = decoder.decode(torch.tensor(tokens))
    return [max(state.finished, key=lambda one: one.score) for state in states]


def extend_beams(
    state: Hypotheses, logs: Tensor, decoding: ResolvedDecoding, ends: list[int], length: int, last: bool
) -> list[tuple[int, int]]:
    """Extend a prompt's hypotheses by one token, from log-probabilities [K, V]; (parent, token) of those that stay alive."""
    beams, penalty = decoding.beams, decoding.length_penalty
    total = logs + torch.tensor(state.log_probs)[:, None]
    candidates = max(2, 1 + len(ends)) * beams  # so that enough are left when all the best of them end
    values, places = top_values(total.flatten(), min(candidates, total.numel()))
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
    """The `count` largest of values [N] in falling order, and their places. Only the blocks with the largest maxima are
    searched, which takes half the time."""
    whole = len(values) // BLOCK * BLOCK
    if whole < 32 * count * BLOCK:
        return values.topk(count)
    blocks = values[:whole].view(-1, BLOCK).amax(1).topk(count).indices
    places = torch.cat([(blocks[:, None] * BLOCK + torch.arange(BLOCK)).flatten(), torch.arange(whole, len(values))])
    top = values.index_select(0, places).topk(count)
    return top.values, places.index_select(0, top.indices)


def reorder_beams(alive: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """(parent, token, value) of the hypotheses alive, the best of each parent in the place of its parent: their part of the
    cache need not be copied."""
    placed: dict[int, tuple[int, int, float]] = {}
    for one in alive:
        if one[0] < len(alive):
            placed.setdefault(one[0], one)
    rest = iter([one for one in alive if placed.get(one[0]) is not one])
    return [placed[place] if place in placed else next(rest) for place in range(len(alive))]


Generated = GeneratedTokens  # the former name, for one version
