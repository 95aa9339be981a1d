"""A road map thinned to what freight asks of: places, crossings, and where main ways part.

Dead ends go, then every node at which one only drives on; of several links between the same two
nodes the shortest stays, so that a road of two carriageways becomes one. Courses are kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from karwan.base.geo import great_circle_km
from karwan.network.draft import Stretch, length_of
from karwan.network.shapes import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

NEAREST_KM = 10.0
"""So near a place must lie to a way that serves it."""
BESIDE_KM = 1.0
"""Ways over a frontier that are closer are the lanes of one post."""
EARTH_KM = 6371.0
COURSE_KM = 0.2
"""How far a kept course may lie from that of the map: the error that a shape may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A way of a map: its nodes in order, and what it is."""

    refs: tuple[int, ...]
    mode: str
    gauge_mm: int | None
    speed_kmh: float | None
    lane_count: int | None
    surface: str

    def part(self, refs: Sequence[int]) -> Run:
        """Return the run over some of its nodes."""
        return replace(self, refs=tuple(refs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A place that stays whatever leads there."""

    id: str
    position: Spot
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """A link while it is thinned; kinds of what it is made of by their km."""

    a: int
    b: int
    refs: tuple[int, ...]
    km: float
    run: Run
    hours: float
    timed_km: float
    is_post: bool

    def other(self, end: int) -> int:
        """Return the end that is not this one."""
        return self.b if end == self.a else self.a

    def from_end(self, end: int) -> tuple[int, ...]:
        """Return the nodes in order from one end."""
        return self.refs if self.refs[0] == end else self.refs[::-1]


def thin(
    runs: Sequence[Run],
    spots: Mapping[int, Spot],
    homes: Mapping[int, str],
    anchors: Sequence[Anchor],
) -> list[Stretch]:
    """Return the links of a map between places, crossings and junctions.

    Parameters
    ----------
    spots, homes
        Position and country of every node of the runs.
    """
    stretches: list[Stretch] = []
    for mode, gauge in sorted({(run.mode, run.gauge_mm or 0) for run in runs}):
        mine = [run for run in runs if (run.mode, run.gauge_mm or 0) == (mode, gauge)]
        stretches += _thin_one(mine, spots, homes, anchors, len(stretches))
    return stretches


def _thin_one(
    runs: Sequence[Run],
    spots: Mapping[int, Spot],
    homes: Mapping[int, str],
    anchors: Sequence[Anchor],
    before: int,
) -> Iterator[Stretch]:
    """Yield the links of one mode and gauge."""
    at = {
        ref: anchor
        for ref, anchor in _snapped(runs, spots, anchors).items()
        if homes[ref] == anchor.country
    }
    posts = {
        ref for run in runs for a, b in pairwise(run.refs) if homes[a] != homes[b] for ref in (a, b)
    }
    fixed = set(at) | posts
    edges = _edges(runs, spots, homes, fixed)
    edges = _one_of_each_gate(_settled(edges, fixed), spots)
    kept = {end for edge in edges if edge.is_post for end in (edge.a, edge.b)}
    edges = _settled(edges, set(at) | kept)
    name = {ref: anchor.id for ref, anchor in at.items()}
    ids = {ref: name.get(ref, f"n{ref}") for edge in edges for ref in (edge.a, edge.b)}
    position = {ref: at[ref].position if ref in at else spots[ref] for ref in ids}
    for number, edge in enumerate(edges, before + 1):
        course = simplified([spots[ref] for ref in edge.refs])
        straight_km = great_circle_km(*position[edge.a], *position[edge.b])
        run = edge.run
        yield Stretch(
            id=f"{run.mode}-{number}",
            from_id=ids[edge.a],
            to_id=ids[edge.b],
            mode=run.mode,
            length_km=max(edge.km, straight_km),
            speed_kmh=round(edge.timed_km / edge.hours, 1) if edge.hours else None,
            gauge_mm=run.gauge_mm,
            lane_count=run.lane_count,
            surface=run.surface,
            course=tuple(course),
            crossing_id=f"post-{number}" if edge.is_post and run.mode != "sea" else "",
        )


def _snapped(
    runs: Sequence[Run], spots: Mapping[int, Spot], anchors: Sequence[Anchor]
) -> dict[int, Anchor]:
    """Return the node next to each place that has one near; of two places at one, the nearer."""
    from scipy.spatial import KDTree

    refs = sorted({ref for run in runs for ref in run.refs})
    if not refs or not anchors:
        return {}
    tree = KDTree(_on_globe([spots[ref] for ref in refs]))
    nearest: dict[int, tuple[float, Anchor]] = {}
    for anchor in anchors:
        far, k = tree.query(_on_globe([anchor.position])[0])
        ref = refs[int(k)]
        if far * EARTH_KM <= NEAREST_KM and (ref not in nearest or far < nearest[ref][0]):
            nearest[ref] = (float(far), anchor)
    return {ref: anchor for ref, (_, anchor) in nearest.items()}


