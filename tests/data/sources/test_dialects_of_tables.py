"""How a table is written is inferred once from its header and first records, said, and set by hand; doubt is refused."""

import csv
import io

import pytest

from groundup.commands.finetune.settings import Finetune
from groundup.config import make_settings
from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, values, write

PLAIN = [{"text": "fine, really", "label": "a"}, {"text": "so so", "label": "b"}]


def asked(path, *columns, **settings):
    """The rows when these columns are asked for, and what was said."""
    rejects = Rejects()
    return [row.values for row in read_rows([str(path)], ReadSettings(**settings), rejects, columns, ())], rejects.notes()


@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
@pytest.mark.parametrize(("delimiter", "told"), [(";", "';'"), ("|", "'|'"), ("\t", "tab"), (",", "','")])
def test_the_delimiter_is_that_of_the_header_and_is_said_where_the_name_tells_another(name, delimiter, told, tmp_path):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, ["text", "label"], delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(PLAIN)
    path = write(tmp_path / name, sink.getvalue())
    rows, notes = asked(path, "text", "label")
    assert rows == PLAIN
    usual = {"x.csv": ",", "x.tsv": "\t"}[name]
    expected = [] if delimiter == usual else [f"{name}: delimiter {told}, as its header shows; --read.delimiter sets it"]
    assert [note for note in notes if "delimiter" in note] == expected
    assert values(path) == PLAIN  # with no column asked for, by the shape of the records


def test_a_header_that_two_delimiters_part_is_refused_unless_a_column_or_a_setting_decides(tmp_path):
    path = write(tmp_path / "x.csv", ["a,b;c", "1,2;3", "4,5;6"])
    error = refused(path)
    assert error.code == "WHICH_DELIMITER"
    assert "2 columns with ',', 2 columns with ';'" in error.what
    assert "--read.delimiter" in error.fix
    assert values(path, delimiter=";")[0] == {"a,b": "1,2", "c": "3"}
    assert asked(path, "c")[0][0]["c"] == "3"
    assert asked(path, "a")[0][0] == {"a": "1", "b;c": "2;3"}


@pytest.mark.parametrize("given", [";", "semicolon"])
def test_a_delimiter_that_is_named_is_used_whatever_the_header_shows(given, tmp_path):
    assert values(write(tmp_path / "x.csv", ["a,b", "1,2"]), delimiter=given) == [{"a,b": "1,2"}]


@pytest.mark.parametrize("given", ["ab", "", '"', "5"])
def test_what_is_no_delimiter_is_refused(given):
    with pytest.raises(InputError, match="delimiter"):
        make_settings(ReadSettings, {"delimiter": given})


@pytest.mark.parametrize(
    ("cls", "values", "told"),
    [
        (ReadSettings, {"sep": ";"}, "'delimiter'"),
        (Finetune, {"sep": ";"}, "'read.delimiter'"),
        (Finetune, {"read": {"separator": ";"}}, "'read.delimiter'"),
    ],
)
def test_the_name_that_other_programs_give_the_delimiter_is_answered_with_ours(cls, values, told):
    with pytest.raises(InputError, match="no such setting") as error:
        make_settings(cls, values)
    assert f"It is called {told} here." in str(error.value)


def test_commas_in_the_texts_of_a_table_of_one_column_part_nothing(tmp_path):
    assert values(write(tmp_path / "x.tsv", ["text", "one, two", "three; four"])) == [
        {"text": "one, two"},
        {"text": "three; four"},
    ]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_separator_line_of_excel_is_no_record(first, tmp_path):
    path = write(tmp_path / "x.csv", f'\ufeff{first}\r\ntext;score\r\n"a; b";3,5\r\n')
    assert values(path) == [{"text": "a; b", "score": "3,5"}]
    assert read(path)[0].line == 3


# Quotes


def as_pandas_writes(rows, delimiter="\t"):
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue()


QUOTED = [{"text": 'he said "no"', "label": "a"}, {"text": "with\ta tab", "label": "b"}, {"text": "over\nlines", "label": "a"}]


def test_quotes_of_a_tsv_that_a_program_wrote_are_no_text(tmp_path):
    path = write(tmp_path / "x.tsv", as_pandas_writes(QUOTED))
    rows, notes = asked(path, "text", "label")
    assert rows == QUOTED
    assert notes == ['x.tsv: fields stand in ", as 3 of its fields show; --read.quote sets it']
    assert values(path, quote="none", max_rejects=9)[0]["text"] == '"he said ""no"""'


def test_quotes_of_a_tsv_that_a_person_wrote_are_text(tmp_path):
    lines = ["text\tlabel", 'he said "no" to me\ta', '"Great" is not the word\tb', 'it is 5" wide\ta', '"Fine."\tb']
    rows, notes = asked(write(tmp_path / "x.tsv", lines), "text", "label")
    assert [row["text"] for row in rows] == ['he said "no" to me', '"Great" is not the word', 'it is 5" wide', '"Fine."']
    assert notes == ["x.tsv: quotes are literal, as 3 of its fields show; --read.quote sets it"]


