"""Words of a corpus that comes cut into words, as the running text they were."""

from __future__ import annotations

import re
from collections.abc import Sequence

UNSPACED = re.compile("[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


def join_words(words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text, and where each word stands in it. Blanks part words; in Chinese and Japanese text nothing does, except
    between two words of Latin letters or digits of more than one character (corpora give such text character by character).
    """
    unspaced = any(UNSPACED.search(word) for word in words)
    text, places = "", []
    for word in words:
        both = text and text[-1].isascii() and word[0].isascii()
        single = unspaced and (len(word) == 1 or not both)
        text += "" if not text or single else " "
        places.append((len(text), len(text) + len(word)))
        text += word
    return text, places
