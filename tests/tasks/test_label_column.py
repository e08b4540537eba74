"""How label columns are written: decided once from all cells, said, and settable; labels in their order; variants of one."""

import math

import pytest

from groundup.config import make_settings
from groundup.data.settings import LabelSettings
from groundup.errors import InputError
from groundup.kinds.text.reader import TextReader
from groundup.tasks.classification import Classification
from groundup.tasks.known import make_task
from groundup.tasks.multilabel import Multilabel
from groundup.tasks.rows.label_column import fold_name, in_order, name_of, parse_list, variants


def read_column(cells, task=None, **settings):
    """The targets of a column, and what was said about it."""
    task, said = task or Multilabel(), []
    task.infer_label_format(cells, [*settings.get("columns", ["labels"])], make_settings(LabelSettings, settings), said.append)
    return [task.read_target(cell, ("t",)) for cell in cells], said


COLUMNS = {
    "semicolons": (["a; b", "b", "c;a"], [["a", "b"], ["b"], ["a", "c"]], "';' parts"),
    "bars, with commas inside names": (
        ["Health, Wellness|Arts", "Health, Wellness", "Arts"],
        [["Arts", "Health, Wellness"], ["Health, Wellness"], ["Arts"]],
        "'|' parts",
    ),
    "bars beside a semicolon in a name": (["a;x|b", "b", "a;x"], [["a;x", "b"], ["b"], ["a;x"]], "'|' parts"),
    "commas": (["a,b", "a,c", "b"], [["a", "b"], ["a", "c"], ["b"]], "',' parts"),
    "a comma that is part of a name": (
        ["Health, Wellness", "Health, Wellness", "Arts"],
        [["Health, Wellness"], ["Health, Wellness"], ["Arts"]],
        "each cell is one name",
    ),
    "hashes": (["x#y", "x", "y"], [["x", "y"], ["x"], ["y"]], "'#' parts"),
    "blanks": (["x y", "x", "y"], [["x", "y"], ["x"], ["y"]], "blanks parts"),
    "blanks inside names": (["New York", "New Jersey", "Rome"], [["New York"], ["New Jersey"], ["Rome"]], None),
    "one name each": (["a", "b"], [["a"], ["b"]], None),
    "lists": ([["b", "a"], [], ["c;d"]], [["a", "b"], [], ["c;d"]], None),
    "JSON lists": (['["b", "a"]', "[]", '["c;d"]'], [["a", "b"], [], ["c;d"]], None),
    "Python lists": (["['b', \"a\"]", "[]", "['it\\'s']"], [["a", "b"], [], ["it's"]], None),
    "sets": (["{'b', 'a'}", {"a"}, ("b",)], [["a", "b"], ["a"], ["b"]], None),
    "arrays of numpy": (["['b' 'a']", "['c d']"], [["a", "b"], ["c d"]], None),
    "lists of class numbers": ([[2, 10], [0]], [["10", "2"], ["0"]], None),
    "missing cells": ([None, "", math.nan, "a"], [[], [], [], ["a"]], None),
    "names 0 and 1 as texts in lists": ([["0", "1"], ["1", "0"]], [["0", "1"], ["0", "1"]], None),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_of_several_labels_is_read_in_one_way(column):
    cells, expected, told = COLUMNS[column]
    targets, said = read_column(cells)
    assert targets == expected
    assert len(said) == (told is not None)
    assert all(told in line and "--label.separator sets it" in line for line in said)


@pytest.mark.parametrize(
    ("separator", "cells", "expected"),
    [
        ("/", ["a/b", "c"], ["a", "b"]),
        ("blank", ["a  b", "c"], ["a", "b"]),
        ("none", ["a;b", "c"], ["a;b"]),
        ("::", ["a::b"], ["a", "b"]),
        (",", ["a;x,b"], ["a;x", "b"]),
    ],
)
def test_a_separator_that_is_set_is_used_and_nothing_is_said(separator, cells, expected):
    targets, said = read_column(cells, separator=separator)
    assert (targets[0], said) == (expected, [])


VECTORS = {
    "lists": [[0, 1, 1], [0, 0, 0], [1, 0, 0]],
    "floats": [[0.0, 1.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
    "truths": [[False, True, True], [False, False, False], [True, False, False]],
    "JSON": ["[0, 1, 1]", "[0, 0, 0]", "[1, 0, 0]"],
    "numpy": ["[0 1 1]", "[0 0 0]", "[1 0 0]"],
    "blanks": ["0 1 1", "0 0 0", "1 0 0"],
    "commas": ["0,1,1", "0,0,0", "1,0,0"],
    "semicolons": ["0;1;1", "0;0;0", "1;0;0"],
}


@pytest.mark.parametrize("form", VECTORS)
def test_vectors_of_zeros_and_ones_are_no_names_but_have_some(form):
    with pytest.raises(
        InputError, match=r"holds vectors of 3 zeros and ones, such as .*name their 3 places in order: --label.names"
    ):
        read_column(VECTORS[form])
    with pytest.raises(InputError, match="there are 2 names"):
        read_column(VECTORS[form], names=("y", "x"))
    targets, _ = read_column(VECTORS[form], names=("z", "y", "x"))
    assert targets == [["x", "y"], [], ["z"]]


def test_labels_of_vectors_stand_in_the_order_of_their_places():
    task = Multilabel()
    targets, _ = read_column(VECTORS["lists"], task, names=("z", "y", "x"))
    task.learn([("t",)] * 3, targets, TextReader())
    assert task.labels == ["z", "y", "x"]
    assert task.matrix([["x", "z"]]).tolist() == [[1, 0, 1]]


def test_a_vector_of_another_length_is_no_row():
    task = Multilabel()
    read_column(VECTORS["lists"], task, names=("z", "y", "x"))
    with pytest.raises(ValueError, match="has 2 zeros and ones for 3 labels"):
        task.read_target([1, 0], ("t",))
    with pytest.raises(ValueError, match="'2' is neither 0 nor 1"):
        task.read_target([1, 0, 2], ("t",))


def test_columns_of_zeros_and_ones_are_labels_by_their_names():
    task = Multilabel()
    targets, _ = read_column([[1, 0], ["0", "1"], [1.0, True], ["no", "yes"]], task, columns=("sport", "art"))
    assert targets == [["sport"], ["art"], ["art", "sport"], ["art"]]
    with pytest.raises(ValueError, match="'art' is empty"):
        task.read_target([1, None], ("t",))


def test_a_later_table_is_read_as_the_first_one_was():
    """The separator of the training rows holds for other files, and with them for other sets of labels."""
    task = Multilabel()
    read_column(["a|b", "a"], task)
    assert read_column(["a;c", "b|a"], task) == ([["a;c"], ["a", "b"]], [])
    again = make_task("multilabel", task.facts)
    assert again.read_target("b|a", ("t",)) == ["a", "b"]


def test_numbers_of_classes_have_names():
    for task, cells, expected in (
        (Classification(), [1, "0", "neg"], ["pos", "neg", "neg"]),
        (Multilabel(), [[1], "0;1", "pos"], [["pos"], ["neg", "pos"], ["pos"]]),
    ):
        assert read_column(cells, task, names=("neg", "pos"))[0] == expected
        assert task.facts["names" if task.name == "classification" else "written"]
        with pytest.raises(ValueError, match="'2' is neither one of the names given nor a number from 0 to 1"):
            task.read_target("2", ("t",))
    with pytest.raises(ValueError, match="'-1' is neither"):
        name_of("-1", ["a"])


def test_named_classes_stand_in_the_order_of_their_numbers():
    task = Classification()
    targets, _ = read_column([2, 0, 1, 0, 2, 1], task, names=("low", "mid", "high"))
    task.learn([("t",)] * 6, targets, TextReader())
    assert task.labels == ["low", "mid", "high"]


@pytest.mark.parametrize(
    ("task", "cell", "expected"),
    [
        ("classification", "pos", "positive"),
        ("multilabel", "pos; x", ["positive", "x"]),
        ("tagging", [[0, 1, "pos"]], [(0, 1, "positive")]),
    ],
)
def test_labels_are_renamed_as_they_are_read_and_so_ever_after(task, cell, expected):
    one = make_task(task)
    assert read_column([cell], one, rename=("pos=positive",))[0] == [expected]
    assert one.renamed_labels == {"pos"}
    assert make_task(task, one.facts).read_target(cell, ("t",)) == expected


@pytest.mark.parametrize(
    ("task", "settings", "told"),
    [
        ("classification", {"separator": ";"}, "is for multilabel, not for classification"),
        ("regression", {"rename": ("a=b",)}, "is for classification, multilabel, tagging, not for regression"),
        ("tagging", {"columns": ("a", "b")}, "is for multilabel"),
        ("answering", {"names": ("a",)}, "is for classification, multilabel"),
        ("multilabel", {"language": "ja"}, "is for answering, translation, summarization, extraction"),
    ],
)
def test_a_setting_of_labels_is_refused_where_it_means_nothing(task, settings, told):
    with pytest.raises(InputError, match=told):
        make_task(task).infer_label_format([], ["label"], make_settings(LabelSettings, settings), print)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"rename": ("a",)}, "'a' is not old=new"),
        ({"rename": ("a=b=c",)}, "with one ="),
        ({"rename": ("a=b", "a=c")}, "names one twice"),
        ({"names": ("a", "a")}, "names one twice"),
        ({"columns": ("a",)}, "1 column"),
        ({"separator": ""}, "is empty"),
        ({"language": "Japanese (Kansai)"}, "is no code of a language"),
    ],
)
def test_settings_of_labels_that_mean_nothing_are_told(settings, told):
    with pytest.raises(InputError) as caught:
        make_settings(LabelSettings, settings)
    assert any(told in problem for problem in caught.value.problems)


