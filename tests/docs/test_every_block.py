"""Every command and every block of Python on every page is run, in the order of its page; what is not says why."""

import shutil

import pytest

from tests.commands.life import groundup
from tests.docs.blocks import ELSEWHERE, LANGUAGES, NOT_RUN, PYTHON_ELSEWHERE, blocks, lines, pages, reason, words
from tests.docs.shorter import shorter
from tests.docs.world import names_in_python, write_world, yaml_file

HERE = [page for page in pages() if page not in ELSEWHERE and blocks(page)]
REFUSED = "$ groundup"  # a block that shows an error


def test_blocks_are_of_known_languages_and_every_reason_is_needed():
    every = [block for page in pages() for block in blocks(page)]
    assert {block.language for block in every} <= set(LANGUAGES.values())
    assert set(ELSEWHERE) <= set(pages())
    typed = [line for block in every if block.language == "shell" for line in lines(block)]
    assert [start for start in NOT_RUN if not any(line.startswith(start) for line in typed)] == []


@pytest.mark.parametrize("page", HERE)
def test_what_is_run_is_a_command_of_ours(page):
    typed = [line for block in blocks(page) if block.language == "shell" for line in lines(block)]
    assert [line for line in typed if not reason(line) and not line.startswith("groundup ")] == []


SESSIONS = [block for page in pages() for block in blocks(page) if block.text.startswith(REFUSED)]


@pytest.mark.parametrize("block", SESSIONS, ids=lambda block: block.page)
def test_errors_on_pages_are_said_word_for_word(block, capsys):
    first, *shown = block.text.splitlines()
    assert groundup(*words(first.removeprefix("$ "))[1:]) == 2
    assert capsys.readouterr().err.splitlines() == shown


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    home = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        write_world(home)
    return home


@pytest.mark.slow
@pytest.mark.parametrize("page", HERE)
def test_every_block_of_a_page_is_run(page, world, tmp_path, monkeypatch):
    pytest.importorskip("PIL.Image")
    home = tmp_path / "home"
    shutil.copytree(world, home)
    monkeypatch.chdir(home)
    names = names_in_python(home)
    for block in blocks(page):
        if block.language == "python" and page in PYTHON_ELSEWHERE:
            continue
        if block.language == "python":
            exec(block.text, names)
        elif block.language == "yaml":
            (home / yaml_file(block)).write_text(block.text, "utf-8")
            if "stages:" in block.text:
                assert groundup("run", yaml_file(block), "--out", "runs/page", "--quiet") in (0, 3)
        else:
            run_lines(block, home)


def run_lines(block, home):
    """Type the lines of a block; a folder of the same name that stands there already gives way to the one of the page."""
    for line in lines(block):
        if reason(line):
            continue
        typed = shorter(words(line))
        for flag, value in zip(typed, typed[1:], strict=False):
            if flag == "--out":
                shutil.rmtree(home / value, ignore_errors=True)
                (home / value).unlink(missing_ok=True)
        right = (2,) if REFUSED in block.text else (0, 3)
        assert groundup(*typed[1:]) in right, line


def test_the_shorter_lines_keep_what_the_long_ones_say():
    line = "groundup pretrain --data runs/books --out runs/lm --preset mini --budget 10m --seed 3"
    shown = shorter(words(line))
    assert shown[:8] == [*words(line)[:6], "--seed", "3"]
    assert {"--steps", "--preset"} < set(shown)
    assert "10m" not in shown
