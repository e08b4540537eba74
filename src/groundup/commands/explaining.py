"""The story of explanations: texts are read, explained by each method, shown, and written down."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from groundup.commands.answers import input_rows
from groundup.commands.explain import Explain
from groundup.commands.machine import prepare_machine, say
from groundup.commands.predicting import columns_of
from groundup.config import lasting
from groundup.data.sources.records import Row
from groundup.errors import InputError
from groundup.evaluate.predictor import Predictor, load, model_folder
from groundup.explain import explain as explaining
from groundup.explain.explanation import Explanation
from groundup.explain.page import page
from groundup.explain.records import record, rows_of
from groundup.explain.terminal import colorful, show
from groundup.folders import check_output, is_ours, new_folder
from groundup.runs import Outcome

SHOWN = 100  # rows of a file on the page


@dataclass
class Explained:
    """The explanations of each text by all methods, and what is written of them; of a row that has none, why."""

    explanations: list[list[Explanation]] = field(default_factory=list)
    records: list[dict] = field(default_factory=list)
    faults: int = 0

    def add(self, several: list[Explanation], row: dict[str, object]) -> None:
        self.explanations.append(several)
        self.records += [row | record(one) for one in several]

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
    found = explain_texts(settings, predictor) if settings.input is None else explain_file(settings, predictor)
    if settings.input is None:
        color = colorful(sys.stdout)
        print("\n\n".join(show(one, color, language=settings.language) for several in found.explanations for one in several))
    elif out is None:
        sys.stdout.write(rows_of(found.records))
    if out is not None:
        write(settings, out, found)
    return Outcome(out or Path("-"), {"explanations": found.explanations, "faults": found.faults}, notes(found))


def explained(settings: Explain, predictor: Predictor, text: Sequence[str]) -> list[Explanation]:
    """One text or pair by each method."""
    return explaining.explain(
        predictor, [text], settings.method, target=settings.target, at=settings.at, chinese=settings.chinese,
        replacement=settings.replacement, samples=settings.samples, seed=settings.seed,
    )[0]  # fmt: skip


def explain_texts(settings: Explain, predictor: Predictor) -> Explained:
    """The texts of the command line."""
    pairs = len(predictor.columns) == 2 or (predictor.task is not None and predictor.task.fewest_texts == 2)
    if pairs and len(settings.text) != 2:
        told = f" ({' and '.join(predictor.columns)})" if predictor.columns else ""
        raise InputError("TWO_TEXTS", "text", f"the model reads pairs{told}", "give --text twice")
    found = Explained()
    for text in [settings.text] if pairs else [(text,) for text in settings.text]:
        found.add(explained(settings, predictor, text), {})
    return found


def explain_file(settings: Explain, predictor: Predictor) -> Explained:
    """Every row of a file, or what was wrong with it."""
    found, rows = Explained(), list(input_rows(str(settings.input), settings.read))
    if not rows:
        raise InputError("EMPTY_DATA", settings.input, "holds no row", "give one text a line, or a table")
    for number, row in enumerate(rows):
        place: dict[str, object] = {"row": number}
        try:
            found.add(explained(settings, predictor, texts_of(row, settings, predictor)), place)
        except Unread as error:
            found.add_fault(str(error), place)
        except InputError as error:
            if error.code not in OF_A_TEXT:
                raise
            found.add_fault(error.line(), place)
        if (number + 1) % 10 == 0:
            say(settings, f"explained {number + 1} of {len(rows)} rows")
    if not found.explanations:
        raise InputError("NOTHING_EXPLAINED", settings.input, f"none of {len(rows)} rows: {found.records[0]['error']}")
    return found


OF_A_TEXT = ("NO_WORDS", "NO_TEXT", "NO_SUCH_WORD", "NO_ANSWER", "TEXT_TOO_LONG", "TOO_LONG")
"""What may be wrong with one row and right with the next."""


class Unread(ValueError):
    """What is wrong with a row, in words."""


def texts_of(row: Row, settings: Explain, predictor: Predictor) -> tuple[str, ...]:
    """The texts of a row."""
    if row.fault is not None:
        raise Unread(row.fault)
    cells = [row.values[name] for name in columns_of(row, settings.text_column, predictor)]
    if predictor.task is not None:
        texts = predictor.task.texts(cells)
    else:
        texts = tuple(cell for cell in cells if isinstance(cell, str) and cell.strip())
    if not texts or len(texts) < len(cells):
        raise Unread("the text is empty or not text")
    return texts


def write(settings: Explain, out: Path, found: Explained) -> None:
    """The folder with all explanations as lines of JSON, and a page for people."""
    folder_of_model = model_folder(settings.model)
    parents = [folder_of_model] if is_ours(folder_of_model) else []
    shown = [one for several in found.explanations[:SHOWN] for one in several]
    with new_folder(out, kind="report", settings=lasting(settings), parents=parents) as folder:
        folder.write_text("explanations.jsonl", rows_of(found.records))
        folder.write_text("page.html", page(shown, settings.language))
    say(settings, f"{out / 'page.html'}: {len(shown)} explanations of {min(SHOWN, len(found.explanations))} texts")


def notes(found: Explained) -> list[str]:
    """What the reader must know."""
    told, count = [], len(found.explanations) + found.faults
    if found.faults:
        told.append(f"{found.faults} of {count} rows could not be explained; see their error")
    cut = sum("unread" in several[0].checks for several in found.explanations)
    if cut:
        told.append(f"of {cut} of {count} texts the model did not read all words: they are longer than it takes")
    short = sum(one.notice.startswith("not complete") for several in found.explanations for one in several)
    if short:
        told.append(f"{short} explanations do not add up within 1 %; their notice says by how much")
    return told
