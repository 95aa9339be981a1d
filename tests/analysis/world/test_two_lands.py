"""What bars an arc of the made lands and why, told whole; what a question may shut and open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.world.bars import Cut, CutKind
from karwan.analysis.world.state import State
from karwan.analysis.world.world import (
    Named,
    World,
    cuts_on,
    evidence_horizon,
    named_in,
    open_world,
)
from karwan.base.errors import DataError, NoEvidenceError
from karwan.data.catalog import Catalog
from karwan.evidence.records import NewClosure, add_closure
from karwan.network.vehicles import Consignment
from karwan.route.expand import Arc
from tests import worlds
from tests.worlds import EAST, NEW, PASS, PROJECT, RAIL, WEST, Lands, Row

MADE = "https://example.org/made"
DAY = dt.date(2020, 3, 1)
"""A day on which no closure runs and no season holds."""


def rule(ident: str, target: str, vehicles: str, effect: str = "bar", **more: object) -> Row:
    return {
        "id": ident, "link_or_crossing_id": target, "vehicle_class": vehicles, "effect": effect,
        "start": "2020-01-01", "rule": ident, **more,
    }  # fmt: skip


def ruled(folder: Path, *rules: Row, **changed: Sequence[Row]) -> Lands:
    return worlds.lands(folder, restrictions=rules, **changed)


def arc_of(
    lands: Lands, world: World, goods: Consignment, link: str, *, forward: bool = True
) -> Arc:
    arcs = Planner(world=world, consignment=goods).graph.arcs
    return next(a for a in arcs if a.link_id == link and a.forward is forward)


def cut(
    lands: Lands, world: World, link: str, *, forward: bool = True, state: State = State.last_known,
    unit: str = "truck", cargo: str = "general", carrier: str = "XN",
) -> Cut | None:  # fmt: skip
    goods = lands.consignment(unit, cargo=cargo, carrier=carrier)
    return world.cut_of_arc(arc_of(lands, world, goods, link, forward=forward), goods, state)


# What is told of a cut


def test_a_closure_is_told_whole(two_lands: Lands) -> None:
    assert cut(two_lands, two_lands.world(), "x-east") == Cut(
        id=EAST,
        name=EAST,
        kind=CutKind.closure,
        reason="political: K12",
        since=dt.date(2020, 5, 1),
        known_on=dt.date(2020, 6, 18),
        age_days=12,
        evidence=("K12",),
        source_url=MADE,
    )


def test_a_closure_of_the_gate_beside_is_told_with_that_gate(two_lands: Lands) -> None:
    world = two_lands.world(dt.date(2020, 6, 29), projects=(PROJECT,))
    assert cut(two_lands, world, "x-new") == Cut(
        id=NEW,
        name=NEW,
        kind=CutKind.closure,
        reason="as the gate beside it, west-road; political: K11",
        since=dt.date(2020, 6, 20),
        known_on=dt.date(2020, 6, 20),
        age_days=9,
        evidence=("K11",),
        source_url=MADE,
    )


def test_a_cause_of_two_words_is_told_as_two(tmp_path: Path) -> None:
    one = worlds.closure("K01", EAST, "2020-02-01", "2020-03-20", cause="trade_dispute")
    lands = worlds.lands(tmp_path, [one])
    told = cut(lands, lands.world(DAY), "x-east")
    assert told is not None
    assert told.reason == "trade dispute: K01"


def test_a_season_is_told_whole_by_its_line_or_link(two_lands: Lands, tmp_path: Path) -> None:
    winter = dt.date(2018, 1, 15)
    assert cut(two_lands, two_lands.world(winter), "s-east") == Cut(
        id=PASS,
        name=PASS,
        kind=CutKind.season,
        reason="shut by season, snow",
        since=None,
        known_on=None,
        age_days=None,
        evidence=(),
        source_url=MADE,
    )
    links = worlds.link_rows()
    links["road_links"] = [
        {**row, "seasonal_closure": "snow", "season_first_month": 1, "season_last_month": 1}
        if row["id"] == "n-west" else row for row in links["road_links"]
    ]  # fmt: skip
    lands = worlds.lands(tmp_path, **links)
    assert cut(lands, lands.world(winter), "n-west") == Cut(
        id="n-west",
        name="n-west",
        kind=CutKind.season,
        reason="shut by season, snow",
        since=None,
        known_on=None,
        age_days=None,
        evidence=(),
        source_url=MADE,
    )


@pytest.mark.parametrize(
    ("name", "link"),
    [(EAST, "x-east"), ("x-east", "x-east"), ("n-west", "n-west"), (PASS, "s-east")],
)
@pytest.mark.parametrize("state", [State.last_known, State.all_open])
def test_what_a_question_shuts_is_told_whole(
    two_lands: Lands, name: str, link: str, state: State
) -> None:
    world = two_lands.world(DAY, close=(name,))
    told = Cut(
        id=name,
        name=name,
        kind=CutKind.user,
        reason="shut in the question",
        since=None,
        known_on=None,
        age_days=None,
        evidence=(),
        source_url="",
    )
    for forward in (True, False):
        assert cut(two_lands, world, link, forward=forward, state=state) == told
    assert cut(two_lands, world, "s-west", state=state) is None


def test_names_are_told_where_they_differ_from_ids(tmp_path: Path) -> None:
    """An element, and a link that is none."""
    elements = [
        row | {"name": f"{row['element_id']} gate"} for row in map(dict, worlds.element_rows())
    ]
    lands = worlds.lands(tmp_path, elements=elements)
    told = cut(lands, lands.world(), "x-east")
    assert told is not None
    assert (told.id, told.name) == (EAST, "east-road gate")
    beside = cut(lands, lands.world(dt.date(2020, 6, 29), projects=(PROJECT,)), "x-new")
    assert beside is not None
    assert beside.name == "new-road gate"
    assert beside.reason == "as the gate beside it, west-road gate; political: K11"
    for name, link in ((WEST, "x-west"), (PASS, "s-east")):
        shut = cut(lands, lands.world(DAY, close=(name,)), link)
        assert shut is not None
        assert (shut.id, shut.name) == (name, f"{name} gate")
    barred = ruled(tmp_path / "ruled", rule("one", EAST, "all"), elements=elements)
    banned = cut(barred, barred.world(DAY), "x-east")
    assert banned is not None
    assert (banned.kind, banned.name) == (CutKind.restriction, "east-road gate")
    snow = cut(lands, lands.world(dt.date(2018, 1, 15)), "s-east")
    assert snow is not None
    assert snow.name == "pass-road gate"


# Reports without a spell


def reported(folder: Path, asof: str, closures: tuple[Row, ...] = ()) -> Lands:
    """Return the lands with the west gate reported shut on a day."""
    rows = [
        row | {"status_kind": "shut", "status_asof": asof, "status_source_url": "https://e.org/s"}
        if row["id"] == WEST else row for row in map(dict, worlds.crossing_rows())
    ]  # fmt: skip
    return worlds.lands(folder, closures, border_crossings=rows)


def test_a_report_without_a_spell_is_told_whole_from_its_day(tmp_path: Path) -> None:
    elsewhere = worlds.closure("K01", EAST, "2019-01-01", "2019-01-05")
    lands = reported(tmp_path, "2020-02-20", (elsewhere,))
    assert cut(lands, lands.world(DAY), "x-west") == Cut(
        id=WEST,
        name=WEST,
        kind=CutKind.closure,
        reason="reported shut; start not found",
        since=None,
        known_on=dt.date(2020, 2, 20),
        age_days=10,
        evidence=(),
        source_url="https://e.org/s",
    )
    assert cut(lands, lands.world(dt.date(2020, 2, 20)), "x-west") is not None
    assert cut(lands, lands.world(dt.date(2020, 2, 19)), "x-west") is None
    assert cut(lands, lands.world(DAY), "x-west", state=State.all_open) is None
    assert cut(lands, lands.world(DAY, open_=(WEST,)), "x-west") is None
    assert cut(lands, lands.world(DAY), "x-east") is None


def test_a_report_newer_than_a_closure_that_ended_cuts(tmp_path: Path) -> None:
    """Shut and open again a year before: the report is the newest that is known."""
    lands = reported(
        tmp_path, "2020-02-20", (worlds.closure("K01", WEST, "2019-01-01", "2019-01-05"),)
    )
    told = cut(lands, lands.world(DAY), "x-west")
    assert told is not None
    assert (told.since, told.known_on) == (None, dt.date(2020, 2, 20))


def test_a_report_makes_a_running_closure_known_later(tmp_path: Path) -> None:
    """Begun on 1 February, reported shut on the 20th; not known so on the 19th."""
    lands = reported(
        tmp_path, "2020-02-20", (worlds.closure("K01", WEST, "2020-02-01", "2020-03-20"),)
    )
    for day, known in ((DAY, 20), (dt.date(2020, 2, 20), 20), (dt.date(2020, 2, 19), 1)):
        told = cut(lands, lands.world(day), "x-west")
        assert told is not None
        assert told.known_on == dt.date(2020, 2, known)
    status = lands.world(DAY).crossing_status(WEST)
    assert (status.crossing_id, status.kind, status.age_days) == (WEST, "shut", 10)


def test_a_gate_shut_to_produce_alone_is_not_shut(two_lands: Lands) -> None:
    """Open since it reopened in March 2018, which is newer than the report of 2017."""
    status = two_lands.world(dt.date(2019, 1, 15)).crossing_status(EAST)
    reopened = dt.date(2018, 3, 11)
    assert (status.crossing_id, status.kind, status.known_on) == (EAST, "open", reopened)


def test_the_end_of_a_ban_on_produce_reopens_no_gate(tmp_path: Path) -> None:
    ban = worlds.closure(
        "K01", WEST, "2020-01-01", "2020-02-25", traffic_class="produce", open_closed="no"
    )
    status = reported(tmp_path, "2020-02-20", (ban,)).world(DAY).crossing_status(WEST)
    told = dt.date(2020, 2, 20)
    assert (status.crossing_id, status.kind, status.known_on) == (WEST, "shut", told)


# Whom a closure binds


@pytest.mark.parametrize(
    ("traffic", "unit", "cargo", "carrier", "shut"),
    [
        ("cargo", "truck", "general", "XN", True),
        ("trailer", "40ft", "general", "XN", True),
        ("trailer", "truck", "general", "XN", False),
        ("pedestrian", "40ft", "fresh", "XN", False),
        ("foreign_trucks", "truck", "general", "XN", True),
        ("foreign_trucks", "truck", "general", "XS", False),
        ("produce", "truck", "fresh", "XN", True),
        ("produce", "40ft", "general", "XN", False),
    ],
)
def test_a_closure_binds_its_traffic(
    tmp_path: Path, traffic: str, unit: str, cargo: str, carrier: str, *, shut: bool
) -> None:
    one = worlds.closure(
        "K01", PASS, "2020-02-01", "2020-03-20", traffic_class=traffic, open_closed="no"
    )
    lands = worlds.lands(tmp_path, [one])
    found = cut(lands, lands.world(DAY), "s-east", unit=unit, cargo=cargo, carrier=carrier)
    assert (found is not None) is shut


def test_one_way_beside_a_gate_that_names_its_sides_the_other_way_round(tmp_path: Path) -> None:
    """West is shut out of North; side a of the new gate lies in South."""
    one = worlds.closure(
        "K01", WEST, "2020-02-01", "2020-03-20", direction="a_to_b", open_closed="no"
    )
    links = worlds.link_rows()
    links["road_links"] = [
        {**row, "from_id": "new-s", "to_id": "west-n", "countries": "XS;XN"}
        if row["id"] == "x-new" else row for row in links["road_links"]
    ]  # fmt: skip
    turned = {"side_a": "new-s", "side_a_country": "XS", "side_b": "west-n", "side_b_country": "XN"}
    gates = [dict(row) | turned if row["id"] == NEW else row for row in worlds.crossing_rows()]
    lands = worlds.lands(tmp_path, [one], border_crossings=gates, **links)
    world = lands.world(DAY, projects=(PROJECT,))
    for link, southwards in (("x-west", True), ("x-new", False)):
        assert cut(lands, world, link, forward=southwards) is not None
        assert cut(lands, world, link, forward=not southwards) is None
    back = tuple(replace(spell, direction="b_to_a") for spell in world.running[WEST])
    other = replace(world, running={WEST: back})
    for link, southwards in (("x-west", True), ("x-new", False)):
        assert cut(lands, other, link, forward=southwards) is None
        assert cut(lands, other, link, forward=not southwards) is not None


# Rules on vehicles


def test_a_ban_is_told_whole(tmp_path: Path) -> None:
    """On a link, on a crossing and on a land's roads."""
    lands = ruled(
        tmp_path,
        rule("no trailers", "n-west", "trailer"),
        rule("day only", EAST, "all", start=""),
        rule("no transit", "country:XS", "foreign_transit_truck", source_url="https://e.org/r"),
    )
    world = lands.world(DAY)
    start, days = dt.date(2020, 1, 1), 60
    assert cut(lands, world, "n-west", unit="40ft", state=State.all_open) == Cut(
        id="n-west",
        name="n-west",
        kind=CutKind.restriction,
        reason="trailer: no trailers",
        since=start,
        known_on=start,
        age_days=days,
        evidence=("no trailers",),
        source_url=MADE,
    )
    assert cut(lands, world, "n-west") is None
    assert cut(lands, world, "x-east") == Cut(
        id=EAST,
        name=EAST,
        kind=CutKind.restriction,
        reason="all: day only",
        since=None,
        known_on=None,
        age_days=None,
        evidence=("day only",),
        source_url=MADE,
    )
    assert cut(lands, world, "s-west") == Cut(
        id="s-west",
        name="s-west",
        kind=CutKind.restriction,
        reason="foreign transit truck: no transit",
        since=start,
        known_on=start,
        age_days=days,
        evidence=("no transit",),
        source_url="https://e.org/r",
    )
    assert cut(lands, world, "s-west", carrier="XS") is None
    assert cut(lands, world, "n-east", carrier="XS") is None
    assert cut(lands, world, "x-west") is None, "a truck of either land is at home on it"
    told = cut(lands, world, "s-east")
    assert told is not None
    assert (told.id, told.name) == (PASS, PASS)


