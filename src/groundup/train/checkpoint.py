"""What a run needs to go on: weights and moments as safetensors, everything else as a few plain numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load, save

from groundup import disk
from groundup.errors import GateError, InputError
from groundup.folders import new_folder, read_verified
from groundup.nn.model import Model
from groundup.runs import RunFolder
from groundup.strict_json import parse_json
from groundup.train.average import Average
from groundup.train.optimizer import AdamW


@dataclass
class State:
    """Where a run is, in integers and figures; there is no iterator or generator state."""

    step: int = 0
    skipped: list[int] = field(default_factory=list)  # updates left out because something was not finite
    best_step: int | None = None
    best_value: float | None = None
    worse: int = 0  # evaluations since the best one
    stopped: str = ""  # why training ended before its last step
    window: dict[str, float] = field(default_factory=dict)  # sums since the last log line
    weighing: dict[str, list[float]] = field(default_factory=dict)  # of a rule for several tasks (weighing.py)
    events: list = field(default_factory=lambda: [0, ""])  # length and SHA-256 of the event log at this point


def save_checkpoint(run: RunFolder, model: Model, optimizer: AdamW, state: State, average: Average | None = None) -> Path:
    """Write `checkpoints/step-N` (new folder, manifest, fsync, rename, read back).

    Raises GateError when a number is not finite: the older checkpoints are the last that are worth going back to. Raises
    StorageError when it will not fit, before anything is written.
    """
    averages = {} if average is None else average.state()
    refuse_non_finite(tensors(model) | optimizer.state() | averages, state.step)
    disk.require_room(run.path, checkpoint_size(model, optimizer, average) * 21 // 20, "the files of a checkpoint")
    run.events.sync()
    state.events = list(run.events.position)
    target = run.checkpoint(state.step)
    with new_folder(target, kind="checkpoint") as folder:
        folder.write_bytes("weights.safetensors", save(tensors(model)))
        folder.write_bytes("optimizer.safetensors", save(optimizer.state()))
        if average is not None:
            folder.write_bytes("average.safetensors", save(averages))
        folder.write_json("state.json", {k: v for k, v in asdict(state).items() if k != "weighing" or v})
    return target


def refuse_non_finite(numbers: dict[str, torch.Tensor], step: int) -> None:
    """Weights or moments that are not finite never become finite again."""
    bad = [name for name, tensor in numbers.items() if not bool(tensor.isfinite().all())]
    if bad:
        found = f"{bad[0]} and {len(bad) - 1} more are not finite; nothing was saved"
        raise GateError("NON_FINITE_WEIGHTS", f"step {step}", found,
                        "go on from the older checkpoint, or begin again with a lower learning rate")  # fmt: skip


def checkpoint_size(model: Model, optimizer: AdamW, average: Average | None = None) -> int:
    """Bytes of a checkpoint: the weights, two moments of each that is trained, and averages where they are kept."""
    weights = sum(tensor.nbytes for tensor in tensors(model).values())
    weights += 0 if average is None else average.size(model)
    return weights + 2 * sum(parameter.nbytes for parameter in optimizer.parameters)


def load_checkpoint(
    folder: Path, model: Model, optimizer: AdamW | None = None, average: Average | None = None
) -> State:
    """Restore weights (and moments, and averages) from bytes whose hashes the manifest vouches for."""
    state = State(**parse_json(read_verified(folder, "state.json"), str(folder / "state.json")))
    load_weights(folder, model)
    if optimizer is not None:
        moments = load(read_verified(folder, "optimizer.safetensors"))
        optimizer.load_state(moments, state.step - len(state.skipped))
    if average is not None:
        average.load_state(load(read_verified(folder, "average.safetensors")))
    return state


def load_weights(folder: Path, model: Model) -> None:
    """Copy a checkpoint's weights into the model; every name and shape must agree."""
    weights, own = load(read_verified(folder, "weights.safetensors")), tensors(model)
    if weights.keys() != own.keys() or any(weights[k].shape != own[k].shape for k in own):
        raise InputError(
            "CHECKPOINT_DIFFERS", folder, "its tensors are not those of this model", "resume with the settings of the run"
        )
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(weights[name])


def tensors(model: Model) -> dict[str, torch.Tensor]:
    """The model's parameters by name, tied ones once."""
    return {name: parameter.detach() for name, parameter in model.named_parameters()}
