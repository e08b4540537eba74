"""Returns freed memory to the system. Batches of varying sizes fragment the C heap, and glibc does not shrink it by itself.

Without this a run of 1.5 million parameters grows to 2 GB in an hour. Only glibc (Linux) offers the call.
"""

from __future__ import annotations

import ctypes
import sys

EVERY = 20  # updates: a call takes a sixth of an update


def find_malloc_trim():
    """glibc's `malloc_trim`, or None."""
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None  # another C library


MALLOC_TRIM = find_malloc_trim()


def release(step: int) -> None:
    """Return free memory to the system, once in EVERY updates."""
    if MALLOC_TRIM is not None and step % EVERY == 0:
        MALLOC_TRIM(0)
