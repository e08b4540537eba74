"""Modules whose call is their forward, without the machinery of `nn.Module`: with one row, that costs as much as the
product."""

from __future__ import annotations

from functools import cache
from typing import TypeVar, cast

from torch import nn

AnyModule = TypeVar("AnyModule", bound=nn.Module)


def fast_forward(module: AnyModule, known: dict[nn.Module, nn.Module] | None = None) -> AnyModule:
    """A copy of the module with the same weights whose call goes straight to `forward`; its parts are plain attributes. For
    inference only. A part with hooks keeps its ordinary call.
    """
    known = {} if known is None else known
    if module not in known:
        has_hooks = module._forward_hooks or module._forward_pre_hooks
        direct = known[module] = object.__new__(type(module) if has_hooks else direct_call_class(type(module)))
        parts = {name: part if part is None else fast_forward(part, known) for name, part in module._modules.items()}
        direct.__dict__ |= module.__dict__ | module._parameters | module._buffers | parts | {"_modules": parts}
    return cast("AnyModule", known[module])


@cache
def direct_call_class(kind: type[nn.Module]) -> type[nn.Module]:
    """A subclass whose call is its forward."""
    return type(kind.__name__, (kind,), {"__call__": kind.forward})
