"""Images on pages: a PNG of our own, patches shaded over it, and wide tables that say that they scroll."""

import io
import re
from base64 import b64decode

import numpy as np
import pytest

from groundup import html
from groundup.explain.explain import explain
from groundup.kinds.image.png import png
from groundup.kinds.image.reader import Image
from groundup.pages.explanation_page import explanation_page
from groundup.pages.explanation_svg import explanation_svg
from groundup.pages.explanation_text import explanation_text
from tests.explain.test_several_kinds_explained import NOTE, make_predictor
from tests.explain.test_several_kinds_explained import row as row_of_kinds
from tests.explain.test_unit_subject import image_model, row
from tests.pages.test_explanation_pages import parsed


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_holds_the_pixels(channels: int):
    library = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (channels, 5, 5)).astype(np.uint8)
    read = np.asarray(library.open(io.BytesIO(png(pixels))))
    assert (read.reshape(5, 5, channels).transpose(2, 0, 1) == pixels).all()


def test_an_image_is_drawn_once_and_its_patches_are_shaded_by_their_score():
    found = explain(image_model(), [row()], ["shap", "occlusion"])[0]
    page = explanation_page(found)
    assert page.count("data:image/png;base64,") == 1
    assert page.count("<use ") == 2  # a heat map for each method
    shades = re.findall(r'<rect x="\d+" y="\d+"[^>]*class="f([01])" fill-opacity="([\d.]+)"', page)
    assert len(shades) == 8
    strong = found[0].scores / np.abs(found[0].scores).max()
    assert [(kind, float(shade)) for kind, shade in shades[:4]] == [
        ("0" if score > 0 else "1", pytest.approx(0.75 * abs(score), abs=6e-3)) for score in strong
    ]
    assert b64decode(re.findall(r"base64,([^\"]+)", page)[0])[:4] == b"\x89PNG"
    parsed(page)


def test_two_images_are_two_inputs_of_a_page():
    other = (Image("b.png", pixels=255 - row()[0].pixels),)
    found = explain(image_model(), [row(), other], "occlusion", target="cat")
    page = explanation_page([one for several in found for one in several])
    assert page.count("data:image/png;base64,") == 2
    assert "Input 2" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ["Words of &#x27;note&#x27; (text)", "Patches of &#x27;picture&#x27; (image)", "typically 23, half from 21 to 24"],
        ),
        ("zh", ["“note”（文本）的词", "“picture”（图像）的图块", "通常为 23，半数在 21 至 24 之间"]),
    ],
)
def test_the_page_of_a_row_of_several_kinds_shows_columns_and_then_their_parts(language: str, words: list[str]):
    found = explain(make_predictor(), [row_of_kinds()], "shap")[0]
    page = explanation_page(found, language)
    for word in words:
        assert word in page
    assert page.count('class="heat"') == 1
    assert page.count("<use ") == 1
    parsed(page)
    svg, text = explanation_svg(found[0], language), explanation_text(found[0], language=language)
    assert svg.count("data:image/png;base64,") == 2
    assert "patch 2, 1" in text
    assert all(word in text for word in NOTE.split())


def test_pages_of_columns_call_their_parts_columns():
    found = explain(make_predictor(), [(None, None, "22", "blue")], ["shap", "occlusion"])[0]
    page = explanation_page(found)
    assert "a column's mean effect over all orders of adding columns" in page.replace("&#x27;", "'")
    assert "taken away" in page
    assert not re.search(r"\bwords?\b", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))
    assert "词" not in explanation_page(found, "zh").split("</style>")[1]


def test_hostile_cells_stand_as_text():
    found = explain(make_predictor(), [row_of_kinds("<script>alert(1)</script> <b>good</b>")], "occlusion")[0]
    page = explanation_page(found)
    checker = parsed(page)
    assert not {"script", "b"} & {*checker.tags}
    assert "<script>alert(1)</script> <b>good</b>" in "".join(checker.text)


def test_a_table_that_does_not_fit_says_so_from_the_width_on_where_it_does_not():
    narrow = html.table(["a", "b"], [["x", 1.5]])
    middle = html.table([f"column {n}" for n in range(6)], [["some words"] * 6])
    wide = html.table([f"column {n}" for n in range(40)], [["some words"] * 40])
    assert [re.findall(r"over-\d+", one) for one in (narrow, middle, wide)] == [[], ["over-640"], ["over-1040"]]
    assert "scroll it sideways" in html.page("t", [wide])
