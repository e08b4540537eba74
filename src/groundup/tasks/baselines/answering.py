"""What a reader of questions must beat: sentences as answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log

from groundup.kinds.reader import Row
from groundup.kinds.text.tfidf import WORD

SENTENCE = re.compile(r"[^。！？!?\n]+?(?:[。！？!?\n]+|(?<=[a-z0-9)\"'])\.(?=\s)|$)")


def sentences_at(text: str) -> list[tuple[str, int]]:
    """Sentences and where they begin; the whole text when it has none."""
    sentences = [
        (match[0].strip(), match.start() + len(match[0]) - len(match[0].lstrip())) for match in SENTENCE.finditer(text)
    ]
    return [one for one in sentences if one[0]] or [(text, 0)]


def first_sentence(train: Sequence[Row], rows: Sequence[Row]) -> list[tuple[str, int]]:
    return [sentences_at(context)[0] for _, context in rows]


def by_overlap(train: Sequence[Row], rows: Sequence[Row]) -> list[tuple[str, int]]:
    """The sentence whose words in common with the question weigh most, words weighed by their rarity in training contexts."""
    counts = Counter(word for context in {context for _, context in train} for word in set(WORD.findall(context.lower())))
    total = len(train) + 1

    def weight(sentence: str, words: set[str]) -> float:
        return sum(log(total / (1 + counts[word])) for word in words & set(WORD.findall(sentence.lower())))

    scored = []
    for question, context in rows:
        words = set(WORD.findall(question.lower()))
        scored.append(max(sentences_at(context), key=lambda one: weight(one[0], words)))
    return scored
