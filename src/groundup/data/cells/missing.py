"""Cells that hold no value: empty ones, words for "not known", and the errors that spreadsheets write."""

from __future__ import annotations

from collections.abc import Iterable

WORDS = frozenset(
    {"na", "n/a", "<na>", "nan", "null", "none", "nil", "nat", "?", "-", "--", "–", "—", ".", "..", "...", "missing"}
    | {"无", "暂无", "未知", "不详", "不明", "缺失", "未填", "未填写", "未提供", "无数据", "不适用", "？", "－", "——", "/"}
)
ERRORS = frozenset(
    {"#n/a", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#spill!", "#calc!", "#getting_data", "#error!"}
)


def is_empty(cell: object) -> bool:
    """Whether a cell holds nothing, in a column of any kind: None, a text of blanks, a float that is not a number."""
    return cell is None or (isinstance(cell, str) and not cell.strip()) or cell != cell


def is_error(cell: object) -> bool:
    """Whether a cell is an error of a spreadsheet, like #DIV/0!: no value in a column of any kind."""
    return isinstance(cell, str) and cell.strip().casefold() in ERRORS


def says_missing(cell: object) -> bool:
    """Whether a cell is a word for "not known", like NA, ? or 无. In columns of numbers and dates it is missing; in a column of
    categories it is a value like others, for NA may be Namibia."""
    return isinstance(cell, str) and cell.strip().casefold() in WORDS


def missing_words(cells: Iterable[object]) -> list[str]:
    """The different words for "not known" in a column, as they are written."""
    return sorted({str(cell).strip() for cell in cells if says_missing(cell)})
