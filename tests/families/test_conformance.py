"""Every family through one suite: a folder of transformers gives the same numbers here, and one of ours gives them there.

Tolerances: float32 sums in another order differ by about 1e-6 of the logits' size; 1e-5 is ten times that.
"""

import pytest
import torch

transformers = pytest.importorskip("transformers")

from groundup.errors import InputError  # noqa: E402
from groundup.families import checkpoint  # noqa: E402
from groundup.folders import new_folder  # noqa: E402
from groundup.nn.cost import size  # noqa: E402
from tests.families import zoo  # noqa: E402
from tests.families.zoo import CASES  # noqa: E402

cases = pytest.mark.parametrize("name", CASES)


@pytest.fixture
def read(tmp_path):
    """(case, their model, what we read from its folder)."""

    def make(name):
        case = CASES[name]
        theirs = case.theirs()
        theirs.save_pretrained(tmp_path / "theirs")
        return case, theirs, checkpoint.load(tmp_path / "theirs")

    return make


def test_every_family_has_its_cases():
    assert {case.family for case in CASES.values()} == set(checkpoint.FAMILIES)


@cases
def test_a_folder_of_transformers_gives_the_same_numbers(name, read):
    case, theirs, loaded = read(name)
    assert loaded.family == case.family
    torch.testing.assert_close(zoo.ask_ours(case, loaded.model), zoo.ask_theirs(case, theirs), atol=1e-5, rtol=1e-5)


@cases
def test_gradients_are_those_of_transformers(name, read, tmp_path):
    case, theirs, loaded = read(name)
    weights = torch.randn(zoo.ask_theirs(case, theirs).shape, generator=torch.Generator().manual_seed(2))
    (zoo.ask_theirs(case, theirs) * weights).sum().backward()
    (zoo.ask_ours(case, loaded.model) * weights).sum().backward()
    expected = zoo.gradients_of_theirs(theirs, tmp_path / "gradients")
    assert sum(bool(value.any()) for value in expected.values()) > 10
    for parameter_name, ours in loaded.model.named_parameters():
        if parameter_name == "heads.lm.bias" and case.family == "bart":
            continue  # not trained there
        found = torch.zeros_like(ours) if ours.grad is None else ours.grad
        assert (found - expected[parameter_name]).norm() <= 1e-4 * expected[parameter_name].norm() + 1e-6, parameter_name


@cases
def test_a_folder_of_ours_comes_back_bit_for_bit_and_transformers_agrees(name, read, tmp_path):
    case, theirs, loaded = read(name)
    with new_folder(tmp_path / "ours", kind="model") as folder:
        checkpoint.save(folder, loaded.model, loaded.family, specials={"pad": zoo.PAD, "cls": 0, "sep": 2})
    again = checkpoint.load(tmp_path / "ours")
    for (one_name, one), (other_name, other) in zip(
        loaded.model.named_parameters(), again.model.named_parameters(), strict=True
    ):
        assert one_name == other_name
        assert torch.equal(one, other)
    assert again.config == loaded.config
    back = getattr(transformers, case.cls).from_pretrained(tmp_path / "ours", attn_implementation="eager").eval()
    torch.testing.assert_close(zoo.ask_theirs(case, back), zoo.ask_theirs(case, theirs), atol=1e-6, rtol=1e-6)


@cases
def test_a_folder_cut_into_several_files_is_the_same_model(name, read, tmp_path):
    _, theirs, loaded = read(name)
    theirs.save_pretrained(tmp_path / "cut", max_shard_size="10KB")
    assert len(list((tmp_path / "cut").glob("*.safetensors"))) > 1
    again = checkpoint.load(tmp_path / "cut")
    assert all(torch.equal(a, b) for a, b in zip(loaded.model.parameters(), again.model.parameters(), strict=True))


@cases
def test_parameters_are_counted_as_transformers_counts_them(name, read):
    _, theirs, loaded = read(name)
    counted = sum(size.count_parameters(loaded.config, loaded.model.head_configs, loaded.model.encoder_config).values())
    buffers = sum(b.numel() for name, b in theirs.named_buffers() if name == "final_logits_bias")  # a parameter here
    assert counted == sum(p.numel() for p in loaded.model.parameters())
    assert counted == sum(p.numel() for p in theirs.parameters()) + buffers


@cases
def test_a_missing_a_foreign_and_a_misshaped_tensor_are_named(name, read, tmp_path):
    from safetensors.torch import load_file, save_file

    _, _, _ = read(name)
    path = tmp_path / "theirs" / "model.safetensors"
    tensors = load_file(path)
    lost, bent = sorted(name for name in tensors if ".0." in name)[:2]
    del tensors[lost]
    tensors[bent] = torch.zeros(3, *tensors[bent].shape)
    tensors["foreign.weight"] = torch.zeros(2)
    save_file(tensors, path)
    with pytest.raises(InputError) as error:
        checkpoint.load(tmp_path / "theirs")
    told = " ".join(error.value.problems)
    assert f"missing {lost}" in told or lost.split(".", 1)[1] in told
    assert "unexpected foreign.weight" in told
    assert bent.split(".", 1)[-1] in told
