"""Clocks and gauges of the benchmarks: processor time beside wall time, load, memory."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def environment() -> dict[str, str]:
    """Return what a program finds set, less what would have it compile its source at every start.

    An installed program runs bytecode; so does one that was started before.
    """
    return {name: told for name, told in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a task took: time of the processor over all threads, and of the wall."""

    cpu_seconds: float
    wall_seconds: float

    def per(self, count: float) -> Spent:
        """Return the share of one of `count` equal parts."""
        return Spent(self.cpu_seconds / count, self.wall_seconds / count)


def spend(task: Callable[[], object]) -> Spent:
    """Return what running a task once took."""
    cpu, wall = time.process_time(), time.perf_counter()
    task()
    return Spent(time.process_time() - cpu, time.perf_counter() - wall)


def median_of(spent: list[Spent]) -> Spent:
    """Return the medians, each clock by itself."""
    return Spent(
        statistics.median(s.cpu_seconds for s in spent),
        statistics.median(s.wall_seconds for s in spent),
    )


def least_of(spent: list[Spent]) -> Spent:
    """Return the minima, each clock by itself: what other work on the machine disturbs least."""
    return Spent(
        min(s.cpu_seconds for s in spent),
        min(s.wall_seconds for s in spent),
    )


def peak_memory_mb() -> float:
    """Return the most memory the process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    """Return processor, cores, system, Python, and the load of the last minute."""
    info = Path("/proc/cpuinfo")
    names = [
        line.split(":", 1)[1].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )
