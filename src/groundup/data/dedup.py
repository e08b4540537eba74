"""Repeated texts: exactly (after folding case, width and blanks) and nearly (MinHash over character 5-grams)."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from groundup.data import draws
from groundup.data.settings import DedupSettings
from groundup.data.sketch import GRAM, LONGEST, PERMUTATIONS, fold, sketches

BANDS = 16  # parts of a sketch; texts that have one in common are compared
SKETCH = 2 * PERMUTATIONS  # bytes
RECORD = SKETCH // BANDS  # bytes of a band, and of a key
SLOTS = 2**10  # at first
CHUNK = 2**16
WEIGHTS = np.array([draws.key(0, "dedup", n) | 1 for n in range(RECORD // 8)], dtype=np.uint64)


class Look(NamedTuple):
    """What a text is compared by."""

    key: bytes  # 128 bits that stand for the folded text; empty where exact repeats are not wanted
    sketch: bytes  # empty for a text too short for one, and where near repeats are not wanted


def exact_key(text: str) -> bytes:
    """128 bits that stand for the folded text."""
    return key_of(fold(text))


def key_of(folded: str) -> bytes:
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=RECORD).digest()


def look_at(texts: Sequence[str], settings: DedupSettings) -> list[Look]:
    """What texts are compared by, as far as the settings want it."""
    folded = list(map(fold, texts)) if settings.exact else [""] * len(texts)
    keys = list(map(key_of, folded)) if settings.exact else [b""] * len(texts)
    long = [n for n, text in enumerate(texts) if settings.near and len(text) >= 4 * GRAM]
    beginnings = [folded[n] if folded[n] and len(texts[n]) <= LONGEST else fold(texts[n][:LONGEST]) for n in long]
    sketched = [b""] * len(texts)
    for n, sketch in zip(long, sketches(beginnings), strict=True):
        sketched[n] = sketch
    return list(map(Look, keys, sketched))


class Repeats:
    """Finds earlier texts that a new one repeats.

    Memory grows with the number of texts, not with their length: by 24 to 32 bytes for a text's key, 8 and its length for its
    name, and 454 to 582 for its sketch and what finds it.
    """

    def __init__(self, settings: DedupSettings):
        self.settings = settings
        self.names = Names()
        self.keys, self.bands = Index(), Index()
        self.sketched = array("I")  # numbers of the texts that have a sketch
        self.following = array("I")  # for each band the number of the next like it; 0 where there is none

    def find(self, names: Sequence[str], looks: Sequence[Look]) -> Iterator[tuple[str, str] | None]:
        """For each text ("EXACT_DUPLICATE" or "NEAR_DUPLICATE", name of the earlier text), or None for a new one, which is
        remembered."""
        for name, (look, *known) in zip(names, self.known(looks), strict=True):
            same, bands = self.latest(look, *known)
            near = next(self.similar(look, bands), None) if same is None else None
            if same is not None:
                yield "EXACT_DUPLICATE", self.names[same]
            elif near is not None:
                yield "NEAR_DUPLICATE", self.names[near]
            else:
                self.remember(look, *known, name)
                yield None

    def link(self, looks: Sequence[Look], add: bool = True) -> Iterator[list[int]]:
        """For each text the numbers of all remembered ones that it repeats, exactly or nearly; it is remembered in any case, or
        never."""
        for look, *known in self.known(looks):
            same, bands = self.latest(look, *known)
            found = [*([] if same is None else [same]), *self.similar(look, bands)]
            if add:
                self.remember(look, *known, "")
            yield found

    def known(self, looks: Sequence[Look]) -> Iterator[tuple[Look, list[int], list[int]]]:
        """Each text with the numbers of its key and its bands, as far as they were there before this batch."""
        keys = iter(self.keys.find(b"".join(look.key for look in looks)).tolist())
        bands = iter(self.bands.find(b"".join(look.sketch for look in looks)).tolist())
        for look in looks:
            yield look, list(islice(keys, len(look.key) // RECORD)), list(islice(bands, len(look.sketch) // RECORD))

    def latest(self, look: Look, keys: list[int], bands: list[int]) -> tuple[int | None, list[int]]:
        """The number of the text with this key, and those of the bands, that are there by now."""
        same = sum(self.keys.latest(look.key, keys))
        return same - 1 if same else None, self.bands.latest(look.sketch, bands)

    def similar(self, look: Look, bands: list[int]) -> Iterator[int]:
        """Numbers of the texts that are nearly this one: band by band, in the order in which they came."""
        seen = set()
        for band in bands:
            while band:
                number = (band - 1) // BANDS
                if number not in seen:
                    seen.add(number)
                    if self.likeness(look.sketch, number) >= self.settings.similarity:
                        yield self.sketched[number]
                band = self.following[band - 1]

    def likeness(self, sketch: bytes, number: int) -> float:
        """Share of the permutations in which two sketches agree: an estimate of the share of 5-grams in common."""
        other = bytes(self.bands.records[number * SKETCH : (number + 1) * SKETCH])
        same = np.frombuffer(sketch, dtype="<u2") == np.frombuffer(other, dtype="<u2")
        return np.count_nonzero(same) / PERMUTATIONS

    def remember(self, look: Look, keys: list[int], bands: list[int], name: str) -> None:
        self.keys.add(look.key, keys)
        if look.sketch:
            self.sketched.append(len(self.names))
            newest = len(self.following)
            self.following.extend([0] * BANDS)
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
    """Records of 16 bytes, numbered from 1 as they come; the first of those that are alike is found, or 0.

    A table of numbers with open places, at most half full: beside its records it takes 8 to 16 bytes for each that is new.
    Batches are looked up in it together; what a batch adds is found by `latest`, and gets its place before the next.
    """

    def __init__(self):
        self.records, self.slots = bytearray(), np.zeros(SLOTS, dtype=np.uint32)
        self.count = self.different = 0
        self.young: dict[bytes, int] = {}

    def find(self, records: bytes) -> np.ndarray:
        """[records] the number of each of several records laid end to end, as far as it was there before this batch."""
        self.settle()
        wanted, known = self.words(records), self.words(self.records)
        found = np.zeros(len(wanted), dtype=np.uint32)
        left, place = np.arange(len(wanted)), self.places(wanted)
        while len(left):
            taken = np.flatnonzero(self.slots[place])
            left, place = left[taken], place[taken]
            numbers = self.slots[place]
            same = (known[numbers - 1] == wanted[left]).all(axis=1)
            found[left[same]] = numbers[same]
            left, place = left[~same], self.after(place[~same])
        return found

    def latest(self, records: bytes, known: Sequence[int]) -> list[int]:
        """The numbers of records by now, of which `known` were there before this batch."""
        return [number or self.young.get(records[n * RECORD : (n + 1) * RECORD], 0) for n, number in enumerate(known)]

    def add(self, records: bytes, known: Sequence[int]) -> list[int]:
        """Remember records; the numbers of the first like each, which may be itself."""
        self.records += records
        first = []
        for n, number in enumerate(known):
            self.count += 1
            first.append(number or self.young.setdefault(records[n * RECORD : (n + 1) * RECORD], self.count))
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
        return np.frombuffer(records, dtype="<u8").reshape(-1, RECORD // 8)

    def places(self, words: np.ndarray) -> np.ndarray:
        """The place of each record, if no other has it."""
        hashed = draws.mix((words * WEIGHTS).sum(axis=1, dtype=np.uint64))
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
