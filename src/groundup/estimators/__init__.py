"""Fine-tuning with the manners of scikit-learn: `Classifier().fit(frame, labels).predict(other)`, of texts
`TextClassifier("runs/lm").fit(texts, labels)`."""

from groundup.estimators.known import (
    Classifier,
    MultilabelClassifier,
    MultilabelTextClassifier,
    Regressor,
    Tagger,
    TextClassifier,
    TextRegressor,
    TextTagger,
)

__all__ = [
    "Classifier",
    "MultilabelClassifier",
    "MultilabelTextClassifier",
    "Regressor",
    "Tagger",
    "TextClassifier",
    "TextRegressor",
    "TextTagger",
]
