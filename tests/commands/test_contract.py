"""The lines that the page of commands promises, typed in their order in one folder; only sizes are smaller."""

import json
import re
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest

import groundup as library
from groundup.events import read_events
from groundup.manifest import verify_folder
from tests.commands.hollow_wheels import write_hollow_wheels
from tests.commands.life import PRAISE, groundup, labelled, read_table, write_documents, write_rte, write_table

PAGE = Path(__file__).parents[2] / "docs/commands.md"
SMALLER = {
    "--preset mini --budget 10m": "--preset tiny --steps 4 --length 32 --batch_size 4",
    "--steps 500": "--steps 2 --length 32 --batch_size 4",
    "--objective causal --budget 10m": "--objective causal --preset tiny --steps 3 --length 32 --batch_size 4",
    "--objective spans --budget 10m": "--objective spans --preset tiny --steps 3 --length 32 --batch_size 4",
    "--out runs/translator": "--out runs/translator --steps 2 --batch_size 4 --max_length 32",
    "--out runs/summaries": "--out runs/summaries --steps 2 --batch_size 4 --max_length 32",
    "--out runs/extracts": "--out runs/extracts --steps 2 --batch_size 4",
    "--objective patches --budget 10m": "--objective patches --preset tiny --steps 2 --batch_size 8",
    "--out runs/seen": "--out runs/seen --steps 2 --batch_size 8",
    "--vocab_size 8192": "--vocab_size 300",
    "--out runs/sentiment": "--out runs/sentiment --steps 10",
    "--out runs/names": "--out runs/names --steps 4",
    "--out runs/topics": "--out runs/topics --steps 4",
    "--out runs/likeness": "--out runs/likeness --steps 4",
    "--out runs/answers": "--out runs/answers --steps 4",
    "--out runs/small": "--out runs/small --steps 4 --batch_size 8",
    "--out runs/ladder": "--out runs/ladder --rungs theseus-half --rungs int8 --steps 2 --batch_size 8 --memory false --timed_rows 3",
    "--out runs/glue": "--out runs/glue --steps 4 --batch_size 4",
    "--rows 100 --rows 1000": "--rows 20 --seeds 0 --seeds 1 --steps 2",
    "--out bundle.tar": "--out bundle.tar --wheels wheels",
    "--preset small --budget 1h": "--preset tiny --budget 1h",
}
PAIRS = """
tasks:
  mood: {data: reviews.csv, text_column: sentence}
  likeness: {data: pairs.csv, text_column: [one, two], task: regression}
weights: uniform
steps: 4
batch_size: 8
max_length: 32
"""
RECIPE = """
stages:
  data:
    prepare: {source: books.zip, tokenizer: {vocab_size: 200}}
  lm:
    pretrain: {data: data, preset: tiny, steps: 2, length: 32, batch_size: 4}
"""


