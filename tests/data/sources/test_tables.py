"""Tables whose rows are not all well: what is refused, what is rejected and counted, and what only looks wrong."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_documents, read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import read, refused, texts, values, write


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('a,b\n1,"open\n2,3\n', "x.csv:2:3"),
        ('a,b\n1,2\nplain"quote,"open\n2,3\n', "x.csv:3:13"),  # two quotes, one of them literal
        ('a,b\n"over\nlines","open\n2,3\n', "x.csv:3:8"),  # the one before was closed
        ('a,b\n1,"ends with a doubled one""', "x.csv:2:3"),
        ('a,"b\n1,2\n', "x.csv:1:3"),
    ],
)
def test_an_unclosed_quote_is_refused_where_it_was_opened(content, place, tmp_path):
    error = refused(write(tmp_path / "x.csv", content))
    assert (error.code, error.place) == ("CSV_UNCLOSED_QUOTE", place)


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ('"a, ""b"""', ['a, "b"']),
        ('"two\n\nlines"', ["two\n\nlines"]),
        ('5" disk', ['5" disk']),
        ('""', [""]),
        ('""""', ['"']),
        ('"a\r\nb"', ["a\nb"]),
        ("tab\tnul\0", ["tab\tnul\0"]),
        ("  kept  ", ["  kept  "]),
    ],
)
def test_fields_of_csv(content, fields, tmp_path):
    assert values(write(tmp_path / "x.csv", f"f,last\n{content},z\n")) == [{"f": fields[0], "last": "z"}]


@pytest.mark.parametrize("row", ['"a"b,1', '"a" ,1', '"he said "no"",1', 'x\ry,"1"'])
def test_misplaced_quotes_and_line_ends_are_rejected_and_not_repaired(row, tmp_path):
    path = write(tmp_path / "x.csv", ["text,label", "fine,0", row, "good,1"])
    rejects = Rejects()
    assert [r.values["text"] for r in read(path, rejects, max_rejects=1)] == ["fine", "good"]
    assert rejects.counts == {"BAD_QUOTES": 1}
    assert rejects.described[0]["place"] == "x.csv:3"


def test_a_ragged_row_is_counted_with_its_line_and_byte(tmp_path):
    path = write(tmp_path / "x.csv", ["a,b", '"two\nlines",1', "short", "long,2,3", "", "é,4"])
    rejects = Rejects()
    assert [r.line for r in read(path, rejects, max_rejects=2)] == [2, 7]
    assert [(r["place"], r["byte"]) for r in rejects.described] == [("x.csv:4", 18), ("x.csv:5", 24)]
    assert (rejects.read, rejects.delivered, rejects.faults) == (4, 2, 2)


@pytest.mark.parametrize("size", [200_000, 2**24])
def test_a_field_up_to_the_limit_is_read(size, tmp_path):
    path = write(tmp_path / "x.csv", f'text,label\n"{"x" * size}",1\n{"y" * size},2\n')
    assert [len(row["text"]) for row in values(path)] == [size, size]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_field_beyond_the_limit_is_rejected_and_the_next_row_read(quote, tmp_path):
    path = write(tmp_path / "x.csv", f"text,label\n{quote}{'x' * (2**24 + 1)}{quote},1\nb,2\n")
    rejects = Rejects()
    assert [r.values["label"] for r in read(path, rejects, max_rejects=1)] == ["2"]
    assert rejects.counts == {"FIELD_TOO_LONG": 1}


def test_a_quote_that_many_quoted_lines_leave_open_is_found_at_once(tmp_path):
    path = write(tmp_path / "x.csv", 'a,b\n1,"open\n' + '"z","y\n' * 200_000)
    assert refused(path).place == "x.csv:200002:5"  # a search that begins anew with each line takes hours


@pytest.mark.parametrize(
    ("header", "code", "told"),
    [
        ("a,b,a", "BAD_HEADER", "'a' stand twice"),
        ("a, a", "BAD_HEADER", "differ by blanks alone"),
        ("a,b\r1,2\r3,4", "BAD_HEADER", "CR alone"),
        (",".join(f"c{i}" for i in range(4097)), "TOO_MANY_COLUMNS", "4,097"),
    ],
)
def test_a_header_that_leaves_doubt_is_refused(header, code, told, tmp_path):
    error = refused(write(tmp_path / "x.csv", f"{header}\n1,2,3\n"))
    assert error.code == code
    assert told in str(error)


def test_tables_without_header_number_their_columns(tmp_path):
    path = write(tmp_path / "x.tsv", ["a\t1", "b\t2"])
    assert values(path, header=False) == [{"0": "a", "1": "1"}, {"0": "b", "1": "2"}]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["x.csv", "x.tsv", "x.jsonl", "x.json", "x.txt"])
