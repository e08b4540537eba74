"""Where things stand: no circle of imports, and every command with its settings and its story."""

import ast
from pathlib import Path

import pytest

from groundup.commands.table import VERBS
from groundup.config import command_name
from groundup.kinds import settings as kind_settings
from groundup.tasks.known import TASKS
from groundup.tasks.traits import TRAITS

SOURCE = Path(__file__).parents[1] / "src"
COMMANDS = SOURCE / "groundup" / "commands"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): path for path in SOURCE.rglob("*.py")
}


def imports_of(tree: ast.AST) -> set[str]:
    """Modules of ours that a module imports, wherever it does: in functions and under TYPE_CHECKING, too."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole place"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {name if name in MODULES else str(node.module) for name in inner}
    return names & MODULES.keys()


def loaded_by(tree: ast.AST) -> set[str]:
    """Modules that the table of commands names as "package.module:name"."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "load")
    texts = [str(node.args[0].value) for node in calls if node.args and isinstance(node.args[0], ast.Constant)]
    return {f"groundup.commands.{text.partition(':')[0]}" for text in texts}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules each of which reaches the others."""
    found, reached = [], {name: reach(graph, name) for name in graph}
    for name in graph:
        group = sorted(other for other in reached[name] if name in reached[other])
        if len(group) > 1 and group not in found:
            found.append(group)
    return found


def reach(graph: dict[str, set[str]], start: str) -> set[str]:
    seen, waiting = set(), [start]
    while waiting:
        for name in graph[waiting.pop()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen


def test_no_module_imports_itself_over_others():
    trees = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}
    graph = {name: imports_of(tree) - {name} for name, tree in trees.items()}
    graph["groundup.commands.table"] |= loaded_by(trees["groundup.commands.table"])
    assert len(loaded_by(trees["groundup.commands.table"])) > 2 * len(VERBS)
    assert circles(graph) == []


def test_a_circle_is_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    inside = "def f():\n    from groundup.config import make\n"
    hidden = "if TYPE_CHECKING:\n    from groundup import config\n"
    assert imports_of(ast.parse(inside)) == imports_of(ast.parse(hidden)) == {"groundup.config"}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_command_is_settings_and_a_story_of_its_name(verb):
    settings, story = verb.settings(), verb.story()
    assert command_name(settings) == verb.name
    assert settings.__module__ == f"groundup.commands.{verb.name}.settings"
    story = getattr(story, "func", story)  # that of `run` has the table handed in
    assert (story.__name__, story.__module__) == (verb.name, f"groundup.commands.{verb.name}.story")


def test_every_folder_of_commands_is_a_command_or_shared():
    folders = {path.name for path in COMMANDS.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {verb.name for verb in VERBS} | {"shared"}
    assert {path.name for path in COMMANDS.glob("*.py")} == {"__init__.py", "paths.py", "table.py"}


MOST_FILES = 30  # of one folder


def test_no_folder_of_the_source_is_a_crowd():
    folders = [path for path in SOURCE.rglob("*") if path.is_dir()]
    counts = {path.relative_to(SOURCE).as_posix(): len(list(path.glob("*.py"))) for path in folders}
    assert {name: count for name, count in counts.items() if count > MOST_FILES} == {}


MOST_FILE_LINES, MOST_FUNCTION_LINES = 350, 60
LONG_FILES = {"groundup.commands.finetune.story": 370}  # may only get shorter


def test_no_file_is_longer_than_a_reader_can_hold():
    lengths = {name: len(path.read_text("utf-8").split("\n")) - 1 for name, path in MODULES.items()}
    assert {name: count for name, count in lengths.items() if count > LONG_FILES.get(name, MOST_FILE_LINES)} == {}


def test_no_function_is_longer_than_a_page():
    long = {}
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                if (lines := node.end_lineno - node.lineno + 1) > MOST_FUNCTION_LINES:
                    long[f"{name}.{node.name}"] = lines
    assert long == {}


KINDS = (*kind_settings.KINDS, "sound", "series", "tracks")
ROOMS = ("groundup/tasks/", "groundup/kinds/", "groundup/nn/")
FOREIGN = {  # where such a word is another's: a column, a key, a format, or a value in the config.json of a published model
    "groundup/data/sources/annotated/annotation_tools.py",
    "groundup/data/sources/tables/missing_column.py",
    "groundup/data/sources/texts/parallel.py",
    "groundup/usage/completion.py",
    "groundup/families/config_heads.py",
}


def questions(tree: ast.AST) -> list[str]:
    """Comparisons with the name of a task or a kind, and questions for its class."""
    names = {*KINDS, *TRAITS}
    classes = {f"{kind.capitalize()}Reader" for kind in KINDS} | {task.__name__ for task in TASKS.values()}
    found = []
    for node in ast.walk(tree):
        words: set[str] = set()
        if isinstance(node, ast.Compare):
            words = {word for one in [node.left, *node.comparators] for word in texts_of(one)} & names
        elif isinstance(node, ast.MatchValue):
            words = set(texts_of(node.value)) & names
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            words = {one.id for one in ast.walk(node.args[1]) if isinstance(one, ast.Name)} & classes
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".reads"):
            words = {word for one in node.args for word in texts_of(one)} & names
        elif isinstance(node, ast.MatchClass):
            words = {ast.unparse(node.cls)} & classes
        if words:
            found.append(f"line {node.lineno}: {ast.unparse(node)[:80]}")
    return found


def texts_of(node: ast.AST) -> list[str]:
    """Texts that stand there, alone or in a collection."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    return [text for one in getattr(node, "elts", []) for text in texts_of(one)]


def test_nobody_asks_for_a_task_or_a_kind_by_name_outside_its_room():
    asking = {}
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE).as_posix()
        if not place.startswith(ROOMS) and (found := questions(ast.parse(path.read_text("utf-8")))):
            asking[place] = found
    assert {place: found for place, found in asking.items() if place not in FOREIGN} == {}
    assert asking.keys() == FOREIGN, "a place that asks no more is taken off the list"


@pytest.mark.parametrize(
    "source",
    [
        "task.name == 'tagging'",
        "kind in ('image', 'table')",
        "isinstance(task, Classification)",
        "config.reads('image')",
        "match kind:\n    case 'image':\n        pass",
        "match task:\n    case Regression():\n        pass",
    ],
)
def test_a_question_for_a_name_is_seen(source):
    assert len(questions(ast.parse(source))) == 1
