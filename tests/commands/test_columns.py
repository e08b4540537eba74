"""What a file holds is shown, and columns that are the only candidate are taken and said, the same in all commands."""

import csv
import shlex
import subprocess
import sys
from dataclasses import replace

import pytest

import groundup
from groundup.cli import main
from groundup.commands.shared.inputs import infer_columns
from groundup.commands.table import command_class
from groundup.config import make_settings
from groundup.errors import InputError
from groundup.terminal.log import speaking
from groundup.terminal.streams import cells
from tests.commands.written_files import FILES, ROWS, table, write_file

KINDS = {
    "comma.csv": {"review": "text", "sentiment": "category"},
    "semicolon.csv": {"review": "text", "sentiment": "category", "day": "date"},
    "tab.tsv": {"review": "text", "sentiment": "category", "id": "id"},
    "chinese.csv": {"内容": "text", "类别": "category"},
    "numbers.csv": {"age": "id", "income": "number", "paid": "category"},
    "rows.jsonl": {"review": "text", "sentiment": "category"},
    "rows.parquet": {"review": "text", "sentiment": "category"},
    "book.xlsx": {"review": "text", "sentiment": "category"},
    "names.txt": {"words": "words", "tags": "tags", "document": "constant"},
    "squad.json": {"question": "text", "context": "text", "answers": "answers", "id": "id", "document": "constant"},
    "doccano.jsonl": {"id": "id", "text": "text", "entities": "spans", "relations": "labels"},
    "prodigy.jsonl": {"text": "text", "spans": "spans", "answer": "constant", "_input_hash": "id"},
    "label-studio.json": {"text": "text", "id": "id", "who": "spans"},
    "brat": {"text": "text", "spans": "spans", "document": "id"},
    "folders": {"text": "text", "label": "category"},
    "photos": {"image": "image", "label": "category"},
}
INFERRED = {  # (file, task) -> columns that finetune takes by itself
    ("comma.csv", "classification"): ("review", "sentiment"),
    ("semicolon.csv", "classification"): ("review", "sentiment"),
    ("tab.tsv", "classification"): ("review", "sentiment"),
    ("chinese.csv", "classification"): ("内容", "类别"),
    ("rows.jsonl", "classification"): ("review", "sentiment"),
    ("rows.parquet", "classification"): ("review", "sentiment"),
    ("book.xlsx", "classification"): ("review", "sentiment"),
    ("names.txt", "tagging"): ("words", "tags"),
    ("squad.json", "answering"): ("question", "context", "answers"),
    ("doccano.jsonl", "tagging"): ("text", "entities"),
    ("prodigy.jsonl", "tagging"): ("text", "spans"),
    ("label-studio.json", "tagging"): ("text", "who"),
    ("brat", "tagging"): ("text", "spans"),
    ("folders", "classification"): ("text", "label"),
}


def finetuning(path, **values):
    return make_settings(command_class("finetune"), {"model": "m", "data": str(path), "out": "o", **values})


@pytest.mark.parametrize("name", FILES)
def test_the_kinds_of_columns_are_shown_for_every_format(name, tmp_path):
    surveyed = groundup.columns(write_file(tmp_path, name))
    assert {column: one.kind for column, one in surveyed.columns.items()} == KINDS[name]
    assert surveyed.rows == (40 if name == "photos" else 60)


@pytest.mark.parametrize(("name", "task"), INFERRED)
def test_the_only_candidate_is_taken_for_every_format_and_said(name, task, tmp_path, capsys):
    settings = infer_columns(finetuning(write_file(tmp_path, name), task=task))
    assert (*settings.text_column, settings.label_column) == INFERRED[name, task]
    told = capsys.readouterr().err
    assert "the only" in told
    assert settings == finetuning(
        tmp_path / name, task=task, text_column=list(settings.text_column), label_column=settings.label_column
    )


def test_what_is_inferred_is_said_with_what_is_not_read(tmp_path, capsys):
    infer_columns(finetuning(write_file(tmp_path, "semicolon.csv")))
    assert capsys.readouterr().err == (
        "text column: review (the only text column)\n"
        "label column: sentiment (the only column that can be the label)\n"
        "not read: day; --table_column '*' reads them, too\n"
    )


