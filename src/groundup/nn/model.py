"""A model is a backbone with named heads. Where the backbone is a decoder with cross attention, there is an encoder, too.

N tokens of the stream, B sequences, M positions of a head, C hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.nn.device import device_of, follow
from groundup.nn.embed.embedder import Tokens
from groundup.nn.embed.make import extend_embedder
from groundup.nn.embed.several import SeveralEmbedder
from groundup.nn.heads import last_positions, make_head, mean_pool, pad_rows, shift_right, unpad_rows
from groundup.nn.initialize import initialize
from groundup.nn.inputs import Input, Words
from groundup.nn.layout import Layout
from groundup.nn.transformer import Transformer


class Inputs(NamedTuple):
    """What a stack reads: ids [N], tokens of numbers [N, V], or of several kinds the tokens of each by its name; how they lie;
    the segments [N] of a stack that reads words alone."""

    tokens: Tokens
    layout: Layout
    segments: Tensor | None = None


class Model(nn.Module):
    """Backbone and heads, with weights drawn from `seed` alone; `encoder` is the shape of the encoder of an encoder-decoder.
    Both stacks share one word embedding if their sizes agree.

    With `seed` None the weights stay on the meta device until they are loaded (from a file).
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
        self.adapted = False  # whether it has low-rank adapters (lora.py)
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
        self.heads[name], self.head_configs[name] = follow(module, self.backbone).train(self.training), head

    def add_inputs(self, inputs: Sequence[Input], seed: int = 0, vocab_size: int = 0, max_positions: int = 0) -> None:
        """Let the backbone read these kinds, too, each in the place of one of the same kind. Their weights are drawn from
        (seed, kind); those of other kinds stay as they are. `freeze` does not hold the new ones. A model that read no texts
        needs the rows of their embedding, `vocab_size`, and the longest text in tokens, `max_positions`."""
        refuse_adapted(self, "add_inputs")
        before, new = self.config, {one.kind: one for one in inputs}
        if Words.kind in new and not before.reads(Words.kind):
            before = replace(before, vocab_size=vocab_size, max_positions=max_positions)
        configs = [new.get(one.kind, one) for one in before.inputs]
        more = [one for one in inputs if not before.reads(one.kind)]
        self.config = replace(before, inputs=(*configs, *more))
        embed = extend_embedder(self.backbone.embed, before, self.config, list(new), seed)
        self.backbone.embed = follow(embed, self.backbone)
        self.backbone.max_length = self.config.longest
        self.new_inputs |= set(new)
        self.freeze(self.frozen)

    def drop_head(self, name: str) -> None:
        """Remove a head."""
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
        """Predictions of each head named in `positions`, at these flat indices [M] into the stream; other heads do not run.

        A pooling head takes the first token of each sequence. `source` is the input of the encoder; without it both stacks read
        the same text, if a head has a `start` token. With `start` the tokens are states [N, C] after so many blocks of the
        backbone, which do not run.
        """
        heads = {name: self.heads[name] for name in positions}
        configs = [self.head_configs[name] for name in positions]
        start_token = max((head.start for head in configs if isinstance(head, PooledHeadConfig)), default=-1)
        if source is None and self.encoder is not None and start_token >= 0:
            assert isinstance(tokens, Tensor), "a stack that writes words reads words alone"
            source, tokens = Inputs(tokens, layout, segments), shift_right(tokens, layout, start_token)
        encoder_states = None if source is None or self.encoder is None else self.encoder.encoder_states(*source)
        layout = layout.to(device_of(self))
        positions = self.head_positions(positions, layout)
        counts = [len(places) for places in positions.values()]
        if any(head.pools_mean for head in heads.values()) or sum(counts) >= layout.num_tokens:
            states = self.backbone(tokens, layout, segments, encoder_states=encoder_states, start=start)  # [N, C]
            return self.predict_from_states(states, layout, positions)
        rows = torch.cat(list(positions.values())) if positions else layout.first_rows[:0]
        states = self.backbone(tokens, layout, segments, rows, encoder_states, start=start).split(counts)  # [M, C] each
        return self.run_heads(dict(zip(positions, states, strict=True)))

    def head_positions(self, positions: Mapping[str, Tensor], layout: Layout) -> dict[str, Tensor]:
        """The positions that each head reads: these, or the last token of the same sequences for a head that pools it."""
        return {
            name: last_positions(places, layout) if self.heads[name].pools_last else places.to(layout.device)
            for name, places in positions.items()
        }

    def predict_from_states(self, states: Tensor, layout: Layout, positions: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Predictions of each head named in `positions` from the states [N, C] of the whole stream."""
        layout = layout.to(states.device)
        positions = self.head_positions(positions, layout)
        return self.run_heads(
            {
                name: mean_pool(states, places, layout) if self.heads[name].pools_mean else states.index_select(0, places)
                for name, places in positions.items()
            }
        )

    def run_heads(self, states: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Predictions of each head from its states [M, C]."""
        predictions = {name: self.heads[name](self.backbone, pad_rows(x)) for name, x in states.items()}
        return {name: unpad_rows(predictions[name], len(x)) for name, x in states.items()}

    def freeze(self, blocks: int) -> None:
        """Freeze the embedding (except of kinds that `add_inputs` added) and the first `blocks` blocks: no gradient, and no
        dropout in training either. 0 unfreezes all."""
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
    """Raise InputError for a model with adapters: freezing and drawing weights comes before."""
    if model.adapted:
        raise InputError("ADAPTED", place, "the model has adapters already", "do this before they are added, or merge them")


def reinitialize_top(model: Model, blocks: int, seed: int, pooler: bool = False) -> None:
    """Draw the last `blocks` blocks of the backbone, and with `pooler` the pooler, anew, from (seed, number of the block) alone
    (Zhang et al., 2020, arXiv:2006.05987).

    The parameters are new objects, so make the optimizer afterwards. Raises InputError when a block is frozen.
    """
    most = model.config.num_layers - model.frozen
    if not 0 <= blocks <= most:
        raise InputError("BAD_REINITIALIZE", "reinitialize", f"{blocks} of {most} free blocks", limit=f"0 to {most}")
    refuse_adapted(model, "reinitialize")
    device = device_of(model)
    for number in range(model.config.num_layers - blocks, model.config.num_layers):
        initialize(model.backbone.blocks[number], model.config, seed, f"backbone/blocks.{number}")
    if pooler and model.backbone.pooler is not None:
        initialize(nn.ModuleDict({"pooler": model.backbone.pooler}), model.config, seed, "backbone/pooler")
    follow(model.backbone, device)
