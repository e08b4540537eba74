"""Model folders of Hugging Face's form: config.json and model.safetensors, read and written by a family's table.

model.safetensors holds what the class named in `architectures` holds, under its names, so that `transformers` loads it
and agrees. What that class has no place for (a next-sentence head beside a classifier, say) lies in heads.safetensors
under our names, and config.json describes all heads under the key `groundup`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from groundup.adapter_folder import base_of, is_adapter
from groundup.errors import InputError, printable
from groundup.families.config_heads import (
    PROBLEMS,
    check_labels,
    heads_of,
    outputs,
    read_labels,
    read_pooling,
    read_problem,
    write_heads,
)
from groundup.families.family import Architecture, Family, ForeignConfig, TensorSource, token_of
from groundup.families.features import KINDS
from groundup.families.headers import OWN_WEIGHTS, WEIGHTS, StoredTensor, headers, tensors_of
from groundup.families.keys import check_keys
from groundup.families.known import FAMILIES, OWN, family_named
from groundup.families.merging import adapt, settings_with
from groundup.families.names import canonical_names, fits
from groundup.families.own import SCALE, Storage, describe, halves, pair_scales, read_shapes, read_storage, reads_itself
from groundup.families.recognition import recognize
from groundup.families.weights import check_ties, fill, fuse, match_names, to_bytes, without_repeats
from groundup.manifest import read_verified
from groundup.messages.current import message
from groundup.nn.config import HeadConfig, PooledHeadConfig, Pooling, TransformerConfig
from groundup.nn.inference.int8 import int8_parameters
from groundup.nn.model import Model
from groundup.strict_json import parse_json

if TYPE_CHECKING:
    from groundup.folders import NewFolder

CONFIG, HEADS = "config.json", "heads.safetensors"
MOST_CONFIG_BYTES = 2**20


@dataclass
class Loaded:
    """A model from a folder, and what its config.json says besides the shape."""

    model: Model
    config: TransformerConfig
    family: str
    labels: list[str] | None  # names of the outputs of the head `label`
    metadata: dict  # config.json as it is
    notes: list[str] = field(default_factory=list)  # what the user should know: converted, ignored
    pooling: Pooling | None = None  # how the encoder was trained to make one vector of a text, where the folder says so
    problem: str | None = None  # the task that the heads are for
    storage: Storage = "float32"  # of the matrices in the folder; in the model they are float32


def load(folder: Path | str, dropout: float | None = None) -> Loaded:
    """The model in a folder, in float32 and eval mode. Nothing is allocated before every name and shape agrees.

    `dropout`, of states and attention, replaces what config.json says.
    """
    folder = Path(folder)
    theirs, adapter = read_config(folder), folder if is_adapter(folder) else None
    folder = folder if adapter is None else base_of(folder)
    theirs = theirs if adapter is None else settings_with(adapter, theirs)
    tensors = tensors_of(folder)
    family = family_of(theirs, tensors)
    tied = theirs.values.get("tie_word_embeddings") is not False
    stored = canonical_names(family, tensors, folder)
    stored = stored if adapter is None else adapt(adapter, family, stored, theirs)
    stored = pair_scales(without_repeats(family, stored, tied))
    extra = pair_scales(headers(folder, [HEADS] if (folder / HEADS).exists() else []))
    heads = heads_of(folder, theirs, family, stored, extra, adapter is not None)
    config, encoder = shapes_of(theirs, family, heads, stored, extra)
    check_keys(family, theirs)
    if dropout is not None:
        config = replace(config, dropout=dropout, attention_dropout=dropout)
        encoder = encoder and replace(encoder, dropout=dropout, attention_dropout=dropout)
    with with_place(theirs):
        model = Model(config, heads, seed=None, encoder=encoder)
    plan = match_names(family, model, stored, extra, folder)
    check_ties(family, stored, {part.name for _, part in plan.values()}, folder)
    fill(model, plan)

    notes = theirs.notes
    if unused := [tensor.name for name, tensor in stored.items() if fits(name, family.unused)]:
        notes.append(message("tensors unused", folder=folder, count=len(unused), name=printable(unused[0])))
    if "auto_map" in theirs.values:
        notes.append(message("code not run", place=folder / CONFIG))
    converted = sorted({tensor.dtype for tensor, _ in plan.values()} - {"F32", "I8"})
    if converted:
        notes.append(message("weights converted", folder=folder, types=", ".join(converted)))
    labels, pooling = read_labels(theirs, heads), read_pooling(folder)
    problem, storage = read_problem(theirs, heads), read_storage(theirs)
    return Loaded(model.eval(), config, family.name, labels, theirs.values, notes, pooling, problem, storage)


def new_head(loaded: Loaded, classes: int, dropout: float, pooling: Pooling | None) -> PooledHeadConfig:
    """A classification head for a model: its family's own, or one with another pooling. Where a decoder has an encoder beside
    it, the head says what the decoder begins with."""
    head = FAMILIES[loaded.family].classifier(loaded.config, classes, dropout, pooling)
    if loaded.model.encoder is None:
        return head
    start = token_of(ForeignConfig(loaded.metadata, loaded.family), "decoder_start_token_id")
    if start < 0:
        raise InputError(
            "NO_START",
            loaded.family,
            "does not say what its decoder begins with",
            "name decoder_start_token_id in its config.json",
        )
    return replace(head, start=start)


def load_to_train(folder: Path | str, dropout: float | None = None, dequantize: bool | None = None) -> Loaded:
    """The same for training on, which matrices in int8 are not for unless `dequantize` takes their rounded values; None: that
    cannot be asked for."""
    if not dequantize and read_storage(read_config(Path(folder))) == "int8":
        further = "" if dequantize is None else ", or go on from the rounded weights with --dequantize"
        raise InputError(
            "INT8_MODEL",
            folder,
            "its weights are stored in int8: rounded, and too coarse for small updates",
            f"train the model that it was made from{further}",
        )
    return load(folder, dropout)


def save(
    folder: NewFolder,
    model: Model,
    family: str,
    *,
    labels: list[str] | None = None,
    specials: Mapping[str, int] | None = None,
    problem: str = "classification",
    storage: Storage = "float32",
) -> None:
    """Write config.json, model.safetensors and, where needed, heads.safetensors into a new folder.

    `labels` name the outputs of the head `label`, whose `problem` may be another than classification; `specials` are ids by
    role (pad, cls, sep; -1 for none). With `storage` int8, or with layers of sizes of their own that the family's class does
    not have, the folder is of our own form (own.py).
    """
    table, heads = FAMILIES[family], model.head_configs
    theirs, own = describe(table, model, storage)
    architecture = table.architecture(model.config, heads)

    inside: dict[str, list[tuple[TensorSource, Tensor]]] = {}
    outside: dict[str, Tensor] = {}
    rounded = int8_parameters(model) if storage == "int8" else {}
    for name, parameter in model.named_parameters():
        tensors = in_architecture(table, architecture, model, name)
        part = table.place(name, architecture.prefix) if tensors else TensorSource(name)
        both = zip(("", SCALE), halves(parameter), strict=True) if name in rounded else [("", parameter.detach())]
        for suffix, tensor in both:
            if tensors:
                inside.setdefault(part.name + suffix, []).append((part, tensor))
            else:
                outside[name + suffix] = tensor.contiguous()

    ids = {role: i for role, i in (specials or {}).items() if i >= 0}
    theirs |= {"bos_token_id": None, "eos_token_id": None} | {key: ids.get(role) for role, key in table.roles.items()}
    begins = [head.start for head in heads.values() if isinstance(head, PooledHeadConfig) and head.start >= 0]
    theirs |= {"decoder_start_token_id": begins[0] if begins else ids.get(table.start)} if table.start else {}
    theirs |= {"architectures": [architecture.name], "dtype": "float32", OWN: {"heads": write_heads(heads)} | own}
    label = heads.get("label")
    if labels is None:
        labels = [f"LABEL_{i}" for i in range(outputs(label))] or None
    check_labels(labels, label)
    if labels is not None:
        theirs["id2label"] = {str(i): name for i, name in enumerate(labels)}
        theirs["label2id"] = {name: i for i, name in enumerate(labels)}
        theirs["problem_type"] = PROBLEMS.get(problem)
    folder.write_json(CONFIG, theirs)
    folder.write_bytes(OWN_WEIGHTS if own else WEIGHTS, to_bytes({name: fuse(parts) for name, parts in inside.items()}))
    if outside:
        folder.write_bytes(HEADS, to_bytes(outside))


def in_architecture(family: Family, architecture: Architecture, model: Model, name: str) -> bool:
    """Whether the class that the folder names holds this parameter."""
    side, rest = name.split(".", 1)
    piece = rest.split(".")[0]
    if side == "heads":
        return piece in architecture.heads
    config = model.config if side == "backbone" or model.encoder_config is None else model.encoder_config
    return f"{side}.{piece}" not in architecture.left and reads_itself(family, config, rest)


def read_shape(folder: Path) -> TransformerConfig:
    """The shape of the stack of a folder that reads what a user gives: what its config.json says, without weights."""
    theirs = read_config(folder)
    return read_shapes(family_of(theirs), theirs)[0]


def read_config(folder: Path) -> ForeignConfig:
    """config.json; of an adapter that of its base."""
    path = (base_of(folder) if is_adapter(folder) else folder) / CONFIG
    folder = path.parent
    if not path.is_file():
        raise InputError("NO_MODEL", folder, f"there is no {CONFIG}", "name a model folder, or a run folder that has one")
    if path.stat().st_size > MOST_CONFIG_BYTES:
        raise InputError("TOO_LARGE", path, f"{path.stat().st_size} bytes", limit=f"{MOST_CONFIG_BYTES} bytes")
    theirs = parse_json(read_verified(folder, CONFIG), str(path))
    if not isinstance(theirs, dict):
        raise InputError("BAD_CONFIG", path, "it is not an object")
    return ForeignConfig(theirs, str(path))


def family_of(theirs: ForeignConfig, tensors: Iterable[str] = ()) -> Family:
    """The family that config.json names; of one that names none, that of its tensors."""
    if (family := family_named(theirs)) is not None:
        return family
    name = theirs.values.get("model_type")
    recognized = recognize(FAMILIES, tensors) if name is None else None
    if recognized is not None:
        theirs.note(message("family of tensors", family=recognized.name))
        return recognized
    known = ", ".join(dict.fromkeys(name for family in FAMILIES.values() for name in (family.model_type, *family.also)))
    why = f": {KINDS[name]}" if isinstance(name, str) and name in KINDS else ""
    raise InputError(
        "UNKNOWN_FAMILY", theirs.place, f"model_type {theirs.show('model_type')} is not a family we know{why}", limit=known
    )


def shapes_of(
    theirs: ForeignConfig,
    family: Family,
    heads: Mapping[str, HeadConfig],
    stored: Mapping[str, StoredTensor],
    extra: Mapping[str, StoredTensor],
) -> tuple[TransformerConfig, TransformerConfig | None]:
    """The shapes of the stacks. A pooler is part of them where its tensors are there, and are no layer of a head."""
    name = family.prefix + "pooler.dense"
    inside = any(
        family.heads.get(head, {}).get("dense.linear") == name and getattr(one, "dense", False) for head, one in heads.items()
    )
    pooler = (f"{name}.weight" in stored and not inside) or "backbone.pooler.weight" in extra
    with with_place(theirs):
        config, encoder = read_shapes(family, theirs)
        return replace(config, pooler=pooler), encoder


@contextmanager
def with_place(theirs: ForeignConfig) -> Generator[None]:
    """What cannot be built is refused with the place of the config.json that describes it."""
    try:
        yield
    except InputError as error:
        if error.code not in ("BAD_SHAPE", "NO_POOLER"):
            raise
        what = error.what if error.code == "BAD_SHAPE" else f"{error.place}: {error.what}"
        raise InputError(error.code, theirs.place, what, "correct config.json, or copy the folder again") from None
