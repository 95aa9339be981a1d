"""Will a trade target be met? Bases, growth needed, weight, ceiling, record and chance, apart.

No figure decides alone: each base gives its own multiple, each reading of the record its own
chance, and the verdict is the range of these with what moves it. A date that has passed is looked
up in the record, not forecast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.trade.announcements import (
    ALL_TRADE,
    Announcement,
    Passed,
    find_pair,
    known_announcements,
    passed,
    standing_one,
)
from karwan.analysis.trade.chances import Walk, fit_walk
from karwan.analysis.trade.loads import Load, loads
from karwan.analysis.trade.promises import LEDGER_TABLES, kept_dates, ledger_statuses
from karwan.analysis.trade.series import (
    YEAR_DAYS,
    Growth,
    Since,
    TradeFigure,
    YearTotal,
    best_growth,
    country_groups,
    ends_of,
    growth_per_year,
    growth_steps,
    growth_windows,
    newest_by_basis,
    part_years,
    read_trade,
    since,
    year_totals,
)
from karwan.analysis.trade.timesaving import TimeSaving, time_saving
from karwan.base.errors import NoEvidenceError
from karwan.base.provenance import read_date
from karwan.base.reprs import short_repr
from karwan.base.telling import Column, Form, to_frame
from karwan.data.rows.region import CountryRow
from karwan.ledger.tallies import Kept

if TYPE_CHECKING:
    import polars as pl

    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog

HORIZONS_YEARS = (1.0, 2.0, 3.0, 5.0, 10.0)
TARGET_TABLES = [
    "trade_targets", "trade_bilateral", "trade_bases", "trade_mix", "trade_response", "countries",
    *LEDGER_TABLES,
]  # fmt: skip
"""Tables that only targets read."""

FRESH_DAYS = 1096
"""A base year that ended more than three years before the as-of date is shown, and not used."""

LARGE_MUSD = 50.0
"""Pairs that trade less grow and shrink by multiples that say little of large ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one base year asks of the years to come; `years` is None where no date was named.

    `fresh` says whether the year ended within three years of the as-of date; older bases are
    shown and left out of the verdict. `since` is the part of a year known after it.
    """

    base: YearTotal
    fresh: bool
    since: Since | None
    multiple: float
    years: float | None
    annual_share: float | None
    by_horizon: tuple[tuple[float, float], ...]

    __repr__ = short_repr


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read the record, and the chance it gives for one base and date.

    `p_by_horizon` are the chances within so many years of the base, for targets without a date.
    """

    name: str
    assumption: str
    need: Need
    p_reach: float | None
    p_by_horizon: tuple[tuple[float, float], ...]
    walk: Walk

    __repr__ = short_repr

    @property
    def base_label(self) -> str:
        """The base it starts from."""
        return f"{self.need.base.basis.label}, {self.need.base.period.label}"

    def outlook_musd(self, share: float, years: float) -> float:
        """Return the trade that is not exceeded with this chance so many years after the base."""
        return self.need.base.total_musd * self.walk.multiple_at(share, years)


@dataclass(frozen=True, kw_only=True)
class TargetAnswer:
    """All that is known of a pair's target on a date.

    Attributes
    ----------
    standing
        The newest announcement for all goods whose date has not passed; None if all have.
    needs
        One per base year; bases are never mixed.
    own_best, sister_best
        Fastest growth over one, two, ... years in the pair's own published series and in those of
        the other pairs.
    totals
        All years of the pair on every basis.
    other_dates
        Chances of the other dates named for it, lowest and highest over the fresh bases.
    """

    pair: str
    as_of: dt.date
    evidence_horizon: dt.date
    announcements: tuple[Announcement, ...]
    standing: Announcement | None
    passed: tuple[Passed, ...]
    needs: tuple[Need, ...]
    own_best: tuple[Growth, ...]
    sister_best: tuple[Growth, ...]
    loads: tuple[Load, ...]
    saving: TimeSaving
    kept_all: Kept
    kept_own: Kept
    own_countries: tuple[str, ...]
    readings: tuple[Reading, ...]
    totals: tuple[YearTotal, ...]
    other_dates: tuple[tuple[Announcement, float, float], ...]

    __repr__ = short_repr

    def to_frame(self) -> pl.DataFrame:
        """Return the bases and readings as a frame, with all digits."""
        return to_frame(REACHES, reaches(self))

    @property
    def aim(self) -> Announcement:
        """The standing target, or the last one whose date has passed."""
        return self.standing or self.announcements[-1]

    def p_range(self, name: str = "") -> tuple[float, float] | None:
        """Return the least and greatest chance over the bases, of one reading or of all."""
        found = [r.p_reach for r in self.readings if r.p_reach is not None and name in {"", r.name}]
        return (min(found), max(found)) if found else None


@dataclass(frozen=True, slots=True)
class Reach:
    """A base year with one reading of the record, None where there is none."""

    answer: TargetAnswer
    need: Need
    reading: Reading | None


