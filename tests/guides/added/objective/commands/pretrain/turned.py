"""The objective of pretraining on texts that may be turned round."""

from __future__ import annotations

from dataclasses import replace

from groundup.objectives.turned import TurnedTexts

from groundup.commands.pretrain.job import Job, Source
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.texts import OfText
from groundup.commands.pretrain.traits import Regime
from groundup.data.batches.pairs import Specials
from groundup.data.batches.windows import Windows
from groundup.data.shards import Shards
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.families import presets
from groundup.nn.config import HeadConfig, PooledHeadConfig
from groundup.nn.model import Model
from groundup.objectives.objective import Objective

HEADS: dict[str, HeadConfig] = {TurnedTexts.name: PooledHeadConfig(classes=2, pooling="first")}


class Turned(OfText):
    """Whether a text was turned round."""

    name, model_kind = "turned", "encoder"

    def source(self, settings: Pretrain, regime: Regime, encoder: Encoder, shards: Shards, seed: int) -> Source:
        return Windows(shards, Specials(encoder.ids.cls, encoder.ids.sep), settings.length, seed)

    def loss(self, settings: Pretrain, regime: Regime, encoder: Encoder) -> Objective:
        return TurnedTexts(settings.seed)

    def shape(self, settings: Pretrain, job: Job) -> presets.Shape:
        size, positions = presets.size_of(settings.preset), max(512, settings.length)
        config = presets.make_paper(size, job.encoder.vocab_size, settings.dropout, positions)
        return presets.Shape(replace(config, num_segments=0, pooler=False), None, HEADS, "notebook")

    def heads_to_continue(self, model: Model, family: str, regime: Regime) -> dict[str, HeadConfig]:
        return HEADS

    def description(self, job: Job) -> str:
        return "whether a text was turned round"
