"""`groundup/__init__.pyi`, which editors read: the functions, written out from their settings.

`python -m groundup.usage.stub` writes it anew; a test compares it.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from groundup.commands.table import VERBS, Verb
from groundup.usage.parameters import Parameter, all_groups, members, options_name, parameters
from groundup.usage.signatures import docstring_of

WIDTH = 110
PLACE = Path(__file__).parents[1] / "__init__.pyi"
HEAD = '''# Written by `python -m groundup.usage.stub` from the settings of the commands: not by hand.
"""groundup: from raw files to a Transformer that is pretrained, fine-tuned, evaluated and used."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, TypeAlias, TypedDict

{imports}
from groundup.errors import DataWarning as DataWarning
from groundup.errors import GroundupError as GroundupError
from groundup.errors import InputError as InputError
from groundup.errors import Interrupted as Interrupted
from groundup.estimators.known import Classifier as Classifier
from groundup.estimators.known import MultilabelClassifier as MultilabelClassifier
from groundup.estimators.known import MultilabelTextClassifier as MultilabelTextClassifier
from groundup.estimators.known import Regressor as Regressor
from groundup.estimators.known import Tagger as Tagger
from groundup.estimators.known import TextClassifier as TextClassifier
from groundup.estimators.known import TextRegressor as TextRegressor
from groundup.estimators.known import TextTagger as TextTagger
from groundup.evaluate.loading import load as load
from groundup.runs import Outcome as Outcome
from groundup.train.callback import CallbackError as CallbackError
from groundup.train.callback import TrainingStep as TrainingStep

Path: TypeAlias = str | PathLike[str]
Data: TypeAlias = Path | Any
"""A path, or a table in memory: a frame (pandas, polars), a Table of pyarrow, a Dataset of Hugging Face, a list of
dictionaries, a dictionary of columns, an iterator of rows; tables by split: {{"train": frame, "test": frame}}."""

__version__: str
'''


def stub() -> str:
    """The text of the file."""
    groups = {group.__name__: group for verb in VERBS for group in all_groups(verb.settings())}
    imports = sorted(f"from {group.__module__} import {name} as {name}" for name, group in groups.items())
    parts = [HEAD.format(imports="\n".join(imports))]
    parts += [dictionary_of(groups[name]) for name in sorted(groups)]
    return "\n".join([*parts, *map(function_of, VERBS)])


def dictionary_of(group: type) -> str:
    """A class of settings as a dictionary whose keys an editor knows."""
    lines = [f"class {options_name(group)}(TypedDict, total=False):"]
    lines += [line for one in members(group) for line in (f"    {one.name}: {one.type}", text_of(one.text, 4))]
    return "\n".join(filter(None, lines)) + "\n"


def function_of(verb: Verb) -> str:
    """A command's function."""
    command = verb.settings()
    arguments = [f"{one.name}: {one.type}{default_in_stub(one)}" for one in parameters(command)]
    first = 1 if command.positional else 0
    written = ", ".join([*arguments[:first], "*", *arguments[first:]])
    return f"def {verb.name}({written}) -> Outcome:\n{text_of(docstring_of(verb), 4)}\n    ...\n"


def default_in_stub(one: Parameter) -> str:
    """What stands behind a parameter: nothing for one that is required, `...` where each machine has its own."""
    return "" if one.default is None else " = ..." if one.varies else f" = {one.default}"


def text_of(text: str, indent: int) -> str:
    """A docstring; nothing for no text."""
    lines = [wrapped for line in text.split("\n") for wrapped in (textwrap.wrap(line, WIDTH) if len(line) > WIDTH else [line])]
    escaped = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    end = " " if escaped.endswith('"') else ""
    return textwrap.indent(f'"""{escaped}{end}"""', " " * indent, lambda line: bool(line.strip())) if text else ""


def main() -> None:
    from groundup.folders import write_file

    write_file(PLACE, stub())
    print(f"{PLACE}: {len(VERBS)} functions; ruff format sets its lines")


if __name__ == "__main__":
    main()
