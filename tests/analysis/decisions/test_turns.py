"""Whose turn it is at a gate that reopens."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import karwan
from karwan.analysis.decisions.queues import Gate, drain_days, queue_of
from karwan.analysis.decisions.restart import Restart
from karwan.analysis.decisions.turns import (
    ALL,
    EXPORTS,
    FUELS,
    RELIEF,
    TRANSIT,
    class_of,
    late_turn_days,
    truck_classes,
    trucks_before,
    turn_days,
)
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.rows.costs import CLASS_SHARE, ParameterRow
from karwan.network.vehicles import make_consignment
from tests.oracles.queues import turn_by_slices

CLASSES = truck_classes(Catalog())
GATE = Gate(arrivals_per_day=100.0, capacity_per_day=180.0)


def turn(gate: Gate, age: float, shut: float, restart: Restart, one: object = ALL) -> float:
    assert isinstance(one, type(ALL))
    ahead = trucks_before(gate, age, one)
    return turn_days(gate, ahead, age_days=age, shut_days=shut, restart=restart, truck_class=one)


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("age", "shut", "restart"),
    [
        (2.0, 9.0, Restart.ramp),
        (9.0, 9.0, Restart.at_once),
        (5.0, 35.0, Restart.staged),
        (20.0, 50.0, Restart.staged),
    ],
)
def test_a_turn_is_that_of_a_simulation_by_slices(
    one: object, age: float, shut: float, restart: Restart
) -> None:
    assert isinstance(one, type(ALL))
    mine = turn(GATE, age, shut, restart, one)
    slow = turn_by_slices(
        GATE, age, shut, restart, own_share=one.share, before_share=one.before_share
    )
    # A slice is a four-hundredth of a day; a ramp runs straight within a tenth of a day, and what
    # is nearly through amplifies either.
    assert mine == pytest.approx(slow, abs=0.05, rel=2e-3)


def test_all_in_one_line_is_the_drain_of_before() -> None:
    ahead = trucks_before(GATE, 9.0)
    for restart in Restart:
        assert turn(GATE, 9.0, 12.0, restart) == drain_days(ahead / 180, restart)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 60.0), st.floats(0.0, 200.0), st.sampled_from(Restart))
def test_an_earlier_class_never_passes_later(age: float, more: float, restart: Restart) -> None:
    turns = [turn(GATE, age, age + more, restart, one) for one in CLASSES]
    for sooner, later in pairwise(turns):
        assert sooner <= later + 1e-9  # rounding of a drain that is nothing


def test_shares_sum_to_one_and_stand_in_order() -> None:
    assert sum(one.share for one in CLASSES) == pytest.approx(1)
    for one, later in pairwise(CLASSES):
        assert later.before_share == pytest.approx(one.upto_share)


def test_who_comes_on_the_day_of_the_reopening_stands_last_of_its_class() -> None:
    """The same whether the gate is shut still at that moment or just open; none turned back yet."""
    for one in CLASSES:
        first = Gate(arrivals_per_day=100.0 * one.upto_share, capacity_per_day=180.0)
        standing = queue_of(first, 9.0, Restart.ramp).at(9.0)
        late = late_turn_days(
            GATE, standing, since_days=0.0, shut_days=9.0, restart=Restart.ramp, truck_class=one
        )
        assert late == pytest.approx(turn(GATE, 9.0, 9.0, Restart.ramp, one), abs=1e-6)


def test_a_turn_that_does_not_come_is_the_end_of_looking() -> None:
    full = Gate(arrivals_per_day=100.0, capacity_per_day=90.0)
    assert turn(full, 9.0, 9.0, Restart.at_once, CLASSES[FUELS]) == 1500.0


@pytest.mark.parametrize(
    ("cargo", "unit", "ends", "told"),
    [
        ("general", "truck", ("peshawar", "kabul"), EXPORTS),
        ("general", "truck", ("karachi", "kabul"), EXPORTS),
        ("general", "40ft", ("karachi", "kabul"), TRANSIT),
        ("general", "truck", ("karachi", "tashkent"), TRANSIT),
        ("fresh", "truck", ("peshawar", "kabul"), RELIEF),
        ("relief", "truck", ("karachi", "tashkent"), RELIEF),
        ("fuel", "truck", ("peshawar", "kabul"), FUELS),
    ],
)
def test_a_shipment_has_the_class_of_its_cargo_and_its_ends(
    cargo: str, unit: str, ends: tuple[str, str], told: int
) -> None:
    world = karwan.region(as_of="2026-11-22").world
    shipment = make_consignment(
        world.catalog, carrier="PK", countries=world.network.countries, unit=unit, cargo=cargo
    )
    here, there = (world.network.place(name) for name in ends)
    assert class_of(shipment, (here, there), ("PK", "AF"), CLASSES) is CLASSES[told]


def test_decision_and_queue_tell_the_same_turn() -> None:
    """One number for one fact: days until the turn of the last of a class."""
    region = karwan.region(as_of="2026-11-22")
    queue = region.queue("torkham", closed_for=9).to_dict()
    waits = queue["ways"][0]["class_wait_days"]
    assert (queue["ways"][0]["from_country"], list(waits)) == (
        "PK", [one.name for one in CLASSES],
    )  # fmt: skip
    for cargo, place in (("fresh", RELIEF), ("general", EXPORTS), ("fuel", FUELS)):
        one = CLASSES[place]
        made = region.decide("torkham", at="torkham", to="kabul", cargo=cargo, closed_for=9)
        told = made.to_dict()
        assert told["class"] == one.name
        total = queue["ways"][0]["backlog_trucks"]
        assert told["ahead_trucks"] == pytest.approx(one.upto_share * total, rel=1e-3)
        assert any(f"{waits[one.name]:,.1f} days after" in line for line in told["because"])
    stated = region.decide("torkham", at="torkham", to="kabul", closed_for=9, ahead=7).to_dict()
    assert (stated["class"], stated["ahead_trucks"]) == (None, 7)


def test_each_share_of_a_class_has_its_source() -> None:
    """The share in transit is that of the customs' count over the trucks of two gates."""
    told = karwan.region(as_of="2026-11-22").queue("torkham", closed_for=9).to_dict()["classes"]
    assert all(one["source"] and one["grade"] and one["basis"] for one in told)
    (transit,) = (one for one in told if one["name"] == "transit")
    assert (transit["grade"], transit["share"]) == ("B", pytest.approx(118 / 424, abs=0.005))


