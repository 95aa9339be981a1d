"""Forecasts of monthly counts of incidents, tested on the past by region."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from karwan.base.errors import FitError
from karwan.base.words import counted
from karwan.evidence.incidents import month_of
from karwan.hazard.counts import HORIZONS_MONTHS, CountBacktest, run_count_backtest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from karwan.data.region import CountUnit
    from karwan.evidence.incidents import Incidents
    from karwan.hazard.incidents import Floats

FIRST_ORIGIN = dt.date(2011, 12, 1)
"""The first month at whose end a forecast is made."""
FEWEST_MONTHS = 36


def count_by_unit(
    incidents: Incidents, countries: Iterable[str], parts: Sequence[CountUnit]
) -> tuple[dict[str, Floats], list[dt.date]]:
    """Return events a month by unit, and the months: the newest that are covered without a gap.

    Units are the parts named, and the other countries that are covered at all. Events whose
    province is blank count in the rest of their country.

    Parameters
    ----------
    parts
        Parts of countries; an event counts in the first that holds it.
    """
    months = incidents.months()
    known = [c for c in sorted(countries) if any(incidents.covers(c, m) for m in months)]
    kept: list[dt.date] = []
    for month in reversed(months):
        whole = bool(known) and all(incidents.covers(country, month) for country in known)
        if kept and not whole:
            break
        kept = [month, *kept] if whole else kept
    index = {month: n for n, month in enumerate(kept)}
    units: dict[str, Floats] = {}
    for row in incidents.events.select("country", "adm_1", "start").to_dicts():
        n = index.get(month_of(row["start"]))
        if row["country"] in known and n is not None:
            unit = _unit(row["country"], row["adm_1"] or "", parts)
            units.setdefault(unit, np.zeros(len(kept)))[n] += 1
    return dict(sorted(units.items())), kept


def _unit(country: str, adm_1: str, parts: Sequence[CountUnit]) -> str:
    return next((part.name for part in parts if part.holds(country, adm_1)), country)


def backtest_counts(
    incidents: Incidents, countries: Iterable[str], parts: Sequence[CountUnit], *, seed: int = 0
) -> tuple[CountBacktest, dt.date, dt.date]:
    """Return the backtest with its first and last origin, as months.

    Raises
    ------
    FitError
        If the releases cover too few months.
    """
    units, months = count_by_unit(incidents, countries, parts)
    first = next((n for n, m in enumerate(months) if m >= FIRST_ORIGIN), len(months))
    first = max(first, FEWEST_MONTHS)
    last = len(months) - 1 - max(HORIZONS_MONTHS)
    if not units or first > last:
        msg = (
            f"A backtest of counts needs {counted(FEWEST_MONTHS, 'month')} covered without a "
            f"gap, then more "
            f"months from {FIRST_ORIGIN:%Y-%m} on; there are {len(months)}."
        )
        raise FitError(msg)
    return run_count_backtest(units, first, seed=seed), months[first], months[last]
