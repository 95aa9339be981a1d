"""Distances that operators and institutions state, beside the network's.

Sources stand with each row. A row that does not fit is marked with the reason, not tuned away.
"""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.planner import Scope
from karwan.analysis.world import ALL_OPEN
from tests import reference

NLC = (
    "National Logistics Cell of Pakistan, 2023, https://www.nlc.com.pk/NLC-delivering-"
    "consignments-to-uzbekistan-kazakhstan-via-land-route-thru-afghanistan/index.php"
)
STATED_SHARE = 0.05
"""Operators round to 100 km and do not say from which gate they count."""


def shortest_km(
    origin: str, destination: str, *, mode: str, unit: str = "truck", via: tuple[str, ...] = ()
) -> float:
    """Return the km of the shortest way, gates open."""
    planner = reference.planner(unit)
    planner = planner.with_ticks(tuple(round(1000 * arc.km) for arc in planner.graph.arcs))
    network = reference.network()
    scope = Scope(ALL_OPEN, modes=frozenset({mode}))
    path = planner.best(
        network.place(origin),
        network.place(destination),
        scope,
        via=tuple(network.resolve(name) for name in via),
    )
    assert path is not None
    return sum(planner.graph.arcs[arc].km for arc in path.arcs)


@pytest.mark.parametrize(
    ("destination", "stated_km"), [("tashkent", 3000), ("almaty", 3800)], ids=["Tashkent", "Almaty"]
)
def test_karachi_northbound_through_torkham_and_hairatan(
    destination: str, stated_km: float
) -> None:
    """NLC states 3,000 and 3,800 km; a truck takes Salang."""
    found = shortest_km(
        "karachi", destination, via=("torkham-road", "hairatan-airitom-road"), mode="road"
    )
    assert_allclose(found, stated_km, rtol=STATED_SHARE, err_msg=NLC)


def test_a_trailer_goes_round_salang() -> None:
    """Salang is shut to trailers from 2026-07-10 (restrictions.csv): Shibar is 140 km longer."""
    via = ("torkham-road", "hairatan-airitom-road")
    truck = shortest_km("karachi", "tashkent", via=via, mode="road")
    trailer = shortest_km("karachi", "tashkent", via=via, unit="40ft", mode="road")
    assert_allclose(trailer - truck, 140, atol=15)


ROADS = [
    ("kabul", "peshawar", 283, "AH1: Kabul-Torkham 228 km, Torkham-Peshawar 55 km"),
    ("islamabad", "khunjerab", 806, "Karakoram Highway, NHA: N-35 806 km from Hasan Abdal"),
    ("torkham", "karachi", 1416, "CPMM corridor 5, reference/methods.md section 2"),
    ("gwadar", "chaman", 1000, "https://orient.tm, about 1,000 km"),
    ("tashkent", "kashgar", 920, "https://timesca.com, Uzbekistan-Tajikistan-China corridor"),
]
ROAD_SHARE = 0.10
"""Start and end inside a city, and the year's alignment, are not stated."""


@pytest.mark.parametrize(("origin", "destination", "stated_km", "source"), ROADS)
def test_roads_that_sources_measure(
    origin: str, destination: str, stated_km: float, source: str
) -> None:
    found = shortest_km(origin, destination, mode="road")
    assert_allclose(found, stated_km, rtol=ROAD_SHARE, err_msg=source)


RAIL_SHARE = 0.02


def test_xian_to_tashkent_by_rail() -> None:
    """4,486 km, Railway Gazette 2024-08-05; our network is 1.5 % longer, since drawn by nodes."""
    found = shortest_km("xian", "tashkent", unit="40ft", mode="rail")
    assert_allclose(found, 4486, rtol=RAIL_SHARE)


def test_quetta_to_zahedan_by_rail() -> None:
    """732 km, 2022-02-07, https://zameen.com/news/first-standard-gauge-rail-track.html."""
    found = shortest_km("quetta", "zahedan", unit="wagon", mode="rail")
    assert_allclose(found, 732, rtol=RAIL_SHARE)
