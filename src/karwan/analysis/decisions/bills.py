"""What a day of a closure costs, and whom: carriers of both sides, and owners of the cargo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.analysis.decisions.costs import WaitingCosts, owner_usd_per_day
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT, make_consignment

if TYPE_CHECKING:
    from karwan.analysis.traffic.capacity import CapacityUsed
    from karwan.analysis.world.world import World
    from karwan.network.vehicles import Consignment

CARRIER_SHARE = 0.5
"""Share of trucks from either side's country; no count says. Grade C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBill:
    """What one party pays for a day of waiting.

    Attributes
    ----------
    usd, low_usd, high_usd
        None where no figure is known of that country.
    """

    country: str
    payer: str
    what: str
    unit_count: float
    usd: float | None
    low_usd: float | None
    high_usd: float | None


def day_bills(
    world: World,
    capacity: CapacityUsed,
    waiting: float,
    boxes: float,
    costs: WaitingCosts,
    *,
    loaded_share: float,
) -> list[DayBill]:
    """Return who pays what for a day: carriers of both sides, and the owner who receives.

    Parameters
    ----------
    waiting, boxes
        Trucks at the gate, loaded and empty; boxes at the port.
    loaded_share
        Share of these trucks that is loaded.
    """
    bills = []
    for country in (capacity.from_country, capacity.to_country):
        count = CARRIER_SHARE * waiting
        cost = costs.day_cost("truck", country, DEFAULT_UNIT)
        bills.append(
            DayBill(
                country=country,
                payer="carrier",
                what="trucks and drivers",
                unit_count=count,
                usd=_times(count, None if cost is None else cost.usd),
                low_usd=_times(count, None if cost is None else cost.low_usd),
                high_usd=_times(count, None if cost is None else cost.high_usd),
            )
        )
    typical = typical_load(world, capacity)
    loaded = waiting * loaded_share
    day = owner_usd_per_day(typical)
    cargo = typical.cargo
    ratio = day / cargo.time_cost_per_day_share if cargo.time_cost_per_day_share else 0.0
    bills.append(
        DayBill(
            country=capacity.to_country,
            payer="cargo owner",
            what="time of cargo",
            unit_count=loaded,
            usd=loaded * day,
            low_usd=loaded * ratio * cargo.time_cost_low_per_day_share,
            high_usd=loaded * ratio * cargo.time_cost_high_per_day_share,
        )
    )
    box = costs.day_cost("box", capacity.from_country, "20ft")
    if box is not None and boxes > 0:
        bills.append(
            DayBill(
                country=capacity.to_country,
                payer="cargo owner",
                what="boxes at port",
                unit_count=boxes,
                usd=boxes * box.usd,
                low_usd=boxes * box.low_usd,
                high_usd=boxes * box.high_usd,
            )
        )
    return bills


def _times(count: float, usd: float | None) -> float | None:
    """Return what so many cost: nothing for none of them, None where no figure is known."""
    return 0.0 if count == 0 else None if usd is None else count * usd


def typical_load(world: World, capacity: CapacityUsed) -> Consignment:
    """Return a truckload of general cargo, which stands for what waits."""
    return make_consignment(
        world.catalog,
        carrier=capacity.from_country,
        countries=world.network.countries,
        unit=DEFAULT_UNIT,
        cargo=DEFAULT_CARGO,
    )


def merged(bills: Iterable[DayBill]) -> list[DayBill]:
    """Return one bill for each party and thing, both ways together."""
    by_key: dict[tuple[str, str, str], list[DayBill]] = {}
    for bill in bills:
        by_key.setdefault((bill.country, bill.payer, bill.what), []).append(bill)
    return [
        replace(
            rows[0],
            unit_count=sum(row.unit_count for row in rows),
            usd=_all(row.usd for row in rows),
            low_usd=_all(row.low_usd for row in rows),
            high_usd=_all(row.high_usd for row in rows),
        )
        for rows in by_key.values()
    ]


def known_total(values: Iterable[float | None]) -> float | None:
    """Return the sum of what is known; None where something is asked and nothing is known.

    Examples
    --------
    >>> known_total([2.0, None]), known_total([None]), known_total([])
    (2.0, None, 0.0)
    """
    told = list(values)
    known = [value for value in told if value is not None]
    return None if told and not known else sum(known, 0.0)


def _all(values: Iterable[float | None]) -> float | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)
