"""Adapters in the form of `peft`: adapter_config.json and adapter_model.safetensors, with Hugging Face's names.

Where their layer is several of ours in one (query, key and value of GPT-2), the adapters of the parts stand side by side in
one of a higher rank. r rank, I inputs and O outputs of a layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from safetensors.torch import load as read_tensors
from torch import Tensor, nn

from groundup.errors import InputError, printable
from groundup.families.checkpoint import FAMILIES
from groundup.families.family import ForeignConfig, TensorSource
from groundup.families.headers import headers
from groundup.families.weights import fuse, place, to_bytes, unpack
from groundup.manifest import read_verified
from groundup.nn.linear import LayerSlot, Linear, layer_slots
from groundup.nn.lora import Adapters, LoRALinear, LowRank, adapters, put_adapters
from groundup.nn.model import Model
from groundup.strict_json import parse_json

if TYPE_CHECKING:
    from groundup.folders import NewFolder

CONFIG, WEIGHTS, TOP = "adapter_config.json", "adapter_model.safetensors", "base_model.model."
DOWN, UP, LENGTHS = ".lora_A.weight", ".lora_B.weight", ".lora_magnitude_vector"
RENAMED = ("vit",)
TASKS = {
    "ForSequenceClassification": "SEQ_CLS",
    "ForTokenClassification": "TOKEN_CLS",
    "ForQuestionAnswering": "QUESTION_ANS",
    "ForCausalLM": "CAUSAL_LM",
    "LMHeadModel": "CAUSAL_LM",
    "ForConditionalGeneration": "SEQ_2_SEQ_LM",
}


class Theirs(NamedTuple):
    """A model's layers and heads by the names of the class of `transformers` that it is saved as."""

    layers: dict[str, list[tuple[TensorSource, LayerSlot]]]  # their module -> ours, in order
    heads: dict[str, tuple[TensorSource, nn.Parameter]]  # their tensor -> ours
    task: str | None


def write_adapter(folder: NewFolder, model: Model, family: str, base: str) -> None:
    """Write the adapters and heads of an adapted model into a new folder; `base` is where its base model lies.

    Raises InputError for a head that the class of `transformers` does not have.
    """
    theirs = names_of(model, family)
    tensors: dict[str, Tensor] = {}
    ranks: dict[str, int] = {}
    alphas: dict[str, float] = {}
    for module, ours in theirs.layers.items():
        if any(isinstance(one.layer, LoRALinear) for _, one in ours):
            low = side_by_side([one.layer for _, one in ours])
            ranks[module], alphas[module] = len(low.down), low.scale * len(low.down)
            tensors |= {TOP + module + DOWN: low.down, TOP + module + UP: low.up}
            tensors |= {} if low.magnitude is None else {TOP + module + LENGTHS: low.magnitude}
    saved = set()
    for name, (part, parameter) in theirs.heads.items():
        saved.add(name.split(".")[0])
        tensors[TOP + name] = fuse([(part, parameter.detach())])
    layers = list(adapters(model).values())
    least = min(ranks, key=lambda module: ranks[module])
    config = {
        "peft_type": "LORA",
        "task_type": theirs.task,
        "base_model_name_or_path": base,
        "inference_mode": True,
        "bias": "none",
        "r": ranks[least],
        "lora_alpha": alphas[least],
        "lora_dropout": getattr(layers[0].dropout, "rate", 0.0),
        "target_modules": sorted(ranks),
        "modules_to_save": sorted(saved) or None,
        "use_rslora": False,
        "rank_pattern": {module: rank for module, rank in ranks.items() if rank != ranks[least]},
        "alpha_pattern": {module: alpha for module, alpha in alphas.items() if alpha != alphas[least]},
        "use_dora": layers[0].magnitude is not None,
        "fan_in_fan_out": theirs.layers[least][0][0].transposed,
    }
    folder.write_json(CONFIG, config)
    folder.write_bytes(WEIGHTS, to_bytes({name: tensor.detach().contiguous() for name, tensor in tensors.items()}))


def read_adapter(folder: Path, model: Model, family: str) -> Adapters:
    """Adapt a base model, which has the heads already, as a folder of `peft` says.

    Raises InputError for other kinds of adapters, and unless every tensor has its place and shape.
    """
    config = ForeignConfig(parse_json(read_verified(folder, CONFIG), str(folder / CONFIG)), str(folder / CONFIG))
    config.refuse_unless("peft_type", "LORA")
    config.refuse_unless("bias", "none")
    headers(folder, [WEIGHTS])
    tensors = {
        name.removeprefix(TOP).removesuffix(".weight") if LENGTHS in name else name.removeprefix(TOP): tensor.float()
        for name, tensor in read_tensors(read_verified(folder, WEIGHTS)).items()
    }
    theirs = names_of(model, family)
    low: dict[LayerSlot[Linear], LowRank] = {}
    for module, ours in theirs.layers.items():
        down, up, lengths = (tensors.pop(module + suffix, None) for suffix in (DOWN, UP, LENGTHS))
        if down is None or up is None:
            continue
        outputs, inputs = sum(len(one.layer.weight) for _, one in ours), ours[0][1].layer.weight.shape[1]
        fits = up.shape == (outputs, len(down)) and down.shape == (len(down), inputs)
        if not fits or (lengths is not None and lengths.shape != (outputs,)):
            raise InputError(
                "ADAPTER_DIFFERS",
                folder / WEIGHTS,
                f"{printable(module)} is adapted in another shape",
                "use the base model that the adapter was trained on",
            )
        low |= cut_apart(ours, LowRank(down, up, scale_of(config, module, len(down)), lengths))
    adapters = put_adapters(model, low, config.number("lora_dropout", 0.0))
    for name, (part, parameter) in theirs.heads.items():
        tensor = tensors.pop(name, None)
        if tensor is not None and (value := unpack(tensor, part)).shape == parameter.shape:
            parameter.data.copy_(value)
        elif tensor is not None or name.split(".")[0] in (config.values.get("modules_to_save") or []):
            raise InputError("ADAPTER_DIFFERS", folder / WEIGHTS, f"{name} of the head is missing or of another shape")
    if tensors:
        raise InputError(
            "ADAPTER_DIFFERS",
            folder / WEIGHTS,
            f"{printable(next(iter(tensors)))} and {len(tensors) - 1} more have no place in the model",
            "use the base model that the adapter was trained on",
        )
    return adapters


