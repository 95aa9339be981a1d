"""The freight of all pairs, the ways it may take, and the gates on them: what is assigned.

Route sets are fixed and the same in all states: the best way of a pair, those that avoid its
crossings one after another, and those left by what a question shuts. Goods through a seaport may
take another port. The last alternative is not to be sent, which costs a share of the value.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.traffic.assignment import Floats, Problem, path_sizes_log
from karwan.analysis.traffic.base_flows import loaded_share
from karwan.analysis.traffic.capacity import Capacities, CapacityUsed, capacities_of, capacity_used
from karwan.analysis.traffic.counts import TONNE, TRUCK
from karwan.analysis.traffic.not_sent import Forgone
from karwan.base.reprs import short_repr
from karwan.base.traffic import Direction
from karwan.base.units import TICKS_PER_USD
from karwan.network.demand import TRANSIT
from karwan.network.pair_weights import DAYS_PER_YEAR
from karwan.route.cost import sum_usd

if TYPE_CHECKING:
    from karwan.analysis.futures.criticality import Stake
    from karwan.analysis.futures.reliability import Roads
    from karwan.analysis.world.world import World
    from karwan.base.bands import Band
    from karwan.network.pair_weights import FlowPart, PairWeight
    from karwan.route.detours import Route

MOST_WAYS = 9
"""Ways of a pair besides not sending; a tenth that differs in its gates carries next to nothing."""
MOST_SEARCHES = 60
MOST_COST_RATIO = 3.0
"""A way that weighs more than so many times the best is none that anybody takes."""
WAGON_T = 62.0
"""Tonnes of a loaded wagon on the region's lines (review of counts, 2012 to 2026)."""
LEAST_LOADED_SHARE = 0.01
"""Where all trucks counted were empty a tonne takes a hundred: next to nothing passes loaded."""
SEAPORT = "seaport"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Freight of one flow between two places.

    Attributes
    ----------
    usd_per_t
        What a tonne is worth by the figure, else as general cargo.
    not_sent
        Share of that which a tonne not sent forgoes beyond its cheapest way's cost.
    """

    origin: str
    destination: str
    countries: tuple[str, str]
    flow: str
    goods: str
    t_per_day: float
    low_t_per_day: float
    high_t_per_day: float
    usd_per_t: float
    not_sent: Band
    source_url: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightWay:
    """A way that freight may take; of *not sent* the elements and passes are empty.

    `usd_per_t` is money and time; `fees_usd_per_t` says what of it is paid at borders, by the
    country entered: a transfer, no resource used up.
    """

    load: int
    sent: bool
    elements: frozenset[str]
    passes: tuple[tuple[str, Direction], ...]
    usd_per_t: float
    fees_usd_per_t: tuple[tuple[str, float], ...]
    ends: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Freight:
    """All freight with its ways and gates.

    Attributes
    ----------
    gates
        Capacities by element and direction, in one unit each; also of gates that no way passes.
    """

    world: World
    loads: tuple[Load, ...]
    ways: tuple[FreightWay, ...]
    gates: tuple[CapacityUsed, ...]
    payload_t: float
    capacities: Capacities
    unknown_pairs: int

    __repr__ = short_repr

    @cached_property
    def use_per_t(self) -> Floats:
        """Trucks, tonnes or wagons at each gate for a tonne on each way."""
        use = np.zeros((len(self.gates), len(self.ways)))
        rows: dict[str, list[int]] = {}
        for row, gate in enumerate(self.gates):
            rows.setdefault(gate.element_id, []).append(row)
        for column, way in enumerate(self.ways):
            for element, direction in way.passes:
                for row in rows.get(element, ()):
                    gate = self.gates[row]
                    if gate.direction in (Direction.both, direction):
                        use[row, column] = self.unit_per_t(gate)
        return use

    def unit_per_t(self, gate: CapacityUsed) -> float:
        """Return how many of a gate's unit carry a tonne; a truck in three or so is empty."""
        if gate.vehicle == TRUCK:
            share = max(loaded_share(self.capacities, gate), LEAST_LOADED_SHARE)
            return 1.0 / (self.payload_t * share)
        return 1.0 if gate.vehicle == TONNE else 1.0 / WAGON_T

    @cached_property
    def path_sizes(self) -> Floats:
        """Logs of path sizes: what ways share are their gates and lines, by number."""
        names = sorted({name for way in self.ways for name in way.elements})
        at = {name: row for row, name in enumerate(names)}
        passes = np.zeros((len(names), len(self.ways)), dtype=bool)
        for column, way in enumerate(self.ways):
            passes[[at[name] for name in way.elements], column] = True
        pair = np.array([way.load for way in self.ways], dtype=np.int64)
        return path_sizes_log(pair, passes, np.ones(len(names)))

    def problem(
        self,
        spread_per_usd: float,
        *,
        shut: frozenset[str] = frozenset(),
        capacity_per_day: Floats | None = None,
        scale: Floats | None = None,
    ) -> tuple[Problem, Floats]:
        """Return what is to be solved with elements shut, and the numbers of its ways.

        Parameters
        ----------
        capacity_per_day
            Shape (n_gates,), in place of the P50 of each; infinite where nothing is known.
        scale
            Shape (n_loads,): demand is so many times the published.
        """
        keep = np.array(
            [row for row, way in enumerate(self.ways) if not (way.elements & shut)], dtype=np.int64
        )
        capacity = self.middle_per_day if capacity_per_day is None else capacity_per_day
        demand = np.array([load.t_per_day for load in self.loads])
        problem = Problem(
            demand_t_per_day=demand if scale is None else demand * scale,
            pair=np.array([self.ways[row].load for row in keep], dtype=np.int64),
            cost_usd_per_t=np.array([self.ways[row].usd_per_t for row in keep]),
            path_size_log=self.path_sizes[keep],
            use_per_t=self.use_per_t[:, keep],
            capacity_per_day=capacity,
            spread_per_usd=spread_per_usd,
        )
        return problem, keep.astype(np.float64)

    @cached_property
    def middle_per_day(self) -> Floats:
        """P50 of what each gate passes; infinite where nothing is known."""
        return self.capacity_at("p50")

    def capacity_at(self, quantile: str) -> Floats:
        """Return a quantile of what each gate passes a day."""
        return np.array(
            [np.inf if gate.band is None else getattr(gate.band, quantile) for gate in self.gates]
        )


