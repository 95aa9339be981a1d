"""Routes over the reference network against SciPy and against a search of our own."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.corridors import follow
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import ALL_MODES, Scope
from karwan.analysis.world.state import State
from karwan.network.nouns import Corridor
from karwan.route.charges import REST
from karwan.route.composed import setting_out
from karwan.route.tcd import Journey
from tests import reference
from tests.oracles.routes import (
    CorridorQuestion,
    SlowArc,
    SlowGraph,
    scipy_ticks,
    slow_corridor,
)

HALF_TICK_USD = 0.0005
"""Each arc's weight is rounded to a tick of 0.001 USD."""

SUM_TOLERANCE = 1e-9
"""Sums of some 100 doubles of like size in two orders differ by less than this, relatively."""

SOURCES_APART = 9
"""Trees are compared from every ninth state: 48 of 429, of all layers and countries."""

PAIRS = [
    ("almaty", "karachi"),
    ("karachi", "almaty"),
    ("tashkent", "kabul"),
    ("astana", "bandar-abbas"),
    ("kashgar", "lahore"),
    ("aktau", "herat"),
    ("dushanbe", "gwadar"),
]

OVERLAND = [
    c.id for c in reference.network().corridors.values() if c.family[:2] in {"KT", "KU", "KK"}
]


def slow_graph(planner: Planner, state: State) -> SlowGraph:
    """Return weights and what is open, asked arc by arc."""
    open_ = [
        planner.world.cut_of_arc(arc, planner.consignment, state) is None
        for arc in planner.graph.arcs
    ]
    elements = [1 if arc.element_id else 0 for arc in planner.graph.arcs]
    return SlowGraph(planner.graph, planner.priced.ticks, elements, open_)


def slow_arcs(slow: SlowGraph) -> list[SlowArc]:
    """Return the arcs as the SciPy oracle wants them."""
    return [
        SlowArc(arc.tail, arc.head, slow.ticks[arc.id], slow.elements[arc.id])
        for arc in slow.graph.arcs
    ]


def corridor_planner(corridor: Corridor, unit: str = "truck") -> Planner:
    """Return a planner with the corridor's own project built, whose costs add along a route."""
    return reference.planner(unit, projects=tuple(filter(None, [corridor.project_id]))).bounded


def end_to_end(corridor: Corridor, *, northbound: bool = False) -> CorridorQuestion:
    """Return the question of a corridor between its own ends."""
    (first, _, first_layer), (last, _, last_layer) = (
        corridor.tokens[end].partition("@") for end in (0, -1)
    )
    inner = corridor.tokens[1:-1]
    if not northbound:
        return CorridorQuestion(first, last, inner, corridor.modes, first_layer, last_layer)
    turned = tuple(token.translate(str.maketrans("<>", "><")) for token in reversed(inner))
    return CorridorQuestion(last, first, turned, corridor.modes, last_layer, first_layer)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("unit", reference.UNITS)
def test_weights_equal_scipys_from_every_ninth_state(unit: str, state: State) -> None:
    planner = reference.planner(unit).bounded
    slow = slow_graph(planner, state)
    count = len(slow.graph.states)
    sources = range(0, count, SOURCES_APART)
    expected = scipy_ticks(count, slow_arcs(slow), slow.open_, sources)
    scope = Scope(state=state)
    for row, source in zip(expected, sources, strict=True):
        fronts = planner.fronts(scope, setting_out(source))
        ways = [fronts.ways(end) for end in range(count)]
        found = [here[0].key[0] if here else -1 for here in ways]
        assert found == row.tolist()


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("unit", reference.UNITS)
def test_door_to_door_weights_equal_scipys(unit: str, state: State) -> None:
    planner = reference.planner(unit).bounded
    slow = slow_graph(planner, state)
    places = reference.network()
    for origin, destination in PAIRS:
        # Both ends of these pairs have a road: the door.
        start, end = (planner.graph.index[place, "road"] for place in (origin, destination))
        expected = scipy_ticks(len(slow.graph.states), slow_arcs(slow), slow.open_, [start])
        path = planner.best(places.place(origin), places.place(destination), Scope(state=state))
        assert path is not None
        assert path.key[0] == expected[0, end]


@pytest.mark.parametrize("unit", reference.UNITS)
def test_a_key_is_the_sum_of_its_arcs(unit: str) -> None:
    planner = reference.planner(unit)
    places = reference.network()
    for origin, destination in PAIRS:
        path = planner.best(
            places.place(origin), places.place(destination), Scope(state=State.all_open)
        )
        assert path is not None
        arcs = [planner.graph.arcs[arc] for arc in path.arcs]
        assert path.key == (
            sum(planner.priced.ticks[arc.id] for arc in arcs),
            sum(arc.element_id != "" for arc in arcs),
            len(arcs),
        )
        assert all(a.head == b.tail for a, b in pairwise(arcs))


def journey(unit: str, origin: str, destination: str) -> tuple[Planner, Journey]:
    """Return the best journey with every gate open."""
    planner, places = reference.planner(unit), reference.network()
    path = planner.best(
        places.place(origin), places.place(destination), Scope(state=State.all_open)
    )
    assert path is not None
    return planner, planner.journey(path)


