"""Model folders of Hugging Face's form: config.json and model.safetensors, read and written by a family's table.

model.safetensors holds what the class named in `architectures` holds, under its names, so that `transformers` loads it
and agrees. What that class has no place for (a next-sentence head beside a classifier, say) lies in heads.safetensors
under our names, and config.json describes all heads under the key `groundup`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load as read_tensors
from safetensors.torch import save as write_tensors
from torch import Tensor, nn

from groundup.errors import InputError, printable
from groundup.families.bert import BERT
from groundup.families.family import Family, Part
from groundup.families.modernbert import MODERNBERT
from groundup.folders import read_verified
from groundup.nn.config import HeadConfig, PooledHeadConfig, TokenHeadConfig, TransformerConfig
from groundup.nn.model import Model
from groundup.strict_json import parse_json
from groundup.strict_json import parse_json

if TYPE_CHECKING:
    from groundup.folders import NewFolder

FAMILIES = {family.name: family for family in (BERT, MODERNBERT)}
HEAD_KINDS = {"token": TokenHeadConfig, "pooled": PooledHeadConfig}
CONFIG, WEIGHTS, INDEX, HEADS = "config.json", "model.safetensors", "model.safetensors.index.json", "heads.safetensors"
MOST_CONFIG_BYTES, MOST_HEADER_BYTES, MOST_TENSORS = 2**20, 2**24, 65_536
MOST_TOLD = 10  # names in one error
FLOATS = {"F64", "F32", "F16", "BF16"}


@dataclass
class Loaded:
    """A model from a folder, and what its config.json says besides the shape."""

    model: Model
    config: TransformerConfig
    family: str
    labels: list[str] | None  # names of the classes of the head `label`
    metadata: dict  # config.json as it is
    notes: list[str] = field(default_factory=list)  # what the user should know: converted, ignored


@dataclass(frozen=True)
class Stored:
    """A tensor as a file's header announces it."""

    file: str
    name: str
    dtype: str
    shape: tuple[int, ...]


def load(folder: Path | str, dropout: float | None = None) -> Loaded:
    """The model in a folder, in float32 and eval mode. Nothing is allocated before every name and shape agrees.

    `dropout`, of states and attention, replaces what config.json says.
    """
    folder = Path(folder)
    theirs = read_config(folder)
    family = family_of(theirs, folder)
    stored = canonical(family, headers(folder, weight_files(folder)))
    extra = headers(folder, [HEADS]) if (folder / HEADS).exists() else {}

    heads = read_heads(theirs, folder) or family.find_heads(theirs, set(stored))
    pooler = family.prefix + "pooler.dense.weight" in stored or "backbone.pooler.weight" in extra
    config = replace(family.read_config(theirs), pooler=pooler)
    if dropout is not None:
        config = replace(config, dropout=dropout, attention_dropout=dropout)
    model = Model(config, heads, seed=None)
    plan = match(family, model, stored, extra, folder)

    notes = []
    if "auto_map" in theirs:
        notes.append(f"{folder / CONFIG}: code named in `auto_map` was not run")
    kinds = {tensor.dtype for tensor, _ in plan.values()} - {"F32"}
    if kinds:
        notes.append(f"{folder}: weights stored as {', '.join(sorted(kinds))} were converted to float32")
    fill(model, plan, aliases(family, stored), folder)
    check_vocabulary(folder, config)
    return Loaded(model.eval(), config, family.name, read_labels(theirs, heads, folder), theirs, notes)


