"""Rows of several kinds from files to answers: fine-tuning from nothing and from a model of texts, prediction, evaluation."""

import csv
import json
import re

import numpy as np
import pytest

from groundup import load, predict
from groundup.cli import main
from groundup.commands.finetune.settings import Finetune
from groundup.errors import InputError
from groundup.flags import from_command_line
from groundup.pages.evaluation_page import evaluation_page
from tests.commands.life import PEOPLE, groundup, write_documents

Picture = pytest.importorskip("PIL.Image")
HEAD = ["note", "picture", "size", "colour", "season"]
SEASONS = ("summer", "winter")
STEPS = ["--steps", "80", "--batch_size", "16", "--split.test", "0.3", "--num_evaluations", "2", "--quiet"]


def shop(home, rows=160, seed=0, head=HEAD, lacking=()):
    """A table whose label each kind tells of a third of its rows; `lacking` (row, column) are empty."""
    rng = np.random.default_rng(seed)
    (home / "images").mkdir(parents=True, exist_ok=True)
    table = []
    for number in range(rows):
        cold, told = number % 2, number // 2 % 3
        word = ("sandal", "mitten")[cold] if told == 0 else "thing"
        shade = ((230, 200, 60), (60, 90, 230))[cold] if told == 1 else (128, 128, 128)
        noise = np.clip(np.array(shade) + rng.normal(0, 12, (16, 16, 3)), 0, 255).astype(np.uint8)
        name = f"images/{seed}-{number}.png"
        Picture.fromarray(noise).save(home / name)
        size = (rng.uniform(0, 4), rng.uniform(6, 10))[cold] if told == 2 else rng.uniform(0, 10)
        row = {
            "note": f"{rng.choice(PEOPLE)} {word} {number}",
            "picture": name,
            "size": f"{size:.2f}",
            "colour": rng.choice(["red", "blue"]),
            "season": SEASONS[cold],
        }
        table.append(["" if (number, column) in lacking else row[column] for column in head])
    path = home / f"shop{seed}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *table])
    return str(path)


