"""Translations in markup: SGML as it is, XML safely, tags never as sentences."""

import gzip

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_documents, read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import write


def read(path, columns=("en", "de"), **settings):
    rejects = Rejects()
    rows = list(read_rows([str(path)], ReadSettings(**settings), rejects, columns))
    return [tuple(row.values.get(column) for column in columns) for row in rows], rejects


def refusal(path, **settings):
    with pytest.raises(InputError) as error:
        read(path, **settings)
    return error.value


SOURCE = {
    "several on a line": "<srcset setid='s'><DOC docid='a'>\n<seg id='1'>One &amp; 1</seg> <seg id='2'>Two</seg><seg id='3'>Three</seg>\n</DOC></srcset>",
    "over several lines": '<doc docid="a">\n<seg id="1">One\n  &amp;\n1</seg>\n<hl>\n<seg id="2">\nTwo\n</seg></hl>\n<seg id=3>Three</seg>\n</doc>\n',
    "attributes without quotes": "<doc sysid=x docid=a>\n<seg id=1>One & 1</seg>\n<seg id=2>Tw<b>o</b></seg>\n<SEG id=3> Three </SEG>\n</doc>\n",
}


@pytest.mark.parametrize("kind", SOURCE)
@pytest.mark.parametrize("ending", [".sgm", ".xml", ""])
def test_segments_are_read_wherever_their_lines_end(kind, ending, tmp_path):
    write(tmp_path / f"t.en{ending}", SOURCE[kind])
    write(
        tmp_path / f"t.de{ending}",
        '<refset>\n<doc docid="a">\n<seg id="1">Eins</seg>\n<seg id="2">Zwei</seg>\n<seg id="3">Drei</seg>\n</doc>\n</refset>\n',
    )
    assert read(tmp_path)[0] == [("One & 1", "Eins"), ("Two", "Zwei"), ("Three", "Drei")]


def test_an_open_segment_is_refused_at_its_line(tmp_path):
    write(tmp_path / "t.de.sgm", '<doc docid="a">\n<seg id="1">Eins</seg>\n</doc>\n')
    for text in (
        '<doc docid="a">\n<seg id="1">One\n<seg id="2">Two</seg>\n',
        '<doc docid="a">\n<seg id="1">One\n',
        '<doc docid="a">\n<seg id="1">One\n</doc>\n',
    ):
        error = refusal(write(tmp_path / "t.en.sgm", text))
        assert (error.code, error.place) == ("BAD_SEGMENT", "t.en.sgm:2")


TALK = "<url>http://x.org/{n}</url>\n<keywords>a, b</keywords>\n<talkid>{n}</talkid>\n<title>{title}</title>\n<description>{about}</description>\n{lines}"


def test_lines_about_talks_are_left_out_and_titles_lose_their_tags(tmp_path):
    write(
        tmp_path / "train.tags.en-de.en",
        TALK.format(n=1, title="On rain", about="A talk.", lines="Rain falls.\nIt <i>stops</i>.\n"),
    )
    write(
        tmp_path / "train.tags.en-de.de",
        "<translator href='x'>A B</translator>\n"
        + TALK.format(n=1, title="Vom Regen", about="Ein Vortrag.", lines="Regen fällt.\nEr endet.\n"),
    )
    found, rejects = read(tmp_path)
    assert found == [
        ("On rain", "Vom Regen"),
        ("A talk.", "Ein Vortrag."),
        ("Rain falls.", "Regen fällt."),
        ("It <i>stops</i>.", "Er endet."),
    ]
    assert any("3 lines about the talks are left out" in note and "--read.markup text" in note for note in rejects.notes())
    write(
        tmp_path / "train.tags.en-de.de",
        TALK.format(n=1, title="Vom Regen", about="Ein Vortrag.", lines="Regen fällt.\nEr endet.\n"),
    )
    assert read(tmp_path, markup="text")[0][0] == ("<url>http://x.org/1</url>", "<url>http://x.org/1</url>")


def test_a_text_that_is_called_like_a_column_is_no_half_of_a_pair(tmp_path):
    path = write(tmp_path / "words.txt", "EU B-ORG\nrejects O\nGerman B-MISC\ncall O\n")
    assert read(path, ("words", "tags"))[0] == [(["EU", "rejects", "German", "call"], ["B-ORG", "O", "B-MISC", "O"])]


def test_pairs_may_be_called_by_their_languages_alone(tmp_path):
    write(tmp_path / "en.txt", "one\ntwo\n")
    write(tmp_path / "de.txt", "eins\nzwei\n")
    write(tmp_path / "sub" / "a.en.txt", "three\n")
    write(tmp_path / "sub" / "a.de.txt", "drei\n")
    assert read(tmp_path)[0] == [("one", "eins"), ("two", "zwei"), ("three", "drei")]


