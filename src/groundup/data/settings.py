"""Settings of data preparation, for every command that reads raw files. Free of anything heavy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from groundup.config import Bounds, Fraction, NonNegative, Positive
from groundup.scope import Unfit, always

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "blank": " "}  # names of delimiters

Chinese = Literal["words", "characters"]  # what a Chinese word is
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
Share = Annotated[float, Bounds(0, 1, open_maximum=True)]
ROWS = Unfit(always, ("read.paragraphs",), "is for groundup prepare: here a row is one text")
ANSWERED = Unfit(always, ("read.max_rejects", "read.decimal"), "is for labels; rows are answered here, faulty ones, too")
PARTED = ("delimiter", "quote", "comment", "widths")  # settings of csv and tsv
HEADED = ("skip_lines", "header", "header_lines", "column_names")  # of these and of sheets
SHARES = ("split.validation", "split.test")  # no files; 0 says what a table of its own does anyhow
FILES = (
    Unfit(
        lambda one: one.validation and one.split.validation,
        SHARES[:1],
        "is a share of the data, and --validation names a table",
    ),
    Unfit(lambda one: one.test and one.split.test, SHARES[1:], "is a share of the data, and --test names a table"),
    Unfit(
        lambda one: one.validation and one.test,
        ("split",),
        "draws nothing: validation and test have tables of their own",
        but=SHARES,
    ),
)


@dataclass(frozen=True, kw_only=True)
class ReadSettings:
    """How raw files are read. What is inferred about a file is reported; what is not UTF-8 (or UTF-16 with a mark) is named."""

    unfit: ClassVar = (  # the cases are told by sources/records.py:Rejects.cases
        Unfit("no text file", ("encoding",), "is for files of text, and none was read"),
        Unfit("no csv or tsv", PARTED, "is for csv and tsv, none was read"),
        Unfit("no header", HEADED, "is for csv, tsv and sheets, none was read"),
        Unfit("no workbook", ("sheet",), "is for workbooks, and none was read"),
        Unfit("no table", ("missing",), "is for tables, and none was read"),
        Unfit(lambda read: read.header, ("column_names",), "is for tables without a header: pass --read.header false, too"),
        Unfit(lambda read: not read.header, ("header_lines",), "is of a header, and --read.header false says there is none"),
        Unfit(lambda read: read.widths, ("delimiter", "quote"), "goes with fields that a mark parts, not with --read.widths"),
        Unfit("no conll", ("words_column", "tags_column"), "is for conll, and none was read"),
        Unfit("no plain text", ("markup",), "is for plain text, and none was read"),
        Unfit("no text rows", ("text_rows",), "is for text files, and none was read"),
        Unfit("no xml", ("translator",), "is for xml, and none was read"),
        Unfit("no spans", ("offsets", "offset_shift", "inclusive_end"), "is for spans and places, and none was read"),
        Unfit("no class names", ("class_names",), "is for data sets that name their classes, and none was read"),
        Unfit("no jsonl", ("allow_truncated_tail",), "is for jsonl, and none was read"),
        Unfit("lines", ("format",), "is not for files whose lines belong together"),
    )

    encoding: str | None = None
    """Text encoding, like gb18030; auto: inferred for each file, and said. Default: UTF-8, or UTF-16 with a byte order mark."""
    format: (
        Literal[
            "txt",
            "md",
            "html",
            "csv",
            "tsv",
            "arff",
            "json",
            "jsonl",
            "parquet",
            "arrow",
            "conll",
            "squad",
            "tmx",
            "xml",
            "sheet",
        ]
        | None
    ) = None
    """Format of all files. Default: what their names say. conll: a word and its tag a line (columns words, tags, document);
    squad: questions with answers in JSON (columns question, context, answers, document); tmx, xml: translation memories and
    test sets of WMT (a column per language); sheet: xlsx and ods."""
    delimiter: str | None = None
    """What stands between the fields of csv and tsv: , or ; or | or tab, blank (any number of blanks and tabs), or another
    character. Default: , in csv and tab in tsv, unless the header shows another one."""
    quote: Literal["auto", "double", "single", "none"] = "auto"
    """Quote character of csv and tsv; none: quotes are part of the text. auto: double where commas part fields; where tabs
    do, only if the first records show that fields stand in quotes, else none."""
    decimal: Literal["auto", ".", ","] = "auto"
    """What stands before the decimals where a column of texts is read as numbers. auto: what its numbers show."""
    class_names: bool = True
    """Whether numbers of classes become the names that the data set itself gives them (ClassLabel of Hugging Face)."""
    markup: Literal["auto", "text"] = "auto"
    """Tags in plain text. text: they are part of it. auto: a file of markup is refused with the way to read it, and lines about
    the talks are left out of IWSLT's tagged text."""
    translator: str | None = None
    """xml: name of the translator whose reference is read, where a test set of WMT has several. Default: the first one."""
    words_column: int | str | None = None
    """conll: column of the words, by number (the first is 1, the last -1) or name. Default: the first, or the second where the
    first counts the words of a sentence."""
    tags_column: int | str | None = None
    """conll: column of the tags, by number or name, or a key in it (NER of NER=B-PER|Gender=Fem). Default: the last one that
    holds tags of names, the outer one of GermEval, or the last of all."""
    offsets: Literal["codepoints", "utf16", "bytes", "crlf", "lf"] | None = None
    """What places of spans and answers count: characters (the default), UTF-16 units (JavaScript), bytes of UTF-8, or
    characters with every line end as two (crlf) or one (lf). The text beside a span is compared with its place."""
    offset_shift: Annotated[int, Bounds(-10, 10)] = 0
    """Added to the start and the end of every span: -1 where counting began with 1."""
    inclusive_end: bool = False
    """Whether the end of a span is its last character, not the one after it."""
    skip_lines: NonNegative = 0
    """Lines of a csv, tsv or sheet above its header that are no part of the table."""
    header: bool = True
    """Whether a csv, tsv or sheet begins with the names of its columns; without it they are called 0, 1, 2 ..."""
    header_lines: Positive = 1
    """Lines of the header of a csv, tsv or sheet. What several say is joined: `weight` above `kg` is `weight kg`."""
    column_names: tuple[str, ...] = ()
    """Names of the columns of a csv, tsv or sheet without a header, in their order; given again for each."""
    comment: str | None = None
    """Lines of a csv or tsv that begin with this are left out, like #."""
    widths: tuple[Positive, ...] = ()
    """Characters of each column of a csv or tsv whose fields have fixed widths; given again for each."""
    sheet: str | None = None
    """Name of the sheet of a workbook. Default: its first."""
    missing: tuple[str, ...] = ()
    """Words of a table that mean that nothing is known, in every column, like ?; given again for further ones."""
    include: tuple[str, ...] = ()
    """Read only files whose name inside the folder or archive fits one of these patterns, like **/target.txt."""
    text_rows: Literal["auto", "line", "file"] = "auto"
    """What a row of a text file is, where rows are read: a line or the whole file. auto: the file where text lies in folders
    that are named after classes and the column label is asked for, or predict answers, else a line."""
    paragraphs: Literal["blank", "line", "verse"] = "blank"
    """What parts paragraphs in text files: blank lines, every line end, or (verse) blank lines with the lines between kept."""
    max_rejects: NonNegative | None = None
    """Faulty records that are tolerated. Default: 1 % of the records read, rounded down."""
    allow_truncated_tail: bool = False
    """Drop a last line that is cut in the middle, instead of refusing the file."""

    def check(self) -> Iterable[tuple[str, str]]:
        one = "," if self.delimiter is None else DELIMITERS.get(self.delimiter, self.delimiter)
        if self.comment is not None and not self.comment.strip():
            yield "comment", "is empty"
        if len(set(self.column_names)) < len(self.column_names):
            yield "column_names", "names one twice"
        if len(one) != 1 or one in "\"'\r\n" or one.isalnum():
            yield "delimiter", f"'{self.delimiter}' is neither comma, semicolon, tab, pipe nor one mark"


