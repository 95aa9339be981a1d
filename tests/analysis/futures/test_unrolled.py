"""Unrolled graphs against the planner, corridor by corridor, open and with things shut."""

from __future__ import annotations

import random
from functools import cache

import pytest

from karwan.analysis.corridors.corridors import follow
from karwan.analysis.corridors.scope import Scope
from karwan.analysis.futures.reliability import Roads, Way
from karwan.analysis.futures.unrolled import index_elements, index_links
from karwan.analysis.world.state import State
from karwan.base.errors import DataError
from karwan.network.nouns import Place
from karwan.route.router import Path
from tests import reference

PAIRS = [
    ("almaty", "karachi"),
    ("karachi", "almaty"),
    ("tashkent", "gwadar"),
    ("kabul", "lahore"),
    ("islamabad", "bishkek"),
    ("mazar-e-sharif", "bandar-abbas"),
]


@cache
def roads(*, links: bool = False) -> Roads:
    return Roads(planner=reference.planner(), links=links)


def ends(pair: tuple[str, str]) -> tuple[Place, Place]:
    network = reference.network()
    return network.place(pair[0]), network.place(pair[1])


def arcs_of(way: Way, shut: tuple[int, ...] = ()) -> tuple[int, ...] | None:
    route = way.tree.best(shut) if way.tree is not None else None
    return route.labels if route is not None else None


def planned(path: Path | None) -> tuple[int, ...] | None:
    return path.arcs if path is not None else None


@pytest.mark.parametrize("pair", PAIRS)
def test_the_root_of_every_corridor_is_the_planner_s_route(pair: tuple[str, str]) -> None:
    origin, destination = ends(pair)
    for corridor in reference.network().corridors.values():
        expected = planned(
            follow(
                reference.by_weight(reference.planner()),
                corridor,
                origin,
                destination,
                State.all_open,
            )
        )
        assert arcs_of(roads().along(corridor, origin, destination)) == expected, corridor.id


@pytest.mark.parametrize("pair", PAIRS)
def test_what_is_shut_now_gives_the_planner_s_route_as_last_known(pair: tuple[str, str]) -> None:
    origin, destination = ends(pair)
    shut = roads().shut_now()
    assert shut
    way = roads().free(origin, destination)
    expected = planned(
        reference.by_weight(reference.planner()).best(
            origin, destination, Scope(state=State.last_known)
        )
    )
    assert arcs_of(way, shut) == expected
    for corridor in reference.network().corridors.values():
        expected = planned(
            follow(
                reference.by_weight(reference.planner()),
                corridor,
                origin,
                destination,
                State.last_known,
            )
        )
        assert arcs_of(roads().along(corridor, origin, destination), shut) == expected


def test_any_elements_shut_give_the_route_of_a_world_in_which_they_are() -> None:
    network = reference.network()
    index = roads().index
    usable = [name for name in index.ids if network.elements[name].in_network]
    chosen = random.Random(11)
    priced = reference.by_weight(reference.planner())
    for pair in PAIRS[:4]:
        origin, destination = ends(pair)
        for _ in range(5):
            names = tuple(sorted(chosen.sample(usable, 6)))
            planner = priced.in_world(reference.world(close=names))
            shut = index.numbers(names)
            way = roads().free(origin, destination)
            assert arcs_of(way, shut) == planned(
                planner.best(origin, destination, Scope(state=State.all_open))
            )
            for name in ("kuap-road-torkham", "ktap-road-uz", "iran-chabahar"):
                corridor = network.corridors[name]
                along = roads().along(corridor, origin, destination)
                assert arcs_of(along, shut) == planned(
                    follow(planner, corridor, origin, destination, State.all_open)
                )


def test_links_in_place_of_elements_keep_the_route_and_its_ties() -> None:
    for pair in PAIRS[:3]:
        origin, destination = ends(pair)
        own, by_link = (
            roads().free(origin, destination),
            roads(links=True).free(origin, destination),
        )
        assert arcs_of(own) == arcs_of(by_link)
        assert by_link.tree is not None
        best = by_link.tree.best()
        assert best is not None
        link = index_links(reference.network()).ids[best.elements[len(best.elements) // 2]]
        planner = reference.by_weight(reference.planner()).in_world(reference.world(close=(link,)))
        assert arcs_of(by_link, (best.elements[len(best.elements) // 2],)) == planned(
            planner.best(origin, destination, Scope(state=State.all_open))
        )


def test_every_planned_crossing_knows_the_gate_beside_it() -> None:
    network = reference.network()
    index = index_elements(network)
    named = {(index.ids[planned], index.ids[gate]) for planned, gate in index.beside}
    assert named == {(e.id, e.beside) for e in network.elements.values() if e.beside}
    assert named


def test_unknown_elements_are_all_named() -> None:
    with pytest.raises(DataError, match="no element 'torkam'") as caught:
        roads().index.numbers(["torkam", "torkham-road", "nowhere"])
    assert len(caught.value.texts) == 2


def test_a_railway_that_is_not_built_has_no_way() -> None:
    corridor = reference.network().corridors["ktap-rail-uz"]
    assert roads().along(corridor, *ends(PAIRS[0])).tree is None
