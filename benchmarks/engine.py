"""Measure the engine: condense, lanes and detour tree beside the fastest libraries.

Everything is measured in one process and one run, so that ratios hold whatever else the machine
does; a line gives processor time, then wall time in brackets. Answers are compared with SciPy's,
entry by entry; one that differs ends the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.clock import Spent, machine, median_of, peak_memory_mb, spend
from benchmarks.instance import (
    Draws,
    Instance,
    draw_mixed,
    draw_shut,
    kept_streets,
    reference_instance,
    use_of,
    with_elements,
)
from benchmarks.peers import PEERS, Peer, make_scipy, weights_of
from karwan.route.arcgraph import MICRO, Longs, make_arc_graph
from karwan.route.condense import Condensed, condense, to_arc_graph
from karwan.route.detours import DetourTree, Masks, count_routes, pack_masks
from karwan.route.lanes import SHUT, LaneRoutes, Lanes

BATCH = 2**14
"""Scenarios handed over at once; memory does not grow with how many are asked in all."""
PEER_SCENARIOS = {"scipy": 1, "igraph": 3, "pyroutingkit": 200}
CHECKED = 3
CHECKED_TREES = 200
MICROSECOND = 1e6
T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """How far a run goes.

    Attributes
    ----------
    counts
        Numbers of scenarios, ascending.
    seconds
        A count that would take longer, of processor time, is left out.
    """

    counts: tuple[int, ...]
    seconds: float


def show(what: str, value: str) -> None:
    """Print one line."""
    print(f"    {what:52} {value}", flush=True)


def in_microseconds(spent: Spent) -> str:
    """Return both clocks in microseconds."""
    return (
        f"{spent.cpu_seconds * MICROSECOND:10.2f} us cpu "
        f"({spent.wall_seconds * MICROSECOND:.2f} wall)"
    )


def in_seconds(spent: Spent) -> str:
    """Return both clocks in seconds."""
    return f"{spent.cpu_seconds:10.2f} s cpu ({spent.wall_seconds:.2f} wall)"


def extra_of(instance: Instance, draws: Draws) -> Longs:
    """Return what the lanes take: the weight of each element's delay, `SHUT` where shut."""
    added = np.rint(draws.delay_hours * instance.ticks_per_hour).astype(np.int64)
    return np.where(draws.shut, np.int64(SHUT), added)


def extra_measures_of(draws: Draws) -> Longs:
    """Return what each element's delay adds to hours, in millionths."""
    found = np.zeros((*draws.shut.shape, 3), dtype=np.int64)
    found[..., 0] = draws.delay_hours * MICRO
    return found


def batches(count: int) -> Iterator[tuple[int, int]]:
    """Yield the number and size of each batch of scenarios."""
    for number, begin in enumerate(range(0, count, BATCH)):
        yield number, min(BATCH, count - begin)


def spend_on(run: Callable[[T], object], draw: Callable[[int, int], T], count: int) -> Spent:
    """Return the cost of each scenario; drawing them is not counted, nor is reading answers."""
    cpu, wall = 0.0, 0.0
    for number, size in batches(count):
        drawn = draw(number, size)
        spent = spend(partial(run, drawn))
        cpu, wall = cpu + spent.cpu_seconds, wall + spent.wall_seconds
    return Spent(cpu, wall).per(count)


def warm_up() -> None:
    """Compile the kernels on a graph of two nodes, so that no figure holds their compilation."""
    graph = make_arc_graph(2, [0, 0], [1, 1], [1, 2], element=[0, -1])
    condensed = condense(graph, [0], [1])
    lanes = Lanes(condensed)
    extra = np.zeros((1, 1), dtype=np.int64)
    lanes.weights(extra)
    lanes.routes(extra, np.zeros((1, 1, 3), dtype=np.int64))
    DetourTree(to_arc_graph(condensed), 0, 1).best((0,))


