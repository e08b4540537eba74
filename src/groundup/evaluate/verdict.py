"""The figures of an evaluation in plain sentences: who wins, and signs that something is broken.

Shapes: K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from groundup.errors import printable
from groundup.messages.translate import Translator, translate_name, translator
from groundup.tasks.baselines.baseline import MAJORITY

CALIBRATION_GAP = 0.1  # mean confidence above accuracy by so much is reported
FEW_ANSWERS, LONGEST_ANSWER = 10, 80  # that must be alike before it says something; characters of one that is shown
MIN_ROWS = 10  # below so many rows there is no verdict
FEW_ROWS = 20  # below so many rows a single predicted class says nothing


@dataclass(frozen=True)
class Comparison:
    """The model against one baseline on the same rows: figures, difference (model minus baseline), 95 % interval."""

    baseline: str
    model: float
    other: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """`outcome` is wins, loses, ahead, behind (the last two within the interval), alone, "too few" or "no rows"."""

    outcome: str
    text: str


def verdict(
    comparisons: Sequence[Comparison],
    metric: str,
    num_rows: int,
    model: float | None,
    majority_label: str = "",
    language: str = "en",
    compared_in: str = "",
) -> Verdict:
    """What the figures say, plainly: against the best baseline by this metric, and whether it is worth anything. Without one,
    `compared_in` names the file where the comparison stands, if it stands in another.
    """
    t = translator(language)
    name = t(metric)
    if model is None or not num_rows:
        return Verdict("no rows", t("no rows"))
    best = max(comparisons, key=lambda comparison: comparison.other, default=None)
    if num_rows < MIN_ROWS:
        where = t("compared there", where=compared_in) if compared_in else ""
        return Verdict("too few", few_rows_text(num_rows, name, model, best, t) + where)
    if best is None:
        sentence = "compared elsewhere" if compared_in else "alone"
        return Verdict("alone", t(sentence, model=f"{model:.3f}", metric=name, where=compared_in))
    if best.low > 0:
        outcome = "wins"
    elif best.high < 0:
        outcome = "loses"
    else:
        outcome = "ahead" if best.difference > 0 else "behind"
    text = t(
        outcome,
        name=translate_name(best.baseline, t),
        metric=name,
        model=f"{best.model:.3f}",
        other=f"{best.other:.3f}",
        difference=f"{best.difference:+.3f}",
        low=f"{best.low:.3f}",
        high=f"{best.high:.3f}",
        rows=f"{num_rows:,}",
    )
    trivial = [c for c in comparisons if c.baseline == MAJORITY and c is not best and c.low <= 0]
    if trivial:
        text += " " + t("worthless", label=majority_label, other=f"{trivial[0].other:.3f}", metric=name)
    return Verdict(outcome, text)


def rows_subject(num_rows: int, t: Translator) -> str:
    """So many rows as the subject of a sentence."""
    return t("one row") if num_rows == 1 else t("few rows", rows=num_rows)


def few_rows_text(num_rows: int, metric: str, model: float, best: Comparison | None, t: Translator) -> str:
    """That so few rows say nothing, and the figures that say it."""
    text = t("too few", rows=rows_subject(num_rows, t), metric=metric, model=f"{model:.3f}")
    return (
        text if best is None else text + t("too few beside", name=translate_name(best.baseline, t), other=f"{best.other:.3f}")
    )


def alarms(
    counts: np.ndarray,
    labels: Sequence[str],
    num_known: int,
    high: float | None,
    confidence: float | None = None,
    language: str = "en",
) -> list[tuple[str, str]]:
    """Signs that something is broken, as (code, sentence). `counts` [K, K] has targets as rows.

    The first `num_known` labels are those the model can answer; `confidence` is the mean probability of its answers.
    `high` is the upper end of the interval of the accuracy: the label map is doubted only where chance is ruled out.
    """
    t, total = translator(language), int(counts.sum())
    if not total:
        return []
    support, predicted = counts.sum(axis=1), counts.sum(axis=0)
    accuracy = float(np.trace(counts)) / total
    chance = float((support / total) @ (predicted / total))  # the same answers, shuffled
    messages: list[tuple[str, str]] = []
    answers = np.flatnonzero(predicted)
    if len(answers) == 1 and (support > 0).sum() > 1 and total >= FEW_ROWS:
        messages.append(("collapsed", t("collapsed", rows=f"{total:,}", label=labels[answers[0]])))
    elif missed := [labels[k] for k in np.flatnonzero((predicted == 0) & (support > 0)) if k < num_known]:
        messages.append(("never predicted", t("never predicted", labels=join_names(missed))))
    if high is not None and high < chance and accuracy < 0.75 * chance:
        wrong = counts - np.diag(np.diag(counts))
        true, answer = divmod(int(wrong.argmax()), len(counts))
        values = {"accuracy": f"{accuracy:.3f}", "chance": f"{chance:.3f}"}
        messages.append(("label map", t("label map", **values, true=labels[true], predicted=labels[answer])))
    if confidence is not None and confidence - accuracy > CALIBRATION_GAP:
        values = {"confidence": f"{confidence:.3f}", "accuracy": f"{accuracy:.3f}"}
        messages.append(("overconfident", t("overconfident", **values)))
    return messages


def alarms_of_answers(answers: Sequence[object], targets: Sequence[object], language: str = "en") -> list[tuple[str, str]]:
    """Signs that a model of another task than classes is broken: what it says is always nothing, or always the same."""
    t, total = translator(language), len(answers)
    if total < FEW_ANSWERS or len({str(target) for target in targets}) < 2 or len({str(answer) for answer in answers}) > 1:
        return []
    rows, first = f"{total:,}", answers[0]
    if first in ("", "[]", [], {}, None):
        return [("empty answers", t("empty answers", rows=rows))]
    return [("same answers", t("same answers", rows=rows, answer=printable(first, LONGEST_ANSWER)))]


def join_names(names: Sequence[object], most: int = 10) -> str:
    """`a, b, c and 4 more`, at most so many by name."""
    names_text = ", ".join(str(name) for name in names[:most])
    return names_text + (f" … (+{len(names) - most})" if len(names) > most else "")
