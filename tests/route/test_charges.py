"""What a charge is counted by: direction, vehicles, tonnes, the class of train."""

from __future__ import annotations

import datetime as dt

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.scope import Scope
from karwan.analysis.world.state import State
from karwan.network.crossings import BorderFigures
from karwan.route.charges import RAIL_HAUL, REST, Charge
from karwan.route.cost import PricedGraph
from karwan.route.expand import Arc
from tests import reference

EXACT = 1e-12
"""The same products in another order."""


def arc_of(priced: PricedGraph, link: str, tail: str) -> Arc:
    """Return the arc of a link that leaves a place."""
    (found,) = [
        arc
        for arc in priced.graph.arcs
        if arc.link_id == link and priced.graph.states[arc.tail][0] == tail
    ]
    return found


def charges(priced: PricedGraph, link: str, tail: str, kind: str) -> list[Charge]:
    """Return the charges of one kind on a link travelled from a place."""
    return [c for c in priced.charges[arc_of(priced, link, tail).id] if c.kind.name == kind]


def usd(priced: PricedGraph, link: str, tail: str, kind: str) -> float:
    """Return the central USD of one kind on a link travelled from a place."""
    found = charges(priced, link, tail, kind)
    assert found
    return sum(charge.usd.value for charge in found if charge.usd is not None)


def test_fees_follow_the_direction_travelled() -> None:
    """Torkham: 507 USD out of Pakistan and 765 USD into it, as of 2022."""
    priced = reference.planner().priced
    out, back = (
        usd(priced, "x-torkham-road", tail, "border fees") for tail in ("torkham-pk", "torkham")
    )
    levy = reference.tariffs().dated("road_charge", "torkham-road", way="a_to_b")
    assert levy is not None
    assert_allclose(back / (out - levy.value), 765 / 507, rtol=EXACT)
    borders = BorderFigures(reference.network())
    crossing = reference.network().crossings["torkham-road"]
    assert borders.passage(crossing, from_a=True).cost.value == 507
    assert borders.passage(crossing, from_a=False).cost.value == 765


def test_every_vehicle_pays_at_a_post() -> None:
    """A wagon of 60 t goes by road on three trucks of 20 t."""
    one, three = (reference.planner(unit).priced for unit in ("truck", "wagon"))
    assert reference.consignment("wagon").road_vehicle_count == 3
    fees = [usd(priced, "x-torkham-road", "torkham", "border fees") for priced in (one, three)]
    assert_allclose(fees[1], 3 * fees[0], rtol=EXACT)


def test_loads_towards_the_port_are_cheap_in_pakistan_alone() -> None:
    """Geometric mean of a backhaul's 0.35 (carriers' lists of 2010) and the full rate."""
    priced = reference.planner().priced
    network = reference.network()
    seen = 0
    for link in network.links.values():
        if link.mode != "road" or link.crossing_id or not link.built:
            continue
        there, back = (usd(priced, link.id, end, "road haul") for end in (link.from_id, link.to_id))
        ratio = min(there, back) / max(there, back)
        wanted = 0.59 if link.countries == ("PK",) else 1.0
        if wanted == 1.0:
            assert_allclose(ratio, 1.0, rtol=EXACT)
        else:
            seen += int(ratio < 0.9)
            assert ratio == pytest.approx(0.59, rel=EXACT) or ratio == 1.0
    assert seen > 50


def test_a_link_northbound_out_of_karachi_pays_the_full_rate() -> None:
    priced = reference.planner().priced
    out, back = (
        usd(priced, "hyderabad-pk--karachi", tail, "road haul")
        for tail in ("karachi", "hyderabad-pk")
    )
    assert out > back


