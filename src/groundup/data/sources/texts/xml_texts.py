"""Translations in XML: translation memories (TMX) and test sets as WMT publishes them since 2021. A column per language.

Read as a stream by expat. What declares entities is refused, nothing outside the file is ever opened, and depth and the length
of a text are bounded.
"""

from __future__ import annotations

import codecs
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.parsers import expat

from groundup.data.settings import ReadSettings
from groundup.data.sources.files.markup import XML_ROOTS, root_of
from groundup.data.sources.files.open import Input
from groundup.data.sources.records import Columns, Rejects, Row
from groundup.errors import InputError, printable
from groundup.messages.current import message

CHUNK = 2**18
DEEPEST = 64
LONGEST = 2**20  # characters of a text
MOST_TEXTS = 100_000  # of one document or unit
NATIVE = {"bpt", "ept", "ph", "it", "ut"}  # of TMX: codes of the program that the text came from
PLAIN_WAY = "expected are TMX (<tmx>) and the XML of WMT (<dataset>); other XML: take the texts out as csv or jsonl"


class Reader(ABC):
    """What elements mean. `rows` collects what is complete."""

    def __init__(self, name: str, needed: Sequence[str], rejects: Rejects):
        self.name, self.needed, self.rejects = name, needed, rejects
        self.rows: list[Row] = []
        self.languages: Counter[str] = Counter()
        self.text: list[str] | None = None
        self.size = 0

    @abstractmethod
    def start(self, tag: str, attributes: dict[str, str], line: int) -> None: ...

    @abstractmethod
    def end(self, tag: str, line: int) -> None: ...

    def characters(self, data: str, line: int) -> None:
        if self.text is not None:
            self.size += len(data)
            if self.size > LONGEST:
                raise InputError("TEXT_TOO_LONG", f"{self.name}:{line}", "a text does not end", limit=f"{LONGEST:,} characters")
            self.text.append(data)

    def begin_text(self) -> None:
        self.text, self.size = [], 0

    def ended_text(self) -> str:
        text, self.text = " ".join("".join(self.text or ()).split()), None
        return text

    def column(self, language: str) -> str:
        """The name under which a language is asked for: en for en-US, where that is what was asked for."""
        low = language.replace("_", "-").lower()
        for one in self.needed:
            if one.replace("_", "-").lower() == low:
                return one
        for one in self.needed:
            if one.replace("_", "-").lower() == low.partition("-")[0]:
                return one
        return language

    def deliver(self, values: dict[str, str], line: int, **others: str) -> None:
        """A row, when all languages that are asked for have a text."""
        self.rejects.read += 1
        lacking = [one for one in self.needed if one in self.languages_asked() and not values.get(one)]
        if lacking or not any(values.values()):
            self.rejects.drop(f"{self.name}:{line}", "BLANK_SIDE", f"has no text in {', '.join(lacking) or 'any language'}")
        else:
            self.rows.append(Row({**others, **values}, self.name, line))

    def languages_asked(self) -> set[str]:
        """What of the columns asked for can be a language: neither document nor id."""
        return {one for one in self.needed if one not in ("document", "id")}

    def conclude(self) -> None:
        """Refuse a file that lacks a language throughout; say which there are."""
        languages = ", ".join(f"{language} ({count:,})" for language, count in self.languages.most_common(20))
        columns = {self.column(language) for language in self.languages}
        lacking = [one for one in self.needed if one in self.languages_asked() and one not in columns]
        if lacking:
            raise InputError(
                "NO_COLUMN", self.name, f"has no texts in '{lacking[0]}'", f"its languages are {languages or 'none'}"
            )
        format_name = message(f"format {self.format_name()}")
        self.rejects.inform(
            message("languages are columns", format=format_name, languages=languages or message("none")), self.name
        )

    @abstractmethod
    def format_name(self) -> str: ...


class Memory(Reader):
    """TMX: <tu> holds a <tuv> per language, whose <seg> is the text. Codes inside a text are left out."""

    def __init__(self, name: str, needed: Sequence[str], rejects: Rejects):
        super().__init__(name, needed, rejects)
        self.unit: dict[str, str] = {}
        self.language, self.line, self.hidden = "", 0, 0

    def format_name(self) -> str:
        return "TMX"

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        if tag == "tu":
            self.unit, self.line = {}, line
        elif tag == "tuv":
            self.language = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif tag == "seg":
            self.begin_text()
        elif tag in NATIVE and self.text is not None:
            self.hidden += 1

    def characters(self, data: str, line: int) -> None:
        if not self.hidden:
            super().characters(data, line)

    def end(self, tag: str, line: int) -> None:
        if tag in NATIVE and self.hidden:
            self.hidden -= 1
        elif tag == "seg":
            text, column = self.ended_text(), self.column(self.language)
            self.languages[self.language] += 1
            exact = column.lower() == self.language.lower()
            if len(self.unit) < MOST_TEXTS and (column not in self.unit or exact):
                self.unit[column] = text
        elif tag == "tu":
            self.deliver(self.unit, self.line)


