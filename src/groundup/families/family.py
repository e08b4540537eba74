"""A family is data: which of their modules is which of ours, and how their config names a shape.

Rows name modules (`.weight` and `.bias` follow) or single tensors, `*` stands for the layer, names are those on disk.
Only one direction is written; the walk starts from our names, so that nothing is left out unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import NamedTuple, NoReturn, TypeVar

from groundup.errors import InputError, printable
from groundup.families import presets
from groundup.messages.current import message
from groundup.nn.config import Activation, HeadConfig, NumberHeadConfig, PooledHeadConfig, Pooling, TransformerConfig


class TensorSource(NamedTuple):
    """One of several equal slices of a fused matrix, along its rows."""

    name: str
    number: int = 0
    count: int = 1
    transposed: bool = False  # their matrices stand [in, out]
    boxed: bool = False  # theirs has one more dimension, of length 1, in front


class Architecture(NamedTuple):
    """A class of `transformers`, the heads it holds, and what of the backbone it leaves out."""

    name: str
    heads: tuple[str, ...]
    left: tuple[str, ...] = ()
    prefix: str | None = None  # before every name of the backbone, where it is not the family's


TOKENS, QUESTIONS = "ForTokenClassification", "ForQuestionAnswering"  # what their classes for numbers at tokens end with
TEXTS, CHOICES = "ForSequenceClassification", "ForMultipleChoice"
Shapes = Mapping[str, tuple[int, ...]]  # of the tensors of a folder, by name
ROLES = {"pad": "pad_token_id", "cls": "cls_token_id", "sep": "sep_token_id"}
BOUNDS = {"pad": "pad_token_id", "cls": "bos_token_id", "sep": "eos_token_id"}  # of families whose texts begin and end by them
ACTIVATIONS: dict[str, Activation] = {
    "gelu": "gelu",
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "quick_gelu": "gelu_quick",
    "relu": "relu",
    "relu2": "relu_squared",
    "silu": "silu",
    "swish": "silu",
    "tanh": "tanh",
}  # theirs -> ours; of several the first is written


def write_activation(name: str) -> str:
    """Their name for ours."""
    return next(theirs for theirs, ours in ACTIVATIONS.items() if ours == name)


def token_architecture(name: str, heads: Mapping[str, HeadConfig], dense: bool = False) -> Architecture | None:
    """The class for a label of each token, or for the ends of an answer, of the family whose classes begin with `name`."""
    for head, ending in (("label", TOKENS), ("ends", QUESTIONS)):
        head_class = heads.get(head)
        if (
            isinstance(head_class, NumberHeadConfig)
            and head_class.dense == dense
            and (head == "label" or head_class.outputs == 2)
        ):
            return Architecture(name + ending, (head,))
    return None


def find_ends(shapes: Shapes) -> dict[str, HeadConfig]:
    """The head for the ends of an answer, where its tensors are there."""
    return {"ends": NumberHeadConfig(outputs=2)} if "qa_outputs.weight" in shapes else {}


def rows_of(shapes: Shapes, name: str) -> int:
    """Outputs of a matrix [O, I] of the folder."""
    return max(1, *shapes[name][:1], 1)


def at_each_token(theirs: ForeignConfig, texts: bool) -> bool:
    """Whether a classifier speaks of each token. Where the same tensors serve two classes, the name in `architectures` decides,
    and without one `texts`: whether the tensors are rather those of the class for whole texts."""
    if theirs.names("architectures", TOKENS):
        return True
    if theirs.names("architectures", CHOICES):
        theirs.refuse("architectures", "chooses among several texts, and no such head is known here")
    if not theirs.names("architectures", TEXTS):
        key = "classifier of texts" if texts else "classifier of tokens"
        theirs.note(message(key, value=theirs.show("architectures")))
    return not texts and not theirs.names("architectures", TEXTS)


def names_tags(theirs: ForeignConfig) -> bool:
    """Whether the labels in config.json are tags, like O and B-PER."""
    labels = theirs.section("id2label").values.values()
    return any(label == "O" or (isinstance(label, str) and label[1:2] == "-") for label in labels)


def token_of(theirs: ForeignConfig, key: str) -> int:
    """A token by its key in config.json; -1 for none. Of several the first."""
    value = theirs.values.get(key)
    theirs.keys_read.add(key)
    value = value[0] if isinstance(value, list) and value else value
    if value is None:
        return -1
    if type(value) is not int or not -1 <= value <= MOST:
        theirs.refuse(key, "is not the number of a token")
    return value


def usual_classifier(config: TransformerConfig, classes: int, dropout: float, pooling: Pooling | None) -> PooledHeadConfig:
    """The classification head of families whose class has none of its own."""
    return presets.read_at(presets.label_head(config, classes, dropout), pooling)


@dataclass(frozen=True)
class Family:
    """Tables of one architecture. `heads` hold the heads it can express, by our name."""

    name: str  # `model_type` in config.json, and what follows a blank where tables differ within one
    prefix: str  # before every name of the backbone when there are heads
    backbone: Mapping[str, str | TensorSource]
    heads: Mapping[str, Mapping[str, str | TensorSource]]
    aliases: Mapping[str, str]  # a tensor that repeats another: name -> the original
    ignored: tuple[str, ...]  # tensors without meaning for us; * stands for anything
    read_config: Callable[[ForeignConfig], TransformerConfig]
    write_config: Callable[[TransformerConfig, Mapping[str, HeadConfig], TransformerConfig | None], dict]
    find_heads: Callable[[ForeignConfig, Shapes], dict[str, HeadConfig]]  # (config.json, its tensors) -> heads in the folder
    architecture: Callable[[TransformerConfig, Mapping[str, HeadConfig]], Architecture]
    encoder: Mapping[str, str | TensorSource] = field(default_factory=dict)  # beside a decoder
    read_encoder: Callable[[ForeignConfig], TransformerConfig] | None = None
    start: str | None = None  # the special token that a decoder beside an encoder begins with
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES)  # our special tokens -> keys in config.json
    classifier: Callable[[TransformerConfig, int, float, Pooling | None], PooledHeadConfig] = usual_classifier
    """The classification head that its class has, or with another pooling: (shape, classes, dropout, pooling) -> head."""
    objectives: tuple[str, ...] = ("masked", "replaced")  # what it can be pretrained on, its own one first
    reads: str = "text"  # the kind of input that its config.json describes; folders of our own form may have others
    recognizes: Callable[[ForeignConfig], bool] = lambda theirs: True  # whether a config.json of this `model_type` is meant
    also: tuple[str, ...] = ()  # other names of `model_type` for the same tensors and rules
    unused: tuple[str, ...] = ()  # tensors of heads that are not read, named in a note; * stands for anything
    plain: Mapping[str, tuple] = field(default_factory=dict)
    """Keys of config.json that change what is computed -> the values with which they do not; others are refused."""

    @property
    def model_type(self) -> str:
        """What config.json calls it."""
        return self.name.split()[0]

    def place(self, ours: str, prefix: str | None = None) -> TensorSource:
        """Where our parameter is on disk (with the family's prefix, or this one). KeyError when there is no such tensor."""
        side, rest = ours.split(".", 1)
        if side != "heads":
            rest = rest.replace(f"embed.kinds.{self.reads}.", "embed.", 1)  # of several kinds
            slot = find(self.backbone if side == "backbone" else self.encoder, rest)
            return slot._replace(name=(self.prefix if prefix is None else prefix) + slot.name)
        head, rest = rest.split(".", 1)
        return find(self.heads[head], rest)


def find(table: Mapping[str, str | TensorSource], ours: str) -> TensorSource:
    """The row for a parameter: its own, or that of its module."""
    pieces = ours.split(".")
    layers = [piece for piece in pieces if piece.isdigit()]
    pattern = ".".join("*" if piece.isdigit() else piece for piece in pieces)
    module, _, leaf = pattern.rpartition(".")
    row, leaf = (table[pattern], "") if pattern in table else (table[module], f".{leaf}")
    part = row if isinstance(row, TensorSource) else TensorSource(row)
    return part._replace(name=part.name.replace("*", layers[0] if layers else "*") + leaf)


Choice = TypeVar("Choice")
MOST, MOST_LAYERS = 2**20, 1024  # of any size in a config.json, and of layers


@dataclass(frozen=True)
class ForeignConfig:
    """A foreign config.json, read with types and limits. It keeps which keys were asked for, and what is to be said of them."""

    values: dict
    place: str
    keys_read: set[str] = field(default_factory=set, compare=False)
    notes: list[str] = field(default_factory=list, compare=False)

    def value(self, key: str, default: object = None) -> object:
        """What stands under a key."""
        self.keys_read.add(key)
        return self.values.get(key, default)

    def integer(self, key: str, default: int, least: int = 1, most: int = MOST) -> int:
        """A whole number from `least` to `most`."""
        value = self.value(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(key, f"is not a whole number from {least} to {most}")
        return value

    def layers(self, key: str, default: int) -> int:
        """A number of layers."""
        return self.integer(key, default, most=MOST_LAYERS)

    def integers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers from 0 to MOST; none when it is absent."""
        value = self.value(key, [])
        if not isinstance(value, list) or any(type(n) is not int or not 0 <= n <= MOST for n in value):
            self.refuse(key, f"is not a list of whole numbers from 0 to {MOST}")
        return tuple(value)

    def number(self, key: str, default: float) -> float:
        """A finite number of at least 0; null is the default."""
        value = self.value(key)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int | float) or not (isfinite(value) and value >= 0):
            self.refuse(key, "is not a number of at least 0")
        return float(value)

    def positive(self, key: str, default: float) -> float:
        """A finite number above 0; null is the default."""
        value = self.number(key, default)
        if not value:
            self.refuse(key, "is not a number above 0")
        return value

    def fraction(self, key: str, default: float) -> float:
        """A number of at least 0 and below 1, like a dropout rate; null is the default."""
        value = self.number(key, default)
        if value >= 1:
            self.refuse(key, "is not a number of at least 0 and below 1")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false; null is the default."""
        value = self.value(key)
        value = default if value is None else value
        if not isinstance(value, bool):
            self.refuse(key, "is not true or false")
        return value

    def choice(self, key: str, default: str, choices: Mapping[str, Choice]) -> Choice:
        """Our name for theirs."""
        value = self.value(key, default)
        if not isinstance(value, str) or value not in choices:
            self.refuse(key, f"is not one of {', '.join(choices)}")
        return choices[value]

    def section(self, key: str) -> ForeignConfig:
        """An object inside the object; empty when it is absent."""
        value = self.value(key)
        value = {} if value is None else value
        if not isinstance(value, dict):
            self.refuse(key, "is not an object")
        return ForeignConfig(value, f"{self.place}: {key}", notes=self.notes)

    def names(self, key: str, part: str) -> bool:
        """Whether a list of texts (like `architectures`) has one that ends so."""
        values = self.value(key)
        return isinstance(values, list) and any(isinstance(value, str) and value.endswith(part) for value in values)

    def note(self, text: str) -> None:
        """Something to be said of the folder, once."""
        line = message("note of files", file=self.place, note=text)
        if line not in self.notes:
            self.notes.append(line)

    def show(self, key: str) -> str:
        """A value as it is quoted."""
        return printable(repr(self.values.get(key)))

    def refuse_unless(self, key: str, *values: object) -> None:
        """A setting that changes the formulas must be one that is computed here, or absent."""
        self.keys_read.add(key)
        if key in self.values and not any(same(self.values[key], value) for value in values):
            self.refuse(key, f"is not supported; only {' or '.join(map(repr, values))} is")

    def refuse(self, key: str, why: str) -> NoReturn:
        raise InputError("UNSUPPORTED_MODEL", self.place, f"{key} {self.show(key)} {why}")


def same(one: object, other: object) -> bool:
    """Whether two values of JSON are equal; true is no 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


Part, Settings = TensorSource, ForeignConfig  # the former names, for one version
