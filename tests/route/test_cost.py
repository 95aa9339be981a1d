"""Prices of arcs: nothing twice, nothing forgotten, one whole number each."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import fsum

import pytest
from numpy.testing import assert_allclose

from karwan.base.units import HOURS_PER_DAY
from karwan.network.network import Network
from karwan.route.charges import BORDER, ENTRY_FEES, HANDLING
from karwan.route.cost import PricedGraph, price_arcs, sum_hours, sum_usd
from karwan.route.expand import TRANSFER, expand
from tests import reference

TICKS_PER_USD = 1000
BLOCK_TRAINS = {"khorgos-altynkol-rail", "dostyk-alashankou-rail"}
"""Crossings that have hours of their own for block trains."""
ROUNDING = 1e-9
"""Sums of a few doubles in another order."""


@pytest.mark.parametrize("unit", reference.UNITS)
def test_a_weight_is_money_plus_time_in_thousandths_of_a_usd(unit: str) -> None:
    planner = reference.planner(unit)
    rate = planner.consignment.value_of_time_usd_per_hour
    for arc in planner.graph.arcs:
        charges = planner.priced.charges[arc.id]
        usd = sum_usd(charges) + rate * planner.priced.spreads.law.mean_ratio * sum_hours(charges)
        assert planner.priced.ticks[arc.id] == round(usd * TICKS_PER_USD)
        assert isinstance(planner.priced.ticks[arc.id], int)


@pytest.mark.parametrize("unit", reference.UNITS)
def test_every_charge_has_an_ordered_band_and_a_grade(unit: str) -> None:
    for charges in reference.planner(unit).priced.charges:
        for charge in charges:
            for figure in (charge.hours, charge.usd):
                if figure is not None:
                    assert 0 <= figure.low <= figure.value <= figure.high
                    assert figure.source.grade in {"A", "B", "C"}


def test_road_hours_are_km_over_speed_times_duty() -> None:
    planner = reference.planner()
    duty = planner.priced.drive_hours_per_day
    checked = 0
    for arc in planner.graph.arcs:
        link = planner.world.network.links.get(arc.link_id)
        if link is None or link.mode != "road" or link.speed_kmh is None or arc.crossing_id:
            continue
        hours = sum_hours(planner.priced.charges[arc.id])
        assert_allclose(hours, arc.km / link.speed_kmh * HOURS_PER_DAY / duty, rtol=ROUNDING)
        checked += 1
    assert checked > 100


def test_a_crossing_costs_outbound_of_the_side_left_plus_inbound_of_the_side_entered() -> None:
    planner = reference.planner()
    for arc in planner.graph.arcs:
        if not arc.crossing_id:
            continue
        crossing = planner.world.network.crossings[arc.crossing_id]
        left, entered = ("a", "b") if arc.forward else ("b", "a")
        published = (crossing.hours[left, "outbound"], crossing.hours[entered, "inbound"])
        if None in published or crossing.id in BLOCK_TRAINS:
            continue
        found = fsum(
            charge.hours.value
            for charge in planner.priced.charges[arc.id]
            if charge.kind is BORDER and charge.hours
        )
        assert_allclose(found, fsum(f.value for f in published if f), rtol=ROUNDING)


def test_a_change_of_gauge_is_not_counted_where_border_hours_hold_it() -> None:
    planner = reference.planner("wagon")
    network = planner.world.network
    seen: Counter[bool] = Counter()
    for arc in planner.graph.arcs:
        if arc.kind != TRANSFER or network.terminals[arc.terminal].kind != "gauge":
            continue
        held = network.terminals[arc.terminal].place_id in network.gauge_in_border_hours
        assert bool(planner.priced.charges[arc.id]) is not held
        seen[held] += 1
    assert min(seen[True], seen[False]) > 0


def test_a_carrier_pays_entry_as_its_country_is_charged() -> None:
    found = {}
    for carrier in ("KZ", "PK", "UZ"):
        priced = reference.planner("truck", carrier).priced
        found[carrier] = {
            (charge.what, charge.usd.value)
            for charges in priced.charges
            for charge in charges
            if charge.kind is ENTRY_FEES and charge.usd
        }
    uzbek = {
        carrier: {usd for what, usd in fees if what == "entering UZ"}
        for carrier, fees in found.items()
    }
    assert uzbek["UZ"] == set(), "nobody pays to come home"
    # 300 USD for Kazakh and Kyrgyz trucks, 400 for those not named, 2025 (entry_fees.csv).
    assert max(uzbek["KZ"]) < max(uzbek["PK"])


def priced(network: Network) -> PricedGraph:
    world = reference.world()
    graph = expand(network)
    return price_arcs(graph, reference.consignment(), reference.tariffs(world.as_of))


def test_cutting_a_link_into_two_changes_neither_hours_nor_money() -> None:
    network = reference.network()
    link = network.links["shymkent--saryagash"]
    middle = replace(network.places["shymkent"], id="half-way", name="Half way")
    share = 0.3
    first = replace(link, id="first", to_id="half-way", length_km=link.length_km * share)
    second = replace(link, id="second", from_id="half-way", length_km=link.length_km * (1 - share))
    links = {name: item for name, item in network.links.items() if name != link.id}
    cut = replace(
        network,
        places={**network.places, middle.id: middle},
        links={**links, first.id: first, second.id: second},
    )

    def total(graph: PricedGraph, names: set[str]) -> tuple[float, float]:
        charges = [
            charge
            for arc in graph.graph.arcs
            if arc.link_id in names and arc.forward
            for charge in graph.charges[arc.id]
        ]
        return sum_hours(tuple(charges)), sum_usd(tuple(charges))

    whole, pieces = total(priced(network), {link.id}), total(priced(cut), {"first", "second"})
    assert whole[0] > 0
    assert_allclose(pieces, whole, rtol=ROUNDING)


def test_no_hours_of_handling_without_a_terminal() -> None:
    for arc, charges in zip(
        reference.planner("20ft").graph.arcs, reference.planner("20ft").priced.charges, strict=True
    ):
        if arc.kind != TRANSFER and not arc.crossing_id:
            assert not any(charge.kind is HANDLING for charge in charges)
