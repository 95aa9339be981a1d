"""What moving along a link takes: hours in motion and at rest, and USD by country."""

from __future__ import annotations

from dataclasses import dataclass, replace

from karwan.base.provenance import Figure, Source
from karwan.base.traffic import Direction
from karwan.base.units import HOURS_PER_DAY
from karwan.data.region import read_region
from karwan.network.gauges import MODE_OF_LAYER, ROAD
from karwan.network.haul_rates import loads_of_20t
from karwan.network.network import Network
from karwan.network.nouns import Terminal
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import BLOCK, Consignment
from karwan.network.ways import inland_km
from karwan.route.charges import (
    DRIVING,
    HAUL_OF_MODE,
    RAIL_HAUL,
    REST,
    ROAD_HAUL,
    SEA_HAUL,
    Charge,
)
from karwan.route.expand import Arc, StateGraph

DOWNCOUNTRY = "downcountry_rate_ratio"
"""Parameter of the countries whose loads towards the main port are cheap by road."""
ROAD_LOAD = "road_load_ratio"
"""Parameter of the units for which carriers by road ask other than by weight."""


@dataclass
class Hauls:
    """Prices the way along links for one consignment."""

    graph: StateGraph
    consignment: Consignment
    tariffs: Tariffs

    def __post_init__(self) -> None:
        """Look up what all links share."""
        self.network: Network = self.graph.network
        unit = self.consignment.unit
        self.duty = self.tariffs.parameter("driving_hours_per_day", unit.road_vehicle)
        self.loads_of_20t = loads_of_20t(self.consignment)
        port_id = read_region(self.tariffs.catalog).main_port_id
        self.port_km = inland_km(self.network, port_id, modes=frozenset({ROAD}))
        self.rates: dict[tuple[str, str, bool], Figure] = {}

    def charges(self, arc: Arc) -> list[Charge]:
        """Return the charges of moving along an arc's link."""
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
        moving = Figure(
            value=hours,
            low=hours * fast,
            high=hours * slow,
            unit="h",
            source=pace_source,
            basis="",
            default_id=default_id,
        )
        layer = self.graph.states[arc.tail][1]
        mode = MODE_OF_LAYER[layer]
        name = self.name_of(arc)
        if mode == ROAD:
            time = self._road_hours(name, moving)
        elif mode == "rail":
            time = [Charge(RAIL_HAUL, name, hours=self._rail_hours(moving))]
        else:
            time = [Charge(SEA_HAUL, name, hours=moving)]
        return time + self._haul_money(arc, mode, name)

    def name_of(self, arc: Arc) -> str:
        """Return the ends of an arc in words."""
        return f"{self.graph.place_name(arc.tail)} - {self.graph.place_name(arc.head)}"

    def drayage(self, arc: Arc, terminal: Terminal) -> list[Charge]:
        """Return the charges of the road between a town and its terminal."""
        if not terminal.km:
            return []
        country = arc.countries[0]
        name = f"{self.graph.place_name(arc.tail)} - {self.graph.place_name(arc.head)}"
        rate = self._rate(country, ROAD, downcountry=False).scaled(terminal.km * self.loads_of_20t)
        return [Charge(ROAD_HAUL, f"{name} ({country})", usd=rate)]

    def _road_hours(self, name: str, driving: Figure) -> list[Charge]:
        ratio = HOURS_PER_DAY / self.duty.value - 1
        low, high = (HOURS_PER_DAY / self.duty.high - 1), (HOURS_PER_DAY / self.duty.low - 1)
        hours = driving.value
        rest = Figure(
            value=hours * ratio,
            low=hours * low,
            high=hours * high,
            unit="h",
            source=self.duty.source,
            basis=self.duty.basis,
        )
        return [Charge(DRIVING, name, hours=driving), Charge(REST, name, hours=rest)]

    def _rail_hours(self, block: Figure) -> Figure:
        if self.consignment.unit.rail_class == BLOCK:
            return block
        ratio = self.tariffs.parameter("wagonload_time_ratio", "wagonload")
        return Figure(
            value=block.value * ratio.value,
            low=block.low * ratio.low,
            high=block.high * ratio.high,
            unit="h",
            source=Source(ratio.source.url, ratio.source.date, "B", ratio.source.note),
            basis=ratio.basis,
            default_id=block.default_id,
        )

    def _haul_money(self, arc: Arc, mode: str, name: str) -> list[Charge]:
        if mode == "sea":
            fare = self._ferry_fare(arc)
            if fare is not None:
                return [Charge(SEA_HAUL, f"{name}: fare of a truck", usd=fare)]
            rate = self.tariffs.parameter("sea_usd_per_teu_km", "sea")
            teu = self.consignment.unit.size_teu * self.consignment.unit_count
            return [Charge(SEA_HAUL, name, usd=rate.scaled(teu * arc.km))]
        share = 1 / len(arc.countries)
        money = []
        for country in arc.countries:
            rate = self._rate(country, mode, downcountry=self._is_downcountry(arc, country, mode))
            usd = rate.scaled(arc.km * share * self.loads_of_20t)
            money.append(Charge(HAUL_OF_MODE[mode], f"{name} ({country})", usd=usd))
        return money

    def _ferry_fare(self, arc: Arc) -> Figure | None:
        """Return the fare of trucks that roll on, by tariff; None where there is none."""
        if not self.consignment.unit.rolls_on:
            return None
        way = Direction.a_to_b if arc.forward else Direction.b_to_a
        fare = self.tariffs.dated("ferry_fare", arc.link_id, way=way, rolls_on=True)
        return None if fare is None else fare.scaled(float(self.consignment.road_vehicle_count))

    def _rate(self, country: str, mode: str, *, downcountry: bool) -> Figure:
        key = (country, mode, downcountry)
        if key not in self.rates:
            rate = self.tariffs.haul_rate(country, mode)
            if downcountry:
                ratio = self.tariffs.parameter(DOWNCOUNTRY, mode, country)
                rate = Figure(
                    value=rate.value * ratio.value,
                    low=rate.low * ratio.low,
                    high=rate.high * ratio.high,
                    unit=rate.unit,
                    source=rate.source,
                    basis=f"{rate.basis}; loads towards the port",
                    default_id=rate.default_id,
                )
            if mode == ROAD and self.tariffs.has_parameter(ROAD_LOAD, self.consignment.unit.id, ""):
                rate = self._of_the_unit(rate)
            self.rates[key] = rate
        return self.rates[key]

    def _of_the_unit(self, rate: Figure) -> Figure:
        """Return the rate by which loads of 20 t come to what carriers ask for the unit."""
        loads = self.tariffs.parameter(ROAD_LOAD, self.consignment.unit.id)
        by_weight = loads_of_20t(self.consignment) / self.consignment.unit_count
        return replace(
            rate,
            value=rate.value * loads.value / by_weight,
            low=rate.low * loads.low / by_weight,
            high=rate.high * loads.high / by_weight,
        )

    def _is_downcountry(self, arc: Arc, country: str, mode: str) -> bool:
        """Whether a road arc leads towards the main port, where a country's loads are cheap."""
        if mode != ROAD or not self.tariffs.has_parameter(DOWNCOUNTRY, mode, country):
            return False
        tail, head = self.graph.states[arc.tail][0], self.graph.states[arc.head][0]
        return self.port_km.get(head, 0.0) < self.port_km.get(tail, 0.0)
