"""Every task of an encoder through its life: fine-tuned, judged, used, resumed, and refused."""

import csv
import json

import numpy as np
import pytest

import groundup as library
from groundup.evaluate.verdict import MIN_ROWS
from groundup.manifest import verify_folder
from groundup.messages.translate import MESSAGES
from tests.commands.life import PEOPLE, THINGS, WHERE, WHO, groundup, read_table, report, sentence, write_table

TASKS = ("tagging", "answering", "regression", "multilabel")
COLUMNS = {
    "tagging": ("sentence",),
    "answering": ("question", "context"),
    "regression": ("one", "two"),
    "multilabel": ("sentence",),
}
TRIVIAL = {
    "tagging": "names seen in training",
    "answering": "first sentence",
    "regression": "mean",
    "multilabel": "most frequent labels",
}


def spans(text):
    """People and places of the small world."""
    found = [
        (text.find(name), name, "WHO" if name in PEOPLE + WHO else "THING")
        for name in PEOPLE + WHO + THINGS + WHERE
        if name in text
    ]
    kept, end = [], 0
    for start, name, kind in sorted(found):
        if start >= end:
            kept.append([start, end := start + len(name), kind])
    return kept


def rows_of(task, count, seed=0):
    """(columns, rows): the texts and the label, in a form that one word tells."""
    rng = np.random.default_rng(seed)
    texts = [sentence(rng, number % 4 == 3) for number in range(count)]
    if task == "tagging":
        return ("sentence", "label"), [(text, json.dumps(spans(text))) for text in texts]
    if task == "answering":
        asked = [("谁？" if text[0] > "\u3000" else "Who?", text, text[slice(*spans(text)[0][:2])]) for text in texts]
        return ("question", "context", "label"), asked
    if task == "regression":
        return ("one", "two", "label"), [
            (text, text if number % 2 else sentence(rng, False), 5 * (number % 2) - rng.random())
            for number, text in enumerate(texts)
        ]
    return ("sentence", "label"), [
        (text, "; ".join(sorted({kind for *_, kind in spans(text)} - {"THING" * (n % 2)}))) for n, text in enumerate(texts)
    ]


def table_of(folder, task, count=80, seed=0):
    header, rows = rows_of(task, count, seed)
    return write_table(folder / f"{task}-{count}-{seed}.csv", rows, header)


def finetune(life, out, task, data, *words):
    columns = [word for name in COLUMNS[task] for word in ("--text_column", name)]
    return groundup(
        "finetune",
        "--model",
        life.lm,
        "--task",
        task,
        "--data",
        data,
        *columns,
        "--out",
        out,
        "--max_length",
        48,
        "--batch_size",
        16,
        "--steps",
        4,
        "--quiet",
        *words,
    )


@pytest.fixture(scope="module", params=TASKS)
def run(request, life):
    """(task, its run)."""
    out = life.root / f"task-{request.param}"
    assert finetune(life, out, request.param, table_of(life.root, request.param)) == 0
    return request.param, out


def test_a_run_ends_with_a_model_and_a_report_beside_baselines(run):
    task, out = run
    found = report(out)
    assert verify_folder(out / "model") == []
    assert found["kind"] == task
    first, _ = found["baselines"]
    assert first["name"] == TRIVIAL[task]
    assert found["figures"][found["metric"]]["value"] is not None
    decided = ("wins", "loses", "ahead", "behind") if found["rows"]["all"] >= MIN_ROWS else ("too few",)
    assert found["verdict"]["outcome"] in decided
    page = (out / "report.html").read_text("utf-8")
    assert found["verdict"]["text"] in page
    assert MESSAGES[TRIVIAL[task]][0] in page


def test_a_published_model_is_judged_as_in_its_run(run, tmp_path):
    _, out = run
    assert groundup("evaluate", "--model", out, "--out", tmp_path / "again", "--quiet") == 0
    ours, again = (report(folder)["figures"] for folder in (out, tmp_path / "again"))
    assert {name: figure["value"] for name, figure in again.items()} == pytest.approx(
        {name: figure["value"] for name, figure in ours.items()}, abs=1e-5
    )


def test_another_table_is_judged_and_every_answer_is_kept(run, tmp_path):
    task, out = run
    data = table_of(tmp_path, task, 13, seed=5)
    assert groundup("evaluate", "--model", out, "--data", data, "--out", tmp_path / "e", "--language", "zh", "--quiet") == 0
    kept = read_table(tmp_path / "e" / "predictions.csv")
    assert len(kept) == 13
    assert [kept[0][name] for name in COLUMNS[task]] == [read_table(data)[0][name] for name in COLUMNS[task]]
    assert report(tmp_path / "e")["rows"]["scored"] == 13
    assert "与基线比较" in (tmp_path / "e" / "report.html").read_text("utf-8")


