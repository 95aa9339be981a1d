"""How a journey fares over many futures: which route it takes, what it costs, when it is cut.

Days of futures meet engines here (see `engines`): trees of detours say which route is best when
things are shut, lanes when what is open is slow. All corridors ride on the same futures: what
differs between two of them is not chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.futures.engines import (
    MANY_SHUT,
    Choice,
    Engine,
    States,
    Taken,
    ask_lanes,
    bits_of,
    choose_engine,
    different_rows,
    element_masks,
    no_delays,
    search_delayed,
    ticks_of_hour,
)
from karwan.analysis.futures.sampling import (
    ORDINARY,
    TIMES,
    TODAY,
    Block,
    Premise,
    Progress,
    Rider,
    Sampling,
    run_futures,
)
from karwan.analysis.futures.tallies import CUT, DayFigures, Ensemble, Race, SamplingError
from karwan.analysis.futures.unrolled import (
    ArcTable,
    ElementIndex,
    PairGraph,
    corridor_graph,
    free_graph,
    index_elements,
    index_links,
    make_arc_table,
    shared_graph,
)
from karwan.analysis.world.state import State
from karwan.base.errors import DataError
from karwan.base.limits import check
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import Ints, Longs
from karwan.route.router import Path

if TYPE_CHECKING:
    from karwan.hazard.model import HazardModel
    from karwan.network.nouns import Corridor, Place
    from karwan.route.arcgraph import ArcGraph
    from karwan.route.detours import DetourTree, Masks
    from karwan.route.lanes import Lanes
    from karwan.route.tcd import Journey

__all__ = [
    "ORDINARY",
    "TIMES",
    "TODAY",
    "DayFigures",
    "Ensemble",
    "Race",
    "Roads",
    "SamplingError",
    "Way",
    "run_races",
    "with_hazard_factor",
]

FIRST_SEARCHED = -2
"""Number of the first route that no tree holds; further ones count down."""


@dataclass(kw_only=True)
class Way:
    """One way to make a journey over all states: free, or along one corridor.

    Attributes
    ----------
    name
        Corridor id, or blank for the best way whatever it is.
    tree
        None where nothing built serves the pair.
    """

    name: str
    planner: Planner
    tree: DetourTree | None
    bundle: Bundle | None = field(default=None, repr=False)
    _journeys: dict[int, Journey] = field(default_factory=dict, repr=False)
    _measures: dict[int, tuple[float, float, float, float]] = field(
        default_factory=dict, repr=False
    )
    _searched: dict[tuple[int, ...], int] = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    def path(self, number: int) -> Path | None:
        """Return a route by its number as the planner's path; None for no route."""
        labels: tuple[int, ...] | None = None
        if number <= FIRST_SEARCHED:
            labels = list(self._searched)[FIRST_SEARCHED - number]
        elif self.tree is not None:
            route = self.tree.route(number)
            labels = route.labels if route is not None else None
        if labels is None:
            return None
        priced = self.planner.priced
        key = (
            sum(priced.ticks[arc] for arc in labels),
            sum(priced.element_arcs[arc] for arc in labels),
            len(labels),
        )
        return Path(key, labels, self.planner.graph.arcs[labels[-1]].head)

    def journey(self, number: int) -> Journey:
        """Return the journey along a route by its number."""
        if number not in self._journeys:
            path = self.path(number)
            assert path is not None
            self._journeys[number] = self.planner.journey(path)
        return self._journeys[number]

    def measures(self, number: int, delay_hours: int = 0) -> tuple[float, float, float]:
        """Return generalized cost, hours and USD of a route held up so long; NaN where cut.

        The cost is that of the mean journey; rest is waived by usual waits only, as in the routing
        weight, and not by a delay.
        """
        if number == CUT:
            return np.nan, np.nan, np.nan
        if number not in self._measures:
            journey = self.journey(number)
            self._measures[number] = (
                journey.value_of_time_usd_per_hour,
                journey.generalized_cost_usd,
                journey.hours.value,
                journey.usd.value,
            )
        rate, cost_usd, hours, usd = self._measures[number]
        return cost_usd + rate * delay_hours, hours + delay_hours, usd

    def take(self, block: Block) -> Taken:
        """Return which route is taken in each span of a block, and how long it is held up."""
        count = block.spans.path.size
        if self.tree is None or self.bundle is None:
            return Taken(np.full(count, CUT, dtype=np.int32), np.zeros(count, dtype=np.int32))
        return self.bundle.take(block)[self.bundle.ways.index(self)]

    def searched(self, states: States, row: int) -> tuple[int, int]:
        """Return the number and delay in hours of the best route of one state, by a search."""
        assert self.tree is not None
        size = self.tree.graph.element_count
        at = np.flatnonzero(states.row == row)
        hours = np.zeros(size)
        hours[states.element[at]] = states.hours[at]
        shut = np.flatnonzero(bits_of(states.masks[row : row + 1], size)[0]).tolist()
        rate = ticks_of_hour(self.planner.consignment.value_of_time_usd_per_hour)
        found = search_delayed(self.tree, shut, hours, rate)
        if found is None:
            return CUT, 0
        labels = found[0].labels
        number = self._searched.setdefault(labels, FIRST_SEARCHED - len(self._searched))
        return number, round(found[1])

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same object: a way remembers, and is like no other."""
        return self is other


@dataclass(kw_only=True)
class Bundle:
    """Ways asked together: their lanes run once for all.

    Attributes
    ----------
    spots
        Origin and destination of each way, as rows and columns of the lanes.
    """

    ways: list[Way]
    graph: ArcGraph
    origins: tuple[int, ...]
    destinations: tuple[int, ...]
    spots: tuple[tuple[int, int], ...]
    _last: tuple[Block, list[Taken]] | None = field(default=None, repr=False)

    __repr__ = short_repr

    @cached_property
    def lanes(self) -> Lanes:
        """The lanes of all its pairs, made when asked for."""
        from karwan.route.condense import condense
        from karwan.route.lanes import Lanes

        return Lanes(condense(self.graph, self.origins, self.destinations))

    @property
    def rate(self) -> float:
        """What an hour adds to the routing weight, in ticks."""
        return ticks_of_hour(self.ways[0].planner.consignment.value_of_time_usd_per_hour)

    def take(self, block: Block) -> list[Taken]:
        """Return what each way takes in the spans of a block, asked once for each block."""
        if self._last is None or self._last[0] is not block:
            self._last = block, self._take(block)
        return self._last[1]

    @cached_property
    def met(self) -> Masks:
        """Bits of the elements on its arcs, shape (n_words,): no other changes what is taken."""
        elements = self.graph.element
        word_count = max(-(-self.graph.element_count // 64), 1)
        return element_masks(np.unique(elements[elements >= 0]).tolist(), word_count)

    def _take(self, block: Block) -> list[Taken]:
        found = [
            Taken(numbers[block.state], np.zeros(block.state.size, dtype=np.int32))
            for numbers in self._by_masks(block)
        ]
        rows = [
            _held_up(way.tree, one.number, block) for way, one in zip(self.ways, found, strict=True)
        ]
        asked = np.unique(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.int64)
        if asked.size:
            states, which = block.slow.some(asked).differing(self.met)
            answers = self.ask(states)
            for one, answer, mine in zip(found, answers, rows, strict=True):
                at = which[np.searchsorted(asked, mine)]
                span = block.slow_span[mine]
                one.number[span] = answer.number[at]
                one.delay_hours[span] = answer.delay_hours[at]
        return found

    def _by_masks(self, block: Block) -> list[Ints]:
        """Return the route of each way in each different state, as if nothing were slow."""
        masks, which = different_rows(block.masks & self.met)
        shut_count = float(np.bitwise_count(masks).sum()) / max(len(masks), 1)
        count = len(self.lanes.condensed.arc_element) if shut_count >= MANY_SHUT else 0
        choice = choose_engine(shut_count=shut_count, element_count=count)
        if choice.engine is Engine.lanes:
            return [one.number[which] for one in self.ask(no_delays(masks))]
        return [_numbers(way.tree, masks)[which] for way in self.ways]

    def ask(self, states: States) -> list[Taken]:
        """Return what each way takes in states, by lanes; where they refuse, by searches."""
        trees: list[list[DetourTree | None]] = [
            [None] * len(self.destinations) for _ in self.origins
        ]
        for way, (row, column) in zip(self.ways, self.spots, strict=True):
            trees[row][column] = way.tree
        try:
            answers = ask_lanes(self.lanes, trees, states, self.rate)
        except DataError:  # sums beyond a packed key: what lanes cannot hold is searched
            every = np.arange(len(states))
            return [self._search(way, states, every) for way in self.ways]
        found = []
        for way, (row, column) in zip(self.ways, self.spots, strict=True):
            answer = answers[row][column]
            assert answer is not None
            taken = Taken(answer.number, answer.delay_hours)
            other = np.flatnonzero(~answer.named)
            searched = self._search(way, states, other)
            taken.number[other], taken.delay_hours[other] = searched.number, searched.delay_hours
            found.append(taken)
        return found

    def _search(self, way: Way, states: States, rows: Longs) -> Taken:
        made = [way.searched(states, int(row)) for row in rows]
        numbers, hours = np.array(made, dtype=np.int32).reshape(-1, 2).T
        return Taken(numbers.copy(), hours.copy())


def _numbers(tree: DetourTree | None, masks: Masks) -> Ints:
    assert tree is not None
    return tree.route_numbers(masks)


def _held_up(tree: DetourTree | None, numbers: Ints, block: Block) -> Longs:
    """Return which of the slow spans the route taken is slow in: others keep theirs.

    Where nothing on the best route is slow it stays the best, since delays only add.
    """
    from karwan.analysis.futures.sweep import meet_slow

    assert tree is not None
    spans, slow_masks = block.slow_span, block.slow_masks
    words = slow_masks.shape[1]
    table = np.zeros((tree.route_count + 1, words), dtype=np.uint64)
    taken = np.bincount(numbers[spans] + 1, minlength=1)[1:]
    for number in np.flatnonzero(taken).tolist():
        route = tree.route(number)
        if route is not None:
            table[number] = element_masks(route.elements, words)
    met = np.empty(spans.size, dtype=np.bool_)
    meet_slow(table, numbers, spans, slow_masks, met)
    return np.flatnonzero(met)


@dataclass(kw_only=True)
class Roads:
    """Trees of detours for one planner, made when asked for and kept.

    Gates are open in them whatever the record says; bans, seasons and what a question shuts stay.

    Attributes
    ----------
    links
        True to number links in place of elements.
    """

    planner: Planner
    links: bool = False
    _ways: dict[tuple[str, str, str], Way] = field(default_factory=dict, repr=False)
    _table: ArcTable | None = field(default=None, repr=False)
    _index: ElementIndex | None = field(default=None, repr=False)

    __repr__ = short_repr

    @property
    def index(self) -> ElementIndex:
        """The network's elements by number."""
        if self._index is None:
            network = self.planner.world.network
            self._index = index_links(network) if self.links else index_elements(network)
        return self._index

    @property
    def table(self) -> ArcTable:
        """The planner's arcs in columns."""
        if self._table is None:
            self._table = make_arc_table(self.planner, self.index)
        return self._table

    def free(
        self, origin: Place, destination: Place, forbidden: frozenset[str] = frozenset()
    ) -> Way:
        """Return the best way between two places that keeps out of countries."""
        key = (" ".join(sorted(forbidden)), origin.id, destination.id)
        if key not in self._ways:
            size = len(self.index.ids)
            scope = Scope(state=State.all_open, forbidden=forbidden)
            found = free_graph(self.planner, self.table, size, origin, destination, scope)
            self._ways[key] = _way("", self.planner, found)
        return self._ways[key]

    def together(self, pairs: Sequence[tuple[Place, Place]]) -> list[Way]:
        """Return the best way of each pair; their lanes run once for all."""
        ways = [self.free(*pair) for pair in pairs]
        served = [k for k, way in enumerate(ways) if way.tree is not None]
        if len(served) > 1:
            ends = [list(dict.fromkeys(pairs[k][side] for k in served)) for side in (0, 1)]
            found = shared_graph(
                self.planner,
                self.table,
                len(self.index.ids),
                ends[0],
                ends[1],
                Scope(state=State.all_open),
            )
            spots = tuple((ends[0].index(pairs[k][0]), ends[1].index(pairs[k][1])) for k in served)
            bundle = Bundle(
                ways=[ways[k] for k in served],
                graph=found.graph,
                origins=found.sources,
                destinations=found.targets,
                spots=spots,
            )
            for k in served:
                ways[k].bundle = bundle
        return ways

    def along(self, corridor: Corridor, origin: Place, destination: Place) -> Way:
        """Return the way along a corridor."""
        key = (corridor.id, origin.id, destination.id)
        if key not in self._ways:
            found = corridor_graph(
                self.planner,
                self.table,
                len(self.index.ids),
                corridor,
                (origin, destination),
                State.all_open,
            )
            self._ways[key] = _way(corridor.id, self.planner, found)
        return self._ways[key]

    def shut_now(self) -> tuple[int, ...]:
        """Return the elements that bar an arc as last known but not with all gates open."""
        return tuple(sorted(set(self._barred.values())))

    def shut_without_spell(self) -> tuple[int, ...]:
        """Return the elements reported shut of which the record holds no running spell."""
        running = self.planner.world.running
        position = self.index.position
        known = {position[name] for name in running if name in position}
        return tuple(number for number in self.shut_now() if number not in known)

    @property
    def premise(self) -> Premise:
        """What holds on every future from today besides what is drawn."""
        return Premise(self.shut_without_spell(), self.opened())

    def opened(self) -> tuple[int, ...]:
        """Return the elements that the question opens whatever the record says."""
        position = self.index.position
        return tuple(sorted(position[name] for name in self.planner.world.open_ids
                            if name in position))  # fmt: skip

    def partly_shut(self) -> bool:
        """Whether something is shut now in one direction only, which no mask can say."""
        return self._is_partly_shut

    @cached_property
    def _is_partly_shut(self) -> bool:
        barred = self._barred
        shut = set(barred.values())
        return any(
            number in shut and arc not in barred
            for arc, number in enumerate(self.table.element.tolist())
        )

    @cached_property
    def _barred(self) -> dict[int, int]:
        """Return, by arc, the element that bars it as last known only."""
        planner = self.planner
        now, opened = (
            planner.mask(Scope(state=state)) for state in (State.last_known, State.all_open)
        )
        return {
            arc: number
            for arc, number in enumerate(self.table.element.tolist())
            if number >= 0 and opened[arc] and not now[arc]
        }


