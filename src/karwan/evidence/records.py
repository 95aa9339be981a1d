"""The user's own closures and incidents, in a workspace database that only ever grows.

A correction is a new row: `end-closure` adds an end, the newest of which stands, and `withdraw`
takes a row out of use without taking it out of the record. SQLite itself refuses changes and
deletions; how rows are written is told in `karwan.evidence.workspace`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.days import NO_DAY, end_of_stop, read_day
from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.known import is_withdrawn
from karwan.base.limits import LIMITS
from karwan.base.provenance import GRADES, Source
from karwan.base.traffic import TrafficClass
from karwan.evidence.overlaps import merge_record
from karwan.evidence.sightings import (
    PERSONS_ONLY,
    STATES,
    Sighting,
    contradictions,
    group_of,
)
from karwan.evidence.spells import ONGOING, Correction, Spell, spell_as_known
from karwan.evidence.workspace import add_row, reading, rows_of, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection

END_STATUSES = ("observed", "approx", "unknown", "ongoing")
START_PRECISIONS = ("day", "month", "approx", "left_censored")
TRAFFIC_CLASSES = tuple(TrafficClass)
SCOPES: Mapping[str, str] = {
    TrafficClass.all: "full",
    TrafficClass.cargo: "cargo",
    TrafficClass.pedestrian: "pedestrian",
}
"""What a closure of a class is said to stop; of any other class a part."""
DIRECTIONS = ("both", "a_to_b", "b_to_a")
CAUSES = (
    "security_clash", "political", "policy", "documentation_rule", "terror_attack", "strike",
    "health", "weather", "works", "other",
)  # fmt: skip
TABLES = ("closures", "closure_ends", "sightings", "incidents", "withdrawals", "incident_files")


OwnRows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of a workspace by table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClosure:
    """A closure to add. Dates are ISO texts; a blank end needs an end status that says why."""

    element_id: str
    mode: str
    start: str
    end: str
    end_status: str
    seen_until: str
    traffic_class: str
    direction: str
    cause: str
    episode: str
    note: str
    source_url: str
    source_date: str
    grade: str
    start_precision: str = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEnd:
    """The end of a closure to add: the first day open again, as an ISO text."""

    closure_id: str
    end: str
    note: str
    source_url: str
    source_date: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSighting:
    """What was seen of an element on a day, to add; the day is an ISO text.

    Attributes
    ----------
    sided
        Whether the element has two sides, so that a direction means something.
    """

    element_id: str
    mode: str
    day: str
    state: str
    traffic_class: str
    direction: str
    note: str
    source_url: str
    source_date: str
    grade: str
    sided: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIncident:
    """An incident to add, at a place known to so many km."""

    date: str
    lat: float
    lon: float
    precision_km: float
    kind: str
    death_count: int | None
    note: str
    source_url: str
    source_date: str
    grade: str


def add_closure(
    folder: Path,
    new: NewClosure,
    *,
    who: str,
    when: str,
    today: dt.date,
    packaged: Iterable[Spell] = (),
) -> str:
    """Add a closure to the workspace and return its id.

    One without an end was seen shut until the day of its source, unless it says otherwise. One
    that begins while another goes on is kept, and tells of the same closure.

    Parameters
    ----------
    packaged
        The closures that come with the program, which it may tell of again.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    _refuse(closure_faults(new, today))
    seen = new.seen_until or (new.start if new.end else new.source_date)
    row = asdict(new) | {"end": new.end or None, "seen_until": seen}
    full = row | {"added_by": who, "added_at": when}
    known = tuple(packaged)
    with reading(folder) as connection:  # what is refused makes no workspace
        _refuse(_joining_faults(connection_rows(connection), known, full))
    with writing(folder) as connection:
        _refuse(_joining_faults(connection_rows(connection), known, full))
        return add_row(connection, "closures", "W", full)


def add_sighting(
    folder: Path,
    new: NewSighting,
    *,
    who: str,
    when: str,
    today: dt.date,
    packaged: Iterable[Spell] = (),
) -> str:
    """Add what was seen of an element on a day to the workspace, and return its id.

    Parameters
    ----------
    packaged
        The closures that come with the program.

    Raises
    ------
    DataError
        Names every fault, what it contradicts among them; nothing is written then.
    """
    _refuse(sighting_faults(new, today))
    row: dict[str, Any] = asdict(new) | {"added_by": who, "added_at": when}
    del row["sided"]
    known = tuple(packaged)
    with reading(folder) as connection:  # what is refused makes no workspace
        _refuse(_seen_faults(connection_rows(connection), known, row))
    with writing(folder) as connection:
        _refuse(_seen_faults(connection_rows(connection), known, row))
        return add_row(connection, "sightings", "S", row)


