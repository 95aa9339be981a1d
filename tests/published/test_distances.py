"""Road distances beside published ones.

Tashkent-Mazar 729-786 km and Kabul-Peshawar 271-278 km (265 by the highway authority's plan);
Karachi-Tashkent over Torkham and Hairatan 2,760-3,000 km. Shorter figures that were never published
(669 and 249 km) were shortest paths over straight chords, the first through Tajikistan.
"""

from __future__ import annotations

import pytest

from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from tests import reference


def road_km(origin: str, destination: str, *via: str) -> float:
    planner, network = reference.planner(), reference.network()
    ends = network.place(origin), network.place(destination)
    scope = Scope(state=State.all_open, modes=frozenset({"road"}))
    path = planner.best(*ends, scope, via=[("element", name) for name in via])
    assert path is not None
    return planner.journey(path).distance_km


@pytest.mark.parametrize(
    ("origin", "destination", "via", "low_km", "high_km"),
    [
        ("tashkent", "mazar-e-sharif", ("hairatan-airitom-road",), 757 * 0.95, 757 * 1.05),
        ("kabul", "peshawar", ("torkham-road",), 274 * 0.95, 274 * 1.05),
        ("karachi", "tashkent", ("torkham-road", "hairatan-airitom-road"), 2760, 3000),
    ],
)
def test_distances_are_those_published(
    origin: str, destination: str, via: tuple[str, ...], low_km: float, high_km: float
) -> None:
    assert low_km <= road_km(origin, destination, *via) <= high_km
    assert low_km <= road_km(destination, origin, *reversed(via)) <= high_km
