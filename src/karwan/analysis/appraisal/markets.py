"""Where freight could use a line: the pairs of places, their tonnes, and ways with and without it.

Tonnes are those that countries report; each country's are laid on the places that stand for it.
Costs are the router's, with every gate open: closures act elsewhere, by the days on which a way
is open, so that they are not counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.appraisal.diversion import Taste, Ways, observed_constant, path_sizes
from karwan.analysis.appraisal.lines import Line, with_links
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import ALL_MODES, Scope
from karwan.analysis.world.question import Shipment, find_shipment
from karwan.analysis.world.state import State
from karwan.base.errors import DataError
from karwan.base.units import TICKS_PER_USD
from karwan.data.rows.appraisal import MarketPlaceRow, RailShareRow
from karwan.network.demand import TRANSIT, DemandFigure, read_demand
from karwan.network.gauges import SEA
from karwan.route.charges import RAIL_HAUL
from karwan.route.expand import TRANSFER

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.network.nouns import Place
    from karwan.route.router import Path

CARGO, TRUCK, WAGON = "bulk", "truck", "wagon"
ROAD_ONLY, RAIL_ONLY = frozenset({"road"}), frozenset({"rail"})
OVERLAND = Scope(state=State.all_open, modes=frozenset({"road", "rail"}))
FAVOURS = (0.0, 0.5)
"""What the line's own weight counts for in the search of the way that makes most of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of a market.

    Attributes
    ----------
    line_km, line_usd_per_t, line_links
        On the line itself: length, what is paid there for haulage, and links.
    down
        Whether it passes the line in the order of its sections.
    first_transfer_usd_per_t
        What the move from the road to the first wagon costs.
    """

    links: tuple[str, ...]
    countries: tuple[str, ...]
    elements: frozenset[str]
    modes: tuple[str, ...]
    usd_per_t: float
    cost_usd_per_t: float
    hours: float
    line_km: float
    line_usd_per_t: float
    line_links: tuple[str, ...]
    down: bool
    first_transfer_usd_per_t: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Freight from a place to another that could use a line.

    Attributes
    ----------
    low_ratio, high_ratio
        Ends of the country's figure over its central value.
    goods_usd_per_t
        Value of the cargo.
    old
        Ways without the line, the cheapest first.
    new
        The way over the line.
    """

    origin: str
    destination: str
    from_country: str
    to_country: str
    flow: str
    t_per_year: float
    low_ratio: float
    high_ratio: float
    goods_usd_per_t: float
    figure_id: str
    old: tuple[Way, ...]
    new: Way

    def ways(self, lengths: dict[str, float], *, built: bool) -> Ways:
        """Return the market's ways for the choice, with or without the line."""
        ways = [*self.old, *([self.new] if built else [])]
        return Ways(
            np.array([one.cost_usd_per_t for one in ways], dtype=np.float64),
            path_sizes([one.links for one in ways], lengths),
            np.array([SEA not in one.modes for one in ways], dtype=bool),
            np.array([one is self.new for one in ways], dtype=bool),
        )

    def without_best(self) -> Market:
        """Return the market as it is while the cheapest old way is shut."""
        return replace(self, old=self.old[1:])


