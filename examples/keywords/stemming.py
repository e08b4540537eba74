"""The suffix stripper of Porter (1980, doi:10.1108/eb046814), written from the paper: `stem("extractions")` is "extract"."""

from __future__ import annotations

import re
from functools import lru_cache

SECOND = (
    "ational:ate tional:tion enci:ence anci:ance izer:ize abli:able alli:al entli:ent eli:e ousli:ous ization:ize ation:ate "
    "ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble"
)
THIRD = "icate:ic ative: alize:al iciti:ic ical:ic ful: ness:"
FOURTH = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize".split()
PAIRS = {2: dict(p.split(":") for p in SECOND.split()), 3: dict(p.split(":") for p in THIRD.split())}


def pattern(word: str) -> str:
    """c and v for consonants and vowels; y after a consonant is a vowel."""
    found = ""
    for letter in word:
        found += "v" if letter in "aeiou" or (letter == "y" and found.endswith("c")) else "c"
    return found


def measure(word: str) -> int:
    """How often a consonant follows a vowel."""
    return len(re.findall("v+c+", pattern(word)))


def short(word: str) -> bool:
    """Ends consonant, vowel, consonant other than w, x, y."""
    return pattern(word).endswith("cvc") and word[-1] not in "wxy"


@lru_cache(maxsize=2**16)
def stem(word: str) -> str:
    """The stem of a lower-case English word; other words stay."""
    if len(word) < 3 or not re.fullmatch("[a-z]+", word):
        return word
    word = past(plural(word))
    if word.endswith("y") and "v" in pattern(word[:-1]):
        word = word[:-1] + "i"
    for step in (2, 3):
        ending = longest(word, PAIRS[step])
        if ending and measure(word[: -len(ending)]) > 0:
            word = word[: -len(ending)] + PAIRS[step][ending]
    ending = longest(word, FOURTH)
    rest = word[: -len(ending)] if ending else word
    if ending and measure(rest) > 1 and (ending != "ion" or rest.endswith(("s", "t"))):
        word = rest
    if word.endswith("e") and (measure(word[:-1]) > 1 or (measure(word[:-1]) == 1 and not short(word[:-1]))):
        word = word[:-1]
    return word[:-1] if word.endswith("ll") and measure(word) > 1 else word


def longest(word: str, endings) -> str:
    """The longest of the endings that the word has, or nothing."""
    return max((ending for ending in endings if word.endswith(ending)), key=len, default="")


def plural(word: str) -> str:
    """Step 1a."""
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def past(word: str) -> str:
    """Step 1b."""
    if word.endswith("eed"):
        return word[:-1] if measure(word[:-3]) > 0 else word
    for ending in ("ed", "ing"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and "v" in pattern(rest):
            if rest.endswith(("at", "bl", "iz")):
                return rest + "e"
            if rest[-1:] == rest[-2:-1] and pattern(rest).endswith("c") and rest[-1] not in "lsz":
                return rest[:-1]
            return rest + "e" if measure(rest) == 1 and short(rest) else rest
    return word
