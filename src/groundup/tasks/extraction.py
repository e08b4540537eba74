"""Texts into something shorter, in sentences of their own: each sentence is scored at its first token, the best are kept in
their order. An answer is the summary and the places of its sentences.

Objective: `objectives/tags.py`, one of "left out" and "taken" at each sentence; to be taken are those sentences that together
are most like the reference (*Nallapati et al., 2017, arXiv:1611.04230; Liu and Lapata, 2019, arXiv:1908.08345*, whose model has
a token of its own before each sentence). Metrics: ROUGE. Of a long text that is read in windows each sentence is scored in the
one that sees most around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from groundup.data.rows import Rows
from groundup.errors import InputError
from groundup.kinds.reader import Row
from groundup.kinds.text.packed import PackedTexts, Places
from groundup.kinds.text.reader import TextReader
from groundup.metrics.rouge import rouge_tokens
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.objectives.special_labels import IGNORE, NO_LABEL
from groundup.tasks.languages import language_of
from groundup.tasks.shortening import Count, Shortening
from groundup.tasks.summaries import greedy, sentence_places
from groundup.tasks.task import Answers, BaselineResult, read_untrimmed
from groundup.tasks.token_head import token_head
from groundup.tasks.writing import WritingTask

if TYPE_CHECKING:
    from groundup.objectives.tag_cross_entropy import TagCrossEntropy

LABELS = ("left out", "taken")
COUNTED = 500  # training rows that tell how many sentences a summary has

Span = tuple[int, int]


class Extract(NamedTuple):
    """A summary, the places of its sentences in the text, and how far the model would rather take than leave each (in nats)."""

    text: str
    sentences: list[Span]
    scores: list[float]


class Extraction(Shortening):
    """Facts: `language`; `sentences`, how many are taken, or `share`, how large a part of all."""

    name, needs_offsets = "extraction", True
    answer_columns = ("summary", "sentences")
    read_target, serialize, deserialize = WritingTask.read_target, WritingTask.serialize, WritingTask.deserialize

    @classmethod
    def of_outputs(cls, labels: list[str] | None) -> Extraction:
        raise NotImplementedError  # foreign folders say nothing of sentences

    def read_inputs(self, raw: Sequence[object], reader: TextReader, home: Path | None = None) -> Row | None:
        return read_untrimmed(raw)

    def unfit_rows(self, texts: Sequence[Row], targets: Sequence[str]) -> dict[str, np.ndarray]:
        """Summaries that share no word with their text: no sentence is better than none."""
        pairs = zip(texts, targets, strict=True)
        apart = [set(rouge_tokens(text)).isdisjoint(rouge_tokens(target)) for (text,), target in pairs]
        return {"summaries that share no word with their text": np.array(apart, dtype=bool)}

    def learn(self, texts: Sequence[Row], targets: Sequence[str], reader: TextReader) -> None:
        """How many sentences: a number, or a share of all, whichever is nearer to the best summaries of the training rows."""
        pairs = list(zip(texts, targets, strict=True))[:COUNTED]
        sizes = np.array(
            [[len(target_sentences(text, target)), len(sentence_places(text))] for (text,), target in pairs]
        ).reshape(-1, 2)
        if not (sizes[:, 1] > 1).any():
            raise InputError(
                "NO_SENTENCES",
                "text column",
                "no training text has two sentences to choose from",
                "give whole texts, not titles, or use --task summarization",
            )
        taken_lengths, known = sizes.T
        ways = {
            "sentences": max(1, round(float(taken_lengths.mean()))),
            "share": round(float(taken_lengths.sum() / known.sum()), 3),
        }
        wrong = {name: float(np.abs(count(known, {name: value}) - taken_lengths).mean()) for name, value in ways.items()}
        nearer = min(ways, key=lambda name: wrong[name])
        self.facts.setdefault("language", language_of(text for (text,) in texts))
        self.facts |= {"labels": [*LABELS], nearer: ways[nearer]}

    def counts(self, validation: tuple[Sequence[Row], Sequence[str]]) -> tuple[str, Count]:
        """As many as the model takes."""
        size = f"{self.facts['share']:.0%}" if "share" in self.facts else str(self.facts["sentences"])
        return size, lambda known: int(count(known, self.facts))

    # The model

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return token_head(usual, len(LABELS))

    def make_objective(self, targets: Sequence[Any], weigh: str) -> TagCrossEntropy:
        from groundup.objectives.tag_cross_entropy import TagCrossEntropy

        return TagCrossEntropy(self.head)

    def make_rows(self, texts: Sequence[Row], targets, packed: PackedTexts, reader: TextReader, seed: int) -> Rows:
        assert packed.places is not None
        parted = [sentence_places(text) for (text,) in texts]
        num_taken = (
            None
            if targets is None
            else [set(target_sentences(text, target)) for (text,), target in zip(texts, targets, strict=True)]
        )
        marks, before = [], -1
        for owner, places in zip(packed.owner, packed.places, strict=True):
            mark = np.full(len(places.start), IGNORE, dtype=np.int64)
            for token, sentence in sentence_sites(places, parted[owner], goes_on=owner == before):
                mark[token] = NO_LABEL if num_taken is None else int(sentence in num_taken[owner])
            marks.append(mark)
            before = owner
        return Rows(packed, None, seed, marks, self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Row]) -> Answers:
        packed = rows.packed
        assert packed.places is not None
        parted = [sentence_places(text) for (text,) in texts]
        votes: list[dict[int, tuple[int, float]]] = [{} for _ in texts]  # sentence -> tokens around it, its score
        before = -1
        for owner, places, numbers in zip(packed.owner, packed.places, outputs, strict=True):
            sites = sentence_sites(places, parted[owner], goes_on=owner == before)
            for (token, sentence), (leave, take) in zip(sites, numbers.tolist(), strict=True):
                around = min(token, len(places.start) - 1 - token)
                if around > votes[owner].get(sentence, (-1, 0.0))[0]:
                    votes[owner][sentence] = around, take - leave
            before = owner
        return [
            self.extract(text, spans, {sentence: score for sentence, (_, score) in scores.items()})
            for (text,), spans, scores in zip(texts, parted, votes, strict=True)
        ]

    def extract(self, text: str, spans: Sequence[Span], scores: dict[int, float]) -> Extract:
        """The sentences of highest score; those that no window holds are not among them."""
        most = int(count(len(spans), self.facts))
        chosen = sorted(sorted(scores, key=lambda sentence: (-scores[sentence], sentence))[:most])
        places = [spans[sentence] for sentence in chosen]
        summary = self.join_sentences([text[start:end] for start, end in places], range(len(places)))
        return Extract(summary, places, [scores[sentence] for sentence in chosen])

    # Answers

    def summary(self, answer: Extract) -> str:
        return answer.text

    def upper_bounds(self, texts: Sequence[Row], targets: Sequence[str]) -> list[BaselineResult]:
        """What the model was trained towards: the sentences that are together most like the reference, however many."""
        return [
            self.baseline_result(
                "upper bound of sentences", texts, lambda sentences, number: greedy(sentences, targets[number])
            )
        ]

    def as_dict(self, answer: Extract) -> dict[str, Any]:
        places = [
            {"start": start, "end": end, "score": score}
            for (start, end), score in zip(answer.sentences, answer.scores, strict=True)
        ]
        return {"summary": answer.text, "sentences": places}

    def as_columns(self, answer: Extract) -> dict[str, object]:
        return {"summary": answer.text, "sentences": str([list(span) for span in answer.sentences])}

    def as_text(self, answer: Extract, texts: Row) -> str:
        return answer.text


def target_sentences(text: str, reference: str) -> list[int]:
    """The sentences of a text that are to be taken."""
    return greedy([text[start:end] for start, end in sentence_places(text)], reference)


def count(known: Any, facts: dict[str, Any]) -> np.ndarray:
    """How many sentences are taken of so many (a number, or an array of them)."""
    if "share" in facts:
        return np.maximum(1, np.rint(facts["share"] * np.asarray(known))).astype(np.int64)
    return np.minimum(facts["sentences"], known)


def sentence_sites(places: Places, spans: Sequence[Span], goes_on: bool = False) -> list[tuple[int, int]]:
    """The first token of each sentence of a sequence, and which sentence it is. `goes_on`: the text began before; a sentence
    whose beginning the window lacks is not asked."""
    inside = np.flatnonzero((places.column == 0) & (places.end > places.start))
    starts, ends = places.start[inside], places.end[inside]
    sites: dict[int, int] = {}
    for sentence, (start, end) in enumerate(spans):
        at = int(np.searchsorted(ends, start, side="right"))
        if at == len(inside) or starts[at] >= end or (goes_on and at == 0 and starts[0] > start):
            continue
        sites.setdefault(int(inside[at]), sentence)
    return sorted(sites.items())
