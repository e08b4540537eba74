"""Markup where text is expected: what a file is by its first lines, so that tags are never read as sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from groundup.errors import InputError

LOOKED_AT = 60  # lines
MOSTLY = 0.6  # of the lines that are tags alone or begin with one and end with one
ROOT = re.compile(r"<(?!\?|!)([A-Za-z][\w:.-]{0,60})[\s/>]")
DOCTYPE = r"<!DOCTYPE\b[^>\[]{0,500}(?:\[[^\]]{0,4000}\]\s{0,100})?>"
PROLOG = re.compile(rf"\s*(?:<\?xml\b[^>]{{0,500}}>|<!--.{{0,2000}}?-->|{DOCTYPE}|\s+)", re.DOTALL | re.IGNORECASE)
TAG_LINE = re.compile(r"<[/!?]?[A-Za-z][^<>]*>(?:.*<[^<>]+>)?", re.DOTALL)
SGML_ROOTS = {"srcset", "refset", "tstset", "mteval", "hyposet"}
XML_ROOTS = {"tmx": "TMX", "dataset": "XML of WMT", "collection": "XML of WMT"}
WAYS_OUT = {
    "HTML": "pass --read.format html",
    "TMX": "pass --read.format tmx",
    "XML of WMT": "pass --read.format xml",
    "SGML": "name both sides as their languages end, like set.en.sgm and set.de.sgm, and give the folder",
}
AS_TEXT = "--read.markup text, if the tags are part of the text"


def root_of(head: str) -> str:
    """The first element that a text begins with, in lower case; nothing where it begins with no tag."""
    at = 1 if head.startswith("\ufeff") else 0
    while (prolog := PROLOG.match(head, at)) and prolog.end() > at:
        at = prolog.end()
    match = ROOT.match(head, at)
    return match[1].lower() if match else ""


def markup_of(lines: Sequence[str]) -> str:
    """What a text is whose first lines these are: HTML, TMX, SGML, XML, tags; nothing for plain text."""
    head = "\n".join(lines[:LOOKED_AT])[:20_000]
    root = root_of(head)
    begins = head.lstrip("\ufeff \t\r\n")[:15].lower()
    if root == "html" or begins.startswith(("<!doctype html", "<html")):
        return "HTML"
    if root in XML_ROOTS and (root == "tmx" or begins.startswith("<?xml") or "<doc" in head):
        return XML_ROOTS[root]
    if root in SGML_ROOTS:
        return "SGML"
    if begins.startswith(("<?xml", "<!doctype")):
        return f"XML with the root <{root or '?'}>"
    filled = [line.strip() for line in lines[:LOOKED_AT] if line.strip()]
    tags = sum(TAG_LINE.fullmatch(line[:2000]) is not None for line in filled)
    return "markup, line for line" if len(filled) > 1 and tags > MOSTLY * len(filled) else ""


def refuse_markup(lines: Sequence[str], name: str) -> None:
    """Refuse a file of markup that would be read as plain text, with the way it is read."""
    markup = markup_of(lines)
    if markup:
        first = next((line.strip() for line in lines if line.strip()), "")
        way = WAYS_OUT.get(markup)
        fix = f"{way}, or {AS_TEXT}" if way else f"take the text out of it, or pass {AS_TEXT}"
        raise InputError("MARKUP", name, f"is {markup}, not plain text: it begins with '{first[:60]}'", fix)
