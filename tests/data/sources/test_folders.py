"""Folders: data sets of Hugging Face, links, what is passed over, and files that change under the reader's eyes."""

import gzip
import io
import os
import socket

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.formats import IMAGES
from groundup.data.sources.files.open import open_inputs
from groundup.data.sources.read import read_documents, read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, texts, values, write


def parquet(rows: list[str]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": rows}), sink)
    return sink.getvalue()


def arrow(rows: list[str]) -> bytes:
    sink = io.BytesIO()
    table = pa.table({"text": rows})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def splits(found) -> list[tuple[str | None, object]]:
    return [(row.split, row.values["text"]) for row in found]


def test_a_data_set_of_the_hub_is_read_with_its_splits(tmp_path):
    write(tmp_path / "README.md", "---\nlicense: mit\n---\n# Card\n")
    write(tmp_path / ".gitattributes", "*.parquet lfs\n")
    write(tmp_path / "dataset_infos.json", "{}")
    for name, rows in (
        ("train-00000-of-00002", ["a", "b"]),
        ("train-00001-of-00002", ["c"]),
        ("test-00000-of-00001-0a1b2c3d4e5f6071", ["d"]),
    ):
        write(tmp_path / "data" / f"{name}.parquet", parquet(rows))
    rejects = Rejects()
    assert splits(read(tmp_path, rejects)) == [("test", "d"), ("train", "a"), ("train", "b"), ("train", "c")]
    assert rejects.skipped == {"about the data": 2}
    assert rejects.notes() == ["passed over 2 files (2 about the data): README.md, dataset_infos.json"]


def test_a_missing_part_of_a_cut_file_is_refused_by_its_name_unless_files_are_chosen(tmp_path):
    for name in ("train-00000-of-00003-0a1b2c3d", "train-00002-of-00003-4e5f6071", "test-00000-of-00001-0a1b2c3d"):
        write(tmp_path / "data" / f"{name}.parquet", parquet([name]))
    with pytest.raises(InputError, match="data/train-00001-of-00003 is not there") as caught:
        read(tmp_path)
    assert caught.value.code == "PART_MISSING"
    chosen = list(read_rows([str(tmp_path)], ReadSettings(include=("data/test-*",)), Rejects()))
    assert [row.split for row in chosen] == ["test"]
    assert (
        len(list(read_rows([str(tmp_path / "data" / "train-00002-of-00003-4e5f6071.parquet")], ReadSettings(), Rejects()))) == 1
    )


@pytest.mark.parametrize(
    ("ending", "content"), [("csv", "text\n{}\n"), ("jsonl", '{{"text": "{}"}}\n'), ("tsv", "text\n{}\n"), ("txt", "{}\n")]
)
def test_files_named_for_splits_set_the_split_of_rows_and_documents(ending, content, tmp_path):
    for name in ("train", "validation", "test"):
        write(tmp_path / f"{name}.{ending}", content.format(name))
    assert splits(read(tmp_path)) == [(name, name) for name in ("test", "train", "validation")]
    found = read_documents([str(tmp_path)], ReadSettings(), Rejects())
    assert [(document.split, document.paragraphs) for document in found] == [(n, [n]) for n in ("test", "train", "validation")]


def test_a_data_set_saved_to_disk_is_read_without_its_caches(tmp_path):
    for split, rows in (("train", ["a", "b"]), ("test", ["c"])):
        write(tmp_path / split / "data-00000-of-00001.arrow", arrow(rows))
        write(tmp_path / split / "cache-1b2c3d.arrow", arrow(["stale"]))
        write(tmp_path / split / "state.json", "{}")
        write(tmp_path / split / "dataset_info.json", "{}")
    write(tmp_path / "dataset_dict.json", '{"splits": ["train", "test"]}')
    rejects = Rejects()
    assert splits(read(tmp_path, rejects)) == [("test", "c"), ("train", "a"), ("train", "b")]
    assert rejects.skipped == {"about the data": 5, "caches": 2}


def test_a_saved_data_set_that_keeps_its_choice_of_rows_aside_is_refused(tmp_path):
    write(tmp_path / "dataset.arrow", arrow(["a", "b"]))
    write(tmp_path / "indices.arrow", arrow(["0"]))
    assert "flatten_indices" in refused(tmp_path).fix


@pytest.mark.parametrize("name", ["train.pkl", "data/train.PT", "model.joblib"])
def test_a_folder_with_pickles_is_refused_and_they_are_not_opened(name, tmp_path):
    write(tmp_path / "train.csv", "text\na\n")
    write(tmp_path / name, b"cos\nsystem\n(S'touch run'\ntR.")
    error = refused(tmp_path)
    assert (error.code, error.place) == ("UNKNOWN_FORMAT", name)


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.xls", "x.h5", "x.pkl", "x.py", "x", "x.gz"])
def test_a_named_file_of_another_format_is_refused_by_name(name, tmp_path):
    error = refused(write(tmp_path / name, gzip.compress(b"text") if name == "x.gz" else b"text\na\n"))
    assert error.code == "UNKNOWN_FORMAT"
    way_out = {"x": "--read.format", "x.gz": "--read.format", "x.xls": "save the sheet as xlsx or csv"}
    assert way_out.get(name, "convert it to one of arff, arrow, conll, csv") in error.fix


def test_a_loading_script_is_passed_over_and_counted(tmp_path):
    write(tmp_path / "data.csv", "text\na\n")
    write(tmp_path / "data.py", "raise SystemExit\n")
    rejects = Rejects()
    assert len(read(tmp_path, rejects)) == 1
    assert rejects.skipped == {"of other formats": 1}


def test_only_files_that_fit_the_patterns_are_read(tmp_path):
    for name in ("a/source.txt", "a/target.txt", "b/target.txt", "bad.pkl"):
        write(tmp_path / name, name)
    assert texts(tmp_path, include=("**/target.txt",)) == [["a/target.txt"], ["b/target.txt"]]
    assert refused(tmp_path, include=("*.csv",)).code == "EMPTY_DATA"


def test_a_named_readme_is_read(tmp_path):
    assert texts(write(tmp_path / "README.md", "# Title\n\nText.\n")) == [["Title", "Text."]]


@pytest.mark.parametrize("target", ["/dev/zero", "/etc/hostname", "../outside.csv"])
def test_a_link_out_of_the_folder_is_refused(target, tmp_path):
    write(tmp_path / "outside.csv", "text\na\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.csv").symlink_to(target)
    assert refused(tmp_path / "in").code == "LINK_OUTSIDE"


def test_a_link_inside_the_folder_is_followed_and_one_to_a_folder_is_counted(tmp_path):
    write(tmp_path / "blobs" / "x.csv", "text\na\n")
    (tmp_path / "again.csv").symlink_to("blobs/x.csv")
    (tmp_path / "more").symlink_to("blobs")
    rejects = Rejects()
    assert [row.file for row in read(tmp_path, rejects)] == ["again.csv", "blobs/x.csv"]
    assert rejects.skipped == {"links to folders": 1}


@pytest.mark.parametrize("kind", ["fifo", "socket", "/dev/zero", "missing link"])
@pytest.mark.parametrize("inside", [False, True])
def test_what_is_no_regular_file_is_refused_without_blocking(kind, inside, tmp_path):
    path = tmp_path / "x.csv"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    else:
        path.symlink_to("nowhere" if kind == "missing link" else kind)
    assert refused(tmp_path if inside else path).code in ("NOT_A_FILE", "CANNOT_OPEN", "LINK_OUTSIDE", "NO_FILE")


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path):
    path = write(tmp_path / "x.csv", "text\n" + "a\n" * 100_000)
    rows = read_rows([str(path)], ReadSettings(), Rejects())
    next(rows)
    with open(path, "a") as file:
        file.write("b\n")
    with pytest.raises(InputError, match=r"CHANGED_DURING_READ x\.csv"):
        list(rows)


