"""Segments of NIST's SGML (WMT, IWSLT), and the tagged text of IWSLT.

SGML is no XML: ampersands may stand alone and attributes lack quotes; several segments stand on a line, or one on several."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from groundup.data.sources.files.markup import markup_of
from groundup.data.sources.files.text import Lines
from groundup.errors import InputError

LONGEST = 2**20  # characters of a segment
TAG = re.compile(r"<(/?)(doc|seg)\b([^<>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
INSIDE = re.compile(r"<[^<>]*>")
BLANKS = re.compile(r"\s+")
UNWRAPPED = re.compile(r"\s*<(title|description)>(.*)</\1>\s*", re.IGNORECASE)
ABOUT = re.compile(
    r"\s*<(?:/?(?:doc|transcript)\b[^<>]*|(?:url|keywords|talkid|speaker|reviewer|translator|videopath|date|"
    r"dtime|videofps|content)\b[^<>]*>.*</[a-z]+)>\s*",
    re.IGNORECASE,
)
LOOKED_AT = 200


class Text(NamedTuple):
    """One side of a pair: where it stands, what is wrong with its bytes, and its name (document, segment) in SGML."""

    text: str
    number: int
    fault: str | None = None
    name: tuple[str, str] | None = None


def attributes(inside: str) -> dict[str, str]:
    return {match[1].lower(): match[2] or match[3] or match[4] or "" for match in ATTRIBUTE.finditer(inside)}


def segments(lines: Lines) -> Iterator[Text]:
    """`<seg id="3">text</seg>` of the document that was opened before, wherever line ends stand."""
    document, counted, documents = "", 0, 0
    parts: list[str] | None = None  # of the segment that is open
    name, number, size, fault = ("", ""), 0, 0, None
    for line in lines:
        fault = fault or (lines.fault if parts is not None else None)
        at = 0
        for tag in TAG.finditer(line):
            closes, kind = bool(tag[1]), tag[2].lower()
            if parts is not None and kind == "seg" and closes:
                parts.append(line[at : tag.start()])
                yield Text(plain(parts), number, fault, name)
                parts = None
            elif parts is not None:
                raise unclosed(lines, number)
            elif kind == "doc" and not closes:
                documents, counted = documents + 1, 0
                document = attributes(tag[3]).get("docid") or attributes(tag[3]).get("id") or str(documents)
            elif kind == "seg" and not closes:
                counted += 1
                name, number, size = (document, attributes(tag[3]).get("id") or str(counted)), lines.number, 0
                parts, fault = [], lines.fault
            at = tag.end()
        if parts is not None:
            parts.append(line[at:])
            size += len(line) - at + 1
            if size > LONGEST:
                raise unclosed(lines, number)
    if parts is not None:
        raise unclosed(lines, number)


def plain(parts: Sequence[str]) -> str:
    """The text of a segment: its lines joined by blanks, without tags inside, with entities as characters."""
    joined = " ".join(parts) if len(parts) > 1 else parts[0]
    text = html.unescape(INSIDE.sub("", joined)).strip()
    return BLANKS.sub(" ", text) if len(parts) > 1 else text


def unclosed(lines: Lines, number: int) -> InputError:
    return InputError(
        "BAD_SEGMENT",
        f"{lines.place}:{number}",
        "opens a segment that is not closed before the next one",
        "close it with </seg>",
        limit=f"{LONGEST:,} characters",
    )


def is_sgml(head: Sequence[str]) -> bool:
    """Whether the first lines of a file hold segments."""
    return any("<seg" in line.lower() for line in head) and markup_of(head) not in ("HTML", "TMX", "XML of WMT")


def is_tagged(head: Sequence[str]) -> bool:
    """Whether the first lines are IWSLT's: text lines between lines about the talk."""
    about = sum(ABOUT.fullmatch(line) is not None for line in head[:LOOKED_AT])
    urls = any(line.lstrip().lower().startswith(("<url>", "<doc ")) for line in head[:LOOKED_AT])
    others = sum(bool(line.strip()) and not line.lstrip().startswith("<") for line in head[:LOOKED_AT])
    return about >= 2 and urls and others > 0


def untagged(text: str) -> str | None:
    """The text of a line of IWSLT's tagged files: titles without their tags; None for a line about the talk."""
    if ABOUT.fullmatch(text):
        return None
    match = UNWRAPPED.fullmatch(text)
    return match[2].strip() if match else text
