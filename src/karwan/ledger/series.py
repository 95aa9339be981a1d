"""Tests on published series: security counts, trade by statistical basis, hours at the border.

A trend stands only inside one publisher's series. "Rose" or "fell" needs two publishers of the
same scope and sign. Figures of different publishers are never added, and a denial or
counterclaim that is printed as 0 is a statement, not a measurement.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from karwan.base.known import known_from
from karwan.base.provenance import last_day
from karwan.data.rows.costs import CpmmBcpRow
from karwan.data.rows.ledger import SecurityIndicatorRow
from karwan.data.rows.row import R
from karwan.data.rows.trade import TradeBilateralRow
from karwan.ledger.change import rate_ratio
from karwan.ledger.measures import Measure
from karwan.ledger.nouns import Indicator
from karwan.ledger.words import Delivery, EvidenceStatus

STATEMENTS_IN_UNITS = ("denial", "counterclaim")
WHOLE_YEARS = ("calendar year", "Jul-Jun", '"last year"')
PUBLISHERS_NEEDED = 2
YEAR_DAYS = (360, 371)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Two ends of one publisher's series, as counts a year, and the direction between them."""

    publisher: str
    scope: str
    first_id: str
    last_id: str
    first_year: int
    last_year: int
    first_value: float
    last_value: float
    ratio: float | None
    low: float
    high: float | None

    @property
    def sign(self) -> int:
        """1 for a rise beyond chance, -1 for a fall, 0 for neither."""
        if self.low > 1:
            return 1
        return -1 if self.high is not None and self.high < 1 else 0


def is_measured(row: SecurityIndicatorRow) -> bool:
    """Whether a row counts something; denials, counterclaims and percentages do not."""
    unit = row.unit.lower()
    return (
        row.value is not None
        and not any(word in unit for word in STATEMENTS_IN_UNITS)
        and "percent" not in unit
        and "rank" not in unit
    )


def scope_of(counting_basis: str | None) -> str:
    """Return what a publisher counts, without remarks on one figure.

    Examples
    --------
    >>> scope_of("militant attacks only (restated; first published 376)")
    'militant attacks only'
    """
    text = re.split(r"[;(]", counting_basis or "")[0].strip()
    return text or "not stated"


def known_rows(rows: Iterable[R], as_of: dt.date, undated: dt.date) -> list[R]:
    """Return the rows whose source is of the as-of date or earlier."""
    return [row for row in rows if known_from(row.source_date, undated) <= as_of]


def find_series(test: Mapping[str, str], rows: Sequence[SecurityIndicatorRow]) -> list[Series]:
    """Return each publisher's yearly series between two years, first figure against last.

    A figure that was restated counts as last stated. Periods that are no year are left out.
    """
    chosen: dict[tuple[str, str, str], dict[int, SecurityIndicatorRow]] = {}
    for row in rows:
        span = (row.period_end - row.period_start).days
        year = row.period_start.year
        if (
            row.indicator != test["indicator"]
            or row.geography != test["geography"]
            or row.actor_as_named != test["actor"]
            or not YEAR_DAYS[0] <= span <= YEAR_DAYS[1]
            or not int(test["from"]) <= year <= int(test["to"])
            or not is_measured(row)
        ):
            continue
        years = chosen.setdefault((row.publisher, scope_of(row.counting_basis), row.unit), {})
        held = years.get(year)
        if held is None or _stated(row) >= _stated(held):
            years[year] = row
    found = []
    for (publisher, scope, _), years in sorted(chosen.items()):
        if len(years) < PUBLISHERS_NEEDED:
            continue
        first, last = years[min(years)], years[max(years)]
        first_value, last_value = first.value, last.value
        if first_value is None or last_value is None:  # no row without one was chosen
            continue
        ratio = rate_ratio(int(first_value), int(last_value), 365.0, 365.0)
        found.append(
            Series(
                publisher=publisher,
                scope=scope,
                first_id=first.id,
                last_id=last.id,
                first_year=min(years),
                last_year=max(years),
                first_value=first_value,
                last_value=last_value,
                ratio=ratio.ratio,
                low=ratio.low,
                high=ratio.high,
            )
        )
    return found


def _stated(row: SecurityIndicatorRow) -> tuple[dt.date, str]:
    return last_day(row.source_date) or dt.date.min, row.id


def measure_trend(test: Indicator, rows: Sequence[SecurityIndicatorRow]) -> Measure:
    """Test whether counts rose or fell, by two publishers of the same scope and sign."""
    found = find_series(test.filter, rows)
    wanted = 1 if test.operator == "rose" else -1
    text = "; ".join(series_text(one) for one in found) or "no publisher has two years of it"
    with_it = tuple(one.last_id for one in found if one.sign == wanted)
    against = tuple(one.last_id for one in found if one.sign == -wanted)
    status = EvidenceStatus.insufficient
    verdict = trend_of(found)
    if verdict is not None:
        status = EvidenceStatus.consistent if verdict == wanted else EvidenceStatus.contradicted
    elif with_it and against:
        status = EvidenceStatus.mixed
    if status is EvidenceStatus.insufficient:
        text += "; two publishers of one scope and sign are needed"
    return Measure(
        delivery=None, evidence=status, reason=text, supports=with_it, contradicts=against
    )


