"""What vouches for the files of a finished run that no folder's manifest lists: its settings, its log, its reports.

`finished.json` is a manifest, written last. While a command works on a finished run again it is set aside, and comes back as it
was where nothing changed.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from groundup import disk, locks
from groundup.errors import GateError, InputError
from groundup.folders import write_file
from groundup.manifest import MANIFEST, Manifest, Problem, hash_file, read_manifest, verify_files
from groundup.openings import OPENINGS, verify_openings
from groundup.strict_json import RESTORE, canonical

FINISHED, ASIDE = "finished.json", ".finished.json"
CHANGING = {"checkpoints", "features", "tensorboard", "mlflow", "wandb"}  # vouch for themselves, or are written by others


@contextmanager
def finishing(run: Path) -> Generator[None]:
    """Around the work on a run: at its end, or at a gate that refused its result, it vouches for its files. Refused for a
    finished run with a file that changed; one that is gone is made again."""
    if (run / FINISHED).is_file():
        if problems := [problem for problem in verify_run(run) if problem.is_present]:
            problems_text = tuple(f"{problem.place} {problem.what}" for problem in problems)
            raise InputError("DAMAGED", problems[0].place, problems[0].what, RESTORE, problems=problems_text)
        disk.replace(run / FINISHED, run / ASIDE)
    try:
        yield
    except GateError:
        finish(run)
        raise
    except BaseException:
        if is_unchanged(run):
            disk.replace(run / ASIDE, run / FINISHED)
        raise
    finish(run)


def finish(run: Path) -> None:
    """Vouch for a run's files as they are."""
    aside = run / ASIDE
    if is_unchanged(run):
        disk.replace(aside, run / FINISHED)
        disk.fsync_folder(run)
        return
    manifest = manifest_of(run)
    write_file(run / FINISHED, canonical(manifest.to_dict() | {"digest": manifest.digest}))
    if aside.is_file():
        disk.unlink(aside)


def is_unchanged(run: Path) -> bool:
    """Whether the files are those of the manifest that was set aside; to its openings may others have been added."""
    if not (run / ASIDE).is_file():
        return False
    before, now = (
        {entry for entry in manifest.files if entry.name != OPENINGS}
        for manifest in (read_manifest(run, ASIDE), manifest_of(run))
    )
    return before == now


def manifest_of(run: Path) -> Manifest:
    """The files of a run as they are, those of its folders by their manifests."""
    return Manifest("run", tuple(sorted(hash_file(path, path.relative_to(run).as_posix()) for path in files_of(run))))


def files_of(folder: Path, top: bool = True) -> Iterator[Path]:
    """What a finished run vouches for: not its lock, nor what has a manifest or is a run of its own."""
    inside = {path.name: path for path in sorted(folder.iterdir()) if not path.name.startswith(".") and not path.is_symlink()}
    if MANIFEST in inside or (not top and "run.json" in inside):
        yield from (inside[name] for name in (MANIFEST,) if name in inside)
        return
    for name, path in inside.items():
        if path.is_dir():
            if name not in CHANGING:
                yield from files_of(path, top=False)
        elif path.is_file() and name not in (locks.NAME, FINISHED):
            yield path


def verify_run(run: Path) -> list[Problem]:
    """Everything in a finished run that differs from what it vouches for."""
    try:
        manifest = read_manifest(run, FINISHED)
    except InputError as error:
        return [Problem(str(run / FINISHED), error.what)]
    log = next((entry for entry in manifest.files if entry.name == OPENINGS), None)
    return [*verify_files(run, (entry for entry in manifest.files if entry != log)), *verify_openings(run, log)]


def is_vouched(run: Path) -> bool:
    """Whether a run vouches for its files: it is finished, and by a version that does so."""
    return (run / FINISHED).is_file()
