"""What the four estimators learn, and in which forms they take and give it."""

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

import groundup as library
from tests.estimators.rows import classifier, multilabel, regressor, tagged, tagger, texts

X, UNSEEN = texts(40), texts(20, seed=1)


@pytest.fixture(scope="module")
def fitted(encoder):
    return classifier(encoder).fit(X, ["good", "bad"] * 20)


def test_a_word_that_tells_the_class_is_learned(fitted):
    assert fitted.score(UNSEEN, ["good", "bad"] * 10) == 1
    assert fitted.classes_.tolist() == ["bad", "good"]


def test_probabilities_stand_in_the_order_of_the_classes(fitted):
    shares = fitted.predict_proba(UNSEEN)
    assert shares.shape == (20, 2)
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert shares[0, 1] > 0.5 > shares[1, 1]


def test_the_model_folder_serves_every_other_command(fitted):
    told = library.load(fitted.model_folder_).predict(UNSEEN[:2])
    assert [row["label"] for row in told] == ["good", "bad"]
    assert told[0]["probability"] == pytest.approx(fitted.predict_proba(UNSEEN[:1])[0, 1], abs=1e-6)


@pytest.mark.parametrize("classes", [(10, 9), (True, False), (1.0, 0.0)])
def test_classes_come_back_in_their_own_type_and_order(encoder, classes):
    model = classifier(encoder).fit(X, list(classes) * 20)  # as text, 10 stands before 9
    assert model.classes_.tolist() == sorted(classes)
    assert model.predict(UNSEEN).tolist() == list(classes) * 10
    assert model.predict(UNSEEN).dtype == np.array(classes).dtype


def test_pairs_are_read_from_two_columns(encoder):
    pairs = np.array([("the lamp", text) for text in X], dtype=object)
    model = classifier(encoder).fit(pairs, ["good", "bad"] * 20)
    assert model.n_features_in_ == 2
    assert model.score([("the lamp", text) for text in UNSEEN], ["good", "bad"] * 10) == 1


def test_a_frame_names_its_columns_and_other_names_are_refused(encoder):
    model = classifier(encoder, steps=1).fit(pa.table({"one": X, "two": X}), ["good", "bad"] * 20)
    assert model.feature_names_in_.tolist() == ["one", "two"]
    assert model.predictor_.columns == ["one", "two"]
    with pytest.raises(ValueError, match="feature names"):
        model.predict(pa.table({"one": X, "other": X}))


def test_frames_and_series_of_pandas_are_read(encoder):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"text": X, "label": pd.Categorical(["good", "bad"] * 20)}, index=range(7, 47))
    model = classifier(encoder).fit(frame[["text"]], frame["label"])
    assert model.feature_names_in_.tolist() == ["text"]
    assert model.score(frame[["text"]], frame["label"]) == 1
    assert classifier(encoder).fit(frame["text"], frame["label"]).score(frame["text"], frame["label"]) == 1
    with pytest.raises(ValueError, match=r"X\[1\]: is nan"):
        model.fit(frame["text"].where(frame.index != 8), frame["label"])
    matrix = pd.get_dummies(frame["label"])
    assert multilabel(encoder).fit(frame["text"], matrix).classes_.tolist() == ["bad", "good"]


def test_several_labels_are_learned_as_a_matrix_or_as_lists_of_names(encoder):
    words, names = ("bright", "broken", "quiet"), [["a", "b"], ["b"], []]
    matrix = np.array([[1, 1], [0, 1], [0, 0]] * 20)
    model = multilabel(encoder).fit(texts(60, words), matrix)
    unseen = texts(30, words, seed=1)
    assert model.predict(unseen).tolist() == matrix[:30].tolist()
    assert model.predict_proba(unseen).shape == (30, 2)
    assert model.score(unseen, matrix[:30]) == 1
    named = multilabel(encoder).fit(texts(60, words), names * 20)
    assert named.classes_.tolist() == ["a", "b"]
    assert named.predict(unseen).tolist() == names * 10
    assert named.score(unseen[:3], [["a", "b"], ["b"], ["never seen"]]) == pytest.approx(2 / 3)


def test_a_class_without_a_row_has_no_probability(encoder):
    matrix = sparse.csr_array(np.array([[1, 0, 0], [1, 0, 1]] * 20))
    model = multilabel(encoder, steps=2).fit(X, matrix)
    assert model.classes_.tolist() == [0, 1, 2]
    assert (model.predict_proba(X)[:, 1] == 0).all()


def test_a_number_is_learned(encoder):
    model = regressor(encoder).fit(X, np.array([3, -1] * 20))
    assert model.predict(UNSEEN).dtype == np.float64
    assert model.score(UNSEEN, [3, -1] * 10) > 0.9


def test_named_parts_are_learned(encoder):
    model = tagger(encoder).fit(*tagged(60))
    unseen, spans = tagged(20, seed=1)
    assert model.classes_.tolist() == ["PERSON"]
    assert model.predict(unseen).tolist() == spans
    assert model.score(unseen, spans) == 1
    assert model.score(unseen[:2], [spans[0], [(0, 3, "PERSON")]]) == pytest.approx(0.5)


def test_without_a_validation_part_all_rows_train(encoder, tmp_path):
    model = classifier(encoder, validation=0, out=tmp_path / "run", steps=3).fit(X[:3], ["a", "b", "a"])
    told = library.load(tmp_path / "run").facts
    assert told["labels"] == ["a", "b"]
    assert model.predict(X[:3]).shape == (3,)
