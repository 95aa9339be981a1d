"""Measure what the budget names, and print ratios to peers measured in the same run.

Run with `make bench`, or name what is wanted: `python -m benchmarks.run engine`.
No time is asserted: it says as much of the machine as of the program.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

import karwan
from benchmarks.clock import Spent, environment, machine, median_of, spend
from benchmarks.engine import Cost, Plan, bench_engine
from benchmarks.growth import bench_growth
from benchmarks.streams import bench_streams
from benchmarks.web import bench_web
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.forecasts.histories import ramp_of
from karwan.analysis.world.state import State
from karwan.analysis.world.world import open_world
from karwan.base.cache import VARIABLE
from karwan.data.catalog import Catalog
from karwan.hazard.scenarios import draw_scenarios
from karwan.main import main as main_of_karwan
from karwan.network.vehicles import make_consignment
from karwan.route.composed import best_ways, setting_out

REPEATS = 7
PATHS = 10_000
SMALL_PATHS, SMALL_COUNT = 200, 100
START = "from karwan.main import main; main()"
BUDGET_STUDY_SECONDS = 12.0
BUDGET_PAIR_SECONDS = 4.0
BUDGET_RESIDENT_SECONDS = 0.1
BUDGET_SCENARIOS_SECONDS = 5.0
SMALL_STREAM = 10_000
PARTS = ("scenarios", "commands", "newcomer", "router", "engine", "growth", "streams", "web")
NETWORKS = ("reference", "asia", "world", "plane")


def measured(task: Callable[[], object], repeats: int = REPEATS) -> Cost:
    """Return the least and median of a task, after one run to warm up if it is run repeatedly."""
    if repeats > 1:
        task()
    return Cost.of([spend(task) for _ in range(repeats)])


BUDGETS_SECONDS = {
    ("compare", "almaty", "karachi"): 0.8,
    ("route", "almaty", "karachi", "--alternatives", "5"): 0.8,
    ("hazard", "torkham"): 0.8,
    ("ledger", "list"): 0.8,
    ("target", "KAZ-PAK"): 0.8,
}
"""Processor time that a command may take, start of Python included, with what is kept."""
ASKED = ("--as-of", "2026-11-22")
ONE_PAIR = """
name = "one-pair"
title = "Almaty to Karachi"
as_of = 2026-11-22
seed = 1
price_year = 2023
states = ["last-known", "all-open"]
both_directions = false
origins = ["almaty"]
destinations = ["karachi"]
focus = ["almaty", "karachi"]