def end_closure(
    folder: Path,
    new: NewEnd,
    *,
    who: str,
    when: str,
    today: dt.date,
    packaged: Iterable[Spell] = (),
) -> str:
    """Add the end of a closure, the user's own or a packaged one; the newest end stands.

    Parameters
    ----------
    packaged
        The closures that come with the program, which may be ended too.
    """
    known = tuple(packaged)
    with reading(folder) as connection:  # what is refused makes no workspace
        _refuse(_end_faults(connection_rows(connection), new, known, today))
    with writing(folder) as connection:
        _refuse(_end_faults(connection_rows(connection), new, known, today))
        row = asdict(new) | {"added_by": who, "added_at": when}
        return add_row(connection, "closure_ends", "E", row)


def add_incident(folder: Path, new: NewIncident, *, who: str, when: str, today: dt.date) -> str:
    """Add an incident to the workspace and return its id."""
    _refuse(incident_faults(new, today))
    row = asdict(new) | {"added_by": who, "added_at": when}
    with writing(folder) as connection:
        return add_row(connection, "incidents", "I", row)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What takes a row out of use.

    Attributes
    ----------
    on
        Day from which the row is out of use, an ISO text: answers as of an earlier date still
        use it. Blank for a correction, which holds for all time.
    """

    record_id: str
    on: str
    note: str


def withdraw(folder: Path, new: Withdrawal, *, who: str, when: str, today: dt.date) -> str:
    """Take a row of the workspace out of use, and say why; the row itself stays.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    with reading(folder) as connection:  # what is refused makes no workspace
        _refuse_withdrawal(connection_rows(connection), new, today)
    with writing(folder) as connection:
        _refuse_withdrawal(connection_rows(connection), new, today)
        row = {"record_id": new.record_id, "note": new.note, "withdrawn_on": new.on or None,
               "added_by": who, "added_at": when}  # fmt: skip
        return add_row(connection, "withdrawals", "X", row)


def _refuse_withdrawal(
    rows: Mapping[str, list[dict[str, Any]]], new: Withdrawal, today: dt.date
) -> None:
    known = {row["id"]: row for name in TABLES if name != "withdrawals" for row in rows[name]}
    if new.record_id not in known:
        raise UnknownNameError("record of the workspace", new.record_id, known)
    faults = [] if new.note.strip() else [Fault("note", "say why it is withdrawn")]
    if new.record_id in {row["record_id"] for row in rows["withdrawals"]}:
        faults.append(Fault("record", "it is withdrawn already", new.record_id))
    faults += _day_faults(new, known[new.record_id], today)
    if faults:
        raise DataError("the record", faults)


def _day_faults(new: Withdrawal, row: Mapping[str, Any], today: dt.date) -> list[Fault]:
    """Return what is wrong with the day from which a row is withdrawn."""
    faults = [Fault("on", text) for text in _date_faults("day", new.on, today, needed=False)]
    own = row_date(row)
    if not faults and new.on and new.on < own:
        faults.append(Fault("on", f"the row is of {own}; it cannot be withdrawn before", new.on))
    return faults


def row_date(row: Mapping[str, Any]) -> str:
    """Return the day from which a row is known: of its source, else the day it was added."""
    told = row.get("source_date") or row.get("published")
    return str(told or row["added_at"])[:10]


def gone_ids(withdrawals: Iterable[Mapping[str, Any]], as_of: dt.date | None) -> set[str]:
    """Return the ids of rows out of use on a date; None for all that are out of use now."""
    rows = list(withdrawals)
    refuse_bad_days("withdrawals", rows)
    return {
        row["record_id"]
        for row in rows
        if as_of is None
        or is_withdrawn(read_day(row["withdrawn_on"]) if row["withdrawn_on"] else None, as_of)
    }


def read_corrections(
    folder: Path, as_of: dt.date, as_recorded: dt.date | None = None
) -> list[Correction]:
    """Return the rows that were withdrawn for all time and that an answer as of a date would use.

    An answer of that date, given before the correction was entered, used them.
    """
    rows = list_records(folder, as_recorded)
    known = {row["id"]: row for name in TABLES if name != "withdrawals" for row in rows[name]}
    return [
        Correction(row["record_id"], row["note"], row["added_by"], row["added_at"][:10])
        for row in rows["withdrawals"]
        if row["withdrawn_on"] is None and row_date(known[row["record_id"]]) <= as_of.isoformat()
    ]


