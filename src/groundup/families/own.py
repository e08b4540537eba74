"""What of a model folder is of our own form: layers with sizes of their own, inputs that the family does not read, and matrices
stored in int8.

Such a folder has `"model_type": "groundup"` and its weights in groundup.safetensors: a program that does not know the form
finds no weights, where it could have found wrong ones. The key `groundup` of config.json says the family whose names the
tensors have, the sizes of the layers and the inputs of each stack (`shape`, `encoder_shape`), and how matrices are stored:
under `weights: "int8"` a tensor NAME of whole numbers stands beside its NAME_scale, and NAME * NAME_scale are its values,
however they lie. Tensors of inputs that the family does not read lie in heads.safetensors under our names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Literal

from torch import Tensor

from groundup.config import make_settings
from groundup.errors import InputError
from groundup.families.family import Family, ForeignConfig
from groundup.families.headers import StoredTensor
from groundup.families.known import OWN
from groundup.nn.config import TransformerConfig
from groundup.nn.inference.int8 import quantize
from groundup.nn.inputs import INPUTS, Input, Words
from groundup.nn.model import Model

Storage = Literal["float32", "int8"]
SHAPES = ("shape", "encoder_shape")
LAYERS = ("heads_per_layer", "widths_per_layer")
INPUTS_KEY = "inputs"
TEXT_SIZES = ("vocab_size", "max_positions")  # of a text beside what a family reads
SCALE = "_scale"
RULE = f"value = NAME * NAME{SCALE}"


def describe(table: Family, model: Model, storage: Storage) -> tuple[dict, dict]:
    """config.json in the family's words, and what ours say besides; nothing where the former are enough."""
    config, encoder, heads = model.config, model.encoder_config, model.head_configs
    own_inputs = write_inputs(table, config), {} if encoder is None else write_inputs(table, encoder)
    config, encoder = usual_inputs(table, config), None if encoder is None else usual_inputs(table, encoder)
    alike, encoder_shape = plain(config), None if encoder is None else plain(encoder)
    try:
        theirs = table.write_config(alike, heads, encoder_shape)
        check_expressible(table, alike, encoder_shape, theirs)
    except InputError:
        full, full_beside = whole(config), None if encoder is None else whole(encoder)
        if (alike, encoder_shape) == (full, full_beside):
            raise
        alike, encoder_shape = config, encoder
        theirs = table.write_config(full, heads, full_beside)
        check_expressible(table, full, full_beside, theirs)
    shapes = {
        key: write_shape(one) | inputs for key, one, inputs in zip(SHAPES, (alike, encoder_shape), own_inputs, strict=True)
    }
    own: dict[str, object] = {key: shape for key, shape in shapes.items() if shape}
    if storage == "int8":
        own |= {"weights": storage, "rule": RULE}
    return (theirs | {"model_type": OWN}, {"family": table.name} | own) if own else (theirs, {})


def check_expressible(family: Family, config: TransformerConfig, encoder: TransformerConfig | None, theirs: dict) -> None:
    """What the family would read back must be what we have."""
    lost = differences(config, family.read_config(ForeignConfig(theirs, family.name)))
    if encoder is not None and family.read_encoder is not None:
        lost += [f"encoder's {name}" for name in differences(encoder, family.read_encoder(ForeignConfig(theirs, family.name)))]
    if lost:
        raise InputError("WRONG_FAMILY", family.name, f"this family cannot hold the model's {', '.join(lost)}")


def differences(config: TransformerConfig, back: TransformerConfig) -> list[str]:
    """Names of what differs, but for what is no matter of the shape: a family may have no word for dropout (Llama)."""
    back = replace(
        back,
        pooler=config.pooler,
        initialization=config.initialization,
        dropout=config.dropout,
        attention_dropout=config.attention_dropout,
    )
    return [f.name for f in fields(config) if getattr(back, f.name) != getattr(config, f.name)]


def plain(config: TransformerConfig) -> TransformerConfig:
    """The same shape without sizes per layer, where all layers are alike: then other programs know it, too."""
    heads, widths = set(config.heads), set(config.widths)
    if len(heads) > 1 or len(widths) > 1 or 0 in heads | widths:
        return config
    config = replace(config, intermediate_size=widths.pop(), widths_per_layer=())
    number = heads.pop()
    if number == config.num_heads or config.cross_attention:  # whose heads stay as many as they were
        return replace(config, heads_per_layer=()) if number == config.num_heads else config
    return replace(config.of_layer(0), num_heads=number)


def whole(config: TransformerConfig) -> TransformerConfig:
    """A shape without what is said per layer."""
    return replace(config, heads_per_layer=(), widths_per_layer=())


