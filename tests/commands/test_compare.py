"""Comparing as a user types it: models, runs and reports, on the same rows or not."""

import csv
import shutil

import pytest

from groundup.manifest import verify_folder
from tests.commands.life import BLAME, PRAISE, groundup, labelled, read_table, report, write_table

FAST = ("--timed_rows", 4, "--rounds", 1, "--quiet")


def compare(out, *words):
    return groundup("compare", *words, "--out", out, *FAST)


@pytest.fixture(scope="module")
def second(life):
    """A classifier of the same task that was trained less."""
    out = life.root / "hasty"
    assert life.finetune(out, "--max_length", 32, "--no-baselines") == 0
    return out


@pytest.fixture(scope="module")
def new_table(life):
    return write_table(
        life.root / "unseen.csv",
        [(t, n, "east" if i % 3 else "west") for i, (t, n) in enumerate(labelled(40, seed=21))],
        ("sentence", "label", "region"),
    )


@pytest.fixture(scope="module")
def compared(life, second, new_table, tmp_path_factory):
    out = tmp_path_factory.mktemp("compared") / "report"
    code = compare(out, life.classifier, second, "--data", new_table, "--slice_by", "region", "--seed", 1)
    return out, code, report(out)


def test_two_runs_on_a_new_table(compared):
    out, code, found = compared
    assert [s["name"] for s in found["systems"]] == ["classifier", "hasty", "majority", "tfidf"]
    answered = read_table(out / "answers.csv")
    assert len(answered) == 40
    for system in found["systems"]:
        right = sum(row["label"] == row[system["name"]] for row in answered)
        assert (system["right"], system["accuracy"]["value"]) == (right, pytest.approx(right / 40))
    assert verify_folder(out) == []
    assert code == (3 if found["alarms"] else 0)


def test_cost_is_told_of_models_and_of_them_alone(compared, life):
    _, _, found = compared
    first, _, _, tfidf = found["systems"]
    assert first["bytes"] == sum(p.stat().st_size for p in (life.classifier / "model").iterdir() if p.is_file())
    assert first["parameters"] > 1000
    assert 0 < first["speed"]["p50_ms"] <= first["speed"]["p95_ms"]
    assert first["speed"]["rows_per_second"] > 0
    assert "speed" not in tfidf


def test_slices_of_a_column_are_told(compared):
    _, _, found = compared
    assert {row["value"]: row["rows"] for row in found["slices"]["region"]} == {"east": 26, "west": 14}


def test_reports_are_compared_without_running_anything_and_give_the_same_figures(life, second, new_table, tmp_path, compared):
    for name, model in (("one", life.classifier), ("two", second)):
        assert (
            groundup("evaluate", "--model", model, "--data", new_table, "--out", tmp_path / name, "--no-baselines", "--quiet")
            == 0
        )
    shutil.copytree(tmp_path / "one", tmp_path / "moved")
    compare(tmp_path / "both", tmp_path / "moved", tmp_path / "two", "--seed", 1)
    found, (_, _, before) = report(tmp_path / "both"), compared
    assert [s["kind"] for s in found["systems"]] == ["report", "report"]
    assert [s["accuracy"] for s in found["systems"]] == [s["accuracy"] for s in before["systems"][:2]]
    same = next(p for p in before["pairs"] if p["theirs"] == "hasty")
    assert [found["pairs"][0][key] for key in ("mcnemar", "accuracy", "randomised")] == [
        same[key] for key in ("mcnemar", "accuracy", "randomised")
    ]


def test_a_model_answers_the_rows_of_a_report(life, second, new_table, tmp_path):
    assert (
        groundup(
            "evaluate", "--model", life.classifier, "--data", new_table, "--out", tmp_path / "r", "--no-baselines", "--quiet"
        )
        == 0
    )
    assert compare(tmp_path / "c", tmp_path / "r", second, "--no-baselines") in (0, 3)
    assert report(tmp_path / "c")["rows"] == 40


