"""Chance without state: draw n of a stream is a hash of (seed, stream, n).

Resume, another number of workers and prefetching cannot change what is drawn, and there is no generator to save.
The hash is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014, "Fast splittable pseudorandom number generators").
"""

from __future__ import annotations

import hashlib

import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
UNIT = 2.0**-53


def mix(values: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser: a bijection of 64-bit words in which every input bit reaches every output bit."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def key(seed: int, *stream: object) -> int:
    """The 64-bit key of a named stream."""
    name = "/".join(map(str, (seed, *stream)))
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def words(stream_key: int, numbers: np.ndarray | int, places: np.ndarray | int = 0) -> np.ndarray:
    """uint64 draws, one for each pair (number, place); both broadcast."""
    numbers = np.asarray(numbers, dtype=np.uint64)
    places = np.asarray(places, dtype=np.uint64)
    with np.errstate(over="ignore"):
        first = mix(numbers * GOLDEN + np.uint64(stream_key))
        return mix(first + (places + np.uint64(1)) * GOLDEN)


def uniform(stream_key: int, numbers: np.ndarray | int, places: np.ndarray | int = 0) -> np.ndarray:
    """float64 draws in [0, 1), one for each pair (number, place)."""
    return (words(stream_key, numbers, places) >> np.uint64(11)).astype(np.float64) * UNIT


class Epochs:
    """Examples by number: example n is one of `size`, in an order that is new each epoch and pure in (stream, epoch)."""

    def __init__(self, stream_key: int, size: int):
        self.key, self.size = stream_key, size
        self.epoch, self.order = -1, np.empty(0, dtype=np.int64)

    def places(self, numbers: np.ndarray) -> list[int]:
        """The places of these examples, of any epochs."""
        examples = []
        for number in numbers:
            epoch, place = divmod(int(number), self.size)
            if epoch != self.epoch:
                self.epoch, self.order = epoch, permutation(self.key, epoch, self.size)
            examples.append(int(self.order[place]))
        return examples


def permutation(stream_key: int, epoch: int, size: int) -> np.ndarray:
    """A pseudo-random order of range(size), pure in (stream, epoch)."""
    return np.argsort(words(stream_key, epoch, np.arange(size, dtype=np.uint64)), kind="stable")
