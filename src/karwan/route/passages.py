"""What passing a crossing takes: hours on both sides, fees, and a change of trucks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from karwan.base.traffic import Direction
from karwan.network.crossings import BorderFigures
from karwan.network.gauges import ROAD
from karwan.network.haul_rates import loads_of_20t
from karwan.network.network import Network
from karwan.network.nouns import Crossing
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import BLOCK, Consignment
from karwan.route.charges import BORDER, BORDER_FEES, CONVOY, ENTRY_FEES, HANDLING, Charge
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
        way = Direction.a_to_b if arc.forward else Direction.b_to_a
        block = (
            self.tariffs.dated("block_train_border", crossing.id, way=way)
            if crossing.mode != ROAD and self.consignment.unit.rail_class == BLOCK
            else None
        )
        posts = (
            [Charge(BORDER, f"{crossing.name}, both sides, block train", hours=block)]
            if block is not None
            else [
                Charge(BORDER, f"{crossing.name}, leaving {left}", hours=passage.outbound),
                Charge(BORDER, f"{crossing.name}, entering {entered}", hours=passage.inbound),
            ]
        )
        charges = [*posts, Charge(BORDER_FEES, crossing.name, usd=fees)]
        charges += self._beyond_the_posts(crossing, way)
        if crossing.mode == ROAD:
            load_t = self.consignment.unit.payload_t / self.consignment.unit.road_vehicle_count
            fee = self.tariffs.entry_fee(entered, self.consignment.carrier, load_t)
            if fee is not None:
                charges.append(Charge(ENTRY_FEES, f"entering {entered}", usd=fee.scaled(vehicles)))
        if crossing.id in self.swaps:
            charges += self._swap(crossing.name)
        return charges

    def _beyond_the_posts(self, crossing: Crossing, way: Direction) -> list[Charge]:
        """Return what is told beside hours and fees of the posts: transfer, convoy, levies."""
        charges = []
        vehicles = float(self.consignment.road_vehicle_count)
        transfer = self.tariffs.dated("transfer_post", crossing.id, way=way)
        if transfer is not None:
            usd = self.tariffs.transfer_usd(self.consignment).scaled(vehicles)
            what = f"{crossing.name}: customs and transfer behind the frontier"
            charges.append(Charge(HANDLING, what, hours=transfer, usd=usd))
        convoy = self.tariffs.dated("convoy", crossing.id, way=way)
        if convoy is not None:
            charges.append(Charge(CONVOY, f"{crossing.name}: convoy", hours=convoy))
        levy = self.tariffs.dated("road_charge", crossing.id, way=way)
        if levy is not None:
            what = f"{crossing.name}: charge beyond the frontier"
            charges.append(Charge(BORDER_FEES, what, usd=levy.scaled(vehicles)))
        return charges

    def _swap(self, name: str) -> list[Charge]:
        hours = self.tariffs.parameter("vehicle_swap_hours", "road")
        usd = self.tariffs.transfer_usd(self.consignment)
        what = f"{name}: cargo changes trucks"
        return [
            Charge(
                HANDLING,
                what,
                hours=hours,
                usd=usd.scaled(float(self.consignment.road_vehicle_count)),
            )
        ]
