"""Streaming lanes: what a scenario costs drawn, weighed and reduced, and that memory stays.

Also what a cluster would be sent: the size of what is scattered once, of a batch's answer, and what
drawing and merging take beside the weighing.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.clock import machine, peak_memory_mb, spend
from benchmarks.engine import extra_of, instances, show
from benchmarks.instance import Instance, draw_mixed
from karwan.base.workers import Threads
from karwan.route.condense import condense
from karwan.route.lanes import Lanes
from karwan.route.streams import Drawn, Reduction, Summary, stream_lanes, summarize_batch

BATCH = 2**16
MOST_POWER = 7


@dataclass(frozen=True)
class Mixed:
    """Scenarios of an instance by batch: open, delayed or shut by chance."""

    instance: Instance
    size: int = BATCH

    def __call__(self, batch: int) -> Iterator[Drawn]:
        """Yield the scenarios of a batch, some at a time."""
        pieces = max(self.size // 2**13, 1)
        count = self.size // pieces
        for piece in range(pieces):
            number = batch * pieces + piece
            extra = extra_of(self.instance, draw_mixed(self.instance, count, batch=number))
            label = np.column_stack([np.full(count, number), np.arange(count)])
            yield Drawn(extra, np.ones(count, dtype=np.int64), label)


def resident_mb() -> float:
    """Return what this process holds in memory now, in MB; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 1e6


def bench_stream(instance: Instance, most: int) -> None:
    """Print what streaming costs on one instance, and check two batches against whole answers.

    Raises
    ------
    ArithmeticError
        If a figure differs from that of whole answers reduced by NumPy.
    """
    ends = instance.origins.tolist(), instance.destinations.tolist()
    reduction = Reduction.of(Lanes(condense(instance.graph, *ends)))
    small = Mixed(instance, 2**10)
    check(reduction, small)
    print(f"\n{instance.name}: {reduction.chosen.size} pairs", flush=True)
    draw = Mixed(instance)
    for power in range(4, MOST_POWER + 1):
        if 10**power > most:
            break
        size = min(BATCH, 10**power)
        draw = Mixed(instance, size)
        count = -(-(10**power) // size)
        kept: list[Summary] = []
        spent = spend(partial(_stream, reduction, draw, count, kept))
        rows = kept[0].row_count
        show(
            f"{rows:,} scenarios",
            f"{spent.cpu_seconds / rows * 1e6:10.2f} us cpu a scenario, {spent.cpu_seconds:.1f} s; "
            f"{resident_mb():.0f} MB held, {peak_memory_mb():.0f} MB at most",
        )
    drawing = spend(lambda: [None for _ in draw(0)])
    show("of which drawing", f"{drawing.cpu_seconds / draw.size * 1e6:10.2f} us a scenario")
    part = summarize_batch((reduction, small), 0)
    merging = spend(lambda: reduction.empty().add(part))
    show("merging a batch", f"{merging.cpu_seconds * 1e3:10.2f} ms")
    show("sent once", f"{len(pickle.dumps(reduction)) / 1e6:10.2f} MB")
    show("answer of a batch", f"{len(pickle.dumps(part)) / 1e6:10.2f} MB")


def _stream(reduction: Reduction, draw: Mixed, count: int, kept: list[Summary]) -> None:
    kept.append(stream_lanes(reduction, draw, count, workers=Threads(1)))


def check(reduction: Reduction, draw: Mixed) -> None:
    """Raise `ArithmeticError` if means or shares differ from those of whole answers."""
    kept = stream_lanes(reduction, draw, 2, workers=Threads(2))
    extra = np.concatenate([part.extra_ticks for batch in range(2) for part in draw(batch)])
    ticks = reduction.lanes.weights(extra).ticks.reshape(len(extra), -1).astype(np.int64)
    joined = (ticks >= 0).sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = np.where(ticks >= 0, ticks, 0).sum(axis=0) / joined
    cut = (ticks < 0).sum(axis=0)
    if not np.array_equal(mean, kept.mean_ticks(), equal_nan=True) or (cut != kept.cut).any():
        msg = "streamed figures differ from whole answers reduced"
        raise ArithmeticError(msg)


def bench_streams(names: tuple[str, ...], most: int, folder: Path) -> None:
    """Print what streaming costs on the networks named, with 60 elements by use."""
    print(f"streams; {machine()}")
    seen = set[str]()
    for instance in instances(names, folder):
        if instance.network not in seen:
            seen.add(instance.network)
            bench_stream(instance, most)
