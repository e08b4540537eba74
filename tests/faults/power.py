"""What a power loss may leave: the operations of a save are recorded, and the disks it may leave are built again.

The disk is the one that POSIX promises: fsync of a file keeps its bytes, fsync of a folder keeps the names in it. Of all
the rest any part may be there or not, in any order: names before bytes, bytes cut or read back as zeros, a later change
without an earlier one. Only a rename is seen whole or not at all.
"""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from groundup import disk

NOBODY = 99_999_999  # a process number that no system gives: after the power loss the writer is dead
FATES = ("whole", "lost", "half", "zeros")

Tree = dict[str, bytes | None]  # relative path -> content, None for a folder; outer ones first


class Operation(NamedTuple):
    """One operation on the file system, or a promise that was given (`name` is then "promise")."""

    name: str
    path: str = ""
    source: str = ""  # of a rename
    position: int = 0  # of a write; the length of a truncation
    data: bytes = b""
    promised: int = 0


@dataclass
class Recording:
    """What was there before, and everything that was done then."""

    before: Tree
    operations: list[Operation] = field(default_factory=list)

    def without(self, unwanted: Callable[[Operation], bool]) -> Recording:
        return Recording(self.before, [operation for operation in self.operations if not unwanted(operation)])


class Recorder(disk.Operations):
    """Does everything as it should be, and notes it."""

    def __init__(self, root: Path):
        super().__init__()
        self.root, self.recording = root, Recording(read_tree(root))

    def do(self, name, place, call, *arguments):
        result = super().do(name, place, call, *arguments)
        operation = Operation(name, self.relative(place))
        match name:
            case "write":
                descriptor, data = arguments
                end = os.lseek(descriptor, 0, os.SEEK_CUR)
                operation = operation._replace(position=end - result, data=bytes(data[:result]))
            case "truncate":
                operation = operation._replace(position=arguments[1])
            case "rename":
                operation = operation._replace(source=self.relative(arguments[0]))
        self.recording.operations.append(operation)
        return result

    def relative(self, place: Path | str) -> str:
        return Path(place).relative_to(self.root).as_posix()

    def promise(self, promised: int) -> None:
        """From here on the caller has been told that this is saved."""
        self.recording.operations.append(Operation("promise", promised=promised))


def record(root: Path, body: Callable[[Callable[[int], None]], object]) -> Recording:
    """Run `body` in a folder and note what it does there. It is given the function that notes a promise."""
    real, recorder = disk.operations, Recorder(root)
    disk.operations = recorder
    try:
        body(recorder.promise)
    finally:
        disk.operations = real
    return recorder.recording


class Named(NamedTuple):
    """Entries of a folder that come, go (None) or, in a rename, both at once."""

    inode: int
    entries: dict[str, int | None]


class Written(NamedTuple):
    inode: int
    position: int
    data: bytes


class Cut(NamedTuple):
    inode: int
    length: int


Change = Named | Written | Cut
Inodes = list[dict[str, int] | bytes]  # folders and files by number; the root is number 0


class Disk:
    """A disk with a cache: `seen` is what programs see, `kept` what would be there without power and what is `pending`."""

    def __init__(self, tree: Tree):
        self.seen: Inodes = [{}]
        self.kept: Inodes = [{}]
        self.pending: list[Change] = []
        for path, content in tree.items():
            self.add(path, {} if content is None else content)
        self.kept, self.pending = copy.deepcopy(self.seen), []

    def do(self, operation: Operation) -> None:
        """Follow one recorded operation."""
        name, path = operation.name, operation.path
        match name:
            case "open" if self.find(path) is None:
                self.add(path, b"")
            case "mkdir":
                self.add(path, {})
            case "write":
                self.change(Written(self.inode(path), operation.position, operation.data))
            case "truncate":
                self.change(Cut(self.inode(path), operation.position))
            case "rename":
                (folder, new), (other, old) = self.entry(path), self.entry(operation.source)
                assert folder == other, "a rename between folders is two changes; nobody makes one"
                self.change(Named(folder, {old: None, new: self.inode(operation.source)}))
            case "unlink" | "rmdir":
                folder, last = self.entry(path)
                self.change(Named(folder, {last: None}))
            case "fsync":
                self.sync(self.inode(path))
            case "open" | "close" | "promise":
                pass
            case _:
                raise NotImplementedError(name)

    def add(self, path: str, content: dict[str, int] | bytes) -> None:
        for inodes in (self.seen, self.kept):
            inodes.append(copy.copy(content))
        folder, last = self.entry(path)
        self.change(Named(folder, {last: len(self.seen) - 1}))

    def change(self, change: Change) -> None:
        apply(self.seen, change)
        self.pending.append(change)

    def sync(self, inode: int) -> None:
        for change in self.pending:
            if change.inode == inode:
                apply(self.kept, change)
        self.pending = [change for change in self.pending if change.inode != inode]

    def find(self, path: str) -> int | None:
        number: int | None = 0
        for part in Path(path).parts:
            folder = self.seen[number] if number is not None else {}
            assert isinstance(folder, dict)
            number = folder.get(part)
        return number

    def inode(self, path: str) -> int:
        number = self.find(path)
        assert number is not None, path
        return number

    def entry(self, path: str) -> tuple[int, str]:
        """The folder a path is in, and its name there."""
        return self.inode(Path(path).parent.as_posix()), Path(path).name

    def without_power(self, fates: Iterable[str]) -> Tree:
        """The files that are left when every pending change has met its fate."""
        inodes = [copy.copy(content) for content in self.kept]
        for change, fate in zip(self.pending, fates, strict=True):
            apply(inodes, change, fate)
        return dict(paths(inodes))


