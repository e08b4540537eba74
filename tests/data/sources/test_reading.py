"""Files as people have them: every format, every packing, and what is wrong with some of them."""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_documents, read_rows, split_of
from groundup.data.sources.records import Rejects
from groundup.errors import InputError

ROWS = [{"text": "a fine film", "label": "1"}, {"text": "乏味，\n无聊", "label": "0"}, {"text": 'say "no"', "label": "0"}]


def rows(path: Path, **settings) -> list[dict]:
    return [row.values for row in read_rows([str(path)], ReadSettings(**settings), Rejects())]


def refused(path: Path, **settings) -> InputError:
    with pytest.raises(InputError) as error:
        rows(path, **settings)
    return error.value


def csv_text(separator: str = ",") -> str:
    return f'text{separator}label\na fine film{separator}1\n"乏味，\n无聊"{separator}0\n"say ""no"""{separator}0\n'


def table(kind: str) -> bytes:
    """The rows in a format."""
    sink = io.BytesIO()
    match kind:
        case "csv":
            return csv_text().encode()
        case "jsonl":
            return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
        case "json":
            return json.dumps(ROWS).encode()
        case "parquet":
            pq.write_table(pa.Table.from_pylist(ROWS), sink)
        case "arrow":
            made = pa.Table.from_pylist(ROWS)
            with pa.ipc.new_stream(sink, made.schema) as writer:
                writer.write_table(made)
    return sink.getvalue()


