"""What can be counted beside the statements of the article, with interval, source and date.

Every count says what it counts and what it does not. Claims of origin and their denials are
counted apart and never made into a rate of attacks.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from karwan.analysis.assurances.book import Book
from karwan.base.words import counted
from karwan.data.rows.ledger import ArticleStatementRow, SecurityIndicatorRow
from karwan.data.rows.region import CountryRow
from karwan.ledger.assessment import Status
from karwan.ledger.change import rate_interval, share_interval
from karwan.ledger.series import (
    PUBLISHERS_NEEDED,
    STATEMENTS_IN_UNITS,
    Series,
    find_series,
    known_rows,
    series_text,
    trend_of,
)
from karwan.ledger.tallies import testable_share

DAYS_PER_YEAR = 365.25
EXACT, BAND = "95 %", "band of defaults"
TAKEOVER = dt.date(2021, 8, 15)
FIRST_CLAUSE = re.compile(r"[;:]| \(")
SMALLEST_SHARE, WHOLE_PER_CENT, WHOLE_NUMBER = 0.001, 0.1, 100
COUNTS = frozenset({"crossings", "days", "findings", "projects", "rows", "rungs"})
"""Units of what was counted out, of which no interval can be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One thing that can be shown: words, a number with its interval, source and date.

    `interval` says what `low` and `high` are: an exact 95 % interval, or the band of defaults.
    `figure` is the number in a few words, fit for one line; `measure` is what was asked, so that
    what is shown beside several statements can be told once.
    """

    text: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    source_url: str
    source_date: str
    grade: str
    command: str = ""
    interval: str = EXACT
    figure: str = ""
    measure: str = ""


def claims_by_neighbour(book: Book, as_of: dt.date, countries: Sequence[str]) -> list[Shown]:
    """Return dated claims of attacks from Afghan soil by neighbour, with the denials beside them.

    A claim counts once per row; the yearly rate is of claims found until the newest row of the
    table, not of attacks. Where the table has no single dated claim there is no number, not 0.
    """
    rows = known_rows(book.facts.security, as_of, book.facts.undated)
    end = max((row.period_end for row in rows), default=TAKEOVER)
    years = max((end - TAKEOVER).days, 1) / DAYS_PER_YEAR
    about = [
        row
        for row in rows
        if row.indicator == "cross_border_attacks" and row.period_end >= TAKEOVER
    ]
    shown = []
    for country in countries:
        mine = [row for row in about if row.geography.split(":")[0] == country]
        if mine:
            shown.append(_claims(country, mine, years))
    return shown


def _claims(country: str, mine: Sequence[SecurityIndicatorRow], years: float) -> Shown:
    claims = [row for row in mine if row.value and row.publisher_kind == "government"]
    dated = [row for row in claims if (row.period_end - row.period_start).days <= 1]
    denied = [row for row in mine if any(word in row.unit for word in STATEMENTS_IN_UNITS)]
    text = f"{country}: dated claims by its government since {TAKEOVER}: {len(dated)}"
    if not dated:
        text = f"{country}: no single dated claim in the table, which is no zero"
    text += f"; denials or counterclaims: {len(denied)}"
    text += "".join(
        f"; {row.publisher} speaks of {row.value:g} {row.unit} in "
        f"{row.period_start.year}, by nationality and not by place of launch"
        for row in claims
        if row not in dated
    )
    low, high = rate_interval(len(dated))
    newest = max(dated or mine, key=lambda row: (row.period_end, row.id))
    rate = (len(dated) / years, low / years, high / years) if dated else (None, None, None)
    url, date = newest.source_url, newest.source_date or ""
    return Shown(
        text=text,
        value=rate[0],
        low=rate[1],
        high=rate[2],
        unit="claims a year",
        figure=f"{country}: {counted(len(dated), 'dated claim')} since {TAKEOVER.year}",
        source_url=url,
        source_date=date,
        grade=newest.confidence,
    )


def un_findings(book: Book, as_of: dt.date) -> list[Shown]:
    """Return how many UN findings say that groups are present, and how many denials there are."""
    rows = known_rows(book.facts.security, as_of, book.facts.undated)
    about = [row for row in rows if row.indicator in ("groups_present", "fighters_estimated")]
    reports = sorted(
        (row for row in about if row.publisher_kind == "UN"),
        key=lambda row: (row.period_end, row.id),
    )
    denied = [row for row in about if any(word in row.unit for word in STATEMENTS_IN_UNITS)]
    if not reports:
        return []
    dates = {row.period_end for row in reports}
    newest = [row for row in reports if row.indicator == "groups_present"][-1:] or reports[-1:]
    return [
        Shown(
            text=f"{counted(len(dates), 'dated UN finding')} of groups present or fighters, "
            f"{counted(len(denied), 'denial')}; newest: {newest[0].value:g} or more "
            f"{newest[0].unit} "
            f"({newest[0].counting_basis}). Rests on what member states report",
            value=float(len(dates)),
            low=None,
            high=None,
            unit="findings",
            figure=f"{counted(len(dates), 'dated UN finding')}, {counted(len(denied), 'denial')}",
            source_url=newest[0].source_url,
            source_date=newest[0].source_date or "",
            grade=newest[0].confidence,
        )
    ]


def attack_trend(book: Book, as_of: dt.date, country: str) -> list[Shown]:
    """Return militant attacks in a country, each publisher in its own series."""
    asked = {
        "indicator": "militant_attacks",
        "geography": country,
        "actor": "all",
        "from": "2020",
        "to": "2025",
    }
    rows = known_rows(book.facts.security, as_of, book.facts.undated)
    series = find_series(asked, rows)
    sign = trend_of(series)
    by_id = {row.id: row for row in rows}
    shared = [one.scope for one in series]
    shown = []
    for one in sorted(series, key=lambda one: (-shared.count(one.scope), one.publisher)):
        row = by_id[one.last_id]
        word = _trend_words(one, sign, shared.count(one.scope))
        text = f"Militant attacks in {country}: {series_text(one)}; {word}; nothing on origin"
        shown.append(
            Shown(
                text=text,
                value=one.ratio,
                low=one.low,
                high=one.high,
                unit="ratio",
                figure=f"{one.publisher}: attacks in {country} {one.first_value:,.0f} in "
                f"{one.first_year}, {one.last_value:,.0f} in {one.last_year}",
                source_url=row.source_url,
                source_date=row.source_date or "",
                grade=row.confidence,
            )
        )
    return shown


def _trend_words(one: Series, sign: int | None, scope_count: int) -> str:
    """Return what one series bears out: a trend only with another of its scope and sign."""
    if scope_count < PUBLISHERS_NEEDED:
        return "alone in its scope, so no trend"
    if sign is None or one.sign != sign:
        return "publishers of one scope do not agree"
    return f"{'rose' if sign > 0 else 'fell'}, by two publishers of one scope"


def trade_after_closure(book: Book, as_of: dt.date, exporter: str, importer: str) -> list[Shown]:
    """Return exports of one country to another before and after October 2025, per basis.

    Parameters
    ----------
    exporter, importer
        ISO 3166-1 alpha-3 codes.
    """
    names = {row.iso3: row.name for row in book.catalog.rows(CountryRow)}
    ends = f"{names.get(exporter, exporter)} to {names.get(importer, importer)}"
    rows = known_rows(book.facts.trade, as_of, book.facts.undated)
    shown = []
    for basis in sorted({row.statistical_source or "" for row in rows}):
        pair = {
            row.year: row
            for row in rows
            if (row.reporter, row.partner, row.flow) == (exporter, importer, "export")
            and row.statistical_source == basis
            and row.year in ("FY2024/25-H1", "FY2025/26-H1")
        }
        if len(pair) < len(("before", "after")):
            continue
        before, after = pair["FY2024/25-H1"], pair["FY2025/26-H1"]
        if after.value_musd is None or not before.value_musd:
            continue
        change = after.value_musd / before.value_musd - 1
        shown.append(
            Shown(
                text=f"Exports of {ends}, July to December, {basis}: "
                f"US${before.value_musd:,.0f}m in 2024, {after.value_musd:,.0f}m in 2025 "
                f"({change:+.0%}); the gates shut on 12 October. Two totals have no interval, and "
                "the cause is not identified",
                value=change,
                low=None,
                high=None,
                unit="share",
                figure=f"exports {change:+.0%}: US${before.value_musd:,.0f}m to "
                f"{after.value_musd:,.0f}m in half a year",
                source_url=after.source_url,
                source_date=after.source_date or "",
                grade=after.confidence,
            )
        )
    return shown


def verification(book: Book, as_of: dt.date) -> list[Shown]:
    """Return how many assurances of the ledger have a test that data can answer."""
    tested, count, low, high = testable_share(book.assess(as_of))
    return [
        Shown(
            text=f"{tested} of {count} assurances in the ledger have a test that some source can "
            "answer; none was agreed by both sides beforehand",
            value=tested / count if count else None,
            figure=f"none of {counted(count, 'assurance')} has a test both sides agreed",
            low=low,
            high=high,
            unit="share",
            source_url="derived:ledger_indicators",
            source_date=as_of.isoformat(),
            grade="B",
            command="karwan ledger list",
        )
    ]


def article_ids(book: Book) -> list[str]:
    """Return the ids of the article's statements, in its order."""
    return [row.id for row in book.catalog.rows(ArticleStatementRow)]


