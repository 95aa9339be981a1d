"""Answers about crossings that are full or shut: what they can pass, and what waits there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.base.errors import DataError, Fault, UnknownNameError

if TYPE_CHECKING:
    from karwan.analysis.traffic.capacity import CapacityUsed
    from karwan.analysis.traffic.room import Room
    from karwan.analysis.world.world import World


@dataclass(frozen=True, slots=True)
class Capacity:
    """What crossings can pass, and what those beside can take of what is shut."""

    rows: tuple[CapacityUsed, ...]
    room: Room | None


def capacity_asked(
    world: World,
    name: str | None = None,
    *,
    hours: float | None = None,
    carrier: str | None = None,
    closed: Sequence[str] = (),
    strict: bool = False,
) -> Answer[Capacity]:
    """Return what a crossing, those of a frontier group or all can pass in a day.

    Parameters
    ----------
    hours
        Hours a day that it is open, in place of those of the counts.
    carrier
        Country whose trucks are asked of: its quota, where it has one, comes before the gate.
    closed
        Crossings shut: then also what those beside can take of it.
    strict
        Refuse an answer that rests on figures of a later day.

    Raises
    ------
    DataError
        Names every fault of the question under its argument.
    """
    from karwan.analysis.forecasts.closures import asked_elements
    from karwan.analysis.traffic.answers import CAPACITIES, capacities_to_dict, capacity_sources
    from karwan.analysis.traffic.capacity import capacities_of, capacity_used
    from karwan.analysis.traffic.room import room_beside
    from karwan.analysis.world.later import refuse_later

    network = world.network
    ids = asked_elements(network, name) if name is not None else sorted(
        one for one in network.crossings if network.links[network.crossings[one].link_id].built
    )  # fmt: skip
    if hours is not None and name is None:
        raise DataError("the question", [Fault("hours", "name the crossing whose hours they are")])
    if carrier is not None and carrier not in network.countries:
        raise DataError(
            "the question",
            [Fault("carrier", str(UnknownNameError("country", carrier, network.countries)))],
        )
    capacities = capacities_of(world)
    rows = tuple(
        row
        for one in ids
        if one in network.crossings or len(ids) == 1
        for row in capacity_used(world, one, capacities, open_hours=hours)
    )
    if carrier is not None:
        rows = tuple(replace(row, band=row.of_carrier(carrier)) for row in rows)
    shut = [crossing for one in closed for crossing in _crossings(world, one)]
    room = room_beside(world, shut) if shut else None
    if strict:
        refuse_later(world, capacity_sources(rows, room))
    return Answer(
        title=f"Capacity of {name or 'all crossings'}, as of {world.as_of}",
        content=Capacity(rows, room),
        tell=lambda: capacities_to_dict(world, rows, room),
        columns=CAPACITIES,
        rows=lambda: rows,
    )


def _crossings(world: World, name: str) -> tuple[str, ...]:
    """Return the crossings in use that a name to shut stands for; all those of a place."""
    from karwan.analysis.world.world import named_in

    network = world.network
    shut = named_in(network, [name], ()).shut_ids
    crossings = [network.crossings[one] for one in sorted(shut) if one in network.crossings]
    used = tuple(one.id for one in crossings if network.links[one.link_id].built)
    if not used:
        text = "no crossing that is in use; name one"
        raise DataError("the question", [Fault("closed", text, name)])
    return used
