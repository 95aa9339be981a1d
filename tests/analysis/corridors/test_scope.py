"""A scope admits the arcs that it admits when each is looked up alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import ALL_MODES, Scope
from karwan.analysis.world.state import State
from tests.oracles.scope import admits
from tests.reference import planner

GRAPH = planner().graph
NETWORK = GRAPH.network
NAMES = sorted(
    {("element", name) for name in NETWORK.elements}
    | {("crossing", name) for name in NETWORK.crossings}
    | {("link", name) for name in NETWORK.links}
    | {("place", name) for name in NETWORK.places}
    | {("country", name) for name in NETWORK.countries}
)
scopes = st.builds(
    Scope,
    state=st.just(State.all_open),
    modes=st.frozensets(st.sampled_from(sorted(ALL_MODES))),
    forbidden=st.frozensets(st.sampled_from(sorted(NETWORK.countries)), max_size=3),
    inland=st.booleans(),
    avoided=st.frozensets(st.sampled_from(NAMES), max_size=4),
)


@given(scopes)
def test_the_flags_are_those_of_each_arc_alone(scope: Scope) -> None:
    alone = [admits(scope, GRAPH, arc) for arc in GRAPH.arcs]
    assert scope.admitted(GRAPH) == alone


def test_charges_known_from_another_build_are_those_of_a_fresh_price() -> None:
    """Every project in turn: what is built does not change what an arc takes."""
    mine = planner()
    assert mine.priced.charges
    for name in NETWORK.projects:
        with_it = mine.in_world(mine.world.with_projects({name}))
        fresh = Planner(world=with_it.world, consignment=mine.consignment)
        assert with_it.priced.charges == fresh.priced.charges
        assert with_it.priced.ticks == fresh.priced.ticks
