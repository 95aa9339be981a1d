"""Money and the model's parameters: haul rates, fees, handling, in one price year.

Line haul is CPMM's all-in TFI3 less TFI2 times the border sides met in 500 km, so that border
fees are not counted twice. A country without a published rate gets the median of the region's
and their whole range as a band.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.known import known_from, measured
from karwan.base.provenance import Figure, Source, read_date, worst_grade
from karwan.data.rows.costs import CpmmTfiRow, EntryFeeRow, ParameterRow, PriceIndexRow
from karwan.data.rows.row import source_of
from karwan.network.defaults import quantile

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

PRICE_YEAR = 2023
"""Year whose prices all USD figures are brought to: the newest with CPMM rates."""

TFI_KM = 500.0
TFI_T = 20.0
RATE_UNIT = "USD/tonne-km"
"""Unit of parameters that are a country's freight rate, used where CPMM publishes none."""
TARIFF_TABLES = ["cargo", "cpmm_tfi", "entry_fees", "parameters", "price_index", "units"]


@dataclass(frozen=True)
class Tariffs:
    """Rates, fees and parameters of a catalogue, in USD of `price_year`.

    Attributes
    ----------
    as_of
        Rates published after this day are not used, unless there is none older.
    fixed
        Values in place of the parameter table's, by name.
    """

    catalog: Catalog
    as_of: dt.date
    price_year: int = PRICE_YEAR
    fixed: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the price year is in the index, and that no row is lost that is needed."""
        faults = self._lost_rows()
        if faults:
            raise DataError("the tables of prices", faults)
        if self.price_year not in self._index:
            years = sorted(self._index)
            raise DataError(
                "the study", [f"price_year {self.price_year} is not in {years[0]}-{years[-1]}"]
            )

    def _lost_rows(self) -> list[str]:
        """Return what a user's own tables leave out and nothing stands in for."""
        faults = [] if self._index else ["price_index has no row"]
        rows = self.catalog.rows(ParameterRow)
        modes = {mode for indicator, _, mode in self._tfi if indicator == "TFI3"}
        alone = self.catalog.stands_alone
        if alone:  # rates may stand in either table, and only those of modes that there are
            modes |= {row.applies_to for row in rows if row.unit == RATE_UNIT}
        faults += [
            f"cpmm_tfi has no TFI3 by {mode}"
            + (f", and parameters no rate in {RATE_UNIT}" if alone else "")
            for mode in ("road", "rail")
            if mode not in modes and not (alone and not len(self.catalog.read(f"{mode}_links")))
        ]
        if self.catalog.is_replaced("parameters") or alone:
            given = {_parameter_key(row) for row in rows}
            ours = map(_parameter_key, type(self.catalog)().rows(ParameterRow))
            faults += [
                "parameters has no row of " + ", ".join(filter(None, key))
                for key in ours
                if key not in given and not (alone and key[1])
            ]
        return faults

    @cached_property
    def _index(self) -> dict[int, float]:
        return {row.year: row.cpi_index for row in self.catalog.rows(PriceIndexRow)}

    def deflator(self, year: int) -> float:
        """Return the factor from USD of a year to USD of the price year (CPI-U).

        Years outside the index take its nearest end.
        """
        nearest_year = min(max(year, min(self._index)), max(self._index))
        return self._index[self.price_year] / self._index[nearest_year]

    @cached_property
    def _parameters(self) -> dict[tuple[str, str, str], Figure]:
        found = {}
        for row in self.catalog.rows(ParameterRow):
            key = _parameter_key(row)
            name = f"parameter:{row.parameter}" + (f":{row.country}" if row.country else "")
            default_id = name if row.confidence == "C" else ""
            figure = Figure(
                row.value,
                row.value_low,
                row.value_high,
                row.unit,
                source_of(row, row.note),
                row.note or "",
                default_id,
            )
            found[key] = self.repriced(figure) if row.unit.startswith("USD") else figure
        return found

    def repriced(self, figure: Figure) -> Figure:
        """Return a figure in USD of the price year, from the year of its source.

        A source without a date is an estimate of ours, made in USD of 2023.
        """
        date = read_date(figure.source.date)
        return figure.scaled(self.deflator(date.year if date else PRICE_YEAR))

    def border_fee(self, figure: Figure) -> Figure:
        """Return a fee of a crossing in USD of the price year."""
        return figure.scaled(
            self.deflator(round(self.parameter("border_fee_year", "crossing").value))
        )

    def parameter(self, name: str, applies_to: str, country: str = "") -> Figure:
        """Return a parameter with its band and reasoning."""
        found = self._parameters[name, country, applies_to]
        if name in self.fixed:
            value = self.fixed[name]
            return replace(found, value=value, low=value, high=value)
        return found

    def has_parameter(self, name: str, applies_to: str, country: str) -> bool:
        """Whether a parameter has a row of its own for a country."""
        return (name, country, applies_to) in self._parameters

    @cached_property
    def _tfi(self) -> dict[tuple[str, str, str], list[CpmmTfiRow]]:
        found: dict[tuple[str, str, str], list[CpmmTfiRow]] = {}
        for row in self.catalog.rows(CpmmTfiRow):
            if row.country and row.direction == "both" and row.indicator in ("TFI2", "TFI3"):
                found.setdefault((row.indicator, row.country, row.mode), []).append(row)
        return found

    def _usable(self, indicator: str, country: str, mode: str) -> list[CpmmTfiRow]:
        """Return rows published by the as-of date; where there are none, the nearest later ones."""
        released = self.catalog.released(CpmmTfiRow.TABLE)
        rows = sorted(
            self._tfi.get((indicator, country, mode), []),
            key=lambda row: (row.year, row.confidence),
        )
        known = measured(rows, lambda row: known_from(row.source_date, released), self.as_of)
        return list(known.items)

    def haul_rate(self, country: str, mode: str) -> Figure:
        """Return USD per km for a load of 20 t by road or rail, border fees taken out.

        The newest figure of the best grade is central; the spread of all years is the band, and
        by rail the published discounts widen it downwards.
        """
        found = self._published_rates.get((country, mode))
        return found if found is not None else self._missing_rate(country, mode)

    @cached_property
    def _published_rates(self) -> dict[tuple[str, str], Figure]:
        rates = {}
        for indicator, country, mode in sorted(self._tfi):
            if indicator == "TFI3":
                rates[country, mode] = self._cpmm_rate(country, mode)
        for name, country, mode in sorted(self._parameters):
            is_rate = self._parameters[name, country, mode].unit == RATE_UNIT and country
            if is_rate and (country, mode) not in rates:
                rates[country, mode] = self.parameter(name, mode, country).scaled(TFI_T)
        return rates

    def _cpmm_rate(self, country: str, mode: str) -> Figure:
        rows = self._usable("TFI3", country, mode)
        best = min(row.confidence for row in rows)
        chosen = max((row for row in rows if row.confidence == best), key=lambda row: row.year)
        sides = self.parameter("border_sides_per_500km", mode, country if mode == "road" else "")
        fees = {
            row.year: row.mean * self.deflator(row.year)
            for row in self._usable("TFI2", country, mode)
        }
        latest_fee = fees[max(fees)] if fees else 0.0
        nets = [
            row.mean * self.deflator(row.year) - fees.get(row.year, latest_fee) * sides.value
            for row in rows
        ]
        chosen_fee = fees.get(chosen.year, latest_fee)
        all_in = chosen.mean * self.deflator(chosen.year)
        net = all_in - chosen_fee * sides.value
        low = min(*nets, all_in - chosen_fee * sides.high)
        high = max(*nets, all_in - chosen_fee * sides.low)
        if mode == "rail":
            low, high = net * self.parameter("rail_tariff_low_ratio", "rail").low, net
        source = source_of(chosen, chosen.note)
        note = (
            f"CPMM TFI3 {chosen.year} {chosen.mean:g} USD per 500 km and 20 t, "
            f"less TFI2 times {sides.value:g} border sides; USD of {self.price_year}"
        )
        graded = Source(source.url, source.date, worst_grade([source.grade, "B"]), note)
        return Figure(net, low, high, "USD", graded, f"CPMM {chosen.year}").scaled(1 / TFI_KM)

    def _missing_rate(self, country: str, mode: str) -> Figure:
        known = sorted(
            figure.value for (_, m), figure in self._published_rates.items() if m == mode
        )
        lent = "the packaged tables" if self.catalog.is_lent("cpmm_tfi") else "the region"
        basis = f"{mode} rates of {lent}, n = {len(known)}"
        source = Source(
            "derived:cpmm_tfi", "", "C", f"median of the {basis}; band: their whole range"
        )
        return Figure(
            quantile(known, 0.5),
            known[0],
            known[-1],
            "USD",
            source,
            basis,
            f"rate:{country}:{mode}",
        )

    def entry_fee(self, country: str, carrier: str, load_t: float) -> Figure | None:
        """Return the fee for a loaded foreign truck entering, or None where none is published."""
        if carrier == country:
            return None
        rows = [row for row in self.catalog.rows(EntryFeeRow) if row.country == country]
        rows = [row for row in rows if row.over_t < load_t <= row.up_to_t]
        fitting = [row for row in rows if row.carrier == carrier] or [
            row for row in rows if row.carrier == "*"
        ]
        if not fitting:
            return None
        row = fitting[0]
        factor = self.deflator(row.year)
        return Figure(
            row.fee_usd,
            row.fee_low_usd,
            row.fee_high_usd,
            "USD",
            source_of(row, row.note),
            f"entry fee {row.year}",
        ).scaled(factor)

    @property
    def newest_year(self) -> int:
        """Year of the newest rate in use; the price year where no rate has one."""
        years = [row.year for key in self._tfi for row in self._usable(*key)]
        return max(years, default=self.price_year)


def _parameter_key(row: ParameterRow) -> tuple[str, str, str]:
    """Return name, country or a blank, and what it applies to."""
    return row.parameter, row.country or "", row.applies_to
