"""Fine-tuning with the manners of scikit-learn: `TextClassifier("runs/lm").fit(texts, labels).predict(others)`."""

from groundup.estimators.kinds import MultilabelTextClassifier, TextClassifier, TextRegressor, TextTagger

__all__ = ["MultilabelTextClassifier", "TextClassifier", "TextRegressor", "TextTagger"]