def test_line_ends_change_no_record_and_no_line_number(name, end, tmp_path):
    lines = {"csv": ["t,u", "a,b", "", '"c\nd",e'], "tsv": ["t\tu", "a\tb", "", "c\td"], "txt": ["a", "", "b"]}
    content = lines.get(name[2:], ['{"t": "a"}', "", '{"t": "b"}'])
    plain = read(write(tmp_path / "lf" / name, content))
    other = read(write(tmp_path / "other" / name, "\n".join([*content, ""]).replace("\n", end)))
    assert other == plain
    assert plain[-1].line == (3 if name == "x.txt" else 4 if name == "x.csv" else len(content))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"a": 1, "a": 2}', "BAD_JSON"),
        ('{"a": {"b": 1, "b": 1}}', "BAD_JSON"),
        ('{"a": [{"b": "\\ud800"}]}', "BAD_JSON"),
        ('{"a": ' + "7" * 5000 + "}", "BAD_JSON"),
        ('{"a": "\\udc00"}', "BAD_JSON"),
        ('{"a": 1}{"a": 2}', "BAD_JSON"),
        ('{"a": 1,}', "BAD_JSON"),
        ("{'a': 1}", "BAD_JSON"),
        ('{"a": 1} // so', "BAD_JSON"),
        ('\ufeff{"a": 1}', "BAD_JSON"),
        ('{"a": "tab\t"}', "BAD_JSON"),
        ('{"a": ' + "[" * 10**5 + "]" * 10**5 + "}", "JSON_DEPTH"),
        ("[1]", "NOT_AN_OBJECT"),
        ("null", "NOT_AN_OBJECT"),
        ('"text"', "NOT_AN_OBJECT"),
    ],
)
def test_a_record_of_json_that_is_not_strict_is_rejected_with_its_byte(line, code, tmp_path):
    path = write(tmp_path / "x.jsonl", ['{"a": "é"}', line, '{"a": -0}'])
    rejects = Rejects()
    assert [row.values for row in read(path, rejects, max_rejects=1)] == [{"a": "é"}, {"a": 0}]
    assert [(r["place"], r["code"], r["byte"]) for r in rejects.described] == [("x.jsonl:2", code, 12)]


@pytest.mark.parametrize("tail", [b'{"a": "cut', b'{"a": "\xe4\xb8', b'{"a": 1', b'{"a": "\xe4\xb8\xad", "b'])
def test_a_cut_last_line_is_refused_unless_allowed_and_then_one_record_is_dropped(tail, tmp_path):
    path = write(tmp_path / "x.jsonl", b'{"a": 1}\n{"a": 2}\n' + tail)
    error = refused(path)
    assert (error.code, error.place) == ("TRUNCATED_TAIL", "x.jsonl:3")
    assert "--read.allow_truncated_tail" in error.fix
    rejects = Rejects()
    assert len(read(path, rejects, allow_truncated_tail=True)) == 2
    assert (rejects.read, rejects.dropped, rejects.counts) == (3, 1, {"TRUNCATED_TAIL": 1})


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("content", ['  [{"a": "é"}]', '{"a": "é"}\n', '\n\n{"a": "é"}'])
def test_json_is_an_array_or_lines_in_every_encoding(content, encoding, tmp_path):
    assert values(write(tmp_path / "x.json", content.encode(encoding))) == [{"a": "é"}]


def test_lines_in_a_json_file_keep_the_encoding_that_was_named(tmp_path):
    assert values(write(tmp_path / "x.json", '{"a": "评论"}\n'.encode("gb18030")), encoding="gb18030") == [{"a": "评论"}]


def parquet(columns: list, names: list[str], schema: pa.Schema | None = None) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema) if schema else pa.table(columns, names=names), sink)
    return sink.getvalue()


def arrow(columns: list, names: list[str], schema: pa.Schema | None = None) -> bytes:
    sink = io.BytesIO()
    table = pa.table(columns, schema=schema) if schema else pa.table(columns, names=names)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def arrow_file(columns: list, names: list[str], schema: pa.Schema | None = None) -> bytes:
    sink = io.BytesIO()
    table = pa.table(columns, schema=schema) if schema else pa.table(columns, names=names)
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


BINARY = [("x.parquet", parquet), ("x.arrow", arrow), ("x.arrow", arrow_file)]


