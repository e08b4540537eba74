"""int8 as a method: what is rounded, and channels evened out without a change of what the model says."""

import numpy as np
import pytest
import torch

from groundup.compress.quantize import norms_and_readers, quantize, smooth_channels
from groundup.compress.quantize_settings import QuantizeSettings
from groundup.errors import InputError
from groundup.nn.inference import int8
from groundup.nn.inference.int8_linear import KERNELS, is_exact, use_int8_kernels
from groundup.objectives.label_cross_entropy import LabelCrossEntropy
from groundup.objectives.objective import make_batch
from tests.compress.workshop import batch_of, build, rows, same, weights, work


def answers(model, segments):
    with torch.no_grad():
        return batch_of(segments=segments).forward(model)["label"]


@pytest.mark.parametrize("case", ["bert", "modern", "llama"])
def test_what_comes_out_is_what_its_int8_form_holds(case, tmp_path):
    made = quantize(work(build(case), tmp_path, segments=case == "bert"), QuantizeSettings())
    before = weights(made)
    assert not same(before, weights(build(case)))
    int8.fake_quantize(made)
    assert same(before, weights(made))


@pytest.mark.parametrize("case", ["modern", "llama"])
def test_smoothing_changes_weights_and_no_answer(case):
    model = build(case)
    expected, before = answers(model, False), weights(model)
    examples = rows(segments=False)
    batches = [make_batch(examples.batch(np.arange(8)), LabelCrossEntropy())]
    count = smooth_channels(model, batches, 0.5)
    assert (
        count == len(list(norms_and_readers(model))) == (11 if case == "modern" else 12)
    )  # the first one's embedding is its norm
    torch.testing.assert_close(answers(model, False), expected, atol=1e-5, rtol=1e-5)
    assert not same(before, weights(model))


def test_smoothing_helps_where_channels_stick_out(tmp_path):
    if not is_exact(KERNELS[0]):
        pytest.skip("this machine's sums in int8 are not exact")
    lost = {}
    for smooth in (0.0, 0.5):
        model = build("llama", hidden_size=192)
        with torch.no_grad():
            for norm, layers in norms_and_readers(model):
                norm.weight[::48] *= 100
                for layer in layers:
                    layer.weight[:, ::48] /= 100
        expected = answers(model, False)
        made = quantize(work(model, tmp_path, segments=False), QuantizeSettings(smooth=smooth, search=False))
        use_int8_kernels(made, KERNELS[0])
        lost[smooth] = float((answers(made, False) - expected).norm())
    assert lost[0.5] < 0.5 * lost[0.0]


def test_norms_after_each_part_are_not_smoothed(tmp_path):
    with pytest.raises(InputError, match="norms stand after each part"):
        quantize(work(build("bert"), tmp_path), QuantizeSettings(smooth=0.5))
