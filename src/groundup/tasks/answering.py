"""Extractive question answering: where in the second text the answer to the first one stands. An answer is a place with its
text and a score, or that there is none: the model then points at the first token of all (*Devlin et al., 2018,
arXiv:1810.04805*, section 4.3), by more than a threshold that is chosen on the validation rows.

Objective: `objectives/ends.py`. Metrics: exact match and F1 of the text, the best over all references.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from groundup.data.rows import Rows
from groundup.errors import InputError
from groundup.kinds.reader import Row
from groundup.kinds.text.packed import PackedTexts
from groundup.kinds.text.reader import TextReader
from groundup.messages.current import message
from groundup.nn.config import HeadConfig, PooledHeadConfig, TransformerConfig
from groundup.objectives.special_labels import IGNORE, OUTSIDE, SPAN_END, SPAN_START
from groundup.strict_json import strict
from groundup.tasks.languages import CHINESE, base_of, language_of, parts_no_words
from groundup.tasks.rows.label_column import is_missing
from groundup.tasks.task import Answers, BaselineResult, TextTask, read_untrimmed
from groundup.tasks.token_head import token_head

if TYPE_CHECKING:
    from groundup.objectives.span_cross_entropy import SpanCrossEntropy

LONGEST = 48  # tokens of an answer
NONE = "(no answer)"
BEST = 20  # beginnings and ends that are looked at together


class Answer(NamedTuple):
    """A place in the context, its text, and the log-probability of both ends; without text that there is no answer. `none` is
    by how much the log-probability that there is none is higher than that of the best place."""

    text: str
    start: int
    score: float
    none: float = -1e9

    @property
    def probability_of_none(self) -> float:
        """From 0 to 1: of no answer, against the best place."""
        return 1 / (1 + exp(-max(-700.0, min(700.0, self.none))))


UNREAD = Answer("", 0, -1e9)  # where no token of the context was read


class Reference(NamedTuple):
    """A right answer and where it stands; -1 where people wrote it otherwise than the text does."""

    text: str
    start: int


class Answering(TextTask):
    """Facts: `longest`, the tokens of an answer at most; `language`; and `threshold`, of a model that was trained with
    questions that have no answer: how much more probable that must be than the best place. A target is a list of references,
    empty where there is no answer. Models of others say no more than their class does: a place, always."""

    name, metric, needs_offsets, head_name = "answering", "f1", True, "ends"
    answer_columns = ("answer", "start", "no_answer")

    @classmethod
    def of_outputs(cls, labels: list[str] | None) -> Answering:
        return cls({"longest": LONGEST})

    def read_inputs(self, raw: Sequence[object], reader: TextReader, home: Path | None = None) -> Row | None:
        return read_untrimmed(raw)

    def read_target(self, value: object, texts: Row, raw: Sequence[object] = ()) -> list[Reference]:
        """The answer's text, such texts in a list, or as SQuAD has them: objects with text and answer_start. Of several the
        first that stands in the text is learned; the others count as right, too. An empty list: there is no answer."""
        if len(texts) != 2:
            raise ValueError("needs two text columns: the question, and the text that answers it")
        if isinstance(value, str) and value.strip()[:1] in ("[", "{") and value not in texts[1]:
            with suppress(ValueError):  # an answer may begin so
                value = strict(value)
        if isinstance(value, dict) and isinstance(value.get("text"), list):  # columns, as Hugging Face keeps them
            starts = value.get("answer_start")
            starts = starts if isinstance(starts, list) and len(starts) == len(value["text"]) else [-1] * len(value["text"])
            value = [{"text": text, "answer_start": at} for text, at in zip(value["text"], starts, strict=True)]
        if is_missing(value):
            raise ValueError("is empty; where there is no answer write [], or name the column that says so: --label.impossible")
        references = [self.place(one, texts[1]) for one in (value if isinstance(value, list) else [value])]
        if references and not any(reference.start >= 0 for reference in references):
            raise ValueError(f"the answer '{references[0].text[:40]}' does not stand in the text")
        return sorted(dict.fromkeys(references), key=lambda reference: reference.start < 0)

    @staticmethod
    def place(one: object, context: str) -> Reference:
        """An answer at the stated place, or where it stands nearest to it (-1: nowhere); without blanks at its ends."""
        stated_start = 0
        if isinstance(one, dict):
            one, stated_start = one.get("text"), one.get("answer_start", one.get("start", 0))
        if not isinstance(one, str) or not one.strip():
            raise ValueError("holds an answer without text")
        stated_start = stated_start + len(one) - len(one.lstrip()) if isinstance(stated_start, int) else 0
        one = one.strip()
        starts = [match.start() for match in re.finditer(re.escape(one), context)]
        return Reference(one, min(starts, key=lambda start: abs(start - stated_start), default=-1))

    def deserialize(self, stored: str) -> list[Reference]:
        return [Reference(text, start) for text, start in strict(stored)]

    def learn(self, texts: Sequence[Row], targets: Sequence[list[Reference]], reader: TextReader) -> None:
        sizes = [len(ids) for ids in reader.encode_batch([target[0].text for target in targets if target])]
        if not sizes:
            raise InputError("NO_ANSWERS", "label column", "no training row has an answer", "see the format of the answers")
        self.facts.setdefault("language", language_of(context for _, context in texts))
        self.facts["longest"] = int(min(LONGEST, max(sizes) + 2))
        if len(sizes) < len(targets):
            self.facts["threshold"] = 0.0

    def make_head(self, usual: PooledHeadConfig, config: TransformerConfig) -> HeadConfig:
        return replace(token_head(usual, 2), dropout=0.0)  # as the classes of `transformers` have it

    def make_objective(self, targets: Sequence[Any], weigh: str) -> SpanCrossEntropy:
        from groundup.objectives.span_cross_entropy import SpanCrossEntropy

        return SpanCrossEntropy(self.head)

    def make_rows(self, texts: Sequence[Row], targets, packed: PackedTexts, reader: TextReader, seed: int) -> Rows:
        """Tokens of the context are asked, and the first one of all, which is wanted where the window lacks the answer."""
        assert packed.places is not None
        marks, before = [], -1
        for owner, places in zip(packed.owner, packed.places, strict=True):
            inside = np.flatnonzero((places.column == 1) & (places.end > places.start))
            mark = np.full(len(places.column), IGNORE, dtype=np.int64)
            mark[inside] = mark[0] = OUTSIDE
            if targets is not None and not targets[owner]:
                mark[0] = SPAN_START | SPAN_END
            elif targets is not None:
                begin = targets[owner][0].start
                end = begin + len(targets[owner][0].text)
                first, last = inside[places.end[inside] > begin], inside[places.start[inside] < end]
                cut = len(inside) and owner == before and places.start[inside[0]] > begin  # it began before this window
                if len(first) and len(last) and first[0] <= last[-1] and not cut and places.end[inside[-1]] >= end:
                    mark[first[0]] |= SPAN_START
                    mark[last[-1]] |= SPAN_END
                else:
                    mark[0] = SPAN_START | SPAN_END
            marks.append(mark)
            before = owner
        return Rows(packed, None, seed, marks, self.head)

    def decode(self, outputs: Sequence[np.ndarray], rows: Rows, texts: Sequence[Row]) -> Answers:
        packed = rows.packed
        assert packed.places is not None
        assert rows.marks is not None
        best, none = [UNREAD] * len(texts), [np.inf] * len(texts)
        for owner, places, marks, scores in zip(packed.owner, packed.places, rows.marks, outputs, strict=True):
            sites, logs = np.flatnonzero(marks != IGNORE)[1:], log_softmax(scores)
            none[owner] = min(none[owner], float(logs[0].sum()))  # the first one says: not in this window
            best_pair = self.best_ends(logs[1:])
            if best_pair is None:
                continue
            first, last, score = best_pair
            start, end = int(places.start[sites[first]]), int(places.end[sites[last]])
            if score > best[owner].score:
                best[owner] = Answer(texts[owner][1][start:end], start, score)
        return [self.apply_threshold(one._replace(none=below - one.score)) for one, below in zip(best, none, strict=True)]

    def apply_threshold(self, best: Answer) -> Answer:
        """The best place, or that there is no answer."""
        if best.text and best.none > self.facts.get("threshold", np.inf):
            return Answer("", 0, best.score + best.none, best.none)
        return best

    def tune(self, judge: Callable[[], Answers], targets: Sequence[list[Reference]], texts: Sequence[Row]) -> None:
        """Choose the threshold by which F1 of these rows is highest; of equal ones that next to 0."""
        if "threshold" not in self.facts or not targets:
            return
        self.facts["threshold"] = np.inf  # places only
        answers = judge()
        places = [*self.row_scores(answers, targets, texts)]
        nothing = [float(not target) for target in targets]
        order = np.argsort([one.none for one in answers], kind="stable")
        gains = np.array(places)[order] - np.array(nothing)[order]
        totals = sum(nothing) + np.concatenate([[0.0], np.cumsum(gains)])  # with the first so many answered by a place
        none = np.array([one.none for one in answers])[order]
        ends = np.concatenate([[none[0] - 1.0], (none[1:] + none[:-1]) / 2, [none[-1] + 1.0]])
        apart = np.concatenate([[True], none[1:] > none[:-1], [True]])
        best = np.flatnonzero(apart & (totals >= totals[apart].max() - 1e-9))
        self.facts["threshold"] = float(ends[best[np.argmin(np.abs(ends[best]))]])

    def row_scores(self, answers: Sequence[Answer], targets: Sequence[list[Reference]], texts: Sequence[Row]) -> list[float]:
        """F1 of each row."""
        scores = self.scores(answers, targets, texts)
        return [scores.figures(np.array([row]))["f1"] or 0.0 for row in range(len(answers))]

    def best_ends(self, scores: np.ndarray) -> tuple[int, int, float] | None:
        """The beginning and end that score best together [L, 2], the end not before the beginning nor too far behind it."""
        if not len(scores):
            return None
        begins, ends = (np.argsort(-scores[:, side], kind="stable")[:BEST] for side in (0, 1))
        together = scores[begins, 0][:, None] + scores[ends, 1][None, :]
        length = ends[None, :] - begins[:, None]
        together = np.where((length >= 0) & (length < self.facts["longest"]), together, -np.inf)
        at = int(together.argmax())
        i, j = divmod(at, together.shape[1])
        return (int(begins[i]), int(ends[j]), float(together[i, j])) if np.isfinite(together[i, j]) else None

    def scores(self, answers: Answers, targets: Sequence[list[Reference]], texts: Sequence[Row]):
        from groundup.metrics.answers import answer_scores

        references = [[reference.text for reference in target] for target in targets]
        return answer_scores(references, [one.text for one in answers], self.rules_of(texts))

    def rules_of(self, texts: Sequence[Row]) -> str:
        """By whose rules answers are compared: SQuAD's, CMRC's for Chinese, or characters where words are not parted."""
        language = self.facts.get("language") or language_of(context for _, context in texts)
        return "en" if not parts_no_words(language) else "zh" if base_of(language) in CHINESE else "characters"

    def baselines(self, train, validation, texts: Sequence[Row], reader: TextReader) -> list[BaselineResult]:
        """The whole first sentence of the context, and the sentence that shares the rarest words with the question."""
        from groundup.tasks.baselines.answering import by_overlap, first_sentence

        results = []
        for name, answer in (("first sentence", first_sentence), ("sentence most like the question", by_overlap)):
            start = time.perf_counter()
            answers = [Answer(text, at, 0.0) for text, at in (answer(train[0], texts))]
            results.append(BaselineResult(name, answers, time.perf_counter() - start))
        if not all(train[1]):
            results.insert(0, BaselineResult("no answer", [Answer("", 0, 0.0)] * len(texts), 0.0))
        return results

    def as_dict(self, answer: Answer) -> dict[str, Any]:
        return {
            "answer": answer.text,
            "start": answer.start if answer.text else None,
            "score": answer.score,
            "no_answer": answer.probability_of_none,
        }

    def as_columns(self, answer: Answer) -> dict[str, object]:
        return {
            "answer": answer.text,
            "start": answer.start if answer.text else "",
            "no_answer": round(answer.probability_of_none, 6),
        }

    def as_text(self, answer: Answer, texts: Row) -> str:
        if not answer.text:
            return message("no answer with", probability=answer.probability_of_none)
        return message("answer at", text=answer.text, start=answer.start)

    def error(self, answer: Answer, target: list[Reference], texts: Row) -> tuple[float, str, str] | None:
        right = any(answer.text == reference.text for reference in target) or (not target and not answer.text)
        return None if right else (1.0, " / ".join(reference.text for reference in target) or NONE, answer.text or NONE)

    def stratum(self, target: list[Reference]) -> str:
        return "" if target else NONE

    def label_counts(self, targets: Sequence[list[Reference]]) -> dict[str, int]:
        return {}


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """[L, 2] log-probabilities of the tokens of a sequence, for either end."""
    centered = scores.astype(np.float64) - scores.max(0, keepdims=True)
    return centered - np.log(np.exp(centered).sum(0, keepdims=True))
