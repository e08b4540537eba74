"""The story of tally: read the rows, and count."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from groundup.commands.tally.settings import Tally

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.runs import Outcome
from groundup.terminal.log import output


def tally(settings: Tally) -> Outcome:
    """Tell the values and how often each stands there."""
    rows = read_rows([settings.data], ReadSettings(), Rejects(), (settings.column,))
    counts = Counter(str(row.values.get(settings.column)) for row in rows)
    for value, count in counts.most_common(settings.most):
        output(f"{count:,} {value}")
    return Outcome(Path(settings.data), {"counts": dict(counts)})
