"""Whose turn it is at a gate that reopens: classes pass in an order, and within one by arrival.

Relief and perishables went first after every closure on record that tells an order, then transit,
exports and fuel. So who stands there has before him those of his class and of the classes before it
that came earlier, and of these classes also what comes later; his own place is fixed on arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.decisions.queues import (
    FADE_DAYS,
    MOST_DAYS,
    RETURN_DAYS,
    ArrivalsLaw,
    Gate,
    arrived_trucks,
    drain_days,
    standing_trucks,
)
from karwan.analysis.decisions.restart import Restart, passed_days
from karwan.base.errors import DataError
from karwan.base.traffic import TrafficClass
from karwan.data.rows.costs import CLASS_SHARE, ParameterRow
from karwan.data.rows.row import source_of
from karwan.network.pair_weights import SEAPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from karwan.analysis.decisions.queues import Floats
    from karwan.base.provenance import Source
    from karwan.data.catalog import Catalog
    from karwan.network.nouns import Place
    from karwan.network.vehicles import Consignment

SUM_TOLERANCE = 1e-6
"""Rounding of four shares."""
FUEL = "T3"
"""Value class of fuels."""
_DAYS = np.concatenate(
    [np.arange(0.0, RETURN_DAYS, 0.1), np.arange(RETURN_DAYS, MOST_DAYS + 1, 1.0)]
)
"""What has passed and come is taken to run straight between these days: beyond the last stage of a
restart and the last freight held back it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckClass:
    """A class of trucks: its share of all that come, and that of the classes before it.

    Attributes
    ----------
    before
        Names of the classes that pass before it.
    source
        Of its share; None of all in one line.
    """

    name: str
    share: float
    before_share: float
    before: tuple[str, ...] = ()
    source: Source | None = None

    @property
    def upto_share(self) -> float:
        """Share of this class and of those before it."""
        return self.before_share + self.share


RELIEF, TRANSIT, EXPORTS, FUELS = range(4)
"""Places of the classes in the order in which they were let through after closures; persons pass
apart."""
NAMES = {
    "relief": "relief and perishables",
    "transit": "transit",
    "exports": "exports",
    "fuel": "fuel",
}
"""What the table of parameters calls a class, and its name; in their order."""
ALL = TruckClass(name="", share=1.0, before_share=0.0)
"""All in one line."""


def truck_classes(catalog: Catalog) -> tuple[TruckClass, ...]:
    """Return the classes in the order in which they pass, with their shares (table parameters).

    A table of parameters without them takes those that come with the package.

    Raises
    ------
    DataError
        If the shares of a table do not sum to 1, or one is missing.
    """
    rows = _class_rows(catalog) or _class_rows(type(catalog)())
    missing = [key for key in NAMES if key not in rows]
    if missing:
        raise DataError("table parameters", [f"no row of {CLASS_SHARE}, {key}" for key in missing])
    total = sum(rows[key].value for key in NAMES)
    if abs(total - 1) > SUM_TOLERANCE:
        raise DataError("table parameters", [f"the rows of {CLASS_SHARE} sum to {total:g}, not 1"])
    classes: list[TruckClass] = []
    for key, name in NAMES.items():
        classes.append(
            TruckClass(
                name=name,
                share=rows[key].value,
                before_share=classes[-1].upto_share if classes else 0.0,
                before=tuple(one.name for one in classes),
                source=source_of(rows[key], rows[key].note),
            )
        )
    return tuple(classes)


def _class_rows(catalog: Catalog) -> dict[str, ParameterRow]:
    rows = catalog.rows(ParameterRow)
    return {row.applies_to: row for row in rows if row.parameter == CLASS_SHARE}


