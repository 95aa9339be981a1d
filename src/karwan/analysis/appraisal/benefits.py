"""Who gains from trade and who is left out: published figures, row by row and never summed.

Claims overlap, and the figures of chambers, officials and offices are of different things. A price
that moved while a gate was shut is no effect of the gate: what was measured is told beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.energy_sums import cover_days
from karwan.base.known import known_from
from karwan.base.telling import Column, Form, to_dict
from karwan.data.rows.energy import BenefitAccountRow

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

EVERYWHERE = (Form.json, Form.csv, Form.frame, Form.table, Form.html)
MEASURED, STOCK, USE, PRICE = "difference in differences", "stock", "use", "price"
INTERVAL = (-1.4, 10.6)
"""95 per cent interval of the difference, in per cent, as computed beside the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """How long a stock lasts."""

    good: str
    country: str
    days: float
    stock_id: str
    use_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """Accounts by whose they are; losses are rows and no sum.

    Attributes
    ----------
    measured
        The effect of a closure on prices that was measured, or None.
    notes
        What the figures do not say.
    """

    rows: tuple[BenefitAccountRow, ...]
    cover: tuple[Cover, ...]
    measured: BenefitAccountRow | None
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
    return Benefits(rows=rows, cover=tuple(cover), measured=measured, notes=NOTES)


NOTES = (
    "Losses are never summed: the same loss is told by several.",
    "A closure moves traffic more than it destroys it: Afghan rail carried 408,000 t a month "
    "before the gates to Pakistan shut and 684,000 after (+68 %); revenue rose by 18 %.",
    "A blank is a figure that was not found, not a zero.",
)


def price_words(answer: Benefits) -> str:
    """Return what is known of prices while a gate is shut, with what it does not say."""
    row = answer.measured
    if row is None or row.value is None:
        return "No measured effect of a closure on prices is known on the date."
    return (
        f"Prices in provinces beside shut gates rose {row.value:+.1f} % more than in others "
        f"(95 % interval {INTERVAL[0]:+.1f} to {INTERVAL[1]:+.1f}): not separable from noise. It "
        "says nothing of a rise common to all (+4.9 %). Prices told by the press stand below as "
        "claims; their sign turns with the season and the side."
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
    Column(name="unit", forms=EVERYWHERE),
    Column(name="direction", forms=EVERYWHERE, names={Form.table: "sign"}),
    Column(name="basis"),
    Column(name="note"),
    Column(name="grade", get=lambda row: row.confidence, forms=EVERYWHERE),
    Column(name="source_url"),
    Column(name="source_date", forms=EVERYWHERE, names={Form.table: "date"}),
)
"""One figure of an account."""


def benefits_to_dict(answer: Benefits) -> dict[str, Any]:
    """Return the accounts by country and by whose they are."""
    by_country: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in answer.rows:
        groups = by_country.setdefault(row.account_country, {})
        groups.setdefault(row.stakeholder, []).append(to_dict(ACCOUNTS, row))
    return {
        "accounts": by_country,
        "prices": {
            "measured_pct": None if answer.measured is None else answer.measured.value,
            "low_pct": INTERVAL[0], "high_pct": INTERVAL[1], "told": price_words(answer),
        },
        "cover": [
            {
                "good": one.good, "country": one.country, "days": round(one.days, 2),
                "stock": one.stock_id, "use": one.use_id,
            }
            for one in answer.cover
        ],
        "notes": list(answer.notes),
    }  # fmt: skip
