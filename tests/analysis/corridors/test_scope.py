"""A scope admits the arcs that it admits when each is looked up alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import ALL_MODES, Scope
from karwan.analysis.world.state import State
from karwan.base.errors import UnknownNameError
from tests import reference, worlds
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


def test_a_place_is_passed_by_the_mode_that_is_asked_for(tmp_path: Path) -> None:
    """In the made lands the road is the cheaper; by `east-n@rail` the railway is taken."""
    lands = worlds.lands(tmp_path / "lands")
    ways = {}
    for name in ("east-n", "east-n@road", "east-n@rail"):
        there = lands.planner()
        ends = lands.network.place("ncity"), lands.network.place("scity")
        via = [lands.network.resolve_passed(name)]
        path = there.best(*ends, Scope(state=State.all_open), via=via)
        assert path is not None
        ways[name] = there.journey(path)
    assert ways["east-n"].generalized_cost_usd <= ways["east-n@road"].generalized_cost_usd + 0.1
    assert "rail" not in ways["east-n@road"].modes
    assert "rail" in ways["east-n@rail"].modes
    for wrong in ("east-n@air", "east-road@rail", "nowhere@rail"):
        with pytest.raises(UnknownNameError, match="No "):
            lands.network.resolve_passed(wrong)


def test_named_ends_of_published_runs_are_places() -> None:
    network = reference.network()
    assert network.place("Павлодар").id == network.place("Pavlodar").id
    for mode in ("road", "rail"):
        scope = Scope(state=State.last_known, modes=frozenset({mode}))
        assert (
            reference.planner().best(network.place("pavlodar"), network.place("astana"), scope)
            is not None
        )
