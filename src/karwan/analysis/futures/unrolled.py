"""Turn a question into one plain graph: a free search, or a corridor unrolled along its tokens.

A corridor's tokens are passed in order, so a copy of the state graph stands for each stretch
between two of them; a crossing leads from one copy to the next. In such a graph a route along a
corridor is a path like any other, and the engine needs to know of corridors nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.corridors.corridors import Plan, plans
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import ArcGraph, Bools, Floats, Longs, make_arc_graph
from karwan.route.cost import sum_usd

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.network.nouns import Corridor, Place

JOINT = -1
"""Label of a joint between two copies of one state: no arc of a route."""


@dataclass(frozen=True)
class ElementIndex:
    """Elements by number, in the order of their ids: the order of scenarios and masks.

    Attributes
    ----------
    ids
        All elements of the network, sorted.
    position
        Number by id.
    beside
        (planned crossing, gate beside it) by number: the first is shut whenever the second is.
    of_links
        True where links stand in place of elements, to ask of each what its loss would do.
    """

    ids: tuple[str, ...]
    position: dict[str, int]
    beside: tuple[tuple[int, int], ...] = ()
    of_links: bool = False

    __repr__ = short_repr

    def numbers(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of elements.

        Raises
        ------
        DataError
            Names every unknown id.
        """
        wanted = list(names)
        faults = [f"no element {name!r}" for name in wanted if name not in self.position]
        if faults:
            raise DataError("the question", faults)
        return tuple(self.position[name] for name in wanted)


def index_elements(network: Network) -> ElementIndex:
    """Return the elements of a network by number."""
    ids = tuple(sorted(network.elements))
    position = {name: number for number, name in enumerate(ids)}
    beside = [
        (position[name], position[network.elements[name].beside])
        for name in ids
        if network.elements[name].beside in position
    ]
    return ElementIndex(ids, position, tuple(beside))


def index_links(network: Network) -> ElementIndex:
    """Return the links of a network by number, in place of elements."""
    ids = tuple(sorted(network.links))
    return ElementIndex(ids, {name: number for number, name in enumerate(ids)}, of_links=True)


@dataclass(frozen=True, kw_only=True)
class ArcTable:
    """The state graph of a planner in columns, one row per arc.

    Attributes
    ----------
    measures
        Shape (n_arcs, 3): mean hours, central USD, km.
    share
        Shape (n_arcs,): the arc's part of its element's length; 1 for a crossing.
    """

    state_count: int
    tail: Longs
    head: Longs
    ticks: Longs
    element: Longs
    measures: Floats
    share: Floats
    guarded: Bools

    __repr__ = short_repr


def make_arc_table(planner: Planner, index: ElementIndex) -> ArcTable:
    """Return a planner's arcs in columns; what shuts each is its element, or its link."""
    arcs, priced, elements = planner.graph.arcs, planner.priced, index.position
    shutting = [arc.link_id if index.of_links else arc.element_id for arc in arcs]
    km_of: dict[str, float] = {}
    for arc, name in zip(arcs, shutting, strict=True):
        if arc.forward and name:
            km_of[name] = km_of.get(name, 0.0) + arc.km
    share = [
        min(arc.km / km_of[name], 1.0) if name and not arc.crossing_id and km_of.get(name) else 1.0
        for arc, name in zip(arcs, shutting, strict=True)
    ]
    return ArcTable(
        state_count=len(planner.graph.states),
        tail=np.array([arc.tail for arc in arcs], dtype=np.int64),
        head=np.array([arc.head for arc in arcs], dtype=np.int64),
        ticks=np.array(priced.ticks, dtype=np.int64),
        element=np.array([elements[name] if name else -1 for name in shutting], dtype=np.int64),
        measures=np.array(
            [
                (priced.mean_hours(arc.id), sum_usd(charges), arc.km)
                for arc, charges in zip(arcs, priced.charges, strict=True)
            ]
        ).reshape(-1, 3),
        share=np.array(share),
        guarded=np.array([bool(arc.element_id) for arc in arcs]),
    )


