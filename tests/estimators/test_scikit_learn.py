"""scikit-learn's own checks. Those that its suite runs for estimators of text are few; the others want a matrix of numbers:
estimators of tables read it as it is, and those of texts are ones that read each row of numbers as a text of them."""

import pytest
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

from groundup import (
    Classifier,
    MultilabelClassifier,
    MultilabelTextClassifier,
    Regressor,
    Tagger,
    TextClassifier,
    TextRegressor,
    TextTagger,
)

OF_TEXTS = [kind("nowhere") for kind in (TextClassifier, MultilabelTextClassifier, TextRegressor, TextTagger)]
ESTIMATORS = [*OF_TEXTS, *(kind() for kind in (Classifier, MultilabelClassifier, Regressor, Tagger))]
WITHOUT_ROWS = """
    check_estimator_cloneable check_estimator_tags_renamed check_valid_tag_types check_estimator_repr
    check_no_attributes_set_in_init check_do_not_raise_errors_in_init_or_set_params check_mixin_order
    check_parameters_default_constructible check_get_params_invariance check_set_params check_estimators_unfitted
    check_estimator_get_tags_default_keys
""".split()


def test_the_suite_chooses_what_it_can_run_on_text():
    with pytest.warns(SkipTestWarning, match="requires input"):
        mark = parametrize_with_checks(OF_TEXTS)
    for estimator, check in mark.args[1]:
        check(estimator)
    assert len(mark.args[1]) >= len(OF_TEXTS)


@pytest.mark.parametrize("name", [name for name in WITHOUT_ROWS if hasattr(estimator_checks, name)])
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_checks_that_need_no_rows(estimator, name):
    getattr(estimator_checks, name)(type(estimator).__name__, estimator)


class OfNumbers:
    """Reads [n, features] of numbers as texts of them."""

    def _texts(self, X, reset):
        numbers = validate_data(self, X, reset=reset)
        return [(" ".join(f"{value:.1f}" for value in row),) for row in numbers]

    def _columns(self):
        return {"text_column": ("text",)}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.string, tags.input_tags.one_d_array = True, False, False
        return tags


class NumberClassifier(OfNumbers, TextClassifier):
    pass


class NumberRegressor(OfNumbers, TextRegressor):
    pass


UNTRAINED = "two updates of a tiny model learn nothing"
EXPECTED = {"check_classifiers_train": UNTRAINED, "check_classifiers_classes": UNTRAINED, "check_regressors_train": UNTRAINED}


@pytest.mark.slow
@pytest.mark.parametrize("kind", [NumberClassifier, NumberRegressor])
def test_the_whole_suite_passes_on_numbers_read_as_texts(kind, encoder):
    check(kind(encoder, steps=2, batch_size=4, max_length=16, validation=0, settings={"pooling": "mean"}))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_the_whole_suite_passes_on_tables(kind):
    check(kind(steps=2, batch_size=4, validation=0))


def check(estimator):
    done = estimator_checks.check_estimator(estimator, expected_failed_checks=EXPECTED, on_fail=None, on_skip=None)
    failed = {check["check_name"]: str(check["exception"]) for check in done if check["status"] == "failed"}
    assert failed == {}
    assert sum(check["status"] == "passed" for check in done) > 30
