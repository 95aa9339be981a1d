"""Who gains from trade and who is left out: published figures, row by row and never summed.

Claims overlap, and the figures of chambers, officials and offices are of different things. A price
that moved while a gate was shut is no effect of the gate: what was measured is told beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.dependence import DEPENDENCE, Dependence, dependence
from karwan.analysis.appraisal.energy_sums import cover_days
from karwan.base.days import MONTHS
from karwan.base.known import known_from
from karwan.base.telling import Column, Form, to_dict
from karwan.data.rows.energy import BenefitAccountRow
from karwan.data.rows.region import CountryRow

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
FILES = (Form.json, Form.csv, Form.frame)
MEASURED, STOCK, USE, PRICE = "difference in differences", "stock", "use", "price"
TRAFFIC, REVENUE = "traffic", "revenue"
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(?![0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """How long a stock lasts."""

    good: str
    country: str
    days: float
    stock_id: str
    use_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMove:
    """What a price did: whose side, which season, and its sign. A claim unless it was measured.

    Attributes
    ----------
    change_share
        Over the price before; None where no price before is told.
    sign
        up, down or none; blank where no change is told.
    """

    row: BenefitAccountRow
    change_share: float | None
    sign: str
    season: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """Accounts by whose they are; losses are rows and no sum.

    Attributes
    ----------
    prices
        What prices did, with a sign by side and season.
    moved
        Traffic and revenue that rose while gates were shut: a closure moves more than it destroys.
    measured
        The effect of a closure on prices that was measured, or None.
    common
        The rise of the same basket over all provinces, of which the measure says nothing.
    notes
        What the figures do not say.
    """

    rows: tuple[BenefitAccountRow, ...]
    cover: tuple[Cover, ...]
    prices: tuple[PriceMove, ...]
    moved: tuple[PriceMove, ...]
    dependence: tuple[Dependence, ...]
    measured: BenefitAccountRow | None
    common: PriceMove | None
    notes: tuple[str, ...]


def read_benefits(world: World, countries: Sequence[str] = ()) -> Benefits:
    """Return what is published on who gains and loses, as known on the date.

    Parameters
    ----------
    countries
        Codes of three letters; all if none are named.
    """
    released = world.catalog.released(BenefitAccountRow.TABLE)
    known = [
        row
        for row in world.catalog.rows(BenefitAccountRow)
        if known_from(row.source_date, released) <= world.as_of
    ]
    rows = tuple(row for row in known if not countries or row.account_country in countries)
    uses = {(row.account_country, row.good): row for row in rows if row.topic == USE}
    cover = []
    for row in rows:
        use = uses.get((row.account_country, row.good))
        if row.topic == STOCK and use is not None and row.value and use.value:
            cover.append(
                Cover(
                    good=row.good or "", country=row.account_country,
                    days=cover_days(row.value, use.value), stock_id=row.id, use_id=use.id,
                )
            )  # fmt: skip
    measured = next((row for row in known if row.indicator == MEASURED), None)
    wide = next(
        (r for r in known if measured and r.good == measured.good and r.place == NATIONAL), None
    )
    moves = [move_of(row) for row in rows if row.indicator != MEASURED]
    return Benefits(
        rows=rows,
        cover=tuple(cover),
        prices=tuple(one for one in moves if one.row.topic == PRICE),
        moved=tuple(
            one for one in moves
            if one.row.topic in (TRAFFIC, REVENUE) and one.row.direction == GAIN
            and one.change_share is not None
        ),
        dependence=_dependence(world, rows, countries),
        measured=measured,
        common=None if wide is None else move_of(wide),
        notes=NOTES,
    )  # fmt: skip


NATIONAL, GAIN = "national", "gain"


def _dependence(
    world: World, rows: Sequence[BenefitAccountRow], countries: Sequence[str]
) -> tuple[Dependence, ...]:
    """Return what hangs on which crossing, of the countries named; else of all with an account."""
    asked = set(countries) or {row.account_country for row in rows}
    codes = [row.country for row in world.catalog.rows(CountryRow) if row.iso3 in asked]
    return tuple(one for code in codes for one in dependence(world, code))


def move_of(row: BenefitAccountRow) -> PriceMove:
    """Return what a figure did against before: computed where both are told, else as told."""
    change = None
    now = row.value
    if now is None and row.value_low is not None and row.value_high is not None:
        now = (row.value_low + row.value_high) / 2
    if row.before_value and now is not None:
        change = now / row.before_value - 1
    elif row.change_ratio is not None:
        change = row.change_ratio - 1
    sign = "" if change is None else "up" if change > 0 else "down" if change < 0 else "none"
    months = MONTH.findall(row.period)
    season = MONTHS[int(months[-1]) - 1] if months else ""
    return PriceMove(row=row, change_share=change, sign=sign, season=season)


NOTES = (
    "Losses are never summed: the same loss is told by several.",
    "A blank is a figure that was not found, not a zero.",
)


def price_words(answer: Benefits) -> str:
    """Return what is known of prices while a gate is shut, with what it does not say."""
    row = answer.measured
    if row is None or row.value is None:
        return "No measured effect of a closure on prices is known on the date."
    interval = (
        f" (95 % interval {row.value_low:+.1f} to {row.value_high:+.1f})"
        if row.value_low is not None and row.value_high is not None
        else ""
    )
    apart = _apart_words(row)
    wide = answer.common
    common = (
        f" ({wide.change_share:+.1%})" if wide is not None and wide.change_share is not None else ""
    )
    return (
        f"Prices in provinces beside shut gates rose {row.value:+.1f} % more than in others"
        f"{interval}{apart}. It says nothing of a rise common to all{common}. Prices told by "
        "the press stand below as claims; their sign turns with the season and the side."
    )


def _apart_words(row: BenefitAccountRow) -> str:
    """Return whether a rise stands out of the noise; that needs the low end of its interval."""
    if row.value_low is None:
        return "; no low end of an interval is told, so it is not known whether it is noise"
    return ": not separable from noise" if row.value_low <= 0 else ": beyond noise"


def moved_words(answer: Benefits) -> str:
    """Return what rose while gates were shut: a closure moves traffic more than it destroys it."""
    told = [
        f"{one.row.indicator} of {one.row.place} {one.change_share:+.0%} ({one.row.period})"
        for one in answer.moved
        if one.change_share is not None
    ]
    if not told:
        return "No figure of traffic or revenue that rose while a gate was shut is known."
    return (
        "A closure moves traffic more than it destroys it: "
        + "; ".join(told)
        + ". Those whose trade it was stand below with what they lost."
    )


def told_range(row: BenefitAccountRow) -> str:
    """Return the figure of a row, or its range; blank where none was found."""
    ends = [one for one in (row.value_low, row.value, row.value_high) if one is not None]
    if not ends:
        return ""
    low, high = min(ends), max(ends)
    return f"{low:,g}" if low == high else f"{low:,g}-{high:,g}"


ACCOUNTS: tuple[Column[BenefitAccountRow], ...] = (
    Column(name="id", forms=EVERYWHERE),
    Column(name="country", get=lambda row: row.account_country, forms=EVERYWHERE),
    Column(name="stakeholder", forms=EVERYWHERE, names={Form.table: "who"}),
    Column(name="topic"),
    Column(name="good", forms=EVERYWHERE),
    Column(name="place", forms=EVERYWHERE),
    Column(name="indicator", forms=EVERYWHERE),
    Column(name="period", forms=EVERYWHERE),
    Column(name="value_low"),
    Column(name="value"),
    Column(name="told", get=told_range, forms=(Form.table, Form.html)),
    Column(name="value_high"),
    Column(name="before_value"),
    Column(name="change_ratio"),
    Column(name="unit", forms=EVERYWHERE),
    Column(name="direction", forms=EVERYWHERE, names={Form.table: "sign"}),
    Column(name="basis"),
    Column(name="note"),
    Column(name="grade", get=lambda row: row.confidence, forms=EVERYWHERE),
    Column(name="source_url"),
    Column(name="source_date", forms=EVERYWHERE, names={Form.table: "date"}),
)
"""One figure of an account."""


PRICES: tuple[Column[PriceMove], ...] = (
    Column(name="id", get=lambda one: one.row.id, forms=EVERYWHERE),
    Column(name="country", get=lambda one: one.row.account_country, forms=EVERYWHERE),
    Column(name="stakeholder", get=lambda one: one.row.stakeholder, forms=EVERYWHERE,
           names={Form.table: "who"}),
    Column(name="good", get=lambda one: one.row.good, forms=EVERYWHERE),
    Column(name="place", get=lambda one: one.row.place, forms=EVERYWHERE),
    Column(name="season", forms=EVERYWHERE),
    Column(name="period", get=lambda one: one.row.period, forms=EVERYWHERE),
    Column(name="sign", forms=EVERYWHERE),
    Column(name="change_share", unit="share", forms=EVERYWHERE, spec="+.0%",
           digits=dict.fromkeys(FILES, 4), names={Form.table: "change"}),
    Column(name="direction", get=lambda one: one.row.direction, forms=EVERYWHERE,
           names={Form.table: "for them"}),
    Column(name="basis", get=lambda one: one.row.basis, forms=EVERYWHERE,
           names={Form.table: "told by"}),
    Column(name="grade", get=lambda one: one.row.confidence, forms=EVERYWHERE),
    Column(name="source_url", get=lambda one: one.row.source_url, forms=FILES),
)  # fmt: skip
"""What a price did, by side and season."""


def benefits_to_dict(answer: Benefits) -> dict[str, Any]:
    """Return the accounts by country and by whose they are, and what hangs on which crossing."""
    by_country: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in answer.rows:
        groups = by_country.setdefault(row.account_country, {})
        groups.setdefault(row.stakeholder, []).append(to_dict(ACCOUNTS, row))
    measured = answer.measured
    return {
        "accounts": by_country,
        "prices": {
            "measured_pct": None if measured is None else measured.value,
            "low_pct": None if measured is None else measured.value_low,
            "high_pct": None if measured is None else measured.value_high,
            "told": price_words(answer),
            "moves": [to_dict(PRICES, one) for one in answer.prices],
        },
        "moved_not_destroyed": {
            "told": moved_words(answer),
            "rows": [to_dict(PRICES, one) for one in answer.moved],
        },
        "import_dependence": [to_dict(DEPENDENCE, one) for one in answer.dependence],
        "cover": [
            {
                "good": one.good, "country": one.country, "days": round(one.days, 2),
                "stock": one.stock_id, "use": one.use_id,
            }
            for one in answer.cover
        ],
        "notes": list(answer.notes),
    }  # fmt: skip
