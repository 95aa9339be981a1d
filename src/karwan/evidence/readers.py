"""Read files of incidents: UCDP's official zip, its candidate files, a reduced form, or any CSV.

A file is loaded whole or not at all: missing columns, an unknown release, places and dates that
cannot be are all named in one error. A CSV of another layout (ACLED's, an insurer's) comes with a
mapping of its columns and its coverage, and stays local.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault, SourceError
from karwan.base.limits import MOST_LINES
from karwan.base.store import sha256_hex
from karwan.base.troubles import trouble
from karwan.data.region import ucdp_codes
from karwan.evidence.checks import Checks
from karwan.evidence.incidents import (
    COLUMNS,
    PRIVATE,
    RADIUS_KM,
    WORLD,
    Coverage,
    HowToRead,
    IncidentSet,
    Release,
    schema,
)
from karwan.evidence.packed import read_table_bytes, shape_faults
from karwan.evidence.releases import KNOWN_FILES, parse_release, release_in_name

if TYPE_CHECKING:
    import polars as pl

UCDP_COLUMNS = (
    "id", "type_of_violence", "latitude", "longitude", "where_prec", "date_prec", "date_start",
    "date_end", "best", "high", "low", "country", "adm_1", "adm_2",
)  # fmt: skip
VIOLENCE = {"1": "state-based", "2": "non-state", "3": "one-sided"}
WORLD_AT_LEAST = 15
"""Countries in a file of the whole world; one with fewer was cut to some of them."""
MAPPED = ("date", "lat", "lon", "id", "kind", "deaths", "country", "precision_km")
NEEDED = ("date", "lat", "lon")
WHERE_PREC_MAX, DATE_PREC_MAX = 7, 5


def read_incidents(path: Path, how: HowToRead | None = None) -> IncidentSet:
    """Return the events of a file with its release and coverage.

    Parameters
    ----------
    path
        UCDP's zip or CSV, a candidate CSV, the reduced form (CSV, csv.gz or Parquet), or any CSV
        with a mapping of its columns.

    Raises
    ------
    DataError
        Names every fault of the file; nothing is loaded then.
    SourceError
        If the file cannot be opened.
    """
    asked = how or HowToRead()
    try:
        name, sha256, raw = _open(path, asked)
    except OSError as error:
        raise SourceError(trouble(error)) from error
    if asked.columns:
        return _read_private(path, sha256, raw, asked)
    return read_ucdp_rows(path, name, sha256, raw, asked)


def read_ucdp_rows(
    path: Path, name: str, sha256: str, raw: pl.DataFrame, how: HowToRead
) -> IncidentSet:
    """Return the events of rows of UCDP, all cells as texts.

    Raises
    ------
    DataError
        Names every fault; nothing is loaded then.
    """
    missing = [column for column in UCDP_COLUMNS if column not in raw.columns]
    faults: list[str | Fault] = [f"column {column!r} is missing" for column in missing]
    if missing:
        faults.append(Fault("columns", "for a layout of its own say what its columns hold"))
    tagged = "id" in raw.columns and raw.height > 0 and (raw["id"][0] or "").startswith("#")
    if tagged:
        raw = raw.slice(1)  # the tags of the Humanitarian Data Exchange
    release, coverage = _ucdp_release(name, sha256, how, raw, faults)
    if not missing:
        faults += _ucdp_faults(raw, coverage, 3 if tagged else 2)
    if faults or release is None or coverage is None:
        where = f"incident file {path.name}"
        raise DataError(where, faults)
    return IncidentSet(
        label=path.name,
        sha256=sha256,
        release=release,
        coverage=coverage,
        events=_ucdp_events(raw, release.name),
    )


def _open(path: Path, how: HowToRead) -> tuple[str, str, pl.DataFrame]:
    """Return the name of the table inside a file, the file's hash, and the cells asked as text."""
    import polars as pl

    where = f"incident file {path.name}"
    name, table, content = read_table_bytes(path, where)
    sha256 = sha256_hex(content)
    wanted = {*UCDP_COLUMNS, *how.columns.values()}
    try:
        if path.suffix.lower() == ".parquet":
            return name, sha256, _from_parquet(path, wanted, where)
        faults = shape_faults(table)
        if faults:
            raise DataError(where, faults)
        options: dict[str, Any] = {"infer_schema": False, "null_values": [""]}
        columns = pl.read_csv(table, n_rows=0, infer_schema=False).columns
        kept = [column for column in columns if column in wanted] or columns[:1]
        return name, sha256, pl.read_csv(table, columns=kept, **options)
    except pl.exceptions.PolarsError as error:
        first = (str(error).splitlines() or ["it is empty"])[0]
        raise DataError(where, [f"cannot be read as a table: {first}"]) from error


