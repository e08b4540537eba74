"""Adapters of `peft`, merged into the tensors of their base model: W + s B A, under the names of the class in `transformers`.

LoRA (Hu et al., 2021, arXiv:2106.09685) on linear layers and embeddings, with rsLoRA's factor and DoRA's lengths; heads and
biases that were trained beside it. r rank, I inputs and O outputs of a layer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from groundup.adapter_folder import CONFIG, WEIGHTS, base_of
from groundup.errors import InputError, printable
from groundup.families.config_heads import HEAD_FACTS, with_head
from groundup.families.family import QUESTIONS, TEXTS, TOKENS, Family, ForeignConfig, TensorSource
from groundup.families.headers import Low, StoredTensor, headers
from groundup.families.names import usual_names
from groundup.manifest import is_ours, read_manifest, read_verified
from groundup.messages.current import message
from groundup.strict_json import parse_json

TOP = "base_model.model."
PIECES = {
    "lora_A": "down",
    "lora_B": "up",
    "lora_embedding_A": "down",
    "lora_embedding_B": "up",
    "lora_magnitude_vector": "lengths",
}
CLASSES = {
    "SEQ_CLS": TEXTS,
    "TOKEN_CLS": TOKENS,
    "QUESTION_ANS": QUESTIONS,
    "CAUSAL_LM": "ForCausalLM",
    "SEQ_2_SEQ_LM": "ForConditionalGeneration",
}
PLAIN: dict[str, tuple] = {
    "lora_bias": (False,),
    "use_qalora": (False,),
    "use_bdlora": (False,),
    "layer_replication": (),
    "target_parameters": (),
    "trainable_token_indices": (),
    "alora_invocation_tokens": (),
    "megatron_config": (),
    "arrow_config": (),
    "kasa_config": (),
    "velora_config": (),
    "monteclora_config": (),
    "is_prompt_learning": (False,),
}
"""Settings that change what an adapter computes -> the values, besides null, with which they do not."""
CHANGE_BASES = ("pissa", "olora", "corda", "lora_ga")  # first values of LoRA that change the base model, too
OTHER_BASE = "use the base model that the adapter was trained on"


class Adapter(NamedTuple):
    """A folder of `peft`: its settings, its small matrices by the name of their module, and tensors that replace others."""

    config: ForeignConfig
    low: dict[str, dict[str, StoredTensor]]  # module -> down, up, lengths
    whole: dict[str, StoredTensor]  # name of a tensor -> the one in its place


def open_adapter(folder: Path) -> Adapter:
    """An adapter's folder, read and checked as far as it goes without its base."""
    place = folder / CONFIG
    values = parse_json(read_verified(folder, CONFIG), str(place))
    if not isinstance(values, dict):
        raise InputError("BAD_CONFIG", place, "it is not an object")
    config = ForeignConfig(values, str(place))
    if values.get("peft_type") != "LORA":
        config.refuse("peft_type", "is not supported; only 'LORA' is (DoRA and rsLoRA with it)")
    for key, plain in PLAIN.items():
        config.refuse_unless(key, None, *plain)
    if str(values.get("init_lora_weights")).startswith(CHANGE_BASES):
        config.refuse(
            "init_lora_weights",
            "changes the base model, too; convert the adapter with path_initial_model_for_weight_conversion",
        )
    low: dict[str, dict[str, StoredTensor]] = {}
    whole: dict[str, StoredTensor] = {}
    for name, tensor in headers(folder, [WEIGHTS]).items():
        if ".original_module." in name:  # what the adapter's own stands in the place of
            continue
        module, piece = split_adapter_name(name.removeprefix(TOP))
        if piece is None:
            whole[module] = tensor
        else:
            low.setdefault(module, {})[PIECES[piece]] = tensor
    return Adapter(config, low, whole)


def split_adapter_name(name: str) -> tuple[str, str | None]:
    """The module of a small matrix and which it is; of any other tensor its name as the class has it, and None."""
    for piece in PIECES:
        module, matched, rest = name.partition(f".{piece}")
        if matched and rest in ("", ".weight", ".default", ".default.weight"):
            return module, piece
    return re.sub(r"\.(modules_to_save(\.default)?|base_layer)(?=\.)", "", name), None


def settings_with(folder: Path, theirs: ForeignConfig) -> ForeignConfig:
    """config.json of the base, of the class that the adapter was trained as; labels of another head are not kept."""
    config = parse_json(read_verified(folder, CONFIG), str(folder / CONFIG))
    task = CLASSES.get(config.get("task_type") or "") if isinstance(config, dict) else None
    values = theirs.values | ({} if task is None else {"architectures": [task]})
    if is_ours(folder) and HEAD_FACTS in (extra := read_manifest(folder).extra):
        values = with_head(values, extra[HEAD_FACTS])
    return ForeignConfig(values, theirs.place, notes=theirs.notes)


