"""Keywords by an encoder: a phrase is worth what its vector says about the text, or what the text's vector loses without it.

The encoder is any object with `vectors(texts) -> [N, C]`; hiding words asks for `hidden_vectors` too (evaluate/predictor.py
has both). N texts, P phrases of one text, C hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import numpy as np

from groundup.keywords.baselines import Ranked
from groundup.keywords.phrases import Phrase, Phrases, Span

DIVERSITY = 0.5
GROUP = 64  # documents whose phrases go through the encoder together


class TextEncoder(Protocol):
    """Texts to vectors [N, C]."""

    def vectors(self, texts: Sequence[str]) -> np.ndarray: ...


class HidingEncoder(TextEncoder, Protocol):
    """Also texts some characters of which are hidden."""

    def hidden_vectors(self, texts: Sequence[str], hidden: Sequence[Sequence[Span]]) -> np.ndarray: ...


class EmbeddingKeywords:
    """Phrases whose vectors lie near the text's, chosen by maximal marginal relevance.

    `embedding`: cosine of the phrase's and the text's vectors (EmbedRank; Bennani-Smires et al., 2018, arXiv:1801.04470).
    `masked`: 1 - cosine of the text's vectors with and without the phrase, all of whose places are hidden (MDERank; Zhang et
    al., 2021, arXiv:2110.06651). Either is scaled to [0, 1] within a text before it is weighed against the likeness of two
    phrases; `diversity` 0 takes the best scores alone. The scores given back are unscaled.
    """

    def __init__(
        self,
        encoder: HidingEncoder,
        phrases: Phrases,
        method: Literal["embedding", "masked"] = "embedding",
        diversity: float = DIVERSITY,
    ):
        self.encoder, self.phrases, self.method, self.diversity = encoder, phrases, method, diversity

    def fit(self, texts: Sequence[str]) -> EmbeddingKeywords:
        return self

    def rank(self, text: str, k: int) -> Ranked:
        return self.rank_all([text], k)[0]

    def rank_all(self, texts: Sequence[str], k: int) -> list[Ranked]:
        """The keywords of each text, in the order in which they were chosen."""
        return [one for start in range(0, len(texts), GROUP) for one in self.rank_group(texts[start : start + GROUP], k)]

    def rank_group(self, texts: Sequence[str], k: int) -> Iterator[Ranked]:
        candidates = [self.phrases.candidates(text) for text in texts]
        keys = list(dict.fromkeys(phrase.text for phrases in candidates for phrase in phrases))
        rows = {key: row for row, key in enumerate(keys)}
        vectors = unit(self.encoder.vectors([*keys, *texts]))  # [P of all + N, C]
        documents = vectors[len(keys) :]
        lost = self.losses(texts, candidates, documents) if self.method == "masked" else None
        for number, phrases in enumerate(candidates):
            own = vectors[[rows[phrase.text] for phrase in phrases]]  # [P, C]
            scores = own @ documents[number] if lost is None else lost[number]
            chosen = marginal(scores, own @ own.T, k, self.diversity)
            yield [(phrases[i].key, float(scores[i])) for i in chosen]

    def losses(self, texts: Sequence[str], candidates: Sequence[Sequence[Phrase]], documents: np.ndarray) -> list[np.ndarray]:
        """For each text [P]: 1 - cosine of its vectors with and without each phrase."""
        repeated = [text for text, phrases in zip(texts, candidates, strict=True) for _ in phrases]
        hidden = unit(self.encoder.hidden_vectors(repeated, [phrase.spans for phrases in candidates for phrase in phrases]))
        edges = np.cumsum([len(phrases) for phrases in candidates])[:-1]
        return [1 - part @ document for part, document in zip(np.split(hidden, edges), documents, strict=True)]


def marginal(scores: np.ndarray, likeness: np.ndarray, k: int, diversity: float = DIVERSITY) -> list[int]:
    """Places of k items by maximal marginal relevance (Carbonell and Goldstein, 1998, doi:10.1145/290941.291025).

    Each next item has the highest (1 - diversity) * score - diversity * likeness to the most alike of those chosen; scores
    [P] and likenesses [P, P] are first scaled to [0, 1].
    """
    if not len(scores):
        return []
    scores, likeness = scaled(scores), scaled(likeness)
    chosen: list[int] = []
    nearest = np.zeros(len(scores))
    free = np.ones(len(scores), dtype=bool)
    for _ in range(min(k, len(scores))):
        gains = np.where(free, (1 - diversity) * scores - diversity * nearest, -np.inf)
        chosen.append(int(gains.argmax()))
        free[chosen[-1]] = False
        nearest = np.maximum(nearest, likeness[chosen[-1]])
    return chosen


def scaled(values: np.ndarray) -> np.ndarray:
    """From 0 to 1; all alike are 0."""
    width = values.max() - values.min()
    return (values - values.min()) / width if width > 0 else np.zeros_like(values)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows of length 1 (a zero row stays)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
