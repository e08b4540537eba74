"""The story of writing: one answer per text, one output row per input row, always, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path

from groundup.commands.generate.settings import Generate
from groundup.commands.shared.answers import Answers, check_answer_file, input_rows, tell_written
from groundup.data.sources.records import Row
from groundup.data.sources.tables.missing_column import no_column
from groundup.errors import InputError
from groundup.evaluate.limits import unfinished_warning
from groundup.evaluate.writer import Writer, load_writer
from groundup.machine import prepare_machine
from groundup.messages.current import message
from groundup.nn.decoding import Decoding
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.terminal.log import output, say

ANSWER = ("generated", "reason", "error")


def generate(settings: Generate) -> Outcome:
    """Answer the texts of the command line, or every row of a file."""
    check_answer_file(settings.out, settings.input)
    prepare_machine(settings)
    writer = load_writer(settings.model, int8=settings.int8, generation_config=settings.generation_config)
    for note in writer.notes:
        say(f"    {note}")
    decoding = Decoding(**{f.name: getattr(settings, f.name) for f in fields(Decoding)})
    resolved = decoding.resolve(writer.generation.settings)
    refuse(settings, *["nothing is drawn"] * (not resolved.temperature), *["one hypothesis"] * (resolved.beams == 1))
    return answer_file(settings, writer, decoding) if settings.input else answer_texts(settings, writer, decoding)


def answer_texts(settings: Generate, writer: Writer, decoding: Decoding) -> Outcome:
    """Answers on standard output; a single one as it is written."""
    single = len(settings.text) == 1

    def show(number: int, piece: str) -> None:
        output(piece, end="")

    pieces = writer.write(settings.text, decoding, settings.stop, show if single else None)
    for one in pieces:
        output("" if single else one.text)
    tell_limits(settings, [one.tokens for one in pieces if one.reason == "length"], len(pieces))
    return Outcome(Path(settings.model), {"answers": [one.text for one in pieces]})


def tell_limits(settings: Generate, ended: Sequence[int], total: int) -> None:
    """How many answers end where they may not be longer, or the model has no more room; `ended` has the tokens of each."""
    if ended:
        say(f"    {unfinished_warning(len(ended), total, max(ended), message('max_new_tokens sets'))}")


def answer_file(settings: Generate, writer: Writer, decoding: Decoding) -> Outcome:
    """Every row with what was written, or with what was wrong with it."""
    rows, answers = input_rows(str(settings.input), settings.read, settings.text_column, say), None
    total, faults, ended = 0, 0, []
    while batch := list(islice(rows, settings.batch_size)):
        answers = answers or Answers(settings.out, batch, ANSWER, str(settings.input))
        pieces = answer_rows(batch, settings, writer, decoding)
        for row, answer in zip(batch, pieces, strict=True):
            answers.add(row, {name: value for name, value in answer.items() if name in ANSWER})
        total += len(batch)
        faults += sum("error" in answer for answer in pieces)
        ended += [answer["tokens"] for answer in pieces if answer.get("reason") == "length"]
    if answers is None:
        raise InputError("EMPTY_DATA", str(settings.input), "holds no row", "give one text a line, or a table")
    answers.write(settings.out)
    tell_written(settings.out, total)
    tell_limits(settings, ended, total - faults)
    notes = [message("rows unanswered", faults=faults, rows=total, column=answers.names["error"])] if faults else []
    return Outcome(Path(settings.out or "-"), {"rows": total, "faults": faults}, notes)


def answer_rows(batch: list[Row], settings: Generate, writer: Writer, decoding: Decoding) -> list[dict]:
    """One answer per row; a row that cannot be read, or has no room in the model, harms no other."""
    answers: list[dict] = []
    texts, places = [], []
    for place, row in enumerate(batch):
        text = None if row.fault is not None else row.values[column_of(row, settings)]
        if row.fault is not None or not isinstance(text, str):
            answers.append({"error": row.fault or "the text is empty or not text"})
            continue
        room = writer.room(text)
        answers.append({} if room > 0 else {"error": f"the text has no room in the model ({1 - room} tokens too many)"})
        if room > 0:
            texts.append(text)
            places.append(place)
    for place, one in zip(places, writer.write(texts, decoding, settings.stop), strict=True):
        answers[place] = {"generated": one.text, "reason": one.reason, "tokens": one.tokens}
    return answers


def column_of(row: Row, settings: Generate) -> str:
    """The column with the text: the one named, or the only one there is."""
    if not settings.text_column and len(row.values) == 1:
        return next(iter(row.values))
    name = settings.text_column[0] if settings.text_column else ""
    if name not in row.values:
        raise no_column(row, name, "text_column", "" if name else "has several columns")
    return name
