"""Every setting of every command has an entry that says what it changes (fast), and changes it (slow)."""

from fnmatch import fnmatch

import pytest

from groundup.commands.names import COMMANDS, command_class
from groundup.help import lines_of
from tests.settings.cases import CASES
from tests.settings.effects import EFFECTS, Effect
from tests.settings.observe import PAGES, differing, observe, steady

BY_NAME = {case.name: case for case in CASES}
ENTRIES = [(command, setting, effect) for command, found in EFFECTS.items() for setting, effect in found.items()
           if isinstance(effect, Effect)]  # fmt: skip
HOW = """{command}: no entry for {names}. Say in tests/settings/effects/ which run shows what the setting changes:

    "{name}": Effect("{case}", VALUE, "report.json:FIGURE"),

that is: in the case `{command} {case}` of tests/settings/cases.py this value, which is not the default, changes that figure, file,
or `printed`, `said`, `refused` (see Effect in effects/effect.py). A setting of a group that many commands have goes into the function
of that group in effect.py. Then `pytest -m slow tests/settings/test_effects.py -k "{command} and {last}"` shows whether it is so."""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_setting_has_an_entry(command):
    names = [line.name for line in lines_of(command_class(command))]
    case = next(case.kind for case in CASES if case.command == command)
    missing = [name for name in names if name not in EFFECTS[command]]
    first = (missing or ["-"])[0]
    assert not missing, HOW.format(command=command, names=", ".join(missing), name=first, case=case, last=first.split(".")[-1])
    strange = EFFECTS[command].keys() - set(names)
    assert not strange, f"{command} has no settings {', '.join(sorted(strange))}"


def test_every_entry_names_a_case():
    assert [(command, name) for command, name, effect in ENTRIES if f"{command} {effect.case}" not in BY_NAME] == []


@pytest.fixture(scope="session")
def bases():
    """What runs without the setting came to, twice: what differs by itself shows nothing."""
    return {}


@pytest.mark.slow
@pytest.mark.parametrize(("command", "setting", "effect"), ENTRIES, ids=[f"{command} {setting}" for command, setting, _ in ENTRIES])
def test_a_setting_changes_what_its_entry_names(command, setting, effect, world, bases):
    case = BY_NAME[f"{command} {effect.case}"]
    key = case.name, repr(sorted(effect.also.items()))
    if key not in bases:
        bases[key] = [observe(case, world, effect.also) for _ in range(2)]
    before, again = bases[key]
    after = observe(case, world, effect.also | {setting.replace("NAME", "one"): effect.value})
    same = steady(before, again)
    found = [name for name in differing(before, after) if name in same or name not in before or name not in after]
    shown = [name for name in found if fnmatch(name, effect.seen) and (not name.endswith(PAGES) or effect.seen.endswith(PAGES))]
    assert shown, f"{effect.seen} is as before; what differs: {sorted(found)[:8]}; refused: {before['refused']}, {after['refused']}"
    assert effect.seen == "refused" or before["refused"] == after["refused"] is None or effect.seen == "*", after["refused"]
