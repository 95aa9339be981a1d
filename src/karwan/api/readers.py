"""Read a user's own files: closures and incidents, whole or with every fault named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.base.days import asked_day
from karwan.base.errors import DataError, Fault, UnknownNameError

if TYPE_CHECKING:
    import polars as pl

    from karwan.evidence.incidents import IncidentSet


NEEDED = ("element", "start", "source_url", "source_date")
BY_DEFAULT = {
    "end": "",
    "end_status": "observed",
    "seen_until": "",
    "traffic_class": "all",
    "direction": "both",
    "cause": "other",
    "episode": "",
    "note": "",
    "grade": "B",
    "start_precision": "day",
}
"""What a closure holds where a file has no such column, or a blank cell."""


def read_closures(
    path: Path | str,
    *,
    columns: Mapping[str, str] | None = None,
    tables: Path | str | None = None,
) -> pl.DataFrame:
    """Return a file of your own closures as a frame, checked row by row.

    Each row is what `karwan evidence add-closure` takes. `element`, `start`, `source_url` and
    `source_date` are needed; the others have that command's defaults.

    Parameters
    ----------
    path
        CSV with a header, in UTF-8.
    columns
        Column of the file by what it holds, where it has a name of its own.
    tables
        Folder of your own tables, whose elements are meant.

    Raises
    ------
    DataError
        Names every fault with its line: a column that is missing or not known, an element that
        there is not, a date that cannot be.
    SourceError
        If the file cannot be opened.
    """
    import polars as pl

    from karwan.api import today
    from karwan.data.catalog import Catalog
    from karwan.evidence.records import NewClosure, closure_faults
    from karwan.network.build import build_network

    place = Path(path)
    where = f"closures in {place.name}"
    raw = _named_columns(_table(place, where), columns or {}, where)
    network = build_network(Catalog(None if tables is None else Path(tables)))
    known, rows, faults = today(), [], []
    for line, row in enumerate(raw.iter_rows(named=True), 2):
        cells = {name: (value or "").strip() for name, value in row.items()}
        cells = {name: cells.get(name) or blank for name, blank in BY_DEFAULT.items()} | {
            name: cells[name] for name in NEEDED
        }
        element, mode = cells.pop("element"), ""
        try:
            found = network.element(element)
            element, mode = found.id, found.mode
        except UnknownNameError as error:
            faults.append(f"line {line}: {error}")
        new = NewClosure(element_id=element, mode=mode, **cells)
        faults += [f"line {line}: {fault}" for fault in closure_faults(new, known)]
        rows.append([getattr(new, one.name) or None for one in fields(NewClosure)])
    if faults:
        raise DataError(where, faults)
    names = [one.name for one in fields(NewClosure)]
    days = ("start", "end", "seen_until")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row").with_columns(
        pl.col(days).str.to_date()
    )


def _table(path: Path, where: str) -> pl.DataFrame:
    """Return the cells of a CSV as text."""
    from karwan.base.delimited import read_delimited
    from karwan.base.errors import SourceError
    from karwan.base.troubles import trouble

    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(trouble(error)) from error
    return read_delimited(content, where)


def _named_columns(raw: pl.DataFrame, columns: Mapping[str, str], where: str) -> pl.DataFrame:
    """Return a table under the names of a closure's columns; a column of no use is left out."""
    known = (*NEEDED, *BY_DEFAULT)
    faults: list[str | Fault] = [
        Fault("columns", f"not one of {', '.join(known)}", name)
        for name in columns
        if name not in known
    ]
    faults += [
        Fault("columns", f"the file has no column {theirs!r}", name)
        for name, theirs in columns.items()
        if name in known and theirs not in raw.columns
    ]
    theirs = {name: columns.get(name, name) for name in known}
    missing = [name for name in NEEDED if theirs[name] not in raw.columns]
    faults += [f"column {name!r} is missing" for name in missing if name not in columns]
    if faults:
        raise DataError(where, faults)
    return raw.select(
        raw[column].alias(name) for name, column in theirs.items() if column in raw.columns
    )


def read_incidents(
    path: Path | str,
    *,
    release: str = "",
    columns: Mapping[str, str] | None = None,
    countries: Sequence[str] = (),
    start: dt.date | str | None = None,
    end: dt.date | str | None = None,
    precision_km: float = 10.0,
) -> IncidentSet:
    """Return a file of incidents with its release and coverage; `Region.evidence` takes it.

    Parameters
    ----------
    path
        UCDP's zip or CSV, a candidate CSV, the reduced form, or any CSV with `columns`.
    release
        Release such as 26.1, where the file does not say.
    columns
        Column of a file of your own by what it holds; nothing of such a file is ever exported.
    countries, start, end
        Coverage: codes of two letters, first day, and the day after the last.
    precision_km
        How far off the places of a file of your own may be.

    Raises
    ------
    DataError
        Names every fault of the file; nothing is read then.
    SourceError
        If the file cannot be opened.
    """
    from karwan.data.countries import read_codes
    from karwan.evidence.incidents import HowToRead
    from karwan.evidence.readers import read_incidents as read

    faults: list[Fault] = []
    days: dict[str, dt.date | None] = {}
    for key, given in (("start", start), ("end", end)):
        try:
            days[key] = None if given is None else asked_day(given, key)
        except DataError as error:
            faults += error.faults
    codes, wrong = read_codes(countries)
    faults += wrong
    if faults:
        raise DataError("the question", faults)
    how = HowToRead(
        release=release,
        columns=dict(columns or {}),
        countries=codes,
        start=days["start"],
        end=days["end"],
        precision_km=precision_km,
    )
    return read(Path(path), how)
