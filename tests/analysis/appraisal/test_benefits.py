"""Who gains, what imports hang on, and what prices did while gates were shut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from karwan.analysis.appraisal.benefits import (
    benefits_to_dict,
    move_of,
    moved_words,
    price_words,
    read_benefits,
)
from karwan.analysis.appraisal.dependence import (
    CROSSING,
    NEIGHBOUR,
    Inlet,
    dependence,
    dependence_of,
    inlets,
    shut_now,
)
from karwan.analysis.traffic.base_flows import loaded_share
from karwan.analysis.traffic.capacity import capacities_of, capacity_used
from karwan.network.vehicles import read_units
from tests import reference


def inlet(
    name: str, neighbour: str, t: float | None, most: float | None, *, shut: bool = False
) -> Inlet:
    return Inlet(
        element_id=name, name=name, from_country=neighbour, to_country="H", t_per_day=t,
        most_t_per_day=most, is_shut=shut, sources=(),
    )  # fmt: skip


def test_what_is_left_without_a_gate_is_what_others_have_no_room_for() -> None:
    """60 + 30 + 10 t a day: without the first, 10 + 20 t of room carry half of its 60."""
    ways = [inlet("a", "X", 60, 70), inlet("b", "X", 30, 40), inlet("c", "Y", 10, 30)]
    rows = {(one.kind, one.name): one for one in dependence_of("H", ways)}
    first = rows[CROSSING, "a"]
    assert (first.share, first.room_share, first.left_share) == pytest.approx((0.6, 0.5, 0.7))
    both = rows[NEIGHBOUR, "X"]
    assert both.share == pytest.approx(0.9)
    assert both.room_share == pytest.approx(20 / 90)
    assert both.left_share == pytest.approx(0.3), "10 of its own and 20 of room"


def test_a_shut_gate_gives_no_room_and_an_uncounted_one_has_no_share() -> None:
    ways = [
        inlet("a", "X", 60, 70), inlet("b", "X", 30, 90, shut=True), inlet("d", "Y", None, 500),
    ]  # fmt: skip
    rows = {one.name: one for one in dependence_of("H", ways) if one.kind == CROSSING}
    assert rows["a"].room_share == 0.0
    assert rows["a"].uncounted == ("d",)
    assert "d" not in rows
    assert dependence_of("H", [inlet("d", "Y", None, 500)]) == ()


def test_room_that_nobody_knows_is_named_and_is_not_none() -> None:
    """Of 60 + 40 t a day; what the second takes at most is not known, the third was never counted.

    The fourth stood empty when it was counted: its 30 t are room.
    """
    ways = [
        inlet("a", "X", 60, 70), inlet("b", "Y", 40, None), inlet("c", "Y", None, 500),
        inlet("d", "Z", 0, 30), inlet("e", "Z", 5, None, shut=True),
    ]  # fmt: skip
    assert [one.room_t_per_day for one in ways] == [10, None, None, 30, 0]
    rows = {one.name: one for one in dependence_of("H", ways) if one.kind == CROSSING}
    assert rows["a"].room_unknown == ("b", "c"), "what is shut has none, and that is known"
    assert rows["a"].room_share == pytest.approx(0.5)
    assert "d" not in rows, "nothing hangs on what carried nothing"
    assert rows["b"].room_unknown == ("c",)
    assert rows["b"].room_share == pytest.approx(1.0)


def test_flows_in_are_those_that_the_impact_of_a_closure_starts_from() -> None:
    world = reference.world()
    since = shut_now(world).since
    torkham = next(one for one in inlets(world, "AF") if one.element_id == "torkham-road")
    capacities = capacities_of(world)
    (row,) = [
        one for one in capacity_used(world, "torkham-road", capacities, by=since)
        if one.to_country == "AF" and one.vehicle == "truck"
    ]  # fmt: skip
    flow = row.flow
    assert flow is not None
    assert torkham.t_per_day is not None
    assert torkham.is_shut
    assert flow.is_counted
    tonnes = read_units(world.catalog)["truck"].payload_t * loaded_share(capacities, row)
    assert torkham.t_per_day == pytest.approx(flow.per_day * tonnes)
    rows = [one for one in dependence(world, "AF") if one.kind == CROSSING]
    assert sum(one.share for one in rows) == pytest.approx(1.0)


def test_a_price_has_a_sign_by_side_and_season() -> None:
    """Tomato in Peshawar: dear for its buyers in October, cheap in December."""
    moves = {one.row.id: one for one in read_benefits(reference.world()).prices}
    october, december = moves["BA031"], moves["BA032"]
    assert (october.sign, october.season, october.row.direction) == ("up", "October", "loss")
    assert (december.sign, december.season, december.row.direction) == ("down", "December", "gain")
    farmers = moves["BA034"]
    assert (farmers.sign, farmers.row.direction) == ("down", "loss")


def test_a_closure_moved_more_than_it_destroyed() -> None:
    """Rail 684 / 408 = 1.676; revenue of the month +18 %; cess 7.42 to 3.48 = -53.1 %."""
    answer = read_benefits(reference.world())
    moved = {one.row.id: one.change_share for one in answer.moved}
    assert moved["BA079"] == pytest.approx(684 / 408 - 1)
    assert moved["BA001"] == pytest.approx(0.18)
    assert "+68%" in moved_words(answer)
    assert "+18%" in moved_words(answer)
    rows = {row.id: move_of(row) for row in answer.rows}
    assert rows["BA028"].change_share == pytest.approx(-0.531, abs=5e-4)
    assert rows["BA049"].change_share == pytest.approx(0.049, abs=5e-4)


def test_the_measured_effect_comes_with_its_interval_from_the_table() -> None:
    answer = read_benefits(reference.world())
    words = price_words(answer)
    assert "-1.4 to +10.6" in words
    assert "not separable from noise" in words
    assert "+4.9%" in words
    assert "No measured effect" in price_words(replace(answer, measured=None))
    told = benefits_to_dict(answer)
    assert (told["prices"]["low_pct"], told["prices"]["high_pct"]) == (-1.4, 10.6)


def test_freight_of_a_gate_that_is_shut_anyhow_is_not_left() -> None:
    """60 + 30 + 10, the 30 shut: without the first, 10 come and 20 of room are used: 30 of 100.

    Without the last, 60 come and 10 of room; without the shut one the same as today: 60 + 10 + 30.
    """
    ways = [
        inlet("a", "X", 60, 70), inlet("b", "Z", 30, 90, shut=True), inlet("c", "Y", 10, 30),
    ]  # fmt: skip
    rows = {one.name: one for one in dependence_of("H", ways) if one.kind == CROSSING}
    assert rows["a"].left_share == pytest.approx(0.3)
    assert rows["c"].left_share == pytest.approx(0.7)
    assert rows["b"].left_share == pytest.approx(1.0), "30 of room take all of its 30"


def test_afghan_imports_without_iran_leave_out_the_shut_gates_of_pakistan() -> None:
    rows = {one.name: one for one in dependence(reference.world(), "AF") if one.kind == NEIGHBOUR}
    for name in ("IR", "UZ"):
        one = rows[name]
        most = 1 - rows["PK"].share - one.share * (1 - one.room_share)
        assert rows["PK"].is_shut
        assert one.left_share == pytest.approx(most), name


def test_an_interval_without_a_low_end_is_not_called_noise() -> None:
    answer = read_benefits(reference.world())
    assert answer.measured is not None
    row = replace(answer.measured, value_low=None)
    told = price_words(replace(answer, measured=row))
    assert "not separable" not in told
    assert "not known whether it is noise" in told
    low = replace(answer.measured, value_low=0.5)
    assert "beyond noise" in price_words(replace(answer, measured=low))


def test_a_price_before_is_no_high_end_of_the_price_after() -> None:
    """A carton that sold for 350 or 450 afghanis before was sold for five (Pajhwok, 2021-10-18)."""
    rows = {row.id: row for row in read_benefits(reference.world()).rows}
    one = move_of(rows["BA022"])
    assert (one.row.value_low, one.row.value, one.row.value_high) == (None, 5, None)
    assert one.change_share == pytest.approx(5 / 400 - 1)
    assert [rows[name].before_value for name in ("BA009", "BA012")] == [12_000, 2_500]
