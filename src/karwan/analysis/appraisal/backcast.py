"""Lines that opened, appraised from what was published before: a test of the outside view.

Each line is left out of its own reference class. The promise is set against that class, and the
tonnes that came are laid beside. What the tables hold from before an opening is a promise, at times
a cost and a length. What users saved is what a lorry took less the tariff at which the line just
pays; the oldest rates of lorries on record are later than every opening, which is said, and
`strict` does without. A promise of the days of the opening, or after it, is no test, and says so;
nor is a class blind whose lines had not carried anything yet: `strict` leaves those lines out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.assumptions import Assumptions, read_assumptions
from karwan.analysis.appraisal.backcast_returns import (
    CARRIED,
    FORETOLD,
    NOT_GIVEN,
    RETURNS,
    LineReturn,
    line_returns,
)
from karwan.analysis.appraisal.backcast_returns import PROMISED as AS_PROMISED
from karwan.analysis.appraisal.discounting import LineCost, break_even_tariff
from karwan.analysis.appraisal.outside_view import (
    LEAST_RATIOS,
    PROMISED,
    RatioLaw,
    Reference,
    predictive_law,
    reference_class,
)
from karwan.base.errors import DataError, Fault, UnknownNameError
from karwan.base.known import known_from
from karwan.base.provenance import last_day, read_date
from karwan.base.telling import Column, Form, to_dict
from karwan.data.rows.appraisal import VolumeReferenceRow
from karwan.data.rows.costs import FreightRateRow

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog

LOW, HIGH = 0.1, 0.9
ROAD = ("line_haul", "road", "USD per tonne-km")
EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
SHOWN = (Form.table, Form.html)
FILES = (Form.json, Form.csv, Form.frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadRate:
    """What a lorry took over the length of a line: least and most of its countries, USD a tonne."""

    low_usd_per_t: float
    high_usd_per_t: float
    years: tuple[int, ...]
    blind: bool
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backcast:
    """What would have been foretold of a line before it opened, and what came.

    Attributes
    ----------
    mine
        What it promised and what it carried.
    blind
        Whether the promise was published before the line opened.
    references
        Lines of its class, itself left out.
    known_count
        How many of these had a count on record by the opening.
    low_mt, middle_mt, high_mt
        P10, P50 and P90 of tonnes by the class; None where it is too small for a law.
    below_share
        Chance by that law of the tonnes that came or fewer.
    tariffs
        USD a tonne at which it would just have paid: at the tonnes promised, foretold, carried.
        None where its cost or its length was not found.
    road
        What a lorry took over its length by the oldest rates on record; None where none is, or none
        from before the opening is and only such are used.
    returns
        Present value and rates of return at each tonnage that is told; empty where its cost or its
        length was not found.
    why
        What is missing or not blind.
    """

    row: VolumeReferenceRow
    mine: Reference
    blind: bool
    references: tuple[Reference, ...]
    known_count: int
    low_mt: float | None
    middle_mt: float | None
    high_mt: float | None
    below_share: float | None
    tariffs: tuple[float, float | None, float] | None
    road: RoadRate | None
    returns: tuple[LineReturn, ...]
    why: tuple[str, ...]

    @property
    def saved_usd_per_t(self) -> tuple[float | None, float | None, float | None]:
        """What a tonne saves at the tariffs promised, foretold and carried, by the middle rate."""
        if self.tariffs is None or self.road is None:
            return None, None, None
        road = (self.road.low_usd_per_t + self.road.high_usd_per_t) / 2
        promised, foretold, carried = self.tariffs
        return road - promised, None if foretold is None else road - foretold, road - carried

    @property
    def within(self) -> bool | None:
        """Whether what came lies between P10 and P90; None without a law."""
        if self.low_mt is None or self.high_mt is None:
            return None
        return self.low_mt <= self.mine.actual_mt_per_year <= self.high_mt


def backcasts(
    world: World, line: str | None = None, *, strict: bool = False
) -> tuple[Backcast, ...]:
    """Return backcasts of the lines that were promised and have been counted.

    Parameters
    ----------
    line
        One line by id or by its project; all if None.
    strict
        Count in a class only lines whose tonnes were on record when the line opened.

    Raises
    ------
    DataError
        If no line has the name.
    """
    catalog = world.catalog
    lines = reference_class(catalog, PROMISED, as_of=world.as_of)
    rows = {
        row.line_id: row
        for row in catalog.rows(VolumeReferenceRow)
        if row.line_id in {one.line_id for one in lines}
    }
    if line is not None:
        name = line.casefold()
        rows = {k: row for k, row in rows.items() if name in (k, (row.project_id or "").casefold())}
        if not rows:
            known = [one.line_id for one in lines]
            error = UnknownNameError("line", line, known, hint=f"Known: {', '.join(known)}.")
            raise DataError("the question", [Fault("line", str(error))])
    assumptions = read_assumptions(catalog)
    released = catalog.released(VolumeReferenceRow.TABLE)
    return tuple(
        _backcast(
            row, lines, assumptions, released, road_rate(catalog, row, strict=strict),
            strict=strict,
        )
        for row in rows.values()
    )  # fmt: skip


def road_rate(
    catalog: Catalog, row: VolumeReferenceRow, *, strict: bool = False
) -> RoadRate | None:
    """Return what a lorry took over a line's length, by the oldest rate of each of its countries.

    Parameters
    ----------
    strict
        Use only rates that were published before the line opened.
    """
    opened = read_date(row.opened)
    released = catalog.released(FreightRateRow.TABLE)
    oldest: dict[str, tuple[FreightRateRow, bool]] = {}
    for rate in catalog.rows(FreightRateRow):
        if (rate.item, rate.mode, rate.unit) != ROAD or rate.scope not in row.countries:
            continue
        was_known = opened is not None and known_from(rate.source_date, released) < opened
        if rate.year is None or (strict and not was_known):
            continue
        held = oldest.get(rate.scope)
        if held is None or rate.year < (held[0].year or 0):
            oldest[rate.scope] = (rate, was_known)
    if not oldest or row.length_km is None:
        return None
    usd = [row.length_km * rate.value for rate, _ in oldest.values()]
    return RoadRate(
        low_usd_per_t=min(usd),
        high_usd_per_t=max(usd),
        years=tuple(sorted({rate.year for rate, _ in oldest.values() if rate.year is not None})),
        blind=all(known for _, known in oldest.values()),
        sources=tuple(dict.fromkeys(rate.source_url for rate, _ in oldest.values())),
    )


def _backcast(
    row: VolumeReferenceRow, lines: Sequence[Reference], assumptions: Assumptions,
    released: dt.date, road: RoadRate | None, *, strict: bool,
) -> Backcast:  # fmt: skip
    opened, promised = read_date(row.opened), last_day(row.promised_on)
    blind = opened is not None and promised is not None and promised < opened
    why = [] if blind else [
        f"not blind: the promise is of {row.promised_on or 'no date'} and the line opened in "
        f"{row.opened or 'no year found'}"
    ]  # fmt: skip
    others = [one for one in lines if one.line_id != row.line_id]
    earlier = [
        one for one in others
        if opened is not None and known_from(one.actual_known_on, released) < opened
    ]  # fmt: skip
    if len(earlier) < len(others):
        why.append(
            f"the class is not blind: {len(earlier)} of its {len(others)} lines had been counted "
            "when this one opened" + (", and only these are used" if strict else "")
        )
    used = earlier if strict else others
    law = predictive_law([one.ratio for one in used]) if len(used) >= LEAST_RATIOS else None
    if law is None:
        why.append(f"a class of {len(used)} tells no spread")
    mine = next(one for one in lines if one.line_id == row.line_id)
    told = mine.promised_mt_per_year
    ends = (None, None, None) if law is None else _quantiles(law, told)
    cost = _line_cost(row, assumptions)
    rate = assumptions.value("discount_rate", "default")
    tonnages = [
        (name, mt)
        for name, mt in (
            (AS_PROMISED, told), (FORETOLD, ends[1]), (CARRIED, mine.actual_mt_per_year)
        )
        if mt is not None
    ]  # fmt: skip
    returns: tuple[LineReturn, ...] = ()
    tariffs = None
    if cost is not None:
        tariffs = _tariffs(cost, mine, ends[1], rate_share=rate)
        between = None if road is None else (road.low_usd_per_t, road.high_usd_per_t)
        returns = line_returns(cost, tonnages, between, rate_share=rate)
    if tariffs is None:
        why.append("no tariff: its cost or length before the opening is not in the tables")
    if road is None:
        text = " from before the opening" if strict else " of its countries"
        why.append(f"what users saved is not told: no rate of lorries{text} is in the tables")
    elif not road.blind:
        why.append("the rate of lorries is not blind: it was published after the opening")
    return Backcast(
        row=row, mine=mine, blind=blind, references=tuple(used), known_count=len(earlier),
        low_mt=ends[0], middle_mt=ends[1], high_mt=ends[2],
        below_share=None if law is None else law.p_below(mine.ratio),
        tariffs=tariffs, road=road, returns=returns, why=tuple(why),
    )  # fmt: skip


def _quantiles(law: RatioLaw, told_mt: float) -> tuple[float, float, float]:
    low, middle, high = (float(one) * told_mt for one in law.quantile([LOW, 0.5, HIGH]))
    return low, middle, high


def _line_cost(row: VolumeReferenceRow, assumptions: Assumptions) -> LineCost | None:
    """Return what a line costs as told, no overrun; upkeep and guards by today's parameters."""
    if row.capex_musd is None or row.length_km is None:
        return None
    get = assumptions.value
    return LineCost(
        capex_musd=row.capex_musd,
        length_km=row.length_km,
        fixed_usd_per_km=get("om_fixed", "railway"),
        variable_usd_per_tkm=get("om_variable", "railway"),
        security_share=get("security_cost", "capex"),
        build_year_count=round(get("build_time", "railway")),
        operating_year_count=round(get("horizon", "railway")),
    )


