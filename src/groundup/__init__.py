"""groundup: from raw files to a Transformer that is pretrained, fine-tuned, evaluated and used.

Every command is also a function of the same name that takes the same settings: `groundup.pretrain(data=..., out=...)`.
"""

from __future__ import annotations

import sys
import types
import warnings
from typing import Any

from groundup.commands.table import COMMANDS, VERBS, Verb, perform
from groundup.offline import send_nothing
from groundup.version import VERSION

send_nothing()
__version__ = VERSION
PLAIN = (str, int, float, bool, type(None))  # values that hold no table
ESTIMATORS = (
    "Classifier",
    "MultilabelClassifier",
    "MultilabelTextClassifier",
    "Regressor",
    "Tagger",
    "TextClassifier",
    "TextRegressor",
    "TextTagger",
)
__all__ = sorted([*ESTIMATORS, "load", *COMMANDS])


def __getattr__(name: str) -> Any:
    """The estimators, imported when they are first asked for: they need scikit-learn."""
    if name in ESTIMATORS:
        from groundup import estimators

        return getattr(estimators, name)
    raise AttributeError(f"module 'groundup' has no attribute '{name}'")


def __dir__() -> list[str]:
    """The commands, the estimators and `load`."""
    return sorted(__all__)


def load(folder: Any, threads: int | None = None, task: str | None = None):
    """A model folder or run, ready to use: `load("runs/sentiment").predict(["a fine film"])`, or, of a model that writes,
    `load("runs/gpt").generate("HAMLET:", temperature=0.8)`. Of a model of several tasks `task` names the one to answer for. An
    exported folder is opened without torch."""
    import pathlib

    from groundup.evaluate.opened import is_export

    if is_export(pathlib.Path(folder)):
        from groundup.evaluate.exported import load_exported

        return load_exported(folder, threads, task)
    from groundup.evaluate.writer import load_either

    return load_either(folder, threads, task)


def _function(verb: Verb):
    name = verb.name

    def call(*positional: Any, **settings: Any):
        from groundup.commands.paths import check_paths
        from groundup.config import make_settings

        command = verb.settings()
        settings = _with_current_names(command, _by_name(command, name, positional, settings))
        tables = None
        if not all(isinstance(value, PLAIN) for value in settings.values()):
            from groundup.data.dataframes import Tables

            tables = Tables(command, settings)
        made_settings = make_settings(command, settings if tables is None else tables.settings)
        if made_settings.dry_run:
            from groundup.cli import print_settings

            return print_settings(made_settings)
        if tables is None:
            check_paths(made_settings)
            return perform(made_settings)
        with tables.written():
            check_paths(made_settings)
            return tables.lasting(perform(made_settings))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"`groundup {name}` with its settings as arguments. {verb.text}"
    return call


def _with_current_names(command: type, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings under today's names; a FutureWarning for each former one."""
    from groundup.former_names import with_current_names

    renamed: list[str] = []
    result = with_current_names(command, settings, renamed.append)
    for line in renamed:
        warnings.warn(line, FutureWarning, stacklevel=3)
    return result


def _by_name(command: type, name: str, positional: tuple, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings by name; one may be given without, where the command line takes it so too."""
    first = getattr(command, "positional", "")
    if not positional:
        return settings
    if first and len(positional) == 1 and first not in settings:
        return {first: positional[0], **settings}
    from groundup.config import required
    from groundup.errors import InputError

    names = [first] if first else required(command)
    hint = ", ".join(f"{one}=..." for one in names if one not in settings)
    raise InputError("UNNAMED_SETTING", f"groundup.{name}", "takes its settings by name", f"write {name}({hint})")


class Package(types.ModuleType):
    """Importing groundup.evaluate, say, puts that package where the command of the same name stood: it is called like it."""

    def __setattr__(self, name: str, value: object) -> None:
        command = self.__dict__.get(name)
        if isinstance(value, types.ModuleType) and isinstance(command, types.FunctionType):
            value.__class__ = type("Command", (types.ModuleType,), {"__call__": staticmethod(command)})
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = Package

for verb in VERBS:  # the commands are functions of their names
    globals()[verb.name] = _function(verb)
