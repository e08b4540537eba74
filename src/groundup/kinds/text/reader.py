"""Texts as a model reads them: one column, or two together. A cell is a string."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from groundup.data.clean.containment import containers
from groundup.data.clean.dedup import exact_key
from groundup.data.packed import Packed
from groundup.data.settings import Chinese, TokenizerSettings
from groundup.data.splits.split import Leakage, cluster, find_leakage
from groundup.data.tokenizers.tokenizer import Encoder
from groundup.data.tokenizers.training import train_tokenizer
from groundup.errors import InputError
from groundup.folders import NewFolder
from groundup.kinds.parts import ExplanationUnit
from groundup.kinds.reader import Reader, Row
from groundup.kinds.text.packed import PackedTexts, TooLong, frame
from groundup.kinds.text.parts import Words as RowWords
from groundup.kinds.text.parts import words_of
from groundup.kinds.text.tfidf import TfidfFeatures
from groundup.messages.current import message
from groundup.nn.inputs import Words

NEW_TOKENIZER = TokenizerSettings(vocab_size=4000)  # of rows that are all that there is to learn from


class TextReader(Reader[PackedTexts]):
    """Reads texts by a tokenizer; what splits and simple methods ask of rows needs none."""

    kind, words, unit, takes_texts, may_hold_others = "text", "text", "word", True, True
    missing_code, common = "NO_TEXT", (5, 0.01)  # a note like `as always` stands in many rows
    export_formats = ("onnx", "onnx_int8", "tensorflow", "huggingface")

    def __init__(self, encoder: Encoder | None = None, columns: Sequence[str] = ()):
        super().__init__(columns)
        self.tokenizer = encoder
        self.notes = [] if encoder is None else list(encoder.notes)

    @property
    def encoder(self) -> Encoder:
        """The tokenizer in use."""
        assert self.tokenizer is not None, "texts are read here without a tokenizer"
        return self.tokenizer

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of texts, without special ones."""
        return self.encoder.encode_batch(texts)

    @property
    def inputs(self) -> tuple[Words, ...]:
        return (Words(),)

    @property
    def vocab_size(self) -> int:
        return self.encoder.vocab_size

    def read_cells(self, raw: Sequence[object], home: Path | None = None) -> Row | None:
        """None where a text is empty or no text."""
        parts = [part.strip() for part in raw if isinstance(part, str) and part.strip()]
        return tuple(parts) if len(parts) == len(raw) else None

    def rows_in_memory(self, values: Any) -> None:
        return None

    def pack(self, rows: Sequence[Row], length: int, too_long: TooLong = "truncate", located: bool = False) -> PackedTexts:
        return frame(rows, self.encoder, length, too_long, located=located)

    def save(self, folder: NewFolder, length: int, *, segments: bool = False, frame: Sequence[str] = ()) -> None:
        self.encoder.save(folder, length, segments=segments, frame=frame)

    def spare_padding(self, token: int) -> None:
        if token == self.encoder.around.sep:
            self.encoder.ends = False

    @property
    def specials(self) -> dict[str, int] | None:
        return self.encoder.ids._asdict()

    @property
    def around(self) -> tuple[str, ...]:
        return ("cls", "$A", "sep") if len(self.encoder.framed("")) > 1 else ("$A", "sep")

    # Rows as rows

    def clusters(self, rows: Sequence[Row], groups: Sequence[str | None] | None = None) -> np.ndarray:
        """Texts that repeat each other, exactly or nearly, are the same example."""
        return cluster(lines(rows), groups)

    def holders(self, rows: Sequence[Row]) -> Sequence[Collection[int]]:
        return containers(lines(rows))

    def leaks(self, train: Sequence[Row], other: Sequence[Row]) -> Leakage:
        return find_leakage(lines(train), lines(other))

    def key(self, row: Row) -> bytes:
        return exact_key(self.line(row))

    def slices(self, rows: Sequence[Row]) -> dict[str, list[int]]:
        """Characters of each row."""
        return {"length": [sum(map(len, row)) for row in rows]}

    def line(self, row: Row) -> str:
        return "\n".join(row)

    # For simple methods, and for people

    def features(self, rows: Sequence[Row]) -> TfidfFeatures:
        return TfidfFeatures(rows)

    def pack_located(self, row: Row, length: int, too_long: TooLong) -> PackedTexts:
        return self.pack([row], length, too_long, located=True)

    def units(self, row: Row, packed: Packed, chinese: Chinese = "words") -> tuple[Sequence[ExplanationUnit], list[np.ndarray]]:
        """The words of a row."""
        words = located_words(row, packed, chinese)
        ends = np.cumsum(packed.lengths)
        return words.parts, np.split(words.owner, ends[:-1])

    def unread(self, row: Row, packed: Packed, chinese: Chinese = "words") -> int:
        return located_words(row, packed, chinese).unread


class NewTextReader(TextReader):
    """Learns its tokenizer from the training rows."""

    def learn(self, rows: Sequence[Row], places: Sequence[str] = ()) -> None:
        if self.tokenizer is None:
            self.tokenizer = train_tokenizer(lambda: (text for row in rows for text in row), NEW_TOKENIZER)
            self.notes.append(message("tokenizer learned", count=self.vocab_size))


def encoder_of(reader: Reader) -> Encoder:
    """The tokenizer of a reader of texts. InputError for what needs one and is asked of another kind."""
    if not isinstance(reader, TextReader):
        raise InputError(
            "NO_WORDS", "model", f"reads rows of the kind {reader.kind}, which have no words", "use a model of texts"
        )
    return reader.encoder


def located_words(row: Row, packed: Packed, chinese: Chinese) -> RowWords:
    """The words of a row that was packed with the places of its tokens."""
    assert isinstance(packed, PackedTexts)
    assert packed.places is not None, "packed without the places of tokens"
    return words_of(row, packed.places, chinese)


def lines(rows: Sequence[Row]) -> list[str]:
    """Each row as one text."""
    return ["\n".join(row) for row in rows]
