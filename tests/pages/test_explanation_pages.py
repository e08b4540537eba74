"""Pictures and pages: they parse, hold what they should, and let nothing hostile through."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from groundup.evaluate.counterfactual import Change, Counterfactual
from groundup.explain import randomisation
from groundup.explain.agreement import agreement, faithfulness_differences
from groundup.explain.counterfactuals import Counterfactuals, split_at_changes
from groundup.explain.dataset_reports import overview_report
from groundup.explain.explanation import Explanation
from groundup.explain.linear_weights import fit_linear_weights
from groundup.explain.overview import overview
from groundup.explain.randomisation import compare_maps
from groundup.explain.scorecard import report_of, scorecard
from groundup.explain.shortcuts import find_shortcuts
from groundup.kinds.parts import ExplanationUnit
from groundup.messages.translate import translator
from groundup.pages.explanation_page import explanation_page
from groundup.pages.explanation_svg import MOST_LINES, WIDTH, explanation_svg
from groundup.pages.overview_page import alarm, overview_page
from groundup.pages.scorecard_page import scorecard_page
from tests.explain.games import explained, of_text
from tests.explain.test_overview import world
from tests.explain.test_scorecard import explain, games
from tests.pages.test_explanation_text import TEXT, chinese, english

HOSTILE = '<script>alert(1)</script> " onload="x" \u202egnp.exe שלום ' + "x" * 3000 + " fine"
NONE = Explanation(
    method="shap",
    target="good - bad (logits)",
    texts=(),
    parts=tuple(ExplanationUnit(f"column {i}") for i in range(40)),
    scores=np.linspace(-1, 2, 40),
    value=1.0,
    baseline=float("nan"),
)
VOID = {"meta", "link", "br", "img", "input"}


class Checker(HTMLParser):
    """Elements are closed in order; what they are and say is kept."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text, self.attributes = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def parsed(document):
    checker = Checker()
    checker.feed(document)
    assert checker.open == []
    return checker


def hostile():
    game = of_text(HOSTILE, {"fine": 1.0, "<script>alert(1)</script>": -2.0})
    return explained(
        game, game.formula(np.eye(len(game.parts))), "<b>odd</b>", notice="<img src=x onerror=alert(1)>", checks={"<i>": 1.0}
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "explanation", [english(), chinese(), NONE, hostile(), replace(english(), scores=np.zeros(7)), english("a\nb", {"a": 1.0})]
)
def test_pictures_are_well_formed_and_hold_the_text_within_their_edges(explanation, language):
    root = ET.fromstring(explanation_svg(explanation, language).encode())
    names = {element.tag.split("}")[1] for element in root.iter()}
    assert names <= {"svg", "title", "style", "rect", "text", "line"}
    words = [element for element in root.iter("{http://www.w3.org/2000/svg}text") if element.get("class") == "word"]
    for word in words:
        assert float(word.get("x")) + float(word.get("textLength")) <= WIDTH
    shown = re.sub(r"\\u[0-9a-f]{4}|\s", "", "".join(word.text for word in words))
    assert shown == re.sub(r"[\u202e]|\s", "", "".join(explanation.texts))


def test_a_picture_of_a_long_text_says_that_it_is_cut():
    root = ET.fromstring(explanation_svg(english(" ".join(["word"] * 3000))).encode())
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text") if element.get("class") == "word"]
    assert words[-1] == "…"
    assert float(root.get("height")) < 34 * (MOST_LINES + 10)


