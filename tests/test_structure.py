"""What must never come into the source (RELIABILITY: one way in, no code from files), and what the pages promise."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from groundup.cli import main
from groundup.commands.table import COMMANDS, command_class
from groundup.config import build
from groundup.flags import parse_arguments

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
FORBIDDEN = {
    "pickle",
    "dill",
    "joblib.load",
    "torch.load",
    "eval",
    "exec",
    "extractall",
    "os.system",
    "yaml.load",
    "yaml.unsafe_load",
    "random.random",
    "random.shuffle",
    "random.choice",
    "numpy.random.seed",
    "np.random.rand",
    "np.random.randn",
}
KEYWORDS = {"shell", "allow_pickle", "trust_remote_code", "weights_only"}
WRITERS = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "replace", "rmdir", "touch", "rmtree", "makedirs"}
JSON_READERS = {
    "strict_json.py",
    "special_tokens.py",
    "tokenizer.py",
    "classes.py",
    "word_ids.py",
    "install.py",
}  # the first for us; the library's own words; and what runs on a machine without groundup


def calls(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT / "src").as_posix())
def test_nothing_that_runs_code_from_files(path):
    tree = ast.parse(path.read_text("utf-8"))
    for name, call in calls(tree):
        assert name not in FORBIDDEN, f"line {call.lineno}: {name}"
        assert not KEYWORDS & {k.arg for k in call.keywords}, f"line {call.lineno}: {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] + [getattr(node, "module", "") or ""]
            assert not {"pickle", "dill", "shelve", "marshal", "joblib", "requests", "urllib.request", "socket"} & set(names)
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), f"line {node.lineno}: a bare except"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT / "src").as_posix())
def test_only_one_module_changes_the_file_system_and_only_one_reads_json(path):
    for name, call in calls(ast.parse(path.read_text("utf-8"))):
        where = f"{path.name}:{call.lineno}: {name}"
        if name == "json.loads":
            assert path.name in JSON_READERS, where
        if name == "open" and len(call.args) > 1 and isinstance(call.args[1], ast.Constant):
            assert call.args[1].value in ("r", "rb"), where
        owner, _, method = name.rpartition(".")
        if method in WRITERS and path.name not in ("disk.py", "folders.py"):
            ours = owner in ("disk", "folder", "new", "self", "dataclasses", "") or method == "replace"
            assert ours, where


DRAWS = {
    "rand",
    "randn",
    "randint",
    "randperm",
    "multinomial",
    "bernoulli",
    "normal_",
    "uniform_",
    "trunc_normal_",
    "rand_like",
    "randn_like",
}


def guesses(tree: ast.AST):
    """Calls that decode by guessing, cut lines where data has none, or draw without a seed."""
    for name, call in calls(tree):
        keywords = {k.arg: k.value for k in call.keywords}
        method = name.rpartition(".")[2]
        texts = {node.value for node in [*call.args, keywords.get("errors")] if isinstance(node, ast.Constant)}
        if method in ("decode", "open", "TextIOWrapper", "read_text", "encode") and texts & {"ignore", "replace"}:
            yield f"line {call.lineno}: {name} repairs bytes"
        if method == "splitlines":
            yield f"line {call.lineno}: {name} cuts at more than line ends"
        if method == "default_rng" and not call.args:
            yield f"line {call.lineno}: {name} without a seed"
        if name.startswith("torch.") and method in DRAWS and "generator" not in keywords:
            yield f"line {call.lineno}: {name} without a generator"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and "random" in [a.name for a in node.names] + [
            getattr(node, "module", "")
        ]:
            yield f"line {node.lineno}: random has one state for all"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT / "src").as_posix())
def test_nothing_is_repaired_in_silence_and_every_draw_has_a_seed(path):
    assert list(guesses(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "source",
    [
        "x.decode('utf-8', 'replace')",
        "open(p, errors='ignore')",
        "text.splitlines()",
        "np.random.default_rng()",
        "import random",
        "torch.randn(3)",
        "from random import shuffle",
    ],
)
def test_the_gate_sees_what_it_is_for(source):
    assert len(list(guesses(ast.parse(source)))) == 1


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "docs/commands.md", "docs/zh/commands.md"])
def test_the_commands_of_the_readme_are_commands_and_their_flags_exist(page):
    text = (ROOT / page).read_text("utf-8")
    lines = [line for block in re.findall(r"```\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    typed = [line.split("#")[0].strip() for line in lines if line.startswith("groundup ")]
    assert len(typed) >= 4
    for line in typed:
        words = shlex.split(line.replace("FILE|-", "FILE"))
        assert words[1] in COMMANDS, line
        mistakes: list[str] = []
        command = command_class(words[1])
        recipe = "".join(words[2:3]).endswith(".yaml") and not command.positional  # it holds what is required
        build(command, parse_arguments(command, words[2 + recipe :], mistakes), "", mistakes)
        assert not [mistake for mistake in mistakes if not (recipe and mistake.endswith(": is required"))], line


def test_every_page_has_a_title_and_links_that_exist():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        if "reference" in path.parts:  # written by `make docs`
            continue
        assert path.read_text("utf-8").startswith("# ")
        for link in re.findall(r"\]\(([^)#:]+)\)", path.read_text("utf-8")):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_the_readme_stays_short():
    assert len((ROOT / "README.md").read_text("utf-8").split()) <= 1200
    assert len((ROOT / "README.zh-CN.md").read_text("utf-8")) <= 5000


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in COMMANDS)
