"""Token shards: one flat stream of ids in files of bounded size, with the places where sentences and documents begin."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from groundup.errors import InputError
from groundup.folders import NewFolder
from groundup.manifest import read_manifest, verify_folder

PART_TOKENS = 2**26  # tokens in one file
BUFFER = 2**20
LONGEST = 128  # tokens of a sentence: a longer one comes in pieces, as what stands in no sequence is never learned from


def token_type(vocab_size: int) -> np.dtype:
    """uint16 while the ids fit, else uint32; little-endian on disk."""
    return np.dtype("<u2" if vocab_size <= 2**16 else "<u4")


class ShardWriter:
    """Writes one split: `shards/<split>-00000.tokens` ..., `.sentences` (tokens of each), `.documents` (sentences of each)."""

    def __init__(self, folder: NewFolder, split: str, vocab_size: int, part_tokens: int = PART_TOKENS):
        self.folder, self.split, self.part_tokens = folder, split, part_tokens
        self.type = token_type(vocab_size)
        self.tokens: list[np.ndarray] = []
        self.waiting = self.part = self.in_part = 0
        self.num_tokens = self.num_sentences = self.num_documents = 0
        self.stack = ExitStack()
        self.sentences = self.stack.enter_context(folder.open(f"shards/{split}.sentences"))
        self.documents = self.stack.enter_context(folder.open(f"shards/{split}.documents"))
        self.part_stack = ExitStack()
        self.file = None

    def add(self, ids: np.ndarray, lengths: np.ndarray, documents: Sequence[int]) -> None:
        """Several documents: ids [N] end to end, tokens of each sentence, sentences of each document.

        Empty sentences and documents are left out; endless sentences come in pieces.
        """
        pieces = -(-lengths // LONGEST)  # of each sentence
        sizes = np.full(pieces.sum(), LONGEST, dtype="<u4")
        rows = np.flatnonzero(pieces)
        sizes[np.cumsum(pieces)[rows] - 1] = lengths[rows] - LONGEST * (pieces[rows] - 1)
        below = np.concatenate([[0], np.cumsum(pieces)])  # pieces before each sentence
        sentences = np.diff(below[np.cumsum(documents, dtype=np.int64)], prepend=0)
        sentences = sentences[sentences > 0].astype("<u4")
        self.sentences.write(sizes.tobytes())
        self.documents.write(sentences.tobytes())
        self.tokens.append(ids.astype(self.type, copy=False))
        self.waiting += len(ids)
        self.num_tokens += len(ids)
        self.num_sentences += len(sizes)
        self.num_documents += len(sentences)
        if self.waiting >= BUFFER:
            self.flush()

    def flush(self) -> None:
        """Write what is waiting, beginning new parts where one is full."""
        stream = np.concatenate(self.tokens) if self.tokens else np.empty(0, dtype=self.type)
        while len(stream) or self.file is None:
            if self.file is None or self.in_part == self.part_tokens:
                self.part_stack.close()
                self.part_stack = ExitStack()
                name = f"shards/{self.split}-{self.part:05d}.tokens"
                self.file = self.part_stack.enter_context(self.folder.open(name))
                self.part, self.in_part = self.part + 1, 0
            piece = stream[: self.part_tokens - self.in_part]
            self.file.write(piece.tobytes())
            self.in_part += len(piece)
            stream = stream[len(piece) :]
        self.tokens, self.waiting = [], 0

    def close(self) -> None:
        self.flush()
        self.part_stack.close()
        self.stack.close()


class Shards:
    """One split of a data folder, mapped into memory."""

    def __init__(self, parts: list[np.ndarray], sentence_lengths: np.ndarray, document_lengths: np.ndarray):
        self.parts = parts
        self.part_starts = np.cumsum([0, *(len(p) for p in parts)]).tolist()
        self.sentence_starts = starts_of(sentence_lengths)
        self.document_starts = starts_of(document_lengths)
        self.num_tokens = self.part_starts[-1]
        self.num_sentences, self.num_documents = len(sentence_lengths), len(document_lengths)

    @staticmethod
    def open(folder: Path, split: str, verify: bool = True) -> Shards:
        """Open a split; refused when any file differs from the manifest."""
        manifest = read_manifest(folder)
        if verify and (problems := verify_folder(folder)):
            raise InputError("DATA_DAMAGED", problems[0].place, problems[0].what, "prepare the data again")
        names = sorted(f.name for f in manifest.files if f.name.startswith(f"shards/{split}-"))
        if not names:
            raise InputError("NO_SPLIT", folder, f"has no '{split}' split of text", "prepare it again with that split")
        kind = np.dtype(manifest.extra["token_type"])
        parts = [mapped(folder / name, kind) for name in names]
        lengths = [np.fromfile(folder / f"shards/{split}.{what}", dtype="<u4") for what in ("sentences", "documents")]
        return Shards(parts, *lengths)

    def slice(self, start: int, stop: int) -> np.ndarray:
        """Tokens start .. stop of the stream."""
        first, last = bisect_right(self.part_starts, start) - 1, bisect_right(self.part_starts, max(start, stop - 1)) - 1
        if first == last:
            offset = self.part_starts[first]
            return self.parts[first][start - offset : stop - offset]
        inside = [(self.parts[i], self.part_starts[i]) for i in range(first, last + 1)]
        return np.concatenate([part[max(0, start - begin) : stop - begin] for part, begin in inside])


def starts_of(lengths: np.ndarray) -> np.ndarray:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def mapped(path: Path, kind: np.dtype) -> np.ndarray:
    """A file as an array without reading it; empty files cannot be mapped."""
    return np.memmap(path, dtype=kind, mode="r") if path.stat().st_size else np.empty(0, dtype=kind)
