"""Where ships go on the map: sea links by way-points at capes and straits, clear of land.

Roads and railways are drawn straight between surveyed places; a straight sea link would cross a
coast. Links to ports beyond the frame leave it as stubs, towards the port named beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.data.region import map_points

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.data.rows.region import MapPointRow
    from karwan.network.network import Network
    from karwan.network.nouns import Link

Spot = tuple[float, float]
NOWHERE = ("", (-90.0, 0.0))
"""Where ships leave the frame in a land whose tables draw no sea: nothing lies beyond it."""
NEEDED = {
    "approach": ("from_id", "rank_index"),
    "lane": ("from_id", "to_id"),
    "cape": ("rank_index",),
}
"""What a point must have by its use; a blank is a fault and never a rank of 0."""
OUTERMOST = 3
"""Capes east of this rank lie beyond the frame's exit."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is known of the sea for drawing, by the table `map_points`; all points (lat, lon).

    Attributes
    ----------
    edge_name, edge
        The words where ships leave the frame, and their place.
    exit
        Where ships leave the frame.
    approaches
        The way out of each port to the open sea.
    ranks
        Ports by their order from west to east.
    lanes
        Ways of their own between two ports, from the first to the second.
    capes
        Points on the way along the coast, with their order among the ports.
    """

    edge_name: str
    edge: Spot
    exit: Spot
    approaches: Mapping[str, tuple[Spot, ...]]
    ranks: Mapping[str, int]
    lanes: Mapping[tuple[str, str], tuple[Spot, ...]]
    capes: tuple[tuple[int, Spot], ...]

    __repr__ = short_repr

    def seaward(self, west: str, east_rank: int) -> tuple[Spot, ...]:
        """Return the capes between a port and a rank further east."""
        return tuple(spot for rank, spot in self.capes if self.ranks[west] < rank < east_rank)


def read_chart(catalog: Catalog) -> Chart:
    """Return the chart of a catalogue.

    Raises
    ------
    DataError
        If the table names more or fewer than one edge and one exit of the frame (a land that
        stands alone may have neither), or a point of an approach, lane or cape lacks its port or
        its rank.
    """
    points = {
        use: [(row.name or "", _spot(row)) for row in map_points(catalog, use)]
        for use in ("edge", "exit")
    }
    if catalog.stands_alone and not any(points.values()):
        points = {"edge": [NOWHERE], "exit": [NOWHERE]}
    faults = [
        f"it must hold one {use} and holds {len(found)}"
        for use, found in points.items()
        if len(found) != 1
    ]
    faults += [
        f"point {row.point_index}: {use} without {column}"
        for use, columns in NEEDED.items()
        for row in map_points(catalog, use)
        for column in columns
        if getattr(row, column) is None
    ]
    if faults:
        raise DataError("table map_points", faults)
    ((name, edge),), ((_, out),) = points["edge"], points["exit"]
    approaches: dict[str, tuple[Spot, ...]] = {}
    ranks: dict[str, int] = {}
    for row in map_points(catalog, "approach"):
        if row.from_id is not None and row.rank_index is not None:
            approaches[row.from_id] = (*approaches.get(row.from_id, ()), _spot(row))
            ranks[row.from_id] = row.rank_index
    lanes: dict[tuple[str, str], tuple[Spot, ...]] = {}
    for row in map_points(catalog, "lane"):
        if row.from_id is not None and row.to_id is not None:
            ends = (row.from_id, row.to_id)
            lanes[ends] = (*lanes.get(ends, ()), _spot(row))
    capes = tuple(
        (row.rank_index, _spot(row))
        for row in map_points(catalog, "cape")
        if row.rank_index is not None
    )
    return Chart(
        edge_name=name,
        edge=edge,
        exit=out,
        approaches=approaches,
        ranks=ranks,
        lanes=lanes,
        capes=capes,
    )


def _spot(row: MapPointRow) -> Spot:
    return row.lat_deg, row.lon_deg


def lane_points(chart: Chart, network: Network, link: Link) -> tuple[Spot, ...]:
    """Return the (latitude, longitude) points of a sea link, from its first end to its last.

    A port without a lane of ours, or beyond the frame, ends the line where it leaves the frame.
    """
    ends = (link.from_id, link.to_id)
    spots = {name: network.places[name].position for name in ends}
    for start, end in (ends, ends[::-1]):
        if (start, end) in chart.lanes:
            way = (spots[start], *chart.lanes[start, end], spots[end])
            return way if start == ends[0] else way[::-1]
    off, ranks = chart.approaches, chart.ranks
    known = [name for name in ends if name in off]
    if not known:
        return ()
    if len(known) == 1:
        capes = chart.seaward(known[0], OUTERMOST)
        out = (spots[known[0]], *off[known[0]], *capes, chart.exit)
        return out if known[0] == ends[0] else out[::-1]
    west, east = sorted(ends, key=lambda name: (ranks[name], name))
    between = chart.seaward(west, ranks[east])
    points = (spots[west], *off[west], *between, *off[east][::-1], spots[east])
    return points if west == ends[0] else points[::-1]
