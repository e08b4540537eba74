import csv
import io
import json

import pytest

import groundup as library
from groundup.families import checkpoint
from tests.commands.life import BLAME, PRAISE, groundup, labelled, read_table, write_table

NAMES = {PRAISE, BLAME}


def predict(model, *words):
    return groundup("predict", "--model", model, *words)


def test_a_text_gets_a_label_by_name_and_the_others_beside_it(life, capsys):
    assert predict(life.classifier, "--text", "A wonderful thing!", "--text", "真糟糕！") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(PRAISE in line and BLAME in line for line in lines)


def test_the_command_says_what_the_library_says(life, capsys):
    text = "The red lamp is a wonderful thing!"
    answer = library.load(life.classifier).predict([text])[0]
    assert predict(life.classifier, "--text", text) == 0
    assert capsys.readouterr().out.startswith(f"{answer['label']} {answer['probability']:.2f}")
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-6)


def test_columns_and_order_of_a_table_are_kept(life, tmp_path):
    rows = [(i, text, "x, y") for i, (text, _) in enumerate(labelled(23, seed=4))]
    table = write_table(tmp_path / "in.csv", rows, ("number", "sentence", "note, too"))
    assert predict(life.classifier, "--input", table, "--out", tmp_path / "out.csv") == 0
    answered = read_table(tmp_path / "out.csv")
    assert list(answered[0]) == ["number", "sentence", "note, too", "label", "probability", "truncated", "error"]
    assert [(int(r["number"]), r["sentence"], r["note, too"]) for r in answered] == rows
    assert {r["label"] for r in answered} <= NAMES
    assert all(0.5 <= float(r["probability"]) <= 1 and r["error"] == "" for r in answered)


def test_a_label_of_the_input_is_not_overwritten(life, tmp_path):
    assert predict(life.classifier, "--input", life.table, "--out", tmp_path / "out.csv") == 0
    answered = read_table(tmp_path / "out.csv")
    assert list(answered[0]) == ["sentence", "label", "predicted_label", "probability", "truncated", "error"]
    assert [(r["sentence"], r["label"]) for r in answered] == labelled(120)


def test_answers_do_not_depend_on_the_rows_beside_them(life, tmp_path):
    texts = [text for text, _ in labelled(17, seed=2)]
    model = library.load(life.classifier)
    alone = [model.predict([text])[0]["probability"] for text in texts]
    assert [answer["probability"] for answer in model.predict(texts)] == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl"])
def test_every_format_is_read_and_written_back(life, tmp_path, kind):
    source, out = tmp_path / f"in.{kind}", tmp_path / "new" / f"out.{kind}"
    texts = ["一句话。", "plain words", "words; with 'marks'"]
    if kind == "jsonl":
        source.write_text("".join(json.dumps({"n": n, "sentence": t, "more": [n, ""]}) + "\n" for n, t in enumerate(texts)))
    else:
        separator = {"csv": ",", "tsv": "\t"}[kind]
        rows = [["n", "sentence", "more"], *([str(n), t, ""] for n, t in enumerate(texts))]
        source.write_text("".join(separator.join(row) + "\n" for row in rows), "utf-8")
    assert predict(life.classifier, "--input", source, "--out", out) == 0
    written = out.read_text("utf-8")
    if kind == "jsonl":
        answered = [json.loads(line) for line in written.splitlines()]
        assert [row["more"] for row in answered] == [[0, ""], [1, ""], [2, ""]]
        assert all("error" not in row for row in answered)
    else:
        answered = list(csv.DictReader(io.StringIO(written), delimiter={"csv": ",", "tsv": "\t"}[kind]))
    assert [row["sentence"] for row in answered] == texts
    assert {row["label"] for row in answered} <= NAMES


def test_lines_of_standard_input_become_csv_on_standard_output(life, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("first, with a comma\nsecond\n第三\n"))
    assert predict(life.classifier, "--input", "-") == 0
    answered = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["text"] for row in answered] == ["first, with a comma", "second", "第三"]
    assert {row["label"] for row in answered} <= NAMES


def test_rows_that_cannot_be_read_are_answered_with_an_error_and_exit_code_3(life, tmp_path, capsys):
    table = tmp_path / "in.csv"
    table.write_text('number,sentence\n1,good words\n2,\n3,"too, many",fields\n4,more words\n')
    assert predict(life.classifier, "--input", table, "--out", tmp_path / "out.csv") == 3
    assert "2 of 4 rows could not be read" in capsys.readouterr().err
    answered = read_table(tmp_path / "out.csv")
    assert [row["number"] for row in answered] == ["1", "2", "3", "4"]
    assert ["empty" in row["error"] for row in answered] == [False, True, False, False]
    assert "3 fields" in answered[2]["error"]
    assert [bool(row["label"]) for row in answered] == [True, False, False, True]


def test_a_damaged_line_of_jsonl_keeps_its_place(life, tmp_path):
    source = tmp_path / "in.jsonl"
    source.write_text('{"sentence": "one"}\n{"sentence": \n{"sentence": 7}\n{"sentence": "four"}\n')
    assert predict(life.classifier, "--input", source, "--out", tmp_path / "out.jsonl") == 3
    answered = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert ["error" in row for row in answered] == [False, True, True, False]
    assert [row.get("sentence") for row in answered] == ["one", None, 7, "four"]


