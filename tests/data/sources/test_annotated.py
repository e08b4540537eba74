"""CoNLL and SQuAD files as rows."""

import json

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError


def read(path, kind, **more):
    rejects = Rejects()
    return list(read_rows([str(path)], ReadSettings(format=kind, **more), rejects)), rejects


@pytest.fixture
def file(tmp_path):
    def write(text, name="words.txt"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return path

    return write


def test_blank_lines_part_sentences_and_the_last_needs_none(file):
    rows, rejects = read(file("EU B-ORG\nrejects O\n\n\n吴 B-NAME\n重 E-NAME"), "conll")
    assert [(row.values["words"], row.values["tags"], row.line) for row in rows] == [
        (["EU", "rejects"], ["B-ORG", "O"], 1),
        (["吴", "重"], ["B-NAME", "I-NAME"], 5),
    ]
    assert (rejects.read, rejects.delivered) == (2, 2)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("EU NNP I-NP I-ORG\r\ncall NN I-NP O\r\n", ["B-ORG", "O"]),
        ("EU\tB-ORG\ncall\tO\n", ["B-ORG", "O"]),
        ("EU B-ORG 0\ncall O 0\n", ["B-ORG", "O"]),
        ("EU B-ORG 0\ncall 0 O\n", ["0", "O"]),
        ("EU 1\ncall 2\n", ["1", "2"]),
    ],
)
def test_the_last_field_is_the_tag_unless_every_line_ends_with_a_number(file, text, tags):
    rows, _ = read(file(text), "conll")
    assert [row.values for row in rows] == [{"words": ["EU", "call"], "tags": tags, "document": "0"}]


def test_documents_are_counted_at_their_marks(file):
    rows, _ = read(file("-DOCSTART- -X- O O\n\na O\n\nb O\n-DOCSTART- O\n\nc O\n"), "conll")
    assert [(row.values["words"], row.values["document"]) for row in rows] == [(["a"], "1"), (["b"], "1"), (["c"], "2")]


def test_a_word_without_tag_rejects_its_sentence_with_its_place(file):
    text = "".join(f"w{i} O\n\n" for i in range(200)) + "EU B-ORG\nlone\n\n"
    rows, rejects = read(file(text), "conll")
    assert len(rows) == 200
    (fault,) = rejects.first
    assert fault["code"] == "BAD_SENTENCE"
    assert fault["place"].endswith("words.txt:401")
    assert "line 402 has a word and no tag" in fault["what"]


def test_bytes_that_are_no_text_reject_their_sentence(file):
    text = b"".join(b"w O\n\n" for _ in range(200)) + b"caf\xe9 O\n"
    rows, rejects = read(file(text), "conll")
    assert len(rows) == 200
    assert rejects.first[0]["code"] == "BAD_SENTENCE"


def test_a_file_without_blank_lines_is_refused(file, monkeypatch):
    monkeypatch.setattr("groundup.data.sources.annotated.conll.LONGEST", 50)
    with pytest.raises(InputError) as error:
        read(file("w O\n" * 60), "conll")
    assert error.value.code == "SENTENCE_TOO_LONG"


def squad(*paragraphs, **article):
    return json.dumps({"version": "1", "data": [{"paragraphs": list(paragraphs), **article}]}, ensure_ascii=False)


def test_each_question_is_a_row_with_its_context_and_answers(file):
    answers = [{"text": "河边", "answer_start": 2}]
    text = squad(
        {
            "context": "灯在河边。",
            "qas": [{"question": "灯在哪里？", "id": "a", "answers": answers}, {"question": "谁？", "id": "b"}],
        },
        {"context": "None.", "qas": []},
        title="灯",
    )
    rows, rejects = read(file(text, "dev.json"), "squad")
    assert [row.values for row in rows] == [
        {"question": "灯在哪里？", "context": "灯在河边。", "answers": answers, "id": "a", "document": "灯"},
        {"question": "谁？", "context": "灯在河边。", "answers": None, "id": "b", "document": "灯"},
    ]
    assert rejects.read == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "BAD_JSON"),
        ("[]", "NOT_SQUAD"),
        ('{"data": {}}', "NOT_SQUAD"),
        ('{"data": [7]}', "NOT_SQUAD"),
        ('{"data": [{"paragraphs": [{"context": "a"}]}]}', "NOT_SQUAD"),
        ('{"data": [{"paragraphs": [{"qas": [1]}]}]}', "NOT_SQUAD"),
        ('{"data": []}', "EMPTY_DATA"),
    ],
)
def test_other_json_is_refused(file, text, code):
    with pytest.raises(InputError) as error:
        read(file(text, "dev.json"), "squad")
    assert error.value.code == code


def test_the_real_files_are_read_whole(shared_data):
    folder = shared_data / "ner_tagging"
    rows, rejects = read(folder / "conll2003" / "valid.txt", "conll")
    assert (len(rows), rejects.lost) == (3250, 0)
    assert {tag for row in rows for tag in row.values["tags"]} == {
        "O",
        *(f"{p}-{t}" for p in "BI" for t in ("LOC", "MISC", "ORG", "PER")),
    }
    rows, _ = read(folder / "resume_ner" / "dev.char.bmes", "conll")
    assert len(rows) == 463
    rows, _ = read(shared_data / "text_zh" / "cmrc2018" / "dev.json.gz", "squad")
    assert len(rows) == 3219
