"""What simple methods see of texts: TF-IDF of words or characters, by script. N rows, F features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from groundup.data.scripts import UNSPACED, script
from groundup.errors import InputError

Texts = Sequence[Sequence[str]]  # one inner sequence per row: its text columns

TFIDF = "tfidf"
STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # C of the logistic regression; larger is less regularised
MOST_FEATURES = 200_000  # per text column and kind of n-gram: the most frequent
RARE_ROWS = 10_000  # from so many training rows on, an n-gram must occur in two of them
WORD = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})\w)+")  # a word, or one character of an unspaced script


class TfidfFeatures:
    """TF-IDF per text column: word 1-2-grams, character 1-3-grams, or both, by script; of two columns also overlaps."""

    name, strengths = TFIDF, STRENGTHS

    def __init__(self, texts: Texts):
        self.kind = script(texts)
        self.num_columns = len(texts[0])
        few = 1 if len(texts) < RARE_ROWS else 2
        self.vectorizers = [self.vectorizer(kind, few) for _ in range(self.num_columns) for kind in self.kinds]

    @property
    def kinds(self) -> tuple[str, ...]:
        return ("words", "characters") if self.kind == "both" else (self.kind,)

    @staticmethod
    def vectorizer(kind: str, few: int):
        from sklearn.feature_extraction.text import TfidfVectorizer

        cut = (
            {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}
            if kind == "words"
            else {"analyzer": "char", "ngram_range": (1, 3)}
        )
        return TfidfVectorizer(**cut, sublinear_tf=True, min_df=few, max_features=MOST_FEATURES, dtype=np.float32)

    def fit(self, texts: Texts):
        """Learn the vocabulary and return the features of the same rows: a sparse matrix [N, features]."""
        try:
            return self.side_features(texts, [v.fit_transform(self.column(texts, i)) for i, v in enumerate(self.vectorizers)])
        except ValueError as error:
            if "empty vocabulary" not in str(error) and "no terms remain" not in str(error).lower():
                raise
            what, fix = "no word occurs in the training texts", "name the column that holds the text"
            raise InputError("NO_WORDS", "text column", what, fix=fix) from error

    def transform(self, texts: Texts):
        return self.side_features(texts, [v.transform(self.column(texts, i)) for i, v in enumerate(self.vectorizers)])

    def column(self, texts: Texts, vectorizer: int) -> list[str]:
        return [row[vectorizer // len(self.kinds)] for row in texts]

    def side_features(self, texts: Texts, parts: list):
        from scipy.sparse import csr_matrix, hstack

        if self.num_columns == 2:
            parts = [*parts, csr_matrix(overlaps(texts))]
        return hstack(parts, format="csr") if len(parts) > 1 else parts[0]


def overlaps(texts: Texts) -> np.ndarray:
    """What two texts share, [N, 6] float32: part of each found in the other, Jaccard (also of bigrams), lengths."""
    features = np.zeros((len(texts), 6), dtype=np.float32)
    for i, (first, second) in enumerate(texts):
        a, b = (WORD.findall(text.lower()) for text in (first, second))
        words, pairs = (set(a), set(b)), (set(pairwise(a)), set(pairwise(b)))
        shared = len(words[0] & words[1])
        features[i] = (
            shared / max(len(words[0]), 1),
            shared / max(len(words[1]), 1),
            shared / max(len(words[0] | words[1]), 1),
            len(pairs[0] & pairs[1]) / max(len(pairs[0] | pairs[1]), 1),
            (len(a) - len(b)) / max(len(a) + len(b), 1),
            float(a == b),
        )
    return features
