"""The objectives of pretraining on running text: masked words, replaced words, and the four that write."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from math import log
from pathlib import Path
from typing import ClassVar

from groundup.commands.pretrain.job import Job, Pretraining, Source, model_size
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.traits import Regime
from groundup.data.batches.pairs import Pairs, Specials
from groundup.data.batches.ragged_batch import Flat
from groundup.data.batches.streams import Streams
from groundup.data.batches.windows import Windows
from groundup.data.shards import Shards
from groundup.data.tokenizers.files import has_tokenizer
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.data.tokenizers.whole_words import WholeWords
from groundup.errors import InputError
from groundup.evaluate.predictor import model_folder
from groundup.families import checkpoint, presets
from groundup.kinds.store import stored_kind
from groundup.kinds.text.reader import TextReader
from groundup.manifest import read_verified
from groundup.messages.current import message
from groundup.nn.config import HeadConfig, TokenHeadConfig
from groundup.nn.model import Model
from groundup.nn.replaced_token_model import ReplacedTokenModel
from groundup.objectives.causal_lm import CausalLM
from groundup.objectives.denoising import Denoising, PrefixLM, SpanCorruption, TextInfilling
from groundup.objectives.masked_lm import MaskedLM
from groundup.objectives.next_sentence import NextSentence
from groundup.objectives.objective import Batch, Objective, WeightedSum, make_batch
from groundup.objectives.replaced_token_detection import ReplacedTokenDetection
from groundup.strict_json import parse_json

CLOSING = ".!?。！？…"  # marks after which a sentence ends
SENTINELS = 100  # of span corruption, as T5 has them


class OfText(Pretraining):
    """What all objectives on running text share: shards of tokens, a tokenizer, and models that training continues from."""

    model_kind: ClassVar[str] = "language model"

    @abstractmethod
    def source(self, settings: Pretrain, regime: Regime, encoder: Encoder, shards: Shards, seed: int) -> Source:
        """The examples of one split."""

    @abstractmethod
    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        """What is learned of them."""

    @abstractmethod
    def description(self, job: Job) -> str:
        """What is learned, in words."""

    def add_tokens(self, encoder: Encoder) -> None:
        """Give the tokenizer what the objective writes besides words."""

    def pairs(self, regime: Regime) -> bool:
        """Whether next sentence prediction takes part."""
        return False

    def heads_to_continue(self, model: Model, family: str, regime: Regime) -> dict[str, HeadConfig]:
        """The heads that a continued model learns with."""
        return {"lm": presets.plain_words()}

    def make_job(
        self,
        settings: Pretrain,
        regime: Regime,
        encoder: Encoder,
        train: Shards,
        validation: Shards,
        ratio: float | None = None,
    ) -> Job:
        """Of the two splits, with the tokenizer that made them. `ratio` is bytes per token."""
        sources = [self.source(settings, regime, encoder, one, settings.seed + i) for i, one in enumerate((train, validation))]
        loss = self.loss(settings, regime, encoder)
        return Job(settings, self, TextReader(encoder), *sources, loss, regime, encoder, ratio)

    def open(self, settings: Pretrain, regime: Regime) -> Job:
        folder = Path(settings.data)
        if (stored := stored_kind(folder)) is not None:
            what, fix = (
                f"holds {stored.plural}, which have no words",
                "--objective patches learns images",
            )
            raise InputError("NO_WORDS", folder, what, fix)
        encoder = load_tokenizer(folder)
        self.add_tokens(encoder)
        train, validation = (Shards.open(folder, split) for split in ("train", "validation"))
        return self.make_job(settings, regime, encoder, train, validation, bytes_per_token(folder))

    def warnings(self, job: Job) -> list[str]:
        if not self.frame or job.encoder.verbatim:
            return []
        return [message("tokens lose case", data=job.settings.data)]

    def make_model(self, settings: Pretrain, job: Job) -> tuple[Model, str]:
        """A new model, or the one to continue with the heads it lacks."""
        if settings.model is None:
            return self.new_model(settings, self.shape(settings, job))
        folder = model_folder(settings.model)
        loaded = checkpoint.load_to_train(folder, settings.dropout, settings.dequantize)
        model = loaded.model
        check_same_words(settings, job.encoder, folder, model.config.vocab_size)
        heads = self.heads_to_continue(model, loaded.family, job.regime)
        for name in list(model.heads):
            if name not in heads:
                model.drop_head(name)
        for name, head in heads.items():
            if name not in model.heads:
                model.add_head(name, head, settings.seed)
        model.freeze(settings.freeze)
        return model, loaded.family

    def shape(self, settings: Pretrain, job: Job) -> presets.Shape:
        """Of a new model."""
        size, positions = job.encoder.vocab_size, max(512, settings.length)
        pairs = self.pairs(job.regime)
        return presets.make_shape(self.name, settings.preset, settings.regime, size, settings.dropout, positions, pairs)

    def new_model(self, settings: Pretrain, shape: presets.Shape) -> tuple[Model, str]:
        return Model(shape.config, shape.heads, settings.seed, shape.encoder), shape.family

    def facts(self, job: Job, batch_size: int) -> Mapping[str, object]:
        return {"length": job.settings.length, "tokens_per_batch": batch_size * job.settings.length}

    def example(self, job: Job, flat: Flat) -> Batch:
        return make_batch(flat, job.objective, 1.0)

    def card(self, model: Model, job: Job) -> str:
        settings = job.settings
        return (
            f"# {'Continued' if settings.model else settings.preset} {self.model_kind}\n\nPretrained with groundup, regime "
            f"`{settings.regime}`: {self.description(job)}.\n\n- {model_size(model)}\n- sequences of {settings.length} tokens\n"
            f"- seed {settings.seed}\n"
        )


class Masked(OfText):
    """Masked words, and whether one part follows the other (BERT)."""

    name, model_kind, tried = "masked", "encoder", "fill"
    watched = ("masked_accuracy",)

    def pairs(self, regime: Regime) -> bool:
        return regime.gamma > 0

    def source(self, settings: Pretrain, regime: Regime, encoder: Encoder, shards: Shards, seed: int) -> Source:
        specials = Specials(encoder.ids.cls, encoder.ids.sep)
        if self.pairs(regime):
            return Pairs(shards, specials, settings.length, seed, in_order=settings.pairs == "order")
        return Windows(shards, specials, settings.length, seed)

    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        parts: list[tuple[float, Objective]] = [(1.0, masked_words(settings, regime, encoder))]
        if self.pairs(regime):
            parts.append((regime.gamma, NextSentence()))
        return WeightedSum(parts)

    def heads_to_continue(self, model: Model, family: str, regime: Regime) -> dict[str, HeadConfig]:
        heads = presets.pretraining_heads("fast" if family == "modernbert" else "paper", self.pairs(regime))
        if "nsp" in heads and not model.config.pooler:
            heads |= {"nsp": presets.pretraining_heads("fast")["nsp"]}
        return heads

    def facts(self, job: Job, batch_size: int) -> Mapping[str, object]:
        return {**super().facts(job, batch_size), **masking_facts(job.regime), "gamma": job.regime.gamma}

    def description(self, job: Job) -> str:
        return f"masked language modeling + {job.regime.gamma:g} x {job.settings.pairs} sentence prediction"


class Replaced(OfText):
    """Which words a small generator replaced (ELECTRA)."""

    name, model_kind = "replaced", "encoder"
    watched = ("masked_accuracy", "replaced_precision")

    def source(self, settings: Pretrain, regime: Regime, encoder: Encoder, shards: Shards, seed: int) -> Source:
        return Windows(shards, Specials(encoder.ids.cls, encoder.ids.sep), settings.length, seed)

    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        return ReplacedTokenDetection(masked_words(settings, regime, encoder))

    def new_model(self, settings: Pretrain, shape: presets.Shape) -> tuple[Model, str]:
        generator, words = presets.generator_of(shape.config), presets.pretraining_heads(settings.regime)["mlm"]
        assert isinstance(words, TokenHeadConfig)
        return ReplacedTokenModel(shape.config, shape.heads, settings.seed, generator, words), shape.family

    def facts(self, job: Job, batch_size: int) -> Mapping[str, object]:
        return {**super().facts(job, batch_size), **masking_facts(job.regime)}

    def to_publish(self, model: Model) -> Model:
        return model.without_generator() if isinstance(model, ReplacedTokenModel) else model

    def description(self, job: Job) -> str:
        return "which words were replaced"


class Causal(OfText):
    """The next word (GPT)."""

    name, frame, tried = "causal", ("cls", "$A"), "continue"
    watched = ("bits_per_byte", "next_word_accuracy")

    def source(self, settings: Pretrain, regime: Regime, encoder: Encoder, shards: Shards, seed: int) -> Source:
        return Streams(shards, Specials(encoder.ids.cls, encoder.ids.sep), settings.length, seed)

    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        return CausalLM()

    def figures(self, job: Job, loss: float) -> dict[str, float | None]:
        return {} if job.bytes_per_token is None else {"bits_per_byte": loss / log(2) / job.bytes_per_token}

    def description(self, job: Job) -> str:
        return "the next word"


class OfTwoStacks(OfText):
    """What an encoder reads and a decoder writes: texts in pieces that do not overlap."""

    watched = ("next_word_accuracy",)

    def source(self, settings: Pretrain, regime: Regime, encoder: Encoder, shards: Shards, seed: int) -> Source:
        specials = Specials(encoder.ids.cls, encoder.ids.sep)
        return Streams(shards, specials, settings.length - 2, seed, overlap=0, framed=False)


class Spans(OfTwoStacks):
    """Missing spans (T5)."""

    name, frame = "spans", ("$A", "sep")

    def add_tokens(self, encoder: Encoder) -> None:
        encoder.add_sentinels(SENTINELS)

    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        ids, rate = encoder.ids, settings.mask_rate or 0.15
        return Denoising(SpanCorruption(encoder.sentinels(SENTINELS), ids.sep, settings.seed, rate), max(ids.pad, 0))

    def description(self, job: Job) -> str:
        return "missing spans"


class Denoise(OfTwoStacks):
    """The whole of a text with holes (BART)."""

    name, frame = "denoise", ("cls", "$A", "sep")

    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        ids, closing, rate = encoder.ids, encoder.tokens_of(CLOSING), settings.mask_rate or 0.3
        return Denoising(TextInfilling(ids.mask, ids.cls, ids.sep, settings.seed, rate, sentence_ends=closing), ids.sep)

    def description(self, job: Job) -> str:
        return "whole texts from texts with holes"


class Prefix(OfTwoStacks):
    """How a text continues."""

    name, frame = "prefix", ("$A", "sep")

    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        return Denoising(PrefixLM(encoder.ids.sep, settings.seed), max(encoder.ids.pad, 0))

    def description(self, job: Job) -> str:
        return "how texts go on"


def masked_words(settings: Pretrain, regime: Regime, encoder: Encoder) -> MaskedLM:
    """The loss of masked words."""
    words = WholeWords(encoder) if settings.mask_unit == "word" else None
    return MaskedLM(regime.masking, encoder.ids.mask, encoder.ids.all, encoder.vocab_size, settings.seed, words)


def masking_facts(regime: Regime) -> dict[str, object]:
    """How words are masked, as run.json keeps it."""
    masking = regime.masking
    rates = {"mask_rate": masking.rate, "final_mask_rate": masking.final_rate}
    return {**rates, "masked": masking.masked, "random": masking.random}


def bytes_per_token(folder: Path) -> float | None:
    """UTF-8 bytes of the validation text for each of its tokens; None where its tokens lose case or blanks."""
    counts = parse_json(read_verified(folder, "report.json"), folder / "report.json")["splits"].get("validation", {})
    return counts["bytes"] / counts["tokens"] if counts.get("bytes") and counts.get("tokens") else None


def check_same_words(settings: Pretrain, encoder: Encoder, folder: Path, vocab_size: int) -> None:
    """Refuse data whose ids mean other words than the model's: training would go on, and spoil it in silence."""
    known = load_tokenizer(folder) if has_tokenizer(folder) else None
    if encoder.vocab_size > vocab_size or (known and known.vocabulary != encoder.vocabulary):
        raise InputError(
            "OTHER_TOKENIZER",
            settings.data,
            f"was made with another tokenizer than {settings.model}",
            f"prepare it with --tokenizer.existing {settings.model}",
        )
