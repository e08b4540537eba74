"""The files that the GLUE leaderboard takes: `<TASK>.tsv` with `index` and `prediction`, and the zip of them.

*Wang et al., 2018, arXiv:1804.07461*; names and label names as gluebenchmark.com gives them, scores of STS-B with 3 decimals.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

from groundup.data.sources.records import Row
from groundup.data.sources.tables.glue import HIGHEST_SCORE, Task
from groundup.errors import InputError
from groundup.messages.translate import plural

HEADER = "index\tprediction"
SCORE = re.compile(r"[0-5]\.\d{3}")
OLDEST = (1980, 1, 1, 0, 0, 0)  # the date of every member: the same answers, the same bytes
OUTPUTS = ("CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI-m", "MNLI-mm", "QNLI", "RTE", "WNLI", "AX")


def submission_text(task: Task, rows: Sequence[Row], answers: Sequence[str | float]) -> str:
    """One line a row in their order: its number as the test file has it (or its place, from 0), and the answer."""
    lines = [
        f"{index_of(row, place)}\t{answer_text(task, answer)}"
        for place, (row, answer) in enumerate(zip(rows, answers, strict=True))
    ]
    return "\n".join([HEADER, *lines, ""])


def index_of(row: Row, place: int) -> str:
    return str(place) if row.values["index"] is None else str(row.values["index"])


def answer_text(task: Task, answer: str | float) -> str:
    """A label by its official name, or a score within its range."""
    return f"{min(HIGHEST_SCORE, max(0.0, float(answer))):.3f}" if task.regression else str(answer)


def check_submission(text: str, task: Task, rows: Sequence[Row], place: str) -> None:
    """Refuse a file that is not one legal answer for each row, in the order of the test file."""
    header, *lines = text.removesuffix("\n").split("\n")
    if header != HEADER or len(lines) != len(rows):
        raise InputError(
            "BAD_SUBMISSION", place, f"has {plural(len(lines), 'row')}, the test file {len(rows):,}", "make it again"
        )
    for number, (line, row) in enumerate(zip(lines, rows, strict=True)):
        index, _, answer = line.partition("\t")
        legal = SCORE.fullmatch(answer) if task.regression else answer in task.labels
        if index != index_of(row, number) or not legal:
            raise InputError("BAD_SUBMISSION", f"{place}:{number + 2}", f"is {line!r}", "make it again")


def zip_files(files: Mapping[str, str]) -> bytes:
    """The zip of `<TASK>.tsv` files, byte for byte the same for the same files."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(f"{name}.tsv", OLDEST), files[name], zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def unzip_files(data: bytes) -> dict[str, str]:
    """Name -> text of a zip that was written here."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.removesuffix(".tsv"): archive.read(name).decode("utf-8") for name in archive.namelist()}