ENGLISH, CHINESE = "The old teacher finds the red lamp near the boat.", "老师和医生在公园看书。"


def asked(task, text):
    return {"tagging": [text], "multilabel": [text], "answering": ["Who?", text], "regression": [text, text]}[task]


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_texts_of_the_command_line_are_answered_as_in_the_library(run, capsys, text):
    task, out = run
    texts = asked(task, text)
    answer = library.load(out).predict([texts if len(texts) == 2 else texts[0]])[0]
    assert groundup("predict", "--model", out, *(word for one in texts for word in ("--text", one))) == 0
    said = capsys.readouterr().out
    if task == "tagging":
        assert said.count("](") == len(answer["spans"])
        assert all(f"[{text[span['start'] : span['end']]}]({span['type']})" in said for span in answer["spans"])
    elif task == "answering":
        assert text[answer["start"] :].startswith(answer["answer"])
        assert said.startswith(answer["answer"])
    elif task == "regression":
        assert float(said) == pytest.approx(answer["number"], abs=1e-3)
    else:
        assert set(answer["probabilities"]) == {"WHO", "THING"}


def test_a_file_with_a_bad_row_keeps_its_rows_and_says_so(run, tmp_path):
    task, out = run
    header = ["row", *COLUMNS[task]]
    rows = [[number, *asked(task, text)] for number, text in enumerate((ENGLISH, "", CHINESE))]
    data = write_table(tmp_path / "in.csv", rows, header)
    assert groundup("predict", "--model", out, "--input", data, "--out", tmp_path / "out.csv", "--quiet") == 3
    answered = read_table(tmp_path / "out.csv")
    assert [row["row"] for row in answered] == ["0", "1", "2"]
    assert [bool(row["error"]) for row in answered] == [False, True, False]
    fields = [name for name in answered[0] if name not in (*header, "truncated", "error")]
    assert fields == list(library.load(out).task.answer_columns)
    assert all(answered[0][name] != "" and answered[1][name] == "" for name in fields[-1:])


@pytest.mark.parametrize("task", ["tagging", "answering"])
def test_a_run_that_was_stopped_ends_with_the_same_bytes(life, tmp_path, task, monkeypatch):
    """Stopped after its data were kept and its first steps saved."""
    from groundup.commands.finetune import story as finetuning

    data = table_of(life.root, task)
    assert finetune(life, tmp_path / "whole", task, data, "--no-baselines") == 0

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(finetuning, "publish", stop)
        with pytest.raises(KeyboardInterrupt):
            finetuning.finetune(settings(life, tmp_path / "cut", task, data))
    checkpoints = sorted((tmp_path / "cut" / "checkpoints").iterdir())
    assert checkpoints
    assert finetune(life, tmp_path / "cut", task, data, "--no-baselines") == 0
    for name in ("model.safetensors", "config.json"):
        assert (tmp_path / "cut" / "model" / name).read_bytes() == (tmp_path / "whole" / "model" / name).read_bytes()


def settings(life, out, task, data):
    from groundup.commands.finetune.settings import Finetune

    return Finetune(
        model=str(life.lm),
        task=task,
        data=str(data),
        text_column=COLUMNS[task],
        out=str(out),
        max_length=48,
        batch_size=16,
        steps=4,
        quiet=True,
        baselines=False,
    )


