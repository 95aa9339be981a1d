"""A portfolio in a made land with events set by hand, files at fault, and the reference data."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from karwan.analysis.decisions.consignments import (
    COLUMNS,
    MOST_CONSIGNMENTS,
    Listed,
    read_consignments,
    template_text,
)
from karwan.analysis.decisions.exposure import (
    Futures,
    Plan,
    expose,
    half_another_way,
    open_futures,
    other_half,
)
from karwan.analysis.decisions.exposure_answers import Exposure, read_terms
from karwan.analysis.decisions.trip_rules import Rule, Wait
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.world.question import Premises
from karwan.analysis.world.world import World
from karwan.base.errors import DataError
from karwan.cli.exposure import another_lines
from karwan.hazard.scenarios import Cause, CauseKind, ScenarioSet
from karwan.main import main
from tests import reference
from tests.worlds import AS_OF, EAST, RAIL, WEST, Lands, lands

HORIZON = 730
STRIKE, NEW = Cause(CauseKind.running, "strike"), Cause(CauseKind.new, "east")
YARD = Cause(CauseKind.scheduled, "yard")
CAUSES = (STRIKE, NEW, YARD)
Set = tuple[int, str, float, float, Cause, int]
TWO = """consignment,at,to,value_usd
big,ncity,scity,30000
small,ncity,scity,10000
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Lands:
    return lands(tmp_path_factory.mktemp("exposure") / "t")


def listed(world: World, text: str) -> tuple[Listed, ...]:
    return read_consignments(text.encode(), "the file", world, Premises(as_of=world.as_of))


def futures_of(both: Lands, spells: list[Set], path_count: int) -> Futures:
    """Return futures with events set by hand; the railway is always shut."""
    world = both.world()
    spells = [*spells, *((path, RAIL, 0.0, float(HORIZON), YARD, 0) for path in range(path_count))]
    elements = tuple(sorted({RAIL, EAST, WEST}))
    rows = sorted(spells, key=lambda row: (row[0], elements.index(row[1]), row[2]))
    scenarios = ScenarioSet(
        as_of=world.as_of,
        horizon_days=HORIZON,
        path_count=path_count,
        seed=1,
        elements=elements,
        path=np.array([row[0] for row in rows], dtype=np.int32),
        element=np.array([elements.index(row[1]) for row in rows], dtype=np.int32),
        start_days=np.array([row[2] for row in rows]),
        end_days=np.array([row[3] for row in rows]),
        causes=CAUSES,
        cause=np.array([CAUSES.index(row[4]) for row in rows], dtype=np.int32),
        episode=np.array([row[5] for row in rows], dtype=np.int32),
    )
    plan = Plan(rules=(Rule(),), seed=1, path_count=path_count)
    return Futures(world=world, plan=plan, model=fit_world(world), scenarios=scenarios)


STRIKES: list[Set] = [
    (0, WEST, 0.01, 20.0, STRIKE, 0),
    (2, WEST, 0.01, 5.0, STRIKE, 0),
    (3, WEST, 0.01, 8.0, NEW, 4),
]
"""Four futures: a strike of 20 days, nothing, a strike of 5, a new episode of 8."""


def test_who_is_caught_loses_the_rest_of_the_spell_and_no_one_else_loses(both: Lands) -> None:
    futures = futures_of(both, STRIKES, 4)
    big, _ = expose(futures, listed(futures.world, TWO)).consignments
    way = big.trips.trips.trips[0].first_way
    stop = way.stops[0]
    assert stop.element_id == WEST
    assert big.caught.tolist() == [True, False, True, True]
    ends = np.array([20.0, 0.0, 5.0, 8.0])
    delay = np.where(big.caught, ends - way.days * stop.hours_share, 0.0)
    np.testing.assert_allclose(big.delay_days, delay)
    gates, days = big.run.gates, way.days
    for k in range(4):
        waited = gates.waited_usd(stop, float(delay[k]))
        late = gates.cargo_usd(float(days[k] + delay[k])) - gates.cargo_usd(float(days[k]))
        assert big.carriage_usd[k] == pytest.approx(waited)
        assert big.loss_usd[k] == pytest.approx(waited + late)


class GivesUp(Rule):
    """Gives a consignment up at once where anything is shut."""

    def limit(self, *_: object) -> Wait:
        """Return that it does not wait."""
        return Wait(0.0, gives_up=True)


