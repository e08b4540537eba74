"""Temporary patches of a model: other functions replace some of its parts within a context, and its own return afterwards.
Its parameters, their names and its modules stay as they are; `nn` knows nothing of it.

B sequences, H heads, T positions, D head size.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from functools import partial
from typing import Any

from torch import Tensor, nn

from groundup.nn.attention import attention, softmax
from groundup.nn.config import TransformerConfig

Patch = tuple[nn.Module, str, Any]  # owner, attribute, what stands there meanwhile
WeightsHook = Callable[[Tensor, Tensor], Tensor]  # scores and weights [B, H, T, T] -> the weights that go on
MISSING = object()


@contextmanager
def patched(changes: Iterable[Patch]) -> Generator[None]:
    """A context with patched attributes. Patches hide the attributes of a module and do not change them."""
    undo: list[tuple[dict[str, Any], str, Any]] = []
    try:
        for owner, name, new in changes:
            undo.append((vars(owner), name, vars(owner).get(name, MISSING)))
            vars(owner)[name] = new
        yield
    finally:
        for attributes, name, old in reversed(undo):
            attributes.pop(name, None)
            if old is not MISSING:
                attributes[name] = old


@contextmanager
def require_gradients(tensors: Iterable[Tensor]) -> Generator[None]:
    """A context in which these tensors require gradients, frozen ones too."""
    changed = [tensor for tensor in tensors if not tensor.requires_grad]
    try:
        for tensor in changed:
            tensor.requires_grad_(True)
        yield
    finally:
        for tensor in changed:
            tensor.requires_grad_(False)


def observed_attention(config: TransformerConfig, keep: WeightsHook) -> Callable[..., Tensor]:
    """softmax(q k^T * scale) v step by step, with its weights shown to `keep`; else as nn/attention.py has it in one kernel."""
    return partial(attention, scale=config.attention_scale or None, normalize=lambda scores: keep(scores, softmax(scores)))
