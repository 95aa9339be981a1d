"""What a closure does, as it is: who still moves, who goes round, who waits, what is not sent.

Each tonne that moved before is in exactly one of the four. Four columns stand beside each other
and are never added across: the value of goods not moved, which is no loss; the resource cost; the
surplus lost on freight not sent; and transfers, which sum to zero. A day's loss is the second and
the third.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.decisions.bills import DayBill, known_total, merged
from karwan.analysis.decisions.closures import Standing, Supposed, standing_at_gate
from karwan.analysis.decisions.corridor_totals import CorridorImpact, corridor_impacts
from karwan.analysis.decisions.pair_impacts import PairImpact, pair_impacts, waiting_share
from karwan.analysis.decisions.residual import residual_of
from karwan.analysis.traffic.counts import TRUCK
from karwan.analysis.traffic.other_sellers import OtherSellers, bought_elsewhere
from karwan.analysis.traffic.settled import Base, Settled, after_per_day, settle_freight
from karwan.base.reprs import short_repr
from karwan.hazard.law import survival_after
from karwan.network.demand import TRANSIT

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.traffic.assignment import Floats
    from karwan.analysis.traffic.capacity import CapacityUsed
    from karwan.analysis.world.world import World
    from karwan.base.provenance import Source
    from karwan.hazard.model import HazardModel

AFTER_DAYS = 60
LEAST_UNITS = 0.05
"""A gate that nobody counted and that the pairs asked pass less than so has no row."""
QUANTILES = ("p50", "p10", "p90")
OWNERS = "owners of cargo"
HOLDERS = "who holds a place in the line"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementFlow:
    """What passes an element one way before and after, in its unit a day.

    Attributes
    ----------
    other_sellers_per_day
        Of the flow after, what others send in place of what is not sent; low without it.
    queue_trucks
        Waiting above the ordinary queue; None where a full gate keeps others away unseen.
    toll_usd
        What one further unit a day is worth after the closure.
    counted
        Whether a count stands behind the flow before; else only what the pairs asked explain.
    known_on, grade
        Of the flow before.
    """

    gate: CapacityUsed
    before_per_day: float
    after_per_day: float
    low: tuple[float, float]
    high: tuple[float, float]
    other_sellers_per_day: float
    queue_trucks: float | None
    toll_usd: float
    counted: bool
    rests_on: tuple[str, ...]
    known_on: dt.date | None
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The columns of a day in USD; the first is no loss, and none is added to another here.

    Attributes
    ----------
    waiting_usd
        Of the parties whose costs are known; None where there is waiting and none is known.
    """

    value_not_moved_usd: float
    detour_usd: float
    waiting_usd: float | None
    surplus_lost_usd: float

    @property
    def resource_usd(self) -> float:
        """Detour and what is known of waiting: a least sum where a party has no figure."""
        known = [usd for usd in (self.detour_usd, self.waiting_usd) if usd is not None]
        return sum(known)

    @property
    def loss_usd(self) -> float:
        """Resource cost and surplus lost."""
        return self.resource_usd + self.surplus_lost_usd


@dataclass(frozen=True, slots=True)
class Transfer:
    """USD a day that one party gains or, below zero, pays, and no one else loses."""

    party: str
    country: str
    usd: float