@pytest.mark.parametrize("unit", reference.UNITS)
@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_a_journeys_sums_are_those_of_its_arcs(unit: str, origin: str, destination: str) -> None:
    planner, found = journey(unit, origin, destination)
    charges = [charge for arc in found.path.arcs for charge in planner.priced.charges[arc]]
    hours = np.array([charge.hours.value for charge in charges if charge.hours])
    usd = np.array([charge.usd.value for charge in charges if charge.usd])
    km = np.array([planner.graph.arcs[arc].km for arc in found.path.arcs])
    waived = found.rest_waived_hours
    factor = planner.priced.spreads.law.mean_ratio
    assert_allclose(found.hours.value, (hours.sum() - waived) * factor, rtol=SUM_TOLERANCE)
    assert_allclose(found.usd.value, usd.sum(), rtol=SUM_TOLERANCE)
    assert_allclose(found.distance_km, km.sum(), rtol=SUM_TOLERANCE)
    assert_allclose(sum(found.hours_by_kind.values()), found.hours.value, rtol=SUM_TOLERANCE)
    assert_allclose(sum(found.usd_by_kind.values()), found.usd.value, rtol=SUM_TOLERANCE)
    assert found.hours_by_kind.get(REST.name, 0.0) >= 0.0


@pytest.mark.parametrize("unit", reference.UNITS)
@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_ticks_are_the_generalized_cost_before_rest_is_waived(
    unit: str, origin: str, destination: str
) -> None:
    planner, found = journey(unit, origin, destination)
    waived_hours = found.rest_waived_hours * planner.priced.spreads.law.mean_ratio
    before_usd = found.generalized_cost_usd + found.value_of_time_usd_per_hour * waived_hours
    slack_usd = HALF_TICK_USD * len(found.path.arcs)
    assert_allclose(found.ticks / 1000, before_usd, rtol=0, atol=slack_usd)


@pytest.mark.parametrize("unit", reference.UNITS)
@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_the_rows_of_a_journey_add_up_to_it(unit: str, origin: str, destination: str) -> None:
    _, found = journey(unit, origin, destination)
    last = found.rows[-1]
    totals = (found.distance_km, found.hours.value, found.usd.value)
    assert_allclose((last.cum_km, last.cum_hours, last.cum_usd), totals, rtol=SUM_TOLERANCE)
    steps = np.array([(row.km, row.hours, row.usd) for row in found.rows])
    sums = np.array([(row.cum_km, row.cum_hours, row.cum_usd) for row in found.rows])
    assert_allclose(steps.cumsum(axis=0), sums, rtol=SUM_TOLERANCE, atol=SUM_TOLERANCE)


@pytest.mark.parametrize("northbound", [False, True], ids=["southbound", "northbound"])
@pytest.mark.parametrize("name", OVERLAND)
def test_a_corridor_follows_the_path_of_the_oracle(name: str, northbound: bool) -> None:
    places = reference.network()
    corridor = places.corridor(name)
    planner = corridor_planner(corridor)
    question = end_to_end(corridor, northbound=northbound)
    expected = slow_corridor(slow_graph(planner, State.all_open), question)
    ends = (places.place(question.origin), places.place(question.destination))
    path = follow(planner, corridor, *ends, State.all_open)
    assert path is not None
    assert expected is not None
    assert (path.key, path.arcs) == (expected.key, expected.arcs)


@pytest.mark.parametrize("unit", ["40ft", "wagon"])
@pytest.mark.parametrize("name", OVERLAND)
def test_a_corridor_is_cut_for_the_planner_where_it_is_cut_for_the_oracle(
    name: str, unit: str
) -> None:
    places = reference.network()
    corridor = places.corridor(name)
    planner = corridor_planner(corridor, unit)
    question = end_to_end(corridor)
    expected = slow_corridor(slow_graph(planner, State.last_known), question)
    ends = (places.place(question.origin), places.place(question.destination))
    path = follow(planner, corridor, *ends, State.last_known)
    assert (path and path.arcs) == (expected and expected.arcs)


def test_some_corridors_are_cut_as_last_known_and_some_are_not() -> None:
    # Else the test before could not fail.
    places, found = reference.network(), set()
    for name in OVERLAND:
        question = end_to_end(places.corridor(name))
        planner = corridor_planner(places.corridor(name), "40ft")
        found.add(slow_corridor(slow_graph(planner, State.last_known), question) is None)
    assert found == {True, False}


@pytest.mark.parametrize("name", ["kkcp-road-torugart", "kkcp-road-irkeshtam"])
def test_a_journey_that_joins_a_corridor_is_the_oracles(name: str) -> None:
    """Tashkent is off both KKCP roads.

    It may join at the Kyrgyz frontier of the corridor or at the Chinese one. It reaches that gate
    through Uzbekistan and the country before the gate, or through others that the corridor
    neither forbids nor passes later.
    """
    places = reference.network()
    corridor = places.corridor(name)
    planner = corridor_planner(corridor)
    slow = slow_graph(planner, State.all_open)
    inner = corridor.tokens[1:-1]
    gates = [position for position, token in enumerate(inner) if token[-1] in "<>"]
    never = frozenset({"AF", "TM", "TJ", "IR"})
    found = []
    for gate, ahead in ((gates[0], {"KG", "CN", "PK"}), (gates[1], {"CN", "PK"})):
        question = CorridorQuestion(
            "tashkent",
            "islamabad",
            inner[gate:],
            corridor.modes,
            access_forbidden=never | ahead,
        )
        path = slow_corridor(slow, question)
        assert path is not None
        found.append(path)
    ours = follow(
        planner, corridor, places.place("tashkent"), places.place("islamabad"), State.all_open
    )
    assert ours is not None
    assert (ours.key, ours.arcs) == (min(found).key, min(found).arcs)


def test_the_reference_graph_has_what_makes_routing_hard() -> None:
    graph = reference.planner().graph
    pairs = [(arc.tail, arc.head) for arc in graph.arcs]
    # Parallel arcs come with a study's own tables; the random graphs of test_router have them.
    assert any((head, tail) in set(pairs) for tail, head in pairs), "no arc has a way back"
    assert 0 in reference.planner().priced.ticks, "no arc of weight 0"
    assert {arc.modes <= ALL_MODES for arc in graph.arcs} == {True}
