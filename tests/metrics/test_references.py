"""The figures of every task on awkward rows are those of the field's references: scikit-learn, seqeval, scipy, sacrebleu.

Classes that no row has, one class, constant answers, ties, empty answers. What is undefined is None with us.
"""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from groundup.evaluate.bootstrap import intervals
from groundup.metrics.translation import translation_scores
from groundup.tasks.answering import Answer
from groundup.tasks.known import make_task

NAMES = ["a", "b", "c", "d"]
TEXT = [("t",)]
rows = st.integers(1, 12)
quick = settings(max_examples=60, deadline=None)


def figures(task, answers, targets, texts=None):
    return task.scores(answers, targets, texts or TEXT * len(targets)).figures(np.arange(len(targets)))


def near(ours, theirs):
    assert ours == pytest.approx(theirs, abs=1e-9), (ours, theirs)


@quick
@given(st.lists(st.tuples(st.sampled_from([*NAMES, "never trained"]), st.integers(0, 3)), min_size=1, max_size=12))
def test_classes_are_judged_as_by_scikit_learn(pairs):
    task = make_task("classification", {"labels": NAMES})
    said = np.eye(4)[[answer for _, answer in pairs]]
    wanted, given_names = [name for name, _ in pairs], [NAMES[answer] for _, answer in pairs]
    found = figures(task, said, wanted)
    near(found["accuracy"], accuracy_score(wanted, given_names))
    near(found["macro_f1"], f1_score(wanted, given_names, average="macro", zero_division=0))
    numbers = np.array([NAMES.index(name) if name in NAMES else 4 for name in wanted])
    drawn = intervals(numbers, np.array([answer for _, answer in pairs]), 5, num_draws=3)
    near(drawn["macro_f1"].value, found["macro_f1"])


@quick
@given(st.lists(st.tuples(st.sets(st.sampled_from(NAMES)), st.sets(st.integers(0, 3))), min_size=1, max_size=8))
def test_several_labels_are_judged_as_by_scikit_learn(pairs):
    task = make_task("multilabel", {"labels": NAMES})
    said = np.array([[float(k in answer) for k in range(4)] for _, answer in pairs])
    true = np.array([[int(name in target) for name in NAMES] for target, _ in pairs])
    found = figures(task, said, [sorted(target) for target, _ in pairs])
    if true.any() or said.any():
        for kind in ("micro", "macro"):
            near(found[f"{kind}_f1"], f1_score(true, said > 0.5, average=kind, zero_division=0))
    else:
        assert (found["micro_f1"], found["macro_f1"]) == (None, None)
    near(found["subset_accuracy"], accuracy_score(true, said > 0.5))


@quick
@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), min_size=1, max_size=10))
def test_numbers_are_judged_as_by_scipy(pairs):
    stats = pytest.importorskip("scipy.stats")
    said, wanted = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    found = figures(make_task("regression", {"mean": 0.0, "deviation": 1.0}), said, wanted.tolist())
    constant = np.ptp(said) == 0 or np.ptp(wanted) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, correlation in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr)):
            if constant or len(pairs) < 2:
                assert found[name] is None
            else:
                near(found[name], float(correlation(said, wanted).statistic))


spans = st.lists(
    st.sampled_from([(start, start + size, kind) for start in (0, 2, 4) for size in (1, 2) for kind in "XY"]),
    max_size=3,
    unique_by=lambda span: span[0],
)


@quick
@given(st.lists(st.tuples(spans, spans), min_size=1, max_size=6))
def test_spans_are_judged_as_by_seqeval(pairs):
    seqeval = pytest.importorskip("seqeval.metrics")
    scheme = pytest.importorskip("seqeval.scheme")

    def tags(row):
        found = ["O"] * 8
        for start, end, kind in row:
            found[start:end] = [f"{'B' if at == start else 'I'}-{kind}" for at in range(start, end)]
        return found

    task = make_task("tagging", {"labels": ["X", "Y"]})
    found = figures(task, [sorted(said) for _, said in pairs], [sorted(true) for true, _ in pairs], [("x" * 8,)] * len(pairs))
    true, said = ([tags(pair[side]) for pair in pairs] for side in (0, 1))
    if not any(true_row or said_row for true_row, said_row in pairs):
        assert found["f1"] is None
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, average in (("f1", "micro"), ("macro_f1", "macro")):
            near(
                found[name] or 0.0,
                seqeval.f1_score(true, said, average=average, mode="strict", scheme=scheme.IOB2, zero_division=0),
            )


@quick
@given(
    st.lists(
        st.tuples(st.sampled_from(["a b c", "d", "e f", "a"]), st.sampled_from(["", "a b", "a b c", "e f", "."])),
        min_size=1,
        max_size=5,
    )
)
def test_translations_are_judged_as_by_sacrebleu(pairs):
    sacrebleu = pytest.importorskip("sacrebleu")
    wanted, said = (list(column) for column in zip(*pairs, strict=True))
    found = translation_scores(wanted, said, "en").figures(np.arange(len(pairs)))
    near(found["bleu"], sacrebleu.corpus_bleu(said, [wanted]).score)
    near(found["chrf"], sacrebleu.corpus_chrf(said, [wanted]).score)


@quick
@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["", "boat", "the boat", "house"])), min_size=1, max_size=8))
def test_answers_are_right_where_there_is_none_if_they_are_empty(pairs):
    from groundup.tasks.answering import Reference

    task = make_task("answering", {"longest": 3, "language": "en"})
    targets = [[Reference("boat", 0)] if answered else [] for answered, _ in pairs]
    found = figures(task, [Answer(said, 0, 0.0) for _, said in pairs], targets, [("q", "boat house")] * len(pairs))
    right = [said.removeprefix("the ") == ("boat" if answered else "") for answered, said in pairs]
    near(found["exact_match"], np.mean(right))
    near(found["f1"], np.mean(right))