def test_what_is_inferred_is_said_in_chinese_and_not_at_all_with_quiet(tmp_path, capsys):
    path = write_file(tmp_path, "comma.csv")
    with speaking(settings := finetuning(path, language="zh")):
        infer_columns(settings)
    assert capsys.readouterr().err == "文本列：review（唯一的文本列）\n标签列：sentiment（唯一可作标签的列）\n"
    with speaking(settings := finetuning(path, quiet=True)):
        infer_columns(settings)
    assert capsys.readouterr().err == ""


def refused(path, **values):
    with pytest.raises(InputError) as error:
        infer_columns(finetuning(path, **values))
    return error.value


def test_several_texts_are_listed_with_examples_and_refused(tmp_path):
    table(
        tmp_path / "t.csv",
        ("one", "two", "label"),
        [(text, text[5:] + " twice", "ab"[n % 2]) for n, (text, *_) in enumerate(ROWS)],
    )
    error = refused(tmp_path / "t.csv")
    assert error.code == "WHICH_COLUMN"
    assert error.what.startswith(f"2 columns are texts: one ('{ROWS[0][0][:30]}")
    assert error.fix == "say which one with --text_column (twice for pairs of texts): 'one' or 'two'"


def test_several_labels_are_listed_with_examples_and_refused(tmp_path):
    table(tmp_path / "t.csv", ("review", "stars", "mood"), [(row[0], row[2], row[1]) for row in ROWS])
    error = refused(tmp_path / "t.csv")
    assert (error.what, error.fix) == (
        "2 columns can be the label: stars ('1'), mood ('neg')",
        "say which one with --label_column: 'stars' or 'mood'",
    )


def test_a_table_without_texts_is_told_table_column(tmp_path):
    error = refused(write_file(tmp_path, "numbers.csv"))
    assert error.code == "NO_TEXT_COLUMN"
    assert error.what == "has no column of texts: age (id), income (number), paid (category)"
    assert error.fix.startswith("--table_column '*' reads them as a table (name the label with --label_column)")


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("names.txt", "--task tagging reads 'words'; or name the text with --text_column"),
        ("squad.json", "--task answering takes 'answers'; or name it with --label_column"),
        ("brat", "--task tagging takes 'spans'; or name it with --label_column"),
    ],
)
def test_a_file_of_another_task_is_told_that_task(name, fix, tmp_path):
    path = write_file(tmp_path, name)
    named = {"text_column": ["context"]} if name == "squad.json" else {}
    assert refused(path, **named).fix == fix


def test_images_in_folders_are_told_prepare(tmp_path):
    error = refused(write_file(tmp_path, "photos"))
    assert (error.code, error.fix.startswith(f"groundup prepare --source {tmp_path / 'photos'} --image.size 32")) == (
        "NOT_PREPARED",
        True,
    )


def test_names_that_are_given_stay_as_they_are(tmp_path, capsys):
    path = write_file(tmp_path, "comma.csv")
    given = finetuning(path, text_column=["sentiment"], label_column="review")
    assert infer_columns(given) == given
    assert infer_columns(finetuning(path, text_column=["review"])).label_column == "sentiment"


def test_check_and_curve_infer_as_finetune_does(tmp_path):
    path = str(write_file(tmp_path, "comma.csv"))
    for command, more in (("check", {}), ("curve", {"model": ["m"], "out": "o"})):
        settings = infer_columns(make_settings(command_class(command), {"data": path, **more}))
        assert (settings.text_column, settings.label_column) == (("review",), "sentiment")


def test_columns_of_each_task_of_several_are_inferred(tmp_path, capsys):
    tasks = {"mood": {"data": str(write_file(tmp_path, "comma.csv"))}}
    tasks["who"] = {"data": str(write_file(tmp_path, "names.txt")), "task": "tagging"}
    settings = infer_columns(make_settings(command_class("multitask"), {"model": "m", "out": "o", "tasks": tasks}))
    assert {name: (one.text_column, one.label_column) for name, one in settings.tasks.items()} == {
        "mood": (("review",), "sentiment"),
        "who": (("words",), "tags"),
    }
    assert "tasks.who: label column: tags" in capsys.readouterr().err


