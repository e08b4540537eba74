"""Words of text by their numbers: batches of texts in a few passes of numpy over their UTF-16 units.

A tokenizer that splits text into words before it looks at them treats each word alike wherever it stands, so what it makes of
one need be asked once. A word here is one ideograph or mark, or a run of Latin letters, digits and everything hard (accents,
other scripts, emojis, control characters): the tokenizer alone knows what it makes of those, and nothing of it reaches beyond
the marks, ideographs and blanks around.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MARKS = "“”‘’—–…·，。！？；：、（）《》「」『』【】"  # punctuation in Unicode, unchanged by any normalization
BLANK, SINGLE, RUN, HARD = range(4)  # kinds of characters; a run goes on through letters and what is hard
PACKED = 16  # letters of a word that is found by its two halves, as whole numbers; longer and hard ones are texts
MOST_WORDS = 2**18  # kept, in about 40 MB; a corpus has no end of them, and those that are frequent are soon known again
MOST_CHARACTERS = 2**24  # of those kept as texts
SLOTS = 2**14  # at first
ODD = np.uint64(0x9E3779B97F4A7C15)


def make_kinds() -> np.ndarray:
    """[2^16] the kind of each UTF-16 unit."""
    kinds = np.full(2**16, HARD, dtype=np.uint8)
    kinds[0x4E00:0xA000] = SINGLE  # ideographs
    for letter in [*map(chr, range(0x20, 0x7F)), *"\t\n\r", *MARKS]:
        kinds[ord(letter)] = BLANK if letter.isspace() else RUN if letter.isalnum() else SINGLE
    return kinds


KINDS = make_kinds()
HALF = np.array([2 ** (8 * n) - 1 for n in range(9)], dtype=np.uint64)  # masks of the first n of eight letters


class Words:
    """Numbers the words of texts as they come."""

    def __init__(self, lowercase: bool):
        self.lowercase = lowercase
        self.forget()

    def forget(self) -> None:
        """Know no word."""
        self.num_words = self.characters = 0
        self.singles = np.full(2**16, -1, dtype=np.int32)
        self.packed = Packed()
        self.texts: dict[str, int] = {}

    def learn(self, words: Sequence[str], plain: bool) -> range:
        """The numbers of words that are new; `plain` ones are in lower case, if case is folded, and not split into more."""
        raise NotImplementedError

    def numbers(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each word begins, and its number."""
        if self.num_words > MOST_WORDS or self.characters > MOST_CHARACTERS:
            self.forget()
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
            self.singles[new] = self.learn([chr(code) for code in new.tolist()], plain=True)
            numbers = self.singles[codes]
        return numbers

    def find_packed(self, units: np.ndarray, first: np.ndarray, size: np.ndarray) -> np.ndarray:
        letters = units.astype(np.uint8).tobytes()
        low, high = halves(letters.lower() if self.lowercase else letters, first, size)
        numbers = self.packed.find(low, high)
        missing = np.flatnonzero(numbers < 0)
        if len(missing):
            new = np.unique(np.stack([low[missing], high[missing]], axis=1).view(f"S{PACKED}")[:, 0])
            self.packed.add(*new.view("<u8").reshape(-1, 2).T, self.learn(new.astype(str).tolist(), plain=True))
            numbers[missing] = self.packed.find(low[missing], high[missing])
        return numbers

    def find_texts(self, units: np.ndarray, first: np.ndarray, size: np.ndarray) -> np.ndarray:
        codec, places = "ascii" if units.itemsize == 1 else "utf-16-le", zip(first.tolist(), size.tolist(), strict=True)
        words = [units[start : start + count].tobytes().decode(codec, "surrogatepass") for start, count in places]
        if new := sorted(set(words).difference(self.texts)):
            self.characters += sum(map(len, new))
            self.texts |= zip(new, self.learn(new, plain=False), strict=True)
        return np.array([self.texts[word] for word in words], dtype=np.int32)


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
            numbers[other] = ids = self.number[there]
            other = other[(ids >= 0) & ((self.low[there] != low[other]) | (self.high[there] != high[other]))]
        return numbers

    def add(self, low: np.ndarray, high: np.ndarray, numbers: range) -> None:
        """Words that are new and distinct."""
        self.count += len(numbers)
        if 2 * self.count > len(self.number):
            used = self.number >= 0
            old = self.low[used], self.high[used], self.number[used]
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


def units_of(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The UTF-16 units of texts, one after another with a blank between, and [texts] the place after each and its blank."""
    joined = "\n".join([*texts, ""])
    if joined.isascii():
        units = np.frombuffer(joined.encode("ascii"), dtype=np.uint8)
    else:
        units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    return units, np.cumsum(num_units(texts, len(joined) < len(units)) + 1)


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
