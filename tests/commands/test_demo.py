import pytest

from groundup.commands.demo import story as demonstration
from groundup.commands.demo.settings import Demo
from groundup.manifest import verify_folder
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
    folder = demonstration.collect(Demo(quiet=True), small_library / "text")
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
    settings = Demo(quiet=True)
    folder = demonstration.collect(settings, small_library / "text")
    before = (folder / "manifest.json").stat().st_mtime_ns
    (small_library / "lib/json/decoder.py").unlink()
    demonstration.collect(settings, folder)
    assert (folder / "manifest.json").stat().st_mtime_ns == before


def test_the_verdict_is_plain_whoever_wins():
    table = [("pretrained encoder", 0.5, 0.4, 0.6), ("untrained encoder", 0.55, 0.4, 0.6), ("tfidf", 0.7, 0.6, 0.8)]
    assert demonstration.verdict(table) == [
        "Pretraining did not help: -0.050 accuracy against the same encoder untrained.",
        "Best of all: tfidf with 0.700.",
    ]


def test_the_page_shows_every_system_both_curves_and_the_answers(life):
    results = {name: report(life.classifier) for name in ("pretrained", "untrained")}
    table = demonstration.comparison(results)
    assert [name for name, *_ in table] == ["pretrained encoder", "untrained encoder", "majority", "tfidf"]
    page = demonstration.report_page(life.root, results, table, demonstration.verdict(table), ["a <b> & c  ->  d"])
    assert all(f"{accuracy:.3f}" in page for _, accuracy, *_ in table)
    assert page.count("<svg") == 2
    assert "a &lt;b&gt; &amp; c" in page
    assert "60 documents" in page


@pytest.mark.slow
def test_the_demo_lives_through_everything_and_the_second_call_goes_on(tmp_path, capsys):
    line = ("demo", "--out", tmp_path / "demo", "--budget", "5s", "--labels", 100)
    assert groundup(*line) == 0
    told = capsys.readouterr().err
    assert all(name in told for name in ("pretrained encoder", "untrained encoder", "tfidf", "majority"))
    assert (tmp_path / "demo" / "report.html").is_file()
    before = (tmp_path / "demo" / "lm" / "model" / "model.safetensors").stat().st_mtime_ns
    assert groundup(*line) == 0
    assert (tmp_path / "demo" / "lm" / "model" / "model.safetensors").stat().st_mtime_ns == before
    assert groundup("verify", tmp_path / "demo") == 0
