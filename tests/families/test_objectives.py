"""What a family can be pretrained on is said by the family."""

import pytest

from groundup.commands.pretrain.objectives import objective_of
from groundup.commands.pretrain.settings import Pretrain
from groundup.errors import InputError
from groundup.families.known import FAMILIES


def pretrain(objective=None):
    return Pretrain(data="d", out="o", model="m", objective=objective)


@pytest.mark.parametrize(
    ("family", "own"),
    [
        ("bert", "masked"),
        ("modernbert", "masked"),
        ("gpt2", "causal"),
        ("qwen3", "causal"),
        ("t5 gated", "spans"),
        ("bart", "denoise"),
        ("vit", "patches"),
    ],
)
def test_a_family_learns_its_own_objective_where_none_is_named(family, own):
    assert objective_of(pretrain(), FAMILIES[family]) == own


@pytest.mark.parametrize(("family", "objective"), [("bert", "replaced"), ("t5", "prefix"), ("bart", "spans")])
def test_a_family_learns_others_that_fit_it(family, objective):
    assert objective_of(pretrain(objective), FAMILIES[family]) == objective


@pytest.mark.parametrize(
    ("family", "objective"), [("bert", "causal"), ("llama", "masked"), ("t5", "denoise"), ("vit", "masked")]
)
def test_an_objective_that_does_not_fit_is_refused_with_the_one_that_does(family, objective):
    with pytest.raises(InputError) as error:
        objective_of(pretrain(objective), FAMILIES[family])
    assert error.value.code == "WRONG_OBJECTIVE"
    assert f"does not learn '{objective}'" in error.value.line()
    assert f"learns '{FAMILIES[family].objectives[0]}'" in error.value.line()