def test_rules_of_the_road_leave_rails_alone(tmp_path: Path) -> None:
    lands = ruled(tmp_path, rule("none", "country:XN", "all"), rule("rail", RAIL, "all"))
    world = lands.world(DAY)
    assert cut(lands, world, "n-east") is not None
    assert cut(lands, world, "r-x", unit="wagon") is None


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("2020-03-01", "", True),
        ("2020-03-02", "", False),
        ("", "2020-03-02", True),
        ("2020-01-01", "2020-03-01", False),
        ("2020-01-01", "2020-03-02", True),
    ],
)
def test_a_rule_holds_from_its_start_to_the_day_before_its_end(
    tmp_path: Path, start: str, end: str, *, holds: bool
) -> None:
    lands = ruled(tmp_path, rule("one", "n-east", "all", start=start, end=end))
    world = lands.world(DAY)
    assert [one.id for one in world.rules_in_force("bar")] == (["one"] if holds else [])
    assert world.rules_in_force("slow") == ()


def test_a_newer_rule_on_the_same_place_replaces_one_without_an_end(tmp_path: Path) -> None:
    """Whatever their order; one that has an end of its own, or no start, stands beside it."""
    lands = ruled(
        tmp_path,
        rule("newest", "n-east", "all", start="2020-02-01"),
        rule("old", "n-east", "all", start="2019-01-01"),
        rule("older", "n-east", "all", start="2018-01-01"),
        rule("ends", "n-east", "all", start="2018-01-01", end="2021-01-01"),
        rule("always", "n-east", "all", start=""),
        rule("other", "n-west", "all", start="2018-01-01"),
        rule("to come", "n-west", "all", start="2020-04-01"),
        rule("slow", "n-east", "all", "slow", start="2020-02-15"),
    )
    found = [one.id for one in lands.world(DAY).rules_in_force("bar")]
    assert found == ["newest", "ends", "always", "other"]


