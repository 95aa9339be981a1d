"""Crossings that are shut: what waits there, what a day costs, and whether to wait, by cargo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.decisions.bills import known_total, merged
from karwan.analysis.decisions.closures import ClosureQueue, Supposed, WayQueue, closure_queue
from karwan.analysis.decisions.costs import waiting_costs
from karwan.analysis.decisions.decision import Decision, ahead_of, decide, make_bill
from karwan.analysis.decisions.residual import Residual, residual_of
from karwan.analysis.decisions.ways import decision_ways
from karwan.base.errors import DataError
from karwan.base.words import counted
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT, make_consignment
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.network.nouns import Crossing, Place
    from karwan.study.run import StudyResult

MILLION = 1e6
MOST_BEAR = 2
CARGOES = (DEFAULT_CARGO, "fresh")
"""Cargoes for which the decision is told: one that keeps and one that does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutWay:
    """One way over a crossing that is shut: its queue, and by cargo what to do at the gate.

    `decisions` holds None where no way leads over it or the record is too thin.
    """

    way: WayQueue
    decisions: tuple[tuple[str, Decision | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutGate:
    """A crossing that is shut, with what a day costs in all."""

    queue: ClosureQueue
    residual: Residual
    usd_per_day: float | None
    usd_is_whole: bool
    ways: tuple[ShutWay, ...]


@dataclass(frozen=True)
class _Deciding:
    """Decides at the gates of a study for one cargo after another, with a planner for each."""

    result: StudyResult
    _planners: dict[tuple[str, str], Planner] = field(default_factory=dict)

    def planner(self, carrier: str, cargo: str) -> Planner:
        """Return the planner of a truckload of a cargo, priced once."""
        result = self.result
        if (carrier, cargo) not in self._planners:
            shipment = make_consignment(
                result.catalog,
                carrier=carrier,
                countries=result.world.network.countries,
                unit=DEFAULT_UNIT,
                cargo=cargo,
            )
            year = result.comparisons[0].price_year
            self._planners[carrier, cargo] = Planner(
                world=result.world, consignment=shipment, price_year=year
            )
        return self._planners[carrier, cargo]

    def at(self, residual: Residual, here: Place, there: Place, cargo: str) -> Decision | None:
        """Return what a truck before the gate does that goes just beyond it."""
        world = self.result.world
        try:
            planner = self.planner(here.country, cargo)
            ways = decision_ways(planner, residual.element_id, here, there, None)
        except DataError:
            return None
        bill = make_bill(world, planner.consignment, here, waiting_costs(world), is_at_gate=True)
        carrier = planner.consignment.carrier
        ahead, mine = ahead_of(
            world, residual.element_id, ways, residual.age_days, planner.consignment, (here, there)
        )
        return decide(
            world, residual, ways, bill, ahead_trucks=ahead, truck_class=mine, carrier=carrier
        )


def shut_gates(result: StudyResult) -> Iterator[ShutGate]:
    """Yield the road crossings that a closure shuts on the study's date, as last known."""
    model, world = result.hazard, result.world
    if model is None:
        return
    deciding = _Deciding(result)
    for name in model.running_elements():
        crossing = world.network.crossings.get(name)
        if crossing is None or crossing.mode != "road" or not world.network.is_built(name):
            continue
        residual = residual_of(world, model, name)
        if residual is None or name in world.open_ids:
            continue
        try:
            queue = closure_queue(world, name, residual, Supposed())
        except DataError:
            continue  # nothing is known of what comes and passes
        yield _gate(deciding, crossing, residual, queue)


def _gate(
    deciding: _Deciding, crossing: Crossing, residual: Residual, queue: ClosureQueue
) -> ShutGate:
    """Return a gate with its queues, and what to do there each way."""
    places = deciding.result.world.network.places
    sides = {crossing.country_a: crossing.side_a, crossing.country_b: crossing.side_b}
    ways = []
    for way in queue.ways:
        here = places[sides[way.capacity.from_country]]
        there = places[sides[way.capacity.to_country]]
        made = tuple((cargo, deciding.at(residual, here, there, cargo)) for cargo in CARGOES)
        ways.append(ShutWay(way=way, decisions=made))
    bills = merged(bill for way in queue.ways for bill in way.bills)
    return ShutGate(
        queue=queue,
        residual=residual,
        usd_per_day=known_total(bill.usd for bill in bills),
        usd_is_whole=all(bill.usd is not None for bill in bills),
        ways=tuple(ways),
    )


def impact_line(result: StudyResult) -> str:
    """Return what a day of what is shut costs, in a line; blank where that cannot be told."""
    impact = result.impact
    if impact is None:
        return ""
    region = result.world.region
    elements = result.world.network.elements
    tonnes = {
        name: sum(getattr(pair, f"{name}_t") for pair in impact.pairs)
        for name in ("before", "not_sent", "diverted")
    }
    bear = [
        f"{region.country(code)} {usd / MILLION:,.1f}m"
        for code, usd in list(impact.loss_by_country().items())[:MOST_BEAR]
    ]
    first = impact.helps[0] if impact.helps and impact.helps[0].saved_usd > 0 else None
    helps = f" Opening {elements[first.element_id].name} would help most." if first else ""
    least = "at least " if impact.unpriced else ""
    return (
        f"{counted(len(impact.closing), 'crossing')} shut cost {least}"
        f"{impact.money.loss_usd / MILLION:,.1f}m USD a day "
        f"({impact.low_money.loss_usd / MILLION:,.1f} to "
        f"{impact.high_money.loss_usd / MILLION:,.1f}), {impact.after_days} days on: of "
        f"{tonnes['before']:,.0f} t a day before, {tonnes['not_sent']:,.0f} are not sent and "
        f"{tonnes['diverted']:,.0f} go round. Borne by {', '.join(bear)}.{helps} Grade C."
    )


def gather(view: View) -> dict[str, Any] | None:
    """Return what waits at what is shut; None where nothing is."""
    gates = tuple(shut_gates(view.result))
    return {"gates": gates, "advice_words": advice_words} if gates else None


def advice_words(made: Decision | None) -> str:
    """Return what to do in two or three words."""
    if made is None:
        return "no way over it"
    stops = {"divert": "divert", "give-up": "give up", "go-home": "go back"}
    then = stops.get(made.then or "", "")
    if made.threshold_days is None:
        return "wait"
    if made.threshold_days == 0:
        return f"{then} now"
    return f"wait {made.threshold_days} d, then {then}"


WAITING = Section("waiting", "At what is shut: queues, and wait or divert", "closures", gather)
