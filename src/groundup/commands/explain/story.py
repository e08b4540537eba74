"""The story of explanations: texts are read, explained by each method, shown, and written down."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from groundup.commands.explain.many import explain_many
from groundup.commands.explain.rows import Unread, rows_given, texts_of
from groundup.commands.explain.settings import Explain
from groundup.config import identity_settings
from groundup.data.sources.records import Row
from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor, load, model_folder
from groundup.explain import explain as explaining
from groundup.explain.counterfactuals import Counterfactuals, counterfactuals
from groundup.explain.dataset_reports import TEXT_ERRORS, with_replacements
from groundup.explain.explanation import Explanation
from groundup.explain.faithfulness import with_faithfulness
from groundup.explain.records import record, rows_of
from groundup.explain.subject import TextSubject, holds_words, make_subject, reads_words
from groundup.explain.target_text import has_probability
from groundup.explain.unit_subject import UnitSubject
from groundup.folders import check_output, new_folder
from groundup.kinds.reader import FileRow
from groundup.machine import prepare_machine
from groundup.manifest import is_ours
from groundup.messages.current import message
from groundup.messages.nouns import counted
from groundup.pages.explanation_page import explanation_page
from groundup.pages.explanation_svg import explanation_svg
from groundup.pages.explanation_text import changes_text, explanation_text
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.tasks.rows.cells import Homes, lines_without
from groundup.terminal.live import each, is_live
from groundup.terminal.log import output, result, say
from groundup.terminal.streams import colorful

SHOWN = 100  # rows of a file on the page
COUNTERFACTUAL = "counterfactual"


@dataclass
class Explained:
    """The explanations of each text by all methods, the changes that turn its verdict where they were asked for, and what is
    written of them; of a row that has none, why."""

    explanations: list[list[Explanation]] = field(default_factory=list)
    changes: list[Counterfactuals] = field(default_factory=list)
    records: list[dict] = field(default_factory=list)
    faults: int = 0

    def add(self, several: list[Explanation], changes: Counterfactuals | None, row: dict[str, object]) -> None:
        self.explanations.append(several)
        self.records += [row | record(one) for one in several]
        if changes is not None:
            self.changes.append(changes)
            self.records.append(row | {"method": COUNTERFACTUAL} | changes.as_dict())

    def add_fault(self, fault: str, row: dict[str, object]) -> None:
        self.faults += 1
        self.records.append(row | {"error": fault})


def explain(settings: Explain) -> Outcome:
    """Explain, and show or write what was found."""
    prepare_machine(settings)
    out = None if settings.out is None else Path(settings.out)
    if out is not None:
        check_output(out)
        if out.exists():
            raise InputError("OUTPUT_EXISTS", out, "is already there", "choose a new folder")
    predictor = load(settings.model, task=settings.task)
    if predictor.task is None and not reads_words(predictor):
        raise InputError(
            "NO_LABELS", settings.model, "was pretrained only; it gives no answers to explain", "fine-tune it first"
        )
    if not reads_words(predictor):
        refuse(settings, "no words")
    if not holds_words(predictor):
        refuse(settings, "no words in any column")
    settings = replace(settings, method=settings.method or (explaining.default_method(predictor),))
    if settings.scorecard or settings.overview:
        return explain_many(settings, predictor)
    explained = explain_texts(settings, predictor) if settings.input is None else explain_file(settings, predictor)
    if settings.input is None or (settings.row is not None and out is None):
        output(explanation_lines(explained, colorful(sys.stdout), settings.language))
    elif out is None:
        output(rows_of(explained.records), end="")
    if out is not None:
        write(settings, predictor, out, explained)
    return Outcome(
        out or Path("-"), {"explanations": explained.explanations, "faults": explained.faults}, notes(explained, predictor)
    )


def explanation_lines(explained: Explained, color: bool, language: str) -> str:
    """What people read in the terminal."""
    blocks = [explanation_text(one, color, language=language) for several in explained.explanations for one in several]
    return "\n\n".join([*blocks, *(changes_text(one, color, language) for one in explained.changes)])


def explained(
    settings: Explain, predictor: Predictor, masked: Predictor | None, text: Sequence[str]
) -> tuple[list[Explanation], Counterfactuals | None]:
    """One text or pair by each method, and the changes that turn its verdict if they are asked for."""
    methods = [method for method in settings.method if method != COUNTERFACTUAL]
    several = explaining.explain(
        predictor,
        [text],
        methods,
        target=settings.target,
        position=settings.position,
        chinese=settings.chinese,
        replacement=settings.replacement,
        samples=settings.samples,
        seed=settings.seed,
    )[0]
    if settings.faithfulness and several:
        several = measured(settings, predictor, text, several)
    if masked is None:
        return several, None
    if len(text) > 1:
        raise InputError("READS_PAIRS", "model", "reads pairs of texts", "leave counterfactual out")
    return several, counterfactuals(predictor, masked, text[0], chinese=settings.chinese)


def measured(settings: Explain, predictor: Predictor, text: Sequence[str], several: Sequence[Explanation]) -> list[Explanation]:
    """The explanations of a text with how faithful they are."""
    subject = make_subject(
        predictor,
        text,
        target=settings.target,
        position=settings.position,
        chinese=settings.chinese,
        replacement=settings.replacement,
    )
    return measured_by(subject, several, settings.seed)


def measured_by(subject: TextSubject | UnitSubject, several: Sequence[Explanation], seed: int) -> list[Explanation]:
    """The explanations of a subject, and those of its columns by their parts, with how faithful they are."""
    checked = with_faithfulness(several, with_replacements(subject), has_probability(subject.target), seed)
    inner = zip(subject.inner, zip(*(one.details for one in several), strict=True), strict=True)
    columns = [measured_by(part, details, seed) for part, details in inner]
    return (
        [replace(one, details=details) for one, details in zip(checked, zip(*columns, strict=True), strict=True)]
        if columns
        else checked
    )


def masked_model(settings: Explain) -> Predictor | None:
    """The model of masked words, of the method that needs one."""
    return None if settings.masked_model is None else load(settings.masked_model)


def explain_texts(settings: Explain, predictor: Predictor) -> Explained:
    """The texts of the command line."""
    pairs = predictor.pairs
    if pairs and len(settings.text) != 2:
        columns = f" ({' and '.join(predictor.columns)})" if predictor.columns else ""
        raise InputError("TWO_TEXTS", "text", f"the model reads pairs{columns}", "give --text twice")
    result, masked = Explained(), masked_model(settings)
    for text in [settings.text] if pairs else [(text,) for text in settings.text]:
        result.add(*explained(settings, predictor, masked, text), {})
    return result


def explain_file(settings: Explain, predictor: Predictor) -> Explained:
    """Every row of a file, or what was wrong with it."""
    found, count = Explained(), 0
    readable: dict[int, tuple] = {}
    without: Counter[tuple[str, str]] = Counter()  # (kind, its columns) -> rows of a table that has none of these
    masked, homes = masked_model(settings), Homes([str(settings.input)])
    for count, row in enumerate(each(rows_given(settings, predictor), message("phase explaining"), plain=False), 1):
        if settings.row not in (None, count):
            continue
        place: dict[str, object] = {"row": count} | ({"file": row.name} if isinstance(row, FileRow) else {})
        try:
            texts = texts_of(row, settings, predictor, homes)
            readable[count] = predictor.reader.light(texts)
            if isinstance(row, Row):
                without.update(predictor.reader.without(row.values))
            found.add(*explained(settings, predictor, masked, texts), place)
        except Unread as error:
            found.add_fault(str(error), place)
        except InputError as error:
            if error.code not in TEXT_ERRORS:
                raise
            found.add_fault(error.line(), place)
        if count % 10 == 0 and not is_live():
            say(message("rows explained", rows=count))
    if not count:
        raise InputError("EMPTY_DATA", settings.input, "holds no row", "give one text a line, or a table")
    if settings.row is not None and settings.row > count:
        what = f"{settings.row}: {settings.input} has the rows 1 to {count:,}"
        raise InputError("NO_SUCH_ROW", "row", what, "count from 1, without the line of names")
    complaints = predictor.reader.complaints(list(readable.values()), [f"row {number:,}" for number in readable])
    for line in [*lines_without(without), *complaints]:
        say(f"    {line}")
    if not found.explanations:
        missing = f"none of {count} rows" if settings.row is None else f"row {settings.row} is not"
        raise InputError("NOTHING_EXPLAINED", settings.input, f"{missing}: {found.records[0]['error']}")
    return found


def write(settings: Explain, predictor: Predictor, out: Path, explained: Explained) -> None:
    """The folder with all explanations as lines of JSON, and for people a page and a picture of each."""
    folder_of_model = model_folder(settings.model)
    parents = [folder_of_model] if is_ours(folder_of_model) else []
    some = [one for several in explained.explanations[:SHOWN] for one in several]
    with new_folder(out, kind="report", settings=identity_settings(settings), parents=parents) as folder:
        folder.write_text("explanations.jsonl", rows_of(explained.records))
        folder.write_text("page.html", explanation_page(some, settings.language, explained.changes[:SHOWN]))
        for number, several in enumerate(explained.explanations[:SHOWN]):
            for one in several:
                folder.write_text(f"pictures/{number + 1:03}-{one.method}.svg", explanation_svg(one, settings.language))
    count, kind = len(explained.explanations), predictor.reader.kind
    what = message("explanations of rows", count=len(some), rows=counted(kind, min(SHOWN, count)))
    more = message("all explanations", rows=counted(kind, count)) if count > SHOWN else ""
    result(f"{out / 'page.html'}: {what}{more}")


def notes(explained: Explained, predictor: Predictor) -> list[str]:
    """What the reader must know."""
    lines, count = [], len(explained.explanations) + explained.faults
    if explained.faults:
        lines.append(message("rows unexplained", faults=explained.faults, rows=count))
    cut = sum("unread" in several[0].checks for several in explained.explanations if several)
    if cut:
        lines.append(message("words unread", count=cut, total=count, limit=predictor.length))
    short = sum(one.notice.startswith("not complete") for several in explained.explanations for one in several)
    if short:
        lines.append(message("not adding up", count=short))
    return lines
