"""Owen values: Shapley values over a tree of parts, which ask far fewer sets (Owen, 1977; as in the partition explainer of the
library shap). A text is halved, and its halves again, at the ends of texts and sentences where there are any. P parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from groundup.explain.explanation import Explanation, Subject
from groundup.explain.methods.common import full_and_empty, make_explanation
from groundup.kinds.parts import ExplanationUnit

BATCH = 32  # nodes that are opened together
ENDINGS = ".!?。！？…"


class Node(NamedTuple):
    """Parts from `start` to `stop`, what else is there [P], the number without and with them, and the weight of this case."""

    start: int
    stop: int
    context: np.ndarray
    without: float
    within: float
    weight: float

    @property
    def share(self) -> float:
        """What it adds to the values of its parts together."""
        return self.weight * (self.within - self.without)


def partition(subject: Subject, samples: int = 1000) -> Explanation:
    """Owen values. A node gives its two halves what each adds before and after the other, so that all always add up; the nodes
    that add most are opened first, and when `samples` sets were asked the parts of a closed one share alike.

    `efficiency` is what is missing to the sum, `closed` the share of all that was moved which closed nodes hold.
    """
    parts, count = subject.parts, len(subject.parts)
    value, bare = full_and_empty(subject)
    open_nodes = [Node(0, count, np.zeros(count, dtype=bool), bare, value, 1.0)]
    scores, moved, queries = np.zeros(count), 0.0, 0
    while open_nodes:
        open_nodes.sort(key=lambda node: abs(node.share))
        leaves = [node for node in open_nodes if node.stop - node.start == 1]
        for node in leaves:
            scores[node.start] += node.share
            moved += abs(node.share)
        open_nodes = [node for node in open_nodes if node.stop - node.start > 1]
        most = min(BATCH, (samples - queries) // 2)
        if most < 1:
            break
        chosen, open_nodes = open_nodes[-most:], open_nodes[:-most]
        if chosen:
            open_nodes += expand_nodes(subject, parts, chosen)
            queries += 2 * len(chosen)
    for node in open_nodes:
        scores[node.start : node.stop] += node.share / (node.stop - node.start)
    attributed = sum(abs(node.share) for node in open_nodes)
    checks = {
        "efficiency": abs(scores.sum() - (value - bare)),
        "closed": attributed / (attributed + moved) if attributed else 0.0,
    }
    return make_explanation(subject, "partition", scores, value, bare, checks)


def expand_nodes(subject: Subject, parts: Sequence[ExplanationUnit], nodes: Sequence[Node]) -> list[Node]:
    """Four nodes of each: either half, before and after the other."""
    cuts = [middle(parts, node.start, node.stop) for node in nodes]
    sets = []
    for node, cut in zip(nodes, cuts, strict=True):
        sets += [with_parts(node.context, node.start, cut), with_parts(node.context, cut, node.stop)]
    numbers = subject.values(np.stack(sets)).reshape(-1, 2)
    leaves = []
    for node, cut, (first, second), left, right in zip(nodes, cuts, numbers, sets[::2], sets[1::2], strict=True):
        half = node.weight / 2
        leaves += [
            Node(node.start, cut, node.context, node.without, float(first), half),
            Node(cut, node.stop, node.context, node.without, float(second), half),
            Node(node.start, cut, right, float(second), node.within, half),
            Node(cut, node.stop, left, float(first), node.within, half),
        ]
    return leaves


def with_parts(context: np.ndarray, start: int, stop: int) -> np.ndarray:
    """What is there, and these parts."""
    mask = context.copy()
    mask[start:stop] = True
    return mask


def middle(parts: Sequence[ExplanationUnit], start: int, stop: int) -> int:
    """Where a node is halved: between texts, else at the end of a sentence that is nearest to its middle, else there."""
    between = range(start + 1, stop)
    texts = [at for at in between if parts[at - 1].text != parts[at].text]
    sentences = [at for at in between if parts[at - 1].name and parts[at - 1].name[-1] in ENDINGS]
    return min(texts or sentences or between, key=lambda at: abs(2 * at - start - stop))