def test_a_sorted_file_shows_all_its_classes(tmp_path):
    rows = [(f"a text of several words {n}", "first" if n < 11_000 else "second") for n in range(12_000)]
    table(tmp_path / "t.csv", ("text", "class"), rows)
    surveyed = groundup.columns(tmp_path / "t.csv")
    assert surveyed.rows == 12_000
    assert surveyed.found.judged < 6_000
    assert set(surveyed.columns["class"].counts) == {"first", "second"}
    assert "columns are judged by 3,000 rows" in repr(surveyed)


def test_a_file_in_another_encoding_is_read_and_the_commands_say_how(tmp_path):
    rows = [(f"这家餐厅的菜很好吃服务也很热情{n}", "好评" if n % 2 else "差评") for n in range(60)]
    table(tmp_path / "t.csv", ("内容", "类别"), rows, encoding="gb18030")
    surveyed = groundup.columns(tmp_path / "t.csv")
    assert surveyed.found.encodings == ("gb18030",)
    assert "--read.encoding auto --text_column" in surveyed.steps[0]


def test_the_command_shows_a_table_that_fits_80_columns_in_both_languages(tmp_path, capsys):
    path = write_file(tmp_path, "chinese.csv")
    for language, word in (("en", "type next:"), ("zh", "接下来可输入：")):
        assert main(["columns", str(path), "--language", language]) == 0
        shown = capsys.readouterr().out
        assert word in shown

        assert max(map(cells, shown.split("\n\n")[1].split("\n"))) <= 80


def test_a_frame_in_memory_is_shown_with_calls():
    surveyed = groundup.columns([{"note": text, "mood": label} for text, label, *_ in ROWS])
    assert surveyed.steps[0] == "groundup.check(data=data, text_column='note', label_column='mood')"
    assert repr(surveyed).startswith("data: 60 rows")
    assert "/tmp" not in repr(surveyed)