def _tariffs(
    cost: LineCost, mine: Reference, foretold_mt: float | None, *, rate_share: float
) -> tuple[float, float | None, float]:
    """Return the tariffs at which it would just have paid."""

    def at(mt: float) -> float:
        return break_even_tariff(cost, mt, rate_share=rate_share)

    return (
        at(mine.promised_mt_per_year),
        None if foretold_mt is None else at(foretold_mt),
        at(mine.actual_mt_per_year),
    )


def coverage_words(answers: Sequence[Backcast]) -> str:
    """Return how often what came lay where it was foretold, and what so few lines can say."""
    judged = [one for one in answers if one.within is not None]
    if not judged:
        return "No class was large enough for a law: nothing can be held against what came."
    inside = sum(bool(one.within) for one in judged)
    blind = sum(one.blind for one in judged)
    return (
        f"{inside} of {len(judged)} lines carried what lies between P10 and P90 of their class; "
        f"{blind} of the promises are from before the opening. So few lines test nothing finely."
    )


def _tariff(which: int, name: str, shown: str) -> Column[Backcast]:
    return Column(
        name=name, get=lambda one: None if one.tariffs is None else one.tariffs[which],
        unit="USD/t", forms=(*FILES, Form.html), spec=",.0f", digits=dict.fromkeys(FILES, 2),
        names={Form.html: shown},
    )  # fmt: skip


