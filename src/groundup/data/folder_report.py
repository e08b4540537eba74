"""What is in a data folder: counted from its token shards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from groundup.data.shards import LONGEST

PERCENTILES = (5, 50, 95)
MOST_FREQUENT = 40
SENTENCE_BIN = 4  # tokens
RANKS = 200  # points of the curve of frequencies
PIECE, DOCUMENTS = 2**20, 2**12  # values, and documents, read at once
SHOWN = 100  # rejects and characters of a text on the page
EXAMPLES = 3

# First code points of the scripts; what lies between the named ranges is "other".
RANGES = (
    ("latin", 0x41, 0x5A),
    ("latin", 0x61, 0x7A),
    ("latin", 0xC0, 0x24F),
    ("latin", 0x1E00, 0x1EFF),
    ("latin", 0xFF21, 0xFF5A),
    ("digits", 0x30, 0x39),
    ("digits", 0xFF10, 0xFF19),
    ("greek", 0x370, 0x3FF),
    ("cyrillic", 0x400, 0x52F),
    ("hebrew", 0x590, 0x5FF),
    ("arabic", 0x600, 0x6FF),
    ("devanagari", 0x900, 0x97F),
    ("thai", 0xE00, 0xE7F),
    ("kana", 0x3040, 0x30FF),
    ("hangul", 0x1100, 0x11FF),
    ("hangul", 0xAC00, 0xD7AF),
    ("han", 0x3400, 0x9FFF),
    ("han", 0xF900, 0xFAFF),
    ("han", 0x20000, 0x323AF),
    ("blanks", 0x9, 0xD),
    ("blanks", 0x20, 0x20),
    ("blanks", 0x3000, 0x3000),
)
SCRIPTS = ("other", *dict.fromkeys(name for name, _, _ in RANGES))


def make_script_table() -> np.ndarray:
    """[0x110000] number of the script of each code point."""
    table = np.zeros(0x110000, dtype=np.uint8)
    for name, first, last in RANGES:
        table[first : last + 1] = SCRIPTS.index(name)
    return table


SCRIPT_OF = make_script_table()


def count_scripts(texts: Sequence[str]) -> np.ndarray:
    """[scripts] characters of each script."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.bincount(SCRIPT_OF[codes], minlength=len(SCRIPTS))


def describe(folder: Path, splits: Iterable[str], kind: np.dtype, vocabulary: Mapping[str, int], unknown: int) -> dict:
    """Lengths of sentences and documents and the use of the vocabulary, counted from the token shards of a folder."""
    shards = folder / "shards"
    streams = [path for split in splits for path in sorted(shards.glob(f"{split}-*.tokens"))]
    uses = count_values(streams, kind, max(vocabulary.values()) + 1)
    sentences = count_values([shards / f"{split}.sentences" for split in splits], np.dtype("<u4"), LONGEST + 1)
    documents = np.unique(np.concatenate([document_lengths(shards, split) for split in splits]), return_counts=True)
    words = {number: word for word, number in vocabulary.items()}
    order = np.argsort(-uses, kind="stable")
    used = int((uses > 0).sum())
    ranks = np.unique(np.geomspace(1, max(1, used), RANKS).astype(np.int64))
    last = int(np.flatnonzero(sentences)[-1])
    edges = np.arange(1, last + SENTENCE_BIN + 1, SENTENCE_BIN)
    return {
        "sentence_tokens": summary(np.arange(LONGEST + 1), sentences)
        | histogram(np.arange(LONGEST + 1), sentences, edges)
        | {"at_cap": float(sentences[LONGEST] / sentences.sum())},
        "document_tokens": summary(*documents)
        | histogram(*documents, 2 ** np.arange(int(documents[0].max()).bit_length() + 1)),
        "vocabulary": {
            "used": used,
            "unknown": float(uses[unknown] / max(1, uses.sum())) if unknown >= 0 else 0.0,
            "most_frequent": [[words[int(i)], int(uses[i])] for i in order[:MOST_FREQUENT] if uses[i]],
            "by_rank": [[int(rank), int(uses[order[rank - 1]])] for rank in ranks],
        },
    }


def count_values(paths: Iterable[Path], kind: np.dtype, size: int) -> np.ndarray:
    """[size] how often each value stands in flat files, read a piece at a time."""
    counts = np.zeros(size, dtype=np.int64)
    for path in paths:
        with path.open("rb") as file:
            while len(values := np.fromfile(file, dtype=kind, count=PIECE)):
                counts += np.bincount(values, minlength=size)
    return counts


def document_lengths(shards: Path, split: str) -> np.ndarray:
    """Tokens of each document of a split."""
    lengths = []
    with (shards / f"{split}.documents").open("rb") as documents, (shards / f"{split}.sentences").open("rb") as sentences:
        while len(counts := np.fromfile(documents, dtype="<u4", count=DOCUMENTS)):
            ends = np.cumsum(counts, dtype=np.int64)
            tokens = np.fromfile(sentences, dtype="<u4", count=int(ends[-1]))
            lengths.append(np.add.reduceat(tokens, ends - counts, dtype=np.int64))
    return np.concatenate(lengths) if lengths else np.zeros(0, dtype=np.int64)


def summary(values: np.ndarray, counts: np.ndarray) -> dict:
    """Number, mean, percentiles and extremes of values [K], in order, that occur `counts` [K] times."""
    below, total = np.cumsum(counts), int(counts.sum())
    lengths = values[counts > 0]
    percentiles = {f"p{p}": int(values[np.searchsorted(below, p / 100 * total)]) for p in PERCENTILES}
    return {
        "count": total,
        "mean": float(values @ counts / total),
        "shortest": int(lengths[0]),
        "longest": int(lengths[-1]),
        **percentiles,
    }


def histogram(values: np.ndarray, counts: np.ndarray, edges: np.ndarray) -> dict:
    return {"edges": edges.tolist(), "counts": np.histogram(values, edges, weights=counts)[0].astype(int).tolist()}
