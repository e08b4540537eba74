"""Low-rank adapters of frozen layers: W = W0 + (alpha / r) B A.

LoRA: Hu et al., 2021, arXiv:2106.09685. DoRA: Liu et al., 2024, arXiv:2402.09353.
N tokens of the stream, I inputs and O outputs of a layer, r rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from groundup.errors import InputError
from groundup.nn.dropout import make_dropout
from groundup.nn.initialize import draw, generator_of
from groundup.nn.linear import LayerSlot, Linear, layer_slots
from groundup.nn.model import Model

Targets = Literal["query_value", "attention", "all_linear"]
SUFFIXES: dict[Targets, tuple[str, ...]] = {
    "query_value": ("attention.query", "attention.value"),
    "attention": ("attention.query", "attention.key", "attention.value", "attention.output"),
    "all_linear": ("",),
}  # of the layers inside blocks
Adapters = dict[str, "LoRALinear"]


class LoRALinear(nn.Module):
    """W0 x + b + scale B A dropout(x), where W0 and b are frozen and those of a layer; `down` is A [r, I], `up` is B [O, r].

    With a `magnitude` m [O] (DoRA) each row of W0 + scale B A is scaled to the norm m; as in the paper, no gradient flows
    through its own norm.
    """

    def __init__(self, layer: Linear, down: Tensor, up: Tensor, scale: float, dropout: float, magnitude: Tensor | None = None):
        super().__init__()
        self.weight, self.bias = layer.weight, layer.bias
        self.down, self.up, self.scale = nn.Parameter(down), nn.Parameter(up), scale
        self.magnitude = None if magnitude is None else nn.Parameter(magnitude)
        self.dropout = make_dropout(dropout)
        for parameter in layer.parameters():
            parameter.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        y = F.linear(x, self.weight, self.bias)  # [N, O]
        delta = F.linear(F.linear(self.dropout(x), self.down), self.up) * self.scale
        if self.magnitude is None:
            return y + delta
        factor = self.magnitude / self.row_norms()  # exactly 1 before the first update, so y does not change by a bit
        plain = y if self.bias is None else y - self.bias
        return y + (factor - 1) * plain + factor * delta

    @torch.no_grad()
    def row_norms(self) -> Tensor:
        """[O] the norm of each row of W0 + scale B A."""
        return torch.linalg.vector_norm(self.full_weight(), dim=1)

    def full_weight(self) -> Tensor:
        """W0 + scale B A."""
        return self.weight + self.scale * (self.up @ self.down)

    @torch.no_grad()
    def merge(self) -> Linear:
        """One ordinary layer with the same outputs."""
        whole = self.full_weight()
        if self.magnitude is not None:
            whole = whole * (self.magnitude / self.row_norms())[:, None]
        with torch.device("meta"):
            layer = Linear(whole.shape[1], whole.shape[0], bias=self.bias is not None)
        layer.weight = nn.Parameter(whole)
        layer.bias = None if self.bias is None else nn.Parameter(self.bias.clone())
        return layer


class LowRank(NamedTuple):
    """The matrices of one adapter: A [r, I], B [O, r], their factor, and the norms [O] of DoRA."""

    down: Tensor
    up: Tensor
    scale: float
    magnitude: Tensor | None = None


def add_lora(
    model: Model,
    rank: int = 8,
    alpha: float = 16.0,
    dropout: float = 0.05,
    targets: Targets = "query_value",
    dora: bool = False,
    seed: int = 0,
) -> Adapters:
    """Add adapters to the target layers of all blocks, of encoder and decoder, and freeze everything else except the heads.

    A is drawn with variance 1 / r from (seed, name of the layer), B is 0, so predictions do not change. Frozen blocks
    (`Model.freeze`) get none. Raises InputError when the model has adapters, or nothing to adapt.
    """
    if rank < 1:
        raise InputError("BAD_RANK", "rank", f"{rank} is not at least 1")

    def make_low_rank(place: LayerSlot[Linear]) -> LowRank:
        weight = place.layer.weight
        down = torch.empty(rank, weight.shape[1])
        draw(down, rank**-0.5, generator_of(seed, f"lora/{place.name}"))
        lengths = torch.linalg.vector_norm(weight.detach(), dim=1) if dora else None
        return LowRank(down.to(weight.device), weight.new_zeros(weight.shape[0], rank), alpha / rank, lengths)

    return put_adapters(model, {place: make_low_rank(place) for place in target_slots(model, targets)}, dropout)


def put_adapters(model: Model, low: Mapping[LayerSlot[Linear], LowRank], dropout: float) -> Adapters:
    """Add adapters with these matrices, and freeze everything else except the heads."""
    if model.adapted:
        raise InputError("ADAPTED", "lora", "the model has adapters already", "merge them first")
    if not low:
        raise InputError("NOTHING_TO_ADAPT", "lora", "no block is left to adapt", "freeze fewer blocks")
    model.requires_grad_(False)
    model.heads.requires_grad_(True)
    for place, (down, up, scale, magnitude) in low.items():
        place.replace(LoRALinear(place.layer, down, up, scale, dropout, magnitude))
    model.adapted = True
    model.train(model.training)
    return adapters(model)


def target_slots(model: Model, targets: Targets) -> Iterator[LayerSlot[Linear]]:
    """The layers that `targets` names, in blocks that are not frozen."""
    for place in layer_slots(model, Linear):
        side, _, rest = place.name.partition(".")
        in_block = side in ("backbone", "encoder") and rest.startswith("blocks.")
        frozen = side == "backbone" and in_block and int(rest.split(".")[1]) < model.frozen
        if in_block and not frozen and place.name.endswith(SUFFIXES[targets]):
            yield place


def adapters(model: Model) -> Adapters:
    """The adapted layers by name."""
    return {place.name: place.layer for place in layer_slots(model, LoRALinear)}


def merge_adapters(model: Model) -> Adapters:
    """Replace adapted layers by ordinary ones with W0 + (alpha / r) B A, so that the model can be saved. The returned adapters
    hold W0; `unmerge_adapters` puts them back. Frozen parameters stay frozen."""
    removed = adapters(model)
    for place in layer_slots(model, LoRALinear):
        place.replace(place.layer.merge().requires_grad_(False))
    model.adapted = False
    return removed


def unmerge_adapters(model: Model, removed: Mapping[str, LoRALinear]) -> None:
    """Undo `merge`: the layers with their adapters as they were, bit for bit."""
    slots = {place.name: place for place in layer_slots(model, Linear)}
    for name, layer in removed.items():
        slots[name].replace(layer)
    model.adapted = True


def adapter_state(model: Model) -> dict[str, Tensor]:
    """The parameters of an adapted model that its base lacks, by name: adapters and heads."""
    return {name: p.detach() for name, p in model.named_parameters() if is_adapter_parameter(name)}


def is_adapter_parameter(name: str) -> bool:
    """Whether a parameter of an adapted model belongs to its adapters or heads."""
    return name.startswith("heads.") or name.rpartition(".")[2] in ("down", "up", "magnitude")


def load_adapter(model: Model, state: Mapping[str, Tensor]) -> None:
    """Copy an `adapter_state` into a model of the same base with the same adapters.

    Raises InputError unless every name and shape agrees.
    """
    own = adapter_state(model)
    different = sorted(own.keys() ^ state.keys()) or [name for name in own if own[name].shape != state[name].shape]
    if different:
        raise InputError(
            "ADAPTER_DIFFERS",
            different[0],
            f"{len(different)} tensors are not those of this adapted model",
            "use the rank, targets and heads that the adapter was trained with",
        )
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(state[name])


def count_adapters(model: Model) -> int:
    """Parameters of the adapters, heads not among them: r (I + O) for each layer, and O more with DoRA."""
    return sum(p.numel() for name, p in adapter_state(model).items() if not name.startswith("heads."))
