"""Whether what a summary names stands in its source: a first look at invented facts, where nobody has marked entities.

Names are words with a capital letter that does not merely open a sentence, words with a digit, and in Chinese what stands in
《》. It is a rough measure: it does not see a name that is there but in the wrong place, nor Chinese names of people.
*Nan et al., 2021, arXiv:2102.09130* measure the same with a tagger's entities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from groundup.metrics.rouge import SINGLE, WIDE
from groundup.metrics.scores import SummedScores, check_lengths, row_means

PART = rf"(?:(?![{SINGLE}_])\w)+"
WORD = re.compile(rf"《[^《》]+》|{PART}(?:['’-]{PART}|[.,:](?=\d){PART})*")
OPENING = re.compile(r"(?:^|[.!?:。！？：\n])[\s\"'“”‘’()]*$")
PRONOUN = re.compile(r"I(?:['’]|$)")
POSSESSIVE = re.compile(r"['’]s?$")


def names_of(text: str) -> list[str]:
    """Names and words with digits of a text, in their order, as `words_of` has them."""
    text = text.translate(WIDE)
    matches = WORD.finditer(text)
    return [key(match[0]) for match in matches if is_name(match[0], OPENING.search(text, 0, match.start()) is not None)]


def words_of(text: str) -> list[str]:
    """All words of a text that could be names, full-width forms as ASCII, in small letters, without the 's of owners."""
    return [key(match[0]) for match in WORD.finditer(text.translate(WIDE))]


def key(word: str) -> str:
    return POSSESSIVE.sub("", word.lower())


def is_name(word: str, opens: bool) -> bool:
    """Whether a word is written as a name; a capital that opens a sentence says nothing."""
    if word[0] == "《" or any(letter.isdigit() for letter in word):
        return True
    return any(letter.isupper() for letter in (word[1:] if opens else word)) and not PRONOUN.match(word)


def name_scores(sources: Sequence[str], summaries: Sequence[str]) -> SummedScores:
    """`name_precision` of N summaries: the share of their names that are words of their sources, mean over the rows that name
    something."""
    check_lengths(sources=sources, summaries=summaries)
    rows = np.full((len(sources), 1), np.nan)
    for row, (source, summary) in enumerate(zip(sources, summaries)):
        names, known = names_of(summary), set(words_of(source))
        if names:
            rows[row] = np.mean([name in known for name in names])
    return row_means(["name_precision"], rows)
