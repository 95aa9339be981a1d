"""Incidents as dated, placed events, with the release they come from and what it covers.

An event count means nothing without its coverage: where no release covers a country and month the
answer is "no data", never zero. Every row keeps its release, since candidate figures are revised
and a release that came out after a date cannot have been known on it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError

if TYPE_CHECKING:
    import polars as pl

WORLD = "*"
"""Stands for every country in a coverage."""
FINAL, CANDIDATE, PRIVATE = "final", "candidate", "private"
UCDP_KINDS = (FINAL, CANDIDATE)
UCDP_LICENCE = "CC BY 4.0"
UCDP_CREDIT = (
    "Uppsala Conflict Data Program, Georeferenced Event Dataset and Candidate Events, CC BY 4.0; "
    "Sundberg and Melander (2013), Journal of Peace Research 50(4). Columns were dropped and "
    "dates cut to days."
)

RADIUS_KM: dict[int, float] = {1: 5.0, 2: 25.0, 3: 50.0, 4: 200.0, 5: 100.0}
"""How far an event may lie from its coordinates, by UCDP's `where_prec`.

25 km for 2 is the codebook's; the others are estimates (grade C) from the size of what is named: a
town, a district, a province, a stretch of road or border. 6 (country) and 7 (international) say
too little to place an event anywhere.
"""

COLUMNS = (
    "event_id", "release", "kind", "start", "end", "date_prec", "where_prec", "lat", "lon",
    "radius_km", "country", "adm_1", "adm_2", "death_count", "death_low_count", "death_high_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coverage:
    """Countries and days `[start, end)` of which a release tells; `WORLD` is all countries."""

    countries: frozenset[str]
    start: dt.date
    end: dt.date

    def covers_month(self, country: str, month: dt.date) -> bool:
        """Whether the whole month that begins on a day is covered for a country."""
        inside = self.start <= month and next_month(month) <= self.end
        return inside and (WORLD in self.countries or country in self.countries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Which edition of which data: its name, kind, terms, and the day it came out.

    Attributes
    ----------
    published
        None for private data, which are taken as known when they happened.
    local_only
        The terms allow no passing on: nothing of it may leave by an export.
    """

    name: str
    kind: str
    published: dt.date | None
    licence: str
    local_only: bool
    credit: str


@dataclass(frozen=True, kw_only=True)
class IncidentSet:
    """The events of one file; `events` has the columns `COLUMNS`, sorted by day and id."""

    label: str
    sha256: str
    release: Release
    coverage: Coverage
    events: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class HowToRead:
    """What a file does not say of itself.

    Attributes
    ----------
    release
        Release of a UCDP file, where its name does not tell; any name for a private one.
    columns
        Column of the file by what it holds (`readers.MAPPED`): makes it a private file.
    countries, start, end
        Coverage: codes, first day, and the day after the last.
    precision_km
        How far an event of a private file may lie from its coordinates, if no column says so.
    """

    release: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    precision_km: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Incidents:
    """Events fit to be counted together, and where and when they tell anything at all.

    Attributes
    ----------
    left_out
        Releases not used, each with the reason.
    """

    label: str
    events: pl.DataFrame
    coverage: tuple[Coverage, ...]
    releases: tuple[str, ...]
    local_only: bool
    credit: str
    left_out: tuple[str, ...] = ()

    def covers(self, country: str, month: dt.date) -> bool:
        """Whether a country's month is covered."""
        return any(part.covers_month(country, month) for part in self.coverage)

    def months(self) -> list[dt.date]:
        """Return all months from the first to the last that is covered anywhere."""
        if not self.coverage:
            return []
        month = min(month_of(part.start) for part in self.coverage)
        last = max(part.end for part in self.coverage)
        found = []
        while next_month(month) <= last:
            found.append(month)
            month = next_month(month)
        return found


def month_of(day: dt.date) -> dt.date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def next_month(day: dt.date) -> dt.date:
    """Return the first day of the month after a day's.

    Examples
    --------
    >>> next_month(dt.date(2021, 12, 31))
    datetime.date(2022, 1, 1)
    """
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


