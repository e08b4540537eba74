"""An addition is what its guide says, and nothing else: a copy of the package gets a kind of input, a task, a family, an
objective and a command by the files and lines that the guides name, and lives from raw files to an export.
"""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import groundup
from tests.commands.life import write_documents
from tests.guides.additions import ADDITIONS
from tests.guides.life import LINES, RUNS

pytestmark = pytest.mark.slow
PACKAGE = Path(groundup.__file__).parent
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def write_days(path, count, seed):
    """Rows whose label and share the day of opening tells, and a word of the note, too."""
    rng = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["opened", "closed", "note", "price", "label", "share"])
        for number in range(count):
            opened, closed = rng.choice(DAYS), rng.choice((*DAYS, ""))
            free = opened.startswith("S")
            note = f"we {'stayed at home' if free else 'went to work'} {number}"
            writer.writerow([opened[:3], closed, note, rng.randint(1, 99), ("workday", "weekend")[free], (0.1, 0.9)[free]])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the copied package and raw files, after the life."""
    home = tmp_path_factory.mktemp("guides")
    shutil.copytree(PACKAGE, home / "src" / "groundup", ignore=shutil.ignore_patterns("__pycache__"))
    for addition in ADDITIONS:
        addition.apply(home / "src" / "groundup")
    write_documents(home / "documents", 60, seed=0)
    write_days(home / "rows.csv", 200, seed=1)
    write_days(home / "new.csv", 30, seed=2)
    text = (home / "new.csv").read_text(encoding="utf-8")
    (home / "renamed.csv").write_text(text.replace("opened,closed", "from,to"), encoding="utf-8")
    life = Path(__file__).with_name("life.py")
    subprocess.run([sys.executable, life], cwd=home, env=os.environ | {"PYTHONPATH": str(home / "src")}, check=True)
    return home


@pytest.fixture(scope="module")
def told(home):
    """Name of a command of the life -> its exit code and what it told."""
    return json.loads((home / "results.json").read_text(encoding="utf-8"))


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def report(home, run):
    return json.loads((home / run / "report.json").read_text(encoding="utf-8"))


def test_every_command_does_what_it_was_asked(told):
    refused = {"wrong cell", "wrong task", "wrong setting"}
    assert {name: told[name]["err"] for name in LINES if (told[name]["code"] != 0) != (name in refused)} == {}


def test_help_shows_the_additions(told):
    words = {name: " ".join(told[name]["out"].split()) for name in ("help", "help pretrain", "help finetune")}
    assert "tally Count how often each value stands in a column of a table." in words["help"]
    assert "| turned |" in words["help pretrain"]
    assert "--weekday_column" in words["help finetune"]
    assert "| share |" in words["help finetune"]


def test_the_command_counts(told):
    counts = dict(reversed(line.split(" ")) for line in told["tally"]["err"].splitlines())
    assert sum(map(int, counts.values())) == 200
    assert counts.keys() == {"workday", "weekend"}


def test_the_objective_makes_a_model_of_the_family_and_goes_on_with_it(home):
    config = json.loads((home / "lm" / "model" / "config.json").read_text(encoding="utf-8"))
    assert config["model_type"] == "notebook"
    run = json.loads((home / "more" / "run.json").read_text(encoding="utf-8"))
    assert run["resolved"]["objective"] == "turned", "the family's own"


def test_the_kind_is_learned_and_beats_what_is_trivial(home):
    found = report(home, "days")
    assert found["accuracy"]["value"] > 0.9


@pytest.mark.parametrize("run", RUNS)
def test_rows_are_answered(home, run):
    rows = read(home / f"answers-{run}.csv")
    assert len(rows) == 30
    if "share" in run:
        assert all(0 <= float(row["predicted_share"]) <= 1 for row in rows)
    else:
        assert {row["predicted_label"] for row in rows} <= {"workday", "weekend"}


def test_columns_of_the_kind_may_have_other_names(home):
    first, second = (
        [row["predicted_label"] for row in read(home / name)] for name in ("answers-days.csv", "answers-renamed.csv")
    )
    assert first == second


@pytest.mark.parametrize("run", RUNS)
def test_an_exported_model_answers_as_the_folder_does(home, run):
    column = "predicted_share" if "share" in run else "predicted_label"
    first, second = ([row[column] for row in read(home / name)] for name in (f"answers-{run}.csv", f"again-{run}.csv"))
    if column == "predicted_label":
        assert first == second
    else:
        assert [float(one) for one in first] == pytest.approx([float(one) for one in second], abs=1e-4)


def test_explanations_name_the_days(home):
    (line,) = (home / "explained-days" / "explanations.jsonl").read_text(encoding="utf-8").splitlines()
    scores = {part["column"]: abs(part["score"]) for part in json.loads(line)["parts"]}
    assert scores["opened"] > scores["closed"], "the label is told by the day of opening"


def test_what_does_not_fit_is_refused_by_name(told):
    assert "is no day of the week, like Tuesday or Tue" in told["wrong cell"]["err"]
    assert (
        "weekday_column: is for classification, multilabel, regression and share, not for tagging" in told["wrong task"]["err"]
    )
    assert "mask_rate: is for the objectives masked" in told["wrong setting"]["err"]
