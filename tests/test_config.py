"""Settings from Python, YAML and flags: the same value, and every mistake at once."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest

from groundup.config import Bounds, build, make, to_dict
from groundup.errors import InputError
from groundup.flags import from_command_line, parse_arguments
from groundup.help import help_text, lines_of


@dataclass(frozen=True, kw_only=True)
class Learned:
    """No parameters."""


@dataclass(frozen=True, kw_only=True)
class Rotary:
    base: float = 10000.0
    """Slowest wave."""


@dataclass(frozen=True, kw_only=True)
class Body:
    num_heads: Annotated[int, Bounds(1, 64)] = 2
    """Heads."""
    positions: Learned | Rotary = field(default_factory=Learned)
    """How order is known."""


@dataclass(frozen=True, kw_only=True)
class Job:
    name: str
    """What it is called."""
    rate: Annotated[float, Bounds(0, open_minimum=True)] = 0.1
    """Speed."""
    files: tuple[str, ...] = ()
    """Inputs."""
    kind: Literal["small", "large"] = "small"
    """Size."""
    fast: bool = False
    """In a hurry."""
    steps: int | None = None
    """Updates."""
    body: Body = field(default_factory=Body)

    def check(self):
        if self.kind == "large" and self.fast:
            yield "fast", "large ones are slow"


def mistakes_of(values: dict) -> list[str]:
    mistakes: list[str] = []
    build(Job, values, "", mistakes)
    return mistakes


def typed(*arguments: str) -> Job:
    return from_command_line(Job, None, list(arguments))


def test_every_mistake_is_told_at_once_with_its_place():
    told = mistakes_of({"nam": "x", "rate": 0, "kind": "smal", "body": {"num_hedas": 2, "positions": {"rotery": {}}}, "fast": 1})
    assert len(told) == 7
    for part in ("nam: no such setting of Job. Did you mean 'name'?", "name: is required", "rate: 0 is not above 0",
                 "kind: 'smal' is not one of small, large. Did you mean 'small'?", "fast: 1 is not true or false",
                 "body.num_hedas: no such setting of Body. Did you mean 'num_heads'?",
                 "body.positions: 'rotery' is not one of learned, rotary. Did you mean 'rotary'?"):  # fmt: skip
        assert part in told


def test_a_nested_name_is_suggested_for_an_unknown_one():
    assert mistakes_of({"name": "x", "num_head": 3}) == ["num_head: no such setting of Job. Did you mean 'body.num_heads'?"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("rate", float("nan")), ("rate", float("inf")), ("rate", -1.0), ("rate", "1e-3"), ("rate", True), ("steps", 1.5),
     ("steps", "7"), ("steps", True), ("fast", "yes"), ("name", 3), ("body", 7), ("body", [])],
)  # fmt: skip
def test_wrong_values_are_refused(field, value):
    told = mistakes_of({"name": "x", field: value})
    assert len(told) == 1
    assert told[0].startswith(f"{field}: ")


def test_bounds_are_told_beside_the_value():
    assert mistakes_of({"name": "x", "body": {"num_heads": 65}}) == ["body.num_heads: 65 is not in [1, 64]"]


def test_flags_yaml_and_python_give_the_same_value(tmp_path):
    yaml = tmp_path / "job.yaml"
    yaml.write_text("name: a b\nrate: 1e-3\nfiles: [x, y]\nfast: true\nbody: {positions: {rotary: {base: 500}}}\n", "utf-8")
    python = make(Job, {"name": "a b", "rate": 1e-3, "files": ["x", "y"], "fast": True, "body": {"positions": Rotary(base=500.0)}})
    flags = typed("--name", "a b", "--rate=1e-3", "--files", "x", "--files=y", "--fast", "--body.positions", "rotary",
                  "--body.positions.base", "500")  # fmt: skip
    assert python == flags == from_command_line(Job, str(yaml), [])


def test_flags_stand_above_the_file(tmp_path):
    yaml = tmp_path / "job.yaml"
    yaml.write_text("name: below\nrate: 0.5\nbody: {num_heads: 3}\n", "utf-8")
    made = from_command_line(Job, str(yaml), ["--rate", "0.25", "--body.num-heads", "4"])
    assert (made.name, made.rate, made.body.num_heads) == ("below", 0.25, 4)


def test_hyphens_and_underscores_are_the_same():
    assert typed("--name", "x", "--body.num-heads", "3") == typed("--name", "x", "--body.num_heads", "3")


def test_a_flag_can_be_negated():
    assert typed("--name", "x", "--no-fast").fast is False
    assert typed("--name", "x", "--fast", "false").fast is False


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--rate", "0.1", "--rate", "0.2"], "rate: given twice"), (["loose"], "loose: is not a setting; write --name value"),
     (["--rate"], "rate: has no value"), (["--steps", "many"], "steps: 'many' is not a whole number")],
)  # fmt: skip
def test_mistakes_of_the_command_line(arguments, told):
    with pytest.raises(InputError) as error:
        typed("--name", "x", *arguments)
    assert told in error.value.problems


@pytest.mark.parametrize("value", ["${env:HOME}", "~", "{{x}}", "!include x", "null", "--", "1e3", "天"])
def test_texts_are_plain_texts(value):
    assert typed(f"--name={value}").name == value


def test_none_clears_an_optional_setting():
    assert typed("--name", "x", "--steps", "none").steps is None


def test_a_check_of_the_whole_is_told_with_its_place():
    assert mistakes_of({"name": "x", "kind": "large", "fast": True}) == ["fast: large ones are slow"]


def test_settings_go_to_plain_values_and_back():
    made = typed("--name", "x", "--files", "a", "--body.positions", "rotary", "--body.positions.base", "7")
    assert make(Job, to_dict(made)) == made


def test_help_tells_every_setting_with_type_default_and_text():
    told = help_text(Job, "job")
    for line in lines_of(Job):
        assert f"--{line.name}" in told
        assert line.text in told
    assert "--body.num_heads  <whole number in [1, 64]>  default 2" in told


def test_parsed_arguments_stay_text_until_their_type_is_known():
    assert parse_arguments(Job, ["--rate", "1e-3"], []) == {"rate": "1e-3"}