def trend_of(found: Sequence[Series]) -> int | None:
    """Return 1 or -1 where two publishers of one scope agree and none of that scope objects."""
    for scope in sorted({one.scope for one in found}):
        for sign in (1, -1):
            agree = {one.publisher for one in found if (one.scope, one.sign) == (scope, sign)}
            if len(agree) >= PUBLISHERS_NEEDED and not any(
                (one.scope, one.sign) == (scope, -sign) for one in found
            ):
                return sign
    return None


def series_text(one: Series) -> str:
    """Return a series in words, with the interval of its ratio."""
    top = "no bound" if one.high is None else f"{one.high:.2f}"
    ratio = "undefined" if one.ratio is None else f"{one.ratio:.2f}"
    return (
        f"{one.publisher} ({one.scope}): {one.first_value:,.0f} in {one.first_year}, "
        f"{one.last_value:,.0f} in {one.last_year}, ratio {ratio} ({one.low:.2f} to {top})"
    )


def newest_years(
    test: Mapping[str, str], rows: Sequence[TradeBilateralRow]
) -> dict[str, tuple[TradeBilateralRow, float]]:
    """Return the newest whole year of two countries' trade on each basis, with its value.

    A total is the same from either end, so whoever published it counts; a flow has a direction.
    """
    ends = {test["reporter"], test["partner"]}
    newest: dict[str, tuple[TradeBilateralRow, float]] = {}
    for row in rows:
        same = (row.reporter, row.partner) == (test["reporter"], test["partner"])
        if test["flow"] == "total":
            same = {row.reporter, row.partner} == ends
        value, basis = row.value_musd, row.statistical_source or ""
        if not same or row.flow != test["flow"] or row.period not in WHOLE_YEARS or value is None:
            continue
        held = newest.get(basis)
        if held is None or _age(row) > _age(held[0]):
            newest[basis] = (row, value)
    return newest


def _age(row: TradeBilateralRow) -> tuple[dt.date, dt.date]:
    return _end_of(row.year), _known(row)


def measure_trade(test: Indicator, rows: Sequence[TradeBilateralRow], as_of: dt.date) -> Measure:
    """Compare the newest whole year of one statistical basis with the target.

    The test names its basis, or several with a bar between: the first that has a whole year
    counts. What other bases give is told beside it and decides nothing.
    """
    newest = newest_years(test.filter, rows)
    named = test.filter["basis"].split("|")
    chosen = next((name for name in named if name in newest), None)
    last = test.last_in_time
    pair = f"{test.filter['reporter']} with {test.filter['partner']}"
    if chosen is None:
        due = Delivery.no_deadline if last is None else _due(as_of, last)
        reason = f"no whole year of {pair}, {' or '.join(named)}"
        return Measure(delivery=due, evidence=EvidenceStatus.insufficient, reason=reason)
    year, value = newest.pop(chosen)
    target = float(test.value or 0)
    text = f"US${value:,.1f}m in {year.year} against {target:,.0f}m ({pair}, {chosen}): " + (
        "reached" if value >= target else f"{target / value:.1f} times as much is needed"
    )
    others = [f"{usd:,.1f}m in {row.year} ({name})" for name, (row, usd) in sorted(newest.items())]
    text += f"; on other bases {', '.join(others)}" if others else ""
    status = EvidenceStatus.insufficient
    if value >= target:
        delivery, status = Delivery.met, EvidenceStatus.consistent
    elif last is None:
        delivery = Delivery.no_deadline
    elif as_of > last and _end_of(year.year) >= last - dt.timedelta(days=365):
        delivery, status = Delivery.not_met, EvidenceStatus.contradicted
    else:
        delivery = _due(as_of, last)
    return Measure(delivery=delivery, evidence=status, reason=text, value=value, unit="million USD")


def _known(row: TradeBilateralRow) -> dt.date:
    return last_day(row.source_date) or dt.date.min


def _due(as_of: dt.date, last: dt.date) -> Delivery:
    return Delivery.not_due if as_of <= last else Delivery.overdue


def _end_of(year: str) -> dt.date:
    """Return the last day of a year such as 2024 or FY2024/25.

    Examples
    --------
    >>> _end_of("FY2024/25"), _end_of("2024")
    (datetime.date(2025, 6, 30), datetime.date(2024, 12, 31))
    """
    number = int(re.sub(r"\D", "", year)[:4])
    return dt.date(number + 1, 6, 30) if year.startswith("FY") else dt.date(number, 12, 31)


def measure_border_hours(test: Indicator, rows: Sequence[CpmmBcpRow]) -> Measure:
    """Compare the newest published mean of hours at a border point with the threshold."""
    mine = [
        row
        for row in rows
        if row.bcp == test.filter["bcp"]
        and row.direction == test.filter["direction"]
        and row.indicator == "time"
    ]
    if not mine:
        return Measure(
            delivery=None, evidence=EvidenceStatus.insufficient, reason="no published hours"
        )
    newest = max(mine, key=lambda row: row.year)
    hours, limit = newest.mean, float(test.value or 0)
    kept = hours <= limit if test.operator == "at_most" else hours >= limit
    status = EvidenceStatus.consistent if kept else EvidenceStatus.contradicted
    text = f"{hours:g} h on average in {newest.year} against {limit:g} h"
    return Measure(delivery=None, evidence=status, reason=text, value=hours, unit="h")