def _within_word(one: Backcast) -> str:
    return "no law" if one.within is None else "within" if one.within else "outside"


def tariff_words(one: Backcast) -> str:
    """Return at which tariffs a line would just have paid; empty where its cost is not known."""
    if one.tariffs is None:
        return ""
    promised, foretold, carried = one.tariffs
    middle = "" if foretold is None else f"{foretold:,.0f} at the middle of its class, "
    return (
        f"it would just have paid at {promised:,.0f} USD a tonne at the tonnes promised, {middle}"
        f"{carried:,.0f} at those carried (cost as told, no closures)"
    )


def road_words(one: Backcast) -> str:
    """Return what a lorry took beside these tariffs, and what a tonne saves; empty if not known."""
    road, saved = one.road, one.saved_usd_per_t
    if road is None or one.tariffs is None:
        return ""
    years = " and ".join(str(year) for year in road.years)
    low, high = road.low_usd_per_t, road.high_usd_per_t
    spread = f"{low:,.0f}" if round(low) == round(high) else f"{low:,.0f} to {high:,.0f}"
    names = ("as promised", "at the middle of its class", "as carried")
    told = ", ".join(
        f"{usd:+,.0f} {name}" for usd, name in zip(saved, names, strict=True) if usd is not None
    )
    return (
        f"a lorry took {spread} USD a tonne over these {one.row.length_km:,.0f} km (rates of "
        f"{years}), so a tonne would have saved {told}"
    )


