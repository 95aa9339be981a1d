"""What a journey waits for on the way on account of the day on which it leaves.

Weather shuts links by the day, the calendar shuts gates on days known beforehand, and some gates
work some days a week. The day on which a journey comes to each is not known beforehand, so the
wait is the mean over the two weeks from the departure. It is there for a journey that says when
it leaves, and adds along a route like every other wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from karwan.analysis.world.timetable import calendar_rules, regimes_of
from karwan.base.provenance import Figure, Source
from karwan.base.units import HOURS_PER_DAY
from karwan.hazard.calendar import Scheduled, schedule
from karwan.network.check import MOST_SHUT_DAYS

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.network.nouns import Season

WINDOW_DAYS = 14
"""Days from the departure over which the wait is a mean: most journeys are on the way as long."""

CALENDAR = "closure_calendar"


def window_of(depart: dt.date) -> list[dt.date]:
    """Return the days on which a journey may come to a gate."""
    return [depart + dt.timedelta(days=k) for k in range(WINDOW_DAYS)]


def mean_wait_hours(shut_share: float) -> float:
    """Return the mean wait where each day is shut on its own with a chance.

    Who comes on a shut day waits half of it, and the shut days that follow: p / (1 - p) of them.

    Examples
    --------
    >>> mean_wait_hours(0.0), mean_wait_hours(0.5)
    (0.0, 18.0)
    """
    return HOURS_PER_DAY * shut_share * (0.5 + shut_share / (1 - shut_share))


def season_waits(world: World) -> dict[str, tuple[Figure, ...]]:
    """Return the hours waited on each link for a journey that leaves on the world's departure.

    By link: one figure for each season, foretold closure and regime of days of the week. Empty
    where no departure was said.
    """
    depart = world.travel.depart
    if depart is None:
        return {}
    waits: dict[str, list[Figure]] = {}
    days = window_of(depart)
    for season in world.network.seasons:
        figure = _weather(season, days)
        if figure is not None:
            waits.setdefault(season.link_id, []).append(figure)
    for element_id, figure in [*_foretold(world, days), *_part_week(world)]:
        for link in world.network.elements[element_id].links:
            waits.setdefault(link, []).append(figure)
    return {link: tuple(figures) for link, figures in waits.items()}


def _weather(season: Season, days: Iterable[dt.date]) -> Figure | None:
    """Return the mean wait over days; None outside the season."""
    told = list(days)
    share = sum(day.month in season.months for day in told) / len(told)
    if not share:
        return None
    shut = season.shut_days
    low, value, high = (
        share * mean_wait_hours(one / MOST_SHUT_DAYS) for one in (shut.low, shut.value, shut.high)
    )
    return Figure(value=value, low=low, high=high, unit="h", source=shut.source, basis=season.cause)


def shut_throughout(world: World) -> dict[str, Scheduled]:
    """Return, by element, the foretold closure that lasts all days a journey may come to it."""
    depart = world.travel.depart
    if depart is None:
        return {}
    days = window_of(depart)
    return {
        one.element_id: one
        for one in _scheduled(world, days)
        if one.start <= days[0] and one.end > days[-1]
    }


def _scheduled(world: World, days: list[dt.date]) -> tuple[Scheduled, ...]:
    rules = calendar_rules(world.catalog)
    known = {name for name, element in world.network.elements.items() if element.in_network}
    foretold = schedule(rules, world.as_of, days[0], days[-1])
    return tuple(one for one in foretold if one.element_id in known)


def _foretold(world: World, days: list[dt.date]) -> Iterator[tuple[str, Figure]]:
    """Yield the mean wait for closures that the calendar foretells."""
    lasting = shut_throughout(world)
    for one in _scheduled(world, days):
        if one.element_id in lasting or one.element_id in world.open_ids:
            continue
        waited = sum(((one.end - day).days - 0.5) for day in days if one.start <= day < one.end)
        hours = HOURS_PER_DAY * waited / len(days)
        source = Source("derived:closure_calendar", "", "B", one.rule_id)
        yield (
            one.element_id,
            Figure(value=hours, low=hours, high=hours, unit="h", source=source, basis=one.kind),
        )


def _part_week(world: World) -> Iterator[tuple[str, Figure]]:
    """Yield the mean wait at gates that work some days a week, as last known."""
    regimes = regimes_of(world.catalog, world.record, world.network, world.as_of)
    for one in regimes:
        source = Source("derived:delay_measures", "", "B", one.evidence)
        hours = one.delay_hours
        yield (
            one.element_id,
            Figure(
                value=hours, low=hours, high=hours, unit="h", source=source, basis="opening days"
            ),
        )