def make_freight(
    stakes: Sequence[Stake],
    weights: Sequence[PairWeight],
    *,
    shut_sets: Sequence[frozenset[str]] = (),
    strict: bool = False,
) -> Freight:
    """Return the freight of the pairs of a study, with its ways and the gates of the network.

    Parameters
    ----------
    stakes, weights
        Pairs, and their published demand in the same order.
    shut_sets
        Elements that a question shuts together: the best ways that are left join the sets.
    strict
        Leave out gates of which only later figures are known: then nothing bounds them.
    """
    world = stakes[0].roads.planner.world
    forgone = Forgone.of(world.catalog)
    payload_t = stakes[0].roads.planner.consignment.tonnes
    routes = [_route_set(stake, shut_sets) for stake in stakes]
    loads: list[Load] = []
    ways: list[FreightWay] = []
    for row, (stake, weight) in enumerate(zip(stakes, weights, strict=True)):
        if not routes[row]:
            continue
        for part in weight.parts:
            number = len(loads)
            load = _load(stake, part, forgone)
            if load.t_per_day <= 0:
                continue
            loads.append(load)
            others = _other_ports(stakes, row) if part.figure.flow == TRANSIT else ()
            for other in (row, *others):
                ways += [_way(stakes[other], one, number) for one in routes[other]]
            least = min(way.usd_per_t for way in ways if way.load == number)
            ways.append(
                FreightWay(
                    load=number, sent=False, elements=frozenset(), passes=(),
                    usd_per_t=least + load.not_sent.value * load.usd_per_t, fees_usd_per_t=(),
                    ends=(load.origin, load.destination),
                )
            )  # fmt: skip
    capacities = capacities_of(world)
    return Freight(
        world=world,
        loads=tuple(loads),
        ways=tuple(ways),
        gates=_gates(world, capacities, strict=strict),
        payload_t=payload_t,
        capacities=capacities,
        unknown_pairs=sum(not weight.parts for weight in weights),
    )


def _load(stake: Stake, part: FlowPart, forgone: Forgone) -> Load:
    figure = part.figure
    days = (figure.period_end - figure.period_start).days
    worth = stake.roads.planner.consignment.value_usd / stake.roads.planner.consignment.tonnes
    if figure.value_musd and figure.tonnes is not None:
        worth = figure.value_musd * 1e6 / (figure.tonnes.value * days / DAYS_PER_YEAR)
    source = figure.tonnes.source if figure.tonnes is not None else None
    return Load(
        origin=stake.origin.id,
        destination=stake.destination.id,
        countries=(stake.origin.country, stake.destination.country),
        flow=figure.flow,
        goods=figure.mix or "not named",
        t_per_day=part.tonnes_per_day,
        low_t_per_day=part.low_tonnes_per_day,
        high_t_per_day=part.high_tonnes_per_day,
        usd_per_t=worth,
        not_sent=forgone.by(figure.mix),
        source_url=source.url if source is not None else "",
        grade="C",
    )


