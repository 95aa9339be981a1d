"""Trade targets as announced: by whom, by which date, on whose base, and what came of old ones.

One aim is announced several times with several dates and bases, so each announcement is a row and
none is corrected by another. A date that has passed is looked up in the record on every basis.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.trade.series import YearTotal, country_groups, ends_of, pair_name
from karwan.base.days import read_days
from karwan.base.errors import DataError, NoEvidenceError, UnknownNameError
from karwan.base.known import known_from
from karwan.base.provenance import Source
from karwan.base.spelling import fold
from karwan.base.words import counted
from karwan.data.countries import country_keys
from karwan.data.rows.region import CountryRow
from karwan.data.rows.row import source_of
from karwan.data.rows.trade import TradeTargetRow

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

ALL_TRADE = "total goods trade"
REACHED, NOT_REACHED, NO_FIGURE = "reached", "not reached", "no figure for that year"
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """One announcement of a target.

    `pair` is the pair in alphabetical order, `pair_words` as the table calls it. `due` is the last
    day of the date named, or of the announcement plus the years named; None
    where neither was. `due_words` is what was said.
    """

    pair: str
    pair_words: str
    target_musd: float
    scope: str
    announced_on: dt.date
    announced_words: str
    due: dt.date | None
    due_words: str
    base_musd: float | None
    base_words: str
    announced_by: str
    source: Source
    known_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Whether a target whose date has passed shows in the record, on one basis."""

    basis_label: str
    period: str
    value_musd: float
    reached: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Passed:
    """An announcement whose date is behind us, with what each basis says of it."""

    announcement: Announcement
    outcomes: tuple[Outcome, ...]

    @property
    def status(self) -> str:
        """Reached, not reached, or no figure; reached on some bases only says so."""
        if not self.outcomes:
            return NO_FIGURE
        hits = sum(outcome.reached for outcome in self.outcomes)
        if hits == 0:
            return NOT_REACHED
        return REACHED if hits == len(self.outcomes) else f"{REACHED} on {hits} of " + (
            counted(len(self.outcomes), "basis", "bases")
        )  # fmt: skip


def read_announcements(catalog: Catalog) -> tuple[Announcement, ...]:
    """Return all announcements, oldest first.

    Raises
    ------
    DataError
        Names every date that no calendar has.
    """
    groups = country_groups(catalog)
    found: list[Announcement] = []
    faults: list[str] = []
    released = catalog.released(TradeTargetRow.TABLE)
    for line, row in enumerate(catalog.rows(TradeTargetRow), 2):
        said = read_days(row.announced_on).first
        words = row.due_by or "undated"
        try:
            due = read_due(words, said)
        except ValueError:
            faults.append(f"line {line}: due_by is {words!r}, a date that no calendar has")
            continue
        found.append(
            Announcement(
                pair=pair_name(*ends_of(row.pair), groups),
                pair_words=row.pair,
                target_musd=row.target_musd,
                scope=row.scope,
                announced_on=said,
                announced_words=row.announced_on,
                due=due,
                due_words=words,
                base_musd=row.base_value_musd,
                base_words=row.base_basis or "",
                announced_by=row.announced_by or "",
                source=source_of(row, row.note),
                known_on=max(
                    known_from(row.announced_on, released), known_from(row.source_date, released)
                ),
            )
        )  # fmt: skip
    if faults:
        raise DataError("table trade_targets", faults)
    return tuple(sorted(found, key=lambda a: (a.announced_on, a.target_musd, a.due_words)))


