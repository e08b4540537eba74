"""Slices by a further column: ranges in words, values one by one, and what is missing by its name."""

from groundup.evaluate.slices import ordered, slices, slices_of
from groundup.language import speaking
from groundup.messages.translate import translator
from groundup.pages.evaluation_page import slices as section


def test_numbers_are_sliced_into_four_ranges_in_their_order_and_missing_ones_by_name():
    cells = [str(number) for number in range(20, 60)] + ["", None, "NA", "?"]
    names, order = slices("age", cells)
    assert order == ["20 to 29", "30 to 39", "40 to 49", "50 to 59", "missing"]
    assert [names.count(one) for one in order] == [10, 10, 10, 10, 4]


def test_numbers_as_people_write_them_are_ranges_of_what_they_wrote():
    names, order = slices("income", [f"¥{1000 * number:,}.50" for number in range(1, 13)])
    assert order[0] == "¥1,000.50 to ¥3,000.50"
    assert names[0] == order[0]


def test_dates_are_ranges_of_dates():
    _, order = slices("day", [f"2024-{month:02}-05" for month in range(1, 13)])
    assert order[:4] == [
        "2024-01-05 to 2024-03-05",
        "2024-04-05 to 2024-06-05",
        "2024-07-05 to 2024-09-05",
        "2024-10-05 to 2024-12-05",
    ]


def test_few_numbers_and_words_are_slices_of_their_own():
    assert slices("rooms", [1, 2, 2.0, None]) == (["1", "2", "2.0", "missing"], [])
    words = [f"town {number}" for number in range(30)]
    assert slices("town", [*words, " "]) == ([*words, "missing"], [])


def test_equal_numbers_make_no_empty_range():
    names, order = slices("visits", ["0"] * 60 + [str(number) for number in range(1, 13)])
    assert set(names) <= set(order)
    assert names.count(names[0]) >= 60


def test_ranges_and_what_is_missing_are_chinese_where_that_is_spoken():
    with speaking("zh"):
        _, order = slices("age", [str(number) for number in range(20, 60)])
    assert order == ["20 至 29", "30 至 39", "40 至 49", "50 至 59", "缺失"]


def test_a_report_has_its_ranges_in_order_in_both_of_its_tables():
    columns, orders = slices_of({"age": [str(number) for number in range(40)], "town": ["a"] * 40})
    assert list(orders) == ["age"]
    names = ["30 to 39", "missing", "0 to 9"]
    report = {
        "slices": {"age": [{"value": name} for name in names], "town": [{"value": "a"}]},
        "decisions": {"groups": {"age": {"groups": [{"group": name} for name in names]}}},
    }
    told = ordered(report, orders)
    assert [row["value"] for row in told["slices"]["age"]] == ["0 to 9", "30 to 39", "missing"]
    assert [row["group"] for row in told["decisions"]["groups"]["age"]["groups"]] == ["0 to 9", "30 to 39", "missing"]
    assert columns["town"] == ["a"] * 40


def test_a_column_whose_groups_have_all_figures_has_no_second_table():
    report = {"slices": {"age": [{"value": "0 to 9", "rows": 9, "accuracy": 0.5}]}, "decisions": {"groups": {"age": {}}}}
    assert section(report, translator("en")) is None
    assert "0 to 9" in str(section(report | {"decisions": {}}, translator("en")))
