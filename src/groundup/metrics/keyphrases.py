"""Keyphrases against those that authors or indexers gave, per document.

English phrases are compared as Porter stems of lower-cased words (Porter, 1980, An algorithm for suffix stripping),
Chinese ones as they are, after full-width and half-width forms and case are made one. N documents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from groundup.errors import InputError
from groundup.metrics.scores import SummedScores, check_lengths, row_means

CUTS = (5, 10)
WORD = re.compile(r"[^\W_]+(?:\+\+|#)?")  # C++ and C# are words
CHARACTER = re.compile(r"[a-z0-9]+|\S")
FIGURES = (*(f"f1@{k}" for k in CUTS), "f1@M", "recall_present", "upper_bound")

Phrase = tuple[str, ...]


def keyphrase_scores(
    gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]], texts: Sequence[str], language: str = "en"
) -> SummedScores:
    """Figures of N documents' phrases, predicted ones from best to worst; each the mean over documents.

    `f1@5`, `f1@10`: of the first k predictions against all gold phrases; a list shorter than k counts as filled up with
    wrong ones (Chan et al., 2019, arXiv:1906.04106). `f1@M`: of all predictions (Yuan et al., 2020, arXiv:1810.05241).
    `recall_present`: share of the gold phrases present in the text that any prediction names. `upper_bound`: share of
    the gold phrases present, which recall of phrases from the text cannot exceed. Phrases that are equal once stemmed
    count once. Documents without gold phrases are in no mean, without present ones not in that of `recall_present`.
    InputError for another language than en and zh.
    """
    check_lengths(gold=gold, predicted=predicted, texts=texts)
    stem = stemming(language)
    rows = [
        document_figures(distinct(true, stem), distinct(phrases, stem), stem(text))
        for true, phrases, text in zip(gold, predicted, texts)
    ]
    return row_means(FIGURES, np.array(rows, dtype=np.float64))


def distinct(phrases: Sequence[str], stem: Callable[[str], Phrase]) -> list[Phrase]:
    """Stemmed phrases in their order, each once; what holds no word is none."""
    return [phrase for phrase in dict.fromkeys(map(stem, phrases)) if phrase]


def document_figures(gold: list[Phrase], predicted: list[Phrase], text: Phrase) -> list[float]:
    """The figures of one document; nan where it has none."""
    if not gold:
        return [np.nan] * len(FIGURES)
    true, there = set(gold), present(gold, text)
    hits = [phrase in true for phrase in predicted]
    cut = [2 * sum(hits[:k]) / (k + len(true)) for k in CUTS]
    whole = 2 * sum(hits) / (len(hits) + len(true))
    recall = len(there & set(predicted)) / len(there) if there else np.nan
    return [*cut, whole, recall, len(there) / len(true)]


def present(phrases: Sequence[Phrase], text: Phrase) -> set[Phrase]:
    """Those whose words stand in the text one after the other."""
    lengths = {len(phrase) for phrase in phrases}
    spans = {text[at : at + n] for n in lengths for at in range(len(text) - n + 1)}
    return {phrase for phrase in phrases if phrase in spans}


def stemming(language: str) -> Callable[[str], Phrase]:
    """The function from a phrase or text to the pieces by which it is compared."""
    if language == "en":
        stem = porter()
        return lambda text: tuple(stem(word) for word in WORD.findall(fold(text)))
    if language == "zh":
        return lambda text: tuple(CHARACTER.findall(fold(text)))
    raise InputError("UNKNOWN_LANGUAGE", "language", f"keyphrases in {language!r} cannot be compared", "say en or zh")


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=1)
def porter() -> Callable[[str], str]:
    """The function from a word to its stem; needs snowballstemmer, which is an extra."""
    try:
        from snowballstemmer import stemmer
    except ImportError:
        what = "English words are stemmed by the package snowballstemmer, which is not installed"
        raise InputError("MISSING_EXTRA", "keyphrases", what, "pip install 'groundup[keyphrases]'") from None
    return lru_cache(maxsize=2**16)(stemmer("porter").stemWord)
