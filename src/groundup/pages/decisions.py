"""The part of a report's page about probabilities: log loss, ranking, costs, and groups of rows, beside the baselines."""

from __future__ import annotations

from collections.abc import Mapping

from groundup import html
from groundup.evaluate.decision_lines import cost_lines, positive_line
from groundup.html import Html
from groundup.messages.translate import Translator, translate_name
from groundup.metrics.groups import MISSING, OTHERS

FIGURES = ("log_loss", "brier", "auc", "ks", "sensitivity_at_90", "mean_cost")
GROUP_FIGURES = ("accuracy", "log_loss", "share", "said", "hit_rate", "false_alarm_rate", "auc")


def decisions(report: Mapping, t: Translator) -> Html | None:
    """Each system in a line, and each group of rows; nothing for reports that have no such figures."""
    section = report.get("decisions")
    if not section:
        return None
    parts = [systems(section, t)]
    if section["positive"] is not None:
        parts.insert(0, html.paragraph(positive_line(section, t)))
    parts += [html.paragraph(line) for line in cost_lines(section, t)]
    parts += [groups(column, one, t) for column, one in section["groups"].items()]
    return html.section(t("probabilities"), *parts)


def systems(section: Mapping, t: Translator) -> Html:
    names = [name for name in FIGURES if name in section["systems"][0]["figures"]]
    rows = []
    for one in section["systems"]:
        cells = [cell_of(one["figures"].get(name)) for name in names]
        gap = one.get("difference", {}).get("log_loss")
        rows.append([translate_name(one["name"], t), *cells, "" if gap is None else difference_of(gap, t)])
    return html.table([t("system"), *map(t, names), t("difference in log loss")], rows, strong=[0])


def cell_of(figure: object) -> object:
    return figure["value"] if isinstance(figure, Mapping) else figure


def difference_of(gap: Mapping, t: Translator) -> str:
    """`-0.012 (-0.020 to -0.004)`."""
    if gap["value"] is None:
        return html.MISSING
    span = "" if gap["low"] is None else f" ({t('from to', low=format(gap['low'], '+.3f'), high=format(gap['high'], '+.3f'))})"
    return f"{gap['value']:+.3f}{span}"


def groups(column: str, section: Mapping, t: Translator) -> Html:
    names = [name for name in GROUP_FIGURES if name in section["groups"][0]]
    rows = [
        [t(one["group"]) if one["group"] in (MISSING, OTHERS) else one["group"], one["rows"], *(one[name] for name in names)]
        for one in section["groups"]
    ]
    widest = ", ".join(f"{t(name)} {value:.3f}" for name, value in section["gaps"].items())
    table = html.table([t("value"), t("rows"), *map(t, names)], rows)
    return html.subsection(column, table, *([html.paragraph(t("largest gaps", gaps=widest))] if widest else []))
