"""What a crossing can pass in a day, each way, with a band: one rule from counts to capacity.

A flow that was seen is a lower bound of a capacity, a flow beside which a queue stood is the
capacity itself. P10 is the best mean over a month; P50 the larger of the best mean over some days
and that mean with headroom; P90 a record day, which cannot be held. What was agreed, planned or
claimed counts only where nothing was counted, at the share of such words that came true; a crossing
of which nothing is known takes the band of its class. The rule and its constants are those of a
review of 327 counts (2012 to 2026), and none was fitted to a score.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.traffic.counts import (
    COUNTED,
    HELD,
    STATED,
    TONNE,
    TRUCK,
    VEHICLES,
    Count,
    Role,
    read_counts,
)
from karwan.analysis.traffic.ordinary import Basis, OrdinaryFlow, counted_flow
from karwan.base.errors import DataError, Fault
from karwan.base.known import measured
from karwan.base.provenance import Source, worst_grade
from karwan.base.reprs import short_repr
from karwan.base.traffic import Direction
from karwan.base.units import HOURS_PER_DAY
from karwan.data.rows.traffic import GateClassRow

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.network.nouns import Crossing

HEADROOM_RATIO = 1.4
"""P50 over the best monthly mean: 0.8 of the one clean ratio of a record day to a mean, 1.76."""
QUEUED_RATIO = 1.1
"""The same where more than a day of flow waited: then the flow is the capacity."""
PEAK_RATIO = 1.8
"""P90 over the best monthly mean where no record day is known; n = 4 (1.6 to 2.8)."""
CAME_TRUE = {
    Role.agreed: (0.82, 0.87, 0.96),
    Role.design: (0.17, 0.35, 0.76),
    Role.passport: (1.9, 2.6, 3.3),
    Role.claim: (1 / 5.6, 1 / 2.3, 1 / 1.1),
}
"""Flow over what was said, low, middle and high: quotas that two administrations agreed (n = 5),
designs and targets (n = 8), old passports of posts (n = 2), claims of traders (n = 7)."""
FEWEST_OF_CLASS = 3
CLASS_SHARES = (0.1, 0.5, 0.9)
NORMAL = NormalDist()
Z90 = NORMAL.inv_cdf(0.9)
"""Standard normal quantile of 0.9."""


@dataclass(frozen=True, slots=True)
class DayBand:
    """P10, P50 and P90 of what can pass in a day."""

    p10: float
    p50: float
    p90: float

    def share_below(self, per_day: float) -> float:
        """Return the share of the band below a figure: lognormal, each half with its width."""
        if per_day <= 0:
            return 0.0
        end = self.p10 if per_day < self.p50 else self.p90
        width = abs(math.log(end / self.p50)) / Z90
        off = math.log(per_day / self.p50)
        return NORMAL.cdf(off / width) if width > 0 else float(off > 0)

    def middle_above(self, per_day: float) -> float:
        """Return the median of that part of the band that lies above a figure.

        Examples
        --------
        >>> band = DayBand(225.0, 350.0, 600.0)
        >>> [round(band.middle_above(flow)) for flow in (0.0, 350.0, 600.0)]
        [350, 465, 699]
        """
        share = (1 + self.share_below(per_day)) / 2
        if share >= 1:
            return max(per_day, self.p90)
        normal = NORMAL.inv_cdf(share)
        end = self.p10 if normal < 0 else self.p90
        return self.p50 * math.exp(normal * abs(math.log(end / self.p50)) / Z90)

    def scaled(self, ratio: float) -> DayBand:
        """Return the band times a ratio."""
        return DayBand(self.p10 * ratio, self.p50 * ratio, self.p90 * ratio)

    def at_most(self, other: DayBand) -> DayBand:
        """Return the smaller of two bands, figure by figure."""
        return DayBand(min(self.p10, other.p10), min(self.p50, other.p50), min(self.p90, other.p90))


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierQuota:
    """How many trucks of one country a day are let through, whatever the gate could pass.

    It is last known of the day given; no end was found.
    """

    carrier: str
    per_day: float
    count_id: str
    why: str
    known_on: dt.date


@dataclass(frozen=True, kw_only=True)
class CapacityUsed:
    """What a crossing can pass in a day one way.

    Attributes
    ----------
    band
        Trucks, loaded and empty together, or tonnes, wagons, pairs of trains; None where nothing
        is known of it or of its class.
    flow
        What passes in ordinary times, before it was shut; None where nothing is known of it or of
        its class.
    basis, rests_on
        What it rests on, and the rows.
    class_count
        Flows of other crossings of its class, where it rests on those.
    open_hours
        Hours a day under which it was counted, or that were asked for.
    at_least
        Only a part of the traffic was counted.
    tied
        Rests on counts of the other direction, since what goes in comes out.
    later
        Whether nothing was known on the date and the nearest later figures stand in.
    known_on
        Day from which the newest of its rows is known.
    """

    element_id: str
    name: str
    direction: Direction
    from_country: str
    to_country: str
    vehicle: str
    band: DayBand | None
    flow: OrdinaryFlow | None
    basis: Basis
    gate_class: str
    class_count: int
    rests_on: tuple[str, ...]
    why: tuple[str, ...]
    open_hours: float | None
    loaded_share: float | None
    at_least: bool
    tied: bool
    coupled: bool
    quotas: tuple[CarrierQuota, ...]
    known_on: dt.date | None
    later: bool
    grade: str
    sources: tuple[Source, ...]

    __repr__ = short_repr

    @property
    def working_per_day(self) -> float | None:
        """What can pass while freight waits; None where nothing is known.

        A gate passes at least its ordinary flow, so this is the median of what its capacity may be
        above that.
        """
        if self.band is None or self.flow is None:
            return None
        return self.band.middle_above(self.flow.per_day)

    @property
    def flow_sources(self) -> tuple[Source, ...]:
        """Sources of the ordinary flow."""
        return () if self.flow is None else self.flow.sources

    def quota_of(self, carrier: str) -> CarrierQuota | None:
        """Return the least quota that holds for trucks of one country; None where none does."""
        quotas = [one for one in self.quotas if one.carrier in (carrier, "*")]
        return min(quotas, key=lambda one: one.per_day, default=None)

    def of_carrier(self, carrier: str) -> DayBand | None:
        """Return the band for trucks of one country: the quota before the gate."""
        quota = self.quota_of(carrier)
        if quota is None or self.band is None:
            return self.band
        least = quota.per_day
        return self.band.at_most(DayBand(least, least, least))


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A band by the rule, the counts that it rests on, and whether one is of the other way."""

    band: DayBand
    used: tuple[Count, ...]
    tied: bool