def test_who_gives_up_at_once_is_caught_and_loses_all(both: Lands) -> None:
    futures = futures_of(both, STRIKES, 4)
    futures.plan = replace(futures.plan, rules=(GivesUp(),))
    big, _ = expose(futures, listed(futures.world, TWO)).consignments
    assert [trip.waited_days for trip in big.trips.trips.trips] == [0, 0, 0, 0]
    assert big.caught.tolist() == [True, False, True, True]
    assert np.isinf(big.delay_days).tolist() == big.caught.tolist()
    trip = big.trips.trips.trips[0]
    undisturbed = trip.first_way.usd + big.run.gates.cargo_usd(float(trip.first_way.days[0]))
    assert big.loss_usd[0] == pytest.approx(trip.cost_usd - undisturbed)
    assert big.loss_usd[0] > 0.5 * big.value_usd
    assert float(big.caught.mean()) == max(gate.p_caught for gate in big.gates)


def test_one_event_that_catches_both_is_one(both: Lands) -> None:
    futures = futures_of(both, STRIKES, 4)
    told = expose(futures, listed(futures.world, TWO))
    strike, new = told.catches
    assert (strike.cause, strike.elements, strike.consignments) == (
        STRIKE,
        (WEST,),
        ("big", "small"),
    )
    # Half of the futures have the strike, a quarter the new episode; each catches both.
    assert (strike.p_any, strike.p_several, new.p_any) == (0.5, 0.5, 0.25)
    assert (strike.mean_value_usd, strike.most_usd) == (20_000, 40_000)
    assert told.most_caught_usd.tolist() == [40_000, 0, 40_000, 40_000]
    assert told.caught_counts.tolist() == [2, 0, 2, 2]
    np.testing.assert_allclose(told.loss_usd, sum(one.loss_usd for one in told.consignments))


def test_two_events_that_catch_one_each_are_two(both: Lands) -> None:
    """In one future both gates shut behind a departure each: by two causes, a consignment each."""
    world = both.world()
    text = (
        "consignment,at,to,via,value_usd\n"
        "w,ncity,scity,west-road,1000\n"
        "e,ncity,scity,east-road,500\n"
    )
    futures = futures_of(both, [(0, WEST, 0.01, 9.0, STRIKE, 0), (0, EAST, 0.01, 9.0, NEW, 1)], 1)
    told = expose(futures, listed(world, text))
    assert {one.cause: one.most_usd for one in told.catches} == {STRIKE: 1000, NEW: 500}
    assert told.most_caught_usd.tolist() == [1000]
    assert half_another_way(futures, told) is None


def test_half_another_way_leaves_half_to_the_event(both: Lands) -> None:
    futures = futures_of(both, STRIKES, 4)
    before = expose(futures, listed(futures.world, TWO))
    another = half_another_way(futures, before)
    assert another is not None
    assert (another.cause, another.moved, another.unmoved) == (STRIKE, ("small",), ())
    after = another.portfolio
    assert after.most_caught_usd.tolist() == [30_000, 0, 30_000, 30_000]
    small = after.consignments[1]
    assert small.journey.crossings == (EAST,)
    assert not small.caught.any()
    # It pays for the dearer way in every future, and waits in none.
    gain = before.consignments[1].trips.trips.cost_usd.mean() - small.trips.trips.cost_usd.mean()
    assert after.all_costs_usd == pytest.approx(before.all_costs_usd - gain)


def test_gates_of_which_nobody_told_the_cause_are_no_one_event(both: Lands) -> None:
    """Both gates shut by no cause on record: the most that one event catches is one consignment."""
    text = (
        "consignment,at,to,via,value_usd\n"
        "w,ncity,scity,west-road,1000\n"
        "e,ncity,scity,east-road,500\n"
    )
    futures = futures_of(both, [(0, WEST, 0.01, 9.0, STRIKE, 0), (0, EAST, 0.01, 9.0, NEW, 1)], 1)
    futures.scenarios = replace(futures.scenarios, causes=())
    told = expose(futures, listed(both.world(), text))
    assert told.caught_counts.tolist() == [2]
    assert told.most_caught_usd.tolist() == [1000]


def test_the_heap_worth_less_goes_another_way(both: Lands) -> None:
    """10 and 6 + 5: dealt the dearest first the second heap is the dearer, so the 10 go."""
    text = "consignment,at,to,value_usd\na,ncity,scity,10\nb,ncity,scity,6\nc,ncity,scity,5\n"
    futures = futures_of(both, STRIKES, 4)
    told = expose(futures, listed(futures.world, text))
    assert other_half(told.consignments) == {"a"}
    assert other_half(told.consignments[1:]) == {"c"}


