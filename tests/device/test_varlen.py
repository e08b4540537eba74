"""Attention without padding on a GPU. The kernel is CUDA's: here a loop over the sequences stands for it, so that what we give
it is tested; tests/device/accept.py compares the kernel itself."""

import pytest
import torch
import torch.nn.attention.varlen as kernels

from groundup.nn import attention
from groundup.nn.attention import Attention
from groundup.nn.config import TransformerConfig
from groundup.nn.layout import Layout


def one_by_one(q, k, v, starts, starts_k, most, most_k, *, scale, window_size, enable_gqa, num_splits):
    """What the kernel's documentation says, a sequence at a time."""
    assert starts.dtype == torch.int32
    assert max((starts[1:] - starts[:-1]).tolist()) == most == most_k
    assert enable_gqa == (q.shape[1] != k.shape[1])
    states = []
    for first, last in zip(starts.tolist(), starts[1:].tolist()):
        q_, k_, v_ = (x[first:last].transpose(0, 1) for x in (q, k, v))
        k_, v_ = (x.repeat_interleave(q.shape[1] // x.shape[0], 0) for x in (k_, v_))
        distance = torch.arange(last - first) - torch.arange(last - first)[:, None]
        before, after = (float("inf") if one < 0 else one for one in window_size)
        scores = (q_ @ k_.transpose(1, 2)) * scale
        scores = scores.masked_fill((distance < -before) | (distance > after), -torch.inf)
        states.append((scores.softmax(-1) @ v_).transpose(0, 1))
    return torch.cat(states)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("window", [0, 2])
@pytest.mark.parametrize("kv_heads", [4, 2])
@pytest.mark.parametrize("lengths", [[9, 7, 7, 3], [3, 9, 1, 9], [2]])
def test_the_kernel_is_given_what_blocks_are_given(causal, window, kv_heads, lengths, monkeypatch):
    torch.manual_seed(0)
    config = TransformerConfig(
        vocab_size=11,
        hidden_size=32,
        num_layers=1,
        num_heads=4,
        num_kv_heads=kv_heads,
        intermediate_size=8,
        max_positions=16,
        causal=causal,
    )
    layer, layout = Attention(config, window), Layout(lengths)
    for p in layer.parameters():
        p.data = torch.randn_like(p) / 8
    x = layout.gather(torch.randn(sum(lengths), 32))
    blocks = layout.scatter(layer(x, layout))
    monkeypatch.setattr(attention, "varlen_serves", lambda q: True)
    monkeypatch.setattr(kernels, "varlen_attn", one_by_one)
    torch.testing.assert_close(layout.scatter(layer(x, layout)), blocks, rtol=1e-5, atol=1e-6)


def test_the_kernel_is_asked_on_a_gpu_in_half_precision_alone():
    q = torch.zeros(3, 2, 8)
    assert not attention.varlen_serves(q)
    assert not attention.varlen_serves(q.bfloat16())
