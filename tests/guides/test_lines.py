"""What an addition is made of is what its guide says, and its lines still have their places; `test_guides.py` lets it live."""

import ast
import re
import shutil
from pathlib import Path

import pytest

import groundup
from tests.guides.additions import ADDED, ADDITIONS

GUIDES = Path(__file__).parents[2] / "docs" / "guides"


def names_in(module: ast.Module) -> set[str]:
    """What a module defines or imports at its top."""
    names: set[str] = set()
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    return names


def has(root: Path, module: str, name: str) -> bool:
    """Whether a module of a package below `root` has this name, or is a package with such a module."""
    place = root.joinpath(*module.split("."))
    if place.with_suffix(".py").exists():
        return name in names_in(ast.parse(place.with_suffix(".py").read_text(encoding="utf-8")))
    return (place / f"{name}.py").exists() or (place / name).is_dir()


def test_every_addition_has_its_place_in_the_package(tmp_path):
    package = tmp_path / "groundup"
    shutil.copytree(Path(groundup.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for addition in ADDITIONS:
        addition.apply(package)
    touched = {package / name for addition in ADDITIONS for name in addition.touched}
    imports = [node for path in touched for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    ours = {
        (node.module, alias.name)
        for node in imports
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("groundup")
        for alias in node.names
    }
    assert len(ours) > 100
    assert [(module, name) for module, name in sorted(ours) if not has(tmp_path, module, name)] == []


@pytest.mark.parametrize("addition", ADDITIONS, ids=lambda one: one.name)
def test_a_guide_names_every_file_that_its_addition_touches(addition):
    text = (GUIDES / addition.guide).read_text(encoding="utf-8")
    named = {re.sub("<(name|kind|verb)>", addition.own_name, one) for one in re.findall(r"src/groundup/([\w/<>]+\.py)", text)}
    assert {name for name in addition.touched if not name.endswith("__init__.py")} <= named


def test_every_added_file_is_of_an_addition():
    assert {path.name for path in ADDED.iterdir()} == {addition.name for addition in ADDITIONS}


def test_a_kind_takes_few_files_and_lines():
    (kind,) = (addition for addition in ADDITIONS if addition.name == "kind")
    own = sum(len((ADDED / "kind" / name).read_text(encoding="utf-8").splitlines()) for name in kind.own_files)
    assert len(kind.touched) <= 8
    assert own + sum(len(line.text.splitlines()) for line in kind.lines) <= 300
