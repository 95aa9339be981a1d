"""Tonnes a year from what a row prints, good by good, in the plainest way.

Instead of a formula for a group, each end of the band is found by trying every good in turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from statistics import geometric_mean
from typing import Any


def mix_tonnes(
    text: str, value_usd: float, prices: Mapping[str, tuple[float, float, float]]
) -> list[float]:
    """Return low, central and high tonnes of a value; prices are low, typical, high USD a tonne."""
    parts = [part.partition(":") for part in text.split(";")]
    stated = {names: float(share) for names, colon, share in parts if colon}
    blank = [names for names, colon, _ in parts if not colon]
    left = 1.0 - sum(stated.values())
    shares = dict.fromkeys(blank, left / len(blank)) if blank else {}
    grown = 1.0 if blank else 1.0 / sum(stated.values())
    shares |= {names: share * grown for names, share in stated.items()}
    sums = [0.0, 0.0, 0.0]
    for names, share in shares.items():
        goods = [name for name in names.split("|") if name != "no-freight"]
        if not goods:
            continue
        usd = value_usd * share
        sums[0] += min(usd / prices[name][2] for name in goods)
        sums[1] += usd / geometric_mean([prices[name][1] for name in goods])
        sums[2] += max(usd / prices[name][0] for name in goods)
    return sums


def year_tonnes(
    row: Mapping[str, Any], prices: Mapping[str, tuple[float, float, float]]
) -> list[float] | None:
    """Return low, central and high tonnes a year of a row of the table, or None."""
    if row["published_t"] is not None:
        found = [row["published_t"]] * 3
    elif row["value_musd"] is not None and row["mix"]:
        found = mix_tonnes(row["mix"], 1e6 * row["value_musd"], prices)
    else:
        return None
    days = 0
    day = row["period_start"]
    while day < row["period_end"]:
        day += dt.timedelta(days=1)
        days += 1
    year = days if days in (365, 366) else 365
    ways = row["way_low_share"], row["way_share"], row["way_high_share"]
    return [tonnes * way * year / days for tonnes, way in zip(found, ways, strict=True)]
