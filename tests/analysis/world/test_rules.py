"""Who is bound by what: seasons, carriers, traffic classes, directions, reports without a spell."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from karwan.analysis.corridors.corridors import follow
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from karwan.base.provenance import Source
from karwan.evidence.closures import ClosureRecord
from karwan.evidence.spells import Spell
from karwan.network.vehicles import Consignment
from tests import reference

GATE = "khunjerab-road"


def kinds(world: World, link: str, goods: Consignment, state: State) -> set[str]:
    """Return what bars a link to a shipment, in either direction; a blank for nothing."""
    arcs = [arc for arc in reference.planner().graph.arcs if arc.link_id == link]
    assert len(arcs) == 2
    cuts = [world.cut_of_arc(arc, goods, state) for arc in arcs]
    return {cut.kind if cut else "" for cut in cuts}


def running(traffic_class: str, direction: str = "both") -> World:
    """Return a world in which nothing is shut but one gate, to one class of traffic."""
    spell = Spell(
        closure_id="T1",
        element_id=GATE,
        mode="road",
        traffic_class=traffic_class,
        direction=direction,
        start=dt.date(2026, 7, 1),
        end=None,
        end_status="ongoing",
        seen_until=None,
        cause="political",
        description="made for a test",
        episode="E1",
        calendar=False,
        source=Source("https://example.org", "2026-07-01", "A"),
    )
    return replace(reference.world(as_of=dt.date(2026, 7, 20)), running={GATE: (spell,)})


@pytest.mark.parametrize("state", [State.last_known, State.all_open])
@pytest.mark.parametrize(("month", "shut"), [(1, True), (7, False)])
def test_a_season_shuts_a_link_in_its_months_and_opening_the_gates_lifts_none(
    state: State, month: int, *, shut: bool
) -> None:
    seasonal = [
        link.id
        for link in reference.network().links.values()
        if 1 in link.season_months and 7 not in link.season_months and link.built
    ]
    assert seasonal
    world = replace(reference.world(as_of=dt.date(2026, month, 15)), running={})
    for link in seasonal:
        assert ("season" in kinds(world, link, reference.consignment(), state)) is shut


@pytest.mark.parametrize(
    ("traffic_class", "shut"),
    [("all", True), ("cargo", True), ("pedestrian", False), ("trailer", False)],
)
def test_a_closure_binds_its_class_of_traffic(traffic_class: str, *, shut: bool) -> None:
    """On foot is not freight, and a rule on trailers leaves trucks alone."""
    found = kinds(running(traffic_class), f"x-{GATE}", reference.consignment(), State.last_known)
    assert found == ({"closure"} if shut else {""})


def test_a_closure_to_trailers_stops_a_40_ft_box() -> None:
    world, box = running("trailer"), reference.consignment("40ft")
    assert kinds(world, f"x-{GATE}", box, State.last_known) == {"closure"}


@pytest.mark.parametrize(("carrier", "shut"), [("PK", False), ("CN", False), ("KZ", True)])
def test_a_closure_to_foreign_trucks_spares_those_of_the_frontier(
    carrier: str, *, shut: bool
) -> None:
    goods = reference.consignment("truck", carrier)
    found = kinds(running("foreign_trucks"), f"x-{GATE}", goods, State.last_known)
    assert found == ({"closure"} if shut else {""})


def test_a_closure_of_one_direction_leaves_the_other_open() -> None:
    found = kinds(
        running("cargo", "a_to_b"), f"x-{GATE}", reference.consignment(), State.last_known
    )
    assert found == {"closure", ""}


@pytest.mark.parametrize(("carrier", "shut"), [("KZ", True), ("UZ", False)])
def test_a_ban_on_foreign_carriers_spares_those_at_home(carrier: str, *, shut: bool) -> None:
    """Kamchik was barred to foreign transit until 2018-07-21 (restrictions, kamchik-foreign).

    The source that tells of the bar is of the day on which it ended; so a world in which it had
    been told of in January.
    """
    world = reference.world(as_of=dt.date(2018, 5, 15))
    assert kinds(
        world, "angren--kamchik", reference.consignment("truck", carrier), State.all_open
    ) == {""}
    told = tuple(
        replace(rule, published=dt.date(2018, 1, 1)) for rule in world.network.restrictions
    )
    world = replace(world, network=replace(world.network, restrictions=told))
    found = kinds(world, "angren--kamchik", reference.consignment("truck", carrier), State.all_open)
    assert found == ({"restriction"} if shut else {""})
    later = reference.world(as_of=dt.date(2018, 7, 21))
    goods = reference.consignment("truck", carrier)
    assert kinds(later, "angren--kamchik", goods, State.all_open) == {""}


@pytest.mark.parametrize(
    ("day", "shut"), [(dt.date(2026, 10, 4), True), (dt.date(2026, 10, 3), False)]
)
def test_a_crossing_reported_shut_is_shut_from_its_report_without_a_spell(
    day: dt.date, *, shut: bool
) -> None:
    """Torkham's report is of 2026-10-04; a record that holds nothing must not open it."""
    bare = replace(reference.world(as_of=day), running={}, record=ClosureRecord(spells=()))
    found = kinds(bare, "x-torkham-road", reference.consignment(), State.last_known)
    assert found == ({"closure"} if shut else {""})


def test_a_corridor_with_one_crossing_turned_round_leads_nowhere() -> None:
    """Tokens are directed: Torkham from Pakistan is no way from Kabul."""
    corridor = reference.network().corridors["kuap-road-torkham"]
    ends = [reference.network().place(name) for name in ("almaty", "karachi")]
    turned = replace(
        corridor,
        tokens=tuple(token.replace("torkham-road<", "torkham-road>") for token in corridor.tokens),
    )
    planner = reference.planner()
    assert follow(planner, corridor, ends[0], ends[1], State.all_open) is not None
    assert follow(planner, turned, ends[0], ends[1], State.all_open) is None
