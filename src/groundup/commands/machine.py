"""What every command that computes does first, and how it speaks."""

from __future__ import annotations

import sys

from groundup.config import Command
from groundup.errors import InputError


def prepare_machine(settings: Command) -> None:
    """Threads, device and number formats of this process. (Preparing text speaks, too, and needs no torch.)"""
    if settings.device == "cuda":
        raise InputError("NO_DEVICE", "device", "'cuda' is not supported yet", "leave it out, or pass --device cpu")
    if settings.precision != "float32":
        raise InputError("NO_PRECISION", "precision", f"'{settings.precision}' is not supported yet", "leave it out")
    import torch

    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    torch.set_flush_denormal(True)


def say(settings: Command, line: str) -> None:
    """Progress for people, on stderr; silent with --quiet."""
    if not settings.quiet:
        print(line, file=sys.stderr, flush=True)
