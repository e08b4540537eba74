"""Repeated texts: exactly (after folding case, width and blanks) and nearly (MinHash over character 5-grams)."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from groundup.data import draws
from groundup.data.clean.minhash import GRAM, LONGEST, PERMUTATIONS, fold, sketches
from groundup.data.settings import DedupSettings
from groundup.errors import InputError

SKETCH = 2 * PERMUTATIONS  # bytes
KEY = 16  # bytes
STRICT, LEAST = 0.8, 0.5  # similarities: from the first on 16 bands find nearly all, below it 32 do, down to the second
SLOTS = 2**10  # at first
CHUNK = 2**16
WEIGHTS = np.array([draws.key(0, "dedup", n) | 1 for n in range(KEY // 8)], dtype=np.uint64)


class Fingerprint(NamedTuple):
    """What a text is compared by."""

    key: bytes  # 128 bits that stand for the folded text; empty where exact repeats are not wanted
    sketch: bytes  # empty for a text too short for one, and where near repeats are not wanted
    length: int = 0  # in characters


def exact_key(text: str) -> bytes:
    """128 bits that stand for the folded text."""
    return key_of(fold(text))


def key_of(folded: str) -> bytes:
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=KEY).digest()


def look_at(texts: Sequence[str], settings: DedupSettings) -> list[Fingerprint]:
    """What texts are compared by, as far as the settings want it."""
    folded = list(map(fold, texts)) if settings.exact else [""] * len(texts)
    keys = list(map(key_of, folded)) if settings.exact else [b""] * len(texts)
    long = [n for n, text in enumerate(texts) if settings.near and len(text) >= 4 * GRAM]
    beginnings = [folded[n] if folded[n] and len(texts[n]) <= LONGEST else fold(texts[n][:LONGEST]) for n in long]
    sketched = [b""] * len(texts)
    for n, sketch in zip(long, sketches(beginnings), strict=True):
        sketched[n] = sketch
    return list(map(Fingerprint, keys, sketched, map(len, texts)))


class Repeats:
    """Finds earlier texts that a new one repeats.

    Texts are compared that have a band in common, which is a part of a sketch. Memory grows with the number of texts, not with
    their length: by 24 to 32 bytes for a text's key, 8 and its length for its name, and 462 to 590 for its sketch and what
    finds it (654 to 910 with 32 bands).
    """

    def __init__(self, settings: DedupSettings):
        if settings.near and settings.similarity < LEAST:
            what = f"sketches do not find texts that are as little alike as {settings.similarity}"
            raise InputError("SIMILARITY_TOO_LOW", "dedup.similarity", what, f"ask for {LEAST} or more")
        self.settings = settings
        self.names = Names()
        self.many = 16 if settings.similarity >= STRICT else 32  # bands
        self.width = SKETCH // self.many
        self.keys, self.bands = Index(KEY), Index(self.width)
        self.sketched = array("I")  # numbers of the texts that have a sketch
        self.lengths = array("Q")  # of these, in characters
        self.following = array("I")  # for each band the number of the next like it; 0 where there is none

    def find(self, names: Sequence[str], looks: Sequence[Fingerprint]) -> Iterator[tuple[str, str] | None]:
        """For each text ("EXACT_DUPLICATE" or "NEAR_DUPLICATE", name of the earlier text), or None for a new one, which is
        remembered."""
        for name, (look, *known) in zip(names, self.known(looks), strict=True):
            same, bands = self.latest(look, *known)
            near = next(iter(self.similar(look, bands)), None) if same is None else None
            if same is not None:
                yield "EXACT_DUPLICATE", self.names[same]
            elif near is not None:
                yield "NEAR_DUPLICATE", self.names[near]
            else:
                self.remember(look, *known, name)
                yield None

    def link(self, looks: Sequence[Fingerprint], add: bool = True) -> Iterator[list[int]]:
        """For each text the numbers of all remembered ones that it repeats, exactly or nearly; it is remembered in any case, or
        never."""
        for look, *known in self.known(looks):
            same, bands = self.latest(look, *known)
            matches = [*([] if same is None else [same]), *self.similar(look, bands)]
            if add:
                self.remember(look, *known, "")
            yield matches

    def known(self, looks: Sequence[Fingerprint]) -> Iterator[tuple[Fingerprint, list[int], list[int]]]:
        """Each text with the numbers of its key and its bands, as far as they were there before this batch."""
        keys = iter(self.keys.find(b"".join(look.key for look in looks)).tolist())
        bands = iter(self.bands.find(b"".join(look.sketch for look in looks)).tolist())
        for look in looks:
            yield look, list(islice(keys, len(look.key) // KEY)), list(islice(bands, len(look.sketch) // self.width))

    def latest(self, look: Fingerprint, keys: list[int], bands: list[int]) -> tuple[int | None, list[int]]:
        """The number of the text with this key, and those of the bands, that are there by now."""
        same = sum(self.keys.latest(look.key, keys))
        return same - 1 if same else None, self.bands.latest(look.sketch, bands)

    def similar(self, look: Fingerprint, bands: list[int]) -> list[int]:
        """Numbers of the texts that are nearly this one: band by band, in the order in which they came.

        The share of permutations in which two sketches agree estimates the share of 5-grams in common. Of a text longer than
        its sketch looks at, it is that of the beginnings; then the lengths must be as much alike.
        """
        numbers = list(dict.fromkeys(self.sharing(bands)))
        if not numbers:
            return []
        sketch = np.frombuffer(look.sketch, dtype="<u2")
        known = np.frombuffer(self.bands.records, dtype="<u2").reshape(-1, PERMUTATIONS)
        matches = []
        for start in range(0, len(numbers), CHUNK):
            some = numbers[start : start + CHUNK]
            agreed = np.count_nonzero(known[some] == sketch, axis=1) / PERMUTATIONS >= self.settings.similarity
            matches += [number for number, enough in zip(some, agreed.tolist(), strict=True) if enough]
        return [self.sketched[number] for number in matches if self.as_long(look.length, self.lengths[number])]

    def sharing(self, bands: list[int]) -> Iterator[int]:
        """Numbers of the sketches that have one of these bands, some several times."""
        for band in bands:
            while band:
                yield (band - 1) // self.many
                band = self.following[band - 1]

    def as_long(self, one: int, other: int) -> bool:
        """Whether two texts can be alike by their lengths, as far as their sketches leave that open."""
        shorter, longer = sorted((one, other))
        return longer <= LONGEST or shorter >= self.settings.similarity * longer

    def remember(self, look: Fingerprint, keys: list[int], bands: list[int], name: str) -> None:
        self.keys.add(look.key, keys)
        if look.sketch:
            self.sketched.append(len(self.names))
            self.lengths.append(look.length)
            newest = len(self.following)
            self.following.extend([0] * self.many)
            for first in self.bands.add(look.sketch, bands):
                newest += 1
                if first != newest:
                    self.chain(first, newest)
        self.names.append(name)

    def chain(self, first: int, newest: int) -> None:
        """The newest band follows the last of those that are like it, of which `first` came first."""
        while following := self.following[first - 1]:
            first = following
        self.following[first - 1] = newest


class Index:
    """Records of `width` bytes, numbered from 1 as they come; the first of those that are alike is found, or 0.

    A table of numbers with open places, at most half full: beside its records it takes 8 to 16 bytes for each that is new.
    Batches are looked up in it together; what a batch adds is found by `latest`, and gets its place before the next.
    """

    def __init__(self, width: int):
        self.width, self.records, self.slots = width, bytearray(), np.zeros(SLOTS, dtype=np.uint32)
        self.count = self.different = 0
        self.young: dict[bytes, int] = {}

    def find(self, records: bytes) -> np.ndarray:
        """[records] the number of each of several records laid end to end, as far as it was there before this batch."""
        self.settle()
        words, known = self.words(records), self.words(self.records)
        first_numbers = np.zeros(len(words), dtype=np.uint32)
        left, place = np.arange(len(words)), self.places(words)
        while len(left):
            filled = np.flatnonzero(self.slots[place])
            left, place = left[filled], place[filled]
            numbers = self.slots[place]
            same = (known[numbers - 1] == words[left]).all(axis=1)
            first_numbers[left[same]] = numbers[same]
            left, place = left[~same], self.after(place[~same])
        return first_numbers

    def latest(self, records: bytes, known: Sequence[int]) -> list[int]:
        """The numbers of records by now, of which `known` were there before this batch."""
        width = self.width
        return [number or self.young.get(records[n * width : (n + 1) * width], 0) for n, number in enumerate(known)]

    def add(self, records: bytes, known: Sequence[int]) -> list[int]:
        """Remember records; the numbers of the first like each, which may be itself."""
        self.records += records
        first = []
        for n, number in enumerate(known):
            self.count += 1
            first.append(number or self.young.setdefault(records[n * self.width : (n + 1) * self.width], self.count))
        return first

    def settle(self) -> None:
        """Give what was added its place in the table, which is made larger where it has to be."""
        numbers = np.fromiter(self.young.values(), dtype=np.uint32, count=len(self.young))
        self.young.clear()
        self.different += len(numbers)
        if 2 * self.different > len(self.slots):
            numbers = np.concatenate([self.slots[self.slots > 0], numbers])
            self.slots = np.zeros(2 ** (2 * self.different).bit_length(), dtype=np.uint32)
        known = self.words(self.records)
        for start in range(0, len(numbers), CHUNK):
            left = numbers[start : start + CHUNK]
            place = self.places(known[left - 1])
            while len(left):
                free = self.slots[place] == 0
                self.slots[place[free]] = left[free]  # of several that want one place the last has it, the others go on
                on = self.slots[place] != left
                left, place = left[on], self.after(place[on])

    def words(self, records: bytes | bytearray) -> np.ndarray:
        """[records, words] uint64"""
        return np.frombuffer(records, dtype="<u8").reshape(-1, self.width // 8)

    def places(self, words: np.ndarray) -> np.ndarray:
        """The place of each record, if no other has it."""
        hashed = draws.mix((words * WEIGHTS[: words.shape[1]]).sum(axis=1, dtype=np.uint64))
        return hashed & np.uint64(len(self.slots) - 1)

    def after(self, places: np.ndarray) -> np.ndarray:
        """The next places."""
        return (places + np.uint64(1)) & np.uint64(len(self.slots) - 1)


class Names:
    """Texts in two arrays: their UTF-8 and 8 bytes each."""

    def __init__(self):
        self.letters, self.starts = bytearray(), array("Q", [0])

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> str:
        return self.letters[self.starts[number] : self.starts[number + 1]].decode("utf-8", "surrogatepass")

    def append(self, name: str) -> None:
        self.letters += name.encode("utf-8", "surrogatepass")
        self.starts.append(len(self.letters))
