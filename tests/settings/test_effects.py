"""Every setting of every command has an entry that says what it changes (fast), and changes it (slow)."""

from fnmatch import fnmatch

import pytest

from groundup.commands.table import COMMANDS, command_class
from groundup.usage.help import setting_lines
from tests.settings.cases import CASES
from tests.settings.effects import EFFECTS, Effect
from tests.settings.observe import PAGES, differing, observe, steady

BY_NAME = {case.name: case for case in CASES}
ENTRIES = [
    (command, setting, effect)
    for command, found in EFFECTS.items()
    for setting, effect in found.items()
    if isinstance(effect, Effect)
]
HOW = """{command}: no entry for {names}. Say in tests/settings/effects/ which run shows what the setting changes:

    "{name}": Effect("{case}", VALUE, "report.json:FIGURE"),

that is: in the case `{command} {case}` of tests/settings/cases.py this value, which is not the default, changes that figure, file,
or `printed`, `said`, `refused` (see Effect in effects/effect.py). A setting of a group that many commands have goes into the function
of that group in effect.py. Then `pytest -m slow tests/settings/test_effects.py -k "{command} and {last}"` shows whether it is so."""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_setting_has_an_entry(command):
    names = [line.name for line in setting_lines(command_class(command))]
    case = next(case.kind for case in CASES if case.command == command)
    missing = [name for name in names if name not in EFFECTS[command]]
    first = (missing or ["-"])[0]
    assert not missing, HOW.format(command=command, names=", ".join(missing), name=first, case=case, last=first.split(".")[-1])
    strange = EFFECTS[command].keys() - set(names)
    assert not strange, f"{command} has no settings {', '.join(sorted(strange))}"


def test_every_entry_names_a_case():
    assert [(command, name) for command, name, effect in ENTRIES if f"{command} {effect.case}" not in BY_NAME] == []


class Bases:
    """What cases come to without the setting: run once, and again where it has to be known what differs by itself."""

    def __init__(self, home):
        self.home, self.found = home, {}

    def run(self, case, also, time=0):
        key = case.name, repr(sorted(also.items())), time
        if key not in self.found:
            self.found[key] = observe(case, self.home, also)
        return self.found[key]

    def steady(self, case, also, name):
        """Whether a thing is alike in two runs: in those of the case as it is or, if they have no such thing, in these."""
        if name in ("refused", "place"):
            return True
        asked = {} if name in self.run(case, {}) else also
        return name in steady(self.run(case, asked), self.run(case, asked, 1))


@pytest.fixture(scope="session")
def bases(world):
    return Bases(world)


def shown(seen, before, after):
    """Things that differ and that the entry names."""
    return [
        name for name in differing(before, after) if fnmatch(name, seen) and (not name.endswith(PAGES) or seen.endswith(PAGES))
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "setting", "effect"), ENTRIES, ids=[f"{command} {setting}" for command, setting, _ in ENTRIES]
)
def test_a_setting_changes_what_its_entry_names(command, setting, effect, world, bases):
    case, seen = BY_NAME[f"{command} {effect.case}"], effect.seen
    before = bases.run(case, effect.also)
    after = observe(case, world, effect.also | {setting.replace("NAME", "one"): effect.value})
    found = any(
        name not in before or name not in after or bases.steady(case, effect.also, name) for name in shown(seen, before, after)
    )
    assert found, (
        f"{seen} is as before; what differs: {differing(before, after)[:8]}; refused: {before['refused']}, {after['refused']}"
    )
    assert seen in ("refused", "*") or before["refused"] == after["refused"] is None, after["refused"]
