"""The former place of `MaskedWords` and `InContext`, for one version: they are in `groundup.augment.masked_lm`."""

from __future__ import annotations

from groundup.augment.masked_lm import InContext, MaskedWords

__all__ = ["InContext", "MaskedWords"]
