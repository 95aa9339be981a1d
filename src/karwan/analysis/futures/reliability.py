"""How a journey fares over many futures: which route it takes, what it costs, when it is cut.

Scenarios of closures meet trees of detours here. A day of a path is a state of the elements; the
same few states come again and again, so each different one is looked up once in each tree and
weighed by how often it comes. All corridors ride on the same paths: what differs between two of
them is not chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.futures.unrolled import (
    ArcTable,
    ElementIndex,
    PairGraph,
    corridor_graph,
    free_graph,
    index_elements,
    index_links,
    make_arc_table,
)
from karwan.analysis.world.state import State
from karwan.base.bands import Band, Draws, Kind
from karwan.base.errors import DataError
from karwan.base.limits import check
from karwan.base.reprs import short_repr
from karwan.route.arcgraph import Bools, Floats, Ints
from karwan.route.router import Path

if TYPE_CHECKING:
    from karwan.hazard.model import HazardModel
    from karwan.hazard.scenarios import ScenarioSet
    from karwan.network.nouns import Corridor, Place
    from karwan.route.detours import DetourTree, Masks
    from karwan.route.tcd import Journey

SAMPLE_DAYS = 7
"""Every how many days of the horizon the state is looked at."""
STATED_DAYS = (1, 7, 30, 90, 180, 365, 730)


@dataclass(frozen=True)
class DayStates:
    """The different states of the elements on many paths and days.

    Attributes
    ----------
    masks
        Shape (n_states, n_words), bits of the elements shut, each state once.
    days
        Shape (n_days,): days after the as-of date, ascending.
    state
        Shape (n_days, path_count): which state, as a row of `masks`.
    """

    horizon_days: int
    masks: Masks
    days: Ints
    state: Ints

    __repr__ = short_repr

    @property
    def path_count(self) -> int:
        """How many futures there are."""
        return int(self.state.shape[1])


def day_states(
    scenarios: ScenarioSet,
    index: ElementIndex,
    *,
    every_days: int = SAMPLE_DAYS,
    always_shut: Sequence[int] = (),
    usually: tuple[ScenarioSet, Sequence[int]] | None = None,
) -> DayStates:
    """Return the states of scenarios on sampled days: the stated ones and every so many.

    Parameters
    ----------
    always_shut
        Numbers of elements shut on every day: reported shut by a status without a dated spell.
    usually
        Scenarios of ordinary times, and numbers of elements taken from them: those a question
        opens whatever the record says, which may still shut anew.

    Raises
    ------
    DataError
        If the scenarios are of other elements.
    """
    from karwan.route.detours import pack_masks

    if scenarios.elements != index.ids:
        raise DataError("the scenarios", ["they are drawn for other elements than the network's"])
    last = scenarios.horizon_days
    days = sorted({*range(0, last, every_days), *(day for day in STATED_DAYS if day < last)})
    parts = []
    for day in days:
        shut = scenarios.shut_on(float(day)).copy()
        if usually is not None and usually[1]:
            lifted = list(usually[1])
            shut[:, lifted] = usually[0].shut_on(float(day))[:, lifted]
        shut[:, list(always_shut)] = True
        for planned, gate in index.beside:
            shut[:, planned] |= shut[:, gate]
        parts.append(pack_masks(shut))
    masks, number = _distinct(np.concatenate(parts))
    state = number.reshape(len(days), scenarios.path_count)
    return DayStates(last, masks, np.array(days, dtype=np.int32), state)


def _distinct(masks: Masks) -> tuple[Masks, Ints]:
    """Return the different rows of masks, in the order met, and which of them each row is.

    By hashing in a frame: a million rows take a tenth of what sorting them takes.
    """
    import polars as pl

    words = [f"word_{k}" for k in range(masks.shape[1])]
    rows = pl.DataFrame(masks, schema=words)
    distinct = rows.unique(maintain_order=True).with_row_index("state")
    number = rows.join(distinct, on=words, how="left", maintain_order="left")["state"]
    found = distinct.select(words).to_numpy()
    return np.ascontiguousarray(found), number.to_numpy().astype(np.int32)


@dataclass
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
    _journeys: dict[int, Journey] = field(default_factory=dict, repr=False)

    __repr__ = short_repr

    def path(self, number: int) -> Path | None:
        """Return one of the tree's routes as the planner's path; None for no route."""
        route = self.tree.route(number) if self.tree is not None else None
        if route is None:
            return None
        priced, labels = self.planner.priced, route.labels
        key = (
            sum(priced.ticks[arc] for arc in labels),
            sum(priced.element_arcs[arc] for arc in labels),
            len(labels),
        )
        return Path(key, labels, self.planner.graph.arcs[labels[-1]].head)

    def journey(self, number: int) -> Journey:
        """Return the journey along one of the tree's routes."""
        if number not in self._journeys:
            path = self.path(number)
            assert path is not None
            self._journeys[number] = self.planner.journey(path)
        return self._journeys[number]

    def figures(self, masks: Masks) -> RouteFigures:
        """Return what the way costs in each state."""
        if self.tree is None:
            nothing = np.full(len(masks), np.nan)
            return RouteFigures(np.full(len(masks), -1, dtype=np.int32), nothing, nothing, nothing)
        numbers = self.tree.route_numbers(masks)
        used = [int(n) for n in np.unique(numbers) if n >= 0]
        size = self.tree.route_count + 1
        table = np.full((3, size), np.nan)
        for number in used:
            found = self.journey(number)
            table[:, number] = (found.generalized_cost_usd, found.hours.value, found.usd.value)
        return RouteFigures(numbers, *(row[numbers] for row in table))


