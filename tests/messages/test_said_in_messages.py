"""What is said to people comes from the tables in `messages/`: no literal is said, so that nothing is left English in Chinese."""

import ast
from collections.abc import Iterator
from pathlib import Path

import groundup
from groundup.messages.compression import COMPRESSION
from groundup.messages.size import SIZE
from groundup.messages.translate import MESSAGES

ROOT = Path(groundup.__file__).parent
SAY = {"say", "result", "detail", "inform", "log", "note"}  # functions whose argument people read
LISTS = {"notes", "reservations", "alarms", "clauses"}  # lists of such lines, by `append`
TRANSLATORS = {"message", "text", "t", "translator"}
KEYED = {"note"}  # methods that take a key themselves, inside the room of tables
HOW = """{places} say a text of their own.
Write it in a table of src/groundup/messages/, English and Chinese side by side, and say message("its key", name=value)."""


def name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def is_said(call: ast.Call) -> bool:
    """Whether a call says its argument, or keeps it to be said."""
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "append":
        return name_of(function.value) in LISTS
    return name_of(function) in SAY


def own_texts(tree: ast.AST) -> Iterator[str]:
    """Literals with words and blanks in a tree; names in brackets and keys of messages are none."""
    if isinstance(tree, ast.Subscript):
        return
    if isinstance(tree, ast.Call) and name_of(tree.func) in TRANSLATORS:
        for argument in [*tree.args[1:], *(keyword.value for keyword in tree.keywords)]:
            yield from own_texts(argument)
        return
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        text = tree.value.removeprefix("warning: ")
        if " " in text and any(sum(map(str.isalpha, word)) > 1 for word in text.split()):
            yield tree.value
    for child in ast.iter_child_nodes(tree):
        yield from own_texts(child)


def literals_said(source: str) -> list[tuple[int, str]]:
    """(line, literal) of each that a module says."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and is_said(node)]
    keyed = {id(call.args[0]) for call in calls if name_of(call.func) in KEYED and call.args and called_by_key(call)}
    return [
        (call.lineno, text)
        for call in calls
        for argument in call.args
        if id(argument) not in keyed
        for text in own_texts(argument)
    ]


def called_by_key(call: ast.Call) -> bool:
    """Whether the first argument is the key of a message, as `situation.note` takes it."""
    first = call.args[0]
    if isinstance(first, ast.JoinedStr):
        return True
    return isinstance(first, ast.Constant) and first.value in MESSAGES


def test_no_module_says_a_literal():
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line} ({text!r})"
        for path in sorted(ROOT.rglob("*.py"))
        for line, text in literals_said(path.read_text("utf-8"))
    ]
    assert not found, HOW.format(places=", ".join(found))


def test_the_scan_sees_what_is_said():
    assert literals_said('say(f"kept {n} rows")') == [(1, "kept "), (1, " rows")]
    assert literals_said('rejects.inform("warning: no row", name)') == [(1, "warning: no row")]
    assert literals_said('notes.append("was cut")') == [(1, "was cut")]
    assert literals_said('say(message("n rows", count=3))') == []
    assert literals_said('say(message("in split", note="left out"))') == [(1, "left out")]
    assert literals_said('say(f"    {line}")') == []


def keys_of(source: str) -> Iterator[str]:
    """The keys that a module asks for by name, at its calls of `message` and `text`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("message", "t") and node.args:
            yield from keys_in(node.args[0])


def keys_in(key: ast.expr) -> Iterator[str]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield key.value
    elif isinstance(key, ast.IfExp):
        yield from keys_in(key.body)
        yield from keys_in(key.orelse)


def test_every_key_that_is_asked_for_is_in_a_table():
    known = {*MESSAGES, *SIZE, *COMPRESSION}
    own = {ROOT / "messages"}
    missing = {
        key
        for path in ROOT.rglob("*.py")
        if path.parent not in own and "overview" not in path.name
        for key in keys_of(path.read_text("utf-8"))
        if key not in known
    }
    assert missing == set()
