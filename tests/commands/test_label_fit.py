"""Labels of tables against those that a model knows, and rows that prove faulty once all are read."""

import csv

import pytest

from groundup.commands.finetune.settings import Finetune
from groundup.data.settings import ReadSettings
from groundup.data.sources.records import Rejects
from groundup.errors import InputError
from groundup.kinds.text.reader import TextReader
from groundup.tasks.known import make_task
from groundup.tasks.rows.label_fit import fit_labels, variant_lines
from groundup.tasks.rows.reading import read_table
from groundup.tasks.rows.splitting import Draw, split_table


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return str(path)


def rows(count, bad=()):
    return [(f"text {number}", "" if number in bad else "ab"[number % 2]) for number in range(count)]


def test_faulty_labels_are_accounted_for_over_several_files(tmp_path):
    """A label is read when all rows of its file are, and the next file is counted right all the same."""
    settings = Finetune(
        model="m",
        out="o",
        data=write(tmp_path / "a.csv", rows(300, bad=(7, 9))),
        text_column=("text",),
        validation=write(tmp_path / "b.csv", rows(200, bad=(3,))),
        test=write(tmp_path / "c.csv", rows(120)),
    )
    rejects = Rejects()
    table = split_table(settings, Draw("classification", 0), rejects, TextReader(columns=settings.text_column))
    assert (rejects.read, rejects.faults, rejects.delivered) == (620, 3, 617)
    assert [one["place"].rpartition("/")[2] for one in rejects.described] == ["a.csv:9", "a.csv:11", "b.csv:5"]
    assert len(table.texts) == 617
    rejects.check_sum(617)


def test_too_many_faulty_labels_refuse_the_file(tmp_path):
    with pytest.raises(InputError, match="5 of 100 records are faulty"):
        read_table(
            [write(tmp_path / "a.csv", rows(100, bad=range(5)))],
            TextReader(columns=("text",)),
            "label",
            None,
            ReadSettings(),
            Rejects(),
        )


@pytest.mark.parametrize(
    ("occurring", "known", "told"),
    [
        (
            {"0": 3, "1": 2},
            ["neg", "very pos"],
            "holds '0' (3), '1' (2), none of which the model knows: 'neg', 'very pos'. Fix: say which are "
            "the same: --label.names neg --label.names 'very pos' (in the order of the numbers)",
        ),
        ({"Neg": 3}, ["neg", "pos"], "Fix: say which are the same: --label.rename Neg=neg"),
        ({"bad": 1, "5": 1}, ["neg", "pos"], "--label.rename bad=... --label.rename 5=..."),
        ({str(k): 1 for k in range(10)}, [f"c{k}" for k in range(3)], "'7' (1) and 2 more, none of which"),
    ],
)
def test_labels_of_which_none_is_known_are_refused_with_what_could_be_meant(occurring, known, told):
    with pytest.raises(InputError) as caught:
        fit_labels(occurring, known, "column 'label'", Rejects())
    assert told in str(caught.value)


def test_some_strange_labels_are_noted_and_known_ones_are_not():
    rejects = Rejects()
    fit_labels({"neg": 5, "pos": 4}, ["neg", "pos", "neutral"], "column 'label'", rejects)
    fit_labels({}, ["neg", "pos"], "column 'label'", rejects)
    assert rejects.notes() == []
    fit_labels({"neg": 5, "POS": 4, "new": 1}, ["neg", "pos"], "column 'label'", rejects)
    assert "'POS' (4 rows, like 'pos' but for case, width or blanks), 'new' (1 row)" in rejects.notes()[0]


def test_types_of_spans_are_compared_as_classes_are(tmp_path):
    data = tmp_path / "s.jsonl"
    data.write_text('{"text": "Bob", "label": [[0, 3, "PERSON"]]}\n', "utf-8")
    with pytest.raises(InputError, match=r"holds 'PERSON' \(1\), none of which the model knows: 'PER'"):
        read_table(
            [str(data)],
            TextReader(columns=("text",)),
            "label",
            None,
            ReadSettings(),
            Rejects(),
            task=make_task("tagging", {"labels": ["PER"]}),
        )


def test_variants_are_told_with_the_setting_that_makes_them_one():
    assert variant_lines([{"pos": 5, "Pos ": 2}]) == ["'pos' 5, 'Pos ' 2 (--label.rename 'Pos =pos')"]


def test_texts_and_numbers_in_one_column_are_refused_with_both(tmp_path):
    data = tmp_path / "m.jsonl"
    data.write_text('{"text": "a", "label": 1}\n{"text": "b", "label": "1"}\n', "utf-8")
    with pytest.raises(
        InputError, match=r"int '1' \(.*m.jsonl:1\), str '1' \(.*m.jsonl:2\).*1 and the text '1' may be one label or two"
    ):
        read_table([str(data)], TextReader(columns=("text",)), "label", None, ReadSettings(), Rejects())
