"""Checkpoints: weights and moments as safetensors, everything else that a run needs to resume as a few plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from groundup import disk
from groundup.errors import GateError, InputError
from groundup.folders import new_folder
from groundup.manifest import read_verified
from groundup.nn.model import Model
from groundup.runs import RunFolder
from groundup.strict_json import RESTORE, fields, items, parse_json
from groundup.train.adamw import AdamW
from groundup.train.weight_averaging import WeightAverage


@dataclass
class State:
    """The progress of a run in plain numbers. There is no state of an iterator or random generator."""

    step: int = 0
    skipped: list[int] = field(default_factory=list)  # updates skipped because a loss or gradient was not finite
    best_step: int | None = None
    best_value: float | None = None
    worse: int = 0  # evaluations since the best one
    stopped: str = ""  # why training ended before its last step
    window: dict[str, float] = field(default_factory=dict)  # sums since the last log line
    weighing: dict[str, list[float]] = field(default_factory=dict)  # of a rule for several tasks (task_weighting.py)
    events: list = field(default_factory=lambda: [0, ""])  # length and SHA-256 of the event log at this point


def save_checkpoint(run: RunFolder, model: Model, optimizer: AdamW, state: State, ema: WeightAverage | None = None) -> Path:
    """Write `checkpoints/step-N` (new folder, manifest, fsync, rename, read back).

    Raises GateError when a number is not finite; then the older checkpoints remain the last good ones. Raises StorageError
    when it will not fit, before anything is written.
    """
    averages = {} if ema is None else ema.state()
    refuse_non_finite(tensors(model) | optimizer.state() | averages, state.step)
    disk.require_free(run.path, checkpoint_size(model, optimizer, ema) * 21 // 20, "the files of a checkpoint")
    run.events.sync()
    state.events = list(run.events.position)
    target = run.checkpoint(state.step)
    with new_folder(target, kind="checkpoint") as folder:
        folder.write_bytes("weights.safetensors", save_tensors(tensors(model)))
        folder.write_bytes("optimizer.safetensors", save_tensors(optimizer.state()))
        if ema is not None:
            folder.write_bytes("average.safetensors", save_tensors(averages))
        folder.write_json("state.json", {k: v for k, v in asdict(state).items() if k != "weighing" or v})
    return target


def save_tensors(named: Mapping[str, torch.Tensor]) -> bytes:
    """A safetensors file of tensors, wherever they are."""
    return save({name: tensor.cpu() for name, tensor in named.items()})


def refuse_non_finite(numbers: dict[str, torch.Tensor], step: int) -> None:
    """Raise GateError for non-finite weights or moments: training cannot recover from them."""
    bad = [name for name, tensor in numbers.items() if not bool(tensor.isfinite().all())]
    if bad:
        what = f"{bad[0]} and {len(bad) - 1} more are not finite; nothing was saved"
        raise GateError(
            "NON_FINITE_WEIGHTS",
            f"step {step}",
            what,
            "go on from the older checkpoint, or begin again with a lower learning rate",
        )


def checkpoint_size(model: Model, optimizer: AdamW, ema: WeightAverage | None = None) -> int:
    """Bytes of a checkpoint: the weights, two moments of each trained parameter, and the averaged weights if there are any."""
    weights = sum(tensor.nbytes for tensor in tensors(model).values())
    weights += 0 if ema is None else ema.num_bytes(model)
    return weights + 2 * sum(parameter.nbytes for parameter in optimizer.parameters)


def load_checkpoint(folder: Path, model: Model, optimizer: AdamW | None = None, ema: WeightAverage | None = None) -> State:
    """Restore weights, and moments and averages where their owners are given. The manifest's hashes are checked."""
    state = read_state(folder)
    load_weights(folder, model)
    if optimizer is not None:
        moments = read_tensors(folder, "optimizer.safetensors")
        refuse_other_shapes(folder / "optimizer.safetensors", moments, optimizer.trained)
        optimizer.load_state(moments, state.step - len(state.skipped))
    if ema is not None:
        averages = read_tensors(folder, "average.safetensors")
        refuse_other_shapes(folder / "average.safetensors", averages, tensors(model))
        ema.load_state(averages)
    return state


