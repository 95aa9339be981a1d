"""What a country's imports hang on: each of its crossings in, and each neighbour, taken away.

Flows are those from which `karwan impact` starts: counts of the year before what is shut now began,
in tonnes. Room is what the other crossings passed beyond that on a good day; where a way round
exists for a cargo is another question, which `karwan impact` answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.traffic.base_flows import loaded_share
from karwan.analysis.traffic.capacity import capacities_of, capacity_used
from karwan.analysis.traffic.counts import TONNE, TRUCK
from karwan.base.errors import FitError
from karwan.base.telling import Column, Form
from karwan.network.vehicles import read_units

if TYPE_CHECKING:
    from karwan.analysis.traffic.capacity import Capacities, CapacityUsed
    from karwan.analysis.world.world import World
    from karwan.base.provenance import Source

EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
FILES = (Form.json, Form.csv, Form.frame)
CROSSING, NEIGHBOUR = "crossing", "neighbour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inlet:
    """A crossing into a country with what came in by it.

    Attributes
    ----------
    t_per_day
        None where nothing that lasted was counted.
    most_t_per_day
        What it passes on a good day (P50 of its capacity); None where nothing is known.
    """

    element_id: str
    name: str
    from_country: str
    to_country: str
    t_per_day: float | None
    most_t_per_day: float | None
    is_shut: bool
    sources: tuple[Source, ...]

    @property
    def room_t_per_day(self) -> float | None:
        """What more it could pass a day; 0 where it is shut, None where that is not known."""
        if self.is_shut:
            return 0.0
        if self.t_per_day is None or self.most_t_per_day is None:
            return None
        return max(self.most_t_per_day - self.t_per_day, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """What is left of a country's counted imports without one crossing, or one neighbour.

    Attributes
    ----------
    kind
        crossing or neighbour.
    share
        Part of all counted imports that came in there.
    room_share
        Part of that for which the others, as they are today, had room; at most 1. At least that
        where `room_unknown` names any.
    left_share
        Imports left if the room is used. What gates that are shut anyhow brought in comes no more,
        unless the others have room for it beside what is taken away here.
    room_unknown
        Other crossings that are open and of which nobody knows what more they take: their room is
        in neither share.
    """

    country: str
    kind: str
    name: str
    t_per_day: float
    share: float
    room_share: float
    left_share: float
    is_shut: bool
    uncounted: tuple[str, ...]
    sources: tuple[Source, ...]
    room_unknown: tuple[str, ...] = ()
    grade: str = "C"


def inlets(world: World, country: str) -> tuple[Inlet, ...]:
    """Return the crossings by which freight enters a country, in order of their ids."""
    capacities, now = capacities_of(world), shut_now(world)
    payload_t = read_units(world.catalog)[TRUCK].payload_t
    ways = []
    for name in sorted(world.network.crossings):
        if not world.network.links[world.network.crossings[name].link_id].built:
            continue
        rows = [
            row
            for row in capacity_used(world, name, capacities, by=now.since)
            if row.to_country == country
        ]
        known = [row for row in rows if row.vehicle in (TRUCK, TONNE)]
        if known:
            ways.append(_inlet(capacities, known[0], now, payload_t))
    return tuple(ways)


def _inlet(capacities: Capacities, row: CapacityUsed, now: ShutNow, payload_t: float) -> Inlet:
    flow = row.flow if row.flow is not None and row.flow.is_counted else None
    times = payload_t * loaded_share(capacities, row) if row.vehicle == TRUCK else 1.0
    return Inlet(
        element_id=row.element_id,
        name=row.name,
        from_country=row.from_country,
        to_country=row.to_country,
        t_per_day=None if flow is None else flow.per_day * times,
        most_t_per_day=None if row.band is None else row.band.p50 * times,
        is_shut=row.element_id in now.names,
        sources=() if flow is None else flow.sources,
    )


@dataclass(frozen=True, slots=True)
class ShutNow:
    """Crossings that are shut on the date, and when the first of them shut; the date if none is."""

    names: frozenset[str]
    since: dt.date


def shut_now(world: World) -> ShutNow:
    """Return what is shut on the date by the record, and by the question."""
    asked = world.shut_ids & frozenset(world.network.crossings)
    try:
        model = fit_world(world)
    except FitError:
        return ShutNow(asked, world.as_of)
    runs = {
        name: running
        for name in model.running_elements()
        if name in world.network.crossings and world.network.is_built(name)
        if (running := model.running(name)) is not None
    }
    since = min((one.item.start for one in runs.values()), default=world.as_of)
    return ShutNow((frozenset(runs) | asked) - world.open_ids, since)


def dependence(world: World, country: str) -> tuple[Dependence, ...]:
    """Return what a country's imports hang on: by crossing, then by neighbour, the largest first.

    Empty where nothing that comes in was counted.
    """
    return dependence_of(country, inlets(world, country))


def dependence_of(country: str, ways: Sequence[Inlet]) -> tuple[Dependence, ...]:
    """Return the same of crossings that are given."""
    counted = [one for one in ways if one.t_per_day is not None]
    total = sum(one.t_per_day or 0.0 for one in counted)
    if not total:
        return ()
    missing = tuple(one.element_id for one in ways if one.t_per_day is None)
    groups: list[tuple[str, str, tuple[Inlet, ...]]] = [
        (CROSSING, one.name, (one,)) for one in counted if one.t_per_day
    ]
    neighbours = dict.fromkeys(one.from_country for one in counted if one.t_per_day)
    groups += [
        (NEIGHBOUR, name, tuple(one for one in counted if one.from_country == name))
        for name in neighbours
    ]
    rows = [_without(country, group, ways, total, missing) for group in groups]
    return tuple(sorted(rows, key=lambda one: (one.kind, -one.share, one.name)))


def _without(
    country: str, group: tuple[str, str, tuple[Inlet, ...]], ways: Sequence[Inlet],
    total: float, missing: tuple[str, ...],
) -> Dependence:  # fmt: skip
    kind, name, gone = group
    lost = sum(one.t_per_day or 0.0 for one in gone)
    others = [one for one in ways if one not in gone]
    room = sum(one.room_t_per_day or 0.0 for one in others)
    covered = min(room / lost, 1.0)
    kept = sum(one.t_per_day or 0.0 for one in others if not one.is_shut)
    homeless = total - kept
    return Dependence(
        country=country, kind=kind, name=name, t_per_day=lost, share=lost / total,
        room_share=covered, left_share=(kept + min(room, homeless)) / total,
        is_shut=all(one.is_shut for one in gone), uncounted=missing,
        sources=tuple(dict.fromkeys(source for one in gone for source in one.sources)),
        room_unknown=tuple(one.element_id for one in others if one.room_t_per_day is None),
    )  # fmt: skip


def _share(name: str, shown: str) -> Column[Dependence]:
    return Column(
        name=name, unit="share", forms=EVERYWHERE, spec=".0%", digits=dict.fromkeys(FILES, 4),
        names={Form.table: shown},
    )  # fmt: skip


DEPENDENCE: tuple[Column[Dependence], ...] = (
    Column(name="country", forms=EVERYWHERE),
    Column(name="kind", forms=EVERYWHERE),
    Column(name="name", forms=EVERYWHERE, names={Form.table: "without"}),
    Column(name="is_shut", forms=FILES),
    Column(name="state", get=lambda one: "shut" if one.is_shut else "", forms=(Form.table,)),
    Column(name="t_per_day", unit="t/day", forms=EVERYWHERE, spec=",.0f",
           digits=dict.fromkeys(FILES, 1), names={Form.table: "t a day in"}),
    _share("share", "of imports"),
    _share("room_share", "others have room for"),
    _share("left_share", "imports left"),
    Column(name="uncounted", forms=FILES),
    Column(name="room_unknown", forms=FILES),
    Column(name="grade", forms=EVERYWHERE),
)  # fmt: skip
"""What is left of a country's imports without a crossing or a neighbour."""
