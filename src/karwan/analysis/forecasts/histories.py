"""The closure record as the hazard needs it: episodes, the calendar, ramps, by element id."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from karwan.analysis.world.status import Statuses
from karwan.base.traffic import FREIGHT_CLASSES, Direction
from karwan.data.rows.closures import RecordCoverageRow
from karwan.data.rows.costs import ParameterRow
from karwan.data.rows.row import source_of
from karwan.evidence.coverage import Coverage, Quality, stated_coverage
from karwan.evidence.overlaps import merge_spells
from karwan.hazard.calendar import (
    Rule,
    Scheduled,
    Shares,
    begun_before,
    schedule,
    shut_share,
    still_shut,
)
from karwan.hazard.delays import NO_RAMP, Ramp
from karwan.hazard.history import HEALTH, History, Shut, make_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from karwan.base.provenance import Source
    from karwan.data.catalog import Catalog
    from karwan.evidence.closures import ClosureRecord
    from karwan.evidence.spells import Spell
    from karwan.network.network import Network
    from karwan.network.nouns import Element

CALENDAR_TABLE = "closure_calendar"
YEAR_DIGITS = 4
COVERAGE_TABLE = RecordCoverageRow.TABLE
GATE, RAILHEAD, LINE = "gate", "railhead", "line"
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
    coverage: Coverage | None = None,
) -> History:
    """Return the closures to freight known on a date.

    Parameters
    ----------
    health, calendar
        True keeps closures of the health era, and those that a calendar foretells (elections,
        holidays, winter), which are left out otherwise.
    grades
        Grades of rows to keep; `AB` leaves out what no page was read for.
    coverage
        When elements were searched for; None: all time counts as searched.
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
    return make_history(
        shut,
        members,
        as_of,
        health=health,
        twins=twins,
        coverage=coverage,
        kinds={name: kind_of(element) for name, element in network.elements.items()},
    )


def kind_of(element: Element) -> str:
    """Return what an element is: a gate, a railhead (a gate of a railway) or a line."""
    if element.kind != "crossing":
        return LINE
    return RAILHEAD if element.mode == "rail" else GATE


def read_coverage(catalog: Catalog, network: Network) -> Coverage:
    """Return when elements were searched for; empty where the tables say nothing of these.

    Raises
    ------
    DataError
        Names every span that ends before it begins, or overlaps another of its element.
    """
    rows = catalog.rows(RecordCoverageRow)
    if not any(row.element_id in network.elements for row in rows):
        return Coverage()
    return stated_coverage(catalog)


def coverage_sources(catalog: Catalog, elements: Iterable[str]) -> tuple[Source, ...]:
    """Return by what it is known which time of elements was searched, each once.

    How well a time was searched is a measurement: it was so before anybody wrote of it.
    """
    asked = set(elements)
    rows = (row for row in catalog.rows(RecordCoverageRow) if row.element_id in asked)
    return tuple(dict.fromkeys(source_of(row) for row in rows))


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
        told_days=max((spell.told_on - spell.start).days, 0),
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


def foretold(
    rules: Sequence[Rule],
    as_of: dt.date,
    record: ClosureRecord | None = None,
    network: Network | None = None,
    coverage: Coverage | None = None,
) -> tuple[Scheduled, ...]:
    """Return the closures that a calendar known on a date foretells from that date.

    Parameters
    ----------
    record, network
        By which an occasion that is not announced has a chance: the share of its like on which the
        gate was shut, shrunk to its frontier's. Without them it foretells nothing.
    coverage
        When elements were searched for; past occasions of other days tell nothing.
    """
    last = as_of + dt.timedelta(days=SCHEDULE_DAYS)
    if record is None or network is None:
        return schedule(rules, as_of, as_of, last)
    known = record.known(as_of)
    share = _shares(rules, known, network, as_of, coverage or Coverage())
    told = schedule(rules, as_of, as_of, last, share=share)
    sure = {one.element_id for one in told if one.p >= 1 and one.start <= as_of < one.end}
    lengths = calendar_lengths(known, network)
    running = [
        still_shut(rule_id=spell.closure_id, element_id=name, start=spell.start, as_of=as_of,
                   lengths=lengths)
        for name, spell in _running_by_calendar(known, network, as_of).items()
        if name not in sure
    ]  # fmt: skip
    return (*told, *(item for items in running for item in items))


def calendar_lengths(record: ClosureRecord, network: Network) -> tuple[int, ...]:
    """Return the whole days for which occasions shut elements, of those known to have ended."""
    return tuple(
        max((spell.end - spell.start).days, 1)
        for spell in freight_spells(record, network)
        if spell.calendar and spell.end is not None
    )


def _running_by_calendar(
    record: ClosureRecord, network: Network, as_of: dt.date
) -> dict[str, Spell]:
    """Return what shuts an element on a date by a calendar, and nothing else does."""
    return {
        name: spells[0]
        for name, spells in record.running(as_of).items()
        if name in network.elements
        and all(
            spell.calendar
            and spell.traffic_class in FREIGHT_CLASSES
            and spell.direction == Direction.both
            for spell in spells
        )
    }


def _shares(
    rules: Sequence[Rule],
    record: ClosureRecord,
    network: Network,
    as_of: dt.date,
    coverage: Coverage,
) -> Shares:
    """Return the chance that an occasion shuts its gate, by the past ones known on a date."""
    shut: dict[str, list[tuple[dt.date, dt.date]]] = {rule.element_id: [] for rule in rules}
    for spell in record.spells:
        if spell.element_id in shut:
            shut[spell.element_id].append((spell.start, spell.last_day))

    @cache
    def past(like: str) -> dict[tuple[str, dt.date], bool]:
        """Return by element and day whether occasions of a kind shut it."""
        seen = {}
        for rule in rules:
            if _like(rule) != like:
                continue
            name = rule.element_id
            for start in begun_before(rule, as_of):
                if coverage.quality(name, start) == Quality.none:
                    continue  # none found there is no occasion on which it was open
                seen[name, start] = any(first <= start <= last for first, last in shut[name])
        return seen

    def share(rule: Rule) -> float:
        seen = past(_like(rule))
        group = network.elements[rule.element_id].frontier_group
        mine = [was for (name, _), was in seen.items() if name == rule.element_id]
        others = [
            was
            for (name, _), was in seen.items()
            if name != rule.element_id and network.elements[name].frontier_group == group
        ]
        return shut_share(mine, others)

    return share


def _like(rule: Rule) -> str:
    """Return the name that occasions of one kind share: without its year."""
    return _without_year(rule.occasion)


@lru_cache(maxsize=1024)
def _without_year(occasion: str) -> str:
    words = occasion.split()
    return " ".join(word for word in words if not (word.isdecimal() and len(word) == YEAR_DIGITS))


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
