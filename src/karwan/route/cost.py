"""What each arc costs a consignment: hours and USD, charge by charge, and the routing weight.

The weight of an arc is additive: mean USD plus value of time times mean hours under the law of
hours, rounded once, here, to whole ticks of 0.001 USD. What does not add along a route (rest waived
by waiting at a border) is computed after composition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from karwan.base.provenance import Figure
from karwan.base.reprs import short_repr
from karwan.base.units import TICKS_PER_USD
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment
from karwan.route.charges import SEASON, Charge
from karwan.route.expand import CROSSING, TRANSFER, Arc, ArcName, StateGraph
from karwan.route.hauls import Hauls
from karwan.route.passages import Passages
from karwan.route.rest import RestTicks, Stop, no_rest, rest_ticks, stop_of
from karwan.route.spreads import Spreads, read_spreads
from karwan.route.transfers import Transfers

Charges = tuple[Charge, ...]
DEAREST_USD = 9e12
"""Largest weight of one arc in USD, so that a route of 1,000 arcs stays far below 2**63 ticks."""


@dataclass(frozen=True, kw_only=True)
class PricedGraph:
    """A state graph with what each arc costs one consignment.

    Attributes
    ----------
    charges
        Per arc, in a fixed order.
    ticks
        Routing weight per arc, thousandths of a USD, 0 or more.
    drive_hours_per_day
        Hours a road vehicle moves in 24; the rest is rest, unless waived at a border.
    rest
        What rest is worth on every arc: what the best route is searched with beside the weight.
    """

    graph: StateGraph
    consignment: Consignment
    charges: tuple[tuple[Charge, ...], ...]
    ticks: tuple[int, ...]
    drive_hours_per_day: float
    price_year: int
    spreads: Spreads
    rest: RestTicks

    __repr__ = short_repr

    def mean_hours(self, arc_id: int) -> float:
        """Return the mean hours of an arc under the law of hours, before rest is waived."""
        return sum_hours(self.charges[arc_id]) * self.spreads.law.mean_ratio

    @cached_property
    def element_arcs(self) -> tuple[int, ...]:
        """1 for arcs that an element covers, else 0: the first tie-breaker."""
        return tuple(int(bool(arc.element_id)) for arc in self.graph.arcs)

    def stop(self, arc_id: int) -> Stop:
        """Return what an arc does to the rest of a driver."""
        return stop_of(self.graph.arcs[arc_id], self.charges[arc_id], self.drive_hours_per_day)

    def bounded(self) -> PricedGraph:
        """Return the graph with every rest waived that might be: no way costs less than in it."""
        ticks = tuple(
            weight - most for weight, most in zip(self.ticks, self.rest.most_waived, strict=True)
        )
        return replace(self, ticks=ticks, rest=no_rest(len(ticks)))

    def by_time(self) -> PricedGraph:
        """Return the graph weighed by mean hours alone: its best way is the fastest."""
        ticks = tuple(round(self.mean_hours(arc.id) * TICKS_PER_USD) for arc in self.graph.arcs)
        stops = (self.stop(arc.id) for arc in self.graph.arcs)
        waived = rest_ticks(stops, ticks, self.spreads.law.mean_ratio)
        return replace(self, ticks=ticks, rest=waived)


def price_arcs(
    graph: StateGraph,
    consignment: Consignment,
    tariffs: Tariffs,
    *,
    swaps: Mapping[str, str] | None = None,
    seasons: Mapping[str, Sequence[Figure]] | None = None,
    known: dict[ArcName, Charges] | None = None,
) -> PricedGraph:
    """Return the graph with hours, USD and routing weight on every arc.

    Parameters
    ----------
    swaps
        Rules by crossing id where the cargo must change vehicles.
    seasons
        Hours waited by link id on account of the day of departure.
    known
        Charges of arcs priced before for the same network, consignment, tariffs and rules; those
        priced now are added. What else is built does not change what an arc takes.

    Raises
    ------
    ValueError
        If an arc costs less than 0, NaN or beyond what the integer weight can hold.
    """
    hauls = Hauls(graph, consignment, tariffs)
    passages = Passages(graph.network, consignment, tariffs, dict(swaps or {}))
    pricer = _Pricer(hauls, passages, Transfers(graph, consignment, tariffs, hauls), seasons or {})
    known = {} if known is None else known
    for name, arc in zip(graph.names, graph.arcs, strict=True):
        if name not in known:
            known[name] = pricer.charges(arc)
    charges = tuple(known[name] for name in graph.names)
    spreads = read_spreads(tariffs, consignment)
    value_of_time = consignment.value_of_time_usd_per_hour * spreads.law.mean_ratio
    ticks = tuple(
        _ticks(arc, mine, value_of_time) for arc, mine in zip(graph.arcs, charges, strict=True)
    )
    duty = hauls.duty.value
    stops = (stop_of(arc, told, duty) for arc, told in zip(graph.arcs, charges, strict=True))
    return PricedGraph(
        graph=graph,
        consignment=consignment,
        charges=charges,
        ticks=ticks,
        drive_hours_per_day=duty,
        price_year=tariffs.price_year,
        spreads=spreads,
        rest=rest_ticks(stops, ticks, value_of_time),
    )


def _ticks(arc: Arc, charges: tuple[Charge, ...], value_of_time_usd_per_hour: float) -> int:
    usd = sum_usd(charges) + value_of_time_usd_per_hour * sum_hours(charges)
    if not 0 <= usd <= DEAREST_USD:
        name = arc.link_id or "transfer"
        msg = f"Arc {arc.id} ({name}) costs {usd:g} USD; every arc must cost 0 or more."
        raise ValueError(msg)
    return round(usd * TICKS_PER_USD)


def sum_hours(charges: tuple[Charge, ...]) -> float:
    """Return the mean hours of the charges, summed in their order."""
    return sum((charge.hours.value for charge in charges if charge.hours is not None), 0.0)


def sum_usd(charges: tuple[Charge, ...]) -> float:
    """Return the central USD of the charges, summed in their order."""
    return sum((charge.usd.value for charge in charges if charge.usd is not None), 0.0)


@dataclass
class _Pricer:
    """Prices one arc after another for one consignment."""

    hauls: Hauls
    passages: Passages
    transfers: Transfers
    seasons: Mapping[str, Sequence[Figure]]

    def charges(self, arc: Arc) -> tuple[Charge, ...]:
        """Return the charges of an arc."""
        if arc.kind == TRANSFER:
            return tuple(self.transfers.charges(arc))
        along = self.hauls.charges(arc)
        if arc.kind == CROSSING:
            along += self.passages.charges(arc)
        name = self.hauls.name_of(arc)
        along += [
            Charge(SEASON, f"{name}: {wait.basis}", hours=wait)
            for wait in self.seasons.get(arc.link_id, ())
        ]
        return tuple(along)
