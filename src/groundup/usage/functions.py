"""The commands as Python functions: `groundup.finetune(data=frame, ...)`, with the signature that the settings have."""

from __future__ import annotations

import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from groundup.commands.table import Verb, perform
from groundup.config import Command, required
from groundup.errors import InputError
from groundup.messages.current import message
from groundup.terminal.log import say, speaking
from groundup.train.settings import TrainingCommand

PLAIN = (str, int, float, bool, type(None))  # values that hold no table
RUNS = Path("runs")  # where a folder lies that nobody named


def make_function(verb: Verb) -> types.FunctionType:
    """The function of a command. Its signature shows all settings; other names come to it as well, to be answered with ours."""
    from groundup.usage.signatures import docstring_of, signature_of

    name = verb.name

    def call(*positional: Any, **settings: Any):
        command = verb.settings()
        callback = callback_of(command, settings)
        settings = with_current_names(command, by_name(command, name, positional, settings))
        chosen = "out" in required(command) and settings.get("out") is None
        if chosen:
            settings["out"] = free_folder(name)
        if callback is None:
            return perform_settings(command, settings, chosen)
        from groundup.train.callback import calling

        with calling(callback):
            return perform_settings(command, settings, chosen)

    call.__name__ = call.__qualname__ = name
    call.__module__ = "groundup"
    call.__doc__ = docstring_of(verb)
    call.__signature__ = signature_of(verb.settings())  # ty: ignore[missing-attribute]
    return call


def perform_settings(command: type[Command], settings: dict[str, Any], chosen: bool) -> Any:
    """Do what settings say; tables in memory among them become files as long as they are needed. Where nobody chose `out`, it
    is said once the settings are known to be right."""
    from groundup.config import make_settings

    tables = None
    if not all(isinstance(value, PLAIN) for value in settings.values()):
        from groundup.data.dataframes import Tables

        tables = Tables(command, settings)
    made_settings = make_settings(command, settings if tables is None else tables.settings)
    if chosen:
        with speaking(made_settings):
            say(message("out is", folder=settings["out"]))
    if made_settings.dry_run:
        from groundup.usage.dry_run import dry_run

        return dry_run(made_settings)
    if tables is None:
        return perform(made_settings)
    with tables.written():
        return tables.lasting(perform(made_settings))


def callback_of(command: type[Command], settings: dict[str, Any]) -> Callable | None:
    """The callback among the settings, taken out of them."""
    name = "callback" if "callback" in settings else next((one for one in ("callbacks", "on_step") if one in settings), None)
    if name is None:
        return None
    value = settings.pop(name)
    if not issubclass(command, TrainingCommand):
        raise InputError("BAD_SETTING", name, "is for commands that train", "leave it out")
    if name != "callback":
        raise InputError("BAD_SETTING", name, "is no setting", "one function of a TrainingStep is given: callback=f")
    return value


def free_folder(name: str) -> str:
    """`runs/finetune-1`, with the first number of which there is nothing yet."""
    number = 1
    while (RUNS / f"{name}-{number}").exists():
        number += 1
    return str(RUNS / f"{name}-{number}")


def with_current_names(command: type, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings under today's names; a FutureWarning for each former one."""
    from groundup.former.names import with_current_names

    renamed: list[str] = []
    result = with_current_names(command, settings, renamed.append)
    for line in renamed:
        warnings.warn(line, FutureWarning, stacklevel=3)
    return result


def by_name(command: type[Command], name: str, positional: tuple, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings by name; one may be given without, where the command line takes it so too."""
    first = command.positional
    if not positional:
        return settings
    if first and len(positional) == 1 and first not in settings:
        return {first: positional[0], **settings}
    names = [first] if first else required(command)
    hint = ", ".join(f"{one}=..." for one in names if one not in settings)
    raise InputError("UNNAMED_SETTING", f"groundup.{name}", "takes its settings by name", f"write {name}({hint})")