def attributed_to(book: Book, as_of: dt.date, name: str) -> list[Shown]:
    """Return how many statements that the article gives to a speaker others report too."""
    article = set(article_ids(book))
    mine = [
        said
        for said in book.ledger.statements.values()
        if said.id in article and said.speaker.startswith(f"{name} (as attributed")
    ]
    heard = sum(said.corroboration == "corroborated" for said in mine)
    low, high = share_interval(heard, len(mine)) if mine else (0.0, 1.0)
    return [
        Shown(
            text=f"{heard} of {len(mine)} statements attributed to {name} alone are reported by "
            "others as his",
            value=heard / len(mine) if mine else None,
            figure=f"{heard} of {len(mine)} such sentences reported by others as his",
            low=low,
            high=high,
            unit="share",
            source_url="derived:ledger_statements",
            source_date=as_of.isoformat(),
            grade="B",
        )
    ]


def assets_attacked(book: Book, as_of: dt.date, countries: Sequence[str]) -> list[Shown]:
    """Return dated rows on trains and lorries attacked: events on record, not a rate.

    Parameters
    ----------
    countries
        Countries of which it is said if no row covers them.
    """
    rows = [
        row
        for row in known_rows(book.facts.security, as_of, book.facts.undated)
        if row.indicator in ("attacks_on_rail", "attacks_on_trucks")
    ]
    places = sorted({row.geography.split(":")[0] for row in rows})
    if not rows:
        return []
    bare = [country for country in countries if country not in places]
    uncovered = f", and no row covers {' or '.join(bare)}" if bare else ""
    newest = max(rows, key=lambda row: (row.period_end, row.id))
    return [
        Shown(
            text=f"{len(rows)} published rows on trains and lorries attacked, all in "
            f"{' and '.join(places)}; periods overlap, so they are not "
            f"added{uncovered}",
            value=float(len(rows)),
            low=None,
            high=None,
            unit="rows",
            figure=f"{counted(len(rows), 'published row')} on attacks, none a rate",
            source_url=newest.source_url,
            source_date=newest.source_date or "",
            grade=newest.confidence,
        )
    ]