def rule(own: Sequence[Count], other: Sequence[Count] = ()) -> _Ruled | None:
    """Return the band of one direction from its counts, and from the other's where it has none.

    Parameters
    ----------
    own, other
        Counts of this direction and of the opposite one, of one vehicle, known on the date.

    Returns
    -------
    None where nothing was counted.
    """

    def best(role: Role) -> Count | None:
        mine = [one for one in own if one.role is role]
        theirs = [one for one in other if one.role is role]
        return max(mine or theirs, key=lambda one: one.per_day, default=None)

    mean, days, peak = best(Role.mean), best(Role.days), best(Role.peak)
    first = mean or days
    if first is None:
        return None
    seen = [one for one in (mean, days) if one is not None]
    lift = QUEUED_RATIO if any(one.queue_stood for one in seen) else HEADROOM_RATIO
    p10 = mean.per_day if mean is not None else first.per_day / HEADROOM_RATIO
    p50 = max(lift * p10, days.per_day if days is not None else 0.0)
    agreed = best(Role.agreed)
    top = peak or agreed
    if peak is not None:
        p90 = peak.per_day
    elif agreed is not None:
        p90 = CAME_TRUE[Role.agreed][1] * agreed.per_day
    else:
        p90 = PEAK_RATIO * p10
    used = tuple(one for one in (mean, days, top) if one is not None)
    band = DayBand(p10, max(p50, p10), max(p90, p50, p10))
    return _Ruled(band, used, tied=any(one not in own for one in used))


def rule_of_words(own: Sequence[Count], other: Sequence[Count] = ()) -> _Ruled | None:
    """Return the band of one direction from what was agreed, designed, stamped or claimed.

    The first kind of that order that is there is taken, the newest of it: at its usual share.
    """
    for role, (low, middle, high) in CAME_TRUE.items():
        mine = [one for one in own if one.role is role]
        rows = mine or [one for one in other if one.role is role]
        if rows:
            newest = max(rows, key=lambda one: (one.known_on, one.per_day))
            word = newest.per_day
            band = DayBand(low * word, middle * word, high * word)
            return _Ruled(band, (newest,), tied=not mine)
    return None


