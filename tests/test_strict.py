"""JSON and YAML as we read them: strict, bounded, and nothing guessed."""

import pytest

from groundup.errors import InputError
from groundup.strict_json import canonical, parse_json
from groundup.strict_yaml import read


@pytest.mark.parametrize(
    ("text", "told"),
    [('{"a": 1, "a": 2}', "'a' stands twice"), ("[NaN]", "not a number"), ("[1e999]", "not finite"),
     ("[" + "9" * 5000 + "]", "does not fit in 64 bits"), ("[9223372036854775808]", "64 bits"), ("[" * 100_000, "deeper than 64"),
     ('["\\ud800"]', "lone surrogate"), ("{'a': 1}", "line 1, column 2"), ('{"a": 1} {}', "column 10"), ("", "column 1"),
     (b"\xff", "not UTF-8 at byte 0")],
)  # fmt: skip
def test_json_that_is_refused(text, told):
    with pytest.raises(InputError, match=r"BAD_JSON x\.json") as error:
        parse_json(text, "x.json")
    assert told in error.value.what


@pytest.mark.parametrize(("text", "value"), [("9223372036854775807", 2**63 - 1), ("-0", 0), ('"\\ud83d\\ude00"', "😀"), ('"[[["', "[[[")])
def test_json_at_the_limit_is_read(text, value):
    assert parse_json(text, "x") == value


def test_the_canonical_form_does_not_hang_on_the_order_of_keys():
    assert canonical({"b": 1, "a": "天"}) == canonical({"a": "天", "b": 1}) == '{\n "a": "天",\n "b": 1\n}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [("a: 1\na: 2\n", ":2: 'a' stands twice"), ("a: &x 1\nb: *x\n", ":1: anchors"), ("a: !!python/object:os.system x\n", "tags"),
     ("a: " + "[" * 30 + "]" * 30, "nested too deep"), ("- 1\n", "not a mapping"), ("a: [1\n", "BAD_YAML"), ("? [a]\n: b\n", "plain text")],
)  # fmt: skip
def test_yaml_that_is_refused(text, told, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"BAD_YAML") as error:
        read(path, 2**20, 16)
    assert told in str(error.value)


def test_yaml_scalars_are_never_guessed(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text('a: 1e-3\nb: "1e-3"\nc: no\nd: 2024-01-01\ne: null\nf: true\ng: 007\nh: .5\ni: 天\n', "utf-8")
    assert read(path, 2**20, 16) == {
        "a": 1e-3, "b": "1e-3", "c": "no", "d": "2024-01-01", "e": None, "f": True, "g": 7, "h": 0.5, "i": "天",
    }  # fmt: skip


def test_a_large_yaml_file_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n" * 10, "utf-8")
    with pytest.raises(InputError, match="FILE_TOO_LARGE"):
        read(path, 20, 16)