def entered_by(rows: Iterable[dict[str, Any]], as_recorded: dt.date | None) -> list[dict[str, Any]]:
    """Return the rows entered on or before a day, in UTC; None for all."""
    return [
        row
        for row in rows
        if as_recorded is None or str(row["added_at"])[:10] <= as_recorded.isoformat()
    ]


def closure_faults(new: NewClosure, today: dt.date) -> list[str]:
    """Return every fault of a closure."""
    dates = {"start": new.start, "end": new.end, "seen until": new.seen_until}
    faults = [
        fault
        for name, text in dates.items()
        for fault in _date_faults(name, text, today, needed=name == "start")
    ]
    if not faults:
        start = read_day(new.start)
        faults += [
            f"{name} {dates[name]} lies before the start {new.start}"
            for name in ("end", "seen until")
            if dates[name] and read_day(dates[name]) < start
        ]
        faults += _told_early(dates, new.source_date)
    if not new.end and new.end_status not in ("unknown", "ongoing"):
        faults.append("a closure without an end needs the end status unknown or ongoing")
    if new.end and new.end_status in ("unknown", "ongoing"):
        faults.append(f"end status {new.end_status} does not go with an end")
    for name, value, known in (
        ("end status", new.end_status, END_STATUSES),
        ("start precision", new.start_precision, START_PRECISIONS),
        ("traffic class", new.traffic_class, TRAFFIC_CLASSES),
        ("direction", new.direction, DIRECTIONS),
        ("cause", new.cause, CAUSES),
    ):
        if value not in known:
            faults.append(f"{name} {value!r} is not one of {', '.join(known)}")
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def sighting_faults(new: NewSighting, today: dt.date) -> list[str]:
    """Return every fault of a sighting by itself."""
    faults = _date_faults("day", new.day, today, needed=True)
    if not faults:
        faults += _told_early({"day": new.day}, new.source_date)
    for name, value, known in (
        ("state", new.state, STATES),
        ("traffic class", new.traffic_class, TRAFFIC_CLASSES),
        ("direction", new.direction, DIRECTIONS),
    ):
        if value not in known:
            faults.append(f"{name} {value!r} is not one of {', '.join(known)}")
    faults += side_faults(new.direction, sided=new.sided)
    if new.state == PERSONS_ONLY and new.traffic_class != "all":
        faults.append(f"{PERSONS_ONLY} is of all traffic; leave the traffic class out")
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def side_faults(direction: str, *, sided: bool) -> list[str]:
    """Return what is wrong with a direction on an element that has no sides."""
    if sided or direction == "both":
        return []
    return [f"direction {direction}: a line has no sides a and b; leave it out"]


def incident_faults(new: NewIncident, today: dt.date) -> list[str]:
    """Return every fault of an incident."""
    faults = _date_faults("date", new.date, today, needed=True)
    if not faults:
        faults += _told_early({"date": new.date}, new.source_date)
    if not (-90 <= new.lat <= 90 and -180 <= new.lon <= 180):  # noqa: PLR2004
        faults.append(f"no place lies at latitude {new.lat:g}, longitude {new.lon:g}")
    if not 0 <= new.precision_km < float("inf"):
        faults.append(f"precision is {new.precision_km:g} km; it must be 0 or more")
    if new.death_count is not None and new.death_count < 0:
        faults.append(f"deaths are {new.death_count}; leave out what is not known")
    if new.death_count is not None and new.death_count > LIMITS["deaths"].most:
        faults.append(f"deaths are {new.death_count}; {LIMITS['deaths'].why}")
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def _end_faults(
    rows: Mapping[str, list[dict[str, Any]]],
    new: NewEnd,
    packaged: Iterable[Spell],
    today: dt.date,
) -> list[str]:
    """Return what is wrong with an end, given what is known of the closure."""
    known: dict[str, tuple[str, str]] = {}
    for spell in packaged:
        seen = "" if spell.end or spell.seen_until is None else spell.seen_until.isoformat()
        known[spell.closure_id] = (spell.start.isoformat(), seen)
    gone = gone_ids(rows["withdrawals"], None)
    for row in rows["closures"]:
        if row["id"] not in gone:
            known[row["id"]] = (row["start"], "" if row["end"] else row["seen_until"])
    if new.closure_id not in known:
        raise UnknownNameError("closure", new.closure_id, known)
    faults = _date_faults("end", new.end, today, needed=True)
    start, seen = known[new.closure_id]
    if not faults and new.end < start:
        faults.append(f"end {new.end} lies before the start {start}")
    elif not faults and new.end < seen:
        faults.append(f"end {new.end} lies before {seen}, the last day on which it was seen shut")
    faults += _told_early({"end": new.end}, new.source_date)
    if not faults:
        faults += _end_clashes(rows, packaged, new)
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def _end_clashes(rows: OwnRows, packaged: Iterable[Spell], new: NewEnd) -> list[str]:
    """Return the sightings that an end contradicts."""
    own = [_spell(row) for row in rows["closures"] if row["id"] == new.closure_id]
    spells = [spell for spell in packaged if spell.closure_id == new.closure_id]
    ended = [
        replace(spell, end=end_of_stop(spell.start, read_day(new.end)), seen_until=None)
        for spell in [*spells, *own]
    ]
    mine = {one.id: one for one in used_sightings(rows)}
    return [
        f"end {new.end} contradicts what is on record: {one} saw it {mine[one].state} on "
        f"{mine[one].day}; withdraw what is wrong"
        for one, _, _ in contradictions(list(mine.values()), ended)
        if one in mine
    ]


