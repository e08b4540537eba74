import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
pytest.importorskip("sklearn")
import table_figures
import table_folds

TARGETS = [0, 0, 1, 1]


def fit(model, answers: list[float], variant: str = "default") -> dict:
    """A fit of four rows; `answers` are probabilities of the second class."""
    shares = [[1 - one, one] for one in answers]
    about = {"table": "t", "fold": "0.0", "model": model, "variant": variant, "targets": TARGETS}
    return about | {
        "answers": {"logistic regression": shares} if model == "simple" else {"calibrated": shares, "plain": shares}
    }


def test_folds_are_the_same_every_time_and_hold_each_row_once(tmp_path):
    rows = [",".join([*map(str, range(number, number + 20)), str(1 + (number % 3 == 0))]) for number in range(60)]
    (tmp_path / "german.csv").write_text("\n".join(rows) + "\n")
    lines = table_folds.Lines("german", tmp_path)
    first, again = list(lines.folds(0)), list(lines.folds(0))
    assert sorted(np.concatenate([fold.test for fold in first])) == list(range(60))
    for fold, other in zip(first, again, strict=True):
        assert (fold.validation == other.validation).all()
        assert sorted(np.concatenate([fold.train, fold.validation, fold.test])) == list(range(60))
        assert (len(fold.test), len(fold.validation)) == (12, 8)
        assert (lines.labels[fold.test] == "2").sum() == 4
    written = lines.write(tmp_path / "files", first[0])
    assert Path(written["test"]).read_text().splitlines() == [rows[row] for row in first[0].test]


def test_seeds_are_averaged_as_probabilities_and_compared_on_the_same_rows():
    fits = [fit(0, [0.1, 0.6, 0.4, 0.9]), fit(1, [0.1, 0.2, 0.8, 0.9]), fit("simple", [0.2, 0.4, 0.4, 0.8])]
    systems = table_figures.systems_of(fits)
    one, mean = (systems[f"Transformer (default), {name}"]["0.0"] for name in ("one seed", "mean of 2 seeds"))
    assert one["auc"] == pytest.approx((0.75 + 1) / 2)
    assert mean["auc"] == 1.0
    assert mean["log_loss"] == pytest.approx(-np.log([0.9, 0.6, 0.6, 0.9]).mean())
    row = next(row for row in table_figures.summarize(systems) if row["system"] == "Transformer (default), one seed")
    assert row["auc - logistic regression"][0] == pytest.approx(0.875 - 0.875)
    assert row["log_loss - logistic regression"][0] == pytest.approx(
        one["log_loss"] + np.log([0.8, 0.6, 0.4, 0.8]).mean(), abs=1e-5
    )
