"""What compression decides where a user says nothing, as far as it is known without the data. Free of torch."""

from __future__ import annotations

from dataclasses import replace

from groundup.commands.compress.settings import Compress
from groundup.commands.shared.resolving import dry_transfer
from groundup.train.settings import OptimizerSettings


def optimizer_settings(settings: Compress) -> OptimizerSettings:
    """What a method says of the optimizer: blocks that replace others by and by are not pulled to 0."""
    chosen = settings.optimizer
    return replace(chosen, weight_decay=0.0) if settings.method == "theseus" and chosen.weight_decay is None else chosen


def preview(settings: Compress) -> list[str]:
    if settings.method == "quantize":
        return ["resolved: nothing is trained"]
    student = settings.distill.student if settings.method == "distill" else None
    return dry_transfer(student or settings.model, optimizer_settings(settings), settings)
