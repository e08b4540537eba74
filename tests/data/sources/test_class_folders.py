"""Text in folders that are named after classes is labelled data; the same text without a label asked for is what it was."""

import io
import tarfile
import zipfile

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from tests.data.sources.reading import texts, values, write

FILES = {
    "train/neg/2.txt": "Dull.\nVery dull.",
    "train/neg/3.txt": "Bad.",
    "train/pos/test_1.txt": "Fine.",
    "test/pos/1.txt": "Good.",
    "test/neg/9.txt": "Poor.",
    "README.txt": "About the data.",
    "train/urls.txt": "http://example.org",
}


def pack(where, kind):
    """The files as a folder, or as an archive with a folder around them."""
    if kind == "folder":
        for name, text in FILES.items():
            write(where / "reviews" / name, text)
        return where / "reviews"
    path = where / f"reviews.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in FILES.items():
                archive.writestr(f"reviews/{name}", text)
        return path
    with tarfile.open(path, "w:gz") as archive:
        for name, text in FILES.items():
            member = tarfile.TarInfo(f"reviews/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def labelled(path, **settings):
    rejects = Rejects()
    return list(read_rows([str(path)], ReadSettings(**settings), rejects, ["text", "label"], ())), rejects


@pytest.mark.parametrize("kind", ["folder", "zip", "tar.gz"])
def test_a_row_is_a_file_and_its_label_the_folder(kind, tmp_path):
    rows, rejects = labelled(pack(tmp_path, kind))
    assert {(row.values["text"], row.values["label"], row.split) for row in rows} == {
        ("Dull.\nVery dull.", "neg", "train"),
        ("Bad.", "neg", "train"),
        ("Fine.", "pos", "train"),
        ("Good.", "pos", "test"),
        ("Poor.", "neg", "test"),
    }
    notes = rejects.notes()
    assert notes[0] == "each text file is a row, and its folder the label: neg, pos; --read.text_rows sets what a row is"
    assert "urls.txt" in notes[1]  # passed over, and counted
    assert "outside of the class folders" in notes[1]


def test_lines_of_files_in_class_folders_are_rows_where_that_is_said(tmp_path):
    rows, _ = labelled(pack(tmp_path, "folder"), text_rows="line")
    assert [row.values for row in rows if row.file == "train/neg/2.txt"] == [
        {"text": "Dull.", "label": "neg"},
        {"text": "Very dull.", "label": "neg"},
    ]


def test_without_a_label_asked_for_lines_and_documents_are_what_they_were(tmp_path):
    path = pack(tmp_path, "folder")
    assert {"text": "Very dull."} in values(path)
    assert {"text": "Dull.\nVery dull."} in values(path, text_rows="file")
    assert len(texts(path)) == 7  # with README.txt and urls.txt


def test_documents_in_one_folder_are_no_classes(tmp_path):
    write(tmp_path / "books" / "one" / "1.txt", "a")
    write(tmp_path / "books" / "one" / "2.txt", "b")
    rows, rejects = labelled(tmp_path / "books")
    assert [row.values for row in rows] == [{"text": "a"}, {"text": "b"}]
    assert rejects.notes() == []


def test_tables_beside_class_folders_are_read_as_tables(tmp_path):
    path = pack(tmp_path, "folder")
    write(path / "table.csv", "text,label\nx,y\n")
    rows, _ = labelled(path)
    assert [row.values for row in rows if row.file == "table.csv"] == [{"text": "x", "label": "y"}]
    assert all("label" not in row.values for row in rows if row.file != "table.csv")


def test_folders_that_are_not_included_are_no_classes(tmp_path):
    path = pack(tmp_path, "folder")
    write(path / "train" / "unsup" / "1.txt", "Who knows.")
    assert "neg, pos, unsup;" in labelled(path)[1].notes()[0]
    rows, rejects = labelled(path, include=("*/neg/*", "*/pos/*"))
    assert {row.values["label"] for row in rows} == {"neg", "pos"}
    assert "neg, pos;" in rejects.notes()[0]


def test_a_file_in_another_encoding_is_one_faulty_row(tmp_path):
    path = pack(tmp_path, "folder")
    write(path / "train" / "pos" / "bad.txt", "Olé".encode("latin-1"))
    rows, rejects = labelled(path, max_rejects=1)
    assert len(rows) == 5
    assert [r["place"] for r in rejects.described] == ["train/pos/bad.txt:1"]
    assert len(labelled(path, encoding="auto")[0]) == 6


def test_an_empty_class_folder_is_named(tmp_path):
    path = pack(tmp_path, "folder")
    (path / "train" / "neutral").mkdir()
    _, rejects = labelled(path)
    assert "warning: the folder train/neutral holds no file" in rejects.notes()
