"""Parallel texts: line by line, in a table, in SGML; nothing shifts."""

import gzip

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.data.sources.texts.parallel import files_of_source, pairs_in, parallel_rows
from groundup.errors import InputError


def read(*files, rejects=None, **settings):
    return [
        (row.values["source"], row.values["target"])
        for row in parallel_rows(files, ReadSettings(**settings), rejects or Rejects())
    ]


def write(path, text):
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_the_real_pairs_of_multi30k_are_complete(shared_data):
    folder = shared_data / "translation/multi30k_en_de"
    source, target = (next(folder.glob(f"val*.{language}*")) for language in ("en", "de"))
    rejects = Rejects()
    found = read(source, target, rejects=rejects)
    assert len(found) == rejects.read == 1014
    expected = [gzip.decompress(p.read_bytes()).decode().removesuffix("\n").split("\n") for p in (source, target)]
    assert found == list(zip(*expected, strict=True))
    assert rejects.files == 2


def test_the_real_table_of_tatoeba_is_read(shared_data):
    path = next(p for p in (shared_data / "translation/tatoeba_en_zh").iterdir() if p.suffix in (".tsv", ".txt", ".gz"))
    assert len(read(path)) == 18088


def test_line_ends_of_text_and_portuguese_and_packing_are_no_obstacle(tmp_path):
    source = write(tmp_path / "text.en", 'one\u2028still one\x85\r\ntwo "quoted\r\n')
    for name in ("text.pt", "text.pt.gz"):
        assert read(source, write(tmp_path / name, "um\ndois\n")) == [("one\u2028still one\x85", "um"), ('two "quoted', "dois")]


@pytest.mark.parametrize(
    ("one", "other", "counts"), [("a\nb\nc\n", "x\n", "3 and 1"), ("a\n", "x\ny", "1 and 2"), ("a\n\n", "x\n", "2 and 1")]
)
def test_unequal_numbers_of_lines_are_refused_with_both(one, other, counts, tmp_path):
    with pytest.raises(InputError, match=f"UNEQUAL_LINES t.en and t.de: have {counts} texts"):
        read(write(tmp_path / "t.en", one), write(tmp_path / "t.de", other))


def test_blank_sides_are_dropped_and_counted_and_nothing_shifts(tmp_path):
    rejects = Rejects()
    found = read(write(tmp_path / "t.en", "a\n\nc\nd\n"), write(tmp_path / "t.de", "A\nB\n \nD\n"), rejects=rejects)
    assert found == [("a", "A"), ("d", "D")]
    assert dict(rejects.counts) == {"BLANK_SIDE": 2}
    assert [r["place"] for r in rejects.described] == ["t.en:2", "t.en:3"]


def test_a_table_of_two_columns_and_its_faults(tmp_path):
    path = write(tmp_path / "t.tsv", 'a "b\tc\n' * 150 + "alone\n" + "d\te\n")
    rejects = Rejects()
    found = read(path, rejects=rejects)
    assert (found[0], found[-1], len(found)) == (('a "b', "c"), ("d", "e"), 151)
    assert rejects.described == [{"place": "t.tsv:151", "code": "RAGGED_ROW", "what": "has 1 column, not 2"}]
    with pytest.raises(InputError, match=r"RAGGED_ROW t\.tsv:151"):
        read(path, max_rejects=0)


SGML = '<srcset setid="newstest" srclang="any">\n<doc sysid="ref" docid="{doc}" genre="news">\n<p>\n<seg id="1">{one}</seg>\n<seg id="{last}"> Tom &amp; {two}</seg>\n</p>\n</doc>\n</srcset>\n'


def test_segments_of_sgml_are_paired_by_document_and_number(tmp_path):
    source = write(tmp_path / "src.en.sgm", SGML.format(doc="bbc", one="Hello", last=2, two="Ann"))
    assert read(source, write(tmp_path / "ref.de.sgm", SGML.format(doc="bbc", one="Hallo", last=2, two="Anna"))) == [
        ("Hello", "Hallo"),
        ("Tom & Ann", "Tom & Anna"),
    ]
    with pytest.raises(
        InputError, match=r"SEGMENT_DIFFERS src\.en\.sgm:5: is segment 2 of document bbc, and other\.sgm:5 segment 3"
    ):
        read(source, write(tmp_path / "other.sgm", SGML.format(doc="bbc", one="Hallo", last=3, two="Anna")))


