import csv
import gzip

import numpy as np
import pytest

from groundup.data.scripts import script
from groundup.errors import InputError
from groundup.kinds.text.tfidf import TfidfFeatures, overlaps
from groundup.tasks.baselines.baseline import linear, majority

GOOD, BAD = ("a fine film", "a fine and moving film", "so moving"), ("a dull film", "dull and slow", "so slow")
ROWS = [(text,) for text in (GOOD + BAD) * 4]
TARGETS = np.array([1, 1, 1, 0, 0, 0] * 4)
HELD, HELD_TARGETS = [("moving film",), ("slow film",), ("fine",)], np.array([1, 0, 1])


def tfidf(train, validation, test, classes, **options):
    return linear(TfidfFeatures(train[0]), train, validation, test, classes, **options)


def fitted(test, **options):
    return tfidf((ROWS, TARGETS), (HELD, HELD_TARGETS), test, 3, **options)


def test_majority_gives_the_frequencies_of_the_training_rows():
    found = majority(np.array([0, 1, 1, 1]), 3, 2)
    assert found.probabilities.tolist() == [[0.25, 0.75, 0.0], [0.25, 0.75, 0.0]]
    assert found.predictions.tolist() == [1, 1]


def test_tfidf_learns_words_and_keeps_classes_it_never_saw_at_zero():
    found = fitted([("fine and moving",), ("dull",)])
    assert found.predictions.tolist() == [1, 0]
    assert found.probabilities[:, 2].tolist() == [0.0, 0.0]
    assert found.probabilities.sum(axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_the_same_rows_give_the_same_bytes():
    assert fitted([("fine",), ("slow",)]).probabilities.tobytes() == fitted([("fine",), ("slow",)]).probabilities.tobytes()


def test_only_the_training_rows_teach():
    test = [("slow and dull",), ("fine",)]
    with_more = tfidf((ROWS, TARGETS), (HELD, HELD_TARGETS), [*test, ("an unknown word",)], 3)
    assert with_more.probabilities[:2].tobytes() == fitted(test).probabilities.tobytes()
    assert with_more.details["num_features"] == fitted(test).details["num_features"]


def test_without_validation_rows_the_strength_is_fixed():
    found = tfidf((ROWS, TARGETS), ([], np.array([], dtype=int)), [("fine",)], 2)
    assert (found.details["C"], found.details["validation"]) == (10.0, {})


def test_no_rows_to_answer_are_no_answers():
    assert fitted([]).probabilities.shape == majority(TARGETS, 3, 0).probabilities.shape == (0, 3)


def test_balanced_classes_lift_the_rare_one():
    rows, targets = ROWS + [("a plain film",)] * 60, np.r_[TARGETS, np.zeros(60, dtype=int)]
    held = HELD, HELD_TARGETS
    plain, balanced = (tfidf((rows, targets), held, [("film",)], 2, balanced=b) for b in (False, True))
    assert balanced.probabilities[0, 1] > plain.probabilities[0, 1]


def test_one_class_only_is_refused():
    with pytest.raises(InputError, match=r"ONE_CLASS.*3 training rows hold 1 class"):
        tfidf((ROWS[:3], TARGETS[:3]), (HELD, HELD_TARGETS), HELD, 2)


def test_texts_without_words_are_refused():
    with pytest.raises(InputError, match="NO_WORDS"):
        tfidf(([("...",), ("!",)], np.array([0, 1])), ([], np.array([], dtype=int)), [], 2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a fine film 1999", "words"),
        ("这部电影很好", "characters"),
        ("这部 movie 很好 fine film", "both"),
        ("映画がよかった", "characters"),
        ("ภาพยนตร์ที่ดี", "characters"),
        ("фильм хороший", "words"),
        ("한국어 영화", "words"),
        ("123 !", "words"),
    ],
)
def test_the_script_decides_the_features(text, kind):
    assert script([(text,)] * 3) == kind


def test_overlaps_of_two_texts():
    found = overlaps([("a b c", "a b d"), ("same", "Same"), ("好电影", "坏电影"), ("", "x")])
    assert found[0].tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 4, 1 / 3, 0, 0])
    assert found[1].tolist() == [1, 1, 1, 0, 0, 1]
    assert found[2][2] == pytest.approx(2 / 4)
    assert found[3].tolist() == [0, 0, 0, 0, -1, 0]


def test_overlap_tells_paraphrases_where_words_alone_cannot():
    """Every word is as often in either class; only whether the two texts share it differs."""
    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(40)]
    firsts = [rng.choice(words, 6, replace=False) for _ in range(300)]
    same = rng.random(300) < 0.5
    seconds = [rng.permutation(first) if s else rng.choice(words, 6, replace=False) for first, s in zip(firsts, same)]
    rows = [(" ".join(first), " ".join(second)) for first, second in zip(firsts, seconds)]
    found = tfidf((rows[:200], same[:200].astype(int)), (rows[200:240], same[200:240].astype(int)), rows[240:], 2)
    assert (found.predictions == same[240:]).mean() > 0.95


def tsv(path):
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    label, text = rows[0].index("label"), 1 - rows[0].index("label")
    return [(row[text],) for row in rows[1:]], np.array([int(row[label]) for row in rows[1:]])


def test_chinese_reviews_are_told_apart_by_character_grams(shared_data):
    texts, targets = tsv(shared_data / "zh_nlu/chnsenticorp/train.tsv.gz")
    held_texts, held_targets = tsv(shared_data / "zh_nlu/chnsenticorp/dev.tsv")
    train, held = (texts[:1500], targets[:1500]), (held_texts[:300], held_targets[:300])
    found = tfidf(train, held, held_texts[300:], 2)
    assert found.details["features"] == "characters"
    assert (found.predictions == held_targets[300:]).mean() > 0.85  # 0.88 measured
