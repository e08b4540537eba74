"""Packages without content under the names that groundup needs, so that pip has what it looks for and nothing is fetched."""

from __future__ import annotations

import re
import zipfile
from importlib.metadata import requires
from pathlib import Path

EXTRAS = ("image", "sheets")


def needed() -> dict[str, str]:
    """Name -> a version that fits, of all that groundup needs, and two of its extras."""
    wanted = {}
    for line in requires("groundup") or []:
        extra = re.search(r"extra == ['\"](\w+)", line)
        if extra is None or extra[1] in EXTRAS:
            found = re.match(r"[\w-]+", line)
            least = re.search(r">=([\d.]+)", line)
            assert found, line
            assert least, line
            wanted[found[0]] = least[1]
    return wanted


def write_hollow_wheels(folder: Path) -> list[str]:
    """Write them, and constraints.txt, which none of them meets; returns their names."""
    folder.mkdir()
    for name, version in needed().items():
        stem = name.replace("-", "_")
        about = f"{stem}-{version}.dist-info"
        with zipfile.ZipFile(folder / f"{stem}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{about}/RECORD", "")
    (folder / "constraints.txt").write_text("torch==0.0.1\n", "utf-8")
    return sorted(needed())
