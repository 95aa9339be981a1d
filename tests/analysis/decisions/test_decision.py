"""Wait or divert: two made lands by hand, what costs a day, the reference data, bad questions."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from karwan.analysis.decisions.costs import waiting_costs
from karwan.analysis.decisions.decision import Advice, Bill, Decision, decide, make_bill
from karwan.analysis.decisions.residual import Residual
from karwan.analysis.decisions.ways import decision_ways
from karwan.base.errors import DataError
from karwan.base.traffic import Direction
from karwan.main import main
from tests import reference
from tests.worlds import EAST, RAIL, WEST, lands

DAY_USD = 100.0


def shut_for_good(days: Any) -> Any:
    return np.ones_like(np.asarray(days, dtype=float))


def opens_on(day: float) -> Any:
    """Return a survival that is 1 until a day and 0 from it on."""
    return lambda days: (np.asarray(days, dtype=float) < day).astype(float)


def asked(
    folder: Path, survival: Any, *, close: tuple[str, ...] = (), value_usd: float = 60_000.0
) -> Decision:
    """Return the decision at the east gate for a truck of which a day costs 100 USD."""
    both = lands(folder)
    world = both.world(close=(RAIL, *close))
    planner = both.planner(world)
    places = both.network
    ways = decision_ways(planner, EAST, places.place("east-n"), places.place("scity"), None)
    residual = Residual(
        element_id=EAST, age_days=5.0, survival=survival, longest_days=100.0, beyond_evidence=False
    )
    bill = Bill(
        truck=None, box=None, truck_count=1, box_count=0, time_usd_per_day=DAY_USD, spoilage=None,
        value_usd=value_usd, box_value_usd=0.0, unknown=(),
    )  # fmt: skip
    return decide(world, residual, ways, bill, ahead_trucks=0.0)


def gap_usd(made: Decision) -> float:
    """Return by how much the way around is dearer, the cargo's time counted."""
    around = made.ways.around
    assert around is not None
    hours = around.hours.value - made.ways.over.hours.value
    return around.usd.value - made.ways.over.usd.value + DAY_USD * hours / 24


def test_a_gate_that_opens_tomorrow_is_waited_for(tmp_path: Path) -> None:
    made = asked(tmp_path / "t", opens_on(1.0))
    assert made.advice is Advice.wait
    assert made.ways.direction is Direction.a_to_b
    assert gap_usd(made) > DAY_USD  # the west gate is 400 km farther
    over = made.ways.over
    all_usd = over.usd.value + DAY_USD * (1 + over.hours.value / 24)
    assert made.wait.mean_usd == pytest.approx(all_usd)
    assert made.best.mean_usd == pytest.approx(all_usd)
    assert made.p_wait_better == 1
    assert made.choice_usd == 0


def test_a_gate_that_opens_too_late_is_not(tmp_path: Path) -> None:
    made = asked(tmp_path / "t", opens_on(60.0))
    assert gap_usd(made) < 60 * DAY_USD
    assert made.advice is Advice.divert
    assert made.threshold_days == 0
    assert made.p_wait_better == 0
    assert made.best.mean_usd == pytest.approx(made.divert_usd)


def test_the_threshold_lies_where_a_chance_ends(tmp_path: Path) -> None:
    """It opens tomorrow with seven in ten, else in a year: wait one day, then divert."""

    def survival(days: Any) -> Any:
        at = np.asarray(days, dtype=float)
        return np.where(at < 1, 1.0, np.where(at < 365, 0.3, 0.0))

    made = asked(tmp_path / "t", survival)
    assert (made.advice, made.threshold_days) == (Advice.wait, 1)
    assert made.divert_usd is not None
    over = made.ways.over.usd.value + DAY_USD * (1 + made.ways.over.hours.value / 24)
    by_hand = 0.7 * over + 0.3 * (made.divert_usd + DAY_USD)
    assert made.best.mean_usd == pytest.approx(by_hand)
    assert made.choice_usd == pytest.approx(made.divert_usd - by_hand)
    assert made.p_wait_better == pytest.approx(0.7)


def test_without_a_way_around_it_says_so_and_what_waiting_costs(tmp_path: Path) -> None:
    made = asked(tmp_path / "t", shut_for_good, close=(WEST,))
    assert made.ways.around is None
    assert made.divert_usd is None
    assert made.p_wait_better is None
    assert {cut.id for cut in made.ways.cuts} >= {WEST}
    assert any("no diversion" in line for line in made.because)
    assert made.wait.mean_usd > 0


def test_nobody_waits_beyond_what_the_cargo_is_worth(tmp_path: Path) -> None:
    made = asked(tmp_path / "t", shut_for_good, close=(WEST,), value_usd=3000.0)
    assert made.abandon_day == 30
    assert made.wait.mean_usd == pytest.approx(3000)  # what is lost whole loses no time beside
    assert made.best.mean_usd == pytest.approx(3000)
    assert made.advice is Advice.give_up


def test_a_place_beyond_the_gate_is_refused(tmp_path: Path) -> None:
    both = lands(tmp_path / "t")
    places = both.network
    with pytest.raises(DataError, match="does not lie before it"):
        decision_ways(both.planner(), EAST, places.place("east-s"), places.place("scity"), None)


# What a day costs


def bill(unit: str, at: str, *, cargo: str = "general", is_at_gate: bool = True) -> Bill:
    world = reference.world()
    place = world.network.place(at)
    shipment = reference.consignment(unit, "PK", cargo)
    return make_bill(world, shipment, place, waiting_costs(world), is_at_gate=is_at_gate)


