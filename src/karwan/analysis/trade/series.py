"""Trade between two countries, one series per statistical basis.

Customs, a central bank and a minister count different things, and their figures for one year
differ by factors of two to five here. So a basis (who counts, by which statistics) is never mixed
with another: a base year, a growth rate and a target's multiple each belong to one. A part of a
year is no year and is never blown up to one. Nothing known after the as-of date is used.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.known import known_from
from karwan.base.provenance import Source
from karwan.data.region import region_words
from karwan.data.rows.row import source_of
from karwan.data.rows.trade import TradeBasisRow, TradeBilateralRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

PUBLISHED = ("goods", "payments")
"""Kinds of basis that are series; what ministers and ambassadors say is a base, never a series."""

NOT_STATED = "not stated"
YEAR_DAYS = 365.25
FEWEST_YEAR_DAYS, MOST_YEAR_DAYS = 360, 371
SOLAR_OFFSET_YEARS = 621
"""The Afghan solar year n begins on about 21 March of year n + 621."""

_SUFFIX = r"(?:-(?:(?P<count>\d{1,2})M|H(?P<half>[12])|Q(?P<quarter>[1-4])))?$"
_YEAR = re.compile(r"(?P<kind>FY|MY)?(?P<year>\d{4})(?P<split>/\d{2})?" + _SUFFIX)
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:\.\.(\d{4})-(\d{2}))?$")
_SOLAR = re.compile(r"SH(\d{4})$")


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time `[start, end)` that a figure covers, as its source calls it."""

    label: str
    start: dt.date
    end: dt.date

    @property
    def is_year(self) -> bool:
        """Whether it is twelve months; only such figures are set beside a yearly target."""
        return FEWEST_YEAR_DAYS <= (self.end - self.start).days <= MOST_YEAR_DAYS


@dataclass(frozen=True, slots=True)
class Basis:
    """Who counts and by which statistics."""

    reporter: str
    statistical_source: str
    kind: str
    name: str

    @property
    def is_series(self) -> bool:
        """Whether its years may be compared with each other."""
        return self.kind in PUBLISHED

    @property
    def label(self) -> str:
        """What a reader is told."""
        return f"{self.name} ({self.kind})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeFigure:
    """One published value: `exporter` is blank for the sum of both ways."""

    basis: Basis
    period: Period
    exporter: str
    value_musd: float | None
    tonnes: float | None
    known_on: dt.date
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTotal:
    """Trade both ways in one year on one basis; `by_exporter_musd` where both ways are known."""

    basis: Basis
    period: Period
    total_musd: float
    by_exporter_musd: tuple[tuple[str, float], ...]
    known_on: dt.date
    grade: str
    source: Source


