"""Faults at a chosen place: the k-th operation on the file system, or the n-th call of a phase of training.

A run is forked, dies or fails there, and the parent looks at what is left. The parent runs no torch operation itself: a
forked child would wait for threads that it does not have. For the same reason these tests run in a process of their own
(`make test` sees to it; the marker `forks` keeps them out of any other).
"""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import traceback
from collections.abc import Callable
from pathlib import Path

from groundup import disk
from groundup.strict_json import canonical, parse_json

KILLED = -signal.SIGKILL
LONGEST = 120  # seconds
ACTS = ("kill before", "kill after", "full", "broken", "short")


class Faulty(disk.Operations):
    """Does everything as it should be, until the chosen operation."""

    def __init__(self, at: int = 0, act: str = ""):
        super().__init__()
        self.at, self.act = at, act

    def do(self, name, place, call, *arguments):
        self.count += 1
        if self.count != self.at:
            return call(*arguments)
        match self.act:
            case "kill before":
                os.kill(os.getpid(), signal.SIGKILL)
            case "kill after":
                call(*arguments)
                os.kill(os.getpid(), signal.SIGKILL)
            case "full":
                raise OSError(errno.ENOSPC, "no space", str(place))
            case "broken":
                raise OSError(errno.EIO, "input/output error", str(place))
            case "short" if name == "write":
                descriptor, data = arguments
                return call(descriptor, data[: max(1, len(data) // 2)])
        return call(*arguments)


def forked(body: Callable[[], object], at: int = 0, act: str = "", before: Callable[[], None] = lambda: None) -> int:
    """Run `body` in a child with a fault; its exit status (0, 1 for an exception, negative for a signal)."""
    child = os.fork()
    if child == 0:
        status = 1
        signal.alarm(LONGEST)  # rather dead than waiting for ever
        try:
            quiet()
            disk.operations = Faulty(at, act)
            before()
            body()
            status = 0
        except BaseException as error:
            status = getattr(error, "exit_code", 1)
            if status == 1:
                traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def quiet() -> None:
    """A child says nothing."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def operations_of(body: Callable[[], object], counter: Path) -> int:
    """How many operations an undisturbed run makes."""

    def counted() -> None:
        body()
        counter.write_text(str(disk.operations.count))

    assert forked(counted) == 0
    return int(counter.read_text())


def kill_at(owner: object, name: str, number: int) -> Callable[[], None]:
    """Makes the child die at the `number`-th call of owner.name."""

    def prepare() -> None:
        original, calls = getattr(owner, name), [0]

        def dying(*arguments, **named):
            calls[0] += 1
            if calls[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)

        setattr(owner, name, dying)

    return prepare


def state_of(run: Path) -> str:
    """SHA-256 of everything a run ends with: last checkpoint, model, and events without wall time."""
    found = hashlib.sha256()
    last = max((run / "checkpoints").glob("step-*"))
    for folder in (last, run / "model"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name != "state.json" and path.name != "manifest.json":
                found.update(f"{folder.name}/{path.name}\0".encode() + path.read_bytes())
    for line in (run / "events.jsonl").read_bytes().split(b"\n")[:-1]:
        event = parse_json(line, run)
        found.update(canonical({k: v for k, v in event.items() if not k.startswith("wall_")}).encode())
    return found.hexdigest()
