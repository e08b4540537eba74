import numpy as np
from scipy import stats

from groundup.data import draws


def test_the_mixer_is_splitmix64():
    # First outputs of SplitMix64 seeded with 0: published with the algorithm (Steele, Lea and Flood, 2014; Vigna's C code).
    with np.errstate(over="ignore"):
        states = (np.arange(1, 4, dtype=np.uint64)) * draws.GOLDEN
        found = draws.mix(states)
    assert [hex(int(x)) for x in found] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4", "0x6c45d188009454f"]


def test_draws_are_uniform_and_independent_along_both_axes():
    table = draws.uniform(draws.key(0, "a"), np.arange(200)[:, None], np.arange(200)[None])
    assert table.shape == (200, 200)
    assert table.min() >= 0
    assert table.max() < 1
    assert stats.kstest(table.ravel(), "uniform").pvalue > 0.001
    assert abs(np.corrcoef(table[:-1].ravel(), table[1:].ravel())[0, 1]) < 0.02
    assert abs(np.corrcoef(table[:, :-1].ravel(), table[:, 1:].ravel())[0, 1]) < 0.02


def test_a_draw_depends_on_seed_stream_and_number_alone():
    key = draws.key(3, "mask", 1)
    assert draws.words(key, 7) == draws.words(key, np.arange(10))[7]
    assert len({draws.key(3, "mask", 1), draws.key(4, "mask", 1), draws.key(3, "mask", 2), draws.key(3, "mask")}) == 4


def test_permutations_hold_every_place_once_and_differ_between_epochs():
    key = draws.key(0, "shuffle")
    first, second = draws.permutation(key, 0, 1000), draws.permutation(key, 1, 1000)
    assert sorted(first) == sorted(second) == list(range(1000))
    assert (first == second).mean() < 0.02
    assert (first == draws.permutation(key, 0, 1000)).all()
