"""What an addition is made of is what its guide says, and its lines still have their places; `test_guides.py` lets it live."""

import re
import shutil
from pathlib import Path

import pytest

import groundup
from tests.guides.additions import ADDED, ADDITIONS

GUIDES = Path(__file__).parents[2] / "docs" / "guides"


def test_every_addition_has_its_place_in_the_package(tmp_path):
    package = tmp_path / "groundup"
    shutil.copytree(Path(groundup.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    for addition in ADDITIONS:
        addition.apply(package)
        for name in addition.touched:
            compile((package / name).read_text(encoding="utf-8"), name, "exec")


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