def test_quotes_of_a_tsv_that_show_both_are_refused(tmp_path):
    path = write(tmp_path / "x.tsv", ["text\tlabel", '"he said ""no"""\ta', 'it is 5" wide\tb'])
    error = refused(path)
    assert error.code == "WHICH_QUOTE"
    assert "--read.quote" in error.fix
    assert [row["text"] for row in values(path, quote="double")] == ['he said "no"', 'it is 5" wide']


def test_quotes_of_a_tsv_that_come_late_are_decided_where_they_come(tmp_path):
    plain = [f"text {n} of many words\ta" for n in range(20_000)]  # more than is looked at first
    rows, notes = asked(
        write(tmp_path / "x.tsv", ["text\tlabel", *plain, '"he said ""no"""\tb', '"a\ttab"\ta']), "text", "label"
    )
    assert [row["text"] for row in rows[-2:]] == ['he said "no"', "a\ttab"]
    assert notes == ['x.tsv: fields stand in ", as 2 of its fields show; --read.quote sets it']
    rows, notes = asked(write(tmp_path / "y.tsv", ["text\tlabel", *plain, 'it is 5" wide\tb', '"Fine."\ta']), "text", "label")
    assert [row["text"] for row in rows[-2:]] == ['it is 5" wide', '"Fine."']
    assert notes == ["y.tsv: quotes are literal, as 1 of its fields shows; --read.quote sets it"]


def test_a_quote_that_would_swallow_whole_rows_is_refused(tmp_path):
    path = write(tmp_path / "x.tsv", ["label\ttext", 'b\t"a bad bad', 'b\t"'])
    assert refused(path).code == "WHICH_QUOTE"
    assert len(values(path, quote="none")) == 2
    assert values(path, quote="double") == [{"label": "b", "text": "a bad bad\nb\t"}]


@pytest.mark.parametrize("name", ["x.csv", "x.tsv"])
def test_a_header_in_quotes_says_that_fields_stand_in_them(name, tmp_path):
    delimiter = {"x.csv": ",", "x.tsv": "\t"}[name]
    for quote in "'", '"':
        path = write(
            tmp_path / name, f"'text'{delimiter}'label'\n'it is fine{delimiter} really'{delimiter}'a'\n".replace("'", quote)
        )
        assert values(path) == [{"text": f"it is fine{delimiter} really", "label": "a"}]


def test_apostrophes_are_no_quotes(tmp_path):
    path = write(tmp_path / "x.csv", ["text,label", "'tis fine,a", "it's 'so so',b"])
    assert [row["text"] for row in values(path)] == ["'tis fine", "it's 'so so'"]


# The header


def test_columns_without_a_name_get_that_of_pandas(tmp_path):
    path = write(tmp_path / "x.csv", ["v1,v2,,,", "ham,hello,,,", "spam,win,a,prize,now", "ham,short"])
    rows, notes = asked(path, "v2", "v1")
    assert rows[1] == {"v1": "spam", "v2": "win", "Unnamed: 2": "a", "Unnamed: 3": "prize", "Unnamed: 4": "now"}
    assert rows[2]["Unnamed: 4"] == ""
    assert notes == ["x.csv: columns without a name are called 'Unnamed: 2', 'Unnamed: 3', 'Unnamed: 4'"]


def test_row_numbers_saved_by_pandas_or_r_are_a_column_of_their_own(tmp_path):
    pandas = write(tmp_path / "pandas.csv", [",text,label", "0,fine,a", "1,bad,b"])
    r = write(tmp_path / "r.csv", ["text,label", "1,fine,a", "2,bad,b"])
    for path in (pandas, r):
        rows, notes = asked(path, "text", "label")
        assert [row["text"] for row in rows] == ["fine", "bad"]
        assert "Unnamed: 0" in rows[0]
        assert len(notes) == 1


def test_a_text_that_a_comma_parts_in_every_row_is_no_row_number(tmp_path):
    assert refused(write(tmp_path / "x.csv", ["text,label", "so, so,a", "fine, really,b"])).code == "TOO_MANY_REJECTS"


def test_rows_that_end_with_a_delimiter_have_no_further_value(tmp_path):
    assert values(write(tmp_path / "x.csv", ["text;label", "fine;a;", "bad;b;"]))[0] == {
        "text": "fine",
        "label": "a",
        "Unnamed: 2": "",
    }


def test_a_name_that_stands_twice_is_refused_only_where_it_is_asked_for(tmp_path):
    path = write(tmp_path / "x.csv", ["text,id,id,label", "fine,1,2,a", "bad,3,4,b"])
    rows, notes = asked(path, "text", "label")
    assert rows[0] == {"text": "fine", "id": "1", "id.1": "2", "label": "a"}
    assert notes == ["x.csv: the columns 'id' stand twice; the later ones have a number at their names"]
    with pytest.raises(InputError, match="'id' stand twice"):
        asked(path, "text", "id")


