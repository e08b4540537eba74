"""Adapters beside frozen layers. Logits of merged layers may differ by 1e-5: float32 sums in another order, ten times over."""

import pytest
import torch
import torch.nn.functional as F

from groundup.errors import InputError
from groundup.nn.config import PooledHeadConfig, Rotary, TokenHeadConfig, TransformerConfig
from groundup.nn.layout import Layout
from groundup.nn.linear import Linear
from groundup.nn.lora import (
    LoRALinear,
    adapter_state,
    adapters,
    add_lora,
    count_adapters,
    load_adapter,
    merge_adapters,
    unmerge_adapters,
)
from groundup.nn.model import Inputs, Model
from groundup.train.adamw import AdamW

LENGTHS = [7, 7, 4, 1]
SIZES = {"vocab_size": 50, "hidden_size": 32, "num_layers": 3, "num_heads": 4, "intermediate_size": 48}
LATER = {"norm_place": "before", "final_norm": True, "embedding_norm": False, "causal": True}
WORDS = TokenHeadConfig(dense=False, output_bias=False)
SHAPES = {
    "bert": (TransformerConfig(**SIZES, pooler=True, num_segments=2), None, {"label": PooledHeadConfig(classes=3)}),
    "gpt2": (TransformerConfig(**SIZES, **LATER), None, {"label": PooledHeadConfig(classes=3, pooling="mean"), "lm": WORDS}),
    "llama": (
        TransformerConfig(**SIZES, **LATER, num_kv_heads=2, positions=Rotary(), gated=True, norm="rms", bias=False),
        None,
        {"label": PooledHeadConfig(classes=3, pooling="mean"), "lm": WORDS},
    ),
    "bart": (
        TransformerConfig(**SIZES, **LATER, cross_attention=True),
        TransformerConfig(**SIZES),
        {"label": PooledHeadConfig(classes=3, pooling="mean"), "lm": WORDS},
    ),
}
shapes = pytest.mark.parametrize("shape", SHAPES)
kinds = pytest.mark.parametrize("dora", [False, True], ids=["lora", "dora"])


def build(shape: str) -> Model:
    """With biases that are not 0, as after pretraining."""
    config, encoder, heads = SHAPES[shape]
    model = Model(config, heads, seed=1, encoder=encoder).eval()
    generator = torch.Generator().manual_seed(2)
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn(parameter.shape, generator=generator)
    return model


def ask(model: Model) -> torch.Tensor:
    tokens = torch.randint(0, 50, (sum(LENGTHS),), generator=torch.Generator().manual_seed(3))
    firsts = torch.cumsum(torch.tensor([0, *LENGTHS[:-1]]), 0)
    source = None if model.encoder is None else Inputs(tokens.flip(0), Layout(LENGTHS))
    return model(tokens, Layout(LENGTHS), None, {"label": firsts}, source)["label"]


def learn(model: Model, steps: int = 4) -> Model:
    optimizer = AdamW(model.named_parameters())
    model.train()
    for number in range(1, steps + 1):
        torch.manual_seed(number)
        F.cross_entropy(ask(model), torch.tensor([0, 1, 2, 0])).backward()
        optimizer.step(number, 1e-2)
        optimizer.zero_grad()
    return model.eval()


@kinds
@shapes
def test_before_the_first_update_logits_are_those_of_the_base_bit_for_bit(shape, dora):
    model = build(shape)
    base = ask(model)
    add_lora(model, targets="all_linear", dora=dora)
    assert torch.equal(ask(model), base)


@kinds
@shapes
def test_only_adapters_and_heads_learn(shape, dora):
    model = build(shape)
    add_lora(model, rank=2, dora=dora)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    learn(model)
    ends = ("down", "up", "magnitude") if dora else ("down", "up")
    for name, p in model.named_parameters():
        ours = name.endswith(ends) or name.startswith("heads.")
        assert p.requires_grad == ours, name
        assert torch.equal(p, before[name]) != ours, name


@kinds
@shapes
def test_a_merged_model_is_ordinary_and_says_the_same_and_goes_back_bit_for_bit(shape, dora):
    model = build(shape)
    names = [name for name, _ in model.named_parameters()]
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    add_lora(model, rank=3, targets="attention", dora=dora)
    adapted = ask(learn(model))
    assert (adapted - ask(build(shape))).abs().max() > 0.1, "nothing was learned, so that nothing is proved"
    taken = merge_adapters(model)
    assert [name for name, _ in model.named_parameters()] == names
    assert not adapters(model)
    torch.testing.assert_close(ask(model), adapted, atol=1e-5, rtol=0)
    unmerge_adapters(model, taken)
    assert torch.equal(ask(model), adapted)
    for name, p in model.named_parameters():
        if name in start and not name.startswith("heads."):
            torch.testing.assert_close(p, start[name], atol=1e-6, rtol=0)


