"""What gates are worth: one further truck a day, one hour more, and what is lost when one shuts.

Three ranks that need not agree. A toll is what one more unit a day saves; the loss when shut is
what all units lose; two gates that stand in for one another lose more together than apart. The
linear program without choice stands beside as a bound: its tolls are those of a world in which all
freight takes the cheapest way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from karwan.analysis.traffic.answers import UNITS
from karwan.analysis.traffic.assignment import cheapest, toll_ends
from karwan.analysis.traffic.counts import TRUCK
from karwan.analysis.traffic.settled import Base, Settled, settle_freight
from karwan.base.errors import DataError
from karwan.base.reprs import short_repr
from karwan.base.telling import FILES, SHOWN, Column, Form, to_dict
from karwan.base.units import HOURS_PER_DAY
from karwan.data.rows.costs import ParameterRow

if TYPE_CHECKING:
    from karwan.analysis.traffic.capacity import CapacityUsed
    from karwan.analysis.world.world import World

LANE = "lane_trucks_per_hour"
MOST_PAIRED = 6
FAR_APART = 3
"""Ranks that differ by more are told."""
LEAST_SHARE = 0.002
"""Gates that carry a smaller part of the freight asked are not taken out one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWorth:
    """What a gate is worth one way.

    Attributes
    ----------
    more_usd, fewer_usd
        What one more unit a day saves and one fewer costs; apart where full gates depend on one
        another.
    bound_usd
        The same without choice, by the linear program.
    hour_usd
        What one hour more of opening saves a day; None where its hours are not known, or all 24.
    lane_usd
        What one more lane saves a day over the hours open, the usual ones where these are not
        known; None of railways.
    lost_usd_per_day
        What is lost a day if the element shuts, both ways together.
    toll_rank, hour_rank, lane_rank, loss_rank
        From 1; None without a toll, or where nothing is told.
    """

    gate: CapacityUsed
    flow_per_day: float
    more_usd: float
    fewer_usd: float
    bound_usd: float
    hour_usd: float | None
    lane_usd: float | None
    lost_usd_per_day: float
    toll_rank: int | None
    loss_rank: int
    hour_rank: int | None = None
    lane_rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLost:
    """Two elements shut together: the loss a day, and what of it is beyond the sum of each."""

    ids: tuple[str, str]
    lost_usd_per_day: float
    beyond_usd_per_day: float


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What all gates are worth, with the freight behind it."""

    base: Base
    settled: Settled
    gates: tuple[GateWorth, ...]
    pairs: tuple[PairLost, ...]
    cost_usd_per_day: float
    bound_usd_per_day: float
    not_sent_t_per_day: float
    missing: tuple[str, ...]

    __repr__ = short_repr


def gate_worths(base: Base, shut: frozenset[str]) -> Worth:
    """Return what each gate is worth with elements shut.

    Parameters
    ----------
    base
        Freight before anything shut, on the counts.
    """
    settled = settle_freight(base, shut)
    least = cheapest(settled.problem)
    freight = base.freight
    passed = _tonnes(base, settled)
    floor = LEAST_SHARE * float(settled.flow_t_per_day.sum())
    names = [name for name in sorted(passed) if passed[name] > floor]
    here = settled.loaded.optimum_usd_per_day
    lost = {
        (name,): settle_freight(base, shut | {name}).loaded.optimum_usd_per_day - here
        for name in names
    }
    top = sorted(names, key=lambda name: -lost[name,])[:MOST_PAIRED]
    pairs = []
    for two in combinations(sorted(top), 2):
        both = settle_freight(base, shut | set(two)).loaded.optimum_usd_per_day - here
        beyond = both - lost[two[0],] - lost[two[1],]
        pairs.append(PairLost(ids=two, lost_usd_per_day=both, beyond_usd_per_day=beyond))
    rows = [row for row, gate in enumerate(freight.gates) if gate.element_id in names]
    by_toll = sorted(rows, key=lambda row: -settled.toll_usd[row])
    toll_rank = {row: k for k, row in enumerate(by_toll, 1) if settled.toll_usd[row] > 0}
    by_loss = {name: k for k, name in enumerate(sorted(names, key=lambda one: -lost[one,]), 1)}
    gates = [
        _gate_worth(base, settled, row, float(least.toll_usd[row]), toll_rank.get(row),
                    (lost[freight.gates[row].element_id,], by_loss[freight.gates[row].element_id]))
        for row in rows
    ]  # fmt: skip
    sent = np.array([way.sent for way in freight.ways])
    return Worth(
        base=base,
        settled=settled,
        gates=_with_ranks(sorted(gates, key=lambda one: (-one.more_usd, one.loss_rank,
                                                         one.gate.direction.value))),
        pairs=tuple(sorted(pairs, key=lambda one: -one.lost_usd_per_day)),
        cost_usd_per_day=settled.loaded.cost_usd_per_day,
        bound_usd_per_day=least.cost_usd_per_day,
        not_sent_t_per_day=float(
            (settled.flow_t_per_day - base.flow_t_per_day)[~sent].clip(min=0.0).sum()
        ),
        missing=tuple(sorted(set(passed) - {gate.element_id for gate in freight.gates})),
    )  # fmt: skip


def _gate_worth(
    base: Base,
    settled: Settled,
    row: int,
    bound_usd: float,
    toll_rank: int | None,
    loss: tuple[float, int],
) -> GateWorth:
    gate = base.freight.gates[row]
    more, fewer = toll_ends(settled.problem, settled.loaded, row)
    hour = lane = None
    if gate.open_hours and gate.open_hours < HOURS_PER_DAY and gate.band is not None:
        hour = saved_usd(base, settled, row, gate.band.p50 / gate.open_hours)
    if gate.vehicle == TRUCK:
        open_hours = gate.open_hours or usual_open_hours(base)
        lane = saved_usd(base, settled, row, lane_per_hour(base.freight.world) * open_hours)
    return GateWorth(
        gate=gate,
        flow_per_day=float(settled.gate_per_day[row]),
        more_usd=more,
        fewer_usd=fewer,
        bound_usd=bound_usd,
        hour_usd=hour,
        lane_usd=lane,
        lost_usd_per_day=loss[0],
        toll_rank=toll_rank,
        loss_rank=loss[1],
    )


def saved_usd(base: Base, settled: Settled, row: int, more: float) -> float:
    """Return what so many units a day more at a gate save a day; nothing where it has room."""
    if settled.toll_usd[row] <= 0:
        return 0.0
    wider = np.zeros(len(base.freight.gates))
    wider[row] = more
    freed = settle_freight(
        base, settled.shut, more_per_day=wider, start_usd=settled.toll_usd
    ).loaded
    return max(settled.loaded.optimum_usd_per_day - freed.optimum_usd_per_day, 0.0)


def lane_per_hour(world: World) -> float:
    """Return the trucks that one more lane passes in an hour: an estimate, one for all gates."""
    rows = [row for row in world.catalog.rows(ParameterRow) if row.parameter == LANE]
    if not rows:
        raise DataError("the tables", [f"parameters: {LANE} has no row"])
    return rows[0].value


def usual_open_hours(base: Base) -> float:
    """Return the hours a day for which gates are open in the median of those known; 24 if none."""
    hours = _known_hours(base)
    return median(hours) if hours else HOURS_PER_DAY


def _known_hours(base: Base) -> list[float]:
    gates = base.freight.gates
    return list({one.element_id: one.open_hours for one in gates if one.open_hours}.values())


def _usual_words(base: Base) -> str:
    told = f"{usual_open_hours(base):g} h"
    return f"{told}, the median of those known" if _known_hours(base) else f"{told}, as none is"


def _with_ranks(gates: Sequence[GateWorth]) -> tuple[GateWorth, ...]:
    """Return gates with their ranks by an hour and by a lane more, as by one more unit."""

    def ranks(get: Callable[[GateWorth], float | None]) -> dict[int, int]:
        told = [k for k, one in enumerate(gates) if (get(one) or 0.0) > 0]
        return {k: n for n, k in enumerate(sorted(told, key=lambda k: -(get(gates[k]) or 0.0)), 1)}

    hours, lanes = ranks(lambda one: one.hour_usd), ranks(lambda one: one.lane_usd)
    return tuple(
        replace(one, hour_rank=hours.get(k), lane_rank=lanes.get(k)) for k, one in enumerate(gates)
    )


def _tonnes(base: Base, settled: Settled) -> Mapping[str, float]:
    """Return the tonnes a day over each crossing that the freight asked passes."""
    tonnes: dict[str, float] = {}
    for way, flow in zip(base.freight.ways, settled.flow_t_per_day.tolist(), strict=True):
        for name in {element for element, _ in way.passes}:
            tonnes[name] = tonnes.get(name, 0.0) + flow
    return tonnes


DIGITS = {Form.json: 1, Form.csv: 1}
EVERYWHERE = (*FILES, *SHOWN)


def _usd(name: str, title: str) -> Column[GateWorth]:
    return Column(name=name, unit="USD", forms=EVERYWHERE, digits=DIGITS, spec=",.0f",
                  names={Form.table: title, Form.html: title})  # fmt: skip


GATE_WORTHS: tuple[Column[GateWorth], ...] = (
    Column(name="element", get=lambda one: one.gate.element_id, forms=EVERYWHERE),
    Column(name="direction", get=lambda one: one.gate.direction.value, forms=FILES),
    Column(name="from_country", get=lambda one: one.gate.from_country, forms=EVERYWHERE,
           names={Form.table: "from"}),
    Column(name="to_country", get=lambda one: one.gate.to_country, forms=EVERYWHERE,
           names={Form.table: "to"}),
    Column(name="unit", get=lambda one: UNITS[one.gate.vehicle], forms=EVERYWHERE),
    Column(name="flow_per_day", forms=EVERYWHERE, digits=DIGITS, spec=",.0f",
           names={Form.table: "flow"}),
    Column(name="ordinary_per_day", get=lambda one: one.gate.flow and one.gate.flow.per_day,
           forms=(*FILES, Form.html), digits=DIGITS, spec=",.0f"),
    Column(name="capacity_per_day", get=lambda one: one.gate.band and one.gate.band.p50,
           forms=EVERYWHERE, digits=DIGITS, spec=",.0f", names={Form.table: "capacity"}),
    _usd("more_usd", "one more"),
    _usd("fewer_usd", "one fewer"),
    _usd("bound_usd", "no choice"),
    _usd("hour_usd", "an hour more"),
    _usd("lane_usd", "a lane more"),
    Column(name="lost_usd_per_day", forms=EVERYWHERE, digits=DIGITS, spec=",.0f",
           names={Form.table: "if shut"}),
    Column(name="toll_rank", forms=EVERYWHERE, names={Form.table: "rank"}),
    Column(name="hour_rank", forms=FILES),
    Column(name="lane_rank", forms=FILES),
    Column(name="loss_rank", forms=EVERYWHERE, names={Form.table: "rank shut"}),
)  # fmt: skip
"""What is told of a gate's worth; the loss if it shuts counts both ways and the choice lost."""


