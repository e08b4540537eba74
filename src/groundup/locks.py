"""Who holds a folder. A lock dies with its process; what has none was left behind."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from groundup.errors import InputError

NAME = "lock"
POLL_INTERVAL = 0.05  # seconds between two tries
NOT_A_LOCK_ERRORS = {errno.ELOOP, errno.ENXIO, errno.EISDIR}  # a link, a pipe or socket, a folder


class Lock:
    """A folder held by this process."""

    def __init__(self, folder: Path, descriptor: int):
        self.folder, self.descriptor = folder, descriptor

    @property
    def is_valid(self) -> bool:
        """Whether the folder is still the one that was locked: neither removed nor another in its place."""
        return same_file(self.folder / NAME, self.descriptor)


@contextmanager
def lock(folder: Path, patience: float = 0.0) -> Generator[Lock]:
    """Hold a folder for this process; a second one is refused, after `patience` seconds."""
    end = time.monotonic() + patience
    while (descriptor := try_lock_folder(folder)) is None:
        if time.monotonic() >= end:
            who = owner(folder) or "unknown"
            raise InputError("RUN_LOCKED", folder, f"is in use by process {who}", "wait for it, or stop it")
        time.sleep(POLL_INTERVAL)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield Lock(folder, descriptor)
    finally:
        os.close(descriptor)


def try_lock_folder(folder: Path) -> int | None:
    """The lock of a folder, or nothing where another has it. Refused where something else lies in its place."""
    descriptor = open_lock(folder / NAME)
    if try_lock(descriptor) and same_file(folder / NAME, descriptor):  # else it was removed, with its folder, by who held it
        return descriptor
    os.close(descriptor)
    return None


def open_lock(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o666)
    except OSError as error:
        if error.errno not in NOT_A_LOCK_ERRORS:
            raise
    else:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_nlink < 2:
            return descriptor
        os.close(descriptor)
    raise InputError("NOT_A_FILE", path, "is a link, a pipe or a folder, not the lock of a run", "remove it")


def owner(folder: Path) -> str:
    """The number of the process that says it holds a folder."""
    descriptor = open_lock(folder / NAME)
    try:
        return os.read(descriptor, 100).decode(errors="backslashreplace").strip()
    finally:
        os.close(descriptor)


def same_file(path: Path, descriptor: int) -> bool:
    """Whether an open file is still the one of this name."""
    try:
        there, opened = os.lstat(path), os.fstat(descriptor)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (opened.st_dev, opened.st_ino)


def lock_directory(folder: Path, patience: float = 0.0) -> int | None:
    """Hold a folder itself until `release`, so that others see that somebody works on it. Nothing where folders have no locks,
    and where another holds it for longer than `patience` seconds."""
    if os.name != "posix":
        return None
    descriptor, end = os.open(folder, os.O_RDONLY), time.monotonic() + patience
    while not try_lock(descriptor):
        if time.monotonic() >= end:
            os.close(descriptor)
            return None
        time.sleep(POLL_INTERVAL)
    return descriptor


def release(descriptor: int | None) -> None:
    if descriptor is not None:
        os.close(descriptor)


def is_locked(folder: Path) -> bool:
    """Whether somebody holds a folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:  # it is gone; or Windows, which opens no folder
        return False
    try:
        return not try_lock(descriptor)
    finally:
        os.close(descriptor)


def try_lock(descriptor: int) -> bool:
    """Try to lock an open file or folder; where the system has no flock, msvcrt does it for files."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # ty: ignore[missing-attribute]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
