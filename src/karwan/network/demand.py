"""How much freight is known to move between two countries, and on which places it weighs.

Each country of a pair counts trade its own way, so a figure keeps its reporter and is never
blended with another's: one is chosen by a stated rule and the others stand beside it. Tonnes
come from values through the goods named, so most bands are wide. A pair for which nothing is
published has no tonnes: unknown, not zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.base.bands import Band, Kind
from karwan.base.errors import DataError
from karwan.base.known import known_from
from karwan.base.provenance import Figure
from karwan.data.rows.costs import CargoRow
from karwan.data.rows.row import source_of
from karwan.data.rows.trade import DemandRow
from karwan.network.demand_check import (
    NO_FIGURE,
    PeriodBand,
    Printed,
    demand_faults,
    period_band,
    printed,
)

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

TRADE = "trade"
TRANSIT = "transit"
FLOWS = (TRADE, TRANSIT)
BASIS_KINDS = ("statistics", "official", "payments", "carried", "press")
"""From goods counted by an office to a figure whose origin is not clear; the first is best."""

DAYS_OF_WHOLE_YEAR = 365
Way = tuple[str, str, str]
"""Country left, country reached, flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFigure:
    """What one reporter says of one flow in one period.

    Attributes
    ----------
    port_country
        Country of the ports, blank for trade.
    value_musd
        As printed for the period, or None.
    tonnes
        Tonnes a year with band and source, or None where they cannot be derived.
    covers_all
        False where only some goods or one line are counted: a floor, never chosen.
    chosen
        Whether the table marks it as the one in use.
    """

    id: str
    from_country: str
    to_country: str
    flow: str
    port_country: str
    period: str
    period_start: dt.date
    period_end: dt.date
    reporter: str
    basis: str
    basis_kind: str
    covers_all: bool
    value_musd: float | None
    tonnes: Figure | None
    mix: str
    derivation: str
    value_grade: str
    chosen: bool

    @property
    def way(self) -> Way:
        """Country left, country reached, flow."""
        return self.from_country, self.to_country, self.flow

    @property
    def rank(self) -> tuple[str, int, bool, int, str]:
        """Place in the rule of choice; the smallest is used.

        Best grade of the tonnes; then goods counted by statistics, official figures, payments,
        carriers, press; then whole years; then the newest.
        """
        grade = self.tonnes.source.grade if self.tonnes else "C"
        is_part = (self.period_end - self.period_start).days < DAYS_OF_WHOLE_YEAR
        kind = BASIS_KINDS.index(self.basis_kind)
        return grade, kind, is_part, -self.period_end.toordinal(), self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandGap:
    """A pair and flow without a figure for all goods, and what is recorded all the same."""

    from_country: str
    to_country: str
    flow: str
    note: str
    recorded: tuple[DemandFigure, ...]


@dataclass(frozen=True)
class Demand:
    """Freight demand between countries, as known on a date.

    Attributes
    ----------
    figures
        Every figure known, in the order of the table.
    chosen
        The figure in use of each country pair and flow; a pair that is not here is unknown.
    gaps
        Pairs and flows of the table without a figure in use.
    """

    figures: tuple[DemandFigure, ...]
    chosen: Mapping[Way, DemandFigure]
    gaps: tuple[DemandGap, ...]

    def figure(self, from_country: str, to_country: str, flow: str = TRADE) -> DemandFigure | None:
        """Return the figure in use, or None where nothing is published."""
        return self.chosen.get((from_country, to_country, flow))

    def others(
        self, from_country: str, to_country: str, flow: str = TRADE
    ) -> tuple[DemandFigure, ...]:
        """Return what else is reported on a pair and flow, best by the rule first."""
        way = from_country, to_country, flow
        others = [f for f in self.figures if f.way == way and f is not self.chosen.get(way)]
        return tuple(sorted(others, key=lambda figure: figure.rank))


def read_demand(catalog: Catalog, as_of: dt.date | None = None) -> Demand:
    """Return the freight demand between countries in tonnes a year.

    Parameters
    ----------
    as_of
        Figures whose source is dated later are set aside. Where that takes the chosen one, the
        rule of `DemandFigure.rank` picks among the rest.

    Raises
    ------
    DataError
        Names every fault of the table.

    Examples
    --------
    >>> from karwan.data.catalog import Catalog
    >>> demand = read_demand(Catalog())
    >>> round(demand.figure("KZ", "PK").tonnes.value), demand.figure("KZ", "IR") is None
    (144600, True)
    """
    rows = catalog.rows(DemandRow)
    own_prices = catalog.is_replaced("cargo")
    bands = _checked_bands(rows, catalog, own_prices=own_prices)
    figures = [
        (row, _figure(row, cells, bands[row.demand_id], own_prices=own_prices))
        for row in rows
        if (cells := printed(row)) is not None
    ]
    faults = _choice_faults(rows, [figure for _, figure in figures])
    if faults:
        raise DataError("table demand", faults)
    released = catalog.released("demand")
    known = tuple(
        figure
        for row, figure in figures
        if as_of is None or known_from(row.source_date, released) <= as_of
    )
    chosen = _choose(known)
    return Demand(known, chosen, _gaps(rows, known, chosen))


