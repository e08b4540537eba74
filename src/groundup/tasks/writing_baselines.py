"""What a model that translates must beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
