"""A line asked by name: the one function behind command, study and web; and what a study keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from karwan.analysis.appraisal.answers import appraisal_to_dict
from karwan.analysis.appraisal.appraise import appraise
from karwan.analysis.appraisal.assumptions import read_assumptions
from karwan.analysis.appraisal.cases import Asked, Traffic, seen_of
from karwan.analysis.appraisal.lines import read_line, with_links
from karwan.analysis.appraisal.open_days import Closures
from karwan.analysis.appraisal.staging import staging_of
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.world.basis import basis_of_record
from karwan.base.cache import keep_json, kept_json
from karwan.base.errors import DataError
from karwan.data.rows.appraisal import (
    AppraisalParameterRow,
    MarketPlaceRow,
    ProjectSectionRow,
    ProjectTrafficRow,
    RailShareRow,
    VolumeReferenceRow,
)
from karwan.data.rows.energy import BenefitAccountRow, EnergyOutageRow
from karwan.data.rows.network import RailProjectRow

if TYPE_CHECKING:
    from karwan.analysis.appraisal.markets import SeenShare
    from karwan.analysis.appraisal.results import Appraisal
    from karwan.analysis.world.world import World

TABLES = tuple(
    row.TABLE
    for row in (
        AppraisalParameterRow, BenefitAccountRow, EnergyOutageRow, MarketPlaceRow,
        ProjectSectionRow, ProjectTrafficRow, RailProjectRow, RailShareRow, VolumeReferenceRow,
    )
)  # fmt: skip
"""Tables that an appraisal rests on beside those of ways, closures and demand."""
KIND = "appraisals"
"""Kind under which what is told of lines is kept between runs."""


def appraise_in(world: World, asked: Asked) -> Appraisal:
    """Return what comes of a line, with the closures on record in a world where it is built.

    Where a line is built in stages, the stage that is asked for, or the first, and the whole are
    valued over the same draws, for what it is worth to build the stage first.

    Raises
    ------
    DataError
        As `appraise`.
    """
    return _staged(world, asked, _appraise(world, asked))


def _staged(
    world: World, asked: Asked, answer: Appraisal, seen: tuple[SeenShare, ...] | None = None
) -> Appraisal:
    """Return an appraisal with what it is worth to build a stage first, where there are stages."""
    stages = answer.line.stages
    if len(stages) < 2:  # noqa: PLR2004
        return answer
    other = None if answer.line.stage else stages[0]
    try:
        second = _appraise(world, replace(asked, stage=other), seen)
    except DataError:  # it has no estimate, or no freight of the kind asked for
        return answer
    stage, whole = (second, answer) if other else (answer, second)
    plan = stage.plan
    worth = staging_of(
        stage.draws_musd, whole.draws_musd, rate_share=answer.rate_share,
        delay_years=plan.build_years + plan.ramp_years,
    )  # fmt: skip
    return replace(answer, staging=worth)


def _appraise(world: World, asked: Asked, seen: tuple[SeenShare, ...] | None = None) -> Appraisal:
    line = read_line(world, asked.project, asked.stage)
    built = with_links(world, line, [link.id for link in line.links])
    model = None if asked.closures is Closures.none else fit_world(built)
    return appraise(world, asked, model, seen)


def told_of(world: World, projects: Sequence[str], seed: int) -> tuple[dict[str, Any], ...]:
    """Return what is told of lines, as kept from a run before where nothing has changed.

    Its tonnes are freight that countries report, laid on the cheapest ways, or what passes its gate
    today, whichever is more; the answer says which.
    """
    told, seen = [], None
    for project in projects:
        key = basis_of_record(world, "appraisal", project, str(seed), _against(world))
        kept = None if key is None else kept_json(KIND, key)
        if not isinstance(kept, dict):
            seen = seen_of(world, read_assumptions(world.catalog)) if seen is None else seen
            kept = appraisal_to_dict(world, _with_traffic(world, project, seed, seen))
            if key is not None:
                keep_json(KIND, key, kept)
        told.append(kept)
    return tuple(told)


def _with_traffic(world: World, project: str, seed: int, seen: tuple[SeenShare, ...]) -> Appraisal:
    """Return the appraisal with the more tonnes, of reported freight or of what passes today."""
    answers, refused = [], []
    for traffic in (Traffic.model, Traffic.observed):
        asked = Asked(project=project, seed=seed, traffic=traffic)
        try:
            answers.append(_appraise(world, asked, seen))
        except DataError as error:
            if [fault.key for fault in error.faults] != ["traffic"]:
                raise
            refused.append(error)
    if not answers:
        raise refused[0]
    most = max(answers, key=lambda one: one.rail_mt)
    return _staged(world, most.asked, most, seen)


def _against(world: World) -> str:
    """Return what a world has been asked against its record."""
    asked = (sorted(world.shut_ids), sorted(world.open_ids), sorted(world.projects))
    return repr((*asked, world.travel))
