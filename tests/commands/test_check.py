"""Checking as a user types it: each thing that spoils a run, one at a time, with its exit code."""

import re

import numpy as np
import pytest

from groundup.kinds.text.reader import TextReader
from groundup.manifest import verify_folder
from tests.commands.life import groundup, report, tree, write_table

FRUIT, METAL = "apple pear plum cherry grape melon".split(), "iron copper zinc silver nickel lead".split()
OTHER = [f"word{n}" for n in range(400)]


def rows(count=120, seed=0):
    """Rows whose words tell the label, but no single word does."""
    rng = np.random.default_rng(seed)
    return [
        (" ".join([*rng.choice(FRUIT if n % 2 else METAL, 2), *rng.choice(OTHER, 7)]), "sweet" if n % 2 else "hard")
        for n in range(count)
    ]


@pytest.fixture
def check(tmp_path, capsys):
    """Check a table of these rows: exit code, codes of what was found, the report, what was printed."""

    def run(table, *words, header=("sentence", "label"), columns=("--text_column", "sentence")):
        path = write_table(tmp_path / "rows.csv", table, header)
        code = groundup("check", path, *columns, "--out", tmp_path / "out", "--quiet", *words)
        found = report(tmp_path / "out") if (tmp_path / "out").exists() else {"findings": []}
        return code, {f["code"]: f for f in found["findings"]}, found, capsys.readouterr()

    return run


def test_sound_rows_pass(check, tmp_path):
    code, found, whole, told = check(rows())
    assert code == 0, found
    assert {f["level"] for f in found.values()} <= {"note"}
    assert whole["preflight"]["splits"]["train"] == 96
    assert whole["preflight"]["baseline"]["accuracy"] > 0.8
    assert "Nothing was found" in told.out
    assert verify_folder(tmp_path / "out") == []


def test_the_split_is_the_one_that_finetune_makes(life, tmp_path):
    groundup("check", life.table, "--text_column", "sentence", "--out", tmp_path / "out", "--no-baseline", "--quiet")
    from groundup.tasks.rows.labelled_rows import stored_table

    kept = stored_table(life.classifier / "data", TextReader()).preflight
    told = report(tmp_path / "out")["preflight"]
    assert {name: told[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        ([(text, "one") for text, _ in rows(60)], "UNFIT"),
        ([(f"{text} __label__{name}", name) for text, name in rows()], "LABEL_IN_TEXT"),
        ([(f"{name}: {text}", name) for text, name in rows()], "LABEL_IN_TEXT"),
        ([("yes it is" if name == "hard" else "no it is not", name) for _, name in rows()], "TEXT_IS_LABEL"),
        ([*rows(), *[("", "hard")] * 9], "FAULTY_ROWS"),
        (rows(4), "UNFIT"),
    ],
)
def test_what_ruins_a_run_is_2(check, spoiled, code):
    exit_code, found, _, _ = check(spoiled)
    assert found[code]["level"] == "ruin"
    assert exit_code == 2


def test_a_test_file_that_repeats_training_ruins_the_run(check, tmp_path):
    other = write_table(tmp_path / "test.csv", rows()[:40] + rows(20, seed=9))
    code, found, whole, _ = check(rows(), "--test", other)
    assert code == 2
    assert found["LEAKAGE"]["level"] == "ruin"
    share = whole["preflight"]["leakage"]["test"]["exact"]
    assert 0.5 < share <= 40 / 60  # some of the 40 are in the validation split
    assert f"{100 * share:.1f} % of the test texts" in found["LEAKAGE"]["text"]


def test_the_limit_of_leakage_is_a_setting(check, tmp_path):
    other = write_table(tmp_path / "test.csv", rows()[:40] + rows(20, seed=9))
    code, found, _, _ = check(rows(), "--test", other, "--max_leakage", 0.7)
    assert code == 3
    assert found["LEAKAGE"]["level"] == "warning"


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda n, name: name.upper(), "COLUMN_TELLS"),
        (lambda n, name: f"{name[0]}-{n}", "COLUMN_TELLS"),
        (lambda n, name: n % 7, None),
        (lambda n, name: n, None),
        (lambda n, name: "same", None),
    ],
)
def test_another_column_that_tells_the_label_is_worth_knowing(check, make, expected):
    table = [(text, name, make(n, name)) for n, (text, name) in enumerate(rows())]
    code, found, _, _ = check(table, header=("sentence", "label", "source"))
    assert ("COLUMN_TELLS" in found) == (expected is not None)
    assert code == (3 if expected else 0)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ([*rows(), *[(text, "new") for text, _ in rows(4, seed=5)]], "FEW_ROWS"),
        ([*rows(400), *[(t, "rare") for t, _ in rows(16, seed=5)]], "IMBALANCE"),
        ([(f"{text} caf\u00c3\u00a9", name) for text, name in rows()], "BROKEN_TEXT"),
        ([*rows(), *[(text, "hard") for text, name in rows()[1:20:2]]], "CONTRADICTIONS"),
        ([(f"{text} (reuters)" if name == "hard" else text, name) for text, name in rows()], "MARK"),
        (
            [(" ".join(words), name) for words, (_, name) in zip(np.random.default_rng(3).choice(OTHER, (120, 6)), rows())],
            "NOTHING_LEARNED",
        ),
    ],
)
def test_what_is_worth_knowing_is_3(check, table, code):
    exit_code, found, _, told = check(table)
    assert exit_code == 3
    assert found[code]["level"] == "warning"
    assert code in told.out


