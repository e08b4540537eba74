"""Cleaning rules: each a plain function of a paragraph, applied in a fixed order, each counted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from groundup.data.settings import CleanSettings

CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]"
)
BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u3000\r\n]+")
OTHER_BLANKS = re.compile(r"[\t\u00a0\u2000-\u200a\u3000\r\n]")
LINE_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u3000\r]+")
SUSPICIOUS = re.compile(r"[\u0080-\u00bf\u00c0-\u00ff\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122\ufffd]")
# Of these at least one is in all that ftfy takes for wrong: dashes, quotes and dots beside ASCII and ideographs are right.
ODD = re.compile(r"[\u0080-\u052f\u2000-\u2012\u2015-\u2017\u201a\u201b\u201e-\u2025\u2027-\u2bff\uf8ff-\ufb06\ufffd]")
LONG = 30  # characters from which a paragraph that stood before counts as repeated


def repair_mojibake(text: str) -> str:
    """Text that was decoded wrongly, decoded rightly (ftfy). Chinese punctuation and curly quotes stay."""
    if text.isascii() or not (ODD.search(text) and SUSPICIOUS.search(text)):
        return text
    import ftfy

    return ftfy.fix_encoding(text)


def remove_control(text: str) -> str:
    """Without control, zero-width and direction characters; tabs and line ends stay."""
    return text if text.isprintable() else CONTROL.sub("", text)


def normalize(form: Literal["NFC", "NFKC"]) -> Callable[[str], str]:
    """Unicode normalization."""

    def normalized(text: str) -> str:
        return text if text.isascii() or unicodedata.is_normalized(form, text) else unicodedata.normalize(form, text)

    return normalized


def collapse_blanks(text: str) -> str:
    """One blank between words, none at the ends."""
    plain = "  " not in text and (text.isprintable() or not OTHER_BLANKS.search(text))
    return (text if plain else BLANKS.sub(" ", text)).strip()


def collapse_in_lines(text: str) -> str:
    """One blank between words, none at the ends of lines."""
    return "\n".join(LINE_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip()


def hide_personal(text: str) -> str:
    from groundup.data.clean.personal import scrub

    return scrub(text)


@dataclass
class Counts:
    """Paragraphs seen and kept, and how many each rule changed and dropped."""

    paragraphs: int = 0
    num_kept: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> None:
        self.paragraphs += other.paragraphs
        self.num_kept += other.num_kept
        self.changed += other.changed
        self.dropped += other.dropped


class Cleaner:
    """The rules that the settings ask for; `counts` says what they did. `lines` are kept or are blanks."""

    def __init__(self, settings: CleanSettings, lines: bool = False):
        self.settings = settings
        self.counts = Counts()
        self.rules: list[tuple[str, Callable[[str], str]]] = []
        if settings.mojibake:
            self.rules.append(("mojibake", repair_mojibake))
        if settings.control:
            self.rules.append(("control", remove_control))
        if settings.normalize != "none":
            self.rules.append(("normalize", normalize(settings.normalize)))
        if settings.whitespace:
            self.rules.append(("whitespace", collapse_in_lines if lines else collapse_blanks))
        if settings.personal:
            self.rules.append(("personal", hide_personal))

    def text(self, text: str) -> str:
        """A text after the changing rules."""
        for name, rule in self.rules:
            after = rule(text)
            if after != text:
                self.counts.changed[name] += 1
                text = after
        return text

    def paragraph(self, text: str, earlier: set[str]) -> str | None:
        """A cleaned paragraph, or None when a rule drops it."""
        self.counts.paragraphs += 1
        text = self.text(text)
        reason = self.reason(text, earlier)
        if reason:
            self.counts.dropped[reason] += 1
            return None
        self.counts.num_kept += 1
        return text

    def reason(self, text: str, earlier: set[str]) -> str:
        """The rule that drops a paragraph, or nothing."""
        if not text or len(text) < self.settings.min_characters:
            return "too_short" if text else "empty"
        if self.settings.min_letters > 0:
            letters = sum(c.isalpha() for c in text)
            if letters / len(text) < self.settings.min_letters:
                return "few_letters"
        if self.settings.repeated_lines and len(text) > LONG:
            if text in earlier:
                return "repeated"
            earlier.add(text)
        return ""

    def document(self, paragraphs: Sequence[str]) -> list[str]:
        """The cleaned paragraphs of a document that are left."""
        earlier: set[str] = set()
        cleaned = (self.paragraph(paragraph, earlier) for paragraph in paragraphs)
        return [paragraph for paragraph in cleaned if paragraph is not None]
