"""Events that lie where they cannot: at 0/0, or far from the country they are told of.

A file with its columns swapped, or with blanks read as zeros, is sound in form and wrong in every
answer. Nothing is refused or moved here: what looks wrong is said, and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.words import counted
from karwan.data.rows.region import CountryExtentRow

if TYPE_CHECKING:
    import polars as pl

    from karwan.data.catalog import Catalog
    from karwan.evidence.incidents import IncidentSet

FAR_DEG = 3.0
"""Degrees outside a country's box that no border dispute or town by the frontier explains."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The box of whole degrees in which a country lies."""

    south_deg: float
    north_deg: float
    west_deg: float
    east_deg: float


def read_extents(catalog: Catalog) -> dict[str, Extent]:
    """Return where countries lie, by code."""
    return {
        row.country: Extent(row.lat_min_deg, row.lat_max_deg, row.lon_min_deg, row.lon_max_deg)
        for row in catalog.rows(CountryExtentRow)
    }


def place_notes(one: IncidentSet, extents: Mapping[str, Extent]) -> list[str]:
    """Return what looks wrong with the places of a file's events, each kind with its count."""
    import polars as pl

    events = one.events
    zero = events.filter((pl.col("lat").abs() < 0.01) & (pl.col("lon").abs() < 0.01))  # noqa: PLR2004
    notes = (
        [f"{counted(zero.height, 'event lies', 'events lie')} at 0/0: a blank read as a number"]
        if zero.height
        else []
    )
    rest = events.join(zero, on="event_id", how="anti") if zero.height else events
    far, swapped = 0, 0
    for country, extent in sorted(extents.items()):
        mine = rest.filter(pl.col("country") == country)
        away = mine.filter(~_within("lat", "lon", extent))
        far += away.height
        swapped += away.filter(_within("lon", "lat", extent)).height
    if far:
        hint = f"; {swapped} would lie in it with latitude and longitude swapped" if swapped else ""
        notes.append(
            f"{counted(far, 'event lies', 'events lie')} far from the country they are told of"
            f"{hint}"
        )
    return notes


def _within(lat: str, lon: str, extent: Extent) -> pl.Expr:
    import polars as pl

    return pl.col(lat).is_between(extent.south_deg - FAR_DEG, extent.north_deg + FAR_DEG) & pl.col(
        lon
    ).is_between(extent.west_deg - FAR_DEG, extent.east_deg + FAR_DEG)
