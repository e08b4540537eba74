"""Texts into something shorter, in words of the model. Metrics: ROUGE (metrics/rouge.py), and how much of a summary is copied.

No trigram of tokens is written twice: Paulus et al., 2017, arXiv:1705.04304.
"""

from __future__ import annotations

from collections.abc import Sequence

from groundup.kinds.reader import Row
from groundup.metrics.rouge import rouge
from groundup.nn.decoding import Decoding
from groundup.tasks.shortening import Count, Shortening
from groundup.tasks.summaries import lead, oracle, sentences_of
from groundup.tasks.task import BaselineResult
from groundup.tasks.writing import WritingTask

MOST_SENTENCES = 5  # that the baselines take
TUNED_ON = 200  # validation rows that tell how many


class Summarization(Shortening, WritingTask):
    """Into something shorter."""

    name = "summarization"
    decoding = Decoding(beams=4, no_repeat_ngram=3)

    def counts(self, validation: tuple[Sequence[Row], Sequence[str]]) -> tuple[str, Count]:
        """As many as serve best as the first ones of the validation rows."""
        known = [sentences_of(text) for text, *_ in validation[0][:TUNED_ON]]
        scores_by_count = {
            k: self.mean(validation[1], [self.join_sentences(s, lead(s, k)) for s in known])
            for k in range(1, MOST_SENTENCES + 1)
        }
        best = max(scores_by_count, key=lambda k: scores_by_count[k])
        return str(best), lambda _: best

    def upper_bounds(self, texts: Sequence[Row], targets: Sequence[str]) -> list[BaselineResult]:
        """The sentences that are best by ROUGE-L, chosen with the reference at hand, one after the other."""

        def likeness(summary: str, reference: str) -> float:
            return rouge(reference, summary)["rougeL"][2]

        def choose(sentences: list[str], number: int) -> list[int]:
            return oracle(sentences, targets[number], MOST_SENTENCES, likeness, self.chinese)

        return [self.baseline_result("upper bound of sentences", texts, choose)]
