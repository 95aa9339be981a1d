"""What each arc costs a consignment: hours and USD, charge by charge, and the routing weight.

The weight of an arc is additive: mean USD plus value of time times mean hours, rounded once,
here, to whole ticks of 0.001 USD. What does not add along a route (rest waived by waiting at a
border) is computed after composition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from karwan.base.reprs import short_repr
from karwan.base.units import TICKS_PER_USD
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment
from karwan.route.charges import Charge
from karwan.route.expand import CROSSING, TRANSFER, Arc, ArcName, StateGraph
from karwan.route.hauls import Hauls
from karwan.route.passages import Passages
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
    """

    graph: StateGraph
    consignment: Consignment
    charges: tuple[tuple[Charge, ...], ...]
    ticks: tuple[int, ...]
    drive_hours_per_day: float
    price_year: int
    spreads: Spreads

    __repr__ = short_repr

    @cached_property
    def element_arcs(self) -> tuple[int, ...]:
        """1 for arcs that an element covers, else 0: the first tie-breaker."""
        return tuple(int(bool(arc.element_id)) for arc in self.graph.arcs)


def price_arcs(
    graph: StateGraph,
    consignment: Consignment,
    tariffs: Tariffs,
    *,
    swaps: Mapping[str, str] | None = None,
    known: dict[ArcName, Charges] | None = None,
) -> PricedGraph:
    """Return the graph with hours, USD and routing weight on every arc.

    Parameters
    ----------
    swaps
        Rules by crossing id where the cargo must change vehicles.
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
    pricer = _Pricer(hauls, passages, Transfers(graph, consignment, tariffs, hauls))
    told = {} if known is None else known
    for name, arc in zip(graph.names, graph.arcs, strict=True):
        if name not in told:
            told[name] = pricer.charges(arc)
    charges = tuple(told[name] for name in graph.names)
    value_of_time = consignment.value_of_time_usd_per_hour
    ticks = tuple(
        _ticks(arc, mine, value_of_time) for arc, mine in zip(graph.arcs, charges, strict=True)
    )
    return PricedGraph(
        graph=graph,
        consignment=consignment,
        charges=charges,
        ticks=ticks,
        drive_hours_per_day=hauls.duty.value,
        price_year=tariffs.price_year,
        spreads=read_spreads(tariffs, consignment),
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

    def charges(self, arc: Arc) -> tuple[Charge, ...]:
        """Return the charges of an arc."""
        if arc.kind == TRANSFER:
            return tuple(self.transfers.charges(arc))
        along = self.hauls.charges(arc)
        if arc.kind == CROSSING:
            along += self.passages.charges(arc)
        return tuple(along)
