"""The official files of GLUE: the real ones where they are, and the variants of their form."""

import gzip

import pytest

from groundup.data.sources.records import Rejects
from groundup.data.sources.tables.glue import TASKS, glue_rows, is_whole, present, task_named, told_count
from groundup.errors import InputError

WHOLE = [
    ("CoLA", "train", 8551),
    ("CoLA", "dev", 1043),
    ("CoLA", "test", 1063),
    ("SST-2", "train", 67349),
    ("MRPC", "train", 4076),
    ("STS-B", "train", 5749),
    ("STS-B", "dev", 1500),
    ("QNLI", "dev", 5463),
    ("QNLI", "test", 5463),
    ("RTE", "train", 2490),
    ("RTE", "dev", 277),
    ("RTE", "test", 3000),
    ("WNLI", "train", 635),
    ("WNLI", "dev", 71),
    ("WNLI", "test", 146),
]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@pytest.mark.parametrize(("task", "split", "count"), WHOLE)
def test_the_real_files_have_the_official_number_of_rows(task, split, count, shared_data):
    rows = glue_rows(shared_data / "glue", task, split)
    assert len(rows) == count
    assert is_whole(task, split, len(rows))
    known = {row.values["label"] for row in rows}
    assert known == ({None} if split == "test" else set(TASKS[task].labels) or known)


def test_texts_are_those_of_the_bytes_of_the_file(shared_data):
    for task, file, columns in (("RTE", "dev.tsv", (1, 2)), ("WNLI", "test.tsv", (1, 2)), ("CoLA", "dev.tsv", (3,))):
        lines = (shared_data / "glue" / task / file).read_bytes().decode().removesuffix("\n").split("\n")
        expected = [tuple(line.split("\t")[c] for c in columns) for line in lines[0 if task == "CoLA" else 1 :]]
        rows = glue_rows(shared_data / "glue", task, "test" if "test" in file else "dev")
        assert [tuple(row.values[name] for name in TASKS[task].texts) for row in rows] == expected


def test_licence_columns_and_quotes_and_blanks_are_no_obstacle(shared_data):
    rows = glue_rows(shared_data / "glue", "STS-B", "dev")
    assert all(0 <= row.values["label"] <= 5 for row in rows)
    assert sum('"' in row.values["sentence1"] for row in glue_rows(shared_data / "glue", "MRPC", "train")) > 100
    assert glue_rows(shared_data / "glue", "SST-2", "train")[0].values["sentence"] == "when are bears bears and "


def test_what_is_there_is_found_and_a_sample_is_told_from_the_whole(shared_data):
    found = present(shared_data / "glue")
    assert set(TASKS) - found.keys() == {"QQP"}
    assert found["MNLI"].keys() == {"dev"}
    rows = glue_rows(shared_data / "glue", "MNLI", "dev")
    assert {row.values["label"] for row in rows} == {"entailment", "neutral", "contradiction"}
    assert told_count("MNLI", "dev", len(rows)) == "7,362 of 9,815 official rows"
    with pytest.raises(InputError, match=r"NO_FILE .*QQP: has no file of the train split\. Fix: it is called train\.tsv"):
        glue_rows(shared_data / "glue", "QQP", "train")


