"""The closure record as the hazard needs it: episodes, the calendar, ramps, by element id."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from karwan.base.traffic import FREIGHT_CLASSES, Direction
from karwan.data.rows.closures import ClosureCalendarRow
from karwan.data.rows.costs import ParameterRow
from karwan.hazard.calendar import Rule, Scheduled, schedule
from karwan.hazard.delays import Ramp
from karwan.hazard.history import History, Shut, make_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import ClosureRecord
    from karwan.evidence.spells import Spell
    from karwan.network.network import Network

CALENDAR_TABLE = "closure_calendar"
SCHEDULE_DAYS = 1095
"""What is foretold for three years ahead is enough for every horizon asked."""


def freight_spells(record: ClosureRecord, network: Network) -> Iterator[Spell]:
    """Yield the spells that stop freight both ways on an element of the network's tables.

    What stops one direction or one class of vehicles delays the rest and is no closure; a gate
    that was only cut off, or a row that repeats another, carries no spell of its own.
    """
    for spell in record.spells:
        if spell.element_id not in network.elements or spell.direction != Direction.both:
            continue
        if spell.traffic_class in FREIGHT_CLASSES and (spell.open_closed or spell.calendar):
            yield spell


def history_of(
    record: ClosureRecord,
    network: Network,
    as_of: dt.date,
    *,
    health: bool = False,
    calendar: bool = False,
    grades: str = "ABC",
) -> History:
    """Return the closures to freight known on a date.

    Parameters
    ----------
    health, calendar
        True keeps closures of the health era, and those that a calendar foretells (elections,
        holidays, winter), which are left out otherwise.
    grades
        Grades of rows to keep; `AB` leaves out what no page was read for.
    """
    shut = [
        Shut(
            element_id=spell.element_id,
            group=network.elements[spell.element_id].frontier_group,
            episode=spell.episode or spell.closure_id,
            cause=spell.cause,
            start=spell.start,
            end=spell.end,
            seen_until=spell.seen_until or spell.start,
            running=spell.end is None and spell.end_status == "ongoing",
            evidence=spell.closure_id,
            grade=spell.source.grade,
            start_seen=spell.start_precision != "left_censored",
        )
        for spell in freight_spells(record, network)
        if spell.source.grade in grades and (calendar or not spell.calendar)
    ]
    groups: dict[str, list[str]] = {}
    for element in network.elements.values():
        groups.setdefault(element.frontier_group, []).append(element.id)
    members = {group: tuple(sorted(names)) for group, names in groups.items()}
    twins = {e.id: e.beside for e in network.elements.values() if e.beside}
    return make_history(shut, members, as_of, health=health, twins=twins)


def calendar_rules(catalog: Catalog) -> tuple[Rule, ...]:
    """Return what shuts elements on days known beforehand."""
    return tuple(
        Rule(
            row.id,
            row.element_id,
            row.kind,
            row.start,
            row.end,
            row.yearly,
            row.announced_on,
            row.withdrawn_on,
        )
        for row in catalog.rows(ClosureCalendarRow)
    )


def foretold(rules: Iterable[Rule], as_of: dt.date) -> tuple[Scheduled, ...]:
    """Return the closures that a calendar known on a date foretells from that date."""
    return schedule(rules, as_of, as_of, as_of + dt.timedelta(days=SCHEDULE_DAYS))


def ramp_of(catalog: Catalog, network: Network) -> Ramp:
    """Return how gates restart: grade C estimates from Torkham, held at every road crossing."""
    values = {
        row.parameter: row.value
        for row in catalog.rows(ParameterRow)
        if row.applies_to == "crossing"
    }
    roads = (e.id for e in network.elements.values() if e.kind == "crossing" and e.mode == "road")
    return Ramp(
        values["reopening_backlog_hours_per_shut_day"],
        values["reopening_backlog_most_hours"],
        values["reopening_first_day_hours"],
        values["reopening_fall_hours_per_day"],
        frozenset(roads),
    )