def test_cargo_changes_trucks_by_the_carrier_s_class(tmp_path: Path) -> None:
    names: list[Row] = [
        {"country": "XN", "name": "North", "truck_class": "northern_truck"},
        {"country": "XS", "name": "South"},
    ]
    lands = ruled(
        tmp_path,
        rule("all swap", EAST, "all", "transfer"),
        rule("north swaps", WEST, "northern_truck", "transfer"),
        rule("barred", NEW, "all"),
        country_names=names,
    )
    world = lands.world(DAY)
    assert world.swaps(lands.consignment()) == {EAST: "all swap", WEST: "north swaps"}
    assert world.swaps(lands.consignment(carrier="XS")) == {EAST: "all swap"}


# What a question may name


def test_a_place_to_shut_is_its_gates(two_lands: Lands) -> None:
    """West-n is a side of two gates, one not built; both are shut."""
    assert two_lands.world(close=("west-n",)).shut_ids == {WEST, NEW}
    assert two_lands.world(close=("east-s", "n-west")).shut_ids == {EAST, RAIL, "n-west"}
    assert two_lands.world(open_=(EAST,)).open_ids == {EAST}


PLACE = "that is a place; name a crossing, a line or a link"


@pytest.mark.parametrize(
    ("asked", "faults"),
    [
        ({"close": ("nowhere",)}, ["closed|nowhere|No crossing, line, link or place 'nowhere'."]),
        ({"close": ("ncity",)}, [f"closed|ncity|{PLACE}"]),
        ({"open_": ("west-s",)},
         [f"opened|west-s|{PLACE}: west-road"]),
        ({"open_": ("east-n",)},
         [f"opened|east-n|{PLACE}: east-road or east-rail"]),
        ({"close": ("XN",)},
         ["closed|XN|that is a country; only a crossing, a line or a link can be shut or opened"]),
        ({"open_": (NEW,)}, ["opened|new-road|not built; switch on its project new-gate"]),
        ({"open_": ("s-new", "x-new")}, ["opened|x-new|not built; switch on its project new-gate"]),
        ({"close": (EAST,), "open_": (EAST,)}, ["opened|east-road|it is both closed and opened"]),
        ({"close": (EAST, WEST), "open_": ("x-east",)},
         ["opened|x-east|it is both closed and opened, as part of east-road"]),
        ({"projects": ("new-gat",)},
         ["projects|new-gat|No project 'new-gat'. Did you mean 'new-gate'?"]),
        ({"close": ("nowhere",), "open_": (NEW,), "projects": ("none",)},
         ["closed|nowhere|No crossing, line, link or place 'nowhere'.",
          "projects|none|No project 'none'. Known: new-gate.",
          "opened|new-road|not built; switch on its project new-gate"]),
    ],
)  # fmt: skip
def test_each_fault_of_a_question_stands_under_its_key(
    two_lands: Lands, asked: dict[str, Any], faults: list[str]
) -> None:
    with pytest.raises(DataError, match="the question") as caught:
        two_lands.world(**asked)
    assert [f"{f.key}|{f.given}|{f.text}" for f in caught.value.faults] == faults