def _other_ports(stakes: Sequence[Stake], row: int) -> tuple[int, ...]:
    """Return the pairs that serve the same inland end by a seaport of another country."""
    mine = stakes[row]
    ports = [place.kind == SEAPORT for place in (mine.origin, mine.destination)]
    served: list[tuple[bool, int]] = []
    for number, other in enumerate(stakes):
        if number == row:
            continue
        by_sea_in = ports[0] and other.origin.kind == SEAPORT
        by_sea_out = ports[1] and other.destination.kind == SEAPORT
        if by_sea_in and other.destination.id == mine.destination.id:
            served.append((other.origin.country != mine.origin.country, number))
        if by_sea_out and other.origin.id == mine.origin.id:
            served.append((other.destination.country != mine.destination.country, number))
    return tuple(number for abroad, number in served if abroad)


def _route_set(stake: Stake, shut_sets: Sequence[frozenset[str]]) -> list[Route]:
    """Return the ways of a pair that differ in the crossings passed, the cheapest first."""
    roads, tree = stake.roads, stake.way.tree
    if tree is None:
        return []
    crossings = {
        number for number, name in enumerate(roads.index.ids)
        if name in roads.planner.world.network.crossings
    }  # fmt: skip
    position = roads.index.position
    starts = [(), *(tuple(sorted(position[name] for name in names if name in position))
                    for names in shut_sets)]  # fmt: skip
    kept: dict[frozenset[int], Route] = {}
    root = tree.best()
    for start in starts:
        more = _from(tree, start, crossings, MOST_WAYS + len(kept))
        for route in more:
            if root is not None and route.ticks <= MOST_COST_RATIO * root.ticks:
                kept.setdefault(frozenset(crossings & set(route.elements)), route)
    return sorted(kept.values(), key=lambda route: route.ticks)


def _from(tree: object, start: tuple[int, ...], crossings: set[int], most: int) -> list[Route]:
    from karwan.route.detours import DetourTree

    assert isinstance(tree, DetourTree)
    best = tree.best(start)
    heap = [] if best is None else [(best.ticks, start, best)]
    seen: dict[frozenset[int], Route] = {}
    asked = {frozenset(start)}
    while heap and len(seen) < most and len(asked) < MOST_SEARCHES:
        _, shut, route = heapq.heappop(heap)
        seen.setdefault(frozenset(crossings & set(route.elements)), route)
        for element in route.elements:
            child = (*shut, element)
            if element not in crossings or frozenset(child) in asked:
                continue
            asked.add(frozenset(child))
            other = tree.best(child)
            if other is not None:
                heapq.heappush(heap, (other.ticks, child, other))
    return list(seen.values())


def _way(stake: Stake, route: Route, number: int) -> FreightWay:
    roads: Roads = stake.roads
    arcs = roads.planner.graph.arcs
    passes = tuple(
        (arcs[label].crossing_id, Direction.a_to_b if arcs[label].forward else Direction.b_to_a)
        for label in route.labels
        if arcs[label].crossing_id
    )
    fees: dict[str, float] = {}
    for label in route.labels:
        if arcs[label].crossing_id:
            country = roads.planner.world.network.crossings[arcs[label].crossing_id]
            entered = country.country_b if arcs[label].forward else country.country_a
            usd = sum_usd(roads.planner.priced.charges[label]) / roads.planner.consignment.tonnes
            fees[entered] = fees.get(entered, 0.0) + usd
    return FreightWay(
        load=number,
        sent=True,
        elements=frozenset(roads.index.ids[element] for element in route.elements),
        passes=passes,
        usd_per_t=route.ticks / TICKS_PER_USD / roads.planner.consignment.tonnes,
        fees_usd_per_t=tuple(sorted(fees.items())),
        ends=(stake.origin.id, stake.destination.id),
    )


def _gates(world: World, capacities: Capacities, *, strict: bool) -> tuple[CapacityUsed, ...]:
    """Return what each crossing in use passes, in trucks by road, in tonnes or wagons by rail."""
    network = world.network
    gates: list[CapacityUsed] = []
    for name in sorted(network.crossings):
        if not network.links[network.crossings[name].link_id].built:
            continue
        rows = capacity_used(world, name, capacities)
        for vehicle in (TRUCK, TONNE, "wagon"):
            mine = [
                row for row in rows
                if row.vehicle == vehicle and row.band is not None and not (strict and row.later)
            ]  # fmt: skip
            if mine:
                gates += mine
                break
    return tuple(gates)
