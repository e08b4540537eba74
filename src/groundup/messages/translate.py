"""Texts of reports and pages in English and Chinese. `t = translator("zh")`; `t("rows")`."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from functools import cache

from groundup.language import LANGUAGES
from groundup.messages.annotations import ANNOTATIONS
from groundup.messages.calibration import CALIBRATION
from groundup.messages.columns import COLUMNS
from groundup.messages.comparison import COMPARISON
from groundup.messages.data_check import DATA_CHECK
from groundup.messages.data_report import DATA_REPORT
from groundup.messages.demo import DEMO
from groundup.messages.evaluation import EVALUATION
from groundup.messages.explanation import EXPLANATION
from groundup.messages.figures import FIGURES
from groundup.messages.models import MODELS
from groundup.messages.notebook import NOTEBOOK
from groundup.messages.nouns import NOUNS, ROW
from groundup.messages.overview import OVERVIEW
from groundup.messages.probabilities import PROBABILITIES
from groundup.messages.reading import READING
from groundup.messages.rows import ROWS
from groundup.messages.scorecard import SCORECARD
from groundup.messages.several_tasks import SEVERAL_TASKS
from groundup.messages.studies import STUDIES
from groundup.messages.survey import SURVEY
from groundup.messages.terminal import TERMINAL
from groundup.messages.training import TRAINING
from groundup.messages.using import USING

TABLES = (
    ROWS,
    MODELS,
    TRAINING,
    STUDIES,
    USING,
    READING,
    COLUMNS,
    ANNOTATIONS,
    FIGURES,
    EVALUATION,
    SEVERAL_TASKS,
    DATA_REPORT,
    COMPARISON,
    DATA_CHECK,
    EXPLANATION,
    SCORECARD,
    OVERVIEW,
    NOTEBOOK,
    PROBABILITIES,
    TERMINAL,
    SURVEY,
    CALIBRATION,
    DEMO,
)
MESSAGES: dict[str, tuple[str, str]] = {key: texts for table in TABLES for key, texts in table.items()}

UNITS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "word": (("word", "词"), ("words", "词")),
    "column": (("column", "列"), ("columns", "列")),
    "patch": (("patch", "图块"), ("patches", "图块")),
    "part": (("part", "部分"), ("parts", "部分")),
}
"""What the parts of an input are called, one and several: what stands for {unit} and {units} in messages."""

USUAL = ("word", "text")  # of `unit` and `kind`
OWN_WORDS = ("{unit", "{nouns}", "{single}")
Translator = Callable[..., str]  # a key, and the values of its placeholders -> the text


class Phrases(string.Formatter):
    """Fills in placeholders. `{rows:row|rows}` is `1 row` or `2,000 rows`, `{rows:~is|are}` is the word alone; a whole number
    without a form has its thousands parted: `{rows}` is `2,000`. A number that is a name, a year say, is given as text."""

    def format_field(self, value: object, format_spec: str) -> str:
        if "|" in format_spec:
            one, several = format_spec.removeprefix("~").split("|")
            return (one if str(value) == "1" else several) if format_spec[0] == "~" else plural(value, one, several)
        whole = isinstance(value, int) and not isinstance(value, bool)
        return format(value, format_spec or ("," if whole else ""))


PHRASES = Phrases()


def plural(count: object, one: str, several: str = "") -> str:
    """`1 row`, `2,000 rows`. `count` is a number, or is written as one already."""
    written = f"{count:,}" if isinstance(count, int) else str(count)
    return f"{written} {one if written == '1' else several or one + 's'}"


@cache
def shared_translator(language: str) -> Translator:
    """The translator of the shared messages."""
    return translator(language, {})


def translator(
    language: str, own: Mapping[str, tuple[str, str]] | None = None, unit: str = "word", kind: str = "text"
) -> Translator:
    """A function from a key (and the values of its placeholders) to the text in the language; a missing key is an error.

    `own` are messages of one report. They come before the shared ones. `unit` is what the parts of an explained input are,
    `kind` that of the rows (nouns.py).
    """
    if own is None and (unit, kind) == USUAL:
        return shared_translator(language)
    column, messages = LANGUAGES.index(language), MESSAGES | dict(own or {})
    units = {"unit": UNITS[unit][0][column], "units": UNITS[unit][1][column]}
    units |= NOUNS.get(kind, ROW).placeholders(language)

    def t(key: str, /, **values: object) -> str:
        text = messages[key][column]
        return PHRASES.vformat(text, (), units | values) if values or any(mark in text for mark in OWN_WORDS) else text

    return t


ENGLISH = translator("en")  # of refusals, which are English


def translate_name(name: str, t: Translator) -> str:
    """A system or figure: ours in the reader's language, with the number behind it (`TextRank 3`); others as they are."""
    stem, _, number = name.rpartition(" ")
    if name in MESSAGES:
        return t(name)
    kind, colon, method = name.partition(": ")
    if colon and f"kind {kind}" in MESSAGES:
        return f"{t(f'kind {kind}')}: {translate_name(method, t)}"
    return f"{t(stem)} {number}" if stem in MESSAGES and number[:1].isdigit() else name


def named_facts(facts: Mapping[str, object], t: Translator) -> dict[str, object]:
    """Facts of a report, whose names are ours, under names in the reader's language."""
    return {t(f"fact {name}") if f"fact {name}" in MESSAGES else name: value for name, value in facts.items()}