@dataclass(frozen=True, kw_only=True)
class LabelSettings:
    """What the label column means. What is inferred about it is inferred once, from all rows, and said."""

    separator: str = "auto"
    """The text between several labels in a cell, `blank`, `tab`, or `none` where a cell is one name. auto: inferred from all
    cells. Lists in cells need none."""
    names: tuple[str, ...] = ()
    """Names of the labels in the order of their numbers, where the column holds such numbers or vectors of 0 and 1."""
    columns: tuple[str, ...] = ()
    """Columns of 0 and 1, one for each label, instead of the label column; their names are the labels."""
    rename: tuple[str, ...] = ()
    """What the column calls a label, and its name: `pos=positive`; given again for further ones."""
    impossible: str | None = None
    """Column that says whether a question has no answer, like is_impossible; what the label column holds there does not count.
    Where there is none, an empty list says so."""
    language: str | None = None
    """Language of the texts in the label column (of the answers, for answering), like ja: by it BLEU, ROUGE and exact matches
    part words. Default: what the script of the training texts says."""

    def check(self) -> Iterable[tuple[str, str]]:
        if not self.separator:
            yield "separator", "is empty; say none where a cell is one name"
        for name in ("names", "columns"):
            if len(set(getattr(self, name))) < len(getattr(self, name)):
                yield name, "names one twice"
        if len(self.columns) == 1:
            yield "columns", "1 column; a label column of its own for each of two labels or more"
        for pair in self.rename:
            if pair.count("=") != 1 or pair.startswith("="):
                yield "rename", f"'{pair}' is not old=new, with one ="
        if len({old for old, _ in self.renamed()}) < len(self.rename):
            yield "rename", "names one twice"
        if self.language is not None and not LANGUAGE.fullmatch(self.language):
            yield "language", f"'{self.language}' is no code of a language, like en, zh or pt-BR"

    def renamed(self) -> list[tuple[str, str]]:
        """(what the column calls a label, its name) of each pair."""
        return [(old, new) for old, _, new in (pair.partition("=") for pair in self.rename)]


