"""Public data sets, as they are shipped."""

import zipfile

import pytest

from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, texts, write

UDHR = [
    ("English-Latin1", "latin-1"),
    ("Chinese_Mandarin-GB2312", "gb2312"),
    ("Chinese_Mandarin-HZ", "hz"),
    ("Hindi-UTF8", None),
    ("Japanese_Nihongo-EUC", "euc-jp"),
    ("Japanese_Nihongo-SJIS", "shift_jis"),
    ("Russian-Cyrillic", "cp1251"),
    ("Turkish_Turkce-Turkish", "cp1254"),
]


@pytest.mark.parametrize(("name", "encoding"), UDHR)
def test_the_declaration_of_human_rights_is_read_in_its_encoding(name, encoding, shared_data, tmp_path):
    path = shared_data / "text_en/nltk_udhr/udhr.zip"
    found = texts(path, include=(f"*/{name}",), format="txt", encoding=encoding)
    data = zipfile.ZipFile(path).read(f"udhr/{name}")
    whole = data.decode(encoding or "utf-8-sig")
    assert "".join("".join(found[0]).split()) == "".join(whole.split())


@pytest.mark.parametrize("name", ["Chinese_Mandarin-GB2312", "French_Francais-Latin1", "Japanese_Nihongo-SJIS"])
def test_the_declaration_in_another_encoding_is_refused_with_the_way_out(name, shared_data):
    with pytest.raises(InputError, match=r"BAD_ENCODING.*--read\.encoding"):
        texts(shared_data / "text_en/nltk_udhr/udhr.zip", include=(f"*/{name}",), format="txt")


@pytest.mark.parametrize("name", ["Chinese_Mandarin-UTF8", "Hungarian_Magyar-Unicode"])
def test_a_text_that_was_cut_within_a_character_is_refused_at_that_byte(name, shared_data):
    with pytest.raises(InputError, match=rf"BAD_ENCODING udhr\.zip/udhr/{name}, byte 9998"):
        texts(shared_data / "text_en/nltk_udhr/udhr.zip", include=(f"*/{name}",), format="txt")


def test_a_table_with_a_mark_and_literal_quotes(shared_data):
    found = read(shared_data / "glue/MRPC/msr_paraphrase_train.tsv")
    assert len(found) == 3576
    assert list(found[0].values) == ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"]
    assert found[0].split is None
    assert sum('"' in str(row.values["#1 String"]) for row in found) > 100


def test_a_chinese_table_in_a_zip(shared_data):
    path = next((shared_data / "zh_nlu/online_shopping_10_cats").glob("*.zip"))
    rejects = Rejects()
    found = read(path, rejects)
    assert len(found) == rejects.read == rejects.delivered > 60_000
    assert len({row.values["cat"] for row in found}) == 10
    assert {row.values["label"] for row in found} == {"0", "1"}


def test_lines_of_json_named_json_and_packed(shared_data):
    found = read(shared_data / "zh_nlu/fewclue_eprstmt/unlabeled.json.gz")
    assert len(found) == 19565
    assert all(row.values["sentence"] for row in found)


def test_a_table_of_tabs_named_csv_is_read_when_said(shared_data):
    path = next(p for p in (shared_data / "glue/STS-B").iterdir() if "dev" in p.name)
    with pytest.raises(InputError):
        read(path)
    with pytest.raises(
        InputError, match=r"22 of 1500 records are faulty: sts-dev\.csv:1479, .* has 9 fields, the header has 7"
    ):
        read(path, format="tsv", header=False)
    found = read(path, format="tsv", header=False, max_rejects=22)
    assert len(found) == 1478
    assert all(0 <= float(str(row.values["4"])) <= 5 for row in found)


def test_books_in_archives_are_documents_in_the_order_of_their_chapters(shared_data):
    path = next((shared_data / "text_zh/classical_modern").glob("*.tar.gz"))
    rejects = Rejects()
    found = texts(path, rejects, include=("**/target.txt",), paragraphs="line")
    assert len(found) == rejects.delivered > 5
    assert all(found)


def test_the_same_table_in_utf_16_is_the_same_rows(shared_data, tmp_path):
    path = shared_data / "zh_nlu/lcqmc/LCQMC_dev.csv"
    lines = path.read_bytes().decode("utf-8-sig").split("\n")[:400]
    other = write(tmp_path / path.name, "\n".join([*lines, ""]).encode("utf-16"))
    assert [row.values for row in read(other)] == [row.values for row in read(path)[:399]]
