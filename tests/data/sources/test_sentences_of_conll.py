"""What `groundup prepare` reads of CoNLL: the sentences, never the numbers of documents."""

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_documents
from groundup.data.sources.records import Rejects

CONLL = "-DOCSTART- O\n\nAda B-PER\nsees O\nBath B-LOC\n\nIt O\nrains O\n\n-DOCSTART- O\n\nBob B-PER\nsleeps O\n\n"


def texts_of(path, *columns):
    return [document.paragraphs for document in read_documents([str(path)], ReadSettings(), Rejects(), *columns)]


@pytest.mark.parametrize("column", [None, "words"])
def test_each_sentence_is_one_text_of_its_words(column, tmp_path):
    (tmp_path / "names.conll").write_text(CONLL, "utf-8")
    assert texts_of(tmp_path / "names.conll", column) == [["Ada sees Bath"], ["It rains"], ["Bob sleeps"]]


def test_sentences_of_one_document_stay_together_where_its_column_is_named(tmp_path):
    (tmp_path / "names.conll").write_text(CONLL, "utf-8")
    assert texts_of(tmp_path / "names.conll", None, "document") == [["Ada sees Bath", "It rains"], ["Bob sleeps"]]


def test_chinese_words_are_joined_without_blanks(tmp_path):
    (tmp_path / "names.conll").write_text("北 B-LOC\n京 I-LOC\n很 O\n大 O\n\n我 O\n去 O\n\n", "utf-8")
    assert texts_of(tmp_path / "names.conll") == [["北京很大"], ["我去"]]
