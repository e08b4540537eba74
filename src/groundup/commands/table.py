"""The commands: what each is called, what it does, its settings and its story. The command line, the functions of the package,
recipes and the reference read this table. Reading it imports nothing heavy; a settings class is imported when it is asked for,
a story when it is performed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

from groundup.config import Command, command_of, nearest
from groundup.errors import InputError
from groundup.machine import accounted
from groundup.terminal.log import speaking

Story = Callable[[Any], Any]  # from settings to an outcome
Preview = Callable[[Any], list[str]]  # from settings to lines about what is decided by them


def load(place: str) -> Any:
    """What stands at "package.module:name" among the commands."""
    module, name = place.split(":")
    return getattr(import_module(f"groundup.commands.{module}"), name)


class Verb(NamedTuple):
    """A row of the table; the last three are imported when they are called."""

    name: str
    text: str
    settings: Callable[[], type[Command]]
    story: Callable[[], Story]
    preview: Callable[[], Preview] | None = None  # of commands that decide what is not given


VERBS = (
    Verb(
        "columns",
        "Show what a file holds: its format, what each column is, and what to type next.",
        lambda: load("columns.settings:Columns"),
        lambda: load("columns.story:columns"),
    ),
    Verb(
        "prepare",
        "Turn raw files into a data folder: cleaned, split, tokenized, with a report.",
        lambda: load("prepare.settings:Prepare"),
        lambda: load("prepare.story:prepare"),
    ),
    Verb(
        "pretrain",
        "Pretrain a model on a data folder: an encoder on masked words and next sentences, or one that writes.",
        lambda: load("pretrain.settings:Pretrain"),
        lambda: load("pretrain.story:pretrain"),
        lambda: load("pretrain.preview:preview"),
    ),
    Verb(
        "check",
        "Look for what would spoil fine-tuning on a labelled table, before it starts.",
        lambda: load("check.settings:Check"),
        lambda: load("check.story:check"),
    ),
    Verb(
        "curve",
        "Fine-tune on more and more rows, and say from how many on a model beats simple baselines.",
        lambda: load("curve.settings:Curve"),
        lambda: load("curve.story:curve"),
        lambda: load("curve.preview:preview"),
    ),
    Verb(
        "finetune",
        "Fine-tune a model on labelled rows of texts, images or columns, beside honest baselines.",
        lambda: load("finetune.settings:Finetune"),
        lambda: load("finetune.story:finetune"),
        lambda: load("finetune.preview:preview"),
    ),
    Verb(
        "multitask",
        "Fine-tune one model for several tasks at once, with weights found, fixed or learned.",
        lambda: load("multitask.settings:Multitask"),
        lambda: load("multitask.story:multitask"),
        lambda: load("multitask.preview:preview"),
    ),
    Verb(
        "evaluate",
        "Evaluate a fine-tuned model on labelled rows it has not seen.",
        lambda: load("evaluate.settings:Evaluate"),
        lambda: load("evaluate.story:evaluate"),
    ),
    Verb(
        "glue",
        "Fine-tune and judge a model on the GLUE tasks, by their official files and metrics, in one table.",
        lambda: load("glue.settings:Glue"),
        lambda: load("glue.story:glue"),
        lambda: load("glue.preview:preview"),
    ),
    Verb(
        "compare",
        "Compare fine-tuned models on the same rows: quality with paired tests, size and speed side by side.",
        lambda: load("compare.settings:Compare"),
        lambda: load("compare.story:compare"),
    ),
    Verb(
        "compress",
        "Make a fine-tuned model smaller, measure what it lost and gained, and publish it if that is within limits.",
        lambda: load("compress.settings:Compress"),
        lambda: load("compress.story:compress"),
        lambda: load("compress.preview:preview"),
    ),
    Verb(
        "ladder",
        "Compress a model in the usual ways, and draw quality against size and speed, beside honest controls.",
        lambda: load("ladder.settings:Ladder"),
        lambda: load("ladder.story:ladder"),
        lambda: load("ladder.preview:preview"),
    ),
    Verb(
        "generate",
        "Let a model write: what follows a text, or what it makes of one.",
        lambda: load("generate.settings:Generate"),
        lambda: load("generate.story:generate"),
    ),
    Verb(
        "export",
        "Write a model as ONNX, for TensorFlow, or as a Hugging Face folder, run there and compared before it appears.",
        lambda: load("export.settings:Export"),
        lambda: load("export.story:export"),
    ),
    Verb(
        "predict",
        "Label texts, fill masks, or judge whether one text follows another.",
        lambda: load("predict.settings:Predict"),
        lambda: load("predict.story:predict"),
    ),
    Verb(
        "explain",
        "Tell how much each word of a text, or each column of a row, speaks for the answer of a model, or against it.",
        lambda: load("explain.settings:Explain"),
        lambda: load("explain.story:explain"),
    ),
    Verb(
        "keywords",
        "Find what texts are about, which words go with a word, and which tell groups of texts apart.",
        lambda: load("keywords.settings:Keywords"),
        lambda: load("keywords.story:keywords"),
    ),
    Verb(
        "inspect",
        "Show what a model is made of: its parts with their shares of the parameters, its tokenizer, and its card.",
        lambda: load("inspect.settings:Inspect"),
        lambda: load("inspect.story:inspect"),
    ),
    Verb(
        "models",
        "List published checkpoints that can be loaded, and the model folders on this machine.",
        lambda: load("models.settings:Models"),
        lambda: load("models.story:models"),
    ),
    Verb(
        "size",
        "Tell parameters, memory, work and minutes of a model before it is trained.",
        lambda: load("size.settings:Size"),
        lambda: load("size.story:size"),
    ),
    Verb(
        "run",
        "Run the stages of a recipe in order, and skip what is done already.",
        lambda: load("run.settings:Run"),
        lambda: partial(load("run.story:run"), command_class=command_class, perform=perform),  # stages are commands
        lambda: partial(load("run.preview:preview"), command_class=command_class, preview_of=preview),
    ),
    Verb(
        "verify",
        "Recompute the hashes of folders and compare them with their manifests.",
        lambda: load("verify.settings:Verify"),
        lambda: load("verify.story:verify"),
    ),
    Verb(
        "bundle",
        "Write one archive for a machine without a network: groundup, its libraries, models and data.",
        lambda: load("bundle.settings:Bundle"),
        lambda: load("bundle.story:bundle"),
    ),
    Verb(
        "demo",
        "Watch raw text become a tokenizer, a pretrained encoder, a classifier, an honest evaluation and predictions.",
        lambda: load("demo.settings:Demo"),
        lambda: load("demo.story:demo"),
    ),
)
COMMANDS = {verb.name: verb.text for verb in VERBS}
GROUPS: dict[str, tuple[str, ...]] = {  # as `groundup --help` shows them
    "data": ("columns", "prepare", "check"),
    "train": ("pretrain", "finetune", "multitask", "curve"),
    "evaluate": ("evaluate", "compare", "glue"),
    "use": ("predict", "generate", "keywords"),
    "explain": ("explain", "inspect"),
    "compress and ship": ("compress", "ladder", "export", "bundle", "verify"),
}
GROUPS["and"] = tuple(name for name in COMMANDS if all(name not in names for names in GROUPS.values()))
BY_NAME = {verb.name: verb for verb in VERBS}


def verb_of(name: str) -> Verb:
    """The row of a command; refused with the nearest name where there is none."""
    if name not in BY_NAME:
        what = f"'{name}' is no command.{nearest(name, COMMANDS)}"
        raise InputError("NO_COMMAND", "groundup", what, "see groundup --help")
    return BY_NAME[name]


def command_class(name: str) -> type[Command]:
    """The settings class of a command; importing it imports nothing heavy."""
    return verb_of(name).settings()


def perform(settings: Command) -> Any:
    """Do what the settings say; returns the outcome of the command. What is not there is refused before its story is imported,
    and torch with it."""
    from groundup.commands.shared.inputs import settled

    name = command_of(settings)
    with speaking(settings), accounted(name):
        settings = settled(settings)
        return verb_of(name).story()(settings)


def preview(settings: Command) -> list[str]:
    """Lines about what the settings decide without saying it, for --dry-run."""
    row = verb_of(command_of(settings))
    return [] if row.preview is None else row.preview()(settings)
