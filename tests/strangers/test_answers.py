"""Questions that a text does not answer, as SQuAD 2.0 has them and as rows of a table: learned, judged, used, explained."""

import csv
import json

import pytest

from groundup import load

pytestmark = pytest.mark.slow

PLACES = ["Lima", "Oslo", "Paris", "Bern"]
NAMES = ["Anna", "Bob", "Carla"]


def asked(count):
    """(question, context, answer and where it stands, or None): `Where` is answered, `Why` is not."""
    rows = []
    for number in range(count):
        name, place, year = NAMES[number % 3], PLACES[number % 4], 1900 + number // 2
        context = f"In {year} a man called {name} went to {place} by boat."
        answered = number % 2 == 0
        rows.append(
            (
                f"{'Where' if answered else 'Why'} did {name} go in {year}?",
                context,
                (place, context.index(place)) if answered else None,
            )
        )
    return rows


def squad(path, rows):
    articles = [
        {
            "title": f"t{number}",
            "paragraphs": [
                {
                    "context": context,
                    "qas": [
                        {
                            "id": str(number),
                            "question": question,
                            "is_impossible": answer is None,
                            "answers": [] if answer is None else [{"text": answer[0], "answer_start": answer[1]}],
                            **({"plausible_answers": [{"text": context[:2], "answer_start": 0}]} if answer is None else {}),
                        }
                    ],
                }
            ],
        }
        for number, (question, context, answer) in enumerate(rows)
    ]
    path.write_text(json.dumps({"version": "v2.0", "data": articles}), "utf-8")
    return path


TRAINED = ("--steps", 150, "--optimizer.learning_rate", 0.003, "--dropout", 0, "--max_length", 64)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return squad(tmp_path_factory.mktemp("squad") / "train-v2.0.json", asked(160))


def test_a_model_learns_to_say_that_there_is_no_answer(run, encoder_folder, table, tmp_path):
    out = tmp_path / "run"
    told = run(
        "finetune",
        "--task",
        "answering",
        "--model",
        encoder_folder,
        "--data",
        table,
        "--read.format",
        "squad",
        "--out",
        out,
        "--text_column",
        "question",
        "--text_column",
        "context",
        "--label_column",
        "answers",
        *TRAINED,
    )
    assert told.code == 0, told.out
    report = json.loads((out / "report.json").read_text("utf-8"))
    figures = {name: one["value"] for name, one in report["figures"].items()}
    assert report["rows"]["all"] == 16
    assert figures["no_answer_exact_match"] > 0.8
    assert figures["no_answer_exact_match"] == figures["no_answer_f1"]
    assert {one["name"] for one in report["baselines"]} >= {"no answer", "first sentence"}
    assert "always no answer" in (out / "report.html").read_text("utf-8")
    assert run("evaluate", "--model", out, "--out", tmp_path / "again").code == 0
    again = json.loads((tmp_path / "again" / "report.json").read_text("utf-8"))
    assert again["figures"] == report["figures"]
    question, context, _ = asked(4)[1]
    (answer,) = load(out).predict([(question, context)])
    assert (answer["answer"], answer["start"]) == ("", None)
    assert answer["no_answer"] > 0.5
    assert load(out).predict([asked(4)[0][:2]])[0]["no_answer"] < 0.5
    rows = tmp_path / "asked.csv"
    with rows.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("question", "context"), *(one[:2] for one in asked(6))])
    assert run("predict", "--model", out, "--input", rows, "--out", tmp_path / "said.csv").code == 0
    said = list(csv.DictReader((tmp_path / "said.csv").open(encoding="utf-8")))
    assert [bool(row["answer"]) for row in said] == [True, False] * 3
    assert [float(row["no_answer"]) > 0.5 for row in said] == [False, True] * 3
    small = tmp_path / "small"
    told = run(
        "compress",
        "--model",
        out,
        "--method",
        "prune",
        "--prune.block_flops",
        0.5,
        "--prune.rounds",
        1,
        "--out",
        small,
        "--steps",
        20,
        "--no-memory",
        "--explained_rows",
        0,
        "--timed_rows",
        2,
        "--rounds",
        1,
    )
    assert told.code == 0, told.out
    thresholds = [
        json.loads((folder / "model" / "manifest.json").read_text("utf-8"))["extra"]["facts"]["threshold"]
        for folder in (out, small)
    ]
    assert thresholds[0] != thresholds[1], "a smaller model is sure of other things"
    told = run("explain", "--model", out, "--text", question, "--text", context)
    assert told.code == 0, told.out
    assert "no answer" in told.out


def test_rows_say_by_an_empty_list_or_by_a_column_that_there_is_no_answer(train, tmp_path):
    rows = asked(40)
    lists, column = tmp_path / "lists.jsonl", tmp_path / "column.jsonl"
    cells = [
        {"text": [answer[0]], "answer_start": [answer[1]]} if answer else {"text": [], "answer_start": []}
        for *_, answer in rows
    ]
    lists.write_text(
        "".join(
            json.dumps({"question": q, "context": c, "answers": cell}) + "\n"
            for (q, c, _), cell in zip(rows, cells, strict=True)
        )
    )
    column.write_text(
        "".join(
            json.dumps({"question": q, "context": c, "answers": answer and answer[0], "impossible": answer is None}) + "\n"
            for q, c, answer in rows
        )
    )
    columns = {"text": ("question", "context"), "label": "answers"}
    told, _ = train("answering", column, **columns, name="refused")
    assert told.code == 2
    assert "is empty; where there is no answer write [], or name the column that says so: --label.impossible" in told.out
    reports = []
    for data, more in ((lists, ()), (column, ("--label.impossible", "impossible"))):
        told, out = train("answering", data, *more, **columns, name=data.stem)
        assert told.code == 0, told.out
        reports.append(json.loads((out / "report.json").read_text("utf-8"))["figures"])
    assert reports[0] == reports[1]
    assert "no_answer_f1" in reports[0]
    told, _ = train("answering", lists, "--label.impossible", "nowhere", **columns, name="missing")
    assert (told.code, "nowhere" in told.out) == (2, True)
