"""The hazard model against its baselines, on the crossings whose record is dense enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.forecasts import history_of, p_shut_on
from karwan.hazard.backtest import HORIZONS_DAYS, Backtest, DayRecord, day_record, run_backtest
from karwan.hazard.history import History
from karwan.hazard.scenarios import HazardModel, fit_hazard

if TYPE_CHECKING:
    from karwan.evidence.closures import ClosureRecord
    from karwan.network.network import Network

ELEMENTS = ("torkham-road", "chaman-spin-boldak-road")
RECORD_FROM = dt.date(2016, 1, 1)
ORIGINS_FROM = dt.date(2019, 1, 1)
BEFORE_OCTOBER = dt.date(2025, 7, 13)
"""Last origin whose 90 days end before the closure of October 2025: one event is no pass mark."""


def run_backtests(
    record: ClosureRecord,
    network: Network,
    as_of: dt.date,
    *,
    seed: int,
    elements: Sequence[str] = ELEMENTS,
) -> list[Backtest]:
    """Return the backtest without and with the closure of October 2025."""
    last_day = min(as_of, max(spell.seen_until or spell.start for spell in record.spells))
    records = [_days(record, network, name, last_day) for name in elements]
    ahead = _Ahead(record, network)
    longest = dt.timedelta(days=max(HORIZONS_DAYS))
    samples = (
        ("Origins before October 2025", min(BEFORE_OCTOBER, last_day - longest)),
        ("All origins, October 2025 included", last_day - longest),
    )
    return [
        run_backtest(title, records, ahead, first=ORIGINS_FROM, last=last, seed=seed)
        for title, last in samples
        if last > ORIGINS_FROM
    ]


def _days(record: ClosureRecord, network: Network, name: str, last: dt.date) -> DayRecord:
    """Return an element's days; a spell without a known end is shut as far as it was seen."""
    history: History = history_of(record, network, last, calendar=True)
    spells = []
    for spell in record.of_element(name, last):
        if any(e for e in history.episodes if name in e.elements and e.start <= spell.start):
            end = spell.end or (spell.seen_until or spell.start) + dt.timedelta(days=1)
            if spell.traffic_class in ("all", "cargo") and spell.cause != "health":
                spells.append((spell.start, min(end, last + dt.timedelta(days=1))))
    return day_record(name, spells, RECORD_FROM, last)


class _Ahead:
    """Forecasts from a date, the model refitted at the start of each quarter on the past only."""

    def __init__(self, record: ClosureRecord, network: Network) -> None:
        self.record, self.network = record, network
        self.models: dict[dt.date, HazardModel] = {}
        self.new: dict[tuple[dt.date, str], list[float]] = {}

    def __call__(self, day: dt.date, element_id: str, shut: bool, age: float) -> list[float]:
        quarter = dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        if quarter not in self.models:
            self.models[quarter] = fit_hazard(
                history_of(self.record, self.network, quarter, calendar=True)
            )
        model = self.models[quarter]
        key = (quarter, element_id)
        if key not in self.new:
            self.new[key] = [p_shut_on(model, element_id, h, 0.0) for h in HORIZONS_DAYS]
        new = self.new[key]
        if not shut:
            return new
        group = self.network.elements[element_id].frontier_group
        lengths = model.lengths_of((element_id,), group)
        still = lengths.survival_after(age, np.array(HORIZONS_DAYS, dtype=float))
        return [float(p + (1 - p) * q) for p, q in zip(still, new, strict=True)]
