import numpy as np

from groundup.data.splits.folds import deal
from groundup.data.splits.split import cluster

TEXTS = ["one", "two", "three", "one ", "four", "two", "five", "six", "seven", "eight", "nine", "ONE"]
KINDS = ["a", "b", "a", "a", "b", "b", "a", "b", "a", "b", "a", "b"]


def test_what_belongs_together_is_in_one_fold_and_every_row_is_in_one():
    clusters = cluster(TEXTS)
    folds = deal(clusters, KINDS, 3, seed=0)
    assert folds[0] == folds[3] == folds[11]
    assert folds[1] == folds[5]
    assert all(len(set(folds[clusters == name])) == 1 for name in clusters)
    assert set(folds.tolist()) == {0, 1, 2}


def test_each_fold_has_its_share_of_every_kind():
    kinds = ["rare"] * 7 + ["common"] * 50
    folds = deal(np.arange(57), kinds, 3, seed=4)
    assert sorted(np.bincount(folds[:7])) == [2, 2, 3]
    assert sorted(np.bincount(folds[7:])) == [16, 17, 17]


def test_folds_hang_on_the_seed_alone():
    one, same, other = (deal(np.arange(40), ["a"] * 40, 4, seed) for seed in (1, 1, 2))
    assert one.tolist() == same.tolist() != other.tolist()
