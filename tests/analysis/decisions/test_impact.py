from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.testing import assert_allclose

import karwan
from karwan.analysis.decisions.impact import (
    Impact,
    Money,
    _helps,
)
from karwan.analysis.decisions.impact_answers import impact_lines, impact_to_dict
from karwan.analysis.decisions.pair_impacts import pair_impacts, waiting_share
from karwan.analysis.decisions.queues import FADE_DAYS
from karwan.analysis.traffic.freight import FreightWay, Load
from karwan.analysis.traffic.settled import TRANSIT_SHARE
from karwan.analysis.traffic.worth import (
    GateWorth,
    Worth,
    lane_per_hour,
    saved_usd,
    usual_open_hours,
    worth_notes,
)
from karwan.api.region import Region
from karwan.base.bands import Band, Kind
from karwan.base.errors import DataError

BEFORE = "2025-10-12"
SOLVER_TOLERANCE = 2e-4
"""As far as the tolls' solver goes."""


@cache
def region() -> Region:
    return karwan.region(as_of=BEFORE)


@cache
def two_gates() -> Impact:
    """Return what the closure of the two main gates was foretold to do from what was known then."""
    answer = region().impact(closed=["torkham", "chaman"], strict=True)
    return answer.content


def made(after: list[float]) -> tuple[Any, Any]:
    """Return one pair of 100 t over two ways, and where it settles with the first shut.

    The first way costs 50 USD a tonne, 10 of it fees in B; the second 80, 4 of it fees in C; to
    stay costs 50 + 30. A tonne is worth 200 USD.
    """
    load = Load(
        origin="a", destination="b", countries=("A", "B"), flow="trade", goods="wheat",
        t_per_day=100.0, low_t_per_day=50.0, high_t_per_day=200.0, usd_per_t=200.0,
        not_sent=Band(0.05, 0.15, 0.3, Kind.inputs), source_url="", grade="C",
    )  # fmt: skip
    ways = tuple(
        FreightWay(load=0, sent=sent, elements=frozenset(), passes=(), usd_per_t=usd,
                   fees_usd_per_t=fees, ends=("a", "b"))
        for sent, usd, fees in ((True, 50.0, (("B", 10.0),)), (True, 80.0, (("C", 4.0),)),
                                (False, 80.0, ()))
    )  # fmt: skip
    freight = SimpleNamespace(ways=ways, loads=(load,))
    base = SimpleNamespace(freight=freight, flow_t_per_day=np.array([90.0, 10.0, 20.0]))
    return cast("Any", base), cast("Any", SimpleNamespace(flow_t_per_day=np.array(after)))


def test_a_closed_way_leaves_each_tonne_in_one_of_four() -> None:
    # Of 100 t that went, 10 go on as before, 30 go round, and 60 stay: a third of these waits.
    pair = pair_impacts(*made([0.0, 40.0, 80.0]), 1 / 3)[0]
    assert_allclose(
        [pair.before_t, pair.moved_t, pair.diverted_t, pair.waiting_t, pair.not_sent_t],
        [100.0, 10.0, 30.0, 20.0, 40.0],
    )
    assert pair.value_not_moved_usd == 60 * 200
    # Without fees a tonne took 53 less 9.4 USD before and 76 after: 40 t that go pay 32.4 more.
    assert_allclose(pair.detour_usd, 40 * (76 - 43.6))
    # To stay costs 80; the 40 t that are not sent and do not wait lose that beyond 43.6.
    assert_allclose(pair.surplus_lost_usd, 40 * (80 - 43.6))
    # At the low end of what not sending forgoes, a tenth of 200 USD less, it costs 60.
    low = pair_impacts(*made([0.0, 40.0, 80.0]), 1 / 3, "low")[0]
    assert_allclose(low.surplus_lost_usd, 40 * (60 - 43.6))
    # B took 9 USD of 100 t, C 0.4 of 100; after that C takes 4 of 40.
    assert_allclose([usd for _, usd in pair.fees_usd], [-900.0, 160.0 - 40.0])


def test_nothing_shut_costs_nothing() -> None:
    pair = pair_impacts(*made([90.0, 10.0, 20.0]), 0.0)[0]
    assert_allclose(
        [pair.diverted_t, pair.not_sent_t, pair.detour_usd, pair.surplus_lost_usd], 0.0, atol=1e-9
    )


@pytest.mark.parametrize(("days", "share"), [(0.0, 1.0), (FADE_DAYS / 2, 0.5), (60.0, 0.0)])
def test_what_comes_to_a_shut_gate_fades(days: float, share: float) -> None:
    assert waiting_share(days) == share


