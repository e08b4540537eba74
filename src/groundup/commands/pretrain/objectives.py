"""What differs between the objectives of pretraining: the examples, the loss, and how the published models were trained."""

from __future__ import annotations

from dataclasses import dataclass

from groundup.commands.pretrain.regimes import Regime
from groundup.commands.pretrain.settings import Pretrain
from groundup.data.batches.pairs import Pairs, Specials
from groundup.data.batches.streams import Streams
from groundup.data.batches.windows import Windows
from groundup.data.rows import Rows
from groundup.data.shards import Shards
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.data.tokenizers.whole_words import WholeWords
from groundup.errors import InputError
from groundup.families import presets
from groundup.families.family import Family
from groundup.kinds.table.reader import TableReader
from groundup.objectives.causal_lm import CausalLM
from groundup.objectives.denoising import Denoising, PrefixLM, SpanCorruption, TextInfilling
from groundup.objectives.masked_lm import MaskedLM
from groundup.objectives.next_sentence import NextSentence
from groundup.objectives.objective import Objective, WeightedSum
from groundup.objectives.replaced_token_detection import ReplacedTokenDetection

Source = Pairs | Windows | Streams | Rows
CLOSING = ".!?。！？…"  # marks after which a sentence ends
SENTINELS = 100  # of span corruption, as T5 has them
FRAMES: dict[presets.Objective, tuple[str, ...]] = {
    "masked": (),
    "replaced": (),
    "causal": ("cls", "$A"),
    "spans": ("$A", "sep"),
    "prefix": ("$A", "sep"),
    "denoise": ("cls", "$A", "sep"),
    "patches": (),
    "cells": (),
}  # what stands around a text that the model is to read before it writes


@dataclass
class Job:
    """What a run is made of, once its inputs are open."""

    settings: Pretrain
    encoder: Encoder | None  # None for images
    train: Source
    validation: Source
    objective: Objective
    regime: Regime  # with what the user said instead
    kind: presets.Objective = "masked"
    reader: TableReader | None = None  # of rows of a table
    bytes_per_token: float | None = None  # of the validation text, where its tokens keep all of it

    @property
    def words(self) -> Encoder:
        """The tokenizer of a text."""
        assert self.encoder is not None, "images have no words"
        return self.encoder

    @property
    def pairs(self) -> bool:
        """Whether next sentence prediction takes part."""
        return self.kind == "masked" and self.regime.gamma > 0


def objective_of(settings: Pretrain, family: Family | None) -> presets.Objective:
    """What is learned: as asked for, or what the family of the model continued was made for."""
    if family is None:
        return settings.objective or "masked"
    natural = family.objectives[0]
    asked: presets.Objective = settings.objective or natural
    if asked not in family.objectives:
        raise InputError(
            "WRONG_OBJECTIVE",
            "objective",
            f"{settings.model} is a {family.name}, which does not learn '{asked}'",
            f"leave --objective out: {family.name} learns '{natural}'",
        )
    return asked


def make_source(
    settings: Pretrain, objective: presets.Objective, regime: Regime, encoder: Encoder, shards: Shards, seed: int
) -> Source:
    """The examples of one split."""
    ids, length = encoder.ids, settings.length
    specials = Specials(ids.cls, ids.sep)
    if objective == "masked":
        if regime.gamma > 0:
            return Pairs(shards, specials, length, seed, in_order=settings.pairs == "order")
        return Windows(shards, specials, length, seed)
    if objective == "replaced":
        return Windows(shards, specials, length, seed)
    if objective == "causal":
        return Streams(shards, specials, length, seed)
    return Streams(shards, specials, length - 2, seed, overlap=0, framed=False)


def make_objective(settings: Pretrain, objective: presets.Objective, regime: Regime, encoder: Encoder) -> Objective:
    """The loss."""
    ids, seed = encoder.ids, settings.seed
    if objective == "causal":
        return CausalLM()
    if objective == "spans":
        rate = settings.mask_rate or 0.15
        return Denoising(SpanCorruption(encoder.sentinels(SENTINELS), ids.sep, seed, rate), max(ids.pad, 0))
    if objective == "denoise":
        closing = encoder.tokens_of(CLOSING)
        return Denoising(
            TextInfilling(ids.mask, ids.cls, ids.sep, seed, settings.mask_rate or 0.3, sentence_ends=closing), ids.sep
        )
    if objective == "prefix":
        return Denoising(PrefixLM(ids.sep, seed), max(ids.pad, 0))
    words = WholeWords(encoder) if settings.mask_unit == "word" else None
    masked = MaskedLM(regime.masking, ids.mask, ids.all, encoder.vocab_size, seed, words)
    if objective == "replaced":
        return ReplacedTokenDetection(masked)
    parts: list[tuple[float, Objective]] = [(1.0, masked)]
    if regime.gamma > 0:
        parts.append((regime.gamma, NextSentence()))
    return WeightedSum(parts)
