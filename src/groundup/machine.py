"""What every command that computes does first, and what its work took."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager

from groundup.config import Command
from groundup.terminal.log import detail, text
from groundup.version import VERSION


def prepare_machine(settings: Command) -> None:
    """Threads, number formats and the device of this process. Raises InputError NO_DEVICE for a device that is not there."""
    import torch

    from groundup.nn.device import choose_device

    choose_device(settings.device)
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    torch.set_flush_denormal(True)


@contextmanager
def accounted(name: str) -> Generator[None]:
    """Around the work of a command: --verbose says where it runs, and what it took."""
    import platform

    start = time.monotonic()
    about = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
    detail(text("begins", version=VERSION, name=name, cores=os.cpu_count(), **about))
    yield
    most = peak()
    detail(text("took with memory" if most else "took", name=name, seconds=time.monotonic() - start, memory=most))


def peak() -> float | None:
    """The most memory of this process so far in MiB, where the system says it."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return most * unit / 2**20