[consignment]
cargo = "general"
unit = "truck"
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A program as a user starts it: the source it runs, and what it may use of earlier runs."""

    name: str
    source: Path
    cache: str

    def run(self, words: Sequence[str]) -> Spent:
        """Return what a command took in a process of its own, start of Python included."""
        before = os.times()
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", START, *words],
            check=True,
            capture_output=True,
            env=environment() | {VARIABLE: self.cache, "PYTHONPATH": str(self.source)},
        )
        wall, after = time.perf_counter() - begun, os.times()
        cpu = (after.children_user - before.children_user) + (
            after.children_system - before.children_system
        )
        return Spent(cpu, wall)


def bench_commands(*, small: bool = False, beside: Path | None = None) -> None:
    """Print what commands take, start included, with what is kept between runs and without.

    Each is run in turn with the others, so that a machine that slows down slows all; a small run
    leaves out the studies and all but the first command.

    Parameters
    ----------
    beside
        Source folder of another version, run in turn with this one.
    """
    print(f"commands: {machine()}; median of processor seconds, wall in brackets")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(karwan.__file__).parents[1]
        programs = [
            Program("with what is kept", source, str(Path(folder) / "kept")),
            Program("with nothing kept", source, "off"),
        ]
        if beside is not None:
            programs.append(Program(f"{beside}", beside.resolve(), str(Path(folder) / "other")))
        budgets = list(BUDGETS_SECONDS.items())
        for words, budget in budgets[:1] if small else budgets:
            _bench_command(programs, (*words, *ASKED), budget, 1 if small else REPEATS)
        _bench_resident(1 if small else REPEATS)
        if small:
            print("karwan study run: left out of a small run")
            return
        pair = Path(folder) / "pair.toml"
        pair.write_text(ONE_PAIR, encoding="utf-8")
        for study, budget in (
            ("reference", BUDGET_STUDY_SECONDS),
            (str(pair), BUDGET_PAIR_SECONDS),
        ):
            words = ("study", "run", study, "--quiet", "--out", str(Path(folder) / "run"))
            _bench_command(programs, words, budget, repeats=3)


def _bench_command(
    programs: Sequence[Program], words: Sequence[str], budget: float, repeats: int
) -> None:
    """Print what a command takes in each program, warmed up once if it is run repeatedly."""
    for program in programs if repeats > 1 else ():
        program.run(words)
    spent: dict[str, list[Spent]] = {program.name: [] for program in programs}
    for _ in range(repeats):
        for program in programs:
            spent[program.name].append(program.run(words))
    shown = " ".join(word for word in words if not word.startswith("/"))
    print(f"karwan {shown}   budget {budget:g} s of processor time with what is kept")
    first = median_of(spent[programs[0].name])
    for program in programs:
        took = median_of(spent[program.name])
        ratio = took.cpu_seconds / first.cpu_seconds
        print(
            f"  {program.name:40} {took.cpu_seconds:6.2f} s ({took.wall_seconds:.2f})"
            f"   {ratio:.2f} x"
        )


def _bench_resident(repeats: int) -> None:
    """Print what a comparison takes in a process that answered it before."""
    words = ["compare", "almaty", "karachi", *ASKED]

    def ask() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            main_of_karwan(words)

    ask()
    took = median_of([spend(ask) for _ in range(repeats)])
    print(
        f"  compare, asked again in one process: {took.cpu_seconds:.2f} s ({took.wall_seconds:.2f})"
        f"   budget {BUDGET_RESIDENT_SECONDS:g} s"
    )


def bench_newcomer(*, small: bool = False) -> None:
    """Print what the way to a report of an own land with own closures takes, step after step.

    The steps are those of `docs/own-network.md`. Nothing is kept before the first, as on a new
    machine; a small run leaves out the report.
    """
    print(f"newcomer: {machine()}; once, processor seconds, wall in brackets")
    with tempfile.TemporaryDirectory() as folder:
        land, own = str(Path(folder) / "land"), str(Path(folder) / "workspace")
        program = Program("new", Path(karwan.__file__).parents[1], str(Path(folder) / "kept"))
        closure = ("West Gate", "2026-06-20", "--end-status", "ongoing", "--source", "a call")
        steps = [
            ("new", land),
            ("network", "check", "--tables", land),
            ("compare", "norton", "sutton", "--tables", land, "--as-of", "2026-06-30"),
            ("evidence", "add-closure", *closure, "--source-date", "2026-06-20",
             "--tables", land, "--workspace", own),
            ("study", "run", f"{land}/study.toml", "--workspace", own, "--quiet",
             "--out", str(Path(folder) / "run")),
        ]  # fmt: skip
        spent = []
        for words in steps[:-1] if small else steps:
            spent.append(program.run(words))
            took = spent[-1]
            name = f"karwan {' '.join(words[:2] if words[0] != 'new' else words[:1])}"
            print(f"  {name:40} {took.cpu_seconds:6.2f} s ({took.wall_seconds:.2f})")
        cpu, wall = (sum(getattr(one, c) for one in spent) for c in ("cpu_seconds", "wall_seconds"))
        print(f"  {'all, without typing':40} {cpu:6.2f} s ({wall:.2f})")


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
    ours = measured(lambda: best_ways(priced, setting_out(source), mask), repeats)
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
    theirs = measured(lambda: dijkstra(matrix, indices=[source]), repeats)
    print(
        f"one tree over {size} states, {len(graph.arcs)} arcs, with paths and tie rule: "
        f"{ours}; SciPy dijkstra (weights only): {theirs}; least and median of {repeats}; ratio "
        f"by minima {ours.least.cpu_seconds / theirs.least.cpu_seconds:.1f}"
    )


def bench_scenarios(*, small: bool = False) -> None:
    """Print the time to draw futures of all elements, and to ask them for the state of a day."""
    repeats, paths = (1, SMALL_PATHS) if small else (REPEATS, PATHS)
    world = open_world(Catalog(), dt.date(2026, 11, 22))
    model = fit_world(world)
    ramp = ramp_of(world.catalog, world.network)
    task = partial(draw_scenarios, model, seed=1, ramp=ramp, path_count=paths)
    drawn = task()
    draw = measured(task, repeats).median.cpu_seconds
    mask = measured(lambda: drawn.masks_on(365.0), repeats).median.cpu_seconds
    print(
        f"{drawn.path_count:,} paths x {drawn.horizon_days} days x {len(drawn.elements)} elements, "
        f"{drawn.spell_count:,} spells: {draw:.2f} s cpu, median   "
        f"budget {BUDGET_SCENARIOS_SECONDS:.0f} s; bit masks of a day: {mask * 1e3:.1f} ms"
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
        "--beside", type=Path, help="source folder of another version, to time its commands too"
    )
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
        bench_commands(small=asked.small, beside=asked.beside)
    if "newcomer" in parts:
        bench_newcomer(small=asked.small)
    if "router" in parts:
        bench_router(small=asked.small)
    if "engine" in parts:
        bench_engine(networks, Plan(counts, asked.seconds), asked.folder)
    if "growth" in parts:
        bench_growth(small=asked.small)
    if "streams" in parts:
        bench_streams(networks, SMALL_STREAM if asked.small else asked.most, asked.folder)
    if "web" in parts:
        bench_web(small=asked.small)


if __name__ == "__main__":
    main()
