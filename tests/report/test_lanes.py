"""No ship crosses land on the map."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.network.nouns import Link
from karwan.report.lanes import Chart, Spot, lane_points, read_chart
from karwan.report.sheet import read_basemap
from tests import reference
from tests.reference import change_table

NEAR_PORT_DEG = 0.4
"""Ports lie in estuaries and behind breakwaters that a map of this scale does not draw."""
STEP_DEG = 0.02

SEA_LINKS = [link for link in reference.network().links.values() if link.mode == "sea"]


@cache
def rings() -> list[list[tuple[float, float]]]:
    """Return the outlines of all land as (longitude, latitude)."""

    def walk(item: list) -> Iterator[list[tuple[float, float]]]:  # type: ignore[type-arg]
        if isinstance(item[0][0], int | float):
            yield [(point[0], point[1]) for point in item]
            return
        for part in item:
            yield from walk(part)

    found: list[list[tuple[float, float]]] = []
    for country in read_basemap()["countries"]:
        found += list(walk(country["rings"]))
    return found


@cache
def chart() -> Chart:
    return read_chart(reference.catalog())


def on_land(lat: float, lon: float) -> bool:
    """Return whether a position lies inside an odd number of outlines (ray casting)."""
    inside = False
    for ring in rings():
        for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
            if (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0):
                inside = not inside
    return inside


def samples(points: tuple[Spot, ...]) -> Iterator[Spot]:
    for (lat_a, lon_a), (lat_b, lon_b) in pairwise(points):
        count = max(int(max(abs(lat_b - lat_a), abs(lon_b - lon_a)) / STEP_DEG), 1)
        for k in range(count + 1):
            share = k / count
            yield lat_a + share * (lat_b - lat_a), lon_a + share * (lon_b - lon_a)


def test_the_outlines_tell_land_from_sea() -> None:
    assert on_land(34.5, 69.2), "Kabul"
    assert on_land(23.5, 57.0), "Oman"
    assert not on_land(23.0, 63.0), "the Arabian Sea"
    assert not on_land(42.0, 50.6), "the Caspian Sea"


@pytest.mark.parametrize("link", SEA_LINKS, ids=lambda link: link.id)
def test_no_lane_crosses_land(link: Link) -> None:
    network = reference.network()
    points = lane_points(chart(), network, link)
    assert points, "a sea link without a lane"
    ends = [network.places[name].position for name in (link.from_id, link.to_id)]
    wet = [
        spot
        for spot in samples(points)
        if all(max(abs(spot[0] - end[0]), abs(spot[1] - end[1])) > NEAR_PORT_DEG for end in ends)
    ]
    assert [spot for spot in wet if on_land(*spot)] == []


@pytest.mark.parametrize("link", SEA_LINKS, ids=lambda link: link.id)
def test_a_lane_begins_at_its_first_port_or_leaves_the_frame(link: Link) -> None:
    network = reference.network()
    points = lane_points(chart(), network, link)
    ends = [network.places[name].position for name in (link.from_id, link.to_id)]
    assert points[0] == ends[0] or points[-1] == ends[1]
    assert points[-1] == ends[1] or points[-1][0] < 22


def test_a_point_without_its_port_or_its_rank_is_a_fault(tmp_path: Path) -> None:
    """A blank rank would be the westernmost of all: missing is not zero."""

    def blank(frame: pl.DataFrame) -> pl.DataFrame:
        use = pl.col("use")
        rank = pl.when((use == "cape") & (use == "cape").cum_sum().eq(1)).then(None)
        end = pl.when((use == "lane") & (use == "lane").cum_sum().eq(1)).then(None)
        return frame.with_columns(
            rank.otherwise(pl.col("rank_index")).alias("rank_index"),
            end.otherwise(pl.col("to_id")).alias("to_id"),
        )

    change_table(tmp_path, "map_points", blank)
    with pytest.raises(DataError, match="cape without rank_index") as caught:
        read_chart(Catalog(tmp_path))
    assert "lane without to_id" in str(caught.value)
