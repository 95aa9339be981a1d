"""Capacities as plain data: what `--format json` prints and what a frame holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.answers import date_text, rounded, world_to_dict
from karwan.analysis.traffic.capacity import CapacityUsed, CarrierQuota
from karwan.analysis.traffic.room import Room, RoomBand
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.base.telling import Column, Form, to_dict

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.base.provenance import Source

EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
FILES = (Form.json, Form.csv, Form.frame)
UNITS = {"truck": "trucks", "tonne": "t", "wagon": "wagons", "train_pair": "pairs of trains"}
DIGITS = {Form.json: 1, Form.csv: 1}


def _figure(name: str) -> Column[CapacityUsed]:
    def get(row: CapacityUsed) -> float | None:
        return None if row.band is None else float(getattr(row.band, name))

    return Column(
        name=f"{name}_per_day", get=get, unit="a day", forms=EVERYWHERE, digits=DIGITS,
        names={Form.table: name.upper(), Form.html: name.upper()}, spec=",.0f",
    )  # fmt: skip


def _flow(name: str) -> Callable[[CapacityUsed], Any]:
    """Return what reads a part of the ordinary flow; None where nothing is known."""

    def get(row: CapacityUsed) -> Any:
        return None if row.flow is None else getattr(row.flow, name)

    return get


FLOWS: tuple[Column[CapacityUsed], ...] = (
    Column(name="flow_per_day", get=_flow("per_day"), unit="a day", forms=EVERYWHERE,
           digits=DIGITS, names={Form.table: "ordinary", Form.html: "ordinary"}, spec=",.0f"),
    *(
        Column(name=f"flow_{end}_per_day", get=_flow(f"{end}_per_day"), unit="a day",
               forms=FILES, digits=DIGITS)
        for end in ("low", "high")
    ),
    Column(name="flow_basis", get=_flow("basis"), forms=FILES),
    Column(name="flow_rests_on", get=_flow("rests_on"), forms=FILES),
    Column(name="flow_known_on", get=lambda row: date_text(row.flow.known_on if row.flow else None),
           forms=FILES),
    Column(name="flow_grade", get=_flow("grade"), forms=FILES),
)  # fmt: skip
"""What passes in ordinary times, before it was shut: one figure for queue, decision and impact."""


def _quotas(row: CapacityUsed) -> tuple[str, ...]:
    return tuple(f"{one.carrier} {one.per_day:g} a day ({one.count_id})" for one in row.quotas)


CAPACITIES: tuple[Column[CapacityUsed], ...] = (
    Column(name="element", get=lambda row: row.element_id, forms=(*FILES, Form.html)),
    Column(name="name", forms=(*FILES, Form.table)),
    Column(name="direction", forms=FILES),
    Column(name="from_country", forms=EVERYWHERE, names={Form.table: "from"}),
    Column(name="to_country", forms=EVERYWHERE, names={Form.table: "to"}),
    Column(name="vehicle", forms=FILES),
    Column(name="unit", get=lambda row: UNITS[row.vehicle], forms=(Form.table, Form.html)),
    _figure("p10"),
    _figure("p50"),
    _figure("p90"),
    *FLOWS,
    Column(name="basis", forms=EVERYWHERE),
    Column(name="gate_class", forms=FILES),
    Column(name="class_count", forms=FILES),
    Column(name="rests_on", forms=EVERYWHERE, names={Form.table: "rests on"}),
    Column(name="at_least", forms=FILES),
    Column(name="tied", forms=FILES),
    Column(name="coupled", forms=FILES),
    Column(name="open_hours", unit="h", forms=EVERYWHERE, names={Form.table: "open"}),
    Column(name="loaded_share", unit="share", forms=FILES),
    Column(name="quotas", get=_quotas, forms=(Form.csv, Form.frame)),
    Column(name="known_on", get=lambda row: date_text(row.known_on), forms=EVERYWHERE,
           names={Form.table: "known"}),
    Column(name="later", forms=FILES),
    Column(name="grade", forms=EVERYWHERE),
    Column(name="id", get=lambda row: row.element_id, forms=(Form.table,)),
)  # fmt: skip


def quota_to_dict(quota: CarrierQuota) -> dict[str, Any]:
    """Return what is let through of one country's trucks."""
    return {
        "carrier": quota.carrier,
        "per_day": rounded(quota.per_day),
        "row": quota.count_id,
        "known_on": quota.known_on.isoformat(),
        "why": quota.why,
    }


def room_band_to_dict(band: RoomBand) -> dict[str, Any]:
    """Return room beside, as shares of what was lost."""
    return {
        "room_per_day": rounded(band.room_per_day),
        "share": rounded(band.share),
        "middle_share": rounded(band.middle_share),
        "p10_share": rounded(band.p10_share),
        "p90_share": rounded(band.p90_share),
    }


def room_to_dict(room: Room) -> dict[str, Any]:
    """Return what gates beside can take, by both readings."""
    return {
        "closed": list(room.shut),
        "lost_per_day": rounded(room.lost_per_day),
        "series": room.series,
        "beside": [
            {
                "element": one.element_id,
                "flow_per_day": rounded(one.flow_per_day),
                "p50_per_day": rounded(one.band.p50),
            }
            for one in room.beside
        ],
        "by_counts": room_band_to_dict(room.by_counts),
        "by_class": room_band_to_dict(room.by_class),
    }


def capacity_sources(rows: Iterable[CapacityUsed], room: Room | None) -> list[Source]:
    """Return all sources that capacities rest on."""
    sources = [source for row in rows for source in (*row.sources, *row.flow_sources)]
    return [*sources, *(room.sources if room is not None else ())]


def capacities_to_dict(
    world: World, rows: Sequence[CapacityUsed], room: Room | None
) -> dict[str, Any]:
    """Return capacities with the rows that they rest on, and room beside what is shut."""
    sources = capacity_sources(rows, room)
    return {
        "world": world_to_dict(world),
        "capacities": [
            to_dict(CAPACITIES, row)
            | {"quotas": [quota_to_dict(one) for one in row.quotas], "why": list(row.why)}
            for row in rows
        ],
        "room": None if room is None else room_to_dict(room),
        "later_facts": later_facts_to_dict(later_facts(world, sources)),
        "sources": sorted({one.url for one in sources if one.url.startswith("http")}),
    }
