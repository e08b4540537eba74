"""What the guides say that an addition needs: files of its own (below `added/`) and lines in files that are there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

ADDED = Path(__file__).parent / "added"


class Line(NamedTuple):
    """Text that is put behind the one place in a file where `after` stands."""

    file: str  # below src/groundup
    after: str
    text: str


class Addition(NamedTuple):
    """An addition by its guide. Its own files lie in `added/<name>`, as they lie below src/groundup."""

    name: str
    guide: str
    own_name: str  # what stands for <name> in the guide
    lines: tuple[Line, ...]

    @property
    def own_files(self) -> list[str]:
        home = ADDED / self.name
        return sorted(path.relative_to(home).as_posix() for path in home.rglob("*.py"))

    @property
    def touched(self) -> set[str]:
        """Every file that is added or changed, below src/groundup."""
        return {*self.own_files, *(line.file for line in self.lines)}

    def apply(self, package: Path) -> None:
        """Do what the guide says to a copy of the package."""
        for name in self.own_files:
            target = package / name
            assert not target.exists(), f"{name} is there already"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ADDED / self.name / name, target)
        for line in self.lines:
            path = package / line.file
            text = path.read_text(encoding="utf-8")
            assert text.count(line.after) == 1, f"{line.file}: '{line.after}' stands there {text.count(line.after)} times"
            path.write_text(text.replace(line.after, line.after + line.text), encoding="utf-8")


KIND = Addition(
    "kind",
    "add-a-kind.md",
    "weekday",
    (
        Line(
            "nn/inputs.py",
            "from typing import ClassVar, TypeVar, get_args\n",
            '''

@dataclass(frozen=True, kw_only=True)
class Weekdays:
    """Days of the week: a token for each that is not missing, behind one trained token. A token is an id: 0 for the first, then
    seven for each column."""

    kind: ClassVar[str] = "weekday"
    ordered: ClassVar[bool] = False
    token_shape: ClassVar[tuple[int, ...]] = ()
    columns: int
    """Columns that are read."""

    @property
    def most_tokens(self) -> int:
        """Most tokens of a row."""
        return 1 + self.columns

    @property
    def num_vectors(self) -> int:
        """Vectors of width C in the embedder."""
        return 1 + 7 * self.columns

    @property
    def num_looked_up(self) -> int:
        """Vectors that tokens choose by their number."""
        return self.num_vectors

    def check(self) -> Iterable[tuple[str, str]]:
        if self.columns < 1:
            yield "columns", f"{self.columns} is not at least 1"
''',
        ),
        Line("nn/inputs.py", "Input = Words | Patches | Cells", " | Weekdays"),
        Line("nn/embed/make.py", "from groundup.nn.inputs import Cells, Input, Patches, ", "Weekdays, "),
        Line(
            "nn/embed/make.py",
            "from groundup.nn.embed.tokens import TokenEmbedder\n",
            "from groundup.nn.embed.weekday import WeekdayEmbedder\n",
        ),
        Line(
            "nn/embed/make.py",
            "            return CellEmbedder(one, config)\n",
            "        case Weekdays():\n            return WeekdayEmbedder(one, config)\n",
        ),
        Line(
            "kinds/known.py",
            "from groundup.kinds.text.reader import NewTextReader, TextReader\n",
            "from groundup.kinds.weekday import WeekdayReader\n",
        ),
        Line("kinds/known.py", "from groundup.nn.inputs import Cells, Input, Patches, ", "Weekdays, "),
        Line(
            "kinds/known.py",
            "            return TableReader.open(folder)\n",
            "        case Weekdays():\n            return WeekdayReader.open(folder)\n",
        ),
        Line(
            "kinds/known.py",
            "            return TableReader(columns, how.table)\n",
            '        case "weekday":\n            return WeekdayReader(columns)\n',
        ),
        Line(
            "messages/evaluation.py",
            '    "kind table": ("table", "表格"),\n',
            '    "kind weekday": ("day of the week", "星期"),\n',
        ),
        Line(
            "kinds/settings.py",
            '    "table": KindTraits(pattern=True, settings=("table",)),\n',
            '    "weekday": KindTraits(),\n',
        ),
        Line(
            "kinds/settings.py",
            '`*` is every column that has no other part."""\n',
            '    weekday_column: tuple[str, ...] = ()\n    """Column of days of the week, each of its cells a token."""\n',
        ),
        Line(
            "kinds/settings.py",
            'or all of them in the order of the training."""\n',
            '    weekday_column: tuple[str, ...] = ()\n    """Column of days. Default: what the model was trained on."""\n',
        ),
    ),
)
TASK = Addition(
    "task",
    "add-a-task.md",
    "share",
    (
        Line(
            "tasks/traits.py",
            '    "regression": Traits(answer="number", kinds=EVERY_KIND, pooled=True, multitask=True),\n',
            '    "share": Traits(answer="number", kinds=EVERY_KIND, pooled=True),\n',
        ),
        Line(
            "tasks/known.py",
            "from groundup.tasks.regression import Regression\n",
            "from groundup.tasks.share import Share\n",
        ),
        Line("tasks/known.py", "        Regression,\n", "        Share,\n"),
    ),
)
FAMILY = Addition(
    "family",
    "add-a-family.md",
    "notebook",
    (
        Line(
            "families/known.py",
            "from groundup.families.modernbert import MODERNBERT\n",
            "from groundup.families.notebook import NOTEBOOK\n",
        ),
        Line("families/known.py", "(BERT, MODERNBERT, ", "NOTEBOOK, "),
    ),
)
OBJECTIVE = Addition(
    "objective",
    "add-an-objective.md",
    "turned",
    (
        Line(
            "commands/pretrain/objectives.py",
            "import Causal, Denoise, Masked, Prefix, Replaced, Spans\n",
            "from groundup.commands.pretrain.turned import Turned\n",
        ),
        Line("commands/pretrain/objectives.py", "row.name: row for row in (Masked(), ", "Turned(), "),
        Line("commands/pretrain/traits.py", '    "prefix": ObjectiveTraits(),\n', '    "turned": ObjectiveTraits(),\n'),
    ),
)
COMMAND = Addition(
    "command",
    "add-a-command.md",
    "tally",
    (
        Line(
            "commands/table.py",
            "VERBS = (\n",
            """    Verb(
        "tally",
        "Count how often each value stands in a column of a table.",
        lambda: load("tally.settings:Tally"),
        lambda: load("tally.story:tally"),
    ),
""",
        ),
    ),
)
ADDITIONS = (KIND, TASK, FAMILY, OBJECTIVE, COMMAND)