def test_a_box_in_karachi_costs_many_times_one_in_bandar_abbas() -> None:
    karachi, abbas = (bill("40ft", at, is_at_gate=False) for at in ("karachi", "bandar-abbas"))
    assert karachi.box is not None
    assert abbas.box is not None
    assert karachi.box.usd == pytest.approx(159.5)  # median of six, of 80 to 200
    assert karachi.truck is None  # it waits without a truck
    steps = [abbas.box.on_day(day) for day in (0, 9, 10, 20, 30, 300)]
    np.testing.assert_allclose(steps, 1.12 * np.array([6, 6, 9, 15, 24, 24]))
    waited = abbas.waited_usd(np.array([10.0, 12.0]))
    np.testing.assert_allclose(waited, 1.12 * np.array([60, 78]))


def test_a_truck_waits_with_its_driver() -> None:
    truck = bill("truck", "torkham")
    assert truck.truck is not None
    assert truck.truck.usd == 35
    assert truck.box is None


def test_fruit_spoils_in_place_of_its_time() -> None:
    """75 % of loads were lost in five days (2018): 24 % a day."""
    fruit = bill("truck", "torkham", cargo="fruit")
    assert fruit.spoilage is not None
    lost = fruit.cargo_usd(np.array([5.0]))[0] / fruit.value_usd
    assert lost == pytest.approx(0.75, abs=0.01)
    assert bill("truck", "torkham").spoilage is None


# The reference data


def test_the_command_tells_what_python_tells(capsys: pytest.CaptureFixture[str]) -> None:
    words = "decide torkham --at peshawar --to kabul --closed-for 9 --as-of 2026-11-22"
    assert main([*words.split(), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    region = reference.region()
    assert told == region.decide("torkham", at="peshawar", to="kabul", closed_for=9).to_dict()
    assert set(told) >= {
        "advice", "threshold_days", "wait", "divert", "p_wait_better", "value_of_choice_usd",
        "because", "evidence_horizon",
    }  # fmt: skip
    assert told["wait"]["days"]["p50"] < told["wait"]["days"]["p90"]
    assert told["best"]["mean_usd"] <= min(told["wait"]["mean_usd"], told["divert"]["usd"]) + 1e-3
    assert main(words.split()) == 0
    text = capsys.readouterr().out
    assert "Because:" in text
    assert told["because"][0] in text


def test_a_cheap_day_is_waited_and_a_dear_one_is_not() -> None:
    region = reference.region()
    days = [
        region.decide("torkham", at="peshawar", to="kabul", closed_for=0, value_usd=usd).to_dict()[
            "threshold_days"
        ]
        for usd in (4_000, 60_000, 400_000)
    ]
    worth = [10**6 if one is None else one for one in days]
    assert worth == sorted(worth, reverse=True)
    assert worth[0] > worth[-1] == 0


def test_an_age_beyond_the_record_is_answered_and_said() -> None:
    told = reference.region().decide("torkham", at="peshawar", to="kabul", closed_for=5000)
    because = told.content.because
    assert any("longer than any other closure on record" in line for line in because)


def test_a_way_home_caps_the_loss() -> None:
    region = reference.region()
    gone, back = (
        region.decide("torkham", at="peshawar", to="kabul", home=home).content
        for home in (None, "lahore")
    )
    assert gone.wait.mean_usd > back.wait.mean_usd
    assert back.ways.home is not None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("torkham --at jalalabad --to kabul", "--at jalalabad-af: Torkham does not lie before it"),
        ("khunjerab --at gilgit --to kashgar", "--closed-for: it is not shut on the date"),
        ("torkam --at peshawr --to kabul --home nowhere", "3 faults"),
        ("torkham --at kabul --to kabul", "origin and destination are both Kabul"),
        ("torkham --at peshawar --to kabul --ahead -5", "--ahead"),
    ],
)
def test_bad_questions_are_refused_in_one_message(
    words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["decide", *words.split(), "--as-of", "2026-11-22"]) == 2
    assert says in capsys.readouterr().err


def test_only_what_was_known_is_used() -> None:
    """Eleven days into the closure of October 2025, by what was published then."""
    from karwan.api.region import region

    told = region(as_of=dt.date(2025, 10, 23)).decide("torkham", at="peshawar", to="kabul")
    assert told.content.residual.since == dt.date(2025, 10, 12)
    assert told.content.residual.age_days <= 11


def test_a_quota_of_the_carriers_country_comes_before_the_gate() -> None:
    """Zaranj: 20 trucks of Afghanistan a day by permit, where the gate could pass 175."""

    def told(carrier: str) -> dict[str, Any]:
        region = reference.region()
        asked = region.decide("milak", at="zaranj", to="zahedan", closed_for=5, carrier=carrier)
        words: dict[str, Any] = asked.to_dict()
        return words

    own, other = told("AF"), told("IR")
    assert own["quota"]["per_day"] == 20
    assert other["quota"] is None
    # Arrivals fade over 15 days, so of five days' quota a sixth of five more has not come; all but
    # the fuel among them, the last class, stand before it.
    assert own["ahead_trucks"] == pytest.approx(0.93 * 20 * (5 - 25 / 30), abs=0.1)
    assert own["ahead_trucks"] < other["ahead_trucks"]
    assert any("20 trucks a day of AF are let through" in line for line in own["because"])
