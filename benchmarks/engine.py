"""Measure the engine: condense, lanes and detour tree beside the fastest libraries.

Everything is measured in one process and one run, so that ratios hold whatever else the machine
does; a line gives processor time, then wall time in brackets. Answers are compared with SciPy's,
entry by entry; one that differs ends the run. What comes before the first answer, and drawing
what is asked, stand in a table of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.clock import Spent, least_of, machine, median_of, peak_memory_mb, spend
from benchmarks.earlier import earlier_routes, earlier_weights
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
from benchmarks.peers import (
    CONDENSED_PEERS,
    PEERS,
    TOPOLOGIES,
    Peer,
    TooLargeError,
    make_scipy,
    on_condensed,
    weights_of,
)
from karwan.route.arcgraph import MICRO, Longs, make_arc_graph
from karwan.route.condense import Condensed, condense, to_arc_graph
from karwan.route.detours import DetourTree, Masks, count_routes, pack_masks
from karwan.route.lanes import SHUT, LaneRoutes, Lanes
from karwan.route.topology import Topology, make_topology

BATCH = 2**14
"""Scenarios handed over at once; memory does not grow with how many are asked in all."""
PEER_SCENARIOS = {"scipy": 5, "igraph": 3, "pyroutingkit": 200, "gravel": 2}
CONDENSED_SCENARIOS = {"scipy": 50, "pyroutingkit": 200}
LEAST_ROUNDS = 5
"""Fewer batches are run again and again, so that a minimum and a median mean something."""
EARLIER = 2048
"""Scenarios in which the lanes of 0.1.0 are measured, and every answer compared."""
CHECKED = 30
PEER_CHECKED = 3
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


def spend_on(run: Callable[[T], object], draw: Callable[[int, int], T], count: int) -> list[Spent]:
    """Return the cost a scenario, batch by batch; drawing is not counted, nor reading answers."""
    found: list[Spent] = []
    while len(found) < LEAST_ROUNDS:
        for number, size in batches(count):
            drawn = draw(number, size)
            found.append(spend(partial(run, drawn)).per(size))
    return found


def spend_once(run: Callable[[T], object], draw: Callable[[int, int], T], count: int) -> Spent:
    """Return the mean cost of a scenario over batches asked once each, the first time included."""
    spent = [spend(partial(run, draw(number, size))) for number, size in batches(count)]
    return Spent(sum(one.cpu_seconds for one in spent), sum(one.wall_seconds for one in spent)).per(
        count
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a scenario takes: the least and the median over calls."""

    least: Spent
    median: Spent

    @classmethod
    def of(cls, spent: list[Spent]) -> Cost:
        """Return the cost of calls."""
        return cls(least_of(spent), median_of(spent))

    def times(self, factor: float) -> Cost:
        """Return the cost of so many times as much."""
        return Cost(self.least.per(1 / factor), self.median.per(1 / factor))

    def __str__(self) -> str:
        least, median = (
            f"{spent.cpu_seconds * MICROSECOND:12.2f}" for spent in (self.least, self.median)
        )
        return f"{least} {median} us cpu ({self.median.wall_seconds * MICROSECOND:.2f} wall)"


@dataclass(frozen=True, slots=True)
class Before:
    """Processor seconds before the first answer: from nothing, and with what is kept.

    What is kept is what does not depend on weights and elements: a topology.
    """

    fresh_seconds: float
    kept_seconds: float


@dataclass(frozen=True, slots=True)
class Entrant:
    """A way to answer, with what it costs."""

    name: str
    cost: Cost
    before: Before


def warm_up() -> None:
    """Compile the kernels on a graph of two nodes, so that no figure holds their compilation."""
    graph = make_arc_graph(2, [0, 0], [1, 1], [1, 2], element=[0, -1])
    condensed = condense(graph, [0], [1])
    lanes = Lanes(condensed)
    extra = np.zeros((1, 1), dtype=np.int64)
    lanes.weights(extra)
    condense(graph, [0], [1], topology=make_topology(graph))
    lanes.routes(extra, np.zeros((1, 1, 3), dtype=np.int64))
    DetourTree(to_arc_graph(condensed), 0, 1).best((0,))


