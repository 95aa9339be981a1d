"""The user's own closures and incidents, in a workspace database that only ever grows.

A correction is a new row: `end-closure` adds an end, the newest of which stands. SQLite refuses
changes and deletions, and every row is one transaction, written through to the disk: a process
killed in the middle of it leaves all rows before it and nothing of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, SourceError, UnknownNameError
from karwan.base.provenance import Source
from karwan.evidence.closures import Spell

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

DATABASE = "karwan.sqlite"
END_STATUSES = ("observed", "approx", "unknown", "ongoing")
TRAFFIC_CLASSES = ("all", "cargo", "foreign_trucks", "pedestrian")
DIRECTIONS = ("both", "a_to_b", "b_to_a")
CAUSES = (
    "security_clash", "political", "policy", "documentation_rule", "terror_attack", "strike",
    "health", "weather", "other",
)  # fmt: skip
GRADES = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


def add_closure(folder: Path, new: NewClosure, *, who: str, when: str, today: dt.date) -> str:
    """Add a closure to the workspace and return its id.

    Raises
    ------
    DataError
        Names every fault; nothing is written then.
    """
    _refuse(closure_faults(new, today))
    row = asdict(new) | {"end": new.end or None, "seen_until": new.seen_until or new.start}
    return _add(folder, "closures", "W", row, who, when)


def end_closure(
    folder: Path, closure_id: str, end: str, *, source: Source, who: str, when: str, today: dt.date
) -> str:
    """Add the end of a closure of the workspace; the newest end stands."""
    with _connected(folder) as connection:
        known = {row["id"]: row for row in _rows(connection, "closures")}
    if closure_id not in known:
        raise UnknownNameError("closure of the workspace", closure_id, known)
    faults = _date_faults("end", end, today, needed=True)
    if not faults and dt.date.fromisoformat(end) < dt.date.fromisoformat(
        known[closure_id]["start"]
    ):
        faults.append(f"end {end} lies before the start {known[closure_id]['start']}")
    _refuse([*faults, *_source_faults(source.url, source.date, source.grade, today)])
    row = {
        "closure_id": closure_id,
        "end": end,
        "note": source.note,
        "source_url": source.url,
        "source_date": source.date,
        "grade": source.grade,
    }
    return _add(folder, "closure_ends", "E", row, who, when)


def add_incident(folder: Path, new: NewIncident, *, who: str, when: str, today: dt.date) -> str:
    """Add an incident to the workspace and return its id."""
    _refuse(incident_faults(new, today))
    return _add(folder, "incidents", "I", asdict(new), who, when)


def closure_faults(new: NewClosure, today: dt.date) -> list[str]:
    """Return every fault of a closure."""
    faults = _date_faults("start", new.start, today, needed=True)
    faults += _date_faults("end", new.end, today, needed=False)
    faults += _date_faults("seen until", new.seen_until, today, needed=False)
    if not faults:
        start = dt.date.fromisoformat(new.start)
        for name, text in (("end", new.end), ("seen until", new.seen_until)):
            if text and dt.date.fromisoformat(text) < start:
                faults.append(f"{name} {text} lies before the start {new.start}")
    if not new.end and new.end_status not in ("unknown", "ongoing"):
        faults.append("a closure without an end needs --end-status unknown or ongoing")
    if new.end and new.end_status in ("unknown", "ongoing"):
        faults.append(f"--end-status {new.end_status} does not go with an end")
    for name, value, known in (
        ("end status", new.end_status, END_STATUSES),
        ("traffic class", new.traffic_class, TRAFFIC_CLASSES),
        ("direction", new.direction, DIRECTIONS),
        ("cause", new.cause, CAUSES),
    ):
        if value not in known:
            faults.append(f"{name} {value!r} is not one of {', '.join(known)}")
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def incident_faults(new: NewIncident, today: dt.date) -> list[str]:
    """Return every fault of an incident."""
    faults = _date_faults("date", new.date, today, needed=True)
    if not (-90 <= new.lat <= 90 and -180 <= new.lon <= 180):  # noqa: PLR2004
        faults.append(f"no place lies at latitude {new.lat:g}, longitude {new.lon:g}")
    if new.precision_km < 0:
        faults.append(f"precision is {new.precision_km:g} km; it must be 0 or more")
    if new.death_count is not None and new.death_count < 0:
        faults.append(f"deaths are {new.death_count}; leave out what is not known")
    return faults + _source_faults(new.source_url, new.source_date, new.grade, today)


def _refuse(faults: list[str]) -> None:
    if faults:
        raise DataError("the record", faults)


def _date_faults(name: str, text: str, today: dt.date, *, needed: bool) -> list[str]:
    if not text:
        return [f"{name} is missing"] if needed else []
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return [f"{name} {text!r} is not a date like 2026-10-04"]
    return [f"{name} {text} lies in the future"] if date > today else []


def _source_faults(url: str, date: str, grade: str, today: dt.date) -> list[str]:
    faults = [] if url.strip() else ["the source is missing: every row says where it is from"]
    faults += _date_faults("source date", date, today, needed=True)
    if grade not in GRADES:
        faults.append(f"grade {grade!r} is not one of {', '.join(GRADES)}")
    return faults


def list_records(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the workspace by table, in the order added."""
    if not (folder / DATABASE).exists():
        return {"closures": [], "closure_ends": [], "incidents": []}
    with _connected(folder) as connection:
        return {name: _rows(connection, name) for name in ("closures", "closure_ends", "incidents")}