def own_numbers(status: Status) -> list[Shown]:
    """Return the numbers that the statement's own tests gave."""
    source = status.statement.source
    return [
        Shown(
            text=part.reason,
            value=part.value,
            low=part.low,
            high=part.high,
            unit=part.unit,
            figure=FIRST_CLAUSE.split(part.reason, maxsplit=1)[0],
            source_url=source.url,
            source_date=source.date,
            grade=source.grade,
        )
        for part in status.parts
        if part.value is not None
    ]


def interval_words(one: Shown) -> str:
    """Return the interval of a number in words, or that it has none; blank for a bare count.

    Examples
    --------
    >>> interval_words(Shown(text="", value=0.2, low=0.1, high=None, unit="share",
    ...                      source_url="x", source_date="2026", grade="B"))
    '95 %: 10 % to no bound'
    >>> interval_words(Shown(text="", value=0.03, low=2.83e-06, high=0.035, unit="chance, at most",
    ...                      source_url="x", source_date="2026", grade="B", interval="range"))
    'range: under 0.1 % to 3.5 %'
    """
    if one.value is None:
        return ""
    if one.low is None:
        return "" if one.unit in COUNTS else "no interval"
    top = "no bound" if one.high is None else value_words(one.high, one.unit)
    unit = "" if is_share(one.unit) else f" {one.unit}"
    return f"{one.interval}: {value_words(one.low, one.unit)} to {top}{unit}"


def is_share(unit: str) -> bool:
    """Whether numbers of a unit are told in per cent."""
    return unit == "share" or unit.startswith("chance")


def value_words(value: float, unit: str) -> str:
    """Return a number as a reader writes it: shares and chances in per cent, no exponents.

    Examples
    --------
    >>> value_words(0.0545, "share"), value_words(1838.2, "USD a truck"), value_words(4e-7, "ratio")
    ('5.5 %', '1,838', 'under 0.001')
    """
    if is_share(unit):
        if 0 < abs(value) < SMALLEST_SHARE:
            return "under 0.1 %"
        digits = 1 if 0 < abs(value) < WHOLE_PER_CENT else 0
        return f"{100 * value:.{digits}f} %"
    if 0 < abs(value) < SMALLEST_SHARE:
        return f"under {SMALLEST_SHARE:g}"
    return f"{value:,.0f}" if abs(value) >= WHOLE_NUMBER else f"{value:.3g}"
