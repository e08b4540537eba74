"""The only place that changes the file system. Every operation goes through `operations`, which counts; the fault
harness puts another object in its place to kill, fill the disk or cut a write at any one of them."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

from groundup.errors import InputError, StorageError

NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
DISK_FULL_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Operations:
    """The system calls themselves, counted."""

    def __init__(self):
        self.count = 0

    def do(self, name: str, place: Path | str, call, *arguments):
        """Run one system call. `name` and `place` say what it is to whoever stands in between."""
        self.count += 1
        return call(*arguments)


operations = Operations()


def perform(name: str, place: Path | str, call, *arguments):
    """One operation; a failure of storage becomes a StorageError that names the place and what is free."""
    try:
        return operations.do(name, place, call, *arguments)
    except OSError as error:
        if error.errno in DISK_FULL_ERRORS:
            raise StorageError(
                "DISK_FULL",
                place,
                f"no space left to {name} ({free_text(place)} free)",
                "free some space and run the same command again",
            ) from error
        if error.errno == errno.EIO:
            raise StorageError("IO_ERROR", place, f"the disk failed to {name}", "check the disk") from error
        if name == "fsync":
            raise StorageError("FSYNC_FAILED", place, "the data may not have reached the disk", "check the disk") from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            what = f"cannot {name}: {error.strerror}"
            raise StorageError("NOT_WRITABLE", place, what, "choose a folder you may write") from error
        raise


def free_text(place: Path | str) -> str:
    """Free space of the file system that holds a place, for messages."""
    return mebibytes(free_bytes(place))


def free_bytes(place: Path | str) -> int:
    """Bytes free on the file system that holds a place, there already or not."""
    path = Path(place)
    while not path.exists() and path != path.parent:
        path = path.parent
    return shutil.disk_usage(path).free


def require_free(place: Path, needed: int, what: str) -> None:
    """Refuse to begin what will not fit."""
    free = free_bytes(place)
    if free < needed:
        raise StorageError(
            "DISK_FULL",
            place,
            f"{what} need {mebibytes(needed)}, and {mebibytes(free)} are free",
            "free some space and run the same command again",
        )


def mebibytes(count: int) -> str:
    return f"{count / 2**20:,.1f} MiB"


def mkdir(path: Path, mode: int = 0o777) -> None:
    perform("mkdir", path, os.mkdir, path, mode)


def open_new(path: Path) -> int:
    """A descriptor of a file that did not exist."""
    return perform("open", path, os.open, path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)


def open_append(path: Path) -> int:
    """A descriptor at the end of a file of ours; a link, a pipe or a device in its place is refused, and never waited for."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | NO_FOLLOW
    return only_regular(path, lambda: perform("open", path, os.open, path, flags, 0o666))


def read_regular(path: Path) -> bytes:
    """The bytes of a file of ours; a link, a pipe or a device in its place is refused, and never waited for."""
    with open(only_regular(path, lambda: os.open(path, os.O_RDONLY | NO_FOLLOW)), "rb") as file:
        return file.read()


def only_regular(path: Path, opened: Callable[[], int]) -> int:
    """The descriptor that was opened, where it is that of a regular file."""
    try:
        descriptor = opened()
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENXIO, errno.EISDIR):  # a link, a pipe that nobody reads, a folder
            raise
    else:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
    raise InputError("NOT_A_FILE", path, "is a link, a pipe or something else than a file of its own", "remove it")


def write(descriptor: int, data: bytes, place: Path | str) -> None:
    """All of the data, however many calls it takes."""
    view = memoryview(data)
    while view:
        view = view[perform("write", place, os.write, descriptor, view) :]


def fsync(descriptor: int, place: Path | str) -> None:
    perform("fsync", place, os.fsync, descriptor)


def close(descriptor: int, place: Path | str) -> None:
    perform("close", place, os.close, descriptor)


def fsync_folder(path: Path) -> None:
    """Make the names in a folder durable (where the system has such a thing)."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fsync(descriptor, path)
    finally:
        os.close(descriptor)


def rename(source: Path, target: Path) -> None:
    perform("rename", target, os.rename, source, target)


def replace(source: Path, target: Path) -> None:
    perform("rename", target, os.replace, source, target)


def unlink(path: Path) -> None:
    perform("unlink", path, os.unlink, path)


def truncate(path: Path, length: int) -> None:
    perform("truncate", path, os.truncate, path, length)


def rmdir(path: Path) -> None:
    perform("rmdir", path, os.rmdir, path)


def remove_tree(path: Path) -> None:
    """Remove a folder and what is in it, links not followed."""
    for entry in sorted(os.scandir(path), key=lambda e: e.name):
        if entry.is_dir(follow_symlinks=False):
            remove_tree(Path(entry.path))
        else:
            unlink(Path(entry.path))
    rmdir(path)
