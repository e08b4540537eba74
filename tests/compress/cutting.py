"""Models of every family, what to keep of them, and the same by multiplying with zero."""

from copy import deepcopy

import torch

from groundup.compress.slices import KeptLayer, blocks_of, keep_all, stacks
from groundup.families import checkpoint
from groundup.nn.config import RelativeBias
from tests.families.zoo import CASES

FAMILIES = [
    "bert",
    "bert label",
    "roberta",
    "distilbert label",
    "modernbert",
    "modernbert tags with biases",
    "gpt2",
    "llama",
    "llama tied, wide heads",
    "qwen3",
    "qwen3 tied, with biases in attention",
    "bart",
    "t5",
    "t5 gated",
    "vit",
]


def model_of(name, folder):
    """A small random model of a case of the zoo, and the case."""
    case = CASES[name]
    case.theirs().save_pretrained(folder)
    return case, checkpoint.load(folder).model


def some(model):
    """Uneven parts of each layer: all heads gone in one, all units in another."""
    keep = keep_all(model)
    for stack, config in stacks(model).items():
        shared = config.num_heads // config.kv_heads
        for i, kept in keep[stack].items():
            heads, units = list(kept.heads), sorted(range(3 + i, len(kept.units), 2 + i % 2))
            if isinstance(config.positions, RelativeBias):
                heads = [] if i == 1 else heads
            else:
                heads = [] if i == 1 else heads[-shared:] if i else heads[:-shared]
            keep[stack][i] = KeptLayer(heads, [] if i == 0 else units)
    return keep


def zeroed(model, keep):
    """A copy of the model in which what is not kept is multiplied by zero."""
    made = deepcopy(model)
    with torch.no_grad():
        for stack, config in stacks(model).items():
            for i, kept in keep[stack].items():
                block, size = blocks_of(made, stack)[i], config.head_width
                heads = torch.tensor([1.0 if h in set(kept.heads) else 0.0 for h in range(config.num_heads)])
                units = torch.tensor([1.0 if u in set(kept.units) else 0.0 for u in range(config.intermediate_size)])
                block.attention.output.weight.mul_(heads.repeat_interleave(size))
                block.feed_forward.output.weight.mul_(units)
    return made
