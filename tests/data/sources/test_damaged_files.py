"""Files that are damaged, or made to harm: each is read or refused by name, and never a fault of ours."""

import bz2
import gzip
import io
import json
import os
import random
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_documents, read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, values, write


def zipped(*members, before=b"", lost=None):
    """A zip with these (name, content); `lost` is a member that its directory does not name."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in members:
            archive.writestr(name or "-", content)
        if lost is not None:
            archive.filelist = [member for member in archive.filelist if member.filename != lost]
    data = before + sink.getvalue()
    return data if all(name for name, _ in members) else without_name(data)


def without_name(data):
    """A zip whose only member, called -, has lost its name."""
    local, directory = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    data = bytearray(data)
    data[directory + 28 : directory + 30] = data[local + 26 : local + 28] = b"\0\0"
    end = data.index(b"PK\x05\x06")
    size, start = (int.from_bytes(data[end + at : end + at + 4], "little") for at in (12, 16))
    data[end + 12 : end + 20] = (size - 1).to_bytes(4, "little") + (start - 1).to_bytes(4, "little")
    del data[directory + 46], data[local + 30]
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (zipped(("", "a\n")), "BAD_MEMBER", "has no name"),
        (zipped((".", "a\n")), "BAD_MEMBER", "no"),
        (zipped(("x.txt", "a\n"), before=zipped(("y.txt", "b\n"))), "DAMAGED_ARCHIVE", "bytes after its beginning"),
        (zipped(("x.txt", "a\n"), ("y.txt", "b\n"), ("z.txt", "c\n"), lost="y.txt"), "DAMAGED_ARCHIVE", "bytes after x.txt"),
        (zipped(("x.txt", "a\n"), ("y.txt", "b\n"), lost="y.txt"), "DAMAGED_ARCHIVE", "bytes after x.txt"),
    ],
    ids=["no name", "a dot", "a zip before it", "one of three", "the last"],
)
def test_a_zip_whose_directory_does_not_name_all_that_it_holds_is_refused(data, code, told, tmp_path):
    error = refused(write(tmp_path / "x.zip", data))
    assert error.code == code
    assert told in error.what


def test_a_zip_that_was_written_to_a_pipe_is_read(tmp_path):
    class Pipe(io.RawIOBase):
        data = b""

        def writable(self):
            return True

        def write(self, data):
            Pipe.data += bytes(data)
            return len(data)

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:  # sizes stand behind each member
        archive.writestr("x.txt", "a\n" * 9)
        archive.writestr("y.txt", "b\n")
    assert len(values(write(tmp_path / "x.zip", Pipe.data))) == 10


def test_a_data_set_without_a_file_that_its_state_tells_is_refused(tmp_path):
    write(tmp_path / "state.json", json.dumps({"_data_files": [{"filename": "a.jsonl"}, {"filename": "b.jsonl"}]}))
    write(tmp_path / "a.jsonl", '{"t": "a"}\n')
    error = refused(tmp_path)
    assert (error.code, "b.jsonl, which is not there (1 of 2 files)" in error.what) == ("PART_MISSING", True)
    write(tmp_path / "b.jsonl", '{"t": "b"}\n')
    assert len(values(tmp_path)) == 2


@pytest.mark.parametrize(
    "state", ['{"_data_files": 5}', '{"_data_files": [{"filename": "../x"}]}', '{"_data_files": [{}]}', "{"]
)
def test_a_state_that_is_no_list_of_files_is_refused(state, tmp_path):
    write(tmp_path / "state.json", state)
    write(tmp_path / "a.jsonl", '{"t": "a"}\n')
    assert refused(tmp_path).code == "BAD_JSON"


@pytest.mark.parametrize(
    "about",
    [
        "5",
        "{}",
        '{"features": []}',
        '{"features": {"label": 5}}',
        '{"features": {"label": {"_type": "ClassLabel", "names": [1]}}}',
    ],
)
def test_facts_about_a_data_set_that_name_no_classes_name_none(about, tmp_path):
    with pa.ipc.new_stream(tmp_path / "a.arrow", pa.schema([("label", pa.int64())])) as writer:
        writer.write_table(pa.table({"label": [0, 1]}))
    write(tmp_path / "dataset_info.json", about)
    assert values(tmp_path) == [{"label": 0}, {"label": 1}]


def test_names_that_are_not_utf_8_are_shown_as_codes(tmp_path):
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"a\n")
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    rejects = Rejects()
    assert [row.file for row in read(tmp_path, rejects)] == ["caf\\xe9.txt"]
    assert len(rejects.fingerprint) == 64
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as archive:
        member = tarfile.TarInfo("café.txt")
        member.size = 2
        archive.addfile(member, io.BytesIO(b"a\n"))
    assert [row.file for row in read(write(tmp_path / "tars" / "x.tar", sink.getvalue()).parent)] == ["x.tar/caf\\xe9.txt"]


# Mutations

CSV = "text,label,\n" + "".join(f'"te""xt, {i}\nmore é",{i % 2},\n' for i in range(12))
LINES = "".join(json.dumps({"text": f"é{i}\U0001f600", "label": i % 2, "more": {"a": [1, None]}}) + "\n" for i in range(12))
PIECES = [b'"', b"\n", b"\r", b",", b"\0", b"\xff", b"{", b"]", b"PK\x03\x04", b"\xef\xbb\xbf", b"\\ud800", b"NaN", b"9" * 30]


def sound():
    """Name -> bytes of small files that are read."""
    features = {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}
    table = pa.table(
        {
            "text": [f"é{i}" for i in range(12)],
            "label": [i % 2 for i in range(12)],
            "id": pa.array([b"0123456789abcdef"] * 12, pa.uuid()),
        }
    )
    table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    parquet, stream, tar = io.BytesIO(), io.BytesIO(), io.BytesIO()
    pq.write_table(table, parquet, write_page_checksum=True, row_group_size=5)
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table, max_chunksize=5)
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        member = tarfile.TarInfo("a/x.csv")
        member.size = len(CSV.encode())
        archive.addfile(member, io.BytesIO(CSV.encode()))
    return {
        "x.csv": CSV.encode(),
        "y.csv": ("sep=;\r\n" + CSV.replace(",", ";")).encode("utf-16"),
        "x.tsv": CSV.replace(",", "\t").encode(),
        "x.jsonl": LINES.encode(),
        "x.json": f"[{','.join(LINES.split(chr(10))[:-1])}]".encode(),
        "x.parquet": parquet.getvalue(),
        "x.arrow": stream.getvalue(),
        "x.zip": zipped(("pos/1.txt", "fine"), ("neg/2.txt", "bad"), ("z.txt", "é\n")),
        "x.tar.gz": tar.getvalue(),
        "x.csv.gz": gzip.compress(CSV.encode()),
        "x.txt.bz2": bz2.compress(b"a line\n" * 9),
    }


def mutated(data, rng):
    """The bytes with one to four of them flipped, set, removed, repeated, or with a piece that means something put in."""
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        place = rng.randrange(len(changed))
        match rng.randrange(5):
            case 0:
                changed[place] ^= 1 << rng.randrange(8)
            case 1:
                changed[place] = rng.randrange(256)
            case 2:
                del changed[place : place + rng.choice([1, 9]) if len(changed) > 99 else place]
            case 3:
                changed[place:place] = rng.choice(PIECES)
            case 4:
                changed[place:place] = changed[place : place + 30]
    return bytes(changed)


@pytest.mark.parametrize("name", sound())
def test_a_damaged_file_is_read_or_refused(name, tmp_path):
    rng, data, outcomes = random.Random(name), sound()[name], set()
    settings = ReadSettings(max_rejects=1000)
    for _ in range(80):
        path = write(tmp_path / name, mutated(data, rng))
        readers = (
            lambda path=path: read_rows([str(path)], settings, Rejects(deliver_faulty=True)),
            lambda path=path: read_rows([str(path)], settings, Rejects(), ["text", "label"], ()),
            lambda path=path: read_documents(
                [str(path)], settings, Rejects(), None if ".txt" in name or ".zip" in name else "text"
            ),
        )
        try:
            for one in rng.choice(readers)():
                json.dumps(
                    getattr(one, "values", None) or getattr(one, "paragraphs", None), ensure_ascii=False, default=str
                ).encode()
            outcomes.add("read")
        except InputError as error:
            outcomes.add(error.code if error.place else "a refusal without a place")
    assert "a refusal without a place" not in outcomes
    assert len(outcomes) > 1  # some were refused
