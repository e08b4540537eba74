"""How a file in a dialect of CoNLL is laid out: found by its first lines, once, or set by the settings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from groundup.data.settings import ReadSettings
from groundup.data.sources.annotated.tag_schemes import Scheme, like_brackets, like_tags, scheme_of
from groundup.errors import InputError, printable
from groundup.messages.translate import plural

DOCUMENT = "-DOCSTART-"
NEARLY_ALL = 0.99
BLANKS = re.compile(r"[ \t]+")
INDEX = re.compile(r"(\d{1,6})(?:[-.](\d{1,6}))?")
UD = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
ONTONOTES = 11  # columns at least: document, part, number, word, tag, parse, lemma, frame, sense, speaker, names ...
FEW_WORDS = 30  # of which nothing is concluded
SETTING = "--read.tags_column sets it, by number (the first is 1, the last -1) or name"


@dataclass
class Layout:
    """Where words and tags of a file stand. Columns count from 0, from the end where they are negative."""

    dialect: str = "CoNLL"
    tabs: bool = False
    width: int | None = None  # None: lines differ, and only their ends matter
    indexed: bool = False
    words: int = 0
    tags: int | None = -1
    key: str = ""  # of key=value|key=value in that column
    names: tuple[str, ...] = ()
    scheme: Scheme = field(default_factory=lambda: Scheme("none"))

    def fields(self, line: str) -> list[str]:
        return line.rstrip(" \t").split("\t") if self.tabs else BLANKS.split(line.strip(" \t"))

    def tag(self, fields: Sequence[str]) -> str:
        assert self.tags is not None
        return value_of(fields[self.tags], self.key) if self.key else fields[self.tags]

    def wrong(self, fields: Sequence[str]) -> str:
        """What is wrong with the fields of a line, if anything is."""
        least = 1 + max(self.words, self.tags if self.tags is not None else 0, 1 if self.tags is not None else 0)
        if len(fields) == 1 and least > 1:
            return "has a word and no tag"
        if (self.width is not None and len(fields) != self.width) or len(fields) < least:
            return f"has {plural(len(fields), 'field')}, and other lines have {self.width or least}"
        return "" if fields[self.words] else "has no word"


def value_of(cell: str, key: str) -> str:
    """The value of a key in `Gender=Fem|NER=B-PER`; O where it is not there."""
    features = (part.partition("=") for part in cell.split("|"))
    return next((value for name, _, value in features if name == key), "O")


def layout_of(lines: Sequence[str], settings: ReadSettings, name: str) -> Layout:
    """The layout by the first lines of a file, or by the settings."""
    plain = [line for line in lines if line.strip() and not line.startswith(("#", DOCUMENT))]
    plain = plain or [line for line in lines if line.strip() and not line.startswith(DOCUMENT)]
    layout = Layout(tabs=sum("\t" in line.strip(" \t") for line in plain) >= NEARLY_ALL * len(plain) > 0)
    rows = [layout.fields(line) for line in plain]
    if not rows:
        return layout
    width, count = Counter(map(len, rows)).most_common(1)[0]
    layout.width = width if count >= NEARLY_ALL * len(rows) else None
    layout.indexed = is_indexed(lines, layout)
    layout.names = names_of(lines, layout)
    whole = [row for row in rows if len(row) == width] if layout.width else rows
    if any(line.startswith("#begin document") for line in lines) and min(map(len, rows)) >= ONTONOTES:
        layout.dialect, layout.width, layout.words, layout.tags = "CoNLL-2012", None, 3, 10
        whole = rows
    elif layout.names[: len(UD)] == UD:
        layout.dialect = "CoNLL-U"
    choose_columns(layout, whole, settings, name)
    if layout.tags is not None:
        judge_tags(layout, lines, whole, settings, name)
    return layout


def is_indexed(lines: Sequence[str], layout: Layout) -> bool:
    """Whether lines begin with the number of the word in its sentence."""
    fitting = total = expected = 0
    for line in lines:
        if not line.strip() or line.startswith(("#", DOCUMENT)):
            expected = 0
            continue
        fields = layout.fields(line)
        index = INDEX.fullmatch(fields[0]) if len(fields) > 2 else None
        total += 1
        if index is None:
            continue
        number = int(index[1])
        fitting += bool(index[2]) or number == expected + 1 or (number == 0 and not expected)
        expected = expected if index[2] else number
    return total > 0 and fitting >= NEARLY_ALL * total


def names_of(lines: Sequence[str], layout: Layout) -> tuple[str, ...]:
    """The names of the columns: those that the file tells (CoNLL-U Plus), or the ten of CoNLL-U."""
    for line in lines[:10]:
        if line.startswith("# global.columns"):
            return tuple(line.partition("=")[2].split())
    return UD if layout.indexed and layout.width == len(UD) else ()


def choose_columns(layout: Layout, rows: Sequence[Sequence[str]], settings: ReadSettings, name: str) -> None:
    """Set where words and tags stand."""
    width = min(map(len, rows))
    if layout.dialect != "CoNLL-2012":
        layout.words = layout.names.index("FORM") if "FORM" in layout.names else int(layout.indexed)
        if settings.tags_column is None:
            guess_tags(layout, rows, width)
    if settings.tags_column is not None:
        layout.tags, layout.key = named_column(settings.tags_column, "tags_column", layout, rows, name)
    if settings.words_column is not None:
        layout.words, _ = named_column(settings.words_column, "words_column", layout, rows, name)
    if layout.tags is not None and not layout.key and layout.words in (layout.tags, layout.tags + width):
        what = f"words and tags would both be column {layout.words + 1} of {fields_text(rows[0])}"
        raise InputError("WHICH_COLUMN", name, what, f"{SETTING}; --read.words_column, too")


def named_column(wanted: int | str, setting: str, layout: Layout, rows: Sequence[Sequence[str]], name: str) -> tuple[int, str]:
    """(column, key in it) that a setting names."""
    wanted = str(wanted)
    width = min(map(len, rows))
    if re.fullmatch(r"-?\d{1,4}", wanted):
        number = int(wanted)
        if number != 0 and abs(number) <= width:
            return number - (number > 0), ""
    elif wanted in layout.names:
        return layout.names.index(wanted), ""
    else:
        for column, keys in enumerate(map(keys_of, zip(*rows, strict=False))):
            if wanted.partition(":")[2] in keys or wanted in keys:
                return column, wanted if wanted in keys else wanted.partition(":")[2]
    known = f" ({', '.join(layout.names)})" if layout.names else ""
    what = f"has {plural(width, 'column')}{known} and no '{wanted}'; the first line is {fields_text(rows[0])}"
    raise InputError("NO_COLUMN", name, what, f"--read.{setting} is a number (the first is 1, the last -1) or such a name")


def guess_tags(layout: Layout, rows: Sequence[Sequence[str]], width: int) -> None:
    """Set the column whose values look like tags of names: the last of several, the first in GermEval; else the usual one."""
    columns = [[row[k] for row in rows] for k in range(width)]
    if width == 1:
        layout.tags = None
        return
    others = [k for k in range(width) if k != layout.words]
    tag_columns = [k for k in others if like_tags(columns[k])] or [k for k in others if like_brackets(columns[k])]
    if not tag_columns and width == 2 and like_tags(columns[0]) and not layout.indexed:
        layout.words, layout.tags = 1, 0  # the tag first, as MIT's restaurants and movies have it
        return
    if layout.indexed and tag_columns[:2] == [layout.words + 1, layout.words + 2]:
        layout.dialect, layout.tags = "GermEval", tag_columns[0]
    elif tag_columns:
        layout.tags = tag_columns[-1]
    elif keyed := [(k, key) for k in others for key in tag_keys(columns[k])]:
        layout.tags, layout.key = keyed[-1]
    elif "UPOS" in layout.names:
        layout.tags = layout.names.index("UPOS")
    else:
        layout.tags = usual_column(columns, layout)
    if layout.tags is not None and layout.width is None and layout.tags == width - 1:
        layout.tags = -1


def usual_column(columns: Sequence[Sequence[str]], layout: Layout) -> int:
    """The last column, or the one before it where the last holds a number in every line of three or more fields."""
    if layout.width is None:
        return -1
    last = len(columns) - 1
    if last > 1 and all(value.isdecimal() for value in columns[last]):
        return last - 1
    return last


def keys_of(cells: Sequence[str]) -> Counter[str]:
    """Keys of key=value|key=value in a column, by how often they stand there."""
    return Counter(part.partition("=")[0] for cell in cells if "=" in cell for part in cell.split("|") if "=" in part)


def tag_keys(cells: Sequence[str]) -> list[str]:
    """Keys of a column whose values look like tags and name something."""
    keys = []
    for key in islice(keys_of(cells), 100):
        values = [value_of(cell, key) for cell in cells if f"{key}=" in cell]
        if like_tags(values) and any(value != "O" for value in values):
            keys.append(key)
    return keys


def judge_tags(layout: Layout, lines: Sequence[str], rows: Sequence[Sequence[str]], settings: ReadSettings, name: str) -> None:
    """Set the scheme; refuse a column that is evidently none of tags."""
    try:
        layout.scheme = scheme_of(sentences_of(lines, layout))
    except ValueError as error:
        raise InputError("MIXED_TAGS", name, f"{place(layout)}: {error}", SETTING) from None
    values = [layout.tag(row) for row in rows]
    different = len(set(values))
    undecided = settings.tags_column is None and layout.scheme.name == "none" and len(values) >= FEW_WORDS
    if undecided and 2 * different > len(values):
        what = (
            f"{place(layout)} holds {different:,} different values for {len(values):,} words, so it holds no tags; "
            f"the first line is {fields_text(rows[0])}"
        )
        raise InputError("NOT_TAGS", name, what, SETTING)


def sentences_of(lines: Sequence[str], layout: Layout) -> Iterator[list[str]]:
    """The tags of each sentence of the sample, faulty lines left out."""
    tags: list[str] = []
    for line in lines:
        if not line.strip() or line.startswith(DOCUMENT):
            yield tags
            tags = []
        elif not (line.startswith("#") and layout.indexed):
            fields = layout.fields(line)
            part = layout.indexed and (index := INDEX.fullmatch(fields[0])) and index[2]
            if not part and not layout.wrong(fields) and (line[0] != "#" or like_tags([layout.tag(fields)])):
                tags.append(layout.tag(fields))
    yield tags


def fields_text(fields: Sequence[str]) -> str:
    return " | ".join(printable(value, 30) for value in fields[:12])


def tag_place(layout: Layout) -> tuple[int, list[str]]:
    """The column of the tags, its name, empty where there is none, and then its key, where there is one."""
    assert layout.tags is not None
    name = layout.names[layout.tags] if 0 <= layout.tags < len(layout.names) else ""
    return layout.tags + (layout.tags >= 0), [name, *[layout.key] * bool(layout.key)]


def place(layout: Layout) -> str:
    """`column 4`, with its name or key where there is one."""
    number, (name, *keys) = tag_place(layout)
    inner = ", ".join(filter(None, (name, *(f"key '{key}'" for key in keys))))
    return f"column {number}{f' ({inner})' if inner else ''}"


def is_comment(line: str, layout: Layout, inside: bool) -> bool:
    """Whether a line that begins with # is a comment, and not the word # with its tag."""
    if layout.indexed:
        return True
    if inside:
        return False
    fields = layout.fields(line)
    return bool(layout.wrong(fields)) or (layout.scheme.name not in ("none", "brackets") and not fits(fields, layout))


def fits(fields: Sequence[str], layout: Layout) -> bool:
    if layout.tags is None:
        return True
    try:
        Scheme(layout.scheme.name, layout.scheme.bare).canonical([layout.tag(fields)])
    except ValueError:
        return False
    return not layout.scheme.bare or layout.tag(fields) == "O"


def looks_like_conll(head: str) -> bool:
    """Whether the beginning of a text is evidently words with tags: nearly all lines end with O, B-PER ..., in sentences."""
    lines = [line for line in head.split("\n")[:-1] if not line.startswith(("#", DOCUMENT))]
    filled = [line.strip() for line in lines if line.strip()]
    words = [BLANKS.split(line) for line in filled]
    if len(words) < 4 or min(map(len, words)) < 2:
        return False
    if all(len(fields := line.split("\t")) == len(UD) and INDEX.fullmatch(fields[0]) for line in filled):
        return True
    width = min(map(len, words))
    ends = [[row[-k] for row in words] for k in range(1, min(width, 3))]
    return any(like_tags(column) and any(tag[1:2] == "-" for tag in column) for column in ends)
