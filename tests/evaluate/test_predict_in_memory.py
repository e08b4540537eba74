"""`predict` answers one row by one answer and several by a list, whatever holds them, and says what it could not read."""

import warnings

import numpy as np
import pytest

import groundup
from tests.train.test_callback import SETTINGS, table

ROWS = table()


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    out = tmp_path_factory.mktemp("predict") / "run"
    groundup.finetune(data=ROWS, out=out, **SETTINGS)
    return groundup.load(out)


def holders():
    """What may hold the first three rows, and what may hold the first one."""
    pandas, polars, pyarrow = (pytest.importorskip(name) for name in ("pandas", "polars", "pyarrow"))
    datasets = pytest.importorskip("datasets")
    frame, rows = pandas.DataFrame(ROWS[:3]), ROWS[:3]
    several = [rows, iter(rows), frame, polars.DataFrame(rows), polars.LazyFrame(rows), pyarrow.Table.from_pylist(rows)]
    several += [datasets.Dataset.from_list(rows), datasets.Dataset.from_list(rows).to_iterable_dataset()]
    several += [{name: [row[name] for row in rows] for name in rows[0]}, [row for _, row in frame.iterrows()]]
    several += [frame.itertuples(index=False), [[row["age"], row["job"]] for row in rows]]
    several += [np.array([[row["age"], row["job"]] for row in rows], dtype=object)]
    return several, [rows[0], frame.iloc[0], next(frame.itertuples(index=False)), polars.DataFrame(rows).row(0, named=True)]


def test_one_row_has_one_answer_and_several_have_a_list(model):
    several, one = holders()
    expected = model.predict(ROWS[:3])
    assert len(expected) == 3
    assert len({answer["probability"] for answer in expected}) > 1
    for rows in several:
        assert model.predict(rows) == expected, type(rows)
    for row in one:
        assert model.predict(row) == model(row)
        assert model(row)["label"] == expected[0]["label"]
        assert model(row)["probability"] == pytest.approx(expected[0]["probability"], abs=1e-6)


def test_what_was_not_read_is_a_warning_once_with_counts(model):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.predict([{"age": "old", "job": "zz"}, {"age": "young", "job": "a"}])
        assert model.predict(ROWS[0])
    assert [one.category for one in caught] == [groundup.DataWarning] * 2
    texts = [str(one.message) for one in caught]
    assert texts[0].startswith("column 'age': 2 of 2 cells are no numbers, such as 'old'") or "2 of 2 cells" in texts[0]
    assert "column 'job': 1 of 2 cells is a value that training did not have, such as 'zz'" in texts[1]
    assert caught[0].filename == __file__


def test_every_function_takes_one_row_and_iterators(model, capsys, tmp_path):
    run = model_folder(tmp_path)
    groundup.predict(model=run, input=ROWS[0], quiet=True)
    groundup.predict(model=run, input=iter(ROWS[:2]), quiet=True)
    assert len(capsys.readouterr().out.split()) == 2 + 3  # two heads
    outcome = groundup.explain(model=run, input=ROWS[0], quiet=True)
    assert len(outcome.facts["explanations"]) == 1
    report = groundup.evaluate(model=run, data=(row for row in ROWS), label_column="y", out=tmp_path / "e", quiet=True)
    assert report.facts["report"]["rows"]["all"] == len(ROWS)


def model_folder(folder):
    groundup.finetune(data=iter(ROWS), out=folder / "run", **SETTINGS | {"steps": 1})
    return folder / "run"


def test_without_out_a_run_lies_in_the_first_free_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = SETTINGS | {"steps": 1}
    first, second = (groundup.finetune(data=ROWS, **settings) for _ in range(2))
    assert [str(one.path) for one in (first, second)] == ["runs/finetune-1", "runs/finetune-2"]
    assert groundup.evaluate(model=first.path, data=ROWS, label_column="y", quiet=True).path.as_posix() == "runs/evaluate-1"
