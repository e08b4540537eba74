"""What preparing says at its end: where the data are, how many each split has, and what to type next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from groundup.messages.current import current_translator
from groundup.pages.data_page import many_at_cap
from groundup.terminal.closing import Command, close
from groundup.terminal.log import result

BUDGET = "10m"  # a first pretraining
COUNTED = ("documents", "sentences", "tokens")


def told(out: Path, report: dict) -> dict:
    """The report of running text, told."""
    t = current_translator()
    if warning := many_at_cap(report["sentence_tokens"], t):
        result(f"warning: {warning}")
    splits = {name: ", ".join(f"{counts[kind]:,} {t(kind)}" for kind in COUNTED) for name, counts in report["splits"].items()}
    close(facts_of(out, splits), [pretrain(out)])
    return report


def told_rows(out: Path, report: dict) -> dict:
    """The report of rows with large cells, told."""
    close(facts_of(out, {name: f"{count:,}" for name, count in report["splits"].items()}), [pretrain(out, "patches")])
    return report


def facts_of(out: Path, splits: Mapping[str, str]) -> list[tuple[str, str]]:
    """The folder, what each split has, and the page."""
    return [("data", str(out)), *((f"split {name}", text) for name, text in splits.items()), ("page", str(out / "report.html"))]


def pretrain(out: Path, objective: str | None = None) -> Command:
    """A first model of the data."""
    chosen = [] if objective is None else ["--objective", objective]
    return ["pretrain", "--data", str(out), *chosen, "--preset", "mini", "--budget", BUDGET, "--out", f"{out}-model"]