def usual_inputs(family: Family, config: TransformerConfig) -> TransformerConfig:
    """The same shape with the one kind of input that the family's config.json describes."""
    usual = [one for one in config.inputs if one.kind == family.reads]
    if not usual and family.reads != Words.kind:
        raise InputError("WRONG_FAMILY", family.name, f"it reads {family.reads}, and the model does not")
    config = replace(config, inputs=tuple(usual) or (Words(),), vocab_size=config.vocab_size or int(not usual))
    return config if family.reads == Words.kind else replace(config, vocab_size=0, max_positions=config.longest)


def write_inputs(family: Family, config: TransformerConfig) -> dict:
    """What is read, where the family reads something else."""
    if config.inputs == usual_inputs(family, config).inputs:
        return {}
    entries = [{"kind": one.kind, **asdict(one)} for one in config.inputs]
    if family.reads != Words.kind:  # whose config.json has no word for the sizes of texts
        sizes = {name: getattr(config, name) for name in TEXT_SIZES}
        entries = [entry | sizes if entry["kind"] == Words.kind else entry for entry in entries]
    return {INPUTS_KEY: entries}


def read_inputs(theirs: ForeignConfig) -> tuple[Input, ...]:
    """What is read, as `write_inputs` says it."""
    inputs: list[Input] = []
    for number, values in enumerate(input_entries(theirs)):
        entry = ForeignConfig(values, f"{theirs.place}: {INPUTS_KEY} {number}")
        cls = entry.choice("kind", "", INPUTS)
        settings = {
            key: value for key, value in values.items() if key != "kind" and (cls is not Words or key not in TEXT_SIZES)
        }
        inputs.append(make_settings(cls, settings, entry.place))
    return tuple(inputs)


def input_entries(theirs: ForeignConfig) -> list[dict]:
    """Each input as config.json describes it."""
    entries = theirs.value(INPUTS_KEY)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        theirs.refuse(INPUTS_KEY, "is not a list of objects")
    return entries


def read_text_sizes(theirs: ForeignConfig) -> dict[str, int]:
    """The sizes of texts that stand beside what a family reads."""
    for values in input_entries(theirs):
        if values.get("kind") == Words.kind:
            entry = ForeignConfig(values, f"{theirs.place}: {INPUTS_KEY}: {Words.kind}")
            return {name: entry.integer(name, 0) for name in TEXT_SIZES if name in values}
    return {}


def reads_itself(family: Family, config: TransformerConfig, parameter: str) -> bool:
    """Whether the family's own models have this parameter of a stack (`embed.tokens.weight`), or it is of another input."""
    if not parameter.startswith("embed."):
        return True
    if len(config.inputs) > 1:
        return parameter.startswith(f"embed.kinds.{family.reads}.")
    return config.reads(family.reads)


def write_shape(config: TransformerConfig | None) -> dict:
    """What is said per layer."""
    return {} if config is None else {name: list(getattr(config, name)) for name in LAYERS if getattr(config, name)}


def read_shapes(family: Family, theirs: ForeignConfig) -> tuple[TransformerConfig, TransformerConfig | None]:
    """The shapes that config.json describes: that of the model, and that of the stack beside it."""
    encoder_shape = None if family.read_encoder is None else read_shape(theirs, SHAPES[1], family.read_encoder(theirs))
    return read_shape(theirs, SHAPES[0], family.read_config(theirs)), encoder_shape


def read_shape(theirs: ForeignConfig, key: str, config: TransformerConfig) -> TransformerConfig:
    """A shape with the sizes per layer and the inputs that config.json has under a key."""
    stored_shape = theirs.section(OWN).section(key)
    for name in stored_shape.values:
        if name not in (*LAYERS, INPUTS_KEY):
            stored_shape.refuse(name, "is not known here")
    config = replace(config, **{name: stored_shape.integers(name) for name in LAYERS})
    if INPUTS_KEY not in stored_shape.values:
        return config
    inputs = read_inputs(stored_shape)
    sizes = {"vocab_size": config.vocab_size * any(one.kind == Words.kind for one in inputs)} | read_text_sizes(stored_shape)
    return replace(config, inputs=inputs, **sizes)


def read_storage(theirs: ForeignConfig) -> Storage:
    """How matrices are stored."""
    return theirs.section(OWN).choice("weights", "float32", {"float32": "float32", "int8": "int8"})


def halves(parameter: Tensor) -> tuple[Tensor, Tensor]:
    """A matrix [O, I] as whole numbers and their scales [O, 1]."""
    quantized = quantize(parameter)
    return quantized.values, quantized.scales[:, None]


def pair_scales(stored: Mapping[str, StoredTensor]) -> dict[str, StoredTensor]:
    """The tensors of a folder, those of whole numbers with their scales."""
    scales = {name.removesuffix(SCALE): tensor for name, tensor in stored.items() if name.endswith(SCALE)}
    return {
        name: replace(tensor, scale=scales[name]) if name in scales and tensor.dtype == "I8" else tensor
        for name, tensor in stored.items()
        if name.removesuffix(SCALE) not in stored or not name.endswith(SCALE)
    }
