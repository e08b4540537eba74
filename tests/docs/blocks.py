"""The fenced blocks of all pages, and why some lines of them are not run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
LANGUAGES = {"": "shell", "python": "python", "yaml": "yaml"}
ELSEWHERE = {  # pages whose every block is run by another test
    "docs/commands.md": "tests/commands/test_contract.py",
    **dict.fromkeys(
        [page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").rglob("tutorials/*.md")], "tests/docs/test_tutorials.py"
    ),
}
NOT_RUN = {  # how a line begins -> why no test runs it
    "make demo": "it makes an environment from an index of packages; the demo itself is run by tests/commands/test_demo.py",
    "make test": "it is what runs this",
    "groundup demo": "tests/commands/test_demo.py performs it, with a smaller budget",
    "pip install": "it needs an index of packages; tests/commands/test_bundle.py installs for real",
    "pip download": "it needs an index of packages; groundup bundle types it for real",
    "python -m venv": "it is to be sourced by a shell, or needs a gigabyte from an index",
    "groundup export --model runs/sentiment --out sentiment-tflite": "litert-torch needs an environment of its own",
    "groundup finetune ...": "its dots stand for settings of the reader's",
    "groundup predict --model runs/sentiment-onnx": "in the process without torch: tests/commands/test_export.py",
    "tar -xf bundle.tar": "tests/commands/test_bundle.py installs from an archive and predicts",
    "cd bundle": "as above",
    "python install.py": "as above",
    ".venv/bin/groundup": "as above",
    "raw files ->": "a picture in letters",
    "cli, estimators ->": "a picture in letters",
    "config, folders and": "a picture in letters",
    "python benchmarks/": "tests/benchmarks runs them in small",
}
PYTHON_ELSEWHERE = {
    "docs/zh/commands.md": "its functions are the commands above it: tests/commands/test_contract.py calls them"
}


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str  # shell, python or yaml
    text: str


def pages() -> list[str]:
    """Every page that people read, but the reference, which is made from the code."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found if "reference" not in path.parts)


def blocks(page: str) -> list[Block]:
    """The blocks of a page in their order."""
    text = (ROOT / page).read_text("utf-8")
    return [Block(page, LANGUAGES.get(language, language), body) for language, body in FENCE.findall(text)]


def lines(block: Block) -> list[str]:
    """The lines of a block of shell, continued ones joined, without comments. Of a session those after its `$`."""
    joined = block.text.replace("\\\n", " ").splitlines()
    session = any(line.startswith("$ ") for line in joined)
    typed = [line.removeprefix("$ ") for line in joined if not session or line.startswith("$ ")]
    return [plain for line in typed if (plain := " ".join(without_comment(line).split()))]


def without_comment(line: str) -> str:
    """A line up to a `#` that stands apart and not in quotes."""
    return re.split(r"\s#\s|^#", line)[0]


def reason(line: str) -> str:
    """Why a line is not run; empty where it is."""
    return next((why for start, why in NOT_RUN.items() if line.startswith(start)), "")


def words(line: str) -> list[str]:
    return shlex.split(line)