@dataclass(frozen=True)
class PairGraph:
    """A graph in which every path from `source` to `target` answers one question."""

    graph: ArcGraph
    source: int
    target: int


@dataclass(frozen=True)
class SharedGraph:
    """A graph in which every path from a source to a target answers one of several questions."""

    graph: ArcGraph
    sources: tuple[int, ...]
    targets: tuple[int, ...]


class _Sheet:
    """Arcs of a graph under construction: rows of (tail, head, arc id or `JOINT`)."""

    def __init__(self) -> None:
        self.parts: list[Longs] = []

    def add(self, tail: Longs | Sequence[int], head: Longs | Sequence[int], arc: object) -> None:
        tails = np.asarray(tail, dtype=np.int64)
        arcs = np.broadcast_to(np.asarray(arc, dtype=np.int64), tails.shape)
        self.parts.append(np.stack([tails, np.asarray(head, dtype=np.int64), arcs], axis=1))

    def pair_graph(self, table: ArcTable, node_count: int, element_count: int) -> PairGraph | None:
        """Return the graph of what lies on any way from node 0 to the last; None if none does."""
        rows = np.concatenate(self.parts) if self.parts else np.zeros((0, 3), dtype=np.int64)
        target = node_count - 1
        near = _reached(node_count, rows[:, 0], rows[:, 1], 0)
        near &= _reached(node_count, rows[:, 1], rows[:, 0], target)
        rows = rows[near[rows[:, 0]] & near[rows[:, 1]]]
        if not len(rows):
            return None
        number = np.cumsum(near) - 1
        kept = np.stack([number[rows[:, 0]], number[rows[:, 1]], rows[:, 2]], axis=1)
        graph = self.arc_graph(table, kept, int(near.sum()), element_count)
        return PairGraph(graph, int(number[0]), int(number[target]))

    @staticmethod
    def arc_graph(table: ArcTable, rows: Longs, node_count: int, element_count: int) -> ArcGraph:
        """Return rows of (tail, head, arc id or `JOINT`) as a graph."""
        arc = rows[:, 2]
        real = arc >= 0
        at = np.maximum(arc, 0)
        return make_arc_graph(
            node_count,
            rows[:, 0],
            rows[:, 1],
            np.where(real, table.ticks[at], 0),
            element=np.where(real, table.element[at], -1),
            label=arc,
            measures=np.where(real[:, None], table.measures[at], 0.0),
            share=np.where(real, table.share[at], 1.0),
            guarded=real & table.guarded[at],
            element_count=element_count,
        )


