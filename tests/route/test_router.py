"""The router against every simple path of small graphs, and the tie rule by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.provenance import Figure, Source
from karwan.network.network import Network
from karwan.network.vehicles import Cargo, Consignment, Unit
from karwan.route.composed import best_ways, setting_out
from karwan.route.cost import PricedGraph
from karwan.route.distribution import JourneyLaw
from karwan.route.expand import HAUL, Arc, StateGraph
from karwan.route.rest import RestTicks, no_rest
from karwan.route.router import NO_KEY, Path
from karwan.route.spreads import Spreads
from tests.oracles.routes import SlowArc, SlowPath, best_simple_path, scipy_ticks, simple_paths

NOWHERE = Network(
    places={},
    place_names={},
    links={},
    crossings={},
    terminals=(),
    elements={},
    restrictions=(),
    projects={},
    corridors={},
    element_of_link={},
    gauge_in_border_hours=frozenset(),
)
STILL = Spreads(
    trip={},
    year={},
    law=JourneyLaw(),
    law_figure=Figure(
        value=1.0, low=1.0, high=1.0, unit="ratio", source=Source("estimate", "", "C")
    ),
    law_open_log_sd=0.0,
    price_open_log_sd=0.0,
    common_share=0.0,
    price_log_sd=0.0,
    reliability_ratio=0.0,
    detention_usd_per_day=0.0,
    free_days=0.0,
)
"""No spread: routers do not look at it."""

LOAD = Consignment(
    unit=Unit(
        id="truck",
        name="Truck",
        payload_t=20.0,
        size_teu=1.0,
        road_vehicle="truck",
        road_vehicle_count=1,
        rail_class="block",
    ),
    cargo=Cargo(
        id="box",
        name="Boxes",
        usd_per_t=1000.0,
        time_cost_per_day_share=0.01,
        time_cost_low_per_day_share=0.0,
        time_cost_high_per_day_share=0.02,
        value_class="T2",
        max_useful_transit_days=None,
    ),
    tonnes=20.0,
    value_usd=20_000.0,
    carrier="KZ",
)

MOST_STATES = 5
MOST_ARCS = 12
one_arc = st.builds(
    SlowArc,
    tail=st.integers(0, MOST_STATES - 1),
    head=st.integers(0, MOST_STATES - 1),
    ticks=st.sampled_from([0, 1, 2]),  # few values, so that ties are common
    element=st.integers(0, 1),
)
slow_arcs = st.lists(one_arc, max_size=MOST_ARCS) | st.lists(
    one_arc, min_size=MOST_ARCS, max_size=MOST_ARCS
)
flags = st.lists(st.booleans(), min_size=MOST_ARCS, max_size=MOST_ARCS)
states = st.integers(0, MOST_STATES - 1)


def priced(
    arcs: Sequence[SlowArc], state_count: int = MOST_STATES, rest: RestTicks | None = None
) -> PricedGraph:
    """Return karwan's graph of these arcs."""
    made = tuple(
        Arc(
            id=ident,
            kind=HAUL,
            tail=arc.tail,
            head=arc.head,
            link_id=f"link-{ident}",
            crossing_id="",
            terminal=-1,
            forward=True,
            km=1.0,
            countries=("KZ",),
            element_id=f"element-{ident}" if arc.element else "",
            modes=frozenset({"road"}),
        )
        for ident, arc in enumerate(arcs)
    )
    outgoing = tuple(
        tuple(arc.id for arc in made if arc.tail == state) for state in range(state_count)
    )
    names = tuple((f"s{state}", "road") for state in range(state_count))
    graph = StateGraph(
        network=NOWHERE, states=names, arcs=made, outgoing=outgoing, projects=frozenset()
    )
    ticks = tuple(arc.ticks for arc in arcs)
    return PricedGraph(
        graph=graph,
        consignment=LOAD,
        charges=tuple(() for _ in made),
        ticks=ticks,
        drive_hours_per_day=18.0,
        price_year=2023,
        spreads=STILL,
        rest=rest or no_rest(len(ticks)),
    )