def test_an_announced_gate_may_be_opened_once_its_project_is_on(two_lands: Lands) -> None:
    assert two_lands.world(open_=(NEW,), projects=(PROJECT,)).open_ids == {NEW}
    later = named_in(two_lands.network, (), (NEW,), built=frozenset({PROJECT}))
    assert later == Named(frozenset(), frozenset({NEW}), frozenset())
    world = two_lands.world().with_projects((PROJECT,))
    assert world.projects == two_lands.world(projects=(PROJECT,)).projects == {PROJECT}


def test_an_unbuilt_link_of_no_project_may_not_be_opened(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, projects=[], corridors=[])
    with pytest.raises(DataError, match=r"opened new-road: not built$"):
        lands.world(open_=(NEW,))


def test_an_element_that_governs_no_link_cannot_be_shut(tmp_path: Path) -> None:
    elements = [
        row | ({"in_network": "no", "links": ""} if row["element_id"] == "yard-rail" else {})
        for row in map(dict, worlds.element_rows())
    ]
    lands = worlds.lands(tmp_path, elements=elements)
    with pytest.raises(
        DataError, match="closed yard-rail: yard-rail governs no link of the network"
    ):
        lands.world(close=("yard-rail",))


def test_a_gate_of_two_projects_names_both(tmp_path: Path) -> None:
    both: list[Row] = [
        {"project_id": name, "name": name, "project_links": "x-new",
         "build_state": "announced", "status_note": "announced"}
        for name in (PROJECT, "other")
    ]  # fmt: skip
    lands = worlds.lands(tmp_path, projects=both)
    with pytest.raises(DataError, match=r"not built; switch on its project new-gate or other$"):
        lands.world(open_=(NEW,))


