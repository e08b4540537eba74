"""What a row is called: one table for texts, images and all other rows, in both languages."""

import pytest

from groundup.language import speaking
from groundup.messages.nouns import counted, noun
from groundup.pages.compression_page import compression_translator


@pytest.mark.parametrize(
    ("kind", "one", "many", "chinese"),
    [
        ("text", "1 text", "2,000 texts", "2,000 条文本"),
        ("image", "1 image", "2,000 images", "2,000 张图像"),
        ("table", "1 row", "2,000 rows", "2,000 行"),
        ("text and image and table", "1 row", "2,000 rows", "2,000 行"),
    ],
)
def test_rows_of_each_kind_are_called_by_their_name(kind: str, one: str, many: str, chinese: str):
    assert (counted(kind, 1), counted(kind, 2000)) == (one, many)
    with speaking("zh"):
        assert counted(kind, 2000) == chinese
        assert noun(kind, 1) == chinese.split()[1].lstrip("条张")


def test_reports_of_compression_speak_of_the_rows_that_the_models_read():
    verdict = {"figure": "accuracy", "change": "-1", "low": "-2", "high": "0", "speedup": "2", "smaller": "4"}
    table, image = {"reads": "table", "unit": "column"}, {"reads": "image", "unit": "patch"}
    assert "2 times as fast on one row," in compression_translator("en", table)("published", **verdict)
    assert "2 times as fast on one image," in compression_translator("en", image)("published", **verdict)
    assert "单行的速度" in compression_translator("zh", table)("published", **verdict)
    assert compression_translator("en", {})("p50 of one") == "one text, median ms"  # a report of an older version
    same = {"method": "shap", "rows": 9, "value": "0.9", "interval": "0.8 to 1", "others": 1}
    assert "rank the columns alike" in compression_translator("en", table)("same explanations", **same)
