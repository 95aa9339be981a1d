"""What a line that opened would have returned by what was published: value, rates, what is missing.

Users' saving is what a lorry took less what a tonne costs on the line; the line bears its works,
its upkeep and its guards. All else of an appraisal needs figures from before the openings that the
tables do not hold, and is told row by row as not given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from karwan.analysis.appraisal.discounting import (
    Floats,
    LineCost,
    all_returns,
    break_even_tariff,
    present_value,
)
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form

FILES = (Form.json, Form.csv, Form.frame)
PROMISED, FORETOLD, CARRIED = "as promised", "at the middle of its class", "as carried"


@dataclass(frozen=True, kw_only=True)
class LineReturn:
    """What a line returns at a tonnage of every year of its life.

    Attributes
    ----------
    at
        Which tonnage: as promised, at the middle of its class, as carried.
    low_enpv_musd, enpv_musd, high_enpv_musd
        Present value at the start of the works, at the least, middle and most that a lorry took.
        None where no such rate may be used.
    eirr
        All rates of return at the middle rate; empty where there is none, with the reason.
    bcr
        Present value of what users save over that of what the line costs, at the middle rate.
    break_even_usd_per_tkm
        What a lorry has to take for the line to pay just: needs no rate of lorries.
    """

    at: str
    mt_per_year: float
    low_enpv_musd: float | None
    enpv_musd: float | None
    high_enpv_musd: float | None
    eirr: tuple[float, ...]
    eirr_why: str
    bcr: float | None
    break_even_usd_per_tkm: float

    __repr__ = short_repr


RETURNS: tuple[Column[LineReturn], ...] = (
    Column(name="at", forms=FILES),
    Column(name="mt_per_year", unit="Mt/year", forms=FILES, digits=dict.fromkeys(FILES, 4)),
    Column(name="low_enpv_musd", unit="million USD", forms=FILES, digits=dict.fromkeys(FILES, 2)),
    Column(name="enpv_musd", unit="million USD", forms=FILES, digits=dict.fromkeys(FILES, 2)),
    Column(name="high_enpv_musd", unit="million USD", forms=FILES, digits=dict.fromkeys(FILES, 2)),
    Column(name="eirr", get=lambda one: [round(root, 4) for root in one.eirr], forms=FILES),
    Column(name="eirr_why", get=lambda one: one.eirr_why or None, forms=FILES),
    Column(name="bcr", forms=FILES, digits=dict.fromkeys(FILES, 3)),
    Column(name="break_even_usd_per_tkm", unit="USD/tkm", forms=FILES,
           digits=dict.fromkeys(FILES, 4)),
)  # fmt: skip
"""What is told of a return."""

NOT_GIVEN = {
    "freight that is new": "the tables hold no price of the way from before the opening",
    "worth of the choice": "the tables hold no network of roads and rates of that year",
    "days shut": "a line not built has no record; what closures of the road cost is left out",
    "hours saved": "the tables hold no hours by lorry over the way from before the opening",
    "taxes and wages at economic prices": "the tables do not split the cost by labour and taxes",
    "emissions, accidents, wear of roads": "no factor for these roads was found",
    "accounts by country": "the tables hold no fee of the line from before the opening",
    "growth of tonnes": "one count a line: a year's tonnes stand for every year",
    "what is left at the end": "no life of the parts is known; the line is worth nothing then",
}
"""Parts of an appraisal that cannot be given of these lines, and why."""


def flows(cost: LineCost, mt_per_year: float, usd_per_t: float) -> tuple[Floats, Floats, Floats]:
    """Return what users save and what a line costs, million USD, and when, in years.

    The works are spent evenly, each year's at its middle; a year of working counts at its end.

    Returns
    -------
    ndarray, ndarray, ndarray
        Savings, costs and times; shape (build years + operating years,).

    Examples
    --------
    >>> made = LineCost(
    ...     capex_musd=100, length_km=100, fixed_usd_per_km=10_000, variable_usd_per_tkm=0.01,
    ...     security_share=0.0, build_year_count=1, operating_year_count=2,
    ... )
    >>> [part.tolist() for part in flows(made, 2.0, 6.0)]
    [[0.0, 12.0, 12.0], [100.0, 3.0, 3.0], [0.5, 2.0, 3.0]]
    """
    build, years = cost.build_year_count, cost.operating_year_count
    spent = cost.capex_musd * (1 + cost.overrun_share)
    yearly = (
        cost.fixed_usd_per_km * cost.length_km / 1e6
        + cost.security_share * spent
        + cost.variable_usd_per_tkm * cost.length_km * mt_per_year
    )
    saved = np.concatenate([np.zeros(build), np.full(years, mt_per_year * usd_per_t)])
    costs = np.concatenate([np.full(build, spent / build), np.full(years, yearly)])
    times = np.concatenate([np.arange(build) + 0.5, build + np.arange(years) + 1.0])
    return saved, costs, times


def line_returns(
    cost: LineCost,
    tonnages: Sequence[tuple[str, float]],
    road_usd_per_t: tuple[float, float] | None,
    *,
    rate_share: float,
) -> tuple[LineReturn, ...]:
    """Return what a line returns at each tonnage.

    Parameters
    ----------
    tonnages
        Name and Mt a year of each.
    road_usd_per_t
        Least and most that a lorry took over its length; None where no rate may be used.
    """
    return tuple(
        _return(cost, at, mt, road_usd_per_t, rate_share=rate_share) for at, mt in tonnages
    )


def _return(
    cost: LineCost,
    at: str,
    mt_per_year: float,
    road: tuple[float, float] | None,
    *,
    rate_share: float,
) -> LineReturn:
    tariff = break_even_tariff(cost, mt_per_year, rate_share=rate_share)
    if road is None:
        return LineReturn(
            at=at, mt_per_year=mt_per_year, low_enpv_musd=None, enpv_musd=None,
            high_enpv_musd=None, eirr=(), eirr_why="no rate of lorries may be used", bcr=None,
            break_even_usd_per_tkm=tariff / cost.length_km,
        )  # fmt: skip
    low, high = road

    def worth(usd_per_t: float) -> tuple[float, float]:
        saved, costs, times = flows(cost, mt_per_year, usd_per_t)
        return (
            float(present_value(saved, times, rate_share)),
            float(present_value(costs, times, rate_share)),
        )

    saved, costs, times = flows(cost, mt_per_year, (low + high) / 2)
    returns = all_returns(saved - costs, times)
    least, middle, most = (worth(usd) for usd in (low, (low + high) / 2, high))
    return LineReturn(
        at=at,
        mt_per_year=mt_per_year,
        low_enpv_musd=least[0] - least[1],
        enpv_musd=middle[0] - middle[1],
        high_enpv_musd=most[0] - most[1],
        eirr=returns.roots,
        eirr_why=returns.why,
        bcr=middle[0] / middle[1],
        break_even_usd_per_tkm=tariff / cost.length_km,
    )


def line_returns_words(returns: Sequence[LineReturn]) -> str:
    """Return what a line returns, in words; empty where its cost is not known."""
    told = []
    for one in returns:
        if one.enpv_musd is None or one.low_enpv_musd is None or one.high_enpv_musd is None:
            told.append(
                f"{one.at} not given (no rate of lorries may be used): it pays where a lorry takes "
                f"{100 * one.break_even_usd_per_tkm:,.1f} cents a tonne-km or more"
            )
            continue
        ends = [f"{end:+,.0f}" for end in (one.low_enpv_musd, one.high_enpv_musd)]
        spread = "" if ends[0] == ends[1] else f" ({' to '.join(ends)})"
        rate = (
            " or ".join(f"{100 * root:.1f} %" for root in one.eirr)
            if one.eirr
            else f"none ({one.eirr_why})"
        )
        told.append(
            f"{one.at} {one.enpv_musd:+,.0f} million USD{spread}, return {rate}, savings over "
            f"costs {one.bcr:,.2f}"
        )
    return f"present value of savings less costs: {'; '.join(told)}" if told else ""