class Shares:
    """A catalogue with some rows of parameters."""

    def __init__(self, told: dict[str, float] | None = None) -> None:
        self.told = told or {}

    def rows(self, kind: object) -> tuple[object, ...]:
        rows = Catalog().rows(ParameterRow)
        return tuple(
            replace(row, value=self.told[row.applies_to])
            for row in rows
            if row.parameter == CLASS_SHARE and row.applies_to in self.told
        )


def test_shares_of_a_table_sum_to_one_and_none_is_missing() -> None:
    uneven = {"relief": 0.2, "transit": 0.3, "exports": 0.5, "fuel": 0.1}
    with pytest.raises(DataError, match=r"sum to 1\.1, not 1"):
        truck_classes(cast("Catalog", Shares(uneven)))
    with pytest.raises(DataError, match="no row of queue_class_share, fuel"):
        truck_classes(cast("Catalog", Shares({"relief": 0.5, "transit": 0.2, "exports": 0.3})))
    own = truck_classes(cast("Catalog", Shares({**uneven, "fuel": 0.0})))
    assert [one.before_share for one in own] == pytest.approx([0.0, 0.2, 0.5, 1.0])


def test_empties_and_loads_are_what_waits() -> None:
    way = karwan.region(as_of="2026-11-22").queue("torkham", closed_for=9).to_dict()["ways"][0]
    parts = way["backlog_loaded_trucks"] + way["backlog_empty_trucks"]
    assert parts == pytest.approx(way["backlog_trucks"], rel=1e-3)
    # Torkham, May 2025: 450 loaded and 250 empty (count CC028)
    assert way["backlog_loaded_trucks"] == pytest.approx(
        450 / 700 * way["backlog_trucks"], rel=1e-3
    )