def _saved(which: int, name: str) -> Column[Backcast]:
    return Column(
        name=name, get=lambda one: one.saved_usd_per_t[which], unit="USD/t", forms=FILES,
        digits=dict.fromkeys(FILES, 2),
    )  # fmt: skip


def _mt(name: str, shown: str, get: Callable[[Backcast], float] | None = None) -> Column[Backcast]:
    return Column(
        name=name, get=get, unit="Mt/year", forms=EVERYWHERE, spec=",.2f",
        digits=dict.fromkeys(FILES, 4),
        names={Form.table: shown, Form.frame: f"{name}_per_year"},
    )  # fmt: skip


BACKCASTS: tuple[Column[Backcast], ...] = (
    Column(name="line", get=lambda one: one.row.line_id, forms=FILES),
    Column(name="name", get=lambda one: one.row.name, forms=EVERYWHERE),
    Column(name="promised_on", get=lambda one: one.row.promised_on, forms=EVERYWHERE,
           names={Form.table: "promised"}),
    Column(name="opened", get=lambda one: one.row.opened, forms=EVERYWHERE),
    Column(name="blind", forms=FILES),
    Column(name="blind", get=lambda one: "yes" if one.blind else "no", forms=SHOWN),
    _mt("promised_mt", "Mt promised", lambda one: one.mine.promised_mt_per_year),
    _mt("low_mt", "P10"),
    _mt("middle_mt", "P50"),
    _mt("high_mt", "P90"),
    _mt("actual_mt", "Mt carried", lambda one: one.mine.actual_mt_per_year),
    Column(name="actual_period", get=lambda one: one.row.actual_period, forms=FILES),
    Column(name="within", forms=FILES),
    Column(name="within", get=_within_word, forms=SHOWN, names={Form.table: "P10 to P90"}),
    Column(name="below_share", unit="share", forms=FILES, digits=dict.fromkeys(FILES, 4)),
    Column(name="class_count", get=lambda one: len(one.references), unit="count",
           forms=EVERYWHERE, names={Form.table: "n"}),
    Column(name="known_count", unit="count", forms=EVERYWHERE,
           names={Form.table: "known then"}),
    _tariff(0, "tariff_promised_usd_per_t", "USD/t as promised"),
    _tariff(1, "tariff_foretold_usd_per_t", "as foretold"),
    _tariff(2, "tariff_carried_usd_per_t", "as carried"),
    _saved(0, "saved_promised_usd_per_t"),
    _saved(1, "saved_foretold_usd_per_t"),
    _saved(2, "saved_carried_usd_per_t"),
    Column(name="grade", get=lambda one: one.row.confidence, forms=EVERYWHERE),
)  # fmt: skip
"""What would have been foretold of a line, beside what came."""


def backcast_to_dict(one: Backcast) -> dict[str, Any]:
    """Return a backcast with its class, what is not blind in it, and sources."""
    return {
        **to_dict(BACKCASTS, one),
        "class": [other.line_id for other in one.references],
        "why": list(one.why),
        "returns": [to_dict(RETURNS, each) for each in one.returns],
        "not_given": NOT_GIVEN if one.returns else {},
        "road_usd_per_t": None
        if one.road is None
        else {
            "low": round(one.road.low_usd_per_t, 2),
            "high": round(one.road.high_usd_per_t, 2),
            "years": list(one.road.years),
            "blind": one.road.blind,
            "sources": list(one.road.sources),
        },
        "promise_url": one.row.promise_url,
        "source_url": one.row.source_url,
        "source_date": one.row.source_date,
    }
