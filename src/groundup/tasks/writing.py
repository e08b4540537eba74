"""Texts written from texts by an encoder-decoder: translations and summaries. An answer is a text.

Objective: `objectives/writing.py`. Metrics: BLEU and chrF of translations, ROUGE of summaries.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import torch

from groundup.data.flat import Flat, lay
from groundup.data.rows import Framed, Rows, TooLong
from groundup.data.tokenize import Encoder
from groundup.errors import InputError
from groundup.metrics.scores import Scores
from groundup.nn.decoding import Decoding
from groundup.nn.generate import generate
from groundup.nn.model import Model
from groundup.objectives.objective import Inputs, inputs_of, make_batch
from groundup.objectives.writing import Writing
from groundup.tasks.answering import is_chinese
from groundup.tasks.task import Answers, Beside, Judged, MakeBatch, Task, Text
from groundup.tasks.writing_baselines import first_sentences, nearest_translation

SMOOTHING = 0.1
AT_ONCE = 64  # texts written together
MOST_WRITTEN = 200  # of the validation rows, while training goes on


class PairRows(Rows):
    """Sources for the encoder, and what the decoder is to write; `start` begins it, the end token ends it."""

    def __init__(self, framed: Framed, wanted: Sequence[Sequence[int]] | None, start: int, end: int, seed: int):
        super().__init__(framed, None, seed)
        self.wanted, self.start, self.end = wanted, start, end

    def lay(self, places: np.ndarray, numbers: np.ndarray) -> Flat:
        wanted = [self.wanted[self.framed.owner[i]] if self.wanted is not None else [] for i in places]
        inputs = [np.array([self.start, *ids], dtype=np.int64) for ids in wanted]
        flat = lay(inputs, numbers, labels={"place": places})
        order = {int(place): i for i, place in enumerate(places)}
        flat.marks = np.concatenate([[*wanted[order[int(place)]], self.end] for place in flat.labels["place"]]).astype(np.int64)
        flat.source = in_order([self.framed.sequences[i] for i in flat.labels["place"]])
        return flat


def in_order(sequences: Sequence[np.ndarray]) -> Flat:
    """Sequences end to end in the order they are in."""
    return Flat(np.concatenate(sequences), np.array([len(one) for one in sequences]), np.arange(len(sequences)))


class WritingTask(Task):
    """Facts: `start` and `end`, the tokens around what is written; `longest`, its tokens at most; `language`, its language.
    The decoder reads at most `longest` tokens in training too: longer targets are cut."""

    writes, most_texts, fields = True, 1, ("text",)
    beams: ClassVar[int] = 4

    def __init__(self, facts=None, head: str = "lm"):
        super().__init__(facts, "lm")
        self.final = False  # whether every row is written (at the end), or a few (while training goes on)

    def read(self, value: object, texts: Text, raw: Sequence[object] = ()) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError("is empty or not text")
        return value.strip()

    def restore(self, stored: str) -> str:
        return stored

    def store(self, target: str) -> str:
        return target

    def learn(self, texts: Sequence[Text], targets: Sequence[str], encoder: Encoder | None) -> None:
        assert encoder is not None
        sizes = np.array([len(ids) for ids in encoder.encode_batch(list(targets))])
        language = "zh" if is_chinese([(target,) for target in targets]) else "en"
        self.facts |= {"longest": int(min(512, np.quantile(sizes, 0.995) * 1.2 + 8)), "language": language}

    def frame(self, texts: Sequence[Text], encoder: Encoder, length: int, too_long: TooLong) -> Framed:
        """What the encoder reads, as the tokenizer frames a text; a longer one is cut before its end token."""
        sequences, long = [], np.zeros(len(texts), dtype=bool)
        around = encoder.framed("")
        before = around[:-1]
        for number, ids in enumerate(encoder.encode_batch([text for text, *_ in texts])):
            room = length - len(around)
            long[number] = len(ids) > room
            if long[number] and too_long == "error":
                raise InputError("TEXT_TOO_LONG", f"row {number + 1}", f"has {len(ids) + len(around)} tokens",
                                 "pass --too_long truncate, or a larger --max_length", limit=f"{length}")  # fmt: skip
            sequences.append(np.array([*before, *ids[:room], *around[-1:]], dtype=np.int64))
        return Framed(sequences, None, np.arange(len(texts)), long)

    def make_objective(self, targets: Sequence[Any], weigh: str) -> Writing:
        return Writing(SMOOTHING if len(targets) else 0.0)

    def make_rows(self, texts: Sequence[Text], targets, framed: Framed, encoder: Encoder, seed: int) -> PairRows:
        room = self.facts["longest"]
        wanted = None if targets is None else [ids[:room] for ids in encoder.encode_batch(list(targets))]
        return PairRows(framed, wanted, self.facts["start"], self.facts["end"], seed)

    def decode(self, outputs, rows, texts):
        raise NotImplementedError  # what is written is not read off one pass

    def judge(
        self, model: Model, rows: Rows, texts: Sequence[Text], encoder: Encoder, make: MakeBatch = make_batch
    ) -> Judged:
        """Loss on every row, and what is written for the first ones (all, when it is for good)."""
        assert isinstance(rows, PairRows)
        objective, loss, count = Writing(), 0.0, 0.0
        with torch.inference_mode():
            for flat in rows.in_order_of_length() if rows.wanted is not None else ():
                batch = make(flat, objective, 1.0)
                loss += float(objective.losses(batch.through(model), batch.targets)["lm"])
                count += objective.counts(batch.targets)["lm"]
        most = len(texts) if self.final or rows.wanted is None else min(MOST_WRITTEN, len(texts))
        return Judged(self.write(model, rows, encoder, most), loss, count)

    def write(self, model: Model, rows: PairRows, encoder: Encoder, most: int) -> list[str]:
        """What the model makes of the first `most` sources, those of like length together."""
        room = min(self.facts["longest"], model.config.max_positions - 1)
        decoding = Decoding(max_new_tokens=room, beams=self.beams if self.final else 1)
        sequences, written = rows.framed.sequences[:most], [""] * most
        order = np.argsort([-len(one) for one in sequences], kind="stable")
        for first in range(0, most, AT_ONCE):
            chosen = order[first : first + AT_ONCE]
            source: Inputs = inputs_of(in_order([sequences[i] for i in chosen]))
            prompts = [[self.facts["start"]]] * len(chosen)
            found = generate(model, prompts, decoding, [self.facts["end"]], source, None, encoder.vocab_size)
            for i, one in zip(chosen, found, strict=True):
                written[i] = encoder.decode(one.tokens)
        return written

    def told(self, answer: str) -> dict[str, Any]:
        return {"text": answer}

    def columns(self, answer: str) -> dict[str, object]:
        return {"text": answer}

    def show(self, answer: str, texts: Text) -> str:
        return answer


class Translation(WritingTask):
    """Into another language."""

    name, metric = "translation", "chrf"

    def scores(self, answers: Answers, targets: Sequence[str], texts: Sequence[Text]) -> Scores:
        from groundup.metrics.translation import translation_scores

        return translation_scores(list(targets)[: len(answers)], list(answers), self.facts["language"])

    def baselines(self, train, held, texts: Sequence[Text]) -> list[Beside]:
        """The source as it is, and the translation of the most similar source of the training rows."""
        start = time.perf_counter()
        remembered = nearest_translation(train[0], train[1], texts)
        return [Beside("copy of the source", [text for text, *_ in texts], 0.0),
                Beside("nearest in memory", remembered, time.perf_counter() - start)]  # fmt: skip


class Summarization(WritingTask):
    """Into something shorter."""

    name, metric = "summarization", "rougeL"

    def scores(self, answers: Answers, targets: Sequence[str], texts: Sequence[Text]) -> Scores:
        from groundup.metrics.rouge import rouge_scores

        return rouge_scores(list(targets)[: len(answers)], list(answers))

    def baselines(self, train, held, texts: Sequence[Text]) -> list[Beside]:
        """As many first sentences as come near the usual length of a summary."""
        size = float(np.median([len(target) for target in train[1]]))
        return [Beside("first sentences", first_sentences(texts, size), 0.0)]
