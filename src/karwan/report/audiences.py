"""The focus pair asked for shippers who differ in goods and unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.corridors.comparison import Comparison
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.planner import Planner
from karwan.network.vehicles import make_consignment

if TYPE_CHECKING:
    from karwan.study.run import StudyResult


AUDIENCES = (
    ("Consumer goods, truck", "truck", "general"),
    ("Fresh goods, truck", "truck", "fresh"),
    ("Bulk, truck", "truck", "bulk"),
    ("Consumer goods, 40 ft box", "40ft", "general"),
    ("Bulk, wagon of 60 t", "wagon", "bulk"),
)


@dataclass(frozen=True, slots=True)
class Audience:
    """The focus pair asked for another consignment: comparisons by state."""

    what: str
    comparisons: tuple[Comparison, ...]


def audiences(result: StudyResult) -> list[Audience]:
    """Return the focus pair for shippers who differ: general, fresh, bulk, in a box, by wagon."""
    network, first = result.world.network, result.comparison(*result.focus, result.spec.states[0])
    found = []
    for what, unit, cargo in AUDIENCES:
        consignment = make_consignment(
            result.catalog,
            carrier=first.consignment.carrier,
            countries=network.countries,
            unit=unit,
            cargo=cargo,
        )
        desk = Desk(
            Planner(world=result.world, consignment=consignment, price_year=first.price_year)
        )
        asked = (desk.compare(first.origin, first.destination, s) for s in result.spec.states)
        found.append(Audience(what, tuple(asked)))
    return found