def test_flipped_labels_are_listed_first(check):
    table = rows(200)
    for n in (10, 51, 120, 33, 90, 77, 150, 163, 8, 101, 44, 55):
        table[n] = (table[n][0], "hard" if n % 2 else "sweet")
    code, found, whole, _ = check(table)
    assert code == 3
    assert found["SUSPECTS"]["level"] == "warning"
    first = [suspect["row"] for suspect in whole["preflight"]["suspects"]["rows"][:8]]
    assert len(set(first) & {10, 51, 120, 33, 90, 77, 150, 163, 8, 101, 44, 55}) >= 6


def test_lengths_are_told_in_the_tokens_of_the_model(check, life):
    code, found, whole, _ = check(rows(), "--model", life.classifier, "--max_length", 10)
    assert code == 3
    assert whole["preflight"]["tokens"]["too_long"] == 1.0
    assert "100.0 % of the training rows are longer than 10 tokens" in found["TOO_LONG"]["text"]


def test_both_languages_and_hostile_texts(check, tmp_path):
    table = [(f"<script>x</script> {text}", name) for text, name in rows()]
    _, found, _, told = check([*table, *[(text, "hard") for text, _ in table[1:20:2]]], "--language", "zh")
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "数据检查" in page
    assert "<script" not in page
    assert "警告" in told.out
    assert "矛盾" in found["CONTRADICTIONS"]["text"]
    assert re.match(r"共 \d+ 行：训练集 \d+、验证集 \d+、测试集 \d+\n", told.out)


def test_without_out_nothing_is_written(tmp_path):
    path = write_table(tmp_path / "rows.csv", rows())
    before = tree(tmp_path)
    assert groundup("check", path, "--text_column", "sentence", "--quiet") == 0
    assert tree(tmp_path) == before


def test_a_column_that_is_not_there_is_refused(tmp_path, capsys):
    path = write_table(tmp_path / "rows.csv", rows())
    assert groundup("check", path, "--text_column", "sentnce") == 2
    assert "has no column 'sentnce'" in capsys.readouterr().err


def columns_of(count=120):
    """Rows of a table: income tells the label; `code` is told by it, and `town` never differs."""
    rng = np.random.default_rng(4)
    return [
        (f"{2 + 3 * (n % 2) + rng.normal(0, 2):.4f}", rng.choice(["a", "b", "c"]), "Metz", ("no", "yes")[n % 2])
        for n in range(count)
    ]


TEXTS = rows(120)
HEAD = ("income", "job", "town", "label")


def test_a_table_is_checked_by_its_columns(check, tmp_path):
    code, found, whole, _ = check(columns_of(), "--table_column", "*", columns=(), header=HEAD)
    assert code == 0, found
    reading = [finding["text"] for finding in whole["findings"] if finding["code"] == "READING"]
    assert any("columns: 1 number, 1 category, 1 constant" in line for line in reading)
    assert any("'town': left out, it holds 'Metz' in every row" in line for line in reading)
    assert "logistic regression reaches accuracy" in found["BASELINE"]["text"]
    assert whole["preflight"]["baseline"]["accuracy"] > 0.65
    assert whole["preflight"]["texts"] == {}
    assert verify_folder(tmp_path / "out") == []


def test_a_column_that_gives_the_label_away_is_a_warning(check):
    rows = [(*row[:2], row[3].upper(), row[3]) for row in columns_of()]
    code, _, whole, _ = check(rows, "--table_column", "*", columns=(), header=HEAD)
    assert code == 3
    assert any(f["level"] == "warning" and "'town'" in f["text"] for f in whole["findings"])


def test_what_finetune_would_refuse_of_columns_ruins(check):
    code, found, _, _ = check(columns_of(), "--table_column", "*", "--table.kinds", "height=number", columns=(), header=HEAD)
    assert code == 2
    assert "'height' is no column that is read" in found["UNFIT"]["text"]


def test_texts_beside_columns_are_looked_at_in_the_rows_that_have_one(check):
    rows = [("" if n % 10 == 0 else text, n % 3, label) for n, (text, label) in enumerate(TEXTS)]
    header = ("sentence", "size", "label")
    code, found, whole, _ = check(rows, "--table_column", "size", header=header)
    assert code == 0, found
    assert whole["preflight"]["texts"]["personal"] == 0
    assert sum(whole["preflight"]["texts"]["characters"]["counts"]) == 108
    assert whole["preflight"]["baseline"]["accuracy"] > 0.7


def test_images_are_checked_by_their_pixels(check, tmp_path):
    images = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    for n in range(60):
        images.fromarray(rng.integers(0, 100, (8, 8, 3)).astype(np.uint8) + 100 * (n % 2)).save(tmp_path / f"{n}.png")
    rows = [(f"{n}.png", ("dark", "light")[n % 2]) for n in range(60)]
    words = ("--image_column", "picture", "--image.size", 8, "--split.validation", 0.2, "--split.test", 0.2)
    code, found, whole, _ = check(rows, *words, columns=(), header=("picture", "label"))
    assert "logistic regression on pixels" in found["BASELINE"]["text"]
    assert whole["preflight"]["baseline"]["accuracy"] > 0.9
    assert code == 0, found


def test_tokens_are_of_texts(tmp_path, capsys):
    path = write_table(tmp_path / "rows.csv", columns_of(), HEAD)
    assert groundup("check", path, "--table_column", "*", "--model", "runs/lm") == 2
    assert "model: is of texts" in capsys.readouterr().err
