"""The worst errors of a report: the cells that an answer hangs on most, and the pictures of images."""

from base64 import b64decode

import numpy as np

from groundup.evaluate.error_cells import SHOWN, with_cells
from groundup.kinds.image.png import png, thumbnail
from groundup.pages.evaluation_page import row_heading, row_of
from tests.explain.test_several_kinds_explained import COLUMNS, make_predictor, row, without
from tests.explain.test_unit_subject import image_model
from tests.explain.test_unit_subject import row as image_row


def told(predictor, *rows):
    report = {
        "worst_errors": [{"row": number, "texts": list(predictor.reader.display(one))} for number, one in enumerate(rows)]
    }
    return with_cells(report, predictor, rows)["worst_errors"]


def test_cells_stand_in_the_order_of_what_the_answer_loses_without_them():
    model = make_predictor()
    (error,) = told(model, row())
    whole = model.probabilities([row()])[0]
    lost = {name: np.abs(model.probabilities([without(name)])[0] - whole).sum() for name in COLUMNS}
    assert [cell["column"] for cell in error["cells"]] == sorted(COLUMNS, key=lambda name: -lost[name])
    np.testing.assert_allclose([cell["effect"] for cell in error["cells"]], sorted(lost.values(), reverse=True), atol=1e-5)
    assert len(error["cells"]) <= SHOWN


def test_a_missing_cell_is_not_shown_and_one_that_stands_alone_has_no_effect():
    first, second = told(make_predictor(), (None, None, "22", "blue"), (None, None, None, "blue"))
    assert {cell["column"] for cell in first["cells"]} == {"age", "colour"}
    assert second["cells"] == [{"column": "colour", "cell": "blue", "effect": None}]


def test_images_are_shown_as_pictures():
    (alone,) = told(image_model(), image_row())
    (gone,) = told(image_model(), image_model().reader.light(image_row()))  # its file is not there
    assert (list(alone["pictures"]), gone["pictures"]) == (["image"], {})
    (both,) = told(make_predictor(), row())
    assert list(both["pictures"]) == ["picture"]
    model = make_predictor()
    (error,) = told(model, row(image=False))
    assert error["pictures"] == {}


def test_a_thumbnail_holds_the_means_of_squares():
    pixels = np.arange(2 * 16, dtype=np.uint8).reshape(2, 4, 4)
    assert thumbnail(pixels, 2)[0].tolist() == [[2, 4], [10, 12]]
    assert thumbnail(pixels, 64).tolist() == pixels.tolist()


def test_the_page_shows_cells_by_column_and_texts_as_they_were():
    errors = told(make_predictor(), row())
    page = row_of(errors[0] | {"pictures": {"picture": "data:image/png;base64,AA=="}})
    assert '<span class="soft">age = </span>22' in page
    assert 'href="data:image/png;base64,AA=="' in page
    assert row_heading(errors) == "telling cells"
    assert row_of({"texts": ["a", "b"]}) == "a\nb"
    assert row_heading([{"texts": ["a"]}]) == "text"
    assert b64decode("iVBORw==") == png(np.zeros((3, 2, 2), np.uint8))[:4]