def _way(name: str, planner: Planner, found: PairGraph | None) -> Way:
    """Return a way by itself, with a bundle of its own."""
    from karwan.route.detours import DetourTree

    if found is None:
        return Way(name=name, planner=planner, tree=None)
    way = Way(name=name, planner=planner, tree=DetourTree(found.graph, found.source, found.target))
    way.bundle = Bundle(
        ways=[way],
        graph=found.graph,
        origins=(found.source,),
        destinations=(found.target,),
        spots=((0, 0),),
    )
    return way


def with_hazard_factor(model: HazardModel, factor: float) -> HazardModel:
    """Return a model in which episodes come so many times as often; their lengths stay.

    Raises
    ------
    DataError
        If the factor is negative or no number.
    """
    check("hazard_factor", factor)
    if factor == 1.0:
        return model
    stretch = max(factor, 1e-12)
    rates = {
        group: replace(rate, exposure_days=rate.exposure_days / stretch)
        for group, rate in model.rates.items()
    }
    return replace(model, rates=rates)


def futures_engine(model: HazardModel) -> Choice:
    """Return the engine that futures of a model ask for."""
    return choose_engine(delays=bool(model.ramp.elements or model.regimes))


def run_races(
    roads: Roads,
    model: HazardModel,
    ways: Sequence[Way],
    sampling: Sampling,
    *,
    progress: Progress | None = None,
) -> Mapping[str, Race]:
    """Return how ways fare against each other on the same futures, by times."""
    races = {times: Race.of(ways, sampling.horizon_days) for times in TIMES}
    rider = Rider(roads.index, roads.premise, {times: [race] for times, race in races.items()})
    run_futures(model, sampling, [rider], progress=progress)
    return races