def used_sightings(rows: OwnRows, as_of: dt.date | None = None) -> list[Sighting]:
    """Return the sightings in use, as known on a day; None for all in use now."""
    gone = gone_ids(rows["withdrawals"], as_of)
    mine = [row for row in rows["sightings"] if row["id"] not in gone]
    refuse_bad_days("sightings", mine)
    known = [
        row
        for row in mine
        if as_of is None or max(read_day(row["day"]), read_day(row["source_date"])) <= as_of
    ]
    return [_sighting(row) for row in known]


def _sighting(row: Mapping[str, Any]) -> Sighting:
    return Sighting(
        id=row["id"],
        element_id=row["element_id"],
        mode=row["mode"],
        day=read_day(row["day"]),
        state=row["state"],
        traffic_class=row["traffic_class"],
        direction=row["direction"],
        note=row["note"],
        source=Source(row["source_url"], row["source_date"], row["grade"], row["note"]),
    )


NEW = "new"
"""Stands for the id of what is being added."""


def _seen_faults(rows: OwnRows, packaged: Sequence[Spell], row: Mapping[str, Any]) -> list[str]:
    """Return what a sighting contradicts among all that is in use."""
    new = _sighting({**row, "id": NEW})
    mine = [one for one in used_sightings(rows) if one.element_id == new.element_id]
    clashes = contradictions([new, *mine], merge_records(rows, packaged))
    words = f"{new.state} on {new.day}"
    return [
        f"{words} contradicts what is on record: {why}; withdraw what is wrong"
        for one, other, why in clashes
        if NEW in (one, other)
    ]


def _joining_faults(rows: OwnRows, packaged: Sequence[Spell], row: Mapping[str, Any]) -> list[str]:
    """Return why a closure can be no new one: it was seen otherwise, or may still be running."""
    new = _spell({**row, "id": NEW})
    mine = [one for one in used_sightings(rows) if one.element_id == new.element_id]
    seen = {one.id: f"{one.id} saw it {one.state} on {one.day}" for one in mine}
    faults = [
        f"closure from {new.start} contradicts what is on record: {seen[one]}; withdraw what is "
        "wrong"
        for one, other, _ in contradictions(mine, [new])
        if other == NEW
    ]
    others = [
        spell
        for spell in merge_record(merge_records(rows, packaged), mine)
        if spell.element_id == new.element_id
        and (group_of(spell.traffic_class), spell.direction)
        == (group_of(new.traffic_class), new.direction)
        and spell.end is None
        and spell.end_status != ONGOING
        and spell.last_day < new.start
        and spell.runs_on(new.start)
    ]
    return faults + [
        f"start {new.start}: {spell.closure_id} has it shut since {spell.start}, last seen "
        f"{spell.last_day}, no end found; say `karwan evidence seen {new.element_id} {new.start} "
        f"shut` if it was shut all the time, else `karwan evidence end-closure "
        f"{spell.closure_id} DATE` first"
        for spell in others
    ]


def joined_with(folder: Path, packaged: Iterable[Spell], closure_id: str) -> tuple[str, ...]:
    """Return the rows with which one of the workspace is joined into one closure."""
    rows = list_records(folder)
    for spell in merge_record(merge_records(rows, packaged), used_sightings(rows)):
        names = (spell.closure_id, *spell.also)
        if closure_id in names:
            return tuple(name for name in names if name != closure_id)
    return ()


