"""Recipes of the examples are taken by the commands that they are for, before their data is there."""

from pathlib import Path

import pytest

from groundup.commands.run.settings import Run
from groundup.commands.run.story import read_recipe
from groundup.commands.table import command_class
from groundup.config import make_settings
from groundup.errors import InputError
from groundup.flags import from_command_line

RECIPES = sorted((Path(__file__).parent.parent / "examples").rglob("*.yaml"))


def mistakes_in(path, out):
    """What is wrong with a recipe besides files that are not there."""
    try:
        if "stages:" in path.read_text("utf-8"):
            read_recipe(make_settings(Run, {"recipe": str(path), "out": str(out)}), command_class)
        else:
            from_command_line(command_class(path.parent.name), str(path), ["--model", "m", "--out", str(out)])
    except InputError as error:
        return [one for one in error.problems or [str(error)] if not one.endswith("does not exist")]
    return []


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_recipe_of_the_examples_is_taken(path, tmp_path):
    assert mistakes_in(path, tmp_path / "out") == []


def test_a_share_of_0_goes_with_a_table_of_its_own_and_another_does_not(tmp_path):
    line = ["--model", "m", "--data", "d.csv", "--text_column", "t", "--out", str(tmp_path), "--test", "t.csv", "--split.test"]
    assert from_command_line(command_class("finetune"), None, [*line, "0"]).split.test == 0
    with pytest.raises(InputError, match=r"split\.test: is a share of the data, and --test names a table"):
        from_command_line(command_class("finetune"), None, [*line, "0.3"])
