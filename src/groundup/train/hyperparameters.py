"""The values of an optimizer and its schedule once all are decided: what a user says, else what the way of training says.

Free of torch. They are decided here and nowhere else; optimizers.py makes the optimizer of them, and run.json, reports and
`--dry-run` show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from groundup.train.settings import OptimizerSettings

NAMES = {"adamw": "AdamW", "muon": "Muon"}
RATE, MOST = 2e-4, 5e-4  # of fine-tuning: the peak at width 384, falling to BERT-base's 7e-5; and the most at any width
EPOCHS, FEWEST_UPDATES = 5, 600  # of fine-tuning where neither epochs nor steps are given; whichever is more
OF_SMALL_MATRICES = 5.0  # how many times as fast LoRA learns


@dataclass(frozen=True)
class Hyperparameters:
    """All values of an optimizer and its schedule. Shares are of the updates."""

    learning_rate: float  # at its peak
    warmup: float
    flat_until: float
    weight_decay: float
    beta2: float
    epsilon: float
    bias_correction: bool
    method: str = "adamw"
    beta1: float = 0.9
    clip: float = 1.0

    def __str__(self) -> str:
        """`AdamW, peak learning rate 0.00048, 10% warm-up, linear decay`."""
        fall = f"linear decay from {self.flat_until:.0%} on" if self.flat_until else "linear decay"
        peak, warmup = f"{self.learning_rate:.3g}", f"{100 * self.warmup:.3g}%"
        return f"{NAMES[self.method]}, peak learning rate {peak}, {warmup} warm-up, {fall}"


def decided(chosen: OptimizerSettings, usual: Hyperparameters) -> Hyperparameters:
    """The usual values, with those that the user says instead."""
    names = {field.name for field in fields(usual)}
    said = {name: value for name, value in asdict(chosen).items() if name in names and value is not None}
    return replace(usual, **said)


def of_finetuning(
    chosen: OptimizerSettings, width: int, small_matrices: bool = False, weight_decay: float = 0.01
) -> Hyperparameters:
    """For a pretrained model of so many numbers per token, or small matrices (LoRA) beside it."""
    peak = min(MOST, RATE * (384 / width) ** 1.5) * (OF_SMALL_MATRICES if small_matrices else 1.0)
    return decided(chosen, Hyperparameters(peak, 0.1, 0.0, weight_decay, 0.999, 1e-8, True))


def line_of(resolved: Mapping) -> str:
    """What a training was given, in a line: `AdamW, peak ...; 150 steps of 32 rows = 0.6 epochs; float32`."""
    values = resolved["optimizer"]
    optimizer = Hyperparameters(**{field.name: values[field.name] for field in fields(Hyperparameters)})
    size, epochs = resolved.get("batch_size"), resolved.get("epochs")
    told = f"{resolved['steps']:,} steps"
    told += f" of {size:,} {resolved.get('unit', 'rows')}" if size else ""
    told += f" = {epochs:.3g} epochs" if epochs is not None else ""
    return f"{optimizer}; {told}; {resolved['precision']}"
