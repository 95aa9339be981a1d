"""The user's own closures and incidents, in a workspace database that only ever grows.

A correction is a new row: `end-closure` adds an end, the newest of which stands, and `withdraw`
takes a row out of use without taking it out of the record. SQLite itself refuses changes and
deletions; how rows are written is told in `karwan.evidence.workspace`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.base.days import end_of_stop, read_day
from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.limits import LIMITS
from karwan.base.provenance import GRADES
from karwan.base.traffic import TrafficClass
from karwan.base.workspaces import Workspace
from karwan.evidence.overlaps import merge_record
from karwan.evidence.own_record import (
    OwnRecord,
    Withdrawable,
    connection_rows,
    gone_ids,
    list_records,
    merge_records,
    row_date,
    sighting_of,
    spell_of,
    used_sightings,
)
from karwan.evidence.rows import (
    OwnClosureRow,
    OwnEndRow,
    OwnIncidentRow,
    OwnRow,
    OwnSightingRow,
    WithdrawalRow,
)
from karwan.evidence.sightings import PERSONS_ONLY, STATES, contradictions, group_of
from karwan.evidence.spells import ONGOING, Spell
from karwan.evidence.workspace import Also, add_row, reading, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection

END_STATUSES = ("observed", "approx", "unknown", "ongoing")
START_PRECISIONS = ("day", "month", "approx", "left_censored")
TRAFFIC_CLASSES = tuple(TrafficClass)
DIRECTIONS = ("both", "a_to_b", "b_to_a")
CAUSES = (
    "security_clash", "political", "policy", "documentation_rule", "terror_attack", "strike",
    "health", "weather", "works", "other",
)  # fmt: skip
NEW = "new"
"""Stands for the id of what is being added."""


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


def closure_row(new: NewClosure, *, who: str, when: str) -> OwnClosureRow:
    """Return a closure as a row of the workspace that has no id yet."""
    return OwnClosureRow(
        id=NEW,
        element_id=new.element_id,
        mode=new.mode,
        start=new.start,
        end=new.end or None,
        end_status=new.end_status,
        seen_until=new.seen_until or (new.start if new.end else new.source_date),
        traffic_class=new.traffic_class,
        direction=new.direction,
        cause=new.cause,
        episode=new.episode,
        note=new.note,
        source_url=new.source_url,
        source_date=new.source_date,
        grade=new.grade,
        added_by=who,
        added_at=when,
        start_precision=new.start_precision,
    )


def sighting_row(new: NewSighting, *, who: str, when: str) -> OwnSightingRow:
    """Return a sighting as a row of the workspace that has no id yet."""
    return OwnSightingRow(
        id=NEW,
        element_id=new.element_id,
        mode=new.mode,
        day=new.day,
        state=new.state,
        traffic_class=new.traffic_class,
        direction=new.direction,
        note=new.note,
        source_url=new.source_url,
        source_date=new.source_date,
        grade=new.grade,
        added_by=who,
        added_at=when,
    )


def incident_row(new: NewIncident, *, who: str, when: str) -> OwnIncidentRow:
    """Return an incident as a row of the workspace that has no id yet."""
    return OwnIncidentRow(
        id=NEW,
        date=new.date,
        lat=new.lat,
        lon=new.lon,
        precision_km=new.precision_km,
        kind=new.kind,
        death_count=new.death_count,
        note=new.note,
        source_url=new.source_url,
        source_date=new.source_date,
        grade=new.grade,
        added_by=who,
        added_at=when,
    )


def add_closure(
    folder: Workspace,
    new: NewClosure,
    *,
    who: str,
    when: str,
    today: dt.date,
    packaged: Iterable[Spell] = (),
    also: Also | None = None,
) -> str:
    """Add a closure to the workspace and return its id.

    One without an end was seen shut until the day of its source, unless it says otherwise. One
    that begins while another goes on is kept, and tells of the same closure.

    Parameters
    ----------
    packaged
        The closures that come with the program, which it may tell of again.
    also
        Writes more in the same transaction, given the id.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    known = tuple(packaged)
    with reading(folder) as connection:  # what is refused makes no workspace
        checked_closure(connection_rows(connection), new, known, who=who, when=when, today=today)
    with writing(folder) as connection:
        own = connection_rows(connection)
        row = checked_closure(own, new, known, who=who, when=when, today=today)
        return _added(connection, row, also)