def adapt(folder: Path, family: Family, stored: Mapping[str, StoredTensor], theirs: ForeignConfig) -> dict[str, StoredTensor]:
    """The tensors of a base model with an adapter's: new heads and biases in their places, small matrices to be added."""
    adapter = open_adapter(folder)
    tensors = dict(stored)
    for name, usual in usual_names(family, adapter.whole).items():
        tensors[usual] = adapter.whole[name]
    if "label" in heads_named(family, usual_names(family, adapter.whole).values()):
        forget_labels(theirs, tensors, family)
    names = usual_names(family, [f"{module}.weight" for module in adapter.low])
    for module, matrices in adapter.low.items():
        name = names[f"{module}.weight"]
        if name not in tensors:
            what = f"{printable(module)} is adapted and has no place in the model"
            raise InputError("ADAPTER_DIFFERS", folder / WEIGHTS, what, OTHER_BASE)
        tensors[name] = replace(
            tensors[name], low=fitted(folder, module, matrices, tensors[name], transposed(family, name), adapter.config)
        )
    if not adapter.low and not adapter.whole:
        raise InputError("ADAPTER_DIFFERS", folder / WEIGHTS, "holds no tensor", "copy the file again")
    theirs.note(message("adapter merged", adapter=folder, base=base_of(folder)))
    return tensors


def fitted(
    folder: Path, module: str, matrices: dict[str, StoredTensor], whole: StoredTensor, turned: bool, config: ForeignConfig
) -> Low:
    """The small matrices of a module, whose shapes fit."""
    down, up, lengths = (matrices.get(piece) for piece in ("down", "up", "lengths"))
    if down is None or up is None or len(down.shape) != 2 or len(up.shape) != 2 or len(whole.shape) != 2:
        raise InputError(
            "ADAPTER_DIFFERS", folder / WEIGHTS, f"{printable(module)} lacks one of its two small matrices", OTHER_BASE
        )
    embedding = "embedding" in down.name.rsplit(".lora_", 1)[-1]
    turned = turned or embedding  # of an embedding [V, C] the matrices are A [r, V] and B [C, r]
    shape = whole.shape[::-1] if turned else whole.shape
    fits = up.shape == (shape[0], down.shape[0]) and down.shape[1] == shape[1] and down.shape[0] > 0
    if not fits or (lengths is not None and lengths.shape not in ((shape[0],), (1, shape[0]))):
        shapes = (
            f"{printable(module)} is adapted as {list(up.shape)} x {list(down.shape)}, and the model has {list(shape)} there"
        )
        raise InputError("ADAPTER_DIFFERS", folder / WEIGHTS, shapes, OTHER_BASE)
    return Low(down, up, scale_of(config, module, down.shape[0]), turned, lengths)


def scale_of(config: ForeignConfig, module: str, rank: int) -> float:
    """alpha / r of a module, or alpha / sqrt(r) (Kalajdzievski, 2023, arXiv:2312.03732)."""
    patterns = config.section("alpha_pattern")
    for name in patterns.values:
        if not re.fullmatch(r"[\w.]+", name):
            patterns.refuse(name, "is a pattern that is not supported; only names of modules are")
    matches = [name for name in patterns.values if module == name or module.endswith(f".{name}")]
    alpha = patterns.number(matches[0], 8.0) if matches else config.number("lora_alpha", 8.0)
    return alpha / (rank**0.5 if config.flag("use_rslora", False) else rank)


def transposed(family: Family, name: str) -> bool:
    """Whether a tensor stands [in, out] on disk (GPT-2)."""
    rows = [
        row
        for table in (family.backbone, family.encoder)
        for row in table.values()
        if isinstance(row, TensorSource) and row.transposed
    ]
    pattern = ".".join("*" if piece.isdigit() else piece for piece in name.removesuffix(".weight").split("."))
    return any(pattern == family.prefix + row.name for row in rows)


def heads_named(family: Family, names: object) -> set[str]:
    """The heads that some of these tensors are of."""
    rows = {
        (head, row.name if isinstance(row, TensorSource) else row)
        for head, table in family.heads.items()
        for row in table.values()
    }
    return {head for name in list(names) for head, row in rows if name == row or name.rpartition(".")[0] == row}  # ty: ignore[invalid-argument-type]


def forget_labels(theirs: ForeignConfig, tensors: Mapping[str, StoredTensor], family: Family) -> None:
    """Names of labels in the base's config.json, where the adapter's head has another number of outputs."""
    rows = {row for row in family.heads["label"].values() if isinstance(row, str)}
    counts = {tensors[f"{row}.weight"].shape[0] for row in rows if f"{row}.weight" in tensors}
    names = theirs.values.get("id2label")
    if isinstance(names, dict) and len(names) not in counts:
        theirs.values.pop("id2label")
        theirs.values.pop("label2id", None)
        theirs.note(message("labels of another head"))