def packed(folder: Path, name: str, data: bytes, how: str) -> Path:
    """A file of this content, plain or packed."""
    path = folder / (name + how)
    match how:
        case "":
            path.write_bytes(data)
        case ".gz":
            path.write_bytes(gzip.compress(data))
        case ".xz":
            path.write_bytes(lzma.compress(data))
        case ".bz2":
            path.write_bytes(bz2.compress(data))
        case ".zip":
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(f"inner/{name}", data)
        case _:
            mode = {".tar": "w", ".tar.gz": "w:gz", ".tar.xz": "w:xz"}[how]
            with tarfile.open(path, mode) as archive:
                member = tarfile.TarInfo(f"inner/{name}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.parametrize("how", ["", ".gz", ".xz", ".bz2", ".zip", ".tar", ".tar.gz", ".tar.xz"])
@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "parquet", "arrow"])
def test_the_same_rows_from_every_format_and_packing(kind, how, tmp_path):
    assert rows(packed(tmp_path, f"data.{kind}", table(kind), how)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(encoding, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(csv_text().encode(encoding))
    assert rows(path) == ROWS


def test_other_encodings_must_be_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(("text,label\n" + "一句中文的评论,1\n" * 30).encode("gb18030"))
    error = refused(path)
    assert error.code == "BAD_ENCODING"
    assert "--read.encoding gb18030" in error.fix
    assert rows(path, encoding="gb18030")[29] == {"text": "一句中文的评论", "label": "1"}


def test_a_row_in_another_encoding_is_rejected_with_its_place(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "ok"}\n' * 150 + b'{"text": "caf\xe9"}\n' + '{"text": "好"}\n'.encode() * 49)
    rejects = Rejects()
    assert len(list(read_rows([str(path)], ReadSettings(), rejects))) == 199
    assert rejects.described == [
        {
            "place": "a.jsonl:151",
            "code": "BAD_ENCODING",
            "byte": 150 * 15,
            "what": "byte 13 of the line is not utf-8 (invalid continuation byte)",
        }
    ]


def test_line_ends_do_not_matter(tmp_path):
    for name, text in (("lf.csv", csv_text()), ("crlf.csv", csv_text().replace("\n", "\r\n"))):
        (tmp_path / name).write_bytes(text.encode())
    assert rows(tmp_path / "lf.csv") == rows(tmp_path / "crlf.csv")


def test_only_line_feeds_end_a_line_of_json(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a\u2028b\u0085c"}\n{"text": "d"}', "utf-8")
    assert rows(path) == [{"text": "a\u2028b\u0085c"}, {"text": "d"}]


@pytest.mark.parametrize(
    ("name", "content", "code", "told"),
    [
        ("a.csv", 'text,label\nfine,1\n"open,2\nmore,3\n', "CSV_UNCLOSED_QUOTE", "a.csv:3:1"),
        ("a.csv", "text,text\na,b\n", "BAD_HEADER", "stand twice"),
        ("a.csv", "text,label\n", "EMPTY_DATA", "a.csv"),
        ("a.csv", "", "EMPTY_DATA", "0 bytes"),
        ("a.csv", "text,label\na,1\nb,2,3\n", "RAGGED_ROW", "a.csv:3"),
        ("a.jsonl", '{"a": 1}\n{"a": 1, "a": 2}\n', "BAD_JSON", "stands twice"),
        ("a.jsonl", '{"a": "\\ud800"}\n', "BAD_JSON", "surrogate"),
        ("a.jsonl", '{"a": 1}\n[1]\n', "NOT_AN_OBJECT", "a.jsonl:2"),
        ("a.jsonl", '{"a": 1}\n{"a": "cut of', "TRUNCATED_TAIL", "a.jsonl:2"),
        ("a.json", '[{"a": 1},]', "BAD_JSON", "a.json"),
        ("a.json", '\ufeff{\n "x": {"a": 1},\n "y": {"a": 2}\n}\n', "ONE_OBJECT", "one object a line"),
        ("a.pkl", "x", "UNKNOWN_FORMAT", ".pkl"),
        ("a.parquet", "PAR1 and nothing more", "DAMAGED_PARQUET", "a.parquet"),
        ("a.csv", "PK\x03\x04 an archive", "FORMAT_DIFFERS", "zip"),
        ("a.zip", "text,label\na,1\n", "DAMAGED_ARCHIVE", "a.zip"),
        ("a.csv.gz", "text,label\na,1\n", "DAMAGED_ARCHIVE", "a.csv.gz"),
    ],
)
def test_damaged_files_are_refused_by_place_and_reason(name, content, code, told, tmp_path):
    path = tmp_path / name
    path.write_bytes(content.encode())
    error = refused(path)
    assert error.code == code
    assert told in str(error)


def test_a_cut_tail_may_be_dropped_when_asked_and_is_counted(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a": "cut of', "utf-8")
    rejects = Rejects()
    assert len(list(read_rows([str(path)], ReadSettings(allow_truncated_tail=True), rejects))) == 1
    assert (rejects.read, rejects.delivered, rejects.dropped) == (2, 1, 1)


def test_faults_are_tolerated_up_to_one_in_a_hundred(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "a,1\n" * 198 + "ragged\n" * 2, "utf-8")
    assert len(rows(path)) == 198
    path.write_text("text,label\n" + "a,1\n" * 197 + "ragged\n" * 3, "utf-8")
    assert refused(path).code == "TOO_MANY_REJECTS"
    assert len(rows(path, max_rejects=3)) == 197


def test_faulty_rows_are_delivered_when_asked_for(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\na,1\nb,2,3\nc\n", "utf-8")
    found = list(read_rows([str(path)], ReadSettings(max_rejects=9), Rejects(deliver_faulty=True)))
    assert [row.fault for row in found] == [None, "has 3 fields, the header has 2", "has 1 field, the header has 2"]


def test_long_fields_and_lines_are_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "x" * 10**6 + ',1\n"' + "多行\n" * 50_000 + '",2\n', "utf-8")
    assert [len(row["text"]) for row in rows(path)] == [10**6, 150_000]


def test_quotes_are_literal_in_tab_separated_files_unless_said(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text('text\tlabel\n"quoted\t1\n', "utf-8")
    assert rows(path) == [{"text": '"quoted', "label": "1"}]
    assert refused(path, quote="double").code == "CSV_UNCLOSED_QUOTE"


def archive_of(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "text\na\n")
    return path


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["../a.csv"], "BAD_MEMBER"),
        (["/a.csv"], "BAD_MEMBER"),
        (["a.csv", "A.csv"], "DOUBLE_MEMBER"),
        (["a.csv", "b.zip"], "NESTED_ARCHIVE"),
    ],
)
def test_archives_that_are_not_what_they_seem_are_refused(names, code, tmp_path):
    assert refused(archive_of(tmp_path / "x.zip", names)).code == code


def test_a_bomb_is_stopped_at_the_ratio(tmp_path):
    path = packed(tmp_path, "a.csv", b"text\n" + b"x" * 2**21, ".xz")
    assert refused(path).code == "BOMB"


def test_a_link_in_an_archive_is_refused(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        member = tarfile.TarInfo("a.csv")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    assert refused(tmp_path / "a.tar").code == "LINK_IN_ARCHIVE"


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    assert refused(tmp_path / "a.csv").code == "NOT_A_FILE"


def test_an_address_is_no_path(tmp_path):
    with pytest.raises(InputError, match="NOT_A_PATH"):
        list(read_rows(["https://example.org/a.csv"], ReadSettings(), Rejects()))


def test_files_of_a_folder_come_in_the_order_of_their_names(tmp_path):
    for name in ("b.csv", "a/z.csv", "é.csv", ".hidden.csv", "notes.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"text\n{name}\n", "utf-8")
    assert [row["text"] for row in rows(tmp_path)] == ["a/z.csv", "b.csv", "é.csv"]


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.csv", "train"),
        ("data/validation-00000-of-00001.parquet", "validation"),
        ("test/data-00000-of-00002.arrow", "test"),
        ("dev_0.json", "validation"),
        ("data/books.csv", None),
        ("training/x.txt", "train"),
    ],
)
def test_the_split_is_what_the_name_says(name, split):
    assert split_of(name) == split


def test_a_saved_data_set_folder_is_read_with_its_splits(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "data-00000-of-00001.arrow").write_bytes(table("arrow"))
        (tmp_path / split / "dataset_info.json").write_text('{"features": {}}', "utf-8")
        (tmp_path / split / "state.json").write_text("{}", "utf-8")
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "test"]}', "utf-8")
    found = list(read_rows([str(tmp_path)], ReadSettings(), Rejects()))
    assert [(row.split, row.values["label"]) for row in found] == [(s, r["label"]) for s in ("test", "train") for r in ROWS]