def test_a_wagonload_takes_longer_than_a_block_train() -> None:
    """Tashkent-Hairatan: 5-6 days by ordinary wagon, 2 by accelerated train: 2.75 times."""
    block, single = (reference.planner(unit).priced for unit in ("40ft", "wagon"))
    rails = [arc.id for arc in block.graph.arcs if arc.modes == {"rail"} and arc.kind == "haul"]
    assert rails
    for arc in rails:
        slow, fast = (
            sum(c.hours.value for c in priced.charges[arc] if c.kind is RAIL_HAUL and c.hours)
            for priced in (single, block)
        )
        assert_allclose(slow, 2.75 * fast, rtol=EXACT)


def test_a_long_wait_at_a_border_is_the_drivers_rest() -> None:
    """At Torkham a truck waits days, so that the daily rest of 6 h before it falls away."""
    planner = reference.planner()
    place = reference.network().place
    via = (("element", "torkham-road"),)
    path = planner.best(place("kabul"), place("peshawar"), Scope(state=State.all_open), via=via)
    assert path is not None
    journey = planner.journey(path)
    rest = sum(
        charge.hours.value
        for arc in path.arcs
        for charge in planner.priced.charges[arc]
        if charge.kind is REST and charge.hours
    )
    assert journey.crossings == ("torkham-road",)
    before = rest - journey.hours_by_kind["rest"]
    assert 0 < journey.rest_waived_hours <= 6
    assert_allclose(before, journey.rest_waived_hours, rtol=1e-9)


def test_no_rate_is_of_a_later_year_where_an_earlier_one_is_published() -> None:
    """CPMM's figures of Uzbek roads for 2019 came out in 2021, those of 2020 in 2023."""
    years = {
        as_of: int(
            reference.tariffs(dt.date(as_of, 12, 31))
            .haul_rate("UZ", "road")
            .basis.removeprefix("CPMM ")
        )
        for as_of in (2020, 2021, 2022, 2023, 2026)
    }
    assert all(year <= as_of for as_of, year in years.items())
    assert years[2026] > years[2023] > years[2021] == 2019


def test_queues_at_shut_chinese_frontiers_are_in_the_band_and_not_in_the_centre() -> None:
    """CPMM road rates of 2020 to 2022: 3,445 USD per 500 km in China in 2022, 2,042 in 2023."""
    rates = reference.tariffs(dt.date(2026, 12, 31))
    china, kyrgyz = (rates.haul_rate(land, "road") for land in ("CN", "KG"))
    assert (china.basis, kyrgyz.basis) == ("CPMM 2023", "CPMM 2019")
    assert china.high > 1.5 * china.value


def test_a_rail_tariff_has_a_band_of_half_to_nothing() -> None:
    """Published discounts of 30 to 70 per cent come and go: -50/+0 per cent."""
    for country in ("KZ", "UZ", "TM"):
        rate = reference.tariffs().haul_rate(country, "rail")
        assert_allclose([rate.low, rate.high], [rate.value / 2, rate.value], rtol=EXACT)


@pytest.mark.parametrize(
    ("carrier", "swapped"),
    [
        ("CN", {"khorgos-road", "kulma-road"}),
        ("IR", {"islam-qala-dogharoun-road", "kulma-road"}),
        ("PK", {"kulma-road"}),
    ],
)
def test_cargo_changes_trucks_where_the_carrier_must_stop(carrier: str, swapped: set[str]) -> None:
    planner = reference.planner("truck", carrier)
    assert set(planner.world.swaps(planner.consignment)) == swapped
    found = {
        arc.crossing_id
        for arc in planner.graph.arcs
        for charge in planner.priced.charges[arc.id]
        if charge.what.endswith("cargo changes trucks")
    }
    assert found == swapped


def test_a_terminal_of_a_project_waits_for_it() -> None:
    def announced(*projects: str) -> set[str]:
        network = reference.network()
        return {
            network.terminals[arc.terminal].place_id
            for arc in reference.planner("wagon", projects=projects).graph.arcs
            if arc.kind == "transfer" and network.terminals[arc.terminal].status == "project"
        }

    assert announced() == set()
    assert {"herat", "kandahar"} <= announced("ktap-rail")
    assert announced("ktap-rail") != announced("uap")
