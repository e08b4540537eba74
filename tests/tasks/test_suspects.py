"""Doubtful labels: the count by hand, what folds may share, and labels that were flipped on purpose in real data."""

import gzip

import numpy as np
import pytest

from groundup.errors import InputError
from groundup.kinds.text.reader import TextReader
from groundup.tasks.suspects import find_suspects, folds_of, out_of_fold

WORDS = [["apple", "pear", "plum", "cherry"], ["iron", "copper", "zinc", "silver"], ["oak", "birch", "willow", "ash"]]


def made(count, seed=0):
    """Rows of three classes, each with words of its own."""
    rng = np.random.default_rng(seed)
    targets = rng.integers(0, 3, count)
    return [(f"{' '.join(rng.choice(WORDS[k], 4))} number {n}",) for n, k in enumerate(targets)], targets


def test_the_confident_joint_is_counted_as_in_the_paper():
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.3, 0.7], [0.1, 0.9], [0.65, 0.35]])
    targets = np.array([0, 0, 0, 1, 1, 1])
    # thresholds: class 0 (.9 + .8 + .2) / 3 = .633, class 1 (.7 + .9 + .35) / 3 = .65
    found = find_suspects(probabilities, targets, fewest=1)
    assert found.joint == pytest.approx(np.array([[2, 1], [1, 2]]) / 6)
    assert found.share == pytest.approx(1 / 3)
    assert [(s.row, s.given, s.suggested) for s in found.rows] == [(2, 0, 1), (5, 1, 0)]
    assert [s.margin for s in found.rows] == pytest.approx([0.6, 0.3])


def test_rows_that_reach_no_threshold_are_not_counted_and_the_rest_is_scaled_to_the_class():
    probabilities = np.array([[0.95, 0.05], [0.5, 0.5], [0.05, 0.95], [0.05, 0.95], [0.3, 0.7]])
    found = find_suspects(probabilities, np.array([0, 0, 1, 1, 1]), fewest=1)
    assert found.joint.sum() == pytest.approx(1)
    assert found.joint.sum(axis=1) == pytest.approx([0.4, 0.6])
    assert found.rows == []


def test_a_class_of_few_rows_is_neither_doubted_nor_suggested():
    probabilities = np.full((11, 3), 1 / 3)
    probabilities[10] = (0.1, 0.1, 0.8)
    found = find_suspects(probabilities, np.array([0] * 5 + [1] * 5 + [2]))
    assert not any(2 in (s.given, s.suggested) for s in found.rows)


def test_rows_of_one_text_share_a_fold_and_classes_are_spread():
    texts, targets = made(90)
    texts += [(f"  {text.upper()}",) for (text,) in texts[:20]]
    targets = np.concatenate([targets, (targets[:20] + 1) % 3])
    folds = folds_of(TextReader(), texts, targets, 5, seed=0)
    assert (folds[90:] == folds[:20]).all()
    counts = np.array([np.bincount(folds[:90][targets[:90] == k], minlength=5) for k in range(3)])
    assert (counts.max(axis=1) - counts.min(axis=1) <= 1).all()
    assert (folds != folds_of(TextReader(), texts, targets, 5, seed=1)).any()


def test_no_row_is_answered_by_a_model_that_saw_its_text():
    rng = np.random.default_rng(1)
    texts = [(f"word{n} word{n} word{n}",) for n in range(60)] * 2
    targets = np.tile(rng.integers(0, 2, 60), 2)
    found = out_of_fold(TextReader(), texts, targets, 2)
    assert (found.predictions() == targets).mean() < 0.75  # memory would give 1
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(120))


def test_flipped_labels_are_found():
    texts, targets = made(300)
    wrong = np.random.default_rng(2).choice(300, 15, replace=False)
    given = targets.copy()
    given[wrong] = (targets[wrong] + 1) % 3
    found = find_suspects(out_of_fold(TextReader(), texts, given, 3).probabilities, given)
    assert {s.row for s in found.rows} <= set(wrong.tolist())
    assert len(found.rows) >= 14
    assert all(s.suggested == targets[s.row] for s in found.rows)
    assert found.share == pytest.approx(0.05, abs=0.01)


def test_too_few_rows_to_hold_out_are_refused():
    with pytest.raises(InputError, match="too few to hold out a fold"):
        out_of_fold(TextReader(), [("one",), ("two",)], np.array([0, 1]), 2)


def test_labels_flipped_in_real_news_come_first(shared_data):
    path = shared_data / "classification_en/ag_news/dev.tsv.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    rows = [line.rsplit("\t", 1) for line in gzip.decompress(path.read_bytes()).decode().split("\n")[:2000]]
    names = sorted({name for _, name in rows})
    targets = np.array([names.index(name) for _, name in rows])
    rng = np.random.default_rng(0)
    wrong = rng.choice(len(rows), 100, replace=False)
    given = targets.copy()
    given[wrong] = (targets[wrong] + rng.integers(1, 4, 100)) % 4
    found = find_suspects(out_of_fold(TextReader(), [(text,) for text, _ in rows], given, 4).probabilities, given)
    hits = [s.row in set(wrong.tolist()) for s in found.rows]
    assert np.mean(hits[:50]) >= 0.7  # 5 % by chance; what else is first is wrong in the original, too
    assert sum(hits[:100]) >= 50
