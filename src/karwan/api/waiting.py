"""Answers about crossings that are full or shut: what they can pass, and what waits there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.resting import ages_of
from karwan.base.errors import DataError, Fault, UnknownNameError

if TYPE_CHECKING:
    from karwan.analysis.decisions.closures import ClosureQueue
    from karwan.analysis.decisions.residual import Residual
    from karwan.analysis.traffic.capacity import CapacityUsed
    from karwan.analysis.traffic.room import Room
    from karwan.analysis.world.world import World
    from karwan.network.network import Network


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


def queue_asked(  # noqa: PLR0913
    world: World,
    name: str,
    *,
    closed_for: float | None = None,
    reopens: dt.date | None = None,
    arrivals: float | None = None,
    arrivals_law: str = "fading",
    capacity: float | None = None,
    restart: str | None = None,
    strict: bool = False,
) -> Answer[ClosureQueue]:
    """Return the queue at a crossing: what waits, when it clears, what a day costs and whom.

    Parameters
    ----------
    closed_for
        Days that it has been shut by the date; None for what the record holds.
    reopens
        When it reopens; None for the date itself in `clear_on`, and for how long closures last in
        `clear_by` and `wait_days`.
    arrivals, capacity
        Trucks a day, both ways together; None for what was counted.
    arrivals_law
        `fading`, or `constant` for the queue of the textbook, which restarts at once.
    restart
        `at-once`, `ramp` or `staged`; None for what follows from length and cause.

    Raises
    ------
    DataError
        Names every fault of the question under its argument.
    """
    from karwan.analysis.decisions.answers import CURVE, curve, queue_to_dict
    from karwan.analysis.decisions.closures import Supposed, closure_queue
    from karwan.analysis.decisions.queues import ArrivalsLaw
    from karwan.analysis.decisions.restart import Restart
    from karwan.analysis.world.later import refuse_later

    faults = [
        *_word_faults("arrivals_law", arrivals_law, ArrivalsLaw),
        *(_word_faults("restart", restart, Restart) if restart is not None else ()),
        *age_faults(closed_for),
    ]
    element_id = _road_crossing(world, name, faults)
    if faults or element_id is None:
        raise DataError("the question", faults)
    supposed = Supposed(
        closed_for_days=closed_for,
        reopens=reopens,
        arrivals_per_day=arrivals,
        capacity_per_day=capacity,
        law=ArrivalsLaw(arrivals_law),
        restart=Restart(restart) if restart is not None else None,
    )
    residual = residual_asked(world, element_id, closed_for)
    queue = closure_queue(world, element_id, residual, supposed)
    if strict:
        refuse_later(world, queue.sources)
    return Answer(
        title=f"Queue at {queue.name}, as of {world.as_of}",
        content=queue,
        tell=lambda: queue_to_dict(world, queue),
        columns=CURVE,
        rows=lambda: curve(queue),
        ages=ages_of(world, lambda: [element_id]),
    )


def road_crossings(network: Network, kind: str, ident: str) -> list[str]:
    """Return the road crossings in use that are it, or lie at a place."""
    return [
        one.id
        for one in network.crossings.values()
        if one.mode == "road"
        and network.links[one.link_id].built
        and (one.id == ident or (kind == "place" and ident in (one.side_a, one.side_b)))
    ]


def _word_faults(key: str, given: str, words: type[StrEnum]) -> list[Fault]:
    return [] if given in tuple(words) else [Fault(key, f"not one of {', '.join(words)}", given)]


def age_faults(closed_for: float | None) -> list[Fault]:
    """Return what is wrong with the days for which something is said to be shut."""
    from karwan.base.limits import LIMITS

    fault = None if closed_for is None else LIMITS["closed_for"].fault(closed_for)
    return [] if fault is None else [fault]


def _road_crossing(world: World, name: str, faults: list[Fault], key: str = "") -> str | None:
    """Return the id of a road crossing in use; a place stands for its only one."""
    network = world.network
    try:
        kind, ident = network.resolve(name)
    except UnknownNameError as error:
        faults.append(Fault(key, str(error)))
        return None
    here = road_crossings(network, kind, ident)
    if len(here) == 1:
        return here[0]
    choice = f": {' or '.join(sorted(here))}" if here else ""
    faults.append(Fault(key, f"not a road crossing in use; name one{choice}", name))
    return None


def residual_asked(world: World, element_id: str, closed_for: float | None) -> Residual | None:
    """Return how long a crossing stays shut: by what the world shuts, opens or supposes."""
    from karwan.analysis.decisions.residual import residual_of
    from karwan.analysis.forecasts.closures import fit_world

    is_shut = element_id in world.running and element_id not in world.open_ids
    if closed_for is None and not is_shut and element_id not in world.shut_ids:
        return None
    model = fit_world(world)
    residual = residual_of(world, model, element_id, closed_for)
    if residual is None:
        residual = residual_of(world, model, element_id, 0.0)
    return residual
