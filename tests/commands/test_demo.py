import numpy as np
import pytest

from groundup.commands.demo import text as demonstration
from groundup.commands.demo.stages import Score, confidence_line
from groundup.data.batches.pairs import NEXT, NO_LABEL, RANDOM, Pairs
from groundup.data.shards import Shards
from groundup.evaluate.opened import softmax
from groundup.evaluate.predictor import load
from groundup.events import read_events
from groundup.manifest import verify_folder
from groundup.messages.translate import translator
from groundup.pages.demo_page import corpus_section, demo_page, lines_section, pretraining_section
from tests.commands.life import groundup, read_table, report

SOURCE = '''"""Read and write small files of words.

This module keeps its words in the order in which they came.

>>> examples are left out of the text
"""


def load(path):
    """Return the words of a file as a list of strings. Raise an error if the file is missing."""
'''


@pytest.fixture
def small_library(tmp_path, monkeypatch):
    """A standard library of two modules, and one package beside it."""
    for name in ("lib/json/decoder.py", "lib/odd/thing.py", "lib/test/left_out.py", "site/numpy/core.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(SOURCE.replace("words", path.stem))
    paths = {"stdlib": str(tmp_path / "lib"), "purelib": str(tmp_path / "site")}
    monkeypatch.setattr("sysconfig.get_paths", lambda: paths)
    return tmp_path


def test_collecting_gives_one_document_a_module_and_labelled_sentences(small_library):
    folder = demonstration.collect(small_library / "text")
    documents = {p.relative_to(folder / "documents").as_posix() for p in folder.rglob("*.txt")}
    assert {name for name in documents if "topics" not in name} == {
        "python/json.decoder.txt",
        "python/odd.thing.txt",
        "numpy/core.txt",
    }
    text = (folder / "documents/python/json.decoder.txt").read_text()
    assert "keeps its decoder in the order" in text
    assert "examples are left out" not in text
    rows = read_table(folder / "sentences.csv")
    assert {(row["part"], row["module"]) for row in rows} == {("files and data", "json.decoder")}
    assert "Return the decoder of a file as a list of strings." in [row["sentence"] for row in rows]
    assert verify_folder(folder) == []


def test_collecting_again_leaves_the_text_as_it_is(small_library):
    folder = demonstration.collect(small_library / "text")
    before = (folder / "manifest.json").stat().st_mtime_ns
    (small_library / "lib/json/decoder.py").unlink()
    demonstration.collect(folder)
    assert (folder / "manifest.json").stat().st_mtime_ns == before


SCORES = [
    Score("pretrained encoder", 0.5, 0.4, 0.6),
    Score("untrained encoder", 0.55, 0.4, 0.6),
    Score("tfidf", 0.7, 0.6, 0.8),
]


def test_the_verdict_is_plain_whoever_wins():
    assert demonstration.verdict(SCORES, translator("en")) == [
        "Pretraining did not help: -0.050 accuracy against the same encoder untrained.",
        "Best of all: TF-IDF + logistic regression with 0.700.",
    ]
    assert demonstration.verdict(SCORES, translator("zh"))[0].startswith("预训练没有帮助")


def test_the_page_shows_every_system_both_curves_and_the_answers(life):
    results = {name: report(life.classifier) for name in ("pretrained", "untrained")}
    scores, t = demonstration.comparison(results), translator("en")
    assert [score.name for score in scores] == ["pretrained encoder", "untrained encoder", "majority", "tfidf"]
    events = list(read_events(life.lm / "events.jsonl"))
    sections = [
        corpus_section(report(life.data), t),
        pretraining_section(events, t),
        lines_section("demo answers", ["a <b> & c  ->  d"], t),
    ]
    page = demo_page("en", "demo from text", scores, demonstration.verdict(scores, t), sections, ["lm/report.html"])
    assert all(f"{score.accuracy:.3f}" in page for score in scores)
    assert all(f">{title}<" in page for title in ("Loss of masked words", "Accuracy on held-out text"))
    assert "a &lt;b&gt; &amp; c" in page
    assert "60 documents" in page
    assert 'href="lm/report.html"' in page


def test_the_confidence_of_answers_stands_beside_how_often_they_are_right(life):
    found = report(life.classifier)
    confidence, accuracy = found["calibration"]["confidence"], found["accuracy"]["value"]
    assert confidence_line(found) == f"mean probability of the answers {confidence:.2f}, right {accuracy:.2f} of the time"


def test_next_sentences_are_pairs_of_documents_kept_apart_in_the_order_drawn_right_or_wrong(life):
    language, shards = load(life.lm), Shards.open(life.data, "validation")
    count, rule, *examples = demonstration.next_sentence_lines(language, shards, 0)
    pairs = Pairs(shards, language.specials, demonstration.LENGTH, 0)
    flats = [pairs.batch(np.array([number])) for number in range(min(demonstration.PAIRS, pairs.size))]
    targets = [flat.labels["nsp"][0] for flat in flats]
    follows = [softmax(language.logits(flat, "nsp", flat.starts))[0, NEXT] for flat in flats]
    known = [(target, share) for target, share in zip(targets, follows, strict=True) if target != NO_LABEL]
    right = sum((share >= 0.5) == (target == NEXT) for target, share in known)
    assert count.startswith(f"next sentences: {right} of {len(known)} pairs kept apart are answered rightly")
    assert "in the order in which they were drawn" in rule
    chosen: list = []
    for wanted in (NEXT, RANDOM):
        chosen += [one for one in known if one[0] == wanted][: demonstration.SHOWN_PAIRS]
    assert len(examples) == len(chosen) > 0
    for line, (target, share) in zip(examples, chosen, strict=True):
        assert line.startswith("right: " if (share >= 0.5) == (target == NEXT) else "wrong: ")
        assert f"{share:.2f}" in line
        assert line.endswith("it does" if target == NEXT else "it does not")


@pytest.mark.parametrize("words", [("--kind", "table", "--budget", "5s"), ("--kind", "image", "--labels", 5)])
def test_settings_of_the_text_are_refused_for_other_kinds(words, tmp_path, capsys):
    assert groundup("demo", "--out", tmp_path / "demo", *words) == 2
    assert f"{words[2].removeprefix('--')}: is for" in capsys.readouterr().err
    assert not (tmp_path / "demo").exists()


@pytest.mark.slow
def test_the_demo_lives_through_everything_and_the_second_call_goes_on(tmp_path, capsys):
    line = ("demo", "--out", tmp_path / "demo", "--budget", "5s", "--labels", 100)
    assert groundup(*line) == 0
    told = capsys.readouterr().err
    names = ("pretrained encoder", "untrained encoder", "TF-IDF", "majority", "pairs kept apart", "mean probability")
    assert all(name in told for name in names)
    assert (tmp_path / "demo" / "report.html").is_file()
    before = (tmp_path / "demo" / "lm" / "model" / "model.safetensors").stat().st_mtime_ns
    assert groundup(*line) == 0
    assert (tmp_path / "demo" / "lm" / "model" / "model.safetensors").stat().st_mtime_ns == before
    assert groundup("verify", tmp_path / "demo") == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["table", "image"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_and_images_live_the_same_life(kind, language, tmp_path, capsys):
    if kind == "image":
        pytest.importorskip("PIL")
    line = ("demo", "--kind", kind, "--language", language, "--out", tmp_path / "demo")
    line += ("--budget", "4s") if kind == "image" else ()
    assert groundup(*line) == 0
    told, page = capsys.readouterr().err, (tmp_path / "demo" / "report.html").read_text()
    assert ("kept apart are answered rightly" if language == "en" else "行中答对") in told
    accuracy = report(tmp_path / "demo" / "model")["accuracy"]
    assert accuracy["value"] > 0.8
    assert f"{accuracy['value']:.3f}" in page
    for place in ("model/report.html", "evaluation/report.html", "explanation/page.html"):
        assert f'href="{place}"' in page
        assert (tmp_path / "demo" / place).is_file()
    rows = read_table(tmp_path / "demo" / "predictions.csv")
    assert len(rows) == {"table": 6, "image": 12}[kind]
    assert groundup(*line) == 0
    assert groundup("verify", tmp_path / "demo") == 0