def reaches(answer: TargetAnswer) -> Iterator[Reach]:
    """Yield every base year with each of its readings."""
    for need in answer.needs:
        readings = [one for one in answer.readings if one.need is need]
        for reading in readings or (None,):
            yield Reach(answer, need, reading)


FLAT = (Form.csv, Form.frame)


def _need(
    name: str, get: Callable[[Need], Any], forms: Sequence[Form] = FLAT, **more: Any
) -> Column[Reach]:
    return Column(name=name, get=lambda row: get(row.need), forms=forms, **more)


def _rounded(digits: int) -> dict[Form, int]:
    return {Form.csv: digits}


REACHES: tuple[Column[Reach], ...] = (
    Column(name="pair", get=lambda row: row.answer.pair, forms=FLAT),
    Column(
        name="target_musd",
        get=lambda row: row.answer.aim.target_musd,
        unit="million USD",
        forms=FLAT,
    ),
    Column(name="due", get=lambda row: row.answer.aim.due, forms=FLAT),
    _need("basis", lambda need: need.base.basis.name),
    _need("basis_kind", lambda need: need.base.basis.kind),
    _need("period", lambda need: need.base.period.label),
    _need("value_musd", lambda need: need.base.total_musd, unit="million USD", digits=_rounded(3)),
    _need("multiple", lambda need: need.multiple, names={Form.frame: "multiple_ratio"},
          digits=_rounded(3)),
    _need("years", lambda need: need.years, digits=_rounded(3)),
    _need("growth_per_year_share", lambda need: need.annual_share, digits=_rounded(4)),
    _need("fresh", lambda need: "yes" if need.fresh else "no", (Form.csv,)),
    _need("fresh", lambda need: need.fresh, (Form.frame,)),
    Column(name="reading", get=lambda row: row.reading and row.reading.name, forms=FLAT),
    Column(
        name="p_reach",
        get=lambda row: row.reading and row.reading.p_reach,
        forms=FLAT,
        digits=_rounded(6),
    ),
    _need("grade", lambda need: need.base.grade),
    _need("source_url", lambda need: need.base.source.url),
    _need("source_date", lambda need: need.base.source.date),
)  # fmt: skip
"""What is told of a base year and a reading."""


CENTRAL = "all pairs"
"""The reading named first: every published series of every pair."""


def assess_target(world: World, words: str, *, time: bool = True) -> TargetAnswer:
    """Return all that is known of a pair's target on the world's as-of date.

    Parameters
    ----------
    time
        Whether to search the ways for the time that open gates save.

    Raises
    ------
    UnknownNameError
        If the pair has no target.
    NoEvidenceError
        If no target or no whole year of trade was known on the date.
    """
    catalog, as_of = world.catalog, world.as_of
    pair = find_pair(catalog, words)
    told = known_announcements(catalog, pair, as_of)
    trade = read_trade(catalog, as_of)
    totals = {name: year_totals(figures) for name, figures in trade.items()}
    own, figures = totals.get(pair, []), trade.get(pair, ())
    if not own:
        msg = (
            f"No whole year of trade between {' and '.join(ends_of(pair))} was known on {as_of}. "
            "Ask of a later date, or add rows to trade_bilateral."
        )
        raise NoEvidenceError(msg)
    standing = standing_one(told, as_of)
    aim = standing or told[-1]
    parts = part_years(figures)
    needs = tuple(need(base, aim, as_of, since(base, parts)) for base in newest_by_basis(own))
    saving = time_saving(world, pair) if time else TimeSaving((), (), "not asked")
    steps = _steps(totals, catalog)
    statuses = ledger_statuses(catalog, as_of)
    return TargetAnswer(
        pair=aim.pair_words,
        as_of=as_of,
        evidence_horizon=_horizon(told, figures, world),
        announcements=told,
        standing=standing,
        passed=tuple(passed(a, own) for a in told if a.due is not None and a.due <= as_of),
        needs=needs,
        own_best=best_growth(growth_windows(pair, own)),
        sister_best=best_growth(_sister_windows(totals, pair, catalog)),
        loads=loads(catalog, pair, aim.target_musd, figures, own, as_of),
        saving=saving,
        kept_all=kept_dates(catalog, statuses),
        kept_own=kept_dates(catalog, statuses, members_of(catalog, pair)),
        own_countries=members_of(catalog, pair),
        readings=read_record(pair, steps, needs, saving),
        totals=tuple(own),
        other_dates=_other_dates(told, aim, steps, own, as_of),
    )


def members_of(catalog: Catalog, pair: str) -> tuple[str, ...]:
    """Return the countries of a pair, those of a group one by one."""
    groups = country_groups(catalog)
    return tuple(sorted({m for end in ends_of(pair) for m in groups.get(end, (end,))}))


