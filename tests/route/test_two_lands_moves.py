"""Moves between layers in the made lands: what each takes, from which figure or default."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from karwan.analysis.corridors.planner import Planner
from karwan.base.provenance import Figure
from karwan.network.vehicles import make_consignment
from karwan.route.charges import Charge
from karwan.route.cost import price_arcs
from karwan.route.expand import StateGraph
from tests.worlds import EAST, Lands, Row, lands, link_rows

Band = tuple[float, float, float]
Told = tuple[str, str, Band | None, Band | None]
COAST: Row = {"status": "operating", "infrastructure": "built", "countries": "XS"}
SHIP: Row = {
    "id": "s-sea", "from_id": "scity", "to_id": "east-s", "mode": "sea", "length_km": 500,
    "speed_kmh": 25, **COAST,
}  # fmt: skip
STANDARD: Row = {
    "id": "r-standard", "from_id": "scity", "to_id": "east-s", "mode": "rail", "length_km": 10,
    "gauge_mm": 1435, "speed_kmh": 20, **COAST,
}  # fmt: skip
UNBUILT: Row = dict(STANDARD) | {"id": "r-slow", "gauge_mm": 1520, "speed_kmh": None}


def move(before: str, after: str, kind: str, **more: object) -> Row:
    return {
        "place_id": "scity", "from_layer": before, "to_place_id": "scity", "to_layer": after,
        "kind": kind, "status": "operating", **more,
    }  # fmt: skip


def port_lands(folder: Path, **changed: list[Row]) -> Lands:
    """Return the lands with a ship, a standard gauge and moves at the southern city."""
    links = link_rows()
    moves = [
        move("road", "rail1520", "station_town_link", km=8),
        move("rail1520", "road", "intermodal", handling_hours=4, queue_hours=6,
             cost_usd_per_container=30),
        move("road", "sea", "port"),
        move("rail1520", "rail1435", "gauge"),
    ]  # fmt: skip
    rails = [*links["rail_links"], SHIP, STANDARD, UNBUILT]
    return lands(folder, **{"rail_links": rails, "terminals": moves, **changed})


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Lands:
    return port_lands(tmp_path_factory.mktemp("port"))


def band(figure: Figure | None) -> Band | None:
    return None if figure is None else (figure.low, figure.value, figure.high)


def charges(made: Lands, before: str, after: str, unit: str = "truck") -> tuple[Charge, ...]:
    """Return the charges of a move at the southern city."""
    planner = made.planner(unit=unit)
    graph: StateGraph = planner.graph
    arc = next(
        a for a in graph.arcs
        if not a.link_id and graph.states[a.tail] == ("scity", before)
        and graph.states[a.head] == ("scity", after)
    )  # fmt: skip
    return planner.priced.charges[arc.id]


def told(found: tuple[Charge, ...]) -> list[Told]:
    return [(c.kind.name, c.what, band(c.hours), band(c.usd)) for c in found]


def test_a_station_out_of_town_adds_the_way_to_it(port: Lands) -> None:
    """No figure is published: defaults of handling, waiting and transfer; 8 km at 2 USD."""
    found = charges(port, "road", "rail1520")
    assert told(found) == [
        ("handling", "scity: road to rail1520", (2, 5, 10), None),
        ("terminal wait", "scity: road to rail1520", (0, 24, 72), None),
        ("handling", "scity: road to rail1520", None, (33, 123, 329)),
        ("road haul", "scity - scity (XS)", None, (16, 16, 16)),
    ]
    figures = [c.hours or c.usd for c in found[:3]]
    assert [f.default_id for f in figures if f] == [
        "terminal_handling_hours:scity", "terminal_queue_hours:scity",
        "transfer_usd_per_container:scity",
    ]  # fmt: skip
    assert [f.unit for f in figures if f] == ["hours", "hours", "USD"]
    rows = {
        row["parameter"]: row
        for row in port.catalog.read("parameters").to_dicts()
        if row["applies_to"] != "terminal_40ft"
    }
    for figure, name in zip(
        figures,
        ("terminal_handling_hours", "terminal_queue_hours", "transfer_usd_per_container"),
        strict=True,
    ):
        assert figure is not None
        assert (figure.basis, figure.source.url) == (
            rows[name]["note"] or "", rows[name]["source_url"],
        )  # fmt: skip


def test_published_hours_and_fees_of_a_terminal_stand(port: Lands) -> None:
    found = charges(port, "rail1520", "road")
    assert told(found) == [
        ("handling", "scity: rail1520 to road", (4, 4, 4), None),
        ("terminal wait", "scity: rail1520 to road", (6, 6, 6), None),
        ("handling", "scity: rail1520 to road", None, (30, 30, 30)),
    ]
    figures = [c.hours or c.usd for c in found]
    assert [(f.unit, f.basis, f.default_id, f.source.url) for f in figures if f] == [
        ("h", "terminals", "", "https://example.org/made"),
        ("h", "terminals", "", "https://example.org/made"),
        ("USD", "terminals", "", "https://example.org/made"),
    ]


def test_a_terminal_s_fee_is_for_each_vehicle(port: Lands) -> None:
    """60 t are three trucks: three times the fee, and three loads of 20 t on the way to town."""
    assert told(charges(port, "rail1520", "road", "wagon"))[-1][3] == (90, 90, 90)
    assert told(charges(port, "road", "rail1520", "wagon"))[2:] == [
        ("handling", "scity: road to rail1520", None, (99, 369, 987)),
        ("road haul", "scity - scity (XS)", None, (48, 48, 48)),
    ]


def test_a_port_has_a_stay_and_a_fee_and_no_handling_hours(port: Lands) -> None:
    found = charges(port, "road", "sea")
    assert told(found) == [
        ("terminal wait", "scity: road to sea", (30, 72, 168), None),
        ("handling", "scity: road to sea", None, (75, 123, 330)),
    ]
    assert [f.default_id for c in found if (f := c.hours or c.usd)] == [
        "port_queue_hours:scity", "port_usd_per_container:scity",
    ]  # fmt: skip


def test_a_change_of_gauge_has_hours_and_a_fee(port: Lands) -> None:
    found = charges(port, "rail1520", "rail1435")
    assert told(found) == [
        ("handling", "scity: change of gauge", (6, 18, 36), None),
        ("handling", "scity: change of gauge", None, (33, 123, 329)),
    ]
    assert [f.default_id for c in found if (f := c.hours or c.usd)] == [
        "gauge_break_hours:scity", "transfer_usd_per_container:scity",
    ]  # fmt: skip


def test_a_change_of_gauge_counted_at_the_border_adds_nothing(tmp_path: Path) -> None:
    row: Row = {
        "node_id": "scity", "gauge_from": 1520, "gauge_to": 1435, "method": "transshipment",
        "counted_at": "scity", "in_border_hours": "yes",
    }  # fmt: skip
    made = port_lands(tmp_path, rail_gauge_breaks=[row])
    assert charges(made, "rail1520", "rail1435") == ()


def test_cargo_that_changes_trucks_takes_hours_and_a_fee(two_lands: Lands) -> None:
    for unit, fee_usd in (("truck", (33, 123, 329)), ("wagon", (99, 369, 987))):
        assert told(_swapped(two_lands, unit)[-1:]) == [
            ("handling", "east-road: cargo changes trucks", (2, 5, 10), fee_usd),
        ]  # fmt: skip
        planner = two_lands.planner(unit=unit)
        arc = next(a for a in planner.graph.arcs if a.link_id == "x-east" and a.forward)
        assert _swapped(two_lands, unit)[:-1] == planner.priced.charges[arc.id]


def _swapped(made: Lands, unit: str) -> tuple[Charge, ...]:
    """Return the charges of the east gate where a rule has cargo change trucks."""
    from karwan.network.tariffs import Tariffs

    planner = made.planner(unit=unit)
    tariffs = Tariffs(made.catalog, dt.date(2020, 1, 1))
    priced = price_arcs(planner.graph, planner.consignment, tariffs, swaps={EAST: "rule"})
    arc = next(a for a in planner.graph.arcs if a.link_id == "x-east" and a.forward)
    return priced.charges[arc.id]


def hauls(made: Lands, link: str, unit: str = "truck") -> list[Told]:
    planner = made.planner(unit=unit)
    arc = next(a for a in planner.graph.arcs if a.link_id == link and a.forward)
    return told(planner.priced.charges[arc.id])


def test_a_ship_sails_and_is_paid_by_the_box(port: Lands) -> None:
    """500 km at 25 km/h; 0.05, 0.17 or 0.56 USD a box and km; a 40 ft is two boxes."""
    (sail, fare) = hauls(port, "s-sea")
    assert [sail, fare] == [
        ("sea haul", "scity - east-s", (20, 20, 20), None),
        ("sea haul", "scity - east-s", None, (25, 85, 280)),
    ]
    assert hauls(port, "s-sea", "40ft")[1][3] == (50, 170, 560)


def test_a_line_without_a_speed_takes_the_default(port: Lands) -> None:
    """10 km at 30 km/h, between 45 and 20."""
    rail = hauls(port, "r-slow")[0]
    assert rail[:2] == ("rail haul", "scity - east-s")
    assert rail[2] is not None
    assert_allclose(rail[2], (10 / 45, 10 / 30, 10 / 20), rtol=1e-12)  # rounding


def test_a_wagon_takes_longer_than_a_block_train(port: Lands) -> None:
    """10 km at 20 km/h; a wagonload 1 to 4 times as long, 2.75 in the middle; grade B."""
    planner = port.planner(unit="wagon")
    arc = next(a for a in planner.graph.arcs if a.link_id == "r-standard" and a.forward)
    figure = planner.priced.charges[arc.id][0].hours
    assert figure is not None
    assert_allclose([figure.low, figure.value, figure.high], [0.5, 1.375, 2.0], rtol=1e-12)
    assert (figure.unit, figure.source.grade) == ("h", "B")
    assert hauls(port, "r-standard")[0][2] == (0.5, 0.5, 0.5)


def test_a_road_with_a_speed_has_no_band_of_its_own(port: Lands) -> None:
    assert [hours for _, _, hours, _ in hauls(port, "n-east")] == [(2, 2, 2), (2, 2, 2), None]
    assert port.planner().priced.price_year == 2023


def test_a_shipment_of_two_trucks_costs_twice_as_much(port: Lands) -> None:
    """40 t: two loads of 20 t at 100 USD, over a gate at twice the fees; hours stay."""
    shipment = make_consignment(
        port.catalog, carrier="XN", countries=port.network.countries, tonnes=40
    )
    planner = Planner(world=port.world(), consignment=shipment)
    arcs = {a.link_id: a.id for a in planner.graph.arcs if a.forward}
    inland = told(planner.priced.charges[arcs["n-east"]])
    assert [row[3] for row in inland] == [None, None, (200, 200, 200)]
    gate = told(planner.priced.charges[arcs["x-east"]])
    assert [row[3] for row in gate[-2:]] == [(200, 200, 200), (100, 100, 100)]
