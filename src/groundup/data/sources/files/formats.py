"""Formats of files by the ends of their names and by their first bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from groundup.data.sources.files.archives import Stream
from groundup.errors import InputError

FORMATS = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".conll": "conll",
    ".bio": "conll",
    ".bioes": "conll",
    ".bmes": "conll",
    ".iob": "conll",
    ".iob2": "conll",
    ".bilou": "conll",
    ".conllu": "conll",
    ".conllup": "conll",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".data": "csv",
    ".dat": "csv",
    ".arff": "arff",
    ".xlsx": "sheet",
    ".xlsm": "sheet",
    ".ods": "sheet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".tmx": "tmx",
    ".xml": "xml",
    ".parquet": "parquet",
    ".arrow": "arrow",
}
ONLY_NAMED = {
    ".data",
    ".dat",
    ".xlsx",
    ".xlsm",
    ".ods",
}  # or where they fit --read.include
IMAGES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp"}
SGML = {".sgm", ".sgml"}  # read in pairs (parallel.py)
SHEETS = {".xls", ".xlsb", ".numbers"}  # of formats that are not read
PICKLES = {".pkl", ".pickle", ".joblib", ".pt", ".pth"}  # they run code when opened: refused wherever they lie
REFUSED = {*PICKLES, ".npy", ".npz", ".bin", ".xls", ".h5", ".hdf5", ".doc", ".docx", ".pdf", ".7z", ".rar", ".py"}
MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b\x08": "gzip",
    b"\xfd7zXZ\x00": "xz",
    b"PAR1\x15": "parquet",
    b"ARROW1\x00\x00": "arrow",
    b"\xff\xff\xff\xff": "arrow",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "rar",
    b"%PDF-": "pdf",
    b"\x93NUMPY": "npy",
    b"\x89HDF\r\n": "hdf5",
    b"\x89PNG\r\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"GIF8": "gif",
    b"\xd0\xcf\x11\xe0\xa1\xb1": "old Office",
    b"SQLite format 3\x00": "SQLite",
}
BZIP2 = re.compile(rb"BZh[1-9]1AY&SY")
PICKLE = re.compile(rb"\x80[\x02-\x05][\x00-\x1f\x7d\x5d\x63\x95]")


HEAD = 512  # bytes that tell what a file is; a tar says it in the last of them
NOT_DATA = {
    "readme.md",
    "license",
    "license.txt",
    "license.md",
    "dataset_infos.json",
    "dataset_info.json",
    "state.json",
    "dataset_dict.json",
}


def formats(extensions: Mapping[str, str] = FORMATS) -> str:
    return ", ".join(sorted(set(extensions.values())))


def check_content(stream: Stream, kind: str, name: str) -> None:
    """Content and name must agree."""
    content = content_of(stream.peek(HEAD)[:HEAD])
    if content not in ("", "zip" if kind == "sheet" else kind):
        raise InputError("FORMAT_DIFFERS", name, f"is {content} by its content, and {kind} by its name", "name it what it is")


def content_of(head: bytes) -> str:
    """The format that the first bytes tell, or nothing: text does not begin with a mark."""
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    if head[257:262] == b"ustar":
        return "tar"
    return "bzip2" if BZIP2.match(head) else "pickle" if PICKLE.match(head) else ""