QQP = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate"
MNLI = "index\tpromptID\tpairID\tgenre\tsentence1\tsentence2\tlabel1\tgold_label"
STSB = "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore"
FORMS = {
    "qqp": ("QQP/train.tsv", f'{QQP}\n7\t1\t2\tWhat is "a\tb ?\t1\n', "QQP", "train", ('What is "a', "b ?", "1", "7")),
    "qqp test": ("qqp/test.tsv.gz", "id\tquestion1\tquestion2\n3\ta\tb\n", "QQP", "test", ("a", "b", None, "3")),
    "mnli": (
        "mnli/dev_matched.tsv",
        f"{MNLI}\n0\t1\t2\tfiction\ta\tb\tneutral\tneutral\n",
        "MNLI",
        "dev",
        ("a", "b", "neutral", "0"),
    ),
    "mnli mismatched": (
        "MNLI/Dev_Mismatched.TSV",
        f"{MNLI}\n0\t1\t2\tx\ta\tb\tneutral\tentailment\n",
        "MNLI",
        "dev_mismatched",
        ("a", "b", "entailment", "0"),
    ),
    "mnli jsonl": (
        "MNLI/multinli_1.0_dev_matched.jsonl",
        '{"sentence1": "a", "sentence2": "b", "gold_label": "neutral"}\n{"sentence1": "a", "sentence2": "b", "gold_label": "-"}\n',
        "MNLI",
        "dev",
        ("a", "b", "neutral", None),
    ),
    "diagnostic": (
        "diagnostic/diagnostic.tsv",
        "index\tsentence1\tsentence2\n0\ta\tb\n",
        "MNLI",
        "diagnostic",
        ("a", "b", None, "0"),
    ),
    "stsb of glue": (
        "sts_b/train.tsv",
        f"{STSB}\n0\tg\tf\t2012\t1\tx\ty\ta\tb\t3.800\n",
        "STS-B",
        "train",
        ("a", "b", 3.8, "0"),
    ),
    "mrpc of glue": (
        "MRPC/test.tsv",
        "index\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t1\t2\ta\tb\n",
        "MRPC",
        "test",
        ("a", "b", None, "0"),
    ),
    "windows": (
        "RTE/dev.tsv",
        "\ufeffindex\tsentence1\tsentence2\tlabel\r\n0\ta\u2028x\tb\tentailment\r\n",
        "RTE",
        "dev",
        ("a\u2028x", "b", "entailment", "0"),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_published_form_is_read(form, tmp_path):
    name, text, task, split, expected = FORMS[form]
    write(tmp_path / name, text)
    rows = glue_rows(tmp_path, task, split)
    assert [tuple(row.values[k] for k in (*TASKS[task].texts, "label", "index")) for row in rows] == [expected]


FAULTS = {
    "ragged": (b"0\ta\tb\n", r"RAGGED_ROW rte/train\.tsv:3: has 3 columns, not 4"),
    "label": (b"0\ta\tb\tmaybe\n", r"BAD_LABEL rte/train\.tsv:3: label is 'maybe', not one of entailment, not_entailment"),
    "bytes": (b"0\ta\xff\tb\tentailment\n", r"BAD_ENCODING rte/train\.tsv:3: byte 3 of the line"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_row_that_cannot_be_read_is_refused_with_file_and_line(fault, tmp_path):
    line, told = FAULTS[fault]
    good = b"0\ta\tb\tentailment\n"
    write(tmp_path / "rte/train.tsv", b"index\tsentence1\tsentence2\tlabel\n" + good + line + good * 200)
    with pytest.raises(InputError, match=told):
        glue_rows(tmp_path, "RTE", "train")
    rejects = Rejects()
    assert len(glue_rows(tmp_path, "RTE", "train", rejects)) == 201
    assert rejects.faults == 1


def test_one_fault_in_a_hundred_is_borne_and_more_is_refused(tmp_path):
    write(tmp_path / "rte/train.tsv", "index\tsentence1\tsentence2\tlabel\n" + "0\ta\tb\tentailment\n" * 90 + "0\ta\n")
    with pytest.raises(InputError, match=r"RAGGED_ROW rte/train\.tsv:92"):
        glue_rows(tmp_path, "RTE", "train", Rejects())


def test_scores_outside_their_range_and_other_tables_are_refused(tmp_path):
    write(tmp_path / "STS-B/sts-train.csv", "g\tf\t2012\t1\t5.5\ta\tb\n")
    with pytest.raises(InputError, match=r"score is '5\.5', not a number from 0 to 5"):
        glue_rows(tmp_path, "STS-B", "train")
    write(tmp_path / "QQP/train.tsv", "a\tb\tc\n1\t2\t3\n")
    with pytest.raises(InputError, match=r"BAD_HEADER QQP/train\.tsv:1: names no columns question1 and question2"):
        glue_rows(tmp_path, "QQP", "train")


def test_names_and_folders_that_are_none_are_refused_with_the_way_out(tmp_path):
    with pytest.raises(InputError, match=r"NO_TASK tasks: 'SST' is no task of GLUE\. Fix: tasks are CoLA, SST-2"):
        task_named("SST")
    assert task_named("sst2") is TASKS["SST-2"]
    with pytest.raises(InputError, match=r"NO_TASKS .* holds no folder of a GLUE task"):
        present(tmp_path)
    with pytest.raises(InputError, match="NO_FOLDER"):
        present(tmp_path / "none")