@dataclass(kw_only=True)
class Surveyor:
    """Finds ways in a world where a line is built, for lorries by carrier and for wagons."""

    world: World
    line: Line
    _planners: dict[tuple[str, str], Planner] = field(default_factory=dict, repr=False)
    _favoured: dict[float, Planner] = field(default_factory=dict, repr=False)
    _journeys: dict[tuple[str, ...], Way] = field(default_factory=dict, repr=False)

    def planner(self, unit: str, origin: Place) -> Planner:
        """Return the planner of a unit; lorries have the carrier's country, wagons have none."""
        key = (unit, origin.country if unit == TRUCK else "")
        if key not in self._planners:
            world = self.world
            shipment = Shipment(unit=unit, cargo=CARGO)
            goods = find_shipment(world.catalog, world.network, shipment, origin)
            self._planners[key] = Planner(world=world, consignment=goods)
        return self._planners[key]

    @property
    def wagon_t(self) -> float:
        """Tonnes of a wagonload."""
        return self.planner(
            WAGON, next(iter(self.world.network.places.values()))
        ).consignment.tonnes

    def best(self, planner: Planner, ends: tuple[Place, Place], scope: Scope) -> Way | None:
        """Return the best way within a scope."""
        path = planner.best(*ends, scope)
        return None if path is None else self.way(planner, path)

    def way(self, planner: Planner, path: Path) -> Way:
        """Return what a way costs for each tonne."""
        journey = planner.journey(path)
        tonnes = planner.consignment.tonnes
        own = self.line.link_ids
        graph = planner.graph
        over = [one for one in path.arcs if graph.arcs[one].link_id in own]
        usd = sum(
            charge.usd.value
            for one in over
            for charge in planner.priced.charges[one]
            if charge.kind is RAIL_HAUL and charge.usd is not None
        )
        order = {link.id: number for number, link in enumerate(self.line.links)}
        passed = [order[graph.arcs[one].link_id] for one in over]
        down = passed[0] < passed[-1] if len(passed) > 1 else all(
            graph.arcs[one].forward for one in over
        )  # fmt: skip
        return Way(
            links=journey.links,
            countries=journey.countries,
            elements=frozenset(journey.elements),
            modes=journey.modes,
            usd_per_t=journey.usd.value / tonnes,
            cost_usd_per_t=journey.generalized_cost_usd / tonnes,
            hours=journey.hours.value,
            line_km=sum(graph.arcs[one].km for one in over),
            line_usd_per_t=usd / tonnes,
            line_links=tuple(graph.arcs[one].link_id for one in over),
            down=down,
            first_transfer_usd_per_t=_first_transfer(planner, path) / tonnes,
        )

    def old_ways(self, ends: tuple[Place, Place]) -> tuple[Way, ...]:
        """Return ways that differ, without the line: by lorry, by any mode, by rail, round it."""
        avoided = frozenset(("link", one) for one in self.line.link_ids)
        lands = frozenset(self.line.km_by_country) - {end.country for end in ends}
        plain = [
            (TRUCK, Scope(state=State.all_open, modes=ROAD_ONLY, avoided=avoided)),
            (WAGON, Scope(state=State.all_open, modes=ALL_MODES, avoided=avoided)),
            (WAGON, Scope(state=State.all_open, modes=RAIL_ONLY, avoided=avoided)),
        ]
        round_it = [(unit, replace(scope, forbidden=lands)) for unit, scope in plain[:2] if lands]
        ways = [
            self.best(self.planner(unit, ends[0]), ends, scope)
            for unit, scope in [*plain, *round_it]
        ]
        return _distinct(way for way in ways if way is not None)

    def new_way(self, ends: tuple[Place, Place]) -> Way | None:
        """Return the cheapest of the ways that make most of the line, or None if none uses it."""
        planner = self.planner(WAGON, ends[0])
        ways = []
        for favour in FAVOURS:
            if favour not in self._favoured:
                own = self.line.link_ids
                ticks = tuple(
                    round(weight * favour) if arc.link_id in own else weight
                    for arc, weight in zip(planner.graph.arcs, planner.priced.ticks, strict=True)
                )
                self._favoured[favour] = planner.with_ticks(ticks)
            path = self._favoured[favour].best(*ends, OVERLAND)
            if path is not None:
                ways.append(self.way(planner, path))
        using = [way for way in ways if way.line_km > 0]
        return min(using, key=lambda way: way.cost_usd_per_t, default=None)


def _first_transfer(planner: Planner, path: Path) -> float:
    """Return what the move that a way begins with costs, or 0 where it begins on the road."""
    first = path.arcs[0]
    if planner.graph.arcs[first].kind != TRANSFER:
        return 0.0
    return planner.priced.ticks[first] / TICKS_PER_USD


