"""Run folders: frozen settings, an event log, checkpoints, and the published model."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from groundup import disk
from groundup.errors import InputError, StorageError, printable
from groundup.events import Events
from groundup.finished import finishing
from groundup.folders import check_output, make_parents, remove_all_leftovers, write_file
from groundup.former.names import current_keys
from groundup.locks import Lock, lock
from groundup.manifest import is_ours, read_manifest, verify_folder
from groundup.messages.current import message
from groundup.shown import Shown
from groundup.strict_json import canonical, fields, read_json

CHANGED = "the content has changed"  # of files
LONGEST_VERDICT = 160  # characters of a verdict in a repr
SHOWN = 10  # differences listed when a run is refused
UNTRAINED = {"run.json", "events.jsonl", "lock", "data"}  # what a run holds before it trains


@dataclass(repr=False)
class Outcome(Shown):
    """What a command returns: where its result is, and what the reader must know."""

    path: Path
    facts: dict = field(default_factory=dict)
    reservations: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 3 if self.reservations else 0

    def __repr__(self) -> str:
        """`<Outcome runs/t: The Transformer is ahead ...; facts: steps, report; 1 reservation>`."""
        report = self.facts.get("report")
        verdict = report.get("verdict") if isinstance(report, dict) else None
        text = verdict.get("text", "") if isinstance(verdict, dict) else ""
        count = len(self.reservations)
        parts = [printable(text, LONGEST_VERDICT), f"facts: {', '.join(self.facts)}" if self.facts else ""]
        parts.append(f"{count} reservation{'s' * (count != 1)}" if count else "")
        place = f" {printable(self.path)}" if str(self.path) not in ("-", "None") else ""
        return f"<{type(self).__name__}{place}: {'; '.join(filter(None, parts))}>"


class RunFolder:
    """`--out` of a training command. `run.json` never changes once the plan is in it."""

    def __init__(self, path: Path, events: Events, lock: Lock):
        self.path, self.events, self.lock = path, events, lock
        self.reservations: list[str] = []

    @staticmethod
    @contextmanager
    def open(path: Path, settings: dict, defaults: Collection[str] = (), command: str = "") -> Generator[RunFolder]:
        """Hold a run's folder: a new one, or the one of the same settings, to go on. Anything else is refused. `defaults` are
        the settings that have their default: a run of an older version, which lacks one of them, is none with other settings.

        A new run that is refused before it has trained leaves nothing behind, so that the mended command may take its place.
        """
        check_run_output(path)
        known = path / "run.json"
        new_folders = make_parents(path)
        with lock(path) as held_lock:
            new = not known.is_file()
            if not new:
                before = read_run(path)
                refuse_command(path, before, command)
                refuse_difference(path, before["settings"], settings, defaults)
            else:
                write_file(known, canonical({"settings": settings} | ({"command": command} if command else {})))
            for folder in (path, path / "checkpoints"):
                remove_all_leftovers(folder)
            try:
                with finishing(path), closing(Events(path / "events.jsonl")) as events:
                    run = RunFolder(path, events, held_lock)
                    yield run
                    run.require()
            except InputError:
                if new and path.is_dir() and {entry.name for entry in path.iterdir()} <= UNTRAINED:
                    withdraw(path, new_folders)
                raise

    def require(self) -> None:
        """Raise StorageError where the folder was removed, or another put in its place, while the run was going on."""
        if not self.lock.is_valid:
            raise StorageError(
                "RUN_REMOVED", self.path, "was removed or replaced while the run was going on", "run the same command again"
            )

    def plan(self, make: Callable[[], dict]) -> dict:
        """The frozen plan of the run, made once."""
        value = read_run(self.path)
        if value.get("plan") is None:
            value["plan"] = make()
            write_file(self.path / "run.json", canonical(value))
        return value["plan"]

    @property
    def resolved(self) -> dict:
        """What training was given once everything was decided; empty in folders of older versions, and before it begins."""
        return resolved_in(self.path)

    def resolve(self, values: dict) -> dict:
        """Keep what training was given. A resumed run keeps what it began with, and says where that is no longer so.

        It is no part of what a resumed run is compared by: the data and the machine decide some of it.
        """
        known = self.resolved
        if not known:
            write_file(self.path / "run.json", canonical(read_run(self.path) | {"resolved": values}))
            return values
        began_with = fields(known, self.path / "run.json: resolved", optimizer=(dict, type(None))).get("optimizer")
        before, now = flat(began_with or {}), flat(values.get("optimizer", {}))
        changed = [f"{name} {before[name]} -> {now.get(name)}" for name in before if before[name] != now.get(name)]
        if changed:
            self.reservations.append(message("optimizer differs", values=", ".join(changed)))
        return known

    def checkpoint(self, step: int) -> Path:
        return self.path / "checkpoints" / f"step-{step:08d}"

    def checkpoints(self) -> list[Path]:
        """All checkpoints, newest first, sound or not."""
        folder = self.path / "checkpoints"
        if not folder.is_dir():
            return []
        return sorted((p for p in folder.iterdir() if re.fullmatch(r"step-\d{8}", p.name)), reverse=True)

    def newest(self, wrong: Callable[[Path], str] = lambda checkpoint: "") -> Path | None:
        """The newest checkpoint that verifies, and in which nothing is `wrong` (in words). Damaged ones are noted and set
        aside; all damaged is refused."""
        checkpoints, damaged = self.checkpoints(), []
        for path in checkpoints:
            problems = verify_folder(path)
            what = problems[0].what if problems else wrong(path)
            if not what:
                for newer in damaged:
                    self.set_aside(newer)
                return path
            damaged.append(path)
            self.reservations.append(message("checkpoint damaged", name=path.name, what=what))
        if checkpoints:
            raise InputError(
                "ALL_CHECKPOINTS_DAMAGED",
                self.path,
                f"none of {len(checkpoints)} checkpoints is sound",
                "restore one, or start a new run in another folder",
            )
        return None

    def set_aside(self, checkpoint: Path) -> None:
        """Keep a damaged checkpoint under another name: the run will come to its step again, and must not count on it."""
        place = checkpoint.parent / f"damaged-{checkpoint.name}"
        if place.exists():
            disk.remove_tree(place)
        disk.rename(checkpoint, place)

    def retain(self, keep: int, pinned: set[int]) -> None:
        """Remove older checkpoints, but never the newest `keep` or the pinned ones."""
        for path in self.checkpoints()[keep:]:
            if int(path.name.removeprefix("step-")) not in pinned:
                trash = path.parent / f".trash-{path.name}"
                disk.rename(path, trash)
                disk.fsync_folder(path.parent)  # or a power loss may leave a half removed one under its old name
                disk.remove_tree(trash)

    def outcome(self, **facts: object) -> Outcome:
        return Outcome(self.path, facts, self.reservations)


def resolved_in(path: Path) -> dict:
    """What the training of a run folder was given; empty where it is not known."""
    resolved = read_run(path).get("resolved") or {} if (path / "run.json").is_file() else {}
    return {name: current_keys(value) if isinstance(value, dict) else value for name, value in current_keys(resolved).items()}


def read_run(path: Path) -> dict:
    """What a run folder says of itself: its settings, and its plan and what training was given, once these are decided."""
    place = path / "run.json"
    return fields(read_json(place), place, settings=dict, plan=(dict, type(None)), resolved=(dict, type(None)))


def withdraw(path: Path, new_folders: Sequence[Path]) -> None:
    """Remove what a new run wrote, and the folders that were made for it."""
    for entry in [*path.iterdir()]:
        if entry.is_dir():
            disk.remove_tree(entry)
        else:
            disk.unlink(entry)
    for folder in reversed(new_folders):
        if not any(folder.iterdir()):
            disk.rmdir(folder)


def check_run_output(path: Path) -> None:
    """Refuse a place where no run can lie: what is no folder, and a folder with other things in it."""
    check_output(path)
    if path.is_dir() and any(path.iterdir()) and not (path / "run.json").is_file() and not only_ours(path):
        raise InputError("OUTPUT_NOT_OURS", path, "is a folder with other things in it", "name a new folder")


def refuse_command(path: Path, before: dict, command: str) -> None:
    """Refuse a run of another command. Runs of older versions do not tell theirs."""
    earlier = before.get("command", command)
    if command and earlier != command:
        raise InputError("RUN_DIFFERS", path, f"holds a run of {printable(earlier)}", "name another --out for a new run")


def refuse_difference(path: Path, old: dict, new: dict, defaults: Collection[str] = ()) -> None:
    """Never silently another run: list what differs."""
    if problem := differences(old, new, defaults):
        fix = "use the same settings to go on, or another --out for a new run"
        what = "holds a run with other settings"
        if files := re.findall(rf"(?:^|; )([^:;]+): {CHANGED}", problem):
            what = (
                "holds a run of other files" if problem.count("; ") < len(files) else "holds a run of other files and settings"
            )
            fix = f"put the old {' and '.join(files)} back to go on, or give another --out for a new run"
        raise InputError("RUN_DIFFERS", path, f"{what}: {problem}", fix)


def is_made(path: Path, settings: dict, defaults: Collection[str]) -> bool:
    """Whether a data folder is there, made with these settings. One made with others is refused."""
    if not (path.is_dir() and is_ours(path)):
        return False
    if problem := differences(read_manifest(path).settings, settings, defaults):
        raise InputError("OUTPUT_DIFFERS", path, f"was made with other settings: {problem}", "choose a new folder")
    return True


def differences(old: dict, new: dict, defaults: Collection[str] = ()) -> str:
    """What differs in settings, for people; of `defaults` those that the old ones lack, being of an older version, do not. The
    language of lines and pages makes no other run."""
    after = flat(new)
    before = current_keys(flat(old), after)
    changed = [
        k
        for k in sorted((before.keys() | after.keys()) - {"language"})
        if before.get(k) != after.get(k) and not (k in defaults and k not in before)
    ]
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    return "; ".join(f"{k}: {difference_text(before.get(k), after.get(k))}" for k in changed[:SHOWN]) + more


def difference_text(before: object, after: object) -> str:
    """How two values differ, for people: digests stand for the content of files, and are cut."""
    if is_digest(before) and is_digest(after):
        return f"{CHANGED} (SHA-256 {str(before)[:8]}... -> {str(after)[:8]}...)"
    return f"{before!r} -> {after!r}"


def is_digest(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def only_ours(path: Path) -> bool:
    """Whether a folder holds nothing but a lock and unfinished files of ours (a run killed at its very start)."""
    return all(entry.name == "lock" or entry.name.startswith(".tmp-run.json-") for entry in path.iterdir())


def flat(value: object, name: str = "") -> dict[str, object]:
    """Nested settings as dotted names."""
    if not isinstance(value, dict):
        return {name: value}
    return {k: v for key, inner in value.items() for k, v in flat(inner, f"{name}.{key}" if name else key).items()}
