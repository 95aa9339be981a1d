"""What a person says of a file of incidents, as texts: read, with every fault at once."""

from __future__ import annotations

import datetime as dt

from karwan.base.days import read_day
from karwan.base.errors import DataError, Fault
from karwan.data.countries import read_codes
from karwan.evidence.incidents import HowToRead


def told_how(
    *, release: str, countries: str, start: str, end: str, columns: str, precision_km: float
) -> HowToRead:
    """Return how a file is to be read.

    Parameters
    ----------
    countries
        Names, two or three letters, with commas between.
    start, end
        First day covered and the day after the last, as ISO texts; blank where the file says it.
    columns
        KEY=COLUMN with commas between; blank for a file of UCDP.
    precision_km
        How far an event of a private file may lie from its coordinates.

    Raises
    ------
    DataError
        Names every fault.

    Examples
    --------
    >>> how = told_how(release="", countries="AF,Pakistan", start="2026-01-01", end="",
    ...                columns="date=day,lat=y,lon=x", precision_km=10.0)
    >>> how.countries, how.start, how.columns["lat"]
    (('AF', 'PK'), datetime.date(2026, 1, 1), 'y')
    """
    pairs = [pair.partition("=") for pair in columns.split(",") if pair.strip()]
    keys = [key.strip() for key, _, _ in pairs]
    faults = [
        Fault("columns", f"write it as {key.strip()}=COLUMN", key.strip())
        for key, _, value in pairs
        if not value.strip()
    ]
    faults += [
        Fault("columns", "given twice", key)
        for key in sorted({k for k in keys if keys.count(k) > 1})
    ]
    read: dict[str, dt.date | None] = {}
    for name, text in (("start", start), ("end", end)):
        try:
            read[name] = read_day(text) if text else None
        except ValueError as error:
            faults.append(Fault(name, str(error), text))
    codes, wrong = read_codes(one for one in countries.split(",") if one.strip())
    faults += wrong
    if faults:
        raise DataError("the question", faults)
    return HowToRead(
        release=release,
        columns={key.strip(): value.strip() for key, _, value in pairs},
        countries=codes,
        start=read["start"],
        end=read["end"],
        precision_km=precision_km,
    )
