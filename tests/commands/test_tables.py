"""Tables from files to answers: fine-tuning from nothing, prediction, evaluation, pretraining on hidden cells."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import numpy as np
import pytest

from groundup import finetune, load, pretrain
from groundup.cli import main
from groundup.errors import InputError
from groundup.evaluate.decision_lines import explained_alarms
from groundup.manifest import read_manifest

HEAD = ["customer_id", "age", "job", "opened", "income", "country", "default"]


def loans(path: Path, rows: int = 240, **columns: list) -> str:
    """A table whose label depends on income and job, with an id, a date, gaps and a column that never differs."""
    draws = random.Random(3)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow([*HEAD, *columns])
        for i in range(rows):
            income, job = draws.gauss(3000, 600), draws.choice(["clerk", "nurse", "driver", ""])
            bad = income + (400 if job == "nurse" else 0) < 2900
            day = f"2020-{draws.randint(1, 12):02d}-{draws.randint(1, 28):02d}"
            age = "" if i % 11 == 0 else draws.randint(18, 80)
            row = [f"K{i * 77 % rows:04d}", age, job, day, f"{income:.2f}", "DE", "yes" if bad else "no"]
            table.writerow([*row, *(values[i] for values in columns.values())])
    return str(path)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("tables")
    data = loans(home / "loans.csv")
    finetune(data=data, table_column=["*"], label_column="default", steps=60, out=str(home / "run"), quiet=True)
    return home / "run"


def test_a_model_from_nothing_learns_a_table_and_stands_beside_simple_models(trained: Path):
    report = json.loads((trained / "report.json").read_text())
    assert report["accuracy"]["value"] > 0.8
    names = [one["name"] for one in report["baselines"]]
    assert names == [
        "majority",
        "logistic regression",
        "small boosting",
        "random forest",
        "kernel naive Bayes",
        "mean of these",
    ]
    assert report["decisions"]["positive"] in ("yes", "no")
    assert report["decisions"]["systems"][0]["figures"]["auc"]["value"] > 0.85
    assert any("'customer_id': left out, it is called like an id" in line for line in report["preflight"])
    assert any("'country': left out, it holds 'DE' in every row" in line for line in report["preflight"])


def test_the_label_is_never_among_the_columns(trained: Path):
    kept = json.loads((trained / "model" / "columns.json").read_text())
    assert [column["name"] for column in kept["columns"]] == HEAD[:-1]


def write(path: Path, head: list[str], *rows: list) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return str(path)


def answers_of(trained: Path, path: str) -> list[dict]:
    out = Path(path).with_suffix(".answers.csv")
    out.unlink(missing_ok=True)
    assert main(["predict", "--model", str(trained), "--input", path, "--out", str(out), "--quiet"]) in (0, 3)
    with out.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_columns_are_found_by_name_and_cells_are_written_back(trained: Path, tmp_path: Path):
    row = ["K1", "33", "nurse", "2020-05-05", "2500.50", "FR"]
    first = answers_of(trained, write(tmp_path / "a.csv", HEAD[:-1], row))
    turned = answers_of(trained, write(tmp_path / "b.csv", [*HEAD[:-1][::-1], "more"], [*row[::-1], "x"]))
    assert first[0]["probability"] == turned[0]["probability"]
    assert turned[0]["income"] == "2500.50"


def test_bad_cells_are_missing_and_said_and_no_row_is_lost(trained: Path, tmp_path: Path, capsys):
    head, rows = HEAD[:-1], [["K1", "old", "pilot", "soon", "2500", "FR"], ["K2", "33", "nurse", "2020-05-05", "2500", "DE"]]
    path = write(tmp_path / "bad.csv", head, *rows)
    assert main(["predict", "--model", str(trained), "--input", path, "--out", str(tmp_path / "bad.answers.csv")]) == 0
    said = "".join(capsys.readouterr())
    assert "column 'age': 1 of 2 cells is no number, such as 'old' in bad.csv:2: read as missing" in said
    assert "column 'job': 1 of 2 cells is a value that training did not have, such as 'pilot'" in said
    assert "column 'opened': 1 of 2 cells is no date, such as 'soon'" in said
    whole = answers_of(trained, path)
    gaps = answers_of(trained, write(tmp_path / "gaps.csv", head, ["K1", "", "", "", "2500", "FR"]))
    assert len(whole) == 2
    assert whole[0]["probability"] == gaps[0]["probability"]


def test_an_absent_column_is_refused_by_name(trained: Path, tmp_path: Path, capsys):
    path = write(tmp_path / "c.csv", ["job", "opened", "income", "customer_id", "country"], ["nurse", "", "1", "", ""])
    assert main(["predict", "--model", str(trained), "--input", path, "--out", str(tmp_path / "c.answers.csv")]) == 2
    assert "has no column 'age'" in capsys.readouterr().err


def test_columns_that_are_not_read_need_not_be_there(trained: Path, tmp_path: Path, capsys):
    """An id and a column that never differs are left out in training."""
    row = {"customer_id": "K1", "age": "33", "job": "nurse", "opened": "2020-05-05", "income": "2500.5", "country": "DE"}
    read = {name: cell for name, cell in row.items() if name not in ("customer_id", "country")}
    whole, part = (
        write(tmp_path / "w.csv", list(row), list(row.values())),
        write(tmp_path / "p.csv", list(read), list(read.values())),
    )
    assert answers_of(trained, whole)[0]["probability"] == answers_of(trained, part)[0]["probability"]
    assert load(str(trained)).predict(read) == load(str(trained)).predict([row])[0]
    assert main(["explain", "--model", str(trained), "--input", part, "--row", "1"]) == 0
    assert "income = 2500.5" in capsys.readouterr().out


def test_rows_in_memory_are_answered_as_those_of_a_file(trained: Path, tmp_path: Path):
    pandas = pytest.importorskip("pandas")
    row = {"customer_id": "K1", "age": 33, "job": None, "opened": "2020-05-05", "income": 2500.5, "country": "FR"}
    predictor = load(str(trained))
    listed = predictor.answers([row])
    framed = predictor.answers(pandas.DataFrame([row]))
    ordered = predictor.answers([list(row.values())])
    assert (listed == framed).all()
    assert (listed == ordered).all()
    kept = answers_of(trained, write(tmp_path / "m.csv", list(row), ["" if cell is None else cell for cell in row.values()]))
    assert float(kept[0]["probability"]) == pytest.approx(float(listed.max()), abs=1e-6)
    with pytest.raises(InputError, match=r"row 2: has no column 'age'"):
        predictor.answers([row, {"job": "nurse"}])


def test_the_same_seed_gives_the_same_model(tmp_path: Path):
    data = loans(tmp_path / "loans.csv", 120)
    for name in ("a", "b"):
        finetune(
            data=data,
            table_column=["*"],
            label_column="default",
            steps=6,
            out=str(tmp_path / name),
            baselines=False,
            quiet=True,
        )
    weights = [(tmp_path / name / "model" / "heads.safetensors").read_bytes() for name in ("a", "b")]
    assert weights[0] == weights[1]


def test_a_hidden_label_is_named(tmp_path: Path):
    data = loans(tmp_path / "plain.csv")
    with open(data, newline="", encoding="utf-8") as file:
        labels = [row["default"] for row in csv.DictReader(file)]
    leaking = loans(
        tmp_path / "leaking.csv",
        paid=["late" if label == "yes" else "in time" for label in labels],
        noise=[str(i % 7) for i in range(240)],
    )
    out = tmp_path / "run"
    finetune(
        data=leaking,
        table_column=["age", "paid", "noise"],
        label_column="default",
        steps=2,
        out=str(out),
        baselines=False,
        quiet=True,
    )
    preflight = json.loads((out / "report.json").read_text())["preflight"]
    assert any(line.startswith("warning: column 'paid' alone tells the label") for line in preflight)


def test_a_number_is_learned_beside_ridge_and_boosting(tmp_path: Path):
    data = loans(tmp_path / "loans.csv")
    out = tmp_path / "run"
    finetune(data=data, table_column=["*"], label_column="income", task="regression", steps=150, out=str(out), quiet=True)
    report = json.loads((out / "report.json").read_text())
    assert [one["name"] for one in report["baselines"]] == ["mean", "ridge regression", "small boosting", "mean of these"]
    assert report["figures"]["pearson"]["value"] > 0.5  # default says much of the income


def hidden_cells(data: Path, out: Path, **others) -> dict[str, str]:
    """Column -> what it is, of a model that learned hidden cells."""
    pretrain(data=str(data), objective="cells", preset="micro", steps=2, out=str(out), quiet=True, **others)
    columns = json.loads((out / "model" / "columns.json").read_text())["columns"]
    return {column["name"]: column["kind"] for column in columns}


def test_hidden_cells_of_a_table_without_header_are_learned(tmp_path: Path):
    data = tmp_path / "plain.csv"
    data.write_text("".join(f"{n % 7},{'red' if n % 3 else 'blue'},{n * 5 % 11}\n" for n in range(60)), "utf-8")
    read = {"header": False, "column_names": ["size", "colour", "age"]}
    found = hidden_cells(data, tmp_path / "run", table_column=["*"], leave_out=["age"], read=read)
    assert found == {"size": "number", "colour": "category"}


def test_hidden_cells_of_a_faulty_table_are_refused_with_the_first_row(tmp_path: Path):
    data = tmp_path / "faulty.csv"
    data.write_text("size,colour\n" + "".join(f"{n % 7},red{n % 2}\n" for n in range(60)) + ",,,\n" * 3, "utf-8")
    with pytest.raises(InputError, match=r"TOO_MANY_REJECTS.*3 of 63.*faulty.csv:62"):
        hidden_cells(data, tmp_path / "run", table_column=["*"])
    assert hidden_cells(data, tmp_path / "more", table_column=["*"], read={"max_rejects": 3})["size"] == "number"


@pytest.mark.parametrize("given", [{"length": 64}, {"embeddings": "cooccurrence"}, {"pairs": "order"}])
def test_what_only_text_has_is_refused_for_cells(given, tmp_path: Path):
    with pytest.raises(InputError, match=f"BAD_SETTING {next(iter(given))}: "):
        hidden_cells(Path(loans(tmp_path / "loans.csv")), tmp_path / "run", table_column=["*"], **given)


def test_hidden_cells_are_learned_and_gone_on_with(tmp_path: Path):
    data = loans(tmp_path / "loans.csv")
    pretrain(
        data=data,
        objective="cells",
        table_column=["*"],
        leave_out=["default"],
        preset="micro",
        steps=10,
        out=str(tmp_path / "pre"),
        quiet=True,
    )
    finetune(
        model=str(tmp_path / "pre"),
        data=data,
        table_column=["*"],
        label_column="default",
        steps=4,
        out=str(tmp_path / "run"),
        quiet=True,
    )
    columns = [json.loads((tmp_path / name / "model" / "columns.json").read_text()) for name in ("pre", "run")]
    assert columns[0]["columns"] == columns[1]["columns"]
    resolved = json.loads((tmp_path / "run" / "run.json").read_text())["resolved"]  # it learns as new models of tables do
    assert (resolved["best_metric"], resolved["layer_decay"]) == ("loss", 1)
    assert load(str(tmp_path / "run")).model.head_configs["label"].dense is False
    with pytest.raises(InputError, match=r"COLUMN_TAKEN.*reads 'job'"):
        finetune(
            model=str(tmp_path / "pre"),
            data=data,
            table_column=["*"],
            label_column="job",
            steps=4,
            out=str(tmp_path / "no"),
            quiet=True,
        )


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table_column": ["*"], "text_column": ["job"], "task": "tagging"}, "table_column"),
        ({"table_column": ["nothing"]}, "has no column 'nothing'"),
        ({"table_column": ["age"], "task": "tagging"}, "table_column"),
        ({}, r"--table_column '\*' reads them as a table"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(tmp_path: Path, settings: dict, message: str):
    data = loans(tmp_path / "loans.csv", 60)
    with pytest.raises(InputError, match=message):
        finetune(data=data, label_column="default", steps=2, out=str(tmp_path / "run"), quiet=True, **settings)


def test_the_positive_class_is_that_of_the_model_whatever_a_file_holds(trained: Path, tmp_path: Path):
    kept = read_manifest(trained / "model").extra["facts"]["positive"]
    lines = Path(loans(tmp_path / "loans.csv", 120)).read_text().splitlines()
    files = [lines, [line.replace(",yes", ",maybe").replace(",no", ",yes").replace(",maybe", ",no") for line in lines]]
    for number, rows in enumerate(files):  # in one of them the other class is the rarer one
        data = tmp_path / f"{number}.csv"
        data.write_text("\n".join(rows))
        words = ["evaluate", "--model", str(trained), "--data", str(data), "--out", str(tmp_path / f"{number}")]
        assert main([*words, "--quiet", "--no-baselines"]) == 0
        found = json.loads((tmp_path / f"{number}" / "report.json").read_text())["decisions"]
        assert (found["positive"], found["positive_from"]) == (kept, "model")


def test_groups_costs_and_ranks_are_told_for_slices(trained: Path, tmp_path: Path, capsys):
    data = loans(tmp_path / "more.csv", 120, sex=["f", "m"] * 60)
    assert (
        main(
            ["evaluate", "--model", str(trained), "--data", data, "--slice_by", "sex", "--out", str(tmp_path / "ev"), "--quiet"]
        )
        == 0
    )
    found = json.loads((tmp_path / "ev" / "report.json").read_text())["decisions"]
    assert [one["rows"] for one in found["groups"]["sex"]["groups"]] == [60, 60]
    assert 0 <= found["groups"]["sex"]["gaps"]["accuracy"] <= 1
    assert "costs" not in found
    assert "Accuracy by sex: f 0." in capsys.readouterr().err
    assert np.isfinite(found["systems"][0]["figures"]["log_loss"]["value"])


def test_costs_move_the_threshold_and_the_positive_class_can_be_named(trained: Path, tmp_path: Path, capsys):
    asked = ["evaluate", "--model", str(trained), "--cost", "fp=1,fn=3", "--positive", "no", "--quiet"]
    assert main([*asked, "--out", str(tmp_path / "ev")]) == 0
    found = json.loads((tmp_path / "ev" / "report.json").read_text())["decisions"]
    figures = found["systems"][0]["figures"]
    assert (found["positive"], figures["threshold"]) == ("no", 0.25)
    assert 0 <= figures["mean_cost"] <= 1
    page, printed = (tmp_path / "ev" / "report.html").read_text(), capsys.readouterr().err
    for text in ("costs 1, a miss (", "is predicted from a probability of 0.250 on", "always the same answer costs"):
        assert text in page
        assert text in printed
    assert "'no', as --positive says" in printed
    for setting, value, message in (
        ("--cost", "5:1", "is not like fp=1,fn=5"),
        ("--cost", "fp=0,fn=0", "says that no error costs anything"),
        ("--positive", "maybe", "is no class of the model"),
    ):
        assert main(["evaluate", "--model", str(trained), setting, value, "--out", str(tmp_path / "no"), "--quiet"]) == 2
        assert message in capsys.readouterr().err


def test_rare_classes_of_a_table_are_not_weighed_unless_asked(tmp_path: Path):
    labels = ["rare" if i % 10 == 0 else "usual" for i in range(240)]
    data = loans(tmp_path / "rare.csv", outcome=labels)
    weights = {}
    for setting in ("auto", "balanced"):
        about = {"class_weights": setting, "steps": 2, "baselines": False, "quiet": True}
        finetune(data=data, table_column=["age", "income"], label_column="outcome", out=str(tmp_path / setting), **about)
        weights[setting] = json.loads((tmp_path / setting / "run.json").read_text())["resolved"]["class_weights"]
    assert weights["auto"] is None
    assert weights["balanced"]["rare"] == pytest.approx(5, rel=0.1)


def test_any_number_of_labels_is_learned_beside_simple_models(tmp_path: Path):
    draws = random.Random(5)
    rows = [(draws.uniform(0, 10), draws.choice("ABC")) for _ in range(300)]
    labels = ["; ".join(name for name, has in (("high", dose > 6), ("in C", ward == "C")) if has) for dose, ward in rows]
    data = write(tmp_path / "effects.csv", ["dose", "ward", "effects"], *([*row, label] for row, label in zip(rows, labels)))
    about = {"data": data, "table_column": ["*"], "label_column": "effects", "task": "multilabel", "steps": 120}
    finetune(**about, out=str(tmp_path / "run"), quiet=True)
    report = json.loads((tmp_path / "run" / "report.json").read_text())
    assert report["figures"]["micro_f1"]["value"] > 0.8
    names = [one["name"] for one in report["baselines"]]
    assert names == [
        "most frequent labels",
        "logistic regression",
        "small boosting",
        "random forest",
        "kernel naive Bayes",
        "mean of these",
    ]
    answers = load(str(tmp_path / "run")).predict([{"dose": 9.5, "ward": "C"}, {"dose": 1.0, "ward": "A"}])
    assert [sorted(one["labels"]) for one in answers] == [["high", "in C"], []]


def test_probabilities_are_told_beside_the_best_simple_method(trained: Path, tmp_path: Path, capsys):
    assert main(["evaluate", "--model", str(trained), "--out", str(tmp_path / "ev")]) == 0
    systems = json.loads((tmp_path / "ev" / "report.json").read_text())["decisions"]["systems"]
    best = min(systems[1:], key=lambda one: one["figures"]["log_loss"]["value"])
    shown = capsys.readouterr()
    line = next(one for one in (shown.out + shown.err).splitlines() if "Probabilities: log loss" in one)
    assert f"the best of the simple methods, {best['name']}: log loss {best['figures']['log_loss']['value']:.3f}, AUC" in line


def test_a_rare_class_that_is_never_answered_is_no_collapse():
    collapsed = [{"code": "collapsed", "text": "..."}]
    section = {"positive": "bad", "systems": [{"figures": {"auc": {"value": 0.7, "low": 0.6, "high": 0.8}}}]}
    assert [one["code"] for one in explained_alarms(collapsed, section, "en")] == ["rare class"]
    section["systems"][0]["figures"]["auc"]["low"] = 0.45  # which may be chance
    assert explained_alarms(collapsed, section, "en") == collapsed
    assert explained_alarms(collapsed, {}, "en") == collapsed
