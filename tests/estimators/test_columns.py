"""Estimators of tables and of rows of several kinds: how they take rows, what they refuse, what users of scikit-learn take for
granted."""

import copy
import pickle

import numpy as np
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import groundup
from groundup import Classifier, MultilabelClassifier, Regressor, Tagger, TextClassifier
from groundup.errors import InputError
from tests.estimators.rows import tagged, texts

FAST = {"steps": 40, "batch_size": 16, "learning_rate": 3e-3, "settings": {"dropout": 0, "num_evaluations": 1}}


def people(count=60, seed=0):
    """[count] mappings; income and job tell the label, and every sixth age is missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        good = number % 2
        age = None if number % 6 == 0 else int(rng.integers(20, 60))
        rows.append({"age": age, "income": float(rng.normal(2 + 3 * good, 0.4)), "job": ("clerk", "nurse")[good]})
    return rows


LABELS = ["bad", "good"] * 30
ROWS = people()


@pytest.fixture(scope="module")
def fitted():
    return Classifier(**FAST).fit(ROWS, LABELS)


def test_every_column_of_a_table_is_read_without_a_word(fitted):
    assert fitted.classes_.tolist() == ["bad", "good"]
    assert fitted.feature_names_in_.tolist() == ["age", "income", "job"]
    assert fitted.predictor_.columns == ["age", "income", "job"]
    assert fitted.score(people(20, seed=1), LABELS[:20]) == 1


def frames():
    columns = {name: [row[name] for row in ROWS] for name in ROWS[0]}
    yield "pyarrow", pa.table(columns)
    yield "a dictionary", columns
    for name in ("pandas", "polars"):
        try:
            yield name, __import__(name).DataFrame(columns)
        except ImportError:
            continue


@pytest.mark.parametrize("frame", [pytest.param(frame, id=name) for name, frame in frames()])
def test_the_same_rows_in_any_frame_make_the_same_model(fitted, frame):
    model = clone(fitted).fit(frame, LABELS)
    assert np.array_equal(model.predict_proba(frame), fitted.predict_proba(ROWS))


def test_an_array_of_numbers_is_a_table_of_columns_by_number():
    X = np.array([[row["income"], np.nan if row["age"] is None else row["age"]] for row in ROWS])
    model = Classifier(**FAST).fit(X, LABELS)
    assert model.score(X, LABELS) == 1
    assert model.n_features_in_ == 2
    assert groundup.load(model.model_folder_).columns == ["x0", "x1"]
    with pytest.raises(ValueError, match="X has 1 features, but Classifier is expecting 2 features"):
        model.predict(X[:, :1])


def test_numbers_and_sets_of_labels_are_learned_from_a_table():
    number = Regressor(**FAST | {"steps": 80}).fit(ROWS, [row["income"] for row in ROWS])
    assert number.score(ROWS, [row["income"] for row in ROWS]) > 0.8
    names = [["rich", "nurse"] if label == "good" else ["poor"] for label in LABELS]
    labels = MultilabelClassifier(**FAST).fit(ROWS, names)
    assert labels.classes_.tolist() == ["nurse", "poor", "rich"]
    assert labels.score(ROWS, names) == 1


def test_named_columns_are_looked_up_and_others_are_of_no_matter(fitted):
    model = clone(fitted).set_params(table_column=["income", "job"]).fit(ROWS, LABELS)
    shuffled = [{"new": 1, "job": row["job"], "income": row["income"]} for row in ROWS]
    assert np.array_equal(model.predict_proba(shuffled), model.predict_proba(ROWS))
    with pytest.raises(ValueError, match="row 1: has no column 'job', which the model reads"):
        model.predict([{"income": 1}])


def test_other_names_than_fitted_are_refused_where_all_of_a_frame_is_read(fitted):
    model = clone(fitted).fit(pa.table({name: [row[name] for row in ROWS] for name in ROWS[0]}), LABELS)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(pa.table({"age": [1], "income": [2.0], "work": ["clerk"]}))


def test_what_is_not_read_is_warned_of_at_fit_and_what_is_strange_at_predict(fitted):
    numbered = [row | {"id": number} for number, row in enumerate(ROWS)]
    with pytest.warns(UserWarning, match="1 column is not read: id"):
        Classifier(**FAST | {"steps": 1}).fit(numbered, LABELS)
    with pytest.warns(UserWarning, match=r"column 'job': 1 of 1 cell is a value that training did not have, such as 'judge'"):
        fitted.predict([ROWS[1] | {"job": "judge"}])


def test_clones_copies_folds_searches_and_pipelines_work(fitted):
    again = clone(fitted).fit(ROWS, LABELS)
    assert np.array_equal(again.predict_proba(ROWS), fitted.predict_proba(ROWS))
    for other in (copy.deepcopy(fitted), pickle.loads(pickle.dumps(fitted))):
        assert np.array_equal(other.predict_proba(ROWS), fitted.predict_proba(ROWS))
    assert cross_val_score(clone(fitted), ROWS, LABELS, cv=2).tolist() == [1, 1]
    search = GridSearchCV(Classifier(**FAST), {"table_column": ["age", "*"]}, cv=2).fit(ROWS, LABELS)
    assert search.best_params_ == {"table_column": "*"}
    doubled = FunctionTransformer(lambda rows: [row | {"income": 2 * row["income"]} for row in rows])
    assert make_pipeline(doubled, clone(fitted)).fit(ROWS, LABELS).score(ROWS, LABELS) == 1


def test_the_estimator_and_finetune_read_alike(fitted, tmp_path):
    data = [row | {"label": label} for row, label in zip(ROWS, LABELS, strict=True)]
    groundup.finetune(
        data=data, table_column=["*"], steps=1, baselines=False, out=str(tmp_path / "run"), quiet=True, split={"test": 0.2}
    )
    ours, theirs = fitted.predictor_.reader.table, groundup.load(tmp_path / "run").reader.table
    assert [(column.name, column.kind) for column in ours] == [(column.name, column.kind) for column in theirs]


def test_texts_beside_a_table_and_rows_that_lack_a_kind():
    rows = [row | {"note": text} for row, text in zip(ROWS, texts(60), strict=True)]
    model = Classifier(text_column="note", table_column=["age"], **FAST | {"steps": 80}).fit(rows, LABELS)
    assert model.predictor_.reader.kind == "text and table"
    assert model.score(rows, LABELS) > 0.9
    with pytest.warns(UserWarning, match="no column 'age': 60 rows are read without table"):
        model.predict([{"note": row["note"]} for row in rows])


def test_images_are_read_from_their_paths(tmp_path):
    images = pytest.importorskip("PIL.Image")
    for number, shade in enumerate([20, 230] * 10):
        images.fromarray(np.full((16, 16, 3), shade, np.uint8)).save(tmp_path / f"{number}.png")
    rows = [{"picture": str(tmp_path / f"{number}.png"), "size": number % 3} for number in range(20)]
    settings = FAST["settings"] | {"image": {"size": 16, "patch_size": 8}}
    model = Classifier(image_column="picture", table_column="size", validation=0, **FAST | {"settings": settings})
    assert model.fit(rows, LABELS[:20]).score(rows, LABELS[:20]) == 1


def test_a_column_of_texts_is_named_or_is_all_there_is(encoder):
    frame = [{"note": text, "other": 1} for text in texts(40)]
    small = {"steps": 1, "max_length": 16}
    named = Classifier(encoder, text_column="note", **small).fit(frame, LABELS[:40])
    plain = Classifier(encoder, **small).fit(texts(40), LABELS[:40])
    older = TextClassifier(encoder, **small).fit(texts(40), LABELS[:40])
    assert np.array_equal(named.predict_proba(frame), plain.predict_proba(texts(40)))
    assert np.array_equal(older.predict_proba(texts(40)), plain.predict_proba(texts(40)))
    found, spans = tagged(20)
    frame = [{"note": text} for text in found]
    assert Tagger(encoder, text_column="note", **small).fit(frame, spans).predict(frame).shape == (20,)


WRONG = {
    "no cell": ([{"age": [1]}] * 4, "row 1: holds a list or an object"),
    "a column that is not there": (ROWS, "has no column 'height', which the model reads"),
    "a column of numbers alone": (np.arange(8.0), "Expected 2D array, got 1D array instead"),
    "no row": (np.empty((0, 2)), r"Found array with 0 sample\(s\)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_table_is_refused(case):
    X, said = WRONG[case]
    columns = "height" if "not there" in case else None
    with pytest.raises(ValueError, match=said):
        Classifier(table_column=columns, **FAST).fit(X, LABELS[: len(X)])


def test_settings_that_mean_nothing_are_refused_by_name():
    for settings, said in (
        ({"read": {"delimiter": ";"}}, r"read.delimiter: is for files, and rows are in memory"),
        ({"label_column": "y"}, "label_column cannot stand among the further settings"),
        ({"image": {"size": 16}}, "image.size: is of image_column, and none is named"),
    ):
        with pytest.raises(InputError, match=said):
            Classifier(**FAST | {"settings": settings}).fit(ROWS, LABELS)
    with pytest.raises(ValueError, match="table_column: is not for TextClassifier, which reads all of X as texts"):
        TextClassifier("nowhere", table_column="age").fit(ROWS, LABELS)
    with pytest.raises(ValueError, match="model: is required"):
        Classifier().fit(texts(20), LABELS[:20])


def test_words_that_mean_nothing_known_are_missing(fitted):
    rows = [row | {"age": "?" if row["age"] is None else row["age"]} for row in ROWS]
    settings = FAST["settings"] | {"read": {"missing": ["?"]}}
    model = Classifier(**FAST | {"settings": settings}).fit(rows, LABELS)
    assert np.array_equal(model.predict_proba(rows), fitted.predict_proba(ROWS))
