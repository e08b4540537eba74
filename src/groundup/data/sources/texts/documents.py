"""Documents of running text: txt, md and html files, or the text column of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.join_words import join_words
from groundup.data.sources.files.markup import refuse_markup
from groundup.data.sources.files.open import Input
from groundup.data.sources.files.text import read_text
from groundup.data.sources.records import RUNNING, Columns, Document, Rejects, Row
from groundup.data.sources.tables.missing_column import examples, no_column
from groundup.data.sources.tables.rows import rows_of
from groundup.errors import InputError
from groundup.messages.translate import plural

CJK = r"[\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]"
BETWEEN_CJK = re.compile(rf"\n(?<={CJK}\n)(?={CJK})")
BLANK = re.compile(r"\n[ \t]*\n\s*")
WORDS = "words"  # column of the sentences of CoNLL
BLOCK = re.compile(r"<(/?)(?:div|article)\b", re.IGNORECASE)
DEEPEST_HTML = 512
FAULTS_OF_A_FILE = ("BAD_ENCODING", "HTML_TOO_DEEP", "MARKUP")  # which may be one of many, and counts as a faulty record


def documents_of(
    opened: Input,
    settings: ReadSettings,
    rejects: Rejects,
    text_column: str | None,
    document_column: str | None,
    others: Sequence[str] = (),
) -> Iterator[Document]:
    """The documents of one input."""
    if opened.format in RUNNING:
        if others:
            raise InputError(
                "NO_COLUMN",
                opened.name,
                f"is running text, which has no column '{others[0]}'",
                "give tables, or leave --split.group_by and --split.time_column out",
            )
        rejects.read += 1
        try:
            text = PLAIN.get(opened.format, str)(read_text(opened.stream, settings.encoding, opened.name))
            if opened.format == "txt" and settings.markup == "auto":
                refuse_markup(text[:20_000].split("\n"), opened.name)
        except InputError as error:
            if error.code not in FAULTS_OF_A_FILE:
                raise
            rejects.fault(error.place or opened.name, error.code, error.what, fix=error.fix)
            return
        paragraphs = paragraphs_of(text, settings.paragraphs)
        if paragraphs:
            yield Document(opened.name, paragraphs, opened.name)
        else:
            rejects.drop(opened.name, "EMPTY", "holds no text")
        return
    text_column = text_column or (WORDS if opened.format == "conll" else None)
    needed = tuple(name for name in (text_column, document_column, *others) if name)
    rows = rows_of(opened, settings, rejects, Columns(needed, () if text_column else None))
    if opened.format == "conll":
        rows = map(sentence_of, rows)
    yield from table_documents(rows, text_column, document_column, others, settings, rejects)


def sentence_of(row: Row) -> Row:
    """A row of CoNLL with its words written as one text."""
    words = row.values.get(WORDS)
    return replace(row, values=row.values | {WORDS: join_words(words)[0]}) if isinstance(words, list) else row


def paragraphs_of(text: str, by: str) -> list[str]:
    """Paragraphs in order. Lines inside one are joined by a blank, by nothing between Chinese characters; verse keeps them."""
    if by == "line":
        return [line for line in text.split("\n") if line.strip()]
    blocks = BLANK.split(text.strip("\n"))
    if by == "verse":
        return [block for block in blocks if block.strip()]
    return [(block if block.isascii() else BETWEEN_CJK.sub("", block)).replace("\n", " ") for block in blocks if block.strip()]


def from_html(text: str) -> str:
    """The main text of a page, without scripts, styles and navigation. Raises InputError for one whose blocks lie too deep in
    one another: the library's time grows with the square of their depth."""
    from resiliparse.extract.html2text import extract_plain_text

    depth = deepest = 0
    for tag in BLOCK.finditer(text):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    if deepest > DEEPEST_HTML:
        raise InputError(
            "HTML_TOO_DEEP", "", f"has {plural(deepest, 'block')} in one another", "flatten the page", f"{DEEPEST_HTML}"
        )
    return extract_plain_text(text, main_content=True, alt_texts=False, preserve_formatting=True)


