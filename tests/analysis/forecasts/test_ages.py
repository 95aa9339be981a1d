"""How old the states are that an answer rests on: made worlds, and the commands' own answers."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.decisions.due import p_changed
from karwan.analysis.forecasts.ages import GateAge, age_lines, gate_ages
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.world.question import Premises, ask
from karwan.analysis.world.state import State
from karwan.api.corridors import route_asked
from karwan.api.futures import reliability_asked
from karwan.api.tripping import trips_asked
from karwan.main import main
from tests import worlds
from tests.worlds import AS_OF, EAST, PASS, WEST

LATER = dt.date(2020, 7, 10)
"""The east gate was last known shut 22 days before, the west opened 10 days before."""
RUNNING = (
    *worlds.CLOSURES[:-1],
    dict(worlds.CLOSURES[-1]) | {"end_status": "ongoing"},
)


def by_id(ages: tuple[GateAge, ...]) -> dict[str, GateAge]:
    return {one.element_id: one for one in ages}


def test_ages_are_of_the_last_report_and_past_three_weeks_widened_by_survival(
    tmp_path: Path,
) -> None:
    world = worlds.lands(tmp_path, RUNNING).world(LATER)
    ages = by_id(gate_ages(world, [WEST, EAST]))
    assert (ages[EAST].state, ages[EAST].age_days) == ("shut", 22)
    assert (ages[WEST].state, ages[WEST].age_days) == ("open", 10)
    still = float(fit_world(world).p_still(EAST, [0.0])[0])
    east = ages[EAST]
    assert east.p_changed is not None
    assert east.p_low is not None
    assert east.p_high is not None
    assert_allclose(east.p_changed, 1 - still)
    assert east.p_low < east.p_changed < east.p_high
    assert ages[WEST].p_changed is None, "a state of 10 days is looked at again, not widened"


def test_on_the_day_that_tells_of_21_days_nothing_is_widened_yet(tmp_path: Path) -> None:
    (age,) = gate_ages(worlds.lands(tmp_path, RUNNING).world(LATER - dt.timedelta(days=1)), [EAST])
    assert (age.age_days, age.p_changed) == (21, None)


def test_what_was_open_long_ago_may_have_shut_since(tmp_path: Path) -> None:
    later = worlds.lands(tmp_path, RUNNING).world(AS_OF + dt.timedelta(days=100))
    (age,) = gate_ages(later, [WEST])
    assert (age.state, age.age_days) == ("open", 100)
    assert age.p_changed is not None
    assert_allclose(age.p_changed, fit_world(later).p_new_shut(WEST, 100.0))


def test_of_what_a_calendar_shuts_no_onset_is_told_as_an_opening(tmp_path: Path) -> None:
    """A season that shuts a gate is no closure of the law, so nothing tells when it opens."""
    season = worlds.closure(
        "K13", WEST, "2020-06-30", calendar="yes", end_status="ongoing",
        closed_at_least_until="2020-07-01",
    )  # fmt: skip
    world = worlds.lands(tmp_path, (*worlds.CLOSURES, season)).world(dt.date(2020, 8, 30))
    (age,) = gate_ages(world, [WEST])
    assert (age.state, age.age_days) == ("shut", 60)
    assert (age.p_changed, age.p_low, age.p_high) == (None, None, None)
    assert p_changed(fit_world(world), WEST, age.state, age.age_days) is None


def test_what_the_question_shuts_or_opens_rests_on_no_report(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, RUNNING)
    assert gate_ages(lands.world(LATER, close=[WEST], open_=[EAST]), [WEST, EAST]) == ()
    assert gate_ages(lands.world(LATER), ["nothing"]) == ()


def test_lines_name_the_likeliest_to_have_changed_and_say_nothing_of_what_is_new(
    tmp_path: Path,
) -> None:
    world = worlds.lands(tmp_path, RUNNING).world(LATER)
    told = "\n".join(age_lines(gate_ages(world, [WEST, EAST])))
    assert "warning: old: " in told
    assert "shut, seen 22 days ago (opened by now: " in told
    assert "look again: " in told
    assert age_lines(gate_ages(worlds.lands(tmp_path, RUNNING).world(AS_OF), [WEST])) == []


def test_route_reliability_and_trips_tell_the_same_ages(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, RUNNING)
    world, shipment = lands.world(LATER), None
    asked = ask(lands.catalog, ("ncity", "scity"), Premises(as_of=LATER), shipment=shipment)
    planner = lands.planner(world)
    answers = (
        route_asked(planner, asked),
        reliability_asked(planner, asked, on=LATER + dt.timedelta(days=30)),
        trips_asked(planner, asked, policy="wait", path_count=50),
    )
    every = [answer.to_dict()["gate_ages"] for answer in answers]
    for ages in every:
        assert ages
        own = {one.element_id: one for one in gate_ages(world, [one["element"] for one in ages])}
        assert all(own[one["element"]].age_days == one["evidence_age_days"] for one in ages)
    assert all(answer.age_lines() for answer in answers)


def test_with_every_gate_open_an_answer_rests_on_no_state(tmp_path: Path) -> None:
    lands = worlds.lands(tmp_path, RUNNING)
    premises = Premises(as_of=LATER, state=State.all_open)
    asked = ask(lands.catalog, ("ncity", "scity"), premises)
    answer = route_asked(lands.planner(lands.world(LATER)), asked)
    assert "gate_ages" not in answer.to_dict()
    assert answer.age_lines() == []


def test_a_line_of_which_nothing_was_told_is_left_out(tmp_path: Path) -> None:
    assert gate_ages(worlds.lands(tmp_path, closures=()).world(LATER), [PASS]) == ()


@pytest.mark.parametrize(
    "words", [("compare", "almaty", "karachi"), ("queue", "torkham"), ("target", "KAZ-PAK")]
)
def test_the_commands_carry_the_age_of_each_gate(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """Torkham was last seen shut on 4 October 2026 (RFE/RL), 49 days before."""
    asked = [*words, "--as-of", "2026-11-22"]
    assert main([*asked, "--format", "json"]) == 0
    ages = {one["element"]: one for one in json.loads(capsys.readouterr().out)["gate_ages"]}
    torkham = ages["torkham-road"]
    assert (torkham["state"], torkham["state_as_of"]) == ("shut", "2026-10-04")
    assert (torkham["evidence_age_days"], torkham["staleness"]) == (49, "warning: old")
    assert torkham["p_low"] < torkham["p_changed"] < torkham["p_high"]
    assert main(asked) == 0
    assert "warning: old: " in capsys.readouterr().out
