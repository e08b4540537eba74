"""What tasks that shorten texts have in common: answers are evaluated by ROUGE (metrics/rouge.py) and by what they take from
the text, beside the first sentences, the most central ones, and some by chance.
"""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from groundup.keywords.corpus_words import CorpusWords
from groundup.keywords.phrases import make_phrases
from groundup.kinds.reader import Row
from groundup.kinds.text.reader import TextReader
from groundup.metrics.names import name_scores
from groundup.metrics.rouge import copy_scores, rouge, rouge_scores
from groundup.metrics.scores import Scores, SummedScores, together
from groundup.tasks.languages import parts_no_words
from groundup.tasks.summaries import by_chance, joined, lead, sentences_of, text_rank
from groundup.tasks.task import Answers, BaselineResult, TextTask

WORDS_OF = 2000  # training texts that tell what Chinese words there are

Count = Callable[[int], int]  # how many sentences are taken of so many
Choose = Callable[[list[str], int], list[int]]  # (sentences, number of the text) -> places


class Shortening(TextTask):
    """Facts: `language`, by which words are parted and sentences joined."""

    metric = "rougeL"

    def summary(self, answer: Any) -> str:
        """The text of an answer."""
        return answer

    @abstractmethod
    def counts(self, validation: tuple[Sequence[Row], Sequence[str]]) -> tuple[str, Count]:
        """How many sentences the simple methods take, in words and as a function, tuned on `validation`."""

    @property
    def chinese(self) -> bool:
        """Whether its language parts no words, as Chinese does not."""
        return parts_no_words(self.facts["language"])

    def scores(self, answers: Answers, targets: Sequence[str], texts: Sequence[Row]) -> SummedScores:
        summaries = [answer if isinstance(answer, str) else self.summary(answer) for answer in answers]
        sources = [text for text, *_ in texts][: len(summaries)]
        scores = rouge_scores(list(targets)[: len(summaries)], summaries)
        return together(scores, copy_scores(sources, summaries), name_scores(sources, summaries))

    def metric_details(self, scores: Scores) -> dict[str, str]:
        return {"ROUGE": "F1, no stemming, no stop words; scripts without blanks by characters"}

    def baselines(self, train, validation, texts: Sequence[Row], reader: TextReader) -> list[BaselineResult]:
        """Sentences of the text: the first, the most central by TextRank, and some by chance."""
        name, count = self.counts(validation)
        words = CorpusWords(text for text, *_ in train[0][:WORDS_OF]) if self.chinese else None
        phrases = make_phrases("zh" if self.chinese else "en", words)
        return [
            self.baseline_result(f"first {name}", texts, lambda sentences, _: lead(sentences, count(len(sentences)))),
            self.baseline_result(
                f"TextRank {name}", texts, lambda sentences, _: text_rank(sentences, count(len(sentences)), phrases)
            ),
            self.baseline_result(
                f"random {name}", texts, lambda sentences, number: by_chance(sentences, count(len(sentences)), 0, number)
            ),
        ]

    def baseline_result(self, name: str, texts: Sequence[Row], choose: Choose) -> BaselineResult:
        """The sentences that `choose` takes of (sentences, number) of each text."""
        start = time.perf_counter()
        parted = [sentences_of(text) for text, *_ in texts]
        answers = [self.join_sentences(sentences, choose(sentences, number)) for number, sentences in enumerate(parted)]
        return BaselineResult(name, answers, time.perf_counter() - start)

    def join_sentences(self, sentences: Sequence[str], chosen: Sequence[int]) -> str:
        return joined(sentences, chosen, self.chinese)

    def mean(self, targets: Sequence[str], answers: Sequence[str]) -> float:
        scores = rouge_scores(list(targets)[: len(answers)], list(answers)).figures(np.arange(len(answers)))
        return scores[self.metric] or 0.0

    def error(self, answer: Any, target: str, texts: Row) -> tuple[float, str, str] | None:
        """By the ROUGE-L of the row alone."""
        summary = self.summary(answer)
        return (1 - rouge(target, summary)["rougeL"][2], target, summary) if summary != target else None
