"""What language texts are in, as far as their script says it, and which languages part no words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

SAMPLED_TEXTS, SAMPLED_CHARACTERS = 200, 500
ENGLISH = "en"  # stands for every language that parts words by blanks
KANA = 0.1  # share of the characters of scripts without blanks from which a text is Japanese, not Chinese
UNPARTED = {  # language -> the characters of its script
    "ja": "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "bo": "\u0f00-\u0fff",
    "zh": "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
}
CHINESE = ("zh", "cmn", "lzh", "yue", "wuu")
SCRIPTS = {language: re.compile(f"[{characters}]") for language, characters in UNPARTED.items()}
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
LETTER = re.compile(r"[^\W\d_]")


def base_of(language: str) -> str:
    """The code without its region: zh of zh-CN."""
    return language.replace("_", "-").split("-")[0].lower()


def parts_no_words(language: str) -> bool:
    """Whether a language is written without blanks between words."""
    return base_of(language) in UNPARTED or base_of(language) in CHINESE


def language_of(texts: Iterable[str]) -> str:
    """The language of texts whose script says it (ja, zh, ko, th, lo, km, my, bo); else `en`, for all others."""
    sampled = "".join(text[:SAMPLED_CHARACTERS] for text in islice(texts, SAMPLED_TEXTS))
    counts = {language: len(script.findall(sampled)) for language, script in SCRIPTS.items()}
    unparted = sum(counts.values())
    if 2 * unparted > len(sampled):
        return "ja" if counts["ja"] > KANA * unparted else max(counts, key=lambda language: counts[language])
    return "ko" if 2 * len(HANGUL.findall(sampled)) > len(LETTER.findall(sampled)) else ENGLISH
