"""Mixout: in each training step a share of the weights takes its initial value (Lee et al., 2019, arXiv:1909.11299).

W' = (M theta0 + (1 - M) W - p theta0) / (1 - p) with M ~ Bernoulli(p); its mean is W. It pulls fine-tuning towards theta0,
as dropout pulls towards 0.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.dropout import drop
from groundup.nn.linear import Linear, layer_slots
from groundup.nn.model import Model


class MixoutLinear(nn.Module):
    """W' x + b in training, W x + b in use; theta0 is W when this layer is made; it is in no checkpoint."""

    def __init__(self, layer: Linear, rate: float):
        super().__init__()
        self.weight, self.bias, self.rate = layer.weight, layer.bias, rate
        self.start: Tensor
        self.register_buffer("start", layer.weight.detach().clone(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.mixed_weight() if self.training else self.weight, self.bias)

    def mixed_weight(self) -> Tensor:
        """W', which with k = (1 - M) / (1 - p) is theta0 + k (W - theta0). The mask comes from torch's generator."""
        return self.start + drop(self.weight - self.start, self.rate)


def add_mixout(model: Model, rate: float) -> None:
    """Apply mixout to every linear layer of the backbone and of the encoder.

    Call it on the initial weights, before a checkpoint is loaded. Names of parameters do not change, so checkpoints and model
    folders are ordinary. Layers of frozen blocks do not mix while they are frozen.
    """
    if not 0 < rate < 1:
        raise InputError("BAD_MIXOUT", "mixout", f"{rate} is not between 0 and 1", "leave it out, or give a share like 0.7")
    for place in layer_slots(model, Linear):
        if not place.name.startswith("heads."):
            place.replace(MixoutLinear(place.layer, rate))


def remove_mixout(model: Model) -> None:
    """Put ordinary layers back, with the trained weights."""
    for place in layer_slots(model, MixoutLinear):
        old = place.layer
        layer = Linear(old.weight.shape[1], old.weight.shape[0], bias=old.bias is not None, device="meta")
        layer.weight, layer.bias = old.weight, old.bias
        place.replace(layer)
