import csv
import io

import pytest

import groundup as library
from tests.commands.life import groundup, read_table, write_table

SEA = "The salty sea beats the old harbor. Fishermen know the salty sea."
TABLE = [(1, SEA, "sea"), (2, "Hot bread and fresh bread from the oven.", "kitchen"), (3, "The salty sea and the oven.", "sea")]


@pytest.fixture
def table(tmp_path):
    return write_table(tmp_path / "in.csv", TABLE, ("number", "text", "keywords"))


def keywords(*words):
    return groundup("keywords", *words)


@pytest.mark.parametrize("method", ["textrank", "yake"])
def test_a_text_gets_its_keywords_without_a_model(method, capsys):
    assert keywords("--text", SEA, "--method", method, "--top", 2) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[0].split("  ")[1].startswith("salty sea")


@pytest.mark.parametrize("method", ["embedding", "masked"])
def test_a_pretrained_model_ranks_the_phrases_of_a_text(life, method, capsys):
    assert keywords("--model", life.lm, "--text", SEA, "--text", "老师在公园看书，医生在公园散步。", "--method", method) == 0
    english, chinese = (block.split("\n") for block in capsys.readouterr().out.strip().split("\n\n"))
    assert {line.split("  ")[1] for line in english} == {"salty sea beats", "salty sea", "old harbor", "fishermen"}
    assert any(line.endswith("公园") for line in chinese)


def test_the_library_gives_vectors(life):
    assert library.load(life.lm).vectors(["a boat", "公园"]).shape == (2, library.load(life.lm).model.config.hidden_size)


def test_every_row_is_answered_in_order_and_no_column_overwritten(table, tmp_path):
    assert keywords("--input", table, "--method", "tfidf", "--top", 1, "--out", tmp_path / "out.csv") == 0
    answered = read_table(tmp_path / "out.csv")
    assert list(answered[0]) == ["number", "text", "keywords", "predicted_keywords", "error"]
    assert [row["number"] for row in answered] == ["1", "2", "3"]
    assert [row["predicted_keywords"] for row in answered][:2] == ["salty sea beats", "bread"]


def test_document_frequencies_come_from_the_background(table, tmp_path, capsys):
    (tmp_path / "background.txt").write_text("salty sea\n\nsalty sea\n\nold harbor\n")
    line = ("--text", "salty sea. old harbor", "--method", "tfidf", "--background", tmp_path / "background.txt")
    assert keywords(*line) == 0
    assert capsys.readouterr().out.split("\n")[:2] == ["0.693  old harbor", "0.288  salty sea"]


def test_rows_that_cannot_be_read_get_an_error_and_exit_code_3(tmp_path, capsys):
    (tmp_path / "in.csv").write_text('number,text\n1,salty sea\n2,\n3,"a, b",c\n')
    assert keywords("--input", tmp_path / "in.csv", "--out", tmp_path / "out.csv") == 3
    assert "2 of 3 rows could not be read" in capsys.readouterr().err
    assert [(row["keywords"], row["error"] != "") for row in read_table(tmp_path / "out.csv")] == [
        ("salty sea", False),
        ("", True),
        ("", True),
    ]


def test_lines_of_standard_input_are_answered_on_standard_output(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("salty sea\n神经网络，神经网络\n"))
    assert keywords("--input", "-") == 0
    answered = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["keywords"] for row in answered] == ["salty sea", "神经网络"]


def test_words_that_go_with_a_word_are_told(tmp_path, capsys):
    write_table(tmp_path / "in.csv", [(text,) for _, text, _ in TABLE * 2], ("text",))
    assert keywords("--input", tmp_path / "in.csv", "--related_to", "bread", "--top", 2) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split("  ")[1] for line in lines} == {"hot", "fresh"}
    assert all("4 times near" in line for line in lines)


def test_words_of_each_value_of_a_column_are_told(tmp_path, capsys):
    write_table(tmp_path / "in.csv", TABLE * 3, ("number", "text", "kind"))
    assert keywords("--input", tmp_path / "in.csv", "--group_by", "kind", "--top", 2) == 0
    lines = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert set(lines["sea"].split(", ")) == {"salty", "sea"}
    assert lines["kitchen"].startswith("bread, ")


def test_chinese_words_may_come_from_the_texts_themselves(tmp_path):
    texts = [f"{a}神经网络{b}。" for a, b in zip("甲乙丙丁戊己庚辛", "壬癸子丑寅卯辰巳")]
    texts += [f"{a}机器{b}。" for a, b in zip("天地玄黄宇宙洪荒", "日月盈昃辰宿列张")]
    write_table(tmp_path / "in.csv", [(text,) for text in texts], ("text",))
    assert keywords("--input", tmp_path / "in.csv", "--words", "corpus", "--out", tmp_path / "out.csv") == 0
    assert all("神经网络" in row["keywords"] for row in read_table(tmp_path / "out.csv")[:8])


REFUSED = {
    "a method that needs a model": (("--text", "x", "--method", "masked"), "the method masked needs an encoder"),
    "tfidf of one text": (("--text", "x", "--method", "tfidf"), "give --background FILE"),
    "an empty text": (("--text", " "), "NO_TEXT"),
    "nothing": ((), "either a text or an input file"),
    "a question without texts": (("--text", "x", "--related_to", "y"), "is asked of the texts of --input"),
    "a column that is not there": (("--input", "in.csv", "--text_column", "words"), "number ('1'), text ('"),
    "a group that is not there": (("--input", "in.csv", "--group_by", "kind"), "--group_by is one of number ('1'), text ('"),
    "a word that is not there": (("--input", "in.csv", "--related_to", "wine"), "NO_SUCH_WORD"),
    "an unknown ending": (("--input", "in.csv", "--out", "a.xlsx"), ".csv, .tsv or .jsonl"),
    "no model": (("--text", "x", "--model", "nowhere"), "NO_MODEL"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_with_the_way_out(table, monkeypatch, capsys, case):
    words, told = REFUSED[case]
    monkeypatch.chdir(table.parent)
    assert keywords(*words) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert said.out == ""
