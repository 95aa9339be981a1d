"""Waiting at a gate, day by day, with lengths drawn; and the best day to stop by trying each."""

from __future__ import annotations

import random

from karwan.analysis.decisions.stopping import Problem


def simulated_costs(problem: Problem, stop_day: int, count: int, seed: int) -> list[float]:
    """Return the costs of waiting until a day, for lengths drawn from the survival."""
    draw = random.Random(seed)
    survival, costs = problem.survival, []
    for _ in range(count):
        chance, day = draw.random(), 0
        while True:
            if day == stop_day:
                costs.append(float(problem.stop_usd[day]))
                break
            if chance >= survival[day + 1]:  # it reopens before the next day is over
                costs.append(float(problem.through_usd[day + 1]))
                break
            day += 1
    return costs


def mean_cost(problem: Problem, stop_day: int) -> float:
    """Return the mean cost of waiting until a day, outcome by outcome."""
    total = float(problem.survival[stop_day]) * float(problem.stop_usd[stop_day])
    for day in range(1, stop_day + 1):
        chance = float(problem.survival[day - 1]) - float(problem.survival[day])
        total += chance * float(problem.through_usd[day])
    return total


def best_by_trying(problem: Problem) -> float:
    """Return the least mean cost over all days on which to stop."""
    return min(mean_cost(problem, day) for day in range(problem.survival.size))