def from_markdown(text: str) -> str:
    """The text of Markdown: headings and prose stay, marks go. What a mark holds ends at the next mark of its kind, so that
    each letter is looked at a few times at most."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)  # front matter
    text = re.sub(r"^(```|~~~).*?^\1[^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^#{1,6}[ \t]+(.*)$", lambda match: "\n" + match[1].rstrip(" \t#") + "\n", text, flags=re.MULTILINE)
    text = re.sub(r"!\[[^\[\]]*\]\([^)\[]*\)", "", text)
    text = re.sub(r"\[([^\[\]]*)\]\([^)\[]*\)", r"\1", text)
    for mark in "*_":
        one, other = re.escape(mark), f"[^{re.escape(mark)}\n]"
        text = re.sub(rf"{one}{one}(?=\S)({other}+(?:{one}(?!{one}){other}*)*)(?<=\S){one}{one}", r"\1", text)
    text = re.sub(r"(?<![\w*])([*_])(?=\S)([^*_\n]+)(?<=\S)\1(?![\w*])", r"\2", text)
    text = "\n".join("" if is_rule(line) else line for line in text.split("\n"))
    return re.sub(r"^[ \t]*>[ \t]?", "", text, flags=re.MULTILINE)


def is_rule(line: str) -> bool:
    """Whether a line is a rule across the page: three of -, * and _ or more, and blanks."""
    marks = line.replace(" ", "").replace("\t", "")
    return len(marks) >= 3 and not marks.strip("-*_")


PLAIN = {"html": from_html, "md": from_markdown}


def table_documents(
    rows: Iterator[Row],
    text_column: str | None,
    document_column: str | None,
    others: Sequence[str],
    settings: ReadSettings,
    rejects: Rejects,
) -> Iterator[Document]:
    """One document a row, or consecutive rows with one value of the document column joined; with each row's `others`."""
    current: Document | None = None
    key: object = None
    column = text_column
    for row in rows:
        name = f"{row.file}:{row.line}"
        column = column or guess_column(row)
        further = [(other, "split.group_by or --split.time_column") for other in others]
        for column_name, setting in ((column, "text_column"), (document_column, "document_column"), *further):
            if column_name is not None and column_name not in row.values:
                raise no_column(row, column_name, setting)
        value = row.values[column]
        paragraphs = paragraphs_in(value, settings.paragraphs)
        if not paragraphs:
            rejects.drop(name, "EMPTY", f"'{column}' is empty or not text", row.number)
            continue
        if document_column is None:
            yield Document(name, paragraphs, row.file, others=values_of(row, others))
        elif current is not None and row.values.get(document_column) == key:
            current.paragraphs += paragraphs
            for other, values in values_of(row, others).items():
                current.others[other] += values
            rejects.joined += 1
        else:
            if current is not None:
                yield current
            current, key = Document(name, paragraphs, row.file, others=values_of(row, others)), row.values.get(document_column)
    if current is not None:
        yield current


def values_of(row: Row, names: Sequence[str]) -> dict[str, list[str | None]]:
    """Values of further columns as texts, each the first of a list; None where a row has none."""
    values = {name: row.values[name] for name in names}
    return {name: [None if value is None or value == "" or value != value else str(value)] for name, value in values.items()}


def paragraphs_in(value: object, by: str) -> list[str]:
    """Paragraphs of a text, or of a list of texts, each of which is at least one; nothing where there is no text."""
    if isinstance(value, str):
        return paragraphs_of(value, by)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return [paragraph for part in value for paragraph in paragraphs_of(part, by)]
    return []


def guess_column(row: Row) -> str:
    """The only text column; with several, it must be said."""
    texts = [name for name, value in row.values.items() if isinstance(value, str)]
    if len(texts) == 1:
        return texts[0]
    raise InputError(
        "WHICH_COLUMN",
        f"{row.file}:{row.line}",
        f"has {plural(len(texts), 'column')} of texts",
        f"say which one with --text_column: {examples({name: row.values[name] for name in texts})}",
    )