def measure_kernels(instance: Instance, lanes: Lanes, plan: Plan) -> tuple[Cost, Cost]:
    """Print the lanes' time a scenario; return weights and all measures, one thread, most asked."""

    def draw(number: int, size: int) -> tuple[Longs, Longs]:
        draws = draw_mixed(instance, size, batch=number)
        return extra_of(instance, draws), extra_measures_of(draws)

    def weights(drawn: tuple[Longs, Longs], thread_count: int) -> None:
        lanes.weights(drawn[0], thread_count=thread_count)

    def routes(drawn: tuple[Longs, Longs], thread_count: int) -> None:
        lanes.routes(*drawn, thread_count=thread_count)

    best: list[Cost] = []
    print("    least and median of batches, a scenario", flush=True)
    for name, run in (("weights", weights), ("hours, USD, km, elements", routes)):
        for thread_count in (1, 2):
            task, last = partial(run, thread_count=thread_count), 0.0
            kept: list[Cost] = []
            for count in plan.counts:
                if last * count > plan.seconds:
                    show(f"{name}, {count:,} scenarios", "left out: takes too long")
                    continue
                cost = Cost.of(spend_on(task, draw, count))
                last = cost.median.cpu_seconds
                show(f"{name}, {count:,} scenarios, {thread_count} thread(s)", str(cost))
                kept.append(cost)
            if thread_count == 1:
                best.append(kept[-1])
    return best[0], best[1]


def measure_earlier(instance: Instance, lanes: Lanes, ours: tuple[Cost, Cost]) -> None:
    """Print what the lanes of 0.1.0 take of the same scenarios, once they answer the same.

    Raises
    ------
    ArithmeticError
        If an answer of theirs differs from today's.
    """
    draws = draw_mixed(instance, EARLIER)
    extra, more = extra_of(instance, draws), extra_measures_of(draws)
    weights, routes = lanes.weights(extra).ticks, lanes.routes(extra, more)
    theirs = earlier_routes(lanes, extra, more)
    same = [
        np.array_equal(routes.ticks, theirs.ticks),
        np.array_equal(routes.measures, theirs.measures),
        np.array_equal(routes.masks, theirs.masks),
    ]
    if not lanes.note:
        same.append(np.array_equal(weights, earlier_weights(lanes, extra)))
    if not all(same):
        msg = f"{instance.name}: the lanes differ from those of 0.1.0"
        raise ArithmeticError(msg)
    runs = (
        ("weights", partial(earlier_weights, lanes, extra), ours[0]),
        ("all measures", partial(earlier_routes, lanes, extra, more), ours[1]),
    )
    for name, run, mine in runs:
        cost = Cost.of([spend(run).per(EARLIER) for _ in range(LEAST_ROUNDS)])
        show(f"lanes of 0.1.0, {name}, {EARLIER:,} scenarios", str(cost))
        ratio = cost.least.cpu_seconds / mine.least.cpu_seconds
        show("  times today's, by minima", f"{ratio:12.2f}")


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


def measure_peer(
    name: str,
    make: Callable[[Instance], Peer],
    instance: Instance,
    asked: Instance,
    lanes: Lanes,
    count: int,
) -> Entrant | None:
    """Return what a peer costs; None, with a line that says why, where it does not answer.

    Parameters
    ----------
    instance
        What the lanes answer.
    asked
        The same question as the peer is asked it: on the whole graph or the condensed one.
    """
    TOPOLOGIES.pop(asked.network, None)
    made: list[Peer] = []
    try:
        fresh = spend(lambda: made.append(make(asked)))
    except ImportError:
        show(name, "not installed; `make bench` installs it")
        return None
    except TooLargeError as error:
        show(name, f"left out: {error}")
        return None
    kept = spend(lambda: made.append(make(asked))) if name == "pyroutingkit" else fresh
    peer = made[-1]
    draws = draw_mixed(instance, count) if peer.takes_delays else draw_shut(instance, count)
    extra = extra_of(instance, draws)
    rows = weights_of(asked, extra)
    origins, goals = peer.part or lanes.shape
    expected = lanes.weights(extra[:PEER_CHECKED]).ticks[:, :origins, :goals]
    title = f"{peer.name} {peer.version}" + ("" if asked is instance else ", condensed graph")
    if not all(
        np.array_equal(peer.ask(row), known) for row, known in zip(rows, expected, strict=False)
    ):
        show(title, "differs from the lanes, which equal SciPy; not timed")
        return None
    cost = Cost.of([spend(partial(peer.ask, row)) for row in rows[:count]])
    if peer.part is not None:
        part, whole = origins * goals, lanes.shape[0] * lanes.shape[1]
        title += f", {part} of {whole} pairs asked"
        cost = cost.times(whole / part)
    return Entrant(title, cost, Before(fresh.cpu_seconds, kept.cpu_seconds))