def test_the_strongest_word_has_the_darkest_shade_of_its_side():
    root = ET.fromstring(explanation_svg(english()).encode())
    shades = [
        (element.get("class"), float(element.get("fill-opacity")))
        for element in root.iter("{http://www.w3.org/2000/svg}rect")
        if element.get("fill-opacity")
    ][:3]
    assert [kind for kind, _ in shades] == ["for", "for", "against"]
    assert shades[0][1] > shades[2][1] > shades[1][1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_holds_the_texts_the_numbers_and_the_notices(language):
    explanations = [
        english(checks={"completeness": 0.0123}, notice="be careful"),
        replace(english(), method="shap"),
        chinese(),
        NONE,
    ]
    found = parsed(explanation_page(explanations, language))
    said = "".join(found.text)
    for text in (TEXT, chinese().texts[0], "0.0123", "be careful", "+3", "-2", "column 39"):
        assert text in said
    assert found.tags.count("h2") == 4  # three inputs and the footer
    assert dict(found.attributes)["lang"] == language


def test_hostile_text_stays_text():
    document = explanation_page([hostile()], "en", [Counterfactuals("<script>x</script>", "<b>", 0.7, ())], title="<script>")
    found = parsed(document)
    assert not {"script", "img", "b", "i"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "\u202e" not in document
    assert "default-src 'none'" in document


def test_methods_of_one_input_stand_side_by_side():
    said = "".join(parsed(explanation_page([english(), replace(english(), method="lime")])).text)
    assert "The methods side by side" in said
    assert "side by side" not in "".join(parsed(explanation_page([english()])).text)


def change(word, new, text=TEXT):
    return Change(word, text.index(word), new)


def test_counterfactuals_stand_with_their_text():
    one = Counterfactual((change("fine", "poor"),), "a poor film , dull in parts", "bad", 0.9, 0.8, 0.1)
    two = Counterfactual((change("film", ""), change("fine", "odd")), "", "bad", 0.6, 0.8, 0.4)
    found = parsed(explanation_page([english()], "en", [Counterfactuals(TEXT, "good", 0.8, (one, two))]))
    assert (found.tags.count("del"), found.tags.count("ins")) == (3, 2)
    assert found.tags.count("h2") == 2
    alone = parsed(explanation_page([], "zh", [Counterfactuals(TEXT, "good", 0.8, ())]))
    assert "尝试过的改动都不能改变判断。" in "".join(alone.text)


def test_the_changed_text_in_pieces():
    changes = (change("dull", "slow"), change("fine", ""))
    assert split_at_changes(TEXT, changes) == [
        ("a ", None),
        ("fine", changes[1]),
        (" film , ", None),
        ("dull", changes[0]),
        (" in parts", None),
    ]


@pytest.fixture(scope="module")
def card():
    return scorecard(games(12), ["oracle", "blind"], explain, num_draws=60)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_a_scorecard_names_the_method_and_shows_every_figure(card, language):
    report = report_of(card, language)
    found = parsed(scorecard_page(report))
    said = "".join(found.text)
    assert (
        translator(language)(
            "most faithful",
            name="oracle",
            gap=f"{report['methods'][0]['insertion_minus_deletion']['value']:.3f}",
            **{end: f"{report['methods'][0]['insertion_minus_deletion'][end]:.3f}" for end in ("low", "high")},
            random=f"{report['methods'][-1]['insertion_minus_deletion']['value']:.3f}",
        )
        in said
    )
    for method in report["methods"]:
        for scale in report["scales"]:
            for replacement in report["replacements"]:
                for figure in method["figures"][scale][replacement].values():
                    assert f"{figure['value']:.3f}" in said
    assert found.tags.count("svg") == 2 * (1 + 2 * 2)  # for wide windows and for narrow ones


def test_the_page_of_a_scorecard_says_when_nothing_is_to_be_believed():
    report = report_of(scorecard(games(12, seed=4), ["blind"], explain, num_draws=60))
    assert "believe none of them here" in "".join(parsed(scorecard_page(report)).text)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_a_scorecard_shows_what_else_was_asked(card, language):
    maps = {"oracle": [np.arange(9.0)] * 5}
    stages = [
        compare_maps(name, maps, {"oracle": [np.arange(9.0)[::sign]] * 5}, num_draws=20)
        for name, sign in (("heads", 1), ("block 2", -1), ("embedding", 1))
    ]
    explanations = [explained(of_text("a fine film", {"fine": 1.0}), [0.0, 1.0, 0.5], "ig")] * 6
    report = report_of(card, language) | {
        "randomisation": randomisation.report_of(stages),
        "planted": {"inputs": 60, "accuracy": 0.99, "first": {"oracle": {"value": 0.975, "low": 0.9, "high": 1.0}}},
        "two_models": {
            "ours": "student",
            "theirs": "<teacher>",
            "replacements": ["mask"],
            "agreement": {"ig": agreement(explanations, explanations, num_draws=20).as_dict()},
            "faithfulness": {
                method: {name: {key: value.as_dict() for key, value in one.items()} for name, one in by.items()}
                for method, by in faithfulness_differences(card, card).items()
            },
        },
    }
    said = "".join(parsed(scorecard_page(report)).text)
    t = translator(language)
    for text in (
        t("unchanged methods", names="oracle"),
        "0.975",
        t("our faithfulness", ours="student", theirs="<teacher>"),
        "-1.000",
        t("stage blocks", name=t("block", number=2)),
    ):
        assert text in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_the_global_view_shows_words_alarms_and_examples(language):
    weights = {"<em>zorp</em>": 4.0, "blick": -4.0}
    seen, explanations, labels = world(80, weights, marks=tuple(weights))
    linear = fit_linear_weights([one.texts for one in explanations], labels)
    classes = overview(explanations, labels, linear, num_draws=60)
    report = overview_report(
        classes, find_shortcuts(classes, seen, explanations, labels, num_draws=60), "ig", linear, "labels", language, 60
    )
    found = parsed(overview_page(report))
    said = "".join(found.text)
    assert "em" not in found.tags
    for one in report["shortcuts"]:
        assert (alarm(one, translator(language)) in said) == one["alarming"]
    assert any(one["alarming"] and one["word"] == "blick" for one in report["shortcuts"])
    for one in report["classes"]:
        for word in one["words"]:
            assert word["word"] in said
            assert f"{word['mean']['value']:+.3f}" in said


def test_the_page_of_the_global_view_without_a_linear_model():
    _, explanations, labels = world(60)
    classes = overview(explanations, labels, num_draws=20)
    said = "".join(parsed(overview_page(overview_report(classes, [], "ig", None, ""))).text)
    assert "linear weight" not in said
    assert "No class depends on a single word." in said
