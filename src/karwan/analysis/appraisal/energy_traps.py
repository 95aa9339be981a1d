"""Five rules by which a printed figure betrays itself, held against the tables of energy.

Parts must sum to their total; a ratio must follow from its two figures; a price must not lie a
power of ten or a currency off its peers; a weekday must fit its date; one quantity of one period
must not have two values. A trap is no proof of which figure is wrong: both are shown.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from karwan.analysis.appraisal.energy import GWH, EnergyCheck, flows_known, links_known, make_check
from karwan.analysis.appraisal.energy_sums import bill_cents_per_kwh
from karwan.base.days import MONTHS
from karwan.base.known import known_from
from karwan.data.rows.energy import BenefitAccountRow

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.data.rows.energy import EnergyFlowRow, EnergyLinkRow

APART_SHARE = 0.03
"""Rounding of printed figures: what lies nearer is the same."""
POWER_SHARE = 0.25
"""How near a whole power of ten a ratio must lie, in powers, to look like a slip of a unit."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DATED = re.compile(rf"\b({'|'.join(DAYS)}),? (\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")
CENTS = re.compile(r"([0-9.]+) US cents/kWh")
TRAP = "trap"


def parts_fit(parts: Sequence[float], total: float) -> bool:
    """Tell whether parts sum to a total, up to rounding.

    Examples
    --------
    >>> parts_fit([237_166, 19_559, 39_786, 10_254], 306_765)
    True
    >>> parts_fit([682_027, 14_123], 103_263)
    False
    """
    return abs(sum(parts) - total) <= APART_SHARE * abs(total)


def ratio_fits(before: float, after: float, told_ratio: float) -> bool:
    """Tell whether what a figure is said to be multiplied by follows from its two values.

    Examples
    --------
    >>> ratio_fits(408, 684, 1.68), ratio_fits(1.85, 5.2, 1.23)
    (True, False)
    """
    return abs(after / before - told_ratio) <= APART_SHARE * abs(told_ratio)


def power_off(value: float, peer: float) -> int:
    """Return the power of ten by which a figure is off its peer; 0 where it is not.

    Examples
    --------
    >>> power_off(50.0, 5.0), power_off(5.4, 5.0), power_off(2_151.3, 2_151.3e6)
    (1, 0, -6)
    """
    if value <= 0 or peer <= 0:
        return 0
    power = math.log10(value / peer)
    whole = round(power)
    return whole if whole and abs(power - whole) <= POWER_SHARE else 0


def weekday_fits(day: dt.date, weekday: str) -> bool:
    """Tell whether a day is that day of the week.

    Examples
    --------
    >>> [weekday_fits(dt.date(2026, 1, day), "Thursday") for day in (21, 22)]
    [False, True]
    """
    return DAYS[day.weekday()] == weekday.capitalize()


def weekdays_told(text: str) -> tuple[tuple[dt.date, str], ...]:
    """Return the dates of a text that come with a day of the week.

    Examples
    --------
    >>> weekdays_told("on Thursday 21 January 2026")
    ((datetime.date(2026, 1, 21), 'Thursday'),)
    """
    return tuple(
        (dt.date(int(year), MONTHS.index(month) + 1, int(day)), weekday)
        for weekday, day, month, year in DATED.findall(text)
    )


def trap_checks(world: World) -> tuple[EnergyCheck, ...]:
    """Return the figures of the tables of energy that betray themselves, as known on the date."""
    flows, links = flows_known(world), links_known(world)
    return (
        *_prices(flows), *_totals(flows), *_ratios(world), *_weekdays((*flows, *links)),
        *_twice(links),
    )  # fmt: skip


def _ratios(world: World) -> Iterator[EnergyCheck]:
    """Yield changes told of accounts that do not follow from the figures before and after."""
    released = world.catalog.released(BenefitAccountRow.TABLE)
    for row in world.catalog.rows(BenefitAccountRow):
        if known_from(row.source_date, released) > world.as_of:
            continue
        if not row.before_value or row.value is None or row.change_ratio is None:
            continue
        ratio = row.value / row.before_value
        fits = ratio_fits(row.before_value, row.value, row.change_ratio)
        text = (
            f"{row.change_ratio - 1:+.1%} is told; {row.before_value:g} to {row.value:g} "
            f"{row.unit} is {ratio - 1:+.1%}"
        )
        yield make_check(row, TRAP, f"{row.id}, {row.indicator}", claimed=row.change_ratio,
                         computed=ratio, unit="ratio", fits=fits, text=text)  # fmt: skip


def _prices(flows: Sequence[EnergyFlowRow]) -> Iterator[EnergyCheck]:
    """Yield prices printed beside a bill and an energy from which they do not follow."""
    for row in flows:
        told = CENTS.search(row.price_text or "")
        if told is None or row.bill_musd is None or not row.value or row.unit != GWH:
            continue
        cents, printed = bill_cents_per_kwh(row.bill_musd, row.value), float(told.group(1))
        power = power_off(printed, cents)
        fits = power == 0 and abs(printed - cents) <= APART_SHARE * cents
        text = f"{printed:g} cents a kWh are printed; bill over energy is {cents:.2f}"
        if power:
            text += f": a unit off by 10^{power}"
        yield make_check(row, TRAP, f"{row.energy_from} to {row.energy_to}, {row.period}",
                         claimed=printed, computed=cents, unit="US cents/kWh", fits=fits,
                         text=text)  # fmt: skip


def _totals(flows: Sequence[EnergyFlowRow]) -> Iterator[EnergyCheck]:
    """Yield totals of a seller that its buyers, as told, do not sum to."""
    for row in flows:
        if row.energy_to != "all" or row.value is None:
            continue
        parts = {
            one.energy_to: one.value for one in flows
            if one.energy_from == row.energy_from and one.period == row.period
            and one.unit == row.unit and one.energy_to != "all" and one.value is not None
        }  # fmt: skip
        if parts:
            total = sum(parts.values())
            text = (
                f"{row.value:,.0f} {row.unit} are told in all; {' and '.join(parts)} sum to "
                f"{total:,.0f}"
            )
            yield make_check(row, TRAP, f"{row.energy_from}, {row.period}", claimed=row.value,
                             computed=total, unit=row.unit,
                             fits=parts_fit(list(parts.values()), row.value),
                             text=text)  # fmt: skip


def _weekdays(rows: Sequence[EnergyFlowRow | EnergyLinkRow]) -> Iterator[EnergyCheck]:
    for row in rows:
        for day, weekday in weekdays_told(row.note or ""):
            if not weekday_fits(day, weekday):
                text = f"{weekday} {day} is a {DAYS[day.weekday()]}"
                yield make_check(row, TRAP, row.id, unit="day", fits=False, text=text)


def _twice(links: Sequence[EnergyLinkRow]) -> Iterator[EnergyCheck]:
    """Yield quantities that have two values for one section and one date."""
    seen: dict[tuple[str, ...], EnergyLinkRow] = {}
    for row in links:
        key = (row.link, row.section or "", row.quantity, row.as_of or "", row.unit)
        if row.value is None:
            continue
        other = seen.setdefault(key, row)
        if other is not row and other.value != row.value:
            text = f"{other.value:g} and {row.value:g} {row.unit} for one date: both stand"
            yield make_check(row, TRAP, f"{row.link}, {row.quantity}", claimed=other.value,
                             computed=row.value, unit=row.unit, fits=False, text=text)  # fmt: skip
