"""Alternatives really differ and are worth their price."""

from __future__ import annotations

import pytest

from karwan.analysis.corridors.alternatives import RouteSearch, alternatives, shared_share
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from tests import reference

MOST_SHARED_SHARE = 0.6
"""Shared km are at most 60 per cent of the shorter."""
MOST_COST_RATIO = 1.5


@pytest.mark.parametrize("unit", ["truck", "wagon"])
@pytest.mark.parametrize(
    ("origin", "destination"),
    [
        ("almaty", "karachi"),
        ("karachi", "almaty"),
        ("tashkent", "lahore"),
        ("bishkek", "kashgar"),  # the next that differ cost 1.9 times the best
    ],
)
def test_alternatives_differ_and_are_not_too_dear(origin: str, destination: str, unit: str) -> None:
    planner = reference.planner(unit)
    places = reference.network()
    question = RouteSearch(
        places.place(origin), places.place(destination), Scope(state=State.all_open)
    )
    found = alternatives(planner, question, 6)
    best = planner.best(question.origin, question.destination, question.scope)
    assert best is not None
    assert best.arcs in [journey.path.arcs for journey in found]
    assert len(found) > 1
    cheapest = min(journey.generalized_cost_usd for journey in found)
    for k, journey in enumerate(found):
        assert journey.generalized_cost_usd <= MOST_COST_RATIO * cheapest
        assert all(
            shared_share(planner, journey, other) <= MOST_SHARED_SHARE for other in found[:k]
        )


def test_alternatives_come_in_the_order_of_generalized_cost() -> None:
    """Unreliability and detention do not add along a route: they only re-rank what was found."""
    planner = reference.planner("20ft")
    places = reference.network()
    question = RouteSearch(
        places.place("karachi"), places.place("almaty"), Scope(state=State.all_open)
    )
    costs = [journey.generalized_cost_usd for journey in alternatives(planner, question, 5)]
    assert costs == sorted(costs)
    assert len(costs) > 2
