"""The part of a page about calibration: what was kept, test rows before and after it, and the reliability diagram."""

from __future__ import annotations

from collections.abc import Mapping

from groundup import html, plots
from groundup.evaluate.calibration_report import FIGURES
from groundup.html import Html
from groundup.messages.translate import Translator


def calibration_section(report: Mapping, t: Translator) -> Html | None:
    """Of a classifier with its diagram; of tasks whose answers are no probabilities nothing."""
    figures, calibrated = report.get("calibration"), report.get("calibrated")
    parts: list[object] = []
    if calibrated:
        parts += [html.paragraph(calibrated["text"]), before_and_after([("", calibrated)], t)]
    if figures:
        names = ("ece", "largest_gap", "brier", "log_loss", "confidence")
        known = html.facts({t(name): figures[name] for name in names} | {t("accuracy"): report["accuracy"]["value"]})
        chart = plots.reliability_diagram(figures["bins"], "", t("confidence"), t("accuracy"))
        parts.append(html.side_by_side(chart, known))
    return html.section(t("calibration"), *parts) if parts else None


def before_and_after(calibrated: list[tuple[str, Mapping]], t: Translator, first: str = "task") -> Html | None:
    """A row for each figure of each named model whose probabilities were changed; `first` says what the names are."""
    rows = [
        [*([name] if name else []), t(figure), one["before"][figure], one["after"][figure]]
        for name, one in calibrated
        if "before" in one
        for figure in FIGURES
    ]
    heads = [t("figure"), t("before calibration"), t("after calibration")]
    return html.table([t(first), *heads] if calibrated[0][0] else heads, rows) if rows else None