def save(
    folder: NewFolder,
    model: Model,
    family: str,
    *,
    labels: list[str] | None = None,
    specials: Mapping[str, int] | None = None,
) -> None:
    """Write config.json, model.safetensors and, where needed, heads.safetensors into a new folder.

    `labels` name the classes of the head `label`; `specials` are ids by role (pad, cls, sep, mask, unk).
    """
    table = FAMILIES[family]
    config = model.config
    architecture, held, left = table.architecture(config, model.head_configs)
    theirs = table.write_config(config, model.head_configs)
    check_expressible(table, config, theirs)

    inside: dict[str, list[tuple[Part, Tensor]]] = {}
    outside: dict[str, Tensor] = {}
    for name, parameter in model.named_parameters():
        kept = (name.startswith("backbone.") and not name.startswith(left)) or name.split(".")[1] in held
        if kept:
            part = table.place(name)
            inside.setdefault(part.name, []).append((part, parameter.detach()))
        else:
            outside[name] = parameter.detach().contiguous()

    roles = {"pad": "pad_token_id", "cls": "cls_token_id", "sep": "sep_token_id"}
    theirs |= {key: (specials or {}).get(role) for role, key in roles.items()} | {
        "bos_token_id": None,
        "eos_token_id": None,
    }
    theirs |= {
        "architectures": [architecture],
        "dtype": "float32",
        "groundup": {"heads": write_heads(model.head_configs)},
    }
    if labels is not None:
        theirs |= {"id2label": {str(i): name for i, name in enumerate(labels)}}
        theirs |= {
            "label2id": {name: i for i, name in enumerate(labels)},
            "problem_type": "single_label_classification",
        }
    folder.write_json(CONFIG, theirs)
    folder.write_bytes(WEIGHTS, to_bytes({name: fuse(parts) for name, parts in inside.items()}))
    if outside:
        folder.write_bytes(HEADS, to_bytes(outside))


# --- config.json ---


def read_config(folder: Path) -> dict:
    """config.json as a dictionary."""
    path = folder / CONFIG
    if not path.is_file():
        raise InputError(
            "NO_MODEL", folder, f"there is no {CONFIG}", "name a model folder, or a run folder that has one"
        )
    if path.stat().st_size > MOST_CONFIG_BYTES:
        raise InputError("TOO_LARGE", path, f"{path.stat().st_size} bytes", limit=f"{MOST_CONFIG_BYTES} bytes")
    theirs = parse_json(read_verified(folder, CONFIG), str(path))
    if not isinstance(theirs, dict):
        raise InputError("BAD_CONFIG", path, "it is not an object")
    return theirs


def family_of(theirs: dict, folder: Path) -> Family:
    name = theirs.get("model_type")
    if name not in FAMILIES:
        raise InputError(
            "UNKNOWN_FAMILY", folder / CONFIG, f"model_type {name!r} is not a family we know", limit=", ".join(FAMILIES)
        )
    return FAMILIES[name]


def read_heads(theirs: dict, folder: Path) -> dict[str, HeadConfig] | None:
    """The heads that our own config.json describes; None when somebody else wrote it."""
    if "groundup" not in theirs:
        return None
    heads: dict[str, HeadConfig] = {}
    for name, entry in theirs["groundup"].get("heads", {}).items():
        try:
            heads[name] = HEAD_KINDS[entry["kind"]](**{k: v for k, v in entry.items() if k != "kind"})
        except (TypeError, KeyError) as error:
            raise InputError(
                "BAD_CONFIG", folder / CONFIG, f"head {printable(name)} is not described as we do ({error})"
            ) from None
    return heads


def write_heads(heads: Mapping[str, HeadConfig]) -> dict:
    kinds = {cls: kind for kind, cls in HEAD_KINDS.items()}
    return {name: {"kind": kinds[type(head)], **asdict(head)} for name, head in heads.items()}


def read_labels(theirs: dict, heads: Mapping[str, HeadConfig], folder: Path) -> list[str] | None:
    """Names of the classes, in the order of their numbers."""
    label = heads.get("label")
    if not isinstance(label, PooledHeadConfig):
        return None
    names = theirs.get("id2label") or {str(i): f"LABEL_{i}" for i in range(label.classes)}
    if set(names) != {str(i) for i in range(label.classes)}:
        raise InputError("BAD_CONFIG", folder / CONFIG, f"id2label does not name the classes 0 to {label.classes - 1}")
    return [str(names[str(i)]) for i in range(label.classes)]


def check_expressible(family: Family, config: TransformerConfig, theirs: dict) -> None:
    """What the family would read back must be what we have."""
    back = replace(family.read_config(theirs), pooler=config.pooler, initialization=config.initialization)
    lost = [f.name for f in fields(config) if getattr(back, f.name) != getattr(config, f.name)]
    if lost:
        raise InputError("WRONG_FAMILY", family.name, f"this family cannot hold the model's {', '.join(lost)}")


