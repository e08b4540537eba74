"""Texts into another language. Metrics: chrF and BLEU by sacrebleu, and whether what must not be translated is still there.

Beam search with a length penalty of 0.6: Vaswani et al., 2017, arXiv:1706.03762.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from groundup.kinds.reader import Row
from groundup.kinds.text.reader import TextReader
from groundup.kinds.text.tfidf import WORD
from groundup.metrics.scores import Scores, SummedScores, together
from groundup.metrics.translation import TranslationScores, kept_scores, makers, tokenizer_of, translation_scores
from groundup.nn.decoding import Decoding
from groundup.tasks.baselines.writing import nearest_translation
from groundup.tasks.languages import ENGLISH
from groundup.tasks.task import Answers, BaselineResult
from groundup.tasks.writing import WritingTask

LARGEST_RATIO, FEW_WORDS = 3, 3  # a side of fewer words counts as so many


class Translation(WritingTask):
    """Into another language."""

    name, metric = "translation", "chrf"
    decoding = Decoding(beams=4, length_penalty=0.6)

    def learn(self, texts: Sequence[Row], targets: Sequence[str], reader: TextReader) -> None:
        makers()  # before anything is trained that cannot be evaluated
        super().learn(texts, targets, reader)
        if (language := self.facts["language"]) != ENGLISH:
            self.notes = [
                f"BLEU parts texts in '{language}' by sacrebleu's tokenizer '{tokenizer_of(language)}'; "
                "--label.language says another language"
            ]

    def unfit_rows(self, texts: Sequence[Row], targets: Sequence[Any]) -> dict[str, np.ndarray]:
        """Pairs of which one side has over three times the words of the other (characters, in Chinese), and pairs that stood
        there before."""
        sizes = np.array(
            [
                [max(FEW_WORDS, len(WORD.findall(side))) for side in (text, target)]
                for (text, *_), target in zip(texts, targets, strict=True)
            ]
        ).reshape(-1, 2)
        pairs = list(zip(texts, targets, strict=True))
        first = {pair: number for number, pair in reversed(list(enumerate(pairs)))}
        repeated = [first[pair] != number for number, pair in enumerate(pairs)]
        return {
            "sides of very different length": sizes.max(axis=1) > LARGEST_RATIO * sizes.min(axis=1),
            "repeated pairs": np.array(repeated, dtype=bool),
        }

    def scores(self, answers: Answers, targets: Sequence[str], texts: Sequence[Row]) -> SummedScores:
        scores = translation_scores(list(targets)[: len(answers)], list(answers), self.facts["language"])
        kept_names = kept_scores([text for text, *_ in texts][: len(answers)], list(answers))
        return scores if kept_names is None else together(scores, kept_names)

    def metric_details(self, scores: Scores) -> dict[str, str]:
        assert isinstance(scores, TranslationScores)
        return {f"signature of {name}": signature for name, signature in scores.signatures.items()}

    def baselines(self, train, validation, texts: Sequence[Row], reader: TextReader) -> list[BaselineResult]:
        """The source as it is, and the translation of the most similar source of the training rows."""
        start = time.perf_counter()
        remembered = nearest_translation(train[0], train[1], texts)
        return [
            BaselineResult("copy of the source", [text for text, *_ in texts], 0.0),
            BaselineResult("nearest in memory", remembered, time.perf_counter() - start),
        ]

    def error(self, answer: str, target: str, texts: Row) -> tuple[float, str, str] | None:
        """By the chrF of the row alone."""
        wrong = 1 - makers()[1]().sentence_score(answer, [target]).score / 100
        return (wrong, target, answer) if answer != target else None