def apply(inodes: Inodes, change: Change, fate: str = "whole") -> None:
    """Make a change, or what is left of it. Names have no halves."""
    content = inodes[change.inode]
    match change:
        case _ if fate == "lost":
            return
        case Named(_, entries):
            assert isinstance(content, dict)
            for name, inode in entries.items():
                if inode is None:
                    content.pop(name, None)
                else:
                    content[name] = inode
        case Written(number, position, data):
            assert isinstance(content, bytes)
            left = {"whole": data, "half": data[: len(data) // 2], "zeros": bytes(len(data))}[fate]
            inodes[number] = content[:position].ljust(position, b"\0") + left + content[position + len(left) :]
        case Cut(number, length):
            assert isinstance(content, bytes)
            inodes[number] = content[:length].ljust(length, b"\0")


def paths(inodes: Inodes, number: int = 0, place: str = "") -> Generator[tuple[str, bytes | None]]:
    folder = inodes[number]
    assert isinstance(folder, dict)
    for name, inode in sorted(folder.items()):
        content = inodes[inode]
        yield place + name, content if isinstance(content, bytes) else None
        if isinstance(content, dict):
            yield from paths(inodes, inode, f"{place}{name}/")


def fates(pending: Sequence[Change], draws: int, random: Random) -> Generator[tuple[str, ...]]:
    """What may become of the pending changes: the corners, all but one, one alone, and some drawn ones."""
    number = len(pending)
    for fate in FATES:
        yield (fate,) * number  # "half" and "zeros" keep the names
    yield tuple("whole" if isinstance(change, Named) else "lost" for change in pending)
    yield tuple("lost" if isinstance(change, Named) else "whole" for change in pending)
    for one, others in (("lost", "whole"), ("whole", "lost"), ("half", "whole"), ("zeros", "whole")):
        for i in range(number):
            yield (others,) * i + (one,) + (others,) * (number - i - 1)
    for _ in range(draws if number > 1 else 0):
        weights = [random.random() for _ in FATES]
        yield tuple(random.choices(FATES, weights, k=number))


def states(recording: Recording, draws: int) -> Generator[tuple[int, int, Tree]]:
    """Every disk that a power loss may leave (each once): after how many operations, what was promised by then, the files."""
    drive, promised, known, random = Disk(recording.before), 0, set(), Random(0)
    for number, operation in enumerate(recording.operations, 1):
        drive.do(operation)
        promised = operation.promised if operation.name == "promise" else promised
        for chosen in fates(drive.pending, draws, random):
            tree = drive.without_power(chosen)
            key = promised, tuple(tree.items())
            if key not in known:
                known.add(key)
                yield number, promised, tree


class Quick(disk.Operations):
    """Waits for no disk: while a state is looked at, the power stays on."""

    def do(self, name, place, call, *arguments):
        return None if name == "fsync" else super().do(name, place, call, *arguments)


@dataclass
class Replay:
    """Looks at all states; `broken` says of each that fails the check after which operation, and how."""

    place: Path
    check: Callable[[Path, int], None]
    draws: int = 4
    count: int = 0

    def broken(self, recording: Recording) -> Generator[str]:
        real, root = disk.operations, self.place / "replayed"
        for number, promised, tree in states(recording, self.draws):
            self.count += 1
            write_tree(root, tree)
            disk.operations = Quick()
            try:
                self.check(root, promised)
            except Exception as error:  # whatever it is, it is what a user would meet
                last = recording.operations[number - 1]
                yield f"after {number} operations ({last.name} {last.path}), {promised} promised: {error!r} in {described(tree)}"
            finally:
                disk.operations = real
                shutil.rmtree(root)


def described(tree: Tree) -> str:
    return ", ".join(path if content is None else f"{path} ({len(content)} bytes)" for path, content in tree.items())


def read_tree(root: Path) -> Tree:
    return {p.relative_to(root).as_posix(): p.read_bytes() if p.is_file() else None for p in sorted(root.rglob("*"))}


def write_tree(root: Path, tree: Tree) -> None:
    """The files of a state; what the recording process left unfinished is a dead process's now."""
    root.mkdir()
    for path, content in tree.items():
        target = root / path.replace(f"-{os.getpid()}-", f"-{NOBODY}-")
        if content is None:
            target.mkdir()
        else:
            target.write_bytes(content)