REFUSED = {
    "two texts for tagging": ("tagging", ("--text_column", "label"), "text_column: 2 columns; tagging reads one"),
    "a column that is not there": ("tagging", ("--label_column", "tags"), "has no column 'tags'"),
    "an unknown figure": (
        "tagging",
        ("--best_metric", "accuracy"),
        "'accuracy' is no figure of tagging; one of loss, precision",
    ),
    "spans as labels of a number": ("regression", ("--label_column", "two"), "is not a number"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_the_task_is_refused(life, tmp_path, capsys, case):
    task, words, told = REFUSED[case]
    assert finetune(life, tmp_path / "run", task, table_of(life.root, task), *words) == 2
    assert told.split("; one")[0] in capsys.readouterr().err


def test_one_column_cannot_be_asked_and_answered(life, tmp_path, capsys):
    line = ("finetune", "--model", life.lm, "--data", life.table, "--text_column", "sentence", "--task", "answering")
    assert groundup(*line, "--out", tmp_path / "run") == 2
    assert "answering reads two" in capsys.readouterr().err


def test_labels_of_another_task_are_refused_with_their_place(life, tmp_path, capsys):
    line = ("finetune", "--model", life.lm, "--data", life.table, "--text_column", "sentence", "--task", "tagging")
    assert groundup(*line, "--out", tmp_path / "run", "--quiet") == 2
    assert "reviews.csv:2" in (told := capsys.readouterr().err)
    assert "is no list of spans in JSON" in told
    assert not (tmp_path / "run").exists()


def test_a_pair_model_says_that_it_reads_two_texts(life, run, capsys):
    task, out = run
    model = library.load(out)
    if len(COLUMNS[task]) == 2:
        assert groundup("predict", "--model", out, "--text", "One.") == 2
        assert "give --text twice" in capsys.readouterr().err
    wrong = ["One."] if len(COLUMNS[task]) == 2 else [("One.", "Two.")]
    with pytest.raises(library.errors.InputError, match="WRONG_TEXTS"):
        model.predict(wrong)


def test_words_with_tags_are_learned_from_conll_and_answered_for_such_files(life, tmp_path):
    rng = np.random.default_rng(1)
    lines = []
    for _ in range(60):
        for word in sentence(rng, False).rstrip(".").split():
            lines.append(f"{word} {'B-WHO' if word in PEOPLE else 'B-THING' if word in THINGS else 'O'}\n")
        lines.append("\n")
    data = tmp_path / "words.txt"
    data.write_text("".join(lines))
    line = (
        "finetune",
        "--model",
        life.lm,
        "--task",
        "tagging",
        "--data",
        data,
        "--read.format",
        "conll",
        "--text_column",
        "words",
    )
    words = ("--label_column", "tags", "--out", tmp_path / "run", "--steps", 3, "--no-baselines", "--quiet")
    assert groundup(*line, *words) == 0
    assert report(tmp_path / "run")["labels"] == ["THING", "WHO"]
    predict = (
        "predict",
        "--model",
        tmp_path / "run",
        "--input",
        data,
        "--read.format",
        "conll",
        "--out",
        tmp_path / "out.jsonl",
    )
    assert groundup(*predict, "--quiet") == 0
    answered = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert len(answered) == 60
    assert all(isinstance(json.loads(row["spans"]), list) for row in answered)


def test_questions_in_squads_form_are_learned_and_unanswerable_rows_are_told(life, tmp_path, capsys):
    _, rows = rows_of("answering", 60)
    paragraphs = [
        {
            "context": context,
            "qas": [{"question": question, "id": str(n), "answers": [{"text": answer, "answer_start": context.index(answer)}]}],
        }
        for n, (question, context, answer) in enumerate(rows)
    ]
    paragraphs[7]["qas"][0]["answers"] = [{"text": "nowhere", "answer_start": 0}]
    data = tmp_path / "train.json"
    data.write_text(json.dumps({"data": [{"title": "t", "paragraphs": paragraphs}]}, ensure_ascii=False), "utf-8")
    line = (
        "finetune",
        "--model",
        life.lm,
        "--task",
        "answering",
        "--data",
        data,
        "--read.format",
        "squad",
        "--label_column",
        "answers",
        "--text_column",
        "question",
        "--text_column",
        "context",
        "--out",
        tmp_path / "run",
        "--steps",
        2,
        "--quiet",
    )
    assert groundup(*line) == 2
    assert "the answer 'nowhere' does not stand in the text" in capsys.readouterr().err
    assert groundup(*line, "--read.max_rejects", 1, "--no-baselines") == 0
    assert "faulty" in (tmp_path / "run" / "data" / "preflight.json").read_text()


def test_long_texts_are_read_in_windows(life, tmp_path):
    header, rows = rows_of("tagging", 40)
    text = " ".join(rows[n][0] for n in (0, 1, 2, 4, 5))
    long = [(text, json.dumps(spans(rows[0][0])))] * 3 + rows
    with open(tmp_path / "long.csv", "w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([header, *long])
    assert finetune(life, tmp_path / "run", "tagging", tmp_path / "long.csv", "--too_long", "window", "--no-baselines") == 0
    model = library.load(tmp_path / "run")
    assert model.too_long == "window"
    (answer,) = model.predict([text])
    assert all(text[span["start"] : span["end"]].strip() for span in answer["spans"])
