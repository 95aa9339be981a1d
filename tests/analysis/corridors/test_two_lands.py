"""Statuses, cuts and rankings in the two made lands, on the days where a rule turns."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from karwan.analysis.corridors.comparison import Comparison
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from tests import worlds
from tests.worlds import AS_OF, EAST, NEW, PASS, PROJECT, WEST, Lands


def cut(
    lands: Lands, world: World, link: str, cargo: str = "general", *, forward: bool = True,
    state: State = State.last_known,
) -> Cut | None:  # fmt: skip
    """Return what bars a link in a world to a truck."""
    consignment = lands.consignment(cargo=cargo)
    graph = Planner(world=world, consignment=consignment).graph
    arc = next(a for a in graph.arcs if a.link_id == link and a.forward is forward)
    return world.cut_of_arc(arc, consignment, state)


def compare(lands: Lands, world: World, state: State = State.last_known) -> Comparison:
    """Return the comparison from city to city."""
    network = lands.network
    return Desk(lands.planner(world)).compare(network.place("ncity"), network.place("scity"), state)


@pytest.mark.parametrize(
    ("day", "cargo", "shut"),
    [
        (dt.date(2018, 12, 31), "fresh", False),
        (dt.date(2019, 1, 1), "fresh", True),
        (dt.date(2019, 1, 31), "fresh", True),
        (dt.date(2019, 2, 1), "fresh", False),
        (dt.date(2019, 1, 15), "general", False),
    ],
)
def test_a_ban_on_produce_binds_fresh_goods_only(
    two_lands: Lands, day: dt.date, cargo: str, shut: bool
) -> None:
    barred = cut(two_lands, two_lands.world(day), "x-east", cargo)
    assert (barred is not None) is shut
    if barred is not None:
        assert barred.evidence == ("K05",)


def test_a_one_way_closure_binds_one_way(two_lands: Lands) -> None:
    world = two_lands.world(dt.date(2019, 9, 5))
    assert cut(two_lands, world, "x-west") is not None
    assert cut(two_lands, world, "x-west", forward=False) is None


def test_a_cut_is_known_on_the_newest_day_of_its_evidence(two_lands: Lands) -> None:
    """Begun on 1 May, seen on 16 June, told of on 18 June: 12 days before the as-of date."""
    barred = cut(two_lands, two_lands.world(), "x-east")
    assert barred is not None
    assert (barred.since, barred.known_on) == (dt.date(2020, 5, 1), dt.date(2020, 6, 18))
    assert (barred.age_days, barred.last_known) == (12, False)
    status = two_lands.world().crossing_status(EAST)
    assert (status.kind, status.known_on) == ("shut", dt.date(2020, 6, 18))


def test_evidence_of_a_later_day_does_not_count(two_lands: Lands) -> None:
    """Begun on 1 May and seen on 16 June: told of on 18 June, and nobody knew before."""
    told = cut(two_lands, two_lands.world(dt.date(2020, 6, 18)), "x-east")
    assert told is not None
    assert told.known_on == dt.date(2020, 6, 18)
    for day in (dt.date(2020, 5, 10), dt.date(2020, 6, 17)):
        assert cut(two_lands, two_lands.world(day), "x-east") is None


@pytest.mark.parametrize(("age_days", "last_known"), [(14, False), (15, True)])
def test_a_status_is_last_known_from_the_fifteenth_day(
    two_lands: Lands, age_days: int, last_known: bool
) -> None:
    status = two_lands.world(dt.date(2017, 6, 1) + dt.timedelta(days=age_days)).crossing_status(
        WEST
    )
    assert (status.kind, status.age_days, status.last_known) == ("open", age_days, last_known)


def test_a_status_of_a_later_day_is_unknown(two_lands: Lands) -> None:
    status = two_lands.world(dt.date(2017, 5, 31)).crossing_status(WEST)
    assert (status.kind, status.known_on, status.last_known) == ("unknown", None, True)
    on_the_day = two_lands.world(dt.date(2017, 6, 1)).crossing_status(WEST)
    assert (on_the_day.kind, on_the_day.age_days) == ("open", 0)


def shut_west(folder: Path, asof: str) -> Lands:
    """Return the lands with the west gate reported shut on a day."""
    rows = [
        row | {"status_kind": "shut", "status_asof": asof} if row["id"] == WEST else row
        for row in map(dict, worlds.crossing_rows())
    ]
    return worlds.lands(folder, border_crossings=rows)


def test_a_gate_reported_shut_is_open_from_the_day_it_reopened(tmp_path: Path) -> None:
    """Shut on 25 June, its closure ended on the 30th: open on that day and unknown on no other."""
    lands = shut_west(tmp_path, "2020-06-25")
    status = lands.world().crossing_status(WEST)
    assert (status.kind, status.known_on, status.age_days) == ("open", AS_OF, 0)
    before = lands.world(AS_OF - dt.timedelta(days=1)).crossing_status(WEST)
    assert (before.kind, before.known_on) == ("shut", dt.date(2020, 6, 25))


def test_a_reopening_after_the_day_is_not_known(tmp_path: Path) -> None:
    """The record of 30 June, looked at as of the 25th: that the gate reopened comes later."""
    lands = shut_west(tmp_path, "2020-06-21")
    looking_back = replace(lands.world(), as_of=dt.date(2020, 6, 25))
    status = looking_back.crossing_status(WEST)
    assert (status.kind, status.known_on) == ("shut", dt.date(2020, 6, 21))


def test_a_report_newer_than_every_closure_that_ended_cuts(tmp_path: Path) -> None:
    """Its closures ended in 2019; reported shut in January, no closure of that time on record."""
    old = [row for row in worlds.CLOSURES if row["id"] != "K11"]
    rows = [
        row | {"status_kind": "shut", "status_asof": "2020-01-15"} if row["id"] == WEST else row
        for row in map(dict, worlds.crossing_rows())
    ]
    world = worlds.lands(tmp_path, old, border_crossings=rows).world()
    status = world.crossing_status(WEST)
    assert (status.kind, status.known_on) == ("shut", dt.date(2020, 1, 15))
    planner = worlds.lands(tmp_path, old, border_crossings=rows).planner(world)
    west = next(arc for arc in planner.graph.arcs if arc.element_id == WEST)
    cut = world.cut_of_arc(west, planner.consignment, State.last_known)
    assert cut is not None
    assert (cut.reason, cut.known_on) == ("reported shut; start not found", dt.date(2020, 1, 15))


def test_a_reopening_before_the_report_is_no_news(tmp_path: Path) -> None:
    lands = shut_west(tmp_path, "2020-06-30")
    status = lands.world().crossing_status(WEST)
    assert (status.kind, status.known_on) == ("shut", AS_OF)


@pytest.mark.parametrize(("month", "shut"), [(12, False), (1, True), (2, True), (3, False)])
def test_the_pass_is_shut_by_snow_in_its_months_whatever_is_open(
    two_lands: Lands, month: int, shut: bool
) -> None:
    world = two_lands.world(dt.date(2018, month, 15))
    barred = cut(two_lands, world, "s-east", state=State.all_open)
    assert (barred is not None) is shut
    if barred is not None:
        assert (barred.kind, barred.id) == ("season", PASS)


@pytest.mark.parametrize(
    ("day", "shut"),
    [(dt.date(2019, 2, 28), True), (dt.date(2019, 3, 5), True), (dt.date(2019, 3, 6), False)],
)
def test_a_line_is_open_again_on_the_day_its_closure_ends(
    two_lands: Lands, day: dt.date, shut: bool
) -> None:
    """The snow goes with February, the landslide lies from 1 to 5 March."""
    assert (cut(two_lands, two_lands.world(day), "s-east") is not None) is shut


def test_what_is_only_context_is_not_ranked(two_lands: Lands) -> None:
    """The railway is open and shown, and has no place in the order."""
    compared = compare(two_lands, two_lands.world(), State.all_open)
    assert compared.answer("by-rail").status == "open"
    assert {rank.corridor_id for rank in compared.ranking.ranks} == {"by-east", "by-west"}


def test_a_corridor_of_an_announced_gate_is_not_built_until_it_is_switched_on(
    two_lands: Lands,
) -> None:
    announced = compare(two_lands, two_lands.world()).answer("by-new")
    assert announced.status == "not_built"
    assert announced.open_journey is not None
    assert announced.open_journey.distance_km == 300 + 12 + 60
    built = compare(two_lands, two_lands.world(projects=(PROJECT,))).answer("by-new")
    assert (built.status, built.open_journey) == ("open", built.journey)


def test_an_announced_gate_is_shut_with_the_gate_beside_it(two_lands: Lands) -> None:
    """West is shut from 20 to 29 June: so would the new gate be, unless West is opened."""
    day = dt.date(2020, 6, 29)
    world = two_lands.world(day, projects=(PROJECT,))
    barred = cut(two_lands, world, "x-new")
    assert barred is not None
    assert (barred.id, barred.evidence) == (NEW, ("K11",))
    opened = two_lands.world(day, projects=(PROJECT,), open_=(WEST,))
    assert cut(two_lands, opened, "x-new") is None
    assert cut(two_lands, two_lands.world(projects=(PROJECT,)), "x-new") is None
