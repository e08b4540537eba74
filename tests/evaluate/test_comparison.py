"""The report and the page of a comparison, from answers that are given."""

import re
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest

from groundup.evaluate.comparison import System, comparison_report, table_lines
from groundup.pages.comparison_page import comparison_page
from tests.test_html import Parsed

LABELS = ["bad", "good"]
EVIL = "<script>alert(1)</script>"


def answers(targets, wrong):
    return [LABELS[1 - LABELS.index(name)] if row in wrong else name for row, name in enumerate(targets)]


@cache
def made(language="en"):
    targets = [LABELS[n % 2] for n in range(60)]
    texts = [(f"{EVIL} text number {n}" + " long" * (n % 3 * 10),) for n in range(60)]
    systems = [
        System("careful", answers(targets, range(3)), facts={"parameters": 1000, "bytes": 4096, "path": "runs/careful"}),
        System("hasty", answers(targets, range(1, 21)), "report"),
        System("tfidf", answers(targets, range(0, 40, 10)), "baseline", {"fit_seconds": 0.2}),
        System("majority", ["good"] * 60, "baseline"),
    ]
    about = {"alarms": [], "settings": {"out": "o"}, "timing": {"rows": 0, "rounds": 1, "threads": None}}
    return comparison_report(systems, texts, targets, {"shop": ["a", "b", "b"] * 20}, language=language, **about)


@pytest.fixture(scope="module")
def report():
    return made()


def pair(report, ours, theirs):
    return next(p for p in report["pairs"] if (p["ours"], p["theirs"]) == (ours, theirs))


def test_every_pair_is_counted_and_tested(report):
    found = pair(report, "careful", "hasty")
    assert (found["mcnemar"]["only_ours"], found["mcnemar"]["only_theirs"]) == (18, 1)
    assert (found["both_right"], found["both_wrong"]) == (39, 2)
    assert found["agreement"] == pytest.approx(41 / 60)
    assert found["accuracy"]["value"] == pytest.approx(17 / 60)
    assert found["mcnemar"]["exact"] == pytest.approx(binomtest(1, 19).pvalue)
    assert found["randomised"]["accuracy"] < 0.01


def test_the_majority_class_is_shown_but_costs_no_correction(report):
    assert {s["name"] for s in report["systems"]} == {"careful", "hasty", "tfidf", "majority"}
    assert len(report["pairs"]) == 3
    assert pair(report, "careful", "hasty")["corrected"]["mcnemar"] == pytest.approx(3 * binomtest(1, 19).pvalue)


def test_the_verdict_tells_clear_differences_from_others(report):
    assert report["verdict"] == (
        "Best: careful, accuracy 0.950 on 60 rows. Clearly better than hasty. These rows cannot distinguish it from "
        "TF-IDF + logistic regression."
    )


def test_slices_show_all_systems_side_by_side(report):
    shop = {row["value"]: row for row in report["slices"]["shop"]}
    assert [row["value"] for row in report["slices"]["shop"]] == ["b", "a"]
    assert shop["a"]["rows"] == 20
    assert shop["a"]["accuracy"]["careful"] == pytest.approx(19 / 20)
    assert sum(row["rows"] for row in report["slices"]["length"]) == 60


def test_rows_that_differ_are_all_there_worst_first(report):
    shown = report["differing"]["shown"]
    expected = [n for n in range(60) if len({n in range(3), n in range(1, 21), n in range(0, 40, 10)}) > 1]
    assert sorted(row["row"] for row in shown) == expected
    assert report["differing"]["rows"] == len(expected)
    assert [len(row["right"]) for row in shown] == sorted(len(row["right"]) for row in shown)
    assert next(row for row in shown if row["row"] == 10)["right"] == ["careful"]


def test_an_answer_that_is_no_label_of_the_rows_is_an_error_like_any(report):
    odd = comparison_report(
        [System("fair", ["good"] * 5), System("odd", ["neutral"] * 5)], [("t",)] * 5, ["bad", "good"] * 2 + ["bad"], {}
    )
    assert odd["labels"] == ["bad", "good", "neutral"]
    assert next(s for s in odd["systems"] if s["name"] == "odd")["accuracy"]["value"] == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_one_sound_file_whose_only_script_is_ours(language):
    text = comparison_page(made(language))
    parsed = Parsed(text)
    assert parsed.open == []
    assert parsed.tags.count("script") == 1
    assert EVIL not in text.replace("&lt;", "<").split("<tbody>")[0]
    assert not re.search(r"https?:|src=|@import", text)
    assert ("Where they differ" if language == "en" else "答案不同之处") in parsed.text


def test_the_policy_of_the_page_lets_that_script_alone_run():
    import hashlib
    from base64 import b64decode

    text = comparison_page(made())
    allowed = re.search(r"script-src 'sha256-([^']+)'", text)
    script = re.search(r"<script>(.*)</script>", text, re.DOTALL)
    assert allowed is not None
    assert script is not None
    assert b64decode(allowed[1]) == hashlib.sha256(script[1].encode()).digest()


def test_every_row_can_be_filtered_by_who_is_right_and_by_label():
    text = comparison_page(made())
    offered = set(re.findall(r'<option value="([^"]*)"', text))
    assert set(re.findall(r'data-right="([^"]*)"', text)) <= offered
    assert set(re.findall(r'data-label="([^"]*)"', text)) == {"bad", "good"} <= offered
    assert 'value="careful + tfidf">careful + TF-IDF + logistic regression (' in text


def test_the_terminal_shows_what_is_known_and_a_dash_for_the_rest(report):
    lines = table_lines(report)
    assert len({len(line) for line in lines[:5]}) == 1
    assert re.search(r"careful +0\.9500 +0\.\d{4} to 1\.0000 +0\.9500 +1,000 +0\.0 +- +- +-", lines[1])
    assert "only one is right on 18 against 1 row" in lines[5]


def test_order_of_rows_changes_no_figure():
    targets = [LABELS[n % 2] for n in range(30)]
    one, other = answers(targets, range(4)), answers(targets, range(3, 9))
    mixed = np.random.default_rng(0).permutation(30)

    def told(rows):
        systems = [System(name, [a[i] for i in rows]) for name, a in (("x", one), ("y", other))]
        return comparison_report(systems, [("t",)] * 30, [targets[i] for i in rows], {})["pairs"][0]

    straight, shuffled = told(range(30)), told(mixed)
    assert straight["mcnemar"] == shuffled["mcnemar"]
    assert straight["accuracy"] == shuffled["accuracy"]
