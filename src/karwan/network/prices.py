"""The model's parameters with their bands, and what USD of one year are in another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.provenance import Figure, read_date
from karwan.data.rows.costs import ParameterRow, PriceIndexRow
from karwan.data.rows.row import source_of

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

PRICE_YEAR = 2023
"""Year whose prices all USD figures are brought to: the newest with CPMM rates."""


@dataclass(frozen=True)
class Prices:
    """Parameters of a catalogue, those of money in USD of `price_year`.

    Attributes
    ----------
    fixed
        Values in place of the parameter table's, by name.
    """

    catalog: Catalog
    price_year: int = PRICE_YEAR
    fixed: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def index(self) -> dict[int, float]:
        """CPI-U by year."""
        return {row.year: row.cpi_index for row in self.catalog.rows(PriceIndexRow)}

    def deflator(self, year: int) -> float:
        """Return the factor from USD of a year to USD of the price year (CPI-U).

        Years outside the index take its nearest end.
        """
        nearest_year = min(max(year, min(self.index)), max(self.index))
        return self.index[self.price_year] / self.index[nearest_year]

    @cached_property
    def figures(self) -> dict[tuple[str, str, str], Figure]:
        """Figures by name, country or a blank, and what they apply to."""
        figures = {}
        for row in self.catalog.rows(ParameterRow):
            key = parameter_key(row)
            name = f"parameter:{row.parameter}" + (f":{row.country}" if row.country else "")
            default_id = name if row.confidence == "C" else ""
            figure = Figure(
                value=row.value,
                low=row.value_low,
                high=row.value_high,
                unit=row.unit,
                source=source_of(row, row.note),
                basis=row.note or "",
                default_id=default_id,
            )
            figures[key] = self.repriced(figure) if row.unit.startswith("USD") else figure
        return figures

    def repriced(self, figure: Figure) -> Figure:
        """Return a figure in USD of the price year, from the year of its source.

        A source without a date is an estimate of ours, made in USD of 2023.
        """
        date = read_date(figure.source.date)
        return figure.scaled(self.deflator(date.year if date else PRICE_YEAR))

    def parameter(self, name: str, applies_to: str, country: str = "") -> Figure:
        """Return a parameter with its band and reasoning.

        Raises
        ------
        DataError
            If no row holds it.
        """
        figure = self.figures.get((name, country, applies_to))
        if figure is None:
            key = ", ".join(filter(None, (name, country, applies_to)))
            raise DataError("table parameters", [f"it has no row of {key}; add one"])
        if name in self.fixed:
            value = self.fixed[name]
            return replace(figure, value=value, low=value, high=value)
        return figure

    def has_parameter(self, name: str, applies_to: str, country: str) -> bool:
        """Whether a parameter has a row of its own for a country."""
        return (name, country, applies_to) in self.figures


def parameter_key(row: ParameterRow) -> tuple[str, str, str]:
    """Return name, country or a blank, and what it applies to."""
    return row.parameter, row.country or "", row.applies_to
