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
from groundup.nn.config import Activation, HeadConfig, NumberHeadConfig, PooledHeadConfig, TransformerConfig


class Part(NamedTuple):
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


TOKENS, QUESTIONS = "ForTokenClassification", "ForQuestionAnswering"  # what their classes for numbers at tokens end with
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


def at_tokens(name: str, heads: Mapping[str, HeadConfig], dense: bool = False) -> Architecture | None:
    """The class for a label of each token, or for the ends of an answer, of the family whose classes begin with `name`."""
    for head, ending in (("label", TOKENS), ("ends", QUESTIONS)):
        found = heads.get(head)
        if isinstance(found, NumberHeadConfig) and found.dense == dense and (head == "label" or found.outputs == 2):
            return Architecture(name + ending, (head,))
    return None


def find_ends(names: set[str]) -> dict[str, HeadConfig]:
    """The head for the ends of an answer, where its tensors are there."""
    return {"ends": NumberHeadConfig(outputs=2)} if "qa_outputs.weight" in names else {}


def num_labels(theirs: Settings) -> int:
    """Classes of a classification folder; transformers writes their names, or nothing when there are two."""
    return len(theirs.section("id2label").values) or theirs.whole("num_labels", 2)


@dataclass(frozen=True)
class Family:
    """Tables of one architecture. `heads` hold the heads it can express, by our name."""

    name: str  # `model_type` in config.json, and what follows a blank where tables differ within one
    prefix: str  # before every name of the backbone when there are heads
    backbone: Mapping[str, str | Part]
    heads: Mapping[str, Mapping[str, str | Part]]
    aliases: Mapping[str, str]  # a tensor that repeats another: name -> the original
    ignored: tuple[str, ...]  # tensors without meaning for us; * stands for anything
    read_config: Callable[[Settings], TransformerConfig]
    write_config: Callable[[TransformerConfig, Mapping[str, HeadConfig], TransformerConfig | None], dict]
    find_heads: Callable[[Settings, set[str]], dict[str, HeadConfig]]  # (config.json, tensor names) -> heads in the folder
    architecture: Callable[[TransformerConfig, Mapping[str, HeadConfig]], Architecture]
    encoder: Mapping[str, str | Part] = field(default_factory=dict)  # beside a decoder
    read_encoder: Callable[[Settings], TransformerConfig] | None = None
    start: str | None = None  # the special token that a decoder beside an encoder begins with
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES)  # our special tokens -> keys in config.json
    classifier: Callable[[TransformerConfig, int, float], PooledHeadConfig] = presets.label_head
    """The classification head that its class has: (shape, classes, dropout) -> head."""
    recognizes: Callable[[Settings], bool] = lambda theirs: True  # whether a config.json of this `model_type` is meant

    @property
    def model_type(self) -> str:
        """What config.json calls it."""
        return self.name.split()[0]

    def place(self, ours: str) -> Part:
        """Where our parameter is on disk (with the prefix). KeyError when the family has no such tensor."""
        side, rest = ours.split(".", 1)
        if side != "heads":
            found = find(self.backbone if side == "backbone" else self.encoder, rest)
            return found._replace(name=self.prefix + found.name)
        head, rest = rest.split(".", 1)
        return find(self.heads[head], rest)


def find(table: Mapping[str, str | Part], ours: str) -> Part:
    """The row for a parameter: its own, or that of its module."""
    pieces = ours.split(".")
    layers = [piece for piece in pieces if piece.isdigit()]
    pattern = ".".join("*" if piece.isdigit() else piece for piece in pieces)
    module, _, leaf = pattern.rpartition(".")
    row, leaf = (table[pattern], "") if pattern in table else (table[module], f".{leaf}")
    part = row if isinstance(row, Part) else Part(row)
    return part._replace(name=part.name.replace("*", layers[0] if layers else "*") + leaf)


Choice = TypeVar("Choice")
MOST = 2**20  # of any size in a config.json


@dataclass(frozen=True)
class Settings:
    """A foreign config.json, read with types and limits. Keys that nobody asks for do not matter."""

    values: dict
    place: str

    def whole(self, key: str, default: int, least: int = 1) -> int:
        """A whole number from `least` to MOST."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
            self.refuse(key, f"is not a whole number from {least} to {MOST}")
        return value

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers from 0 to MOST; none when it is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or any(type(n) is not int or not 0 <= n <= MOST for n in value):
            self.refuse(key, f"is not a list of whole numbers from 0 to {MOST}")
        return tuple(value)

    def number(self, key: str, default: float) -> float:
        """A finite number of at least 0; null is the default."""
        value = self.values.get(key)
        value = default if value is None else value
        if isinstance(value, bool) or not isinstance(value, int | float) or not (isfinite(value) and value >= 0):
            self.refuse(key, "is not a number of at least 0")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, "is not true or false")
        return value

    def choice(self, key: str, default: str, choices: Mapping[str, Choice]) -> Choice:
        """Our name for theirs."""
        value = self.values.get(key, default)
        if not isinstance(value, str) or value not in choices:
            self.refuse(key, f"is not one of {', '.join(choices)}")
        return choices[value]

    def section(self, key: str) -> Settings:
        """An object inside the object; empty when it is absent."""
        value = self.values.get(key)
        value = {} if value is None else value
        if not isinstance(value, dict):
            self.refuse(key, "is not an object")
        return Settings(value, f"{self.place}: {key}")

    def names(self, key: str, part: str) -> bool:
        """Whether a list of texts (like `architectures`) has one that ends so."""
        values = self.values.get(key)
        return isinstance(values, list) and any(isinstance(value, str) and value.endswith(part) for value in values)

    def refuse_unless(self, key: str, value: object) -> None:
        """A setting that changes the formulas must be the one that is computed here."""
        if self.values.get(key, value) != value:
            self.refuse(key, f"is not supported; only {value!r} is")

    def refuse(self, key: str, why: str) -> NoReturn:
        raise InputError("UNSUPPORTED_MODEL", f"{self.place}: {key}", f"{printable(repr(self.values.get(key)))} {why}")
