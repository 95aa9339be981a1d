"""Answers about projects: what they build, what is claimed of them, and whether they pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.base.errors import DataError, Fault
from karwan.base.limits import SEED, check_whole

if TYPE_CHECKING:
    from karwan.analysis.appraisal.backcast import Backcast
    from karwan.analysis.appraisal.lines import Line
    from karwan.analysis.appraisal.red_flags import RedFlag
    from karwan.analysis.appraisal.results import Appraisal
    from karwan.analysis.world.world import World


@dataclass(frozen=True, slots=True)
class ProjectAnswer:
    """A project, with the claims that do not fit."""

    line: Line
    flags: tuple[RedFlag, ...]


@dataclass(frozen=True)
class ProjectFacts:
    """What is known of projects that are not built."""

    world: World

    def list(self) -> Answer[tuple[Line, ...]]:
        """Return every project: length, estimate, state, claims."""
        return projects_asked(self.world)

    def show(self, project: str) -> Answer[ProjectAnswer]:
        """Return one project: sections, claims that compete, red flags."""
        return project_asked(self.world, project)

    def backcast(
        self, line: str | None = None, *, strict: bool = False
    ) -> Answer[tuple[Backcast, ...]]:
        """Return what would have been foretold of lines before they opened, and what came."""
        return backcast_asked(self.world, line, strict=strict)


def backcast_asked(
    world: World, line: str | None = None, *, strict: bool = False
) -> Answer[tuple[Backcast, ...]]:
    """Return what would have been foretold of lines before they opened, and what came.

    Parameters
    ----------
    line
        One line by id or project; all if None.
    strict
        Count in a class only lines whose tonnes were on record when the line opened.

    Raises
    ------
    DataError
        If no line has the name.
    """
    from karwan.analysis.appraisal.backcast import (
        BACKCASTS,
        backcast_to_dict,
        backcasts,
        coverage_words,
    )
    from karwan.analysis.corridors.answers import world_to_dict

    answers = backcasts(world, line, strict=strict)
    return Answer(
        title=f"{len(answers)} lines that opened, each left out of its own class, as of "
        f"{world.as_of}",
        content=answers,
        tell=lambda: {
            "world": world_to_dict(world),
            "strict": strict,
            "told": coverage_words(answers),
            "lines": [backcast_to_dict(one) for one in answers],
        },
        columns=BACKCASTS,
        rows=lambda: answers,
    )


def projects_asked(world: World) -> Answer[tuple[Line, ...]]:
    """Return every project: length, estimate, state, claims."""
    from karwan.analysis.appraisal.answers import PROJECTS
    from karwan.analysis.appraisal.lines import read_line
    from karwan.analysis.corridors.answers import world_to_dict
    from karwan.base.telling import to_dict

    lines = tuple(read_line(world, name) for name in world.network.projects)
    return Answer(
        title=f"{len(lines)} projects, as of {world.as_of}; none is built",
        content=lines,
        tell=lambda: {
            "world": world_to_dict(world),
            "projects": [to_dict(PROJECTS, line) for line in lines],
        },
        columns=PROJECTS,
        rows=lambda: lines,
    )


def project_asked(world: World, project: str) -> Answer[ProjectAnswer]:
    """Return one project: sections, claims that compete, red flags.

    Raises
    ------
    DataError
        If the project is not known.
    """
    from karwan.analysis.appraisal.answers import FLAGS, line_to_dict
    from karwan.analysis.appraisal.flagging import flags_of
    from karwan.analysis.appraisal.lines import read_line

    line = read_line(world, project)
    flags = flags_of(world, line)
    return Answer(
        title=f"{line.project.name}, as of {world.as_of}",
        content=ProjectAnswer(line, flags),
        tell=lambda: line_to_dict(world, line, flags),
        columns=FLAGS,
        rows=lambda: flags,
    )


def appraise_asked(  # noqa: PLR0913
    world: World,
    project: str,
    *,
    stage: str | None = None,
    discount: float | None = None,
    closures: str = "ordinary",
    traffic: str = "model",
    tonnes: float | None = None,
    opens: int | None = None,
    draws: int | None = None,
    seed: int = SEED,
    strict: bool = False,
) -> Answer[Appraisal]:
    """Return what comes of a project: accounts, returns, break-even, countries, red flags.

    Parameters
    ----------
    discount
        Share a year, such as 0.09; None for the table's.
    closures
        ordinary, today or none.
    traffic
        observed, promoter or model.
    tonnes
        Million tonnes a year in place of those of `traffic`.
    opens
        Year of the opening.

    Raises
    ------
    DataError
        Names every fault of the question under its argument.
    """
    from karwan.analysis.appraisal.answers import COUNTRIES, appraisal_sources, appraisal_to_dict
    from karwan.analysis.appraisal.asking import appraise_in
    from karwan.analysis.appraisal.cases import DRAW_COUNT, Asked, Traffic
    from karwan.analysis.appraisal.open_days import Closures
    from karwan.analysis.world.later import refuse_later

    check_whole("seed", seed)
    faults = [
        Fault(key, f"not one of {', '.join(known)}", given)
        for key, given, known in (("closures", closures, Closures), ("traffic", traffic, Traffic))
        if given not in tuple(known)
    ]
    if faults:
        raise DataError("the question", faults)
    asked = Asked(
        project=project, stage=stage, discount_share=discount, closures=Closures(closures),
        traffic=Traffic(traffic), tonnes_mt=tonnes, opening_year=opens,
        draw_count=DRAW_COUNT if draws is None else draws, seed=seed,
    )  # fmt: skip
    answer = appraise_in(world, asked)
    if strict:
        refuse_later(world, appraisal_sources(answer))
    return Answer(
        title=f"Appraisal of {answer.line.project.name}, as of {world.as_of}",
        content=answer,
        tell=lambda: appraisal_to_dict(world, answer),
        columns=COUNTRIES,
        rows=lambda: answer.countries,
    )
