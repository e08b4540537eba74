"""Ids of every line of every text of the real data: ours, and those of the tokenizer itself."""

import bz2
import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from groundup.data.settings import TokenizerSettings
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.data.tokenizers.training import train_tokenizer

NOT_TEXT = {".png", ".jpg", ".jpeg", ".wav", ".npy", ".npz", ".mat", ".mid", ".bin", ".pkl", ".parquet", ".ubyte"}
FOLDERS = [
    "text_en",
    "text_zh",
    "text_dirty",
    "zh_nlu",
    "zh_generation",
    "classification_en",
    "glue",
    "ner_tagging",
    "translation",
    "summarization",
    "keyphrase",
    "medicine",
]
SAMPLE, BATCH = 20_000, 2000  # lines


def texts_in(name: str, data: bytes) -> Iterator[bytes]:
    """The plain files in a file, unpacked."""
    if name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                if member.isfile():
                    yield from texts_in(member.name, archive.extractfile(member).read())
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                yield from texts_in(member, archive.read(member))
    elif name.endswith(".gz"):
        yield from texts_in(name.removesuffix(".gz"), gzip.decompress(data))
    elif name.endswith(".bz2"):
        yield from texts_in(name.removesuffix(".bz2"), bz2.decompress(data))
    elif Path(name).suffix.lower() not in NOT_TEXT:
        yield data


def lines_in(folder: Path) -> Iterator[str]:
    """All lines, what is no UTF-8 in them replaced."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for data in texts_in(path.name, path.read_bytes()):
            yield from data.decode("utf-8", "replace").split("\n")


def check(made: Encoder, lines: Iterator[str]) -> int:
    """Compare batch by batch; the number of lines."""
    count = 0
    while batch := list(islice(lines, BATCH)):
        direct = [found.ids for found in made.tokenizer.encode_batch(batch, add_special_tokens=False)]
        ids, lengths = made.encode_flat(batch)
        assert lengths.tolist() == list(map(len, direct))
        assert ids.tolist() == [i for one in direct for i in one]
        count += len(batch)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("lowercase", [True, False])
def test_ids_of_every_line_are_those_of_the_tokenizer(folder, lowercase, shared_data):
    sample = list(islice(lines_in(shared_data / folder), 0, SAMPLE * 5, 5))
    made = train_tokenizer(lambda: iter(sample), TokenizerSettings(vocab_size=8000, lowercase=lowercase))
    assert made.word_ids is not None
    assert check(made, lines_in(shared_data / folder)) > 2000


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["text_en", "text_zh", "text_dirty"])
def test_ids_of_bytes_are_those_of_the_tokenizer_too(folder, shared_data):
    sample = list(islice(lines_in(shared_data / folder), 0, SAMPLE * 5, 5))
    made = train_tokenizer(lambda: iter(sample), TokenizerSettings(kind="byte_bpe", vocab_size=4000))
    assert made.word_ids is None
    assert check(made, islice(lines_in(shared_data / folder), 0, None, 10)) > 1000
