"""A model is a backbone with named heads. Where the backbone is a decoder with cross attention, it has an encoder beside it.

N tokens of the stream, B sequences, M asked positions, C hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.config import HeadConfig, Input, PooledHeadConfig, TransformerConfig
from groundup.nn.embed.embedder import Tokens
from groundup.nn.embed.make import extend_embedder
from groundup.nn.embed.several import SeveralEmbedder
from groundup.nn.heads import last_positions, make_head, mean_pool, pad_rows, shift_right, unpad_rows
from groundup.nn.initialize import initialize
from groundup.nn.layout import Layout
from groundup.nn.transformer import Transformer


class Inputs(NamedTuple):
    """What a stack reads: ids [N], tokens of numbers [N, V], or of several kinds the tokens of each by its name; how they lie;
    the segments [N] of a stack that reads words alone."""

    tokens: Tokens
    layout: Layout
    segments: Tensor | None = None


class Model(nn.Module):
    """Backbone and heads, with weights drawn from `seed` alone; `encoder` is the shape of the stack that the backbone looks at.
    Both stacks have one word embedding if their sizes agree.

    With `seed` None they stay without numbers, on the meta device, until they are given some (from a file).
    """

    def __init__(
        self,
        config: TransformerConfig,
        heads: Mapping[str, HeadConfig],
        seed: int | None = 0,
        encoder: TransformerConfig | None = None,
    ):
        super().__init__()
        self.config, self.encoder_config = config, encoder
        self.head_configs: dict[str, HeadConfig] = {}
        self.frozen = 0
        self.new_inputs: set[str] = set()  # kinds that were added to a trained backbone
        self.adapted = False  # by low-rank matrices beside its own (lora.py)
        with torch.device("meta"):
            self.backbone = Transformer(config)
            self.encoder = None if encoder is None else Transformer(encoder)
        self.heads = nn.ModuleDict()
        if seed is not None:
            initialize(self.backbone, config, seed)
        if self.encoder is not None and encoder is not None:
            if seed is not None:
                initialize(self.encoder, encoder, seed, "encoder")
            if (
                encoder.reads("text")
                and config.reads("text")
                and (encoder.vocab_size, encoder.hidden_size) == (config.vocab_size, config.hidden_size)
            ):
                self.encoder.share_token_embedding(self.backbone)
        for name, head in heads.items():
            self.add_head(name, head, seed)

    def add_head(self, name: str, head: HeadConfig, seed: int | None = 0) -> None:
        """Give the model a new head, in the place of one of the same name. Its weights are drawn from (seed, name)."""
        if isinstance(head, PooledHeadConfig) and head.pooling == "pooler" and self.backbone.pooler is None:
            raise InputError("NO_POOLER", f"head {name}", "the backbone has no pooler", "pool the first token or the mean")
        with torch.device("meta"):
            module = make_head(head, self.config)
        if seed is not None:
            initialize(module, self.config, seed, name)
        self.heads[name], self.head_configs[name] = module.train(self.training), head

    def add_inputs(self, inputs: Sequence[Input], seed: int = 0) -> None:
        """Let the backbone read these kinds, too, each in the place of one of the same kind. Their weights are drawn from
        (seed, kind); those of other kinds stay as they are. `freeze` does not hold the new ones."""
        refuse_adapted(self, "add_inputs")
        before, new = self.config, {one.kind: one for one in inputs}
        kept = [new.get(one.kind, one) for one in before.inputs]
        more = [one for one in inputs if not before.reads(one.kind)]
        self.config = replace(before, inputs=(*kept, *more))
        self.backbone.embed = extend_embedder(self.backbone.embed, before, self.config, list(new), seed)
        self.backbone.max_length = self.config.longest
        self.new_inputs |= set(new)
        self.freeze(self.frozen)

    def drop_head(self, name: str) -> None:
        """Take a head off."""
        del self.heads[name], self.head_configs[name]

    def forward(
        self,
        tokens: Tokens,
        layout: Layout,
        segments: Tensor | None,
        positions: Mapping[str, Tensor],
        source: Inputs | None = None,
        start: int = 0,
    ) -> dict[str, Tensor]:
        """Predictions of each head named in `positions`, at these flat indices [M] into the stream; others do not run.

        A head that pools is asked at the first tokens of sequences. `source` is what the encoder reads; without it both stacks
        read the same text, if the head is made for that. With `start` the tokens are the states [N, C] after so many blocks of
        the backbone, which do not run.
        """
        heads = {name: self.heads[name] for name in positions}
        configs = [self.head_configs[name] for name in positions]
        first = max((head.start for head in configs if isinstance(head, PooledHeadConfig)), default=-1)
        if source is None and self.encoder is not None and first >= 0:
            assert isinstance(tokens, Tensor), "a stack that writes words reads words alone"
            source, tokens = Inputs(tokens, layout, segments), shift_right(tokens, layout, first)
        seen = None if source is None or self.encoder is None else self.encoder.encoder_states(*source)
        positions = self.head_positions(positions, layout)
        counts = [len(places) for places in positions.values()]
        if any(head.pools_mean for head in heads.values()) or sum(counts) >= layout.num_tokens:
            states = self.backbone(tokens, layout, segments, encoder_states=seen, start=start)  # [N, C]
            return self.predict_from_states(states, layout, positions)
        rows = torch.cat(list(positions.values())) if positions else layout.first_rows[:0]
        asked = self.backbone(tokens, layout, segments, rows, seen, start=start).split(counts)  # [M, C] each
        return self.run_heads(dict(zip(positions, asked, strict=True)))

    def head_positions(self, positions: Mapping[str, Tensor], layout: Layout) -> dict[str, Tensor]:
        """The same places, but for heads that read the last token of a sequence: that."""
        return {
            name: last_positions(places, layout) if self.heads[name].pools_last else places
            for name, places in positions.items()
        }

    def predict_from_states(self, states: Tensor, layout: Layout, positions: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Predictions of each head named in `positions` from the states [N, C] of the whole stream."""
        positions = self.head_positions(positions, layout)
        return self.run_heads(
            {
                name: mean_pool(states, places, layout) if self.heads[name].pools_mean else states.index_select(0, places)
                for name, places in positions.items()
            }
        )

    def run_heads(self, asked: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What each head says of its states [M, C]."""
        told = {name: self.heads[name](self.backbone, pad_rows(x)) for name, x in asked.items()}
        return {name: unpad_rows(told[name], len(x)) for name, x in asked.items()}

    def freeze(self, blocks: int) -> None:
        """Hold the embedding (but of kinds that `add_inputs` added) and the first `blocks` blocks: no gradient, no dropout, in
        training too. 0 frees all."""
        most = self.config.num_layers
        if not 0 <= blocks <= most:
            raise InputError("BAD_FREEZE", "freeze", f"{blocks} of {most} blocks", limit=f"0 to {most}")
        refuse_adapted(self, "freeze")
        self.requires_grad_(True)
        self.frozen = blocks
        for part in self._frozen_modules():
            part.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Model:
        super().train(mode)
        for part in self._frozen_modules():
            part.eval()
        return self

    def _frozen_modules(self) -> list[nn.Module]:
        return [*self._old_embedders(), *self.backbone.blocks[: self.frozen]] if self.frozen else []

    def _old_embedders(self) -> list[nn.Module]:
        embed = self.backbone.embed
        if not self.new_inputs:
            return [embed]
        return (
            [one for kind, one in embed.kinds.items() if kind not in self.new_inputs]
            if isinstance(embed, SeveralEmbedder)
            else []
        )


def refuse_adapted(model: Model, place: str) -> None:
    """What is frozen and drawn is decided before a model is adapted."""
    if model.adapted:
        raise InputError("ADAPTED", place, "the model has adapters already", "do this before they are added, or merge them")


def reinitialize_top(model: Model, blocks: int, seed: int, pooler: bool = False) -> None:
    """Draw the last `blocks` blocks of the backbone, and the `pooler` if asked, anew, from (seed, number of the block) alone
    (Zhang et al., 2020, arXiv:2006.05987).

    The parameters are new ones, so an optimizer is made afterwards. Raises InputError when a block is frozen.
    """
    most = model.config.num_layers - model.frozen
    if not 0 <= blocks <= most:
        raise InputError("BAD_REINITIALIZE", "reinitialize", f"{blocks} of {most} free blocks", limit=f"0 to {most}")
    refuse_adapted(model, "reinitialize")
    for number in range(model.config.num_layers - blocks, model.config.num_layers):
        initialize(model.backbone.blocks[number], model.config, seed, f"backbone/blocks.{number}")
    if pooler and model.backbone.pooler is not None:
        initialize(nn.ModuleDict({"pooler": model.backbone.pooler}), model.config, seed, "backbone/pooler")