@dataclass(frozen=True, kw_only=True)
class ImageSettings:
    """How images become examples: the middle square, scaled to one size."""

    size: Positive = 32
    """Side in pixels."""
    channels: Literal[1, 3] = 3
    """3 for color, 1 for gray."""

    def check(self) -> Iterable[tuple[str, str]]:
        if not 8 <= self.size <= 1024:
            yield "size", f"{self.size} is not from 8 to 1024"


@dataclass(frozen=True, kw_only=True)
class CleanSettings:
    """What is done to texts, in this order; every rule counts what it changed and dropped."""

    mojibake: bool = True
    """Repair text that was decoded wrongly (Ã© for é)."""
    control: bool = True
    """Remove control and zero-width characters."""
    normalize: Literal["NFC", "NFKC", "none"] = "NFC"
    """Unicode normalization."""
    whitespace: bool = True
    """Collapse runs of blanks."""
    min_characters: NonNegative = 1
    """Drop paragraphs that are shorter."""
    min_letters: Fraction = 0.0
    """Drop paragraphs in which letters (of any script) are a smaller share of the characters."""
    repeated_lines: bool = True
    """Drop a paragraph that stood in the same document before, when it is longer than 30 characters."""
    personal: bool = False
    """Replace e-mail addresses, telephone, card, account and identity numbers and IP addresses."""


@dataclass(frozen=True, kw_only=True)
class DedupSettings:
    """Removal of repeated documents."""

    unfit: ClassVar = (Unfit(lambda dedup: not dedup.near, ("similarity",), "is of near repeats, which are not looked for"),)

    exact: bool = True
    """Drop documents that repeat another after folding case, width and blanks."""
    near: bool = True
    """Drop documents that are nearly another (MinHash over character 5-grams)."""
    similarity: Fraction = 0.8
    """Share of 5-grams in common from which documents are nearly the same, at least 0.5. Of a document of more than 20,000
    characters its beginning is compared, and its length."""