def test_the_tonnes_of_all_pairs_sum_and_transfers_sum_to_zero() -> None:
    impact = two_gates()
    for pair in impact.pairs:
        parts = pair.moved_t + pair.diverted_t + pair.waiting_t + pair.not_sent_t
        assert_allclose(parts, pair.before_t, rtol=1e-9)
        assert min(pair.moved_t, pair.diverted_t, pair.waiting_t, pair.not_sent_t) >= -1e-9
    moved = sum(abs(one.usd) for one in impact.transfers)
    assert moved > 0
    assert_allclose(sum(one.usd for one in impact.transfers), 0.0, atol=1e-9 * moved)
    assert_allclose(sum(impact.loss_by_country().values()), impact.money.loss_usd, rtol=1e-9)
    assert impact.low_money.loss_usd <= impact.money.loss_usd <= impact.high_money.loss_usd


def test_corridors_share_out_what_the_pairs_lose() -> None:
    impact = two_gates()
    names = [one.corridor_id for one in impact.corridors]
    assert len(set(names)) == len(names)
    lost = impact.money.detour_usd + impact.money.surplus_lost_usd
    assert_allclose(sum(one.loss_usd for one in impact.corridors), lost, rtol=1e-9)
    assert_allclose(sum(one.before_t for one in impact.corridors),
                    sum(pair.before_t for pair in impact.pairs), rtol=1e-9)  # fmt: skip
    by_name = {one.corridor_id: one for one in impact.corridors}
    assert by_name["kuap-road-torkham"].before_t > 0
    assert by_name["kuap-road-torkham"].after_t == 0


def test_a_party_without_a_figure_makes_a_least_sum() -> None:
    """Nothing is known of a day of a truck of TM: it is named, and adds nothing."""
    impact = two_gates()
    assert impact.unpriced == ()
    bill = replace(impact.bills[0], country="TM", usd=None, low_usd=None, high_usd=None)
    least = replace(impact, bills=(*impact.bills, bill))
    assert least.unpriced == (f"{bill.what} of TM",)
    assert "TM" not in least.loss_by_country()
    lines = "\n".join(impact_lines(least))
    assert "Loss a day: at least" in lines
    assert "No figure is known of a day of trucks and drivers of TM" in lines
    told = impact_to_dict(region().world, least)
    assert (told["least_sum"], told["unpriced"]) == (True, [f"{bill.what} of TM"])
    assert Money(value_not_moved_usd=1.0, detour_usd=2.0, waiting_usd=None,
                 surplus_lost_usd=4.0).loss_usd == 6.0  # fmt: skip


def test_no_gate_passes_more_than_it_can_and_what_is_shut_passes_nothing() -> None:
    impact = two_gates()
    assert np.all(impact.settled.gate_per_day <= impact.base.room() * (1 + SOLVER_TOLERANCE) + 1e-6)
    for row in impact.elements:
        if row.gate.element_id in impact.closing:
            assert (row.after_per_day, row.high[1]) == (0.0, 0.0)
        if row.counted and row.gate.band is not None:
            most = max(row.gate.band.p50, row.before_per_day)
            assert row.after_per_day <= most * (1 + SOLVER_TOLERANCE) + 1e-6


def test_the_base_is_what_was_counted_at_the_gates_of_the_frontier() -> None:
    base = two_gates().base
    for row, gate in enumerate(base.freight.gates):
        flow = base.counted[row]
        if gate.element_id in two_gates().closing and flow is not None:
            # Three hundred rounds, each half way: what is left is far below a truck.
            assert_allclose(base.gate_per_day[row], flow.per_day, rtol=0.01)


def test_flows_before_are_those_of_capacity_and_queue() -> None:
    """One number for one fact: what passed a gate in ordinary times."""
    flows = {
        (row["element"], row["direction"]): row["flow_per_day"]
        for row in region().capacity().to_dict()["capacities"]
    }
    for row in two_gates().elements:
        if row.counted:
            assert_allclose(
                row.before_per_day, flows[row.gate.element_id, row.gate.direction], atol=0.06
            )
    queue = region().queue("torkham", closed_for=1).to_dict()
    for way in queue["ways"]:
        assert_allclose(way["arrivals_per_day"], flows["torkham-road", way["direction"]], atol=0.06)


