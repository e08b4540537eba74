"""What a notebook shows of what Python callers get: short, in the look of the pages, with nothing unescaped."""

import re
from pathlib import Path

import pytest

import groundup
from groundup import html
from groundup.explain.counterfactuals import Counterfactuals
from groundup.pages.notebook import CLASS, scoped
from tests.train.test_callback import SETTINGS, table

LARGEST = 150_000  # characters of a card
ODD = "<script>alert(1)</script>"
ROWS = [{**row, "job": ODD if row["job"] == "a" else row["job"]} for row in table()]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    return groundup.finetune(data=ROWS, out=tmp_path_factory.mktemp("notebook") / "run", **SETTINGS)


@pytest.fixture(scope="module")
def things(outcome):
    explained = groundup.explain(model=outcome.path, input=[row for row in ROWS if row["job"] == ODD][:2], quiet=True)
    changes = Counterfactuals(ODD, "good", 0.9, ())
    checked = groundup.check(data=ROWS, label_column="y", table_column="*", quiet=True)
    return [groundup.load(outcome.path), outcome, explained, explained.facts["explanations"][0][0], changes, checked]


def test_no_object_shows_its_address_and_every_repr_is_a_line(things):
    for thing in things:
        assert " object at 0x" not in repr(thing)
        assert "\n" not in repr(thing)
        assert len(repr(thing)) < 500


def test_a_card_is_escaped_and_short(things):
    for thing in things:
        shown = thing._repr_html_()
        assert shown.startswith(f'<div class="{CLASS}"><style>')
        assert "<script" not in shown
        assert len(shown) < LARGEST
    assert "&lt;script&gt;alert(1)" in things[3]._repr_html_()


def test_a_model_shows_what_it_is_and_how_good_it_was(things, outcome):
    shown = things[0]._repr_html_()
    for text in ("age, job", "old, young", outcome.facts["report"]["verdict"]["text"], "modernbert", "Model: "):
        assert str(html.escape(text)) in shown


def test_a_run_shows_its_curve_and_where_its_report_is(things, outcome):
    shown = things[1]._repr_html_()
    assert shown.count("<svg") >= 2
    assert str(outcome.path / "report.html") in shown
    assert repr(outcome).startswith(f"<Outcome {outcome.path}: ")


def test_an_explanation_shows_its_parts_and_names_the_strongest_first(things):
    one = things[3]
    strongest = max(zip(map(abs, one.scores), one.parts, strict=True), key=lambda pair: pair[0])[1].name
    assert f"): {strongest[:20]}" in repr(one)
    assert "color-mix" in one._repr_html_()


def test_cards_are_chinese_where_the_machine_is(things, monkeypatch):
    monkeypatch.setenv("GROUNDUP_LANGUAGE", "zh")
    assert "模型家族" in things[0]._repr_html_()
    assert "family" not in things[0]._repr_html_()


def test_the_style_touches_nothing_outside_of_the_card():
    selectors = [part.strip() for rule in re.findall(r"([^{}]+)\{[^{}]*\}", scoped(html.STYLE)) for part in rule.split(",")]
    assert len(selectors) > 40
    assert [one for one in selectors if not one.startswith(f".{CLASS}")] == []


def test_an_outcome_without_a_place_or_with_odd_facts_is_shown():
    odd = groundup.Outcome(Path("-"), {"answers": [{"label": ODD}], "rows": 3}, [ODD])
    assert repr(odd) == "<Outcome: facts: answers, rows; 1 reservation>"
    assert "<script" not in odd._repr_html_()