def read_spells(folder: Path) -> list[Spell]:
    """Return the workspace's closures as spells, each with its newest end."""
    rows = list_records(folder)
    ends = {row["closure_id"]: row for row in rows["closure_ends"]}
    return [_spell(row, ends.get(row["id"])) for row in rows["closures"]]


def _spell(row: Mapping[str, Any], end: Mapping[str, Any] | None) -> Spell:
    ended = end["end"] if end is not None else row["end"]
    about = end if end is not None else row
    return Spell(
        closure_id=row["id"],
        element_id=row["element_id"],
        mode=row["mode"],
        traffic_class=row["traffic_class"],
        direction=row["direction"],
        start=dt.date.fromisoformat(row["start"]),
        end=dt.date.fromisoformat(ended) if ended else None,
        end_status="observed" if end is not None else row["end_status"],
        seen_until=dt.date.fromisoformat(row["seen_until"]),
        cause=row["cause"],
        description=row["note"],
        episode=row["episode"] or row["id"],
        calendar=False,
        source=Source(about["source_url"], about["source_date"], about["grade"], about["note"]),
    )


def check_records(folder: Path, elements: Mapping[str, str], today: dt.date) -> list[str]:
    """Return every fault of the workspace: rows that fail their rules, elements not known.

    Parameters
    ----------
    elements
        Mode by element id.
    """
    rows = list_records(folder)
    names = [field.name for field in fields(NewClosure)]
    faults = []
    for row in rows["closures"]:
        new = NewClosure(**{name: row[name] or "" for name in names})
        faults += [f"{row['id']}: {fault}" for fault in closure_faults(new, today)]
        if row["element_id"] not in elements:
            faults.append(f"{row['id']}: no element {row['element_id']!r}")
    for row in rows["incidents"]:
        known = {field.name: row[field.name] for field in fields(NewIncident)}
        faults += [
            f"{row['id']}: {fault}" for fault in incident_faults(NewIncident(**known), today)
        ]
    return faults


def _add(folder: Path, table: str, letter: str, row: Mapping[str, Any], who: str, when: str) -> str:
    from sqlalchemy import text

    with _connected(folder) as connection:
        count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        ident = f"{letter}{count + 1:04d}"
        full = {"id": ident, **row, "added_by": who, "added_at": when}
        columns = ", ".join(f'"{name}"' for name in full)
        places = ", ".join(f":{name}" for name in full)
        connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), full)
    return ident


def _rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    from sqlalchemy import text

    found = connection.execute(text(f"SELECT * FROM {table} ORDER BY rowid"))
    return [dict(row) for row in found.mappings()]


@contextmanager
def _connected(folder: Path) -> Iterator[Connection]:
    """Yield a connection in one transaction, which is kept whole or not at all."""
    from sqlalchemy.exc import DatabaseError

    engine = _engine(folder)
    try:
        with engine.begin() as connection:
            _migrate(connection)
            yield connection
    except DatabaseError as error:
        msg = f"The workspace {folder / DATABASE} cannot be used: {error.orig}."
        raise SourceError(msg) from error
    finally:
        engine.dispose()


def _engine(folder: Path) -> Engine:
    from sqlalchemy import create_engine, event

    folder.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{folder / DATABASE}")

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that DDL is held too
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # The write lock is taken at once: two writers wait for one another and never half-fail.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _migrate(connection: Connection) -> None:
    """Bring the database up to date; Alembic is loaded only where there is something to do."""
    from sqlalchemy import inspect, text

    if inspect(connection).has_table("alembic_version"):
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version == HEAD:
            return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


HEAD = "v0001"