def checked_closure(
    own: OwnRecord,
    new: NewClosure,
    packaged: Sequence[Spell],
    *,
    who: str,
    when: str,
    today: dt.date,
) -> OwnClosureRow:
    """Return the row of a new closure, its id still to be given.

    Raises
    ------
    DataError
        Names every fault.
    """
    _refuse(closure_faults(new, today))
    row = closure_row(new, who=who, when=when)
    _refuse(joining_faults(own, packaged, row))
    return row


def add_sighting(
    folder: Workspace,
    new: NewSighting,
    *,
    who: str,
    when: str,
    today: dt.date,
    packaged: Iterable[Spell] = (),
    also: Also | None = None,
) -> str:
    """Add what was seen of an element on a day to the workspace, and return its id.

    Parameters
    ----------
    packaged
        The closures that come with the program.
    also
        Writes more in the same transaction, given the id.

    Raises
    ------
    DataError
        Names every fault, what it contradicts among them; nothing is written then.
    """
    known = tuple(packaged)
    with reading(folder) as connection:  # what is refused makes no workspace
        checked_sighting(connection_rows(connection), new, known, who=who, when=when, today=today)
    with writing(folder) as connection:
        own = connection_rows(connection)
        row = checked_sighting(own, new, known, who=who, when=when, today=today)
        return _added(connection, row, also)


def checked_sighting(
    own: OwnRecord,
    new: NewSighting,
    packaged: Sequence[Spell],
    *,
    who: str,
    when: str,
    today: dt.date,
) -> OwnSightingRow:
    """Return the row of a new sighting, its id still to be given.

    Raises
    ------
    DataError
        Names every fault, what it contradicts among them.
    """
    _refuse(sighting_faults(new, today))
    row = sighting_row(new, who=who, when=when)
    _refuse(seen_faults(own, packaged, row))
    return row


def end_closure(
    folder: Workspace,
    new: NewEnd,
    *,
    who: str,
    when: str,
    today: dt.date,
    packaged: Iterable[Spell] = (),
    also: Also | None = None,
) -> str:
    """Add the end of a closure, the user's own or a packaged one; the newest end stands.

    Parameters
    ----------
    packaged
        The closures that come with the program, which may be ended too.
    also
        Writes more in the same transaction, given the id.
    """
    known = tuple(packaged)
    with reading(folder) as connection:  # what is refused makes no workspace
        end_row(connection_rows(connection), new, known, who=who, when=when, today=today)
    with writing(folder) as connection:
        own = connection_rows(connection)
        row = end_row(own, new, known, who=who, when=when, today=today)
        return _added(connection, row, also)


def end_row(
    own: OwnRecord,
    new: NewEnd,
    packaged: Sequence[Spell],
    *,
    who: str,
    when: str,
    today: dt.date,
) -> OwnEndRow:
    """Return the row of a new end, its id still to be given.

    Raises
    ------
    DataError
        Names every fault, what it contradicts among them.
    """
    _refuse(end_faults(own, new, packaged, today))
    return OwnEndRow(
        id=NEW,
        closure_id=new.closure_id,
        end=new.end,
        note=new.note,
        source_url=new.source_url,
        source_date=new.source_date,
        grade=new.grade,
        added_by=who,
        added_at=when,
    )


def add_incident(
    folder: Workspace,
    new: NewIncident,
    *,
    who: str,
    when: str,
    today: dt.date,
    also: Also | None = None,
) -> str:
    """Add an incident to the workspace and return its id.

    Parameters
    ----------
    also
        Writes more in the same transaction, given the id.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    row = checked_incident(new, who=who, when=when, today=today)
    with writing(folder) as connection:
        return _added(connection, row, also)


def checked_incident(new: NewIncident, *, who: str, when: str, today: dt.date) -> OwnIncidentRow:
    """Return the row of a new incident, its id still to be given.

    Raises
    ------
    DataError
        Names every fault.
    """
    _refuse(incident_faults(new, today))
    return incident_row(new, who=who, when=when)


def _added(connection: Connection, row: OwnRow, also: Also | None) -> str:
    """Add a row, and in the same transaction what is written beside it; return its id."""
    ident = add_row(connection, row)
    if also is not None:
        also(connection, [ident])
    return ident


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


def withdraw(
    folder: Workspace,
    new: Withdrawal,
    *,
    who: str,
    when: str,
    today: dt.date,
    also: Also | None = None,
) -> str:
    """Take a row of the workspace out of use, and say why; the row itself stays.

    Parameters
    ----------
    also
        Writes more in the same transaction, given the id.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    with reading(folder) as connection:  # what is refused makes no workspace
        withdrawal_row(connection_rows(connection), new, who=who, when=when, today=today)
    with writing(folder) as connection:
        own = connection_rows(connection)
        row = withdrawal_row(own, new, who=who, when=when, today=today)
        return _added(connection, row, also)


