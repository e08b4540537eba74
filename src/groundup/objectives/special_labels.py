"""Special labels of tokens and sequences. Free of torch, because tasks use them at inference, too."""

from __future__ import annotations

UNKNOWN_LABEL = -1  # the id of a label that no training row has
IGNORE, NO_LABEL = -100, -1  # of tokens that have no tag of their own, and of those whose tag is not known
OUTSIDE, SPAN_START, SPAN_END = 0, 1, 2  # of tokens that may begin or end an answer; one that does both has both, 3
