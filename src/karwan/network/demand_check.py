"""Whether a row of the demand table says what it may: units, bands, grades and its arithmetic."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from karwan.base.bands import Band, Kind
from karwan.base.provenance import worst_grade
from karwan.data.rows.costs import CargoRow
from karwan.data.rows.trade import DemandRow
from karwan.network.goods import NO_FREIGHT, read_mix, tonnes_per_musd

NO_FIGURE = "no figure"
ROUNDING_SHARE = 0.0051
"""The table gives derived tonnes with three digits, so they may be off by half of the third."""

DAYS_PER_YEAR = 365.0
LEAP_YEAR_DAYS = 366


@dataclass(frozen=True, slots=True)
class PeriodBand:
    """Tonnes a year that follow from what a row prints, and the best grade they can have."""

    t_per_year: Band
    best_grade: str
    from_mix: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The cells that a row with a figure cannot do without.

    Attributes
    ----------
    ways
        Low, central and high share of the figure that goes this way.
    """

    period: str
    period_start: dt.date
    period_end: dt.date
    reporter: str
    basis_kind: str
    value_confidence: str
    ways: tuple[float, float, float]


def printed(row: DemandRow) -> Printed | None:
    """Return what a row prints, or None if it says that there is no figure or lacks a cell."""
    low, central, high = row.way_low_share, row.way_share, row.way_high_share
    if row.basis == NO_FIGURE or low is None or central is None or high is None:
        return None
    if row.period is None or row.period_start is None or row.period_end is None:
        return None
    if row.reporter is None or row.basis_kind is None or row.value_confidence is None:
        return None
    return Printed(
        period=row.period,
        period_start=row.period_start,
        period_end=row.period_end,
        reporter=row.reporter,
        basis_kind=row.basis_kind,
        value_confidence=row.value_confidence,
        ways=(low, central, high),
    )


def period_band(row: DemandRow, cargo: Mapping[str, CargoRow]) -> PeriodBand | None:
    """Return the tonnes a year of a row, or None where neither tonnes nor goods are printed.

    Tonnes printed stand; else value times the tonnes per USD of the mix; times the share that
    goes this way; over the share of a year that the period lasts.

    Raises
    ------
    ValueError
        If the mix cannot be read, names a good that is not in `cargo`, or the period is empty.
    """
    cells = printed(row)
    if cells is None:
        return None
    days = (cells.period_end - cells.period_start).days
    if days <= 0:
        msg = f"period ends {cells.period_end}, not after its start {cells.period_start}"
        raise ValueError(msg)
    is_year = DAYS_PER_YEAR <= days <= LEAP_YEAR_DAYS
    years = 1.0 if is_year else days / DAYS_PER_YEAR
    base = _period_tonnes(row, cargo)
    if base is None:
        return None
    one_way = all(share == 1.0 for share in cells.ways)
    grades = [cells.value_confidence]
    from_mix = row.published_t is None
    if from_mix:
        grades += ["B", *(cargo[name].confidence for name in _goods(row.mix or ""))]
    if not one_way or not is_year:
        grades.append("C")
    low, central, high = (share / years for share in cells.ways)
    t_per_year = Band(base.low * low, base.value * central, base.high * high, Kind.inputs)
    return PeriodBand(t_per_year, worst_grade(grades), from_mix)


def _goods(mix: str) -> list[str]:
    return [name for group in read_mix(mix) for name in group.cargo_ids if name != NO_FREIGHT]


def _period_tonnes(row: DemandRow, cargo: Mapping[str, CargoRow]) -> Band | None:
    if row.published_t is not None:
        return Band(row.published_t, row.published_t, row.published_t, Kind.inputs)
    if row.value_musd is None or not row.mix:
        return None
    unknown = [name for name in _goods(row.mix) if name not in cargo]
    if unknown:
        msg = f"mix names {', '.join(unknown)}, which is not in the table cargo"
        raise ValueError(msg)
    each = tonnes_per_musd(read_mix(row.mix), cargo)
    return each.scaled(row.value_musd)


def demand_faults(row: DemandRow, band: PeriodBand | None, *, own_prices: bool) -> list[str]:
    """Return every fault of a row beyond its schema; `own_prices` lets tonnes of a mix differ."""
    faults = list(_country_faults(row))
    if row.basis == NO_FIGURE:
        figures = {"value_musd": row.value_musd, "published_t": row.published_t, **_tonnes(row)}
        faults += [
            f"basis is 'no figure', but {name} is {value:g}"
            for name, value in figures.items()
            if value is not None
        ]
        if row.chosen or row.covers != "nothing":
            faults.append("a gap is not chosen and covers nothing")
        return faults
    faults += [f"{name} is blank" for name, cell in _needed(row).items() if cell is None]
    if row.covers == "nothing":
        faults.append("covers nothing, but basis is not 'no figure'")
    if row.value_musd is None and row.published_t is None:
        faults.append("neither value_musd nor published_t is given; mark it as 'no figure'")
    faults += _band_faults(row, band, own_prices=own_prices)
    return faults


def _tonnes(row: DemandRow) -> dict[str, float | None]:
    return {
        "low_t_per_year": row.low_t_per_year,
        "central_t_per_year": row.central_t_per_year,
        "high_t_per_year": row.high_t_per_year,
    }


def _needed(row: DemandRow) -> dict[str, object]:
    return {
        "period": row.period,
        "period_start": row.period_start,
        "period_end": row.period_end,
        "reporter": row.reporter,
        "basis_kind": row.basis_kind,
        "value_confidence": row.value_confidence,
        "way_low_share": row.way_low_share,
        "way_share": row.way_share,
        "way_high_share": row.way_high_share,
    }


def _country_faults(row: DemandRow) -> Iterator[str]:
    ends = row.from_country, row.to_country
    for code in ends:
        if not re.fullmatch("[A-Z]{2}", code):
            yield f"{code!r} is no ISO 3166-1 alpha-2 code"
    if ends[0] == ends[1]:
        yield f"{ends[0]} is on both ends"
    if row.flow == "transit" and row.port_country not in ends:
        yield f"port_country is {row.port_country!r}; it must be {' or '.join(ends)}"
    if row.flow == "trade" and row.port_country:
        yield "port_country is for rows of transit"


def _band_faults(row: DemandRow, band: PeriodBand | None, *, own_prices: bool) -> Iterator[str]:
    low, central, high = row.low_t_per_year, row.central_t_per_year, row.high_t_per_year
    if low is None or central is None or high is None:
        if (low, central, high) != (None, None, None):
            yield "give all of low, central and high tonnes, or none"
        elif band is not None:
            yield "tonnes follow from what is printed, but are blank"
        if row.chosen:
            yield "chosen, but without tonnes"
        return
    if row.chosen and row.covers != "all goods":
        yield f"chosen, but covers {row.covers}"
    if central == 0:
        yield "0 tonnes; leave them blank where nothing is published"
    if band is None:
        yield "tonnes without published_t, or value_musd and mix, to derive them from"
    else:
        yield from _derived_faults(row, band, own_prices=own_prices)


def _derived_faults(row: DemandRow, band: PeriodBand, *, own_prices: bool) -> Iterator[str]:
    if row.confidence < band.best_grade:
        yield f"grade {row.confidence}, but tonnes so derived are {band.best_grade} at best"
    if own_prices and band.from_mix:
        return
    derived = band.t_per_year.ends
    for (name, told), wanted in zip(_tonnes(row).items(), derived, strict=True):
        if told is not None and abs(told - wanted) > ROUNDING_SHARE * wanted:
            yield f"{name} is {told:g}, but {wanted:.4g} follows from what is printed"
