"""The story of verify."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from groundup.commands.verify.settings import Verify
from groundup.errors import InputError
from groundup.finished import is_vouched, verify_run
from groundup.manifest import MANIFEST, Problem, verify_folder
from groundup.messages.current import message
from groundup.messages.translate import plural
from groundup.openings import verify_openings
from groundup.runs import Outcome
from groundup.terminal.log import output
from groundup.terminal.streams import padded


def verify(settings: Verify) -> Outcome:
    """One line per folder with a manifest and per run; refused when any is damaged or none is found."""
    problems, checked, notes = [], 0, []
    for name in settings.folder:
        root = Path(name)
        if not root.is_dir():
            raise InputError("NO_FOLDER", root, "is not a folder", "name a folder that groundup made")
        checks = [*verified(root)]
        if not checks:
            raise InputError("NO_MANIFEST", root, "holds no folder with a manifest", "name a finished folder of groundup")
        for folder, wrong, whole in checks:
            checked += 1
            problems += wrong
            notes += [] if whole else [message("not vouched for", folder=folder)]
            state = "damaged" if wrong else "sound" if whole else "partly"
            output(f"{padded(message(f'folder {state}'), 7)}  {folder}")
    if problems:
        raise InputError(
            "DAMAGED",
            settings.folder[0],
            plural(len(problems), "problem"),
            problems=tuple(f"{p.place}: {p.what}" for p in problems),
        )
    return Outcome(Path(settings.folder[0]), {"folders": checked}, notes)


def verified(root: Path) -> Iterator[tuple[Path, list[Problem], bool]]:
    """Every folder that vouches for something, what is wrong with it, and whether it vouches for all that it holds."""
    folders = {
        path.parent: path.name
        for kind in (MANIFEST, "run.json")
        for path in root.rglob(kind)
        if not any(part.startswith((".tmp-", ".trash-")) for part in path.relative_to(root).parts)
    }
    for folder, kind in sorted(folders.items()):
        if kind == MANIFEST:
            yield folder, verify_folder(folder), True
        elif is_vouched(folder):
            yield folder, verify_run(folder), True
        else:
            yield folder, verify_openings(folder), False