def test_the_small_gates_take_a_small_part_of_what_two_lose() -> None:
    """Between 6 and 30 per cent by the review of counts (2012 to 2026), capacity of crossings."""
    impact = two_gates()
    shut = set(impact.closing)
    fronts = {(row.gate.from_country, row.gate.to_country) for row in impact.elements
              if row.gate.element_id in shut}  # fmt: skip
    lost = taken = 0.0
    for row in impact.elements:
        if (row.gate.from_country, row.gate.to_country) in fronts and row.gate.vehicle == "truck":
            if row.gate.element_id in shut:
                lost += row.before_per_day
            else:
                taken += row.after_per_day - row.before_per_day
    assert 0.06 <= taken / lost <= 0.30


FIVE = ("torkham", "chaman", "ghulam khan", "kharlachi", "angoor adda")


@cache
def five_gates() -> Impact:
    """Return what shutting all five gates was foretold to do, the day before, by what was known."""
    answer = karwan.region(as_of="2025-10-11").impact(closed=FIVE, since=BEFORE, strict=True)
    return answer.content


def test_all_five_gates_shut_leave_room_for_two_thirds_and_railheads_take_most() -> None:
    """Review of counts (2012 to 2026): the other gates hold 36 to 113 per cent of what is lost."""
    impact = five_gates()
    assert impact.since == dt.date(2025, 10, 12)
    by_way = {(row.gate.element_id, row.gate.to_country): row for row in impact.elements}
    shut = [row for row in impact.elements if row.gate.element_id in impact.closing]
    assert len(shut) == 2 * len(FIVE)
    for row in shut:
        assert row.after_per_day == 0
        assert row.queue_trucks is not None
        assert row.queue_trucks > row.before_per_day
    rails = [by_way[name, "AF"] for name in (
        "hairatan-termez-rail", "torghundi-serhetabat-rail", "aqina-imamnazar-rail",
        "khaf-rozanak-rail")]  # fmt: skip
    roads = [by_way[name, "AF"] for name in (
        "islam-qala-dogharoun-road", "mahirud-abu-nasr-farahi-road", "zaranj-milak-road"
    )]  # fmt: skip
    payload = impact.base.freight.payload_t
    lost_t = sum(row.before_per_day for row in shut if row.gate.to_country == "AF") * payload
    more_t = sum(row.after_per_day - row.before_per_day for row in rails)
    more_t += payload * sum(row.after_per_day - row.before_per_day for row in roads)
    assert 0.36 <= more_t / lost_t <= 1.13
    for row in (*rails, *roads):
        assert row.gate.band is not None
        assert row.before_per_day < row.after_per_day
        assert row.after_per_day <= row.gate.band.p50 * (1 + SOLVER_TOLERANCE)
        assert row.low[1] <= row.after_per_day - row.other_sellers_per_day <= row.high[1]
    # Full, and worth something to whoever could pass one more: there it becomes a queue.
    assert by_way["islam-qala-dogharoun-road", "AF"].toll_usd > 0


def test_what_others_send_is_other_freight_than_what_is_not_sent() -> None:
    impact = five_gates()
    (afghan,) = impact.other_sellers
    lost = sum(pair.not_sent_t for pair in impact.pairs
               if pair.load.flow != "transit" and pair.load.countries[1] == "AF")  # fmt: skip
    assert afghan.country == "AF"
    assert_allclose(afghan.not_sent_t, lost, rtol=1e-9)
    sent = sum(row.other_sellers_per_day / impact.base.freight.unit_per_t(row.gate)
               for row in impact.elements)  # fmt: skip
    assert_allclose(sent, afghan.bought_t, rtol=1e-9)
    assert 0 < afghan.bought_t <= afghan.not_sent_t
    told = impact_to_dict(region().world, impact)
    assert told["tonnes_per_day"]["not_sent"] > told["other_sellers"][0]["not_sent_t_per_day"]
    assert "Bought from other sellers" in "\n".join(impact_lines(impact))


def test_no_queue_is_told_as_none_where_others_fill_a_gate() -> None:
    """Whom a full gate keeps away is not seen, whoever filled it."""
    filled = [
        row
        for row in five_gates().elements
        if row.other_sellers_per_day > 0
        and row.gate.band is not None
        and row.after_per_day > 0.999 * row.gate.band.p50
    ]
    assert "zaranj-milak-road" in {row.gate.element_id for row in filled}
    assert {row.queue_trucks for row in filled} == {None}


def test_transit_fills_no_gate_of_others() -> None:
    """A count away from what closes is local trade for the most part."""
    base = five_gates().base
    for row, gate in enumerate(base.freight.gates):
        if gate.element_id != "sher-khan-bandar-panji-poyon-road":
            continue
        sides, loads = {gate.from_country, gate.to_country}, base.freight.loads
        foreign = [
            column
            for column, way in enumerate(base.freight.ways)
            if not sides & set(loads[way.load].countries)
        ]
        passed = float(base.freight.use_per_t[row, foreign] @ base.flow_t_per_day[foreign])
        flow = base.counted[row]
        assert flow is not None
        # Three hundred rounds, each half way: what is left is far below a truck.
        assert 0 <= passed <= TRANSIT_SHARE * flow.per_day + 0.5


