"""The hazard model against its baselines, on the crossings whose record is dense enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.forecasts.histories import (
    calendar_lengths,
    foretold,
    freight_spells,
    history_of,
    read_coverage,
)
from karwan.analysis.world.timetable import calendar_rules
from karwan.base.errors import FitError
from karwan.data.region import read_region
from karwan.hazard.backtest import (
    HORIZONS_DAYS,
    MODEL,
    REFIT_MONTHS,
    Backtest,
    DayRecord,
    day_record,
    run_backtest,
)
from karwan.hazard.calendar import Scheduled, lasts
from karwan.hazard.durations import fit_lengths
from karwan.hazard.history import HEALTH
from karwan.hazard.law import Floats, survival_after
from karwan.hazard.laws import (
    KAPLAN_MEIER,
    PARAMETRIC,
    LengthScore,
    Survival,
    leave_one_out,
    score_lengths,
)
from karwan.hazard.model import HazardModel, fit_hazard
from karwan.hazard.pooling import pool_lengths

if TYPE_CHECKING:
    from karwan.analysis.forecasts.onsets import Onsets
    from karwan.analysis.world.world import World
    from karwan.evidence.spells import Spell
    from karwan.hazard.history import Episode, History

RECORD_FROM = dt.date(2016, 1, 1)
BURN_IN_FROM = dt.date(2017, 7, 1)
"""First day on which enough closures had ended for a fit of every quarter."""
ORIGINS_FROM = dt.date(2019, 1, 1)
BEFORE_OCTOBER = dt.date(2025, 7, 13)
"""Last origin whose 90 days end before the closure of October 2025: one event is no pass mark."""
MODEL_LAW, LEFT_OUT_LAW = "this model", "this model, the crossing left out"


@dataclass(frozen=True)
class DayTruth:
    """What happened at an element: its days, and the spell that shut each."""

    record: DayRecord
    spells: tuple[Spell, ...]

    @property
    def element_id(self) -> str:
        """Return the element."""
        return self.record.element_id


def _benchmarks(world: World, elements: Sequence[str] | None) -> tuple[str, ...]:
    """Return the elements asked for, or the region's.

    Raises
    ------
    FitError
        If there are none.
    """
    asked = read_region(world.catalog).benchmark_elements if elements is None else tuple(elements)
    if not asked:
        msg = "The region names no benchmark elements, so there is nothing to backtest on."
        raise FitError(msg)
    return asked


def run_backtests(
    world: World, *, seed: int, elements: Sequence[str] | None = None
) -> list[Backtest]:
    """Return the backtest without and with the closure of October 2025.

    In the third, days on which a calendar shut the gates are taken as open, for all forecasts
    alike: the model alone reads the calendar, and that is no skill at foreseeing closures.
    """
    elements = _benchmarks(world, elements)
    last_day = min(world.as_of, last_seen(world))
    longest = dt.timedelta(days=max(HORIZONS_DAYS))
    before = min(BEFORE_OCTOBER, last_day - longest)
    samples = (
        ("Origins before October 2025", before, True),
        ("All origins, October 2025 included", last_day - longest, True),
        ("Origins before October 2025, votes not counted as closures", before, False),
    )
    ahead = QuarterForecasts(world)
    return [
        _run(world, ahead, title, (last, last_day), is_calendar, elements, seed)
        for title, last, is_calendar in samples
        if last > ORIGINS_FROM
    ]


def _run(
    world: World,
    ahead: QuarterForecasts,
    title: str,
    ends: tuple[dt.date, dt.date],
    is_calendar: bool,
    elements: Sequence[str],
    seed: int,
) -> Backtest:
    last, last_day = ends
    truths = [day_truth(world, name, last_day, calendar=is_calendar) for name in elements]
    by_name = {truth.element_id: truth for truth in truths}
    return run_backtest(
        title,
        [truth.record for truth in truths],
        lambda record, at: ahead(by_name[record.element_id], at),
        burn_in=BURN_IN_FROM,
        first=ORIGINS_FROM,
        last=last,
        seed=seed,
    )


def last_seen(world: World) -> dt.date:
    """Return the newest day of which the record tells anything."""
    return max(spell.end or spell.seen_until or spell.start for spell in world.record.spells)


def day_truth(world: World, name: str, last: dt.date, *, calendar: bool = True) -> DayTruth:
    """Return an element's days; a spell without a known end is shut as far as it was seen."""
    spells = tuple(
        spell
        for spell in freight_spells(world.record, world.network)
        if spell.element_id == name and spell.start <= last and spell.cause != HEALTH
        and (calendar or not spell.calendar)
    )  # fmt: skip
    day = dt.timedelta(days=1)
    ends = [
        min(spell.end or (spell.seen_until or spell.start) + day, last + day) for spell in spells
    ]
    starts = [spell.start for spell in spells]
    return DayTruth(
        day_record(name, list(zip(starts, ends, strict=True)), RECORD_FROM, last), spells
    )


