"""Tonnes, savings and receipts of a line by year and by figure of demand, before any is drawn.

Everything is linear in a figure's tonnes until the line is full, so it is summed once for each
figure, path of closures and year, and every draw of demand is a weighted sum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from karwan.analysis.appraisal.diversion import NOTHING, Diverted, Taste, divert, generated_share
from karwan.analysis.appraisal.markets import Market
from karwan.analysis.appraisal.open_days import OpenShares, Watched

Floats = npt.NDArray[np.float64]
PARTS = ("rail_t", "saved_usd", "choice_usd", "generated_usd", "revenue_usd", "down_tkm", "up_tkm")
OPEN = "open_t"
"""Tonnes that would take the line as with all open, on the days on which it is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketEffect:
    """What a line does in a market while both ways are open, and while the cheapest old one is not.

    Attributes
    ----------
    generated_ratio
        New trade over what there was, from the saving with all open.
    """

    market: Market
    usual: Diverted
    alone: Diverted
    generated_ratio: float

    def per_year(self, part: str, *, alone: bool) -> float:
        """Return a part of a whole year in one of the two states, at the central figure."""
        one = self.alone if alone else self.usual
        market = self.market
        tonnes = market.t_per_year
        new_t = tonnes * self.generated_ratio
        rail_t = tonnes * one.rail_share + new_t
        values = {
            "rail_t": rail_t,
            "saved_usd": tonnes * one.saved_usd_per_t,
            "choice_usd": tonnes * one.choice_usd_per_t,
            "generated_usd": 0.5 * new_t * max(self.usual.saved_usd_per_t, 0.0),
            "revenue_usd": rail_t * market.new.line_usd_per_t,
            "down_tkm": rail_t * market.new.line_km * market.new.down,
            "up_tkm": rail_t * market.new.line_km * (not market.new.down),
        }
        return values[part]


def market_effects(
    markets: Sequence[Market],
    lengths: dict[str, float],
    taste: Callable[[float], Taste],
    elasticity: float,
) -> tuple[MarketEffect, ...]:
    """Return what a line does in each market.

    Parameters
    ----------
    lengths
        Km of every link.
    taste
        How shippers choose, by the cost of the cheapest old way in USD a tonne.
    elasticity
        Of trade to the delivered price, sign left out.

    While the only old way is shut the tonnes wait in the world without the line: that what they
    wait is saved is not counted, only that they pay for the line.
    """
    effects = []
    for market in markets:
        how = taste(market.old[0].cost_usd_per_t)
        usual = _diverted(market, lengths, how)
        less = market.without_best()
        alone = _diverted(less, lengths, how) if less.old else replace(NOTHING, rail_share=1.0)
        delivered = market.goods_usd_per_t + market.old[0].cost_usd_per_t
        ratio = generated_share(usual.saved_usd_per_t, delivered, elasticity)
        effects.append(MarketEffect(market=market, usual=usual, alone=alone, generated_ratio=ratio))
    return tuple(effects)


def _diverted(market: Market, lengths: dict[str, float], taste: Taste) -> Diverted:
    return divert(market.ways(lengths, built=False), market.ways(lengths, built=True), taste)


def watched_of(markets: Sequence[Market]) -> tuple[Watched, ...]:
    """Return what has to be open for each market, each combination once."""
    return tuple(dict.fromkeys(_watched(market) for market in markets))


def _watched(market: Market) -> Watched:
    return Watched(market.new.elements, market.old[0].elements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """Yearly sums at central demand, by figure of demand.

    Attributes
    ----------
    figure_ids
        Figures of demand, in order.
    low_ratio, high_ratio
        Ends of each figure over its central value, shape (n_figures,).
    parts
        By name, shape (n_figures, n_paths, n_years).
    load_t
        Tonnes a year on each link and direction with all open, shape (n_figures, n_loads).
    """

    figure_ids: tuple[str, ...]
    low_ratio: Floats
    high_ratio: Floats
    parts: dict[str, Floats]
    load_t: Floats

    @property
    def rail_t(self) -> float:
        """Tonnes a year that take the line with all open, at central demand."""
        return float(self.open_rail_t.sum())

    @property
    def open_rail_t(self) -> Floats:
        """The same by figure, shape (n_figures,)."""
        return self.load_t[:, 0]


def sum_flows(
    effects: Sequence[MarketEffect], shares: OpenShares, watched: Sequence[Watched]
) -> Flows:
    """Return yearly sums by figure of demand, from what is open on which days.

    The first column of `load_t` holds all tonnes, the others one link and direction each.
    """
    position = {one: number for number, one in enumerate(watched)}
    ids = tuple(dict.fromkeys(one.market.figure_id for one in effects))
    number_of = {name: number for number, name in enumerate(ids)}
    _, path_count, year_count = shares.both.shape
    parts = {name: np.zeros((len(ids), path_count, year_count)) for name in (*PARTS, OPEN)}
    ends = {one.market.figure_id: (one.market.low_ratio, one.market.high_ratio) for one in effects}
    loads: dict[tuple[str, bool], Floats] = {("", True): np.zeros(len(ids))}
    for one in effects:
        figure = number_of[one.market.figure_id]
        where = position[_watched(one.market)]
        for name in PARTS:
            parts[name][figure] += (
                one.per_year(name, alone=False) * shares.both[where]
                + one.per_year(name, alone=True) * shares.line_only[where]
            )
        parts[OPEN][figure] += one.per_year("rail_t", alone=False) * shares.line[where]
        tonnes = one.per_year("rail_t", alone=False)
        loads["", True][figure] += tonnes
        for link in one.market.new.line_links:
            key = (link, one.market.new.down)
            loads.setdefault(key, np.zeros(len(ids)))[figure] += tonnes
    return Flows(
        figure_ids=ids,
        low_ratio=np.array([ends[name][0] for name in ids]),
        high_ratio=np.array([ends[name][1] for name in ids]),
        parts=parts,
        load_t=np.stack(list(loads.values()), axis=1),
    )
