"""The examples of the guide "From Python" run in their order and print what their comments say, in both languages."""

import contextlib
import io
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "guides/python.md", DOCS / "zh/guides/python.md")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(r"^ *print\(.*\)  # (.*)$", re.MULTILINE)


def blocks(page):
    return BLOCK.findall(page.read_text("utf-8"))


def test_both_languages_show_the_same_examples():
    assert blocks(PAGES[0]) == blocks(PAGES[1])
    assert len(blocks(PAGES[0])) >= 8


@pytest.mark.slow
def test_the_examples_run_and_print_what_they_say(tmp_path, monkeypatch):
    pytest.importorskip("pandas")
    monkeypatch.chdir(tmp_path)
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in blocks(PAGES[0]):
            exec(compile(block, "guide", "exec"), names)
    promised = [line for block in blocks(PAGES[0]) for line in PROMISE.findall(block)]
    assert len(promised) >= 8
    output = printed.getvalue().split("\n")
    said = [line for line in output if line in promised]
    assert said == promised, output