def test_a_world_reads_its_own_network(two_lands: Lands) -> None:
    found = open_world(two_lands.catalog, DAY)
    assert set(found.network.links) == set(two_lands.network.links)


# Evidence and paths


def test_what_a_workspace_learned_later_is_not_used_before(tmp_path: Path) -> None:
    """Shut since 1 March, as told on the 10th: unknown on the 9th."""
    row = NewClosure(
        element_id=WEST,
        mode="road",
        start="2020-03-01",
        end="",
        end_status="ongoing",
        seen_until="2020-03-10",
        traffic_class="all",
        direction="both",
        cause="weather",
        episode="",
        note="snow",
        source_url="https://example.org",
        source_date="2020-03-10",
        grade="A",
    )
    catalog = Catalog(worlds.write_tables(tmp_path / "tables"), tmp_path / "workspace")
    (tmp_path / "workspace").mkdir()
    day = dt.date(2020, 3, 10)
    add_closure(
        tmp_path / "workspace", row, who="desk", when="2020-03-10T10:00:00+00:00", today=day
    )
    lands = Lands(catalog)
    assert WEST in lands.world(day).running
    assert WEST not in lands.world(day - dt.timedelta(days=1)).running


def test_the_newest_evidence_on_or_before_the_day(tmp_path: Path) -> None:
    """Closures, statuses of gates and starts of rules count; all on the day itself too."""
    lands = ruled(tmp_path, rule("one", "n-east", "all", start="2020-02-10"))
    assert lands.world(DAY).evidence_horizon == dt.date(2020, 2, 10)
    assert lands.world(dt.date(2020, 2, 10)).evidence_horizon == dt.date(2020, 2, 10)
    assert lands.world(dt.date(2020, 2, 9)).evidence_horizon == dt.date(2019, 9, 11)
    assert lands.world(dt.date(2017, 6, 1)).evidence_horizon == dt.date(2017, 6, 1)


