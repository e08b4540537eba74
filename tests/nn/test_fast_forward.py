"""A lean model says what the model says, bit for bit: it is the same forward."""

import pytest
import torch

pytest.importorskip("transformers")

from groundup.families import checkpoint
from groundup.nn.inference.fast_forward import fast_forward
from groundup.nn.inference.fused_projections import fuse_projections
from tests.families.zoo import CASES, ask_ours

NAMES = ["gpt2", "llama", "qwen3", "llama tied, wide heads", "bart", "bart scaled", "t5", "t5 gated", "roberta", "modernbert"]


@pytest.fixture
def opened(tmp_path):
    def get(name):
        CASES[name].theirs().save_pretrained(tmp_path)
        return checkpoint.load(tmp_path).model.eval()

    return get


@pytest.mark.parametrize("prepare", [lambda model: model, fuse_projections], ids=["plain", "joined"])
@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_same_bit_for_bit(name, prepare, opened):
    model = prepare(opened(name))
    with torch.inference_mode():
        assert torch.equal(ask_ours(CASES[name], fast_forward(model)), ask_ours(CASES[name], model))


def test_it_has_the_numbers_of_the_model_and_shares_what_the_model_shares(opened):
    model = opened("t5")
    found = fast_forward(model)
    assert found.encoder.embed.tokens is found.backbone.embed.tokens
    with torch.no_grad():
        model.backbone.token_embedding.weight.add_(1.0)
    assert torch.equal(found.backbone.token_embedding.weight, model.backbone.token_embedding.weight)


def test_a_part_that_is_listened_to_is_heard(opened):
    model, heard = opened("gpt2"), []
    handle = model.backbone.blocks[1].feed_forward.register_forward_hook(lambda part, given, told: heard.append(told))
    with torch.inference_mode():
        ask_ours(CASES["gpt2"], fast_forward(model))
        handle.remove()
        ask_ours(CASES["gpt2"], fast_forward(model))
    assert len(heard) == 1
