"""Which encodings bytes that are not UTF-8 may be in: those that decode them whole, by how usual the characters then are.

A list of candidates is offered in messages. `--read.encoding auto` takes the first one where it leaves no doubt, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from groundup.errors import InputError

LIKELY = 0.7  # share of usual characters from which an encoding is offered
SURE = 0.9  # and from which it is taken, where no other of another script comes near
NEAR = 0.1
FEW_ZEROS = 4  # that are characters, perhaps
CUT = 2**13  # bytes from which they may be the beginning of more
TYPOGRAPHY = "‘’“”–—…•€£¥§©®°±²³´·¿¡«»ªº"
LATIN = re.compile(r"(?<=[A-Za-zß-ÿ'])[ß-ÿŸžšœ]|[À-ß](?=[a-zß-ÿ])|[ß-ÿ](?=[a-z])")
CYRILLIC = re.compile(r"(?<=[А-Яа-яЁё])[а-яё]|[А-Яа-яЁё](?=[а-яё])")
KANA, HANGUL = re.compile(r"[ぁ-んァ-ヶー]"), re.compile(r"[가-힣]")
FULL_WIDTH = re.compile(r"[\u3000-\u3002\u300a-\u3011\uff01-\uff1f\u2018-\u201d\u2014\u2026]")


def of_first_level(codec: str, first: int, last: int) -> Callable[[str], int]:
    """Counts characters whose first byte in a codec is that of its usual ones."""

    def count(text: str) -> int:
        codes = (character.encode(codec, "backslashreplace")[0] for character in text)
        return sum(first <= code <= last for code in codes) + len(FULL_WIDTH.findall(text))

    return count


def of_class(pattern: re.Pattern, besides: str = "") -> Callable[[str], int]:
    return lambda text: len(pattern.findall(text)) + sum(text.count(character) for character in besides)


def chinese(text: str) -> int:
    """As above for GB 2312, but bytes of Korean also fit its first half: Chinese has characters of the second one, too."""
    late = of_first_level("gb2312", 0xC9, 0xD7)(text)
    common = of_first_level("gb2312", 0xB0, 0xD7)(text)
    return common if late * 20 >= common or common < 10 else 0


def taiwanese(text: str) -> int:
    """Big 5 has many characters whose second byte is ASCII; other encodings of two bytes do not."""
    data = text.encode("big5", "backslashreplace")
    pairs = [second for first, second in zip(data, data[1:], strict=False) if 0xA4 <= first <= 0xC6]
    low = sum(second < 0x80 for second in pairs)
    return of_first_level("big5", 0xA4, 0xC6)(text) if low * 8 >= len(pairs) or len(pairs) < 10 else 0


def japanese(text: str) -> int:
    kana = len(KANA.findall(text))
    return kana * 2 if kana * 5 > sum(character > "\x7f" for character in text) else 0


USUAL: dict[str, Callable[[str], int]] = {
    "euc-kr": of_class(HANGUL),
    "shift_jis": japanese,
    "euc-jp": japanese,
    "gb18030": chinese,
    "big5": taiwanese,
    "cp1252": of_class(LATIN, TYPOGRAPHY),
    "cp1251": of_class(CYRILLIC, "«»—"),
    "koi8-r": of_class(CYRILLIC),
}


def candidates(data: bytes) -> dict[str, float]:
    """Encoding -> share of the characters beyond ASCII that are usual ones in it, the likely ones, best first."""
    if two := two_bytes(data):
        return {two: 1.0}
    readings = {}
    for encoding, usual in USUAL.items():
        text = decoded(data, encoding)
        beyond = sum(character > "\x7f" for character in text or "")
        if text is not None and beyond:
            readings[encoding] = min(1.0, usual(text) / beyond)
    return {name: share for name, share in sorted(readings.items(), key=lambda pair: -pair[1]) if share >= LIKELY}


def two_bytes(data: bytes) -> str:
    """The encoding of two bytes a character whose zeros these bytes have, if they have such."""
    zeros = data.count(0)
    for start, name in (1, "utf-16-le"), (0, "utf-16-be"):
        if zeros > FEW_ZEROS and zeros * 6 > len(data) and data[start::2].count(0) == zeros:
            return name
    return ""


def decoded(data: bytes, encoding: str) -> str | None:
    """The text, but for a character that is cut at the end; None where the bytes are not in the encoding."""
    for cut in range(4 if len(data) >= CUT else 1):
        try:
            return data[: len(data) - cut].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(data) - 4:
                return None
    return None


def way_out(data: bytes) -> str:
    """What to pass to read these bytes."""
    names = list(candidates(data))[:3]
    if not names:
        return "say the encoding of the file: --read.encoding gb18030, or big5, cp1252, utf-16-le ..."
    return f"say the encoding of the file; --read.encoding {' or '.join(names)} can read it"


def detect(data: bytes, place: str) -> str:
    """The encoding of a file that begins with these bytes; InputError where that is in doubt."""
    readings = candidates(data)
    if decoded(data, "utf-8") is not None and not any(name.startswith("utf-16") for name in readings):
        return "utf-8"
    best, *others = readings or {"": 0.0}
    if readings.get(best, 0.0) < SURE or any(readings[other] > readings[best] - NEAR for other in others):
        candidates_text = (
            ", ".join(f"{name} ({share:.0%} usual characters)" for name, share in readings.items()) or "none that is known"
        )
        raise InputError(
            "WHICH_ENCODING", place, f"is not UTF-8, and its bytes fit {candidates_text}", "say it with --read.encoding"
        )
    return best
