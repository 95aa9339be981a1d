"""Freight of all pairs on all ways at once, with what gates can pass: logit under hard capacities.

Each pair has a fixed set of ways and a last alternative, *not sent*, at a stated cost. Flows
minimise cost plus an entropy that spreads them, subject to demand and capacity. The dual is concave
in the tolls of the gates: at tolls each pair loads its ways by logit with path sizes, and the slope
in a toll is flow less capacity. A toll is what one further truck a day (or tonne, or wagon) is
worth at the gate; it is the price of the queue, so no waiting is charged besides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from karwan.base.errors import DataError
from karwan.base.reprs import short_repr

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

FLOW_TOLERANCE_RATIO = 1e-7
"""A gate may be passed by so much more than its capacity, which is the solver's own exactness."""
SETTLED_ROUNDS = 2
"""A search that ends after so few rounds began at the optimum."""
ACTIVE_USD = 1e-6
"""A toll below a millionth of a USD is none."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Demand, ways and capacities.

    Attributes
    ----------
    demand_t_per_day
        Shape (n_pairs,).
    pair
        Shape (n_ways,): the pair of each way; the ways of a pair include *not sent*.
    cost_usd_per_t, path_size_log
        Shape (n_ways,).
    use_per_t
        Shape (n_gates, n_ways): trucks, tonnes or wagons at a gate for a tonne on a way.
    capacity_per_day
        Shape (n_gates,), in the unit of the gate; infinite where nothing is known.
    spread_per_usd
        Theta: by how much the log of a share falls with a USD a tonne.
    """

    demand_t_per_day: Floats
    pair: Longs
    cost_usd_per_t: Floats
    path_size_log: Floats
    use_per_t: Floats
    capacity_per_day: Floats
    spread_per_usd: float

    __repr__ = short_repr


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Flows and tolls.

    Attributes
    ----------
    flow_t_per_day
        Shape (n_ways,).
    gate_per_day, toll_usd
        Shape (n_gates,): what passes, in the gate's unit, and what one further unit a day is worth.
    cost_usd_per_day
        Cost without the entropy.
    optimum_usd_per_day
        What was minimised: cost and entropy.
    """

    flow_t_per_day: Floats
    gate_per_day: Floats
    toll_usd: Floats
    cost_usd_per_day: float
    optimum_usd_per_day: float

    __repr__ = short_repr


def loading(problem: Problem, toll_usd: Floats) -> tuple[Floats, float]:
    """Return the flows at tolls by logit, and the value of the dual there.

    Returns
    -------
    Flows of shape (n_ways,) in tonnes a day, and USD a day.
    """
    theta, pair = problem.spread_per_usd, problem.pair
    utility = problem.path_size_log - theta * (
        problem.cost_usd_per_t + problem.use_per_t.T @ toll_usd
    )
    count = len(problem.demand_t_per_day)
    most = np.full(count, -np.inf)
    np.maximum.at(most, pair, utility)
    weight = np.exp(utility - most[pair])
    total = np.bincount(pair, weights=weight, minlength=count)
    flow = problem.demand_t_per_day[pair] * weight / total[pair]
    surplus = problem.demand_t_per_day @ (np.log(total) + most) / theta
    bounded = np.isfinite(problem.capacity_per_day)
    value = -surplus - toll_usd[bounded] @ problem.capacity_per_day[bounded]
    return flow, float(value)


def assign(problem: Problem, *, start_usd: Floats | None = None) -> Loaded:
    """Return the flows of all pairs under the capacities of the gates, and their tolls.

    Raises
    ------
    DataError
        If a pair has no way that no gate bounds: then *not sent* is missing.
    """
    from scipy.optimize import minimize

    _check(problem)
    # A gate that no way passes has no toll, and one that all demand together cannot fill neither.
    most = problem.use_per_t @ problem.demand_t_per_day[problem.pair]
    bounded = np.flatnonzero(most > problem.capacity_per_day)
    toll = np.zeros(len(problem.capacity_per_day))
    # Tolls are scaled so that a step of 1 moves every gate's flow by a like share.
    scale = 1.0 / problem.spread_per_usd / np.maximum(
        problem.use_per_t[bounded].max(axis=1, initial=0.0), 1e-12
    )  # fmt: skip
    capacity = problem.capacity_per_day[bounded]
    size = max(float(np.abs(capacity).max(initial=0.0)), 1.0)

    def slope(scaled: Floats) -> tuple[float, Floats]:
        toll[bounded] = scaled * scale
        flow, value = loading(problem, toll)
        rise = capacity - problem.use_per_t[bounded] @ flow
        return -value / size, rise * scale / size

    if bounded.size:
        first = np.zeros(bounded.size) if start_usd is None else start_usd[bounded] / scale
        for _ in range(3):  # restarts: a new memory of slopes takes the last digits
            done = minimize(
                slope, first, jac=True, method="L-BFGS-B", bounds=[(0.0, None)] * bounded.size,
                options={"maxiter": 4000, "maxfun": 8000, "ftol": 1e-15, "gtol": 1e-10,
                         "maxcor": 30},
            )  # fmt: skip
            first = np.asarray(done.x)
            if done.nit <= SETTLED_ROUNDS:
                break
        toll[bounded] = np.asarray(first) * scale
    flow, value = loading(problem, toll)
    return Loaded(
        flow_t_per_day=flow,
        gate_per_day=problem.use_per_t @ flow,
        toll_usd=np.where(toll > ACTIVE_USD, toll, 0.0),
        cost_usd_per_day=float(problem.cost_usd_per_t @ flow),
        optimum_usd_per_day=value,
    )


def _check(problem: Problem) -> None:
    free = np.zeros(len(problem.demand_t_per_day), dtype=bool)
    bounded = np.isfinite(problem.capacity_per_day)
    free[problem.pair[~(problem.use_per_t[bounded] > 0).any(axis=0)]] = True
    if not free.all():
        rows = ", ".join(str(row) for row in np.flatnonzero(~free)[:5])
        text = f"pairs {rows} have no way that no gate bounds: add the alternative of not sending"
        raise DataError("the assignment", [text])


def cheapest(problem: Problem) -> Loaded:
    """Return the flows of least cost, without choice: a linear program, the bound of the logit.

    Path sizes play no part in it.
    """
    from scipy.optimize import linprog

    count, ways = len(problem.demand_t_per_day), len(problem.pair)
    bounded = np.isfinite(problem.capacity_per_day)
    demand = np.zeros((count, ways))
    demand[problem.pair, np.arange(ways)] = 1.0
    done = linprog(
        problem.cost_usd_per_t,
        A_ub=problem.use_per_t[bounded] if bounded.any() else None,
        b_ub=problem.capacity_per_day[bounded] if bounded.any() else None,
        A_eq=demand,
        b_eq=problem.demand_t_per_day,
        method="highs",
    )
    toll = np.zeros(len(problem.capacity_per_day))
    if bounded.any():
        toll[bounded] = -np.asarray(done.ineqlin.marginals)
    flow = np.asarray(done.x)
    cost = float(problem.cost_usd_per_t @ flow)
    return Loaded(
        flow_t_per_day=flow,
        gate_per_day=problem.use_per_t @ flow,
        toll_usd=toll,
        cost_usd_per_day=cost,
        optimum_usd_per_day=cost,
    )


def toll_ends(problem: Problem, loaded: Loaded, gate: int) -> tuple[float, float]:
    """Return what one more and one fewer unit a day is worth at a gate, in USD.

    They are one number unless active gates depend on one another, such as two in series; then the
    optimum has a kink there, and the dual of a solver is any number between the two.

    Returns
    -------
    Right derivative (one more) and left derivative (one fewer), the first the smaller.
    """
    from scipy.optimize import linprog

    capacity = problem.capacity_per_day
    room = capacity - loaded.gate_per_day
    active = np.flatnonzero(np.isfinite(capacity) & (room <= 1e-4 * np.maximum(capacity, 1.0)))
    if gate not in active:
        return 0.0, 0.0
    # Flows are unique, so all tolls that are optimal charge every way alike.
    used = problem.use_per_t[active]
    charge = used.T @ loaded.toll_usd[active]
    cost = (active == gate).astype(np.float64)
    slack = 1e-9 * max(float(np.abs(charge).max(initial=0.0)), 1.0)
    rows, ends = np.vstack([used.T, -used.T]), np.concatenate([charge + slack, slack - charge])
    told = []
    for sign in (1.0, -1.0):
        done = linprog(sign * cost, A_ub=rows, b_ub=ends, method="highs")
        told.append(loaded.toll_usd[gate] if done.x is None else float(done.x[active == gate][0]))
    return min(told[0], loaded.toll_usd[gate]), max(told[1], loaded.toll_usd[gate])


def path_sizes_log(pair: Longs, passes: npt.NDArray[np.bool_], length_km: Floats) -> Floats:
    """Return the log of the path size of each way: shared stretches count once among the ways.

    PS of a way is the sum over its stretches of its part of length over how many ways of the pair
    share the stretch (Ben-Akiva and Bierlaire, 1999).

    Parameters
    ----------
    pair
        Shape (n_ways,).
    passes
        Shape (n_stretches, n_ways).
    length_km
        Shape (n_stretches,).
    """
    sizes = np.ones(len(pair))
    for one in np.unique(pair):
        ways = np.flatnonzero(pair == one)
        mine = passes[:, ways]
        shared = mine.sum(axis=1)
        weight = np.where(shared > 0, length_km / np.maximum(shared, 1), 0.0)
        whole = length_km @ mine
        size = weight @ mine
        sizes[ways] = np.where(whole > 0, size / np.maximum(whole, 1e-12), 1.0)
    return np.asarray(np.log(sizes))
