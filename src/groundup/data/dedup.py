"""Repeated texts: exactly (after folding case, width and blanks) and nearly (MinHash over character 5-grams)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from groundup.data.settings import DedupSettings

INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
PERMUTATIONS, BANDS = 128, 16
GRAM = 5
LONGEST = 20_000  # characters of a text that its sketch looks at


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, case folded, blanks collapsed, invisible characters gone."""
    visible = text if text.isascii() else INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(visible.casefold().split())


def exact_key(text: str) -> bytes:
    """128 bits that stand for the folded text."""
    return hashlib.blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def grams(text: str) -> set[str]:
    """Character 5-grams of the folded text; they serve Chinese and English alike."""
    folded = fold(text[:LONGEST])
    return {folded[i : i + GRAM] for i in range(max(1, len(folded) - GRAM + 1))}


class Repeats:
    """Finds earlier texts that a new one repeats. Memory grows by about 1 KB a text, not with its length."""

    def __init__(self, settings: DedupSettings):
        self.settings = settings
        self.first: dict[bytes, int] = {}  # exact key -> number of the first text that has it
        self.names: list[str] = []
        self.sketches: list = []  # None for a text too short for one
        if settings.near:
            from rensa import RMinHashLSH  # ty: ignore[missing-module-member]

            self.index = RMinHashLSH(threshold=settings.similarity, num_perm=PERMUTATIONS, num_bands=BANDS)

    def find(self, name: str, text: str) -> tuple[str, str] | None:
        """("EXACT_DUPLICATE" or "NEAR_DUPLICATE", name of the earlier text); None for a new text, which is remembered."""
        key, sketch = self.look(text)
        if key in self.first:
            return "EXACT_DUPLICATE", self.names[self.first[key]]
        near = next(self.similar(sketch), None)
        if near is not None:
            return "NEAR_DUPLICATE", self.names[near]
        self.remember(name, key, sketch)
        return None

    def link(self, name: str, text: str) -> list[int]:
        """Numbers of all remembered texts that this one repeats, exactly or nearly; it is remembered in any case."""
        key, sketch = self.look(text)
        found = [*([self.first[key]] if key in self.first else []), *self.similar(sketch)]
        self.remember(name, key, sketch)
        return found

    def look(self, text: str) -> tuple[bytes, object]:
        """The exact key and the sketch of a text, where they are wanted."""
        key = exact_key(text) if self.settings.exact else b""
        if not self.settings.near or len(text) < 4 * GRAM:
            return key, None
        from rensa import RMinHash  # ty: ignore[missing-module-member]

        sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update(list(grams(text)))
        return key, sketch

    def similar(self, sketch) -> Iterator[int]:
        if sketch is not None:
            for number in self.index.query(sketch):
                if sketch.jaccard(self.sketches[number]) >= self.settings.similarity:
                    yield number

    def remember(self, name: str, key: bytes, sketch) -> None:
        if key:
            self.first.setdefault(key, len(self.names))
        if sketch is not None:
            self.index.insert(len(self.names), sketch)
        self.names.append(name)
        self.sketches.append(sketch)
