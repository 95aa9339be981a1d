"""What each arc costs a consignment: hours and USD, charge by charge, and the routing weight.

The weight of an arc is additive: mean USD plus value of time times mean hours, rounded once,
here, to whole ticks of 0.001 USD. What does not add along a route (rest waived by waiting at a
border) is computed after composition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from karwan.base.provenance import Figure, Source
from karwan.base.reprs import short_repr
from karwan.base.units import HOURS_PER_DAY, TICKS_PER_USD
from karwan.data.region import read_region
from karwan.network.crossings import BorderFigures
from karwan.network.gauges import MODE_OF_LAYER, ROAD
from karwan.network.network import Network
from karwan.network.nouns import Terminal
from karwan.network.tariffs import TFI_T, Tariffs
from karwan.network.vehicles import Consignment
from karwan.network.ways import inland_km
from karwan.route.charges import (
    BORDER,
    BORDER_FEES,
    DRIVING,
    ENTRY_FEES,
    HANDLING,
    HAUL_OF_MODE,
    RAIL_HAUL,
    REST,
    ROAD_HAUL,
    SEA_HAUL,
    WAITING,
    ChargeKind,
)
from karwan.route.expand import CROSSING, TRANSFER, Arc, StateGraph
from karwan.route.spreads import Spreads, read_spreads

DOWNCOUNTRY = "downcountry_rate_ratio"
"""Parameter of the countries whose loads towards the main port are cheap by road."""
DEAREST_USD = 9e12
"""Largest weight of one arc in USD, so that a route of 1,000 arcs stays far below 2**63 ticks."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One reason why an arc takes time or money. A figure that does not apply is None."""

    kind: ChargeKind
    what: str
    hours: Figure | None = None
    usd: Figure | None = None


