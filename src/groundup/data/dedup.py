"""Repeated texts: exactly (after folding case, width and blanks) and nearly (MinHash over character 5-grams)."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from groundup.data import draws
from groundup.data.settings import DedupSettings
from groundup.data.sketch import GRAM, LONGEST, PERMUTATIONS, fold, sketch

BANDS = 16  # parts of a sketch; texts that have one in common are compared
KEY, BAND = 16, 4 * PERMUTATIONS // BANDS  # bytes
SLOTS = 2**10  # at first
CHUNK = 2**16
WEIGHTS = np.array([draws.key(0, "dedup", n) | 1 for n in range(BAND // 8)], dtype=np.uint64)


class Look(NamedTuple):
    """What a text is compared by, and where that is looked for."""

    key: bytes  # 128 bits that stand for the folded text; empty where exact repeats are not wanted
    key_place: int
    sketch: bytes  # empty for a text too short for one, and where near repeats are not wanted
    band_places: list[int]


def exact_key(text: str) -> bytes:
    """128 bits that stand for the folded text."""
    return key_of(fold(text))


def key_of(folded: str) -> bytes:
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=KEY).digest()


def look_at(text: str, settings: DedupSettings) -> Look:
    """What a text is compared by, as far as the settings want it."""
    folded = fold(text) if settings.exact else ""
    key = key_of(folded) if settings.exact else b""
    sketched = b""
    if settings.near and len(text) >= 4 * GRAM:
        sketched = sketch(folded if folded and len(text) <= LONGEST else fold(text[:LONGEST]))
    return Look(key, places(key, KEY)[0] if key else 0, sketched, places(sketched, BAND))


def places(data: bytes | bytearray, width: int) -> list[int]:
    """A hash of 64 bits of each record of `width` bytes."""
    return hashes(np.frombuffer(data, dtype="<u8").reshape(-1, width // 8)).tolist()


def hashes(words: np.ndarray) -> np.ndarray:
    """[records] uint64 of records [records, words]."""
    return draws.mix((words * WEIGHTS[: words.shape[1]]).sum(axis=1, dtype=np.uint64))


class Repeats:
    """Finds earlier texts that a new one repeats.

    Memory grows with the number of texts, not with their length: by 24 to 32 bytes for a text's key, 8 and its length for its
    name, and 710 to 840 for its sketch and what finds it.
    """

    def __init__(self, settings: DedupSettings):
        self.settings = settings
        self.names = Names()
        self.keys, self.bands = Index(KEY), Index(BAND)
        self.sketched = array("I")  # numbers of the texts that have a sketch
        self.following = array("I")  # for each band the number of the next like it; 0 where there is none

    def find(self, name: str, look: Look) -> tuple[str, str] | None:
        """("EXACT_DUPLICATE" or "NEAR_DUPLICATE", name of the earlier text); None for a new text, which is remembered."""
        if number := self.same(look):
            return "EXACT_DUPLICATE", self.names[number - 1]
        near = next(self.similar(look), None)
        if near is not None:
            return "NEAR_DUPLICATE", self.names[near]
        self.remember(name, look)
        return None

    def link(self, name: str, look: Look) -> list[int]:
        """Numbers of all remembered texts that this one repeats, exactly or nearly; it is remembered in any case."""
        same = self.same(look)
        found = [*([same - 1] if same else []), *self.similar(look)]
        self.remember(name, look)
        return found

    def same(self, look: Look) -> int:
        """Number, from 1, of the first text with this key; 0 where there is none."""
        return self.keys.find(look.key, look.key_place) if look.key else 0

    def similar(self, look: Look) -> Iterator[int]:
        """Numbers of the texts that are nearly this one: band by band, in the order in which they came."""
        seen = set()
        for n, place in enumerate(look.band_places):
            band = self.bands.find(look.sketch[n * BAND : (n + 1) * BAND], place)
            while band:
                number = (band - 1) // BANDS
                if number not in seen:
                    seen.add(number)
                    if self.likeness(look.sketch, number) >= self.settings.similarity:
                        yield self.sketched[number]
                band = self.following[band - 1]

    def likeness(self, sketch: bytes, number: int) -> float:
        """Share of the permutations in which two sketches agree: an estimate of the share of 5-grams in common."""
        size = 4 * PERMUTATIONS
        other = bytes(self.bands.records[number * size : (number + 1) * size])
        same = np.frombuffer(sketch, dtype="<u4") == np.frombuffer(other, dtype="<u4")
        return np.count_nonzero(same) / PERMUTATIONS

    def remember(self, name: str, look: Look) -> None:
        if look.key:
            self.keys.add(look.key, look.key_place)
        if look.sketch:
            self.sketched.append(len(self.names))
            for n, place in enumerate(look.band_places):
                self.chain(self.bands.add(look.sketch[n * BAND : (n + 1) * BAND], place))
        self.names.append(name)

    def chain(self, first: int) -> None:
        """The newest band follows the last of those that are like it, of which `first` came first."""
        self.following.append(0)
        newest = len(self.following)
        if first != newest:
            while following := self.following[first - 1]:
                first = following
            self.following[first - 1] = newest


class Index:
    """Records of `width` bytes, numbered from 1 as they come; the first of those that are alike is found.

    A table of numbers with open places, at most half full: beside its records it takes 8 to 16 bytes for each that is new.
    """

    def __init__(self, width: int):
        self.width, self.records, self.slots = width, bytearray(), array("I", bytes(4 * SLOTS))
        self.count = self.different = 0

    def find(self, record: bytes, place: int) -> int:
        """Number of the first such record; 0 where there is none. `place` is its hash."""
        return self.slots[self.slot(record, place)]

    def add(self, record: bytes, place: int) -> int:
        """Number of the first such record, which may be this one."""
        self.records += record
        self.count += 1
        slot = self.slot(record, place)
        if not self.slots[slot]:
            self.slots[slot] = self.count
            self.different += 1
            if 2 * self.different > len(self.slots):
                self.grow()
                return self.count
        return self.slots[slot]

    def slot(self, record: bytes, place: int) -> int:
        """Where the number of the first such record stands, or is to stand."""
        slots, records, width, last = self.slots, self.records, self.width, len(self.slots) - 1
        place &= last
        while (number := slots[place]) and records[(number - 1) * width : number * width] != record:
            place = (place + 1) & last
        return place

    def grow(self) -> None:
        """Twice as many places."""
        numbers = np.frombuffer(self.slots, dtype=np.uint32)
        numbers, last = numbers[numbers > 0], np.uint64(2 * len(self.slots) - 1)
        self.slots = array("I", bytes(8 * len(self.slots)))
        slots = np.frombuffer(self.slots, dtype=np.uint32)
        records = np.frombuffer(self.records, dtype="<u8").reshape(-1, self.width // 8)
        for start in range(0, len(numbers), CHUNK):
            left = numbers[start : start + CHUNK]
            place = hashes(records[left - 1]) & last
            while len(left):
                free = slots[place] == 0
                slots[place[free]] = left[free]  # of several that want one place the last has it, the others go on
                other = slots[place] != left
                left, place = left[other], (place[other] + np.uint64(1)) & last


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
