"""What a family can be pretrained on is said by the family; each objective has a row that says all the rest."""

import pytest

from groundup.commands.pretrain.objectives import OBJECTIVES, objective_of
from groundup.commands.pretrain.preview import preview
from groundup.commands.pretrain.settings import Pretrain
from groundup.commands.pretrain.traits import OBJECTIVES as TRAITS
from groundup.errors import InputError
from groundup.families.known import FAMILIES
from groundup.scope import misfits


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


def test_every_objective_of_the_settings_has_a_class_and_families_learn_none_but_these():
    assert set(TRAITS) == set(OBJECTIVES)
    assert {name for family in FAMILIES.values() for name in family.objectives} <= set(TRAITS)


def test_settings_of_another_objective_are_refused_by_name():
    settings = Pretrain(data="d", out="o", steps=2, mask_unit="word", patch_size=2)
    refused = {name: dict(misfits(settings, [name])) for name in TRAITS}
    assert refused["masked"] == {"patch_size": "is for the objective patches"}
    assert refused["patches"] == {"mask_unit": "is for the objectives masked, replaced"}
    assert set(refused["cells"]) == {"mask_unit", "patch_size"}


@pytest.mark.parametrize(
    ("objective", "columns", "why"),
    [
        ("cells", (), "is required: the objective cells is learned from the columns of a table"),
        ("masked", ("*",), "goes with --objective cells"),
    ],
)
def test_columns_go_with_the_objective_that_reads_them(objective, columns, why):
    settings = Pretrain(data="d", out="o", steps=2, objective=objective, table_column=columns)
    assert ("table_column", why) in list(settings.check())


def test_a_row_is_found_by_its_own_name():
    assert {name: row.name for name, row in OBJECTIVES.items()} == {name: name for name in OBJECTIVES}


def test_a_dry_run_tells_tokens_of_texts_alone():
    def line(objective, **others):
        settings = Pretrain(data="d", out="o", steps=2, batch_size=8, objective=objective, **others)
        return next(one for one in preview(settings) if one.startswith("resolved: objective"))

    assert "8 sequences of 128 tokens a step, mask_rate" in line("masked")
    assert line("cells", table_column=("*",)).endswith("8 examples a step")
