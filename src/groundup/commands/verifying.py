"""The story of verify."""

from __future__ import annotations

from pathlib import Path

from groundup.commands.verify import Verify
from groundup.errors import InputError
from groundup.folders import MANIFEST, verify_folder
from groundup.runs import Outcome


def verify(settings: Verify) -> Outcome:
    """One line per folder with a manifest; refused when any is damaged or none is found."""
    problems, checked = [], 0
    for name in settings.folder:
        root = Path(name)
        if not root.is_dir():
            raise InputError("NO_FOLDER", root, "is not a folder", "name a folder that groundup made")
        found = sorted(p.parent for p in root.rglob(MANIFEST) if not any(part.startswith(".tmp-") for part in p.parts))
        if not found:
            raise InputError("NO_MANIFEST", root, "holds no folder with a manifest", "name a finished folder of groundup")
        for folder in found:
            wrong = verify_folder(folder)
            checked += 1
            problems += wrong
            print(f"{'damaged' if wrong else 'sound  '}  {folder}")
    if problems:
        raise InputError(
            "DAMAGED", settings.folder[0], f"{len(problems)} problems", problems=tuple(f"{p.place}: {p.what}" for p in problems)
        )
    return Outcome(Path(settings.folder[0]), {"folders": checked})