def names_of(model: Model, family: str) -> Theirs:
    """Their names for the layers of blocks, and for the heads."""
    if family in RENAMED:
        raise InputError("NO_PEFT", family, "its modules have other names in memory than on disk", "merge the adapters")
    table = FAMILIES[family]
    architecture = table.architecture(model.config, model.head_configs)
    prefix = "" if architecture.heads else table.prefix  # a class without heads has no prefix
    layers: dict[str, list[tuple[TensorSource, LayerSlot]]] = {}
    for one in [*layer_slots(model, Linear), *layer_slots(model, LoRALinear)]:
        if ".blocks." in one.name:
            part = place(table, f"{one.name}.weight")
            layers.setdefault(part.name.removesuffix(".weight").removeprefix(prefix), []).append((part, one))
    heads: dict[str, tuple[TensorSource, nn.Parameter]] = {}
    for name, parameter in model.heads.named_parameters():
        head = name.split(".")[0]
        part = place(table, f"heads.{name}")
        if head not in architecture.heads or "." not in part.name or head not in ("label", "ends", "lm"):
            if bool(parameter.any()):
                raise InputError(
                    "NO_PLACE_FOR_HEAD",
                    f"head {head}",
                    f"{architecture.name} has no module for its {name}",
                    "save the adapters without this head",
                )
            continue
        heads[part.name] = (part, parameter)
    task = next((task for ending, task in TASKS.items() if architecture.name.endswith(ending)), None)
    return Theirs({m: sorted(ours, key=lambda pair: pair[0].number) for m, ours in sorted(layers.items())}, heads, task)


def side_by_side(layers: Sequence[nn.Module]) -> LowRank:
    """One adapter for the parts of a fused layer, in order; parts without one get nothing added, and keep their lengths."""
    adapted = [layer for layer in layers if isinstance(layer, LoRALinear)]
    ranks, scale = [len(layer.down) for layer in adapted], adapted[0].scale
    if any(layer.scale != scale for layer in adapted):
        raise InputError("NO_PLACE_FOR_ADAPTER", "lora", "the parts of one fused layer have different factors", "use one alpha")
    columns = iter(zip(accumulate([0, *ranks]), ranks))
    rows, lengths = [], []
    for layer in layers:
        assert isinstance(layer, Linear | LoRALinear)
        up = layer.weight.new_zeros(len(layer.weight), sum(ranks))
        if isinstance(layer, LoRALinear):
            first, rank = next(columns)
            up[:, first : first + rank] = layer.up.detach()
        rows.append(up)
        own = layer.magnitude if isinstance(layer, LoRALinear) else None
        lengths.append(torch.linalg.vector_norm(layer.weight, dim=1) if own is None else own)
    magnitude = None if adapted[0].magnitude is None else torch.cat(lengths)
    return LowRank(torch.cat([layer.down for layer in adapted]), torch.cat(rows), scale, magnitude)


def cut_apart(ours: Sequence[tuple[TensorSource, LayerSlot]], low: LowRank) -> dict[LayerSlot[Linear], LowRank]:
    """The adapters of the parts of a fused layer; rows of A that do nothing for a part are left out, and parts without any."""
    if len(ours) == 1:
        return {ours[0][1]: low}
    ups = low.up.chunk(len(ours))
    lengths = [None] * len(ours) if low.magnitude is None else low.magnitude.chunk(len(ours))
    low_rank = {}
    for (_, one), up, length in zip(ours, ups, lengths, strict=True):
        used = up.any(0)
        same = length is None or torch.allclose(length, torch.linalg.vector_norm(one.layer.weight, dim=1), rtol=1e-6)
        if bool(used.any()) or not same:
            used = used if bool(used.any()) else torch.ones_like(used)
            low_rank[one] = LowRank(
                low.down[used].clone(), up[:, used].clone(), low.scale, None if length is None else length.clone()
            )
    if not low_rank:  # never trained: the parts are distinguished by nothing
        low_rank = {one: LowRank(low.down.clone(), up.clone(), low.scale) for (_, one), up in zip(ours, ups, strict=True)}
    return low_rank


def scale_of(config: ForeignConfig, module: str, rank: int) -> float:
    """alpha / r of a module, or alpha / sqrt(r) (Kalajdzievski, 2023, arXiv:2312.03732)."""
    patterns: Mapping = config.section("alpha_pattern").values
    matches = [name for name in patterns if module == name or module.endswith(f".{name}")]
    alpha = config.section("alpha_pattern").number(matches[0], 8.0) if matches else config.number("lora_alpha", 8.0)
    return alpha / (rank**0.5 if config.flag("use_rslora", False) else rank)
