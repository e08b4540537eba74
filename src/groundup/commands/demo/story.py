"""The story of the demo: one life of a model, from text to a verdict, on one page."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from groundup.commands.demo.settings import Demo
from groundup.commands.finetune.settings import Finetune
from groundup.commands.finetune.story import finetune
from groundup.commands.prepare.settings import Prepare
from groundup.commands.prepare.story import prepare
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.story import pretrain
from groundup.commands.shared.csv_text import csv_text
from groundup.config import make_settings
from groundup.data.sources.texts import python_docs
from groundup.evaluate.predictor import load
from groundup.events import read_events
from groundup.folders import new_folder, write_file
from groundup.pages.demo_page import demo_page
from groundup.strict_json import read_json
from groundup.terminal.log import say

VOCABULARY, PRESET = 8192, "tiny"
MASKED = [
    "Return a new [MASK] object.",
    "If the file does not [MASK], an exception is raised.",
    "The default [MASK] is None.",
]
FOLLOWING = (
    "Return the number of items in the list.",
    "If the list is empty, return zero.",
    "The server closes the socket after the handshake.",
)


def demo(settings: Demo) -> dict:
    """Every stage is an ordinary command with its own folder; a second call resumes where the first one was."""
    out, start = Path(settings.out), time.monotonic()
    raw = collect(settings, out / "text")
    step(settings, 1, "prepare: clean, split, tokenizer, shards")
    stage(
        settings,
        Prepare,
        prepare,
        source=(str(raw / "documents"),),
        out=str(out / "data"),
        tokenizer={"vocab_size": VOCABULARY},
    )
    step(settings, 2, f"pretrain for {settings.budget}: masked words and next sentences")
    stage(settings, Pretrain, pretrain, data=str(out / "data"), out=str(out / "lm"), preset=PRESET, budget=settings.budget)
    results = {}
    for number, (name, untrained) in enumerate((("pretrained", False), ("untrained", True)), 3):
        step(settings, number, f"fine-tune the {name} encoder on {settings.labels:,} labelled sentences")
        stage(
            settings,
            Finetune,
            finetune,
            model=str(out / "lm"),
            data=str(raw / "sentences.csv"),
            text_column=("sentence",),
            label_column="part",
            out=str(out / name),
            split={"group_by": "module", "validation": 0.15, "test": 0.3},
            train_rows=settings.labels,
            max_length=64,
            from_scratch=untrained,
            baselines=not untrained,
        )
        results[name] = read_json(out / name / "report.json")
    step(settings, 5, "use it")
    lines = use(out, raw)
    for line in lines:
        say(f"    {line}")
    return finish(settings, out, results, lines, time.monotonic() - start)


def stage(settings: Demo, command: type, story: Callable[[Any], Any], **values: object) -> None:
    """Run a command with what the demo was told for all of them."""
    shared = {name: getattr(settings, name) for name in ("quiet", "verbose", "seed", "threads", "device")}
    story(make_settings(command, shared | values))


def step(settings: Demo, number: int, text: str) -> None:
    say(f"\n[{number}/5] {text}")


def collect(settings: Demo, folder: Path) -> Path:
    """`documents/` with one text file per module, and `sentences.csv` with the part of the library each one documents."""
    if folder.is_dir():
        return folder
    say("[0/5] reading the documentation on this machine")
    rows: list[tuple[str | None, ...]] = [("sentence", "part", "module")]
    known = set()
    with new_folder(folder, kind="text") as new:
        for module in [*python_docs.standard_library(), *python_docs.libraries()]:
            text = "\n\n".join("\n\n".join(paragraphs) for paragraphs in module.docstrings if paragraphs)
            new.write_text(f"documents/{module.library}/{module.module}.txt", text + "\n")
            for sentence in python_docs.sentences_of(module) if module.part else ():
                if sentence not in known:
                    known.add(sentence)
                    rows.append((sentence, module.part, module.module))
        new.write_text("sentences.csv", csv_text(rows))
    return folder


def use(out: Path, raw: Path) -> list[str]:
    """What the two models answer to a few questions."""
    language, classifier = load(out / "lm"), load(out / "pretrained")
    lines = []
    for text in MASKED:
        words = ", ".join(f"{word} {p:.2f}" for word, p in language.fill(text, top=3)[0])
        lines.append(f"{text}  ->  {words}")
    first, near, far = FOLLOWING
    for second in (near, far):
        lines.append(f"does '{second}' follow '{first}'?  {language.follows(first, second):.2f}")
    for text in ("Send a request to the server and wait for the response.", "Raise ValueError if the pattern is invalid."):
        answer = classifier.predictions([text])[0]
        lines.append(f"{text}  ->  {answer['label']} ({answer['probability']:.2f})")
    return lines


def finish(settings: Demo, out: Path, results: dict, lines: list[str], seconds: float) -> dict:
    """Say who wins, and put the whole life on one page."""
    table = comparison(results)
    verdicts = verdict(table)
    width = max(len(name) for name, *_ in table)
    say("")
    for name, accuracy, low, high in table:
        say(f"    {name:<{width}}  accuracy {accuracy:.3f}  (95 % interval {low:.3f} to {high:.3f})")
    for line in verdicts:
        say(f"    {line}")
    write_file(out / "report.html", report_page(out, results, table, verdicts, lines))
    say(f"\ndone in {seconds / 60:.1f} minutes; the whole life on one page: {out / 'report.html'}")
    return {"table": table, "verdict": verdicts, "answers": lines, "seconds": seconds}


def comparison(results: dict) -> list[tuple[str, float, float, float]]:
    """(name, accuracy, low, high) of every contender on the same test rows."""
    rows = [(f"{name} encoder", report["accuracy"]) for name, report in results.items()]
    rows += [(entry["name"], entry["accuracy"]) for entry in results["pretrained"]["baselines"]]
    return [(name, figure["value"], figure["low"], figure["high"]) for name, figure in rows]


def verdict(table: list[tuple[str, float, float, float]]) -> list[str]:
    """Who wins, plainly."""
    score = {name: accuracy for name, accuracy, *_ in table}
    gain = score["pretrained encoder"] - score["untrained encoder"]
    best = max(table, key=lambda row: row[1])
    helps = "Pretraining helped" if gain > 0 else "Pretraining did not help"
    return [
        f"{helps}: {gain:+.3f} accuracy against the same encoder untrained.",
        f"Best of all: {best[0]} with {best[1]:.3f}.",
    ]


def report_page(out: Path, results: dict, table: list, verdicts: list[str], lines: list[str]) -> str:
    """The whole life on one page, from what the runs have written."""
    data, events = read_json(out / "data" / "report.json"), read_events(out / "lm" / "events.jsonl")
    return demo_page(data, events, table, verdicts, lines, list(results))
