"""What a state says of whom: one direction, relief, what is not built, what health shuts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.forecasts.closures import NOT_BUILT, fit_world, forecast
from karwan.analysis.world.state import State
from karwan.analysis.world.world import World
from tests import reference, worlds
from tests.worlds import CLOSURES, EAST, NEW, WEST, Lands

DAY = dt.date(2020, 3, 10)
SHUT = worlds.closure(
    "K20", EAST, "2020-03-01", end_status="ongoing", closed_at_least_until="2020-03-09"
)
PASSING = worlds.closure(
    "K21", EAST, "2020-03-05", end_status="ongoing", closed_at_least_until="2020-03-09",
    effect="pass", traffic_class="relief", direction="a_to_b", open_closed="no",
)  # fmt: skip


def passes(lands: Lands, world: World, cargo: str, *, forward: bool = True) -> bool:
    goods = lands.consignment("truck", cargo=cargo)
    arcs = Planner(world=world, consignment=goods).graph.arcs
    arc = next(a for a in arcs if a.link_id == "x-east" and a.forward is forward)
    return world.cut_of_arc(arc, goods, State.last_known) is None


def test_relief_passes_where_the_record_says_so_and_nothing_else_does(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, (*CLOSURES, SHUT, PASSING))
    world = lands.world(DAY)
    assert passes(lands, world, "relief")
    assert not passes(lands, world, "relief", forward=False), "told of one way only"
    assert not passes(lands, world, "general")
    assert world.element_status(EAST).kind == "shut"
    before = lands.world(dt.date(2020, 3, 4))
    assert not passes(lands, before, "relief"), "not before it was told"


def test_a_stop_of_one_direction_leaves_a_gate_limited(tmp_path: Path) -> None:
    one_way = SHUT | {"direction": "a_to_b", "open_closed": "no"}
    world = worlds.lands(tmp_path, (*CLOSURES, one_way)).world(DAY)
    assert world.element_status(EAST).kind == "limited"
    told = forecast(world, fit_world(world), EAST)
    assert told.state == "partial"
    assert told.shut_since is None


def test_what_is_not_built_is_never_shut_and_has_no_forecast(tmp_path: Path) -> None:
    beside = SHUT | {"id": "K22", "element_id": WEST, "episode": "K22"}
    world = worlds.lands(tmp_path, (*CLOSURES, beside)).world(DAY)
    assert world.element_status(WEST).kind == "shut"
    assert world.element_status(NEW).kind == NOT_BUILT
    told = forecast(world, fit_world(world), NEW)
    assert (told.state, told.reason) == (NOT_BUILT, NOT_BUILT)
    assert set(told.p_shut.values()) == set(told.p_new_closure.values()) == {None}
    assert told.p_open_within is None


def test_what_health_shuts_is_shut_in_the_forecast_too(tmp_path: Path) -> None:
    health = SHUT | {"cause": "health"}
    world = worlds.lands(tmp_path, (*CLOSURES, health)).world(DAY)
    model = fit_world(world)
    told = forecast(world, model, EAST)
    assert told.state == "shut"
    assert told.p_shut[1] is not None
    assert told.p_shut[1] > 0.5
    without = fit_world(worlds.lands(tmp_path, CLOSURES).world(DAY))
    assert model.history.episodes == without.history.episodes, "it enters no rate"


def test_ages_of_a_spell_and_of_its_evidence_are_apart(tmp_path: Path) -> None:
    world = worlds.lands(tmp_path, (*CLOSURES, SHUT)).world(DAY)
    told = forecast(world, fit_world(world), EAST)
    assert (told.age_days, told.evidence_age_days) == (9, 1)


def test_a_gate_only_reported_shut_is_shut_in_the_forecast(tmp_path: Path) -> None:
    gates = [
        row | {"status_kind": "shut", "status_asof": "2020-03-09"} if row["id"] == EAST else row
        for row in map(dict, worlds.crossing_rows())
    ]
    world = worlds.lands(tmp_path, border_crossings=gates).world(DAY)
    told = forecast(world, fit_world(world), EAST)
    assert (told.state, told.shut_since) == ("shut", dt.date(2020, 3, 9))
    assert told.p_shut[1] is not None
    assert told.p_shut[1] > 0.5


def test_un_aid_passes_the_gates_that_trade_does_not() -> None:
    """UN containers went through Torkham to Afghanistan from 4 December 2025."""
    world = reference.world()
    (torkham,) = world.record.passing("torkham-road", world.as_of)
    assert (torkham.traffic_class, torkham.direction) == ("relief", "a_to_b")
    assert world.record.passing("ghulam-khan-road", world.as_of) == ()
