"""Every kind of charge in one table: what time and money on a journey are for.

A new kind of cost is a line here and the code in `karwan.route.cost` that charges it: the table of
a journey, the spread of its hours, the charts and the words of the page follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from karwan.base.provenance import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeKind:
    """What a charge is for.

    Attributes
    ----------
    name
        As answers print it, hours and USD by kind.
    at_node
        Arises at a crossing or a terminal, not along the way.
    is_moving
        Its hours are in motion, without any delay.
    varies_with_way
        Its hours vary with those of the way, by country and mode; others wait at their node.
    rate_name
        What the page calls its rate, where it has one by country; blank if it has none.
    colour
        Of its bars in charts.
    """

    name: str
    at_node: bool = False
    is_moving: bool = False
    varies_with_way: bool = False
    rate_name: str = ""
    colour: str


DRIVING = ChargeKind(name="driving", is_moving=True, varies_with_way=True, colour="#0072b2")
ROAD_HAUL = ChargeKind(name="road haul", rate_name="road freight rate", colour="#0072b2")
REST = ChargeKind(name="rest", varies_with_way=True, colour="#56b4e9")
RAIL_HAUL = ChargeKind(
    name="rail haul",
    is_moving=True,
    varies_with_way=True,
    rate_name="rail freight rate",
    colour="#009e73",
)
SEA_HAUL = ChargeKind(
    name="sea haul",
    is_moving=True,
    varies_with_way=True,
    rate_name="sea freight rate",
    colour="#9aa1a6",
)
BORDER = ChargeKind(name="border", at_node=True, colour="#d55e00")
CONVOY = ChargeKind(name="convoy", at_node=True, colour="#882255")
BORDER_FEES = ChargeKind(name="border fees", at_node=True, colour="#d55e00")
ENTRY_FEES = ChargeKind(name="entry fees", at_node=True, colour="#e69f00")
HANDLING = ChargeKind(name="handling", at_node=True, colour="#cc79a7")
WAITING = ChargeKind(name="terminal wait", at_node=True, colour="#f0e442")
SEASON = ChargeKind(name="season", colour="#8da0cb")
BEYOND = ChargeKind(name="beyond the parts", colour="#999999")
"""What whole journeys take over the sum of their published parts, by the law of hours. No arc has
it; a journey does."""

KINDS = (
    DRIVING,
    ROAD_HAUL,
    REST,
    RAIL_HAUL,
    SEA_HAUL,
    BORDER,
    CONVOY,
    BORDER_FEES,
    ENTRY_FEES,
    HANDLING,
    WAITING,
    SEASON,
    BEYOND,
)
"""All kinds, in the order of charts."""

HAUL_OF_MODE: Mapping[str, ChargeKind] = {"road": ROAD_HAUL, "rail": RAIL_HAUL, "sea": SEA_HAUL}


@dataclass(frozen=True, slots=True)
class Charge:
    """One reason why an arc takes time or money. A figure that does not apply is None."""

    kind: ChargeKind
    what: str
    hours: Figure | None = None
    usd: Figure | None = None
