"""Word vectors counted from the text itself: what stands near a word says what it means.

Positive pointwise mutual information of tokens at most `window` apart, factorized by a singular value decomposition (Levy,
Goldberg and Dagan, 2015, TACL 3, "Improving distributional similarity with lessons learned from word embeddings").
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

MOST_TOKENS = 2**23  # of the text that is counted, in pieces from everywhere
PIECE = 2**16
WINDOW = 10  # tokens to either side
AT_ONCE = 2**20  # tokens whose neighbors are counted at once, if they are not of one word
GAPLESS, DENSE = 2**26, 0.1  # most cells of a matrix without gaps, and the share of filled ones from which on it is faster
SMOOTHING = 0.75  # exponent of the context's frequency, against rare contexts


class Corpus(Protocol):
    """Token shards: a stream cut into sentences, sentences grouped into documents."""

    sentence_starts: np.ndarray
    document_starts: np.ndarray
    num_tokens: int

    def slice(self, start: int, stop: int) -> np.ndarray: ...


def word_vectors(corpus: Corpus, vocab_size: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors [V, size] of length 1 around mean 0, and which tokens [V] were counted; the others' rows are 0.

    Where the text has fewer distinct tokens than `size`, the last dimensions are 0.
    """
    from sklearn.utils.extmath import randomized_svd  # 0.5 s to import

    counts = count_pairs(corpus, vocab_size)
    known = np.asarray(counts.sum(axis=1)).ravel() > 0
    rank = min(size, int(known.sum()) - 1)
    vectors = np.zeros((vocab_size, size), dtype=np.float32)
    if rank < 1:
        return vectors, np.zeros_like(known)
    matrix = information(counts)
    if vocab_size**2 <= GAPLESS and matrix.nnz > DENSE * vocab_size**2:
        matrix = matrix.toarray()
    left, strengths, _ = randomized_svd(matrix, rank, random_state=seed)
    vectors[:, :rank] = left * np.sqrt(strengths)
    vectors[known] -= vectors[known].mean(axis=0)
    lengths = np.linalg.norm(vectors, axis=1)
    known &= lengths > 0
    vectors[known] /= lengths[known, None]
    vectors[~known] = 0
    return vectors, known


def count_pairs(corpus: Corpus, vocab_size: int):
    """Sparse symmetric [V, V]: how often two tokens stand at most WINDOW apart in one document."""
    from scipy.sparse import csr_array, vstack

    tokens, documents = sample(corpus)
    kind = np.int32 if vocab_size**2 < 2**31 else np.int64
    following, ends = np.append(tokens, np.zeros(WINDOW, tokens.dtype)), np.flatnonzero(np.diff(documents, append=-1)) + 1
    room = np.minimum(np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(1, len(tokens) + 1), WINDOW).astype(np.uint8)
    below = np.cumsum(np.bincount(tokens, minlength=vocab_size))  # tokens of a word and those before it
    block = np.maximum(below - 1, 0) // AT_ONCE  # of each word
    order = np.argsort(block[tokens].astype(np.uint16), kind="stable")
    tables = []
    for number in range(int(block[-1]) + 1):
        first, last = np.searchsorted(block, [number, number + 1])
        places = order[below[first - 1] if first else 0 : below[last - 1]]
        row, left = tokens[places].astype(kind) * kind(vocab_size), room[places]
        cells = np.concatenate([(row + following[places + d])[left >= d] for d in range(1, WINDOW + 1)])
        cells, counts = np.unique(cells, return_counts=True)
        starts = np.searchsorted(cells, np.arange(first, last + 1, dtype=np.int64) * vocab_size)
        tables.append(csr_array((counts.astype(np.float32), cells % kind(vocab_size), starts), (last - first, vocab_size)))
    counts = vstack(tables, "csr")
    return counts + counts.T


def sample(corpus: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """Tokens of evenly spread pieces of the stream, and the number of the document that each belongs to."""
    pieces = min(-(-corpus.num_tokens // PIECE), MOST_TOKENS // PIECE)
    starts = np.linspace(0, max(0, corpus.num_tokens - PIECE), pieces).astype(np.int64)
    used = np.zeros(corpus.num_tokens, dtype=bool)
    for start in starts:  # pieces of a short text overlap
        used[start : start + PIECE] = True
    places = np.flatnonzero(used)
    tokens = np.concatenate([corpus.slice(int(run[0]), int(run[-1]) + 1) for run in runs(places)])
    ends = np.asarray(corpus.sentence_starts)[np.asarray(corpus.document_starts)]
    return tokens.astype(np.int32), np.searchsorted(ends, places, side="right")


def runs(places: np.ndarray) -> list[np.ndarray]:
    """Neighboring numbers in one array each."""
    return np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)


def information(counts):
    """max(0, log(P(a, b) / (P(a) P(b)^0.75 smoothed))) of each pair that was counted; sparse [V, V]."""
    pairs = counts.tocoo()
    totals = np.asarray(counts.sum(axis=1)).ravel().astype(np.float64)
    contexts = totals**SMOOTHING
    contexts /= contexts.sum()
    row, column = pairs.coords
    pairs.data = np.maximum(0, np.log(pairs.data / (totals[row] * contexts[column]))).astype(np.float32)
    matrix = pairs.tocsr()
    matrix.eliminate_zeros()
    return matrix