def measure_peers(instance: Instance, condensed: Condensed, lanes: Lanes) -> list[Entrant]:
    """Return what the peers cost, on the whole graph and on the condensed one."""
    small = on_condensed(instance, condensed)
    found = [
        measure_peer(name, make, instance, instance, lanes, PEER_SCENARIOS[name])
        for name, make in PEERS.items()
    ]
    found += [
        measure_peer(name, PEERS[name], instance, small, lanes, CONDENSED_SCENARIOS[name])
        for name in CONDENSED_PEERS
    ]
    return [one for one in found if one is not None]


def show_ratios(weights: Cost, measures: Cost, peers: list[Entrant]) -> None:
    """Print what a scenario takes of all, and how many times the lanes' it is."""
    print(f"    {'':58}{'least':>12} {'median':>12}", flush=True)
    for name, cost in (("lanes, weights", weights), ("lanes, all measures", measures)):
        print(f"    {name:58}{cost}", flush=True)
    for one in peers:
        print(f"    {one.name:58}{one.cost}", flush=True)
        for name, ours in (("weights", weights), ("all measures", measures)):
            least = one.cost.least.cpu_seconds / ours.least.cpu_seconds
            median = one.cost.median.cpu_seconds / ours.median.cpu_seconds
            print(f"      {f'times {name}, by minima and by medians':56}"
                  f"{least:12,.1f} {median:12,.1f}", flush=True)  # fmt: skip


def show_before(
    instance: Instance, weights: Cost, ours: Before, peers: list[Entrant], condense_seconds: float
) -> None:
    """Print drawing and preparation, and from how many scenarios on the lanes win with both."""
    draw = Cost.of(
        [
            spend(lambda: extra_of(instance, draw_mixed(instance, BATCH, batch=n))).per(BATCH)  # noqa: B023
            for n in range(LEAST_ROUNDS)
        ]
    )
    show("drawing, the same for all and in no ratio", str(draw))
    print(f"    {'':58}{'fresh, s':>12} {'kept, s':>12} {'even after, fresh and kept':>28}")
    print(f"    {'lanes':58}{ours.fresh_seconds:12.2f} {ours.kept_seconds:12.2f}")
    for one in peers:
        more = condense_seconds if one.name.endswith("condensed graph") else 0.0
        before = Before(one.before.fresh_seconds + more, one.before.kept_seconds + more)
        gain = one.cost.median.cpu_seconds - weights.median.cpu_seconds
        after = [
            _even_after(mine - theirs, gain)
            for mine, theirs in (
                (ours.fresh_seconds, before.fresh_seconds), (ours.kept_seconds, before.kept_seconds)
            )
        ]  # fmt: skip
        print(f"    {one.name:58}{before.fresh_seconds:12.2f} {before.kept_seconds:12.2f} "
              f"{after[0]:>14}{after[1]:>14}", flush=True)  # fmt: skip


def _even_after(later_seconds: float, gain_seconds: float) -> str:
    """Return from how many scenarios on the lanes have done as much, preparation included."""
    if gain_seconds <= 0:
        return "never"
    return f"{max(int(np.ceil(later_seconds / gain_seconds)), 1):,}"


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
        spent = spend_once(partial(count_routes, trees), draw, count)
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
    weights, measures = measure_kernels(instance, lanes, plan)
    measure_earlier(instance, lanes, (weights, measures))
    peers = measure_peers(instance, condensed, lanes)
    show_ratios(weights, measures, peers)
    before = spent.cpu_seconds + planned.cpu_seconds
    kept = measure_kept(instance, condensed) + planned.cpu_seconds
    show_before(instance, weights, Before(before, kept), peers, spent.cpu_seconds)
    measure_trees(instance, condensed, lanes, plan)
    show("most memory held so far", f"{peak_memory_mb():10.0f} MB; {machine()}")


def measure_kept(instance: Instance, condensed: Condensed) -> float:
    """Print what condensing by a kept topology takes; return its processor seconds.

    Raises
    ------
    ArithmeticError
        If a key differs from that of searches.
    """
    graph, made, found = instance.graph, list[Topology](), list[Condensed]()
    show("topology", in_seconds(spend(lambda: made.append(make_topology(graph)))))
    ends = instance.origins.tolist(), instance.destinations.tolist()
    spent = [
        spend(lambda: found.append(condense(graph, *ends, topology=made[0]))) for _ in range(2)
    ]
    if not np.array_equal(found[-1].static_key, condensed.static_key):
        msg = f"{instance.name}: keys by topology differ from those of searches"
        raise ArithmeticError(msg)
    least = least_of(spent)
    show("condense by a kept topology, keys as of searches", in_seconds(least))
    return least.cpu_seconds


def instances(names: tuple[str, ...], folder: Path) -> Iterator[Instance]:
    """Yield the instances of the networks named: `reference`, `asia`, `world`, `plane`."""
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