def fingerprint(path) -> str:
    rejects = Rejects()
    read(path, rejects)
    return rejects.fingerprint


def test_the_fingerprint_tells_names_and_bytes_of_what_was_read(tmp_path):
    for folder, names in (("one", ("a.csv", "b.csv")), ("same", ("b.csv", "a.csv")), ("other", ("a.csv", "c.csv"))):
        for name in names:
            write(tmp_path / folder / name, f"text\n{min(name, 'b.csv')}\n")
    write(tmp_path / "same" / "x.png", b"\x89PNG")
    assert fingerprint(tmp_path / "one") == fingerprint(tmp_path / "same") != fingerprint(tmp_path / "other")
    before = fingerprint(tmp_path / "one")
    write(tmp_path / "one" / "a.csv", "text\na.CSV\n")
    assert fingerprint(tmp_path / "one") != before


def test_a_folder_of_empty_files_is_no_data_and_one_among_others_is_counted(tmp_path):
    write(tmp_path / "a.csv", "")
    assert refused(tmp_path).code == "EMPTY_DATA"
    write(tmp_path / "b.csv", "text\nb\n")
    rejects = Rejects()
    assert len(read(tmp_path, rejects)) == 1
    assert rejects.skipped == {"empty": 1}


def test_one_document_of_many_that_is_not_text_is_rejected_with_its_byte(tmp_path):
    for number in range(100):
        write(tmp_path / f"{number:03d}.txt", b"caf\xe9" if number == 50 else b"tea")
    rejects = Rejects()
    assert len(texts(tmp_path, rejects)) == 99
    assert rejects.described == [
        {"place": "050.txt, byte 3", "code": "BAD_ENCODING", "what": "is not utf-8: unexpected end of data"}
    ]
    assert (rejects.read, rejects.delivered, rejects.faults) == (100, 99, 1)


def test_a_page_is_text_only(tmp_path):
    page = """<!DOCTYPE html [<!ENTITY secret SYSTEM "file:///etc/passwd">]><html><head><style>p {color: red}</style>
        <script>alert(1)</script></head><body><p>One &secret; two.</p><a href="file:///etc/passwd">link</a></body></html>"""
    found = " ".join(texts(write(tmp_path / "x.html", page))[0])
    assert "One" in found
    assert not any(word in found for word in ("root:", "alert", "color"))


def test_an_address_in_a_list_of_sources_is_refused(tmp_path):
    with pytest.raises(InputError, match="NOT_A_PATH"):
        list(read_rows([str(write(tmp_path / "a.csv", "text\na\n")), "s3://bucket/a.csv"], ReadSettings(), Rejects()))


def test_sources_are_read_in_the_order_they_are_named(tmp_path):
    paths = [str(write(tmp_path / name, f"text\n{name}\n")) for name in ("b.csv", "a.csv")]
    assert [row.values["text"] for row in read_rows(paths, ReadSettings(), Rejects())] == ["b.csv", "a.csv"]
    assert values(tmp_path) == [{"text": "a.csv"}, {"text": "b.csv"}]


def test_folders_that_hold_no_image_are_refused_by_name(tmp_path):
    sources = [tmp_path / "first", tmp_path / "second"]
    for source in sources:
        source.mkdir()
    with pytest.raises(InputError) as error:
        list(open_inputs([str(source) for source in sources], ReadSettings(), Rejects(), IMAGES))
    assert error.value.code == "EMPTY_DATA"