UNIT = '<tu><tuv xml:lang="en-US"><seg>{en}</seg></tuv><tuv xml:lang="DE"><seg>{de}</seg></tuv></tu>'
TMX = '<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><header srclang="en"/><body>\n{units}\n</body></tmx>\n'


def tmx(*pairs):
    return TMX.format(units="\n".join(UNIT.format(en=en, de=de) for en, de in pairs))


def test_translation_memories_have_a_column_for_each_language(tmp_path):
    codes = 'One <bpt i="1">&lt;b&gt;</bpt><hi>two</hi><ept i="1">&lt;/b&gt;</ept> &amp; three'
    found, rejects = read(write(tmp_path / "a.tmx", tmx((codes, "Eins zwei &amp; drei"), ("Only", ""), ("A", "B"))))
    assert found == [("One two & three", "Eins zwei & drei"), ("A", "B")]
    assert dict(rejects.counts) == {"BLANK_SIDE": 1}
    assert rejects.notes() == ["a.tmx: TMX: its languages are columns: en-US (3), DE (3)"]
    utf16 = tmx(("ä", "ö")).replace('<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>').encode("utf-16")
    assert read(write(tmp_path / "b.tmx", utf16))[0] == [("ä", "ö")]
    assert read(write(tmp_path / "c.tmx.gz", gzip.compress(tmx(("x", "y")).encode())))[0] == [("x", "y")]
    with pytest.raises(InputError, match=r"NO_COLUMN a\.tmx: has no texts in 'fr'.*en-US \(3\), DE \(3\)") as error:
        read(tmp_path / "a.tmx", ("en", "fr"))
    assert error.value.exit_code == 2


WMT = """<?xml version='1.0' encoding='utf-8'?>
<dataset id="x"><doc origlang="en" id="d1"><src lang="en"><p><seg id="1">One</seg><seg id="2">Two &amp; more</seg></p></src>
<ref lang="de" translator="A"><p><seg id="1">Eins</seg><seg id="2">Zwei</seg></p></ref>
<ref lang="de" translator="B"><p><seg id="1">Eine</seg></p></ref><hyp system="s"><p><seg id="1">Einz</seg></p></hyp></doc></dataset>
"""


