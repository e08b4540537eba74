"""Ids of text by a table of words: what a BERT-like tokenizer gives, many times faster.

A tokenizer that splits text into words before it looks at them gives each word the same ids wherever it stands. So each
distinct word is asked for once, and a batch of texts is a few passes of numpy over its UTF-16 units. A word is one ideograph
or mark, or a run of Latin letters, digits and everything hard (accents, other scripts, emojis, control characters): the
tokenizer alone knows what it makes of those, and nothing of it reaches beyond the marks, ideographs and blanks around.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from tokenizers import Tokenizer

MARKS = "“”‘’—–…·，。！？；：、（）《》「」『』【】"  # punctuation in Unicode, unchanged by any normalization
BLANK, SINGLE, RUN, HARD = range(4)  # kinds of characters; a run goes on through letters and what is hard
PACKED = 16  # letters of a word that is found by its two halves, as whole numbers; longer and hard ones are texts
MOST_WORDS = 2**18  # kept, in about 40 MB; a corpus has no end of them, and those that are frequent are soon known again
MOST_CHARACTERS = 2**24  # of those kept as texts
ASKED = 64  # words in a text that the tokenizer is asked for
SLOTS = 2**14  # at first
ODD = np.uint64(0x9E3779B97F4A7C15)


class Flat(NamedTuple):
    """The ids of several texts, end to end: ids [N], and how many each text has [texts]."""

    ids: np.ndarray
    lengths: np.ndarray

    @staticmethod
    def of(lists: Sequence[Sequence[int]]) -> Flat:
        lengths = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
        return Flat(np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=int(lengths.sum())), lengths)

    def lists(self) -> list[list[int]]:
        ids, ends = self.ids.tolist(), np.cumsum(self.lengths, dtype=np.int64).tolist()
        return [ids[start:end] for start, end in pairwise([0, *ends])]


def splits_words(tokenizer: Tokenizer) -> bool | None:
    """Whether the tokenizer folds case, if it is one whose words are ours (BertNormalizer, BertPreTokenizer); else None."""
    found = json.loads(tokenizer.to_str())
    normalizer, splitter = found.get("normalizer") or {}, found.get("pre_tokenizer") or {}
    ours = (
        normalizer.get("type") == "BertNormalizer"
        and normalizer.get("clean_text")
        and normalizer.get("handle_chinese_chars")
        and splitter.get("type") == "BertPreTokenizer"
        and all(token["special"] for token in found.get("added_tokens", []))
    )
    return bool(normalizer.get("lowercase")) if ours else None


def make_kinds() -> np.ndarray:
    """[2^16] the kind of each UTF-16 unit."""
    kinds = np.full(2**16, HARD, dtype=np.uint8)
    kinds[0x4E00:0xA000] = SINGLE  # ideographs
    for letter in [*map(chr, range(0x20, 0x7F)), *"\t\n\r", *MARKS]:
        kinds[ord(letter)] = BLANK if letter.isspace() else RUN if letter.isalnum() else SINGLE
    return kinds


KINDS = make_kinds()
HALF = np.array([2 ** (8 * n) - 1 for n in range(9)], dtype=np.uint64)  # masks of the first n of eight letters


class WordIds:
    """Encodes batches of texts by a tokenizer whose words are ours."""

    def __init__(self, tokenizer: Tokenizer, lowercase: bool):
        self.tokenizer, self.lowercase = tokenizer, lowercase
        self.forget()

    def forget(self) -> None:
        """Know no word. Words are numbered as they come: n has the ids flat[starts[n] : starts[n] + sizes[n]]."""
        self.num_words = self.num_ids = self.characters = 0
        self.starts, self.sizes, self.flat = (np.zeros(SLOTS, dtype=np.int32) for _ in range(3))
        self.singles = np.full(2**16, -1, dtype=np.int32)
        self.packed = Packed()
        self.texts: dict[str, int] = {}

    def __call__(self, texts: Sequence[str]) -> Flat:
        if not texts:
            return Flat.of([])
        if self.num_words > MOST_WORDS or self.characters > MOST_CHARACTERS:
            self.forget()
        joined = "\n".join([*texts, ""])
        if joined.isascii():
            units = np.frombuffer(joined.encode("ascii"), dtype=np.uint8)
        else:
            units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), dtype="<u2")
        ends = np.cumsum(num_units(texts, len(joined) < len(units)) + 1)
        first, numbers = self.words(units)
        sizes = self.sizes[numbers]
        below = np.zeros(len(sizes) + 1, dtype=np.int64)  # ids before each word
        np.cumsum(sizes, out=below[1:])
        ids = self.flat[np.arange(below[-1]) + np.repeat(self.starts[numbers] - below[:-1], sizes)]
        return Flat(ids, np.diff(below[np.searchsorted(first, ends)], prepend=0))

    def words(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each word begins, and its number."""
        kinds = KINDS[units]
        first, last = edges(kinds)
        size, kind = last - first, kinds[first]
        kind[(kind == RUN) & (size > PACKED)] = HARD
        kind[np.searchsorted(first, np.flatnonzero(kinds == HARD), side="right") - 1] = HARD
        numbers = np.empty(len(first), dtype=np.int32)
        for one, find in ((SINGLE, self.find_singles), (RUN, self.find_packed), (HARD, self.find_texts)):
            places = np.flatnonzero(kind == one)
            if len(places):
                numbers[places] = find(units, first[places], size[places])
        return first, numbers

    def find_singles(self, units: np.ndarray, first: np.ndarray, size: np.ndarray) -> np.ndarray:
        codes = units[first]
        numbers = self.singles[codes]
        if len(new := np.unique(codes[numbers < 0])):
            self.singles[new] = self.learn(ask_words(self.tokenizer, [chr(code) for code in new.tolist()]))
            numbers = self.singles[codes]
        return numbers

    def find_packed(self, units: np.ndarray, first: np.ndarray, size: np.ndarray) -> np.ndarray:
        letters = units.astype(np.uint8).tobytes()
        low, high = halves(letters.lower() if self.lowercase else letters, first, size)
        numbers = self.packed.find(low, high)
        missing = np.flatnonzero(numbers < 0)
        if len(missing):
            new = np.unique(np.stack([low[missing], high[missing]], axis=1).view(f"S{PACKED}")[:, 0])
            self.packed.add(*new.view("<u8").reshape(-1, 2).T, self.learn(ask_words(self.tokenizer, new.astype(str).tolist())))
            numbers[missing] = self.packed.find(low[missing], high[missing])
        return numbers

    def find_texts(self, units: np.ndarray, first: np.ndarray, size: np.ndarray) -> np.ndarray:
        codec, places = "ascii" if units.itemsize == 1 else "utf-16-le", zip(first.tolist(), size.tolist(), strict=True)
        words = [units[start : start + count].tobytes().decode(codec, "surrogatepass") for start, count in places]
        if new := sorted(set(words).difference(self.texts)):
            self.characters += sum(map(len, new))
            self.texts |= zip(new, self.learn(ask(self.tokenizer, new)), strict=True)
        return np.array([self.texts[word] for word in words], dtype=np.int32)

    def learn(self, found: Flat) -> range:
        """Remember the ids of words that are new; their numbers."""
        ids, sizes = found
        numbers = range(self.num_words, self.num_words + len(sizes))
        self.starts, self.sizes = (with_room(array, numbers.stop) for array in (self.starts, self.sizes))
        self.flat = with_room(self.flat, self.num_ids + len(ids))
        self.starts[numbers.start : numbers.stop] = self.num_ids + np.cumsum(sizes) - sizes
        self.sizes[numbers.start : numbers.stop] = sizes
        self.flat[self.num_ids : self.num_ids + len(ids)] = ids
        self.num_words, self.num_ids = numbers.stop, self.num_ids + len(ids)
        return numbers