def test_who_must_pass_somewhere_stays_on_its_way(both: Lands) -> None:
    text = (
        "consignment,at,to,via,value_usd\n"
        "big,ncity,scity,,30000\n"
        "small,ncity,scity,west-road,10000\n"
    )
    futures = futures_of(both, STRIKES, 4)
    before = expose(futures, listed(futures.world, text))
    another = half_another_way(futures, before)
    assert another is not None
    assert (another.moved, another.unmoved, another.bound) == ((), (), ("small",))
    assert another.portfolio.consignments[1].journey.crossings == (WEST,)
    told = Exposure(
        portfolio=before, another=another, terms=read_terms(futures.world, 0.0, None),
        policy="wait", seed=1, path_count=4, sources=(),
    )  # fmt: skip
    assert another_lines(told)[-1].endswith("by what they must pass: small.")


def test_who_must_pass_where_the_question_shuts_waits_there(both: Lands) -> None:
    """A gate that is supposed shut is met on the way: the way by it is built all the same."""
    world = replace(both.world(), shut_ids=frozenset({WEST}))
    one = listed(world, "at,to,via,value_usd\nncity,scity,west-road,5\n")
    told = expose(open_futures(world, one, Plan(rules=(Rule(),), seed=1, path_count=100)), one)
    (told_of,) = told.consignments
    assert told_of.journey.crossings == (WEST,)
    assert told_of.caught.all()


def test_a_chance_of_a_gate_is_that_of_its_forecast(both: Lands) -> None:
    world = both.world()
    one = listed(world, "at,to,via,value_usd\nncity,scity,west-road,5\n")
    told = expose(open_futures(world, one, Plan(rules=(Rule(),), seed=1, path_count=100)), one)
    (gate,) = [gate for gate in told.consignments[0].gates if gate.element_id == WEST]
    assert gate.reach_days is not None
    assert gate.reach_on is not None
    assert (gate.reach_on - AS_OF).days == gate.reach_days
    assert gate.p_shut == fit_world(world).p_shut(WEST, gate.reach_days)


# Files