def _reached(node_count: int, tail: Longs, head: Longs, source: int) -> Bools:
    """Return which nodes a source reaches."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    ones = np.ones(len(tail), dtype=np.int8)
    matrix = csr_array((ones, (tail, head)), shape=(node_count, node_count))
    order = breadth_first_order(matrix, source, return_predecessors=False)
    found = np.zeros(node_count, dtype=bool)
    found[order] = True
    return found


def free_graph(
    planner: Planner,
    table: ArcTable,
    element_count: int,
    origin: Place,
    destination: Place,
    scope: Scope,
) -> PairGraph | None:
    """Return the graph of all ways between two places within a scope; None if there is none."""
    sheet, target = _Sheet(), table.state_count + 1
    arcs = np.flatnonzero(planner.mask(scope))
    sheet.add(table.tail[arcs] + 1, table.head[arcs] + 1, arcs)
    _open_ends(sheet, planner, (origin, destination), scope.modes, ("", ""), (1, 1, target))
    return sheet.pair_graph(table, target + 1, element_count)


def shared_graph(
    planner: Planner,
    table: ArcTable,
    element_count: int,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    scope: Scope,
) -> SharedGraph:
    """Return the graph of all ways between places within a scope.

    It has the arcs of `free_graph` for each pair, and a node for each end.
    """
    sheet, size = _Sheet(), table.state_count
    arcs = np.flatnonzero(planner.mask(scope))
    first = len(origins)
    sheet.add(table.tail[arcs] + first, table.head[arcs] + first, arcs)
    sources = tuple(range(first))
    targets = tuple(range(first + size, first + size + len(destinations)))
    for source, place in zip(sources, origins, strict=True):
        for path in planner.starts(place, scope.modes):
            sheet.add([source], [path.end + first], path.arcs[0] if path.arcs else JOINT)
    for target, place in zip(targets, destinations, strict=True):
        for state, move in planner.closings(place, scope.modes):
            sheet.add([state + first], [target], move if move >= 0 else JOINT)
    whole = targets[-1] + 1
    return SharedGraph(
        sheet.arc_graph(table, np.concatenate(sheet.parts), whole, element_count), sources, targets
    )


def corridor_graph(
    planner: Planner,
    table: ArcTable,
    element_count: int,
    corridor: Corridor,
    ends: tuple[Place, Place],
    state: State,
) -> PairGraph | None:
    """Return the graph of all ways along a corridor between two places; None if there is none.

    Parameters
    ----------
    ends
        Origin and destination.
    """
    found = plans(planner.world.network, corridor, *ends)
    stages = [len(plan.tokens) + 1 for plan in found]
    target = 1 + sum(stages) * table.state_count
    sheet, offset = _Sheet(), 1
    for plan, count in zip(found, stages, strict=True):
        _add_plan(sheet, planner, table, corridor, plan, (ends, offset, target), state)
        offset += count * table.state_count
    return sheet.pair_graph(table, target + 1, element_count)


def _add_plan(
    sheet: _Sheet,
    planner: Planner,
    table: ArcTable,
    corridor: Corridor,
    plan: Plan,
    frame: tuple[tuple[Place, Place], int, int],
    state: State,
) -> None:
    """Add the copies of the state graph that one plan passes, from its first node `frame[1]`."""
    ends, first, target = frame
    size, graph = table.state_count, planner.graph
    inland = Scope(state=state, modes=corridor.modes, inland=True)
    north = ends[1] if plan.northbound else ends[0]
    away = (corridor.forbidden - {north.country}) | plan.ahead
    access = Scope(state=state, modes=corridor.modes, forbidden=away)
    usable = planner.mask(Scope(state=state, modes=corridor.modes))
    last = len(plan.tokens)
    joining = (last if plan.northbound else 0) if plan.joins_north else -1
    for stage in range(last + 1):
        arcs = np.flatnonzero(planner.mask(access if stage == joining else inland))
        base = first + stage * size
        sheet.add(table.tail[arcs] + base, table.head[arcs] + base, arcs)
        if stage == last:
            break
        token = plan.tokens[stage]
        if token.crossing_id:
            passed = [
                arc
                for arc in graph.arcs_of_crossing.get(token.crossing_id, ())
                if graph.arcs[arc].forward == token.from_a and usable[arc]
            ]
            sheet.add(table.tail[passed] + base, table.head[passed] + base + size, passed)
            continue
        here = [
            number
            for number in graph.states_of_place.get(token.place_id, ())
            if token.layer in ("", graph.states[number][1])
        ]
        states = np.array(here, dtype=np.int64)
        sheet.add(states + base, states + base + size, np.full(len(here), JOINT))
    layers = (plan.north_layer, plan.south_layer)
    if plan.northbound:
        layers = (plan.south_layer, plan.north_layer)
    spots = (first, first + last * size, target)
    _open_ends(sheet, planner, ends, corridor.modes, layers, spots)


def _open_ends(
    sheet: _Sheet,
    planner: Planner,
    ends: tuple[Place, Place],
    modes: frozenset[str],
    layers: tuple[str, str],
    spots: tuple[int, int, int],
) -> None:
    """Join node 0 to the origin's doors and the destination's doors to the target.

    Parameters
    ----------
    spots
        First node of the copy where the journey begins, of that where it ends, and the target.
    """
    begin, end, target = spots
    for path in planner.starts(ends[0], modes, layers[0]):
        sheet.add([0], [path.end + begin], path.arcs[0] if path.arcs else JOINT)
    for state, move in planner.closings(ends[1], modes, layers[1]):
        sheet.add([state + end], [target], move if move >= 0 else JOINT)
