"""Texts summed up in their own sentences, as a user would: trained, judged, used, refused."""

import json

import numpy as np
import pytest

import groundup as library
from groundup.manifest import verify_folder
from groundup.tasks.summaries import sentence_places
from tests.commands.life import groundup, read_table, report, sentence, write_table

SAID = "Therefore", "因此"


def texts(count, seed, sentences=5):
    """Texts of which the sentence that begins with a certain word is the summary; every fourth is Chinese."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        chinese = number % 4 == 3
        parts = [sentence(rng, chinese) for _ in range(sentences)]
        place = int(rng.integers(sentences))
        parts[place] = SAID[chinese] + ("" if chinese else " t") + parts[place][0 if chinese else 1 :]
        rows.append((("" if chinese else " ").join(parts), parts[place]))
    return rows


def finetune(life, out, data, *words):
    return groundup(
        "finetune",
        "--model",
        life.lm,
        "--task",
        "extraction",
        "--data",
        data,
        "--text_column",
        "text",
        "--label_column",
        "summary",
        "--out",
        out,
        "--quiet",
        *words,
    )


@pytest.fixture(scope="module")
def run(life):
    out = life.root / "extracts"
    data = write_table(life.root / "extracts.csv", texts(200, 0), ("text", "summary"))
    assert (
        finetune(
            life,
            out,
            data,
            "--max_length",
            64,
            "--too_long",
            "window",
            "--steps",
            60,
            "--batch_size",
            16,
            "--layer_decay",
            1,
            "--optimizer.learning_rate",
            0.003,
        )
        == 0
    )
    return out


def test_a_word_that_tells_the_sentence_is_learned(run):
    found = report(run)
    assert verify_folder(run / "model") == []
    names = [one["name"] for one in found["baselines"]]
    assert names == ["first 1", "TextRank 1", "random 1", "upper bound of sentences"]
    first, *_, bound = (one["figures"]["rougeL"]["value"] for one in found["baselines"])
    assert bound == pytest.approx(1.0)
    assert found["figures"]["rougeL"]["value"] > 0.9 > first + 0.2
    assert found["verdict"]["outcome"] == "wins"
    assert found["figures"]["copy_rate"]["value"] == 1
    assert "upper bound of sentences" in (run / "report.html").read_text("utf-8")


def test_a_published_model_is_judged_as_in_its_run(run, tmp_path):
    assert groundup("evaluate", "--model", run, "--out", tmp_path / "again", "--quiet") == 0
    ours, again = (report(folder)["figures"] for folder in (run, tmp_path / "again"))
    assert {name: one["value"] for name, one in again.items()} == pytest.approx(
        {name: one["value"] for name, one in ours.items()}
    )
    line = read_table(tmp_path / "again" / "predictions.csv")[0]
    ((start, end),) = json.loads(line["sentences"])
    assert line["text"][start:end] == line["summary"]


@pytest.mark.parametrize("number", [0, 3])
def test_texts_are_summed_up_by_places(run, capsys, number):
    """In English and Chinese, also a text of several windows."""
    text, summary = texts(4, seed=9, sentences=14)[number]
    answer = library.load(run).predict([text])[0]
    (place,) = answer["sentences"]
    assert (place["start"], place["end"]) in sentence_places(text)
    assert answer["summary"] == text[place["start"] : place["end"]] == summary
    assert groundup("predict", "--model", run, "--text", text) == 0
    assert capsys.readouterr().out.strip() == summary


def test_titles_are_refused_with_the_way_out(life, tmp_path, capsys):
    data = write_table(tmp_path / "titles.csv", [(f"A title {n}", f"title {n}") for n in range(40)], ("text", "summary"))
    assert finetune(life, tmp_path / "run", data) == 2
    told = capsys.readouterr().err
    assert "NO_SENTENCES" in told
    assert "--task summarization" in told


def test_two_texts_are_refused(life, tmp_path, capsys):
    data = write_table(tmp_path / "two.csv", texts(8, 1), ("text", "summary"))
    assert finetune(life, tmp_path / "run", data, "--text_column", "summary") == 2
    assert "2 columns; extraction reads one" in capsys.readouterr().err