@dataclass(frozen=True, kw_only=True)
class SplitSettings:
    """Training, validation and test parts, drawn from (seed, row) alone."""

    unfit: ClassVar = (
        Unfit(lambda split: split.group_by != "containment", ("contained",), "goes with --split.group_by containment"),
        Unfit(lambda split: not split.time_column, ("dates",), "is of dates in time_column, and none is named"),
        Unfit(lambda split: split.time_column, ("stratify",), "does not go with time_column, which looks at no label"),
    )

    validation: Share = 0.1
    """Share of the validation split."""
    test: Share = 0.1
    """Share of the test split."""
    group_by: str | None = None
    """Column whose equal values stay in one split; `containment` groups rows whose text is part of another's."""
    contained: Literal["train", "leave_out"] = "train"
    """With containment: whether texts that are part of training texts only train too, or whole texts alone are used."""
    time_column: str | None = None
    """Column to order by: the oldest rows train, the newest test. Numbers, or dates like 2024-01-19 or 19.01.2024."""
    dates: Literal["auto", "dmy", "mdy"] = "auto"
    """Which number of dates like 03/04/2024 in the time column comes first, the day (dmy) or the month. auto: as they show."""
    stratify: bool = True
    """Keep the shares of the labels in every split."""

    def check(self) -> Iterable[tuple[str, str]]:
        if self.validation + self.test >= 1:
            yield "test", f"validation {self.validation:g} and test {self.test:g} leave nothing to train on"
        if self.group_by and self.time_column:
            yield "time_column", "group_by and time_column exclude each other"


@dataclass(frozen=True, kw_only=True)
class TokenizerSettings:
    """A tokenizer to train on the training split, or one to reuse."""

    unfit: ClassVar = (
        Unfit(lambda one: one.existing, ("*",), "is of a tokenizer to train, and an existing one is reused", but=("existing",)),
        Unfit(lambda one: one.kind not in ("wordpiece", "bpe"), ("lowercase",), "is for wordpiece and bpe; others keep case"),
        Unfit(lambda one: one.kind == "unigram", ("min_frequency",), "is of pairs that are merged; unigram merges none"),
    )

    kind: Literal["wordpiece", "bpe", "byte_bpe", "unigram", "character"] = "wordpiece"
    """Method. byte_bpe and character keep a text as it is, blanks and line ends too: what a model that writes needs."""
    vocab_size: Positive = 8192
    """Entries, special tokens included."""
    lowercase: bool = True
    """Fold case and accents (wordpiece and bpe)."""
    min_frequency: Positive = 2
    """Rarest pair that is merged."""
    sample_megabytes: Positive = 100
    """Text it is trained on at most."""
    existing: str | None = None
    """tokenizer.json, model folder, run or data folder to reuse instead."""


@dataclass(frozen=True, kw_only=True)
class TableSettings:
    """A labelled table: where it is, which columns are read, and how its rows are split. Commands that read one inherit it."""

    data: str
    """Labelled table (csv, tsv, jsonl, parquet, also packed) or folder of them."""
    text_column: tuple[str, ...] = ()
    """Column with the text; twice for pairs of texts. Where no column to read is named: the only one of texts."""
    label_column: str = "label"
    """Column with the label: a name, a number, several names, spans, an answer, or the text to write, as the task has it. Where
    there is none of the default name: the only one that can be it."""
    validation: str | None = None
    """Table used for validation instead of a part of the data."""
    test: str | None = None
    """Table used as the test split instead of a part of the data."""
    read: ReadSettings = field(default_factory=ReadSettings)
    label: LabelSettings = field(default_factory=LabelSettings)
    split: SplitSettings = field(default_factory=SplitSettings)

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Columns that are named for a kind of their own, which a pattern of another kind leaves out."""
        return self.text_column