def withdrawal_row(
    own: OwnRecord, new: Withdrawal, *, who: str, when: str, today: dt.date
) -> WithdrawalRow:
    """Return the row of a withdrawal, its id still to be given.

    Raises
    ------
    DataError
        Names every fault.
    """
    _refuse_withdrawal(own, new, today)
    return WithdrawalRow(
        id=NEW,
        record_id=new.record_id,
        note=new.note,
        added_by=who,
        added_at=when,
        withdrawn_on=new.on or None,
    )


def _refuse_withdrawal(own: OwnRecord, new: Withdrawal, today: dt.date) -> None:
    known = own.told
    if new.record_id not in known:
        raise UnknownNameError("record of the workspace", new.record_id, known)
    faults = [] if new.note.strip() else [Fault("note", "say why it is withdrawn")]
    if new.record_id in {row.record_id for row in own.withdrawals}:
        faults.append(Fault("record", "it is withdrawn already", new.record_id))
    faults += _day_faults(new, known[new.record_id], today)
    if faults:
        raise DataError("the record", faults)


def _day_faults(new: Withdrawal, row: Withdrawable, today: dt.date) -> list[Fault]:
    """Return what is wrong with the day from which a row is withdrawn."""
    faults = [Fault("on", text) for text in _date_faults("day", new.on, today, needed=False)]
    known_on = row_date(row)
    if not faults and new.on and new.on < known_on:
        faults.append(
            Fault("on", f"the row is of {known_on}; it cannot be withdrawn before", new.on)
        )
    return faults


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
        faults += [
            f"{fault}; {_remedy(name, new)}"
            for name in dates
            for fault in _told_early({name: dates[name]}, new.source_date)
        ]
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
        faults += [
            f"{fault}; give a source of that day or later"
            for fault in _told_early({"day": new.day}, new.source_date)
        ]
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
        faults += [
            f"{fault}; give a source of that day or later"
            for fault in _told_early({"date": new.date}, new.source_date)
        ]
    if not (-90 <= new.lat <= 90 and -180 <= new.lon <= 180):  # noqa: PLR2004
        faults.append(f"no place lies at latitude {new.lat:g}, longitude {new.lon:g}")
    if not 0 <= new.precision_km < float("inf"):
        faults.append(f"precision is {new.precision_km:g} km; it must be 0 or more")
    if new.death_count is not None and new.death_count < 0:
        faults.append(f"deaths are {new.death_count}; leave out what is not known")
    if new.death_count is not None and new.death_count > LIMITS["deaths"].most:
        faults.append(f"deaths are {new.death_count}; {LIMITS['deaths'].why}")
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def end_faults(
    own: OwnRecord,
    new: NewEnd,
    packaged: Iterable[Spell],
    today: dt.date,
) -> list[str]:
    """Return what is wrong with an end, given what is known of the closure."""
    known: dict[str, tuple[str, str]] = {}
    for spell in packaged:
        seen = "" if spell.end or spell.seen_until is None else spell.seen_until.isoformat()
        known[spell.closure_id] = (spell.start.isoformat(), seen)
    gone = gone_ids(own.withdrawals, None)
    for row in own.closures:
        if row.id not in gone:
            known[row.id] = (row.start, "" if row.end else row.seen_until)
    if new.closure_id not in known:
        raise UnknownNameError("closure", new.closure_id, known)
    faults = _date_faults("end", new.end, today, needed=True)
    start, seen = known[new.closure_id]
    if not faults and new.end < start:
        faults.append(f"end {new.end} lies before the start {start}")
    elif not faults and new.end < seen:
        faults.append(f"end {new.end} lies before {seen}, the last day on which it was seen shut")
    faults += [
        f"{fault}; once it has reopened, say `karwan evidence end-closure {new.closure_id} DATE` "
        "with a source of that day or later"
        for fault in _told_early({"end": new.end}, new.source_date)
    ]
    if not faults:
        faults += _end_clashes(own, packaged, new)
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def _end_clashes(own: OwnRecord, packaged: Iterable[Spell], new: NewEnd) -> list[str]:
    """Return the sightings that an end contradicts."""
    spells = [spell for spell in packaged if spell.closure_id == new.closure_id]
    spells += [spell_of(row) for row in own.closures if row.id == new.closure_id]
    ended = [
        replace(spell, end=end_of_stop(spell.start, read_day(new.end)), seen_until=None)
        for spell in spells
    ]
    mine = {one.id: one for one in used_sightings(own)}
    return [
        f"end {new.end} contradicts what is on record: {one} saw it {mine[one].state} on "
        f"{mine[one].day}; withdraw what is wrong"
        for one, _, _ in contradictions(list(mine.values()), ended)
        if one in mine
    ]


