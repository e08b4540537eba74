"""A labelled table as commands read it."""

from groundup.data.settings import ReadSettings
from groundup.data.sources.records import Rejects
from groundup.evaluate.judging import remarks
from groundup.kinds.text.reader import TextReader
from groundup.tasks.preflight import preflight_lines
from groundup.tasks.reading import read_table


def test_rejects_stand_in_the_order_of_their_rows_though_rows_are_read_ahead(tmp_path):
    lines = ["text,label", *(f"text {n},x" for n in range(40))]
    lines[5], lines[21] = ",x", "one,two,three"
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n", "utf-8")
    rejects = Rejects()
    read_table([str(tmp_path / "x.csv")], TextReader(columns=("text",)), "label", None, ReadSettings(max_rejects=2), rejects)
    assert [(one["place"], one["code"]) for one in rejects.kept] == [("x.csv:6", "NO_TEXT"), ("x.csv:22", "RAGGED_ROW")]


def test_why_rows_are_lost_and_the_splits_are_said_in_words_and_in_order():
    facts = {
        "rows": 9,
        "labels": {"train": {}},
        "splits": {"left out": 1, "test": 2, "train": 4, "validation": 2},
        "left_out": {},
        "faulty_rows": {"ANSWER_REJECT": 30, "RAGGED_ROW": 2},
        "repeated_texts": 0,
        "conflicting_labels": {"rows": 0},
        "leakage": {},
        "labels_never_trained": [],
    }
    assert preflight_lines(facts) == [
        "9 rows: 4 train, 2 validation, 2 test, 1 left out",
        "warning: 30 rows were rejected by who annotated them; 2 rows could not be used (RAGGED_ROW)",
    ]


def test_texts_that_were_cut_are_told_once():
    alarms = [
        {"code": "cut", "text": "5 % were cut"},
        {"code": "collapsed", "text": "one answer"},
        {"code": "x", "text": "known"},
    ]
    report = {"limits": ["warning: 5 of 100 texts are longer"], "alarms": alarms}
    assert remarks(report, ["x"]) == ["warning: 5 of 100 texts are longer", "warning: one answer"]