def worth_notes(worth: Worth) -> list[str]:
    """Return what ranks rest on, where they disagree, and what is missing."""
    spread = worth.base.spread
    first: dict[str, tuple[int | None, int]] = {}
    for one in worth.gates:
        first.setdefault(one.gate.element_id, (one.toll_rank, one.loss_rank))
    apart = [
        f"{name} ({toll} and {loss})" for name, (toll, loss) in first.items()
        if toll is not None and abs(toll - loss) > FAR_APART
    ]  # fmt: skip
    tolled = [one.gate for one in worth.gates if one.toll_rank is not None]
    unknown = sorted({one.element_id for one in tolled if not one.open_hours})
    all_day = sorted({one.element_id for one in tolled if (one.open_hours or 0.0) >= HOURS_PER_DAY})
    notes = [
        "USD a day; flow is that of the freight asked, ordinary all that passes; ranks are by one "
        "more and by the loss if shut. "
        "Grade C throughout. A toll is the price of the queue: time in it is not charged again. "
        f"Spread over ways: {spread.elasticity:.1f} per cent of a share for one per cent of cost.",
        f"Without choice the same freight would cost {worth.bound_usd_per_day:,.0f} USD a day, "
        f"with it {worth.cost_usd_per_day:,.0f}; not sent: "
        f"{worth.not_sent_t_per_day:,.0f} t a day.",
        f"Ranks by one more and by the loss if shut lie more than {FAR_APART} apart at: "
        f"{', '.join(apart) or 'no gate'}.",
        "The loss if shut, the cost without choice and its tolls hold what counts show a gate to "
        "be worth beyond its cost; `impact` counts resource cost and surplus lost alone, so it "
        "tells less.",
        f"A lane passes {lane_per_hour(worth.base.freight.world):g} trucks an hour over the hours "
        "open, an estimate for all gates (parameter lane_trucks_per_hour, grade C).",
    ]
    if all_day:
        notes.append(f"Open all day, so there is no hour more to tell: {', '.join(all_day)}.")
    if unknown:
        notes.append(
            "Hours unknown, so no hour more is told and a lane is taken for "
            f"{_usual_words(worth.base)}: {', '.join(unknown)}."
        )
    if worth.missing:
        notes.append(f"No capacity known, so nothing bounds them: {', '.join(worth.missing)}.")
    return notes


def worth_to_dict(world: World, worth: Worth) -> dict[str, Any]:
    """Return what gates are worth as data."""
    return {
        "gates": [to_dict(GATE_WORTHS, one) for one in worth.gates],
        "together": [
            {
                "ids": list(one.ids),
                "lost_usd_per_day": round(one.lost_usd_per_day, 1),
                "beyond_parts_usd_per_day": round(one.beyond_usd_per_day, 1),
            }
            for one in worth.pairs
        ],
        "shut": sorted(worth.settled.shut),
        "cost_usd_per_day": round(worth.cost_usd_per_day, 1),
        "bound_usd_per_day": round(worth.bound_usd_per_day, 1),
        "not_sent_t_per_day": round(worth.not_sent_t_per_day, 1),
        "elasticity": round(worth.base.spread.elasticity, 3),
        "missing": list(worth.missing),
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "notes": worth_notes(worth),
    }


def pair_lines(worth: Worth) -> list[str]:
    """Return the pairs of elements that lose most together."""
    return [
        f"  {' + '.join(one.ids)}: {one.lost_usd_per_day:,.0f} USD a day, "
        f"{one.beyond_usd_per_day:+,.0f} beyond its parts"
        for one in worth.pairs[:5]
    ]
