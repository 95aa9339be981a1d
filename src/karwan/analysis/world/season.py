"""What a journey waits for on the way on account of the day on which it leaves.

Weather shuts links by the day, the calendar shuts gates on days known beforehand, and some gates
work some days a week. The day on which a journey comes to each is not known beforehand, so the
wait is the mean over the two weeks from the departure. It is there for a journey that says when
it leaves, and adds along a route like every other wait.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.world.timetable import calendar_rules, regimes_of
from karwan.base.provenance import Figure, Source
from karwan.base.units import HOURS_PER_DAY
from karwan.hazard.calendar import Scheduled, schedule
from karwan.network.check import MOST_SHUT_DAYS

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import ClosureRecord
    from karwan.network.network import Network
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


@dataclass(frozen=True, kw_only=True)
class Departure:
    """A day of departure, and what is known beforehand of the days after it.

    Attributes
    ----------
    on : datetime.date or None
        The day of departure. None: not said, and nothing is waited for.
    as_of : datetime.date
        The date on which the calendar is known.
    network : Network
        Its seasons and elements.
    catalog : Catalog
        Its tables of calendars and opening days.
    record : ClosureRecord
        The record that opening days are read against.
    open_ids : frozenset of str
        Elements that are assumed open.
    """

    on: dt.date | None
    as_of: dt.date
    network: Network
    catalog: Catalog
    record: ClosureRecord
    open_ids: frozenset[str]

    def waits(self) -> dict[str, tuple[Figure, ...]]:
        """Return the hours waited on each link.

        By link: one figure for each season, foretold closure and regime of days of the week.
        Empty where no departure was said.
        """
        if self.on is None:
            return {}
        waits: dict[str, list[Figure]] = {}
        days = window_of(self.on)
        for season in self.network.seasons:
            figure = _weather(season, days)
            if figure is not None:
                waits.setdefault(season.link_id, []).append(figure)
        for element_id, figure in [*self._foretold(days), *self._part_week()]:
            for link in self.network.elements[element_id].links:
                waits.setdefault(link, []).append(figure)
        return {link: tuple(figures) for link, figures in waits.items()}

    def shut_throughout(self) -> dict[str, Scheduled]:
        """Return, by element, the foretold closure that lasts all days a journey may come to it."""
        if self.on is None:
            return {}
        days = window_of(self.on)
        return {
            one.element_id: one
            for one in self._scheduled(days)
            if one.start <= days[0] and one.end > days[-1]
        }

    def _scheduled(self, days: list[dt.date]) -> tuple[Scheduled, ...]:
        rules = calendar_rules(self.catalog)
        known = {name for name, element in self.network.elements.items() if element.in_network}
        foretold = schedule(rules, self.as_of, days[0], days[-1])
        return tuple(one for one in foretold if one.element_id in known)

    def _foretold(self, days: list[dt.date]) -> Iterator[tuple[str, Figure]]:
        """Yield the mean wait for closures that the calendar foretells."""
        lasting = self.shut_throughout()
        for one in self._scheduled(days):
            if one.element_id in lasting or one.element_id in self.open_ids:
                continue
            waited = sum(((one.end - day).days - 0.5) for day in days if one.start <= day < one.end)
            hours = HOURS_PER_DAY * waited / len(days)
            source = Source("derived:closure_calendar", "", "B", one.rule_id)
            yield (
                one.element_id,
                Figure(value=hours, low=hours, high=hours, unit="h", source=source, basis=one.kind),
            )

    def _part_week(self) -> Iterator[tuple[str, Figure]]:
        """Yield the mean wait at gates that work some days a week, as last known."""
        for one in regimes_of(self.catalog, self.record, self.network, self.as_of):
            source = Source("derived:delay_measures", "", "B", one.evidence)
            hours = one.delay_hours
            yield (
                one.element_id,
                Figure(
                    value=hours,
                    low=hours,
                    high=hours,
                    unit="h",
                    source=source,
                    basis="opening days",
                ),
            )
