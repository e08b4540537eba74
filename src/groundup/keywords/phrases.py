"""Words of a text and its candidate phrases, in English and Chinese, with their places.

A phrase is one to four neighboring words that no stop word or punctuation mark parts. Chinese words come from a dictionary
(the package rjieba) or, without one, from the texts themselves (`corpus_words.py`). Places are characters [start, stop).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from groundup.data.scripts import script
from groundup.errors import InputError
from groundup.keywords.stop_words import STOP_WORDS

Language = Literal["en", "zh"]
Span = tuple[int, int]
Cut = Callable[[str], Sequence[str]]  # a text to its words, which joined are the text again

MOST_WORDS = 4
LONGEST_CHINESE = 12  # characters of a Chinese phrase
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
LATIN_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+|(?<=[0-9])\.[0-9]+)*[+#]*")
RUN = re.compile(rf"[{HAN}]+|(?:(?![{HAN}]){LATIN_WORD.pattern.replace('[^', f'[^{HAN}')})")
POSSESSIVE = re.compile(r"['’]s?$")
NO_NOUN = re.compile(r"[a-z]{2,}(?:ly|ous|ful|ible|able|ical|less)|[a-z]{3,}(?<!e)ed")  # a phrase does not end on such a word


@dataclass(frozen=True)
class Word:
    """One word and its place. `sentence` counts marks that end sentences before it; `joins` says that nothing but a blank
    parts it from the word before."""

    text: str
    span: Span
    sentence: int
    joins: bool

    @property
    def key(self) -> str:
        """How equal words are known."""
        return POSSESSIVE.sub("", self.text.lower())


@dataclass(frozen=True)
class Phrase:
    """A candidate: how equal ones are known, how it is written where it stands first, its words' keys, all its places."""

    key: str
    text: str
    words: tuple[str, ...]
    spans: tuple[Span, ...]


def language_of(texts: Sequence[str]) -> Language:
    """Chinese where a fair share of the letters is of a script without blanks."""
    return "en" if script([(text,) for text in texts]) == "words" else "zh"


@dataclass(frozen=True)
class Phrases:
    """What parts a text into words and finds its phrases. `cut` parts runs of Chinese characters; English needs none.

    With `longest`, a phrase that stands only inside one longer phrase is no candidate.
    """

    language: Language = "en"
    cut: Cut | None = None
    most_words: int = MOST_WORDS
    longest: bool = True

    @property
    def stop_words(self) -> frozenset[str]:
        return STOP_WORDS[self.language]

    def words(self, text: str) -> list[Word]:
        """All words in order, stop words too."""
        words: list[Word] = []
        sentence = last = 0
        for piece, start in self.pieces(text):
            between = text[last:start]
            sentence += ends_sentence(between)
            joins = bool(words) and (not between or (between.isspace() and "\n\n" not in between))
            last = start + len(piece)
            words.append(Word(piece, (start, last), sentence, joins))
        return words

    def pieces(self, text: str) -> list[tuple[str, int]]:
        """Words and where they begin."""
        pattern = LATIN_WORD if self.language == "en" else RUN
        pieces = []
        for run in pattern.finditer(text):
            if self.language == "en" or not re.match(f"[{HAN}]", run[0]):
                pieces.append((run[0], run.start()))
                continue
            start = run.start()
            assert self.cut is not None  # make_phrases gives one
            for word in self.cut(run[0]):
                pieces.append((word, start))
                start += len(word)
        return pieces

    def content(self, word: Word) -> bool:
        """Whether a word can be part of a phrase: no stop word, no number, not a single Latin letter."""
        key = word.key
        return key not in self.stop_words and not key[:1].isdigit() and (len(key) > 1 or not key.isascii())

    def runs(self, text: str) -> list[list[Word]]:
        """The longest rows of neighboring content words."""
        rows: list[list[Word]] = [[]]
        for word in self.words(text):
            if not self.content(word):
                rows.append([])
            elif word.joins:
                rows[-1].append(word)
            else:
                rows.append([word])
        return [row for row in rows if row]

    def candidates(self, text: str) -> list[Phrase]:
        """The phrases of a text, in the order in which they first appear; of equal starts the shorter first."""
        places: dict[str, list[Span]] = {}
        words: dict[str, tuple[str, ...]] = {}
        for row in self.runs(text):
            for first in range(len(row)):
                for stop in range(first + 1, min(first + self.most_words, len(row)) + 1):
                    part = row[first:stop]
                    if self.complete(part):
                        key = self.joined(part)
                        words.setdefault(key, tuple(word.key for word in part))
                        places.setdefault(key, []).append((part[0].span[0], part[-1].span[1]))
        phrases = [Phrase(key, surface(text, spans[0]), words[key], tuple(spans)) for key, spans in places.items()]
        return closed(phrases) if self.longest else phrases

    def complete(self, part: Sequence[Word]) -> bool:
        """Whether words in a row can stand alone as a phrase."""
        last = part[-1].key
        if self.language == "zh":
            length = sum(len(word.text) for word in part)
            return length >= 2 and (length <= LONGEST_CHINESE or last.isascii())
        return len(last) > 2 and not NO_NOUN.fullmatch(last)

    def joined(self, part: Sequence[Word]) -> str:
        """The key of words in a row: with blanks between Latin words, none beside Chinese characters."""
        key = part[0].key
        for word in part[1:]:
            key += (" " if key[-1].isascii() and word.key[0].isascii() else "") + word.key
        return key

    def key_of(self, text: str) -> str:
        """The key of a text that is one phrase."""
        words = self.words(text)
        return self.joined(words) if words else text.strip().lower()


def closed(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Without phrases that stand nowhere but inside one and the same longer phrase."""
    counts = {phrase.words: len(phrase.spans) for phrase in phrases}
    inner = {part for words, count in counts.items() for part in (words[1:], words[:-1]) if counts.get(part) == count}
    return [phrase for phrase in phrases if phrase.words not in inner]


def make_phrases(language: Language, cut: Cut | None = None) -> Phrases:
    """The way to phrases of a language; Chinese words by the dictionary of rjieba where no other `cut` is given.

    Raises `InputError` where rjieba is wanted and missing.
    """
    return Phrases(language, dictionary() if language == "zh" and cut is None else cut)


def dictionary() -> Cut:
    """The function of rjieba from a text to its words."""
    try:
        from rjieba import cut
    except ImportError:
        what = "Chinese words are found by the package rjieba, which is not installed"
        fix = "pip install 'groundup[zh]', or find them in the texts themselves: --words corpus"
        raise InputError("MISSING_EXTRA", "language", what, fix) from None
    return cut


def ends_sentence(between: str) -> bool:
    """Whether what stands between two words ends a sentence."""
    return any(mark in between for mark in "。！？!?；\n") or ". " in between or between.endswith(".")


def surface(text: str, span: Span) -> str:
    """A phrase as it is written, on one line."""
    return " ".join(text[span[0] : span[1]].split())
