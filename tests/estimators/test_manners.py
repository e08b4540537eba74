"""What users of scikit-learn take for granted: clones, copies, searches, errors by type."""

import copy
import gc
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from groundup.errors import InputError
from groundup.manifest import verify_folder
from tests.estimators.rows import classifier, multilabel, regressor, tagged, tagger, texts

X, Y = texts(40), ["good", "bad"] * 20


@pytest.fixture(scope="module")
def fitted(encoder):
    return classifier(encoder).fit(X, Y)


def test_importing_the_package_imports_neither_torch_nor_scikit_learn():
    told = (
        "import sys, groundup; print(sorted({'torch', 'sklearn', 'numpy'} & set(sys.modules)), 'TextTagger' in dir(groundup))"
    )
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout.startswith("[]")


def test_an_estimator_is_made_without_torch():
    told = "import sys; from groundup import TextClassifier; TextClassifier('nowhere'); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout == "False\n"


def test_the_same_state_of_chance_makes_the_same_model(encoder, fitted):
    again = clone(fitted).fit(X, Y)
    other = clone(fitted).set_params(random_state=np.random.RandomState(1)).fit(X, Y)
    assert np.array_equal(again.predict_proba(X), fitted.predict_proba(X))
    assert not np.array_equal(other.predict_proba(X), fitted.predict_proba(X))