def _other_dates(
    told: Iterable[Announcement],
    aim: Announcement,
    steps: Sequence[Growth],
    own: Sequence[YearTotal],
    as_of: dt.date,
) -> tuple[tuple[Announcement, float, float], ...]:
    """Return the chances of other dates named for all goods, by the central reading."""
    walk = fit_walk([s.log_multiple for s in steps], [s.years for s in steps])
    found = []
    for other in told:
        if other is aim or other.scope != ALL_TRADE or other.due is None or walk is None:
            continue
        asked = [need(base, other, as_of) for base in newest_by_basis(own)]
        chances = [
            walk.p_multiple(n.multiple, n.years) for n in asked if n.fresh and n.years is not None
        ]
        if chances:
            found.append((other, min(chances), max(chances)))
    return tuple(found)


def _horizon(told: Iterable[Announcement], figures: Iterable[TradeFigure], world: World) -> dt.date:
    """Return the date of the newest evidence used: announcements, trade, and what shuts gates.

    A source of a year or a month counts from its first day: it proves no newer evidence.
    """
    sources = [*(one.source for one in told), *(one.source for one in figures)]
    dates = [day for source in sources if (day := read_date(source.date)) is not None]
    return max([world.evidence_horizon, *dates])


def need(base: YearTotal, aim: Announcement, as_of: dt.date, later: Since | None = None) -> Need:
    """Return the multiple and the yearly growth a base needs to reach the aim by its date."""
    multiple = aim.target_musd / base.total_musd
    by_horizon = tuple((h, growth_per_year(multiple, h)) for h in HORIZONS_YEARS)
    fresh = (as_of - base.period.end).days <= FRESH_DAYS
    if aim.due is None or aim.due <= as_of or aim.due <= base.period.end:
        return Need(
            base=base,
            fresh=fresh,
            since=later,
            multiple=multiple,
            years=None,
            annual_share=None,
            by_horizon=by_horizon,
        )
    years = (aim.due - base.period.end).days / YEAR_DAYS
    share = growth_per_year(multiple, years)
    return Need(
        base=base,
        fresh=fresh,
        since=later,
        multiple=multiple,
        years=years,
        annual_share=share,
        by_horizon=by_horizon,
    )


def _sister_windows(
    totals: Mapping[str, Sequence[YearTotal]], pair: str, catalog: Catalog
) -> list[Growth]:
    """Return growth windows of the other pairs of single countries, of at least LARGE_MUSD."""
    return [
        window
        for name in sorted(_single(totals, catalog) - {pair})
        for window in growth_windows(name, [t for t in totals[name] if t.total_musd >= LARGE_MUSD])
    ]


def _single(totals: Mapping[str, Sequence[YearTotal]], catalog: Catalog) -> set[str]:
    """Return the pairs of two countries; sums over groups would count the same trade twice."""
    codes = {row.iso3 for row in catalog.rows(CountryRow)}
    return {name for name in totals if set(ends_of(name)) <= codes}


def _steps(totals: Mapping[str, Sequence[YearTotal]], catalog: Catalog) -> list[Growth]:
    return [
        step
        for name in sorted(_single(totals, catalog))
        for step in growth_steps(name, totals[name])
    ]


def read_record(
    pair: str, steps: Sequence[Growth], needs: Sequence[Need], saving: TimeSaving
) -> tuple[Reading, ...]:
    """Return every reading of the record for every base, in a fixed order.

    A reading that has fewer than three steps is left out: nothing can be said from it.
    """
    large = [s for s in steps if s.first_musd >= LARGE_MUSD]
    lift = saving.modelled.highest_multiple if saving.modelled else 1.0
    sets: list[tuple[str, str, list[Growth], float]] = [
        (CENTRAL, "trade of this pair grows as that of all pairs on record did", list(steps), 1.0),
        ("own pair", "only this pair's own published series tell", [s for s in steps
                                                                    if s.pair == pair], 1.0),
        ("goods only", "payments through banks are left out", [s for s in steps
                                                              if s.basis.kind == "goods"], 1.0),
        ("no small trade", "pairs on record whose steps begin under "
         f"{LARGE_MUSD:g} million USD a year are left out", large, 1.0),
        ("all pairs, gates open", "as all pairs, and every gate opens at once and trade answers "
         f"in full: times {lift:.2f}, the top of the ceiling's bands", list(steps), lift),
    ]  # fmt: skip
    readings = []
    for name, words, chosen, factor in sets:
        walk = fit_walk([s.log_multiple for s in chosen], [s.years for s in chosen])
        if walk is None or (factor == 1.0 and "gates" in name):
            continue
        for item in (n for n in needs if n.fresh):
            left = item.multiple / factor
            chance = None if item.years is None else walk.p_multiple(left, item.years)
            readings.append(
                Reading(
                    name=name,
                    assumption=words,
                    need=item,
                    p_reach=chance,
                    p_by_horizon=tuple((h, walk.p_multiple(left, h)) for h in HORIZONS_YEARS),
                    walk=walk,
                )
            )
    return tuple(readings)
