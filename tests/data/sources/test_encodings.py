"""Encodings: two are read unasked, all others when they are named, and none is guessed."""

import codecs
import hashlib

import pytest

from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, texts, values, write

CHINESE = ["这是一个很好的产品", "质量太差，不推荐"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["x.csv", "x.txt", "x.tsv"])
def test_unicode_with_a_mark_and_utf_8_are_read_unasked(encoding, name, tmp_path):
    path = write(tmp_path / name, "\n".join(["text", *CHINESE]).encode(encoding))
    assert [row["text"] for row in values(path)][-2:] == CHINESE


def test_big_endian_text_is_told_by_its_mark(tmp_path):
    path = write(tmp_path / "x.csv", codecs.BOM_UTF16_BE + "text\ncafé\n".encode("utf-16-be"))
    assert values(path) == [{"text": "café"}]


TOLD = {
    "gb18030": [*CHINESE, "𠮷野家"],
    "gbk": CHINESE,
    "big5": ["這是一個很好的產品"],
    "cp1252": ["café – “quoted” €"],
    "latin-1": ["Grüße"],
    "shift_jis": ["とても良い製品です", "表示"],
    "euc-kr": ["좋은 제품"],
    "koi8-r": ["Хороший товар"],
}
LIKE_ASCII = {"utf-16-le": CHINESE, "hz": CHINESE}  # their bytes are UTF-8, too


@pytest.mark.parametrize(("encoding", "lines"), (TOLD | LIKE_ASCII).items())
def test_rows_and_documents_are_the_text_once_the_encoding_is_named(encoding, lines, tmp_path):
    path = write(tmp_path / "x.txt", "\r\n".join(lines).encode(encoding))
    assert [row["text"] for row in values(path, encoding=encoding)] == lines
    assert texts(path, encoding=encoding, paragraphs="line") == [lines]


@pytest.mark.parametrize(("encoding", "lines"), TOLD.items())
def test_no_encoding_is_guessed(encoding, lines, tmp_path):
    error = refused(write(tmp_path / "x.txt", "\n".join(lines).encode(encoding)))
    assert error.code == "BAD_ENCODING"
    assert {"gbk": "gb18030", "latin-1": "cp1252"}.get(encoding, encoding) in error.fix


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le"])
def test_text_that_is_not_in_the_named_encoding_is_refused_by_that_name(encoding, tmp_path):
    error = refused(write(tmp_path / "x.txt", b"\xff\xff\xd8\x00\xd8"), encoding=encoding)
    assert error.code == "BAD_ENCODING"
    assert encoding in error.what


@pytest.mark.parametrize("encoding", ["no-such", "base64", "rot13", "unicode_escape", "idna", "utf-16", "\0"])
def test_what_is_no_encoding_of_files_is_refused(encoding, tmp_path):
    assert refused(write(tmp_path / "x.txt", "a\n"), encoding=encoding).code in ("UNKNOWN_ENCODING", "NO_BYTE_ORDER")


def test_rows_in_another_encoding_are_rejected_with_their_bytes_and_the_rest_is_read(tmp_path):
    lines = [f"naïve {i}".encode() for i in range(300)]
    lines[7] = lines[250] = b"na\xefve"
    rejects = Rejects()
    assert len(read(write(tmp_path / "x.txt", b"\n".join(lines)), rejects)) == 298
    assert [r["byte"] for r in rejects.described] == [sum(len(line) + 1 for line in lines[:n]) for n in (7, 250)]


def test_the_header_of_a_table_in_another_encoding_refuses_the_file(tmp_path):
    error = refused(write(tmp_path / "x.csv", b"t\xe9xt\n" + b"a\n" * 500))
    assert (error.code, error.place) == ("BAD_ENCODING", "x.csv:1")


def test_a_mark_that_stands_later_is_part_of_the_text(tmp_path):
    assert values(write(tmp_path / "x.csv", "text\na\n\ufeffb\n")) == [{"text": "a"}, {"text": "\ufeffb"}]


@pytest.mark.parametrize("size", [2**18 - 1, 2**18, 2**18 + 1])
def test_characters_and_line_ends_across_blocks_stay_whole(size, tmp_path):
    path = write(tmp_path / "x.txt", "a" * (size - 1) + "é\r\n" + "字" * 90_000 + "\r\n\r\nend")
    assert [len(str(row["text"])) for row in values(path)] == [size, 90_000, 0, 3]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_a_character_without_a_mark_is_refused(encoding, tmp_path):
    path = write(tmp_path / "x.txt", "Plain words without a mark.\nAnd more.\n".encode(encoding))
    error = refused(path)
    assert error.code == "BAD_ENCODING"
    assert f"--read.encoding {encoding}" in error.fix
    with pytest.raises(InputError, match=encoding):
        texts(path)
    assert values(path, encoding=encoding)[1] == {"text": "And more."}
    assert values(write(tmp_path / "y.txt", "a\0b\n")) == [{"text": "a\0b"}]  # a zero that is a character


LONGER = {
    "gb18030": "这是一个很好的产品，我们都喜欢它。质量太差，不推荐给朋友。",
    "big5": "這是一個很好的產品，我們都喜歡它。品質太差，不推薦給朋友。",
    "shift_jis": "とても良い製品です。みんなが気に入っています。",
    "euc-jp": "とても良い製品です。みんなが気に入っています。",
    "euc-kr": "이것은 아주 좋은 제품입니다. 친구에게 추천합니다.",
    "cp1252": "Un café très bon – “délicieux”, déjà goûté à l’été.",
    "cp1251": "Это очень хороший товар, всем друзьям советую.",
    "koi8-r": "Это очень хороший товар, всем друзьям советую.",
    "utf-16-le": "Plain words without a mark.",
    "utf-8": "naïve 中文",
}


@pytest.mark.parametrize(("encoding", "text"), LONGER.items())
def test_auto_finds_the_encoding_of_each_file_and_says_it(encoding, text, tmp_path):
    write(tmp_path / "a.txt", f"{text}\n".encode(encoding))
    write(tmp_path / "b.txt", "plain\n")
    rejects = Rejects()
    assert [row.values["text"] for row in read(tmp_path, rejects, encoding="auto")] == [text, "plain"]
    told = f"a.txt: is read as {encoding}, as its bytes suggest; --read.encoding sets it"
    assert rejects.notes() == ([] if encoding == "utf-8" else [told])
    assert texts(tmp_path, encoding="auto") == [[text], ["plain"]]


def test_auto_refuses_what_is_in_doubt(tmp_path):
    error = refused(write(tmp_path / "x.txt", b"x \xb0\xa1\xb0\xa2 y\n"), encoding="auto")  # two characters of either script
    assert error.code == "WHICH_ENCODING"
    assert "euc-kr" in error.what
    assert "gb18030" in error.what


@pytest.mark.parametrize("name", ["x.csv", "x.txt", "x.jsonl", "x.json", "x.md", "x.conll"])
def test_bytes_that_are_no_text_are_told_so(name, tmp_path):
    path = write(tmp_path / name, b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200)))
    assert "NOT_TEXT" in str(refused(path))
    assert "is no text: " in str(refused(path))


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "shift_jis", "cp1252"])
def test_text_in_another_encoding_is_text(encoding, tmp_path):
    words = {"cp1252": "déjà vu à la crème brûlée"}.get(encoding, "这是很好的产品")
    path = write(tmp_path / "x.csv", ("text\n" + f"{words}\n" * 50).encode(encoding, "ignore"))
    assert "BAD_ENCODING" in str(refused(path))