def _on_globe(spots: Sequence[Spot]) -> np.ndarray:
    lat, lon = np.radians(np.array(spots, dtype=np.float64)).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _edges(
    runs: Sequence[Run],
    spots: Mapping[int, Spot],
    homes: Mapping[int, str],
    fixed: set[int],
) -> list[_Edge]:
    """Return runs cut where they end, meet, or pass what stays."""
    uses = Counter(ref for run in runs for ref in dict.fromkeys(run.refs))
    ends = {ref for run in runs for ref in (run.refs[0], run.refs[-1])}
    edges = []
    for run in runs:
        start = 0
        for k in range(1, len(run.refs)):
            ref = run.refs[k]
            if not (k == len(run.refs) - 1 or ref in ends or uses[ref] > 1 or ref in fixed):
                continue
            refs = run.refs[start : k + 1]
            start = k
            if refs[0] == refs[-1]:
                continue
            km = length_of([spots[one] for one in refs])
            hours = km / run.speed_kmh if run.speed_kmh else 0.0
            edges.append(
                _Edge(
                    a=refs[0], b=refs[-1], refs=refs, km=km, run=run, hours=hours,
                    timed_km=km if hours else 0.0, is_post=homes[refs[0]] != homes[refs[-1]],
                )
            )  # fmt: skip
    return edges


def _settled(edges: list[_Edge], fixed: set[int]) -> list[_Edge]:
    """Return edges thinned until nothing more goes, in the order of their ends."""
    count = -1
    while len(edges) != count:
        count = len(edges)
        edges = _driven_through(_without_dead_ends(_shortest(edges), fixed), fixed)
    return sorted(edges, key=lambda edge: (min(edge.a, edge.b), max(edge.a, edge.b), edge.km))


def _one_of_each_gate(edges: list[_Edge], spots: Mapping[int, Spot]) -> list[_Edge]:
    """Return edges with one alone of those over a frontier that begin within a km of another."""
    kept: list[_Edge] = []
    for edge in edges:
        beside = edge.is_post and any(
            great_circle_km(*spots[edge.a], *spots[end]) < BESIDE_KM
            for other in kept
            if other.is_post
            for end in (other.a, other.b)
        )
        if not beside:
            kept.append(edge)
    return kept


def _shortest(edges: Iterable[_Edge]) -> list[_Edge]:
    """Return the shortest edge between any two nodes; an edge that leads back to itself goes."""
    best: dict[tuple[int, int], _Edge] = {}
    for edge in edges:
        key = (min(edge.a, edge.b), max(edge.a, edge.b))
        if edge.a != edge.b and (key not in best or edge.km < best[key].km):
            best[key] = edge
    return list(best.values())


def _without_dead_ends(edges: list[_Edge], fixed: set[int]) -> list[_Edge]:
    at = _meeting(edges)
    kept = dict(enumerate(edges))
    dead = [ref for ref, mine in at.items() if len(mine) == 1 and ref not in fixed]
    while dead:
        ref = dead.pop()
        for number in at[ref]:
            edge = kept.pop(number, None)
            if edge is None:
                continue
            other = edge.other(ref)
            at[other].discard(number)
            if len(at[other]) == 1 and other not in fixed:
                dead.append(other)
        at[ref] = set()
    return list(kept.values())


def _driven_through(edges: list[_Edge], fixed: set[int]) -> list[_Edge]:
    """Return edges joined at nodes where two meet and nothing stays; posts stay edges apart."""
    at = _meeting(edges)
    kept = dict(enumerate(edges))
    fresh = len(edges)
    for ref in list(at):
        if ref in fixed or len(at[ref]) != 2:  # noqa: PLR2004
            continue
        first, second = sorted(at[ref])
        one, two = kept[first], kept[second]
        if one.is_post or two.is_post or one.other(ref) == two.other(ref):
            continue
        joined = _joined(one, two, ref)
        for number, edge in ((first, one), (second, two)):
            del kept[number]
            at[edge.other(ref)].discard(number)
        kept[fresh] = joined
        at[joined.a].add(fresh)
        at[joined.b].add(fresh)
        at[ref] = set()
        fresh += 1
    return list(kept.values())


def _meeting(edges: Sequence[_Edge]) -> dict[int, set[int]]:
    at: defaultdict[int, set[int]] = defaultdict(set)
    for number, edge in enumerate(edges):
        at[edge.a].add(number)
        at[edge.b].add(number)
    return dict(at)


def _joined(one: _Edge, two: _Edge, ref: int) -> _Edge:
    """Return two edges as one; it is called what the longer is."""
    refs = one.from_end(ref)[::-1] + two.from_end(ref)[1:]
    longer = one if one.km >= two.km else two
    return _Edge(
        a=refs[0], b=refs[-1], refs=refs, km=one.km + two.km, run=longer.run,
        hours=one.hours + two.hours, timed_km=one.timed_km + two.timed_km, is_post=False,
    )  # fmt: skip


def simplified(spots: Sequence[Spot]) -> list[Spot]:
    """Return a course without positions that lie within 200 m of the line without them.

    Douglas and Peucker (1973), with distances on a plane whose degrees of longitude are as long as
    at the line's own latitude.

    Examples
    --------
    >>> simplified([(40.0, 70.0), (40.0, 70.5), (40.0, 71.0)])
    [(40.0, 70.0), (40.0, 71.0)]
    """
    at = np.array(spots, dtype=np.float64)
    scale = np.array([1.0, np.cos(np.radians(at[:, 0].mean()))]) * np.radians(1) * EARTH_KM
    flat = at * scale
    kept = {0, len(spots) - 1}
    todo = [(0, len(spots) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:  # noqa: PLR2004
            continue
        off = _off_line(flat[first + 1 : last], flat[first], flat[last])
        k = int(off.argmax())
        if off[k] > COURSE_KM:
            kept.add(first + 1 + k)
            todo += [(first, first + 1 + k), (first + 1 + k, last)]
    return [spots[k] for k in sorted(kept)]


def _off_line(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how far points lie from the line between two."""
    along = end - start
    size = float(along @ along)
    share = np.clip((points - start) @ along / size, 0, 1) if size else np.zeros(len(points))
    return np.asarray(np.hypot(*(points - start - share[:, None] * along).T))