@pytest.mark.parametrize(("name", "make"), BINARY)
class TestBinaryTables:
    def test_rows_keep_their_types(self, name, make, tmp_path):
        path = write(tmp_path / name, make([["a", None, "ü"], [1, 2, 3], [[0.5], [], None]], ["t", "n", "l"]))
        assert values(path)[1:] == [{"t": None, "n": 2, "l": []}, {"t": "ü", "n": 3, "l": None}]

    def test_two_columns_of_one_name_are_refused(self, name, make, tmp_path):
        path = write(tmp_path / name, make([["a"], ["b"]], ["t", "t"]))
        assert refused(path).code == "BAD_HEADER"

    @pytest.mark.parametrize("left", [0.3, 0.8, 0.999])
    def test_a_cut_file_is_refused(self, name, make, left, tmp_path):
        data = make([[f"text {i}" for i in range(9)]], ["t"])
        assert refused(write(tmp_path / name, data[: int(len(data) * left)])).code.startswith("DAMAGED_")

    @pytest.mark.parametrize("nested", [False, True])
    def test_extension_types_are_refused(self, name, make, nested, tmp_path):
        field = pa.field("t", pa.string(), metadata={"ARROW:extension:name": "arrow.py_extension_type"})
        column = [[{"t": "a"}]] if nested else [["a"]]
        schema = pa.schema([pa.field("s", pa.struct([field])) if nested else field])
        error = refused(write(tmp_path / name, make(column, [], schema)))
        assert error.code == "EXTENSION_TYPE"

    def test_text_that_is_not_utf_8_is_refused(self, name, make, tmp_path):
        data = make([["plain text"]], ["t"]).replace(b"plain text", b"pl\xff\xfen text")
        assert refused(write(tmp_path / name, data)).code.startswith("DAMAGED_")


def test_an_arrow_stream_that_ends_between_two_batches_is_refused(tmp_path):
    data = arrow([["a", "b", "c"]], ["t"])
    assert len(values(write(tmp_path / "whole.arrow", data))) == 3
    assert "no end mark" in str(refused(write(tmp_path / "x.arrow", data[:-8])))


def test_a_footer_that_is_cut_off_is_refused_by_name(tmp_path):
    data = parquet([["a"]], ["t"])
    error = refused(write(tmp_path / "x.parquet", data[:-4]))
    assert (error.code, error.place) == ("DAMAGED_PARQUET", "x.parquet")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "a,b\n"),
        ("x.csv", "a,b\n , \n,\n"),
        ("x.csv", "\n\n"),
        ("x.txt", " \n\t\n\u3000\n"),
        ("x.jsonl", "\n"),
        ("x.jsonl", '{"a": " "}\n{"a": null}\n'),
        ("x.json", "[]"),
        ("x.tsv", "a\n"),
    ],
)
def test_nothing_but_a_header_or_blanks_is_no_data(name, content, tmp_path):
    assert refused(write(tmp_path / name, content)).code == "EMPTY_DATA"


def test_a_line_of_a_million_characters_is_a_row_and_a_paragraph(tmp_path):
    path = write(tmp_path / "x.txt", "字" * 10**6 + "\nshort\n")
    assert [len(str(row["text"])) for row in values(path)] == [10**6, 5]
    assert [len(p) for p in texts(path, paragraphs="line")[0]] == [10**6, 5]


def test_rows_that_the_reader_of_rows_rejects_stay_in_the_account(tmp_path):
    path = write(tmp_path / "x.csv", ["a", "1", "2", "3", "x,y", "4"])
    rejects = Rejects()
    for row in read_rows([str(path)], ReadSettings(max_rejects=3), rejects):
        if row.values["a"] == "2":
            rejects.fault("x.csv:3", "NO_LABEL", "is two")
        if row.values["a"] == "3":
            rejects.drop("x.csv:4", "REPEATED", "is three")
    assert (rejects.read, rejects.delivered, rejects.dropped, rejects.faults) == (5, 2, 1, 2)
    rejects.check_sum(num_kept=2)


def test_faulty_rows_that_are_asked_for_say_what_is_wrong_and_can_be_written(tmp_path):
    path = write(tmp_path / "x.csv", b"a,b\n1,caf\xe9\n2,\xe4\xb8\xad\n3\n")
    found = read(path, Rejects(deliver_faulty=True), max_rejects=2)
    assert [(row.values, bool(row.fault)) for row in found] == [
        ({"a": "1", "b": "caf\\xe9"}, True),
        ({"a": "2", "b": "中"}, False),
        ({"a": "3"}, True),
    ]
    assert json.dumps([row.values for row in found], ensure_ascii=False).encode()


def test_documents_of_consecutive_rows_need_their_column(tmp_path):
    path = write(tmp_path / "x.csv", ["text", "a"])
    with pytest.raises(InputError, match=r"NO_COLUMN x\.csv:2: has no column 'book'.*--document_column is one of text"):
        list(read_documents([str(path)], ReadSettings(), Rejects(), "text", "book"))


def test_a_list_of_texts_is_their_paragraphs(tmp_path):
    rows = ['{"lines": ["床前明月光，", "疑是地上霜。"]}', '{"lines": ["one", 2]}', '{"lines": []}', '{"lines": "a\\n\\nb"}']
    rejects = Rejects()
    assert texts(write(tmp_path / "a.jsonl", rows), rejects, "lines") == [["床前明月光，", "疑是地上霜。"], ["a", "b"]]
    assert rejects.counts["EMPTY"] == 2
