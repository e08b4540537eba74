"""Pretraining beside a task: what is replayed, how much it weighs, and what of it is forgotten."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from groundup.commands.finetune.settings import Finetune
from groundup.commands.pretrain.job import Source
from groundup.commands.pretrain.traits import FAST
from groundup.data.batches.pairs import Pairs, Specials
from groundup.data.batches.streams import Streams
from groundup.data.batches.windows import Windows
from groundup.data.rows import Rows
from groundup.data.shards import Shards
from groundup.data.tokenizers.load import load_tokenizer
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import InputError
from groundup.families import presets
from groundup.kinds.reader import Reader
from groundup.kinds.text.packed import frame
from groundup.kinds.text.reader import encoder_of
from groundup.messages.current import message
from groundup.nn.config import TokenHeadConfig
from groundup.nn.model import Model
from groundup.objectives.causal_lm import CausalLM
from groundup.objectives.masked_lm import MaskedLM
from groundup.objectives.next_sentence import NextSentence
from groundup.objectives.objective import Batch, Objective, WeightedSum, make_batch
from groundup.train.loop import add_up
from groundup.train.settings import ReplaySettings

HELD = 256  # sequences on which the pretraining loss is told
AT_START = 8  # batches of each loss from which lambda is found
MASKING = replace(FAST.masking, rate=FAST.masking.final_rate)


@dataclass
class Replay:
    """L_pre: its examples, its loss, the head that its batches ask, and what is said of it."""

    settings: ReplaySettings
    source: Source | Rows
    held: Source | Rows
    objective: Objective
    head: str
    batch_size: int
    note: str = ""

    def batch(self, number: int, progress: float) -> Batch:
        """The examples of update `number`."""
        first = (number - 1) // self.settings.every * self.batch_size
        return make_batch(self.source.batch(np.arange(first, first + self.batch_size)), self.objective, progress)

    def weight(self, strength: float, progress: float) -> float:
        """lambda at this point of the run."""
        start = self.settings.decay_start
        return strength * (1.0 if progress <= start else (1.0 - progress) / max(1e-9, 1.0 - start))

    def loss(self, model: Model) -> float:
        """L_pre of held-out text, on fixed examples and fixed masks. The model is left in eval mode."""
        model.eval()
        count = min(HELD, self.held.size)
        numbers = [np.arange(i, min(i + 32, count)) for i in range(0, count, 32)]
        return mean_loss(model, self.objective, [make_batch(self.held.batch(n), self.objective, 1.0) for n in numbers])


def open_replay(
    settings: Finetune, model: Model, reader: Reader, texts: list[tuple[str, ...]], held: list[tuple[str, ...]]
) -> Replay | None:
    """What is replayed or watched, if anything is; gives the model the heads it lacks for it."""
    asked = settings.replay
    if not asked.weight and not asked.log_only and settings.regularize.method != "ewc":
        return None
    if model.encoder is not None:
        raise InputError("NO_REPLAY", "replay", "is for encoders and decoders, not for models of both", "leave replay out")
    head = "lm" if model.config.causal else "mlm"
    if asked.gamma and "nsp" not in model.heads:
        raise InputError("NO_NEXT_SENTENCE", settings.model, "has not learned next sentences", "leave replay.gamma at 0")
    note = "" if head in model.heads else message("head drawn for replay")
    if head not in model.heads:
        model.add_head(head, pretraining_head(model), settings.seed)
    encoder = encoder_of(reader)
    ids = encoder.ids
    objective: Objective = (
        CausalLM() if head == "lm" else MaskedLM(MASKING, ids.mask, ids.all, encoder.vocab_size, settings.seed)
    )
    if asked.gamma:
        objective = WeightedSum([(1.0, objective), (asked.gamma, NextSentence())])
    if asked.data is None:
        sources = [
            Rows(frame(rows, encoder, settings.max_length), None, settings.seed + i) for i, rows in enumerate((texts, held))
        ]
    else:
        folder = Path(asked.data)
        if load_tokenizer(folder).vocabulary != encoder.vocabulary:
            raise InputError(
                "OTHER_TOKENIZER",
                asked.data,
                f"was made with another tokenizer than {settings.model}",
                f"prepare it with --tokenizer.existing {settings.model}",
            )
        splits = enumerate(("train", "validation"))
        sources = [source_of(settings, encoder, Shards.open(folder, split), i) for i, split in splits]
    return Replay(asked, *sources, objective, head, asked.batch_size or settings.batch_size, note)


def pretraining_head(model: Model) -> TokenHeadConfig:
    """The head of the family for words: of masked ones, or of the next."""
    if model.config.causal:
        return presets.plain_words()
    head = presets.pretraining_heads("fast" if model.config.norm_place == "before" else "paper")["mlm"]
    assert isinstance(head, TokenHeadConfig)
    return head


def source_of(settings: Finetune, encoder: Encoder, shards: Shards, number: int) -> Source:
    """Examples of one split of a data folder."""
    specials, seed = Specials(encoder.ids.cls, encoder.ids.sep), settings.seed + number
    if encoder.ids.mask < 0 or settings.replay.gamma:
        kind = Pairs if settings.replay.gamma else Streams
    else:
        kind = Windows
    return kind(shards, specials, settings.max_length, seed)


def find_weight(replay: Replay, model: Model, task: Objective, batches: list[Batch]) -> float:
    """lambda: as given, or rho L_task / L_pre of the first batches, as the model stands; times `every`."""
    asked = replay.settings
    if asked.weight != "auto":
        return float(asked.weight) * asked.every
    model.eval()
    theirs = mean_loss(model, replay.objective, [replay.batch(1 + i * asked.every, 0.0) for i in range(len(batches))])
    return asked.rho * mean_loss(model, task, batches) / max(theirs, 1e-9) * asked.every


def mean_loss(model: Model, objective: Objective, batches: list[Batch]) -> float:
    """The weighted mean loss over batches."""
    sums: list[dict] = []
    with torch.inference_mode():
        for batch in batches:
            losses = objective.losses(batch.forward(model), batch.targets)
            counts = objective.counts(batch.targets)
            sums.append({f"loss {k}": float(v) for k, v in losses.items()} | {f"count {k}": n for k, n in counts.items()})
    total = add_up(sums)
    return sum(w * total[f"loss {k}"] / max(1, total[f"count {k}"]) for k, w in objective.weights().items())
