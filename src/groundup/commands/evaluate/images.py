"""The story of an evaluation on images in class folders: read, shown to the model and judged a part at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, cast

import numpy as np

from groundup.commands.evaluate.settings import Evaluate
from groundup.commands.shared.csv_text import csv_text
from groundup.config import lasting, to_dict
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from groundup.evaluate.evaluation import Evaluation
from groundup.evaluate.judging import headline, remarks
from groundup.evaluate.predictor import Predictor, model_folder
from groundup.evaluate.report import classification_report, with_top
from groundup.folders import is_ours, new_folder
from groundup.kinds.image.files import Picture, read_images
from groundup.kinds.image.reader import Image, ImageReader
from groundup.kinds.store import is_store
from groundup.machine import say, tell
from groundup.pages.evaluation_page import evaluation_page
from groundup.runs import Outcome
from groundup.scope import refuse
from groundup.strict_json import canonical
from groundup.tasks.images import ImageClassification
from groundup.tasks.traits import misplaced_labels

AT_ONCE = 512  # images in memory
MOST_SHOWN = 5  # unknown classes that a message names


def evaluate_images(settings: Evaluate, predictor: Predictor, task: ImageClassification) -> Outcome:
    """Top-1 and top-5 accuracy of a model on images that it has not seen."""
    if settings.data is None:
        raise InputError(
            "WHICH_DATA",
            settings.model,
            "reads images, which are not kept in runs",
            "name class folders, or the prepared folder, with --data",
        )
    for place, what in misplaced_labels(settings.label, task.name):
        raise InputError("BAD_SETTING", place, what, "leave it out")
    rejects, evaluation = Rejects(), Evaluation(task.labels)
    names = named_classes(settings.synsets, task.labels) if settings.synsets else {}
    parts, lines, start = [], [], time.monotonic()
    reader = cast(ImageReader, predictor.encoder)
    source = pictures_of(settings, reader, rejects)
    while pictures := list(islice(source, AT_ONCE)):
        wanted = [names.get(picture.label, picture.label) for picture in pictures]
        ids = [(picture.id,) for picture in pictures]
        packed: Any = reader.pack([(Image(picture.id, pixels=picture.pixels),) for picture in pictures])
        rows = task.make_rows(ids, None, packed, predictor.encoder, 0)
        probabilities = np.asarray(task.evaluate(predictor.model, rows, ids, predictor.encoder).answers)
        evaluation.add(wanted, probabilities, ids)
        parts.append((task.numbers(wanted), probabilities))
        lines += [
            [*name, label, *task.as_columns(answer).values()]
            for name, label, answer in zip(ids, wanted, probabilities, strict=True)
        ]
        say(settings, f"    {len(lines):,} images, {len(lines) / (time.monotonic() - start):.0f} a second")
    targets, probabilities = (np.concatenate(column) for column in zip(*parts, strict=True))
    refuse_strangers(settings, targets, [line[1] for line in lines], task.labels)
    rejects.check(settings.read.max_rejects)
    report = with_top(
        classification_report(
            evaluation,
            metric="accuracy",
            title="Evaluation",
            settings=to_dict(settings),
            preflight=notes(rejects),
            facts={
                "parameters": sum(p.numel() for p in predictor.model.parameters()),
                "images per second": round(len(lines) / (time.monotonic() - start)),
            },
            language=settings.language,
            seed=settings.seed,
        ),
        targets,
        probabilities,
    )
    folder = model_folder(settings.model)
    with new_folder(
        Path(settings.out), kind="report", settings=lasting(settings), parents=[folder] if is_ours(folder) else []
    ) as new:
        new.write_text("report.json", canonical(report))
        new.write_text("report.html", evaluation_page(report))
        new.write_text("predictions.csv", table(lines))
    tell(f"{headline(report)} on {report['rows']['scored']:,} images")
    for line in remarks(report):
        tell(f"    {line}")
    return Outcome(Path(settings.out), {"report": report})


def pictures_of(settings: Evaluate, reader: ImageReader, rejects: Rejects) -> Iterator[Picture]:
    """The images of class folders and archives, or of the test split of a prepared folder."""
    folder = Path(settings.data or "")
    if not is_store(folder):
        yield from read_images([str(folder)], settings.read, reader.transform, rejects)
        return
    refuse(settings, "prepared images")
    kept, split = reader.open_store(folder), "test"
    pixels = kept.cells(split)
    if not len(pixels):
        raise InputError("NO_SPLIT", folder, "has no test images", "prepare it with --split.test, or name the raw folder")
    for row, one in zip(kept.splits[split], pixels, strict=True):
        yield Picture(row.name, row.label, split, one)


def named_classes(path: str, labels: list[str]) -> Mapping[str, str]:
    """Class folder -> the model's name for it, from lines `n01440764 tench, Tinca tinca`: by that name where the model has it,
    else by the number of the line, which must then be as many as the model's classes."""
    try:
        lines = [line.strip() for line in Path(path).read_text("utf-8").split("\n") if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("CANNOT_OPEN", path, f"cannot be read: {error}", "name a text file") from None
    pairs = [(folder, name.strip()) for folder, _, name in (line.partition(" ") for line in lines)]
    twice = [folder for folder, count in Counter(folder for folder, _ in pairs).items() if count > 1]
    if twice:
        raise InputError("CLASS_TWICE", path, f"names {twice[0]} twice", "one line for each class")
    if all(name in labels for _, name in pairs):
        return dict(pairs)
    if len(pairs) != len(labels):
        odd = next(name for _, name in pairs if name not in labels)
        raise InputError(
            "CLASSES_DIFFER",
            path,
            f"has {len(pairs)} lines and calls a class '{odd}'",
            f"the model's names, or a line for each of its {len(labels)} classes in their order",
        )
    return {folder: label for (folder, _), label in zip(pairs, labels, strict=True)}


def refuse_strangers(settings: Evaluate, targets: np.ndarray, wanted: list[str], labels: list[str]) -> None:
    """Classes of which the model knows none are another task, or have other names."""
    if (targets < 0).all():
        theirs, ours = (", ".join(list(dict.fromkeys(names))[:MOST_SHOWN]) for names in (wanted, labels))
        raise InputError(
            "LABELS_DIFFER",
            str(settings.data),
            f"has the classes {theirs} ..., and the model knows none of them",
            f"say with --synsets what they are called; the model's are {ours} ...",
        )


def notes(rejects: Rejects) -> list[str]:
    """What the reader of the report should know about the images."""
    found = [f"images that could not be read: {dict(rejects.counts)}"] if rejects.counts else []
    return [*found, "whether the model has seen these images is not known"]


def table(lines: list[list]) -> str:
    """One line per image."""
    return csv_text([["image", "label", "predicted", "probability"], *lines])
