"""A small corpus in memory, with the surface of token shards."""

import numpy as np


class MemoryCorpus:
    """Documents of sentences of token ids."""

    def __init__(self, documents):
        sentences = [s for d in documents for s in d]
        self.tokens = np.concatenate([np.asarray(s, dtype=np.uint16) for s in sentences])
        self.sentence_starts = np.cumsum([0, *(len(s) for s in sentences)])
        self.document_starts = np.cumsum([0, *(len(d) for d in documents)])
        self.num_tokens = len(self.tokens)

    def slice(self, start, stop):
        return self.tokens[start:stop]


def random_corpus(documents=40, vocab=200, seed=0, low=5, document_of_token=False):
    """Documents of 1 to 30 sentences of 1 to 40 tokens. With `document_of_token` every token tells its document."""
    rng = np.random.default_rng(seed)
    made = []
    for d in range(documents):
        sentences = []
        for _ in range(rng.integers(1, 30)):
            size = rng.integers(1, 40)
            sentences.append(np.full(size, low + d) if document_of_token else rng.integers(low, vocab, size))
        made.append(sentences)
    return MemoryCorpus(made)