@pytest.mark.parametrize("way", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_answers_alike_and_lives_on_when_the_first_is_gone(encoder, way):
    first = classifier(encoder, steps=2).fit(X, Y)
    expected, folder = first.predict_proba(X), first.model_folder_
    second = way(first)
    del first
    gc.collect()
    assert not folder.exists()
    assert verify_folder(second.model_folder_) == []
    assert np.array_equal(second.predict_proba(X), expected)


def test_a_temporary_folder_ends_with_its_estimator_and_with_the_next_fit(encoder):
    model = classifier(encoder, steps=1).fit(X, Y)
    first = model.model_folder_.parent.parent
    second = model.fit(X, Y).model_folder_.parent.parent
    assert not first.exists()
    assert second.is_dir()
    del model
    gc.collect()
    assert not second.exists()


def test_nothing_is_left_of_a_fit_that_fails(encoder, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(ValueError, match="holds one class"):
        classifier(encoder).fit(X, ["good"] * 40)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_ones_own_stays_and_is_never_silently_another_run(encoder, tmp_path):
    model = classifier(encoder, steps=1, out=tmp_path / "run").fit(X, Y)
    written = (tmp_path / "run/model/manifest.json").stat().st_mtime_ns
    assert np.array_equal(clone(model).fit(X, Y).predict_proba(X), model.predict_proba(X))
    assert (tmp_path / "run/model/manifest.json").stat().st_mtime_ns == written
    with pytest.raises(ValueError, match="RUN_DIFFERS"):
        clone(model).fit(X[::-1], Y)
    shutil.rmtree(tmp_path / "run/model")
    with pytest.raises(InputError, match=r"run/model: the folder of the fitted model is gone"):
        pickle.dumps(model)


def test_searches_and_folds_work(encoder):
    search = GridSearchCV(classifier(encoder, validation=0), {"steps": [1, 10]}, cv=2).fit(X, Y)
    assert search.best_params_ == {"steps": 10}
    assert search.score(texts(10, seed=2), Y[:10]) == 1
    pipeline = make_pipeline(FunctionTransformer(lambda column: [text.lower() for text in column]), classifier(encoder))
    assert cross_val_score(pipeline, [text.upper() for text in X], Y, cv=2).tolist() == [1, 1]


@pytest.mark.parametrize("make", [multilabel, regressor, tagger])
def test_answers_of_folds_are_joined(encoder, make):
    texts_, spans = tagged(20)
    y = {multilabel: np.array([[1, 0], [0, 1]] * 10), regressor: np.array([1.0, 2.0] * 10), tagger: spans}[make]
    found = cross_val_predict(make(encoder, steps=1, validation=0), texts_, y, cv=2)
    assert found.shape == np.array(y, dtype=object).shape[:1] if make is tagger else y.shape


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_answers_before_fit_are_refused(encoder, method):
    with pytest.raises(NotFittedError):
        getattr(classifier(encoder), method)(X)


WRONG = {
    "one text": ("the lamp", ValueError, "put it into a list"),
    "numbers": ([1.5, 2.0], ValueError, r"X\[0\]: is 1.5 \(float\), not text"),
    "a missing text": ([*X[:2], float("nan")], ValueError, r"X\[2\]: is nan \(float\), not text"),
    "nothing": ([], ValueError, r"Found array with 0 sample\(s\)"),
    "no rows": (7, TypeError, "Expected a list or an array of texts"),
    "three columns": ([("a", "b", "c")], ValueError, "has 3 columns"),
    "uneven rows": ([("a", "b"), ("a",)], ValueError, r"X\[1\]: has 1 feature"),
    "pairs, fitted to texts": (
        [("a", "b")],
        ValueError,
        "X has 2 features, but TextClassifier is expecting 1 features as input",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_text_is_refused_by_type_and_place(fitted, case):
    given, kind, told = WRONG[case]
    with pytest.raises(kind, match=told):
        fitted.predict(given)


def test_labels_that_are_none_are_refused(encoder):
    with pytest.raises(ValueError, match="requires y to be passed"):
        classifier(encoder).fit(X, None)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        classifier(encoder).fit(X, Y[1:])
    with pytest.raises(ValueError, match=r"y\[1\]: is missing"):
        classifier(encoder).fit(X, np.array(["a", None] * 20, dtype=object))
    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        classifier(encoder).fit(X, np.linspace(0, 1, 40))
    with pytest.raises(ValueError, match="something else than numbers"):
        regressor(encoder).fit(X, Y)
    with pytest.raises(ValueError, match="neither a matrix"):
        multilabel(encoder).fit(X, [1] * 40)
    with pytest.raises(ValueError, match=r"y\[0\]: .* inside 4 characters"):
        tagger(encoder).fit(["lamp", "boat"], [[(0, 9, "THING")], []])
    with pytest.raises(ValueError, match="1 sample"):
        classifier(encoder).fit(X[:1], Y[:1])


def test_settings_are_checked_in_fit_with_all_mistakes(encoder):
    with pytest.raises(ValueError, match=r"(?s)epochs: 0 .*optimizer.warmup: 2 "):
        classifier(encoder, epochs=0, steps=None, settings={"optimizer": {"warmup": 2}}).fit(X, Y)
    with pytest.raises(ValueError, match="seed cannot stand among the further settings"):
        classifier(encoder, settings={"seed": 1}).fit(X, Y)
    with pytest.raises(ValueError, match="leave the validation part empty"):
        classifier(encoder).fit(X[:4], Y[:4])


def test_a_class_that_only_validation_has_is_known_and_never_expected(encoder):
    rare = classifier(encoder, validation=0.5, steps=1).fit([*X, "the cold river"], [*Y, "rare"])
    assert rare.classes_.tolist() == ["bad", "good", "rare"]
    assert rare.predict_proba(X).shape == (40, 3)


def test_a_former_name_is_taken_with_a_warning_and_refused_beside_todays(encoder):
    with pytest.warns(FutureWarning, match="judge is now called best_metric") as told:
        model = classifier(encoder, judge="loss", steps=2, out=None).fit(X, Y)
    assert told[0].filename == __file__
    assert model.get_params()["judge"] == "loss"
    with pytest.raises(ValueError, match="best_metric: given twice, the second time as judge"):
        classifier(encoder, judge="loss", best_metric="loss").fit(X, Y)
    settings = {"evaluations": 1, "num_evaluations": 1}
    with pytest.raises(ValueError, match="num_evaluations: given twice"):
        classifier(encoder, settings=settings).fit(X, Y)
    with pytest.raises(ValueError, match="best_metric cannot stand among the further settings"):
        classifier(encoder, settings={"best_metric": "loss"}).fit(X, Y)
