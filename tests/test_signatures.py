"""The Python functions have the signatures, docstrings and stubs that their settings say."""

import ast
import inspect
import subprocess
import sys

import pytest

import groundup
from groundup.commands.table import BY_NAME, VERBS
from groundup.config import command_name, fields_of, required
from groundup.scope import default_of
from groundup.train.settings import TrainingCommand
from groundup.usage.parameters import parameters
from groundup.usage.signatures import python_example
from groundup.usage.stub import PLACE, stub

STALE = "groundup/__init__.pyi is not what the settings say: write it with python -m groundup.usage.stub"


def without_positions(source):
    return ast.dump(ast.parse(source))


def test_the_stub_that_editors_read_is_what_the_settings_say():
    assert without_positions(PLACE.read_text("utf-8")) == without_positions(stub()), STALE


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_signature_has_every_setting_with_its_default(verb):
    command = verb.settings()
    arguments = dict(inspect.signature(getattr(groundup, verb.name)).parameters)
    assert ("callback" in arguments) == issubclass(command, TrainingCommand)
    arguments.pop("callback", None)
    assert arguments.keys() == fields_of(command).keys()
    needed = {name for name, one in arguments.items() if one.default is inspect.Parameter.empty}
    assert needed == set(required(command)) - {"out"}
    defaults = {name: ast.literal_eval(str(one.default)) for name, one in arguments.items() if name not in needed}
    plain = {name: value for name, value in defaults.items() if value != {}}
    fields = {name: default_of(field) for name, field in command.__dataclass_fields__.items() if name in fields_of(command)}
    assert plain == {name: (None if name == "out" and "out" in required(command) else fields[name]) for name in plain}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_docstring_names_every_setting_and_an_example_that_is_python(verb):
    text = getattr(groundup, verb.name).__doc__
    assert [one.name for one in parameters(verb.settings()) if f"\n{one.name} : " not in text] == []
    assert all(section in text for section in ("\nParameters\n", "\nReturns\n", "\nRaises\n"))
    example = text.partition("\n>>> ")[2]
    called = ast.parse(example).body[0].value if example else None
    assert called is None or {word.arg for word in called.keywords} <= fields_of(verb.settings()).keys()


def test_the_types_are_those_of_the_settings():
    shown = inspect.signature(groundup.finetune).parameters
    assert str(shown["epochs"]) == "epochs: int | None = None"
    assert str(shown["optimizer"]) == "optimizer: OptimizerSettings | OptimizerOptions = {}"
    assert str(shown["data"]) == "data: Data"
    assert str(shown["text_column"]) == "text_column: str | Sequence[str] = ()"
    assert str(inspect.signature(groundup.compare).parameters["systems"]) == "systems: Path | Sequence[Path]"
    assert "    - learning_rate (" in groundup.finetune.__doc__


def test_an_example_of_the_command_line_is_said_in_python():
    line = "groundup size --model m --steps 3 --quiet --read.delimiter ';' --text_column a b --rate 0.5 --keep false"
    assert python_example(line) == (
        "groundup.size(model='m', steps=3, quiet=True, read={'delimiter': ';'}, text_column=['a', 'b'], rate=0.5, keep=False)"
    )
    assert python_example("groundup run recipe.yaml --out o") == "groundup.run('recipe.yaml', out='o')"


def test_a_command_stays_a_function_when_the_package_of_its_name_is_imported():
    code = (
        "import groundup, groundup.evaluate.report, inspect; before = groundup.explain\n"
        "import groundup.explain.target as t\n"
        "print(inspect.isfunction(groundup.evaluate), groundup.explain is before, before.target is t,"
        " groundup.evaluate.report.__name__, 'model' in inspect.signature(groundup.evaluate).parameters)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "True", "True", "groundup.evaluate.report", "True"], done.stderr


def test_importing_the_package_and_asking_for_a_signature_imports_nothing_heavy():
    code = (
        "import sys, inspect, groundup\n"
        "first = sorted({'torch', 'numpy', 'sklearn', 'yaml', 'pyarrow', 'groundup.config_of'} & sys.modules.keys())\n"
        "inspect.signature(groundup.finetune), groundup.finetune.__doc__\n"
        "print(first, sorted({'torch', 'sklearn', 'pyarrow'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[] []", done.stdout + done.stderr


def test_every_public_name_has_a_docstring_and_stands_in_the_stub():
    named = {node.name for node in ast.parse(PLACE.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
    named |= {
        alias.asname
        for node in ast.parse(PLACE.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(groundup.__all__) <= named
    assert [name for name in groundup.__all__ if not inspect.getdoc(getattr(groundup, name))] == []
    assert set(BY_NAME) == {command_name(verb.settings()) for verb in VERBS}
