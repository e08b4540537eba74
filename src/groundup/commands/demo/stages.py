"""What the lives of the demo have in common: numbered steps, each an ordinary command with its own folder, and the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from groundup.commands.demo.settings import Demo
from groundup.config import Command, make_settings
from groundup.folders import write_file
from groundup.html import Html
from groundup.messages.translate import translate_name, translator
from groundup.pages.demo_page import demo_page
from groundup.terminal.log import result, say, text
from groundup.terminal.streams import cells, padded

SHARED = ("quiet", "verbose", "seed", "threads", "device", "language")  # settings that every stage gets, if it has them


class Score(NamedTuple):
    """The accuracy of a system on the test rows, with its 95 % interval."""

    name: str
    accuracy: float
    low: float
    high: float


class Demonstration:
    """A demo in its folder: it counts its steps, and a second call goes on where the first one was."""

    def __init__(self, settings: Demo, steps: int):
        self.settings, self.steps, self.number = settings, steps, 0
        self.out, self.started = Path(settings.out), time.monotonic()
        self.t = translator(settings.language)

    def step(self, key: str, **values: object) -> None:
        self.number += 1
        say("\n" + text("demo step", number=self.number, all=self.steps, what=text(key, **values)))

    def perform(self, command: type[Command], story: Callable[[Any], Any], **values: object) -> None:
        """Run a command with what the demo was told for all of them."""
        known = {field.name for field in fields(command)}
        shared = {name: getattr(self.settings, name) for name in SHARED if name in known}
        story(make_settings(command, shared | values))

    def perform_once(self, command: type[Command], story: Callable[[Any], Any], out: Path, **values: object) -> None:
        """The same of a command that does not resume: nothing where its folder is there."""
        if not out.exists():
            self.perform(command, story, out=str(out), **values)

    def tell(self, lines: Sequence[str]) -> None:
        for line in lines:
            say(f"    {line}")

    def finish(
        self, title: str, scores: Sequence[Score], verdicts: Sequence[str], sections: Sequence[Html], reports: Sequence[str]
    ) -> dict[str, Any]:
        """Say who wins, and put the whole life on one page."""
        names = [translate_name(score.name, self.t) for score in scores]
        width = max(map(cells, names))
        say("")
        for name, score in zip(names, scores, strict=True):
            figures = {key: f"{getattr(score, key):.3f}" for key in ("accuracy", "low", "high")}
            result("    " + text("demo system", name=padded(name, width), **figures))
        for line in verdicts:
            result(f"    {line}")
        page = self.out / "report.html"
        write_file(page, demo_page(self.settings.language, title, scores, verdicts, sections, reports))
        seconds = time.monotonic() - self.started
        result("\n" + text("demo done", minutes=f"{seconds / 60:.1f}", page=page))
        return {"table": [tuple(score) for score in scores], "verdict": list(verdicts), "seconds": seconds}


def scores_of(name: str, report: Mapping[str, Any], baselines: bool = True) -> list[Score]:
    """The accuracy of a model, under this name, and those of its baselines."""
    entries = [(name, report), *((one["name"], one) for one in report["baselines"] if baselines)]
    return [Score(label, *(one["accuracy"][key] for key in ("value", "low", "high"))) for label, one in entries]


def confidence_line(report: Mapping[str, Any]) -> str:
    """How probable the answers are called, and how often they are right: alike where probabilities mean what they say."""
    figures = report["calibration"]["confidence"], report["accuracy"]["value"]
    return text("demo mean confidence", **dict(zip(("confidence", "accuracy"), (f"{one:.2f}" for one in figures))))


def answer_line(name: str, answer: Mapping[str, Any], truth: str) -> str:
    """What a classifier answers, and whether that is right."""
    verdict = text("demo right" if answer["label"] == truth else "demo wrong")
    about = {"label": answer["label"], "probability": f"{answer['probability']:.2f}"}
    return text("demo answer", verdict=verdict, input=name, truth=truth, **about)


def lines_of_answers(names: Sequence[str], answers: Sequence[Mapping[str, Any]], truths: Sequence[str]) -> list[str]:
    """The same of all rows that were kept apart, and how many are right."""
    right = sum(answer["label"] == truth for answer, truth in zip(answers, truths, strict=True))
    lines = [answer_line(name, answer, truth) for name, answer, truth in zip(names, answers, truths, strict=True)]
    return [text("demo kept apart", right=right, all=len(truths)), *lines]
