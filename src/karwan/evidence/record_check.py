"""What is wrong with a workspace: rows that would not be added today, names that are not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from karwan.base.errors import UnknownNameError
from karwan.base.workspaces import Workspace
from karwan.evidence.own_record import (
    OwnRecord,
    gone_ids,
    list_records,
    merge_records,
    used_sightings,
)
from karwan.evidence.records import (
    NewClosure,
    NewEnd,
    NewIncident,
    NewSighting,
    closure_faults,
    end_faults,
    incident_faults,
    sighting_faults,
)
from karwan.evidence.rows import (
    OwnClosureRow,
    OwnEndRow,
    OwnIncidentRow,
    OwnRow,
    OwnSightingRow,
)
from karwan.evidence.sightings import contradictions
from karwan.evidence.spells import Spell


def check_records(
    folder: Workspace, elements: Mapping[str, str], today: dt.date, packaged: Iterable[Spell] = ()
) -> list[str]:
    """Return every fault of the workspace: rows that fail their rules, names not known.

    Parameters
    ----------
    elements
        Mode by element id.
    packaged
        The closures that come with the program.
    """
    own = list_records(folder)
    gone = gone_ids(own.withdrawals, None)
    faults = []
    for closure in own.closures:
        wrong = closure_faults(_closure_told(closure), today)
        if closure.element_id not in elements:
            wrong.append(f"no element {closure.element_id!r}")
        faults += _of_row(closure, wrong, gone)
    spells = list(packaged)
    for end in own.closure_ends:
        if end.closure_id in gone:  # out of use with its closure
            continue
        try:
            wrong = end_faults(own, _end_told(end), spells, today)
        except UnknownNameError as error:
            wrong = [str(error)]
        faults += _of_row(end, wrong, gone)
    faults += _sighting_row_faults(own, spells, elements, today, gone)
    for incident in own.incidents:
        faults += _of_row(incident, incident_faults(_incident_told(incident), today), gone)
    return faults


def _sighting_row_faults(
    own: OwnRecord,
    packaged: Sequence[Spell],
    elements: Mapping[str, str],
    today: dt.date,
    gone: set[str],
) -> list[str]:
    """Return the faults of the sightings in use, each by itself and against one another."""
    faults = []
    for row in own.sightings:
        wrong = sighting_faults(_sighting_told(row), today)
        if row.element_id not in elements:
            wrong.append(f"no element {row.element_id!r}")
        faults += _of_row(row, wrong, gone)
    if not faults:
        clashes = contradictions(used_sightings(own), merge_records(own, packaged))
        faults += [f"{one}: {why}" for one, _, why in clashes]
    return faults


def _of_row(row: OwnRow, faults: Iterable[str], gone: set[str]) -> list[str]:
    return [] if row.id in gone else [f"{row.id}: {fault}" for fault in faults]


def _closure_told(row: OwnClosureRow) -> NewClosure:
    """Return a closure as it would be added today."""
    return NewClosure(
        element_id=row.element_id,
        mode=row.mode,
        start=row.start,
        end=row.end or "",
        end_status=row.end_status,
        seen_until=row.seen_until,
        traffic_class=row.traffic_class,
        direction=row.direction,
        cause=row.cause,
        episode=row.episode,
        note=row.note,
        source_url=row.source_url,
        source_date=row.source_date,
        grade=row.grade,
        start_precision=row.start_precision,
    )


def _end_told(row: OwnEndRow) -> NewEnd:
    return NewEnd(
        closure_id=row.closure_id,
        end=row.end,
        note=row.note,
        source_url=row.source_url,
        source_date=row.source_date,
        grade=row.grade,
    )


def _sighting_told(row: OwnSightingRow) -> NewSighting:
    return NewSighting(
        element_id=row.element_id,
        mode=row.mode,
        day=row.day,
        state=row.state,
        traffic_class=row.traffic_class,
        direction=row.direction,
        note=row.note,
        source_url=row.source_url,
        source_date=row.source_date,
        grade=row.grade,
    )


def _incident_told(row: OwnIncidentRow) -> NewIncident:
    return NewIncident(
        date=row.date,
        lat=row.lat,
        lon=row.lon,
        precision_km=row.precision_km,
        kind=row.kind,
        death_count=row.death_count,
        note=row.note,
        source_url=row.source_url,
        source_date=row.source_date,
        grade=row.grade,
    )