def best_paths(graph: PricedGraph, source: int, allowed: Sequence[bool]) -> dict[int, Path]:
    """Return the best path to every state reached."""
    fronts = best_ways(graph, setting_out(source), allowed)
    best = {state: fronts.ways(state)[0] for state in fronts.labels}
    return {state: Path(way.key, way.arcs, state) for state, way in best.items()}


def order(path: Path | None) -> tuple[tuple[int, int, int], tuple[int, ...]] | None:
    """Return what is compared: key and arcs."""
    return None if path is None else (path.key, path.arcs)


def slow_order(path: SlowPath | None) -> tuple[tuple[int, int, int], tuple[int, ...]] | None:
    """Return the same of the oracle's path."""
    return None if path is None else (path.key, path.arcs)


@given(slow_arcs, flags, states)
def test_the_best_way_to_every_state_is_the_best_simple_path(
    arcs: list[SlowArc], may: list[bool], source: int
) -> None:
    allowed = may[: len(arcs)]
    tree = best_paths(priced(arcs), source, allowed)
    for target in range(MOST_STATES):
        expected = best_simple_path(arcs, allowed, source, target)
        assert order(tree.get(target)) == slow_order(expected)


@given(slow_arcs, flags, states)
def test_weights_agree_with_scipy(arcs: list[SlowArc], may: list[bool], source: int) -> None:
    allowed = may[: len(arcs)]
    tree = best_paths(priced(arcs), source, allowed)
    found = [tree[state].key[0] if state in tree else -1 for state in range(MOST_STATES)]
    assert found == scipy_ticks(MOST_STATES, arcs, allowed, [source])[0].tolist()


@given(slow_arcs, st.integers(0, MOST_ARCS - 1), states)
def test_closing_an_arc_never_helps(arcs: list[SlowArc], shut: int, source: int) -> None:
    graph = priced(arcs)
    before = best_paths(graph, source, [True] * len(arcs))
    after = best_paths(graph, source, [ident != shut for ident in range(len(arcs))])
    assert after.keys() <= before.keys()
    assert all(after[state].order >= before[state].order for state in after)


@given(slow_arcs, st.integers(0, MOST_ARCS - 1), states)
def test_closing_an_arc_off_the_best_path_changes_nothing(
    arcs: list[SlowArc], shut: int, source: int
) -> None:
    graph = priced(arcs)
    before = best_paths(graph, source, [True] * len(arcs))
    after = best_paths(graph, source, [ident != shut for ident in range(len(arcs))])
    for state, path in before.items():
        if shut not in path.arcs:
            assert after[state] == path


@given(slow_arcs, flags, states)
def test_no_path_uses_an_arc_that_is_not_allowed(
    arcs: list[SlowArc], may: list[bool], source: int
) -> None:
    tree = best_paths(priced(arcs), source, may[: len(arcs)])
    paths = [tree.get(state) for state in range(MOST_STATES)]
    assert all(may[arc] for path in paths if path is not None for arc in path.arcs)


def test_the_oracle_finds_every_simple_path() -> None:
    square = [
        SlowArc(0, 1, 1, 0),
        SlowArc(0, 1, 1, 0),
        SlowArc(1, 3, 1, 0),
        SlowArc(0, 2, 1, 0),
        SlowArc(2, 3, 1, 0),
        SlowArc(3, 0, 1, 0),
        SlowArc(2, 2, 0, 0),
    ]
    assert list(simple_paths(square, [True] * 7, 0, 3)) == [(0, 2), (1, 2), (3, 4)]
    assert list(simple_paths(square, [True] * 7, 3, 3)) == [()]


def test_the_scipy_oracle_takes_the_lighter_of_parallel_arcs_and_keeps_arcs_of_weight_zero() -> (
    None
):
    arcs = [SlowArc(0, 1, 7, 0), SlowArc(0, 1, 4, 0), SlowArc(1, 2, 0, 0)]
    assert scipy_ticks(4, arcs, [True] * 3, [0, 2]).tolist() == [[0, 4, 4, -1], [-1, -1, 0, -1]]


