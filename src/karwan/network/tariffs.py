"""Money and the model's parameters: haul rates, fees, handling, in one price year.

One noun over the three: parameters and price index (`prices`), line haul (`haul_rates`), and the
fees charged at borders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.provenance import Figure
from karwan.data.rows.costs import CLASS_SHARE, EntryFeeRow, ParameterRow
from karwan.data.rows.row import source_of
from karwan.network.dated_figures import BOX, TRUCK, DatedFigures, Quantity
from karwan.network.haul_rates import RATE_UNIT, HaulRates
from karwan.network.prices import PRICE_YEAR, Prices, parameter_key

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog
    from karwan.network.vehicles import Consignment

TARIFF_TABLES = [
    "cargo",
    "cpmm_tfi",
    "dated_figures",
    "entry_fees",
    "parameters",
    "price_index",
    "units",
]


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
        if self.price_year not in self.prices.index:
            years = sorted(self.prices.index)
            raise DataError(
                "the study", [f"price_year {self.price_year} is not in {years[0]}-{years[-1]}"]
            )

    @cached_property
    def prices(self) -> Prices:
        """The parameters and the price index."""
        return Prices(self.catalog, self.price_year, self.fixed)

    @cached_property
    def _rates(self) -> HaulRates:
        return HaulRates(self.catalog, self.as_of, self.prices)

    @cached_property
    def _dated(self) -> DatedFigures:
        return DatedFigures(self.catalog, self.as_of.year)

    @cached_property
    def in_use(self) -> Hashable:
        """What of the tables of one catalogue is in use: with the same, all money is the same.

        Two dates between which nothing was published price alike.
        """
        fixed = tuple(sorted(self.fixed.items()))
        return self.price_year, fixed, self._rates.in_use, self._dated.begun

    def dated(
        self, quantity: Quantity, target: str, *, way: str, rolls_on: bool = False
    ) -> Figure | None:
        """Return a figure of a port, post or line in the year asked; None where none is told.

        Parameters
        ----------
        rolls_on
            Whether the load is a truck that drives on, not a box that is lifted.
        """
        load = TRUCK if rolls_on else BOX
        row = self._dated.row(quantity, target, way=way, load=load)
        figure = self._dated.figure(quantity, target, way=way, load=load)
        if row is None or figure is None or figure.unit != "USD":
            return figure
        year = row.first_year or row.last_year
        return figure.scaled(self.deflator(year)) if year else figure

    def deflator(self, year: int) -> float:
        """Return the factor from USD of a year to USD of the price year (CPI-U)."""
        return self.prices.deflator(year)

    def repriced(self, figure: Figure) -> Figure:
        """Return a figure in USD of the price year, from the year of its source."""
        return self.prices.repriced(figure)

    def parameter(self, name: str, applies_to: str, country: str = "") -> Figure:
        """Return a parameter with its band and reasoning.

        Raises
        ------
        DataError
            If no row holds it.
        """
        return self.prices.parameter(name, applies_to, country)

    def has_parameter(self, name: str, applies_to: str, country: str) -> bool:
        """Whether a parameter has a row of its own for a country."""
        return self.prices.has_parameter(name, applies_to, country)

    def haul_rate(self, country: str, mode: str) -> Figure:
        """Return USD per km for a load of 20 t by road or rail, border fees taken out."""
        return self._rates.rate(country, mode)

    @property
    def newest_year(self) -> int:
        """Year of the newest rate in use; the price year where no rate has one."""
        return self._rates.newest_year

    def _lost_rows(self) -> list[str]:
        """Return what a user's own tables leave out and nothing stands in for."""
        index = self.prices.index
        faults = [] if index else ["price_index has no row"]
        years = range(min(index, default=0), max(index, default=0))
        gaps = [str(year) for year in years if year not in index]
        faults += [f"price_index has no row of {', '.join(gaps)}"] if gaps else []
        rows = self.catalog.rows(ParameterRow)
        modes = {mode for indicator, _, mode in self._rates.tfi if indicator == "TFI3"}
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
            given = {parameter_key(row) for row in rows}
            ours = map(parameter_key, type(self.catalog)().rows(ParameterRow))
            faults += [
                "parameters has no row of " + ", ".join(filter(None, key))
                for key in ours
                if key not in given and key[0] != CLASS_SHARE and not (alone and key[1])
            ]
        return faults

    def transfer_usd(self, consignment: Consignment) -> Figure:
        """Return USD of moving the load of one road vehicle to another vehicle or gauge."""
        return self._by_size("transfer_usd_per_container", "terminal", consignment)

    def port_usd(self, consignment: Consignment) -> Figure:
        """Return USD of handling one box between land and ship."""
        return self._by_size("port_usd_per_container", "port", consignment)

    def _by_size(self, name: str, applies_to: str, consignment: Consignment) -> Figure:
        """Return a figure for the size of the unit where there is one, else for any."""
        own = f"{applies_to}_{consignment.unit.id}"
        return self.parameter(name, own if self.has_parameter(name, own, "") else applies_to)

    def border_fee(self, figure: Figure) -> Figure:
        """Return a fee of a crossing in USD of the price year."""
        return figure.scaled(
            self.deflator(round(self.parameter("border_fee_year", "crossing").value))
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
            value=row.fee_usd,
            low=row.fee_low_usd,
            high=row.fee_high_usd,
            unit="USD",
            source=source_of(row, row.note),
            basis=f"entry fee {row.year}",
        ).scaled(factor)