def pool_ucdp(sets: Iterable[IncidentSet], as_of: dt.date) -> Incidents:
    """Return the events known on a date from all releases of UCDP, each month from one of them.

    A final release outranks a candidate one, and a newer outranks an older. Releases that came
    out after the date are left out, and so are months that were not over on it.
    """
    known, left_out = [], []
    for one in sets:
        if one.release.kind not in UCDP_KINDS:
            continue
        if one.release.published is not None and one.release.published > as_of:
            left_out.append(f"{one.release.name}: came out about {one.release.published}")
            continue
        known.append(one)
    ordered = sorted(known, key=_outranks)
    return Incidents(
        label="UCDP",
        events=_joined(ordered, as_of),
        coverage=tuple(
            part for one in ordered if (part := _until(one.coverage, as_of)) is not None
        ),
        releases=tuple(one.release.name for one in ordered),
        local_only=False,
        credit=UCDP_CREDIT,
        left_out=tuple(left_out),
    )


def private_incidents(one: IncidentSet, as_of: dt.date) -> Incidents:
    """Return a private file's events up to a date; never counted together with others'."""
    part = _until(one.coverage, as_of)
    coverage = (part,) if part is not None else ()
    return Incidents(
        label=one.label,
        events=_joined([one], as_of),
        coverage=coverage,
        releases=(one.release.name,),
        local_only=one.release.local_only,
        credit=one.release.credit,
    )


def shareable(sets: Sequence[IncidentSet]) -> Sequence[IncidentSet]:
    """Return the sets, all of which may be passed on.

    Raises
    ------
    DataError
        Names every set that must stay where it is. Every way out for events goes through here.
    """
    faults = [
        f"{one.label} ({one.release.name}) is kept local: its terms allow no passing on"
        for one in sets
        if one.release.local_only
    ]
    if faults:
        raise DataError("the export", faults)
    return sets


def write_csv(sets: Sequence[IncidentSet], path: Path) -> None:
    """Write the events of sets that may be passed on, whole or not at all.

    Raises
    ------
    DataError
        If one of them may not.
    """
    import polars as pl

    from karwan.base.store import write_whole

    frames = [one.events for one in shareable(sets)]
    joined = pl.concat(frames) if frames else empty_events()
    write_whole(
        path, joined.sort("start", "event_id", "release").write_csv().encode(), make_folders=True
    )


def empty_events() -> pl.DataFrame:
    """Return a frame of events without a row."""
    import polars as pl

    return pl.DataFrame(schema=schema())


def schema() -> pl.Schema:
    """Return the types of the columns of events."""
    import polars as pl

    numbers = {"lat": pl.Float64, "lon": pl.Float64, "radius_km": pl.Float64}
    whole = ("date_prec", "where_prec", "death_count", "death_low_count", "death_high_count")
    types: dict[str, Any] = dict.fromkeys(COLUMNS, pl.String)
    types |= numbers | dict.fromkeys(whole, pl.Int32) | dict.fromkeys(("start", "end"), pl.Date)
    return pl.Schema(types)


def _outranks(one: IncidentSet) -> tuple[bool, int, str]:
    """Return the key by which the release that counts comes first."""
    published = one.release.published or dt.date.min
    return (one.release.kind != FINAL, -published.toordinal(), one.release.name)


def _until(coverage: Coverage, as_of: dt.date) -> Coverage | None:
    """Return a coverage cut to the months that were over on a date, or None if none was."""
    end = min(coverage.end, month_of(as_of))
    return Coverage(coverage.countries, coverage.start, end) if end > coverage.start else None


def _joined(ordered: Sequence[IncidentSet], as_of: dt.date) -> pl.DataFrame:
    """Return the events of covered months, each from the first release that covers it."""
    import polars as pl

    taken: list[Coverage] = []
    frames = [empty_events()]
    for one in ordered:
        part = _until(one.coverage, as_of)
        if part is None:
            continue
        inside = one.events.filter(
            (pl.col("start") < part.end) & (pl.col("end") >= part.start)
        ).with_columns(pl.max_horizontal("start", pl.lit(part.start)).alias("start"))
        for earlier in taken:
            inside = inside.filter(~_covered(earlier))
        frames.append(inside)
        taken.append(part)
    return pl.concat(frames).sort("start", "event_id")


def _covered(part: Coverage) -> pl.Expr:
    import polars as pl

    month = pl.col("start").dt.month_start()
    inside = (month >= part.start) & (month.dt.offset_by("1mo") <= part.end)
    if WORLD in part.countries:
        return inside
    return inside & pl.col("country").is_in(sorted(part.countries)).fill_null(value=False)