def test_the_lighter_way_wins_over_fewer_elements_and_fewer_arcs() -> None:
    arcs = [SlowArc(0, 2, 5, 0), SlowArc(0, 1, 2, 1), SlowArc(1, 2, 2, 1)]
    path = best_paths(priced(arcs), 0, [True] * 3)[2]
    assert path == Path((4, 2, 2), (1, 2), 2)


def test_of_equal_weights_the_way_with_fewer_elements_wins_even_with_more_arcs() -> None:
    arcs = [SlowArc(0, 2, 4, 1), SlowArc(0, 1, 2, 0), SlowArc(1, 2, 2, 0)]
    path = best_paths(priced(arcs), 0, [True] * 3)[2]
    assert path == Path((4, 0, 2), (1, 2), 2)


def test_of_equal_weights_and_elements_the_way_with_fewer_arcs_wins_even_with_larger_ids() -> None:
    arcs = [SlowArc(0, 1, 2, 0), SlowArc(1, 2, 2, 0), SlowArc(0, 2, 4, 0)]
    path = best_paths(priced(arcs), 0, [True] * 3)[2]
    assert path == Path((4, 0, 1), (2,), 2)


def test_of_wholly_equal_ways_the_smaller_ids_from_the_origin_win() -> None:
    # By state 1: arcs 1 and 2; by state 2: arcs 0 and 3. The first arc decides, not the last.
    arcs = [SlowArc(0, 2, 2, 0), SlowArc(0, 1, 2, 0), SlowArc(1, 3, 2, 0), SlowArc(2, 3, 2, 0)]
    path = best_paths(priced(arcs), 0, [True] * 4)[3]
    assert path == Path((4, 0, 2), (0, 3), 3)


def test_a_later_better_prefix_replaces_the_ids_behind_it() -> None:
    # State 3 is first reached by the heavier-numbered way; ties further on must see the change.
    arcs = [
        SlowArc(0, 1, 1, 0),
        SlowArc(0, 2, 1, 0),
        SlowArc(2, 3, 1, 0),
        SlowArc(1, 3, 1, 0),
        SlowArc(3, 4, 0, 0),
    ]
    path = best_paths(priced(arcs), 0, [True] * 5)[4]
    assert path == Path((2, 0, 3), (0, 3, 4), 4)


def test_of_parallel_arcs_the_lightest_and_then_the_first_is_taken() -> None:
    arcs = [SlowArc(0, 1, 3, 0), SlowArc(0, 1, 2, 0), SlowArc(0, 1, 2, 0)]
    path = best_paths(priced(arcs), 0, [True] * 3)[1]
    assert path == Path((2, 0, 1), (1,), 1)


def test_arcs_of_weight_zero_lead_into_no_circle() -> None:
    arcs = [SlowArc(0, 1, 0, 0), SlowArc(1, 0, 0, 0), SlowArc(1, 1, 0, 0), SlowArc(1, 2, 0, 0)]
    path = best_paths(priced(arcs), 0, [True] * 4)[2]
    assert path == Path((0, 0, 2), (0, 3), 2)


def test_a_state_that_is_not_reached_has_no_path() -> None:
    tree = best_paths(priced([SlowArc(1, 0, 1, 0)]), 0, [True])
    assert 1 not in tree
    assert tree[0] == Path(NO_KEY, (), 0)


def test_an_arc_counts_as_an_element_where_one_covers_it() -> None:
    graph = priced([SlowArc(0, 1, 1, 0), SlowArc(1, 0, 1, 1)])
    assert graph.element_arcs == (0, 1)


@pytest.mark.parametrize("source", range(3))
def test_a_graph_without_arcs_reaches_only_its_source(source: int) -> None:
    tree = best_paths(priced([], 3), source, [])
    assert tree == {source: Path(NO_KEY, (), source)}
