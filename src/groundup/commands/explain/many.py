"""The story of explanations of many texts: which method to believe, and which words drive which class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundup.commands.explain.rows import readable, sample_rows
from groundup.commands.explain.settings import Explain
from groundup.commands.shared.next_steps import flags, words
from groundup.config import identity_settings
from groundup.evaluate.predictor import Predictor, load, model_folder
from groundup.explain.dataset_reports import ExplainOptions, baseline_methods, compare_scorecards, make_overview, make_scorecard
from groundup.explain.subject import reads_words
from groundup.folders import new_folder
from groundup.manifest import is_ours
from groundup.messages.current import message
from groundup.pages.overview_page import alarm, overview_page, overview_translator
from groundup.pages.scorecard_page import scorecard_page, scorecard_translator, verdict
from groundup.runs import Outcome
from groundup.strict_json import canonical
from groundup.terminal.closing import Command, close
from groundup.terminal.log import result, say

MOST_JUDGED, MOST_SEEN = 100, 1000  # rows for a scorecard and an overview, if nobody says otherwise


def explain_many(settings: Explain, predictor: Predictor) -> Outcome:
    """Which method to believe, and which words drive which class, of texts drawn from the file."""
    rows, faults = readable(settings, predictor)
    options = ExplainOptions(
        target=settings.target,
        position=settings.position,
        chinese=settings.chinese,
        replacement=settings.replacement,
        samples=settings.samples,
        seed=settings.seed,
        log=say,
    )
    reports, pages, lines, alarms = {}, {}, [], []
    if settings.scorecard:
        report = evaluation_report(
            settings, predictor, [one.texts for one in sample_rows(rows, settings, MOST_JUDGED)], options
        )
        reports["scorecard"], pages["scorecard"] = report, scorecard_page(report)
        lines += [line for line, _ in verdict(report, scorecard_translator(report))]
    if settings.overview:
        some = sample_rows(rows, settings, MOST_SEEN)
        labels = [one.label for one in some if one.label is not None]
        report = make_overview(
            predictor,
            [one.texts for one in some],
            settings.method[0],
            language=settings.language,
            labels=labels if len(labels) == len(some) and reads_words(predictor) else None,
            options=options,
        )
        reports["overview"], pages["overview"] = report, overview_page(report)
        alarms = [alarm(one, overview_translator(report)) for one in report["shortcuts"] if one["alarming"]]
        lines += alarms
    out, parent = Path(str(settings.out)), model_folder(settings.model)
    with new_folder(
        out, kind="report", settings=identity_settings(settings), parents=[parent] if is_ours(parent) else []
    ) as folder:
        for name, report in reports.items():
            folder.write_text(f"{name}.json", canonical(report))
            folder.write_text(f"{name}.html", pages[name])
    for line in lines:
        result(f"warning: {line}" if line in alarms else line)
    close([("page", str(out / f"{name}.html")) for name in reports], next_commands(settings))
    unread = max(report["unread"] for report in reports.values())
    notes = predictor.limit_warnings(int(predictor.long([one.texts for one in rows]).sum()), len(rows))
    notes += [message("rows unread", faults=faults, rows=len(rows) + faults)] if faults else []
    return Outcome(out, reports, [*notes, *([message("some rows unexplained", rows=unread)] if unread else [])])


def next_commands(settings: Explain) -> list[Command]:
    """What else is worth looking at: each of the two pages leads to the other, and to single rows."""
    shared = ["--model", settings.model, *(words("task", settings.task) if settings.task else [])]
    given = [*shared, *words("input", settings.input), *words("text_column", settings.text_column), *flags(settings.read)]
    other = "scorecard" if settings.overview else "overview"
    both = settings.overview and settings.scorecard
    more = [] if both else [["explain", *given, f"--{other}", "--out", f"{settings.out}-{other}"]]
    return [["explain", *given, "--row", "1"], *more]


def evaluation_report(settings: Explain, predictor: Predictor, texts: Sequence[Sequence[str]], options: ExplainOptions) -> dict:
    """The scorecard of the methods that were named and of their controls; with another model beside if one is given."""
    methods = list(dict.fromkeys([*settings.method, *baseline_methods(predictor)]))
    if settings.other_model is None:
        return make_scorecard(predictor, texts, methods, options=options, language=settings.language)
    other = load(settings.other_model, task=settings.task)
    names = (model_folder(settings.model).parent.name, model_folder(settings.other_model).parent.name)
    return compare_scorecards(predictor, other, texts, methods, names, options=options, language=settings.language)