@dataclass(frozen=True)
class Capacities:
    """All counts as known on a date, and the capacities that follow from them.

    Attributes
    ----------
    counts
        By element and vehicle: those known on the date, else the nearest later ones.
    later
        Elements and vehicles for which only later counts are there.
    """

    counts: Mapping[tuple[str, str], tuple[Count, ...]]
    later: frozenset[tuple[str, str]]
    classes: Mapping[str, str]

    __repr__ = short_repr

    def of_way(self, element_id: str, vehicle: str, way: Direction) -> _Ruled | None:
        """Return what the rule says of one direction, from counts before words."""
        counts = self.counts.get((element_id, vehicle), ())
        own = [one for one in counts if one.direction is way]
        other = [one for one in counts if one.direction is not way]
        return rule(own, other) or rule_of_words(own, other)

    def sustained(self, gate_class: str, vehicle: str, *, without: str = "") -> list[_Ruled]:
        """Return the best flows that held, one for each direction that was counted, of a class.

        Parameters
        ----------
        without
            Name of a series whose counts are left out.
        """
        flows = []
        for (element_id, counted), counts in sorted(self.counts.items()):
            if counted != vehicle or self.classes.get(element_id) != gate_class:
                continue
            for way in Direction:
                own = [
                    one
                    for one in counts
                    if one.direction is way and not (without and one.series == without)
                ]
                ruled = rule(own)
                if ruled is not None:
                    flows.append(ruled)
        return flows

    def of_class(
        self, gate_class: str, vehicle: str, *, without: str = ""
    ) -> tuple[DayBand, list[_Ruled]] | None:
        """Return the band of a class, and the flows it rests on; None below three of them.

        Its P50 is the median of flows that held, with headroom; its P10 their P10 as it is.
        """
        flows = self.sustained(gate_class, vehicle, without=without)
        if len(flows) < FEWEST_OF_CLASS:
            return None
        held = [max(one.per_day for one in flow.used if one.role in HELD) for flow in flows]
        low, middle, high = (float(x) for x in np.quantile(held, CLASS_SHARES))
        return DayBand(low, HEADROOM_RATIO * middle, HEADROOM_RATIO * high), flows


def capacities_of(world: World, *, exclude: Iterable[str] = ()) -> Capacities:
    """Return the counts as they are dated in a world, by element and vehicle.

    Parameters
    ----------
    exclude
        Series of counts to leave out.
    """
    left_out = set(exclude)
    by_key: dict[tuple[str, str], list[Count]] = {}
    for one in read_counts(world.catalog):
        if one.series not in left_out or one.series is None:
            by_key.setdefault((one.element_id, one.vehicle), []).append(one)
    counts, later = {}, set()
    for key, rows in by_key.items():
        # Words never stand in for counts that came later: what was counted is the measurement.
        known = measured(rows, lambda one: one.known_on, world.as_of)
        counts[key] = known.items
        if known.later:
            later.add(key)
    classes = {row.element_id: row.gate_class for row in world.catalog.rows(GateClassRow)}
    return Capacities(counts, frozenset(later), classes)


def capacity_used(
    world: World,
    element_id: str,
    capacities: Capacities | None = None,
    *,
    open_hours: float | None = None,
    by: dt.date | None = None,
) -> tuple[CapacityUsed, ...]:
    """Return what a crossing can pass in a day, and what passes it, by direction and vehicle.

    Parameters
    ----------
    by
        Day near which ordinary traffic is taken; None for the day on which it was shut as last
        known, and for the as-of date where it is not.
    open_hours
        Hours a day in place of those under which it was counted: rate per hour times hours.

    Raises
    ------
    DataError
        If it is no crossing, or the hours of its counts are not known.
    """
    crossing = world.network.crossings.get(element_id)
    if crossing is None:
        text = "a line or a place; capacities are told of crossings"
        raise DataError("the question", [Fault("element", text, element_id)])
    asked = capacities or capacities_of(world)
    vehicles = [name for name in VEHICLES if (element_id, name) in asked.counts]
    if crossing.mode == "road":
        vehicles = [TRUCK]
    rows = []
    for vehicle in vehicles or [TONNE]:
        ways: tuple[Direction, ...] = (Direction.a_to_b, Direction.b_to_a)
        counts = asked.counts.get((element_id, vehicle), ())
        if vehicle != TRUCK and not any(
            one.direction is not Direction.both and one.role in COUNTED + STATED for one in counts
        ):
            ways = (Direction.both,)
        day = by or flow_day(world, element_id)
        each = [_one(crossing, vehicle, way, asked, day) for way in ways]
        if any(one.coupled for one in each):
            each = _smaller_side(each)
        rows += each
    if open_hours is not None:
        rows = _at_hours(rows, open_hours)
    return tuple(rows)


def flow_day(world: World, element_id: str) -> dt.date:
    """Return the day near which a crossing's ordinary traffic is taken: before what shuts it."""
    spells = world.running.get(element_id, ())
    return min((spell.start for spell in spells), default=world.as_of)