def _from_parquet(path: Path, wanted: set[str], where: str) -> pl.DataFrame:
    """Return the columns asked of a Parquet file as text, if it is not too long."""
    import polars as pl

    lazy = pl.scan_parquet(path)
    lines = int(lazy.select(pl.len()).collect().item())
    if lines > MOST_LINES:
        raise DataError(where, [f"it has {lines:,} rows, and at most {MOST_LINES:,} are read"])
    columns = lazy.collect_schema().names()
    kept = [column for column in columns if column in wanted] or columns[:1]
    return lazy.select(kept).collect().cast(pl.String)


def _ucdp_release(
    name: str, sha256: str, how: HowToRead, raw: pl.DataFrame, faults: list[str | Fault]
) -> tuple[Release | None, Coverage | None]:
    told = release_in_name(name) or KNOWN_FILES.get(sha256, "")
    given = ".".join(str(int(p)) if p.isdecimal() else p for p in how.release.split("."))
    if given and told and given != told:
        text = f"does not fit: the file is of release {told}"
        faults.append(Fault("release", text, how.release))
    found = parse_release(given or told)
    if found is None:
        what = "not a known one; " if given or told else "the file does not tell it; "
        faults.append(Fault("release", f"{what}say which, such as 26.1 or 26.0.7", given or told))
        return None, None
    release, start, end = found
    # A file cut to some countries covers those said, or those of which it holds an event: that
    # another is absent proves nothing.
    countries = frozenset(how.countries) or _countries_in(raw)
    if not how.countries and release_in_name(name) and len(countries) >= WORLD_AT_LEAST:
        countries = frozenset({WORLD})
    return release, Coverage(countries, how.start or start, min(how.end or end, end))


def _countries_in(raw: pl.DataFrame) -> frozenset[str]:
    if "country" not in raw.columns:
        return frozenset()
    names = [name for name in raw["country"].unique().to_list() if name]
    return frozenset(ucdp_codes().get(name, name) for name in names)


def _ucdp_faults(raw: pl.DataFrame, coverage: Coverage | None, first_line: int) -> list[str]:
    checks = Checks(raw, first_line)
    checks.numbers("latitude", -90, 90)
    checks.numbers("longitude", -180, 180)
    checks.numbers("where_prec", 1, WHERE_PREC_MAX, whole=True)
    checks.numbers("date_prec", 1, DATE_PREC_MAX, whole=True)
    for column in ("best", "high", "low"):
        checks.numbers(column, 0, 10**7, whole=True)
    checks.words("type_of_violence", VIOLENCE)
    checks.filled("country")
    checks.unique("id")
    start, end = checks.days("date_start"), checks.days("date_end")
    checks.rows(end < start, "date_end", "lies before date_start")
    if coverage is not None:
        outside = (start >= coverage.end) | (end < coverage.start)
        last = coverage.end - dt.timedelta(days=1)
        checks.rows(outside, "date_start", f"lies outside {coverage.start} to {last}")
        if WORLD not in coverage.countries:
            code = raw["country"].replace(ucdp_codes())
            strange = ~code.is_in(sorted(coverage.countries)) & code.is_not_null()
            checks.rows(strange, "country", "is not among the countries covered")
    if not raw.height:
        checks.faults.append("holds no event")
    return checks.faults


def _ucdp_events(raw: pl.DataFrame, release: str) -> pl.DataFrame:
    import polars as pl

    where = pl.col("where_prec").cast(pl.Float64).cast(pl.Int32)
    frame = raw.select(
        pl.col("id").alias("event_id"),
        pl.lit(release).alias("release"),
        pl.col("type_of_violence").replace(VIOLENCE).alias("kind"),
        pl.col("date_start").str.slice(0, 10).str.to_date("%Y-%m-%d").alias("start"),
        pl.col("date_end").str.slice(0, 10).str.to_date("%Y-%m-%d").alias("end"),
        pl.col("date_prec").cast(pl.Float64).cast(pl.Int32),
        where,
        pl.col("latitude").cast(pl.Float64).alias("lat"),
        pl.col("longitude").cast(pl.Float64).alias("lon"),
        where.replace_strict(RADIUS_KM, default=None, return_dtype=pl.Float64).alias("radius_km"),
        pl.col("country").replace(ucdp_codes()),
        "adm_1",
        "adm_2",
        *(
            pl.col(name).cast(pl.Float64).cast(pl.Int32).alias(alias)
            for name, alias in (
                ("best", "death_count"),
                ("low", "death_low_count"),
                ("high", "death_high_count"),
            )
        ),
    )
    return frame.cast(schema()).sort("start", "event_id").select(COLUMNS)


