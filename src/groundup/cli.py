"""groundup <command> [file.yaml] [--name value ...]. Help and refusals come before anything heavy is imported."""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import TYPE_CHECKING

from groundup.commands.table import COMMANDS, GROUPS, command_class, perform
from groundup.errors import GroundupError, InputError, ResourceError, StorageError, one_line
from groundup.offline import keep_to_ourselves
from groundup.terminal.log import error as error_line
from groundup.terminal.log import output, printing, result, say, speaking, text
from groundup.usage.dry_run import dry_run

if TYPE_CHECKING:
    from groundup.config import Command

UNREAD = ("BAD_YAML", "NOT_A_FILE", "NO_FILE", "FILE_TOO_LARGE")  # what a file is that holds no settings
OUT_OF_MEMORY = re.compile(r"allocate memory|not enough memory|out of memory|bad_?alloc|[Ff]ailed to allocate|unable to mmap")
SETTINGS_FILE = "--settings"
USAGE = "usage: groundup <command> [file.yaml] [--name value ...]"


def main(arguments: list[str] | None = None) -> int:
    """Run one command line; the exit code says how it ended."""
    with printing():
        return run_safely(sys.argv[1:] if arguments is None else arguments)


def run_safely(arguments: list[str]) -> int:
    """Run one command line; what goes wrong is said in one line."""
    try:
        return run(arguments)
    except KeyboardInterrupt:
        error_line("groundup: stopped")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        line = explain(error)
        if line is None and debug_asked(arguments):
            raise
        return report(line or fault(error))


def explain(error: Exception) -> GroundupError | None:
    """What went wrong outside of us, or None for a fault of ours."""
    if isinstance(error, GroundupError):
        return error
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and OUT_OF_MEMORY.search(str(error))):
        return ResourceError("OUT_OF_MEMORY", "", "the machine ran out of memory", "a smaller batch or model")
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return ResourceError("TOO_MANY_THREADS", "", "no further thread can be started", "raise the limit: ulimit -u")
    if isinstance(error, OSError):
        place, what = error.filename or "", error.strerror or "failed"
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            return StorageError("STORAGE", place, what)
        if error.errno in (errno.ENOMEM, errno.EAGAIN):
            return ResourceError("OUT_OF_MEMORY", place, what, "a smaller batch or model, or --threads 1")
        if error.errno in (errno.EMFILE, errno.ENFILE):
            return ResourceError("TOO_MANY_FILES", place, what, "raise the limit: ulimit -n 4096")
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP, errno.ENAMETOOLONG):
            return InputError("NO_ACCESS", place, what)
    return None


def fault(error: Exception) -> GroundupError:
    """A fault of ours; the trace is shown only when asked for."""
    message = " ".join(str(error).split())[:300] or "no message"
    return GroundupError("INTERNAL", type(error).__name__, message, "this is a fault of groundup; --debug shows where")


def debug_asked(arguments: list[str]) -> bool:
    return any(argument in ("--debug", "--debug=true") for argument in arguments)


def report(error: GroundupError) -> int:
    for line in error.lines():
        error_line(f"groundup: {line}")
    return error.exit_code


def run(arguments: list[str]) -> int:
    if len(arguments) > 1 and arguments[0] == "help":
        arguments = [arguments[1], "--help", *arguments[2:]]
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        output("\n".join(overview()))
        return 0
    if arguments[0] == "--version":
        from groundup.version import VERSION

        output(f"groundup {VERSION}")
        return 0
    if arguments[0] == "--completion":
        from groundup.usage.completion import script

        output(script("".join(arguments[1:2])))
        return 0
    name, rest = arguments[0], arguments[1:]
    command = command_class(name)
    if (topic := help_topic(rest)) is not None:
        from groundup.usage.help import help_text

        output(help_text(command, name, topic))
        return 0
    from groundup.commands.paths import not_settings
    from groundup.flags import from_command_line

    file, rest = settings_file(command, rest)
    renamed: list[str] = []
    try:
        settings = from_command_line(command, file, rest, renamed.append)
    except InputError as error:
        raise (not_settings(command, file, error) if file is not None and error.code in UNREAD else error) from None
    with speaking(settings):
        for line in renamed:
            from groundup.messages.current import renamed_text

            say(text("note of groundup", line=renamed_text(line)))
    if settings.dry_run:
        dry_run(settings)
        return 0
    keep_to_ourselves()
    outcome = perform(settings)
    if shown := getattr(outcome, "shown", ""):
        output(shown)
    with speaking(settings):
        for reservation in getattr(outcome, "reservations", []):
            result(text("note of groundup", line=one_line(reservation)))
    return getattr(outcome, "exit_code", 0)


def overview() -> list[str]:
    """The help of the whole program."""
    import textwrap

    width = max(map(len, COMMANDS))
    lines = [USAGE, "", "start with:", "  groundup demo", "  groundup columns FILE", "  groundup finetune --help"]
    for group, names in GROUPS.items():
        lines += ["", f"{group}:"]
        for name in names:
            head = f"  {name:<{width}}  "
            lines += textwrap.wrap(COMMANDS[name], 80, initial_indent=head, subsequent_indent=" " * len(head))
    return [*lines, "", "groundup COMMAND --help tells its settings; groundup --completion bash completes them."]


def help_topic(words: list[str]) -> str | None:
    """What help is asked for: "" is the short one, None is none at all."""
    for number, word in enumerate(words):
        if word in ("--help", "-h"):
            return "".join(words[number + 1 : number + 2])
        if word.startswith("--help="):
            return word.removeprefix("--help=")
    return None


def is_settings_file(command: type[Command], word: str) -> bool:
    """Whether the first word names the YAML file of the settings. Of a command that takes something else without a name, only
    where it ends like one; a recipe ends so itself."""
    if word.startswith("--"):
        return False
    return not command.positional or (word.lower().endswith((".yaml", ".yml")) and command.positional != "recipe")


def settings_file(command: type[Command], words: list[str]) -> tuple[str | None, list[str]]:
    """(the YAML file of the settings, the other words): the first word, or what --settings names. InputError for two files."""
    rest, files = list(words), list[str]()
    if rest and is_settings_file(command, rest[0]):
        files.append(rest.pop(0))
    while (place := next((n for n, word in enumerate(rest) if word.partition("=")[0] == SETTINGS_FILE), None)) is not None:
        word = rest.pop(place)
        if "=" not in word and (place == len(rest) or rest[place].startswith("--")):
            raise InputError("BAD_SETTING", "settings", "has no value", "name a YAML file of settings")
        files.append(word.partition("=")[2] if "=" in word else rest.pop(place))
    if len(files) > 1:
        what = f"two files of settings: {files[0]} and {files[1]}"
        raise InputError("BAD_SETTING", "settings", what, "give one; other settings by their names")
    return (files[0] if files else None), rest
