"""Settings from Python, YAML and flags: the same value, and every mistake at once."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

import pytest

from groundup.config import LARGEST, Bounds, Command, Positive, build, make_settings, nearest, to_dict
from groundup.errors import InputError
from groundup.flags import from_command_line, parse_arguments
from groundup.usage.help import help_text, setting_lines


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
    order: Learned | Rotary | None = None
    """How order is known, if it is."""
    body: Body = field(default_factory=Body)

    def check(self):
        if self.kind == "large" and self.fast:
            yield "fast", "large ones are slow"


def mistakes_of(values: dict) -> list[str]:
    mistakes: list[str] = []
    build(Job, values, "", mistakes)
    return mistakes


@dataclass(frozen=True, kw_only=True)
class Counted:
    count: Positive = 1
    """How many."""
    parts: tuple[str, ...]
    """At least one."""


def typed(*arguments: str) -> Job:
    return from_command_line(Job, None, list(arguments))


def test_every_mistake_is_told_at_once_with_its_place():
    told = mistakes_of(
        {"nam": "x", "rate": 0, "kind": "smal", "body": {"num_hedas": 2, "positions": {"rotery": {}}}, "fast": 1}
    )
    assert len(told) == 7
    for part in (
        "nam: no such setting of Job. Did you mean 'name'?",
        "name: is required",
        "rate: 0 is not above 0",
        "kind: 'smal' is not one of small, large. Did you mean 'small'?",
        "fast: 1 is not true or false",
        "body.num_hedas: no such setting. Did you mean 'body.num_heads'?",
        "body.positions: 'rotery' is not one of learned, rotary. Did you mean 'rotary'?",
    ):
        assert part in told


def test_a_nested_name_is_suggested_for_an_unknown_one():
    assert mistakes_of({"name": "x", "num_head": 3}) == ["num_head: no such setting of Job. Did you mean 'body.num_heads'?"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate", float("nan")),
        ("rate", float("inf")),
        ("rate", -1.0),
        ("rate", "1e-3"),
        ("rate", True),
        ("steps", 1.5),
        ("steps", "7"),
        ("steps", True),
        ("fast", "yes"),
        ("name", 3),
        ("body", 7),
        ("body", []),
        ("rate", 10**400),
        ("rate", 1e308 * 10),
        ("name", "a\0b"),
        ("name", "\udcff"),
        ("files", {}),
        ("files", [1]),
        ("files", None),
        ("kind", ["small"]),
        ("order", ["rotary"]),
        ("order", {}),
        ("order", {"rotary": 5}),
        ("order", {"rotary": {}, "learned": {}}),
        ("order", True),
        ("fast", None),
        ("rate", None),
        ("steps", ""),
    ],
)
def test_wrong_values_are_refused(field, value):
    told = mistakes_of({"name": "x", field: value})
    assert len(told) == 1
    assert told[0].startswith((f"{field}: ", f"{field}.rotary: "))


def test_bounds_are_told_beside_the_value():
    assert mistakes_of({"name": "x", "body": {"num_heads": 65}}) == ["body.num_heads: 65 is not in [1, 64]"]


def test_flags_yaml_and_python_give_the_same_value(tmp_path):
    yaml = tmp_path / "job.yaml"
    yaml.write_text("name: a b\nrate: 1e-3\nfiles: [x, y]\nfast: true\nbody: {positions: {rotary: {base: 500}}}\n", "utf-8")
    python = make_settings(
        Job, {"name": "a b", "rate": 1e-3, "files": ["x", "y"], "fast": True, "body": {"positions": Rotary(base=500.0)}}
    )
    flags = typed(
        "--name",
        "a b",
        "--rate=1e-3",
        "--files",
        "x",
        "--files=y",
        "--fast",
        "--body.positions",
        "rotary",
        "--body.positions.base",
        "500",
    )
    assert python == flags == from_command_line(Job, str(yaml), [])


def test_flags_stand_above_the_file(tmp_path):
    yaml = tmp_path / "job.yaml"
    yaml.write_text("name: below\nrate: 0.5\nbody: {num_heads: 3}\n", "utf-8")
    made = from_command_line(Job, str(yaml), ["--rate", "0.25", "--body.num-heads", "4"])
    assert (made.name, made.rate, made.body.num_heads) == ("below", 0.25, 4)


@pytest.mark.parametrize(
    ("below", "flags", "made"),
    [
        ("rotary", "base 7", Rotary(base=7.0)),
        ("{rotary: {base: 5}}", "base 7", Rotary(base=7.0)),
        ("{rotary: {base: 5}}", " learned", Learned()),
        ("{rotary: {base: 5}}", " rotary", Rotary(base=5.0)),
        ("learned", " rotary base 7", Rotary(base=7.0)),
        ("learned", "base 7 rotary", Rotary(base=7.0)),
        ("{rotary: {base: 5}}", " none", None),
        ("null", " rotary", Rotary()),
        ("{rotary: null}", "base=7", Rotary(base=7.0)),
    ],
)
def test_flags_choose_and_change_a_group_of_the_file(below, flags, made, tmp_path):
    yaml = tmp_path / "job.yaml"
    yaml.write_text(f"name: x\norder: {below}\n", "utf-8")
    arguments = (
        flags.replace("base", "--order.base")
        .replace(" learned", "--order learned")
        .replace(" rotary", " --order rotary")
        .replace(" none", "--order none")
    )
    assert from_command_line(Job, yaml, arguments.split()).order == made


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--order.base 7", "order: say first which of learned, rotary is meant"),
        ("--order learned --order rotary", "order: given twice"),
        ("--order rotory", "order: 'rotory' is not one of learned, rotary. Did you mean 'rotary'?"),
        ("--body 5 --body.num_heads 3", "body: given as a whole and in parts"),
        ("--order learned --order.base 7", "order.learned.base: no such setting."),
        ("--order.base 1 --order.base 2", "order.base: given twice"),
    ],
)
def test_mistakes_with_groups(arguments, told):
    with pytest.raises(InputError) as error:
        typed("--name", "x", *arguments.split())
    assert told in error.value.problems


def test_a_file_and_flags_may_write_a_name_differently_but_a_file_not_twice(tmp_path):
    yaml = tmp_path / "job.yaml"
    yaml.write_text("name: x\nbody: {num-heads: 3}\n", "utf-8")
    assert from_command_line(Job, yaml, ["--body.num_heads", "5"]).body.num_heads == 5
    yaml.write_text("name: x\nbody: {num-heads: 3, num_heads: 4}\n", "utf-8")
    with pytest.raises(InputError, match="num_heads: given twice"):
        from_command_line(Job, yaml, [])


def test_mistakes_of_flags_and_of_values_are_told_together(tmp_path):
    yaml = tmp_path / "job.yaml"
    yaml.write_text("rate: -1\nkinds: small\n", "utf-8")
    with pytest.raises(InputError) as error:
        from_command_line(Job, yaml, ["loose", "--name", "--steps=1", "--steps=2", "--no-rate"])
    assert sorted(problem.partition(":")[0] for problem in error.value.problems) == [
        "kinds",
        "loose",
        "name",
        "no_rate",
        "rate",
        "steps",
    ]


def test_python_raises_all_mistakes_in_one_error():
    with pytest.raises(InputError) as error:
        make_settings(Job, {"rate": 0, "kind": "tiny"})
    assert [
        str(error.value).count(place) for place in ("BAD_SETTING rate:", "BAD_SETTING kind:", "BAD_SETTING name: is required")
    ] == [1, 1, 1]


def test_a_group_made_in_python_is_checked_like_any_other():
    assert make_settings(Job, {"name": "x", "body": Body(num_heads=3), "order": Rotary(base=5.0)}).body == Body(num_heads=3)
    told = mistakes_of({"name": "x", "body": Body(num_heads=0), "order": Rotary(base=float("nan"))})
    assert told == ["body.num_heads: 0 is not in [1, 64]", "order.rotary.base: nan is not a finite number"]


def test_what_is_not_given_in_a_group_is_as_the_field_has_it_by_default():
    @dataclass(frozen=True, kw_only=True)
    class Outer:
        body: Body = field(default_factory=lambda: Body(num_heads=8, positions=Rotary(base=5.0)))

    made = make_settings(Outer, {"body": {"num-heads": 4}})
    assert made.body == Body(num_heads=4, positions=Rotary(base=5.0))


def test_hyphens_and_underscores_are_the_same():
    assert typed("--name", "x", "--body.num-heads", "3") == typed("--name", "x", "--body.num_heads", "3")


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--rate", "1_000"),
        ("--rate", "nan"),
        ("--rate", "-inf"),
        ("--rate", "1e999"),
        ("--rate", " 1"),
        ("--steps", "\u0661"),
        ("--steps", "1e3"),
        ("--steps", "0x10"),
        ("--steps", "9" * 31),
        ("--fast", "--fast"),
    ],
)
def test_flags_that_are_no_numbers_are_refused(flag, value):
    with pytest.raises(InputError):
        typed("--name", "x", flag, value)


@pytest.mark.parametrize(("value", "number"), [("1e-3", 0.001), (".5", 0.5), ("5.", 5.0), ("+2", 2.0), ("1E3", 1000.0)])
def test_numbers_as_people_type_them(value, number):
    assert typed("--name", "x", f"--rate={value}").rate == number


def test_a_count_has_a_limit_that_is_told():
    assert make_settings(Counted, {"count": LARGEST, "parts": "a"}).count == LARGEST
    with pytest.raises(InputError, match=r"count: 100000001 is not in \[1, 100000000\]"):
        make_settings(Counted, {"count": LARGEST + 1, "parts": ["a"]})


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("nam", ["name", "rate"], "name"),
        ("lr", ["clip", "learning_rate"], "learning_rate"),
        ("decay", ["beta2", "weight_decay"], "weight_decay"),
        ("zzz", ["a"], ""),
    ],
)
def test_the_nearest_name(name, known, found):
    assert nearest(name, known) == (f" Did you mean '{found}'?" if found else "")


def test_a_flag_can_be_negated():
    assert typed("--name", "x", "--no-fast").fast is False
    assert typed("--name", "x", "--fast", "false").fast is False


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--rate", "0.1", "--rate", "0.2"], "rate: given twice"),
        (["loose"], "loose: is not a setting; write --name value"),
        (["--rate"], "rate: has no value"),
        (["--steps", "many"], "steps: 'many' is not a whole number"),
    ],
)
def test_mistakes_of_the_command_line(arguments, told):
    with pytest.raises(InputError) as error:
        typed("--name", "x", *arguments)
    assert told in error.value.problems


@pytest.mark.parametrize("value", ["${env:HOME}", "~", "{{x}}", "!include x", "null", "--", "1e3", "天"])
def test_texts_are_plain_texts(value):
    assert typed(f"--name={value}").name == value


def test_a_list_that_is_required_is_not_empty():
    with pytest.raises(InputError, match="parts: is required"):
        make_settings(Counted, {"parts": []})


def test_none_clears_an_optional_setting():
    assert typed("--name", "x", "--steps", "none").steps is None


def test_a_check_of_the_whole_is_told_with_its_place():
    assert mistakes_of({"name": "x", "kind": "large", "fast": True}) == ["fast: large ones are slow"]


def test_settings_go_to_plain_values_and_back():
    made = typed("--name", "x", "--files", "a", "--body.positions", "rotary", "--body.positions.base", "7")
    assert make_settings(Job, to_dict(made)) == made


def test_help_tells_every_setting_with_type_default_and_text():
    told = help_text(Job, "job", "all")
    whole = " ".join(told.split())
    for line in setting_lines(Job):
        assert f"--{line.name} <" in told
        assert " ".join(line.text.split()) in whole
    assert "  --body.num_heads <whole number in [1, 64]>  (default 2)\n" in told


def test_parsed_arguments_stay_text_until_their_type_is_known():
    assert parse_arguments(Job, ["--rate", "1e-3"], []) == {"rate": "1e-3"}


@dataclass(frozen=True, kw_only=True)
class Several:
    bodies: dict[str, Body]
    """Bodies by name."""


def test_groups_by_name_come_from_python_yaml_and_flags(tmp_path):
    file = tmp_path / "several.yaml"
    file.write_text("bodies: {one: {num_heads: 3}, two: {positions: rotary}}\n", "utf-8")
    made = from_command_line(
        Several, file, ["--bodies.two.num_heads", "5", "--bodies.three.positions.base=7", "--bodies.three.positions", "rotary"]
    )
    assert made.bodies == {
        "one": Body(num_heads=3),
        "two": Body(num_heads=5, positions=Rotary()),
        "three": Body(positions=Rotary(base=7.0)),
    }
    assert make_settings(Several, to_dict(made)) == made == make_settings(Several, {"bodies": made.bodies})


def test_mistakes_in_groups_by_name_have_their_places():
    mistakes: list[str] = []
    build(Several, {"bodies": {"one": {"num_heads": 0}, "two": {"num_head": 3}, "three": 4}}, "", mistakes)
    assert [m.partition(":")[0] for m in mistakes] == ["bodies.one.num_heads", "bodies.two.num_head", "bodies.three"]
    assert "Did you mean 'bodies.two.num_heads'?" in mistakes[1]
    for empty in ({}, {"bodies": {}}):
        mistakes = []
        build(Several, empty, "", mistakes)
        assert mistakes == ["bodies: is required"]
    mistakes = []
    build(Several, {"bodies": 3}, "", mistakes)
    assert mistakes == ["bodies: 3 is not a list of names with their settings"]


def test_help_shows_groups_by_name():
    assert [line.name for line in setting_lines(Several)] == ["bodies.NAME.num_heads", "bodies.NAME.positions"]


def test_the_environment_sets_the_usual_language(monkeypatch):
    monkeypatch.setenv("GROUNDUP_LANGUAGE", "zh")
    assert make_settings(Command, {}).language == "zh"
    assert make_settings(Command, {"language": "en"}).language == "en"
    monkeypatch.setenv("GROUNDUP_LANGUAGE", "fr")
    with pytest.raises(InputError, match="the variable GROUNDUP_LANGUAGE holds 'fr'"):
        make_settings(Command, {})
