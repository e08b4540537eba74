"""Tables that we write come back from other readers as they were, and no cell is a formula."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundup.commands.shared.answers import Answers
from groundup.commands.shared.csv_text import csv_text, guarded, unguarded
from groundup.data.sources.records import Row

FORMULAS = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x")', "'=1", "''@x", "+1"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(FORMULAS)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text_and_comes_back(text):
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "plain", "-3", "-0.25", "-1e-05", "3", "'quoted'", "a=b", "e-mail"])
def test_numbers_and_other_texts_stay(text):
    assert guarded(text) == text == unguarded(text)


@pytest.mark.parametrize("text", ["-", "--", "+"])
def test_signs_alone_are_no_formula(text):
    assert guarded(text) == text
    assert unguarded(text) == text


def test_numbers_of_ours_are_written_as_they_are():
    assert csv_text([[-0.5, -3, None, True]]) == "-0.5,-3,,True\n"


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), min_size=1, max_size=6), st.sampled_from([",", "\t"]))
def test_every_text_comes_back_through_csv(rows, delimiter):
    written = csv_text(rows, delimiter)
    found = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    assert [[unguarded(cell) for cell in row] for row in found] == rows
    assert not any(cell[:1] in tuple("=+@\t\r") for row in found for cell in row)


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_every_row_is_one_row_for_other_readers(texts):
    written = csv_text([["text", "n"], *([text, str(n)] for n, text in enumerate(texts))])
    kinds = pa.csv.ConvertOptions(column_types={"text": pa.string(), "n": pa.string()}, strings_can_be_null=False)
    found = pa.csv.read_csv(
        io.BytesIO(written.encode()), parse_options=pa.csv.ParseOptions(newlines_in_values=True), convert_options=kinds
    )
    assert [unguarded(text) for text in found["text"].to_pylist()] == texts
    assert found["n"].to_pylist() == [str(n) for n in range(len(texts))]


def test_every_row_is_one_row_for_pandas():
    pandas = pytest.importorskip("pandas")
    written = csv_text([["text", "n"], *([text, n] for n, text in enumerate([*FORMULAS, "a\rb", "a\r\nb", 'a"b', ""]))])
    found = pandas.read_csv(io.StringIO(written, newline=""), dtype=str, keep_default_na=False)
    assert [unguarded(text) for text in found["text"]] == [*FORMULAS, "a\rb", "a\r\nb", 'a"b', ""]


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_answers_beside_formulas_and_broken_lines_keep_their_rows(kind, tmp_path):
    texts = ["=cmd|' /C calc'!A0", "one\rtwo", "three\nfour", "-7"]
    rows = [Row({"text": text, "n": number - 2}, "in", number) for number, text in enumerate(texts)]
    answers = Answers(f"x.{kind}", rows, ["label"])
    for row in rows:
        answers.add(row, {"label": "@home"})
    answers.write(str(tmp_path / f"out.{kind}"))
    written = (tmp_path / f"out.{kind}").read_bytes().decode("utf-8")
    found = list(csv.DictReader(io.StringIO(written, newline=""), delimiter="\t" if kind == "tsv" else ","))
    assert [row["text"] for row in found] == ["'" + texts[0], *texts[1:]]
    assert [row["n"] for row in found] == ["-2", "-1", "0", "1"]
    assert {row["label"] for row in found} == {"'@home"}


def test_json_lines_hold_the_texts_as_they_are(tmp_path):
    answers = Answers("x.jsonl", [row := Row({"text": "=1"}, "in", 1)], ["label"])
    answers.add(row, {"label": "-x"})
    answers.write(str(tmp_path / "out.jsonl"))
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8")) == {"text": "=1", "label": "-x"}