class QuarterForecasts:
    """Forecasts from a date, the model refitted at the start of each quarter on the past only."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rules = calendar_rules(world.catalog)
        self.coverage = read_coverage(world.catalog, world.network)
        self.models: dict[dt.date, HazardModel] = {}
        self.new: dict[tuple[dt.date, str], Floats] = {}
        self.scheduled: dict[dt.date, tuple[Scheduled, ...]] = {}
        self.lengths: dict[dt.date, tuple[int, ...]] = {}
        self.freight = tuple(freight_spells(world.record, world.network))
        # What is foretold of every day hangs on past occasions at the gates of the calendar alone.
        self.occasions = world.record.at_gates({rule.element_id for rule in self.rules})

    def model(self, quarter: dt.date) -> HazardModel:
        """Return the model fitted at the start of a quarter."""
        if quarter not in self.models:
            history = history_of(
                self.world.record, self.world.network, quarter, coverage=self.coverage
            )
            self.models[quarter] = fit_hazard(history)
        return self.models[quarter]

    def __call__(self, truth: DayTruth, at: int) -> list[float]:
        """Return the chances of being shut at each horizon."""
        record, day = truth.record, truth.record.day(at)
        month = REFIT_MONTHS * ((day.month - 1) // REFIT_MONTHS) + 1
        quarter = dt.date(day.year, month, 1)
        model = self.model(quarter)
        key = (quarter, record.element_id)
        if key not in self.new:
            self.new[key] = np.array(
                [model.p_new_shut(record.element_id, h) for h in HORIZONS_DAYS]
            )
        p_open = 1 - self.new[key]
        spell = truth.spells[record.spell[at]] if record.shut[at] else None
        if spell is not None and not spell.calendar:
            law = model.lengths_of(self._hit(spell, day), model.history.group_of[record.element_id])
            ahead = np.array(HORIZONS_DAYS, dtype=float)
            p_open = p_open * (1 - survival_after(law, float(record.age_days[at]), ahead))
        if any(s.calendar for s in truth.spells):
            p_open = p_open * (1 - self._foretold(record.element_id, day))
        if spell is not None and spell.calendar:
            age = int(record.age_days[at])
            stays = [lasts(self._calendar_lengths(day), age, h) for h in HORIZONS_DAYS]
            p_open = np.minimum(p_open, 1 - np.array(stays))
        return [float(1 - p) for p in p_open]

    def _calendar_lengths(self, day: dt.date) -> tuple[int, ...]:
        """Return how long occasions shut gates, as known on a day."""
        if day not in self.lengths:
            self.lengths[day] = calendar_lengths(self.world.record.known(day), self.world.network)
        return self.lengths[day]

    def _hit(self, spell: Spell, day: dt.date) -> list[str]:
        """Return the elements that a spell's episode had hit by a day."""
        return sorted(
            {
                other.element_id
                for other in self.freight
                if (other.episode or other.closure_id) == (spell.episode or spell.closure_id)
                and other.start <= day
            }
        )

    def _foretold(self, name: str, day: dt.date) -> Floats:
        world = self.world
        if day not in self.scheduled:
            self.scheduled[day] = foretold(
                self.rules, day, self.occasions, world.network, self.coverage
            )
        known = [one for one in self.scheduled[day] if one.element_id == name]
        return np.array(
            [
                max((i.p for i in known if i.shuts(name, day + dt.timedelta(days=h))), default=0.0)
                for h in HORIZONS_DAYS
            ],
            dtype=float,
        )


