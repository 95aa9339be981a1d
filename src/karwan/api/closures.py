"""Answers about what shuts: forecasts of elements, tests of such forecasts, chokepoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer, named
from karwan.api.resting import ages_of
from karwan.base.errors import DataError, Fault
from karwan.base.words import counted
from karwan.base.workspaces import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from karwan.analysis.decisions.due import Look
    from karwan.analysis.forecasts.backtests import Gate
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.forecasts.exceedance import Exceedance
    from karwan.analysis.forecasts.group_scores import GroupScores
    from karwan.analysis.forecasts.kept import Kept
    from karwan.analysis.forecasts.live_scores import LiveScore
    from karwan.analysis.forecasts.onsets import Onsets
    from karwan.analysis.forecasts.tested import Tested
    from karwan.analysis.futures.chokepoints import Told
    from karwan.analysis.futures.criticality import Chokepoint, Stake
    from karwan.analysis.futures.sampling import Progress
    from karwan.analysis.world.world import World
    from karwan.hazard.backtest import Backtest
    from karwan.hazard.laws import LengthScore
    from karwan.study.spec import StudySpec

HORIZONS_DAYS = (1, 7, 30, 90, 365)
WEIGHTS = ("demand", "equal")


def forecast_asked(
    world: World,
    name: str,
    days: Sequence[int] = HORIZONS_DAYS,
    *,
    health: bool = False,
    strict: bool = False,
) -> Answer[tuple[Forecast, ...]]:
    """Return what the record says of closures of an element, or of a frontier group's elements.

    Parameters
    ----------
    strict
        Refuse an answer that rests on figures of a later day.

    Raises
    ------
    NoEvidenceError
        If it rests on figures of a later day, and is asked not to.
    UnknownNameError
        If there is no such element or group, with the nearest names.
    """
    from karwan.analysis.forecasts.answers import forecast_to_dict
    from karwan.analysis.forecasts.closures import (
        FORECASTS,
        asked_elements,
        by_horizon,
        fit_world,
        forecast,
    )
    from karwan.analysis.world.later import refuse_later

    bad = [str(one) for one in days if one != int(one) or one < 1]
    if bad or not days:
        faults = [Fault("days", "not a number of days above 0", one) for one in bad]
        raise DataError("the question", faults or [Fault("days", "is empty")])
    horizons = tuple(sorted({int(one) for one in days}))
    model = fit_world(world, health=health)
    found = tuple(
        forecast(world, model, item, horizons) for item in asked_elements(world.network, name)
    )

    if strict:
        refuse_later(world, [source for one in found for source in one.sources])

    def tell() -> Any:
        rows = [forecast_to_dict(world, one) for one in found]
        return rows[0] if len(rows) == 1 else {"elements": rows}

    return Answer(
        title=f"Closures of {name}, as of {world.as_of}; newest evidence {world.evidence_horizon}",
        content=found,
        tell=tell,
        columns=FORECASTS,
        rows=lambda: by_horizon(found),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtests:
    """Forecasts tested on the past: scores, laws of length, marks set beforehand."""

    tests: tuple[Backtest, ...]
    lengths: tuple[LengthScore, ...]
    gates: tuple[Gate, ...]
    onsets: Onsets
    groups: tuple[GroupScores, ...] = ()


def backtest_asked(world: World, *, seed: int = 0) -> Answer[Backtests]:
    """Return how good such forecasts have been on the past."""
    from karwan.analysis.forecasts.answers import (
        backtest_to_dict,
        gate_to_dict,
        length_score_to_dict,
    )
    from karwan.analysis.forecasts.backtests import judge_gates
    from karwan.analysis.forecasts.group_scores import GROUP_SCORES, GroupScore
    from karwan.analysis.forecasts.onsets import ONSETS, SUMS, foretell_onsets
    from karwan.base.telling import to_dict
    from karwan.hazard.backtest import GAINS

    daily, by_group = _tested(world, seed)
    tests, lengths = list(daily.backtests), list(daily.lengths)
    onsets = foretell_onsets(world, seed=seed)
    gates = judge_gates(tests, lengths, onsets)
    found = Backtests(
        tests=tuple(tests),
        lengths=tuple(lengths),
        gates=tuple(gates),
        onsets=onsets,
        groups=by_group,
    )
    scores = named("title", "forecast", "horizon_days", "brier", "log_score")
    return Answer(
        title=f"Forecasts tested on the past, as of {world.as_of}",
        content=found,
        tell=lambda: {
            "backtests": [backtest_to_dict(one) for one in found.tests],
            "lengths": [length_score_to_dict(one) for one in found.lengths],
            "gates": [gate_to_dict(one) for one in found.gates],
            "groups": [
                to_dict(GROUP_SCORES, GroupScore(one, score))
                for one in found.groups
                for score in one.scores
            ],
            "group_gains": [
                {"group": one.name, **to_dict(GAINS, gain)}
                for one in found.groups
                for gain in one.gains
            ],
            "rows": [to_dict(ONSETS, row) for row in found.onsets.rows],
            "sums": [to_dict(SUMS, one) for one in found.onsets.sums],
            "sums_by_group": [to_dict(SUMS, one) for one in found.onsets.by_group],
            "sums_by_season": [to_dict(SUMS, one) for one in found.onsets.by_season],
        },
        columns=scores,
        rows=lambda: [
            {
                "title": one.title,
                "forecast": score.name,
                "horizon_days": score.horizon_days,
                "brier": score.brier,
                "log_score": score.log_score,
            }
            for one in found.tests
            for score in one.scores
        ],
    )


def _tested(world: World, seed: int) -> tuple[Tested, tuple[GroupScores, ...]]:
    """Return tests by day and by group; none where no gates of the record stand for it."""
    from karwan.analysis.forecasts.tested import Tested, tested_forecasts, tested_groups
    from karwan.data.region import read_region

    known = world.network.elements
    if not set(read_region(world.catalog).benchmark_elements) <= set(known):
        return Tested((), ()), ()
    return tested_forecasts(world, seed=seed), tested_groups(world, seed=seed)


def exceedance_asked(world: World, *, seed: int = 0) -> Answer[tuple[Exceedance, ...]]:
    """Return the shut days a year that each corridor exceeds once in 10 and once in 50 years."""
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.forecasts.exceedance import EXCEEDANCES, find_exceedances
    from karwan.base.telling import to_dict

    rows = find_exceedances(world, fit_world(world), seed=seed)
    return Answer(
        title=f"Shut days a year by corridor, as of {world.as_of}",
        content=rows,
        tell=lambda: {
            "corridors": [to_dict(EXCEEDANCES, one) for one in rows],
            "seed": seed,
            "as_of": world.as_of.isoformat(),
            "evidence_horizon": world.evidence_horizon.isoformat(),
        },
        columns=EXCEEDANCES,
        rows=lambda: rows,
    )


@dataclass(frozen=True, slots=True)
class Scored:
    """Forecasts that were kept, and how they came out; those without a seal apart."""

    kept: Kept
    sealed: tuple[LiveScore, ...]
    unsealed: tuple[LiveScore, ...]


def score_asked(world: World, folder: Workspace) -> Answer[Scored]:
    """Return how forecasts kept in a workspace came out, as known in a world.

    Raises
    ------
    DataError
        If none were kept there.
    """
    from karwan.analysis.forecasts.answers import live_score_to_dict
    from karwan.analysis.forecasts.kept import forecasts_of, forecasts_sha256, read_forecasts
    from karwan.analysis.forecasts.live_scores import score_forecasts

    path = forecasts_of(folder)
    if forecasts_sha256(folder) is None:
        what = "does not exist" if isinstance(path, Path) else "holds none"
        raise DataError("forecasts", [f"{path} {what}: no forecast was kept there"])
    kept = read_forecasts(path)
    sealed, unsealed = (
        tuple(score_forecasts(world, part)) for part in (kept.forecasts, kept.unsealed)
    )
    return Answer(
        title=f"{counted(len(kept.forecasts), 'forecast')} kept and sealed, as known on "
        f"{world.as_of}",
        content=Scored(kept, sealed, unsealed),
        tell=lambda: {
            "as_of": world.as_of.isoformat(),
            "evidence_horizon": world.evidence_horizon.isoformat(),
            "forecast_count": len(kept.forecasts),
            "unsealed_count": len(kept.unsealed),
            "head_sha256": kept.head_sha256 or None,
            "torn_lines": list(kept.torn_lines),
            "faults": [
                {"number": one.number, "fault": one.flaw.name, "text": str(one)}
                for one in kept.faults
            ],
            "scores": [live_score_to_dict(one) for one in sealed],
            "unsealed_scores": [live_score_to_dict(one) for one in unsealed],
        },
        columns=named(
            "sealed",
            "horizon_days",
            "known_count",
            "waiting_count",
            "late_count",
            "mean_forecast",
            "observed_share",
            "brier",
            "log_score",
            "climatology_brier",
            "persistence_brier",
        ),
        rows=lambda: [
            {"sealed": seal, **live_score_to_dict(one)}
            for seal, scores in ((True, sealed), (False, unsealed))
            for one in scores
        ],
    )


def due_asked(
    spec: StudySpec, *, workspace: Workspace | None = None, top: int = 15
) -> Answer[tuple[Look, ...]]:
    """Return which gates and lines to look at next, by what one more look would change.

    Raises
    ------
    DataError
        If so many are not 1 or more, or the study has faults.
    """
    from karwan.analysis.decisions.due import LOOKS, looks_due
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.stakes import make_stakes
    from karwan.analysis.world.corrections import corrections_to_dict
    from karwan.base.telling import to_dict
    from karwan.study.question import open_question

    if top < 1:
        raise DataError("the question", [Fault("top", "must be 1 or more", str(top))])
    asked = open_question(spec, workspace=workspace)
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    stakes = make_stakes(planners, asked.pairs)
    looks = tuple(looks_due(asked.world, fit_world(asked.world), stakes)[:top])
    world = asked.world
    return Answer(
        title=f"Looks that are due, by what they would change, as of {world.as_of}",
        content=looks,
        tell=lambda: {
            "due": [to_dict(LOOKS, one) for one in looks],
            "as_of": world.as_of.isoformat(),
            "evidence_horizon": world.evidence_horizon.isoformat(),
            "corrections": corrections_to_dict(world),
        },
        columns=LOOKS,
        rows=lambda: looks,
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """Chokepoints, the pairs that were asked, and how."""

    chokepoints: tuple[Chokepoint, ...]
    stakes: tuple[Stake, ...]
    told: Told


def critical_asked(  # noqa: PLR0913
    spec: StudySpec,
    *,
    workspace: Workspace | None = None,
    pairs: bool = False,
    links: bool = False,
    top: int = 15,
    horizon_days: int | None = None,
    weights: str = "demand",
    state: str = "all-open",
    cut_penalty_ratio: float = 1.0,
    hazard_factor: float = 1.0,
    path_count: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    strict: bool = False,
) -> Answer[Ranked]:
    """Return what the loss of each crossing, line or link costs the pairs of a study.

    Parameters
    ----------
    horizon_days, path_count, seed
        In place of the study's own.
    progress
        Called with futures done and asked.
    strict
        Refuse an answer that rests on figures of a later day.

    Raises
    ------
    DataError
        Names every fault of the study and of how it is asked, each under its argument.
    """
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.forecasts.histories import coverage_sources
    from karwan.analysis.futures.chokepoints import CHOKEPOINTS, Told, chokepoints_to_dict
    from karwan.analysis.futures.criticality import (
        count_days,
        find_chokepoints,
        knock_out_engine,
    )
    from karwan.analysis.futures.reliability import with_hazard_factor
    from karwan.analysis.futures.sampling import check_work
    from karwan.analysis.futures.stakes import make_stakes, sources_of_stakes
    from karwan.analysis.world.later import refuse_later
    from karwan.analysis.world.state import State
    from karwan.api.futures import sampling_of
    from karwan.study.question import open_question

    faults = []
    if pairs and links:
        text = "does not go with links: take out elements by twos, or links one by one"
        faults.append(Fault("pairs", text))
    for key, value, known in (("weights", weights, WEIGHTS), ("state", state, tuple(State))):
        if value not in known:
            faults.append(Fault(key, f"not one of {', '.join(known)}", value))
    if top < 1:
        faults.append(Fault("top", "must be 1 or more", str(top)))
    try:
        sampling = sampling_of(spec, path_count, horizon_days, seed)
    except DataError as error:
        faults += error.faults
    if faults:
        raise DataError("the question", faults)
    state = State(state)
    asked = open_question(spec, workspace=workspace)
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    stakes = make_stakes(planners, asked.pairs, weights=weights, links=links)
    days = None
    if not links:
        check_work(sampling, 1)
        model = with_hazard_factor(fit_world(asked.world), hazard_factor)
        days = count_days(stakes[0].roads, model, sampling, progress=progress)
    shut = stakes[0].roads.shut_now() if state is State.last_known else ()
    found = find_chokepoints(
        stakes, days, pairs=pairs, shut=shut, cut_penalty_ratio=cut_penalty_ratio, top=top
    )
    sources = sources_of_stakes(stakes)
    if not links:
        sources += coverage_sources(asked.world.catalog, asked.world.network.elements)
    if strict:
        refuse_later(asked.world, sources)
    told = Told(
        sources=sources,
        horizon_days=sampling.horizon_days,
        state=state,
        weights=weights,
        cut_penalty_ratio=cut_penalty_ratio,
        hazard_factor=hazard_factor,
        seed=sampling.seed,
        path_count=sampling.path_count,
        has_hazard=not links,
        engine=knock_out_engine(stakes, len(shut) + 1 + pairs),
    )
    return Answer(
        title=f"Chokepoints of {counted(len(stakes), 'pair')}, {state}, as of {asked.world.as_of}",
        content=Ranked(tuple(found), tuple(stakes), told),
        tell=lambda: chokepoints_to_dict(found, stakes, told),
        columns=CHOKEPOINTS,
        rows=lambda: found,
        ages=None if links else ages_of(asked.world, lambda: [i for one in found for i in one.ids]),
    )
