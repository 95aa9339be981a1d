"""How closures of one frontier, and of one gate, differ in length from the rest (empirical Bayes).

What shut Ghulam Khan for years never shut Torkham so long before October 2025. Each unit has two
deviations from the pooled law: of the ordinary length, on the log scale, and of the log-odds of a
structural closure. Both are normal around the parent's; how far units differ is not known
either, and is averaged over. All is summed over a grid, so the answer is the same on every run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from karwan.base.reprs import short_repr
from karwan.hazard.history import FEWEST_DAYS, Episode, History
from karwan.hazard.law import Floats, Law

SHIFTS_LOG = np.linspace(-3.0, 3.0, 41)
"""Deviations of the log length: from a twentieth of the pooled length to twenty times."""
LOG_ODDS = np.linspace(-6.0, 4.0, 26)
SHARES = 1 / (1 + np.exp(-LOG_ODDS[[0, -1]]))
"""Least and most structural share on the grid; a law of one kind has less."""
SHIFT_SDS_LOG = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
ODDS_SDS_LOG = (0.1, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0)
"""Standard deviations tried, from units nearly alike to units that share nothing."""
USUAL_SHIFT_SD_LOG, USUAL_ODDS_SD_LOG = 0.5, 2.0
"""Half-normal priors of the two. With a handful of units likelihood alone runs to the widest: of
frontiers where little was searched for, only the long closures are on record."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's posterior: mean deviation of log length, mean share of structural closures."""

    shift_log: float
    structural_share: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How far units differ: standard deviations of log length and of the log-odds."""

    shift_sd_log: float
    odds_sd_log: float


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The pooled law, and how groups and elements deviate from it; spreads are posterior means."""

    pooled: Law
    groups: Mapping[str, Unit]
    elements: Mapping[str, Unit]
    group_spread: Spread
    element_spread: Spread

    __repr__ = short_repr

    def law(self, elements: Sequence[str], group: str) -> Law:
        """Return the law of an episode: the mean deviations of the elements it hits."""
        units = [self.elements.get(name, self.groups[group]) for name in elements]
        units = units or [self.groups[group]]
        shift = sum(unit.shift_log for unit in units) / len(units)
        share = sum(unit.structural_share for unit in units) / len(units)
        return self.pooled.moved(shift, share)


def pool_lengths(history: History, pooled: Law) -> Pool:
    """Return the deviations of every group, and of every element ever hit."""
    table = _table(history.episodes, pooled)
    position = {episode.name: k for k, episode in enumerate(history.episodes)}
    by_group = {
        group: [position[episode.name] for episode in episodes]
        for group, episodes in history.by_group.items()
    }
    top = Unit(0.0, pooled.structural_share)
    weights = _weights([(table[rows], top) for rows in by_group.values() if rows])
    group_spread = _mean_spread(weights)
    groups = {group: _posterior(table[rows], top, weights) for group, rows in by_group.items()}
    hit = sorted({name for episode in history.episodes for name in episode.elements})
    by_element = {
        name: [position[episode.name] for episode in history.of_element(name)] for name in hit
    }
    parents = {name: groups[history.group_of[name]] for name in hit}
    weights = _weights([(table[rows], parents[name]) for name, rows in by_element.items()])
    element_spread = _mean_spread(weights)
    elements = {
        name: _posterior(table[rows], parents[name], weights) for name, rows in by_element.items()
    }
    elements |= {twin: elements[gate] for twin, gate in history.twins.items() if gate in elements}
    return Pool(
        pooled=pooled,
        groups=groups,
        elements=elements,
        group_spread=group_spread,
        element_spread=element_spread,
    )


def _table(episodes: Sequence[Episode], pooled: Law) -> Floats:
    """Return the log likelihood of each episode's length, shape (n, n_shifts, n_odds)."""
    days = np.array([max(episode.days, FEWEST_DAYS) for episode in episodes])
    ended = np.array([episode.ended for episode in episodes], dtype=bool)
    return pooled.log_likelihoods(days, ended, SHIFTS_LOG, LOG_ODDS)


def _priors(parent: Unit) -> tuple[Floats, Floats]:
    """Return the priors of shift and log-odds on their grids, a row per standard deviation.

    Shape (n_shift_sds, n_shifts) and (n_odds_sds, n_odds); each row sums to 1.
    """
    share = np.clip(parent.structural_share, *SHARES)
    middle = np.log(share / (1 - share))
    found = []
    for grid, centre, sds in (
        (SHIFTS_LOG, parent.shift_log, SHIFT_SDS_LOG),
        (LOG_ODDS, middle, ODDS_SDS_LOG),
    ):
        each = np.exp(-0.5 * ((grid - centre) / np.array(sds)[:, None]) ** 2)
        found.append(each / each.sum(axis=1, keepdims=True))
    return found[0], found[1]


def _evidence(rows: Floats, parent: Unit) -> tuple[Floats, Floats, float]:
    """Return how likely a unit's lengths are under every spread, and on the grid.

    Returns
    -------
    ndarray, ndarray, float
        Shape (n_shift_sds, n_odds_sds); shape (n_shifts, n_odds); both are to be multiplied by
        the exponential of the last.
    """
    total = rows.sum(axis=0)
    top = float(total.max())
    likelihood = np.exp(total - top)
    shift, odds = _priors(parent)
    return shift @ likelihood @ odds.T, likelihood, top


def _weights(units: Sequence[tuple[Floats, Unit]]) -> Floats:
    """Return how likely each spread is, given the units' lengths; sums to 1.

    Shape (n_shift_sds, n_odds_sds).
    """
    usual = (np.array(SHIFT_SDS_LOG)[:, None] / USUAL_SHIFT_SD_LOG) ** 2
    usual = usual + (np.array(ODDS_SDS_LOG)[None, :] / USUAL_ODDS_SD_LOG) ** 2
    found = -usual / 2
    for rows, parent in units:
        evidence, _, top = _evidence(rows, parent)
        found = found + np.log(evidence) + top
    weights = np.exp(found - found.max())
    return np.asarray(weights / weights.sum())


def _mean_spread(weights: Floats) -> Spread:
    return Spread(
        float(weights.sum(axis=1) @ np.array(SHIFT_SDS_LOG)),
        float(weights.sum(axis=0) @ np.array(ODDS_SDS_LOG)),
    )


def _posterior(rows: Floats, parent: Unit, weights: Floats) -> Unit:
    """Return a unit's posterior means over all spreads; its parent if it has no rows.

    Each spread's posterior counts with the weight that all units together give it.
    """
    if not len(rows):
        return parent
    evidence, likelihood, _ = _evidence(rows, parent)
    shift, odds = _priors(parent)
    posterior = likelihood * (shift.T @ (weights / evidence) @ odds)
    share = 1 / (1 + np.exp(-LOG_ODDS))
    return Unit(float(posterior.sum(axis=1) @ SHIFTS_LOG), float(posterior.sum(axis=0) @ share))