def test_what_is_no_text_is_refused(tmp_path):
    good = write(tmp_path / "t.en", "a\n")
    with pytest.raises(InputError, match="FORMAT_DIFFERS"):
        read(good, write(tmp_path / "t.pt", b"PK\x03\x04 a checkpoint"))
    with pytest.raises(InputError, match="BAD_ENCODING"):
        read(good, write(tmp_path / "t.de", "Größe\n".encode("latin-1")))
    assert read(good, tmp_path / "t.de", encoding="latin-1") == [("a", "Größe")]
    with pytest.raises(InputError, match="EMPTY_DATA"):
        read(good, write(tmp_path / "empty.de", b""))
    with pytest.raises(InputError, match="NOT_PARALLEL"):
        read(good, good, good)


def corpus(folder):
    for name, text in (
        ("train.en.gz", "a\nb\n"),
        ("train.de", "A\nB\n"),
        ("test_2016_flickr.en", "c\n"),
        ("test_2016_flickr.de", "C\n"),
        ("newsdev2014.en", "d\n"),
        ("newsdev2014.de", "D\n"),
        ("alone.en", "x\n"),
        ("notes.txt", "y\n"),
    ):
        write(folder / name, text)
    return folder


def rows(source, columns=("en", "de"), **settings):
    found = read_rows([str(source)], ReadSettings(**settings), Rejects(), columns)
    return [(*(row.values[name] for name in columns), row.split) for row in found]


def test_the_pairs_of_a_folder_are_rows_with_the_split_that_their_names_begin_with(tmp_path):
    expected = [("d", "D", "validation"), ("c", "C", "test"), ("a", "A", "train"), ("b", "B", "train")]
    assert rows(corpus(tmp_path)) == expected
    assert rows(tmp_path, columns=("de", "en")) == [(target, source, split) for source, target, split in expected]
    assert rows(tmp_path, include=("train*",)) == expected[2:]


def test_either_file_of_a_pair_names_it(tmp_path):
    corpus(tmp_path)
    for name in ("train.en.gz", "train.de"):
        assert rows(tmp_path / name) == [("a", "A", "train"), ("b", "B", "train")]
        assert [path.name for path in files_of_source(tmp_path / name, ("en", "de"))] == ["train.en.gz", "train.de"]
    assert files_of_source(tmp_path, ("en", "de")) == [tmp_path]
    with pytest.raises(InputError, match=r"NO_PAIR .*alone\.en: has no file of the same name in 'de'"):
        rows(tmp_path / "alone.en")


def test_the_sgml_of_a_test_set_is_a_pair_by_its_sides(tmp_path):
    write(tmp_path / "newstest2014-deen-src.de.sgm", SGML.format(doc="bbc", one="Hallo", last=2, two="Anna"))
    write(tmp_path / "newstest2014-deen-ref.en.sgm.gz", SGML.format(doc="bbc", one="Hello", last=2, two="Ann"))
    expected = [("Hallo", "Hello", "test"), ("Tom & Anna", "Tom & Ann", "test")]
    assert (
        rows(tmp_path, columns=("de", "en"))
        == rows(tmp_path / "newstest2014-deen-src.de.sgm", columns=("de", "en"))
        == expected
    )


def test_a_table_is_a_table_whatever_its_columns_are_called(tmp_path):
    table = write(tmp_path / "texts.csv", "csv,label\na,b\n")
    assert pairs_in(table, ("csv", "label")) == []
    assert rows(table, columns=("csv", "label")) == [("a", "b", None)]


def test_rows_that_their_reader_rejects_and_files_of_no_pair_are_counted_once(tmp_path):
    rejects = Rejects()
    for number, _ in enumerate(read_rows([str(corpus(tmp_path))], ReadSettings(max_rejects=9), rejects, ("en", "de"))):
        if number == 1:
            rejects.fault("here", "NO_LABEL", "is none")
    assert (rejects.read, rejects.delivered, rejects.faults) == (4, 3, 1)
    assert sorted(rejects.skipped_names) == ["alone.en", "notes.txt"]
