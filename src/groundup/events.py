"""Logs of what happened: only ever added to, and sound after a kill or a power loss."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from groundup import disk
from groundup.errors import InputError
from groundup.strict_json import fields, line, parse_json


class Events:
    """An append-only log, one JSON object a line. What a kill or a power loss left unfinished is cut when it is opened."""

    def __init__(self, path: Path):
        self.path = path
        data = disk.read_regular(path) if os.path.lexists(path) else b""
        whole = whole_lines(data)
        self.length, self.hash = len(whole), hashlib.sha256(whole)
        self.descriptor = disk.open_append(path)
        disk.fsync_folder(path.parent)
        if len(whole) < len(data):
            self.cut(len(whole))

    def append(self, event: dict) -> None:
        data = line(event).encode("utf-8")
        disk.write(self.descriptor, data, self.path)
        self.length += len(data)
        self.hash.update(data)

    @property
    def position(self) -> tuple[int, str]:
        """Length and SHA-256 of the log so far."""
        return self.length, self.hash.hexdigest()

    def sync(self) -> None:
        disk.fsync(self.descriptor, self.path)

    def truncate(self, length: int) -> None:
        """Go back to an earlier position."""
        if length > self.length:
            raise InputError("EVENTS_DAMAGED", self.path, f"has {self.length} bytes, a checkpoint counts on {length}")
        if length < self.length:
            self.cut(length)
            self.length, self.hash = length, hashlib.sha256(disk.read_regular(self.path))

    def cut(self, length: int) -> None:
        """Shorten the file for good, or after a power loss its old end would stand between the lines that follow."""
        disk.truncate(self.path, length)
        self.sync()

    def close(self) -> None:
        disk.close(self.descriptor, self.path)


def whole_lines(data: bytes) -> bytes:
    """The sound beginning of a log. Bytes that a power loss kept from the disk are read back as zeros, which no line has."""
    written = data.partition(b"\0")[0]
    return written[: written.rfind(b"\n") + 1]


def read_events(path: Path) -> list[dict]:
    """The whole lines of an event log, each an object."""
    data = disk.read_regular(path) if os.path.lexists(path) else b""
    rows = whole_lines(data).split(b"\n")[:-1]
    return [fields(parse_json(row, f"{path}:{number}"), f"{path}:{number}") for number, row in enumerate(rows, 1)]
