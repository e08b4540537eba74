"""What a terminal shows."""

import re
from dataclasses import replace

import numpy as np
import pytest

from groundup.evaluate.counterfactual import Change, Counterfactual
from groundup.explain.counterfactuals import Counterfactuals
from groundup.explain.explanation import Explanation
from groundup.explain.target_text import has_probability, sides
from groundup.kinds.parts import ExplanationUnit
from groundup.messages.translate import translator
from groundup.pages.explanation_page import explanation_page
from groundup.pages.explanation_text import AGAINST, FOR, changes_text, explanation_text
from groundup.pages.highlighting import runs_of, target_name, width
from tests.explain.games import explained, of_text

TEXT = "a fine film , dull in parts"
CODES = re.compile(r"\x1b\[[0-9;]*m")


def english(text=TEXT, weights=None, **kept):
    game = of_text(text, weights or {"fine": 3.0, "dull": -2.0, "film": 0.9}, constant=-0.5)
    return explained(game, game.formula(np.eye(len(game.parts))) + 0.5, "ig", **kept)


def chinese():
    text, parts, at = "画面很精彩，剧情拖沓。", [], 0
    for word in "画面 很 精彩 ， 剧情 拖沓 。".split():
        at = text.index(word, at)
        parts.append(ExplanationUnit(word, at, at + len(word)))
    scores = np.array([0.0, 0.3, 2.0, 0, 0.1, -1.5, 0])
    return Explanation(
        method="ig", target="好评 - 差评 (logits)", texts=(text,), parts=tuple(parts), scores=scores, value=1.0, baseline=0.1
    )


def test_signs_say_how_much_a_word_speaks_for_or_against():
    assert "a [fine +++] [film +] , [dull --] in parts" in explanation_text(english())


def test_colors_say_the_same_and_nothing_else_differs():
    shown = explanation_text(english(), color=True)
    assert f"\x1b[38;5;16;48;5;{FOR[-1]}mfine\x1b[0m" in shown
    assert f";{AGAINST[3]}mdull" in shown
    assert TEXT in CODES.sub("", shown)
    assert "\x1b" not in explanation_text(english())


def test_what_is_explained_is_told_with_its_probability():
    lines = explanation_text(english()).split("\n")
    assert lines[0] == "Integrated gradients: good rather than bad (difference of logits)"
    assert lines[1] == "number explained 1.400, probability 0.802 (good against bad), with no part there -0.5000"
    assert "probability" not in explanation_text(replace(english(), target="number", baseline=float("nan")))


def test_the_strongest_words_stand_first_with_bars_of_their_size():
    bars = [line.split() for line in explanation_text(english(), most=2).split("\n\n")[2].split("\n")]
    assert bars == [["fine", "+3.0000", "+" * 24], ["dull", "-2.0000", "-" * 16]]


def test_checks_and_notice_are_told():
    shown = explanation_text(english(checks={"completeness": 0.01, "odd_one": 2.0}, notice="be careful"))
    assert shown.endswith("missing from completeness 0.0100, odd one 2.000\nbe careful")


def test_counts_are_whole_numbers_and_shares_in_percent_as_on_the_page():
    checks = {"steps": 32.0, "unread": 1234.0, "beats_random": 0.35}
    for told in (
        explanation_text(replace(english(), checks=checks)).replace(", ", " · "),
        str(explanation_page([replace(english(), checks=checks)])),
    ):
        assert "steps 32 · words not read 1,234 · random rankings beaten 35 %" in told


@pytest.mark.parametrize("columns", [20, 33, 60])
def test_lines_are_no_wider_than_asked_though_chinese_characters_are_wide(columns):
    for explanation in (replace(chinese(), notice=""), english(" ".join(["fine words"] * 30))):
        text = explanation_text(explanation, columns=columns, language="zh").split("\n\n")[1]
        assert max(width(line) for line in text.split("\n")) <= columns
        assert len(text.split("\n")) > 1 or columns > 40


def test_chinese_bars_are_aligned():
    lines = explanation_text(chinese(), language="zh").split("\n\n")[2].split("\n")
    assert len({width(line[: re.search(r"[+-]\d", line).start()]) for line in lines}) == 1
    assert "[精彩 +++]" in explanation_text(chinese())


def test_control_characters_never_reach_the_terminal():
    shown = explanation_text(
        english("fine \x1b[31m \u202e dull\x07", {"fine": 1.0, "dull\x07": -1.0}, notice="\x1b]0;owned\x07")
    )
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", shown)
    assert "\\x1b" in shown


def test_runs_are_the_text():
    for explanation in (english(), chinese(), english("  blanks  around  ")):
        assert ["".join(run.text for run in runs) for runs in runs_of(explanation)] == list(explanation.texts)


def test_no_score_marks_no_word():
    shown = explanation_text(replace(english(), scores=np.zeros(7)))
    assert TEXT in shown


@pytest.mark.parametrize(
    ("target", "told", "ends", "probable"),
    [
        ("good - bad (logits)", "good rather than bad (difference of logits)", ("good", "bad"), True),
        (
            "bad, really - a - b (logits)",
            "bad, really - a rather than b (difference of logits)",
            ("bad, really - a", "b"),
            True,
        ),
        ("'on' - 'off' (logits of the next token)", "'on' rather than 'off' (difference of logits)", ("'on'", "'off'"), True),
        ("sport (logit)", "sport (logit)", ("sport", ""), True),
        ("begin + end of 'a' (logits)", "begin + end of 'a' (logits)", ("begin + end of 'a' (logits)", ""), False),
        ("number", "number", ("number", ""), False),
    ],
)
def test_targets_are_read(target, told, ends, probable):
    assert target_name(target, translator("en")) == told
    assert sides(target) == ends
    assert has_probability(target) == probable


def test_changes_are_shown_one_a_line():
    one = Counterfactual((Change("fine", 2, "poor"), Change("film", 7, "")), "a poor , dull", "bad", 0.9, 0.8, 0.1)
    lines = changes_text(Counterfactuals(TEXT, "good", 0.8, (one,))).split("\n")
    assert lines[1:] == ["now good, probability 0.800", "  bad 0.900  fine → poor, − film  a poor , dull"]
    assert changes_text(Counterfactuals("x\x1b[1m", "good", 0.8, ())).endswith("No change that was tried turns the verdict.")
