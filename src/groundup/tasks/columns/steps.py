"""What to do next with a file, as commands that work as they are: check it, pretrain on its texts, fine-tune on its labels."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groundup.kinds.settings import KINDS
from groundup.tasks.columns.candidates import USUAL_LABEL, candidates, fitting_tasks, label_candidates
from groundup.tasks.columns.column_kinds import ColumnSurvey
from groundup.tasks.columns.survey import Survey
from groundup.tasks.traits import TRAITS

LIKELY = ("label", "labels", "class", "target", "y", "category", "sentiment", "intent", "标签", "类别", "分类")
"""Names that label columns often have: which of several candidates an example takes. (To infer one, nobody asks for these.)"""
USUAL_TASK, CHECKED = "classification", ("classification",)  # what `groundup check` looks at
MODEL = "MODEL"  # stands for the folder of a model, where the file alone makes none
DOCUMENT, MANY_DOCUMENTS = "document", 20  # column of CoNLL, and documents from which some can validate
SUMMARIES = "summarization"
Values = Mapping[str, object]


@dataclass(frozen=True)
class Step:
    """A command and its settings."""

    command: str
    settings: Values

    def typed(self) -> str:
        """As it is typed in a shell."""
        words = ["groundup", self.command]
        for name, value in self.settings.items():
            for one in value if isinstance(value, tuple) else (value,):
                words += [f"--{name}", str(one)]
        return shlex.join(words)

    def called(self) -> str:
        """As it is called in Python, the data being a table in memory."""
        values = {name: one_or_list(value) for name, value in self.settings.items()}
        flat: dict[str, object] = {name: value for name, value in values.items() if "." not in name}
        for name, value in values.items():
            if "." in name:
                group, _, last = name.partition(".")
                flat[group] = {**flat.get(group, {}), last: value}  # ty: ignore[invalid-argument-type]
        given = ", ".join(f"{name}={'data' if name in ('data', 'source') else repr(value)}" for name, value in flat.items())
        return f"groundup.{self.command}({given})"


def one_or_list(value: object) -> object:
    """A value of Python: of several names a list."""
    if not isinstance(value, tuple):
        return value
    return value[0] if len(value) == 1 else list(value)


def next_steps(survey: Survey, read: Values) -> list[Step]:
    """What can be done with the file; `read` are settings of reading that were given or found out."""
    if survey.files_are_rows:
        return steps_of_images(survey)
    if (pair := pair_of_texts(survey)) is not None:
        return steps_of_writing(survey, *pair, read)
    task, label = task_and_label(survey)
    kind, columns = columns_of(survey, task or USUAL_TASK, label)
    if not columns:
        return []
    data = {"data": survey.source, **read}
    named = {f"{kind}_column": columns} | ({} if label in (None, USUAL_LABEL) else {"label_column": label})
    steps = [Step("check", data | named)] if task in CHECKED else []
    model: Values = {}
    if KINDS[kind].pretrained:
        before, name = PRETRAINING[kind](survey, kind, columns, read)
        steps, model = [*steps, *before], {"model": name}
    if task is not None:
        of_task = {} if task == USUAL_TASK else {"task": task}
        steps.append(Step("finetune", {**of_task, **model, **data, **named, "out": "runs/model"}))
    return steps


def task_and_label(survey: Survey) -> tuple[str | None, str | None]:
    """(task that the columns show, its label column); nothing where no column can be the label."""
    for task, columns in fitting_tasks(survey):
        if columns_of(survey, task, None)[1]:
            likely = [column for column in columns if column.name.lower() in LIKELY]
            return task, (likely or columns[::-1])[0].name
    return None, None


def columns_of(survey: Survey, task: str, label: str | None) -> tuple[str, tuple[str, ...]]:
    """(kind of input, its columns) that a first try reads."""
    traits, taken = TRAITS[task], {label} if label else set()
    for kind in traits.kinds:
        columns = candidates(survey, kind, traits.answer, taken)
        least = traits.min_columns if kind == traits.kinds[0] else 1
        if len(columns) >= least:
            return kind, ("*",) if KINDS[kind].pattern else names_of(columns, least)
    return traits.kinds[0], ()


def names_of(columns: list[ColumnSurvey], least: int) -> tuple[str, ...]:
    return tuple(column.name for column in columns[:least])


def pretraining_on_texts(survey: Survey, kind: str, columns: tuple[str, ...], read: Values) -> tuple[list[Step], str]:
    """From the texts of a file to a model that knows them; of few sentences there is no part to validate on."""
    column = survey.column(columns[-1])
    if column.kind == "words" and ("conll" not in survey.formats or column.distinct < MANY_DOCUMENTS):
        return [], MODEL
    named: Values = {} if "txt" in survey.formats else {f"{kind}_column": column.name}
    if column.kind == "words" and any(one.name == DOCUMENT and one.distinct >= MANY_DOCUMENTS for one in survey.columns):
        named["document_column"] = DOCUMENT
    if column.kind == "words":  # a file of text is read as running text where nothing is said
        named = {"read.format": "conll", **named}
    return [
        Step("prepare", {"source": survey.source, **read, **named, "out": "runs/data"}),
        Step("pretrain", {"data": "runs/data", "out": "runs/lm", "budget": "5m"}),
    ], "runs/lm"


def pretraining_on_images(survey: Survey, kind: str, columns: tuple[str, ...], read: Values) -> tuple[list[Step], str]:
    """From the images that a table names to a model that knows such, where they lie in a folder of their own."""
    first, home = Path(next(iter(survey.column(columns[0]).examples), "")), Path(survey.source).parent
    folder = home / first.parts[0] if len(first.parts) > 1 else home
    if folder == home or not folder.is_dir():
        return [], MODEL
    return image_steps(str(folder), {"split.validation": 0.1}), "runs/vit"


def image_steps(source: str, split: Values) -> list[Step]:
    """From a folder of images to a model that knows such."""
    return [
        Step("prepare", {"source": source, "image.size": 32, **split, "out": "runs/images"}),
        Step("pretrain", {"data": "runs/images", "objective": "patches", "out": "runs/vit", "budget": "5m"}),
    ]


PRETRAINING = {"text": pretraining_on_texts, "image": pretraining_on_images}


def pair_of_texts(survey: Survey) -> tuple[str, str] | None:
    """(text, the text that a model is to write of it) of a file of two texts and no other label; the longer text is read."""
    texts = candidates(survey, "text", "text")
    if len(texts) != 2 or fitting_tasks(survey):
        return None
    first, second = texts if is_pair_of_files(survey) else sorted(texts, key=lambda column: -column.length)
    return first.name, second.name


def is_pair_of_files(survey: Survey) -> bool:
    """Whether the texts are two files, line by line, as translations are published."""
    return "lines" in survey.formats


def steps_of_writing(survey: Survey, text: str, label: str, read: Values) -> list[Step]:
    """From pairs of texts to a model that writes the second one of the first."""
    columns: Values = {"text_column": (text,), "label_column": label}
    if is_pair_of_files(survey):
        return [
            Step("finetune", {"task": "translation", "model": MODEL, "data": survey.source, **columns, "out": "runs/model"})
        ]
    return [
        Step("prepare", {"source": survey.source, **read, "text_column": text, "out": "runs/data"}),
        Step("pretrain", {"data": "runs/data", "objective": "spans", "out": "runs/t5", "budget": "5m"}),
        Step(
            "finetune", {"task": SUMMARIES, "model": "runs/t5", "data": survey.source, **read, **columns, "out": "runs/model"}
        ),
    ]


def steps_of_images(survey: Survey) -> list[Step]:
    """From images in folders to a model of images, and, where the folders are classes, to a classifier."""
    split = {f"split.{name}": 0.1 for name in ("validation", "test") if name not in survey.splits}
    steps = image_steps(survey.source, split)
    labelled = bool(label_candidates(survey, TRAITS[USUAL_TASK].answer))
    return [
        *steps,
        *([Step("finetune", {"model": "runs/vit", "data": "runs/images", "out": "runs/model"})] if labelled else []),
    ]
