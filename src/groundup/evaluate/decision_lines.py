"""Probabilities in a sentence: how they compare with those of simple models, and that a class which is never
answered is rare, not lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundup.messages.translate import Translator, translate_name, translator

NO_CHANCE = 0.5  # AUC of a ranking by chance
COLLAPSED = "collapsed"
MOST_SLICES = 6  # values of a column that the terminal shows; the page has them all


def probability_line(section: Mapping[str, Any], language: str) -> str:
    """The figures of the model's probabilities, and of the simple model with the least log loss; empty for a report without."""
    if not section:
        return ""
    t = translator(language)
    ours, *others = section["systems"]
    text = t("own probabilities", figures=figures_line(ours, t))
    if not others:
        return text
    best = min(others, key=lambda one: one["figures"]["log_loss"]["value"])
    gap = best["difference"]["log_loss"]
    apart = f"{gap['value']:+.3f}"
    if gap["low"] is not None:
        apart += f" ({t('from to', low=format(gap['low'], '+.3f'), high=format(gap['high'], '+.3f'))})"
    return text + t("best probabilities", name=translate_name(best["name"], t), figures=figures_line(best, t), apart=apart)


def positive_line(section: Mapping[str, Any], t: Translator) -> str:
    """Which of two classes ranking, rates and costs are about, and who chose it."""
    return t(f"positive class from {section['positive_from']}", label=section["positive"])


def cost_lines(section: Mapping[str, Any], t: Translator) -> list[str]:
    """What errors cost and the threshold that follows, and what a row costs by each system; none without costs."""
    if "costs" not in section:
        return []
    ours, *others = section["systems"]
    costs = {name: f"{cost:g}" for name, cost in section["costs"].items()}
    classes = {name: section[name] for name in ("positive", "negative")}
    lines = [t("costs of errors", **costs, **classes, threshold=f"{ours['figures']['threshold']:.3f}")]
    mean, constant = (f"{ours['figures'][name]:.3f}" for name in ("mean_cost", "mean_cost_constant"))
    text = t("costs of a row", mean=mean, constant=constant)
    if others:
        best = min(others, key=lambda one: one["figures"]["mean_cost"])
        text += t("least cost", name=translate_name(best["name"], t), mean=f"{best['figures']['mean_cost']:.3f}")
    return [*lines, text + t("end of sentence")]


def decision_lines(section: Mapping[str, Any], language: str) -> list[str]:
    """For the terminal: the positive class and costs, where costs were named."""
    t = translator(language)
    lines = cost_lines(section, t)
    return [positive_line(section, t), *lines] if lines else []


def slice_lines(report: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    """For the terminal: the accuracy of the rows with each value of these columns, the most frequent values first."""
    t, lines = translator(report["language"]), []
    for column, values in report.get("slices", {}).items():
        if column not in columns:
            continue
        parts = [t("slice", value=one["value"], rows=f"{one['rows']:,}", accuracy=f"{one['accuracy']:.3f}") for one in values]
        more = t("more values", count=len(values) - MOST_SLICES) if len(values) > MOST_SLICES else ""
        lines.append(t("accuracy by", column=column, values=t("between slices").join(parts[:MOST_SLICES]) + more))
    return lines


def figures_line(system: Mapping[str, Any], t) -> str:
    """`log loss 0.457, AUC 0.836`."""
    figures = {name: system["figures"].get(name) for name in ("log_loss", "auc")}
    values = {name: figure["value"] for name, figure in figures.items() if figure is not None}
    return ", ".join(f"{t(f'short {name}')} {value:.3f}" for name, value in values.items() if value is not None)


def explained_alarms(alarms: Sequence[Mapping[str, str]], section: Mapping[str, Any], language: str) -> list[Mapping[str, str]]:
    """The alarms; where one class is always answered, but probabilities clearly rank the rows, it is said that the other is
    rare."""
    figures = section["systems"][0]["figures"] if section else {}
    ranking = figures.get("auc")
    if ranking is None or ranking["low"] is None or ranking["low"] <= NO_CHANCE:
        return list(alarms)
    text = translator(language)("rare class", label=section["positive"], auc=f"{ranking['value']:.3f}")
    return [{"code": "rare class", "text": text} if one["code"] == COLLAPSED else one for one in alarms]
