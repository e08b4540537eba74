"""Every block of the tutorials is run, in its order and with the settings shown, in a folder and a home of its own."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("tutorials/*.md"))
BLOCK = re.compile(r"```(python)?\n(.*?)```", re.DOTALL)
WORTH_KNOWING = 3  # `check` ends so where it found something


def blocks(page):
    """(language, text) of each block of a page."""
    return [(language, text) for language, text in BLOCK.findall((DOCS / page).read_text("utf-8"))]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_tutorial_says_can_be_typed(page, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    surroundings = {**os.environ, "HOME": str(home), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for language, text in blocks(page):
        lines = [[sys.executable, "-c", text]] if language else [shlex.split(line) for line in text.splitlines() if line]
        for line in lines:
            run = subprocess.run(line, cwd=tmp_path, env=surroundings, capture_output=True, text=True, timeout=900)
            right = {0, WORTH_KNOWING} if line[1] in ("check", "evaluate") else {0}
            assert run.returncode in right, f"{shlex.join(line)[:200]}\n{run.stdout[-1500:]}\n{run.stderr[-1500:]}"
