"""What a notebook shows of models, outcomes and explanations: a card in the look of the pages, short, with nothing unescaped.

The page's style is scoped to the card, so that it changes nothing else in the notebook. Light and dark follow the reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from groundup import html
from groundup.evaluate.opened import Opened
from groundup.evaluate.report import main_figures
from groundup.evaluate.writer import Writer
from groundup.events import read_events
from groundup.explain.counterfactuals import Counterfactuals
from groundup.explain.explanation import Explanation
from groundup.former.reports import current_report
from groundup.html import Html
from groundup.language import LANGUAGES, language_by_default
from groundup.messages.translate import Translator, translate_name, translator
from groundup.pages.evaluation_page import training
from groundup.pages.explanation_page import counterfactual_block, figures, legend, method_block
from groundup.pages.highlighting import unit_of
from groundup.runs import Outcome
from groundup.strict_json import read_json

CLASS = "groundup-view"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
MOST = 12  # labels, facts, rows and explanations of one card
LARGEST_LOG = 4 * 2**20  # bytes of an event log that is drawn


def view(thing: object) -> str:
    """The card of an object, as HTML for the middle of a page."""
    if isinstance(thing, Opened):
        return card(*model_card(thing))
    if isinstance(thing, Writer):
        return card(*writer_card(thing))
    if isinstance(thing, Explanation):
        return card(*explanation_card(thing))
    if isinstance(thing, Counterfactuals):
        t = translator(language_by_default())
        return card(t("smallest changes"), [counterfactual_block(thing, t)])
    assert isinstance(thing, Outcome)
    return card(*outcome_card(thing))


def card(title: object, blocks: Sequence[object]) -> str:
    """A framed part of a page with its own style."""
    style = Html(f"<style>{scoped(html.STYLE)}</style>")
    return html.tag(
        "div", style, html.tag("h3", title), html.join(block for block in blocks if block is not None), class_=CLASS
    )


@cache
def scoped(style: str) -> str:
    """The style of the pages for what stands inside a card alone."""
    rules = RULE.sub(lambda rule: f"{', '.join(map(inside, rule[1].split(',')))} {{{rule[2]}}}", style)
    return (
        f"{rules}\n.{CLASS} {{ padding: 4px 16px 12px; border: 1px solid var(--line); border-radius: 8px; max-width: 1040px; }}"
    )


def inside(selector: str) -> str:
    selector = selector.strip()
    return f".{CLASS}" if selector in (":root", "body") else f".{CLASS} {selector}"


def model_card(model: Opened) -> tuple[str, list[object]]:
    """What a model is, what it was trained on, and how good it was."""
    t = translator(language_by_default())
    labels = list(model.labels or [])
    more = [t("further labels", count=len(labels) - MOST)] if len(labels) > MOST else []
    columns = [f"{one.kind}: {', '.join(one.columns[:MOST])}" if one.columns else one.kind for one in model.reader.readers]
    rows: list[tuple[str, object]] = [
        (t("reads kinds"), "; ".join(columns)),
        *([(t("labels it gives"), ", ".join([*labels[:MOST], *more]))] if labels else []),
        *([(t("label column it learned"), model.facts["label_column"])] if "label_column" in model.facts else []),
        *common_facts(model, t),
    ]
    if model.reader.limited:
        rows.append((t("longest input"), t("tokens of it", count=html.number(model.length))))
    task = "" if model.task is None else translate_name(model.task.name, t)
    title = t("model of task", task=f"{task} '{model.name}'" if model.name else task) if task else t("a model")
    return title, [html.facts(rows), *quality(model.folder, t)]


def writer_card(model: Writer) -> tuple[str, list[object]]:
    t = translator(language_by_default())
    return t("a model that writes"), [html.facts(common_facts(model, t)), *quality(model.folder, t)]


def common_facts(model: Opened | Writer, t: Translator) -> list[tuple[str, object]]:
    """What is known of every model."""
    return [
        *([(t("family"), model.family)] if model.family else []),
        (t("size of model"), model.parameters),
        *([(t("folder it lies in"), model.folder)] if model.folder is not None else []),
    ]


def quality(folder: Path | None, t: Translator) -> list[object]:
    """How good a model was on the test rows of its run, where its report lies beside it."""
    report = None if folder is None else report_of(folder.parent)
    return [html.tag("h3", t("how good it is")), *verdict_blocks(report, t)] if report is not None else []


def report_of(run: Path) -> Mapping | None:
    """The report of a run; None where there is none."""
    place = run / "report.json"
    return current_report(read_json(place)) if place.is_file() and (run / "run.json").is_file() else None


def verdict_blocks(report: Mapping, t: Translator) -> list[object]:
    """The verdict of a report and its main figures."""
    verdict, blocks = report.get("verdict"), list[object]()
    if isinstance(verdict, Mapping) and verdict.get("text"):
        blocks.append(html.paragraph(verdict["text"], "warning" if verdict.get("outcome") == "behind" else ""))
    if "shown" in report or isinstance(report.get("macro_f1"), Mapping):
        cards = [(translate_name(name, t), one["value"], "") for name, one in main_figures(report).items()]
        blocks.append(html.figures(cards[:MOST]))
    return blocks


def outcome_card(outcome: Outcome) -> tuple[object, list[object]]:
    """What a command made: its verdict and figures, the curve of a training, answers and explanations, and what to know."""
    report = outcome.facts.get("report")
    language = report.get("language") if isinstance(report, Mapping) else None
    t = translator(language if language in LANGUAGES else language_by_default())
    blocks: list[object] = [html.paragraph(line, "warning") for line in outcome.reservations[:MOST]]
    if isinstance(report, Mapping):
        blocks += verdict_blocks(report, t)
    blocks += [
        block for several in outcome.facts.get("explanations", [])[:3] for one in several for block in explanation_card(one)[1]
    ]
    if answers := outcome.facts.get("answers"):
        blocks.append(html.bullets(html.escape(one, 300) for one in answers[:MOST]))
    blocks.append(learning_curve(outcome.path, t))
    simple: list[tuple[str, object]] = []
    simple += [(name, value) for name, value in outcome.facts.items() if isinstance(value, (str, int, float))][:MOST]
    page = None if outcome.path is None else outcome.path / "report.html"
    simple += [(t("whole report"), page)] if page is not None and page.is_file() else []
    blocks.append(html.facts(simple) if simple else None)
    named = outcome.path is not None and str(outcome.path) != "-"
    return (outcome.path if named else t("an outcome")), blocks


def learning_curve(run: Path | None, t: Translator) -> object:
    """The losses, figures and rates of a run over its steps; nothing for what is no run."""
    log = None if run is None else run / "events.jsonl"
    if log is None or not log.is_file() or log.stat().st_size > LARGEST_LOG:
        return None
    return training(read_events(log), t)


def explanation_card(explanation: Explanation) -> tuple[Any, list[object]]:
    """The parts of an input in the colours of what they speak for."""
    language = language_by_default()
    t = translator(language, unit=unit_of(explanation))
    return t("explanation"), [figures(explanation, t), legend(explanation, t), method_block(explanation, language, t)]