def test_a_folder_that_groundup_made_is_no_raw_data(tmp_path, capsys):
    path = write_file(tmp_path, "comma.csv")
    assert main(["prepare", "--source", str(path), "--text_column", "review", "--out", str(tmp_path / "d"), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["columns", str(tmp_path / "d")]) == 2
    assert (
        f"is a data folder of groundup prepare, not raw data. Fix: groundup pretrain --data {tmp_path / 'd'}"
        in capsys.readouterr().err
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_what_is_to_be_typed_next_works(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    steps = [shlex.split(step)[1:] for step in groundup.columns(write_file(tmp_path, name)).steps]
    assert [step[0] for step in steps][-1] == "finetune"
    for step in steps:
        few = {
            "pretrain": ["--preset", "micro", "--steps", "1", "--batch_size", "4"],
            "finetune": ["--steps", "1", "--baselines", "false"],
        }.get(step[0], [])
        words = step[: step.index("--budget")] if "--budget" in step else step
        if "MODEL" in words:
            continue
        assert main([*words, *few, "--quiet"]) in (0, 3), (words, capsys.readouterr().err)


WRONG = {
    "prepare": ["--source", "t.csv", "--text_column", "txt", "--out", "o"],
    "pretrain": ["--data", "t.csv", "--table_column", "txt", "--steps", "3", "--out", "o"],
    "finetune": ["--model", "lm", "--data", "t.csv", "--text_column", "txt", "--out", "o"],
    "check": ["t.csv", "--text_column", "txt"],
    "curve": ["--model", "lm", "--data", "t.csv", "--text_column", "txt", "--out", "o"],
    "multitask": ["--model", "lm", "--tasks.one.data", "t.csv", "--tasks.one.text_column", "txt", "--out", "o"],
    "evaluate": ["--model", "lm", "--data", "t.csv", "--text_column", "txt", "--out", "o"],
    "predict": ["--model", "lm", "--input", "t.csv", "--text_column", "txt"],
    "explain": ["--model", "lm", "--input", "t.csv", "--text_column", "txt", "--out", "o"],
    "keywords": ["--input", "t.csv", "--text_column", "txt"],
    "generate": ["--model", "lm", "--input", "t.csv", "--text_column", "txt"],
    "compress": ["--model", "lm", "--data", "t.csv", "--text_column", "txt", "--method", "quantize", "--out", "o"],
    "ladder": ["--model", "lm", "--data", "t.csv", "--text_column", "txt", "--out", "o"],
    "export": ["--model", "lm", "--data", "t.csv", "--text_column", "txt", "--out", "o"],
    "compare": ["lm", "lm2", "--data", "t.csv", "--text_column", "txt", "--out", "o"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a table and what stands for two models."""
    folder = tmp_path_factory.mktemp("place")
    for model in ("lm", "lm2"):
        (folder / model).mkdir()
        (folder / model / "config.json").write_text("{}")
    with open(folder / "t.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *(row[:2] for row in ROWS)])
    return folder


def answer(words, place):
    code = (
        "import sys; from groundup.cli import main; "
        f"print(main({words!r}), sorted({{'torch', 'sklearn', 'transformers'}} & set(sys.modules)))"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=place, check=True)


@pytest.mark.parametrize("name", WRONG)
def test_a_column_that_is_not_there_is_told_before_torch_is_imported(name, place):
    found = answer([name, *WRONG[name]], place)
    assert found.stdout.strip() == "2 []", found.stderr
    assert "has no column 'txt'. Did you mean 'text'?" in found.stderr


@pytest.mark.parametrize("name", [name for name in WRONG if "--model" in WRONG[name]])
def test_a_folder_that_holds_no_model_is_told_before_torch_is_imported(name, place):
    (place / "empty").mkdir(exist_ok=True)
    words = [name, *("empty" if word == "lm" else "text" if word == "txt" else word for word in WRONG[name])]
    found = answer(words, place)
    assert found.stdout.strip() == "2 []", found.stderr
    assert "NO_MODEL empty: is neither a model folder nor a finished run" in found.stderr


def test_a_dry_run_shows_what_is_inferred(tmp_path, capsys):
    path = write_file(tmp_path, "comma.csv")
    assert main(["check", str(path), "--dry_run"]) == 0
    shown = capsys.readouterr()
    assert "text_column:\n- review\n" in shown.out
    assert "label_column: sentiment\n" in shown.out
    assert "text column: review (the only text column)" in shown.err


def test_the_same_columns_named_and_inferred_are_the_same_settings(tmp_path):
    path = write_file(tmp_path, "comma.csv")
    given = finetuning(path, text_column=["review"], label_column="sentiment")
    assert infer_columns(finetuning(path)) == given
    assert infer_columns(replace(given, text_column=())) == given


def test_columns_in_one_word_are_told_to_be_given_each(tmp_path, capsys):
    path = write_file(tmp_path, "numbers.csv")
    assert main(["check", str(path), "--table_column", "age, income", "--label_column", "paid"]) == 2
    assert capsys.readouterr().err == (
        "groundup: error NO_COLUMN numbers.csv:2: has no column 'age, income', but each of the 2. "
        "Fix: give it once for each: --table_column age --table_column income\n"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["predict", "--model", "m", "--data", "t.csv"], "data: no such setting of predict. It is called 'input' here."),
        (["explain", "--model", "m", "--data", "t.csv"], "data: no such setting of explain. It is called 'input' here."),
        (["prepare", "--data", "t.csv", "--out", "o"], "data: no such setting of prepare. It is called 'source' here."),
        (["finetune", "--input", "t.csv", "--out", "o"], "input: no such setting of finetune. It is called 'data' here."),
        (["pretrain", "--source", "t.csv", "--out", "o"], "source: no such setting of pretrain. It is called 'data' here."),
    ],
)
def test_data_input_and_source_answer_for_each_other(words, told, capsys):
    assert main(words) == 2
    assert told in capsys.readouterr().err


def test_prepare_takes_the_only_text_column_of_tables(tmp_path, capsys):
    source = str(write_file(tmp_path, "comma.csv"))
    made = make_settings(command_class("prepare"), {"source": [source], "out": "o"})
    assert infer_columns(made).text_column == "review"
    assert capsys.readouterr().err == "text column: review (the only text column)\n"
    running = make_settings(command_class("prepare"), {"source": [str(write_file(tmp_path, "folders"))], "out": "o"})
    assert infer_columns(running) == running


@pytest.mark.parametrize(
    ("name", "kind"), [("comma.csv", "csv"), ("tab.tsv", "tsv"), ("rows.jsonl", "jsonl"), ("names.txt", "conll")]
)
def test_a_file_whose_name_tells_no_format_is_read_by_its_content(name, kind, tmp_path):
    path = write_file(tmp_path, name).rename(tmp_path / "eng.train")
    surveyed = groundup.columns(path)
    assert {column: one.kind for column, one in surveyed.columns.items()} == KINDS[name]
    assert f"eng.train: is read as {kind}, as its content shows; --read.format sets it" in surveyed.found.notes


def test_a_first_row_of_a_text_and_a_label_is_no_header(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("".join(f"{n},{text} and so on,{label}\n" for n, (text, label, *_) in enumerate(ROWS)))
    assert main(["columns", str(tmp_path / "t.csv")]) == 2
    assert "the first line looks like a row, not like names" in capsys.readouterr().err


def test_a_file_of_faulty_rows_alone_is_told_the_first_faults(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("text,label\n" + "a,b,c\n" * 9)
    assert main(["columns", str(tmp_path / "t.csv")]) == 2
    assert (
        "holds no record that can be used: t.csv:2, t.csv:3, t.csv:4 has 3 fields, the header has 2" in capsys.readouterr().err
    )


def test_names_of_images_are_no_texts_that_tell_the_label(tmp_path, capsys):
    write_file(tmp_path, "photos")
    table(
        tmp_path / "t.csv",
        ("picture", "colour"),
        [(f"photos/{'red' if n % 2 else 'blue'}/{n}.png", "red" if n % 2 else "blue") for n in range(40)],
    )
    assert main(["check", str(tmp_path / "t.csv")]) in (0, 3)
    told = capsys.readouterr()
    assert "image column: picture (the only image column)" in told.err
    assert "LABEL_IN_TEXT" not in told.out


def test_a_folder_of_texts_and_tables_is_warned_of(tmp_path):
    (tmp_path / "d").mkdir()
    write_file(tmp_path / "d", "comma.csv")
    (tmp_path / "d" / "notes.txt").write_text("remember the milk\n")
    notes = groundup.columns(tmp_path / "d").found.notes
    assert "warning: text files and tables are read together (csv, txt); --read.include '*.csv' reads some of them" in notes


def test_names_from_outside_cannot_steer_the_terminal(tmp_path, capsys):
    path = tmp_path / "a\x1b[31m.csv"
    table(path, ("text", "la\x1b[31mbel"), [row[:2] for row in ROWS])
    assert main(["columns", str(path)]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["finetune", "--model", "lm", "--data", "t.csv", "--split.group_by", "txt", "--out", "o"],
            "--split.group_by is one of",
        ),
        (
            ["finetune", "--model", "lm", "--data", "t.csv", "--split.time_column", "txt", "--out", "o"],
            "--split.time_column is",
        ),
        (["finetune", "--model", "lm", "--data", "t.csv", "--label_column", "txt", "--out", "o"], "--label_column is one of"),
        (["check", "t.csv", "--split.group_by", "txt"], "--split.group_by is one of"),
        (["evaluate", "--model", "lm", "--data", "t.csv", "--slice_by", "txt", "--out", "o"], "--slice_by is one of"),
        (
            ["pretrain", "--data", "t.csv", "--table_column", "*", "--leave_out", "txt", "--steps", "3", "--out", "o"],
            "--leave_out",
        ),
        (["pretrain", "--data", "t.csv", "--steps", "3", "--out", "o"], "'t.csv' is a file: groundup prepare makes a folder"),
    ],
)
def test_further_columns_that_are_not_there_are_told_before_torch_is_imported(words, told, place):
    found = answer(words, place)
    assert found.stdout.strip() == "2 []", found.stderr
    assert told in found.stderr