def test_each_mask_gets_its_most_probable_words(life, capsys):
    assert predict(life.lm, "--text", "The [MASK] painter hides the [MASK].", "--top", 3) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    for line in lines:
        pairs = [part.rsplit(" ", 1) for part in line.split("  ")]
        shares = [float(share) for _, share in pairs]
        assert len(pairs) == 3
        assert all(word and not word.startswith("[") for word, _ in pairs)
        assert 0 < sum(shares) < 1
        assert shares == sorted(shares, reverse=True)


def test_more_words_than_there_are_gives_all_words(life):
    words = library.load(life.lm).fill("公园[MASK]。", top=10**6)[0]
    vocabulary = checkpoint.load(life.lm / "model").config.vocab_size
    assert 200 < len(words) < vocabulary
    assert sum(share for _, share in words) < 1 + 1e-6


def test_whether_a_text_follows_is_a_probability(life, capsys):
    assert predict(life.lm, "--text", "The old baker sells the boat.", "--next", "老师在公园看书。") == 0
    said = capsys.readouterr().out
    probability = float(said.rsplit(":", 1)[1].rstrip(")\n"))
    assert 0 <= probability <= 1
    assert said.startswith("follows" if probability >= 0.5 else "does not follow")


def test_a_mask_in_a_text_for_a_classifier_is_plain_text_and_that_is_said(life, capsys):
    assert predict(life.classifier, "--text", "A [MASK] thing!") == 0
    found = capsys.readouterr()
    assert "[MASK] in the text is plain text" in found.err
    (answer,) = library.load(life.classifier).predict(["A [MASK] thing!"])
    assert found.out.startswith(f"{answer['label']} {answer['probability']:.2f}")


REFUSED = {
    "next text of a classifier": ("classifier", ("--text", "One.", "--next", "Two."), "NO_NEXT_SENTENCE"),
    "label of a pretrained model": ("lm", ("--text", "A fine thing!"), "write [MASK] in the text, or give --next"),
    "labels of a pretrained model": ("lm", ("--input", "reviews.csv"), "fine-tune it first"),
    "an empty text": ("classifier", ("--text", "  "), "NO_TEXT"),
    "text and input": ("classifier", ("--text", "One.", "--input", "reviews.csv"), "either a text or an input file"),
    "no text": ("classifier", (), "either a text or an input file"),
    "no model": ("documents", ("--text", "One."), "NO_MODEL"),
    "a missing file": ("classifier", ("--input", "nowhere.csv"), "nowhere.csv"),
    "a column that is not there": ("classifier", ("--input", "reviews.csv", "--text_column", "words"), "sentence ('"),
    "two columns for one": (
        "classifier",
        ("--input", "reviews.csv", "--text_column", "sentence", "--text_column", "label"),
        "WHICH_COLUMN",
    ),
    "an unknown ending": ("classifier", ("--input", "reviews.csv", "--out", "answers.xlsx"), ".csv, .tsv or .jsonl"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_with_the_way_out(life, monkeypatch, capsys, case):
    model, words, told = REFUSED[case]
    monkeypatch.chdir(life.root)
    assert predict(model, *words) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""


@pytest.mark.parametrize("content", ["sentence\n", ""])
def test_a_table_without_rows_is_refused_and_no_file_is_written(life, tmp_path, capsys, content):
    (tmp_path / "in.csv").write_text(content)
    assert predict(life.classifier, "--input", tmp_path / "in.csv", "--out", tmp_path / "out.csv") == 2
    assert "EMPTY_DATA" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()


def test_a_row_too_long_for_a_strict_model_gets_an_error_and_the_others_their_labels(life, tmp_path):
    assert life.finetune(tmp_path / "strict", "--too_long", "error", "--max_length", 64, "--no-baselines", steps=2) == 0
    texts = ["A wonderful thing!", "A wonderful thing! " * 40, "A dreadful thing!"]
    table = write_table(tmp_path / "in.csv", [(text,) for text in texts], ("sentence",))
    assert predict(tmp_path / "strict", "--input", table, "--out", tmp_path / "out.csv") == 3
    answered = read_table(tmp_path / "out.csv")
    assert [row["sentence"] for row in answered] == texts
    assert [row["error"] != "" for row in answered] == [False, True, False]
    assert "64 tokens" in answered[1]["error"]
    assert [row["label"] in NAMES for row in answered] == [True, False, True]


def test_answers_to_files_of_class_folders_stand_beside_their_files(life, tmp_path, capsys):
    for name, text in {"neg/1.txt": "Dull.\nVery dull.", "pos/1.txt": "Fine.", "pos/2.txt": "Good."}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text)
    assert predict(life.classifier, "--input", tmp_path / "in", "--out", tmp_path / "out.csv") == 0
    answered = read_table(tmp_path / "out.csv")
    assert [(row["file"], row["text"], row["label"]) for row in answered] == [
        ("neg/1.txt", "Dull.\nVery dull.", "neg"),
        ("pos/1.txt", "Fine.", "pos"),
        ("pos/2.txt", "Good.", "pos"),
    ]
    assert {row["predicted_label"] for row in answered} <= NAMES
    assert f"wrote 3 rows to {tmp_path / 'out.csv'}" in capsys.readouterr().err
    assert predict(life.classifier, "--input", tmp_path / "in" / "pos", "--out", tmp_path / "one.jsonl", "--quiet") == 0
    lines = [json.loads(line) for line in (tmp_path / "one.jsonl").read_text().splitlines()]
    assert [(line["file"], line["text"]) for line in lines] == [("1.txt", "Fine."), ("2.txt", "Good.")]
    assert capsys.readouterr().err.startswith("wrote 2 rows")
