"""What reads text from outside takes time in proportion to it: twice the text, at most about two and a half times the time, on
long words, runs of blanks, quotes, brackets, digits and marks. By the processor's clock, which other processes do not move."""

import contextlib
import io
import time

import pytest

from groundup.data import sentences
from groundup.data.clean import containment, minhash, personal, rules
from groundup.data.settings import CleanSettings, TokenizerSettings
from groundup.data.sources.annotated import brat, conll_layout, tag_lists, tag_schemes
from groundup.data.sources.annotated.join_words import UNSPACED
from groundup.data.sources.files import encodings, markup
from groundup.data.sources.files.text import Lines
from groundup.data.sources.texts import documents, sgml
from groundup.data.splits import label_leaks
from groundup.data.tokenizers.training import Cut, train_tokenizer
from groundup.errors import InputError
from groundup.keywords import phrases
from groundup.kinds.text import pieces, tfidf
from groundup.metrics import answers, keyphrases, names, rouge
from groundup.strict_json import Refused, strict
from groundup.tasks.baselines import answering as answering_baselines
from groundup.tasks.baselines import tagging as tagging_baselines
from groundup.tasks.rows import label_column

SMALL, LARGE, LARGEST = 2**13, 2**14, 2**17  # characters: what takes less than FAST seconds for so many is fast enough
FAST = 0.02
GROWTH = 2.5
FEW = ["a", " ", "\n", "-", "*", "[a](", '"', "0", "1.", "a b-c' ", "中", "<div>", "- \n", "(a", "A1 "]
MORE = [
    "\t",
    "_",
    "`",
    "#",
    "[",
    "]",
    "](",
    "(",
    ")",
    "!",
    "![",
    "|",
    ">",
    "<",
    "<a>",
    "'",
    "“",
    "《",
    "1 ",
    "1-",
    "1,",
    "1:",
    ":",
    ".",
    "a.",
    "a@",
    "a-",
    "+",
    "。",
    "***\n",
    "```\n",
    "\n ",
    "a ",
    "é",
    "Ã",
    "A111 ",
    "\\",
    "\\'",
    "'a',",
    "{",
    "[1",
    "T1\ta 1 1;",
    '<seg id="1">',
    "<seg ",
    '<doc docid="',
    "O ",
    "B-x ",
    "(a*",
    "*a",
    "**a ",
    "__a ",
    "_a ",
    "# a # ",
    "0.0,",
    "1;",
    "“a",
    "a's",
    "a\n",
    "Aa",
    "a,",
    "no. ",
    "--- ",
    "www.",
    "http://",
    "a@b.",
    "<a ",
    "1" * 17 + "x",
    "+1 ",
    "DE11 1111 ",
]


def through(pattern):
    """All that an expression finds, as its callers ask for it."""
    return lambda text: sum(1 for _ in pattern.finditer(text))


def in_json(text):
    with contextlib.suppress(Refused):
        strict('{"a": ' + text)


def in_html(text):
    try:
        documents.from_html(f"<html><body>{text}</body></html>")
    except InputError as error:
        if error.code != "HTML_TOO_DEEP":
            raise


def in_sgml(text):
    with contextlib.suppress(InputError):
        return list(sgml.segments(Lines(io.BytesIO(text.encode()), None, "x.sgm")))


