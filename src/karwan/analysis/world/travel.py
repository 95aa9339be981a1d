"""When a journey is made, as against when the world is known: departure, deadline, shelf life.

Knowledge ends on the as-of date; travel begins on a day of its own. The season on the way, the
calendar of closures and the days of the week on which gates work are those of the journey.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.days import LAST_DAY, read_day
from karwan.base.errors import Fault
from karwan.base.units import HOURS_PER_DAY

if TYPE_CHECKING:
    from karwan.network.vehicles import Cargo

MOST_DEADLINE_DAYS = 3650.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a journey is made, as typed.

    Attributes
    ----------
    deadline
        Its last day, YYYY-MM-DD, or days from the departure.
    """

    depart: dt.date | str | None = None
    deadline: dt.date | str | float | None = None
    shelf_life_days: float | None = None


NO_TIMING = Timing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Travel:
    """When a journey is made.

    Attributes
    ----------
    depart
        The day on whose morning it leaves; None where none was said: then no season is counted and
        days count from the as-of date.
    deadline_hours
        From the departure to the end of the last day, or so many days of 24 hours.
    shelf_life_days
        How long the goods keep, as said or as the cargo table has it; None where they do not
        perish.
    """

    depart: dt.date | None = None
    deadline_hours: float | None = None
    shelf_life_days: float | None = None

    @property
    def is_told(self) -> bool:
        """Whether an answer says anything on it."""
        return self != NOT_SAID


NOT_SAID = Travel()
"""A journey of which no day was said."""


def future_fault(as_of: dt.date, today: dt.date, use: str) -> list[Fault]:
    """Return what is wrong with knowledge of a day that has not come.

    Parameters
    ----------
    use
        What the door calls the day of departure.
    """
    if as_of <= today:
        return []
    text = f"has not come: what is known ends today, {today}; to travel later, use {use}"
    return [Fault("as_of", text, str(as_of))]


def read_travel(timing: Timing, as_of: dt.date, cargo: Cargo | None) -> tuple[Travel, list[Fault]]:
    """Return when a journey is made, with all that is wrong with it.

    Parameters
    ----------
    cargo
        None if it is not known, so that the rest can be checked all the same.
    """
    faults: list[Fault] = []
    depart = _day(timing.depart, "depart", faults)
    if depart is not None and depart < as_of:
        faults.append(Fault("depart", f"before the as-of date {as_of}", str(depart)))
    deadline_hours = _deadline(timing, depart or as_of, faults)
    shelf_life_days = cargo.max_useful_transit_days if cargo is not None else None
    if timing.shelf_life_days is not None:
        given = timing.shelf_life_days
        if cargo is not None and shelf_life_days is None:
            faults.append(Fault("shelf_life_days", f"{cargo.name} does not perish", f"{given:g}"))
        if not 0 < given <= MOST_DEADLINE_DAYS:
            text = f"must be above 0 and at most {MOST_DEADLINE_DAYS:,.0f} days"
            faults.append(Fault("shelf_life_days", text, f"{given:g}"))
        shelf_life_days = given
    return Travel(
        depart=depart, deadline_hours=deadline_hours, shelf_life_days=shelf_life_days
    ), faults


def _day(given: dt.date | str | None, key: str, faults: list[Fault]) -> dt.date | None:
    if given is None:
        return None
    text = given.isoformat()[:10] if isinstance(given, dt.date) else str(given)
    try:
        return read_day(text)
    except ValueError as error:
        faults.append(Fault(key, str(error), text))
        return None


def _deadline(timing: Timing, start: dt.date, faults: list[Fault]) -> float | None:
    """Return the hours from the morning of departure to the deadline."""
    given = timing.deadline
    if given is None:
        return None
    days = _number(given)
    if days is None:
        last = _day(given if isinstance(given, dt.date) else str(given), "deadline", faults)
        if last is None:
            return None
        if last < start:
            word = "departure" if timing.depart is not None else "as-of date"
            faults.append(Fault("deadline", f"before the {word} {start}", str(last)))
            return None
        days = float((last - start).days + 1)
    if not 0 < days <= MOST_DEADLINE_DAYS or start + dt.timedelta(days=days) > LAST_DAY:
        text = f"must be above 0 and at most {MOST_DEADLINE_DAYS:,.0f} days after the departure"
        faults.append(Fault("deadline", text, str(given)))
        return None
    return days * HOURS_PER_DAY


def _number(given: dt.date | str | float) -> float | None:
    """Return days where a number of them was given; None for a date or no number."""
    if isinstance(given, dt.date):
        return None
    try:
        return float(given)
    except ValueError:
        return None
