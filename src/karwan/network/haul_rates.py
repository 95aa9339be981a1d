"""What it costs to carry a tonne over a kilometre, by country and mode.

Line haul is CPMM's all-in TFI3 less TFI2 times the border sides met in 500 km, so that border
fees are not counted twice. A country without a published rate gets the median of the region's
and their whole range as a band.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.known import known_from, measured
from karwan.base.provenance import Figure, Source, worst_grade
from karwan.data.rows.costs import CpmmTfiRow
from karwan.data.rows.row import source_of
from karwan.network.defaults import quantile
from karwan.network.prices import Prices
from karwan.network.vehicles import Consignment

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

TFI_KM = 500.0
TFI_T = 20.0
BORROWED = "borrowed_rate_ratio"
"""Parameter of the countries without a rate of which there are quotes."""
QUEUE_YEARS = range(2020, 2023)
QUEUE_YEARS_COUNT = "queue_years_weight"
"""Parameter of the countries whose rates of those years held queues at shut frontiers: they are in
the band, and their weight in the centre is 0."""
RATE_UNIT = "USD/tonne-km"
"""Unit of parameters that are a country's freight rate: lists and tariffs of carriers, which go
before the means of CPMM."""


@dataclass(frozen=True)
class HaulRates:
    """Rates of line haul of a catalogue.

    Attributes
    ----------
    as_of
        Rates published after this day are not used, unless there is none older.
    """

    catalog: Catalog
    as_of: dt.date
    prices: Prices

    def rate(self, country: str, mode: str) -> Figure:
        """Return USD per km for a load of 20 t by road or rail, border fees taken out.

        The newest figure of the best grade is central; the spread of all years is the band, and
        by rail the published discounts widen it downwards.
        """
        published = self._published_rates.get((country, mode))
        return published if published is not None else self._missing_rate(country, mode)

    @property
    def newest_year(self) -> int:
        """Year of the newest rate in use; the price year where no rate has one."""
        years = [row.year for key in self.tfi for row in self._usable(*key)]
        return max(years, default=self.prices.price_year)

    @cached_property
    def tfi(self) -> dict[tuple[str, str, str], list[CpmmTfiRow]]:
        """Rows of both directions by indicator, country and mode."""
        by_key: dict[tuple[str, str, str], list[CpmmTfiRow]] = {}
        for row in self.catalog.rows(CpmmTfiRow):
            if row.country and row.direction == "both" and row.indicator in ("TFI2", "TFI3"):
                by_key.setdefault((row.indicator, row.country, row.mode), []).append(row)
        return by_key

    @cached_property
    def in_use(self) -> tuple[tuple[CpmmTfiRow, ...], ...]:
        """The rows in use, by indicator, country and mode: with the same, all rates are the same.

        That holds within one catalogue, of prices in USD of one year.
        """
        return tuple(tuple(self._usable(*key)) for key in sorted(self.tfi))

    def _usable(self, indicator: str, country: str, mode: str) -> list[CpmmTfiRow]:
        """Return rows published by the as-of date; where there are none, the nearest later ones."""
        released = self.catalog.released(CpmmTfiRow.TABLE)
        rows = sorted(
            self.tfi.get((indicator, country, mode), []),
            key=lambda row: (row.year, row.confidence),
        )
        known = measured(rows, lambda row: known_from(row.source_date, released), self.as_of)
        return list(known.items)

    @cached_property
    def _published_rates(self) -> dict[tuple[str, str], Figure]:
        rates = {}
        for indicator, country, mode in sorted(self.tfi):
            if indicator == "TFI3":
                rates[country, mode] = self._cpmm_rate(country, mode)
        for name, country, mode in sorted(self.prices.figures):
            is_rate = self.prices.figures[name, country, mode].unit == RATE_UNIT and country
            if is_rate:
                rates[country, mode] = self.prices.parameter(name, mode, country).scaled(TFI_T)
        return rates

    def _cpmm_rate(self, country: str, mode: str) -> Figure:
        rows = self._usable("TFI3", country, mode)
        chosen = self._central(rows, country, mode)
        sides = self.prices.parameter(
            "border_sides_per_500km", mode, country if mode == "road" else ""
        )
        fees = {
            row.year: row.mean * self.prices.deflator(row.year)
            for row in self._usable("TFI2", country, mode)
        }
        latest_fee = fees[max(fees)] if fees else 0.0
        nets = [
            row.mean * self.prices.deflator(row.year) - fees.get(row.year, latest_fee) * sides.value
            for row in rows
        ]
        chosen_fee = fees.get(chosen.year, latest_fee)
        all_in = chosen.mean * self.prices.deflator(chosen.year)
        net = all_in - chosen_fee * sides.value
        low = min(*nets, all_in - chosen_fee * sides.high)
        high = max(*nets, all_in - chosen_fee * sides.low)
        if mode == "rail":
            low, high = net * self.prices.parameter("rail_tariff_low_ratio", "rail").low, net
        source = source_of(chosen, chosen.note)
        note = (
            f"CPMM TFI3 {chosen.year} {chosen.mean:g} USD per 500 km and 20 t, "
            f"less TFI2 times {sides.value:g} border sides; USD of {self.prices.price_year}"
        )
        graded = Source(source.url, source.date, worst_grade([source.grade, "B"]), note)
        return Figure(
            value=net, low=low, high=high, unit="USD", source=graded, basis=f"CPMM {chosen.year}"
        ).scaled(1 / TFI_KM)

    def _central(self, rows: Sequence[CpmmTfiRow], country: str, mode: str) -> CpmmTfiRow:
        """Return the newest row of the best grade; outside the years of queues where these count.

        Where a country's rates of those years held queues at shut frontiers, the newest of another
        year is central, of whatever grade.
        """
        if self.prices.has_parameter(QUEUE_YEARS_COUNT, mode, country):
            ordinary = [row for row in rows if row.year not in QUEUE_YEARS]
            if ordinary:
                return max(ordinary, key=lambda row: (row.year, -ord(row.confidence)))
        best = min(row.confidence for row in rows)
        return max((row for row in rows if row.confidence == best), key=lambda row: row.year)

    def _missing_rate(self, country: str, mode: str) -> Figure:
        known = sorted(
            figure.value for (_, m), figure in self._published_rates.items() if m == mode
        )
        middle = quantile(known, 0.5)
        ratio = self._borrowed_ratio(country, mode)
        value, low, high = (
            (middle, known[0], known[-1])
            if ratio is None
            else (middle * ratio.value, middle * ratio.low, middle * ratio.high)
        )
        lent = "the packaged tables" if self.catalog.is_lent("cpmm_tfi") else "the region"
        basis = f"{mode} rates of {lent}, n = {len(known)}"
        width = "their whole range" if ratio is None else ratio.source.note
        source = Source("derived:cpmm_tfi", "", "C", f"median of the {basis}; band: {width}")
        return Figure(
            value=value,
            low=low,
            high=high,
            unit="USD",
            source=source,
            basis=basis,
            default_id=f"rate:{country}:{mode}",
        )

    def _borrowed_ratio(self, country: str, mode: str) -> Figure | None:
        """Return how a country's own quotes lie about the median, where there are any."""
        if not self.prices.has_parameter(BORROWED, mode, country):
            return None
        return self.prices.parameter(BORROWED, mode, country)


def loads_of_20t(consignment: Consignment) -> float:
    """Return how many loads of the size that rates are told for a consignment makes."""
    return consignment.unit.payload_t / TFI_T * consignment.unit_count
