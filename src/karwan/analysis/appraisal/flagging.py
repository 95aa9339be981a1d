"""Red flags of a project by itself, without an appraisal of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.analysis.appraisal.assumptions import read_assumptions
from karwan.analysis.appraisal.cases import capacity_band, claimed_hours, promise_law
from karwan.analysis.appraisal.lines import Line
from karwan.analysis.appraisal.markets import find_markets, survey
from karwan.analysis.appraisal.outside_view import PROMISED, reference_class
from karwan.analysis.appraisal.red_flags import RedFlag, red_flags

if TYPE_CHECKING:
    from karwan.analysis.world.world import World


def flags_of(world: World, line: Line) -> tuple[RedFlag, ...]:
    """Return the claims about a project that do not fit what can be computed."""
    assumptions = read_assumptions(world.catalog)
    lines = reference_class(world.catalog, PROMISED, as_of=world.as_of, without=line.project.id)
    timed = any(row.transit_time_claim for row in line.claims)
    markets = (
        find_markets(survey(world, line), assumptions.value("farthest_way", "railway"))
        if timed and line.sections
        else ()
    )
    return red_flags(
        line,
        assumptions,
        capacity=capacity_band(assumptions),
        promised=promise_law(lines),
        hours=claimed_hours(line, markets),
    )
