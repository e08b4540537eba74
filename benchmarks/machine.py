"""What a benchmark ran on: processor, memory, versions, load, and the matrix-multiply rate measured there and then.

`python benchmarks/machine.py` prints it.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("torch", "numpy", "transformers", "tokenizers", "safetensors", "scikit-learn", "onnxruntime", "pyarrow")
SIZES = (512, 1024, 2048)  # square matrices; the rate is that of the best size
SECONDS = 1.0  # measured per size and number of threads


def facts() -> dict:
    """The machine and the versions, as they are now."""
    return {
        "cpu": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "vector_instructions": vector_instructions(),
        "memory_gib": memory(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of the packages that are installed; absent ones are left out."""
    found = {}
    for package in ("groundup", *PACKAGES):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").split("\n") if path.is_file() else []


def processor() -> str:
    names = [line.partition(":")[2].strip() for line in cpu_lines() if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def vector_instructions() -> list[str]:
    """The kinds that decide the speed of matrix multiplication."""
    flags = next((line.partition(":")[2].split() for line in cpu_lines() if line.startswith("flags")), [])
    kinds = ("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_int8")
    return [kind for kind in kinds if kind in flags]


def memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def matmul_rate(threads: int, seconds: float = SECONDS) -> dict:
    """GFLOP/s of float32 matrix multiplication in torch: median and best of the best size. Threads are put back."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        sizes = {size: rates(size, seconds) for size in SIZES}
    finally:
        torch.set_num_threads(before)
    size = max(sizes, key=lambda size: statistics.median(sizes[size]))
    return {
        "threads": threads,
        "size": size,
        "median": round(statistics.median(sizes[size]), 1),
        "best": round(max(sizes[size]), 1),
        "medians": {str(size): round(statistics.median(found), 1) for size, found in sizes.items()},
    }


def rates(size: int, seconds: float) -> list[float]:
    """GFLOP/s of repeated products of two square matrices, after three that are not counted."""
    import torch

    generator = torch.Generator().manual_seed(0)
    first, second = (torch.rand(size, size, generator=generator) for _ in range(2))
    product = torch.empty(size, size)
    for _ in range(3):
        torch.mm(first, second, out=product)
    found: list[float] = []
    end = time.perf_counter() + seconds
    while len(found) < 8 or time.perf_counter() < end:
        started = time.perf_counter()
        torch.mm(first, second, out=product)
        found.append(2 * size**3 / (time.perf_counter() - started) / 1e9)
    return found


if __name__ == "__main__":
    print(json.dumps(facts() | {"matmul_gflops": [matmul_rate(threads) for threads in (1, 2)]}, indent=2))