def test_every_fault_of_a_file_is_named_by_row_and_column(both: Lands) -> None:
    text = (
        "consignment,at,on,to,via,value_usd,unit,tonnes,deadline\n"
        "a,ncty,,scity,,100,,,\n"
        "a,ncity,2020-06-01,ncity,,12 000,,,\n"
        ",,2021-13-01,scity,no-gate,,lorry,-1,2020-01-01\n"
        "\n"
        "far,ncity,2021-08-01,scity,,5,,,\n"
    )
    with pytest.raises(DataError, match="the file") as error:
        listed(both.world(), text)
    told = str(error.value)
    for words in (
        "row 2, column at: No place 'ncty'. Did you mean 'ncity'",
        "row 3, column consignment a: row 2 has that name already",
        "row 3, column on 2020-06-01: before the as-of date 2020-06-30",
        "row 3, column to: origin and destination are both",
        "row 3, column value_usd '12 000': not a number",
        "row 4, column at: is blank",
        "row 4, column value_usd: is blank",
        "row 4, column on 2021-13-01:",
        "row 4, column via no-gate: No",
        "row 4, column unit:",
        "row 6, column on 2021-08-01: more than 364 days after 2020-06-30",
    ):
        assert words in told, words


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("at,too,value_usd\nncity,scity,5\n", r"no column 'too'; did you mean 'to'"),
        ("at,too,value_usd\nncity,scity,5\n", r"column 'to' is missing"),
        ("at,to,value_usd\n", r"0 rows of consignments"),
        ("at,to,value_usd\n" + "ncity,scity,1\n" * (MOST_CONSIGNMENTS + 1), r"501 rows"),
        ("at;to;value_usd\nncity;scity;5\n", r"semicolons"),
        ("", r"the file"),
    ],
)
def test_a_file_that_is_none_is_refused(both: Lands, text: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        listed(both.world(), text)


def test_a_row_without_a_name_is_called_by_its_number(both: Lands) -> None:
    text = "value_usd, to ,at,carrier\n5,scity,ncity,XS\n\n7,ncity,scity,\n"
    told = listed(both.world(), text)
    assert [(one.row, one.name) for one in told] == [(2, "row 2"), (4, "row 4")]
    assert [one.asked.question.shipment.carrier for one in told] == ["XS", "XS"]


# The reference data


def test_a_consignment_among_others_fares_as_its_trip_alone() -> None:
    """Also where the others leave on other days, and whatever else is in the file."""
    region = reference.region()
    text = (
        "consignment,at,on,to,value_usd,deadline\n"
        "now,lahore,,kabul,50000,12\n"
        "later,lahore,2027-03-01,kabul,50000,12\n"
        "same,lahore,,kabul,50000,12\n"
    )
    told = region.exposure(text.encode(), paths=100, policy="wait").to_dict()
    rows = {row["consignment"]: row for row in told["consignments"]}
    for name, depart in (("now", None), ("later", "2027-03-01")):
        trips = region.trips(
            "lahore", "kabul", depart=depart, deadline=12, value_usd=50000, paths=100,
            policy="wait",
        ).to_dict()  # fmt: skip
        row = rows[name]
        assert row["p50_hours"] == pytest.approx(trips["hours"]["p50"], abs=1e-3)
        assert row["with_closures"] == trips["with_closures"]
        assert row["p_caught"] == trips["met_share"]
        assert row["stranded_share"] == trips["stranded_share"]
    assert {**rows["now"], "consignment": "", "row": 0} == {
        **rows["same"], "consignment": "", "row": 0
    }  # fmt: skip
    gate = next(one for one in told["gates"] if one["p_shut"] is not None)
    days = gate["reach_days"]
    forecast = region.hazard(gate["element"], days=(days,)).content
    assert gate["p_shut"] == pytest.approx(forecast[0].p_shut[days], abs=5e-5)  # 4 digits


def test_the_template_is_a_file_that_answers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["exposure", "--template"]) == 0
    file = tmp_path / "c.csv"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert file.read_text(encoding="utf-8").startswith(",".join(COLUMNS))
    assert file.read_text(encoding="utf-8") == template_text()
    words = f"exposure {file} --as-of 2026-11-22 --paths 100 --policy wait --loading 0.5"
    assert main([*words.split(), "--marine-rate", "0.001"]) == 0
    text = capsys.readouterr().out
    assert "no war cover on land" in text
    assert "The one event that catches most" in text
    assert "Half another way" in text
    assert main([*words.split(), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    for loss in told["losses"]:
        assert loss["premium_usd"] == pytest.approx(1.5 * loss["mean_usd"], abs=0.01)
    whole, ways, cargo = (loss["mean_usd"] for loss in told["losses"])
    assert whole == pytest.approx(ways + cargo, abs=0.01)
    land, sea = told["covers"]
    assert land["low_usd"] < land["premium_usd"] < land["high_usd"]
    assert (sea["rate_share"], sea["premium_usd"]) == (None, None)
    assert main([*words.split(), "--format", "csv"]) == 0
    assert capsys.readouterr().out.count("\n") == 5


def test_faults_of_the_question_come_together(capsys: pytest.CaptureFixture[str]) -> None:
    words = "exposure /dev/null --loading 11 --marine-rate 2 --paths 1 --as-of 2026-11-22"
    assert main(words.split()) == 2
    told = capsys.readouterr().err
    for name in ("--loading", "--marine-rate", "--paths"):
        assert name in told
    assert main(["exposure", "/dev/null", "--policy", "run", "--as-of", "2026-11-22"]) == 2
    assert "--policy" in capsys.readouterr().err
    assert main(["exposure", "--as-of", "2026-11-22"]) == 2
    assert "name a FILE" in capsys.readouterr().err


def test_a_sea_leg_has_its_own_cover(both: Lands) -> None:
    """By the tables' mode of a leg: half the way by sea, priced at the stated rate."""
    from karwan.analysis.decisions.exposure_answers import Exposure, covers, read_terms

    futures = futures_of(both, [], 1)
    told = expose(futures, listed(futures.world, TWO))
    one = replace(told.consignments[0], sea_km=100.0)
    portfolio = replace(told, consignments=(one, told.consignments[1]))
    answer = Exposure(
        portfolio=portfolio, another=None, terms=read_terms(futures.world, 0.0, 0.002),
        policy="wait", seed=1, path_count=1, sources=(),
    )  # fmt: skip
    land, sea = covers(answer)
    assert (land.consignment_count, land.value_usd) == (2, 40_000)
    assert (sea.consignment_count, sea.value_usd, sea.premium_usd) == (1, 30_000, 60)
