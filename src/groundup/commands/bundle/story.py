"""The story of bundle: the parts are checked, the libraries fetched, and the archive appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

from groundup import disk
from groundup.commands.bundle.archive import write_archive
from groundup.commands.bundle.parts import Part, parts_of
from groundup.commands.bundle.settings import Bundle
from groundup.commands.bundle.wheels import fetch_wheels, own_wheel, refuse_other_systems
from groundup.errors import InputError
from groundup.folders import begin_folder, check_output, make_parents
from groundup.locks import release
from groundup.runs import Outcome
from groundup.terminal.log import result, say, text


def bundle(settings: Bundle) -> Outcome:
    """Write the archive; what is left of a try that failed is removed."""
    out = Path(settings.out)
    if out.exists():
        raise InputError("OUTPUT_EXISTS", out, "is already there", "choose a new name")
    check_output(out)
    refuse_other_systems(settings)
    parts = parts_of(settings)
    root = out.stem if out.suffix else "bundle"
    make_parents(out.parent)
    folder, lock = begin_folder(out)
    try:
        wheels = libraries(settings, folder / "wheels")
        parts += [Part(f"wheels/{path.name}", path) for path in wheels]
        size = sum(part.path.stat().st_size for part in parts)
        disk.require_free(out.parent, size, "the files of the archive")
        write_archive(folder / "archive", root, parts, settings)
        if out.exists():
            raise InputError("OUTPUT_EXISTS", out, "was made meanwhile by another process", "choose a new name")
        disk.rename(folder / "archive", out)
        disk.fsync_folder(out.parent)
    finally:
        disk.remove_tree(folder)
        release(lock)
    result(text("bundle written", out=out, size=disk.mebibytes(out.stat().st_size), files=len(parts), packages=len(wheels)))
    result(text("bundle next", name=out.name, folder=root))
    return Outcome(out, {"files": len(parts), "packages": sorted(path.name for path in wheels), "bytes": out.stat().st_size})


def libraries(settings: Bundle, folder: Path) -> list[Path]:
    """The packages to install there: groundup itself, and what it needs."""
    disk.mkdir(folder)
    wheel = own_wheel(folder)
    say(text("bundle fetching") if settings.wheels is None else text("bundle taking", folder=settings.wheels))
    fetch_wheels(wheel, folder, settings)
    return sorted(folder.iterdir())
