"""Settings of int8. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from groundup.config import Fraction, Positive
from groundup.scope import Unfit


@dataclass(frozen=True, kw_only=True)
class QuantizeSettings:
    """Matrices are stored in int8, word embeddings too: a file of about a quarter. Where the machine multiplies int8 exactly
    and faster than float32, answers come faster, too; else they are computed in float32 as before."""

    unfit: ClassVar = (Unfit(lambda one: not one.smooth, ("examples",), "is for smoothing: give --quantize.smooth"),)

    search: bool = True
    """Try per row where to cut its largest weights off, and take what makes the squared error least."""
    smooth: Fraction = 0.0
    """Share of the difficulty that is moved from states with large channels into the weights they meet (SmoothQuant: 0.5); for
    models whose norms stand before each part. 0: none."""
    examples: Positive = 128
    """Training rows that show how large channels are."""
