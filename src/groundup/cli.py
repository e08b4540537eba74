"""groundup <command> [file.yaml] [--name value ...]. Help and refusals come before anything heavy is imported."""

from __future__ import annotations

import errno
import os
import sys

from groundup.commands.names import COMMANDS, command_class
from groundup.errors import GroundupError

USAGE = "usage: groundup <command> [file.yaml] [--name value ...]"


def main(arguments: list[str] | None = None) -> int:
    """Run one command line; the exit code says how it ended."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        return run(arguments)
    except GroundupError as error:
        for line in lines_of(error):
            print(line, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("groundup: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError:
        print("groundup: error OUT_OF_MEMORY: the machine ran out of memory. Fix: a smaller batch or model", file=sys.stderr)
        return 71
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            print(f"groundup: error STORAGE {error.filename}: {error.strerror}.", file=sys.stderr)
            return 74
        return fault(error, arguments)
    except Exception as error:
        return fault(error, arguments)


def fault(error: Exception, arguments: list[str]) -> int:
    """A fault of ours: one line, and the trace only when asked for."""
    if "--debug" in arguments:
        raise error
    message = " ".join(str(error).split())[:300]
    print(f"groundup: error INTERNAL {type(error).__name__}: {message}. Fix: this is a fault of groundup; --debug shows where",
          file=sys.stderr)  # fmt: skip
    return 1


def lines_of(error: GroundupError) -> list[str]:
    """One line per mistake."""
    if not error.problems:
        return [f"groundup: {error.line()}"]
    return [f"groundup: error {error.code} {problem}" for problem in error.problems]


def run(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("--help", "-h", "help"):
        width = max(map(len, COMMANDS))
        print(USAGE, "", *(f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()), "", sep="\n")
        print("groundup <command> --help tells its settings; groundup --version the version.")
        return 0
    if arguments[0] == "--version":
        from groundup.version import VERSION

        print(f"groundup {VERSION}")
        return 0
    name, rest = arguments[0], arguments[1:]
    command = command_class(name)
    from groundup import config

    if "--help" in rest or "-h" in rest:
        print(config.help_text(command, name))
        return 0
    file = None
    if rest and not rest[0].startswith("--") and not command.positional:
        file = rest.pop(0)
    settings = config.from_command_line(command, file, rest)
    if settings.dry_run:
        print(as_yaml(config.to_dict(settings)), end="")
        return 0
    result = settings.run()
    for reservation in getattr(result, "reservations", []):
        print(f"groundup: note {reservation}", file=sys.stderr)
    return getattr(result, "exit_code", 0)


def as_yaml(settings: dict) -> str:
    import yaml

    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)


if __name__ == "__main__":
    sys.exit(main())
