"""What a run of pretraining is made of, and what an objective owes its story."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.traits import Regime
from groundup.data.batches.pairs import Pairs
from groundup.data.batches.ragged_batch import Flat
from groundup.data.batches.streams import Streams
from groundup.data.batches.windows import Windows
from groundup.data.rows import Rows
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.kinds.reader import Reader
from groundup.manifest import digest
from groundup.nn.model import Model
from groundup.objectives.objective import Batch, Objective, make_inputs

Source = Pairs | Windows | Streams | Rows


@dataclass
class Job:
    """What a run is made of, once its inputs are open."""

    settings: Pretrain
    pretraining: Pretraining  # the row of objectives.py
    reader: Reader
    train: Source
    validation: Source
    objective: Objective
    regime: Regime  # with what the user said instead
    tokenizer: Encoder | None = None  # of a text
    bytes_per_token: float | None = None  # of the validation text, where its tokens keep all of it

    @property
    def encoder(self) -> Encoder:
        """The tokenizer of a text."""
        assert self.tokenizer is not None, "only texts have a tokenizer"
        return self.tokenizer


class Pretraining(ABC):
    """One objective of pretraining: what it reads, which model learns it, what its loss is, and what is published."""

    name: ClassVar[str]
    frame: ClassVar[tuple[str, ...]] = ()  # what stands around a text that the model is to read before it writes
    tried: ClassVar[Literal["fill", "continue", "no"]] = "no"  # what a person can have the model do with a text
    watched: ClassVar[tuple[str, ...]] = ()  # figures that people see beside the loss while it trains

    @abstractmethod
    def open(self, settings: Pretrain, regime: Regime) -> Job:
        """Open and check every input before anything is written."""

    @abstractmethod
    def make_model(self, settings: Pretrain, job: Job) -> tuple[Model, str]:
        """A new model, or the one to continue; and the name of its family."""

    @abstractmethod
    def card(self, model: Model, job: Job) -> str:
        """The model card of what is published."""

    def fingerprint(self, settings: Pretrain) -> str:
        """What tells the data from other data."""
        return digest(Path(settings.data))

    def parents(self, settings: Pretrain) -> list[Path]:
        """The folders that the model is made of."""
        return [Path(settings.data)]

    def warnings(self, job: Job) -> list[str]:
        """What a person should know before training."""
        return []

    def facts(self, job: Job, batch_size: int) -> Mapping[str, object]:
        """What else the run was given, as run.json keeps it."""
        return {}

    def figures(self, job: Job, loss: float) -> dict[str, float | None]:
        """What else the validation loss says."""
        return {}

    def to_publish(self, model: Model) -> Model:
        """What is kept of the model: what was there only to learn has done its work."""
        return model

    def example(self, job: Job, flat: Flat) -> Batch:
        """What the published model is asked, to see that it answers as the one in memory."""
        return Batch(*make_inputs(flat), {}, {})


def model_size(model: Model) -> str:
    """How many parameters it has, in words."""
    return f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters"
