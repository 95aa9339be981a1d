"""Rest that a driver is spared at a border: what it is worth, arc by arc, in ticks.

A driver whose vehicle waits at a border rests meanwhile. So of the hours of rest that a journey has
gathered since it last stood, a road crossing waives as many as it holds the vehicle, at most one
daily rest. This does not add along a route: what a crossing waives depends on the way to it. The
table of a journey and the search for the best one take their figures from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from karwan.base.units import HOURS_PER_DAY, TICKS_PER_USD
from karwan.network.gauges import ROAD
from karwan.route.charges import BORDER, REST, Charge, ChargeKind
from karwan.route.expand import CROSSING, TRANSFER, Arc


@dataclass(frozen=True, slots=True)
class Stop:
    """What an arc does to rest: gathers some, and waives some of it or ends it at its end.

    Attributes
    ----------
    gathered_hours
        Rest on the way along the arc.
    most_waived_hours
        What a wait at the arc's end can make up for; 0 where none does.
    ends
        Whether rest gathered so far counts no more beyond the arc.
    """

    gathered_hours: float
    most_waived_hours: float
    ends: bool


def stop_of(arc: Arc, charges: Iterable[Charge], drive_hours_per_day: float) -> Stop:
    """Return what an arc does to rest."""
    told = tuple(charges)
    gathered = _hours(told, REST)
    if arc.kind == CROSSING and ROAD in arc.modes:
        daily_rest = HOURS_PER_DAY - drive_hours_per_day
        return Stop(gathered, min(_hours(told, BORDER), daily_rest), ends=True)
    return Stop(gathered, 0.0, ends=arc.kind == TRANSFER)


def _hours(charges: Iterable[Charge], kind: ChargeKind) -> float:
    return sum((c.hours.value for c in charges if c.kind is kind and c.hours), 0.0)


def waived_hours(stops: Iterable[Stop]) -> Iterator[float]:
    """Yield the hours of rest that each arc of a route waives."""
    pool = 0.0
    for stop in stops:
        pool += stop.gathered_hours
        yield min(stop.most_waived_hours, pool)
        if stop.ends:
            pool = 0.0


@dataclass(frozen=True, slots=True)
class RestTicks:
    """The same of all arcs, worth ticks of the routing weight.

    Attributes
    ----------
    gathered, most_waived
        Ticks per arc; no crossing waives more than it weighs.
    ends
        One flag per arc.
    most
        Largest that any arc waives: more rest than this is worth no more.
    """

    gathered: tuple[int, ...]
    most_waived: tuple[int, ...]
    ends: tuple[bool, ...]
    most: int


def rest_ticks(
    stops: Iterable[Stop], ticks: Iterable[int], value_of_time_usd_per_hour: float
) -> RestTicks:
    """Return what rest is worth on every arc.

    Parameters
    ----------
    ticks
        Routing weight per arc.
    """
    rate = value_of_time_usd_per_hour * TICKS_PER_USD
    told = tuple(stops)
    waived = tuple(
        min(round(stop.most_waived_hours * rate), weight)
        for stop, weight in zip(told, ticks, strict=True)
    )
    return RestTicks(
        gathered=tuple(round(stop.gathered_hours * rate) for stop in told),
        most_waived=waived,
        ends=tuple(stop.ends for stop in told),
        most=max(waived, default=0),
    )


def no_rest(arc_count: int) -> RestTicks:
    """Return rest that is worth nothing: what a route costs is then its weight."""
    nothing = (0,) * arc_count
    return RestTicks(gathered=nothing, most_waived=nothing, ends=(False,) * arc_count, most=0)
