"""What every command that computes does first, and what its work took."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager

from groundup.config import Command
from groundup.terminal.log import detail
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
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    detail(f"groundup {VERSION} {name}; Python {platform.python_version()}; {system}")
    yield
    detail(f"{name} took {time.monotonic() - start:.1f} s{peak()}")


def peak() -> str:
    """The most memory of this process so far, where the system says it."""
    try:
        import resource
    except ImportError:  # Windows
        return ""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return f"; the most memory of the process so far: {most * unit / 2**20:,.0f} MiB"