def test_before_all_evidence_there_is_none(two_lands: Lands) -> None:
    first = min(two_lands.world().record.dates)
    world = two_lands.world()
    assert evidence_horizon(two_lands.network, world.record, first) == first
    before = first - dt.timedelta(days=1)
    told = (
        f"^No evidence dated on or before {before}: the first is of {first}. Ask of a later date.$"
    )
    with pytest.raises(NoEvidenceError, match=told):
        two_lands.world(before)
    with pytest.raises(DataError, match="2 faults in the question") as caught:
        two_lands.world(before, close=("nowhere",))
    assert [(f.key, f.given) for f in caught.value.faults] == [
        ("closed", "nowhere"), ("as_of", str(before)),
    ]  # fmt: skip
    assert caught.value.faults[1].text == told.strip("^$")


def test_what_cuts_a_path_is_named_once_in_the_order_met(two_lands: Lands) -> None:
    world = two_lands.world(close=(PASS,))
    goods = two_lands.consignment()
    graph = Planner(world=world, consignment=goods).graph
    links = ("s-east", "x-east", "n-east", "s-east")
    arcs = [arc_of(two_lands, world, goods, link, forward=False).id for link in links]
    assert [c.id for c in cuts_on(world, graph, goods, arcs, State.last_known)] == [PASS, EAST]
    assert [c.id for c in cuts_on(world, graph, goods, arcs, State.all_open)] == [PASS]
