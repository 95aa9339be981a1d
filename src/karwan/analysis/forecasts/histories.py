"""The closure record as the hazard needs it: episodes, the calendar, ramps, by element id."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from karwan.analysis.world.status import Statuses
from karwan.base.traffic import FREIGHT_CLASSES, Direction
from karwan.data.rows.closures import ClosureCalendarRow
from karwan.data.rows.costs import ParameterRow
from karwan.evidence.delays import DAYS_PER_WEEK, read_delays
from karwan.evidence.overlaps import merge_spells
from karwan.hazard.calendar import Rule, Scheduled, schedule
from karwan.hazard.delays import NO_RAMP, Ramp, Regime
from karwan.hazard.history import HEALTH, History, Shut, make_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import ClosureRecord
    from karwan.evidence.spells import Spell
    from karwan.network.network import Network

CALENDAR_TABLE = "closure_calendar"
SCHEDULE_DAYS = 1095
"""What is foretold for three years ahead is enough for every horizon asked."""


def freight_spells(
    record: ClosureRecord, network: Network, *, health: bool = True, grades: str = "ABC"
) -> Iterator[Spell]:
    """Yield the spells that stop freight both ways on an element of the network's tables.

    Rows that tell of one stop are one spell, as they are where routes are sought; days of a
    calendar stay apart. What stops one direction or one class of vehicles delays the rest and is
    no closure; a gate that was only cut off, or a row that repeats another, carries no spell.

    Parameters
    ----------
    health
        False leaves out closures of the health era.
    grades
        Grades of rows to keep.
    """
    rows = [
        spell
        for spell in record.spells
        if spell.element_id in network.elements
        and spell.source.grade in grades
        and (health or spell.cause != HEALTH)
    ]
    here = [one for one in record.sightings if one.element_id in network.elements]
    calendar = [
        spell
        for spell in rows
        if spell.calendar
        and spell.direction == Direction.both
        and spell.traffic_class in FREIGHT_CLASSES
    ]
    found = [*calendar, *merge_spells(rows, [s for s in here if s.source.grade in grades])]
    yield from sorted(found, key=lambda s: (s.element_id, s.start, s.closure_id))


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
    known = record.known(as_of)
    shut = [
        _shut(spell, network)
        for spell in freight_spells(known, network, health=health, grades=grades)
        if calendar or not spell.calendar
    ]
    shut += _uncounted(known, network, as_of, {one.element_id for one in shut if _runs(one)})
    groups: dict[str, list[str]] = {}
    for element in network.elements.values():
        groups.setdefault(element.frontier_group, []).append(element.id)
    members = {group: tuple(sorted(names)) for group, names in groups.items()}
    twins = {e.id: e.beside for e in network.elements.values() if e.beside}
    return make_history(shut, members, as_of, health=health, twins=twins)


def _shut(spell: Spell, network: Network) -> Shut:
    return Shut(
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


def _runs(one: Shut) -> bool:
    return one.end is None and one.running


def _uncounted(
    record: ClosureRecord, network: Network, as_of: dt.date, shut_ids: set[str]
) -> Iterator[Shut]:
    """Yield what shuts an element now and enters no rate: of health, or only a report that it is.

    A crossing reported shut, of which nothing newer is told, is shut since before the report.
    """
    for spell in freight_spells(record, network):
        if spell.cause == HEALTH and not spell.calendar and spell.element_id not in shut_ids:
            one = replace(_shut(spell, network), counts=False)
            if _runs(one):
                shut_ids = shut_ids | {one.element_id}
                yield one
    statuses = Statuses(
        network=network,
        record=record,
        as_of=as_of,
        running=record.running(as_of),
        open_ids=frozenset(),
    )
    for name, crossing in network.crossings.items():
        if crossing.status_kind != "shut" or name in shut_ids or name not in network.elements:
            continue
        status = statuses.element_status(name)
        if status.known_on is None or status.known_on != crossing.status_asof:
            continue
        if status.kind == "shut":
            yield Shut(
                element_id=name,
                group=network.elements[name].frontier_group,
                episode=f"reported shut {name}",
                cause="other",
                start=status.known_on,
                end=None,
                seen_until=status.known_on,
                running=True,
                evidence=crossing.status_url,
                start_seen=False,
                counts=False,
            )


def calendar_rules(catalog: Catalog) -> tuple[Rule, ...]:
    """Return what shuts elements on days known beforehand."""
    return tuple(
        Rule(
            rule_id=row.id,
            element_id=row.element_id,
            kind=row.kind,
            start=row.start,
            end=row.end,
            yearly=row.yearly,
            announced_on=row.announced_on,
            withdrawn_on=row.withdrawn_on,
        )
        for row in catalog.rows(ClosureCalendarRow)
    )


def foretold(rules: Iterable[Rule], as_of: dt.date) -> tuple[Scheduled, ...]:
    """Return the closures that a calendar known on a date foretells from that date."""
    return schedule(rules, as_of, as_of, as_of + dt.timedelta(days=SCHEDULE_DAYS))


RAMP_PARAMETERS = (
    "reopening_backlog_hours_per_shut_day",
    "reopening_backlog_most_hours",
    "reopening_first_day_hours",
    "reopening_fall_hours_per_day",
)


def ramp_of(catalog: Catalog, network: Network) -> Ramp:
    """Return how gates restart: grade C estimates from Torkham, held at every road crossing.

    Tables that lack one of the four parameters have no ramp: nothing is made up.
    """
    values = {
        row.parameter: row.value
        for row in catalog.rows(ParameterRow)
        if row.applies_to == "crossing"
    }
    if not all(name in values for name in RAMP_PARAMETERS):
        return NO_RAMP
    roads = (e.id for e in network.elements.values() if e.kind == "crossing" and e.mode == "road")
    per_day, most, first, fall = (values[name] for name in RAMP_PARAMETERS)
    return Ramp(
        backlog_hours_per_shut_day=per_day,
        most_backlog_hours=most,
        first_day_hours=first,
        fall_hours_per_day=fall,
        elements=frozenset(roads),
    )


def regimes_of(
    catalog: Catalog, record: ClosureRecord, network: Network, as_of: dt.date
) -> tuple[Regime, ...]:
    """Return the partial regimes that run on a date and slow freight both ways by known hours.

    Only of a crossing open some days a week the hours are known (`weekly_wait_hours`); what was
    slowed and not counted has no delay here, which is not a delay of zero.
    """
    found = []
    for name, delays in sorted(read_delays(catalog, record).running(as_of).items()):
        known = [
            (weekly_wait_hours(one.open_share * DAYS_PER_WEEK), one.closure_id)
            for one in delays
            if one.open_share and one.direction == "both" and one.traffic_class in FREIGHT_CLASSES
        ]
        if known and name in network.elements and network.elements[name].kind == "crossing":
            hours, evidence = max(known)
            found.append(Regime(name, hours, evidence))
    return tuple(found)


def weekly_wait_hours(open_days: float) -> float:
    """Return the mean wait, in hours, at a gate that is open so many days a week, evenly spread.

    Who comes while it is shut waits for the next open day: with k open days each gap is
    (7 - k) / k days, and the mean wait over all times of arrival is (7 - k)^2 / (14 k) days.

    Examples
    --------
    >>> weekly_wait_hours(7.0), round(weekly_wait_hours(3.0), 1)
    (0.0, 9.1)
    """
    shut = DAYS_PER_WEEK - open_days
    return 24.0 * shut**2 / (2 * DAYS_PER_WEEK * open_days)
