"""Probabilities in a sentence: how they compare with those of simple models, and that a class which is never
answered is rare, not lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundup.messages.translate import translate_name, translator

NO_CHANCE = 0.5  # AUC of a ranking by chance
COLLAPSED = "collapsed"


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
