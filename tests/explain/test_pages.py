"""Pictures and pages: they parse, hold what they should, and let nothing hostile through."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from groundup.evaluate.counterfactual import Change, Counterfactual
from groundup.explain.counterfactuals import Counterfactuals, changed
from groundup.explain.explanation import Explanation, Part
from groundup.explain.page import page
from groundup.explain.picture import MOST_LINES, WIDTH, picture
from tests.explain.games import explained, of_text
from tests.explain.test_terminal import TEXT, chinese, english

HOSTILE = '<script>alert(1)</script> " onload="x" \u202egnp.exe שלום ' + "x" * 3000 + " fine"
NONE = Explanation(method="shap", target="good - bad (logits)", texts=(), parts=tuple(Part(f"column {i}") for i in range(40)),
                   scores=np.linspace(-1, 2, 40), value=1.0, baseline=float("nan"))  # fmt: skip
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
    return explained(game, game.formula(np.eye(len(game.parts))), "<b>odd</b>", notice="<img src=x onerror=alert(1)>",
                     checks={"<i>": 1.0})  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("explanation", [english(), chinese(), NONE, hostile(), replace(english(), scores=np.zeros(7)), english("a\nb", {"a": 1.0})])
def test_pictures_are_well_formed_and_hold_the_text_within_their_edges(explanation, language):
    root = ET.fromstring(picture(explanation, language).encode())
    names = {element.tag.split("}")[1] for element in root.iter()}
    assert names <= {"svg", "title", "style", "rect", "text", "line"}
    words = [element for element in root.iter("{http://www.w3.org/2000/svg}text") if element.get("class") == "word"]
    for word in words:
        assert float(word.get("x")) + float(word.get("textLength")) <= WIDTH
    shown = re.sub(r"\\u[0-9a-f]{4}|\s", "", "".join(word.text for word in words))
    assert shown == re.sub(r"[\u202e]|\s", "", "".join(explanation.texts))


def test_a_picture_of_a_long_text_says_that_it_is_cut():
    root = ET.fromstring(picture(english(" ".join(["word"] * 3000))).encode())
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text") if element.get("class") == "word"]
    assert words[-1] == "…"
    assert float(root.get("height")) < 34 * (MOST_LINES + 10)


def test_the_strongest_word_has_the_darkest_shade_of_its_side():
    root = ET.fromstring(picture(english()).encode())
    shades = [(element.get("class"), float(element.get("fill-opacity")))
              for element in root.iter("{http://www.w3.org/2000/svg}rect") if element.get("fill-opacity")][:3]  # fmt: skip
    assert [kind for kind, _ in shades] == ["for", "for", "against"]
    assert shades[0][1] > shades[2][1] > shades[1][1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_holds_the_texts_the_numbers_and_the_notices(language):
    explanations = [english(checks={"completeness": 0.0123}, notice="be careful"), replace(english(), method="shap"), chinese(), NONE]
    found = parsed(page(explanations, language))
    said = "".join(found.text)
    for text in (TEXT, chinese().texts[0], "0.0123", "be careful", "+3", "-2", "column 39"):
        assert text in said
    assert found.tags.count("h2") == 4  # three inputs and the footer
    assert dict(found.attributes)["lang"] == language


def test_hostile_text_stays_text():
    document = page([hostile()], "en", [Counterfactuals("<script>x</script>", "<b>", 0.7, ())], title="<script>")
    found = parsed(document)
    assert not {"script", "img", "b", "i"} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "\u202e" not in document
    assert "default-src 'none'" in document


def test_methods_of_one_input_stand_side_by_side():
    said = "".join(parsed(page([english(), replace(english(), method="lime")])).text)
    assert "The methods side by side" in said
    assert "side by side" not in "".join(parsed(page([english()])).text)


def change(word, new, text=TEXT):
    return Change(word, text.index(word), new)


def test_counterfactuals_stand_with_their_text():
    one = Counterfactual((change("fine", "poor"),), "a poor film , dull in parts", "bad", 0.9, 0.8, 0.1)
    two = Counterfactual((change("film", ""), change("fine", "odd")), "", "bad", 0.6, 0.8, 0.4)
    found = parsed(page([english()], "en", [Counterfactuals(TEXT, "good", 0.8, (one, two))]))
    assert (found.tags.count("del"), found.tags.count("ins")) == (3, 2)
    assert found.tags.count("h2") == 2
    alone = parsed(page([], "zh", [Counterfactuals(TEXT, "good", 0.8, ())]))
    assert "尝试过的改动都不能改变判断。" in "".join(alone.text)


def test_the_changed_text_in_pieces():
    changes = (change("dull", "slow"), change("fine", ""))
    assert changed(TEXT, changes) == [("a ", None), ("fine", changes[1]), (" film , ", None), ("dull", changes[0]), (" in parts", None)]