def measure_kernels(instance: Instance, lanes: Lanes, plan: Plan) -> Spent:
    """Print the lanes' time a scenario; return that of weights on one thread, most scenarios."""

    def draw(number: int, size: int) -> tuple[Longs, Longs]:
        draws = draw_mixed(instance, size, batch=number)
        return extra_of(instance, draws), extra_measures_of(draws)

    def weights(drawn: tuple[Longs, Longs], thread_count: int) -> None:
        lanes.weights(drawn[0], thread_count=thread_count)

    def routes(drawn: tuple[Longs, Longs], thread_count: int) -> None:
        lanes.routes(*drawn, thread_count=thread_count)

    best = Spent(np.inf, np.inf)
    for name, run in (("weights", weights), ("hours, USD, km, elements", routes)):
        for thread_count in (1, 2):
            task, last = partial(run, thread_count=thread_count), 0.0
            for count in plan.counts:
                if last * count > plan.seconds:
                    show(f"{name}, {count:,} scenarios", "left out: takes too long")
                    continue
                spent = spend_on(task, draw, count)
                last = spent.cpu_seconds
                title = f"{name}, {count:,} scenarios, {thread_count} thread(s)"
                show(title, in_microseconds(spent))
                if name == "weights" and thread_count == 1:
                    best = spent
    return best


def check_lanes(instance: Instance, lanes: Lanes, scipy: Peer) -> None:
    """Compare weights and routes with SciPy's, entry by entry.

    Raises
    ------
    ArithmeticError
        If one differs.
    """
    draws = draw_mixed(instance, CHECKED)
    extra = extra_of(instance, draws)
    expected = np.array([scipy.ask(row) for row in weights_of(instance, extra)])
    weights = lanes.weights(extra).ticks
    routes: LaneRoutes = lanes.routes(extra, extra_measures_of(draws))
    if not (np.array_equal(weights, expected) and np.array_equal(routes.ticks, expected)):
        msg = f"{instance.name}: the lanes differ from SciPy"
        raise ArithmeticError(msg)
    show("exact", f"{expected.size} weights of {CHECKED} scenarios equal SciPy's")


def measure_peers(instance: Instance, ours: Spent, scipy: Peer) -> None:
    """Print the peers' time a scenario, and how many times that of the lanes it is."""
    extra = extra_of(instance, draw_mixed(instance, max(PEER_SCENARIOS.values())))
    rows = weights_of(instance, extra)
    for name, make in PEERS.items():
        ready: list[Peer] = [scipy] if name == "scipy" else []
        try:
            built = spend(lambda: ready.append(make(instance)) if not ready else None)  # noqa: B023
        except ImportError:
            show(name, "not installed; `make bench` installs it")
            continue
        peer, count = ready[0], PEER_SCENARIOS[name]
        if not np.array_equal(peer.ask(rows[0]), scipy.ask(rows[0])):
            show(f"{peer.name} {peer.version}", "differs from SciPy; not timed")
            continue
        spent = median_of([spend(partial(peer.ask, row)) for row in rows[:count]])
        ratio = spent.cpu_seconds / ours.cpu_seconds
        show(
            f"{peer.name} {peer.version}",
            f"{in_microseconds(spent)}, {ratio:,.0f} x; built in {built.cpu_seconds:.1f} s cpu",
        )


