"""Small files of incidents in the shapes of UCDP, made anew for each test."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import polars as pl

OTHERS = (
    "Afghanistan", "Algeria", "Brazil", "Burundi", "Chad", "Colombia", "Egypt", "Ethiopia", "Haiti",
    "India", "Kenya", "Mali", "Mexico", "Nigeria", "Somalia", "Sudan",
)  # fmt: skip
EXTRA = ("relid", "code_status", "source_article", "where_coordinates", "gwnoa")
Row = dict[str, str]


def event(ident: str, day: str, **changes: object) -> Row:
    """Return one event of UCDP near Torkham."""
    row: dict[str, object] = {
        "id": ident, "year": day[:4], "type_of_violence": "1", "conflict_name": "c",
        "dyad_name": "d", "side_a": "a", "side_b": "b", "latitude": "34.1", "longitude": "71.1",
        "where_prec": "1", "date_prec": "1", "date_start": day, "date_end": day, "best": "2",
        "high": "3", "low": "1", "country": "Pakistan", "adm_1": "Khyber Pakhtunkhwa province",
        "adm_2": "Khyber district",
    }  # fmt: skip
    return {key: str(value) for key, value in (row | changes).items()}


def whole_world(day: str) -> list[Row]:
    """Return one event in each of many countries, far away."""
    return [
        event(f"w{n}", day, country=name, latitude="0", longitude="0", adm_1="", adm_2="")
        for n, name in enumerate(OTHERS)
    ]


def official(rows: Iterable[Row]) -> bytes:
    """Return a CSV as UCDP ships it: more columns, and times behind the days."""
    full = [
        row
        | {name: f"{row[name]} 00:00:00.000" for name in ("date_start", "date_end")}
        | dict.fromkeys(EXTRA, "x, y")
        for row in rows
    ]
    return pl.DataFrame(full).write_csv().encode()


def write_zip(folder: Path, name: str, rows: Iterable[Row]) -> Path:
    """Write a zip as UCDP ships it."""
    path = folder / name
    buffer = io.BytesIO()
    inside = "GEDEvent_v" + name.removeprefix("ged").removesuffix("-csv.zip") + ".csv"
    inside = inside.replace("v261", "v26_1").replace("v221", "v22_1")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(inside, official(rows))
    path.write_bytes(buffer.getvalue())
    return path


def write_csv(folder: Path, name: str, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as they stand, packed if the name says so."""
    import gzip

    content = pl.DataFrame(rows).write_csv().encode()
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def write_parquet(folder: Path, name: str, rows: Sequence[Row]) -> Path:
    """Write the reduced form with its types."""
    whole = ("id", "year", "type_of_violence", "where_prec", "date_prec", "best", "high", "low")
    frame = pl.DataFrame(rows).with_columns(
        pl.col(whole).cast(pl.Int32),
        pl.col("latitude", "longitude").cast(pl.Float64),
        pl.col("date_start", "date_end").str.to_date("%Y-%m-%d"),
    )
    path = folder / name
    frame.write_parquet(path)
    return path


def months(first: str, count: int) -> list[dt.date]:
    """Return the first days of months."""
    year, month = (int(part) for part in first.split("-"))
    return [
        dt.date(year + (month - 1 + n) // 12, (month - 1 + n) % 12 + 1, 1) for n in range(count)
    ]
