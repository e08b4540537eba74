"""The scripts of examples/ that bring raw files into shape, on small files of the same form."""

import csv
import gzip
import json
import runpy
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from groundup.metrics.rouge import rouge_tokens
from groundup.tasks.tagging import Tagging

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(monkeypatch, script, *words):
    """A script as typed."""
    monkeypatch.setattr(sys, "argv", [script, *map(str, words)])
    monkeypatch.syspath_prepend(str((EXAMPLES / script).parent))
    return runpy.run_path(str(EXAMPLES / script), run_name="__main__")


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_six_emotions_become_three_moods_without_surprise(monkeypatch, tmp_path):
    lines = "label\ttext_a\n" + "".join(f'{label}\t第{label}句 "引\n' for label in range(6))
    (tmp_path / "train.tsv.gz").write_bytes(gzip.compress(lines.encode()))
    for name in ("dev.tsv", "test.tsv"):
        (tmp_path / name).write_text(lines.replace("第", name[0]), "utf-8")
    run(monkeypatch, "sentiment/classes.py", tmp_path, tmp_path / "out")
    emotions, moods = (rows_of(tmp_path / "out" / f"{name}-train.csv") for name in ("emotions", "moods"))
    assert [row["label"] for row in emotions] == ["neutral", "angry", "happy", "sad", "fear", "surprise"] * 2
    assert [row["label"] for row in moods[:5]] == ["neutral", "negative", "positive", "negative", "negative"]
    assert emotions[5] == {"text": '第5句 "引', "label": "surprise"}
    assert len(rows_of(tmp_path / "out" / "moods-test.csv")) == 5


def test_sentences_of_reviews_and_plots_are_of_three_classes(monkeypatch, tmp_path):
    polarity = {
        "sentence_polarity/rt-polarity.pos": "a fine film\nclich\xe9 free\n".encode("latin-1"),
        "sentence_polarity/rt-polarity.neg": "dull .\n",
    }
    one = zipped(tmp_path / "one.zip", polarity)
    two = zipped(tmp_path / "two.zip", {"subjectivity/plot.tok.gt9.5000": "a man comes home .\n"})
    run(monkeypatch, "sentiment/classes.py", one, two, tmp_path / "out")
    found = [(row["text"], row["label"]) for row in rows_of(tmp_path / "out" / "films.csv")]
    assert found == [
        ("a fine film", "positive"),
        ("cliché free", "positive"),
        ("dull .", "negative"),
        ("a man comes home .", "neutral"),
    ]


def test_news_come_with_their_summaries_and_without_headlines(monkeypatch, tmp_path):
    files = {
        "BBC News Summary/News Articles/tech/001.txt": "Head line\n\nIt cost £5. It rained.".encode("latin-1"),
        "BBC News Summary/Summaries/tech/001.txt": "It rained.It cost £5.".encode(),
    }
    run(monkeypatch, "summaries/news.py", zipped(tmp_path / "news.zip", files), tmp_path / "out")
    assert rows_of(tmp_path / "out" / "news.csv") == [
        {"text": "It cost £5. It rained.", "summary": "It rained.It cost £5.", "title": "Head line", "topic": "tech"}
    ]


def inspec(folder):
    files = {
        "1.abstr": "Red boats\tsail\r\n\tin Boats. A red boat.\r\n",
        "1.uncontr": "red boat; boats;\r\n\tships",
        "2.abstr": "Title of it\n\tText about red boats and a boat\n",
        "2.uncontr": "Red Boats; boat; red",
    }
    for name in ("Training.zip", "Validation.zip"):
        zipped(folder / name, files)


def test_keywords_are_marked_wherever_they_stand_the_longer_ones_first(monkeypatch, tmp_path):
    pytest.importorskip("snowballstemmer")
    inspec(tmp_path)
    run(monkeypatch, "keywords/spans.py", tmp_path, tmp_path / "out")
    rows = [json.loads(line) for line in (tmp_path / "out" / "test.jsonl").read_text("utf-8").split("\n") if line]
    marked = [[row["text"][start:end] for start, end, _ in row["label"]] for row in rows]
    assert marked[0] == ["boats", "Boats", "red boat"]
    assert marked[1] == ["red boats", "boat"]
    assert all(Tagging().read_target(row["label"], (row["text"],)) == [tuple(span) for span in row["label"]] for row in rows)


def test_marked_phrases_are_ranked_by_how_sure_the_tagger_is(monkeypatch):
    pytest.importorskip("snowballstemmer")
    score = runpy.run_path(str(EXAMPLES / "keywords/score.py"))
    task = score["Scored"]({"labels": ["keyword"], "unit": "word"})
    from groundup.tasks.tagging_sites import SiteScores

    numbers = np.array([[0.0, 3, 0], [0, 0, 3], [5, 0, 0], [0, 9, 0]])  # B I O B
    found = {(at, 0): SiteScores(1, at + 4, row) for at, row in zip((0, 5, 10, 15), numbers, strict=True)}
    (one, other) = task.spans_from(found)
    assert (one[:3], other[:3]) == ((0, 9, "keyword"), (15, 19, "keyword"))
    assert one[3] < other[3] < 0
    assert other[3] == pytest.approx(np.log(1 - 1 / (2 + np.exp(9))))


def test_summaries_of_the_real_news_are_sentences_of_their_texts(monkeypatch, tmp_path, shared_data):
    run(monkeypatch, "summaries/news.py", shared_data / "summarization/bbc_news_summary/bbc_news_summary.zip", tmp_path)
    rows = rows_of(tmp_path / "news.csv")
    assert len(rows) == 1780
    inside = [set(rouge_tokens(row["summary"])) <= set(rouge_tokens(row["text"])) for row in rows]
    assert np.mean(inside) > 0.95
