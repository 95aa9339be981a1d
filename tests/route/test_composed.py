"""The search for the best route by composed cost, against every simple path of small graphs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.route.composed import Partial, best_ways, carry_on, front_of, setting_out
from karwan.route.cost import PricedGraph
from karwan.route.rest import RestTicks, Stop, waived_hours
from tests.oracles.rest import SlowRest, routes_by_bound, spared_ticks
from tests.oracles.routes import SlowArc, SlowPath, simple_paths
from tests.route.test_router import MOST_ARCS, MOST_STATES, flags, priced, slow_arcs, states

one_rest = st.builds(
    SlowRest,
    gathered=st.integers(0, 3),
    most_waived=st.sampled_from([0, 0, 1, 3]),
    ends=st.booleans(),
)
rests = st.lists(one_rest, min_size=MOST_ARCS, max_size=MOST_ARCS)


def weighed(arcs: Sequence[SlowArc], rest: Sequence[SlowRest]) -> PricedGraph:
    """Return the graph whose arcs weigh what is given and, on top, what they gather or waive."""
    heavier = [
        SlowArc(arc.tail, arc.head, arc.ticks + one.gathered + one.most_waived, arc.element)
        for arc, one in zip(arcs, rest, strict=False)
    ]
    told = rest[: len(arcs)]
    return priced(
        heavier,
        rest=RestTicks(
            gathered=tuple(one.gathered for one in told),
            most_waived=tuple(one.most_waived for one in told),
            ends=tuple(one.ends for one in told),
            most=max((one.most_waived for one in told), default=0),
        ),
    )


def slow_best(
    graph: PricedGraph, arcs: Sequence[SlowArc], rest: Sequence[SlowRest],
    allowed: Sequence[bool], source: int, target: int,
) -> SlowPath | None:  # fmt: skip
    """Return the best of all simple paths, each with what it is spared."""
    routes = [
        SlowPath(
            sum(graph.ticks[ident] for ident in path) - spared_ticks(rest, path),
            sum(arcs[ident].element for ident in path),
            len(path),
            path,
        )
        for path in simple_paths(arcs, allowed, source, target)
    ]
    return min(routes, default=None)


@given(slow_arcs, rests, flags, states)
def test_the_best_way_to_every_state_is_the_best_simple_path(
    arcs: list[SlowArc], rest: list[SlowRest], may: list[bool], source: int
) -> None:
    graph, allowed = weighed(arcs, rest), may[: len(arcs)]
    fronts = best_ways(graph, setting_out(source), allowed)
    for target in range(MOST_STATES):
        expected = slow_best(graph, arcs, rest, allowed, source, target)
        ways = fronts.ways(target)
        best = (ways[0].key, ways[0].arcs) if ways else None
        assert best == (expected and (expected.key, expected.arcs))
    assert fronts.proved


@given(slow_arcs, rests, states, states, states)
def test_a_way_in_two_searches_is_the_way_in_one(
    arcs: list[SlowArc], rest: list[SlowRest], source: int, middle: int, target: int
) -> None:
    """By a place on the way: the best of all that pass it, which may have gathered rest before."""
    graph, allowed = weighed(arcs, rest), [True] * len(arcs)
    first = best_ways(graph, setting_out(source), allowed).ways(middle)
    whole = [
        way.then(more)
        for way in first
        for more in best_ways(graph, setting_out(middle, way.rest_ticks), allowed).ways(target)
    ]
    routes = [
        before + after
        for before in simple_paths(arcs, allowed, source, middle)
        for after in simple_paths(arcs, allowed, middle, target)
    ]
    least = min(
        (sum(graph.ticks[ident] for ident in path) - spared_ticks(rest, path) for path in routes),
        default=None,
    )
    assert min((way.key[0] for way in whole), default=None) == least


@given(slow_arcs, rests, flags, states)
def test_no_way_costs_less_than_its_bound(
    arcs: list[SlowArc], rest: list[SlowRest], may: list[bool], source: int
) -> None:
    graph, allowed = weighed(arcs, rest), may[: len(arcs)]
    exact = best_ways(graph, setting_out(source), allowed)
    bounds = best_ways(graph.bounded(), setting_out(source), allowed)
    assert exact.labels.keys() == bounds.labels.keys()
    for state in exact.labels:
        assert bounds.ways(state)[0].key[0] <= exact.ways(state)[0].key[0]


@given(slow_arcs, rests, states)
def test_a_search_that_gives_up_ways_says_so_and_finds_no_better(
    arcs: list[SlowArc], rest: list[SlowRest], source: int
) -> None:
    graph, allowed = weighed(arcs, rest), [True] * len(arcs)
    whole = best_ways(graph, setting_out(source), allowed)
    short = best_ways(graph, setting_out(source), allowed, most_labels=1)
    assert short.labels.keys() == whole.labels.keys()
    assert short.proved == (len(whole.labels) <= 1)
    for state in whole.labels:
        assert short.ways(state)[0].key[0] >= whole.ways(state)[0].key[0]
        assert short.ways(state)[0].proved == short.proved


def test_a_dearer_way_that_gathers_rest_wins_at_a_border_that_waives_it() -> None:
    # To state 1 for 10 without rest, or for 12 with 5 of it; the border beyond waives up to 4.
    arcs = [SlowArc(0, 1, 10, 0), SlowArc(0, 1, 12, 0), SlowArc(1, 2, 6, 0)]
    rest = RestTicks(gathered=(0, 5, 0), most_waived=(0, 0, 4), ends=(False, False, True), most=4)
    fronts = best_ways(priced(arcs, rest=rest), setting_out(0), [True] * 3)
    assert [way.arcs for way in fronts.ways(1)] == [(0,), (1,)]
    assert fronts.ways(2)[0] == Partial(key=(14, 0, 2), arcs=(1, 2), end=2)


def test_an_arc_at_a_time_is_the_search() -> None:
    arcs = [SlowArc(0, 1, 12, 1), SlowArc(1, 2, 6, 0)]
    rest = RestTicks(gathered=(5, 1), most_waived=(0, 4), ends=(False, True), most=4)
    graph = priced(arcs, rest=rest)
    way = carry_on(graph, carry_on(graph, setting_out(0), 0), 1)
    assert way == best_ways(graph, setting_out(0), [True] * 2).ways(2)[0]
    assert way == Partial(key=(14, 1, 2), arcs=(0, 1), end=2)


def test_of_ways_to_a_state_those_stay_that_may_yet_be_the_best() -> None:
    cheap = Partial(key=(10, 0, 1), arcs=(0,), end=1)
    rested = Partial(key=(12, 0, 1), arcs=(1,), end=1, rest_ticks=5)
    beaten = Partial(key=(15, 0, 1), arcs=(2,), end=1, rest_ticks=5)
    no_use = Partial(key=(12, 0, 1), arcs=(3,), end=1, rest_ticks=2)
    assert front_of([beaten, no_use, rested, cheap]) == [cheap, rested]


def test_rest_is_waived_up_to_the_wait_and_to_what_was_gathered() -> None:
    stops = [
        Stop(6.0, 0.0, ends=False),
        Stop(1.0, 5.0, ends=True),
        Stop(2.0, 5.0, ends=True),
        Stop(4.0, 0.0, ends=True),
        Stop(0.0, 5.0, ends=True),
    ]
    assert list(waived_hours(stops)) == [0.0, 5.0, 2.0, 0.0, 0.0]


@pytest.mark.parametrize("source", range(MOST_STATES))
def test_the_oracle_lists_all_simple_routes_by_weight(source: int) -> None:
    arcs = [SlowArc(a, b, (a * 3 + b * 5) % 7, 0) for a in range(5) for b in range(5) if a != b]
    usable = [True] * len(arcs)
    listed = list(routes_by_bound(arcs, usable, source, 4))
    weights = [weight for weight, _ in listed]
    assert weights == sorted(weights)
    assert {path for _, path in listed} == set(simple_paths(arcs, usable, source, 4))
    assert weights == [sum(arcs[ident].ticks for ident in path) for _, path in listed]
