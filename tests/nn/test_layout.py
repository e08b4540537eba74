"""A stream without padding gives what each sequence gives alone, in the order it came in.

Tolerance: the same float32 products over another number of rows, a few last bits of states of size 1.
"""

import pytest
import torch

from groundup.errors import InputError
from groundup.nn import layout as module
from groundup.nn.config import PooledHeadConfig, Rotary, Sinusoidal, TransformerConfig
from groundup.nn.layout import MIN_ROWS, Layout
from groundup.nn.model import Model

SORTED, MIXED, FEW = [9, 5, 5, 2, 1], [3, 7, 1, 7, 3, 3, 8], [2, 1, 2]
SHAPES = {
    "bert": {"num_segments": 2},
    "sinusoidal": {"positions": Sinusoidal(), "norm_place": "before", "final_norm": True},
    "causal": {"positions": Rotary(), "causal": True, "gated": True, "norm": "rms"},
    "window": {"positions": Rotary(window_base=100.0), "windows": (0, 2, 1), "bias": False},
}


def model(shape: str) -> Model:
    sizes = {"vocab_size": 50, "hidden_size": 24, "num_layers": 3, "num_heads": 3, "intermediate_size": 40, "max_positions": 12}
    config = TransformerConfig(**sizes, **SHAPES[shape], initialization="scaled")
    return Model(config, {"label": PooledHeadConfig(classes=3, pooling="mean")}, seed=6).eval()


def stream(lengths: list[int]) -> torch.Tensor:
    return torch.randint(0, 50, (sum(lengths),), generator=torch.Generator().manual_seed(8))


@pytest.mark.parametrize("lengths", [SORTED, MIXED, FEW], ids=["sorted", "mixed", "few"])
@pytest.mark.parametrize("shape", SHAPES)
def test_states_of_a_stream_are_those_of_each_sequence_alone(shape, lengths):
    backbone, tokens = model(shape).backbone, stream(lengths)
    together = backbone(tokens, Layout(lengths))
    alone = [backbone(row, Layout([len(row)])) for row in tokens.split(lengths)]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("lengths", [SORTED, SORTED[::-1], MIXED], ids=["falling", "rising", "mixed"])
@pytest.mark.parametrize("shape", SHAPES)
def test_states_and_gradients_do_not_hang_on_what_fills_blocks_up(shape, lengths, monkeypatch):
    tokens, found, counts = stream(lengths), [], []
    weights = torch.randn(len(tokens), 24, generator=torch.Generator().manual_seed(1))
    for filled in (-1, 30, 10**6):
        monkeypatch.setattr(module, "MAX_PADDING_COST", filled)
        backbone, layout = model(shape).backbone, Layout(lengths)
        counts.append(len(layout.blocks.parts))
        states = backbone(tokens, layout)
        (states * weights).sum().backward()
        found.append([states, *(p.grad for p in backbone.parameters() if p.grad is not None)])
        with torch.no_grad():
            found.append([backbone(tokens, Layout(lengths)), *found[-1][1:]])
    assert len(set(lengths)) == counts[0] > counts[1] > counts[2] == 1
    for other in found[1:]:
        torch.testing.assert_close(other, found[0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("lengths", [SORTED, MIXED, FEW], ids=["sorted", "mixed", "few"])
@pytest.mark.parametrize("shape", SHAPES)
def test_query_rows_are_those_of_the_whole_stream_in_the_order_asked(shape, lengths):
    backbone, tokens = model(shape).backbone, stream(lengths)
    rows = torch.tensor([len(tokens) - 1, 0, 2, 2])
    asked = backbone(tokens, Layout(lengths), rows=rows)
    torch.testing.assert_close(asked, backbone(tokens, Layout(lengths))[rows], atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("lengths", [SORTED, MIXED, FEW], ids=["sorted", "mixed", "few"])
def test_the_mean_of_a_sequence_is_the_mean_of_its_own_states(lengths):
    made, tokens, layout = model("window"), stream(lengths), Layout(lengths)
    asked = [2, 0, len(lengths) - 1]  # sequences, not in their order
    pooled = made(tokens, layout, None, {"label": torch.tensor([layout.starts[i] for i in asked])})["label"]
    rows = made.backbone(tokens, layout).split(lengths)
    means = torch.stack([sum(rows[i]) / len(rows[i]) for i in asked])
    torch.testing.assert_close(pooled, made.heads["label"].classes(means), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("lengths", [SORTED, MIXED, FEW], ids=["sorted", "mixed", "few"])
def test_scatter_undoes_gather(lengths):
    layout, values = Layout(lengths), torch.arange(sum(lengths))
    gathered = layout.gather(values)
    assert len(gathered) == sum(layout.group_sizes) == max(sum(lengths), MIN_ROWS)
    assert torch.equal(layout.scatter(gathered), values)
    assert torch.equal(gathered[layout.locate_rows(values)][: len(values)], values)


def test_positions_count_from_zero_in_every_sequence():
    layout = Layout(MIXED)
    assert layout.scatter(layout.positions).tolist() == [p for n in MIXED for p in range(n)]
    assert layout.sequence_ids().tolist() == [i for i, n in enumerate(MIXED) for _ in range(n)]
    assert layout.first_rows.tolist() == [sum(MIXED[:i]) for i in range(len(MIXED))]


def test_every_length_is_computed_once_and_nothing_is_padded():
    layout = Layout(MIXED)
    assert sorted(layout.groups) == [(1, 1), (1, 8), (2, 7), (3, 3)]


@pytest.mark.parametrize("lengths", [[], [3, 0, 2], [-1]])
def test_a_layout_without_tokens_is_refused(lengths):
    with pytest.raises(ValueError, match="at least one sequence and no empty one"):
        Layout(lengths)


def test_a_sequence_longer_than_the_positions_is_refused_with_the_limit():
    with pytest.raises(InputError) as error:
        model("bert").backbone(stream([13]), Layout([13]))
    assert (error.value.code, error.value.limit[:9]) == ("TOO_LONG", "12 tokens")


def test_what_an_evaluation_made_first_serves_training():
    """On a GPU an evaluation merges groups, too, and attention without padding reads where sequences begin."""
    layout = Layout([9, 8, 7, 2])
    with torch.inference_mode():
        blocks, starts = layout.merged_blocks, layout.sequence_starts
    assert blocks.gather is not None
    stream = torch.randn(26, 3, requires_grad=True)
    layout.blocks.join([block * 2 for block in layout.blocks.split(stream)]).sum().backward()
    assert torch.equal(stream.grad, torch.full((26, 3), 2.0))
    assert not starts.is_inference()
