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
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.engine import Plan, bench_engine
from karwan.analysis.corridors.planner import Planner, Scope
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.histories import ramp_of
from karwan.analysis.world.world import ALL_OPEN, open_world
from karwan.data.catalog import Catalog
from karwan.hazard.scenarios import draw_scenarios
from karwan.network.vehicles import make_consignment
from karwan.route.router import best_tree

REPEATS = 7
START = "from karwan.main import main; main()"
BUDGET_COMPARE_SECONDS = 2.0
BUDGET_STUDY_SECONDS = 30.0
BUDGET_SCENARIOS_SECONDS = 5.0
PARTS = ("scenarios", "commands", "router", "engine")
NETWORKS = ("reference", "world", "plane")


def median_seconds(task: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median wall time of a task after one run to warm up."""
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


def bench_commands() -> None:
    """Print the time of commands, start-up included."""
    date = ["--as-of", "2026-11-22"]
    bare = median_seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    for words in (
        ["compare", "almaty", "karachi", *date],
        ["route", "almaty", "karachi", "--alternatives", "5", *date],
    ):
        seconds = median_seconds(command(*words))
        print(
            f"karwan {' '.join(words):58} {seconds:6.2f} s   budget {BUDGET_COMPARE_SECONDS:.0f} "
            "s   "
            f"{seconds / bare:.0f} x an empty Python"
        )
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "run")
        seconds = median_seconds(command("study", "run", "reference", "--out", out), repeats=3)
    print(
        f"{'karwan study run reference (120 comparisons, report)':65} {seconds:6.2f} s   budget "
        f"{BUDGET_STUDY_SECONDS:.0f} s"
    )


def bench_router() -> None:
    """Print the time of one search over the reference network beside SciPy's."""
    catalog = Catalog()
    world = open_world(catalog, dt.date(2026, 11, 22))
    consignment = make_consignment(catalog, carrier="KZ", countries=world.network.countries)
    planner = Planner(world, consignment)
    priced, graph = planner.priced, planner.graph
    mask = planner.mask(Scope(ALL_OPEN))
    source = graph.index["almaty", "road"]
    ours = median_seconds(lambda: best_tree(priced, source, mask), repeats=50)
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
    theirs = median_seconds(lambda: dijkstra(matrix, indices=[source]), repeats=50)
    print(
        f"one tree over {size} states, {len(graph.arcs)} arcs, with paths and tie rule: "
        f"{ours * 1e6:.0f} us; "
        f"SciPy dijkstra (weights only): {theirs * 1e6:.0f} us; ratio {ours / theirs:.1f}"
    )


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--most", type=int, default=1_000_000, help="most scenarios")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="leave out a count that takes longer"
    )
    parser.add_argument("--folder", type=Path, default=Path("runs/bench"), help="for large graphs")
    asked = parser.parse_args()
    counts = tuple(10**power for power in range(3, 7) if 10**power <= asked.most)
    parts = asked.parts or PARTS
    if "scenarios" in parts:
        bench_scenarios()
    if "commands" in parts:
        bench_commands()
    if "router" in parts:
        bench_router()
    if "engine" in parts:
        bench_engine(tuple(asked.networks), Plan(counts, asked.seconds), asked.folder)


if __name__ == "__main__":
    main()


def bench_scenarios() -> None:
    """Print the time to draw futures of all elements, and to ask them for the state of a day."""
    world = open_world(Catalog(), dt.date(2026, 11, 22))
    model = fit_world(world)
    ramp = ramp_of(world.catalog, world.network)
    drawn = draw_scenarios(model, seed=1, ramp=ramp)
    draw = median_seconds(lambda: draw_scenarios(model, seed=1, ramp=ramp))
    mask = median_seconds(lambda: drawn.masks_on(365.0))
    print(
        f"{drawn.path_count:,} paths x {drawn.horizon_days} days x {len(drawn.elements)} elements, "
        f"{drawn.spell_count:,} spells: {draw:.2f} s   budget {BUDGET_SCENARIOS_SECONDS:.0f} s; "
        f"bit masks of a day: {mask * 1e3:.1f} ms"
    )
