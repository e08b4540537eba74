"""Initial weights.

normal: truncated normal with deviation 0.02 (Devlin et al., 2018, arXiv:1810.04805).
scaled: hidden matrices N(0, 1 / (3 fan_in)), the output matrices of both parts of a block smaller by sqrt(2 layers), so
that the sum of all residuals keeps its size at any depth.
"""

from __future__ import annotations

import hashlib
from math import sqrt

import torch
from torch import Tensor, nn

from groundup.nn.config import TransformerConfig

DEVIATION = 0.02


def initialize(module: nn.Module, config: TransformerConfig, seed: int, stream: str = "backbone") -> None:
    """Make and draw every weight of a module, in the order of its parameters; biases are 0, norms 1.

    The numbers depend on (seed, stream) alone: those of a head do not depend on other heads.
    """
    generator = generator_of(seed, stream)
    for prefix, owner in module.named_modules():
        for leaf, parameter in list(owner.named_parameters(recurse=False)):
            values = torch.empty(parameter.shape)
            if parameter.ndim >= 2:
                draw(values, deviation(f"{prefix}.{leaf}", values, config), generator)
            else:
                values.fill_(1.0 if isinstance(owner, nn.LayerNorm | nn.RMSNorm) and leaf == "weight" else 0.0)
            setattr(owner, leaf, nn.Parameter(values))


def generator_of(seed: int, stream: str) -> torch.Generator:
    """The random generator of (seed, stream)."""
    key = hashlib.sha256(f"initialize/{seed}/{stream}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(key[:8], "little") >> 1)


def deviation(name: str, parameter: Tensor, config: TransformerConfig) -> float:
    """Standard deviation of a matrix of this name."""
    if config.initialization == "normal" or "embed." in name or name == ".weight":
        return DEVIATION
    scale = 1 / sqrt(2 * config.num_layers) if name.endswith("output.weight") else 1.0
    if name.endswith("query.weight") and config.attention_scale:  # scores of one size, whatever their factor
        scale = 1 / (config.attention_scale * sqrt(config.head_width))
    return scale / sqrt(3 * parameter.shape[1])


def draw(parameter: Tensor, deviation: float, generator: torch.Generator) -> None:
    """Normal numbers cut at two deviations."""
    nn.init.trunc_normal_(parameter, std=deviation, a=-2 * deviation, b=2 * deviation, generator=generator)
