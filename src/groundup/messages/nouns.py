"""What a row of each kind is called: a text, an image, else a row. One table for all messages, in English and Chinese."""

from __future__ import annotations

from typing import NamedTuple

from groundup.language import LANGUAGE


class Noun(NamedTuple):
    """Of one row, of several, and in Chinese with what is counted."""

    one: str
    several: str
    chinese: str
    measure: str = ""

    def placeholders(self, language: str) -> dict[str, str]:
        """What stands for {nouns} and {single} (`one text`) in messages."""
        if language == "zh":
            return {"nouns": self.chinese, "single": f"单{self.measure}{self.chinese}"}
        return {"nouns": self.several, "single": f"one {self.one}"}


NOUNS: dict[str, Noun] = {
    "text": Noun("text", "texts", "文本", "条"),
    "image": Noun("image", "images", "图像", "张"),
}
ROW = Noun("row", "rows", "行")
"""Of tables and of rows of several kinds."""


def noun(kind: str, count: int = 2) -> str:
    """What so many rows of a kind are called, in the language that is spoken."""
    names = NOUNS.get(kind, ROW)
    if LANGUAGE.get() == "zh":
        return names.chinese
    return names.one if count == 1 else names.several


def counted(kind: str, count: int) -> str:
    """`1 text`, `1,200 rows`; in Chinese `1 条文本`, `1,200 行`."""
    measure = NOUNS.get(kind, ROW).measure if LANGUAGE.get() == "zh" else ""
    return f"{count:,} {measure}{noun(kind, count)}"