def test_floats_that_are_whole_numbers_are_called_so():
    task = Classification()
    targets, said = read_column([1.0, 2.0, 10.0], task)
    assert targets == ["1", "2", "10"]
    assert said == ["column 'labels': holds whole numbers as floats; labels like 1.0 are called 1"]
    assert read_column([1.5, 2.0], Classification()) == (["1.5", "2.0"], [])
    assert read_column([1.0, 2.0], Classification({"labels": ["1.0", "2.0"]})) == (["1.0", "2.0"], []), (
        "a model that knows them so"
    )
    with pytest.raises(ValueError, match="is empty"):
        task.read_target(math.nan, ("t",))


ORDERS = [
    (["10", "9", "1", "0", "2"], ["0", "1", "2", "9", "10"]),
    (["-1", "1", "0"], ["-1", "0", "1"]),
    (["2.5", "10", "1e1"], ["2.5", "10", "1e1"]),
    (["b", "10", "9"], ["10", "9", "b"]),
    (["v10", "v9"], ["v10", "v9"]),
    (["a", "a"], ["a"]),
    ([], []),
    (["٣", "2"], ["2", "٣"]),
]


@pytest.mark.parametrize(("names", "expected"), ORDERS)
def test_labels_that_are_numbers_stand_in_their_order_and_others_by_text(names, expected):
    assert in_order(names) == expected


