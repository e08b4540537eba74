"""What help says of a default is what is used."""

import re

import pytest

from groundup.commands.table import COMMANDS, command_class
from groundup.config import fields_of, groups_of, named_group
from groundup.flags import from_command_line
from groundup.usage.help import default_text, help_text
from tests.test_cli import NEEDED

TYPED = {name: {word[2:] for word in words if word.startswith("--")} for name, words in NEEDED.items()}


def printed(name):
    """Setting -> the default that the whole help prints for it, or None. Its lines are put together again where they are wrapped."""
    text = re.sub(r"\n {6}", " ", help_text(command_class(name), name, "all"))
    found = re.findall(r"^  --(\S+) <.*?>(?:  ?\((.*?)\))?(?: |$)", text, re.MULTILINE)
    return {setting: told.removeprefix("default ") if told.startswith("default ") else None for setting, told in found}


def used(settings, setting):
    """The value of a dotted name."""
    value = settings
    for part, kind in zip(setting.split("."), [None, *setting.split(".")], strict=False):
        if value is None:  # a group that is left out: the defaults of its class
            return getattr(option_of(settings, kind), part)
        value = getattr(value, part) if not isinstance(value, dict) else next(iter(value.values()))
    return value


def option_of(settings, name):
    """The class of a group that may be left out."""
    return groups_of(fields_of(type(settings))[name])[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_default_that_help_prints_is_the_value_used(name):
    settings = from_command_line(command_class(name), None, NEEDED[name])
    told = printed(name)
    groups = [field for field, kind in fields_of(type(settings)).items() if named_group(kind)]
    positional = {type(settings).positional} - {""}
    assert len(told) >= 8
    for setting, default in told.items():
        if setting in TYPED[name] | positional or any(
            setting.startswith(f"{group}.") and setting.rsplit(".", 1)[1] in ("data", "text_column") for group in groups
        ):
            continue
        value = used(settings, setting)
        assert default == (None if value is None or value == () else default_text(value)), setting


def test_help_reads_the_default_of_the_field_not_of_its_class():
    told = printed("prepare")
    assert (told["split.validation"], told["split.test"]) == ("0.05", "0.0")