def documents(path: Path, rejects: Rejects | None = None, **settings) -> list[list[str]]:
    found = read_documents([str(path)], ReadSettings(**settings), rejects or Rejects(), "text", "book")
    return [document.paragraphs for document in found]


def test_paragraphs_of_text_markdown_and_html(tmp_path):
    (tmp_path / "a.txt").write_text("One line\nand its rest.\n\n第一行\n第二行\n", "utf-8")
    (tmp_path / "b.md").write_text("# Title\n\nSome **bold** [link](x).\n\n```\ncode\n```\n", "utf-8")
    (tmp_path / "c.html").write_text("<html><script>x()</script><body><p>First &amp; only.</p></body></html>", "utf-8")
    assert documents(tmp_path) == [["One line and its rest.", "第一行第二行"], ["Title", "Some bold link."], ["First & only."]]


def test_rows_of_one_document_are_joined_and_the_numbers_add_up(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        "".join(json.dumps({"book": b, "text": t}) + "\n" for b, t in (("x", "1"), ("x", "2"), ("y", "3"), ("y", ""))), "utf-8"
    )
    rejects = Rejects()
    assert documents(path, rejects) == [["1", "2"], ["3"]]
    rejects.check_sum(num_kept=2)
    assert (rejects.read, rejects.joined, rejects.dropped) == (4, 1, 1)


def test_real_files_with_a_mark_and_in_many_encodings(shared_data):
    assert len(list(read_rows([str(shared_data / "glue/MRPC/msr_paraphrase_train.tsv")], ReadSettings(), Rejects()))) > 3000
    with pytest.raises(InputError, match=r"194 of 335 records are faulty: .* byte 0, .* is not utf-8.*--read\.encoding"):
        list(
            read_documents(
                [str(next((shared_data / "text_en/nltk_udhr").glob("*.zip")))], ReadSettings(format="txt"), Rejects()
            )
        )
