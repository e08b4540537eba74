"""Tables as people have them: from the file to the labels of a model."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.commands.life import labelled
from tests.strangers.conftest import names_of, records

pytestmark = pytest.mark.slow
ROWS = labelled(60)
TEXTS, LABELS = [text for text, _ in ROWS], [label for _, label in ROWS]
NAMES = sorted(set(LABELS))


def test_a_table_of_excel_with_semicolons_becomes_a_classifier(train, tmp_path):
    lines = ["sep=;", "id;text;label;", *(f'{n};"{text}";{label};' for n, (text, label) in enumerate(ROWS))]
    (tmp_path / "rows.csv").write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    told, out = train("classification", tmp_path / "rows.csv")
    assert told.code == 0, told.out
    assert records(out)["text/text"] == [text.strip() for text in TEXTS]
    assert names_of(out) == NAMES


def test_a_kaggle_file_of_latin_1_is_refused_with_its_encoding_and_then_read(train, tmp_path):
    lines = [
        "v1,v2,,,",
        *(
            f'{"ham" if n % 2 else "spam"},"{text.encode("ascii", "replace").decode()} for £{n}",,,'
            for n, text in enumerate(TEXTS)
        ),
    ]
    (tmp_path / "spam.csv").write_bytes("\n".join(lines).encode("latin-1"))
    told, _ = train("classification", tmp_path / "spam.csv", text="v2", label="v1")
    assert told.code == 2
    assert "--read.encoding cp1252 can read it" in told.out
    told, out = train("classification", tmp_path / "spam.csv", "--read.encoding", "auto", text="v2", label="v1")
    assert told.code == 0, told.out
    assert "spam.csv: is read as cp1252" in told.out
    assert "columns without a name are called 'Unnamed: 2'" in told.out
    assert "£7" in records(out)["text/v2"][7]
    assert names_of(out) == ["ham", "spam"]


def test_class_folders_become_a_classifier_whose_splits_are_those_of_the_folders(train, run, tmp_path):
    for number, (text, label) in enumerate(ROWS):
        home = tmp_path / "reviews" / ("test" if number % 5 == 0 else "train") / ("pos" if label == NAMES[0] else "neg")
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{number}.txt").write_text(f"{text}\nAnd a second line.\n", "utf-8")
    told, out = train("classification", tmp_path / "reviews")
    assert told.code == 0, told.out
    assert "its folder the label: neg, pos" in told.out
    kept = records(out)
    assert kept["split"].count("test") == 12
    assert all("\n" in text for text in kept["text/text"])
    assert names_of(out) == ["neg", "pos"]
    answered = run("evaluate", "--model", out, "--data", tmp_path / "reviews" / "test", "--out", tmp_path / "report")
    assert answered.code in (0, 3), answered.out
    assert json.loads((tmp_path / "report" / "report.json").read_text())["rows"]["scored"] == 12


def test_the_classes_of_a_data_set_keep_their_names(train, run, tmp_path):
    features = {"label": {"names": ["bad", "good"], "_type": "ClassLabel"}}
    table = pa.table(
        {"text": TEXTS, "label": [NAMES.index(label) for label in LABELS], "when": pa.array(range(60), pa.timestamp("ns"))}
    )
    table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, tmp_path / "rows.parquet")
    told, out = train("classification", tmp_path / "rows.parquet")
    assert told.code == 0, told.out
    assert "0 is bad, 1 is good; --read.class_names false keeps the numbers" in told.out
    assert names_of(out) == ["bad", "good"]
    answered = run("predict", "--model", out, "--input", tmp_path / "rows.parquet", "--out", tmp_path / "answers.jsonl")
    assert answered.code == 0, answered.out
    first = json.loads((tmp_path / "answers.jsonl").read_text("utf-8").partition("\n")[0])
    assert first["when"] == "1970-01-01 00:00:00.000000000"
    assert first["label"] in ("bad", "good")
    assert first["predicted_label"] in ("bad", "good")


def test_what_other_columns_hold_refuses_no_file(train, tmp_path):
    lines = [
        json.dumps({"id": 2**64 - n, "text": text, "label": label, "score": float("nan")})
        for n, (text, label) in enumerate(ROWS)
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), "utf-8")
    told, out = train("classification", tmp_path / "rows.jsonl")
    assert told.code == 0, told.out
    assert len(records(out)["label"]) == 60


def test_a_table_in_a_text_file_is_answered_with_the_format_that_reads_it(train, tmp_path):
    (tmp_path / "words.txt").write_text("EU B-ORG\nrejects O\n\nPeter B-PER\n", "utf-8")
    told, _ = train("tagging", tmp_path / "words.txt")
    assert told.code == 2
    assert "--read.format conll --text_column words --label_column tags" in told.out


def test_decimal_commas_are_numbers_in_training_and_evaluation(train, run, tmp_path):
    lines = ["text;score", *(f"{text} {n};{n % 7},{n % 10}" for n, text in enumerate(TEXTS))]
    (tmp_path / "rows.csv").write_text("\n".join(lines), "utf-8")
    told, out = train("regression", tmp_path / "rows.csv", label="score")
    assert told.code == 0, told.out
    assert "column 'score': decimals stand after a comma, as in '0,0'; --read.decimal sets it" in told.out
    assert [json.loads(value) for value in records(out)["label"]] == [float(f"{n % 7}.{n % 10}") for n in range(60)]
    told, _ = train("classification", tmp_path / "rows.csv", "--read.decimal", ",", label="score", name="other")
    assert told.code == 2
    assert "read.decimal is for labels that are numbers" in told.out.replace(":", "")


def test_tables_in_memory_go_through_training_use_and_comparison(encoder_folder, tmp_path, capsys, monkeypatch):
    import groundup

    monkeypatch.chdir(tmp_path)
    table = pa.table({"text": TEXTS, "label": LABELS, "n": range(60)})
    common = {"text_column": ["text"], "steps": 2, "batch_size": 8, "quiet": True}
    groundup.finetune(model=str(encoder_folder), data=table, test=table.slice(0, 10), out="run", **common)
    assert records(tmp_path / "run")["split"].count("test") == 10
    capsys.readouterr()
    groundup.predict(model="run", input=table.slice(0, 3), quiet=True)
    assert capsys.readouterr().out.startswith("text,label,n,predicted_label,")
    report = groundup.evaluate(model="run", data=table.to_pylist(), out="report", quiet=True).facts["report"]
    assert report["rows"]["scored"] == 60
    tasks = {
        "mood": {"data": table, "text_column": ["text"]},
        "number": {"data": table, "text_column": ["text"], "label_column": "n", "task": "regression"},
    }
    groundup.multitask(model=str(encoder_folder), tasks=tasks, out="both", weights="uniform", steps=2, batch_size=8, quiet=True)
    assert len(pq.read_table(tmp_path / "both" / "data" / "number" / "records.parquet")) == 60