@dataclass(frozen=True, slots=True)
class Since:
    """A part of a year after a base, and its multiple of the same months a year before."""

    part: YearTotal
    multiple: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How one series of one pair grew between two of its years."""

    pair: str
    basis: Basis
    first: Period
    last: Period
    years: float
    first_musd: float
    multiple: float

    @property
    def log_multiple(self) -> float:
        """Natural logarithm of the multiple."""
        return math.log(self.multiple)

    @property
    def annual_share(self) -> float:
        """Growth a year, as a share."""
        return growth_per_year(self.multiple, self.years)


def growth_per_year(multiple: float, years: float) -> float:
    """Return the growth a year, as a share, that makes a multiple in so many years.

    Examples
    --------
    >>> round(growth_per_year(4.0, 2.0), 3)
    1.0
    """
    return math.exp(math.log(multiple) / years) - 1.0


def read_period(year: str, words: str | None) -> Period | None:
    """Return the months a figure covers, or None if its text does not say.

    Parameters
    ----------
    year
        `2024`, `2025-7M`, `2022-H1`, `2025-Q1`, `2025-07`, `2025-09..2026-01`, `FY2024/25` (from
        July), `MY2022/23-5M` (marketing year), `SH1402` (Afghan solar year) or `2022/23`.
    words
        The period in the source's words; "part of" makes it unusable, "Sep" starts it then.

    Examples
    --------
    >>> read_period("FY2024/25-H1", "Jul-Dec").end
    datetime.date(2025, 1, 1)
    >>> read_period("2023", "part of 2023") is None
    True
    """
    said = (words or "").casefold()
    if said.startswith(("part of", "daily")):
        return None
    solar = _SOLAR.match(year)
    if solar:
        first = int(solar[1]) + SOLAR_OFFSET_YEARS
        return Period(year, dt.date(first, 3, 21), dt.date(first + 1, 3, 21))
    month = _MONTH.match(year)
    if month and 1 <= int(month[2]) <= 12:  # noqa: PLR2004
        start = dt.date(int(month[1]), int(month[2]), 1)
        last = dt.date(int(month[3]), int(month[4]), 1) if month[3] else start
        return Period(year, start, _after(last, 1))
    found = _YEAR.match(year)
    if not found:
        return None
    first_month = 7 if found["kind"] or found["split"] else 1
    first_month = 9 if found["kind"] == "MY" and said.startswith("sep") else first_month
    start = dt.date(int(found["year"]), first_month, 1)
    skipped, months = _months(found)
    start = _after(start, skipped)
    return Period(year, start, _after(start, months))


def _months(found: re.Match[str]) -> tuple[int, int]:
    """Return (months skipped, months covered) from the suffix of a year."""
    if found["count"]:
        return 0, int(found["count"])
    if found["half"]:
        return 6 * (int(found["half"]) - 1), 6
    if found["quarter"]:
        return 3 * (int(found["quarter"]) - 1), 3
    return 0, 12


def _after(day: dt.date, months: int) -> dt.date:
    """Return the first of the month so many months later."""
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def read_bases(catalog: Catalog) -> dict[str, tuple[str, str]]:
    """Return (kind, name) by statistical source."""
    return {
        row.statistical_source: (row.basis_kind, row.name) for row in catalog.rows(TradeBasisRow)
    }


def read_trade(catalog: Catalog, as_of: dt.date) -> dict[str, tuple[TradeFigure, ...]]:
    """Return all usable figures known on a date, by pair, in the table's order.

    A figure is known when its source is dated and its period is over, whichever comes later: a
    page dated by its year alone would otherwise be known before the year it reports.

    Raises
    ------
    DataError
        If a statistical source has no row in `trade_bases`.
    """
    kinds = read_bases(catalog)
    rows = catalog.rows(TradeBilateralRow)
    unknown = sorted({r.statistical_source for r in rows if r.statistical_source}
                     - set(kinds))  # fmt: skip
    if unknown:
        raise DataError(
            "table trade_bilateral", [f"{name!r} has no row in trade_bases" for name in unknown]
        )
    groups = country_groups(catalog)
    found: dict[str, list[TradeFigure]] = {}
    for row in rows:
        figure = _figure(row, kinds, catalog.released("trade_bilateral"))
        if figure is not None and figure.known_on <= as_of:
            pair = pair_name(row.reporter, row.partner, groups)
            found.setdefault(pair, []).append(figure)
    return {pair: tuple(figures) for pair, figures in found.items()}


def country_groups(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Return the ISO 3166-1 alpha-3 codes of the members of each group of countries, by name."""
    return region_words(catalog, "country_group")


def pair_name(one: str, other: str, groups: Container[str] = ()) -> str:
    """Return two countries as the pair's name: in alphabetical order, a group last.

    Parameters
    ----------
    groups
        Names of groups of countries.

    Examples
    --------
    >>> pair_name("PAK", "KAZ"), pair_name("PAK", "Central Asia 5", {"Central Asia 5"})
    ('KAZ-PAK', 'PAK-Central Asia 5')
    """
    grouped = [name for name in (one, other) if name in groups]
    plain = sorted(name for name in (one, other) if name not in groups)
    return "-".join([*plain, *grouped])


def ends_of(pair: str) -> tuple[str, str]:
    """Return both ends of a pair's name."""
    one, _, other = pair.partition("-")
    return one, other


def _figure(
    row: TradeBilateralRow, kinds: dict[str, tuple[str, str]], released: dt.date
) -> TradeFigure | None:
    """Return a row as a figure; None for transit, one good alone, and periods without dates."""
    period = read_period(row.year, row.period)
    one_good = (row.main_commodities or "").endswith(" only")
    if period is None or one_good or row.flow not in {"export", "import", "total"}:
        return None
    source = row.statistical_source
    kind, name = kinds[source] if source else ("statement", NOT_STATED)
    exporter = {"export": row.reporter, "import": row.partner, "total": ""}[row.flow]
    return TradeFigure(
        basis=Basis(row.reporter, source or NOT_STATED, kind, name),
        period=period,
        exporter=exporter,
        value_musd=row.value_musd,
        tonnes=row.tonnes,
        known_on=max(period.end, known_from(row.source_date, released)),
        source=source_of(row, row.note),
    )


def year_totals(figures: Iterable[TradeFigure]) -> list[YearTotal]:
    """Return trade both ways by basis and year, oldest first; only whole years.

    A stated total outranks the sum of both ways; where two rows state it, the later known one
    holds. A sum is grade B or worse.
    """
    return _totals(figure for figure in figures if figure.period.is_year)


