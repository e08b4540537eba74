"""Repeated texts: exactly (after folding case, width and blanks) and nearly (MinHash over character 5-grams)."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from groundup.data.settings import DedupSettings

INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
PERMUTATIONS, BANDS = 128, 16
GRAM = 5
LONGEST = 20_000  # characters of a text that its sketch looks at


def fold(text: str) -> str:
    """The form in which texts are compared: NFKC, case folded, blanks collapsed, invisible characters gone."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


def exact_key(text: str) -> bytes:
    """128 bits that stand for the folded text."""
    return hashlib.blake2b(fold(text).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def grams(text: str) -> list[str]:
    """Character 5-grams of the folded text; they serve Chinese and English alike."""
    folded = fold(text[:LONGEST])
    return [folded[i : i + GRAM] for i in range(max(1, len(folded) - GRAM + 1))]


class Repeats:
    """Finds the earlier text that a new one repeats. Memory grows by about 1 KB a text, not with its length."""

    def __init__(self, settings: DedupSettings):
        self.settings = settings
        self.seen: dict[bytes, int] = {}
        self.names: list[str] = []
        if settings.near:
            from rensa import RMinHashLSH

            self.sketches: list = []
            self.index = RMinHashLSH(threshold=settings.similarity, num_perm=PERMUTATIONS, num_bands=BANDS)

    def find(self, name: str, text: str) -> tuple[str, str] | None:
        """("EXACT_DUPLICATE" or "NEAR_DUPLICATE", name of the earlier text); None for a new text, which is remembered."""
        key = exact_key(text) if self.settings.exact else b""
        if self.settings.exact and key in self.seen:
            return "EXACT_DUPLICATE", self.names[self.seen[key]]
        if self.settings.near and len(text) >= 4 * GRAM:
            from rensa import RMinHash

            sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
            sketch.update(grams(text))
            for number in self.index.query(sketch):
                if sketch.jaccard(self.sketches[number]) >= self.settings.similarity:
                    return "NEAR_DUPLICATE", self.names[number]
            self.index.insert(len(self.names), sketch)
            self.sketches.append(sketch)
        elif self.settings.near:
            self.sketches.append(None)
        if self.settings.exact:
            self.seen[key] = len(self.names)
        self.names.append(name)
        return None
