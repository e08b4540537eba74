"""Training whose matrix products are of bfloat16."""

import pytest
import torch

from groundup.language import speaking
from groundup.nn import attention as attention_module
from groundup.nn.attention import attend, attention
from groundup.train import precision


def heads(count, seed):
    return torch.randn(2, count, 6, 8, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("keys", [4, 2])
def test_attention_part_by_part_is_that_of_the_kernel(causal, keys, monkeypatch):
    q, k, v = heads(4, 0), heads(keys, 1), heads(keys, 2)
    one = attend(q, k, v, None, causal, 0.3, grouped=keys < 4)
    torch.testing.assert_close(attention(q, k, v, None, causal, 0.3), one, atol=1e-6, rtol=0)
    for least, kind in ((12, torch.bfloat16), (13, torch.float32)):  # 2 sequences of 6 tokens: many enough, or too few
        monkeypatch.setattr(attention_module, "MIN_BF16_TOKENS", least)
        low = attend(*(t.bfloat16() for t in (q, k, v)), None, causal, 0.3, grouped=keys < 4)
        assert low.dtype == kind
        torch.testing.assert_close(low.float(), one, atol=0.03, rtol=0)


def test_masks_and_biases_are_heeded_part_by_part():
    q, k, v = heads(4, 0), heads(4, 1), heads(4, 2)
    seen = torch.tensor([True, True, False, True, True, False])[None, None, None]
    bias = torch.randn(4, 6, 6, generator=torch.Generator().manual_seed(3))
    for mask in (seen, bias):
        torch.testing.assert_close(attention(q, k, v, mask), attend(q, k, v, mask), atol=1e-6, rtol=0)


def test_what_is_said_hangs_on_the_machine(monkeypatch):
    monkeypatch.setattr(precision, "speedup", lambda: 6.0)
    assert "6.0 times as fast in bfloat16: --precision" in precision.precision_advice("float32")
    assert precision.precision_advice("bfloat16") is None
    monkeypatch.setattr(precision, "speedup", lambda: 0.2)
    assert precision.precision_advice("float32") is None
    assert precision.precision_advice("bfloat16").startswith(
        "warning: in bfloat16 this machine multiplies matrices 0.2 times as fast"
    )
    assert precision.precision_advice("bfloat16", torch.device("cuda")) is None  # the processor alone is measured


def test_the_measured_precision_is_said_in_the_language_of_the_command():
    timed = precision.Timed("float32", {"float32": 1.0, "bfloat16": 2.5})
    assert str(timed).endswith("an update takes 1 s in float32 and 2.5 s in bfloat16")
    with speaking("zh"):
        assert str(timed) == "精度 float32：本机实测，每次更新用 float32 需 1 秒，用 bfloat16 需 2.5 秒"
