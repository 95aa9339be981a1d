"""Releases of UCDP: what their names say of the days they cover and the day they came out."""

from __future__ import annotations

import datetime as dt
import re

from karwan.evidence.incidents import (
    CANDIDATE,
    FINAL,
    UCDP_CREDIT,
    UCDP_LICENCE,
    Release,
    next_month,
)

UCDP_FIRST = dt.date(1989, 1, 1)
LATEST_YEAR = 99
KNOWN_FILES = {
    "f053a70623ee9ad4f77a6271b09d72263b7ba7b32e1aa7915bc3b9f0b4830ca7": "22.1",
    "da66a9176a58b77d92d788baa92a3ea426c0e161945d8db303485cb90ccaac1f": "22.1",
}
"""Releases of files that do not say theirs, by SHA-256: the reduced form of Pakistan."""


def parse_release(text: str) -> tuple[Release, dt.date, dt.date] | None:
    """Return a UCDP release with the days it covers, or None if there is no such release.

    A final release YY.1 covers 1989 to the year before; a candidate one covers a month (YY.0.M) or
    a span of months (YY.M.YY.M). The day it came out is an estimate: 1 July for a final release,
    the 20th of the month after for a candidate one.

    Examples
    --------
    >>> release, start, end = parse_release("26.0.7")
    >>> release.kind, str(start), str(end), str(release.published)
    ('candidate', '2026-07-01', '2026-08-01', '2026-08-20')
    >>> parse_release("26.2") is None
    True
    """
    parts = [int(part) for part in text.split(".") if part.isdecimal()]
    if text.count(".") + 1 != len(parts) or max(parts) > LATEST_YEAR:
        return None
    name = ".".join(map(str, parts))
    match parts:
        case [year, 1]:
            end = dt.date(2000 + year, 1, 1)
            return _ucdp(name, FINAL, dt.date(2000 + year, 7, 1)), UCDP_FIRST, end
        case [year, 0, month]:
            span = (year, month, year, month)
        case [year, month, last_year, last_month]:
            span = (year, month, last_year, last_month)
        case _:
            return None
    try:
        start = dt.date(2000 + span[0], span[1], 1)
        end = next_month(dt.date(2000 + span[2], span[3], 1))
    except ValueError:
        return None
    if end <= start:
        return None
    return _ucdp(name, CANDIDATE, end.replace(day=20)), start, end


def current_releases(as_of: dt.date) -> tuple[str, ...]:
    """Return the newest final release out on a day, and the candidates of the months after it.

    When a release comes out is an estimate, as in `parse_release`.

    Examples
    --------
    >>> current_releases(dt.date(2026, 4, 1))
    ('25.1', '26.0.1', '26.0.2')
    """
    year = as_of.year if (as_of.month, as_of.day) >= (7, 1) else as_of.year - 1
    final = f"{year % 100}.1"
    named = [f"{y % 100}.0.{month}" for y in range(year, as_of.year + 1) for month in range(1, 13)]
    out = []
    for name in named:
        parsed = parse_release(name)
        if parsed is not None and parsed[0].published is not None and parsed[0].published <= as_of:
            out.append(name)
    begun = (
        [name for name in out if int(name.split(".")[0]) > year % 100] if year < as_of.year else out
    )
    return (final, *begun)


def _ucdp(name: str, kind: str, published: dt.date) -> Release:
    return Release(
        name=name,
        kind=kind,
        published=published,
        licence=UCDP_LICENCE,
        local_only=False,
        credit=UCDP_CREDIT,
    )


def release_in_name(name: str) -> str:
    """Return the release that a file's name tells, or an empty text.

    Examples
    --------
    >>> release_in_name("GEDEvent_v26_1.csv"), release_in_name("GEDEvent_v26_01_26_06.csv")
    ('26.1', '26.1.26.6')
    """
    found = re.search(r"GEDEvent_v(\d{2}(?:[_.]\d{1,2}){1,3})(?=\D|$)", name)
    if found is None:
        return ""
    return ".".join(str(int(part)) for part in re.split(r"[_.]", found.group(1)))
