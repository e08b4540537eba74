"""Parity with scikit-learn and SciPy at 1e-12: the same sums of the same numbers in float64."""

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

from groundup.evaluate.bootstrap import resample, resample_difference
from groundup.metrics.glue import METRICS, glue_average, glue_scores

TOLERANCE = 1e-12
pytestmark = pytest.mark.filterwarnings("ignore:A single label was found")
THEIRS = {
    "accuracy": accuracy_score,
    "f1": lambda t, p: f1_score(t, p, zero_division=0),
    "matthews": matthews_corrcoef,
    "pearson": lambda t, p: pearsonr(t, p).statistic,
    "spearman": lambda t, p: spearmanr(t, p).statistic,
}
CASES = {
    "usual": ([0, 1, 1, 0, 1, 1, 0], [0, 1, 0, 0, 1, 1, 1]),
    "all positive": ([1, 1, 1], [1, 1, 1]),
    "no positive at all": ([0, 0, 0], [0, 0, 0]),
    "one answer for all": ([0, 1, 1, 0], [1, 1, 1, 1]),
    "positive never predicted": ([0, 1, 1, 0], [0, 0, 0, 0]),
    "everything wrong": ([0, 1, 0], [1, 0, 1]),
    "a single row": ([1], [0]),
}


def figures(task, targets, predictions):
    scores = glue_scores(task, targets, predictions)
    return scores.figures(np.arange(len(scores)))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("task", ["CoLA", "SST-2", "MRPC", "QQP", "RTE"])
def test_classes_are_judged_as_by_scikit_learn(task, case):
    targets, predictions = CASES[case]
    expected = {name: float(THEIRS[name](targets, predictions)) for name in METRICS[task]}
    found = figures(task, targets, predictions)
    assert found == pytest.approx(expected | {"score": np.mean(list(expected.values()))}, abs=TOLERANCE)


@pytest.mark.parametrize("seed", range(20))
def test_random_rows_are_judged_as_by_scikit_learn_and_scipy(seed):
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(3, 60))
    for task, metrics in METRICS.items():
        if task == "STS-B":
            targets, predictions = rng.integers(0, 6, rows) / 1.0, np.round(rng.normal(1e3, 2, rows), 1)
            targets[:2], predictions[:2] = (0, 5), (1e3, 1e3 + 1)
        else:
            classes = 3 if task == "MNLI" else 2
            targets, predictions = rng.integers(0, classes, rows), rng.integers(0, classes, rows)
        found = figures(task, targets, predictions)
        for name in metrics:
            assert found[name] == pytest.approx(float(THEIRS[name](targets, predictions)), abs=TOLERANCE), (task, name)


def test_a_correlation_with_a_constant_is_undefined():
    assert figures("STS-B", [1.0, 2.0, 3.0], [2.5, 2.5, 2.5]) == {"pearson": None, "spearman": None, "score": None}
    assert figures("STS-B", [1.0], [2.0])["pearson"] is None


@pytest.mark.parametrize("task", ["CoLA", "MRPC", "STS-B"])
def test_figures_of_chosen_rows_are_those_of_the_rows_alone(task):
    rng = np.random.default_rng(3)
    targets, predictions = (rng.integers(0, 2, 30), rng.integers(0, 2, 30)) if task != "STS-B" else rng.normal(size=(2, 30))
    rows = rng.integers(0, 30, 17)
    assert glue_scores(task, targets, predictions).figures(rows) == pytest.approx(
        figures(task, targets[rows], predictions[rows])
    )


def test_intervals_hold_the_figure_and_better_answers_are_ahead():
    rng = np.random.default_rng(0)
    targets = rng.normal(size=200)
    near, far = targets + rng.normal(0, 0.3, 200), targets + rng.normal(0, 3, 200)
    one, other = glue_scores("STS-B", targets, near), glue_scores("STS-B", targets, far)
    interval = resample(one, num_draws=200)["spearman"]
    assert interval.low < interval.value < interval.high
    assert resample_difference(one, other, num_draws=200)["score"].low > 0


def test_the_average_is_the_one_of_the_leaderboard():
    """BERT-large as on the leaderboard: 80.5."""
    tasks = {
        "CoLA": 60.5,
        "SST-2": 94.9,
        "MRPC": (89.3 + 85.4) / 2,
        "STS-B": (87.6 + 86.5) / 2,
        "QQP": (72.1 + 89.3) / 2,
        "MNLI": (86.7 + 85.9) / 2,
        "QNLI": 92.7,
        "RTE": 70.1,
        "WNLI": 65.1,
    }
    average = glue_average(tasks)
    assert round(average.value, 1) == 80.5
    assert average.missing == ()


def test_the_mean_of_fewer_tasks_names_those_that_are_missing():
    average = glue_average({"RTE": 0.5, "CoLA": 0.2, "STS-B": None})
    assert average.value == pytest.approx(0.35)
    assert average.tasks == ("CoLA", "RTE")
    assert average.missing == ("SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "WNLI")
    assert glue_average({}).value is None


def test_unequal_rows_and_impossible_classes_are_refused():
    with pytest.raises(ValueError, match="2,"):
        glue_scores("RTE", [0, 1], [0])
    with pytest.raises(ValueError, match="negative"):
        glue_scores("RTE", [0, 1], [0, -1])
    with pytest.raises(ValueError, match="SST"):
        glue_average({"SST": 0.5})
