"""Answers for images: single ones, folders, archives, and patterns like `photos/*.jpg`; one output row per image, in order."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, cast

import numpy as np

from groundup.commands.predict.settings import Predict
from groundup.commands.shared.answers import Answers, tell_written
from groundup.data.sources.files.archives import ARCHIVES
from groundup.data.sources.files.open import IMAGES
from groundup.data.sources.records import Rejects, Row
from groundup.errors import InputError
from groundup.evaluate.opened import Opened
from groundup.evaluate.predictor import Predictor
from groundup.folders import is_ours
from groundup.kinds.image.files import Picture, read_images
from groundup.kinds.image.reader import Image, ImageReader
from groundup.machine import say
from groundup.runs import Outcome
from groundup.scope import refuse

AT_ONCE = 512  # images in memory
PATTERN = "*?["


def image_sources(given: str) -> list[str] | None:
    """The images, folders and archives that are named; None for a table, whose cells name images."""
    path = Path(given)
    if any(letter in given for letter in PATTERN) and not path.exists():
        found = sorted(glob.glob(given, recursive=True))
        if not found:
            raise InputError("NO_FILE", given, "no file has such a name", "quote the pattern, and see where it begins")
        return found
    if path.is_dir() and is_ours(path):
        raise InputError(
            "PREPARED", given, "is a prepared folder, whose images have labels", "groundup evaluate --data judges it"
        )
    images = path.is_dir() or path.suffix.lower() in IMAGES or given.lower().endswith(ARCHIVES)
    return [given] if images else None


def answer_images(settings: Predict, predictor: Opened, sources: list[str]) -> Outcome:
    """Every image with its class, or with what was wrong with it."""
    assert isinstance(predictor, Predictor)  # images are not exported
    task, reader, rejects = predictor.trained_task, cast(ImageReader, predictor.encoder), Rejects()
    refuse(settings, "images")
    read = replace(settings.read, max_rejects=sys.maxsize)  # what is broken is answered, too
    answers, total, faults = None, 0, 0
    found = read_in_order(sources, read, reader, rejects)
    while part := list(islice(found, AT_ONCE)):
        rows = [Row({"image": name}, name, 0) for name, _ in part]
        answers = answers or Answers(settings.out, rows, [*task.answer_columns, "error"])
        pictures = [one for _, one in part if isinstance(one, Picture)]
        said = iter(classes_of(predictor, pictures))
        for row, (_, one) in zip(rows, part, strict=True):
            answers.add(row, task.as_columns(next(said)) if isinstance(one, Picture) else {"error": one})
        total, faults = total + len(part), faults + len(part) - len(pictures)
    if answers is None:
        raise InputError("EMPTY_DATA", ", ".join(sources), "holds no image", "name images, or a folder or archive of them")
    answers.write(settings.out)
    tell_written(settings, settings.out, total)
    for note in rejects.notes():
        say(settings, f"    {note}")
    notes = [f"{faults} of {total} images could not be read; see the column '{answers.names['error']}'"] if faults else []
    return Outcome(Path(settings.out or "-"), {"rows": total, "faults": faults}, notes)


def read_in_order(sources: list[str], read, reader: ImageReader, rejects: Rejects) -> Iterator[tuple[str, Picture | str]]:
    """Each image by its name, or what is wrong with it, in the order of reading."""
    broken: list[tuple[str, str]] = []
    pictures = read_images(sources, read, reader.transform, rejects, lambda name, what: broken.append((name, what)))
    while True:
        try:
            picture = next(pictures, None)
        except InputError:
            if not broken:
                raise
            picture = None  # nothing but broken images
        yield from broken
        broken.clear()
        if picture is None:
            return
        yield picture.id, picture


def classes_of(predictor: Predictor, pictures: list[Picture]) -> np.ndarray:
    """[I, K] probabilities."""
    if not pictures:
        return np.zeros((0, 0))
    task, ids = predictor.trained_task, [(picture.id,) for picture in pictures]
    packed: Any = cast(ImageReader, predictor.encoder).pack([(Image(one.id, pixels=one.pixels),) for one in pictures])
    rows = task.make_rows(ids, None, packed, predictor.encoder, 0)
    return np.asarray(task.evaluate(predictor.model, rows, ids, predictor.encoder).answers)
