"""What arcs and journeys cost in the two made lands, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.route.cost import sum_hours, sum_usd
from karwan.route.distribution import Hours
from tests.worlds import EAST, RAIL, Lands


def charges(planner: Planner, link: str, *, forward: bool = True) -> list[tuple[str, float | None]]:
    """Return (kind, USD) of a link's charges that are money, in their order."""
    arc = next(a for a in planner.graph.arcs if a.link_id == link and a.forward is forward)
    priced = planner.priced.charges[arc.id]
    return [(c.kind.name, c.usd.value) for c in priced if c.usd is not None]


def test_a_link_over_a_frontier_is_charged_by_halves(two_lands: Lands) -> None:
    """40 km: 20 in North at 1 USD, 20 in South at 2 USD; then both posts and South's entry fee."""
    into_south = charges(two_lands.planner(), "x-east")
    assert into_south == [
        ("road haul", 20.0), ("road haul", 40.0), ("border fees", 100.0), ("entry fees", 50.0),
    ]  # fmt: skip
    into_north = charges(two_lands.planner(), "x-east", forward=False)
    assert into_north == [("road haul", 40.0), ("road haul", 20.0), ("border fees", 80.0)]


def test_an_inland_link_is_charged_once(two_lands: Lands) -> None:
    assert charges(two_lands.planner(), "n-east") == [("road haul", 100.0)]
    assert charges(two_lands.planner(), "s-east") == [("road haul", 400.0)]


def test_a_rail_frontier_is_charged_by_halves_too(two_lands: Lands) -> None:
    """0.5 USD a km in both lands."""
    assert charges(two_lands.planner(), "r-x") == [
        ("rail haul", 10.0), ("rail haul", 10.0), ("border fees", 100.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "haul_usd", "border_usd", "entry_usd"),
    [
        ("truck", 60.0, 100.0, 50.0),
        # A 40 ft box pays as 1.4 trucks of 20 t, and the fee of the band above 20 t.
        ("40ft", 84.0, 100.0, 500.0),
        # 60 t on three trucks of 20 t each: three times a truck's, in the band up to 20 t.
        ("wagon", 180.0, 300.0, 150.0),
    ],
)
def test_the_entry_fee_is_that_of_the_load_on_one_vehicle(
    two_lands: Lands, unit: str, haul_usd: float, border_usd: float, entry_usd: float
) -> None:
    priced = charges(two_lands.planner(unit=unit), "x-east")
    assert_allclose(sum(usd for kind, usd in priced if kind == "road haul" and usd), haul_usd)
    assert priced[2:] == [("border fees", border_usd), ("entry fees", entry_usd)]


def test_a_carrier_at_home_pays_no_entry_fee(two_lands: Lands) -> None:
    at_home = Planner(world=two_lands.world(), consignment=two_lands.consignment(carrier="XS"))
    assert [kind for kind, _ in charges(at_home, "x-east")][-1] == "border fees"
    back = charges(at_home, "x-east", forward=False)
    assert back[-1] == ("border fees", 80.0), "North asks for none"


def test_hours_of_arcs_add_up(two_lands: Lands) -> None:
    """East gate: 40 km at 50 km/h, as long again at rest, 2 h to leave and 3 to enter."""
    planner = two_lands.planner()
    found = {
        arc.link_id: sum_hours(planner.priced.charges[arc.id])
        for arc in planner.graph.arcs
        if arc.forward and arc.link_id
    }
    assert_allclose(
        [found[name] for name in ("n-east", "x-east", "s-east", "x-west", "r-x")],
        [4.0, 0.8 + 0.8 + 5, 8.0, 0.2 + 0.2 + 5, 2.0 + 5],
        rtol=1e-12,  # rounding of sums
    )


def test_a_weight_is_money_and_time_rounded_once(two_lands: Lands) -> None:
    """A truck of 20 t loses the typical share of its value a day; 24 hours to the day."""
    planner = two_lands.planner()
    cargo = planner.consignment.cargo
    per_hour_usd = 20 * cargo.usd_per_t * cargo.time_cost_per_day_share / 24
    arc = next(a for a in planner.graph.arcs if a.link_id == "n-east" and a.forward)
    assert planner.priced.ticks[arc.id] == round((100 + 4 * per_hour_usd) * 1000)
    assert sum_usd(planner.priced.charges[arc.id]) == 100.0


def test_the_journey_by_the_east_gate(two_lands: Lands) -> None:
    """340 km: 6.8 h of driving and as much rest, of which 2.8 fall due by the gate.

    The 5 h there waive those 2.8; the 4 after it stay.
    """
    network = two_lands.network
    planner = two_lands.planner(two_lands.world(close=("west-road",)))
    path = planner.best(network.place("ncity"), network.place("scity"),
                        Scope(state=State.all_open, modes=frozenset({"road"})))  # fmt: skip
    assert path is not None
    journey = planner.journey(path)
    assert journey.distance_km == 340
    assert_allclose(
        journey.usd.ends, (100 + 60 + 400 + 100 + 50,) * 3, rtol=1e-12
    )  # rounding of sums
    assert_allclose(journey.hours.value, 6.8 + 5 + 4, rtol=1e-12)  # rounding of sums


def test_crossings_are_the_elements_of_their_links(two_lands: Lands) -> None:
    covered = {a.link_id: a.element_id for a in two_lands.planner().graph.arcs if a.element_id}
    assert covered == {
        "x-east": EAST, "r-x": RAIL, "x-west": "west-road", "s-east": "pass-road",
        "r-north": "yard-rail",
    }  # fmt: skip


def test_the_worst_half_takes_a_part_of_the_quantile() -> None:
    """8 of 10 journeys take 0 h and 2 a quarter: of the worst 5 of 10, 2 do and 3 do not."""
    hours = Hours(0.0, 0.05, np.array([0.8, 0.2]))
    assert_allclose(hours.expected_shortfall(0.5), 0.25 * 2 / 5, rtol=1e-12)  # rounding of sums
    assert_allclose(hours.expected_shortfall(0.1), 0.25, rtol=1e-12)  # rounding of sums
