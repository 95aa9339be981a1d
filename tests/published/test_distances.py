"""Distances that operators and institutions state, beside the network's.

Sources stand with each row. A row that does not fit is marked with the reason, not tuned away.
"""

from __future__ import annotations

import re

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from tests import reference

NLC = (
    "National Logistics Cell of Pakistan, 2023, https://www.nlc.com.pk/NLC-delivering-"
    "consignments-to-uzbekistan-kazakhstan-via-land-route-thru-afghanistan/index.php"
)
STATED_SHARE = 0.05
"""Operators round to 100 km and do not say from which gate they count."""


def shortest_km(
    origin: str,
    destination: str,
    *,
    mode: str,
    unit: str = "truck",
    via: tuple[str, ...] = (),
    forbidden: frozenset[str] = frozenset(),
) -> float:
    """Return the km of the shortest way, gates open."""
    planner = reference.planner(unit)
    planner = planner.with_ticks(tuple(round(1000 * arc.km) for arc in planner.graph.arcs))
    network = reference.network()
    scope = Scope(state=State.all_open, modes=frozenset({mode}), forbidden=forbidden)
    path = planner.best(
        network.place(origin),
        network.place(destination),
        scope,
        via=tuple(network.resolve(name) for name in via),
    )
    assert path is not None
    return sum(planner.graph.arcs[arc].km for arc in path.arcs)


@pytest.mark.parametrize(
    ("destination", "stated_km"), [("tashkent", 3000), ("almaty", 3800), ("astana", 4600)]
)
def test_karachi_northbound_through_torkham_and_hairatan(
    destination: str, stated_km: float
) -> None:
    """NLC states 3,000, 3,800 and 4,600 km; a truck takes Salang."""
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
    ("islamabad", "khunjerab", 870, 0.02, "Karakoram Highway; starts inside the city"),
    ("tashkent", "kashgar", 920, 0.02, "https://timesca.com, Uzbekistan-Tajikistan-China corridor"),
    # Ours goes by the Indus highway, 1,502 km; the sources do not say by which road they count.
    (
        "torkham",
        "karachi",
        1416,
        0.07,
        "https://orient.tm; 1,425 in the LCA of the logistics cluster",
    ),
    # "About 1,000 km": no road named; ours runs by Turbat, Panjgur and Quetta.
    ("gwadar", "chaman", 1000, 0.09, "https://orient.tm"),
]


@pytest.mark.parametrize(("origin", "destination", "stated_km", "share", "source"), ROADS)
def test_roads_that_sources_measure(
    origin: str, destination: str, stated_km: float, share: float, source: str
) -> None:
    found = shortest_km(origin, destination, mode="road")
    assert_allclose(found, stated_km, rtol=share, err_msg=source)


DRAWN = [("tashkent", "mazar-e-sharif", 669), ("kabul", "peshawar", 249)]
DRAWN_RATIO = (0.96, 1.23)
"""Our length over that of the simplified world graph: 80 per cent of 133 links lie in between by
our own count. It cuts corners in mountains; Tashkent-Termez, 595 km there, is
694 here by Samarkand and Guzar."""


@pytest.mark.parametrize(("origin", "destination", "drawn_km"), DRAWN)
def test_roads_beside_a_simplified_map(origin: str, destination: str, drawn_km: float) -> None:
    """OpenStreetMap highway graph of scgraph_data 2.0.0, April 2024."""
    ratio = shortest_km(origin, destination, mode="road") / drawn_km
    assert DRAWN_RATIO[0] <= ratio <= DRAWN_RATIO[1]


BENCHMARKS = {
    "xian-tashkent-distance": ("xian", "tashkent", r"^(4486)$", "40ft", 0.02, ""),
    "quetta-zahedan-4-5d": ("quetta", "zahedan", r"^(732) km", "wagon", 0.02, ""),
    # "About 3,500 km", no line named: 2,819 through Uzbekistan, 3,739 by Beyneu and Bolashak.
    "almaty-iran-border": ("almaty", "incheh-borun", r"^about (3,500) km", "wagon", 0.07, "UZ"),
}


@pytest.mark.parametrize("name", BENCHMARKS)
def test_rail_benchmarks_that_state_a_distance(name: str) -> None:
    """A published total that went into no length; corridors by rail fit within 1 to 3 per cent."""
    origin, destination, pattern, unit, share, forbidden = BENCHMARKS[name]
    row = next(
        row for row in reference.catalog().read("rail_benchmarks").to_dicts() if row["id"] == name
    )
    texts = [text for text in (row["value"], row["note"] or "") if re.search(pattern, text)]
    stated_km = float(re.findall(pattern, texts[0])[0].replace(",", ""))
    found = shortest_km(
        origin, destination, unit=unit, mode="rail", forbidden=frozenset(filter(None, [forbidden]))
    )
    assert_allclose(found, stated_km, rtol=share, err_msg=row["source_url"])


def test_no_other_rail_benchmark_states_a_distance_between_two_places() -> None:
    """6,700 km to Jiangxi and 500 km less than by Dostyk name no place of the network."""
    places = set(reference.network().places)
    rows = reference.catalog().read("rail_benchmarks").to_dicts()
    found = {
        row["id"]
        for row in rows
        if re.search(r"\d km", f"{row['value']} {row['unit'] or ''} {row['note'] or ''}")
        and {row["origin"], row["destination"]} <= places
    }
    assert found <= set(BENCHMARKS)


RAILS = [
    ("bukhara", "tashkent", 600, "wagon"),
    ("tashkent", "samarkand", 344, "wagon"),
    ("urumqi", "alashankou", 460, "20ft"),
]
RAIL_SHARE = 0.03
"""Lengths are sums of surveyed links: 1 to 3 per cent off on long ways."""


@pytest.mark.parametrize(("origin", "destination", "stated_km", "unit"), RAILS)
def test_rails_beside_totals_that_were_no_input(
    origin: str, destination: str, stated_km: float, unit: str
) -> None:
    found = shortest_km(origin, destination, unit=unit, mode="rail")
    assert_allclose(found, stated_km, rtol=RAIL_SHARE)