def promised():
    """The command lines of the page, without comments."""
    block = re.search(r"# The commands\n\n```\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    return [line.split("#")[0].strip() for line in block[1].splitlines() if line.startswith("groundup ")]


def write_tasks(home):
    """Rows for the other tasks of an encoder: the first person of each text is sought, as a span and as an answer."""
    texts = [text for text, _ in labelled(60, seed=6) if text.isascii()]
    people = [(text, text.split()[2]) for text in texts]
    spans = [{"text": text, "label": [[text.index(who), text.index(who) + len(who), "WHO"]]} for text, who in people]
    (home / "names.jsonl").write_text("".join(json.dumps(row) + "\n" for row in spans))
    write_table(home / "topics.csv", [(text, "; ".join(sorted({who, "any"}))) for text, who in people], ("text", "label"))
    write_table(home / "pairs.csv", [(text, text[n % 9 :], n % 9) for n, text in enumerate(texts)], ("one", "two", "label"))
    asked = [
        {"context": text, "qas": [{"question": "Who?", "answers": [{"text": who, "answer_start": text.index(who)}]}]}
        for text, who in people
    ]
    (home / "questions.json").write_text(json.dumps({"data": [{"title": "all", "paragraphs": asked}]}))


def write_images(folder, count, seed):
    """Dark and bright images, in a folder of each kind."""
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(seed)
    for name, low in (("dark", 0), ("bright", 128)):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(low, low + 128, (16, 16, 3)).astype(np.uint8)
            image.fromarray(pixels).save(folder / name / f"{number}.png")


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """The folder after all lines, and each line with its exit code."""
    home = tmp_path_factory.mktemp("home")
    write_documents(home / "books", 52, seed=1)
    write_documents(home / "plays", 52, seed=3)
    with zipfile.ZipFile(home / "books.zip", "w") as archive:
        for path in sorted((home / "books").iterdir()):
            archive.write(path, f"books/{path.name}")
    write_table(home / "reviews.csv", labelled(100, seed=1))
    write_table(home / "test.csv", labelled(15, seed=2))
    write_rte(home / "glue/RTE")
    texts = [text for text, _ in labelled(60, seed=4)]
    (home / "corpus").mkdir()
    for language in ("en", "de"):
        (home / f"corpus/train.{language}").write_text("".join(f"{text} {language}\n" for text in texts), "utf-8")
    write_table(home / "news.csv", [(text, text.split(".")[0]) for text in texts], ("article", "summary"))
    write_tasks(home)
    write_hollow_wheels(home / "wheels")
    write_images(home / "photos", 40, seed=1)
    write_images(home / "val", 3, seed=2)
    (home / "recipe.yaml").write_text(RECIPE)
    (home / "pairs.yaml").write_text(PAIRS)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        codes = {}
        for line in promised():
            if "--data runs/more" in line:
                more = "prepare --source books --out runs/more --tokenizer.existing runs/lm --seed 5"
                assert groundup(*more.split(), "--quiet") == 0
            changed = line
            for long, short in SMALLER.items():
                changed = re.sub(rf"{re.escape(long)}(?![-\w])", short, changed)
            codes[line] = groundup(*shlex.split(changed)[1:])
    return home, codes


def test_every_line_of_the_readme_works_as_typed(typed):
    _, codes = typed
    assert len(codes) >= 10
    assert {line: code for line, code in codes.items() if code != 0} == {}


def test_what_the_lines_make_is_whole(typed):
    home, _ = typed
    folders = [
        "runs/books",
        "runs/lm/model",
        "runs/lm2/model",
        "runs/sentiment/model",
        "runs/sentiment-test",
        "runs/life/lm/model",
    ]
    assert [verify_folder(home / folder) for folder in folders] == [[]] * 6
    assert len(read_table(home / "runs/sentiment-test/predictions.csv")) == 15


def test_the_same_lines_are_functions_in_python(typed, tmp_path, monkeypatch):
    home, _ = typed
    monkeypatch.chdir(home)
    outcome = library.pretrain(
        data="runs/books", out=tmp_path / "lm", preset="tiny", steps=2, length=32, batch_size=4, quiet=True
    )
    assert outcome.exit_code == 0
    assert outcome.facts["steps"] == 2
    answer = library.load("runs/sentiment").predict(["a fine film"])[0]
    assert answer["label"] in (PRAISE, "bad, really")
    assert answer["probability"] == pytest.approx(max(answer["probabilities"].values()))
    assert np.isfinite(answer["probability"])


def test_a_yaml_file_comes_first_and_flags_overrule_it(typed, tmp_path, monkeypatch):
    home, _ = typed
    monkeypatch.chdir(home)
    (tmp_path / "lm.yaml").write_text("data: runs/books\npreset: tiny\nsteps: 50\nlength: 32\nbatch-size: 4\n")
    assert groundup("pretrain", tmp_path / "lm.yaml", "--out", tmp_path / "lm", "--steps=3", "--quiet") == 0
    assert [e["step"] for e in read_events(tmp_path / "lm" / "events.jsonl") if e["event"] == "step"] == [1, 2, 3]


def test_a_dry_run_prints_the_settings_and_writes_nothing(typed, tmp_path, monkeypatch, capsys):
    home, _ = typed
    monkeypatch.chdir(home)
    line = ("pretrain", "--data", "runs/books", "--out", tmp_path / "lm", "--steps", 3, "--dry-run")
    assert groundup(*line) == 0
    assert "steps: 3" in capsys.readouterr().out
    assert not (tmp_path / "lm").exists()
