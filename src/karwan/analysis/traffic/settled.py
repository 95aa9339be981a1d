"""Where freight settles when gates shut: counts say what passed before, the model what changes.

Published demand was sent while all was open, so the demand that the ways share is larger by what
*not sent* takes even then. Costs alone do not explain which gate is used; what counts show beyond
them becomes a constant of each gate, fitted on counts from before, so that the model begins where
the counts are. After a closure each gate has its counted flow and what the model adds, and room for
no more than its capacity less what was counted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from karwan.analysis.traffic.assignment import Floats, Loaded, assign, loading
from karwan.analysis.traffic.base_flows import split_of_series
from karwan.analysis.traffic.counts import TRUCK
from karwan.analysis.traffic.freight import Freight
from karwan.analysis.traffic.ordinary import OrdinaryFlow, counted_flow
from karwan.base.reprs import short_repr

if TYPE_CHECKING:
    from karwan.analysis.traffic.assignment import Problem
    from karwan.analysis.traffic.capacity import CapacityUsed

ELASTICITIES = (-0.5, -1.0, -2.0)
"""Change of a way's share of a half with its cost: low, usual and high of what studies of freight
give; none is of this region (grade C)."""
TRANSIT_SHARE = 0.28
"""Of what is counted at a gate away from what closes, freight between third countries is at most
so much: transit boxes by customs (2024-25) at the two gates where they were counted. Grade C
elsewhere."""
ROUNDS, STEP = 300, 0.5
"""Of fitting the constants: each round moves a gate's by half of what would put its flow right."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How freight spreads over ways of unequal cost.

    Attributes
    ----------
    per_usd
        Theta, per USD a tonne.
    elasticity
        Of a way's share to its cost at the mean cost, for a share of a half.
    series
        The count whose split it is fitted to; blank if there is none.
    at_end
        Whether the split asks for less or more than the published range: its end is taken.
    """

    per_usd: float
    elasticity: float
    series: str
    at_end: bool


@dataclass(frozen=True, kw_only=True)
class Base:
    """Freight as it was before, on the counts.

    Attributes
    ----------
    constants_usd
        Shape (n_gates,): what a unit at each gate is charged beyond its cost, to match the counts.
    scale
        Shape (n_loads,): demand that is shared, over the published.
    counted
        What was counted at each gate, None where nothing was.
    counts_ratio
        Freight over the frontier by the counts, over the published demand of the pairs asked.
    flow_t_per_day
        Shape (n_ways,).
    gate_per_day
        Shape (n_gates,): the part of each gate's flow that the pairs asked explain.
    """

    freight: Freight
    spread: Spread
    shut: frozenset[str]
    closing: frozenset[str]
    constants_usd: Floats
    scale: Floats
    counted: tuple[OrdinaryFlow | None, ...]
    counts_ratio: float
    flow_t_per_day: Floats
    gate_per_day: Floats

    __repr__ = short_repr

    def problem(
        self, shut: frozenset[str], capacity_per_day: Floats | None
    ) -> tuple[Problem, Floats]:
        """Return the freight with elements shut, gates charged with their constants."""
        none = np.full(len(self.freight.gates), np.inf)
        problem, keep = self.freight.problem(
            self.spread.per_usd,
            shut=shut,
            capacity_per_day=none if capacity_per_day is None else capacity_per_day,
            scale=self.scale,
        )
        charged = problem.cost_usd_per_t + problem.use_per_t.T @ self.constants_usd
        return replace(problem, cost_usd_per_t=charged), keep

    def room(self, quantile: str = "p50") -> Floats:
        """Return what the freight asked may use of each gate a day: capacity less other flows."""
        capacity = self.freight.capacity_at(quantile)
        counted = np.array([0.0 if one is None else one.per_day for one in self.counted])
        mine = np.where([one is None for one in self.counted], 0.0, self.gate_per_day)
        return np.asarray(np.maximum(capacity - counted, 0.0) + mine)

    def before_per_day(self, gate: int) -> tuple[float, float, float]:
        """Return a gate's ordinary flow with its low and high: counted, else what pairs explain."""
        flow = self.counted[gate]
        if flow is not None:
            return flow.per_day, flow.low_per_day, flow.high_per_day
        return (float(self.gate_per_day[gate]),) * 3


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Where freight settles with elements shut.

    Attributes
    ----------
    flow_t_per_day
        Shape (n_ways,): 0 on ways that are shut.
    toll_usd
        Shape (n_gates,): what one further unit a day is worth.
    """

    shut: frozenset[str]
    flow_t_per_day: Floats
    gate_per_day: Floats
    toll_usd: Floats
    problem: Problem
    loaded: Loaded

    __repr__ = short_repr


def fit_spread(freight: Freight) -> Spread:
    """Return theta, fitted to the split of one count over gates within the published range."""
    from scipy.optimize import minimize_scalar

    series, split = split_of_series(freight.capacities)
    demand = np.array([load.t_per_day for load in freight.loads])
    best = [min(way.usd_per_t for way in freight.ways if way.load == row)
            for row in range(len(freight.loads))]  # fmt: skip
    mean_cost = float(demand @ best / demand.sum())
    low, usual, high = (-2 * elasticity / mean_cost for elasticity in ELASTICITIES)
    rows = {(gate.element_id, gate.direction): row for row, gate in enumerate(freight.gates)
            if gate.vehicle == TRUCK}  # fmt: skip
    known = [(rows[key], value) for key, value in split.items() if key in rows]
    theta, at_end = usual, False
    if len(known) > 1:
        counted = np.array([value for _, value in known])
        counted /= counted.sum()
        free = np.zeros(len(freight.gates))

        def distance(log_theta: float) -> float:
            problem, _ = freight.problem(float(np.exp(log_theta)))
            passed = (problem.use_per_t @ loading(problem, free)[0])[[row for row, _ in known]]
            passed += 1e-9
            return float(counted @ np.log(counted / (passed / passed.sum())))

        ends = (float(np.log(low)), float(np.log(high)))
        theta = float(np.exp(minimize_scalar(distance, bounds=ends, method="bounded").x))
        at_end = not low * 1.02 < theta < high / 1.02
    return Spread(
        per_usd=theta,
        elasticity=-theta * mean_cost / 2,
        series=series if len(known) > 1 else "",
        at_end=at_end,
    )


def fit_base(
    freight: Freight,
    spread: Spread,
    *,
    shut: frozenset[str],
    closing: frozenset[str],
    by: dt.date,
    each_by_its_day: bool = False,
) -> Base:
    """Return the freight before a closure, on what was counted.

    Gates of the frontier of what closes, and of one that a count has put on one measure, are
    matched to their counts; other counted gates carry at most what was counted, since other freight
    passes them too, and between third countries no more than transit's usual share of it.

    Parameters
    ----------
    shut
        Elements shut before and after.
    closing
        Elements that close: open before.
    by
        Day on which they close: counts near it are taken.
    each_by_its_day
        Of what closes, each gate's counts are taken near the day on which the record has it shut.
    """
    gates = freight.gates
    counted = tuple(
        _counted(freight, gate, None if each_by_its_day and gate.element_id in closing else by)
        for gate in gates
    )
    named = {element for element, _ in split_of_series(freight.capacities)[1]} | closing
    fronts = {frozenset((gate.from_country, gate.to_country)) for gate in gates
              if gate.element_id in named}  # fmt: skip
    matched = np.array(
        [
            flow is not None and gate.vehicle == TRUCK and gate.element_id not in shut
            and frozenset((gate.from_country, gate.to_country)) in fronts
            for gate, flow in zip(gates, counted, strict=True)
        ],
        dtype=np.bool_,
    )  # fmt: skip
    target = np.array([np.inf if flow is None else flow.per_day for flow in counted])
    problem, keep = freight.problem(
        spread.per_usd, shut=shut, capacity_per_day=np.full(len(gates), np.inf)
    )
    keep = keep.astype(np.int64)
    sent = np.array([freight.ways[row].sent for row in keep])
    constants, scale, ratio = np.zeros(len(gates)), np.ones(len(freight.loads)), 1.0
    crossing = problem.use_per_t[matched].any(axis=0)
    foreign = problem.use_per_t * _is_foreign(freight)[:, keep]
    most_use = np.maximum(problem.use_per_t.max(axis=1), 1e-12)
    published = problem.demand_t_per_day
    count = len(published)
    flow = np.zeros(len(keep))
    for _ in range(ROUNDS):
        flow, _ = loading(replace(problem, demand_t_per_day=published * scale), constants)
        gone = np.bincount(problem.pair, weights=flow * sent, minlength=count)
        over = np.bincount(problem.pair, weights=flow * crossing, minlength=count)
        passed = problem.use_per_t @ flow
        if matched.any() and passed[matched].sum() > 0:
            ratio *= (target[matched].sum() / passed[matched].sum()) ** STEP
        # The part of a pair that crosses the frontier is as large as the counts; the rest is not.
        share = np.where(gone > 0, over / np.maximum(gone, 1e-12), 0.0)
        aim = published * (1 + share * (ratio - 1))
        scale *= np.where(gone > 0, (aim / np.maximum(gone, 1e-12)) ** STEP, 1.0)
        pull = np.log(np.maximum(passed, 1e-9) / np.where(np.isfinite(target), target, 1.0))
        move = STEP * pull / spread.per_usd / most_use
        bound = np.isfinite(target) & ~matched
        strange = np.maximum(foreign @ flow, 1e-9)
        limit = np.where(np.isfinite(target), np.maximum(TRANSIT_SHARE * target, 1e-9), 1.0)
        excess = np.maximum(pull, np.log(strange / limit))
        move = np.where(bound, STEP * excess / spread.per_usd / most_use, move)
        constants = np.where(matched, constants + move, constants)
        constants = np.where(bound, np.maximum(constants + move, 0.0), constants)
    whole = np.zeros(len(freight.ways))
    whole[keep] = flow
    return Base(
        freight=freight, spread=spread, shut=shut, closing=closing, constants_usd=constants,
        scale=scale, counted=counted, counts_ratio=ratio, flow_t_per_day=whole,
        gate_per_day=freight.use_per_t @ whole,
    )  # fmt: skip


def _is_foreign(freight: Freight) -> npt.NDArray[np.bool_]:
    """Return for each gate and way whether the freight is of neither country of the gate."""
    ends = [set(freight.loads[way.load].countries) for way in freight.ways]
    sides = [{gate.from_country, gate.to_country} for gate in freight.gates]
    strange = np.array([[not (side & end) for end in ends] for side in sides], dtype=np.bool_)
    return strange.reshape(len(sides), len(ends))


def _counted(freight: Freight, gate: CapacityUsed, by: dt.date | None) -> OrdinaryFlow | None:
    """Return what was counted at a gate near a day; None where nothing was."""
    if by is None or gate.flow is None or not gate.flow.is_counted or gate.flow.by == by:
        return gate.flow if gate.flow is not None and gate.flow.is_counted else None
    counts = freight.capacities.counts.get((gate.element_id, gate.vehicle), ())
    return counted_flow(counts, gate.direction, by)


def settle_freight(
    base: Base,
    shut: frozenset[str],
    *,
    quantile: str = "p50",
    more_per_day: Floats | None = None,
    start_usd: Floats | None = None,
) -> Settled:
    """Return where freight settles with elements shut, no gate above its capacity.

    Parameters
    ----------
    more_per_day
        Shape (n_gates,): capacity beyond what each has.
    start_usd
        Shape (n_gates,): tolls near those of the answer, from which the search sets out.
    """
    room = base.room(quantile)
    problem, keep = base.problem(shut, room if more_per_day is None else room + more_per_day)
    loaded = assign(problem, start_usd=start_usd)
    whole = np.zeros(len(base.freight.ways))
    whole[keep.astype(np.int64)] = loaded.flow_t_per_day
    return Settled(
        shut=shut,
        flow_t_per_day=whole,
        gate_per_day=loaded.gate_per_day,
        toll_usd=loaded.toll_usd,
        problem=problem,
        loaded=loaded,
    )


def after_per_day(base: Base, settled: Settled, gate: int) -> float:
    """Return what passes a gate once settled: what was counted and what the model moved."""
    one: CapacityUsed = base.freight.gates[gate]
    if one.element_id in settled.shut:
        return 0.0
    moved = float(settled.gate_per_day[gate] - base.gate_per_day[gate])
    return max(base.before_per_day(gate)[0] + moved, 0.0)