def part_years(figures: Iterable[TradeFigure]) -> list[YearTotal]:
    """Return trade both ways by basis for parts of years; none of them is a base."""
    return _totals(figure for figure in figures if not figure.period.is_year)


def since(base: YearTotal, parts: Iterable[YearTotal]) -> Since | None:
    """Return the newest part of a year after a base on its own basis, or None."""
    own = [part for part in parts if part.basis == base.basis]
    later = [part for part in own if part.period.end > base.period.end]
    if not later:
        return None
    newest = max(later, key=lambda part: (part.period.end, part.total_musd))
    before = [
        part for part in own
        if (part.period.start, part.period.end)
        == (_after(newest.period.start, -12), _after(newest.period.end, -12))
    ]  # fmt: skip
    return Since(newest, newest.total_musd / before[0].total_musd if before else None)


def _totals(figures: Iterable[TradeFigure]) -> list[YearTotal]:
    held: dict[tuple[Basis, Period], dict[str, TradeFigure]] = {}
    for figure in sorted(figures, key=lambda f: f.known_on):
        if figure.value_musd is not None:
            held.setdefault((figure.basis, figure.period), {})[figure.exporter] = figure
    totals = [
        total
        for (basis, period), parts in held.items()
        if (total := _total(basis, period, parts)) is not None
    ]
    return sorted(totals, key=lambda t: (t.period.end, t.basis.label, t.total_musd))


def _total(basis: Basis, period: Period, parts: dict[str, TradeFigure]) -> YearTotal | None:
    ways = {name: figure for name, figure in parts.items() if name}
    both = len(ways) == 2  # noqa: PLR2004
    if "" not in parts and not both:
        return None
    used = [parts[""]] if "" in parts else [ways[name] for name in sorted(ways)]
    summed = math.fsum(figure.value_musd or 0.0 for figure in used)
    if summed <= 0:
        return None
    grades = [figure.source.grade for figure in used]
    by_exporter = tuple((n, ways[n].value_musd or 0.0) for n in sorted(ways)) if both else ()
    return YearTotal(
        basis=basis,
        period=period,
        total_musd=summed,
        by_exporter_musd=by_exporter,
        known_on=max(figure.known_on for figure in used),
        grade=max(grades) if "" in parts else max("B", *grades),
        source=used[0].source,
    )


def newest_by_basis(totals: Iterable[YearTotal]) -> list[YearTotal]:
    """Return the newest year of every basis, the newest first: the possible base years."""
    newest: dict[Basis, YearTotal] = {}
    for total in totals:
        held = newest.get(total.basis)
        if held is None or held.period.end <= total.period.end:
            newest[total.basis] = total
    return sorted(newest.values(), key=lambda t: (-t.period.end.toordinal(), t.basis.label))


def growth_steps(pair: str, totals: Iterable[YearTotal]) -> list[Growth]:
    """Return growth from each year to the next known one, within one published basis."""
    return [_growth(pair, a, b) for run in _series(totals) for a, b in pairwise(run)]


def growth_windows(pair: str, totals: Iterable[YearTotal]) -> list[Growth]:
    """Return growth between any two years of one published basis."""
    return [
        _growth(pair, run[i], run[j])
        for run in _series(totals)
        for i in range(len(run))
        for j in range(i + 1, len(run))
    ]


def best_growth(windows: Sequence[Growth]) -> tuple[Growth, ...]:
    """Return the fastest growth over one, two, ... years, as far as the record reaches."""
    best: dict[int, Growth] = {}
    for window in windows:
        span = round(window.years)
        held = best.get(span)
        if held is None or window.multiple > held.multiple:
            best[span] = window
    return tuple(best[span] for span in sorted(best))


def _series(totals: Iterable[YearTotal]) -> list[list[YearTotal]]:
    runs: dict[Basis, dict[dt.date, YearTotal]] = {}
    for total in totals:
        if total.basis.is_series:
            runs.setdefault(total.basis, {})[total.period.end] = total
    return [[run[end] for end in sorted(run)] for run in runs.values() if len(run) > 1]


def _growth(pair: str, first: YearTotal, last: YearTotal) -> Growth:
    years = (last.period.end - first.period.end).days / YEAR_DAYS
    multiple = last.total_musd / first.total_musd
    return Growth(
        pair=pair,
        basis=first.basis,
        first=first.period,
        last=last.period,
        years=years,
        first_musd=first.total_musd,
        multiple=multiple,
    )