def test_test_sets_of_wmt_are_read_with_one_translator_who_is_said(tmp_path):
    path = write(tmp_path / "set.en-de.xml", WMT)
    found, rejects = read(path, ("en", "de", "document"))
    assert found == [("One", "Eins", "d1"), ("Two & more", "Zwei", "d1")]
    assert "set.en-de.xml: references by A, B: those by A are read; --read.translator sets it" in rejects.notes()
    found, rejects = read(path, translator="B")
    assert (found, dict(rejects.counts)) == ([("One", "Eine")], {"BLANK_SIDE": 1})
    assert "--read.translator is one of A, B" in refusal(path, translator="C").fix


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n<tmx><body>'
    + UNIT.format(en="&b;", de="x")
    + "</body></tmx>"
)
HOSTILE = {
    "entities": (BOMB, "XML_ENTITIES"),
    "a file from elsewhere": (BOMB.replace('<!ENTITY a "aaaa">', '<!ENTITY a SYSTEM "file:///etc/passwd">'), "XML_ENTITIES"),
    "an entity of the missing grammar": (tmx(("&other;", "x")), "XML_ENTITIES"),
    "depth": ("<tmx>" + "<a>" * 100_000, "XML_DEPTH"),
    "a cut file": (tmx(("One", "Eins"))[:-20], "BAD_XML"),
    "an ampersand": (tmx(("One & two", "Eins")), "BAD_XML"),
    "another root": ("<?xml version='1.0'?><corpus><s>One</s></corpus>", "UNKNOWN_XML"),
    "an encoding that is none": (
        tmx(("a", "b")).replace('version="1.0"?', 'version="1.0" encoding="x-nothing"?', 1),
        "BAD_ENCODING",
    ),
    "a text without end": (tmx(("a" * (2**20 + 1), "b")), "TEXT_TOO_LONG"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_xml_is_refused_with_its_place(kind, tmp_path):
    text, code = HOSTILE[kind]
    error = refusal(write(tmp_path / "a.tmx", text))
    assert (error.code, error.place.startswith("a.tmx")) == (code, True)


def test_xml_of_other_kinds_is_passed_over_in_folders_and_named_when_it_is_named(tmp_path):
    write(tmp_path / "build.xml", "<?xml version='1.0'?>\n<project><x/></project>")
    write(tmp_path / "a.jsonl", '{"en": "one", "de": "eins"}\n')
    found, rejects = read(tmp_path)
    assert (found, dict(rejects.skipped)) == ([("one", "eins")], {"XML of other kinds": 1})
    assert "is XML with the root <project>" in refusal(tmp_path / "build.xml").what


MARKUP = {
    "HTML": ("<!DOCTYPE html>\n<html><body><p>One</p></body></html>\n", "--read.format html"),
    "TMX": (tmx(("One", "Eins")), "--read.format tmx"),
    "XML of WMT": (WMT, "--read.format xml"),
    "SGML": (SOURCE["several on a line"], "set.en.sgm"),
    "XML with the root <corpus>": ("<?xml version='1.0'?>\n<corpus>\n<s>One</s>\n</corpus>", "--read.markup text"),
    "markup, line for line": ("<p>One.</p>\n<p>Two.</p>\n<br/>\nthree\n", "--read.markup text"),
}


@pytest.mark.parametrize("kind", MARKUP)
def test_markup_is_never_read_as_sentences(kind, tmp_path):
    text, way = MARKUP[kind]
    path = write(tmp_path / "a.txt", text)
    for reading in (
        lambda s: list(read_rows([str(path)], s, Rejects(), ("text",))),
        lambda s: list(read_documents([str(path)], s, Rejects())),
    ):
        with pytest.raises(InputError) as error:
            reading(ReadSettings())
        assert (error.value.code, way in error.value.fix) == ("MARKUP", True)
        assert f"is {kind}, not plain text: it begins with '<" in error.value.what
        assert reading(ReadSettings(markup="text"))
    if kind != "SGML":
        assert refusal(write(tmp_path / "p.en", text)).code in ("MARKUP", "NO_PAIR")
        write(tmp_path / "p.de", "Eins\n")
        assert refusal(tmp_path / "p.en").code == "MARKUP"


def test_text_with_some_tags_is_text(tmp_path):
    text = "<unk> was here\nShe said <laughs> no\nx < y and z > y\nplain\n<3\n"
    rows = list(read_rows([str(write(tmp_path / "a.txt", text))], ReadSettings(), Rejects()))
    assert [row.values["text"] for row in rows] == text.split("\n")[:-1]


def test_conll_in_a_text_file_is_recognised(tmp_path):
    path = write(tmp_path / "train.txt", "EU B-ORG\nrejects O\nGerman B-MISC\n\ncall O\n")
    rejects = Rejects()
    rows = list(read_rows([str(path)], ReadSettings(), rejects, ("words", "tags")))
    assert [row.values["tags"] for row in rows] == [["B-ORG", "O", "B-MISC"], ["O"]]
    assert rejects.notes()[0].startswith("train.txt: CoNLL parted by blanks")
    assert len(list(read_rows([str(path)], ReadSettings(format="txt"), Rejects(), ("text",)))) == 5


@pytest.mark.parametrize("seed", range(40))
def test_damaged_markup_is_read_or_refused(seed, tmp_path):
    import numpy as np

    draw = np.random.default_rng(seed)
    text = list([tmx(("One", "Eins"), ("Two", "Zwei")), WMT, SOURCE["several on a line"]][seed % 3])
    for _ in range(draw.integers(1, 5)):
        at = int(draw.integers(len(text)))
        text[at] = str(draw.choice(["", text[at] * 2, "<", ">", '"', "&", "\x00", "é", "</seg>"]))
    path = write(tmp_path / ["a.tmx", "a.xml", "a.en"][seed % 3], "".join(text))
    write(tmp_path / "a.de", "Eins\nZwei\nDrei\n")
    refusal = None
    try:
        read(path)
    except InputError as error:
        refusal = error
    assert refusal is None or (refusal.code != "INTERNAL" and "a." in refusal.place + refusal.what)


def test_one_file_of_markup_among_many_is_a_faulty_document(tmp_path):
    for number in range(120):
        write(tmp_path / f"{number:03d}.txt", f"Text number {number}.\n")
    write(tmp_path / "050.txt", MARKUP["markup, line for line"][0])
    rejects = Rejects()
    assert len(list(read_documents([str(tmp_path)], ReadSettings(), rejects))) == 119
    assert rejects.counts == {"MARKUP": 1}
    assert rejects.first[0]["fix"].endswith("--read.markup text, if the tags are part of the text")


def test_pages_of_html_are_rows_as_their_refusal_says(tmp_path):
    path = write(tmp_path / "a.html", "<html><body><p>One</p>\n<p>Two</p></body></html>\n")
    rejects = Rejects()
    with pytest.raises(InputError, match=r"--read.text_rows file"):
        list(read_rows([str(path)], ReadSettings(), rejects))
    rows = list(read_rows([str(path)], ReadSettings(text_rows="file"), rejects))
    assert [" ".join(row.values["text"].split()) for row in rows] == ["One Two"]
    assert "no text rows" not in rejects.cases()