@dataclass(frozen=True)
class RouteFigures:
    """Route number and figures by state, shape (n_states,); NaN where cut."""

    number: Ints
    generalized_cost_usd: Floats
    hours: Floats
    usd: Floats

    __repr__ = short_repr

    @property
    def cut(self) -> Bools:
        """Where nothing joins the pair."""
        return np.asarray(self.number < 0)


@dataclass
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
            scope = Scope(State.all_open, forbidden=forbidden)
            found = free_graph(self.planner, self.table, size, origin, destination, scope)
            self._ways[key] = Way("", self.planner, _tree(found))
        return self._ways[key]

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
            self._ways[key] = Way(corridor.id, self.planner, _tree(found))
        return self._ways[key]

    def shut_now(self) -> tuple[int, ...]:
        """Return the elements that bar an arc as last known but not with all gates open."""
        return tuple(sorted(set(self._barred().values())))

    def shut_without_spell(self) -> tuple[int, ...]:
        """Return the elements reported shut of which the record holds no running spell."""
        running = self.planner.world.running
        position = self.index.position
        known = {position[name] for name in running if name in position}
        return tuple(number for number in self.shut_now() if number not in known)

    def opened(self) -> tuple[int, ...]:
        """Return the elements that the question opens whatever the record says."""
        position = self.index.position
        return tuple(sorted(position[name] for name in self.planner.world.open_ids
                            if name in position))  # fmt: skip

    def partly_shut(self) -> bool:
        """Whether something is shut now in one direction only, which no mask can say."""
        barred = self._barred()
        shut = set(barred.values())
        return any(
            number in shut and arc not in barred
            for arc, number in enumerate(self.table.element.tolist())
        )

    def _barred(self) -> dict[int, int]:
        """Return, by arc, the element that bars it as last known only."""
        planner = self.planner
        now, opened = (planner.mask(Scope(state)) for state in (State.last_known, State.all_open))
        return {
            arc: number
            for arc, number in enumerate(self.table.element.tolist())
            if number >= 0 and opened[arc] and not now[arc]
        }


def _tree(found: PairGraph | None) -> DetourTree | None:
    from karwan.route.detours import DetourTree

    return DetourTree(found.graph, found.source, found.target) if found is not None else None


@dataclass(frozen=True, slots=True)
class DayFigures:
    """A way on one day: share of paths on which it is cut, and its figures where it is not.

    `hours`, `generalized_cost_usd` and `usd` are over the paths on which it is open; None where
    there are none.
    """

    day: int
    cut_share: float
    generalized_cost_usd: Draws | None
    hours: Draws | None
    usd: Draws | None


@dataclass(frozen=True)
class Ensemble:
    """A way over a horizon.

    Attributes
    ----------
    cut_share
        Share of days cut: the mean, and P05 and P95 over paths.
    days
        Figures on stated days.
    whole
        Figures over all days of the horizon.
    routes
        (journey, share of days) of the routes taken, the most frequent first.
    """

    name: str
    horizon_days: int
    path_count: int
    cut_share: Band
    whole: DayFigures
    days: tuple[DayFigures, ...]
    routes: tuple[tuple[Journey, float], ...]

    __repr__ = short_repr