def test_what_an_adapted_layer_says_is_the_formula():
    generator = torch.Generator().manual_seed(0)
    draw = [torch.randn(*shape, generator=generator) for shape in ((5, 4), (5,), (2, 4), (5, 2), (3, 4), (5,))]
    weight, bias, down, up, x, magnitude = draw
    layer = Linear(4, 5)
    layer.weight.data, layer.bias.data = weight, bias
    whole = weight + 1.5 * up @ down
    told = LoRALinear(layer, down, up, 1.5, 0.0)(x)
    torch.testing.assert_close(told, x @ whole.T + bias, atol=1e-5, rtol=0)
    told = LoRALinear(layer, down, up, 1.5, 0.0, magnitude)(x)
    expected = x @ (whole / whole.norm(dim=1, keepdim=True) * magnitude[:, None]).T + bias
    torch.testing.assert_close(told, expected, atol=1e-5, rtol=0)


def test_the_gradient_of_a_magnitude_is_that_of_the_formula_and_none_flows_through_the_length():
    layer = Linear(3, 2)
    layer.weight.data, layer.bias.data = torch.tensor([[1.0, 2, 2], [0, 3, 4]]), torch.zeros(2)
    adapted = LoRALinear(layer, torch.zeros(1, 3), torch.zeros(2, 1), 1.0, 0.0, torch.tensor([3.0, 5.0]))
    adapted(torch.tensor([[1.0, 1, 1]])).sum().backward()
    torch.testing.assert_close(adapted.magnitude.grad, torch.tensor([5 / 3, 7 / 5]))
    assert adapted.up.grad.tolist() == [[0.0], [0.0]]  # A is 0 here


@pytest.mark.parametrize(("targets", "layers"), [("query_value", 2), ("attention", 4), ("all_linear", 6)])
@kinds
def test_adapters_are_counted_and_stand_where_they_are_asked_for(targets, layers, dora):
    model = build("bert")
    made = add_lora(model, rank=2, targets=targets, dora=dora)
    assert len(made) == 3 * layers
    sizes = {"query_value": 2 * (64,), "attention": 4 * (64,), "all_linear": 4 * (64,) + 2 * (80,)}[targets]
    outputs = {"query_value": 64, "attention": 128, "all_linear": 128 + 80}[targets]
    assert count_adapters(model) == 3 * (2 * sum(sizes) + dora * outputs)
    cross = add_lora(build("bart"), rank=2, targets="query_value")
    assert "backbone.blocks.1.cross.attention.query" in cross
    assert "encoder.blocks.2.attention.value" in cross


def test_an_adapter_is_small_and_comes_back():
    config = TransformerConfig(vocab_size=8192, hidden_size=256, num_layers=4, num_heads=4, intermediate_size=1024, pooler=True)
    models = [Model(config, {"label": PooledHeadConfig(classes=3)}, seed=0).eval() for _ in range(2)]
    add_lora(models[0], seed=1)
    add_lora(models[1], seed=2)
    learned = ask(learn(models[0], 2))
    state = adapter_state(models[0])
    assert sum(t.nbytes for t in state.values()) < 0.02 * sum(p.nbytes for p in models[0].parameters())
    load_adapter(models[1], state)
    assert torch.equal(ask(models[1]), learned)
    with pytest.raises(InputError, match="ADAPTER_DIFFERS"):
        load_adapter(models[1], {name: tensor for name, tensor in state.items() if "blocks.2" not in name})


def test_first_matrices_hang_on_seed_and_layer_alone():
    few, many, other = (
        adapters_of(targets, seed) for targets, seed in (("query_value", 1), ("all_linear", 1), ("query_value", 2))
    )
    assert all(torch.equal(few[name].down, many[name].down) for name in few)
    assert not any(torch.equal(few[name].down, other[name].down) for name in few)
    drawn = torch.cat([layer.down.detach().flatten() for layer in many.values()])
    assert drawn.std().item() == pytest.approx(0.88 * 8**-0.5, rel=0.05)  # normal numbers cut at two deviations


def adapters_of(targets, seed):
    return add_lora(build("bert"), targets=targets, seed=seed)


def test_frozen_blocks_get_no_adapters_and_decisions_of_before_are_refused_after():
    model = build("bert")
    model.freeze(2)
    assert sorted(add_lora(model)) == ["backbone.blocks.2.attention.query", "backbone.blocks.2.attention.value"]
    with pytest.raises(InputError, match="already"):
        model.freeze(0)
    with pytest.raises(InputError, match="already"):
        add_lora(model)
    model = build("bert")
    model.freeze(3)
    with pytest.raises(InputError, match="NOTHING_TO_ADAPT"):
        add_lora(model)


def test_dropout_falls_on_what_adapters_read_in_training_only():
    model = build("bert")
    add_lora(model, dropout=0.5)
    learn(model)
    assert torch.equal(ask(model), ask(model))
    model.train()
    assert not torch.equal(ask(model), ask(model))