class TestSet(Reader):
    """WMT: <doc> holds <src lang>, <ref lang translator> and <hyp>, whose <seg id> belong together."""

    def __init__(self, name: str, needed: Sequence[str], rejects: Rejects, translator: str | None):
        super().__init__(name, needed, rejects)
        self.translator = translator
        self.translators: Counter[str] = Counter()
        self.systems = 0
        self.document, self.language, self.segment, self.line = "", "", "", 0
        self.side: dict[str, tuple[str, int]] | None = None
        self.source: dict[str, tuple[str, int]] = {}
        self.targets: dict[str, dict[str, tuple[str, int]]] = {}

    def format_name(self) -> str:
        return "XML of WMT"

    def start(self, tag: str, attributes: dict[str, str], line: int) -> None:
        if tag == "doc":
            self.document = attributes.get("id") or attributes.get("docid") or ""
            self.source, self.targets = {}, {}
        elif tag == "src":
            self.language, self.side = self.column(attributes.get("lang", "")), self.source
            self.languages[attributes.get("lang", "")] += 1
        elif tag == "ref":
            self.reference(attributes)
        elif tag == "hyp":
            self.side, self.systems = None, self.systems + 1
        elif tag == "seg":
            self.segment, self.line = attributes.get("id", ""), line
            self.begin_text()

    def reference(self, attributes: dict[str, str]) -> None:
        """The first translator of a file is read, or the one that was named."""
        translator, language = attributes.get("translator", ""), attributes.get("lang", "")
        self.translators[translator] += 1
        self.translator = translator if self.translator is None else self.translator
        self.side = None
        if translator == self.translator:
            self.languages[language] += 1
            self.side = self.targets.setdefault(self.column(language), {})

    def end(self, tag: str, line: int) -> None:
        if tag == "seg":
            text = self.ended_text()
            if self.side is not None and len(self.side) < MOST_TEXTS:
                self.side[self.segment] = (text, self.line)
        elif tag in ("src", "ref", "hyp"):
            self.side = None
        elif tag == "doc":
            for segment, (text, start) in self.source.items():
                others = {one: texts[segment][0] for one, texts in self.targets.items() if segment in texts}
                self.deliver({self.language: text} | others, start, document=self.document, id=segment)

    def conclude(self) -> None:
        names = [name or "no name" for name in self.translators]
        if self.translators and self.translator not in self.translators:
            raise InputError(
                "NO_TRANSLATOR",
                self.name,
                f"has no reference by '{printable(self.translator or '')}'",
                f"--read.translator is one of {', '.join(names)}",
            )
        if len(names) > 1:
            unnamed = message("no name")
            listed = message("comma").join(name or unnamed for name in self.translators)
            self.rejects.inform(message("several references", names=listed, one=self.translator or unnamed), self.name)
        if self.systems:
            self.rejects.inform(message("texts of systems", count=self.systems), self.name)
        super().conclude()


def xml_rows(opened: Input, settings: ReadSettings, rejects: Rejects, columns: Columns) -> Iterator[Row]:
    """A row per translated text, with a column per language (and `document`, `id` in test sets)."""
    head = opened.stream.peek(4096)[:4096]
    root = root_of_bytes(head)
    if root not in XML_ROOTS:
        what = f"is XML with the root <{printable(root, 40)}>" if root else "does not begin like XML"
        raise InputError("UNKNOWN_XML", opened.name, what, PLAIN_WAY)
    reader: Reader = (
        Memory(opened.name, columns.needed, rejects)
        if root == "tmx"
        else (TestSet(opened.name, columns.needed, rejects, settings.translator))
    )
    parser = make_parser(reader, None if settings.encoding == "auto" else settings.encoding)  # XML says its own
    while True:
        chunk = opened.stream.read(CHUNK)
        parse(parser, chunk, opened.name)
        yield from reader.rows
        reader.rows.clear()
        if not chunk:
            break
    reader.conclude()


def root_of_bytes(head: bytes) -> str:
    """The root of a document in UTF-8 or UTF-16."""
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8")("backslashreplace")
    return root_of(decoder.decode(head))


def make_parser(reader: Reader, encoding: str | None) -> expat.XMLParserType:
    """A parser that calls the reader and refuses what documents of texts do not need."""
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    depth = 0

    def place() -> str:
        return f"{reader.name}:{parser.CurrentLineNumber}"

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise InputError("XML_DEPTH", place(), "elements are nested too deep", limit=f"{DEEPEST}")
        reader.start(tag, attributes, parser.CurrentLineNumber)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        reader.end(tag, parser.CurrentLineNumber)

    def doctype(name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal:
            what = "declares things of its own (<!DOCTYPE ... [ ]>)"
            raise InputError("XML_ENTITIES", place(), what, "take the declarations out")

    def entity(*told: object) -> int:
        raise InputError("XML_ENTITIES", place(), "declares or uses an entity", "write the characters themselves")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda data: reader.characters(data, parser.CurrentLineNumber)
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = doctype, entity
    parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = entity
    return parser


def parse(parser: expat.XMLParserType, chunk: bytes, name: str) -> None:
    try:
        parser.Parse(chunk, not chunk)
    except expat.ExpatError as error:
        what = f"is no well-formed XML: {expat.ErrorString(error.code)} (column {error.offset + 1})"
        raise InputError("BAD_XML", f"{name}:{error.lineno}", what, "mend it, or fetch the file again") from None
    except (ValueError, LookupError) as error:
        raise InputError("BAD_ENCODING", name, f"declares an encoding that is not read: {error}", "save it as UTF-8") from None
