"""Answers cut from a text against reference answers: exact match and F1, from 0 to 1, best over the references, mean over rows.

English as SQuAD counts (*Rajpurkar et al., 2016, arXiv:1606.05250*; an empty answer is right where there is none, *2018,
arXiv:1806.03822*), Chinese as CMRC 2018 does (*Cui et al., 2019, arXiv:1810.07366*), other languages that part no words by
characters. They differ; never mix them.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from groundup.errors import InputError
from groundup.metrics.scores import SummedScores, check_lengths, row_means

FIGURES = ("exact_match", "f1")
ARTICLE = re.compile(r"\b(?:a|an|the)\b")
NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
CHINESE_MARKS = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")  # what CMRC 2018 leaves out
CHINESE = "\u4e00-\u9fa5"
APART = "\"'!?;,.@#$%&()<>\\[\\]{}–—"  # marks that are pieces of their own, unless within a word:
COMMA, STOP = ",(?=[0-9])", f"\\.(?![.]|\\s*(?:[{CHINESE}]|$))"  # 3,000 and U.S., but not the stop of a sentence
APOSTROPHE = "'(?=[a-z])(?!(?:[smd]|ll|re|ve)(?![a-z]))"  # Xi'an, but not it's
PIECE = re.compile(f"[{CHINESE}]|(?:[^\\s{CHINESE}{APART}]|{COMMA}|{STOP}|{APOSTROPHE})+|[.]+|'[a-z]*|\\S")


def answer_scores(references: Sequence[Sequence[str]], predictions: Sequence[str], language: str = "en") -> SummedScores:
    """`exact_match` and `f1` of N predicted answers, each with the reference that is best for it.

    A row without references is a question without answer: right is the empty prediction. Where there are such rows, the
    figures of both kinds stand apart, too: `has_answer_f1`, `no_answer_f1`, and so on. `language` is en, zh or characters;
    InputError for another.
    """
    check_lengths(references=references, predictions=predictions)
    if language not in RULES:
        what, fix = f"answers in {language!r} cannot be compared", f"say one of {', '.join(RULES)}"
        raise InputError("UNKNOWN_LANGUAGE", "language", what, fix)
    plain, f1 = RULES[language]
    rows = []
    for row, prediction in zip(references, predictions):
        if isinstance(row, str):
            raise ValueError("references are a list of texts for each row")
        true = row or [""]
        rows.append([max(plain(text) == plain(prediction) for text in true), max(f1(text, prediction) for text in true)])
    values, answered = np.array(rows, dtype=np.float64).reshape(-1, 2), np.array([bool(row) for row in references], bool)
    if answered.all():
        return row_means(FIGURES, values)
    apart = [np.where(chosen[:, None], values, np.nan) for chosen in (answered, ~answered)]
    names = [*FIGURES, *(f"{part}_{name}" for part in ("has_answer", "no_answer") for name in FIGURES)]
    return row_means(names, np.concatenate([values, *apart], axis=1))


def plain_english(text: str) -> str:
    """Lower case, without punctuation (ASCII) and articles, words parted by single blanks."""
    return " ".join(ARTICLE.sub(" ", text.lower().translate(NO_PUNCTUATION)).split())


def english_f1(reference: str, prediction: str) -> float:
    """F1 of the words, in any order."""
    true, ours = plain_english(reference).split(), plain_english(prediction).split()
    if not true or not ours:
        return float(true == ours)
    return 2 * (Counter(true) & Counter(ours)).total() / (len(true) + len(ours))


def plain_chinese(text: str) -> str:
    """Lower case, without the marks of CMRC 2018."""
    return text.lower().strip().translate(CHINESE_MARKS)


def chinese_pieces(text: str) -> list[str]:
    """Chinese characters one by one; words and numbers whole, ASCII marks apart from them.

    CMRC 2018 leaves the words to `nltk.word_tokenize`; these are its rules but for some contractions ("don't").
    """
    return PIECE.findall(plain_chinese(text))


def chinese_f1(reference: str, prediction: str) -> float:
    """F1 of the longest run of pieces that both share."""
    true, ours = chinese_pieces(reference), chinese_pieces(prediction)
    if not true or not ours:
        return float(true == ours)
    return 2 * longest_run(true, ours) / (len(true) + len(ours))


def plain_characters(text: str) -> str:
    """Lower case, one width, without marks and blanks of any script."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(one for one in folded if not one.isspace() and unicodedata.category(one)[0] != "P")


def character_f1(reference: str, prediction: str) -> float:
    """F1 of the characters, in any order, as JSQuAD counts Japanese (*Kurihara et al., 2022, JGLUE*)."""
    true, ours = Counter(plain_characters(reference)), Counter(plain_characters(prediction))
    if not true or not ours:
        return float(true == ours)
    return 2 * (true & ours).total() / (true.total() + ours.total())


def longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common substring of two lists of pieces."""
    longest, above = 0, [0] * (len(other) + 1)
    for piece in one:
        row = [0] * (len(other) + 1)
        for n, there in enumerate(other):
            if piece == there:
                row[n + 1] = above[n] + 1
        longest, above = max(longest, *row), row
    return longest


Rule = tuple[Callable[[str], str], Callable[[str, str], float]]
RULES: dict[str, Rule] = {
    "en": (plain_english, english_f1),
    "zh": (plain_chinese, chinese_f1),
    "characters": (plain_characters, character_f1),
}
