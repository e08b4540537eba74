"""Which scripts part words by blanks, and which of them a set of texts is written in."""

from __future__ import annotations

import re
from collections.abc import Sequence

SAMPLED_ROWS, SAMPLED_CHARACTERS = 2000, 2000
# Scripts written without spaces: kana, CJK ideographs and their extensions, Thai, Lao, Khmer, Myanmar.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
LETTER = re.compile(r"[^\W\d_]")


def script(texts: Sequence[Sequence[str]]) -> str:
    """ "words" for scripts with spaces, "characters" for those without (Chinese), "both" where they mix.

    `texts` holds one inner sequence per row: its text columns.
    """
    step = max(1, len(texts) // SAMPLED_ROWS)
    sampled = " ".join(text[:SAMPLED_CHARACTERS] for row in texts[::step] for text in row)
    letters, unspaced = len(LETTER.findall(sampled)), len(UNSPACED.findall(sampled))
    share = unspaced / letters if letters else 0.0
    return "words" if share < 0.05 else "characters" if share > 0.6 else "both"
