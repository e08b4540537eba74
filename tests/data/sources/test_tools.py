"""Exports of annotation tools: read right, with a line that says what was recognised."""

import json

import pytest

from groundup.data.settings import ReadSettings
from groundup.data.sources.read import read_rows
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from tests.data.sources.reading import write


def read(path, columns=(), **settings):
    rejects = Rejects()
    return [row.values for row in read_rows([str(path)], ReadSettings(**settings), rejects, columns)], rejects


def as_json(path, value):
    return write(path, json.dumps(value, ensure_ascii=False))


def as_lines(path, rows):
    return write(path, [json.dumps(row, ensure_ascii=False) for row in rows])


def span(start, end, text, label, name="ner"):
    return {
        "value": {"start": start, "end": end, "text": text, "labels": [label]},
        "from_name": name,
        "to_name": "text",
        "type": "labels",
    }


TASKS = [
    {
        "id": 1,
        "data": {"text": "Ada saw Bath"},
        "annotations": [
            {"was_cancelled": True, "result": []},
            {
                "result": [
                    span(0, 3, "Ada", "PER"),
                    span(8, 12, "Bath", "LOC"),
                    {"value": {"choices": ["Good"]}, "from_name": "mood", "type": "choices"},
                    {"type": "relation", "from_id": "a", "to_id": "b"},
                ]
            },
        ],
    },
    {
        "id": 2,
        "data": {"text": "No name"},
        "annotations": [{"result": [{"value": {"choices": ["Bad"]}, "from_name": "mood"}]}, {"result": []}],
    },
    {"id": 3, "data": {"text": "Not yet"}, "annotations": []},
]


def test_tasks_of_label_studio_have_a_column_for_each_control(tmp_path):
    rows, rejects = read(as_json(tmp_path / "a.json", TASKS), ("text", "ner"))
    assert [(row["text"], row["ner"], row["mood"]) for row in rows] == [
        ("Ada saw Bath", [[0, 3, "PER"], [8, 12, "LOC"]], ["Good"]),
        ("No name", [], ["Bad"]),
    ]
    assert dict(rejects.counts) == {"NOT_ANNOTATED": 1}
    assert rejects.notes()[0] == (
        "a.json: tasks of Label Studio; its controls are columns: 'ner' (spans), 'mood' (choices); of 1 task with several "
        "annotations the first is read; 1 relation is not read"
    )


