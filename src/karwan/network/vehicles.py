"""What travels: unit, cargo, carrier. A consignment decides which arcs exist and what they cost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.limits import LIMITS
from karwan.base.traffic import TrafficClass
from karwan.base.units import HOURS_PER_DAY
from karwan.data.rows.costs import CargoRow, UnitRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ROAD_CLASSES: dict[str, frozenset[str]] = {
    "truck": frozenset({"all", "truck", "heavy", "loaded_truck"}),
    "trailer": frozenset({"all", "truck", "heavy", "loaded_truck", "trailer"}),
}
"""Classes of `restrictions` that bind a loaded vehicle; rules on overloaded, old or empty
vehicles and on cars do not bind it."""

DEFAULT_UNIT = "truck"
DEFAULT_CARGO = "general"


BLOCK = "block"
"""Class of units that go by block train."""
BOXES = frozenset({"20ft", "40ft"})

MOST_T = LIMITS["tonnes"].most
MOST_USD = LIMITS["value_usd"].most


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A truck, a container or a wagon."""

    id: str
    name: str
    payload_t: float
    size_teu: float
    road_vehicle: str
    road_vehicle_count: int
    rail_class: str

    @property
    def is_box(self) -> bool:
        """Whether it is a container, which goes back to its owner or costs detention."""
        return self.id in BOXES

    @property
    def rolls_on(self) -> bool:
        """Whether it drives onto a ferry and through a port, and is not lifted."""
        return self.id == DEFAULT_UNIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """A commodity with its value and what a day costs as a share of that value."""

    id: str
    name: str
    usd_per_t: float
    time_cost_per_day_share: float
    time_cost_low_per_day_share: float
    time_cost_high_per_day_share: float
    value_class: str
    max_useful_transit_days: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One shipment: cargo, tonnes, value, units, and the country of its carrier.

    Costs are for the whole shipment. Carriers are taken to hold TIR or QTTA papers; without
    them cargo changes trucks at Chinese posts.
    """

    unit: Unit
    cargo: Cargo
    tonnes: float
    value_usd: float
    carrier: str

    @property
    def unit_count(self) -> int:
        """Units needed to carry the tonnes."""
        return math.ceil(round(self.tonnes / self.unit.payload_t, 9))

    @property
    def road_vehicle_count(self) -> int:
        """Vehicles needed on roads."""
        return self.unit_count * self.unit.road_vehicle_count

    @property
    def value_of_time_usd_per_hour(self) -> float:
        """Cost of an hour to the owner of the cargo, in USD."""
        return self.value_usd * self.cargo.time_cost_per_day_share / HOURS_PER_DAY

    @property
    def traffic(self) -> frozenset[TrafficClass]:
        """Classes of traffic that it belongs to beside all and cargo, as closures name them."""
        kinds = {"H": TrafficClass.relief, "T4": TrafficClass.produce}
        mine = {kinds[self.cargo.value_class]} if self.cargo.value_class in kinds else set()
        return frozenset(mine | ({TrafficClass.trailer} if "trailer" in self.classes else set()))

    @property
    def classes(self) -> frozenset[str]:
        """Vehicle classes of `restrictions` that bind it on roads."""
        return ROAD_CLASSES[self.unit.road_vehicle]


def read_units(catalog: Catalog) -> dict[str, Unit]:
    """Return the transport units by id."""
    return {
        row.unit_id: Unit(
            id=row.unit_id,
            name=row.name,
            payload_t=row.payload_t,
            size_teu=row.size_teu,
            road_vehicle=row.road_vehicle,
            road_vehicle_count=row.road_vehicle_count,
            rail_class=row.rail_class,
        )
        for row in catalog.rows(UnitRow)
    }


def read_cargo(catalog: Catalog) -> dict[str, Cargo]:
    """Return cargo by id, and again by the short name of the class it stands for."""
    found: dict[str, Cargo] = {}
    for row in catalog.rows(CargoRow):
        cargo = Cargo(
            id=row.cargo_id,
            name=row.commodity,
            usd_per_t=row.usd_per_tonne_typical,
            time_cost_per_day_share=row.time_cost_per_day_share,
            time_cost_low_per_day_share=row.time_cost_low_per_day_share,
            time_cost_high_per_day_share=row.time_cost_high_per_day_share,
            value_class=row.value_class,
            max_useful_transit_days=row.max_useful_transit_days,
        )
        found[row.cargo_id] = cargo
        if row.alias:
            found[row.alias] = cargo
    return found


def make_consignment(
    catalog: Catalog,
    *,
    carrier: str,
    countries: frozenset[str],
    unit: str = DEFAULT_UNIT,
    cargo: str = DEFAULT_CARGO,
    tonnes: float | None = None,
    value_usd: float | None = None,
) -> Consignment:
    """Return a consignment, or one error that names everything wrong with it.

    Parameters
    ----------
    carrier
        ISO code of the carrier's country, one of `countries`.
    tonnes
        Default: what one unit carries.
    value_usd
        Default: tonnes times the typical value of the cargo.
    """
    faults = consignment_faults(
        catalog,
        carrier=carrier,
        countries=countries,
        unit=unit,
        cargo=cargo,
        tonnes=tonnes,
        value_usd=value_usd,
    )
    if faults:
        raise DataError("the consignment", faults)
    units, cargoes = read_units(catalog), read_cargo(catalog)
    load_t = units[unit].payload_t if tonnes is None else tonnes
    worth_usd = load_t * cargoes[cargo].usd_per_t if value_usd is None else value_usd
    return Consignment(
        unit=units[unit],
        cargo=cargoes[cargo],
        tonnes=load_t,
        value_usd=worth_usd,
        carrier=carrier.upper(),
    )


def consignment_faults(
    catalog: Catalog,
    *,
    carrier: str,
    countries: frozenset[str],
    unit: str,
    cargo: str,
    tonnes: float | None,
    value_usd: float | None,
) -> list[Fault]:
    """Return everything wrong with a consignment, each fault under its argument."""
    faults = _name_faults("unit", unit, read_units(catalog))
    faults += _name_faults("cargo", cargo, read_cargo(catalog))
    if carrier.upper() not in countries:
        known = ", ".join(sorted(countries))
        faults.append(Fault("carrier", f"No carrier's country {carrier!r}. Known: {known}."))
    if tonnes is not None and not (0 < tonnes <= MOST_T):
        rule = f"it must be more than 0 and at most {MOST_T:,.0f}"
        faults.append(Fault("tonnes", f"tonnes is {tonnes:g}; {rule}"))
    if value_usd is not None and not (0 <= value_usd <= MOST_USD):
        rule = f"it must be 0 or more and at most {MOST_USD:,.0f}"
        faults.append(Fault("value_usd", f"value is {value_usd:g} USD; {rule}"))
    return faults


def _name_faults(kind: str, name: str, known: Mapping[str, object]) -> list[Fault]:
    if name in known:
        return []
    error = UnknownNameError(kind, name, known, hint=f"Known: {', '.join(sorted(known))}.")
    return [Fault(kind, str(error))]
