"""Machines by name, by their published figures, and how long they would take: estimated, never measured here. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from groundup.nn.cost.size import COPIES_PER_PARAMETER, FLOAT, Size
from groundup.nn.cost.step_time import ADAMW

GIB = 2**30
USABLE = 0.9  # of the memory: the rest is for the system, kernels and fragments (assumed)


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """Published figures of a machine; `utilization` is assumed."""

    devices: int = 1
    operations: float
    """Peak per second of one device in the number format it would train in, without sparsity."""
    memory: float
    """Bytes of one device."""
    bandwidth: float
    """Bytes per second of one device's memory."""
    utilization: float
    """Share of the peak that the operations of the model reach over a run."""
    number: int
    """Bytes of a number that the forward pass keeps."""


HARDWARE = {
    # 16 cores x 64 float32 operations a cycle (two 512-bit multiply-adds) x 4.3 GHz, 64 GiB, two channels of DDR5-5600
    "cpu-16": Hardware(operations=4.4e12, memory=64 * GIB, bandwidth=89.6e9, utilization=0.5, number=4),
    # NVIDIA's data sheets of the SXM modules: dense bfloat16
    "a100": Hardware(operations=312e12, memory=80e9, bandwidth=2.039e12, utilization=0.4, number=2),
    "h100": Hardware(operations=989e12, memory=80e9, bandwidth=3.35e12, utilization=0.4, number=2),
    "8xh100": Hardware(operations=989e12, memory=80e9, bandwidth=3.35e12, utilization=0.4, number=2, devices=8),
}


def seconds_on(hardware: Hardware, cost: Size) -> float:
    """Time of an update whose batch is shared by the devices: the operations, then AdamW over all parameters on each."""
    work = cost.training_operations / (hardware.utilization * hardware.operations * hardware.devices)
    return work + ADAMW * FLOAT * cost.total_parameters / hardware.bandwidth


def state_bytes(cost: Size) -> int:
    """Weights, gradients and moments: 16 bytes a parameter, in float32 as in mixed precision (2 + 2 + 12; Rajbhandari et al.,
    2019, arXiv:1910.02054)."""
    return COPIES_PER_PARAMETER * FLOAT * cost.total_parameters


def devices_needed(hardware: Hardware, state: float, sequence: float) -> int | None:
    """Fewest devices whose memory holds the state, shared out among them, and one sequence each; None if that is too long."""
    room = USABLE * hardware.memory - sequence
    return ceil(state / room) if room > 0 else None


def sequences_at_once(hardware: Hardware, state: float, sequence: float) -> int:
    """Sequences that a device can keep beside its share of the state; 0 where that alone is too large."""
    return max(0, int((USABLE * hardware.memory - state / hardware.devices) / sequence))