def test_the_small_exports_of_label_studio_are_filled(tmp_path):
    value = [{"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}]
    about = {"annotator": 1, "annotation_id": 7, "created_at": "x", "updated_at": "y", "lead_time": 3.5}
    rows, rejects = read(
        as_json(
            tmp_path / "a.json",
            [
                {"id": 1, "text": "Ada saw", "label": value, "mood": {"choices": ["Good", "Long"]}, **about},
                {"id": 2, "text": "No name", **about},
            ],
        ),
        ("text", "label"),
    )
    assert [(row["label"], row["mood"]) for row in rows] == [([[0, 3, "PER"]], ["Good", "Long"]), ([], None)]
    cell = json.dumps(value).replace('"', '""')
    rows, rejects = read(
        write(
            tmp_path / "b.csv",
            [
                "text,id,label,mood,annotator,annotation_id,lead_time",
                f'Ada saw,1,"{cell}",Good,1,7,2.5',
                "No name,2,,Bad,1,8,2.5",
            ],
        ),
        ("text", "label"),
    )
    assert [(row["label"], row["mood"]) for row in rows] == [([[0, 3, "PER"]], "Good"), ("", "Bad")]
    assert "rows of Label Studio; columns of its controls: 'label' (spans)" in rejects.notes()[0]


def test_only_accepted_rows_of_prodigy_are_read_and_the_others_counted(tmp_path):
    rows = [
        {
            "text": f"Ada {n}",
            "spans": [{"start": 0, "end": 3, "label": "PER", "token_start": 0, "token_end": 0}],
            "answer": answer,
        }
        for n, answer in enumerate(["accept", "reject", "ignore", "accept"])
    ]
    found, rejects = read(
        as_lines(tmp_path / "a.jsonl", [*rows, {"text": "Nobody", "tokens": [], "answer": "accept"}]), ("text", "spans")
    )
    assert [(row["text"], row["spans"]) for row in found] == [
        ("Ada 0", [[0, 3, "PER"]]),
        ("Ada 3", [[0, 3, "PER"]]),
        ("Nobody", []),
    ]
    assert dict(rejects.counts) == {"ANSWER_REJECT": 1, "ANSWER_IGNORE": 1}
    assert rejects.notes() == ["a.jsonl: rows of Prodigy: 3 accepted; left out by their answer: 1 reject, 1 ignore"]
    choices = [{"text": "x", "options": [{"id": "A"}, {"id": "B"}], "accept": ["B"], "answer": "accept"}]
    assert read(as_lines(tmp_path / "b.jsonl", choices), ("text", "accept"))[0][0]["accept"] == ["B"]
    with pytest.raises(InputError, match="has the answer 'perhaps', not one of accept, reject, ignore"):
        read(as_lines(tmp_path / "c.jsonl", [*rows, {"text": "x", "answer": "perhaps"}]))


def test_a_column_called_answer_is_nothing_of_prodigy(tmp_path):
    assert (
        len(read(as_lines(tmp_path / "a.jsonl", [{"text": "x", "answer": "yes"}, {"text": "y", "answer": "reject"}]))[0]) == 2
    )


def test_rows_to_predict_are_all_delivered(tmp_path):
    path = as_lines(tmp_path / "a.jsonl", [{"text": "x", "spans": [], "answer": answer} for answer in ("accept", "reject")])
    assert len(list(read_rows([str(path)], ReadSettings(), Rejects(deliver_faulty=True)))) == 2
    path = as_json(tmp_path / "b.json", TASKS)
    assert [row.values["text"] for row in read_rows([str(path)], ReadSettings(), Rejects(deliver_faulty=True))] == [
        "Ada saw Bath",
        "No name",
        "Not yet",
    ]


def test_doccano_says_what_it_leaves(tmp_path):
    row = {
        "id": 1,
        "text": "Ada saw",
        "entities": [{"id": 4, "label": "PER", "start_offset": 0, "end_offset": 3}],
        "relations": [{"id": 9}],
    }
    found, rejects = read(as_lines(tmp_path / "a.jsonl", [row]), ("text", "entities"))
    assert found[0]["entities"] == [[0, 3, "PER"]]
    assert rejects.notes() == ["a.jsonl: rows of doccano; 1 relation is not read"]


def test_pairs_of_text_and_entities_are_rows(tmp_path):
    pairs = [["Ada saw Bath", {"entities": [[0, 3, "PER"]]}], ["None", {"entities": []}]]
    expected = [("Ada saw Bath", [[0, 3, "PER"]]), ("None", [])]
    for path in (
        as_json(tmp_path / "a.json", pairs),
        as_lines(tmp_path / "b.jsonl", pairs),
        as_json(tmp_path / "c.json", {"classes": ["PER"], "annotations": [*pairs, None]}),
    ):
        assert [(row["text"], row["entities"]) for row in read(path, ("text", "entities"))[0]] == expected
    cats = [["Good", {"cats": {"POS": 1.0, "NEG": 0.0}}]]
    assert read(as_json(tmp_path / "d.json", cats))[0] == [{"text": "Good", "cats": ["POS"]}]


def test_languages_of_translation_objects_are_columns(tmp_path):
    rows = [
        {"id": 1, "translation": {"en": "one", "de": "eins"}},
        {"id": 2, "translation": {"language": ["en", "de"], "translation": ["two", "zwei"]}},
    ]
    found, rejects = read(as_lines(tmp_path / "a.jsonl", rows), ("en", "de"))
    assert found == [{"id": 1, "en": "one", "de": "eins"}, {"id": 2, "en": "two", "de": "zwei"}]
    assert rejects.notes() == ["a.jsonl: the languages in 'translation' are columns: en, de"]


def test_folders_of_brat_are_texts_with_spans(tmp_path):
    write(tmp_path / "a" / "1.txt", "Ada saw\r\nBath and Wells\r\n")
    write(
        tmp_path / "a" / "1.ann",
        "T1\tPER 0 3\tAda\nT2\tLOC 9 13\tBath\nT3\tLOC 9 13;18 23\tBath Wells\nR1\tIn Arg1:T1 Arg2:T2\n#1\tAnnotatorNotes T1\tx\n",
    )
    write(tmp_path / "a" / "2.txt", "Nobody")
    write(tmp_path / "a" / "2.ann", "")
    rows, rejects = read(tmp_path / "a", ("text", "spans"))
    assert rows == [
        {"text": "Ada saw\r\nBath and Wells\r\n", "spans": [[0, 3, "PER"], [9, 13, "LOC"]], "document": "1"},
        {"text": "Nobody", "spans": [], "document": "2"},
    ]
    assert "left out: 1 span of several parts; 2 relations, events and notes are not read" in rejects.notes()[0]
    write(tmp_path / "a" / "2.ann", "PER 0 3 Ada\n")
    with pytest.raises(InputError, match=r"NOT_BRAT 2\.ann:1"):
        read(tmp_path / "a", ("text", "spans"))


def test_questions_without_answer_are_read_and_counted(tmp_path):
    asked = [
        {"id": "a", "question": "Where?", "is_impossible": False, "answers": [{"text": "Bath", "answer_start": 8}]},
        {
            "id": "b",
            "question": "Why?",
            "is_impossible": True,
            "answers": [],
            "plausible_answers": [{"text": "Ada", "answer_start": 0}],
        },
    ]
    path = as_json(
        tmp_path / "a.json",
        {"version": "v2.0", "data": [{"title": "t", "paragraphs": [{"context": "Ada saw Bath", "qas": asked}]}]},
    )
    for settings in ({}, {"format": "squad"}):  # by its content, and as told
        rows, rejects = read(path, ("question", "context", "answers"), **settings)
        assert [row["answers"] for row in rows] == [[{"text": "Bath", "answer_start": 8}], []]
        assert "a.json: 1 of 2 questions has no answer (is_impossible); plausible_answers of 1 are not read" in rejects.notes()


@pytest.mark.parametrize("seed", range(60))
def test_damaged_exports_are_read_or_refused_and_no_fault_of_ours(seed, tmp_path):
    """Characters of valid files are lost, doubled or swapped."""
    import numpy as np

    draw = np.random.default_rng(seed)
    whole = [
        json.dumps(TASKS),
        json.dumps({"data": [{"title": "t", "paragraphs": [{"context": "a b", "qas": [{"question": "q", "answers": []}]}]}]}),
        json.dumps({"text": "Ada", "spans": [{"start": 0, "end": 3, "label": "X"}], "answer": "accept"}),
        '[["a b", {"entities": [[0, 1, "X"]]}]]',
    ]
    text = list(whole[seed % len(whole)])
    for _ in range(draw.integers(1, 4)):
        at = int(draw.integers(len(text)))
        text[at] = str(draw.choice(["", text[at] * 2, '"', "{", "]", "7", "null", "é"]))
    path = write(tmp_path / ("a.jsonl" if seed % 2 else "a.json"), "".join(text))
    refusal = None
    try:
        read(path, ("text", "spans"))
    except InputError as error:
        refusal = error
    assert refusal is None or (refusal.code != "INTERNAL" and str(path.name) in refusal.place + refusal.what)


def test_an_answer_that_is_asked_for_is_a_label_and_rejects_no_row(tmp_path):
    lines = ["text,label,answer", "one,x,reject", "two,y,accept"]
    rows, rejects = read(write(tmp_path / "x.csv", lines), ("text", "answer"))
    assert [row["answer"] for row in rows] == ["reject", "accept"]
    assert rejects.notes() == []
    assert len(read(tmp_path / "x.csv", ("text", "label"))[0]) == 1