def _one(
    crossing: Crossing, vehicle: str, way: Direction, asked: Capacities, by: dt.date
) -> CapacityUsed:
    ruled = asked.of_way(crossing.id, vehicle, way)
    gate_class = asked.classes.get(crossing.id, "")
    basis, class_count = Basis.counts, 0
    band: DayBand | None = None
    used: tuple[Count, ...] = ()
    later = (crossing.id, vehicle) in asked.later
    if ruled is not None:
        band, used = ruled.band, ruled.used
        basis = Basis.counts if used[0].role in COUNTED else Basis.stated
    elif (default := asked.of_class(gate_class, vehicle)) is not None:
        band, flows = default
        basis, class_count = Basis.gate_class, len(flows)
        used = tuple(dict.fromkeys(flow.used[0] for flow in flows))
        later = any((one.element_id, vehicle) in asked.later for one in used)
    else:
        basis = Basis.gate_class
    counts = asked.counts.get((crossing.id, vehicle), ())
    quotas = tuple(
        CarrierQuota(
            carrier=one.carrier or "*",
            per_day=one.per_day,
            count_id=one.id,
            why=one.why,
            known_on=one.known_on,
        )
        for one in counts
        if one.role is Role.quota_of_carrier and one.direction is way
    )
    ends = (crossing.country_a, crossing.country_b)
    is_own = basis is not Basis.gate_class
    return CapacityUsed(
        element_id=crossing.id,
        name=crossing.name,
        direction=way,
        from_country=ends[1] if way is Direction.b_to_a else ends[0],
        to_country=ends[0] if way is Direction.b_to_a else ends[1],
        vehicle=vehicle,
        band=band,
        flow=counted_flow(counts, way, by) or _supposed_flow(band, basis, used, by),
        basis=basis,
        gate_class=gate_class,
        class_count=class_count,
        rests_on=tuple(dict.fromkeys(one.id for one in used)),
        why=tuple(dict.fromkeys(one.why for one in used if one.why)) if is_own else (),
        open_hours=next((one.open_hours for one in used if one.open_hours), None)
        if is_own
        else None,
        loaded_share=next((one.loaded_share for one in used if one.loaded_share is not None), None)
        if is_own
        else None,
        at_least=is_own and any(one.at_least for one in used if one.role is not Role.peak),
        tied=ruled is not None and ruled.tied,
        coupled=any(one.role is Role.tie for one in counts),
        quotas=quotas,
        known_on=max((one.known_on for one in used), default=None),
        later=later,
        grade="C" if not is_own else worst_grade(one.source.grade for one in used),
        sources=tuple(dict.fromkeys(one.source for one in used)),
    )


def _supposed_flow(
    band: DayBand | None, basis: Basis, used: Sequence[Count], by: dt.date
) -> OrdinaryFlow | None:
    """Return the flow of a gate where none was counted: headroom below its capacity."""
    if band is None:
        return None
    sources = tuple(dict.fromkeys(one.source for one in used))
    return OrdinaryFlow(
        per_day=band.p50 / HEADROOM_RATIO,
        low_per_day=band.p10 / HEADROOM_RATIO,
        high_per_day=band.p90 / HEADROOM_RATIO,
        basis=basis,
        by=by,
        known_on=max((one.known_on for one in used), default=None),
        grade="C",
        rests_on=tuple(dict.fromkeys(one.id for one in used)),
        sources=sources,
    )


def _smaller_side(rows: Sequence[CapacityUsed]) -> list[CapacityUsed]:
    """Return both directions at the smaller of the two: a truck is let in for each let out."""
    bands = [row.band for row in rows if row.band is not None]
    if len(bands) < len(rows):
        return list(rows)
    least = bands[0]
    for band in bands[1:]:
        least = least.at_most(band)
    return [replace(row, band=least) for row in rows]


def _at_hours(rows: Sequence[CapacityUsed], open_hours: float) -> list[CapacityUsed]:
    unknown = sorted({row.element_id for row in rows if row.open_hours is None})
    if not 0 < open_hours <= HOURS_PER_DAY:
        text = f"a gate is open for more than 0 and at most {HOURS_PER_DAY:g} hours a day"
        raise DataError("the question", [Fault("hours", text, f"{open_hours:g}")])
    if unknown:
        text = f"the hours in which {', '.join(unknown)} was counted are not known"
        raise DataError("the question", [Fault("hours", text, f"{open_hours:g}")])
    scaled = []
    for row in rows:
        ratio = open_hours / (row.open_hours or HOURS_PER_DAY)
        band = row.band.scaled(ratio) if row.band is not None else None
        scaled.append(replace(row, band=band, open_hours=open_hours))
    return scaled
