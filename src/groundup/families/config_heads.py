"""Heads, labels and pooling that the config.json of a model folder names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from groundup.config import make_settings
from groundup.errors import InputError, printable
from groundup.families.family import MOST, Family, ForeignConfig
from groundup.families.headers import StoredTensor
from groundup.families.known import OWN
from groundup.manifest import is_ours
from groundup.messages.current import message
from groundup.nn.config import HeadConfig, NumberHeadConfig, PooledHeadConfig, Pooling, TokenHeadConfig
from groundup.strict_json import parse_json

HEAD_KINDS: dict[str, type[TokenHeadConfig | PooledHeadConfig | NumberHeadConfig]] = {
    "token": TokenHeadConfig,
    "pooled": PooledHeadConfig,
    "number": NumberHeadConfig,
}


POOLING = "1_Pooling/config.json"
HEAD_FACTS = "head"  # of an adapter's manifest: what the config.json of its base lacks
ADAPTED = "adapted"  # heads of which an adapter of ours says what they are
POOLINGS: dict[str, Pooling] = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "first"}
PROBLEMS = {
    "classification": "single_label_classification",
    "multilabel": "multi_label_classification",
    "regression": "regression",
}


def check_labels(labels: Sequence[str] | None, head: HeadConfig | None) -> None:
    """Names must be as many as the outputs that they name: a folder that says otherwise cannot be read."""
    count = outputs(head)
    if labels is not None and len(labels) != count:
        raise InputError(
            "OUTPUTS_DIFFER",
            "labels",
            f"{len(labels)} names for a head of {count} outputs",
            "a name for each output of the head",
        )


def heads_of(
    folder: Path,
    theirs: ForeignConfig,
    family: Family,
    stored: Mapping[str, StoredTensor],
    extra: Mapping[str, StoredTensor],
    adapted: bool = False,
) -> dict[str, HeadConfig]:
    """The heads of a folder: as ours describe them, else those whose tensors are there. What stands in config.json of heads is
    not believed where another program has saved the folder anew with other ones."""
    shapes = {name: tensor.shape for name, tensor in stored.items()}
    if family.encoder and not any(f".{name}".count(".decoder.") for name in stored):
        what = f"holds an encoder of {family.name} without its decoder, which is not supported"
        raise InputError("UNSUPPORTED_MODEL", folder, what, "save the whole model")
    if OWN not in theirs.values:
        if theirs.values.get("architectures") in (None, []):
            theirs.note(message("heads of tensors"))
        return family.find_heads(theirs, shapes)
    described = read_heads(theirs)
    if not adapted and (is_ours(folder) or extra):
        return described
    heads = family.find_heads(theirs, shapes)
    if adapted:
        own = theirs.section(OWN).values.get(ADAPTED, [])
        return {name: head for name, head in described.items() if name not in heads or name in own} | {
            name: head for name, head in heads.items() if name not in own
        }
    if set(heads) == set(described):
        return described
    theirs.note(message("heads differ", key=OWN))
    return heads


def describe_head(head: Mapping[str, HeadConfig], labels: Sequence[str], problem: str) -> dict[str, Any]:
    """What the config.json of a base model lacks of the one head that an adapter brings, for the adapter's manifest."""
    named = {
        "id2label": {str(i): name for i, name in enumerate(labels)},
        "label2id": {name: i for i, name in enumerate(labels)},
        "problem_type": PROBLEMS.get(problem),
    }
    return {"heads": write_heads(head)} | ({"config": named} if labels else {})


def with_head(values: dict[str, Any], described: Mapping[str, Any]) -> dict[str, Any]:
    """A base's config.json with the head that an adapter of ours describes; `ADAPTED` names it for `heads_of`."""
    own = dict(values.get(OWN) or {})
    own |= {"heads": {**own.get("heads", {}), **described["heads"]}, ADAPTED: list(described["heads"])}
    return values | described.get("config", {}) | {OWN: own}


def read_heads(theirs: ForeignConfig) -> dict[str, HeadConfig]:
    """The heads that our own config.json describes."""
    heads: dict[str, HeadConfig] = {}
    section = theirs.section("groundup").section("heads")
    for name in section.values:
        entry = section.section(name)
        cls = entry.choice("kind", "", HEAD_KINDS)
        heads[name] = make_settings(cls, {key: value for key, value in entry.values.items() if key != "kind"}, entry.place)
        if name.split(".") != [name] or not 0 <= outputs(heads[name]) <= MOST:
            raise InputError("BAD_CONFIG", entry.place, "is not described as we do")
    return heads


def write_heads(heads: Mapping[str, HeadConfig]) -> dict:
    """The heads as plain values, which `read_heads` reads."""
    kinds = {cls.__name__: kind for kind, cls in HEAD_KINDS.items()}
    return {name: {"kind": kinds[type(head).__name__], **asdict(head)} for name, head in heads.items()}


def read_labels(theirs: ForeignConfig, heads: Mapping[str, HeadConfig]) -> list[str] | None:
    """Names of the outputs, in the order of their numbers."""
    count = outputs(heads.get("label"))
    if not count:
        return None
    names = theirs.section("id2label").values or inverse(theirs) or {str(i): f"LABEL_{i}" for i in range(count)}
    if set(names) != {str(i) for i in range(count)}:
        what = f"id2label does not name the classes 0 to {count - 1} of the weights; it has {len(names)} names"
        raise InputError("BAD_CONFIG", theirs.place, what, "give each output its name in id2label")
    for number, name in names.items():
        if isinstance(name, dict | list):
            raise InputError("BAD_CONFIG", f"{theirs.place}: id2label", f"{number} is {printable(repr(name), 40)} and no name")
    return [str(names[str(i)]) for i in range(count)]


def inverse(theirs: ForeignConfig) -> dict:
    """Number -> name, from label2id."""
    return {str(number): name for name, number in theirs.section("label2id").values.items() if type(number) is int}


def outputs(head: HeadConfig | None) -> int:
    """How many labels a head tells apart; 0 for one of words."""
    if isinstance(head, PooledHeadConfig):
        return head.classes
    return head.outputs if isinstance(head, NumberHeadConfig) else 0


def read_problem(theirs: ForeignConfig, heads: Mapping[str, HeadConfig]) -> str | None:
    """The task that the heads are for, by our name. A class of its own is a number, as `transformers` takes it."""
    if isinstance(heads.get("ends"), NumberHeadConfig):
        return "answering"
    label = heads.get("label")
    if isinstance(label, NumberHeadConfig):
        return "tagging"
    if not isinstance(label, PooledHeadConfig):
        return None
    named = theirs.values.get("problem_type")
    problem = next((ours for ours, name in PROBLEMS.items() if name == named), None)
    if problem == "regression" and label.classes > 1:
        theirs.refuse("problem_type", f"of {label.classes} numbers is not supported; only one is")
    return problem or ("regression" if label.classes == 1 else "classification")


def read_pooling(folder: Path) -> Pooling | None:
    """What a folder of sentence-transformers was trained to pool by; None where it does not say, or says something else."""
    path = folder / POOLING
    if not path.is_file():
        return None
    modules = parse_json(path.read_bytes(), str(path))
    return next((ours for theirs, ours in POOLINGS.items() if isinstance(modules, dict) and modules.get(theirs) is True), None)