@dataclass(frozen=True, slots=True)
class Help:
    """By how much detours and surplus lost a day fall if one element of those shut is opened.

    All that does not move counts as not sent, as it is once nobody waits any more (`FADE_DAYS`).
    Below zero where counts show a gate in use that is dearer than those beside it.
    """

    element_id: str
    saved_usd: float


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What a closure does on a day.

    Attributes
    ----------
    closing, shut_before
        Elements whose closure is asked of, and those shut before and after.
    since, after_days
        When they shut, and how many days on the figures are.
    money, low_money, high_money
        At P50 of the capacities; least and greatest loss over P10, P50 and P90, with bills and what
        is forgone by not sending low and high.
    expected_shut_days
        Within the days asked: certain to the last sighting, by survival beyond it.
    bills
        Who pays for waiting.
    other_sellers
        What landlocked buyers take from others instead, at P50 of the capacities: other freight,
        in no sum of tonnes or money.
    """

    as_of: dt.date
    since: dt.date
    after_days: int
    closing: tuple[str, ...]
    shut_before: tuple[str, ...]
    base: Base
    settled: Settled
    elements: tuple[ElementFlow, ...]
    pairs: tuple[PairImpact, ...]
    corridors: tuple[CorridorImpact, ...]
    money: Money
    low_money: Money
    high_money: Money
    expected_shut_days: float
    bills: tuple[DayBill, ...]
    transfers: tuple[Transfer, ...]
    helps: tuple[Help, ...]
    other_sellers: tuple[OtherSellers, ...]
    sources: tuple[Source, ...]

    __repr__ = short_repr

    @property
    def unpriced(self) -> tuple[str, ...]:
        """What waits and whose day has no figure: with any, all sums of waiting are least sums."""
        rows = [bill for bill in self.bills if bill.usd is None and bill.unit_count > 0]
        return tuple(sorted(f"{bill.what} of {bill.country}" for bill in rows))

    def loss_by_country(self) -> dict[str, float]:
        """Return the loss a day by country: detours and surplus half at either end, bills paid.

        A party without a figure adds nothing: see `unpriced`.
        """
        losses: dict[str, float] = {}
        for pair in self.pairs:
            for country in pair.load.countries:
                half = (pair.detour_usd + pair.surplus_lost_usd) / 2
                losses[country] = losses.get(country, 0.0) + half
        for bill in self.bills:
            if bill.usd is not None:
                losses[bill.country] = losses.get(bill.country, 0.0) + bill.usd
        return dict(sorted(losses.items(), key=lambda item: (-item[1], item[0])))

    def loss_by_goods(self) -> dict[str, float]:
        """Return detours and surplus lost a day by the goods that a figure names."""
        losses: dict[str, float] = {}
        for pair in self.pairs:
            loss = pair.detour_usd + pair.surplus_lost_usd
            losses[pair.load.goods] = losses.get(pair.load.goods, 0.0) + loss
        return dict(sorted(losses.items(), key=lambda item: (-item[1], item[0])))


def impact_of(
    world: World,
    model: HazardModel,
    base: Base,
    *,
    since: dt.date,
    after_days: int,
    supposed: frozenset[str],
) -> Impact:
    """Return what the closing of elements does so many days on.

    Parameters
    ----------
    base
        Freight before, with the elements that close.
    supposed
        Those of them that the question shuts: they stay shut all the days asked.
    """
    closing = base.closing
    shut = base.shut | closing
    settled = settle_freight(base, shut)
    each = {QUANTILES[0]: settled} | {
        name: settle_freight(base, shut, quantile=name, start_usd=settled.toll_usd)
        for name in QUANTILES[1:]
    }
    queues = _queues(world, model, base, after_days)
    bills = tuple(merged(bill for ways in queues.values() for way in ways for bill in way.bills))
    share = waiting_share(after_days)
    pairs = pair_impacts(base, settled, share)
    others = {
        name: bought_elsewhere(base, one, _not_sent(pair_impacts(base, one, share)), quantile=name)
        for name, one in each.items()
    }
    money = _money(pairs, known_total(bill.usd for bill in bills))
    ends = sorted(
        (
            _money(pair_impacts(base, each[name], share, end), known_total(usd))
            for name, end, usd in (
                ("p50", "value", [bill.usd for bill in bills]),
                ("p90", "low", [bill.low_usd for bill in bills]),
                ("p10", "high", [bill.high_usd for bill in bills]),
            )
        ),
        key=lambda one: one.loss_usd,
    )
    used = [source for flow in base.counted if flow is not None for source in flow.sources]
    used += [source for gate in base.freight.gates for source in gate.sources]
    return Impact(
        as_of=world.as_of,
        since=since,
        after_days=after_days,
        closing=tuple(sorted(closing)),
        shut_before=tuple(sorted(base.shut)),
        base=base,
        settled=settled,
        elements=_elements(base, each, queues, {name: one[0] for name, one in others.items()}),
        pairs=pairs,
        corridors=corridor_impacts(base, settled, pairs),
        money=money,
        low_money=ends[0],
        high_money=ends[-1],
        expected_shut_days=_shut_days(world, model, closing, supposed, since, after_days),
        bills=bills,
        transfers=_transfers(base, settled, pairs),
        helps=_helps(base, settled, closing),
        other_sellers=others[QUANTILES[0]][1],
        sources=tuple(dict.fromkeys(used)),
    )


def _not_sent(pairs: Sequence[PairImpact]) -> dict[str, float]:
    """Return the trade not sent by country of the buyer, in tonnes a day; transit has no buyer."""
    lost: dict[str, float] = {}
    for pair in pairs:
        if pair.load.flow != TRANSIT:
            buyer = pair.load.countries[1]
            lost[buyer] = lost.get(buyer, 0.0) + pair.not_sent_t
    return lost


def _money(pairs: Sequence[PairImpact], waiting_usd: float | None) -> Money:
    return Money(
        value_not_moved_usd=sum(pair.value_not_moved_usd for pair in pairs),
        detour_usd=sum(pair.detour_usd for pair in pairs),
        waiting_usd=waiting_usd,
        surplus_lost_usd=sum(pair.surplus_lost_usd for pair in pairs),
    )


def _queues(
    world: World, model: HazardModel, base: Base, after_days: int
) -> dict[str, tuple[Standing, ...]]:
    """Return what stands at each road crossing that closes, so many days on."""
    queues = {}
    for name in sorted(base.closing):
        flows = [
            base.before_per_day(row)[0]
            for row, gate in enumerate(base.freight.gates)
            if gate.element_id == name and gate.vehicle == TRUCK
        ]
        if flows and sum(flows) > 0:
            residual = residual_of(world, model, name, float(after_days))
            supposed = Supposed(closed_for_days=float(after_days), arrivals_per_day=sum(flows))
            assert residual is not None  # an age was given
            queues[name] = standing_at_gate(world, name, residual, supposed)
    return queues


def _elements(
    base: Base,
    each: Mapping[str, Settled],
    queues: Mapping[str, Sequence[Standing]],
    others: Mapping[str, Floats],
) -> tuple[ElementFlow, ...]:
    settled = each[QUANTILES[0]]
    room = base.room()
    rows = []
    for number, gate in enumerate(base.freight.gates):
        before, low, high = base.before_per_day(number)
        after = [after_per_day(base, one, number) for one in each.values()]
        more = [float(others[name][number]) for name in each]
        bought = [a + b for a, b in zip(after, more, strict=True)]
        # Before and after vary together: a gate that carried less before does so after. At the low
        # end no one buys elsewhere, which no count from before a closure tells.
        spans = [max(end + flow - before, 0.0) if flow else 0.0
                 for end in (low, high) for flow in (*after, *bought)]  # fmt: skip
        flow = base.counted[number]
        if flow is None and not max(before, *after) > LEAST_UNITS:
            continue  # nothing is known of it, which is not zero
        full = settled.gate_per_day[number] > 0.999 * room[number] > 0
        # Others fill a gate too, and what of theirs it has no room for is not seen there either.
        filled = more[0] > 0 and gate.band is not None and bought[0] > 0.999 * gate.band.p50
        waiting = None if (full and settled.toll_usd[number] > 0) or filled else 0.0
        if gate.element_id in queues:
            ways = queues[gate.element_id]
            waiting = sum(
                way.waiting_trucks for way in ways if way.capacity.direction is gate.direction
            )
        rows.append(
            ElementFlow(
                gate=gate,
                before_per_day=before,
                after_per_day=after[0] + more[0],
                other_sellers_per_day=more[0],
                low=(low, min(spans)),
                high=(high, max(spans)),
                queue_trucks=waiting,
                toll_usd=float(settled.toll_usd[number]),
                counted=flow is not None,
                rests_on=() if flow is None else flow.rests_on,
                known_on=None if flow is None else flow.known_on,
                grade="C" if flow is None else flow.grade,
            )
        )
    return tuple(rows)


def _transfers(base: Base, settled: Settled, pairs: Sequence[PairImpact]) -> tuple[Transfer, ...]:
    """Return who gains and who pays what nobody uses up: border charges, and places in the line."""
    gains: dict[tuple[str, str], float] = {}

    def add(party: str, country: str, usd: float) -> None:
        gains[party, country] = gains.get((party, country), 0.0) + usd

    for pair in pairs:
        for country, usd in pair.fees_usd:
            add("treasuries and agents at the border", country, usd)
            add(OWNERS, pair.load.countries[1], -usd)
    use = base.freight.use_per_t
    for row in np.flatnonzero(settled.toll_usd > 0).tolist():
        for column, way in enumerate(base.freight.ways):
            units = use[row, column] * settled.flow_t_per_day[column]
            if units > 0:
                usd = float(units * settled.toll_usd[row])
                add(HOLDERS, base.freight.gates[row].from_country, usd)
                add(OWNERS, base.freight.loads[way.load].countries[1], -usd)
    return tuple(Transfer(*key, usd) for key, usd in sorted(gains.items()))


def _helps(base: Base, settled: Settled, closing: frozenset[str]) -> tuple[Help, ...]:
    """Return what opening each element would save a day of detours and surplus.

    On either side all that does not move counts as not sent, on whichever day it is asked: were
    what waits left out of one side, an opening would look a loss while trucks stand at the gate.
    """
    now = _money(pair_impacts(base, settled, 0.0), None)
    lost = now.detour_usd + now.surplus_lost_usd
    helps = []
    for name in sorted(closing):
        freed = settle_freight(base, settled.shut - {name}, start_usd=settled.toll_usd)
        opened = _money(pair_impacts(base, freed, 0.0), None)
        helps.append(Help(name, lost - opened.detour_usd - opened.surplus_lost_usd))
    return tuple(sorted(helps, key=lambda one: (-one.saved_usd, one.element_id)))


def _shut_days(
    world: World,
    model: HazardModel,
    closing: frozenset[str],
    supposed: frozenset[str],
    since: dt.date,
    after_days: int,
) -> float:
    """Return how many of the days the elements are shut, as a mean over them."""
    ages = np.arange(after_days, dtype=np.float64)
    sums = []
    for name in sorted(closing):
        running = model.running(name)
        if name in supposed or running is None:
            sums.append(float(after_days))
            continue
        seen = (running.item.seen_until - since).days
        beyond = np.maximum(ages - seen, 0.0)
        law = model.running_law(running)
        sums.append(float(np.sum(survival_after(law, running.age_days, beyond))))
    return float(np.mean(sums)) if sums else 0.0
