"""Where a text is tagged: one site for each word or token, the tags of its sites, and the best valid sequence of tags.

L sites of a row, K tags.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from groundup.kinds.text.packed import Places
from groundup.metrics.entities import Span


class SiteScores(NamedTuple):
    """The scores of a word [K], where it ends, and how many tokens stand at each side of it at least."""

    context: int
    end: int
    scores: np.ndarray


class TagSite(NamedTuple):
    """A word or token that has a tag: the token that is asked, and its characters; `repeat` counts those that begin alike."""

    token: int
    start: int
    end: int
    repeat: int = 0


def tag_sites(places: Places, unit: str) -> list[TagSite]:
    """The sites of a sequence."""
    sites: list[TagSite] = []
    has_begun = False  # whether tokens of blanks alone began the word
    for token, (column, start, end, begins) in enumerate(zip(*map(np.ndarray.tolist, places), strict=True)):
        has_begun = begins or has_begun
        if column < 0 or end <= start:
            continue
        begins, has_begun = has_begun, False
        if unit == "word" and not begins:
            if sites:
                sites[-1] = sites[-1]._replace(end=max(end, sites[-1].end))
            continue
        same = bool(sites) and sites[-1].start == start
        sites.append(TagSite(token, start, end, sites[-1].repeat + 1 if same else 0))
    return sites


def tags_of(sites: Sequence[TagSite], spans: Sequence[Span], inside: bool = False) -> list[str]:
    """The tag of each: B- of the first that touches a span, I- of the others, else O. `inside`: the text began before them,
    and so may a span have."""
    starts = [start for start, *_ in spans]
    tags, before = [], -1
    for number, site in enumerate(sites):
        at = bisect_right(starts, max(site.start, site.end - 1)) - 1
        if at < 0 or spans[at][1] <= site.start:
            tags.append("O")
            at = -1
        else:
            begins = at == before or (inside and number == 0 and spans[at][0] < site.start)
            tags.append(f"{'I' if begins else 'B'}-{spans[at][2]}")
        before = at
    return tags


def best_path(scores: np.ndarray) -> list[int]:
    """The best sequence of tags by scores [L, K], O first, then B and I of each type: I follows B or I of its type only."""
    logs = scores.astype(np.float64)
    logs = logs - logs.max(-1, keepdims=True)
    logs -= np.log(np.exp(logs).sum(-1, keepdims=True))
    tags = np.arange(logs.shape[1])
    inside = (tags > 0) & (tags % 2 == 0)
    allowed = ~inside[None, :] | (tags[:, None] == tags[None, :]) | (tags[:, None] == tags[None, :] - 1)  # [before, after]
    transition_penalty = np.where(allowed, 0.0, -np.inf)
    total, back = np.where(inside, -np.inf, logs[0]), []
    for row in logs[1:]:
        ways = total[:, None] + transition_penalty
        back.append(ways.argmax(0))
        total = ways.max(0) + row
    path = [int(total.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]
