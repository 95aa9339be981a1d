"""Answers about pairs over many futures, or on a stated day without drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.resting import ages_of, elements_of
from karwan.base.errors import DataError, Fault
from karwan.base.words import counted
from karwan.base.workspaces import Workspace

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.futures.pairs import Pair, PairFates, StatedDay
    from karwan.analysis.futures.sampling import Progress, Sampling
    from karwan.analysis.futures.stated_reliability import StatedReliability
    from karwan.analysis.futures.streamed import StreamedFates
    from karwan.analysis.world.question import Asked
    from karwan.study.question import StudyQuestion
    from karwan.study.spec import StudySpec


def sampling_of(
    spec: StudySpec, path_count: int | None, horizon_days: int | None, seed: int | None
) -> Sampling:
    """Return the futures of a study, with what is given in place of its own."""
    from karwan.analysis.futures.sampling import Sampling

    return Sampling(
        spec.seed if seed is None else seed,
        spec.futures.paths if path_count is None else path_count,
        spec.futures.days if horizon_days is None else horizon_days,
    )


def fates_asked(  # noqa: PLR0913
    spec: StudySpec,
    *,
    workspace: Workspace | None = None,
    origin: str | None = None,
    destination: str | None = None,
    day: int | None = None,
    hazard_factor: float = 1.0,
    horizon_days: int | None = None,
    path_count: int | None = None,
    seed: int | None = None,
    stream: bool = False,
    scheduler: str | None = None,
    topology: Path | None = None,
    progress: Progress | None = None,
) -> Answer[PairFates] | Answer[tuple[StatedDay, ...]] | Answer[StreamedFates]:
    """Return how often pairs are cut and what their best way costs.

    Parameters
    ----------
    origin, destination
        Both ends of one pair, or neither: then the pairs of the study.
    day
        One pair on this day after the as-of date by its chances, without drawing.
    horizon_days, path_count, seed
        In place of the study's own.
    stream
        Weigh every day in lanes as it is drawn: memory does not grow with futures, and the gates
        used and the worst days are told.
    scheduler
        Who does that: `threads`, `threads:N`, `local:N` or the address of a Dask scheduler.
    topology
        Folder in which the topology of the network is kept; made if it is not there.

    Raises
    ------
    DataError
        Names every fault of the study and of how it is asked, each under its argument; or says
        how long so many futures would take, where that is too long.
    """
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.pairs import (
        FATES,
        STATED,
        check_pairs,
        fate_rows,
        fates_to_dict,
        pair_fates,
        stated_day,
        stated_to_dict,
    )
    from karwan.analysis.futures.reliability import Roads, with_hazard_factor
    from karwan.analysis.futures.streamed import streamed_fates
    from karwan.analysis.futures.streamed_answers import STREAMED, streamed_to_dict
    from karwan.base.workers import THREADS, open_workers
    from karwan.study.question import open_question

    sampling = sampling_of(spec, path_count, horizon_days, seed)
    check_stream(stream=stream, scheduler=scheduler, topology=topology, day=day)
    asked = open_question(spec, workspace=workspace)
    pairs = _pairs(asked, origin, destination)
    if pairs[0][0].country not in asked.desks:
        ends = {"origins": (pairs[0][0].id,), "destinations": (pairs[0][1].id,), "focus": None}
        asked = open_question(spec.model_copy(update=ends), workspace=workspace)
    check_pairs(pairs, day)
    model = with_hazard_factor(fit_world(asked.world), hazard_factor)
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    world = asked.world
    known = f"as of {world.as_of} (newest evidence {world.evidence_horizon})"
    if day is not None:
        roads = Roads(planner=planners[pairs[0][0].country])
        told = tuple(stated_day(roads, model, pairs[0], day))
        return Answer(
            title=f"{pairs[0][0].name} to {pairs[0][1].name} in {counted(day, 'day')}, {known}",
            content=told,
            tell=lambda: stated_to_dict(told, world),
            columns=STATED,
            rows=lambda: told,
            ages=ages_of(world, lambda: [i for one in told for ids, _ in one.routes for i in ids]),
        )
    title = f"{counted(len(pairs), 'pair')}, {known}"
    if stream:
        with open_workers(scheduler or THREADS) as workers:
            streamed = streamed_fates(
                planners, pairs, model, sampling,
                workers=workers, topology=topology, progress=progress,
            )  # fmt: skip
        return Answer(
            title=title,
            content=streamed,
            tell=lambda: streamed_to_dict(streamed, world),
            columns=STREAMED,
            rows=lambda: streamed.pairs,
            ages=ages_of(world, lambda: [name for one in streamed.pairs for name, _ in one.use]),
        )
    found = pair_fates(planners, pairs, model, sampling, progress=progress)
    return Answer(
        title=title,
        content=found,
        tell=lambda: fates_to_dict(found, world),
        columns=FATES,
        rows=lambda: fate_rows(found),
        ages=ages_of(
            world, lambda: elements_of(way for one in found.fates for way, _ in one.ensemble.routes)
        ),
    )


def check_stream(
    *, stream: bool, scheduler: str | None, topology: Path | None, day: int | None
) -> None:
    """Refuse what does not go together, and a name that is no kind of worker.

    Raises
    ------
    DataError
        Names each argument at fault.
    """
    from karwan.base.workers import check_scheduler

    faults: list[Fault | str] = []
    if not stream:
        given = {"scheduler": scheduler, "topology": topology}
        text = "it serves days that are weighed as they are drawn: ask for these as well"
        faults += [Fault(name, text) for name, value in given.items() if value is not None]
    elif day is not None:
        faults.append(Fault("stream", "a stated day is told without drawing: ask for one of both"))
    if scheduler is not None:
        try:
            check_scheduler(scheduler)
        except DataError as error:
            faults += error.faults
    if faults:
        raise DataError("the question", faults)


def reliability_asked(
    planner: Planner,
    asked: Asked,
    *,
    on: dt.date,
    tolerance: float = 0.001,
    seconds: float = 10.0,
    cut_penalty_ratio: float = 1.0,
) -> Answer[tuple[StatedReliability, ...]]:
    """Return how a pair fares on a stated day, between certified bounds.

    Parameters
    ----------
    on
        A day after the as-of date.
    tolerance
        Chance that may stay undecided.
    seconds
        Stop after so many seconds for each of ordinary times and from today, whatever is decided.
    cut_penalty_ratio
        It stays where its way would weigh more than the usual one and so many times it.

    Raises
    ------
    DataError
        If the day, the tolerance, the seconds or the ratio are out of bounds.
    """
    from time import monotonic

    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.reliability import Roads
    from karwan.analysis.futures.stated_answers import STATED_RELIABILITY, reliability_to_dict
    from karwan.analysis.futures.stated_reliability import stated_reliability

    if not seconds > 0:
        text = "it must be above 0: nothing is told of a day that nobody looked at"
        raise DataError("the question", [Fault("seconds", text, f"{seconds:g}")])
    world = asked.world
    model = fit_world(world)
    begun: list[float] = []

    def begin() -> Callable[[], bool]:
        begun.append(monotonic())
        return lambda: monotonic() - begun[-1] >= seconds

    rows = tuple(
        stated_reliability(
            Roads(planner=planner),
            model,
            (asked.origin, asked.destination),
            on,
            tolerance=tolerance,
            cut_penalty_ratio=cut_penalty_ratio,
            begin=begin,
        )
    )
    return Answer(
        title=f"{asked.origin.name} to {asked.destination.name} on {on}, as of {world.as_of} "
        f"(newest evidence {world.evidence_horizon})",
        content=rows,
        tell=lambda: reliability_to_dict(
            rows, world, tolerance=tolerance, cut_penalty_ratio=cut_penalty_ratio
        ),
        columns=STATED_RELIABILITY,
        rows=lambda: rows,
        ages=ages_of(
            world, lambda: [i for one in rows for way in one.routes for i in way.elements]
        ),
    )


def _pairs(asked: StudyQuestion, origin: str | None, destination: str | None) -> list[Pair]:
    """Return the pair named, or those of the study."""
    if origin is None and destination is None:
        return list(asked.pairs)
    if origin is None or destination is None:
        raise DataError("the question", [Fault("", "name both places of the pair, or neither")])
    network = asked.world.network
    pair = network.place(origin), network.place(destination)
    if pair[0].id == pair[1].id:
        raise DataError("the question", [Fault("", "origin and destination are the same place")])
    return [pair]