def test_what_will_close_is_named() -> None:
    with pytest.raises(DataError, match="name what closes later"):
        karwan.region(as_of="2025-10-11").impact(since=BEFORE)


def test_what_an_opening_saves_is_the_same_sum_on_every_day() -> None:
    """Before what waits has faded too: an opening is no loss because trucks stand at the gate."""
    impact = two_gates()
    helps = _helps(impact.base, impact.settled, frozenset(impact.closing))
    assert helps[0].saved_usd > 0
    early = region().impact(closed=["torkham", "chaman"], after_days=3).content
    told = {one.element_id: one.saved_usd for one in early.helps}
    due = {one.element_id: one.saved_usd for one in helps}
    assert set(told) == set(due)
    assert_allclose([told[one] for one in due], list(due.values()), rtol=SOLVER_TOLERANCE, atol=1)
    late = region().impact(closed=["torkham", "chaman"], after_days=20).content
    saved = late.helps[0].saved_usd
    assert 0 < saved <= late.money.detour_usd + late.money.surplus_lost_usd


def test_gates_open_all_day_are_told_apart_from_hours_unknown() -> None:
    base, settled = two_gates().base, two_gates().settled
    gates = base.freight.gates[:3]
    rows = [
        GateWorth(
            gate=replace(gate, element_id=name, open_hours=hours), flow_per_day=1.0, more_usd=1.0,
            fewer_usd=1.0, bound_usd=1.0, hour_usd=None, lane_usd=1.0, lost_usd_per_day=1.0,
            toll_rank=1, loss_rank=1,
        )
        for gate, (name, hours) in zip(
            gates, {"day": 24.0, "blank": None, "ten": 10.0}.items(), strict=True
        )
    ]  # fmt: skip
    worth = Worth(
        base=base, settled=settled, gates=tuple(rows), pairs=(), cost_usd_per_day=1.0,
        bound_usd_per_day=1.0, not_sent_t_per_day=0.0, missing=(),
    )  # fmt: skip
    notes = worth_notes(worth)
    assert "Open all day, so there is no hour more to tell: day." in notes
    (unknown,) = [one for one in notes if one.startswith("Hours unknown")]
    assert unknown.endswith(": blank.")


def test_what_more_room_saves_begins_at_the_toll_and_falls() -> None:
    """Finite differences of the optimum: a truck at its toll, a lane below all its trucks."""
    base, settled = two_gates().base, two_gates().settled
    row = int(np.argmax(settled.toll_usd))
    toll = float(settled.toll_usd[row])
    assert toll > 0
    assert_allclose(saved_usd(base, settled, row, 1.0), toll, rtol=0.05)
    lane = lane_per_hour(region().world) * usual_open_hours(base)
    assert 0 < saved_usd(base, settled, row, lane) < lane * toll
    free = int(np.argmin(settled.toll_usd))
    assert saved_usd(base, settled, free, lane) == 0.0


def test_elements_are_told_as_promised() -> None:
    told = impact_to_dict(region().world, two_gates())
    assert {
        "unit",
        "before_per_day",
        "after_per_day",
        "low",
        "high",
        "capacity_per_day",
        "queue",
    } <= set(told["elements"][0])
    assert set(told["elements"][0]["low"]) == {"before_per_day", "after_per_day"}
    assert {row["unit"] for row in told["elements"]} <= {"trucks", "t", "wagons"}
    sent = {(one["origin"], one["destination"], one["flow"]) for one in told["not_sent_per_day"]}
    assert len(sent) == len(two_gates().pairs)
    for row in told["elements"]:
        assert row["low"]["after_per_day"] <= row["after_per_day"] <= row["high"]["after_per_day"]


def test_a_question_with_faults_names_them_all() -> None:
    with pytest.raises(DataError, match="nowhere") as raised:
        region().impact(closed=["nowhere"], since="2025-12-01", after_days=-1)
    text = str(raised.value)
    assert all(word in text for word in ("nowhere", "since", "after"))


def test_what_shut_before_counts_from_its_own_days() -> None:
    impact = two_gates()
    assert impact.since == dt.date.fromisoformat(BEFORE)
    assert impact.expected_shut_days == impact.after_days == 60