def _coverage_faults(how: HowToRead) -> list[Fault]:
    """Return what must be said of the countries and days of which a file tells everything."""
    faults = []
    if not how.countries:
        faults.append(Fault("countries", "say of which countries the file tells all it knows"))
    if how.start is None:
        faults.append(Fault("start", "say from which day on the file tells all it knows"))
    if how.end is None:
        faults.append(Fault("end", "say up to which day the file tells all it knows"))
    elif how.start is not None and how.end <= how.start:
        faults.append(Fault("end", f"it must be after {how.start}", str(how.end)))
    return faults


def _read_private(path: Path, sha256: str, raw: pl.DataFrame, how: HowToRead) -> IncidentSet:
    unknown = sorted(set(how.columns) - set(MAPPED))
    faults: list[str | Fault] = [
        Fault("columns", f"not one of {', '.join(MAPPED)}", key) for key in unknown
    ]
    faults += [Fault("columns", f"{key} is lacking") for key in NEEDED if key not in how.columns]
    faults += [
        f"column {column!r} is missing"
        for column in how.columns.values()
        if column not in raw.columns
    ]
    faults += _coverage_faults(how)
    if not 0 <= how.precision_km < float("inf"):
        faults.append(Fault("precision_km", "it must be 0 or more", f"{how.precision_km:g}"))
    where = f"incident file {path.name}"
    if faults or how.start is None or how.end is None:
        raise DataError(where, faults)
    coverage = Coverage(frozenset(how.countries), how.start, how.end)
    name = how.release or path.stem
    events = _private_events(where, raw, how, coverage, name)
    credit = f"{path.name}, supplied by the user; not to be passed on"
    release = Release(
        name=name, kind=PRIVATE, published=None, licence="private", local_only=True, credit=credit
    )
    return IncidentSet(
        label=path.name, sha256=sha256, release=release, coverage=coverage, events=events
    )


def _private_events(
    where: str, raw: pl.DataFrame, how: HowToRead, coverage: Coverage, release: str
) -> pl.DataFrame:
    import polars as pl

    named = {key: raw[column] for key, column in how.columns.items()}
    table = pl.DataFrame({key: named[key] for key in MAPPED if key in named})
    checks = Checks(table)
    checks.numbers("lat", -90, 90)
    checks.numbers("lon", -180, 180)
    days = checks.days("date")
    last = coverage.end - dt.timedelta(days=1)
    outside = (days >= coverage.end) | (days < coverage.start)
    checks.rows(outside, "date", f"lies outside {coverage.start} to {last}")
    if "deaths" in named:
        checks.numbers("deaths", 0, 10**7, whole=True, blank=True)
    if "precision_km" in named:
        checks.numbers("precision_km", 0, 20_000)
    if "country" in named:
        code = table["country"].replace(ucdp_codes())
        strange = ~code.is_in(sorted(coverage.countries)) & code.is_not_null()
        checks.rows(strange, "country", "is not among the countries covered")
    if "id" in named:
        checks.unique("id")
    if not table.height:
        checks.faults.append("holds no event")
    if checks.faults:
        raise DataError(where, checks.faults)
    only = next(iter(coverage.countries)) if len(coverage.countries) == 1 else None
    blank = pl.lit(None, dtype=pl.String)
    deaths = pl.col("deaths").cast(pl.Float64) if "deaths" in named else pl.lit(None)
    radius = pl.col("precision_km") if "precision_km" in named else pl.lit(how.precision_km)
    code_of = pl.col("country").replace(ucdp_codes()) if "country" in named else pl.lit(only)
    counted = table.with_columns(days.alias("start")).with_row_index("row")
    row_id = pl.col("id") if "id" in named else pl.format("{}", pl.col("row"))
    frame = counted.select(
        row_id.alias("event_id"),
        pl.lit(release).alias("release"),
        (pl.col("kind") if "kind" in named else blank).alias("kind"),
        "start",
        pl.col("start").alias("end"),
        pl.lit(1).alias("date_prec"),
        pl.lit(None).alias("where_prec"),
        pl.col("lat").cast(pl.Float64),
        pl.col("lon").cast(pl.Float64),
        radius.cast(pl.Float64).alias("radius_km"),
        code_of.alias("country"),
        blank.alias("adm_1"),
        blank.alias("adm_2"),
        deaths.cast(pl.Int32).alias("death_count"),
        pl.lit(None).alias("death_low_count"),
        pl.lit(None).alias("death_high_count"),
    )
    return frame.cast(schema()).sort("start", "event_id").select(COLUMNS)
