"""Texts written from texts by an encoder-decoder: what translation and summarization have in common. An answer is a text.

Objective: `objectives/writing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from groundup.data.batches.ragged_batch import Flat, lay
from groundup.data.rows import Rows
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.errors import InputError
from groundup.kinds.reader import Row
from groundup.kinds.text.packed import PackedTexts, TooLong
from groundup.kinds.text.reader import TextReader
from groundup.nn.decoding import Decoding
from groundup.tasks.languages import language_of
from groundup.tasks.task import MakeBatch, Predictions, TextTask

if TYPE_CHECKING:
    from groundup.nn.model import Model
    from groundup.objectives.seq2seq_lm import Seq2SeqLM

SMOOTHING = 0.1
AT_ONCE = 64  # texts written together
MOST_WRITTEN = 200  # of the validation rows, while training goes on
TOKENS = 2048  # of the sources whose loss is taken together: each target token has as many numbers as there are words


class PairRows(Rows[PackedTexts]):
    """Sources for the encoder, and all that the decoder is to write, the end token too; it reads the same one token late,
    `start` before it."""

    def __init__(self, packed: PackedTexts, target_ids: Sequence[Sequence[int]] | None, start: int, seed: int, cut: int = 0):
        super().__init__(packed, None, seed)
        self.target_ids, self.start, self.cut = target_ids, start, cut  # of how many the end was cut

    def lay(self, places: np.ndarray, numbers: np.ndarray, training: bool = False) -> Flat:
        assert self.target_ids is not None, "rows without targets are written, not laid"
        inputs = [np.array([self.start, *self.target_ids[i][:-1]], dtype=np.int64) for i in places]
        flat = lay(inputs, numbers, sequence_places=places)
        flat.marks = np.concatenate([self.target_ids[i] for i in flat.origins]).astype(np.int64)
        flat.source = in_order([self.packed.sequences[i] for i in flat.origins])
        return flat


def in_order(sequences: Sequence[np.ndarray]) -> Flat:
    """Sequences end to end in the order they are in."""
    return Flat(np.concatenate(sequences), np.array([len(one) for one in sequences]), np.arange(len(sequences)))


class WritingTask(TextTask):
    """Facts: `start`, the token that begins what is written, and `end`, the one that ends it; `longest`, its tokens at most;
    `language`, its language. Longer targets are cut in training too, and then have no end to learn."""

    answer_columns = ("text",)
    decoding: ClassVar[Decoding]
    """How answers are written; while training goes on the most probable token is taken."""

    def __init__(self, facts=None, head: str = "lm"):
        super().__init__(facts, "lm")

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError("is empty or not text")
        return value.strip()

    def deserialize(self, stored: str) -> str:
        return stored

    def serialize(self, target: str) -> str:
        return target

    def learn(self, texts: Sequence[Row], targets: Sequence[str], reader: TextReader) -> None:
        sizes = np.array([len(ids) for ids in reader.encode_batch(list(targets))])
        self.facts.setdefault("language", language_of(targets))
        self.facts["longest"] = int(min(512, np.quantile(sizes, 0.995) * 1.2 + 8))

    def bind(self, start: int, end: int, room: int) -> None:
        """Settle what depends on the model: the tokens around what it writes, and how many it has room for."""
        self.facts |= {"start": start, "end": end, "longest": min(self.facts["longest"], room)}

    def pack(self, texts: Sequence[Row], reader: TextReader, length: int, too_long: TooLong) -> PackedTexts:
        """What the encoder reads, as the tokenizer frames a text; a longer one is cut before its end token."""
        sequences, long = [], np.zeros(len(texts), dtype=bool)
        encoder = reader.encoder
        around = encoder.framed("")
        before = around[:-1]
        for number, ids in enumerate(encoder.encode_batch([text for text, *_ in texts])):
            room = length - len(around)
            long[number] = len(ids) > room
            if long[number] and too_long == "error":
                raise InputError(
                    "TEXT_TOO_LONG",
                    f"row {number + 1}",
                    f"has {len(ids) + len(around)} tokens",
                    "pass --too_long truncate, or a larger --max_length",
                    limit=f"{length}",
                )
            sequences.append(np.array([*before, *ids[:room], *around[-1:]], dtype=np.int64))
        return PackedTexts(sequences, None, np.arange(len(texts)), long)

    @property
    def decisions(self) -> dict[str, Any]:
        return super().decisions | {"label_smoothing": SMOOTHING, "most_written_in_validation": MOST_WRITTEN}

    def make_objective(self, targets: Sequence[Any], weigh: str) -> Seq2SeqLM:
        from groundup.objectives.seq2seq_lm import Seq2SeqLM

        return Seq2SeqLM(SMOOTHING if len(targets) else 0.0)

    def make_rows(self, texts: Sequence[Row], targets, packed: PackedTexts, reader: TextReader, seed: int) -> PairRows:
        """The decoder writes targets as the tokenizer frames a text (BART's begin with [CLS]), so as in pretraining."""
        encoder = reader.encoder
        before, target_ids, cut = encoder.framed("")[:-1], None, 0
        if targets is not None:
            whole = [[*before, *ids, self.facts["end"]] for ids in encoder.encode_batch(list(targets))]
            target_ids = [ids[: self.facts["longest"]] for ids in whole]
            cut = sum(len(ids) > self.facts["longest"] for ids in whole)
        return PairRows(packed, target_ids, self.facts["start"], seed, cut)

    def decode(self, outputs, rows, texts):
        raise NotImplementedError  # what is written is not read off one pass: judge

    def evaluate(
        self, model: Model, rows: Rows, texts: Sequence[Row], reader: TextReader, make: MakeBatch | None = None
    ) -> Predictions:
        """What is written for every row. Of rows with targets, as evaluated during training: the loss of all, and
        what is written, the quick way, for the first ones."""
        import torch

        from groundup.objectives.objective import make_batch
        from groundup.objectives.seq2seq_lm import Seq2SeqLM

        make = make or make_batch
        assert isinstance(rows, PairRows)
        if rows.target_ids is None:
            return self.write_rows(model, rows, reader.encoder, len(texts), self.decoding, 0.0, 0.0)
        objective, loss, count = Seq2SeqLM(), 0.0, 0.0
        with torch.inference_mode():
            for flat in rows.in_order_of_length(TOKENS):
                batch = make(flat, objective, 1.0)
                loss += float(objective.losses(batch.forward(model), batch.targets)["lm"])
                count += objective.counts(batch.targets)["lm"]
        return self.write_rows(model, rows, reader.encoder, min(MOST_WRITTEN, len(texts)), Decoding(), loss, count)

    def write_rows(
        self, model: Model, rows: PairRows, encoder: Encoder, most: int, decoding: Decoding, loss: float, count: float
    ) -> Predictions:
        """What the model makes of the first `most` sources, those of like length together."""
        from groundup.nn.generate import generate
        from groundup.objectives.objective import make_inputs

        decoding = replace(decoding, max_new_tokens=self.facts["longest"])
        sequences, written, unfinished = rows.packed.sequences[:most], [""] * most, np.zeros(most, dtype=bool)
        order = np.argsort([-len(one) for one in sequences], kind="stable")
        for first in range(0, most, AT_ONCE):
            chosen = order[first : first + AT_ONCE]
            source = make_inputs(in_order([sequences[i] for i in chosen]))
            prompts = [[self.facts["start"]]] * len(chosen)
            outputs = generate(model, prompts, decoding, [self.facts["end"]], source, None, encoder.vocab_size)
            for i, one in zip(chosen, outputs, strict=True):
                written[i], unfinished[i] = encoder.decode(one.tokens), one.reason == "length"
        return Predictions(written, loss, count, unfinished)

    def as_dict(self, answer: str) -> dict[str, Any]:
        return {"text": answer}

    def as_columns(self, answer: str) -> dict[str, object]:
        return {"text": answer}

    def as_text(self, answer: str, texts: Row) -> str:
        return answer