def seen_faults(own: OwnRecord, packaged: Sequence[Spell], row: OwnSightingRow) -> list[str]:
    """Return what a sighting contradicts among all that is in use."""
    new = sighting_of(row)
    mine = [one for one in used_sightings(own) if one.element_id == new.element_id]
    clashes = contradictions([new, *mine], merge_records(own, packaged))
    words = f"{new.state} on {new.day}"
    return [
        f"{words} contradicts what is on record: {why}; withdraw what is wrong"
        for one, other, why in clashes
        if NEW in (one, other)
    ]


def joining_faults(own: OwnRecord, packaged: Sequence[Spell], row: OwnClosureRow) -> list[str]:
    """Return why a closure can be no new one: it was seen otherwise, or may still be running."""
    new = spell_of(row)
    mine = [one for one in used_sightings(own) if one.element_id == new.element_id]
    seen = {one.id: f"{one.id} saw it {one.state} on {one.day}" for one in mine}
    faults = [
        f"closure from {new.start} contradicts what is on record: {seen[one]}; withdraw what is "
        "wrong"
        for one, other, _ in contradictions(mine, [new])
        if other == NEW
    ]
    return [*faults, *_running_faults(own, packaged, new)]


def _running_faults(own: OwnRecord, packaged: Iterable[Spell], new: Spell) -> Iterator[str]:
    """Yield why nobody can tell whether a closure is a new one, whichever of two comes first.

    A closure whose end was not found may still run when the next one begins: either it ended, or
    both are one.
    """
    mine = [one for one in used_sightings(own) if one.element_id == new.element_id]
    joined = merge_record([*merge_records(own, packaged), new], mine)
    whole = next((one for one in joined if NEW in (one.closure_id, *one.also)), new)
    for spell in joined:
        if _stream_of(spell) != _stream_of(whole) or spell is whole:
            continue
        if _may_run(spell, whole.start):
            yield (
                f"start {new.start}: {spell.closure_id} has it shut since {spell.start}, last seen "
                f"{spell.last_day}, no end found; say `karwan evidence seen {new.element_id} "
                f"{new.start} shut` if it was shut all the time, else `karwan evidence end-closure "
                f"{spell.closure_id} DATE` first"
            )
        elif _may_run(whole, spell.start):
            yield (
                f"end not found, last seen {whole.last_day}: {spell.closure_id} has it shut from "
                f"{spell.start}; give its end, or, if it was shut all the time, say it was seen "
                f"until {spell.start}, with a source of that day or later"
            )


def _stream_of(spell: Spell) -> tuple[str, str, str]:
    return (spell.element_id, group_of(spell.traffic_class), spell.direction)


def _may_run(spell: Spell, day: dt.date) -> bool:
    """Whether a closure whose end was not found may still run on a day after it was last seen."""
    is_open_ended = spell.end is None and spell.end_status != ONGOING
    return is_open_ended and spell.start < day and spell.last_day < day and spell.runs_on(day)


def joined_with(folder: Workspace, packaged: Iterable[Spell], closure_id: str) -> tuple[str, ...]:
    """Return the rows with which one of the workspace is joined into one closure."""
    return joined_in(list_records(folder), packaged, closure_id)


def joined_in(own: OwnRecord, packaged: Iterable[Spell], closure_id: str) -> tuple[str, ...]:
    """Return the rows with which one of a record is joined into one closure."""
    for spell in merge_record(merge_records(own, packaged), used_sightings(own)):
        names = (spell.closure_id, *spell.also)
        if closure_id in names:
            return tuple(name for name in names if name != closure_id)
    return ()


def _remedy(name: str, new: NewClosure) -> str:
    """Return what to do about a day of a closure that its source cannot have seen."""
    if name == "start":
        return "give a source of that day or later"
    if name == "seen until":
        return (
            f"say it was seen until {new.source_date} or earlier, and add each later look with "
            f"`karwan evidence seen {new.element_id} DATE shut` and its own source"
        )
    return (
        "leave the end out, with the end status ongoing, and once it has reopened say `karwan "
        "evidence end-closure ID DATE`, with a source of that day or later"
    )


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
