"""Settings under their former names: they mean what they meant, a line says what they are called now, and both at once are refused."""

import warnings
from contextlib import redirect_stdout
from io import StringIO

import pytest

import groundup
from groundup.cli import main
from groundup.commands.run.settings import Run
from groundup.commands.run.story import STAGES, read_recipe
from groundup.commands.table import COMMANDS, command_class
from groundup.config import fields_of, groups_of
from groundup.errors import InputError
from groundup.former.names import SETTINGS, VALUES, current_keys
from groundup.runs import differences
from groundup.strict_yaml import write

TABLE = {"model": "m", "data": "rows.csv", "text_column": "text", "label_column": "label", "out": "o"}
PRUNED = {"model": "m", "out": "o", "method": "prune"}
CORPUS = {"input": "rows.csv", "text_column": "text"}
CASES = {  # old dotted name -> (command, what else is given, value)
    "associated": ("keywords", CORPUS, "lamp"),
    "at": ("explain", {"model": "m", "text": "in Paris"}, "Paris"),
    "average": ("finetune", TABLE, 0.5),
    "beside": ("explain", {"model": "m", "input": "rows.csv", "out": "o", "scorecard": True}, "other"),
    "by": ("keywords", CORPUS, "kind"),
    "calibrate": ("finetune", TABLE, "none"),
    "clean.fewest_characters": ("prepare", {"source": "rows.csv", "out": "o"}, 3),
    "clean.least_letters": ("prepare", {"source": "rows.csv", "out": "o"}, 0.5),
    "evaluations": ("pretrain", {"data": "folder", "out": "o", "steps": 9}, 3),
    "judge": ("finetune", TABLE, "loss"),
    "mirror": ("finetune", {"model": "m", "data": "images", "out": "o"}, True),
    "most_leakage": ("check", {"data": "rows.csv", "text_column": "text"}, 0.5),
    "optimizer.flat_until": ("finetune", TABLE, 0.5),
    "prune.body": ("compress", PRUNED, 0.25),
    "replay.falls_from": ("finetune", TABLE | {"replay.weight": 1.0}, 0.5),
    "replay.watch": ("finetune", TABLE, True),
    "samples": ("size", {"preset": "tiny"}, "1k"),
    "stay.method": ("finetune", TABLE, "l2_sp"),
    "thaw": ("finetune", TABLE | {"freeze": 1}, 0.5),
    "untrained": ("finetune", TABLE, True),
}
OLD_VALUES = {  # (dotted name, old value) -> (command, what else is given)
    ("augment.method", "back"): ("finetune", TABLE | {"augment.forth": "m", "augment.back": "m"}),
    ("task", "images"): ("finetune", {"model": "m", "data": "other", "out": "o"}),
    ("calibration", "true"): ("finetune", TABLE),
    ("calibration", "false"): ("finetune", TABLE),
    ("prune.shares", "even"): ("compress", PRUNED),
    ("prune.shares", "free"): ("compress", PRUNED),
}


def today(old):
    return ".".join(SETTINGS.get(part, part) for part in old.split("."))


def nested(values):
    """Dotted names as groups in groups."""
    result = {}
    for name, value in values.items():
        *groups, last = name.split(".")
        inner = result
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[last] = value
    return result


def by_flags(command, values, folder):
    words = [
        word for name, value in values.items() for word in (f"--{name}", str(value).lower() if value is True else str(value))
    ]
    return main([command, *words, "--dry_run"])


def by_file(command, values, folder):
    (folder / "settings.yaml").write_text(write(nested(values)), encoding="utf-8")
    return main([command, str(folder / "settings.yaml"), "--dry_run"])


def settings_of(way, command, values, folder):
    """The settings as a dry run prints them, without what it says of them."""
    printed = StringIO()
    with redirect_stdout(printed):
        assert way(command, values, folder) == 0
    return [line for line in printed.getvalue().splitlines() if not line.startswith("#")]


def by_function(command, values, folder):
    getattr(groundup, command)(**nested(values), dry_run=True)
    return 0


def make_cases():
    for old, (command, given, value) in CASES.items():
        yield pytest.param(
            command, given | {old: value}, given | {today(old): value}, f"{old_place(old)} is now called", id=old
        )
    for (name, old), (command, given) in OLD_VALUES.items():
        new = VALUES[name.rpartition(".")[2], old]
        yield pytest.param(
            command, given | {name: old}, given | {name: new}, f"{name} {old} is now called {new}", id=f"{name} {old}"
        )


def old_place(old):
    """The part of a name that is old, with the groups it stands in."""
    parts = old.split(".")
    last = max(place for place, part in enumerate(parts) if part in SETTINGS)
    return ".".join([*map(today, parts[:last]), parts[last]])


CASES_TODAY = [*make_cases()]


def test_every_row_of_the_table_has_its_case():
    assert {part for old in CASES for part in old.split(".") if part in SETTINGS} == set(SETTINGS)
    assert {(name.rpartition(".")[2], old) for name, old in OLD_VALUES} == set(VALUES)