def _checked_bands(
    rows: Sequence[DemandRow], catalog: Catalog, *, own_prices: bool
) -> dict[str, PeriodBand | None]:
    """Return what follows from each row's own numbers, or raise one error with all faults."""
    cargo = {row.cargo_id: row for row in catalog.rows(CargoRow)}
    bands: dict[str, PeriodBand | None] = {}
    faults: list[str] = []
    for line, row in enumerate(rows, 2):
        try:
            band = bands[row.demand_id] = period_band(row, cargo)
            told = demand_faults(row, band, own_prices=own_prices)
        except ValueError as error:
            told = [str(error)]
        faults += [f"line {line} ({row.demand_id}): {fault}" for fault in told]
    if faults:
        raise DataError("table demand", faults)
    return bands


def _figure(
    row: DemandRow, cells: Printed, band: PeriodBand | None, *, own_prices: bool
) -> DemandFigure:
    """Return a row as a figure; with a user's own prices its tonnes follow them."""
    low, central, high = row.low_t_per_year, row.central_t_per_year, row.high_t_per_year
    tonnes = None
    if low is not None and central is not None and high is not None:
        used = Band(low, central, high, Kind.inputs)
        if band is not None and own_prices and band.from_mix:
            used = band.t_per_year
        source = source_of(row, row.note)
        basis = f"{cells.reporter}, {cells.period}"
        tonnes = Figure(
            value=used.value,
            low=used.low,
            high=used.high,
            unit="t/year",
            source=source,
            basis=basis,
        )
    return DemandFigure(
        id=row.demand_id,
        from_country=row.from_country,
        to_country=row.to_country,
        flow=row.flow,
        port_country=row.port_country or "",
        period=cells.period,
        period_start=cells.period_start,
        period_end=cells.period_end,
        reporter=cells.reporter,
        basis=row.basis,
        basis_kind=cells.basis_kind,
        covers_all=row.covers == "all goods",
        value_musd=row.value_musd,
        tonnes=tonnes,
        mix=row.mix or "",
        derivation=row.derivation,
        value_grade=cells.value_confidence,
        chosen=row.chosen,
    )


def _usable(
    figures: Sequence[DemandFigure],
) -> dict[Way, list[DemandFigure]]:
    """Return the figures that count all goods and have tonnes, by pair and flow."""
    by_way: dict[Way, list[DemandFigure]] = {}
    for figure in figures:
        if figure.covers_all and figure.tonnes is not None:
            by_way.setdefault(figure.way, []).append(figure)
    return by_way


def _choose(figures: tuple[DemandFigure, ...]) -> dict[Way, DemandFigure]:
    """Return the marked figure of each pair and flow, else the best by the rule."""
    return {
        way: min(usable, key=lambda figure: (not figure.chosen, figure.rank))
        for way, usable in _usable(figures).items()
    }


def _choice_faults(rows: Sequence[DemandRow], figures: Sequence[DemandFigure]) -> list[str]:
    """Return pairs with no figure marked as chosen, or several, or with a gap beside one."""
    faults = []
    blank = {_way(row): row.demand_id for row in rows if row.basis == NO_FIGURE}
    for way, usable in _usable(figures).items():
        marked = [figure.id for figure in usable if figure.chosen]
        name = f"{way[0]} to {way[1]}, {way[2]}"
        if len(marked) != 1:
            listed = ", ".join(marked) or "none"
            faults.append(f"{name}: one figure must be chosen, and {listed} is")
        if way in blank:
            faults.append(f"{name}: {blank[way]} says that there is no figure, but there is one")
    return faults


def _way(row: DemandRow) -> Way:
    return row.from_country, row.to_country, row.flow


def _gaps(
    rows: Sequence[DemandRow],
    figures: tuple[DemandFigure, ...],
    chosen: Mapping[Way, DemandFigure],
) -> tuple[DemandGap, ...]:
    notes: dict[Way, str] = {}
    for row in rows:
        is_blank = row.basis == NO_FIGURE
        notes[_way(row)] = (row.note if is_blank else notes.get(_way(row))) or ""
    return tuple(
        DemandGap(
            from_country=way[0],
            to_country=way[1],
            flow=way[2],
            note=note or "no figure known on the date",
            recorded=tuple(figure for figure in figures if figure.way == way),
        )
        for way, note in notes.items()
        if way not in chosen
    )
