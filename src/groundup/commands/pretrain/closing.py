"""What pretraining says at its end: where the model is, how well it guesses, and what to type next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from groundup.commands.pretrain.job import Job
from groundup.commands.shared.next_steps import is_plain
from groundup.evaluate.opened import MASK
from groundup.runs import RunFolder
from groundup.terminal.closing import Command, close
from groundup.terminal.log import text
from groundup.terminal.training_table import head_of
from groundup.train.checkpoint import State

WORDS, LETTERS = 8, 12  # of a text to try a model on


def tell(run: RunFolder, job: Job, state: State) -> None:
    """The model, its validation loss with what else is watched, and commands."""
    at = text("at step", step=f"{state.best_step or state.step:,}", steps=f"{state.step:,}")
    facts = [("model", str(run.path / "model")), ("validation", f"{figures_of(run, job, state)} {at}")]
    if job.tokenizer is not None:
        size, guessed = job.tokenizer.vocab_size, job.pretraining.tried != "no"  # whose loss is that of a word
        told = text("entries", count=f"{size:,}")
        facts.append(("vocabulary", text("guessed evenly", told=told, loss=f"{math.log(size):.2f}") if guessed else told))
    close(facts, commands(str(run.path), job))


def figures_of(run: RunFolder, job: Job, state: State) -> str:
    """The loss of the best step, and the figures that were watched there."""
    best = "-" if state.best_value is None else f"{state.best_value:.4f}"
    known: Mapping = next((one for one in reversed(evaluations(run)) if one["step"] == state.best_step), {})
    watched = [f"{head_of(name)} {known[name]:.4f}" for name in job.pretraining.watched if known.get(name) is not None]
    return ", ".join([f"{text('loss')} {best}", *watched])


def evaluations(run: RunFolder) -> list[dict]:
    """The evaluations that the run noted."""
    from groundup.events import read_events

    return [event for event in read_events(run.path / "events.jsonl") if event.get("event") == "evaluation"]


def commands(out: str, job: Job) -> list[Command]:
    """Try the model, look into it, and go on to a task of one's own."""
    words = first_words(Path(job.settings.data) / "records.parquet")
    tried: list[Command] = []
    if job.pretraining.tried == "fill" and words:
        tried.append(["predict", "--model", out, "--text", with_hole(words)])
    if job.pretraining.tried == "continue" and words:
        tried.append(["generate", "--model", out, "--text", words])
    return [*tried, ["inspect", "--model", out], ["finetune", "--help"]]


def first_words(records: Path) -> str:
    """A few words of a text that the model learned from; nothing where it learned from something else."""
    if not records.is_file():
        return ""
    with pq.ParquetFile(records) as file:
        first = next(file.iter_batches(1, columns=["paragraphs"]), None) if "paragraphs" in file.schema_arrow.names else None
    paragraphs = first.column("paragraphs")[0].as_py() if first is not None and first.num_rows else []
    begun = " ".join(str(paragraphs[0]).split()[:WORDS]) if paragraphs else ""
    short = begun if " " in begun else begun[:LETTERS]
    return short if is_plain(short) else ""


def with_hole(words: str) -> str:
    """A text with one word masked, or one letter where there are no words."""
    pieces = words.split(" ")
    if len(pieces) > 1:
        pieces[len(pieces) // 2] = MASK
        return " ".join(pieces)
    return words[: len(words) // 2] + MASK + words[len(words) // 2 + 1 :]