def score_length_laws(world: World, elements: Sequence[str] | None = None) -> list[LengthScore]:
    """Return how laws foresee the length of each episode at the main gates from all others.

    Votes count among the lengths here, fitted and scored, as in the figures published before.
    """
    history = history_of(
        world.record,
        world.network,
        world.as_of,
        calendar=True,
        coverage=read_coverage(world.catalog, world.network),
    )
    elements = _benchmarks(world, elements)
    mine = [e for e in history.episodes if set(elements) & set(e.elements)]
    days, ended = [e.days for e in mine], [e.ended for e in mine]
    scores = [leave_one_out(name, days, ended) for name in (*PARAMETRIC, KAPLAN_MEIER)]

    def left_out(k: int) -> Survival:
        return _law_without(history, mine[k], {mine[k].name})

    def crossing_left_out(k: int) -> Survival:
        names = set(elements) & set(mine[k].elements)
        hit = {e.name for e in history.episodes if names & set(e.elements)}
        return _law_without(history, mine[k], hit)

    scores.append(score_lengths(MODEL_LAW, days, ended, left_out))
    scores.append(score_lengths(LEFT_OUT_LAW, days, ended, crossing_left_out))
    return scores


def _law_without(history: History, episode: Episode, names: set[str]) -> Survival:
    """Return the survival of an episode's length, fitted without some episodes."""
    kept = tuple(e for e in history.episodes if e.name not in names)
    rest = replace(history, episodes=kept)
    pooled = fit_lengths([e.days for e in kept], [e.ended for e in kept])
    return pool_lengths(rest, pooled).law(episode.elements, episode.group).survival


@dataclass(frozen=True, slots=True)
class Gate:
    """A mark: what must be at most, or within, by a baseline on the same record, and what is."""

    name: str
    mark: str
    value: float
    is_met: bool


RATIO_LOW, RATIO_HIGH = 0.8, 1.25


def judge_onsets(onsets: Onsets) -> list[Gate]:
    """Return the marks of new closures foretold, and what was reached."""
    gates = []
    for one in onsets.sums:
        days = one.horizon_days
        if one.ratio is not None and days == max(s.horizon_days for s in onsets.sums):
            mark = f"{RATIO_LOW} to {RATIO_HIGH}"
            met = RATIO_LOW <= one.ratio <= RATIO_HIGH
            gates.append(Gate(f"New closures foretold for each that came, {days} d", mark,
                              one.ratio, met))  # fmt: skip
        if one.low is not None and one.high is not None:
            gates.append(Gate(f"New closures that came within {days} d",
                              f"{one.low:,.0f} to {one.high:,.0f} (90 % of draws)",
                              float(one.came), one.low <= one.came <= one.high))  # fmt: skip
        gates.append(Gate(f"Brier of a new closure within {days} d",
                          f"below {one.mean_rate_brier:.4f} (mean rate)", one.brier,
                          one.brier < one.mean_rate_brier))  # fmt: skip
    return gates


COVER_LEVEL, COVER_LOW, COVER_HIGH = 0.9, 0.85, 0.96


def judge_gates(
    backtests: Sequence[Backtest], lengths: Sequence[LengthScore], onsets: Onsets | None = None
) -> list[Gate]:
    """Return each mark beside what the model reached, met or missed."""
    marks = [] if onsets is None else judge_onsets(onsets)
    if len(backtests) < 2:  # noqa: PLR2004
        return marks
    before, every = backtests[0], backtests[1]
    law = next(score for score in lengths if score.name == MODEL_LAW)
    simple = [score for score in lengths if score.name not in (MODEL_LAW, LEFT_OUT_LAW)]
    best = min(simple, key=lambda score: score.crps_log)
    cover = law.cover_share[COVER_LEVEL]
    gates = [
        Gate("CRPS of ln(days)", f"at most {best.crps_log:.4f} ({best.name})", law.crps_log,
             law.crps_log <= best.crps_log),
        Gate("90 % intervals of lengths cover", f"{COVER_LOW} to {COVER_HIGH}", cover,
             COVER_LOW <= cover <= COVER_HIGH),
    ]  # fmt: skip
    for found in (before, every):
        for days in HORIZONS_DAYS:
            baseline = found.best_baseline(days)
            mine = found.score(MODEL, days).brier
            name = f"Brier at {days} d, {found.title[0].lower()}{found.title[1:]}"
            mark = f"below {baseline.brier:.4f} ({baseline.name})"
            gates.append(Gate(name, mark, mine, mine < baseline.brier))
    return [*gates, *marks]
