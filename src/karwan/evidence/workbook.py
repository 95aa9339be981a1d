"""Sightings, closures and incidents as a workbook to fill in, added all together or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from karwan.base.errors import DataError, Fault
from karwan.base.provenance import GRADES
from karwan.base.sheets import Blank, Filled, Sheet, read_filled, template_workbook
from karwan.base.traffic import read_traffic
from karwan.base.workspaces import Workspace
from karwan.evidence.own_record import OwnRecord, connection_rows
from karwan.evidence.records import (
    CAUSES,
    DIRECTIONS,
    END_STATUSES,
    START_PRECISIONS,
    TRAFFIC_CLASSES,
    NewClosure,
    NewIncident,
    NewSighting,
    closure_faults,
    closure_row,
    incident_faults,
    incident_row,
    joining_faults,
    seen_faults,
    side_faults,
    sighting_faults,
    sighting_row,
)
from karwan.evidence.rows import OwnClosureRow, OwnIncidentRow, OwnSightingRow
from karwan.evidence.sightings import STATES
from karwan.evidence.spells import Spell
from karwan.evidence.workspace import Also, add_row, reading, writing

KIND, VERSION = "evidence", "1"
SEEN, SHUT, INCIDENT = "sightings", "closures", "incidents"
PAGE = (
    "Evidence for karwan: what was seen, what was shut, what happened",
    "Fill in the sheets behind this one, a row for each. Cells with a list take a word of it. Days "
    "are YYYY-MM-DD. Columns with * may not be blank; a blank elsewhere means not known.",
    "Every row says where it is from and of which day that is; nothing lies after its source. "
    "Grades: A read there, B derived, C estimate.",
    "karwan evidence add-workbook FILE adds all rows to your workspace, or none: then it names "
    "every cell at fault by sheet, row and column. No row is ever changed; karwan evidence "
    "withdraw takes one out of use.",
)
SOURCE = (
    Blank(name="source", told="Address or name of the source.", needed=True),
    Blank(name="source_date", told="Day of the source.", needed=True),
    Blank(name="grade", told="A read there, B derived, C estimate; blank: B.", choices=GRADES),
    Blank(name="note", told="What happened, in a few words."),
)
COLUMN_OF = {
    "seen until": "seen_until", "end status": "end_status", "start precision": "start_precision",
    "traffic class": "traffic", "source date": "source_date", "the source": "source",
    "deaths are": "deaths", "precision is": "precision_km", "no place lies": "lat",
    "persons-only": "traffic", "a closure without": "end_status", "start": "start", "end": "end",
    "direction": "direction", "cause": "cause", "grade": "grade", "day": "day", "date": "day",
    "state": "state", "closure from": "start",
}  # fmt: skip
"""Columns by how the text of a fault begins; the longest that fits counts."""
Row: TypeAlias = OwnClosureRow | OwnSightingRow | OwnIncidentRow


@dataclass(frozen=True, slots=True)
class Known:
    """An element that a row may be of: its mode, and whether it has two sides."""

    mode: str
    sided: bool


def evidence_sheets(elements: Iterable[str]) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook of evidence."""
    element = Blank(name="element", told="Crossing or line, by id.", needed=True,
                    choices=tuple(sorted(elements)))  # fmt: skip
    traffic = Blank(name="traffic", told="Class of traffic; blank: all.",
                    choices=tuple(map(str, TRAFFIC_CLASSES)))  # fmt: skip
    direction = Blank(name="direction", told="Blank: both.", choices=DIRECTIONS)
    return (
        Sheet(
            name=SEEN,
            title="What was seen of a crossing or line on a day",
            columns=(
                element,
                Blank(name="day", told="Day on which it was seen.", needed=True),
                Blank(name="state", told="As it was seen.", choices=tuple(STATES), needed=True),
                traffic,
                direction,
                *SOURCE,
            ),
        ),
        Sheet(
            name=SHUT,
            title="Closures, each from its first day to the first day open again",
            columns=(
                element,
                Blank(name="start", told="First day shut.", needed=True),
                Blank(name="end", told="First day open again; blank where none is known."),
                Blank(name="end_status", told="Blank with an end: observed. Without: say which.",
                      choices=END_STATUSES),
                Blank(name="seen_until", told="Last day seen shut; blank: the source's day."),
                traffic,
                direction,
                Blank(name="cause", told="Blank: other.", choices=CAUSES),
                Blank(name="episode", told="Name shared by closures of one decision."),
                Blank(name="start_precision", told="Blank: day.", choices=START_PRECISIONS),
                *SOURCE,
            ),
        ),
        Sheet(
            name=INCIDENT,
            title="Incidents at a place",
            columns=(
                Blank(name="day", told="Day of it.", needed=True),
                Blank(name="lat", told="Latitude in degrees.", needed=True),
                Blank(name="lon", told="Longitude in degrees.", needed=True),
                Blank(name="precision_km", told="How far the place may be off; blank: 10."),
                Blank(name="kind", told="Such as attack; blank: attack."),
                Blank(name="deaths", told="If known."),
                *SOURCE,
            ),
        ),
    )  # fmt: skip


