"""Texts into something shorter. Metrics: ROUGE (metrics/rouge.py), and how much of a summary is copied.

No trigram of tokens is written twice: Paulus et al., 2017, arXiv:1705.04304.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from groundup.metrics.rouge import copy_scores, rouge, rouge_scores
from groundup.metrics.scores import Scores, SummedScores, together
from groundup.nn.decoding import Decoding
from groundup.tasks.phrases import make_phrases
from groundup.tasks.summaries import by_chance, joined, lead, oracle, sentences_of, text_rank
from groundup.tasks.task import Answers, Beside, Text
from groundup.tasks.words_of_corpus import CorpusWords
from groundup.tasks.writing import WritingTask

MOST_SENTENCES = 5  # that the baselines take
TUNED_ON = 200  # validation rows that tell how many
WORDS_OF = 2000  # training texts that tell what Chinese words there are


class Summarization(WritingTask):
    """Into something shorter."""

    name, metric = "summarization", "rougeL"
    decoding = Decoding(beams=4, no_repeat_ngram=3)

    def scores(self, answers: Answers, targets: Sequence[str], texts: Sequence[Text]) -> SummedScores:
        sources = [text for text, *_ in texts][: len(answers)]
        return together(rouge_scores(list(targets)[: len(answers)], list(answers)), copy_scores(sources, list(answers)))

    def measured(self, scores: Scores) -> dict[str, str]:
        return {"ROUGE": "F1, no stemming, no stop words; Chinese by characters"}

    @property
    def chinese(self) -> bool:
        return self.facts["language"] == "zh"

    def baselines(self, train, held, texts: Sequence[Text]) -> list[Beside]:
        """Sentences of the text, as many as serve best as the first ones of the validation rows: the first, the most central
        by TextRank, and some by chance."""
        known = [sentences_of(text) for text, *_ in held[0][:TUNED_ON]]
        told = {k: self.mean(held[1], [self.taken(s, lead(s, k)) for s in known]) for k in range(1, MOST_SENTENCES + 1)}
        best = max(told, key=lambda k: told[k])
        words = CorpusWords(text for text, *_ in train[0][:WORDS_OF]) if self.chinese else None
        phrases = make_phrases(self.facts["language"], words)
        return [
            self.beside(f"first {best}", texts, lambda sentences, _: lead(sentences, best)),
            self.beside(f"TextRank {best}", texts, lambda sentences, _: text_rank(sentences, best, phrases)),
            self.beside(f"random {best}", texts, lambda sentences, number: by_chance(sentences, best, 0, number)),
        ]

    def bounds(self, texts: Sequence[Text], targets: Sequence[str]) -> list[Beside]:
        """The sentences that are best by ROUGE-L, chosen with the reference at hand, one after the other."""

        def likeness(summary: str, reference: str) -> float:
            return rouge(reference, summary)["rougeL"][2]

        def choose(sentences: list[str], number: int) -> list[int]:
            return oracle(sentences, targets[number], MOST_SENTENCES, likeness, self.chinese)

        return [self.beside("upper bound of sentences", texts, choose)]

    def beside(self, name: str, texts: Sequence[Text], choose: Callable[[list[str], int], list[int]]) -> Beside:
        """The sentences that `choose` takes of (sentences, number) of each text."""
        start = time.perf_counter()
        parted = [sentences_of(text) for text, *_ in texts]
        answers = [self.taken(sentences, choose(sentences, number)) for number, sentences in enumerate(parted)]
        return Beside(name, answers, time.perf_counter() - start)

    def taken(self, sentences: Sequence[str], chosen: Sequence[int]) -> str:
        return joined(sentences, chosen, self.chinese)

    def mean(self, targets: Sequence[str], answers: Sequence[str]) -> float:
        found = rouge_scores(list(targets)[: len(answers)], list(answers)).figures(np.arange(len(answers)))
        return found[self.metric] or 0.0

    def error(self, answer: str, target: str, texts: Text) -> tuple[float, str, str] | None:
        """By the ROUGE-L of the row alone."""
        return (1 - rouge(target, answer)["rougeL"][2], target, answer) if answer != target else None
