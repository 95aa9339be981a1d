"""A corridor is followed crossing by crossing, either way, and cannot be dodged."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.corridors import follow
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.world.state import State
from karwan.network.nouns import Corridor
from tests import reference

ROUNDED_KM = 1.0
"""`km_check` is printed in whole km."""

METRES_PER_KM = 1000
CORRIDORS = list(reference.network().corridors.values())
SERVED = [corridor for corridor in CORRIDORS if corridor.km_check]


def ends(corridor: Corridor) -> tuple[str, str]:
    first, last = (corridor.tokens[k].partition("@")[0] for k in (0, -1))
    return first, last


def by_km(planner: Planner) -> Planner:
    """Return the planner with km for a weight, as `km_check` was made."""
    return planner.with_ticks(tuple(round(arc.km * METRES_PER_KM) for arc in planner.graph.arcs))


@pytest.mark.parametrize("northbound", [False, True], ids=["southbound", "northbound"])
@pytest.mark.parametrize("corridor", SERVED, ids=lambda corridor: corridor.id)
def test_the_shortest_way_along_a_corridor_is_the_one_checked(
    corridor: Corridor, *, northbound: bool
) -> None:
    unit = "wagon" if corridor.modes == {"rail"} else "truck"
    planner = reference.planner(unit, projects=tuple(filter(None, [corridor.project_id])))
    places = reference.network()
    pair = ends(corridor)[::-1] if northbound else ends(corridor)
    # A ban on a vehicle class lengthens no corridor as drawn: km_check asks of none.
    path = follow(
        by_km(planner), corridor, places.place(pair[0]), places.place(pair[1]), State.all_open
    )
    assert path is not None
    km = sum(planner.graph.arcs[arc].km for arc in path.arcs)
    assert_allclose(km, corridor.km_check, rtol=0, atol=ROUNDED_KM)


@pytest.mark.parametrize("corridor", SERVED, ids=lambda corridor: corridor.id)
def test_a_corridor_passes_its_crossings_in_order_and_no_other(corridor: Corridor) -> None:
    planner = reference.planner(projects=tuple(filter(None, [corridor.project_id])))
    places = reference.network()
    pair = [places.place(name) for name in ends(corridor)]
    path = follow(planner, corridor, pair[0], pair[1], State.all_open)
    assert path is not None
    arcs = [planner.graph.arcs[arc] for arc in path.arcs]
    passed = [f"{arc.crossing_id}{'>' if arc.forward else '<'}" for arc in arcs if arc.crossing_id]
    assert passed == [token for token in corridor.tokens if token[-1] in "<>"]
    countries = {country for arc in arcs for country in arc.countries}
    assert countries & set(corridor.forbidden) == set()