def read_due(words: str, announced_on: dt.date) -> dt.date | None:
    """Return the last day of the date named, or None if no date was.

    Raises
    ------
    ValueError
        If no calendar has the date.

    Examples
    --------
    >>> read_due("2027-12", dt.date(2025, 12, 12)), read_due("two years", dt.date(2026, 1, 1))
    (datetime.date(2027, 12, 31), datetime.date(2028, 1, 1))
    >>> read_due("in the coming years", dt.date(2025, 9, 9)) is None
    True
    """
    date = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", words)
    if date:
        year, month, day = date.groups()
        if day:
            return dt.date(int(year), int(month), int(day))
        last_month = dt.date(int(year), int(month or 12), 1)
        return (last_month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    span = re.fullmatch(r"(\w+) years?", words)
    if span and (span[1] in WORDS or span[1].isdecimal()):
        years = WORDS.get(span[1]) or int(span[1])
        try:
            return announced_on.replace(year=announced_on.year + years)
        except ValueError:  # 29 February
            return dt.date(announced_on.year + years, 3, 1)
    return None


def known_pairs(catalog: Catalog) -> dict[str, str]:
    """Return the pair's own name by every spelling of it."""
    groups = country_groups(catalog)
    found: dict[str, str] = {}
    for row in catalog.rows(TradeTargetRow):
        name = pair_name(*ends_of(row.pair), groups)
        one, other = ends_of(name)
        found |= {spelling.casefold(): name for spelling in (name, f"{other}-{one}")}
    return found


def find_pair(catalog: Catalog, words: str) -> str:
    """Return a pair of countries in either order, each by name, two or three letters.

    Raises
    ------
    UnknownNameError
        With the nearest pairs, or all of them.
    """
    known = known_pairs(catalog)
    codes = {row.country: row.iso3.casefold() for row in catalog.rows(CountryRow)}
    keys = country_keys(catalog)
    wanted = re.sub(r"\s*[-–/]\s*", "-", words.strip()).casefold()
    ends = wanted.split("-")
    if len(ends) == len(("one", "other")) and wanted not in known:
        wanted = "-".join(codes.get(keys.get(fold(end), ""), end) for end in ends)
    if wanted in known:
        return known[wanted]
    names = sorted({row.pair for row in catalog.rows(TradeTargetRow)})
    hint = f"Known: {', '.join(names)}." if names else "None is on record."
    raise UnknownNameError("trade target", words, names, hint=hint)


def known_announcements(catalog: Catalog, pair: str, as_of: dt.date) -> tuple[Announcement, ...]:
    """Return what had been announced, and reported, on a date."""
    all_of_pair = [a for a in read_announcements(catalog) if a.pair == pair]
    told = tuple(a for a in all_of_pair if a.known_on <= as_of)
    if not told:
        first = min(a.known_on for a in all_of_pair)
        msg = f"No target for {pair} had been reported on {as_of}: the first is of {first}."
        raise NoEvidenceError(msg)
    return told


def standing_one(told: Sequence[Announcement], as_of: dt.date) -> Announcement | None:
    """Return the newest announcement for all goods whose date has not passed.

    Of announcements made in one breath, the one that named a date goes before one that did not:
    a date is what can be tested.
    """
    alive = [a for a in told if a.scope == ALL_TRADE and (a.due is None or a.due > as_of)]
    return max(
        alive,
        key=lambda a: (a.announced_on, len(a.announced_words), a.due is not None),
        default=None,
    )


def passed(announcement: Announcement, totals: Iterable[YearTotal]) -> Passed:
    """Return what each basis shows for the last whole year that was over by the date.

    A year that ends up to six months after the date counts too where it covers the date, since
    "by 2019" and "in 2019" are said of one aim.
    """
    due = announcement.due or dt.date.min
    best: dict[str, YearTotal] = {}
    for total in totals:
        age_days = (due - total.period.end).days
        if -183 <= age_days < 365:  # noqa: PLR2004
            best[total.basis.label] = total
    return Passed(
        announcement,
        tuple(
            Outcome(basis_label=label, period=total.period.label, value_musd=total.total_musd,
                    reached=total.total_musd >= announcement.target_musd, source=total.source)
            for label, total in sorted(best.items())
        ),
    )  # fmt: skip
