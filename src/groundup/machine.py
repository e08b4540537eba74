"""What every command that computes does first, and how it speaks."""

from __future__ import annotations

import sys

from groundup.config import Command


def prepare_machine(settings: Command) -> None:
    """Threads and number formats of this process. (Preparing text speaks, too, and needs no torch.)"""
    import torch

    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    torch.set_flush_denormal(True)


def say(settings: Command, line: str) -> None:
    """Progress for people, on stderr; silent with --quiet."""
    if not settings.quiet:
        print(line, file=sys.stderr, flush=True)


def tell(line: str) -> None:
    """A result for people, on stderr; --quiet does not silence it."""
    print(line, file=sys.stderr, flush=True)