def test_runs_share_their_test_split_when_no_table_is_named(life, second, tmp_path, capsys):
    code = compare(tmp_path / "c", life.classifier, second)
    found = report(tmp_path / "c")
    assert found["rows"] == report(life.classifier)["rows"]["scored"]
    told = capsys.readouterr().out
    assert "classifier - hasty:" in told
    assert found["verdict"] in told
    assert code in (0, 3)


def test_every_opening_is_counted_in_its_run(life, second, new_table, tmp_path):
    run = shutil.copytree(second, tmp_path / "counted")
    for number in (1, 2):
        compare(tmp_path / f"c{number}", life.classifier, run, "--data", new_table, "--no-baselines")
    openings = [next(s for s in report(tmp_path / f"c{n}")["systems"] if s["name"] == "counted")["openings"] for n in (1, 2)]
    assert openings[1] == openings[0] + 1


def test_rows_that_were_trained_on_leave_a_reservation(life, second, tmp_path, capsys):
    assert compare(tmp_path / "c", life.classifier, second, "--data", life.table, "--no-baselines") == 3
    assert "classifier was trained on" in capsys.readouterr().err


def test_models_of_other_labels_are_refused_with_the_difference(life, tmp_path, capsys):
    table = write_table(tmp_path / "other.csv", labelled(100, seed=5, names=("up", "down")))
    assert life.finetune(tmp_path / "other", "--no-baselines", data=table, steps=2) == 0
    assert compare(tmp_path / "c", life.classifier, tmp_path / "other", "--data", table) == 2
    told = capsys.readouterr().err
    assert "LABELS_DIFFER" in told
    assert "['down', 'up']" in told
    assert BLAME in told
    assert PRAISE in told
    assert not (tmp_path / "c").exists()


def test_models_of_other_tasks_are_refused(life, second, tmp_path, capsys):
    assert compare(tmp_path / "c", life.classifier, life.lm, "--data", life.table) == 2
    assert "was pretrained only" in capsys.readouterr().err
    with open(life.table, newline="", encoding="utf-8") as file:
        pairs = [(row["sentence"], row["sentence"], row["label"]) for row in csv.DictReader(file)]
    table = write_table(tmp_path / "pairs.csv", pairs, ("sentence", "again", "label"))
    assert life.finetune(tmp_path / "pairs", "--text_column", "again", "--no-baselines", data=table, steps=2) == 0
    assert compare(tmp_path / "c", second, tmp_path / "pairs", "--data", table) == 2
    assert "labels pairs of texts, but" in capsys.readouterr().err


def test_reports_on_other_rows_are_refused_with_the_first_that_differs(life, second, new_table, tmp_path, capsys):
    rows = [tuple(row.values()) for row in read_table(new_table)]
    rows[6] = ("Quite another text!", *rows[6][1:])
    other = write_table(tmp_path / "other.csv", rows, ("sentence", "label", "region"))
    for name, table in (("one", new_table), ("two", other)):
        assert (
            groundup("evaluate", "--model", second, "--data", table, "--out", tmp_path / name, "--no-baselines", "--quiet") == 0
        )
    assert compare(tmp_path / "c", tmp_path / "one", tmp_path / "two") == 2
    assert "ROWS_DIFFER" in (told := capsys.readouterr().err)
    assert "in row 7" in told


def test_a_changed_report_is_refused(life, second, new_table, tmp_path, capsys):
    assert (
        groundup("evaluate", "--model", second, "--data", new_table, "--out", tmp_path / "r", "--no-baselines", "--quiet") == 0
    )
    with open(tmp_path / "r" / "predictions.csv", "a", encoding="utf-8") as file:
        file.write("one more,x,x,0.9\n")
    assert compare(tmp_path / "c", tmp_path / "r", life.classifier) == 2
    assert "predictions.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a"], "systems: name two or more"),
        (["a", "a"], "systems: one is named twice"),
        ([], "systems: is required"),
        (["a", "b", "--slice_by", "x"], "slice_by: needs --data"),
    ],
)
def test_what_cannot_be_compared_is_refused_at_once(words, told, tmp_path, capsys):
    assert groundup("compare", *words, "--out", tmp_path / "c") == 2
    assert told in capsys.readouterr().err
