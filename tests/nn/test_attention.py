"""Attention against its formula, written out in NumPy with loops and float64.

Tolerance: ours is float32, so 1e-6 of values of size 1; NumPy's error is far below.
"""

import numpy as np
import pytest
import torch

from groundup.nn.attention import Attention, attend, make_mask_fn
from groundup.nn.config import Learned, Rotary, TransformerConfig
from groundup.nn.dropout import drop
from groundup.nn.initialize import initialize
from groundup.nn.layout import Layout
from groundup.nn.rotary import RotaryEmbedding

LENGTHS = [7, 3, 3, 1]


def config(**more) -> TransformerConfig:
    sizes = {"vocab_size": 9, "hidden_size": 12, "num_layers": 1, "num_heads": 2, "intermediate_size": 8}
    return TransformerConfig(**sizes, **more, initialization="scaled")


def attention(shape: TransformerConfig, window: int = 0) -> Attention:
    with torch.device("meta"):
        made = Attention(shape, window)
    initialize(made, shape, seed=2)
    for parameter in made.parameters():  # biases too
        parameter.data += 0.3 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(parameter.numel()))
    return made.eval()


def states() -> torch.Tensor:
    return torch.randn(sum(LENGTHS), 12, generator=torch.Generator().manual_seed(3))


def rotated(head: np.ndarray, base: float) -> np.ndarray:
    """One head [T, D] of one sequence, each pair (i, i + D/2) as a complex number."""
    half = head.shape[1] // 2
    pairs = head[:, :half] + 1j * head[:, half:]
    turned = pairs * np.exp(1j * np.outer(np.arange(len(head)), base ** (-2 * np.arange(half) / head.shape[1])))
    return np.concatenate([turned.real, turned.imag], axis=1)


def formula(made: Attention, x: np.ndarray, base: float | None, sees) -> np.ndarray:
    """Attention of one sequence [T, C], head by head and token by token; `sees(query, key)` says who looks where."""

    def linear(layer, value):
        return value @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy()

    outputs = []
    heads = zip(*(np.split(linear(layer, x), 2, axis=1) for layer in (made.query, made.key, made.value)), strict=True)
    for q, k, v in heads:
        q, k = (q, k) if base is None else (rotated(q, base), rotated(k, base))
        rows = []
        for i in range(len(x)):
            seen = [j for j in range(len(x)) if sees(i, j)]
            weights = np.exp([q[i] @ k[j] / np.sqrt(q.shape[1]) for j in seen])
            rows.append(weights @ v[seen] / weights.sum())
        outputs.append(np.array(rows))
    return linear(made.output, np.concatenate(outputs, axis=1))


@pytest.mark.parametrize(
    ("more", "window", "base", "allowed"),
    [
        ({"positions": Learned()}, 0, None, lambda i, j: True),
        ({"positions": Learned(), "causal": True}, 0, None, lambda i, j: j <= i),
        ({"positions": Rotary(base=50.0, window_base=7.0)}, 0, 50.0, lambda i, j: True),
        ({"positions": Rotary(base=50.0, window_base=7.0)}, 2, 7.0, lambda i, j: abs(i - j) <= 2),
        ({"positions": Rotary(base=50.0, window_base=7.0), "causal": True}, 2, 7.0, lambda i, j: 0 <= i - j <= 2),
    ],
    ids=["plain", "causal", "rotary", "window", "causal window"],
)
def test_attention_is_the_formula(more, window, base, allowed):
    made, x = attention(config(**more), window), states()
    expected = [formula(made, row.double().numpy(), base, allowed) for row in x.split(LENGTHS)]
    found = made(x, Layout(LENGTHS)).detach().numpy()
    np.testing.assert_allclose(found, np.concatenate(expected), atol=2e-6)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_that_drops_weights_is_the_same_formula_at_a_tiny_rate(causal):
    x, layout = states(), Layout(LENGTHS)
    plain, dropping = (attention(config(causal=causal, attention_dropout=rate)).train() for rate in (0.0, 1e-9))
    torch.testing.assert_close(dropping(x, layout), plain(x, layout), atol=1e-6, rtol=1e-6)


def test_scores_of_rotated_states_hang_on_the_distance_alone():
    rotation, layout = RotaryEmbedding(head_size=6, base=100.0), Layout([9])
    q, k = torch.randn(2, 1, 6, generator=torch.Generator().manual_seed(1)).expand(2, 9, 6).contiguous()
    scores = rotation(q, layout) @ rotation(k, layout).T  # [T, T], the same two vectors at all places
    for distance in range(-8, 9):
        diagonal = scores.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), atol=1e-5, rtol=0)
    assert (scores[0] - scores[0, 0]).abs().max() > 0.1


def test_the_gradient_of_the_rotation_is_exact():
    rotation, layout = RotaryEmbedding(head_size=4, base=10.0), Layout([5, 4])
    layout.rotary_tables[10.0] = tuple(table.double() for table in rotation.make_cos_sin(layout))
    x = torch.randn(9, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1), requires_grad=True)
    assert torch.autograd.gradcheck(lambda value: rotation(value, layout), x)


def test_no_mask_is_made_where_everything_is_seen():
    assert make_mask_fn(causal=False, window=0) is None


def test_a_token_alone_gives_its_value():
    q, k, v = torch.randn(3, 2, 1, 1, 4, generator=torch.Generator().manual_seed(5))
    torch.testing.assert_close(attend(q, k, v, None), v)


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_dropout_zeroes_its_share_and_keeps_the_mean(rate):
    torch.manual_seed(0)
    dropped = drop(torch.ones(1001, 301), rate)
    kept = dropped[dropped != 0]
    assert 1 - len(kept) / dropped.numel() == pytest.approx(rate, abs=0.004)  # 4 deviations of 301,301 draws
    assert kept.unique().tolist() == pytest.approx([1 / (1 - rate)], rel=1e-4)
