"""Days of the week become states: a trained vector for each day of each column. N tokens of the stream, C hidden."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from groundup.nn.config import TransformerConfig
from groundup.nn.dropout import make_dropout
from groundup.nn.embed.embedder import Embedder
from groundup.nn.inputs import Weekdays
from groundup.nn.linear import Embedding
from groundup.nn.norm import make_norm


class WeekdayEmbedder(Embedder):
    """ids [N] -> [N, C]. Columns have no order, so places are not read."""

    content: ClassVar[str] = "days"

    def __init__(self, weekdays: Weekdays, config: TransformerConfig):
        super().__init__()
        self.days = Embedding(weekdays.num_vectors, config.hidden_size)
        self.norm = make_norm(config) if config.embedding_norm else nn.Identity()
        self.dropout = make_dropout(config.dropout)

    def forward(self, tokens: Tensor, positions: Tensor, segments: Tensor | None) -> Tensor:
        return self.dropout(self.norm(self.days(tokens)))