def class_of(
    shipment: Consignment,
    ends: tuple[Place, Place],
    sides: tuple[str, str],
    classes: Sequence[TruckClass],
) -> TruckClass:
    """Return the class of a shipment at a crossing.

    Parameters
    ----------
    classes
        As `truck_classes` has them.
    ends
        Where it sets out and where it goes.
    sides
        Countries left and entered. Who comes from or goes to a third one is in transit, and so is a
        box that a seaport sends or takes.
    """
    if shipment.traffic & {TrafficClass.relief, TrafficClass.produce}:
        return classes[RELIEF]
    if shipment.cargo.value_class == FUEL:
        return classes[FUELS]
    is_sea_box = shipment.unit.is_box and any(place.kind == SEAPORT for place in ends)
    beyond = (ends[0].country, ends[1].country) != sides
    return classes[TRANSIT if beyond or is_sea_box else EXPORTS]


def trucks_before(gate: Gate, age_days: float, truck_class: TruckClass = ALL) -> float:
    """Return how many stand before one who comes at an age of the closure.

    Examples
    --------
    >>> gate = Gate(arrivals_per_day=100.0, capacity_per_day=200.0)
    >>> later = TruckClass(name="exports", share=0.50, before_share=0.43)
    >>> [round(trucks_before(gate, 53.0, one), 1) for one in (later, ALL)]
    [697.5, 750.0]
    """
    return truck_class.upto_share * standing_trucks(gate, age_days)


def turn_days(
    gate: Gate,
    ahead: float,
    *,
    age_days: float,
    shut_days: float,
    restart: Restart,
    truck_class: TruckClass = ALL,
) -> float:
    """Return the days from the reopening until the turn of one who stands there.

    Parameters
    ----------
    ahead
        Trucks before it on arrival.
    age_days, shut_days
        Age of the closure when it came and when the gate reopened: of the classes before its own
        those pass first too that came between, and that come until its turn.

    Returns
    -------
    1500 where its turn does not come within that.
    """
    if truck_class.before_share <= 0:
        return drain_days(ahead / gate.capacity_per_day, restart)
    came = float(arrived_trucks(gate, age_days, shut_days))

    def before(since_days: Floats) -> Floats:
        return truck_class.before_share * (
            arrived_trucks(gate, shut_days + since_days, shut_days) - came
        )

    return _turn(gate, ahead, restart, before, 0.0)


def late_turn_days(
    gate: Gate,
    ahead: float,
    *,
    since_days: float,
    shut_days: float,
    restart: Restart,
    truck_class: TruckClass = ALL,
) -> float:
    """Return the days until the turn of one who comes so many days after the reopening."""
    passed = float(passed_days(since_days, restart))
    if truck_class.before_share <= 0:
        return drain_days(passed + ahead / gate.capacity_per_day, restart) - since_days
    came = float(arrived_trucks(gate, shut_days + since_days, shut_days))

    def before(later_days: Floats) -> Floats:
        at = shut_days + since_days + later_days
        return truck_class.before_share * (arrived_trucks(gate, at, shut_days) - came)

    return _turn(gate, ahead, restart, before, since_days)


def _turn(
    gate: Gate,
    ahead: float,
    restart: Restart,
    before: Callable[[Floats], Floats],
    since_days: float,
) -> float:
    passed = passed_days(since_days + _DAYS, restart) - passed_days(since_days, restart)
    left = ahead + before(_DAYS) - gate.capacity_per_day * passed
    reached = np.flatnonzero(left <= 0)
    if not reached.size:
        return MOST_DAYS
    at = int(reached[0])
    if at == 0:
        return 0.0
    fall = left[at - 1] - left[at]
    return float(_DAYS[at - 1] + (_DAYS[at] - _DAYS[at - 1]) * left[at - 1] / fall)


def settled_age(gate: Gate, shut_days: float) -> float:
    """Return the age of the closure that gives the same turn: at the last all has faded.

    Examples
    --------
    >>> settled_age(Gate(arrivals_per_day=100.0, capacity_per_day=200.0), 400.0)
    75.0
    """
    if gate.law is ArrivalsLaw.constant:
        return shut_days
    return min(shut_days, FADE_DAYS + RETURN_DAYS)
