"""Archives as attackers, broken transfers and careless packers make them."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.files import archives
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, values, write

TABLE = b"text,label\nfine,1\n"


def tar_of(path: Path, members: list[tuple[str, bytes | tarfile.TarInfo]], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, content in members:
            if isinstance(content, bytes):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
            else:
                content.name = name
                archive.addfile(content)
    return path


def zip_of(path: Path, members: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["../x.csv"], "BAD_MEMBER"),
        (["/abs.csv"], "BAD_MEMBER"),
        (["a/../../x.csv"], "BAD_MEMBER"),
        (["..\\x.csv"], "BAD_MEMBER"),
        (["C:/x.csv"], "BAD_MEMBER"),
        (["CON"], "BAD_MEMBER"),
        (["aux.csv"], "BAD_MEMBER"),
        (["a./x.csv"], "BAD_MEMBER"),
        (["x.csv "], "BAD_MEMBER"),
        (["x.csv", "X.CSV"], "DOUBLE_MEMBER"),
        (["x.csv", "./x.csv"], "DOUBLE_MEMBER"),
        (["caf\u00e9.csv", "cafe\u0301.csv"], "DOUBLE_MEMBER"),
        (["x.csv", "inner.zip"], "NESTED_ARCHIVE"),
        (["inner.csv.gz"], "NESTED_ARCHIVE"),
        (["a/inner.TAR"], "NESTED_ARCHIVE"),
    ],
)
def test_names_that_lead_astray_are_refused(kind, names, code, tmp_path):
    members = [(name, TABLE) for name in names]
    path = tmp_path / f"x.{kind}"
    zip_of(path, members) if kind == "zip" else tar_of(path, members, "w:gz" if kind == "tar.gz" else "w")
    error = refused(path)
    assert error.code == code
    assert error.place.startswith(f"x.{kind}/")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_what_is_no_regular_file_in_a_tar_is_refused_before_any_record(kind, tmp_path):
    link = tarfile.TarInfo()
    link.type, link.linkname = kind, "/etc/passwd"
    path = tar_of(tmp_path / "x.tar", [("a.csv", TABLE), ("z.csv", link)])
    with pytest.raises(InputError, match=r"LINK_IN_ARCHIVE x\.tar/z\.csv"):
        next(read_rows([str(path)], ReadSettings(), Rejects()))


def test_a_link_in_a_zip_is_refused(tmp_path):
    member = zipfile.ZipInfo("x.csv")
    member.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(member, "/etc/passwd")
    assert refused(tmp_path / "x.zip").code == "LINK_IN_ARCHIVE"


def test_an_encrypted_member_is_refused(tmp_path):
    data = bytearray(zip_of(tmp_path / "x.zip", [("x.csv", TABLE)]).read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert refused(write(tmp_path / "y.zip", bytes(data))).code == "ENCRYPTED"


def test_members_that_share_bytes_are_refused(tmp_path):
    data = bytearray(zip_of(tmp_path / "x.zip", [("a.csv", TABLE * 50), ("b.csv", TABLE)]).read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = (1).to_bytes(4, "little")  # the place of its local header
    assert "shares bytes with a.csv" in str(refused(write(tmp_path / "y.zip", bytes(data))))


PACK = {"csv.gz": gzip.compress, "csv.xz": lzma.compress, "csv.bz2": bz2.compress}


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz", "tar.bz2", *PACK])
class TestDamage:
    def packed(self, folder: Path, kind: str) -> bytes:
        path = folder / f"whole.{kind}"
        lines = b"text,label\n" + b"".join(b"%d is a number,%d\n" % (i * 7919 % 10007, i % 3) for i in range(9000))
        if kind in PACK:
            return PACK[kind](lines)
        members = [("a.csv", lines), ("b.csv", TABLE)]
        return (
            zip_of(path, members) if kind == "zip" else tar_of(path, members, kind.replace("tar.", "w:").replace("tar", "w"))
        ).read_bytes()

    @pytest.mark.parametrize("left", [0.02, 0.5, 0.97])
    def test_a_cut_archive_is_refused(self, kind, left, tmp_path):
        data = self.packed(tmp_path, kind)
        error = refused(write(tmp_path / f"x.{kind}", data[: int(len(data) * left)]))
        assert error.code == "DAMAGED_ARCHIVE"
        assert error.place.startswith(f"x.{kind}")

    def test_a_changed_byte_is_refused(self, kind, tmp_path):
        data = bytearray(self.packed(tmp_path, kind))
        place = data.index(b"ustar") if kind == "tar" else len(data) // 2
        data[place] ^= 0x41
        assert refused(write(tmp_path / f"x.{kind}", bytes(data))).code == "DAMAGED_ARCHIVE"


@pytest.mark.parametrize("cut", [512, 1024, 1536, 2048])
def test_a_tar_that_ends_at_the_border_of_a_member_is_refused(cut, tmp_path):
    data = tar_of(tmp_path / "x.tar", [("a.csv", TABLE), ("b.csv", TABLE)]).read_bytes()
    assert refused(write(tmp_path / "y.tar", data[:cut])).code == "DAMAGED_ARCHIVE"


def test_a_tar_behind_a_tar_is_not_passed_over_in_silence(tmp_path):
    data = tar_of(tmp_path / "x.tar", [("a.csv", TABLE)]).read_bytes()
    assert refused(write(tmp_path / "y.tar", data * 2)).code == "DAMAGED_ARCHIVE"


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.xz", *PACK])
def test_a_bomb_is_stopped_at_the_ratio_and_nothing_is_written(kind, tmp_path):
    content = b"text\n" + b"x" * (archives.RATIO_FROM + 1)
    path = tmp_path / f"x.{kind}"
    if kind in PACK:
        path.write_bytes(PACK[kind](content))
    elif kind == "zip":
        zip_of(path, [("a.csv", content)])
    else:
        tar_of(path, [("a.csv", content)], kind.replace("tar.", "w:"))
    error = refused(path)
    assert (error.code, error.limit) == ("BOMB", "ratio 200")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_header_that_claims_a_huge_size_allocates_nothing(tmp_path):
    member = tarfile.TarInfo("huge.csv")
    member.size = 2**40
    path = write(tmp_path / "x.tar", member.tobuf() + TABLE.ljust(512, b"\0") + bytes(1024))
    assert refused(path).code in ("BOMB", "DAMAGED_ARCHIVE")


@pytest.mark.parametrize("count", [3, 4])
def test_members_are_counted_up_to_the_limit(count, tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    members = [(f"{i}.csv", TABLE) for i in range(count)]
    for path in (zip_of(tmp_path / "x.zip", members), tar_of(tmp_path / "x.tar", members)):
        if count == 3:
            assert len(values(path)) == 3
        else:
            assert refused(path).code == "TOO_MANY_MEMBERS"


def test_what_archives_unpack_to_is_limited(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_TOTAL", 2 * len(TABLE) - 1)
    members = [("a.csv", TABLE), ("b.csv", TABLE)]
    for path in (zip_of(tmp_path / "x.zip", members), tar_of(tmp_path / "x.tar", members)):
        assert refused(path).code == "ARCHIVE_TOO_LARGE"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.csv", zip_of, "zip"),
        ("x.jsonl", gzip.compress(TABLE), "gzip"),
        ("x.txt", lzma.compress(TABLE), "xz"),
        ("x.tsv", bz2.compress(TABLE), "bzip2"),
        ("x.csv", tar_of, "tar"),
        ("x.csv.gz", gzip.compress(gzip.compress(TABLE)), "gzip"),
        ("x.zip", gzip.compress(TABLE), "gzip"),
        ("x.gz", zip_of, "zip"),
        ("x.parquet", zip_of, "zip"),
        ("x.csv", b"\x93NUMPY\x01\x00", "npy"),
        ("x.txt", b"\x80\x04\x95\x0c\x00", "pickle"),
        ("x.json", b"%PDF-1.7", "pdf"),
        ("x.csv", b"PAR1\x15\x04\x15", "parquet"),
        ("x.md", b"SQLite format 3\x00", "SQLite"),
        ("x.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "Office"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # gzip holds the time: the names would differ between workers
)
def test_what_is_named_for_something_else_is_refused(name, content, told, tmp_path):
    if not isinstance(content, bytes):
        content = content(tmp_path / "real", [("a.csv", TABLE)]).read_bytes()
    error = refused(write(tmp_path / name, content))
    assert error.code == "FORMAT_DIFFERS"
    assert told in error.what


@pytest.mark.parametrize("content", ["PAR1,b\nx,y\n", "PK,b\nx,y\n", "BZh,b\nx,y\n", "ustar,b\nx,y\n"])
def test_text_that_begins_like_a_mark_is_text(content, tmp_path):
    assert values(write(tmp_path / "x.csv", content))[0]["b"] == "y"


@pytest.mark.parametrize("name", ["x.csv.gz.gz", "x.tar.gz.xz", "x.zip.gz"])
def test_what_is_packed_twice_is_refused(name, tmp_path):
    pack = lzma.compress if name.endswith("xz") else gzip.compress
    assert refused(write(tmp_path / name, pack(gzip.compress(TABLE)))).code == "NESTED_ARCHIVE"


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_members_that_are_no_data_are_passed_over_and_counted(kind, tmp_path):
    members = [
        ("./a.csv", TABLE),
        ("b/.hidden.csv", b"no"),
        ("__MACOSX/a.csv", b"no"),
        ("c.png", b"\x89PNG"),
        ("README.md", b"# no"),
    ]
    path = tmp_path / f"x.{kind}"
    zip_of(path, members) if kind == "zip" else tar_of(path, members, "w:gz" if kind == "tar.gz" else "w")
    rejects = Rejects()
    assert [(row.file, row.values["text"]) for row in read(path, rejects)] == [(f"x.{kind}/a.csv", "fine")]
    assert rejects.skipped == {"of other formats": 1, "about the data": 1}


def test_a_tar_is_read_in_the_order_it_was_packed(tmp_path):
    """By name, a compressed one would be unpacked again for every step back."""
    names = [f"{i * 7 % 11:02d}.txt" for i in range(11)]
    path = tar_of(tmp_path / "x.tar.gz", [(name, name.encode()) for name in names], "w:gz")
    assert [row.values["text"] for row in read(path)] == names