def _sighting_row_faults(
    rows: OwnRows,
    packaged: Sequence[Spell],
    elements: Mapping[str, str],
    today: dt.date,
    gone: set[str],
) -> list[str]:
    """Return the faults of the sightings in use, each by itself and against one another."""
    faults = []
    names = [item.name for item in fields(NewSighting) if item.name != "sided"]
    for row in rows["sightings"]:
        found = sighting_faults(NewSighting(**{name: row[name] for name in names}), today)
        if row["element_id"] not in elements:
            found.append(f"no element {row['element_id']!r}")
        faults += _of_row(row, found, gone)
    if not faults:
        clashes = contradictions(used_sightings(rows), merge_records(rows, packaged))
        faults += [f"{one}: {why}" for one, _, why in clashes]
    return faults


def _told_early(dates: Mapping[str, str], source_date: str) -> list[str]:
    """Return the dates that lie after the source that tells them: it cannot have seen them."""
    told = _read_day(source_date)
    days = {name: (text, _read_day(text)) for name, text in dates.items()}
    return [
        f"{name} {text} lies after its source, which is of {source_date}: what is announced has "
        "not happened"
        for name, (text, day) in days.items()
        if told is not None and day is not None and day > told
    ]


def _read_day(text: str) -> dt.date | None:
    try:
        return read_day(text)
    except ValueError:
        return None


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DataError("the record", faults)


def _date_faults(name: str, text: str, today: dt.date, *, needed: bool) -> list[str]:
    if not text:
        return [f"{name} is missing"] if needed else []
    try:
        date = read_day(text)
    except ValueError as error:
        return [f"{name} {text!r} is {error}"]
    return [f"{name} {text} lies in the future"] if date > today else []


def _source_faults(url: str, date: str, grade: str, today: dt.date) -> list[str]:
    faults = [] if url.strip() else ["the source is missing: every row says where it is from"]
    faults += _date_faults("source date", date, today, needed=True)
    if grade not in GRADES:
        faults.append(f"grade {grade!r} is not one of {', '.join(GRADES)}")
    return faults


