"""What passing a crossing takes: hours on both sides, fees, and a change of trucks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from karwan.network.crossings import BorderFigures
from karwan.network.gauges import ROAD
from karwan.network.haul_rates import loads_of_20t
from karwan.network.network import Network
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment
from karwan.route.charges import BORDER, BORDER_FEES, ENTRY_FEES, HANDLING, Charge
from karwan.route.expand import Arc


@dataclass
class Passages:
    """Prices crossings for one consignment.

    Attributes
    ----------
    swaps
        Rules by crossing id where the cargo must change vehicles.
    """

    network: Network
    consignment: Consignment
    tariffs: Tariffs
    swaps: Mapping[str, str]

    def __post_init__(self) -> None:
        """Look up what all crossings share."""
        self.borders = BorderFigures(self.network)
        self.loads_of_20t = loads_of_20t(self.consignment)

    def charges(self, arc: Arc) -> list[Charge]:
        """Return the charges of passing a crossing in the direction of the arc."""
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
        charges = [
            Charge(BORDER, f"{crossing.name}, leaving {left}", hours=passage.outbound),
            Charge(BORDER, f"{crossing.name}, entering {entered}", hours=passage.inbound),
            Charge(BORDER_FEES, crossing.name, usd=fees),
        ]
        if crossing.mode == ROAD:
            load_t = self.consignment.unit.payload_t / self.consignment.unit.road_vehicle_count
            fee = self.tariffs.entry_fee(entered, self.consignment.carrier, load_t)
            if fee is not None:
                charges.append(Charge(ENTRY_FEES, f"entering {entered}", usd=fee.scaled(vehicles)))
        if crossing.id in self.swaps:
            charges += self._swap(crossing.name)
        return charges

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