def measure_trees(instance: Instance, condensed: Condensed, lanes: Lanes, plan: Plan) -> None:
    """Print what detour trees take where elements are shut or open, one tree for each pair.

    The trees search the condensed graph: routes down to elements, not to every street.
    """
    graph = to_arc_graph(condensed)

    def plant() -> list[DetourTree]:
        pairs = product(condensed.origin.tolist(), condensed.destination.tolist())
        return [DetourTree(graph, origin, goal) for origin, goal in pairs]

    def draw(number: int, size: int) -> Masks:
        return pack_masks(draw_shut(instance, size, batch=number).shut)

    last = spend(lambda: check_trees(instance, plant(), lanes)).cpu_seconds / CHECKED_TREES
    for count in plan.counts:
        if last * count > plan.seconds:
            show(f"tree, shut only, {count:,} scenarios", "left out: takes too long")
            continue
        trees = plant()
        spent = spend_on(partial(count_routes, trees), draw, count)
        last = spent.cpu_seconds
        nodes = sum(tree.node_count for tree in trees)
        searches = sum(tree.search_count for tree in trees)
        routes = sum(tree.route_count for tree in trees)
        held_mb = sum(tree.byte_count for tree in trees) / 2**20
        show(
            f"tree, shut only, {count:,} scenarios",
            f"{in_microseconds(spent)}; {nodes:,} nodes, {searches:,} searches, {routes:,} routes, "
            f"{held_mb:.0f} MB",
        )


def check_trees(instance: Instance, trees: list[DetourTree], lanes: Lanes) -> None:
    """Compare trees with lanes where elements are shut or open.

    Raises
    ------
    ArithmeticError
        If one differs.
    """
    draws = draw_shut(instance, CHECKED_TREES)
    expected = lanes.weights(extra_of(instance, draws)).ticks.reshape(len(draws.shut), -1)
    masks = pack_masks(draws.shut)
    for column, tree in enumerate(trees):
        numbers = tree.route_numbers(masks)
        known = [tree.route(number) for number in range(tree.route_count)]
        ticks = np.array([route.ticks for route in known if route] + [SHUT])
        if not np.array_equal(ticks[numbers], expected[:, column]):
            msg = f"{instance.name}: tree {column} differs from the lanes"
            raise ArithmeticError(msg)
    show("tree equals lanes", f"{expected.size:,} weights of {CHECKED_TREES:,} scenarios")


def bench_instance(instance: Instance, plan: Plan) -> None:
    """Print everything that is measured on one instance."""
    graph = instance.graph
    print(f"\n{instance.name}: {graph.node_count:,} nodes, {graph.arc_count:,} arcs", flush=True)
    found: list[Condensed] = []
    spent = spend(
        lambda: found.append(condense(graph, instance.origins.tolist(),
                                      instance.destinations.tolist()))
    )  # fmt: skip
    made: list[Lanes] = []
    planned = spend(lambda: made.append(Lanes(found[0])))
    (condensed,), (lanes,) = found, made
    program = lanes.program
    show("condense", in_seconds(spent))
    show("program", in_seconds(planned))
    show(
        "portals, slots, triangles, steps, lasts",
        f"{condensed.portal.size:,}, {len(program.slot_key):,}, {len(program.triangle):,}, "
        f"{len(program.step):,}, {len(program.last):,}",
    )
    scipy = make_scipy(instance)
    check_lanes(instance, lanes, scipy)
    ours = measure_kernels(instance, lanes, plan)
    measure_peers(instance, ours, scipy)
    measure_trees(instance, condensed, lanes, plan)
    show("most memory held so far", f"{peak_memory_mb():10.0f} MB; {machine()}")


def instances(names: tuple[str, ...], folder: Path) -> Iterator[Instance]:
    """Yield the instances of the networks named: `reference`, `world`, `plane`."""
    for name in names:
        if name == "reference":
            yield reference_instance()
            continue
        try:
            streets = kept_streets(name, folder)
        except ImportError as missing:
            print(f"\n{name}: left out; {missing}", flush=True)
            continue
        use = use_of(streets, name)
        for element_count in (60, 200):
            for by_use in (True, False):
                yield with_elements(
                    streets, use, name=name, element_count=element_count, by_use=by_use
                )


def bench_engine(names: tuple[str, ...], plan: Plan, folder: Path) -> None:
    """Print the engine's figures on the networks named."""
    print(f"engine; {machine()}")
    warm_up()
    for instance in instances(names, folder):
        bench_instance(instance, plan)
