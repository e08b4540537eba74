"""Folders of every family that reads or writes on: scores add up, and relevance is conserved."""

import pytest
import torch

from groundup.explain.methods.gradients import integrated_gradients
from groundup.explain.methods.relevance import lrp
from groundup.families import checkpoint
from tests.explain.readers import Tokens
from tests.families.zoo import CASES

NAMES = [
    name
    for name, case in CASES.items()
    if case.head in ("label", "ends", "lm") and case.family not in ("vit", "bart", "t5", "t5 gated")
]


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_a_family_is_explained(name, tmp_path):
    """A model of `transformers`, weights and biases drawn large."""
    case = CASES[name]
    made = case.theirs()
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
    made.save_pretrained(tmp_path)
    model = checkpoint.load(tmp_path).model
    subject = Tokens(model, [[7, 19, 40, 11, 88, 5, 19, 60, 9, 33]])
    if case.head == "ends" or (case.tokens and model.config.causal):  # whose first token sees nothing
        subject.numbers = lambda rows: subject.inputs.outputs(case.head, [(0, 3)], rows)[:, 0, :2].sum(-1)
    assert integrated_gradients(subject).checks["completeness"] <= 0.01
    for rules in ("lrp", "cp_lrp"):
        found = lrp(subject, rules)
        assert found.checks["conservation"] < 1e-3
        assert abs(found.scores).max() > 0
