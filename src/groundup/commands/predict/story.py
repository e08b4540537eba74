"""The story of a prediction: one output row per input row, always, in their order."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from groundup.commands.predict.settings import Predict
from groundup.commands.shared.answers import Answers, check_answer_file, input_rows, is_running, tell_written
from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.tag_lists import words_in
from groundup.data.sources.records import Rejects
from groundup.data.sources.records import Row as RawRow
from groundup.data.sources.tables.missing_column import no_column
from groundup.data.sources.texts.class_folders import TEXT
from groundup.errors import InputError, printable
from groundup.evaluate.limits import RowAnswers
from groundup.evaluate.opened import MASK, Opened
from groundup.evaluate.opening import named_columns, open_model
from groundup.kinds.reader import Reader, Row
from groundup.kinds.store import is_store
from groundup.messages.current import message
from groundup.messages.nouns import noun
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.tasks.rows.cells import Homes, lines_without, row_fault
from groundup.terminal.live import each
from groundup.terminal.log import output, say

CUT = "truncated"  # the column that says of a row that the end of its text was not read
SHOWN_COLUMNS = 5  # by name, of those that are not read
ROWS = 4096  # read, answered and written at a time


def predict(settings: Predict) -> Outcome:
    check_answer_file(settings.out, settings.input)
    predictor = open_model(settings.model, settings, settings.task)
    for note in predictor.notes:
        say(f"    {note}")
    if predictor.task is None and "lm" in predictor.heads:
        raise InputError(
            "MODEL_WRITES", settings.model, "writes text; it gives no labels and fills no masks", "use groundup generate"
        )
    refuse(settings, *["labels"] * (predictor.task is not None))
    if predictor.task is None and not predictor.reader.takes_texts:
        raise InputError("NO_LABELS", settings.model, "was pretrained only; it has no labels to predict", "fine-tune it first")
    if settings.input is None and not predictor.reader.takes_texts:
        what = f"is for models of texts; this one reads {' and '.join(one.kind for one in predictor.reader.readers)}"
        raise InputError("FOR_TEXTS", "text", what, "name a file with --input")
    if settings.input is None:
        return answer_texts(settings, predictor)
    return answer_file(settings, predictor)


def answer_texts(settings: Predict, predictor: Opened) -> Outcome:
    """Answers for texts of the command line, on standard output."""
    answers: list = []
    if not all(text.strip() for text in settings.text):
        raise InputError("NO_TEXT", "text", "is empty", "give some words")
    if settings.next is not None:
        probability = predictor.follows(settings.text[0], settings.next)
        verdict = message("follows" if probability >= 0.5 else "does not follow")
        output(message("follows with", verdict=verdict, probability=probability))
        answers.append(probability)
        both = (settings.text[0], settings.next)
        for line in predictor.limit_warnings(int(predictor.long([both]).sum()), 1):
            say(f"    {line}")
    elif predictor.task is not None:
        pairs = predictor.pairs
        if pairs and len(settings.text) != 2:
            columns = f" ({' and '.join(predictor.columns)})" if predictor.columns else ""
            raise InputError("TWO_TEXTS", "text", f"the model reads pairs{columns}", "give --text twice")
        if any(MASK in text for text in settings.text):
            say(f"    {message('mask is text', mask=MASK)}")
        texts = [settings.text] if pairs else list(settings.text)
        rows = [(text,) if isinstance(text, str) else text for text in texts]
        predictions = predictor.answers_with_limits(texts)
        for text, answer in zip(rows, predictions.answers, strict=True):
            output(predictor.reader.title(text) + predictor.task.as_text(answer, text))
            answers.append(predictor.task.as_dict(answer))
        for line in predictor.limit_warnings(int(predictions.long.sum()), len(rows), int(predictions.unfinished.sum())):
            say(f"    {line}")
    else:
        for text in settings.text:
            if MASK not in text:
                raise InputError(
                    "NO_MASK",
                    "text",
                    "this model was pretrained only: it fills masks",
                    f"write {MASK} in the text, or give --next",
                )
            for words in predictor.fill(text, settings.top):
                output("  ".join(f"{word} {probability:.3f}" for word, probability in words))
                answers.append(words)
    return Outcome(Path(settings.model), {"answers": answers})


def answer_file(settings: Predict, predictor: Opened) -> Outcome:
    """Every row of a file with its label, or with what was wrong with it."""
    if predictor.task is None:
        raise InputError(
            "NO_LABELS",
            settings.model,
            "was pretrained only; it has no labels to predict",
            f"fine-tune it first, or fill masks with a --text that contains {MASK}",
        )
    answers, reader, rejects = None, predictor.reader, Rejects()
    rows = input_of(settings, predictor, rejects)
    faults = total = 0
    limits = Counter()
    rows = each(rows, message("phase answering"), unit=message("rows"))
    while batch := list(islice(rows, reader.at_once or ROWS)):
        lines = answer_rows(batch, predictor, limits)
        read = [(one.cells, f"{one.row.file}:{one.row.line}") for one in batch if one.cells is not None]
        for line in reader.complaints([cells for cells, _ in read], [place for _, place in read]):
            placed = message("of rows", note=line, first=total + 1, last=total + len(batch)) if total else line
            say(f"    {placed}")
        fields = [*predictor.task.answer_columns, *([CUT] if predictor.cuts else []), "error"]
        answers = answers or Answers(settings.out, [one.row for one in batch], fields, str(settings.input))
        for one, answer in zip(batch, lines, strict=True):
            answers.add(one.row, answer)
        faults += sum("error" in answer for answer in lines)
        total += len(batch)
    if answers is None:
        raise InputError("EMPTY_DATA", settings.input, "holds no row", f"name a table, or files of {noun(reader.kind)}")
    for note in rejects.notes():
        say(f"    {note}")
    answers.write(settings.out)
    tell_written(settings.out, total)
    for line in predictor.limit_warnings(limits["long"], total - faults, limits["unfinished"]):
        say(f"    {line}")
    notes = [message("rows unread, see column", faults=faults, rows=total, column=answers.names["error"])] if faults else []
    return Outcome(Path(settings.out or "-"), {"rows": total, "faults": faults, **limits}, notes)


class Asked(NamedTuple):
    """A row as it stands beside its answer, and what the model reads of it, or why it reads nothing."""

    row: RawRow
    cells: Row | None
    fault: str = ""


def input_of(settings: Predict, predictor: Opened, rejects: Rejects) -> Iterator[Asked]:
    """The rows of a table, or those that are files."""
    reader, path = predictor.reader, str(settings.input)
    sources = reader.sources_of(path)
    if sources is None:
        columns = named_columns(reader, settings.columns_by_kind)
        yield from table_rows(path, settings.read, columns, predictor, say)
        return
    if is_store(Path(path)):
        raise InputError("PREPARED", path, "is a prepared folder, whose rows have labels", "groundup evaluate --data judges it")
    refuse(settings, "files")
    read = replace(settings.read, max_rejects=sys.maxsize)  # what is broken is answered, too
    for one in reader.file_rows(sources, read, rejects):
        yield Asked(RawRow({reader.kind: one.name}, one.name, 0), one.cells, one.fault)


def table_rows(
    source: str, read: ReadSettings, text_columns: Sequence[str], predictor: Opened, tell: Callable[[str], None]
) -> Iterator[Asked]:
    """The rows of a table or of texts, the faulty ones too; `text_columns` are their
    columns, where those of the training are not."""
    task, reader, homes = predictor.trained_task, predictor.reader, Homes([source])
    columns = text_columns or predictor.columns
    reader = reader.with_columns(text_columns) if text_columns and len(reader.readers) > 1 else reader
    without: Counter[tuple[str, str]] = Counter()
    rows = input_rows(source, read, columns, tell, class_folders=True)
    if task.needs_offsets and task.traits.max_columns == 1 and len(columns) == 1:
        rows = words_in(rows, columns[0])
    told = False
    for row in rows:
        if row.fault is not None:
            yield Asked(row, None, row.fault)
            continue
        if not told and reader.numeric:
            told = True
            for line in columns_not_read(row, reader, predictor.facts.get("label_column")):
                tell(f"    {line}")
        without.update(reader.without(row.values))
        cells = columns_of_kinds(row, reader) if len(reader.readers) > 1 else columns_of(row, text_columns, predictor)
        raw = [row.values.get(name) for name in cells]
        try:
            known, fault = task.read_inputs(raw, reader, homes[row.file]), None
        except ValueError as error:
            known, fault = None, error
        yield Asked(row, known, "" if known is not None else row_fault(fault, reader.with_columns(cells))[1])
    for line in lines_without(without):
        tell(f"    {line}")


def columns_not_read(row: RawRow, reader: Reader, label: object) -> list[str]:
    """What to say of the columns of a table that the model was not trained on; the label is none of them."""
    further = [name for name in row.values if name not in reader.columns and name != label]
    if not further:
        return []
    named = ", ".join(f"'{printable(name, 40)}'" for name in further[:SHOWN_COLUMNS])
    more = " ..." if len(further) > SHOWN_COLUMNS else ""
    return [message("columns not read", count=len(further), columns=named + more)]


def answer_rows(batch: list[Asked], predictor: Opened, limits: Counter) -> list[dict]:
    """One answer per row; `limits` counts the texts that are too long, and the answers."""
    task = predictor.trained_task
    answers: list[dict] = [{"error": one.fault} for one in batch]
    places = [place for place, one in enumerate(batch) if one.cells is not None]
    texts = [one.cells for one in batch if one.cells is not None]
    refused = predictor.refused(texts)
    fitting = [text for text, long in zip(texts, refused, strict=True) if not long]
    answered = predictor.row_answers(fitting) if fitting else RowAnswers([], np.zeros(0, bool), np.zeros(0, bool))
    limits.update(long=int(answered.long.sum()), unfinished=int(answered.unfinished.sum()))
    pairs = iter(zip(answered.answers, answered.long, strict=True))
    for place, long in zip(places, refused, strict=True):
        if long:
            answers[place] = {"error": f"the text is longer than {predictor.length} tokens, which this model refuses"}
        else:
            answer, cut = next(pairs)
            answers[place] = task.as_columns(answer) | ({CUT: True} if cut and predictor.cuts else {})
    return answers


def columns_of_kinds(row: RawRow, reader: Reader) -> list[str]:
    """The columns of a reader of several kinds, of which a whole kind may be absent."""
    if absent := reader.absent(row.values):
        raise no_column(row, absent[0], reader.setting_of(absent[0]))
    return list(reader.columns)


def columns_of(row: RawRow, text_column: Sequence[str], predictor: Opened) -> list[str]:
    """The columns with the texts: those named, else those of the training, else the only one there is."""
    trained, text_columns = predictor.columns, list(text_column)
    if text_columns and trained and len(text_columns) != len(trained):
        raise InputError(
            "WHICH_COLUMN",
            f"{predictor.reader.kind}_column",
            f"names {len(text_columns)} columns, the model reads {' and '.join(trained)}",
            "name as many as the model was trained on",
        )
    if not text_columns and len(trained) < 2 and (list(row.values) == [TEXT] or (not trained and len(row.values) == 1)):
        return list(row.values)
    if not text_columns and len(trained) < 2 and is_running(row):
        return [TEXT]  # beside the label that the folder tells
    reader = predictor.reader.with_columns(text_columns or trained)
    missing = reader.absent(row.values)
    if missing:
        raise no_column(row, missing[0], reader.setting_of(missing[0]))
    if not (text_columns or trained):
        what = "has several columns, and the model names none"
        raise no_column(row, "", f"{predictor.reader.kind}_column", what)
    return text_columns or trained
