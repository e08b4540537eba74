"""A text as words and what stands between them, and which words may be changed. Joined, the pieces are the text again.

English words are runs of letters (with apostrophes and hyphens inside); Chinese ones are found by a dictionary, or each
character is one. Numbers, addresses, tags and names like @this stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from groundup.data import draws
from groundup.data.clean.dedup import fold
from groundup.data.settings import Chinese
from groundup.data.tokenizers.whole_words import inner_characters
from groundup.errors import InputError

Kind = Literal["word", "han", "fixed", "blank", "mark"]  # han: a Chinese word

HAN = "\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
ACCENTS = "".join(chr(c) for c in range(0x300, 0x1000) if unicodedata.category(chr(c))[0] == "M")
LETTER = f"(?:[^\\W_{HAN}]|[{ACCENTS}])"
ADDRESS = r"(?:https?://|www\.)[!-~]*[\w/]|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[@#][A-Za-z0-9_]+"
TAG = r"</?[A-Za-z][^<>]*>"
NUMBER = rf"\d+(?:[.,:/]\d+)*%?{LETTER}*(?:-{LETTER}+)*"
PIECE = re.compile(
    rf"(?P<fixed>{ADDRESS}|{TAG}|{NUMBER})|(?P<han>[{HAN}]+)|(?P<word>{LETTER}++(?:['’-]{LETTER}++)*+)|(?P<blank>\s+)|(?P<mark>.)",
    re.DOTALL,
)

NEGATIONS = {
    *"no not never none nobody nothing neither nor nowhere without cannot hardly scarcely barely rarely seldom".split(),
    *"aint cant couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt neednt shouldnt wasnt werent wont wouldnt".split(),
}
CHINESE_NEGATIONS = "不没沒无無非未别別莫勿否毋甭休弗"
"""A Chinese word that holds one of these characters counts as a negation, though 特别 is none: caution costs little."""


class Piece(NamedTuple):
    text: str
    kind: Kind

    @property
    def is_word(self) -> bool:
        return self.kind in ("word", "han")


@dataclass(frozen=True)
class Source:
    """A text to be changed, and the chance of this copy: a pure function of the seed, the row, the copy and the side."""

    text: str
    seed: int
    row: int
    copy: int
    side: int = 0  # 1 for the second text of a pair

    def uniform(self, stream: str, count: int) -> np.ndarray:
        """[count] draws in [0, 1) of a named stream."""
        return draws.uniform(draws.key(self.seed, "augment", stream, self.copy, self.side), self.row, np.arange(count))


def cut(text: str, chinese: Chinese = "words") -> list[Piece]:
    """The pieces of a text. Raises InputError when Chinese words are asked for and no dictionary is installed."""
    pieces: list[Piece] = []
    for match in PIECE.finditer(text):
        piece, kind = match.group(), match.lastgroup
        if kind == "han":
            pieces += [Piece(word, "han") for word in chinese_words(piece, chinese)]
        else:
            pieces.append(Piece(piece, kind))  # ty: ignore[invalid-argument-type]
    return pieces


def chinese_words(run: str, chinese: Chinese) -> list[str]:
    """The words of a run of Chinese characters."""
    if chinese == "characters" or len(run) == 1:
        return list(run)
    try:
        starts = [*np.flatnonzero(~inner_characters(run)).tolist(), len(run)]
    except InputError:
        raise InputError(
            "MISSING_EXTRA",
            "augment.chinese",
            "Chinese words are found by the package rjieba, which is not installed",
            "pip install 'groundup[zh]', or say characters",
        ) from None
    return [run[start:stop] for start, stop in zip(starts, starts[1:])]


def joined(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


@lru_cache(maxsize=2**16)
def is_negation(word: str) -> bool:
    """Whether a word turns what follows it around; of English, contractions too."""
    folded = fold(word).replace("’", "'")
    return folded in NEGATIONS or folded.endswith("n't") or any(character in CHINESE_NEGATIONS for character in folded)


def words_of(pieces: Sequence[Piece]) -> list[int]:
    """Places of all words."""
    return [place for place, piece in enumerate(pieces) if piece.is_word]


def changeable(pieces: Sequence[Piece]) -> list[int]:
    """Places of the words that may change: no negation, and no word right after one, whose sense depends on it."""
    places, negated = [], False
    for place, piece in enumerate(pieces):
        negation = piece.is_word and is_negation(piece.text)
        if piece.is_word and not negation and not negated:
            places.append(place)
        if piece.kind != "blank":
            negated = negation
    return places


def like(old: str, new: str) -> str:
    """A word in lower case written as the one it stands for: Capital first, or ALL CAPITALS."""
    if not new.islower() or not old[:1].isupper():
        return new
    return new.upper() if len(old) > 1 and old.isupper() else new[:1].upper() + new[1:]


def replaced(pieces: Sequence[Piece], place: int, word: str) -> list[Piece]:
    """The pieces with another word in this place."""
    return [*pieces[:place], Piece(like(pieces[place].text, word), pieces[place].kind), *pieces[place + 1 :]]


def inserted(pieces: Sequence[Piece], place: int, new: Piece) -> list[Piece]:
    """The pieces with a new one before this place, and blanks where words of letters would touch."""
    before = [Piece(" ", "blank")] if place and touches(pieces[place - 1], new) else []
    after = [Piece(" ", "blank")] if touches(new, pieces[place]) else []
    return [*pieces[:place], *before, new, *after, *pieces[place:]]


def deleted(pieces: Sequence[Piece], place: int) -> list[Piece]:
    """The pieces without this one and without one of the blanks around it, rather not one with a line end."""
    rest = [*pieces[:place], *pieces[place + 1 :]]
    around = [at for at in (place - 1, place) if 0 <= at < len(rest) and rest[at].kind == "blank"]
    if around:
        at = next((at for at in around if "\n" not in rest[at].text), around[0])
        return [*rest[:at], *rest[at + 1 :]]
    if 0 < place < len(rest) and touches(rest[place - 1], rest[place]):
        rest.insert(place, Piece(" ", "blank"))
    return rest


def touches(first: Piece, second: Piece) -> bool:
    """Whether two pieces would read as one word, or a mark would stick to the word after it."""
    if second.kind not in ("word", "fixed"):
        return False
    return first.kind in ("word", "fixed") or (first.kind == "mark" and first.text.isascii())


@lru_cache(maxsize=2**16)
def kind_of(word: str) -> Kind | None:
    """Whether a text is one word of letters or of Chinese characters; None for anything else."""
    match = PIECE.fullmatch(word)
    return match.lastgroup if match and match.lastgroup in ("word", "han") else None
