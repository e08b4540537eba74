"""What a tagger must beat: the names seen in training, and a linear model that looks at words and their neighbors."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from groundup.data.scripts import UNSPACED
from groundup.kinds.reader import Row
from groundup.metrics.entities import Span
from groundup.tasks.tagging_sites import TagSite, best_path, tags_of

TOKEN = re.compile(rf"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern})\w)+|[^\w\s]")


def words_of(text: str) -> list[tuple[int, int]]:
    """Words, single characters of scripts without blanks, and punctuation marks."""
    return [match.span() for match in TOKEN.finditer(text)]


def by_names(texts: Sequence[Row], targets: Sequence[list[Span]], queries: Sequence[Row]) -> list[list[Span]]:
    """The longest match from left to right against the spans of the training rows, each of its most frequent type."""
    type_counts: dict[tuple[str, ...], Counter] = defaultdict(Counter)
    for (text,), spans in zip(texts, targets, strict=True):
        for start, end, kind in spans:
            type_counts[tuple(text[start:end][s:e] for s, e in words_of(text[start:end]))][kind] += 1
    names = {words: kinds.most_common(1)[0][0] for words, kinds in type_counts.items() if words}
    longest = max(map(len, names), default=0)
    answers = []
    for (text,) in queries:
        places, at, spans = words_of(text), 0, []
        words = [text[s:e] for s, e in places]
        while at < len(words):
            size = next((n for n in range(min(longest, len(words) - at), 0, -1) if tuple(words[at : at + n]) in names), 0)
            if size:
                spans.append((places[at][0], places[at + size - 1][1], names[tuple(words[at : at + size])]))
            at += max(1, size)
        answers.append(spans)
    return answers


def by_words(texts: Sequence[Row], targets: Sequence[list[Span]], queries: Sequence[Row]) -> list[list[Span]]:
    """Logistic regression on the word, its shape, its ends and its neighbors; the best path that makes whole spans."""
    from sklearn.feature_extraction import FeatureHasher
    from sklearn.linear_model import SGDClassifier

    kinds = sorted({kind for spans in targets for *_, kind in spans})
    tags = ["O", *(f"{place}-{kind}" for kind in kinds for place in "BI")]
    number = {tag: k for k, tag in enumerate(tags)}
    hasher = FeatureHasher(2**18, input_type="string", dtype=np.float32)
    tag_numbers = [
        number[tag]
        for (text,), spans in zip(texts, targets, strict=True)
        for tag in tags_of([TagSite(0, *place) for place in words_of(text)], spans)
    ]
    inputs = hasher.transform(features for (text,) in texts for features in seen_at(text))
    model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=12, tol=None, average=True, random_state=0).fit(
        inputs, tag_numbers
    )
    answers = []
    for (text,) in queries:
        places = words_of(text)
        spans: list[Span] = []
        if places:
            shares = np.full((len(places), len(tags)), 1e-9)
            shares[:, model.classes_] = np.maximum(model.predict_proba(hasher.transform(seen_at(text))), 1e-9)
            for (start, end), tag in zip(places, best_path(np.log(shares)), strict=True):
                if tag % 2:
                    spans.append((start, end, kinds[(tag - 1) // 2]))
                elif tag:
                    spans[-1] = (spans[-1][0], end, spans[-1][2])
        answers.append(spans)
    return answers


def seen_at(text: str) -> Iterator[list[str]]:
    """The features of each word."""
    words = ["<", "<", *(text[s:e] for s, e in words_of(text)), ">", ">"]
    for i in range(2, len(words) - 2):
        word = words[i]
        shape = re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "0", word)))
        yield [
            "bias",
            f"w={word}",
            f"l={word.lower()}",
            f"s={shape}",
            f"p={word[:3]}",
            f"e={word[-3:]}",
            f"2={word[-2:]}",
            *(f"{d}={words[i + d].lower()}" for d in (-2, -1, 1, 2)),
            f"-={words[i - 1]}|{word}",
            f"+={word}|{words[i + 1]}",
            f"b={words[i - 1][:1].isupper()}|{word[:1].isupper()}|{words[i + 1][:1].isupper()}",
        ]