def columns(*kinds):
    named = {"text": ["note"], "image": ["picture"], "table": ["size", "colour"]}
    return [word for kind in kinds for name in named[kind] for word in (f"--{kind}_column", name)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("several")
    data = shop(home, lacking={(row, name) for row in range(0, 160, 20) for name in ("picture", "note")[row // 20 % 2 :][:1]})
    assert (
        groundup(
            "finetune",
            "--data",
            data,
            *columns("text", "image", "table"),
            "--label_column",
            "season",
            "--out",
            home / "run",
            "--image.size",
            16,
            *STEPS,
        )
        == 0
    )
    return home


def report_of(folder):
    return json.loads((folder / "report.json").read_text())


def answers_of(home, path, *words):
    out = home / "answers.csv"
    out.unlink(missing_ok=True)
    code = main(["predict", "--model", str(home / "run"), "--input", str(path), "--out", str(out), *words])
    with out.open(newline="", encoding="utf-8") as file:
        return code, list(csv.DictReader(file))


def test_the_model_learns_from_all_kinds_and_stands_beside_each_alone_and_their_fusion(home):
    report = report_of(home / "run")
    assert report["accuracy"]["value"] > 0.75
    names = [one["name"] for one in report["baselines"]]
    assert names == [
        "majority",
        "text: tfidf",
        "image: logistic regression on pixels",
        "table: mean of these",
        "mean of the kinds",
        "joined features",
        "boosting on joined features",
    ]
    figures = {one["name"]: one["accuracy"]["value"] for one in report["baselines"]}
    assert max(figures[name] for name in names[1:4]) < figures["mean of the kinds"]
    assert any(line.endswith("training rows have no image") for line in report["preflight"])
    assert report["leakage"] == 0


def test_a_new_model_trains_without_some_words_and_patches_and_a_pretrained_one_with_all(home, words):
    resolved = json.loads((home / "run/run.json").read_text())["resolved"]
    assert (resolved["drop_kinds"], resolved["token_dropout"]) == (0.2, 0.3)
    given = ["--data", str(home / "shop0.csv"), *columns("text", "table"), "--label_column", "season", "--out", "unused"]
    settings = from_command_line(Finetune, None, [*given, "--model", str(words)])
    assert settings.usual_token_dropout == 0


def test_the_report_tells_what_each_subset_of_the_kinds_is_worth(home):
    report = report_of(home / "run")
    found = {tuple(one["kinds"]): one for one in report["kinds"]}
    assert len(found) == 7
    whole = found[("text", "image", "table")]
    assert whole["figures"]["accuracy"]["value"] == report["accuracy"]["value"]
    assert whole["difference"] is None
    alone = found[("image",)]
    assert alone["figures"]["accuracy"]["value"] < whole["figures"]["accuracy"]["value"]
    assert alone["difference"]["high"] <= 0.1
    page = (home / "run" / "report.html").read_text()
    (section,) = [part for part in re.split(r"<section[^>]*>", page) if part.startswith("<h2>What each kind of input is worth")]
    assert "text + image" in section
    assert section.count("<rect") >= 7
    assert section.index("macro F1") < section.index("minus the same rows read whole") < section.index("accuracy")
    assert section in evaluation_page(report), "a report that was stored, whose keys are in another order, is drawn the same"


def test_rows_without_a_kind_are_answered_and_it_is_said(home, capsys):
    path = shop(home, 12, seed=2, head=["note", "size", "colour", "season"])
    code, answers = answers_of(home, path)
    assert code == 0
    assert len(answers) == 12
    assert all(row["label"] in SEASONS for row in answers)
    assert "no column 'picture': 12 rows are read without image" in capsys.readouterr().err


def test_cells_that_are_empty_are_counted_by_kind_and_a_row_without_anything_is_a_fault(home, capsys):
    empty = {(3, name) for name in HEAD} | {(4, "picture"), (5, "size"), (6, "size"), (6, "colour")}
    code, answers = answers_of(home, shop(home, 8, seed=3, lacking=empty))
    assert code == 3
    assert [bool(row["error"]) for row in answers] == [number == 3 for number in range(8)]
    out = capsys.readouterr().err
    assert "no image in 'picture': 1 of 7 rows" in out
    assert "no table in 'size and colour': 1 of 7 rows" in out


def test_one_absent_column_among_those_of_a_kind_is_refused_by_name(home):
    path = shop(home, 4, seed=4, head=["note", "picture", "size"])
    assert main(["predict", "--model", str(home / "run"), "--input", path, "--quiet"]) == 2
    with pytest.raises(InputError, match=r"no column 'colour'.*as in training"):
        predict(model=str(home / "run"), input=path, quiet=True)


def test_columns_that_a_file_calls_otherwise_are_named_and_give_the_same_answers(home, capsys):
    path = shop(home, 12, seed=8)
    _, expected = answers_of(home, path, "--quiet")
    renamed = home / "renamed.csv"
    text = (home / "shop8.csv").read_text()
    renamed.write_text(text.replace("note,picture,size,colour,season", "title,photo,length,paint,season", 1))
    words = ["--text_column", "title", "--image_column", "photo", "--table_column", "colour=paint"]
    _, answers = answers_of(home, renamed, *words, "--table_column", "size=length", "--quiet")
    assert [row["label"] for row in answers] == [row["label"] for row in expected]
    _, answers = answers_of(home, renamed, *words[:4], "--table_column", "length", "--table_column", "paint", "--quiet")
    assert [row["probability"] for row in answers] == [row["probability"] for row in expected]
    judged = ["--data", renamed, *words, "--table_column", "size=length", "--out", home / "judged_renamed", "--quiet"]
    assert groundup("evaluate", "--model", home / "run", *judged) == 0
    assert report_of(home / "judged_renamed")["rows"]["scored"] == 12
    capsys.readouterr()
    assert groundup("predict", "--model", home / "run", "--input", renamed, *words[:4], "--table_column", "tint=paint") == 2
    assert "the model has no column 'tint'; it has size, colour" in capsys.readouterr().err
    assert groundup("predict", "--model", home / "run", "--input", renamed, *words[:4], "--table_column", "paint") == 2
    assert "single ones as NAME=COLUMN" in capsys.readouterr().err


def test_a_row_is_answered_the_same_alone_and_in_a_file_and_in_memory(home):
    path = shop(home, 6, seed=5)
    _, answers = answers_of(home, path, "--quiet")
    model = load(home / "run")
    with open(path, newline="", encoding="utf-8") as file:
        rows = [row | {"picture": str(home / row["picture"])} for row in csv.DictReader(file)]
    for row, answer in zip(rows, answers, strict=True):
        said = model.predict([row])[0]
        assert said["label"] == answer["label"]
        assert said["probability"] == pytest.approx(float(answer["probability"]), abs=2e-6)
    assert set(model.predict([{"note": "sandal"}, {"size": 9, "colour": "red"}])[0]) >= {"label"}


def test_evaluation_judges_rows_that_lack_a_kind_and_its_own_test_split_again(home):
    path = shop(home, 40, seed=6, head=["picture", "size", "colour", "season"])
    assert groundup("evaluate", "--model", home / "run", "--data", path, "--out", home / "judged", "--quiet") == 0
    report = report_of(home / "judged")
    assert report["rows"]["scored"] == 40
    assert any("no column 'note': 40 rows are read without text" in line for line in report["preflight"])
    assert all(one["rows"] == 40 for one in report["kinds"])
    assert [one["kinds"] for one in report["kinds"] if len(one["kinds"]) == 1] == [["image"], ["table"]]
    assert groundup("evaluate", "--model", home / "run", "--out", home / "again", "--quiet") == 0
    assert report_of(home / "again")["accuracy"] == report_of(home / "run")["accuracy"]


def test_a_run_that_goes_on_gives_the_same_model(home):
    data = str(home / "shop0.csv")
    words = ["--data", data, *columns("text", "image", "table"), "--label_column", "season", "--image.size", 16, *STEPS]
    assert groundup("finetune", *words, "--out", home / "run") == 0
    assert groundup("finetune", *words, "--out", home / "same") == 0
    for name in ("groundup.safetensors", "heads.safetensors", "tokenizer.json", "columns.json"):
        assert (home / "run/model" / name).read_bytes() == (home / "same/model" / name).read_bytes(), name


def test_settings_of_other_kinds_are_refused_by_name(home):
    data = str(home / "shop0.csv")
    for words, told in (
        (["--table_column", "size", "--drop_kinds", "0.5"], "drop_kinds"),
        (["--text_column", "note", "--table_column", "size", "--image.size", "16"], "image.size"),
        (["--text_column", "note", "--table_column", "size", "--horizontal_flip", "true"], "horizontal_flip"),
        (["--text_column", "note", "--image_column", "picture", "--task", "tagging"], "image_column"),
        (["--text_column", "note", "--table_column", "size", "--augment.method", "eda"], "augment.method"),
    ):
        with pytest.raises(InputError, match=told):
            finetune_words(data, home, words)


def finetune_words(data, home, words):
    return from_command_line(Finetune, None, ["--data", data, "--label_column", "season", "--out", str(home / "none"), *words])


@pytest.fixture(scope="module")
def words(home):
    """A model of texts that was hardly trained."""
    write_documents(home / "documents", 12, seed=0)
    words = ["--tokenizer.vocab_size", 240, "--quiet"]
    assert groundup("prepare", "--source", home / "documents", "--out", home / "text", *words) == 0
    words = ["--preset", "tiny", "--length", 32, "--steps", 2, "--batch_size", 4, "--quiet"]
    assert groundup("pretrain", "--data", home / "text", "--out", home / "lm", *words) == 0
    return home / "lm"


def test_a_model_of_texts_learns_to_read_images_and_columns_and_keeps_its_tokenizer(home, words):
    data = ["--model", words, "--data", home / "shop0.csv", "--label_column", "season", "--baselines", "false"]
    where = ["--image.size", 16, "--out", home / "from_text"]
    assert groundup("finetune", *data, *columns("text", "image", "table"), *where, *STEPS) == 0
    made, start = home / "from_text/model", words / "model"
    assert (made / "tokenizer.json").read_bytes() == (start / "tokenizer.json").read_bytes()
    model = load(made)
    assert [one.kind for one in model.reader.readers] == ["text", "image", "table"]
    said = model.predict([{"note": "sandal"}, {"picture": str(home / "images/0-2.png")}, {"size": 9, "colour": "red"}])
    assert [one["label"] in SEASONS for one in said] == [True] * 3


def test_a_model_of_texts_is_not_asked_of_images_and_columns_alone(home, words):
    data = ["--model", words, "--data", home / "shop0.csv", "--label_column", "season", "--out", home / "refused"]
    assert groundup("finetune", *data, *columns("image", "table"), *STEPS) == 2
    assert not (home / "refused").exists()


@pytest.fixture(scope="module")
def pictures(home):
    """A model of images that was hardly trained."""
    words = ["--image.size", 16, "--quiet"]
    assert groundup("prepare", "--source", home / "images", "--out", home / "pixels", *words) == 0
    words = ["--objective", "patches", "--preset", "micro", "--patch_size", 8, "--steps", 2, "--batch_size", 4, "--quiet"]
    assert groundup("pretrain", "--data", home / "pixels", "--out", home / "vit", *words) == 0
    return home / "vit"


def test_a_model_of_images_learns_to_read_texts_and_columns(home, pictures):
    data = ["--model", pictures, "--data", home / "shop0.csv", "--label_column", "season", "--out", home / "from_images"]
    assert groundup("finetune", *data, *columns("image", "text", "table"), "--max_length", 24, *STEPS) == 0
    model = load(home / "from_images")
    assert [one.kind for one in model.reader.readers] == ["image", "text", "table"]
    assert model.model.config.max_positions == 24
    assert report_of(home / "from_images")["accuracy"]["value"] > 0.7
    said = model.predict([{"note": "sandal"}, {"picture": str(home / "images/0-2.png")}, {"size": 9, "colour": "red"}])
    assert [one["label"] in SEASONS for one in said] == [True] * 3


def test_a_model_of_a_table_that_is_trained_already_learns_to_read_texts_and_images(home):
    data = ["--data", home / "shop0.csv", "--label_column", "season", "--baselines", "false", *STEPS]
    assert groundup("finetune", *data, *columns("table"), "--out", home / "table") == 0
    words = [*columns("text", "image", "table"), "--image.size", 16, "--model", home / "table", "--out", home / "grown"]
    assert groundup("finetune", *data, *words) == 0
    model = load(home / "grown")
    assert [one.kind for one in model.reader.readers] == ["table", "text", "image"]
    assert report_of(home / "grown")["accuracy"]["value"] > report_of(home / "table")["accuracy"]["value"]
    assert (home / "grown/model/columns.json").read_bytes() == (home / "table/model/columns.json").read_bytes()


def test_heads_of_single_kinds_train_beside_the_common_one_and_are_not_published(home):
    data = ["--data", home / "shop0.csv", "--label_column", "season", "--image.size", 16, "--kind_heads", 0.3]
    out = home / "kind_heads"
    assert groundup("finetune", *data, *columns("text", "image", "table"), "--out", out, *STEPS, "--baselines", "false") == 0
    assert list(load(out).model.heads) == ["label"]
    figures = {tuple(one["kinds"]): one["figures"]["accuracy"]["value"] for one in report_of(out)["kinds"]}
    assert figures[("text", "image", "table")] > 0.75
    assert "loss.label@image" in (out / "events.jsonl").read_text()


def test_a_number_is_learned_from_an_image_and_columns(home):
    data = ["--data", home / "shop0.csv", "--task", "regression", "--label_column", "size", "--table_column", "colour"]
    where = ["--image_column", "picture", "--image.size", 16, "--out", home / "sizes"]
    assert groundup("finetune", *data, *where, *STEPS) == 0
    report = report_of(home / "sizes")
    assert [one["name"] for one in report["baselines"]] == [
        "mean",
        "image: ridge regression",
        "table: mean of these",
        "mean of the kinds",
        "joined features",
        "boosting on joined features",
    ]
    assert [one["kinds"] for one in report["kinds"]] == [["image", "table"], ["image"], ["table"]]
    assert "worst_errors" in report


@pytest.fixture
def damaged(home):
    """A table of five rows whose third image is broken, fourth is no image and fifth is not there."""
    path = shop(home, 5, seed=77)
    (home / "images/77-2.png").write_bytes((home / "images/77-1.png").read_bytes()[:60])
    (home / "images/77-3.png").write_text("hello")
    (home / "images/77-4.png").unlink()
    return path


def test_a_broken_image_is_a_fault_of_its_row_alone(home, damaged, tmp_path, capsys):
    out = tmp_path / "answers.csv"
    assert main(["predict", "--model", str(home / "run"), "--input", damaged, "--out", str(out)]) == 3
    assert "3 of 5 rows could not be read" in capsys.readouterr().err
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [bool(row["label"]) for row in rows] == [True, True, False, False, False]
    assert "image 'images/77-2.png' cannot be decoded" in rows[2]["error"]
    assert rows[3]["error"] == "column 'picture': image 'images/77-3.png' cannot be decoded: is no png"
    assert rows[4]["error"] == "column 'picture': image 'images/77-4.png' is not there"


def test_broken_images_are_counted_with_the_other_faulty_rows(home, damaged, tmp_path, capsys):
    line = ["evaluate", "--model", str(home / "run"), "--data", damaged, "--out", str(tmp_path / "e")]
    assert main(line) == 2
    assert "shop77.csv:4 column 'picture': image 'images/77-2.png' cannot be decoded" in capsys.readouterr().err
    assert main([*line, "--read.max_rejects", "3"]) in (0, 3)
    assert json.loads((tmp_path / "e" / "report.json").read_text())["rows"]["scored"] == 2


def test_a_column_of_a_whole_kind_that_is_misspelt_is_refused_in_training(home, tmp_path, capsys):
    data = shop(home, 30, seed=78)
    named = ["--text_column", "note", "--image_column", "pictures", "--table_column", "size"]
    line = ["finetune", "--data", data, *named, "--label_column", "season", "--out", str(tmp_path / "run"), *STEPS]
    assert main(line) == 2
    assert "has no column 'pictures'. Did you mean 'picture'? Fix: --image_column is one of" in capsys.readouterr().err


def test_a_table_with_none_of_the_columns_and_one_without_a_named_column_are_refused(home, capsys):
    path = home / "other.csv"
    path.write_text("title\nred sandal\n", encoding="utf-8")
    line = ["predict", "--model", str(home / "run"), "--input", str(path), "--quiet"]
    assert main(line) == 2
    assert "other.csv:2: has no column 'note'" in capsys.readouterr().err
    assert main([*line, "--text_column", "titel"]) == 2
    assert "has no column 'titel'. Did you mean 'title'? Fix: --text_column is one of" in capsys.readouterr().err
    assert main([*line, "--text_column", "title"]) == 0


def test_rows_of_one_group_that_leave_a_split_empty_are_said_to_be_one(home, tmp_path, capsys):
    rows = "".join(f"thing {number},images/78-0.png,{number * 7 % 40}.5,{'ab'[number % 2]},north\n" for number in range(40))
    shop(home, 1, seed=78)
    (home / "one.csv").write_text("note,picture,size,season,shop\n" + rows, encoding="utf-8")
    named = ["--image_column", "picture", "--table_column", "size", "--label_column", "season", "--split.group_by", "shop"]
    assert main(["finetune", "--data", str(home / "one.csv"), *named, "--out", str(tmp_path / "run"), *STEPS]) == 2
    assert "40 rows in 1 group, which stays together, leave the validation split empty" in capsys.readouterr().err