def _distinct(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Return ways that differ in their links, the cheapest first, the cheapest of each."""
    cheapest: dict[tuple[str, ...], Way] = {}
    for way in sorted(ways, key=lambda one: (one.cost_usd_per_t, one.links)):
        cheapest.setdefault(way.links, way)
    return tuple(cheapest.values())


def find_markets(surveyor: Surveyor, farthest_ratio: float) -> tuple[Market, ...]:
    """Return the markets in which the line could carry anything, in the order of the tables.

    Parameters
    ----------
    farthest_ratio
        A way over the line that costs more than so many times the best is no way of a market.
    """
    world = surveyor.world
    demand = read_demand(world.catalog, world.as_of)
    places = market_places(world)
    markets = []
    for (left, reached, flow), figure in demand.chosen.items():
        if figure.tonnes is None or figure.tonnes.value <= 0:
            continue
        for origin, destination, share in _ends(world, places, figure):
            ends = (origin, destination)
            new = surveyor.new_way(ends)
            if new is None:
                continue
            old = surveyor.old_ways(ends)
            if not old or new.cost_usd_per_t > farthest_ratio * old[0].cost_usd_per_t:
                continue
            tonnes = figure.tonnes
            markets.append(
                Market(
                    origin=origin.id,
                    destination=destination.id,
                    from_country=left,
                    to_country=reached,
                    flow=flow,
                    t_per_year=tonnes.value * share,
                    low_ratio=tonnes.low / tonnes.value,
                    high_ratio=tonnes.high / tonnes.value,
                    goods_usd_per_t=_goods_value(surveyor, origin),
                    figure_id=figure.id,
                    old=old,
                    new=new,
                )
            )
    return tuple(markets)


def observed_market(surveyor: Surveyor) -> Market | None:
    """Return what arrives by rail at the line's end today, and goes on by lorry or by the line.

    The wagon is loaded already: the move from rail to road is the lorry's, not the line's.
    """
    row = surveyor.line.traffic
    if row is None:
        return None
    places = surveyor.world.network.places
    ends = (places[row.origin_id], places[row.destination_id])
    planner = surveyor.planner(WAGON, ends[0])
    via = tuple(("link", link.id) for link in surveyor.line.links if not link.crossing_id)
    path = planner.best(*ends, OVERLAND, via=via[:1])
    lorry = surveyor.best(
        surveyor.planner(TRUCK, ends[0]), ends, Scope(state=State.all_open, modes=ROAD_ONLY)
    )
    if path is None or lorry is None:
        return None
    new = surveyor.way(planner, path)
    moved = new.first_transfer_usd_per_t
    central = row.central_mt_per_year * 1e6
    return Market(
        origin=ends[0].id,
        destination=ends[1].id,
        from_country=ends[0].country,
        to_country=ends[1].country,
        flow=OBSERVED,
        t_per_year=central,
        low_ratio=row.low_mt_per_year / row.central_mt_per_year,
        high_ratio=row.high_mt_per_year / row.central_mt_per_year,
        goods_usd_per_t=_goods_value(surveyor, ends[0]),
        figure_id=row.traffic_id,
        old=(replace(lorry, cost_usd_per_t=lorry.cost_usd_per_t + moved),),
        new=replace(new, cost_usd_per_t=new.cost_usd_per_t - moved),
    )


OBSERVED = "observed"


def _goods_value(surveyor: Surveyor, origin: Place) -> float:
    goods = surveyor.planner(WAGON, origin).consignment
    return goods.value_usd / goods.tonnes


def market_places(world: World) -> dict[str, list[tuple[Place, float]]]:
    """Return the places that stand for each country, with their shares.

    Raises
    ------
    DataError
        If the shares of a country do not sum to 1.
    """
    places: dict[str, list[tuple[Place, float]]] = {}
    for row in world.catalog.rows(MarketPlaceRow):
        place = world.network.places[row.place_id]
        places.setdefault(row.country, []).append((place, row.market_share))
    faults = [
        f"the shares of {country} sum to {total:g}, not to 1"
        for country, shares in places.items()
        if not np.isclose(total := sum(share for _, share in shares), 1.0)
    ]
    if faults:
        where = f"table {MarketPlaceRow.TABLE}"
        raise DataError(where, faults)
    return places


def _ends(
    world: World, places: dict[str, list[tuple[Place, float]]], figure: DemandFigure
) -> Iterator[tuple[Place, Place, float]]:
    """Yield pairs of places with their share of a figure; transit is with the ports alone."""

    def of(country: str) -> list[tuple[Place, float]]:
        given = places.get(country, [])
        if figure.flow != TRANSIT or country != figure.port_country:
            return given
        ports = [(place, share) for place, share in given if place.kind == SEAPORT]
        total = sum(share for _, share in ports)
        return [(place, share / total) for place, share in ports]

    for origin, one in of(figure.from_country):
        for destination, other in of(figure.to_country):
            if origin.id != destination.id:
                yield origin, destination, one * other


SEAPORT = "seaport"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenShare:
    """What a railway that exists carries beside a road, and the constant that explains it."""

    name: str
    rail_share: float
    rail_usd_per_t: float
    road_usd_per_t: float
    constant: float
    grade: str


def seen_shares(world: World, taste: Callable[[float], Taste]) -> tuple[SeenShare, ...]:
    """Return what railways of the region carry beside roads, at the costs of both.

    Parameters
    ----------
    taste
        How shippers choose, by the cost of the cheapest way in USD a tonne.
    """
    seen = []
    planners: dict[tuple[str, str], Planner] = {}
    for row in world.catalog.rows(RailShareRow):
        ends = (world.network.places[row.origin_id], world.network.places[row.destination_id])

        def planner(unit: str, origin: Place = ends[0]) -> Planner:
            key = (unit, origin.country if unit == TRUCK else "")
            if key not in planners:
                shipment = Shipment(unit=unit, cargo=CARGO)
                goods = find_shipment(world.catalog, world.network, shipment, origin)
                planners[key] = Planner(world=world, consignment=goods)
            return planners[key]

        lorry, wagon = planner(TRUCK), planner(WAGON)
        road = lorry.best(*ends, Scope(state=State.all_open, modes=ROAD_ONLY))
        rail = wagon.best(
            *ends, Scope(state=State.all_open), via=(("element", row.rail_element_id),)
        )
        if road is None or rail is None:
            continue
        costs = [
            planner_.journey(path).generalized_cost_usd / planner_.consignment.tonnes
            for planner_, path in ((wagon, rail), (lorry, road))
        ]
        share = row.rail_t_per_year / (row.rail_t_per_year + row.road_t_per_year)
        seen.append(
            SeenShare(
                name=row.name,
                rail_share=share,
                rail_usd_per_t=costs[0],
                road_usd_per_t=costs[1],
                constant=observed_constant(share, costs[0], costs[1], taste(min(costs))),
                grade=row.confidence,
            )
        )
    return tuple(seen)


def survey(world: World, line: Line) -> Surveyor:
    """Return what finds ways in the world with the line built."""
    return Surveyor(world=with_links(world, line, [one.id for one in line.links]), line=line)
