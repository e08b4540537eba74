"""Pages are drawn in one room, and each has a name of its own."""

import ast
from pathlib import Path

SOURCES = sorted((Path(__file__).parents[2] / "src/groundup").rglob("*.py"))


def test_only_the_room_of_pages_draws_a_page():
    drawing = [path for path in SOURCES if "html.page(" in path.read_text("utf-8")]
    assert len(drawing) >= 12
    assert {path.parent.name for path in drawing} == {"pages"}


def test_a_page_is_called_after_its_file():
    names = [
        (path.stem, node.name)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.endswith("_page") and path.stem != "html"
    ]
    drawn = [name for stem, name in names if stem == name]
    assert len(drawn) == len(set(drawn)) >= 12
    assert not [path for path in SOURCES if path.stem != "html" and "\ndef page(" in path.read_text("utf-8")]
