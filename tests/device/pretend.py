"""A pretended device: tensors that say they are elsewhere, computed on the CPU, and that refuse a tensor left behind.

PyTorch lets a backend be written in Python. The tensors of this one wrap a CPU tensor. A product of a tensor on the device and
one on the CPU fails as it would on a GPU, with the file and line; what waits for the device (`.item()`, `.tolist()`, a copy to
the CPU) is counted. The backend is named once in a process, so tests that use it run in processes of their own.
"""

from __future__ import annotations

import traceback
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import torch
import torch.utils.backend_registration as backends
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_flatten, tree_map_only, tree_unflatten

NAME = "pretend"
DEVICE = torch.device("privateuseone", 0)
SOURCE = "groundup"  # whose lines are named
waits: Counter[str] = Counter()  # by file and line: how often the program waited for the device
moves: Counter[str] = Counter()  # how often it copied a tensor there


class LeftBehind(RuntimeError):
    """A tensor of the CPU met one of the device."""


class There(Tensor):
    """A tensor of the device; `inner` holds its values on the CPU."""

    inner: Tensor

    @staticmethod
    def __new__(cls, inner: Tensor) -> There:
        made = Tensor._make_wrapper_subclass(
            cls,
            inner.size(),
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            layout=inner.layout,
            device=DEVICE,
            requires_grad=False,
        )
        made.inner = inner
        return made

    def __repr__(self, **_: object) -> str:
        return f"There({self.inner})"

    def tolist(self) -> list:
        waits[place()] += 1
        return self.inner.tolist()

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return run(func, args, kwargs or {})


class Pretend(TorchDispatchMode):
    """While it is on, tensors can be made on the device, and moved there."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        return run(func, args, kwargs or {})


def run(func, args, kwargs):
    """Run an operation of ATen on the values."""
    if func.overloadpacket is torch.ops.aten.to:  # arrives whole only without gradients
        return convert(*args, **kwargs)
    flat, spec = tree_flatten((args, kwargs))
    there = [one for one in flat if isinstance(one, There)]
    asked = kwargs.get("device")
    elsewhere = asked is not None and torch.device(asked).type == DEVICE.type
    if there:
        check(func, flat)
    inner_args, inner_kwargs = tree_unflatten([one.inner if isinstance(one, There) else one for one in flat], spec)
    if elsewhere:
        inner_kwargs["device"] = torch.device("cpu")
    result = func(*inner_args, **inner_kwargs)
    if func in WAITING and there and not isinstance(result, Tensor):
        waits[place()] += 1
        return result
    if func is torch.ops.aten._to_copy.default and asked is not None:
        if elsewhere and not there:
            moves[place()] += 1
        if there and not elsewhere:
            waits[place()] += 1
        return There(result) if elsewhere else result
    if func is torch.ops.aten.copy_.default:
        if there and not isinstance(args[0], There):
            waits[place()] += 1
        elif there and not isinstance(args[1], There):
            moves[place()] += 1
        return args[0]
    if there or elsewhere:
        if func in WAITING:  # its size depends on the values
            waits[place()] += 1
        wrapped = tree_map_only(Tensor, lambda one: one if isinstance(one, There) else There(one), result)
        return return_and_correct_aliasing(func, args, kwargs, wrapped) if there and aliases(func) else wrapped
    return result


def convert(tensor: Tensor, *targets: object, copy: bool = False, non_blocking: bool = False, **named: object) -> Tensor:
    """`tensor.to(...)` as copies."""
    other = next((one for one in targets if isinstance(one, Tensor)), None)
    dtype = named.get("dtype") or next((one for one in targets if isinstance(one, torch.dtype)), None)
    device = named.get("device") or next((one for one in targets if isinstance(one, torch.device | str)), None)
    if other is not None:
        dtype, device = other.dtype, other.device
    dtype = tensor.dtype if dtype is None else dtype
    device = tensor.device if device is None else torch.device(device)
    if (dtype, device.type) == (tensor.dtype, tensor.device.type) and not copy:
        return tensor
    return run(torch.ops.aten._to_copy.default, (tensor,), {"dtype": dtype, "device": device})


def aliases(func) -> bool:
    return any(one.alias_info is not None for one in func._schema.returns)


WAITING = {torch.ops.aten._local_scalar_dense.default, torch.ops.aten.equal.default, torch.ops.aten.nonzero.default}
MIXED = {torch.ops.aten.copy_.default, torch.ops.aten._to_copy.default}


def check(func, flat) -> None:
    """Refuse tensors of the CPU beside tensors of the device. A number in a tensor may come from the CPU, as on a GPU."""
    if func in MIXED:
        return
    left = [one for one in flat if isinstance(one, Tensor) and not isinstance(one, There) and one.ndim > 0]
    if left:
        shapes = ", ".join(str(list(one.shape)) for one in left)
        raise LeftBehind(f"{func}: a tensor {shapes} is on the CPU, others are on the device, at {place()}")


def place() -> str:
    """The innermost line of the package that asked."""
    for frame in reversed(traceback.extract_stack(limit=60)):
        path = Path(frame.filename)
        if SOURCE in path.parts and "tests" not in path.parts:
            return f"{'/'.join(path.parts[-3:])}:{frame.lineno}"
    return "outside"


def without_gradients(mode: bool = True) -> AbstractContextManager:
    """What stands for inference mode."""
    return torch.no_grad() if mode else nullcontext()


def start() -> torch.device:
    """Name the backend; once in a process."""
    backends._setup_privateuseone_for_python_backend(NAME)
    torch.inference_mode = without_gradients  # PyTorch has no inference tensors of such a class
    Pretend().__enter__()
    return DEVICE
