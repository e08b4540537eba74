"""A verdict on very few rows says that they are too few, whatever the figures."""

import pytest

from groundup.evaluate.comparison import verdict as comparison_verdict
from groundup.evaluate.verdict import MIN_ROWS, Comparison, verdict

CLEAR = Comparison("tfidf", 1.0, 0.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("comparisons", [[], [CLEAR]])
@pytest.mark.parametrize(("rows", "words"), [(1, "1 row is too few"), (9, "9 rows are too few")])
def test_few_rows_are_too_few_to_tell(rows, words, comparisons):
    decided = verdict(comparisons, "accuracy", rows, 1.0)
    assert decided.outcome == "too few"
    assert decided.text.startswith(words)
    assert ("has 0.000" in decided.text) == bool(comparisons)
    assert "太少" in verdict(comparisons, "accuracy", rows, 1.0, language="zh").text


def test_more_rows_have_a_verdict():
    assert verdict([CLEAR], "accuracy", MIN_ROWS, 1.0).outcome == "wins"


def test_a_comparison_of_few_rows_names_no_winner():
    systems = [{"name": name, "right": hits, "accuracy": {"value": hits / 3}} for name, hits in (("one", 3), ("two", 0))]
    pair = {"ours": "one", "theirs": "two", "corrected": {"mcnemar": 0.01}}
    report = {"language": "en", "systems": systems, "contenders": ["one", "two"], "rows": 3, "pairs": [pair]}
    assert comparison_verdict(report) == "3 rows are too few to tell which system is better."
    assert "Clearly better than two." in comparison_verdict(report | {"rows": 300})
