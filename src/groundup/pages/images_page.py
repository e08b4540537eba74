"""The page of a folder of prepared images. It shows what report.json holds."""

from __future__ import annotations

from collections.abc import Mapping

from groundup import html, plots
from groundup.messages.translate import translator


def images_page(report: Mapping) -> str:
    """The whole HTML document, in the report's language."""
    t = translator(report["language"])
    images, rows = report["images"], [[r["place"], r["code"], r["what"]] for r in report["rejects"]]
    totals = {label or "–": sum(counts.values()) for label, counts in report["labels"].items()}
    left_out = html.table([t("place"), t("code"), t("what")], rows)
    return html.page(
        t("images"),
        [
            html.section(t("facts"), html.facts({t(name): images[name] for name in ("read", "kept")} | report["splits"])),
            *([html.section(t("reading"), html.bullets(report["reading"]))] if report["reading"] else []),
            html.section(t("labels"), plots.bar_chart(totals)),
            *([html.section(t("rejects", count=len(rows)), left_out)] if rows else []),
        ],
        language=report["language"],
    )