CLEANER = rules.Cleaner(CleanSettings(personal=True))
READERS = {
    "markdown": documents.from_markdown,
    "html": in_html,
    "prose": lambda text: documents.paragraphs_of(text, "blank"),
    "verse": lambda text: documents.paragraphs_of(text, "verse"),
    "lines": lambda text: documents.paragraphs_of(text, "line"),
    "cleaning": CLEANER.text,
    "personal data": personal.scrub,
    "sentences": sentences.split_sentences,
    "pieces of sentences": sentences.verbatim_pieces,
    "folded": minhash.fold,
    "words that contain": containment.words_of,
    "words that give away": lambda text: list(label_leaks.words_of(text)),
    "skeleton": label_leaks.skeleton,
    "list in a cell": tag_lists.list_of,
    "list of labels": lambda text: label_column.parse_list(f"[{text}]"),
    "zeros and ones": lambda text: label_column.ZEROS_AND_ONES.fullmatch(text),
    "number": lambda text: label_column.NUMBER.fullmatch(text),
    "bracketed tags": lambda text: tag_schemes.BRACKET.fullmatch(text),
    "tag": lambda text: tag_schemes.TAG.fullmatch(text),
    "annotation": lambda text: brat.SPAN.match(text),
    "columns of conll": lambda text: conll_layout.BLANKS.split(text),
    "segments": in_sgml,
    "attributes": sgml.attributes,
    "text without tags": sgml.untagged,
    "plain text of segments": lambda text: sgml.plain([text]),
    "markup": lambda text: markup.markup_of([text]),
    "root": lambda text: markup.root_of(text[:20_000]),
    "latin letters": through(encodings.LATIN),
    "unspaced": through(UNSPACED),
    "json": in_json,
    "words": through(tfidf.WORD),
    "phrases": through(phrases.RUN),
    "sentences of an answer": through(answering_baselines.SENTENCE),
    "tokens of tags": through(tagging_baselines.TOKEN),
    "pieces to augment": through(pieces.PIECE),
    "names": through(names.WORD),
    "tokens of rouge": through(rouge.TOKEN),
    "answers": through(answers.PIECE),
    "keyphrases": through(keyphrases.WORD),
}


def seconds(read, text, tries=3):
    """The least of some tries."""
    found = []
    for _ in range(tries):
        start = time.process_time()
        read(text)
        found.append(time.process_time() - start)
    return min(found)


def growth(read, unit, largest=LARGE):
    """How many times as long twice the text takes, half a moment granted; 0 for what is fast. The size is the smallest that takes
    a moment."""
    size = SMALL
    while size < largest and seconds(read, of(unit, size), 1) < FAST:
        size *= 2
    if seconds(read, of(unit, size), 1) < FAST:
        return 0.0
    return min((seconds(read, of(unit, 2 * size)) - FAST / 2) / seconds(read, of(unit, size)) for _ in range(2))


def of(unit, size):
    return unit * (size // len(unit))


def slow_ones(read, units, largest=LARGE):
    return {unit: round(found, 1) for unit in units if (found := growth(read, unit, largest)) > GROWTH}


@pytest.mark.parametrize("reader", READERS)
def test_readers_take_time_in_proportion_to_a_hostile_text(reader):
    assert not slow_ones(READERS[reader], FEW)


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_readers_take_time_in_proportion_to_every_hostile_text(reader):
    assert not slow_ones(READERS[reader], FEW + MORE, LARGEST)


def test_a_page_of_blocks_in_one_another_is_refused_before_it_is_taken_apart():
    start = time.process_time()
    with pytest.raises(InputError, match=r"HTML_TOO_DEEP.*100,000 blocks in one another"):
        documents.from_html("<html><body>" + "<div>" * 10**5 + "text")
    assert time.process_time() - start < 1
    assert "text" in documents.from_html("<html><body><p>" + "<div>" * 300 + "some text of the page" + "</div>" * 300)


@pytest.mark.parametrize("kind", ["wordpiece", "bpe", "byte_bpe"])
def test_learning_a_tokenizer_takes_time_in_proportion_to_a_long_word(kind):
    def learn(text):
        return train_tokenizer(lambda: iter(["The old dog ran. ", text]), TokenizerSettings(kind=kind, vocab_size=600))

    for unit in ("a", "กขคง"):
        assert growth(learn, unit, 2**15) <= GROWTH, unit
    told = "runs of letters, digits, marks or blanks that were learned in pieces of 1,000: 1"
    assert learn("x" * 2500 + " " + "y" * 1000).notes == [told]
    assert learn("x" * 900).notes == []


def test_runs_that_are_cut_lose_nothing():
    texts = ["", "a b", "x" * 1000, "x" * 2001 + " " * 1500 + "7" * 3000 + "é", "中" * 999]
    cut = Cut(lambda: iter(texts))
    assert "".join(cut()) == "".join(texts)
    assert max(map(len, cut())) <= 1999
    assert cut.count == 3
