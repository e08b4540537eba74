"""Cut models: they say what masked ones say, for less.

Sums over fewer numbers differ in float32 by about 1e-6 of the logits' size; 1e-5 is ten times that.
"""

from dataclasses import replace

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

pytest.importorskip("transformers")

from groundup.compress.slices import KeptLayer, keep_all, slice_model, stacks
from groundup.errors import InputError
from groundup.nn.config import Rotary, TransformerConfig
from groundup.nn.cost import size
from groundup.nn.kv_cache import KVCache
from groundup.nn.layout import Layout
from groundup.nn.model import Model
from tests.compress.cutting import FAMILIES, model_of, some, zeroed
from tests.compress.workshop import MODERN, build
from tests.families import zoo

families = pytest.mark.parametrize("name", FAMILIES)


@families
def test_a_cut_model_says_what_a_masked_one_says(name, tmp_path):
    case, model = model_of(name, tmp_path)
    keep = some(model)
    made = slice_model(model, keep)
    expected = zoo.ask_ours(case, zeroed(model, keep))
    assert not torch.allclose(expected, zoo.ask_ours(case, model), atol=1e-3)
    torch.testing.assert_close(zoo.ask_ours(case, made), expected, atol=1e-5, rtol=1e-5)


@families
def test_keeping_everything_is_the_same_model_bit_for_bit(name, tmp_path):
    _, model = model_of(name, tmp_path)
    made = slice_model(model, keep_all(model))
    assert (made.config, made.encoder_config) == (model.config, model.encoder_config)
    for (one, a), (other, b) in zip(model.named_parameters(), made.named_parameters(), strict=True):
        assert one == other
        assert torch.equal(a, b)


@families
def test_parameters_of_a_cut_model_are_counted_exactly(name, tmp_path):
    _, model = model_of(name, tmp_path)
    made = slice_model(model, some(model))
    counted = sum(size.count_parameters(made.config, made.head_configs, made.encoder_config).values())
    assert counted == sum(p.numel() for p in made.parameters()) < sum(p.numel() for p in model.parameters())


@families
def test_gradients_reach_every_parameter_of_a_cut_model(name, tmp_path):
    case, model = model_of(name, tmp_path)
    made = slice_model(model, some(model))
    zoo.ask_ours(case, made).square().sum().backward()
    dead = {name for name, p in made.named_parameters() if p.grad is None}
    assert not {name for name in dead if ".blocks." in name}


@pytest.mark.parametrize("case", ["bert", "modern", "llama"])
def test_operations_of_a_cut_model_are_those_that_are_counted(case):
    model = build(case)
    made = slice_model(model, {"backbone": {i: KeptLayer(range(2 * (i % 3)), range(8 * i)) for i in range(6)}})
    lengths = [7] * 8  # heads run on at least 8 rows
    tokens = torch.arange(56) + 5
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        made(tokens, Layout(lengths), torch.zeros_like(tokens) if case == "bert" else None, {"label": torch.arange(0, 56, 7)})
    expected = size.size(replace(made.config, windows=()), made.head_configs, sequences=8, length=7).forward_operations
    assert counter.get_total_flops() == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("name", ["gpt2", "llama"])
def test_a_cut_decoder_remembers_what_it_reads(name, tmp_path):
    _, model = model_of(name, tmp_path)
    made = slice_model(model, some(model))
    tokens = torch.cat(zoo.rows([9], 8))
    with torch.inference_mode():
        whole = made.backbone(tokens, Layout([9]))
        memory = KVCache(made.config, 1, 9)
        made.backbone(tokens[:8], Layout([8]), cache=memory)
        layout = Layout.decode_step(torch.tensor([8]))
        last = made.backbone(tokens[8:], layout, cache=memory)
    torch.testing.assert_close(last[0], whole[8], atol=1e-5, rtol=1e-5)


def test_a_layer_that_is_dropped_is_the_model_without_it():
    model = build("bert")
    keep = keep_all(model)
    del keep["backbone"][2], keep["backbone"][5]
    made = slice_model(model, keep)
    assert made.config.num_layers == 4
    assert made.config.widths_per_layer == ()
    tokens, layout = torch.arange(9) + 5, Layout([9])
    x = model.backbone.embed_inputs(tokens, layout, None)
    for i in (0, 1, 3, 4):
        x = model.backbone.blocks[i](x, layout)
    torch.testing.assert_close(made.backbone(tokens, layout), x, atol=1e-6, rtol=1e-6)


def test_windows_go_with_their_layers():
    model = build("modern")
    keep = keep_all(model)
    del keep["backbone"][1]
    assert slice_model(model, keep).config.windows == (*MODERN.windows[:1], *MODERN.windows[2:])


def test_a_cut_model_can_be_cut_again():
    model = build("llama")
    once = slice_model(model, {"backbone": {i: KeptLayer(range(2), range(0, 64, 2)) for i in range(6)}})
    twice = slice_model(once, {"backbone": {i: KeptLayer([0, 1] if i else [], range(1, 32, 4)) for i in range(6)}})
    at_once = slice_model(model, {"backbone": {i: KeptLayer([0, 1] if i else [], range(2, 64, 8)) for i in range(6)}})
    assert twice.config == at_once.config
    assert all(torch.equal(a, b) for a, b in zip(twice.parameters(), at_once.parameters(), strict=True))


def test_heads_that_share_keys_go_together():
    with pytest.raises(InputError, match="2 heads that share keys and values"):
        slice_model(build("llama"), {"backbone": {i: KeptLayer([0, 2], range(64)) for i in range(6)}})


def test_the_first_layer_of_a_model_whose_embedding_is_its_norm_stays():
    keep = keep_all(build("modern"))
    del keep["backbone"][0]
    with pytest.raises(InputError, match="the first one alone has no norm before its attention"):
        slice_model(build("modern"), keep)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"heads_per_layer": (2, 2)}, "heads_per_layer: 2 numbers for 3 layers"),
        ({"heads_per_layer": (2, 5, 2)}, "heads_per_layer: 5 is not from 0 to 4"),
        ({"widths_per_layer": (8, -8, 8)}, "widths_per_layer: -8 is not from 0 to 64"),
        ({"heads_per_layer": (2, 1, 0), "num_kv_heads": 2}, "1 heads are no multiple of the 2 that share their keys"),
    ],
)
def test_shapes_that_cannot_be_are_refused(wrong, told):
    with pytest.raises(InputError) as error:
        TransformerConfig(
            vocab_size=9, hidden_size=32, num_layers=3, num_heads=4, intermediate_size=64, positions=Rotary(), **wrong
        )
    assert told in str(error.value)


def test_heads_with_relative_positions_stay_all_or_none(tmp_path):
    _, model = model_of("t5", tmp_path)
    keep = keep_all(model)
    keep["encoder"][0] = KeptLayer([0], range(50))
    with pytest.raises(InputError, match="all layers share the biases of distances"):
        slice_model(model, keep)


def test_a_model_of_cut_shape_is_drawn_like_any_other():
    config = TransformerConfig(
        vocab_size=9,
        hidden_size=32,
        num_layers=2,
        num_heads=4,
        intermediate_size=64,
        heads_per_layer=(0, 3),
        widths_per_layer=(16, 0),
    )
    made = Model(config, {}, seed=0)
    assert stacks(made)["backbone"].heads == (0, 3)
    assert made.backbone.blocks[1].attention.query.weight.shape == (24, 32)
    assert torch.isfinite(made.backbone(torch.arange(9), Layout([9]))).all()
