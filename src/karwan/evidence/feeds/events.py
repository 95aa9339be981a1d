"""Events of a feed: UCDP's files and answers of its API, and exports of ACLED.

They are read by the same rules as files of incidents, and become such when they are accepted: an
event count means nothing without its release and what that covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.base.days import read_day
from karwan.base.errors import DataError, Fault
from karwan.base.store import sha256_hex
from karwan.evidence.feeds.nouns import Becomes, How, Kind, Proposed, Reading
from karwan.evidence.feeds.tables import looks_like_json, read_json_rows, refuse_missing
from karwan.evidence.incidents import HowToRead, IncidentSet
from karwan.evidence.readers import UCDP_COLUMNS, read_incidents, read_ucdp_rows

if TYPE_CHECKING:
    import datetime as dt

RESULT = "Result"
"""The key under which the API of UCDP gives its rows."""
ACLED = {
    "id": "event_id_cnty", "date": "event_date", "lat": "latitude", "lon": "longitude",
    "kind": "event_type", "deaths": "fatalities", "country": "country",
}  # fmt: skip
"""Columns of an export of ACLED by what they hold."""
ACLED_KM = {"1": 5.0, "2": 25.0, "3": 100.0}
"""How far an event may lie off, by ACLED's `geo_precision`: a town, its surroundings, a region.
Estimates (grade C) from what the codebook says each stands for."""


def how_of(how: How, columns: Mapping[str, str] | None = None) -> HowToRead:
    """Return what is said of a file as its reader wants it.

    Raises
    ------
    DataError
        Names every day that is none.
    """
    days: dict[str, dt.date | None] = {}
    faults = []
    for key, text in (("start", how.first), ("end", how.until)):
        try:
            days[key] = read_day(text) if text else None
        except ValueError as error:
            faults.append(Fault(key, str(error), text))
    if faults:
        raise DataError("the question", faults)
    return HowToRead(
        release=how.release,
        columns=columns or {},
        countries=how.countries,
        start=days["start"],
        end=days["end"],
        precision_km=max(ACLED_KM.values()) if columns else 10.0,
    )


def read_ucdp(kind: Kind, path: Path, content: bytes, how: How, where: str) -> Reading:
    """Return the events of UCDP's zip, of a CSV, or of answers of its API."""
    asked = how_of(how)
    if not looks_like_json(content):
        return events_reading(kind, read_incidents(path, asked))
    import polars as pl

    rows = read_json_rows(content, RESULT, where)
    if rows:
        refuse_missing(rows[0], UCDP_COLUMNS, where)
    cells = {
        name: [None if row.get(name) in (None, "") else str(row[name]) for row in rows]
        for name in UCDP_COLUMNS
    }
    raw = pl.DataFrame(cells, schema=dict.fromkeys(UCDP_COLUMNS, pl.String))
    return events_reading(kind, read_ucdp_rows(path, path.name, sha256_hex(content), raw, asked))


def read_acled(kind: Kind, path: Path, how: How) -> Reading:
    """Return the events of an export of ACLED, which stays local."""
    return events_reading(kind, read_incidents(path, how_of(how, ACLED)))


def events_reading(kind: Kind, events: IncidentSet) -> Reading:
    """Return incidents as rows that are proposed."""
    rows = tuple(
        Proposed(
            key=row["event_id"],
            what=row["kind"] or "event",
            place=", ".join(part for part in (row["adm_2"], row["adm_1"]) if part),
            country=row["country"],
            lat=row["lat"],
            lon=row["lon"],
            start=row["start"],
            end=row["end"],
            value=None if row["death_count"] is None else float(row["death_count"]),
            unit="deaths",
        )
        for row in events.events.to_dicts()
    )
    return Reading(kind=kind, terms=kind.terms, becomes=Becomes.incidents, rows=rows, events=events)
