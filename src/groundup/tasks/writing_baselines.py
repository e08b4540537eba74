"""What a model that translates or sums up must beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundup.tasks.answering_baselines import sentences_at
from groundup.tasks.baselines import Features
from groundup.tasks.task import Text


def nearest_translation(sources: Sequence[Text], targets: Sequence[str], asked: Sequence[Text], chunk: int = 512) -> list[str]:
    """A translation memory: the target of the source that is nearest by TF-IDF."""
    features = Features(sources)
    known = features.fit(sources)
    found: list[str] = []
    for first in range(0, len(asked), chunk):
        likeness = features.transform(asked[first : first + chunk]) @ known.T
        found += [targets[int(i)] for i in np.asarray(likeness.argmax(axis=1)).ravel()]
    return found


def first_sentences(texts: Sequence[Text], size: float) -> list[str]:
    """The first sentences until `size` characters are reached; at least one."""
    found = []
    for text, *_ in texts:
        end, parts = 0, sentences_at(text)
        for sentence, at in parts:
            if end and at + len(sentence) > 1.5 * size:
                break
            end = at + len(sentence)
            if end >= size:
                break
        found.append(text[:end].strip())
    return found