def test_a_sentence_above_the_header_is_refused_and_skipped_where_that_is_said(tmp_path):
    path = write(tmp_path / "x.csv", ["Export of 5 May", "text,label", "fine,a", "bad,b", "so,a"])
    error = refused(path)
    assert (error.code, error.place) == ("BAD_HEADER", "x.csv:1")
    assert "--read.skip_lines 1" in error.fix
    rows = read(path, skip_lines=1)
    assert rows[0].values == {"text": "fine", "label": "a"}
    assert rows[0].line == 3


def test_a_header_in_the_middle_of_joined_tables_is_no_row_and_counted(tmp_path):
    rejects = Rejects()
    rows = read(write(tmp_path / "x.csv", ["text,label", "fine,a", "text, label", "bad,b"]), rejects)
    assert [row.values["text"] for row in rows] == ["fine", "bad"]
    assert rejects.counts == {"REPEATED_HEADER": 1}


def test_what_holds_of_several_files_is_said_once(tmp_path):
    for number in range(3):
        write(tmp_path / f"{number}.csv", ["text;label", "fine;a"])
    assert asked(tmp_path, "text", "label")[1] == [
        "0.csv and 2 more files: delimiter ';', as its header shows; --read.delimiter sets it"
    ]


@pytest.mark.parametrize("before", [3, 250, 30_000])
def test_a_quoted_field_of_a_tsv_is_read_wherever_the_first_one_stands(before, tmp_path):
    """Among the first records, behind them in the first block, and behind that."""
    lines = ["text\tlabel", *(f"a rather long line {n}\tx" for n in range(before)), '"one\ttwo"\ty', "three\tx"]
    rows, notes = asked(write(tmp_path / "x.tsv", lines), "text", "label")
    assert rows[before] == {"text": "one\ttwo", "label": "y"}
    assert notes == ['x.tsv: fields stand in ", as 1 of its fields shows; --read.quote sets it']


def test_the_usual_table_needs_no_word(tmp_path):
    for name, mark in ("x.csv", ","), ("x.tsv", "\t"):
        assert (
            asked(write(tmp_path / name, [f"text{mark}label", f"one; two{mark}a", f"three{mark}b"]), "text", "label")[1] == []
        )


def test_a_table_whose_header_is_asked_for_is_no_conll_whatever_its_labels(tmp_path):
    lines = ["text\tlabel", *(f"a word {n}\t{'S-small' if n % 2 else 'L-large'}" for n in range(20))]
    rows, notes = asked(write(tmp_path / "x.tsv", lines), "text", "label")
    assert (rows[1], len(rows), notes) == ({"text": "a word 1", "label": "S-small"}, 20, [])


def test_a_repeated_header_has_its_reason(tmp_path):
    rejects = Rejects()
    read(write(tmp_path / "x.csv", ["a,b", "1,2", "a,b"]), rejects)
    assert rejects.reasons("rows") == ["1 row repeats the header"]


def test_a_table_of_commas_read_by_semicolons_lacks_the_column_and_says_which_it_has(tmp_path):
    path = write(tmp_path / "a.csv", 'text,label\n"a fine, film",pos\n"a bad, film",neg\n')
    with pytest.raises(InputError, match="NO_COLUMN") as error:
        list(read_rows([str(path)], ReadSettings(delimiter=";", max_rejects=100), Rejects(), ["text", "label"]))
    assert "'text,label'" in str(error.value)
    assert "--read.delimiter" in str(error.value)


def test_one_fault_of_several_rows_is_said_once(tmp_path):
    rejects = Rejects()
    for line in (2, 3):
        rejects.fault(f"a.csv:{line}", "RAGGED_ROW", "has 1 field")
    rejects.fault("a.csv:4", "RAGGED_ROW", "has 3 fields")
    assert rejects.places(3) == "a.csv:2, a.csv:3 has 1 field; a.csv:4 has 3 fields"


@pytest.mark.parametrize(
    ("name", "settings", "told"),
    [
        ("a.xls", {}, "save the sheet as xlsx or csv"),
        ("a.xls", {"format": "csv"}, "save the sheet as xlsx or csv"),
        ("a.jpg", {}, "texts are read, not images"),
        ("a.pdf", {"format": "csv"}, "convert it to one of"),
    ],
)
def test_a_file_of_another_format_is_refused_with_a_way_that_leads_out(tmp_path, name, settings, told):
    path = write(tmp_path / name, "x")
    with pytest.raises(InputError, match="UNKNOWN_FORMAT") as error:
        list(read_rows([str(path)], ReadSettings(**settings), Rejects()))
    assert told in str(error.value)
    assert "pass --read.format" not in str(error.value)
