"""Errors as people see them: one line, safe to print, with the place, the value and the way out."""

import pytest

from groundup.errors import GateError, InputError, Interrupted, PeerError, ResourceError, StorageError, printable


def test_a_line_has_code_place_what_limit_and_way_out():
    error = InputError("FILE_TOO_LARGE", "../a..b.yaml:3", "has 9 bytes", fix="cut it", limit="8")
    assert str(error) == error.line() == "error FILE_TOO_LARGE ../a..b.yaml:3: has 9 bytes (limit: 8). Fix: cut it"


@pytest.mark.parametrize(
    ("what", "end"), [("is bad", "is bad."), ("is bad.", "is bad."), ("is bad. Did you mean 'x'?", "'x'?")]
)
def test_a_sentence_ends_once(what, end):
    assert InputError("BAD", "", what).line().endswith(end)


@pytest.mark.parametrize("part", ["place", "what", "fix", "limit"])
@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "\r\n", "\u2028", "\x00", "\udcff", "\U000e0001"])
def test_no_part_of_a_line_steers_a_terminal(part, hostile):
    parts = {"place": "a", "what": "b", "fix": "c", "limit": "d", part: f"x{hostile}y"}
    line = InputError("BAD", **parts).line()
    assert line.isprintable()
    assert "x" in line
    assert "y" in line


def test_several_mistakes_are_several_lines_in_python_and_on_the_command_line():
    error = InputError("BAD_SETTING", "a", "is wrong", problems=("a: is wrong", "b\x1b: is\nwrong, too"))
    assert error.lines() == ["error BAD_SETTING a: is wrong.", "error BAD_SETTING b\\x1b: is wrong, too."]
    assert str(error) == "\n".join(error.lines())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("天\tb", "天\\x09b"),
        ("\u200b", "\\u200b"),
        ("\U000e0001", "\\U000e0001"),
        ("x" * 12, "x" * 10 + "..."),
        ("x" * 10, "x" * 10),
    ],
)
def test_names_are_escaped_and_cut(text, shown):
    assert printable(text, 10) == shown


def test_exit_codes_are_the_contract():
    kinds = {InputError: 2, GateError: 4, ResourceError: 71, StorageError: 74, PeerError: 75}
    assert {kind: kind("CODE", "", "what").exit_code for kind in kinds} == kinds
    assert [Interrupted(number).exit_code for number in (2, 15)] == [130, 143]
