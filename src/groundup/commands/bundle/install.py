"""Install groundup from this folder, without a network: python install.py [--venv FOLDER] [--check]. Only Python is needed.

Every file is compared with manifest.json first; nothing is installed where one is missing or differs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def sha256(path: Path) -> str:
    hasher = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(2**20):
            hasher.update(chunk)
    return hasher.hexdigest()


def problems(manifest: dict) -> list[str]:
    """What is missing, and what is not as it was packed."""
    return [
        f"{entry['name']}: {'differs' if (HERE / entry['name']).is_file() else 'is missing'}"
        for entry in manifest["files"]
        if not (HERE / entry["name"]).is_file() or sha256(HERE / entry["name"]) != entry["sha256"]
    ]


def python_of(folder: str | None) -> str:
    """The Python to install into: the one that runs this, or that of a new environment."""
    if folder is None:
        return sys.executable
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return str(Path(folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python"))))


def main() -> int:
    parser = argparse.ArgumentParser(description="Install groundup from this folder, without a network.")
    parser.add_argument("--venv", help="new environment to install into")
    parser.add_argument("--check", action="store_true", help="compare the files with manifest.json, and install nothing")
    chosen = parser.parse_args()
    manifest = json.loads((HERE / "manifest.json").read_text("utf-8"))
    wrong = problems(manifest)
    print("\n".join([*wrong, f"{len(manifest['files'])} files, {len(wrong)} of them wrong"]))
    if wrong or chosen.check:
        return 1 if wrong else 0
    command = [python_of(chosen.venv), "-m", "pip", "install", "--no-index", "--find-links", str(HERE / "wheels")]
    return subprocess.run([*command, manifest["settings"]["requirement"]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
