"""Trips in a made land with spells set by hand, rules beside each other, the reference data."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from karwan.analysis.corridors.scope import Scope
from karwan.analysis.decisions import trips as module
from karwan.analysis.decisions.queues import Gate, drain_days, standing_trucks
from karwan.analysis.decisions.restart import Restart
from karwan.analysis.decisions.trip_answers import ways_of
from karwan.analysis.decisions.trip_gates import TripGates, stepped
from karwan.analysis.decisions.trip_quiet import meets_nothing
from karwan.analysis.decisions.trip_rules import PURE_DAYS, Rule, best_wait
from karwan.analysis.decisions.trip_ways import TripWay, TripWays
from karwan.analysis.decisions.trips import (
    Fate,
    Outcomes,
    Trip,
    run_along,
    run_trips,
    shortfall,
    within_chance,
)
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.world.state import State
from karwan.hazard.scenarios import ScenarioSet
from karwan.main import main
from tests import reference
from tests.worlds import EAST, RAIL, WEST, Lands, lands

HORIZON = 365
RULES = (Rule(), Rule(0.0), Rule(3.0))
LONG = float(HORIZON)
Set = tuple[int, str, float, float]


@pytest.fixture
def both(tmp_path: Path) -> Lands:
    return lands(tmp_path / "t")


def gates_of(both: Lands, spells: list[Set], path_count: int = 1) -> TripGates:
    """Return gates that spells shut: (path, element, start, end); the railway is always shut."""
    world = both.world()
    spells = [*spells, *((path, RAIL, 0.0, LONG) for path in range(path_count))]
    elements = tuple(sorted({RAIL, EAST, WEST}))
    rows = sorted((path, elements.index(name), start, end) for path, name, start, end in spells)
    scenarios = ScenarioSet(
        as_of=world.as_of,
        horizon_days=HORIZON,
        path_count=path_count,
        seed=1,
        elements=elements,
        path=np.array([row[0] for row in rows], dtype=np.int32),
        element=np.array([row[1] for row in rows], dtype=np.int32),
        start_days=np.array([row[2] for row in rows]),
        end_days=np.array([row[3] for row in rows]),
    )
    model = fit_world(world)
    return TripGates(world=world, model=model, scenarios=scenarios, consignment=both.consignment())


def ways(both: Lands, gates: TripGates) -> TripWays:
    planner = both.planner(gates.world)
    return ways_of(planner, both.network.place("scity"), 1, gates.path_count)


def run(both: Lands, gates: TripGates, rule: Rule, start_day: float = 0.0) -> Outcomes:
    trips = run_trips(ways(both, gates), gates, "ncity", start_day, rule)
    assert trips is not None
    return trips


def over_west(known: TripWays) -> TripWay:
    planner = known.planner
    path = planner.best(
        planner.world.network.place("ncity"),
        known.destination,
        Scope(state=State.all_open),
        via=(("element", WEST),),
    )
    assert path is not None
    return known.along(planner.journey(path))


def test_trips_equal_the_router_when_nothing_shuts(both: Lands) -> None:
    gates = gates_of(both, [], path_count=200)
    trips = run(both, gates, Rule())
    way = over_west(ways(both, gates))
    assert trips.hours.mean() == pytest.approx(way.journey.hours.value)
    assert trips.usd == pytest.approx(np.full(200, way.journey.usd.value))
    assert (trips.met_share, trips.share_of(Fate.delivered)) == (0, 1)
    hours = way.journey.reliability.hours
    # 200 evenly spread draws, on a grid of a quarter of an hour
    slow = within_chance(trips.hours, 0.9)
    assert slow is not None
    np.testing.assert_allclose(slow, hours.quantile(0.9), atol=0.5)


def test_who_waits_adds_the_rest_of_the_spell_and_his_place(both: Lands) -> None:
    """Shut on days 0 to 5 at a gate with 100 trucks a day, of which 150 can pass."""
    gates = gates_of(both, [(0, WEST, 0.0, 5.0)])
    gate = Gate(arrivals_per_day=100.0, capacity_per_day=150.0)
    gates._gates[WEST, "a_to_b"] = gate
    known = ways(both, gates)
    way = over_west(known)
    days, share = float(way.days[0]), way.stops[0].hours_share
    trips = run_along(way, known, gates, 3.0)
    ahead = standing_trucks(gate, stepped(3 + days * share)) / 150
    turn = drain_days(ahead, Restart.ramp)
    assert turn > 0
    assert trips.hours[0] / 24 == pytest.approx(2 + turn + days * (1 - share))
    assert trips.waited_days[0] == pytest.approx(2 - days * share + turn)


def test_trips_that_meet_nothing_are_run_once_and_are_those_of_every_rule(
    both: Lands, monkeypatch: pytest.MonkeyPatch
) -> None:
    random, paths = np.random.default_rng(7), 60
    spells = [
        (path, element, start, start + float(random.uniform(0.1, 30)))
        for path in range(paths)
        for element in (EAST, WEST)
        for start in random.uniform(0, 350, size=int(random.integers(0, 3))).tolist()
    ]

    def runs(start_day: float) -> list[tuple[Trip, ...]]:
        gates = gates_of(both, spells, paths)
        gates._gates[WEST, "a_to_b"] = Gate(arrivals_per_day=100.0, capacity_per_day=150.0)
        known = ways(both, gates)
        way = over_west(known)
        told = [run_trips(known, gates, "ncity", start_day, rule) for rule in RULES]
        return [one.trips for one in told if one is not None] + [
            run_along(way, known, gates, start_day, rule).trips for rule in RULES
        ]

    days = (0.0, 50.0, 300.0)
    fast = [shown(runs(day)) for day in days]
    gates = gates_of(both, spells, paths)
    quiet = meets_nothing(over_west(ways(both, gates)), gates, 50.0)
    assert 0 < quiet.sum() < paths
    monkeypatch.setattr(module, "meets_nothing", lambda *_: np.zeros(paths, dtype=bool))
    assert fast == [shown(runs(day)) for day in days]


def shown(runs: list[tuple[Trip, ...]]) -> list[list[object]]:
    """Return trips as values, their ways by the elements passed."""
    return [
        [(one.fate, one.days, one.usd, one.cost_usd, one.waited_days, one.diverted_count,
          one.meetings, tuple(stop.element_id for stop in one.first_way.stops)) for one in trips]
        for trips in runs
    ]  # fmt: skip


def test_who_comes_after_a_reopening_finds_its_backlog(both: Lands) -> None:
    gates = gates_of(both, [(0, WEST, 0.0, 5.0)])
    gates._gates[WEST, "a_to_b"] = Gate(arrivals_per_day=100.0, capacity_per_day=150.0)
    known = ways(both, gates)
    soon, later = (
        run_along(over_west(known), known, gates, day).waited_days[0] for day in (6.0, 60.0)
    )
    assert soon > 1
    assert later == 0


def test_who_sees_it_shut_leaves_by_the_other_gate(both: Lands) -> None:
    gates = gates_of(both, [(0, WEST, 0.0, 20.0)])
    trips = run(both, gates, Rule())
    assert trips.trips[0].first_way.journey.crossings == (EAST,)
    assert trips.waited_days[0] == 0


def test_who_turns_aside_pays_both_ways(both: Lands) -> None:
    """It shuts after the departure: waited a day, then from the gate around by the east."""
    gates = gates_of(both, [(0, WEST, 0.01, 20.0)])
    known = ways(both, gates)
    trips = run(both, gates, Rule(1.0))
    way = over_west(known)
    stop = way.stops[0]
    around = known.avoiding(stop.place_id, frozenset({WEST, RAIL}))
    assert around is not None
    assert around.journey.crossings == (EAST,)
    trip = trips.trips[0]
    assert trip.diverted_count == 1
    assert trip.days == pytest.approx(way.days[0] * stop.hours_share + 1 + around.days[0])
    waited = gates.waited_usd(stop, 1.0)
    assert trip.usd == pytest.approx(way.usd * stop.usd_share + waited + around.usd)


def test_nobody_waits_beyond_what_the_cargo_is_worth(both: Lands) -> None:
    gates = gates_of(both, [(0, EAST, 0.0, LONG), (0, WEST, 0.0, LONG)])
    known = ways(both, gates)
    way = over_west(known)
    trip = run_along(way, known, gates, 0.0).trips[0]
    assert trip.fate is Fate.stranded
    assert trip.waited_days == gates.abandon_days(way.stops[0]) < LONG
    assert trip.cost_usd == pytest.approx(trip.usd + gates.lost_usd)
    gates._abandons[way.stops[0].place_id] = math.inf
    censored = run_along(way, known, gates, 0.0).trips[0]
    assert (censored.fate, censored.days) == (Fate.censored, math.inf)


def test_spells_that_overlap_are_one(both: Lands) -> None:
    gates = gates_of(both, [(0, WEST, 1.0, 5.0), (0, WEST, 4.0, 9.0), (0, WEST, 20.0, 21.0)])
    spell = gates.spell(WEST, 0, 2.0)
    assert spell is not None
    assert (spell.start_day, spell.end_day) == (1.0, 9.0)
    assert gates.spell(WEST, 0, 9.0) is None  # half open
    assert gates.spell(WEST, 0, 0.5) is None


def test_the_rule_of_the_law_is_no_worse_than_any_fixed_day(both: Lands) -> None:
    """One gate shuts behind each departure, for lengths of the law that the rule knows."""
    count = 2000
    gates = gates_of(both, [], path_count=1)
    law = gates.model.lengths_of((WEST,), "west")
    lengths = law.draw_remaining(0.0, count, np.random.default_rng(5))
    spells = [(k, WEST, 0.01, min(0.01 + float(x), LONG)) for k, x in enumerate(lengths)]
    gates = gates_of(both, spells, path_count=count)
    by_law = run(both, gates, Rule(by_law=True)).cost_usd
    for rule in (Rule(), *(Rule(float(day)) for day in PURE_DAYS)):
        pure = run(both, gates, rule).cost_usd
        # Two standard errors of the mean difference, on the same draws.
        error = 2 * np.std(by_law - pure) / math.sqrt(count)
        assert by_law.mean() <= pure.mean() + error + 1e-6, rule.name


def test_without_a_way_around_the_rule_waits_or_gives_up(both: Lands) -> None:
    gates = gates_of(both, [(0, WEST, 0.0, 5.0)])
    way = over_west(ways(both, gates))
    wait = best_wait(gates, way, way.stops[0], 1.0, None)
    assert math.isinf(wait.days) or wait.gives_up


def test_what_never_came_is_no_number() -> None:
    hours = np.array([10.0] * 90 + [math.inf] * 10)
    assert (within_chance(hours, 0.9), within_chance(hours, 0.95), shortfall(hours)) == (
        10.0,
        None,
        None,
    )
    assert shortfall(np.arange(100.0)) == pytest.approx(97)  # of 95 to 99


# The reference data


def test_the_command_tells_what_it_tried(capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "trips peshawar kabul --depart 2026-12-01 --deadline 20 --paths 200 --months 2 "
        "--as-of 2026-11-22"
    )
    assert main([*words.split(), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    costs = {row["rule"]: row["mean_cost_usd"] for row in told["rules"]}
    assert costs[told["rule"]] == min(costs.values())
    assert {"wait", "divert-after-0", "by the law of lengths"} <= set(costs)
    assert [row["depart"] for row in told["months"]] == ["2026-12-01", "2026-12-31"]
    assert 0 < told["with_closures"] <= 1
    assert told["hours"]["p50"] < told["hours"]["p90"]
    assert sum(one["share"] for one in told["first_ways"]) == pytest.approx(1)
    assert main(words.split()) == 0
    text = capsys.readouterr().out
    assert "In time:" in text
    assert "200 futures, seed" in text


def test_a_deadline_is_told_with_closures_too() -> None:
    """Along one route, waiting for what shuts: never likelier in time than if nothing does."""
    answer = reference.region().compare("almaty", "karachi", depart="2026-12-01", deadline=20)
    told = answer.to_dict()
    ways = [told["best"], *(row["route"] for row in told["corridors"])]
    trips = [way["trip"] for way in ways if way is not None]
    assert trips
    for trip in trips:
        # Half a point of a hundred: draws on a grid beside the distribution itself.
        assert 0 <= trip["with_closures"] <= trip["if_nothing_shuts"] + 0.005
    assert any(trip["with_closures"] < trip["if_nothing_shuts"] for trip in trips)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--policy run", "not wait, best or divert-after-N"),
        ("--months 0", "--months"),
        ("--paths 1", "--paths"),
        ("--depart 2026-12-10 --deadline 2026-12-01", "before the departure 2026-12-10"),
    ],
)
def test_bad_questions_are_refused_in_one_message(
    words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["trips", "peshawar", "kabul", *words.split(), "--as-of", "2026-11-22"]) == 2
    assert says in capsys.readouterr().err