def check_vocabulary(folder: Path, config: TransformerConfig) -> None:
    """Every id of the folder's tokenizer must have a row in the embedding."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        return
    tokenizer = parse_json(read_verified(folder, path.name), str(path))
    vocabulary = tokenizer.get("model", {}).get("vocab", {})
    ids = vocabulary.values() if isinstance(vocabulary, dict) else range(len(vocabulary))
    highest = max([*ids, *(token["id"] for token in tokenizer.get("added_tokens", []))], default=-1)
    if highest >= config.vocab_size:
        raise InputError(
            "TOKENIZER_TOO_LARGE",
            path,
            f"it has the id {highest}, the model {config.vocab_size} words",
            "use the tokenizer that the model was trained with",
        )


# --- tensors in files ---


def weight_files(folder: Path) -> list[str]:
    """Names of the safetensors files of a folder."""
    if (folder / WEIGHTS).exists():
        return [WEIGHTS]
    if (folder / INDEX).exists():
        index = parse_json(read_verified(folder, INDEX), str(folder / INDEX))
        names = sorted(set(index.get("weight_map", {}).values()))
        for name in names:
            if Path(name).name != name or not name.endswith(".safetensors"):
                raise InputError(
                    "BAD_INDEX", folder / INDEX, f"{printable(name)!r} is not a plain name of a safetensors file"
                )
        return names
    pickles = sorted(
        path.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl") for path in folder.glob(pattern)
    )
    if pickles:
        raise InputError(
            "UNSAFE_WEIGHTS",
            folder / pickles[0],
            "pickled weights can run code and are never opened here",
            "where you trust it, load the folder with transformers and save_pretrained(), which writes safetensors",
        )
    raise InputError("NO_WEIGHTS", folder, f"there is no {WEIGHTS}", "name a folder with safetensors weights")


def headers(folder: Path, files: list[str]) -> dict[str, Stored]:
    """What the files announce, read without their data; sizes must add up."""
    found: dict[str, Stored] = {}
    for file in files:
        path = folder / file
        for name, entry in read_header(path).items():
            if name in found:
                raise InputError("DUPLICATE_TENSOR", path, f"{printable(name)} stands in {found[name].file} as well")
            found[name] = Stored(file, name, entry["dtype"], tuple(entry["shape"]))
    return found


def read_header(path: Path) -> dict[str, dict]:
    """The header of a safetensors file: name -> dtype and shape."""
    if not path.is_file():
        raise InputError("NO_WEIGHTS", path, "there is no such file", "the folder is incomplete: copy it again")
    size = path.stat().st_size
    with path.open("rb") as f:
        length = int.from_bytes(f.read(8), "little")
        if size < 8 or length > size - 8:
            raise InputError("DAMAGED_WEIGHTS", path, f"cut off: {size} bytes", "copy the file again")
        if length > MOST_HEADER_BYTES:
            raise InputError("TOO_LARGE", path, f"a header of {length} bytes", limit=f"{MOST_HEADER_BYTES} bytes")
        header = parse_json(f.read(length), str(path))
    header.pop("__metadata__", None)
    if len(header) > MOST_TENSORS:
        raise InputError("TOO_LARGE", path, f"{len(header)} tensors", limit=str(MOST_TENSORS))
    end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
    if 8 + length + end != size:
        raise InputError(
            "DAMAGED_WEIGHTS",
            path,
            f"{size} bytes where the header announces {8 + length + end}",
            "copy the file again",
        )
    return header


def canonical(family: Family, stored: dict[str, Stored]) -> dict[str, Stored]:
    """Under today's names: old names of norms, backbones without prefix, tied tensors under their original's name."""
    backbone = {part if isinstance(part, str) else part.name for part in family.backbone.values()}
    tops = {name.split(".")[0] for name in backbone}
    renamed: dict[str, Stored] = {}
    for name, tensor in stored.items():
        new = name.removesuffix("gamma") + "weight" if name.endswith("LayerNorm.gamma") else name
        new = new.removesuffix("beta") + "bias" if new.endswith("LayerNorm.beta") else new
        new = family.prefix + new if new.split(".")[0] in tops else new
        renamed[new] = tensor
    for alias, original in family.aliases.items():
        if alias in renamed and original not in renamed:
            renamed[original] = renamed.pop(alias)
    return {name: tensor for name, tensor in renamed.items() if name not in family.ignored}


def aliases(family: Family, stored: dict[str, Stored]) -> list[tuple[Stored, Stored]]:
    """Pairs of stored tensors that must be equal because one is tied to the other."""
    return [(stored[a], stored[b]) for a, b in family.aliases.items() if a in stored and b in stored]


def match(
    family: Family, model: Model, stored: dict[str, Stored], extra: dict[str, Stored], folder: Path
) -> dict[str, tuple[Stored, Part]]:
    """Our parameter -> where its numbers are. Missing, superfluous and misshaped tensors are told together."""
    plan: dict[str, tuple[Stored, Part]] = {}
    problems: list[str] = []
    used = set(family.aliases)
    for name, parameter in model.named_parameters():
        if name in extra:
            source, part = extra[name], Part(name, 0, 1)
        else:
            try:
                part = family.place(name)
            except KeyError:
                problems.append(f"missing {name}")
                continue
            source = stored.get(part.name)
            used.add(part.name)
        if source is None:
            problems.append(f"missing {part.name}")
            continue
        shape = (part.count * parameter.shape[0], *parameter.shape[1:])
        if source.shape != shape:
            problems.append(f"{source.name} has shape {list(source.shape)} and should have {list(shape)}")
        elif source.dtype not in FLOATS:
            problems.append(f"{source.name} is of type {source.dtype}")
        plan[name] = (source, part)
    problems += [f"unexpected {tensor.name}" for name, tensor in stored.items() if name not in used]
    problems += [f"unexpected {name}" for name in extra if name not in plan]
    problems = list(dict.fromkeys(printable(problem) for problem in problems))
    if problems:
        more = f" and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
        raise InputError(
            "WEIGHTS_DIFFER",
            folder,
            f"the tensors are not those of {family.name} with this {CONFIG}: {'; '.join(problems[:MOST_TOLD])}{more}",
            "check that config.json and the weights belong together",
            problems=tuple(problems),
        )
    return plan


def fill(model: Model, plan: dict[str, tuple[Stored, Part]], equal: list[tuple[Stored, Stored]], folder: Path) -> None:
    """Give every parameter its numbers, file by file, from the bytes whose hash was compared."""
    files = sorted({source.file for source, _ in plan.values()})
    tensors: dict[tuple[str, str], Tensor] = {}
    for file in files:
        tensors |= {(file, name): tensor for name, tensor in read_tensors(read_verified(folder, file)).items()}
    for a, b in equal:
        if not torch.equal(tensors[a.file, a.name], tensors[b.file, b.name]):
            raise InputError("UNTIED_WEIGHTS", folder, f"{a.name} differs from {b.name}, and this family ties them")
    values: dict[str, Tensor] = {}
    for name, (source, part) in plan.items():
        whole = tensors[source.file, source.name]
        value = whole.chunk(part.count)[part.number].to(torch.float32, copy=True)
        if not torch.isfinite(value).all():
            raise InputError(
                "NON_FINITE", folder / source.file, f"{source.name} holds NaN or infinity", "use another checkpoint"
            )
        values[name] = value
    for name, value in values.items():
        owner, _, leaf = name.rpartition(".")
        setattr(model.get_submodule(owner), leaf, nn.Parameter(value))


def fuse(parts: list[tuple[Part, Tensor]]) -> Tensor:
    """The parts of a fused matrix in their order, or the one tensor there is."""
    ordered = [tensor for _, tensor in sorted(parts, key=lambda pair: pair[0].number)]
    return ordered[0].contiguous() if len(ordered) == 1 else torch.cat(ordered)


def to_bytes(tensors: dict[str, Tensor]) -> bytes:
    """A safetensors file, on the CPU, names in order."""
    return write_tensors({name: tensors[name].cpu() for name in sorted(tensors)}, metadata={"format": "pt"})
