"""Where a model computes. A model takes its inputs from anywhere: it moves them to where its weights are.

What a model returns stays on its device. Whoever turns it into an array says `.cpu()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from groundup.errors import InputError

CPU = torch.device("cpu")


def device_of(module: nn.Module) -> torch.device:
    """The device of a module's weights."""
    first = next(chain(module.parameters(), module.buffers()), None)
    return CPU if first is None else first.device


def device_named(name: str) -> torch.device:
    """The device that a setting names; `auto` is the first GPU that CUDA finds, else the processor. Raises InputError
    NO_DEVICE for one that is not there."""
    if name == "auto":
        return torch.device("cuda", torch.cuda.current_device()) if torch.cuda.is_available() else CPU
    if name == "cpu":
        return CPU
    backends = {"cuda": torch.cuda, "mps": torch.mps}
    if name not in backends:
        raise InputError("NO_DEVICE", "device", f"'{name}' is no device", f"one of auto, cpu, {', '.join(backends)}")
    backend = backends[name]
    if not backend.is_available():
        raise InputError("NO_DEVICE", f"device {name}", WHY_NOT[name](), "leave --device out, or set it to cpu")
    return torch.device(name, torch.cuda.current_device()) if name == "cuda" else torch.device(name)


class Choice:
    """The device of this process: as with threads, one for all that it computes."""

    name = "auto"


def choose_device(name: str) -> None:
    """Let this process compute on the device that a setting names, from now on. Raises InputError NO_DEVICE."""
    device_named(name)
    Choice.name = name


def chosen_device(name: str | None = None) -> torch.device:
    """The device that this process computes on, unless another is named."""
    return device_named(Choice.name if name is None else name)


def why_no_cuda() -> str:
    """Why CUDA finds no GPU, in words."""
    if torch.version.cuda is None:
        return f"this PyTorch ({torch.__version__}) is built for the processor alone"
    return f"this PyTorch is built for CUDA {torch.version.cuda}, and finds no GPU"


WHY_NOT = {"cuda": why_no_cuda, "mps": lambda: "this machine has no GPU that Metal drives, or PyTorch is built without it"}

Module = TypeVar("Module", bound=nn.Module)


def follow(new: Module, to: nn.Module | torch.device) -> Module:
    """A module with freshly drawn weights, where the rest of its model is. Of a model without weights yet, as it is."""
    device = to if isinstance(to, torch.device) else device_of(to)
    return new if device.type == "meta" else new.to(device)


def move_all(tensors: Sequence[Tensor], device: torch.device) -> list[Tensor]:
    """The same tensors on the device. Those of one type travel together, in one copy that the program does not wait for."""
    moved: list[Tensor] = list(tensors)
    by_type: dict[torch.dtype, list[int]] = {}
    for number, tensor in enumerate(tensors):
        if tensor.device != device:
            by_type.setdefault(tensor.dtype, []).append(number)
    for numbers in by_type.values():
        packed = torch.cat([tensors[number].reshape(-1) for number in numbers])
        if device.type == "cuda":
            packed = packed.pin_memory()
        parts = packed.to(device, non_blocking=True).split([tensors[number].numel() for number in numbers])
        for number, part in zip(numbers, parts, strict=True):
            moved[number] = part.view(tensors[number].shape)
    return moved


def move_nested(value: Any, device: torch.device) -> Any:
    """The same dictionaries, lists and tuples with their tensors on the device; all travel together."""
    tensors: list[Tensor] = []
    each_tensor(value, lambda one: tensors.append(one) or one)
    moved = iter(move_all(tensors, device))
    return each_tensor(value, lambda one: next(moved))


def each_tensor(value: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """The same with each tensor replaced by what the function makes of it."""
    if isinstance(value, Tensor):
        return function(value)
    if isinstance(value, Mapping):
        return {name: each_tensor(one, function) for name, one in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(each_tensor(one, function) for one in value))
    if isinstance(value, list | tuple):
        return [each_tensor(one, function) for one in value]
    return value
