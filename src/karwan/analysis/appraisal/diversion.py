"""Which way freight goes with and without a railway, and what the choice is worth.

A nested logit: overland ways share a nest, others stand beside it. Ways that share links are
counted as less than one each (path size), so that a copy of a way adds nothing. A railway has a
constant of its own: at equal cost it takes the share that railways of the region take beside roads.
The change of the logsum is parted in two: what is saved on tonnes that move, and the rest, which
only says that shippers differ; the rest is told and not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Taste:
    """How shippers choose.

    Attributes
    ----------
    scale
        Utility of a dollar a tonne, 1/(USD/t).
    dissimilarity
        Of the overland nest: 0 to 1, where 1 is no nest.
    rail_constant
        Utility that a new railway has beside its cost.
    """

    scale: float
    dissimilarity: float
    rail_constant: float = 0.0


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways of one market.

    Attributes
    ----------
    cost_usd_per_t
        Generalized cost, shape (n,).
    size
        Path size, 0 to 1, shape (n,).
    overland, new_rail
        Which are in the nest, and which have the railway's constant, shape (n,).
    """

    cost_usd_per_t: Floats
    size: Floats
    overland: Bools
    new_rail: Bools

    def only(self, kept: Bools) -> Ways:
        """Return some of the ways."""
        return Ways(
            self.cost_usd_per_t[kept], self.size[kept], self.overland[kept], self.new_rail[kept]
        )


def path_sizes(links: Sequence[Sequence[str]], lengths: dict[str, float]) -> Floats:
    """Return the path size of each way: 1 where it shares no link, 1/n for n copies.

    Parameters
    ----------
    links
        Links of each way.
    lengths
        Length in km of every link.

    Examples
    --------
    >>> path_sizes([["a", "b"], ["a", "b"], ["c"]], {"a": 1.0, "b": 3.0, "c": 2.0}).tolist()
    [0.5, 0.5, 1.0]
    """
    counts: dict[str, int] = {}
    for way in links:
        for link in set(way):
            counts[link] = counts.get(link, 0) + 1
    sizes = []
    for way in links:
        km = sum(lengths[link] for link in way)
        part = sum(lengths[link] / counts[link] for link in way)
        sizes.append(part / km if km > 0 else 1.0)
    return np.array(sizes, dtype=np.float64)


def logit_shares(ways: Ways, taste: Taste) -> tuple[Floats, float]:
    """Return the share of each way, shape (n,), and the logsum in USD a tonne (more is better)."""
    utility = -taste.scale * ways.cost_usd_per_t + taste.rail_constant * ways.new_rail
    shares = np.zeros(utility.size)
    if not utility.size:
        return shares, -np.inf
    upper: list[tuple[float, Bools, Floats]] = []
    nest = ways.overland
    if nest.any():
        lam = taste.dissimilarity
        inner = utility[nest] / lam
        top = float(inner.max())
        weights = ways.size[nest] * np.exp(inner - top)
        upper.append((lam * (top + np.log(weights.sum())), nest, weights / weights.sum()))
    for k in np.flatnonzero(~nest):
        alone = np.zeros(utility.size, dtype=bool)
        alone[k] = True
        upper.append((float(utility[k] + np.log(ways.size[k])), alone, np.ones(1)))
    best = max(value for value, _, _ in upper)
    total = sum(np.exp(value - best) for value, _, _ in upper)
    for value, members, within in upper:
        shares[members] = np.exp(value - best) / total * within
    return shares, float((best + np.log(total)) / taste.scale)


def equal_cost_constant(share: float, taste: Taste) -> float:
    """Return the constant that gives a railway a share of its nest beside one road at equal cost.

    Examples
    --------
    >>> round(equal_cost_constant(0.5, Taste(0.01, 0.5)), 6)
    0.0
    """
    return taste.dissimilarity * float(np.log(share / (1 - share)))


def observed_constant(
    rail_share: float, rail_usd_per_t: float, road_usd_per_t: float, taste: Taste
) -> float:
    """Return the constant that explains a share seen, at the costs of both."""
    gap = taste.scale * (rail_usd_per_t - road_usd_per_t)
    return equal_cost_constant(rail_share, taste) + gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Diverted:
    """What a new way does to a tonne of a market, on average over all its tonnes.

    Attributes
    ----------
    rail_share
        Of the tonnes that take the new railway.
    drawn_share
        Part of each old way that leaves it, shape (n,); they sum to `rail_share`.
    saved_usd_per_t
        Generalized cost saved by those that move; below 0 where they pay more for it.
    choice_usd_per_t
        The rest of the logsum: told, not counted.
    """

    rail_share: float
    drawn_share: Floats
    saved_usd_per_t: float
    choice_usd_per_t: float


NOTHING = Diverted(
    rail_share=0.0, drawn_share=np.zeros(0), saved_usd_per_t=0.0, choice_usd_per_t=0.0
)


def divert(old: Ways, new: Ways, taste: Taste) -> Diverted:
    """Return what new ways take from old ones.

    Parameters
    ----------
    old
        Ways without the project, with their path sizes among themselves.
    new
        The same ways in the same order, then the new ones; path sizes among all.

    Where there was no way at all nothing is saved on, and nothing is said to be.
    """
    count = old.cost_usd_per_t.size
    if not count or new.cost_usd_per_t.size == count:
        return NOTHING
    before, level_before = logit_shares(old, taste)
    after, level_after = logit_shares(new, taste)
    rail_share = float(after[count:].sum())
    saved = float(before @ old.cost_usd_per_t - after @ new.cost_usd_per_t)
    return Diverted(
        rail_share=rail_share,
        drawn_share=before - after[:count],
        saved_usd_per_t=saved,
        choice_usd_per_t=level_after - level_before - saved,
    )


def generated_share(saved_usd_per_t: float, delivered_usd_per_t: float, elasticity: float) -> float:
    """Return trade that is new, as a share of what there was, by the delivered price.

    Nothing where the mean way does not become cheaper.

    Examples
    --------
    >>> round(generated_share(10.0, 200.0, 5.0), 4), generated_share(-1.0, 200.0, 5.0)
    (0.2924, 0.0)
    """
    if saved_usd_per_t <= 0:
        return 0.0
    return float((1 - saved_usd_per_t / delivered_usd_per_t) ** -elasticity - 1)
