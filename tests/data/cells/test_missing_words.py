"""Words for "not known" in both languages: missing in columns of numbers, values in columns of categories."""

import pytest

from groundup.data.cells.missing import says_missing
from groundup.data.cells.numbers import number_column
from groundup.kinds.table.reader import TableReader


@pytest.mark.parametrize("word", ["无", "暂无", "未知", "不详", "未填写", "——", "/", "NA", "-"])
def test_words_for_not_known_are_missing_in_a_column_of_numbers(word: str):
    column = number_column(["1", "2.5", word, f" {word} "], "column 'age'")
    assert says_missing(word)
    assert (column.values, dict(column.missing), column.strange) == (2, {word: 2}, [])


def test_a_chinese_table_of_prices_rates_and_dates_is_read_without_a_warning():
    rows = [
        (
            f"¥{1000 + 37 * i:,}.50" if i % 9 else "无",
            f"{i % 20}.5%",
            ("2023年1月5日", "2023/2/6", "2023-03-07")[i % 3],
            "未知" if i % 8 else "教师",
        )
        for i in range(80)
    ]
    reader = TableReader(["收入", "利率", "日期", "职业"])
    reader.learn(rows)
    assert [column.kind for column in reader.table] == ["number", "number", "date", "category"]
    assert not [note for note in reader.notes if note.startswith("warning: ")]
    assert reader.table.columns[0].read("¥1,037.50") == 1037.5
    assert reader.table.columns[1].read("3.5%") == 3.5
