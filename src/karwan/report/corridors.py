"""Corridor by corridor in every state, and other ways that really differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.alternatives import RouteSearch, alternatives
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.report.content import journeys
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.route.tcd import Journey
    from karwan.study.run import StudyResult

MOST_ALTERNATIVES = 4


def _alternatives(result: StudyResult) -> list[Journey]:
    """Return routes of the focus pair that really differ, in the study's first state."""
    network = result.world.network
    first = result.comparison(*result.focus, result.spec.states[0])
    planner = Planner(
        world=result.world, consignment=first.consignment, price_year=first.price_year
    )
    ends = [network.places[name] for name in result.focus]
    question = RouteSearch(ends[0], ends[1], Scope(state=first.state))
    return alternatives(planner, question, MOST_ALTERNATIVES)


def codes_of(comparisons: Sequence[Comparison]) -> list[str]:
    """Return the codes of the countries that corridors pass."""
    return sorted({code for c in comparisons for found in journeys(c) for code in found.countries})


def gather_corridors(view: View) -> dict[str, Any]:
    """Return the comparisons of the pair, both ways."""
    return {"focus_comparisons": [*view.there, *view.back], "codes_of": codes_of}


def gather_others(view: View) -> dict[str, Any]:
    """Return the routes found freely."""
    return {"others": _alternatives(view.result)}


CORRIDORS = Section("corridors", "The corridors, one by one", "compare", gather_corridors)
OTHERS = Section("others", "Other ways, corridor or not", "compare", gather_others)
