"""The hazard model against its baselines, on the crossings whose record is dense enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.forecasts.histories import foretold, freight_spells, history_of
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

if TYPE_CHECKING:
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
    last_day = min(world.as_of, _last_seen(world))
    longest = dt.timedelta(days=max(HORIZONS_DAYS))
    before = min(BEFORE_OCTOBER, last_day - longest)
    samples = (
        ("Origins before October 2025", before, True),
        ("All origins, October 2025 included", last_day - longest, True),
        ("Origins before October 2025, votes not counted as closures", before, False),
    )
    ahead = _Ahead(world)
    return [
        _run(world, ahead, title, (last, last_day), is_calendar, elements, seed)
        for title, last, is_calendar in samples
        if last > ORIGINS_FROM
    ]


def _run(
    world: World,
    ahead: _Ahead,
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


def _last_seen(world: World) -> dt.date:
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


class _Ahead:
    """Forecasts from a date, the model refitted at the start of each quarter on the past only."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rules = calendar_rules(world.catalog)
        self.models: dict[dt.date, HazardModel] = {}
        self.new: dict[tuple[dt.date, str], Floats] = {}

    def model(self, quarter: dt.date) -> HazardModel:
        """Return the model fitted at the start of a quarter."""
        if quarter not in self.models:
            history = history_of(self.world.record, self.world.network, quarter)
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
        return [float(1 - p) for p in p_open]

    def _hit(self, spell: Spell, day: dt.date) -> list[str]:
        """Return the elements that a spell's episode had hit by a day."""
        return sorted(
            {
                other.element_id
                for other in freight_spells(self.world.record, self.world.network)
                if (other.episode or other.closure_id) == (spell.episode or spell.closure_id)
                and other.start <= day
            }
        )

    def _foretold(self, name: str, day: dt.date) -> Floats:
        known = foretold(self.rules, day)
        return np.array(
            [
                any(item.shuts(name, day + dt.timedelta(days=h)) for item in known)
                for h in HORIZONS_DAYS
            ],
            dtype=float,
        )


def score_length_laws(world: World, elements: Sequence[str] | None = None) -> list[LengthScore]:
    """Return how laws foresee the length of each episode at the main gates from all others.

    Votes count among the lengths here, fitted and scored, as in the figures published before.
    """
    history = history_of(world.record, world.network, world.as_of, calendar=True)
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
    model = fit_hazard(replace(history, episodes=kept))
    return model.lengths_of(episode.elements, episode.group).survival


@dataclass(frozen=True, slots=True)
class Gate:
    """A mark set before the model was scored: what must be at most, or within, and what is."""

    name: str
    mark: str
    value: float
    is_met: bool


BRIER_MARK, PERSISTENCE_MARK, CRPS_MARK = 0.0245, 0.0321, 0.68
COVER_LEVEL, COVER_LOW, COVER_HIGH = 0.9, 0.85, 0.96
"""Taken from an earlier fit of the same record, before this model was scored."""


def judge_gates(backtests: Sequence[Backtest], lengths: Sequence[LengthScore]) -> list[Gate]:
    """Return each mark beside what the model reached, met or missed."""
    before, every = backtests[0], backtests[1]
    law = next(score for score in lengths if score.name == MODEL_LAW)
    week, week_all = before.score(MODEL, 7).brier, every.score(MODEL, 7).brier
    cover = law.cover_share[COVER_LEVEL]
    gates = [
        Gate("Brier at 7 days before October 2025", f"at most {BRIER_MARK}", week,
             week <= BRIER_MARK),
        Gate("Brier at 7 days, all origins", f"below {PERSISTENCE_MARK}", week_all,
             week_all < PERSISTENCE_MARK),
        Gate("CRPS of ln(days)", f"at most {CRPS_MARK}", law.crps_log, law.crps_log <= CRPS_MARK),
        Gate("90 % intervals of lengths cover", f"{COVER_LOW} to {COVER_HIGH}", cover,
             COVER_LOW <= cover <= COVER_HIGH),
    ]  # fmt: skip
    for found in (before, every):
        for days in HORIZONS_DAYS:
            best = found.best_baseline(days)
            mine = found.score(MODEL, days).brier
            name = f"Brier at {days} d, {found.title[0].lower()}{found.title[1:]}"
            gates.append(
                Gate(name, f"below {best.brier:.4f} ({best.name})", mine, mine < best.brier)
            )
    return gates
