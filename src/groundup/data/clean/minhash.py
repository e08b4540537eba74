"""Sketches of texts: MinHash over the character 5-grams of the folded text (Broder, 1997), by the package rensa.

Grams are hashed here, all of a text at once, as rensa would hash them one by one: FxHash (rustc-hash 2.1) of their UTF-8.
Of the least hash of each permutation the lower half is kept (b-bit MinHash; Li and König, 2010): two that differ look alike
once in 65,536 times.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np

INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
HALF_PAIR = re.compile("[\ud800-\udfff]")
PERMUTATIONS = 128
GRAM = 5
LONGEST = 20_000  # characters of a text that its sketch looks at
TOGETHER = 2**14  # characters hashed at once
HALF, HALVED = np.uint64(2**32 - 1), np.uint64(32)
FIRST, SECOND = np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344)  # seeds of FxHash
FACTOR = np.uint64(0xF1357AEA2E62A9C5)


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, case folded, blanks collapsed, invisible characters gone."""
    folded = text.casefold() if text.isascii() else "\n".join(map(fold_line, text.split("\n")))
    line = folded.replace("\n", " ")
    return line.strip(" ") if "  " not in line and line.isprintable() else " ".join(folded.split())


def fold_line(line: str) -> str:
    """Most lines of a text beyond ASCII are not beyond it, and nothing reaches from one into another."""
    return line.casefold() if line.isascii() else INVISIBLE.sub("", unicodedata.normalize("NFKC", line)).casefold()


def sketches(texts: Sequence[str]) -> list[bytes]:
    """PERMUTATIONS x uint16 of each folded text: of the least hash of its 5-grams in each permutation the lower half."""
    signatures: list[bytes] = []
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= TOGETHER:
            signatures += sketch_together(waiting)
            waiting, size = [], 0
    return [*signatures, *sketch_together(waiting)]


def sketch_together(texts: Sequence[str]) -> Iterator[bytes]:
    """Sketches of texts whose grams are hashed together, with those that reach from one into the next, which no one has."""
    hashes, start = hash_grams("".join(texts)), 0
    for text in texts:
        yield sketch(hashes[start : start + len(text) - GRAM + 1] if len(text) >= GRAM else ask([text]))
        start += len(text)


def sketch(hashes: np.ndarray) -> bytes:
    """The sketch of a text whose grams have these hashes."""
    from rensa import RMinHash  # ty: ignore[missing-module-member]

    edges = np.array([0, len(hashes)], dtype=np.uint64)  # one text a call: for several, rensa would start threads
    digest = RMinHash.digest_matrix_from_flat_token_hashes(hashes, edges, PERMUTATIONS, 1)
    return np.array(digest.to_rows()[0], dtype="<u4").astype("<u2").tobytes()


def hash_grams(text: str) -> np.ndarray:
    """[grams] uint64 hash of each 5-gram of a text, in order; of a shorter text, of all of it."""
    if len(text) <= GRAM:
        return ask([text])
    data = text.encode("utf-8", "surrogatepass")
    padded = data + bytes(8)
    if text.isascii():
        fours = np.ndarray(len(data), dtype="<u4", buffer=padded, strides=(1,)).astype(np.uint64)
        return mix(fours[: 1 - GRAM], fours[1 : 2 - GRAM], np.uint64(GRAM))
    edges = np.flatnonzero(np.frombuffer(data + b"\0", dtype=np.uint8) & 0xC0 != 0x80)
    first, last = edges[:-GRAM], edges[GRAM:]
    size = last - first
    eights = np.ndarray(len(data), dtype="<u8", buffer=padded, strides=(1,)).copy()
    wide = size >= 8
    short = np.where(wide, np.uint64(2**64 - 1), np.uint64(2**32 - 1))  # the first and the last eight bytes, or four
    hashes = mix(eights[first] & short, eights[last - np.where(wide, 8, 4)] & short, size.astype(np.uint64))
    long = np.flatnonzero(size > 16)  # several characters beyond the first plane
    if len(long):
        hashes[long] = ask([text[i : i + GRAM] for i in long.tolist()])
    return hashes


def ask(grams: Sequence[str]) -> np.ndarray:
    """The hashes that rensa itself gives."""
    from rensa import RMinHash  # ty: ignore[missing-module-member]

    whole = [HALF_PAIR.sub("\ufffd", gram) for gram in grams]  # rensa takes no text with such a half
    return np.array(RMinHash.hash_token_sets([whole])[0], dtype=np.uint64)


def mix(low: np.ndarray, high: np.ndarray, size: np.ndarray | np.uint64) -> np.ndarray:
    """FxHash of 5 to 16 bytes, told by their first and last eight (of fewer, four) and their number: the halves of a product
    of 128 bits, one XOR the other."""
    a, b = low ^ FIRST, high ^ SECOND
    a0, a1, b0, b1 = a & HALF, a >> HALVED, b & HALF, b >> HALVED
    middle = a1 * b0 + (a0 * b0 >> HALVED)
    other = a0 * b1 + (middle & HALF)
    folded = (a * b) ^ (a1 * b1 + (middle >> HALVED) + (other >> HALVED))
    mixed = (folded ^ size) * FACTOR
    return (mixed << np.uint64(26)) | (mixed >> np.uint64(38))