@dataclass(frozen=True)
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
) -> PricedGraph:
    """Return the graph with hours, USD and routing weight on every arc.

    Parameters
    ----------
    swaps
        Rules by crossing id where the cargo must change vehicles.

    Raises
    ------
    ValueError
        If an arc costs less than 0, NaN or beyond what the integer weight can hold.
    """
    pricer = _Pricer(graph, consignment, tariffs, dict(swaps or {}))
    charges = tuple(pricer.charges(arc) for arc in graph.arcs)
    value_of_time = consignment.value_of_time_usd_per_hour
    ticks = tuple(
        _ticks(arc, found, value_of_time) for arc, found in zip(graph.arcs, charges, strict=True)
    )
    return PricedGraph(
        graph,
        consignment,
        charges,
        ticks,
        pricer.duty.value,
        tariffs.price_year,
        read_spreads(tariffs, consignment),
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

    graph: StateGraph
    consignment: Consignment
    tariffs: Tariffs
    swaps: dict[str, str]

    def __post_init__(self) -> None:
        self.network: Network = self.graph.network
        self.borders = BorderFigures(self.network)
        unit = self.consignment.unit
        self.duty = self.tariffs.parameter("driving_hours_per_day", unit.road_vehicle)
        self.loads_of_20t = unit.payload_t / TFI_T * self.consignment.unit_count
        port_id = read_region(self.tariffs.catalog).main_port_id
        self.port_km = inland_km(self.network, port_id, modes=frozenset({ROAD}))
        self.rates: dict[tuple[str, str, bool], Figure] = {}

    def charges(self, arc: Arc) -> tuple[Charge, ...]:
        """Return the charges of an arc."""
        if arc.kind == TRANSFER:
            return tuple(self._transfer(arc))
        found = self._haul(arc)
        if arc.kind == CROSSING:
            found += self._passage(arc)
        return tuple(found)

    def _haul(self, arc: Arc) -> list[Charge]:
        link = self.network.links[arc.link_id]
        speed_kmh = link.speed_kmh
        pace_source = link.source
        slow, fast = 1.0, 1.0
        default_id = ""
        if speed_kmh is None:
            figure = self.tariffs.parameter("new_rail_speed_kmh", "rail")
            speed_kmh, pace_source, default_id = figure.value, figure.source, figure.default_id
            slow, fast = figure.value / figure.low, figure.value / figure.high
        hours = arc.km / speed_kmh
        moving = Figure(hours, hours * fast, hours * slow, "h", pace_source, "", default_id)
        layer = self.graph.states[arc.tail][1]
        mode = MODE_OF_LAYER[layer]
        name = f"{self._place(arc.tail)} - {self._place(arc.head)}"
        if mode == ROAD:
            found = self._road_hours(name, moving)
        elif mode == "rail":
            found = [Charge(RAIL_HAUL, name, hours=self._rail_hours(moving))]
        else:
            found = [Charge(SEA_HAUL, name, hours=moving)]
        return found + self._haul_money(arc, mode, name)

    def _road_hours(self, name: str, driving: Figure) -> list[Charge]:
        ratio = HOURS_PER_DAY / self.duty.value - 1
        low, high = (HOURS_PER_DAY / self.duty.high - 1), (HOURS_PER_DAY / self.duty.low - 1)
        hours = driving.value
        rest = Figure(
            hours * ratio, hours * low, hours * high, "h", self.duty.source, self.duty.basis
        )
        return [Charge(DRIVING, name, hours=driving), Charge(REST, name, hours=rest)]

    def _rail_hours(self, block: Figure) -> Figure:
        if self.consignment.unit.rail_class == "block":
            return block
        ratio = self.tariffs.parameter("wagonload_time_ratio", "wagonload")
        return Figure(
            block.value * ratio.value,
            block.low * ratio.low,
            block.high * ratio.high,
            "h",
            Source(ratio.source.url, ratio.source.date, "B", ratio.source.note),
            ratio.basis,
            block.default_id,
        )

    def _haul_money(self, arc: Arc, mode: str, name: str) -> list[Charge]:
        if mode == "sea":
            rate = self.tariffs.parameter("sea_usd_per_teu_km", "sea")
            teu = self.consignment.unit.size_teu * self.consignment.unit_count
            return [Charge(SEA_HAUL, name, usd=rate.scaled(teu * arc.km))]
        share = 1 / len(arc.countries)
        found = []
        for country in arc.countries:
            rate = self._rate(country, mode, downcountry=self._is_downcountry(arc, country, mode))
            usd = rate.scaled(arc.km * share * self.loads_of_20t)
            found.append(Charge(HAUL_OF_MODE[mode], f"{name} ({country})", usd=usd))
        return found

    def _rate(self, country: str, mode: str, *, downcountry: bool) -> Figure:
        key = (country, mode, downcountry)
        if key not in self.rates:
            rate = self.tariffs.haul_rate(country, mode)
            if downcountry:
                ratio = self.tariffs.parameter(DOWNCOUNTRY, mode, country)
                rate = Figure(
                    rate.value * ratio.value,
                    rate.low * ratio.low,
                    rate.high * ratio.high,
                    rate.unit,
                    rate.source,
                    f"{rate.basis}; loads towards the port",
                    rate.default_id,
                )
            self.rates[key] = rate
        return self.rates[key]

    def _is_downcountry(self, arc: Arc, country: str, mode: str) -> bool:
        """Whether a road arc leads towards the main port, where a country's loads are cheap."""
        if mode != ROAD or not self.tariffs.has_parameter(DOWNCOUNTRY, mode, country):
            return False
        tail, head = self.graph.states[arc.tail][0], self.graph.states[arc.head][0]
        return self.port_km.get(head, 0.0) < self.port_km.get(tail, 0.0)

    def _passage(self, arc: Arc) -> list[Charge]:
        crossing = self.network.crossings[arc.crossing_id]
        passage = self.borders.passage(crossing, from_a=arc.forward)
        left, entered = (
            (crossing.country_a, crossing.country_b)
            if arc.forward
            else (crossing.country_b, crossing.country_a)
        )
        vehicles = (
            float(self.consignment.road_vehicle_count)
            if crossing.mode == ROAD
            else self.loads_of_20t
        )
        fees = self.tariffs.border_fee(passage.cost).scaled(vehicles)
        found = [
            Charge(BORDER, f"{crossing.name}, leaving {left}", hours=passage.outbound),
            Charge(BORDER, f"{crossing.name}, entering {entered}", hours=passage.inbound),
            Charge(BORDER_FEES, crossing.name, usd=fees),
        ]
        if crossing.mode == ROAD:
            load_t = self.consignment.unit.payload_t / self.consignment.unit.road_vehicle_count
            fee = self.tariffs.entry_fee(entered, self.consignment.carrier, load_t)
            if fee is not None:
                found.append(Charge(ENTRY_FEES, f"entering {entered}", usd=fee.scaled(vehicles)))
        if crossing.id in self.swaps:
            found += self._swap(crossing.name)
        return found

    def _swap(self, name: str) -> list[Charge]:
        hours = self.tariffs.parameter("vehicle_swap_hours", "road")
        usd = self.tariffs.parameter("transfer_usd_per_container", "terminal")
        what = f"{name}: cargo changes trucks"
        return [
            Charge(
                HANDLING,
                what,
                hours=hours,
                usd=usd.scaled(float(self.consignment.road_vehicle_count)),
            )
        ]

    def _transfer(self, arc: Arc) -> list[Charge]:
        terminal = self.network.terminals[arc.terminal]
        name = self._place(arc.tail)
        if terminal.kind == "gauge":
            return self._gauge_break(terminal, name)
        what = f"{name}: {terminal.from_layer} to {terminal.to_layer}"
        if terminal.kind == "port":
            hours = [
                Charge(
                    WAITING,
                    what,
                    hours=self._hours(terminal, "queue_hours", "port_queue_hours", "port"),
                )
            ]
            usd = self._terminal_usd(terminal, "port_usd_per_container", "port")
        else:
            hours = [
                Charge(
                    HANDLING,
                    what,
                    hours=self._hours(
                        terminal, "handling_hours", "terminal_handling_hours", "intermodal"
                    ),
                ),
                Charge(
                    WAITING,
                    what,
                    hours=self._hours(
                        terminal, "queue_hours", "terminal_queue_hours", "intermodal"
                    ),
                ),
            ]
            usd = self._terminal_usd(terminal, "transfer_usd_per_container", "terminal")
        return [*hours, Charge(HANDLING, what, usd=usd), *self._drayage(arc, terminal)]

    def _gauge_break(self, terminal: Terminal, name: str) -> list[Charge]:
        """Nothing is added where the border hours and fees already hold the change of gauge."""
        what = f"{name}: change of gauge"
        if terminal.place_id in self.network.gauge_in_border_hours:
            return []
        hours = self._hours(terminal, "handling_hours", "gauge_break_hours", "rail")
        return [
            Charge(HANDLING, what, hours=hours),
            Charge(
                HANDLING,
                what,
                usd=self._terminal_usd(terminal, "transfer_usd_per_container", "terminal"),
            ),
        ]

    def _hours(self, terminal: Terminal, column: str, parameter: str, applies_to: str) -> Figure:
        value: float | None = getattr(terminal, column)
        if value is not None:
            return Figure(value, value, value, "h", terminal.source, "terminals")
        return self._default(parameter, applies_to, terminal.place_id)

    def _terminal_usd(self, terminal: Terminal, parameter: str, applies_to: str) -> Figure:
        value = terminal.cost_usd_per_container
        count = float(self.consignment.road_vehicle_count)
        if value is not None:
            published = Figure(value, value, value, "USD", terminal.source, "terminals")
            return self.tariffs.repriced(published).scaled(count)
        return self._default(parameter, applies_to, terminal.place_id).scaled(count)

    def _default(self, parameter: str, applies_to: str, place_id: str) -> Figure:
        """Return a parameter as the default of one place, so that two places stay two unknowns."""
        figure = self.tariffs.parameter(parameter, applies_to)
        return Figure(
            figure.value,
            figure.low,
            figure.high,
            figure.unit,
            figure.source,
            figure.basis,
            f"{parameter}:{place_id}",
        )

    def _drayage(self, arc: Arc, terminal: Terminal) -> list[Charge]:
        if not terminal.km:
            return []
        country = arc.countries[0]
        rate = self._rate(country, ROAD, downcountry=False).scaled(terminal.km * self.loads_of_20t)
        return [
            Charge(
                ROAD_HAUL,
                f"{self._place(arc.tail)} - {self._place(arc.head)} ({country})",
                usd=rate,
            )
        ]

    def _place(self, state: int) -> str:
        return self.network.places[self.graph.states[state][0]].name