def list_records(
    folder: Path, as_recorded: dt.date | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the workspace by table, in the order added.

    Parameters
    ----------
    as_recorded
        Leaves out rows entered after this day, in UTC, withdrawals among them; None takes all.
    """
    with reading(folder) as connection:
        return {
            name: entered_by(rows, as_recorded)
            for name, rows in connection_rows(connection).items()
        }


DAYS = {
    "closures": ("start", "end", "seen_until", "source_date"),
    "closure_ends": ("end", "source_date"),
    "incidents": ("date", "source_date"),
    "sightings": ("day", "source_date"),
    "incident_files": ("published", "start", "end"),
    "withdrawals": ("withdrawn_on",),
}
"""Columns that hold days, by table."""


def refuse_bad_days(table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse rows in use whose days cannot be read: another program changed them.

    Raises
    ------
    DataError
        Names every such cell, and what to do.
    """
    faults = [
        f"{row['id']} of the workspace: {column} {row[column]!r} is {NO_DAY}; "
        "withdraw the row for all time, or put back a copy"
        for row in rows
        for column in DAYS[table]
        if row[column] and _read_day(str(row[column])) is None
    ]
    if faults:
        raise DataError("the workspace", faults)


def own_incident_count(folder: Path, as_of: dt.date, as_recorded: dt.date | None = None) -> int:
    """Return how many incidents, known on a date, the user added one by one and did not withdraw.

    They come without a coverage: what is not among them may have happened all the same, so they
    enter no rate.
    """
    rows = list_records(folder, as_recorded)
    gone = gone_ids(rows["withdrawals"], as_of)
    mine = [row for row in rows["incidents"] if row["id"] not in gone]
    refuse_bad_days("incidents", mine)
    return sum(_is_known(row, as_of) for row in mine)


def connection_rows(connection: Connection | None) -> dict[str, list[dict[str, Any]]]:
    """Return all rows by table within one transaction."""
    return {name: rows_of(connection, name) for name in TABLES}


def merge_records(
    rows: OwnRows, packaged: Iterable[Spell], as_of: dt.date | None = None
) -> list[Spell]:
    """Return the packaged closures with the ends that the user added, and the user's own.

    Parameters
    ----------
    rows
        The workspace's rows, as `list_records` returns them.
    as_of
        Leaves out what was not known on the day, and keeps rows withdrawn from a later day on;
        None takes all that is in use now.
    """
    gone = gone_ids(rows["withdrawals"], as_of)
    used = {
        table: [row for row in rows[table] if row["id"] not in gone]
        for table in ("closures", "closure_ends")
    }
    for table, mine in used.items():
        refuse_bad_days(table, mine)
    own = [_spell(row) for row in used["closures"]]
    ends: dict[str, Mapping[str, Any]] = {}
    for row in sorted(used["closure_ends"], key=_stands_last):
        if as_of is None or max(read_day(row["end"]), read_day(row["source_date"])) <= as_of:
            ends[row["closure_id"]] = row
    spells = [*packaged, *own]
    if as_of is None:
        return [_ended(spell, ends.get(spell.closure_id)) for spell in spells]
    merged = []
    for spell in spells:
        known = spell_as_known(spell, as_of)
        if known is not None:
            merged.append(_ended(known, ends.get(spell.closure_id)))
    return merged


def read_spells(folder: Path, as_of: dt.date | None = None) -> list[Spell]:
    """Return the workspace's closures as spells, each with its newest end."""
    return merge_records(list_records(folder), (), as_of)


def _stands_last(end: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key by which the end that stands comes last: of the newest source.

    Whatever the order in which ends were entered, one stands.
    """
    return (end["source_date"], end["end"], end["grade"], end["source_url"], end["note"] or "")


def _is_known(row: Mapping[str, Any], as_of: dt.date | None) -> bool:
    return as_of is None or read_day(row["source_date"]) <= as_of


def _ended(spell: Spell, end: Mapping[str, Any] | None) -> Spell:
    if end is None:
        return spell
    return replace(
        spell,
        end=end_of_stop(spell.start, read_day(end["end"])),
        end_status="observed",
        source=Source(end["source_url"], end["source_date"], end["grade"], end["note"]),
        published=spell.told_on,
    )


def _spell(row: Mapping[str, Any]) -> Spell:
    traffic = row["traffic_class"]
    start = read_day(row["start"])
    return Spell(
        closure_id=row["id"],
        element_id=row["element_id"],
        mode=row["mode"],
        traffic_class=traffic,
        direction=row["direction"],
        start=start,
        end=end_of_stop(start, read_day(row["end"])) if row["end"] else None,
        end_status=row["end_status"],
        seen_until=read_day(row["seen_until"]),
        cause=row["cause"],
        description=row["note"],
        episode=row["episode"] or row["id"],
        calendar=False,
        source=Source(row["source_url"], row["source_date"], row["grade"], row["note"]),
        scope=SCOPES.get(traffic, "partial"),
        start_precision=row["start_precision"],
        open_closed=traffic in ("all", "cargo") and row["direction"] == "both",
    )


def check_records(
    folder: Path, elements: Mapping[str, str], today: dt.date, packaged: Iterable[Spell] = ()
) -> list[str]:
    """Return every fault of the workspace: rows that fail their rules, names not known.

    Parameters
    ----------
    elements
        Mode by element id.
    packaged
        The closures that come with the program.
    """
    rows = list_records(folder)
    gone = gone_ids(rows["withdrawals"], None)
    names = [field.name for field in fields(NewClosure)]
    faults = []
    for row in rows["closures"]:
        new = NewClosure(**{name: row[name] or "" for name in names})
        found = closure_faults(new, today)
        if row["element_id"] not in elements:
            found.append(f"no element {row['element_id']!r}")
        faults += _of_row(row, found, gone)
    spells = list(packaged)
    for row in rows["closure_ends"]:
        if row["closure_id"] in gone:  # out of use with its closure
            continue
        end = NewEnd(**{field.name: row[field.name] for field in fields(NewEnd)})
        try:
            found = _end_faults(rows, end, spells, today)
        except UnknownNameError as error:
            found = [str(error)]
        faults += _of_row(row, found, gone)
    faults += _sighting_row_faults(rows, spells, elements, today, gone)
    for row in rows["incidents"]:
        incident = NewIncident(**{field.name: row[field.name] for field in fields(NewIncident)})
        faults += _of_row(row, incident_faults(incident, today), gone)
    return faults


def _of_row(row: Mapping[str, Any], faults: Iterable[str], gone: set[str]) -> list[str]:
    return [] if row["id"] in gone else [f"{row['id']}: {fault}" for fault in faults]