def read_state(folder: Path) -> State:
    """The state in a checkpoint folder."""
    place = folder / "state.json"
    value = fields(
        parse_json(read_verified(folder, place.name), place),
        place,
        step=int,
        skipped=list,
        best_step=(int, type(None)),
        best_value=(float, type(None)),
        worse=int,
        stopped=str,
        window=dict,
        events=list,
    )
    items(value["skipped"], f"{place}: skipped", int)
    if value.keys() - State.__dataclass_fields__.keys() or list(map(type, value["events"])) != [int, str]:
        raise InputError("DAMAGED", place, "has fields that are not known, or no place in the log", RESTORE)
    return State(**value)


def read_tensors(folder: Path, name: str) -> dict[str, torch.Tensor]:
    """Tensors by name, from a file whose hash the manifest confirms."""
    try:
        return load(read_verified(folder, name))
    except SafetensorError as error:
        raise InputError("DAMAGED", folder / name, f"cannot be read: {error}", RESTORE) from None


def non_finite(folder: Path) -> str:
    """The first non-finite tensor of a checkpoint, in words; empty if all are finite."""
    for path in sorted(folder.glob("*.safetensors")):
        for name, tensor in read_tensors(folder, path.name).items():
            if not bool(tensor.isfinite().all()):
                return f"{path.name}: {name} is not finite"
    return ""


def load_weights(folder: Path, model: Model) -> None:
    """Copy a checkpoint's weights into the model; every name and shape must agree."""
    weights, own = read_tensors(folder, "weights.safetensors"), tensors(model)
    refuse_other_tensors(folder, weights, own)
    if bad := next((name for name, tensor in weights.items() if not bool(tensor.isfinite().all())), None):
        raise InputError("NON_FINITE_WEIGHTS", folder, f"{bad} is not finite", "remove this checkpoint and run it again")
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(weights[name])


def refuse_other_tensors(place: Path, loaded: dict[str, torch.Tensor], own: dict[str, torch.Tensor]) -> None:
    """Refuse tensors that differ from those of this run in name, shape or type."""
    if loaded.keys() != own.keys():
        what = f"lacks {sorted(own.keys() - loaded.keys())[:3]}, has {sorted(loaded.keys() - own.keys())[:3]} besides"
    else:
        other = [k for k in own if (loaded[k].shape, loaded[k].dtype) != (own[k].shape, own[k].dtype)]
        what = f"{other[0]} is {describe(loaded[other[0]])}, not {describe(own[other[0]])}" if other else ""
    if what:
        raise InputError(
            "CHECKPOINT_DIFFERS",
            place,
            f"its tensors are not those of this model: {what}",
            "resume with the settings of the run",
        )


def refuse_other_shapes(place: Path, loaded: dict[str, torch.Tensor], own: Mapping[str, torch.Tensor]) -> None:
    """Refuse tensors named `kind.parameter` (moments, averages) whose parameter is unknown or has another shape."""
    for key, tensor in loaded.items():
        kind, _, name = key.partition(".")
        if name not in own or tensor.shape != (torch.Size() if kind == "step" else own[name].shape):
            of = describe(own[name]) if name in own else "no parameter that is trained"
            raise InputError(
                "CHECKPOINT_DIFFERS",
                place,
                f"{key} is {describe(tensor)}, and its parameter {of}",
                "resume with the settings of the run",
            )


def describe(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {list(tensor.shape)}"


def tensors(model: Model) -> dict[str, torch.Tensor]:
    """The model's parameters by name; tied parameters appear once."""
    return {name: parameter.detach() for name, parameter in model.named_parameters()}