def test_variants_are_told_by_case_blanks_and_width():
    counts = {"positive ": 3, "Positive": 120, "negative": 9, "ＮＥＧＡＴＩＶＥ": 1, "neg ative": 2, "other": 5}
    assert variants(counts) == [{"Positive": 120, "positive ": 3}, {"negative": 9, "ＮＥＧＡＴＩＶＥ": 1}]
    assert fold_name(" A\u3000 b ") == "a b"


@pytest.mark.parametrize("cell", ["[CLS] token", "[a", "{x}", "(see above)", "[1, x]", "", "[" * 300, 5, None])
def test_a_text_that_is_no_list_stays_itself(cell):
    assert parse_list(cell) == cell


def test_a_model_whose_classes_have_numbers_alone_knows_them_by_their_numbers():
    """LABEL_2 is what transformers calls class 2 of a model whose classes nobody named."""
    task = Classification.of_outputs(["LABEL_0", "LABEL_1", "LABEL_2"])
    targets, said = read_column([2, "0"], task)
    assert targets == ["LABEL_2", "LABEL_0"]
    assert "the model calls its classes LABEL_0 and so on" in said[0]
    assert read_column(["neg", "1"], Classification.of_outputs(["LABEL_0", "LABEL_1"])) == (["neg", "1"], []), "words are none"
    assert read_column(["1"], Classification.of_outputs(["LABEL_1", "LABEL_0"])) == (["1"], []), (
        "in another order they are names"
    )


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (r"""['a\nb', 'caf\xe9', "it's"]""", ["a\nb", "café", "it's"]),
        ("['a' 'b c']", ["a", "b c"]),
        ("{'a', 'b'}", ["a", "b"]),
        ("[1. 0. 1.]", [1.0, 0.0, 1.0]),
        ("(True, False)", [True, False]),
        ("[+1 -2 3e0]", [1, -2, 3.0]),
        ("[2026-03-01]", "[2026-03-01]"),
        ("['a''b']", "['a''b']"),
        ("[sic]", "[sic]"),
    ],
)
def test_lists_as_python_and_numpy_write_them_are_lists(cell, found):
    assert parse_list(cell) == found
