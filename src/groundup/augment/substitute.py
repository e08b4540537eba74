"""Substitution: some words of a text are masked, and a masked language model says what could stand there (Kobayashi, 2018,
arXiv:1805.06201; Wu et al., 2018, arXiv:1812.06705). The model knows the language and not the labels: it may turn a word into
its opposite, so a classifier should look at the copies (`classify` of apply.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from torch import Tensor

from groundup.augment.masked_lm import Hole, MaskedWords, TextWithHoles, sample_tokens
from groundup.data.settings import Chinese
from groundup.kinds.text.pieces import Piece, Source, changeable, cut, joined, replaced


def substitute(
    sources: Sequence[Source], masked: MaskedWords, rate: float, temperature: float, chinese: Chinese = "words"
) -> list[str]:
    """One copy of each source in which `rate` of the words that may change (at least one) were drawn from the model at this
    temperature: never the same word, never a special token or a piece of a word. All of a copy's words are masked together."""
    known: dict[str, tuple[list[Piece], list[int], list[Hole]]] = {}
    distinct = list(dict.fromkeys(source.text for source in sources))
    for text, located in zip(distinct, masked.encoder.locate(distinct), strict=True):
        pieces = cut(text, chinese)
        known[text] = pieces, located.ids, masked.holes(pieces, located.ids, located.spans, changeable(pieces))
    texts = [TextWithHoles(known[source.text][1], chosen(source, known[source.text][2], rate)) for source in sources]
    chances = {
        id(hole): source.uniform(f"substitute/draw/{hole.place}", hole.size)
        for source, text in zip(sources, texts, strict=True)
        for hole in text.holes
    }

    def choose(logits: Tensor, holes: list[Hole]) -> list[int]:
        return sample_tokens(logits, np.array([chances[id(hole)][len(hole.filled)] for hole in holes]), temperature)

    masked.fill(texts, choose)
    copies = []
    for source, text in zip(sources, texts, strict=True):
        pieces = known[source.text][0]
        for hole in text.holes:
            if word := masked.text(hole):
                pieces = replaced(pieces, hole.place, word)
        copies.append(joined(pieces))
    return copies


def chosen(source: Source, holes: Sequence[Hole], rate: float) -> list[Hole]:
    """Those with the smallest draws, from left to right."""
    count = max(1, round(rate * len(holes)))
    order = np.argsort(source.uniform("substitute/choice", len(holes)), kind="stable")[:count]
    return [replace(holes[i], filled=[]) for i in sorted(order.tolist())]