def run_ensemble(way: Way, states: DayStates) -> Ensemble:
    """Return how a way fares over the states of many paths and days."""
    figures = way.figures(states.masks)
    spaced = states.days % SAMPLE_DAYS == 0
    sampled = states.state[spaced]
    by_path = figures.cut[sampled].mean(axis=0)
    counts = np.bincount(sampled.ravel(), minlength=len(states.masks)).astype(np.float64)
    stated = [k for k, day in enumerate(states.days) if day in STATED_DAYS]
    return Ensemble(
        way.name,
        states.horizon_days,
        states.path_count,
        Band(
            float(np.quantile(by_path, 0.05)),
            float(counts[figures.cut].sum() / counts.sum()),
            float(np.quantile(by_path, 0.95)),
            Kind.draws,
        ),
        _figures_on(-1, figures, counts),
        tuple(
            _figures_on(
                int(states.days[k]),
                figures,
                np.bincount(states.state[k], minlength=len(states.masks)).astype(np.float64),
            )
            for k in stated
        ),
        _routes(way, figures, counts),
    )


def _figures_on(day: int, figures: RouteFigures, counts: Floats) -> DayFigures:
    cut = float(counts[figures.cut].sum() / counts.sum())
    spread = (
        _weighted(column, counts)
        for column in (figures.generalized_cost_usd, figures.hours, figures.usd)
    )
    return DayFigures(day, cut, *spread)


def _weighted(values: Floats, counts: Floats) -> Draws | None:
    """Return P05, P50, P95 and the mean of values with weights; None where none is open."""
    kept = np.isfinite(values) & (counts > 0)
    if not kept.any():
        return None
    order = np.argsort(values[kept], kind="stable")
    value, weight = values[kept][order], counts[kept][order]
    reach = np.cumsum(weight)
    at = [int(np.searchsorted(reach, share * reach[-1])) for share in (0.05, 0.5, 0.95)]
    low, middle, high = (float(value[min(k, len(value) - 1)]) for k in at)
    return Draws(low, middle, high, float((value * weight).sum() / reach[-1]))


def _routes(way: Way, figures: RouteFigures, counts: Floats) -> tuple[tuple[Journey, float], ...]:
    total = counts.sum()
    shares: dict[tuple[int, ...], float] = {}
    journeys: dict[tuple[int, ...], Journey] = {}
    for number in np.unique(figures.number[~figures.cut]):
        journey = way.journey(int(number))
        arcs = journey.path.arcs
        journeys[arcs] = journey
        weight = float(counts[figures.number == number].sum())
        shares[arcs] = shares.get(arcs, 0.0) + weight / total
    order = sorted(shares, key=lambda arcs: (-shares[arcs], arcs))
    return tuple((journeys[arcs], shares[arcs]) for arcs in order)


def p_beats(ways: Sequence[Way], states: DayStates) -> Floats:
    """Return how often each way is cheaper than each other, shape (n_ways, n_ways).

    A way that is cut loses to one that is not; between two that are cut, neither wins. Compared
    is the generalized cost of the mean journey, on all sampled days of all paths.
    """
    if not ways:
        return np.zeros((0, 0))
    counts = np.bincount(states.state.ravel(), minlength=len(states.masks)).astype(np.float64)
    costs = np.stack(
        [np.nan_to_num(way.figures(states.masks).generalized_cost_usd, nan=np.inf) for way in ways]
    )
    found = np.zeros((len(ways), len(ways)))
    for i in range(len(ways)):
        found[i] = ((costs[i] < costs) * counts).sum(axis=1) / counts.sum()
    return found


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


ORDINARY, TODAY = "ordinary", "today"


def draw_states(
    roads: Roads,
    model: HazardModel,
    *,
    seed: int,
    path_count: int,
    horizon_days: int,
    every_days: int = SAMPLE_DAYS,
) -> Mapping[str, DayStates]:
    """Return the states of ordinary times, and those that begin with what runs today."""
    from karwan.hazard.scenarios import draw_scenarios

    drawn = {
        name: draw_scenarios(
            model,
            seed=seed,
            path_count=path_count,
            horizon_days=horizon_days,
            from_today=name == TODAY,
        )
        for name in (ORDINARY, TODAY)
    }
    return {
        ORDINARY: day_states(drawn[ORDINARY], roads.index, every_days=every_days),
        TODAY: day_states(
            drawn[TODAY],
            roads.index,
            every_days=every_days,
            always_shut=roads.shut_without_spell(),
            usually=(drawn[ORDINARY], roads.opened()),
        ),
    }