def ask(tokenizer: Tokenizer, texts: Sequence[str]) -> Flat:
    """The ids of texts as the tokenizer itself gives them, without special tokens."""
    return Flat.of([found.ids for found in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)])


def ask_words(tokenizer: Tokenizer, words: Sequence[str]) -> Flat:
    """The ids of words which the tokenizer does not split into more: many in a text, which takes less time."""
    lines = [words[start : start + ASKED] for start in range(0, len(words), ASKED)]
    ids, sizes = [], []
    for line, found in zip(lines, tokenizer.encode_batch(list(map(" ".join, lines)), add_special_tokens=False), strict=True):
        ids += found.ids
        sizes.append(np.bincount(np.array(found.word_ids, dtype=np.int64), minlength=len(line)))
    return Flat(np.array(ids, dtype=np.int32), np.concatenate(sizes))


class Packed:
    """Numbers of words of at most 16 letters, by their halves: a table with open places, compared in full."""

    def __init__(self):
        self.count, self.low, self.high = 0, np.zeros(SLOTS, dtype=np.uint64), np.zeros(SLOTS, dtype=np.uint64)
        self.number = np.full(SLOTS, -1, dtype=np.int32)

    def find(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """[words] their numbers; -1 for a word that is not there."""
        slots = self.slots(low, high)
        numbers = self.number[slots]
        other = np.flatnonzero((numbers >= 0) & ((self.low[slots] != low) | (self.high[slots] != high)))
        while len(other):  # where another word stands, look at the next place
            slots[other] = there = (slots[other] + 1) % len(self.number)
            numbers[other] = found = self.number[there]
            other = other[(found >= 0) & ((self.low[there] != low[other]) | (self.high[there] != high[other]))]
        return numbers

    def add(self, low: np.ndarray, high: np.ndarray, numbers: range) -> None:
        """Words that are new and distinct."""
        self.count += len(numbers)
        if 2 * self.count > len(self.number):
            taken = self.number >= 0
            old = self.low[taken], self.high[taken], self.number[taken]
            self.low, self.high = (np.zeros(2 ** (2 * self.count).bit_length(), dtype=np.uint64) for _ in range(2))
            self.number = np.full(len(self.low), -1, dtype=np.int32)
            self.place(*old)
        self.place(low, high, np.array(numbers, dtype=np.int32))

    def place(self, low: np.ndarray, high: np.ndarray, numbers: np.ndarray) -> None:
        slots = self.slots(low, high)
        while len(slots):
            free = self.number[slots] < 0
            self.number[slots[free]] = numbers[free]  # of several that want one place the last has it, the others go on
            here = self.number[slots] == numbers
            self.low[slots[here]], self.high[slots[here]] = low[here], high[here]
            slots, low, high, numbers = (array[~here] for array in ((slots + 1) % len(self.number), low, high, numbers))

    def slots(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """The place of each word, if no other has it."""
        mixed = (low ^ (low >> np.uint64(29)) ^ (high * ODD)) * ODD
        return (mixed >> np.uint64(65 - len(self.number).bit_length())).astype(np.int64)


def edges(kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where words begin, and the places after their last units."""
    begins = kinds == SINGLE
    ends = begins.copy()
    inside = np.concatenate([[False], kinds >= RUN, [False]])
    begins |= inside[1:-1] & ~inside[:-2]
    ends |= inside[1:-1] & ~inside[2:]
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def halves(letters: bytes, first: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last eight letters of words as whole numbers; what a word lacks is 0."""
    eights = np.ndarray(len(letters) + 9, dtype="<u8", buffer=letters + bytes(PACKED), strides=(1,))
    low, high = eights[first] & HALF[np.minimum(size, 8)], np.zeros(len(first), dtype=np.uint64)
    long = np.flatnonzero(size > 8)
    high[long] = eights[first[long] + 8] & HALF[size[long] - 8]
    return low, high


def num_units(texts: Sequence[str], astral: bool) -> np.ndarray:
    """[texts] UTF-16 units of each; where there are `astral` characters, not one each."""
    counts = (len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts) if astral else map(len, texts)
    return np.fromiter(counts, dtype=np.int64, count=len(texts))


def with_room(array: np.ndarray, size: int) -> np.ndarray:
    """The array, or one at least twice as long that begins with it."""
    if len(array) >= size:
        return array
    return np.concatenate([array, np.zeros_like(array, shape=max(size - len(array), len(array)))])
