"""Measure what the budget names, and print ratios to peers measured in the same run.

Run with `make bench`, or name what is wanted: `python -m benchmarks.run engine`.
No time is asserted: it says as much of the machine as of the program.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.engine import Plan, bench_engine
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.histories import ramp_of
from karwan.analysis.world.state import State
from karwan.analysis.world.world import open_world
from karwan.data.catalog import Catalog
from karwan.hazard.scenarios import draw_scenarios
from karwan.network.vehicles import make_consignment
from karwan.route.composed import best_ways, setting_out

REPEATS = 7
PATHS = 10_000
SMALL_PATHS, SMALL_COUNT = 200, 100
START = "from karwan.main import main; main()"
BUDGET_COMPARE_SECONDS = 2.0
BUDGET_STUDY_SECONDS = 30.0
BUDGET_SCENARIOS_SECONDS = 5.0
PARTS = ("scenarios", "commands", "router", "engine")
NETWORKS = ("reference", "world", "plane")


def median_seconds(task: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median wall time of a task, after one run to warm up if it is run repeatedly."""
    if repeats > 1:
        task()
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        task()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def command(*words: str) -> Callable[[], object]:
    """Return a task that runs the command line in a process of its own, start-up included."""
    return lambda: subprocess.run(
        [sys.executable, "-c", START, *words], check=True, capture_output=True
    )


def bench_commands(*, small: bool = False) -> None:
    """Print the time of commands, start-up included; a small run leaves out the study."""
    date = ["--as-of", "2026-11-22"]
    repeats = 1 if small else REPEATS
    empty = [sys.executable, "-c", "pass"]
    bare = median_seconds(lambda: subprocess.run(empty, check=True), repeats)
    for words in (
        ["compare", "almaty", "karachi", *date],
        ["route", "almaty", "karachi", "--alternatives", "5", *date],
    ):
        seconds = median_seconds(command(*words), repeats)
        print(
            f"karwan {' '.join(words):58} {seconds:6.2f} s   budget {BUDGET_COMPARE_SECONDS:.0f} "
            "s   "
            f"{seconds / bare:.0f} x an empty Python"
        )
    if small:
        print("karwan study run: left out of a small run")
        return
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "run")
        seconds = median_seconds(command("study", "run", "reference", "--out", out), repeats=3)
    print(
        f"{'karwan study run reference (120 comparisons, report)':65} {seconds:6.2f} s   budget "
        f"{BUDGET_STUDY_SECONDS:.0f} s"
    )


def bench_router(*, small: bool = False) -> None:
    """Print the time of one search over the reference network beside SciPy's."""
    repeats = 1 if small else 50
    catalog = Catalog()
    world = open_world(catalog, dt.date(2026, 11, 22))
    consignment = make_consignment(catalog, carrier="KZ", countries=world.network.countries)
    planner = Planner(world=world, consignment=consignment)
    priced, graph = planner.priced, planner.graph
    mask = planner.mask(Scope(state=State.all_open))
    source = graph.index["almaty", "road"]
    ours = median_seconds(lambda: best_ways(priced, setting_out(source), mask), repeats)
    lightest: dict[tuple[int, int], int] = {}
    for arc in graph.arcs:
        if mask[arc.id]:
            pair = (arc.tail, arc.head)
            lightest[pair] = min(lightest.get(pair, priced.ticks[arc.id]), priced.ticks[arc.id])
    rows, columns = zip(*lightest, strict=True)
    size = len(graph.states)
    matrix = csr_array(
        (np.array(list(lightest.values()), float), (rows, columns)), shape=(size, size)
    )
    theirs = median_seconds(lambda: dijkstra(matrix, indices=[source]), repeats)
    print(
        f"one tree over {size} states, {len(graph.arcs)} arcs, with paths and tie rule: "
        f"{ours * 1e6:.0f} us; "
        f"SciPy dijkstra (weights only): {theirs * 1e6:.0f} us; ratio {ours / theirs:.1f}"
    )


def bench_scenarios(*, small: bool = False) -> None:
    """Print the time to draw futures of all elements, and to ask them for the state of a day."""
    repeats, paths = (1, SMALL_PATHS) if small else (REPEATS, PATHS)
    world = open_world(Catalog(), dt.date(2026, 11, 22))
    model = fit_world(world)
    ramp = ramp_of(world.catalog, world.network)
    task = partial(draw_scenarios, model, seed=1, ramp=ramp, path_count=paths)
    drawn = task()
    draw = median_seconds(task, repeats)
    mask = median_seconds(lambda: drawn.masks_on(365.0), repeats)
    print(
        f"{drawn.path_count:,} paths x {drawn.horizon_days} days x {len(drawn.elements)} elements, "
        f"{drawn.spell_count:,} spells: {draw:.2f} s   budget {BUDGET_SCENARIOS_SECONDS:.0f} s; "
        f"bit masks of a day: {mask * 1e3:.1f} ms"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--most", type=int, default=1_000_000, help="most scenarios")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="leave out a count that takes longer"
    )
    parser.add_argument("--folder", type=Path, default=Path("runs/bench"), help="for large graphs")
    parser.add_argument(
        "--small",
        action="store_true",
        help="each part once and little of it, on the reference network: to see that none crashes",
    )
    asked = parser.parse_args(arguments)
    counts = tuple(10**power for power in range(3, 7) if 10**power <= asked.most)
    networks = tuple(asked.networks)
    if asked.small:
        counts, networks = (SMALL_COUNT,), ("reference",)
    parts = asked.parts or PARTS
    if "scenarios" in parts:
        bench_scenarios(small=asked.small)
    if "commands" in parts:
        bench_commands(small=asked.small)
    if "router" in parts:
        bench_router(small=asked.small)
    if "engine" in parts:
        bench_engine(networks, Plan(counts, asked.seconds), asked.folder)


if __name__ == "__main__":
    main()
