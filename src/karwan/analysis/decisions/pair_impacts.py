"""What becomes of each pair's freight: each tonne moves on, goes round, waits or is not sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.decisions.queues import FADE_DAYS

if TYPE_CHECKING:
    from karwan.analysis.traffic.assignment import Floats
    from karwan.analysis.traffic.freight import FreightWay, Load
    from karwan.analysis.traffic.settled import Base, Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class PairImpact:
    """What becomes of a pair's freight that moved before, in tonnes and USD a day.

    `load_number` is the load's place among those of the freight.
    """

    load: Load
    load_number: int
    before_t: float
    moved_t: float
    diverted_t: float
    waiting_t: float
    not_sent_t: float
    value_not_moved_usd: float
    detour_usd: float
    surplus_lost_usd: float
    fees_usd: tuple[tuple[str, float], ...]


def waiting_share(after_days: float) -> float:
    """Return which share of what no longer moves comes to the gate all the same and waits there."""
    return max(0.0, 1.0 - after_days / FADE_DAYS)


def pair_impacts(
    base: Base, settled: Settled, share: float, end: str = "value"
) -> tuple[PairImpact, ...]:
    """Return where each pair's tonnes are: each is in one of four, and they sum to those before.

    Parameters
    ----------
    share
        Of what is not sent, the part that waits at a gate.
    end
        Which end of what is forgone by not sending: `low`, `value` or `high`.
    """
    ways = base.freight.ways
    sent: list[list[int]] = [[] for _ in base.freight.loads]
    stay: dict[int, float] = {}
    for row, way in enumerate(ways):
        if way.sent:
            sent[way.load].append(row)
        else:
            stay.setdefault(way.load, way.usd_per_t)
    rows = []
    for number, load in enumerate(base.freight.loads):
        mine = sent[number]
        before, after = base.flow_t_per_day[mine], settled.flow_t_per_day[mine]
        whole, goes = float(before.sum()), float(min(after.sum(), before.sum()))
        if whole <= 0:
            continue
        moved = float(np.minimum(before, after).sum())
        diverted, stays = goes - min(moved, goes), whole - goes
        cost, fees = _mean_cost([ways[row] for row in mine], before)
        new_cost, new_fees = _mean_cost([ways[row] for row in mine], after)
        extra = goes * ((new_cost - sum(new_fees.values())) - (cost - sum(fees.values())))
        home = stay[number]
        home += (getattr(load.not_sent, end) - load.not_sent.value) * load.usd_per_t
        net = cost - sum(fees.values())
        changes = {country: goes * new_fees.get(country, 0.0) - whole * fees.get(country, 0.0)
                   for country in sorted({*fees, *new_fees})}  # fmt: skip
        rows.append(
            PairImpact(
                load=load,
                load_number=number,
                before_t=whole,
                moved_t=min(moved, goes),
                diverted_t=diverted,
                waiting_t=share * stays,
                not_sent_t=(1 - share) * stays,
                value_not_moved_usd=stays * load.usd_per_t,
                detour_usd=extra,
                surplus_lost_usd=(1 - share) * stays * max(home - net, 0.0),
                fees_usd=tuple(changes.items()),
            )
        )
    return tuple(rows)


def _mean_cost(ways: Sequence[FreightWay], flow: Floats) -> tuple[float, dict[str, float]]:
    """Return USD a tonne of the ways taken, and the fees in it by country entered."""
    total = float(flow.sum())
    cost, fees = 0.0, dict[str, float]()
    for way, tonnes in zip(ways, flow.tolist(), strict=True):
        if total > 0 and tonnes > 0:
            cost += way.usd_per_t * tonnes / total
            for country, usd in way.fees_usd_per_t:
                fees[country] = fees.get(country, 0.0) + usd * tonnes / total
    return cost, fees
