"""JSON and YAML as we read them: strict, bounded, and nothing guessed."""

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundup.errors import InputError
from groundup.strict_json import canonical, parse_json, read_json
from groundup.strict_yaml import read, write

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=7,
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ("[NaN]", "not a number"),
        ("[1e999]", "not finite"),
        ("[" + "9" * 5000 + "]", "does not fit in 64 bits"),
        ("[9223372036854775808]", "64 bits"),
        ("[" * 100_000, "deeper than 64"),
        ('["\\ud800"]', "lone surrogate"),
        ("{'a': 1}", "line 1, column 2"),
        ('{"a": 1} {}', "column 10"),
        ("", "column 1"),
        (b"\xff", "not UTF-8 at byte 0"),
    ],
)
def test_json_that_is_refused(text, told):
    with pytest.raises(InputError, match=r"BAD_JSON x\.json") as error:
        parse_json(text, "x.json")
    assert told in error.value.what


@pytest.mark.parametrize(
    ("text", "value"), [("9223372036854775807", 2**63 - 1), ("-0", 0), ('"\\ud83d\\ude00"', "😀"), ('"[[["', "[[[")]
)
def test_json_at_the_limit_is_read(text, value):
    assert parse_json(text, "x") == value


@pytest.mark.parametrize("depth", [3, 64])
def test_json_is_as_deep_as_is_allowed(depth):
    assert parse_json("[" * depth + "]" * depth, "x", depth) is not None
    with pytest.raises(InputError, match=f"deeper than {depth}"):
        parse_json("[" * (depth + 1) + "]" * (depth + 1), "x", depth)


def test_a_repeated_key_is_found_fast_and_told_safely():
    keys = ",".join(f'"{i}": 0' for i in range(200_000))
    start = time.process_time()
    with pytest.raises(InputError, match="'199999' stands twice"):
        parse_json(f'{{{keys}, "199999": 1}}', "x")
    assert time.process_time() - start < 3
    with pytest.raises(InputError, match=r"'\\u202e' stands twice"):
        parse_json('{"\u202e": 0, "\u202e": 1}', "x")


@pytest.mark.parametrize("reader", [lambda p: read(p, 99, 9), read_json])
@pytest.mark.parametrize("kind", ["pipe", "folder", "nothing"])
def test_only_regular_files_are_opened(reader, kind, tmp_path):
    path = tmp_path / "x"
    {"pipe": os.mkfifo, "folder": os.mkdir, "nothing": str}[kind](path)
    with pytest.raises(InputError, match="NO_FILE" if kind == "nothing" else "NOT_A_FILE"):
        reader(path)  # opening a pipe would wait for ever


def test_the_canonical_form_does_not_hang_on_the_order_of_keys():
    assert canonical({"b": 1, "a": "天"}) == canonical({"a": "天", "b": 1}) == '{\n "a": "天",\n "b": 1\n}\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\na: 2\n", ":2: 'a' stands twice"),
        ("a: &x 1\nb: *x\n", ":1: anchors"),
        ("a: !!python/object:os.system x\n", "tags"),
        ("a: " + "[" * 30 + "]" * 30, "nested too deep"),
        ("- 1\n", "not a mapping"),
        ("a: [1\n", "BAD_YAML"),
        ("? [a]\n: b\n", "plain text"),
        ("&a a: 1\n", "plain text"),
        ("a: 1\n---\nb: 2\n", ":2: a second document"),
        ("a: \x07\n", "#x0007"),
        ("a: !!str 1\n", "tags"),
        ("a: ! 1\n", "tags"),
        ("a: " + "[" * 100_000, ":1: is nested too deep"),
        ("'a\\b': 1\n'a\\b': 2\n", ":2: 'a\\b' stands twice"),
    ],
)
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
        "a": 1e-3,
        "b": "1e-3",
        "c": "no",
        "d": "2024-01-01",
        "e": None,
        "f": True,
        "g": 7,
        "h": 0.5,
        "i": "天",
    }


@given(st.dictionaries(st.text(max_size=9), PLAIN, max_size=4))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_what_is_written_as_yaml_is_read_back(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "written.yaml"
    path.write_text(write(values), "utf-8")
    assert read(path, 2**20, 16) == values


def test_yaml_at_the_limits_is_read(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: " + "[" * 15 + "]" * 15, "utf-8")
    assert read(path, 33, 16) != {}
    path.write_bytes(b"\xef\xbb\xbf# nothing\n")
    assert read(path, 33, 16) == {}


def test_a_large_yaml_file_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\n" * 10, "utf-8")
    with pytest.raises(InputError, match="FILE_TOO_LARGE"):
        read(path, 20, 16)
