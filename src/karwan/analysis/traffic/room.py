"""What the gates beside can take when some are shut: room is capacity less what passes already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.traffic.capacity import (
    Z90,
    Capacities,
    DayBand,
    capacities_of,
    capacity_used,
)
from karwan.analysis.traffic.counts import HELD, TRUCK
from karwan.base.errors import DataError, Fault
from karwan.base.limits import SEED
from karwan.base.provenance import Source
from karwan.base.reprs import short_repr
from karwan.base.seeds import stream
from karwan.base.traffic import Direction

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

Floats = npt.NDArray[np.float64]
DRAW_COUNT = 20_000


@dataclass(frozen=True, slots=True)
class Beside:
    """A gate beside: what passes it already each way, and what it can pass."""

    element_id: str
    flow_per_day: float
    band: DayBand


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomBand:
    """What gates beside can take of the trucks lost, a day and each way.

    Attributes
    ----------
    room_per_day, share
        Means over the draws, as trucks and as a share of what was lost.
    middle_share
        The share at the P50 of every gate.
    """

    room_per_day: float
    share: float
    middle_share: float
    p10_share: float
    p90_share: float


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the gates of a frontier can take of what others lose.

    Attributes
    ----------
    series
        The count that puts all gates on one measure.
    by_counts, by_class
        Room by capacities as used, and by the class of each gate without that count. The first is
        circular where the count of the flow is the only one of a gate, the second knows no gate by
        itself: two readings, told beside each other and never averaged.
    """

    shut: tuple[str, ...]
    lost_per_day: float
    series: str
    beside: tuple[Beside, ...]
    by_counts: RoomBand
    by_class: RoomBand
    sources: tuple[Source, ...]

    __repr__ = short_repr


def draw_band(band: DayBand, normal: Floats) -> Floats:
    """Return draws of a capacity from standard normal ones: lognormal, each half with its width.

    Examples
    --------
    >>> draws = draw_band(DayBand(50.0, 100.0, 400.0), np.array([-Z90, 0.0, Z90]))
    >>> [round(float(x), 6) for x in draws]
    [50.0, 100.0, 400.0]
    """
    low = np.log(band.p50 / band.p10) / Z90
    high = np.log(band.p90 / band.p50) / Z90
    return np.asarray(band.p50 * np.exp(normal * np.where(normal < 0, low, high)))


def room_beside(world: World, shut_ids: Sequence[str], *, seed: int = SEED) -> Room:
    """Return what the open gates counted together with those shut can take, each way.

    Raises
    ------
    DataError
        If no count puts the gates shut and others on one measure.
    """
    capacities = capacities_of(world)
    shut = tuple(sorted(set(shut_ids)))
    flows = _flows(capacities, shut)
    if flows is None:
        text = "no count puts them and other gates on one measure"
        raise DataError("the question", [Fault("closed", text, ", ".join(shut))])
    series, by_element, sources = flows
    names = [name for name in sorted(by_element) if name not in shut]
    lost = sum(by_element[name] for name in shut)
    bands = [_band(world, name, capacities) for name in names]
    others = capacities_of(world, exclude=[series])
    of_class = [_class_band(others, name) for name in names]
    existing = sum(by_element[name] for name in names)
    return Room(
        shut=shut,
        lost_per_day=lost,
        series=series,
        beside=tuple(
            Beside(name, by_element[name], band) for name, band in zip(names, bands, strict=True)
        ),
        by_counts=_room(names, bands, existing, lost, seed=seed),
        by_class=_room(names, of_class, existing, lost, seed=seed),
        sources=sources,
    )


def _flows(
    capacities: Capacities, shut: Sequence[str]
) -> tuple[str, dict[str, float], tuple[Source, ...]] | None:
    """Return the series that holds all gates shut and most others: flows each way by element."""
    by_series: dict[str, dict[str, float]] = {}
    sources: dict[str, list[Source]] = {}
    for (element_id, vehicle), counts in sorted(capacities.counts.items()):
        for one in counts:
            is_flow = vehicle == TRUCK and one.role in HELD
            if is_flow and one.series and one.direction is Direction.a_to_b:
                by_series.setdefault(one.series, {})[element_id] = one.per_day
                sources.setdefault(one.series, []).append(one.source)
    whole = {name: flows for name, flows in by_series.items() if set(shut) < set(flows)}
    if not whole:
        return None
    name = max(sorted(whole), key=lambda one: len(whole[one]))
    return name, whole[name], tuple(dict.fromkeys(sources[name]))


def _band(world: World, name: str, capacities: Capacities) -> DayBand:
    """Return the capacity of a gate that was counted."""
    band = capacity_used(world, name, capacities)[0].band
    if band is None:
        text = "nothing is known of what it passes"
        raise DataError("the question", [Fault("closed", text, name)])
    return band


def _class_band(capacities: Capacities, name: str) -> DayBand:
    """Return the capacity of a gate by its class alone."""
    gate_class = capacities.classes.get(name, "")
    default = capacities.of_class(gate_class, TRUCK)
    if default is None:
        text = f"too few crossings of class {gate_class or 'unknown'} were counted"
        raise DataError("the question", [Fault("closed", text, name)])
    return default[0]


def _room(
    names: Sequence[str], bands: Sequence[DayBand], existing: float, lost: float, *, seed: int
) -> RoomBand:
    """Return the room that independent draws of capacities leave above what passes already."""
    total = np.zeros(DRAW_COUNT)
    for name, band in zip(names, bands, strict=True):
        total += draw_band(band, stream(seed, "capacity", name).standard_normal(DRAW_COUNT))
    taken = np.clip(total - existing, 0.0, lost)
    low, high = np.quantile(taken / lost, (0.1, 0.9))
    middle = min(max(sum(band.p50 for band in bands) - existing, 0.0), lost)
    return RoomBand(
        room_per_day=float(np.mean(taken)),
        share=float(np.mean(taken / lost)),
        middle_share=middle / lost,
        p10_share=float(low),
        p90_share=float(high),
    )