def evidence_template(elements: Iterable[str]) -> bytes:
    """Return a workbook in which sightings, closures and incidents are filled in."""
    return template_workbook(evidence_sheets(elements), kind=KIND, version=VERSION, page=PAGE)


def add_workbook(  # noqa: PLR0913
    folder: Workspace,
    content: bytes,
    *,
    where: str,
    find: Callable[[str], tuple[str, Known]],
    who: str,
    when: str,
    today: dt.date,
    packaged: Iterable[Spell] = (),
) -> list[str]:
    """Add every row of a filled workbook to the workspace, or none; return their ids.

    Parameters
    ----------
    find
        Returns the id of an element that a name stands for, and what is known of it.

    Raises
    ------
    DataError
        Names every cell at fault by sheet, row and column; nothing is written then.
    """
    filled, faults = read_filled(
        content, evidence_sheets(()), kind=KIND, version=VERSION, where=where
    )
    by = Entry(find=find, who=who, when=when, today=today, packaged=tuple(packaged))
    return add_filled(folder, filled, where=where, by=by, faults=faults)


def read_evidence(content: bytes, where: str) -> dict[str, Filled]:
    """Return the filled rows of a workbook by sheet and row; nothing is checked but its form.

    Raises
    ------
    DataError
        Names every cell that is blank where it may not be, and every strange column.
    """
    filled, faults = read_filled(
        content, evidence_sheets(()), kind=KIND, version=VERSION, where=where
    )
    if not filled and not faults:
        faults.append(Fault("", "no row is filled in"))
    if faults:
        raise DataError(where, faults)
    return {f"{one.sheet} {one.row}": one for one in filled}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who enters rows and when, and what they are checked against.

    Attributes
    ----------
    find
        Returns the id of an element that a name stands for, and what is known of it.
    packaged
        The closures that come with the program.
    """

    find: Callable[[str], tuple[str, Known]]
    who: str
    when: str
    today: dt.date
    packaged: tuple[Spell, ...] = ()


def check_filled(
    folder: Workspace,
    filled: Sequence[Filled],
    *,
    where: str,
    by: Entry,
    faults: Iterable[Fault] = (),
) -> list[tuple[Filled, Row]]:
    """Return filled rows as rows of the workspace, none of which is written yet.

    Raises
    ------
    DataError
        Names every cell at fault by sheet, row and column.
    """
    faults = list(faults)
    rows: list[tuple[Filled, Row]] = []
    for one in filled:
        row = _row(one, by.find, (by.who, by.when), by.today, faults)
        if row is not None:
            rows.append((one, row))
    if not filled and not faults:
        faults.append(Fault("", "no row is filled in"))
    with reading(folder) as connection:  # what is refused makes no workspace
        own = connection_rows(connection)
        faults += [fault for one, row in rows for fault in _clashes(one, row, own, by.packaged)]
    if faults:
        raise DataError(where, faults)
    return rows


def add_filled(
    folder: Workspace,
    filled: Sequence[Filled],
    *,
    where: str,
    by: Entry,
    faults: Iterable[Fault] = (),
    also: Also | None = None,
) -> list[str]:
    """Add filled rows to the workspace, or none; return their ids.

    Parameters
    ----------
    also
        Writes more in the same transaction, given the ids.

    Raises
    ------
    DataError
        As for `check_filled`; nothing is written then.
    """
    rows = check_filled(folder, filled, where=where, by=by, faults=faults)
    ids = []
    with writing(folder) as connection:
        late: list[Fault] = []
        for one, row in rows:
            late += _clashes(one, row, connection_rows(connection), by.packaged)
            ids.append(add_row(connection, row))
        if late:
            raise DataError(where, late)
        if also is not None:
            also(connection, ids)
    return ids


def _clashes(one: Filled, row: Row, own: OwnRecord, packaged: Sequence[Spell]) -> list[Fault]:
    """Return what a row contradicts of what is on record, rows of the workbook before it too."""
    texts: list[str] = []
    if isinstance(row, OwnClosureRow):
        texts = joining_faults(own, packaged, row)
    elif isinstance(row, OwnSightingRow):
        texts = seen_faults(own, packaged, row)
    return [_placed(one, text) for text in texts]


def _row(
    one: Filled,
    find: Callable[[str], tuple[str, Known]],
    by: tuple[str, str],
    today: dt.date,
    faults: list[Fault],
) -> Row | None:
    """Return a filled row as one of the workspace; None where it is at fault."""
    who, when = by
    before = len(faults)
    cells = one.cells
    source = {
        "note": cells.get("note", ""),
        "source_url": cells.get("source", ""),
        "source_date": cells.get("source_date", ""),
        "grade": cells.get("grade", "B"),
    }
    row: Row | None = None
    if one.sheet == INCIDENT:
        new = _incident(one, source, faults)
        if new is not None:
            faults += _told(one, incident_faults(new, today))
            row = incident_row(new, who=who, when=when)
    else:
        name, known = _element(one, find, faults)
        shared = {
            "element_id": name,
            "mode": known.mode,
            "traffic_class": read_traffic(cells.get("traffic", "all")),
            "direction": cells.get("direction", "both"),
            **source,
        }
        if one.sheet == SEEN:
            seen = NewSighting(day=cells.get("day", ""), state=cells.get("state", ""),
                               sided=known.sided, **shared)  # fmt: skip
            faults += _told(one, sighting_faults(seen, today))
            row = sighting_row(seen, who=who, when=when)
        else:
            shut = NewClosure(
                start=cells.get("start", ""),
                end=cells.get("end", ""),
                end_status=cells.get("end_status", "observed"),
                seen_until=cells.get("seen_until", ""),
                cause=cells.get("cause", "other"),
                episode=cells.get("episode", ""),
                start_precision=cells.get("start_precision", "day"),
                **shared,
            )
            texts = closure_faults(shut, today) + side_faults(shut.direction, sided=known.sided)
            faults += _told(one, texts)
            row = closure_row(shut, who=who, when=when)
    return row if len(faults) == before and not _is_short(one) else None


def _is_short(one: Filled) -> bool:
    """Return whether a row leaves blank what may not be, which is said already."""
    sheet = next(sheet for sheet in evidence_sheets(()) if sheet.name == one.sheet)
    return any(column.needed and column.name not in one.cells for column in sheet.columns)


def _element(
    one: Filled, find: Callable[[str], tuple[str, Known]], faults: list[Fault]
) -> tuple[str, Known]:
    given = one.cells.get("element", "")
    if not given:
        return given, Known("", sided=True)
    try:
        return find(given)
    except KeyError as error:
        faults.append(one.fault("element", str(error)))
        return given, Known("", sided=True)


def _incident(one: Filled, source: Mapping[str, str], faults: list[Fault]) -> NewIncident | None:
    """Return the incident of a row; None where a number is none."""
    numbers: dict[str, float | None] = {}
    before = len(faults)
    for name in ("lat", "lon", "precision_km", "deaths"):
        given = one.cells.get(name)
        numbers[name] = None
        if given is None:
            continue
        try:
            numbers[name] = float(given)
        except ValueError:
            faults.append(one.fault(name, f"{given!r} is not a number"))
            continue
        if name == "deaths" and not float(given).is_integer():
            faults.append(one.fault(name, f"{given!r} is no whole number"))
    lat, lon = numbers["lat"], numbers["lon"]
    if len(faults) > before or lat is None or lon is None:
        return None
    deaths, far = numbers["deaths"], numbers["precision_km"]
    return NewIncident(
        date=one.cells.get("day", ""),
        lat=lat,
        lon=lon,
        precision_km=10.0 if far is None else far,
        kind=one.cells.get("kind", "attack"),
        death_count=None if deaths is None else int(deaths),
        **source,
    )


def _told(one: Filled, texts: Iterable[str]) -> list[Fault]:
    """Return faults of a row with their columns; what is missing is said already."""
    return [_placed(one, text) for text in texts if "is missing" not in text]


def _placed(one: Filled, text: str) -> Fault:
    fits = [start for start in COLUMN_OF if text.startswith(start)]
    column = COLUMN_OF[max(fits, key=len)] if fits else ""
    return one.fault(column if column in one.cells else "", text)
