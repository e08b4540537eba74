"""Classes under the names that an earlier version gave them, for one version."""

import importlib

import pytest

CLASSES = [
    ("groundup.augment.synonyms", "Listed", "SynonymList"),
    ("groundup.augment.synonyms", "Neighbors", "EmbeddingNeighbors"),
    ("groundup.train.settings", "StaySettings", "RegularizeSettings"),
    ("groundup.tasks.task", "Beside", "BaselineResult"),
    ("groundup.tasks.task", "Judged", "Predictions"),
    ("groundup.evaluate.comparison", "Judged", "ComparedAnswers"),
    ("groundup.evaluate.limits", "Answered", "RowAnswers"),
    ("groundup.evaluate.seeds", "Compared", "SeedComparison"),
    ("groundup.families.family", "Part", "TensorSource"),
    ("groundup.families.family", "Settings", "ForeignConfig"),
    ("groundup.families.headers", "Stored", "StoredTensor"),
    ("groundup.nn.generate", "Generated", "GeneratedTokens"),
    ("groundup.train.task_weighting", "Weighing", "TaskWeighting"),
    ("groundup.train.task_weighting", "Uncertainty", "UncertaintyWeighting"),
    ("groundup.train.task_weighting", "Averaging", "DynamicWeightAveraging"),
    ("groundup.train.task_weighting", "Balanced", "GradNorm"),
    ("groundup.train.task_weighting", "Projected", "PCGrad"),
    ("groundup.explain.shortcuts", "Decider", "ShortcutWord"),
    ("groundup.explain.overview", "Class", "ClassOverview"),
    ("groundup.explain.faithfulness", "Measured", "Faithfulness"),
    ("groundup.explain.subject", "Embedded", "EmbeddedSubject"),
    ("groundup.explain.dataset_reports", "Asking", "ExplainOptions"),
    ("groundup.explain.dataset_reports", "Keeping", "ExplanationCache"),
]


@pytest.mark.parametrize(("module", "former", "current"), CLASSES)
def test_a_former_name_is_the_class_of_today(module, former, current):
    place = importlib.import_module(module)
    assert getattr(place, former) is getattr(place, current)
    assert getattr(place, current).__name__ == current
