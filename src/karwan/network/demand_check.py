"""Whether a row of the demand table says what it may: units, bands, grades and its arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from karwan.base.provenance import worst_grade
from karwan.network.goods import NO_FREIGHT, Band, read_mix, tonnes_per_musd

NO_FIGURE = "no figure"
ROUNDING_SHARE = 0.0051
"""The table gives derived tonnes with three digits, so they may be off by half of the third."""

DAYS_PER_YEAR = 365.0
LEAP_YEAR_DAYS = 366
TONNES = ("low_t_per_year", "central_t_per_year", "high_t_per_year")
WAYS = ("way_low_share", "way_share", "way_high_share")
NEEDED = ("period", "period_start", "period_end", "reporter", "basis_kind", "value_confidence")


@dataclass(frozen=True, slots=True)
class PeriodBand:
    """Tonnes a year that follow from what a row prints, and the best grade they can have."""

    t_per_year: Band
    best_grade: str
    from_mix: bool


def period_band(
    row: Mapping[str, Any], cargo: Mapping[str, Mapping[str, Any]]
) -> PeriodBand | None:
    """Return the tonnes a year of a row, or None where neither tonnes nor goods are printed.

    Tonnes printed stand; else value times the tonnes per USD of the mix; times the share that
    goes this way; over the share of a year that the period lasts.

    Raises
    ------
    ValueError
        If the mix cannot be read, names a good that is not in `cargo`, or the period is empty.
    """
    if row["basis"] == NO_FIGURE or any(row[name] is None for name in (*NEEDED, *WAYS)):
        return None
    days = (row["period_end"] - row["period_start"]).days
    if days <= 0:
        msg = f"period ends {row['period_end']}, not after its start {row['period_start']}"
        raise ValueError(msg)
    is_year = DAYS_PER_YEAR <= days <= LEAP_YEAR_DAYS
    years = 1.0 if is_year else days / DAYS_PER_YEAR
    base = _period_tonnes(row, cargo)
    if base is None:
        return None
    one_way = all(row[name] == 1.0 for name in WAYS)
    grades = [row["value_confidence"]]
    from_mix = row["published_t"] is None
    if from_mix:
        grades += ["B", *(cargo[name]["confidence"] for name in _goods(row["mix"]))]
    if not one_way or not is_year:
        grades.append("C")
    low, central, high = (row[name] / years for name in WAYS)
    band = Band(base.low * low, base.central * central, base.high * high)
    return PeriodBand(band, worst_grade(grades), from_mix)


def _goods(mix: str) -> list[str]:
    return [name for group in read_mix(mix) for name in group.cargo_ids if name != NO_FREIGHT]


def _period_tonnes(row: Mapping[str, Any], cargo: Mapping[str, Mapping[str, Any]]) -> Band | None:
    if row["published_t"] is not None:
        return Band(row["published_t"], row["published_t"], row["published_t"])
    if row["value_musd"] is None or not row["mix"]:
        return None
    unknown = [name for name in _goods(row["mix"]) if name not in cargo]
    if unknown:
        msg = f"mix names {', '.join(unknown)}, which is not in the table cargo"
        raise ValueError(msg)
    each = tonnes_per_musd(read_mix(row["mix"]), cargo)
    value = row["value_musd"]
    return Band(each.low * value, each.central * value, each.high * value)


def demand_faults(
    row: Mapping[str, Any], found: PeriodBand | None, *, own_prices: bool
) -> list[str]:
    """Return every fault of a row beyond its schema; `own_prices` lets tonnes of a mix differ."""
    faults = list(_country_faults(row))
    if row["basis"] == NO_FIGURE:
        filled = [name for name in ("value_musd", "published_t", *TONNES) if row[name] is not None]
        faults += [f"basis is 'no figure', but {name} is {row[name]:g}" for name in filled]
        if row["chosen"] == "yes" or row["covers"] != "nothing":
            faults.append("a gap is not chosen and covers nothing")
        return faults
    faults += [f"{name} is blank" for name in (*NEEDED, *WAYS) if row[name] is None]
    if row["covers"] == "nothing":
        faults.append("covers nothing, but basis is not 'no figure'")
    if row["value_musd"] is None and row["published_t"] is None:
        faults.append("neither value_musd nor published_t is given; mark it as 'no figure'")
    faults += _band_faults(row, found, own_prices=own_prices)
    return faults


def _country_faults(row: Mapping[str, Any]) -> Iterator[str]:
    ends = row["from_country"], row["to_country"]
    for code in ends:
        if not re.fullmatch("[A-Z]{2}", code):
            yield f"{code!r} is no ISO 3166-1 alpha-2 code"
    if ends[0] == ends[1]:
        yield f"{ends[0]} is on both ends"
    if row["flow"] == "transit" and row["port_country"] not in ends:
        yield f"port_country is {row['port_country']!r}; it must be {' or '.join(ends)}"
    if row["flow"] == "trade" and row["port_country"]:
        yield "port_country is for rows of transit"


def _band_faults(
    row: Mapping[str, Any], found: PeriodBand | None, *, own_prices: bool
) -> Iterator[str]:
    stored = [row[name] for name in TONNES if row[name] is not None]
    if len(stored) < len(TONNES):
        if stored:
            yield "give all of low, central and high tonnes, or none"
        elif found is not None:
            yield "tonnes follow from what is printed, but are blank"
        if row["chosen"] == "yes":
            yield "chosen, but without tonnes"
        return
    if row["chosen"] == "yes" and row["covers"] != "all goods":
        yield f"chosen, but covers {row['covers']}"
    if not stored[0] <= stored[1] <= stored[2]:
        yield f"low {stored[0]:g}, central {stored[1]:g} and high {stored[2]:g} are out of order"
    if stored[1] == 0:
        yield "0 tonnes; leave them blank where nothing is published"
    if found is None:
        yield "tonnes without published_t, or value_musd and mix, to derive them from"
    else:
        yield from _derived_faults(row, found, own_prices=own_prices)


def _derived_faults(
    row: Mapping[str, Any], found: PeriodBand, *, own_prices: bool
) -> Iterator[str]:
    if row["confidence"] < found.best_grade:
        yield f"grade {row['confidence']}, but tonnes so derived are {found.best_grade} at best"
    if own_prices and found.from_mix:
        return
    derived = (found.t_per_year.low, found.t_per_year.central, found.t_per_year.high)
    for name, wanted in zip(TONNES, derived, strict=True):
        if abs(row[name] - wanted) > ROUNDING_SHARE * wanted:
            yield f"{name} is {row[name]:g}, but {wanted:.4g} follows from what is printed"