def test_no_group_has_a_setting_under_both_names():
    """Else the old name would mean the other setting there, and nobody would know."""

    def groups(cls):
        yield cls
        for kind in fields_of(cls).values():
            for inner in groups_of(kind):
                yield from groups(inner)

    both = [
        (cls.__name__, old, new)
        for name in COMMANDS
        for cls in groups(command_class(name))
        for old, new in SETTINGS.items()
        if {old, new} <= fields_of(cls).keys()
    ]
    assert both == []


@pytest.mark.parametrize("way", [by_flags, by_file])
@pytest.mark.parametrize(("command", "old", "new", "note"), CASES_TODAY)
def test_the_command_line_and_a_file_take_a_former_name_and_say_todays(way, command, old, new, note, tmp_path, capsys):
    expected = settings_of(way, command, new, tmp_path)
    assert "is now called" not in capsys.readouterr().err
    assert settings_of(way, command, old, tmp_path) == expected
    assert f"groundup: note {note}" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "old", "new", "note"), CASES_TODAY)
def test_a_function_takes_a_former_name_and_warns(command, old, new, note, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = settings_of(by_function, command, new, tmp_path)
    with pytest.warns(FutureWarning, match=note) as told:
        assert settings_of(by_function, command, old, tmp_path) == expected
    assert told[0].filename == __file__


@pytest.mark.parametrize(
    ("command", "old", "new", "note"), [case for case in CASES_TODAY if case.values[0] in STAGES and case.id != "mirror"]
)
def test_a_recipe_takes_a_former_name(command, old, new, note, tmp_path, capsys):
    for name in ("m", "rows.csv", "other"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()

    def stage(values, *changes):
        values = nested({name: value for name, value in values.items() if name != "out"})
        (tmp_path / "recipe.yaml").write_text(write({"stages": {"one": {command: values}}}), encoding="utf-8")
        made = read_recipe(Run(recipe=str(tmp_path / "recipe.yaml"), out=str(tmp_path / "o"), set=changes), command_class)
        return made[0].settings

    expected = stage(new)
    assert "is now called" not in capsys.readouterr().err
    assert stage(old) == expected
    assert f"note stages.one.{command}.{note}" in capsys.readouterr().err


@pytest.mark.parametrize("old", CASES)
def test_both_names_at_once_are_refused(old, tmp_path, capsys):
    command, given, value = CASES[old]
    both = given | {old: value, today(old): value}
    what = f"given twice, the second time as {old_place(old)}, its former name"
    for way in (by_flags, by_file):
        assert way(command, both, tmp_path) == 2
        assert what in capsys.readouterr().err
    with pytest.raises(InputError, match=what):
        by_function(command, both, tmp_path)


def test_a_flag_on_top_of_a_file_may_use_the_other_name(tmp_path, capsys):
    (tmp_path / "settings.yaml").write_text("stay: {method: ewc}\nevaluations: 3\n")
    flags = [word for name, value in TABLE.items() for word in (f"--{name}", value)]
    line = ["finetune", str(tmp_path / "settings.yaml"), *flags, "--regularize.strength", "7", "--num_evaluations", "4"]
    assert main([*line, "--dry_run"]) == 0
    printed = capsys.readouterr().out
    assert "num_evaluations: 4" in printed
    assert "method: ewc" in printed
    assert "strength: 7.0" in printed


def test_yes_and_no_are_flags_under_a_former_name(capsys):
    flags = [word for name, value in TABLE.items() for word in (f"--{name}", value)]
    assert main(["finetune", *flags, "--untrained", "--dry_run"]) == 0
    assert "from_scratch: true" in capsys.readouterr().out
    assert main(["finetune", *flags, "--no-untrained", "--dry_run"]) == 0
    assert "from_scratch: false" in capsys.readouterr().out


def test_quiet_silences_the_line(capsys):
    flags = [word for name, value in TABLE.items() for word in (f"--{name}", value)]
    assert main(["finetune", *flags, "--average", "0.5", "--quiet", "--dry_run"]) == 0
    assert "is now called" not in capsys.readouterr().err


def test_settings_that_an_older_version_wrote_are_compared_under_todays_names():
    old = {
        "stay": {"method": "ewc"},
        "prune": {"shares": "free"},
        "judge": None,
        "tasks": {"judge": {"data": "a"}},
        "samples": 60,
    }
    new = {
        "regularize": {"method": "ewc"},
        "prune": {"shares": "global"},
        "best_metric": None,
        "tasks": {"judge": {"data": "a"}},  # a name of the user's own
        "samples": 60,  # which this group still has
    }
    assert differences(old, new) == ""
    assert differences(old, new | {"best_metric": "loss"}) == "best_metric: None -> 'loss'"
    assert current_keys({"flat_until": 0.4}) == {"decay_start": 0.4}
