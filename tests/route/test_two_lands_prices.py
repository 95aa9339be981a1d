"""Figures of hauls in the made lands told whole: bands, units, sources, names; cheap loads."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from karwan.base.provenance import Figure, Source
from karwan.network.tariffs import Tariffs
from karwan.route.charges import DRIVING, Charge
from karwan.route.cost import price_arcs
from tests import worlds
from tests.worlds import Lands, Row, link_rows

MADE = Source("https://example.org/made", "2017-01-01", "A")
PARAMETER = {"unit": "ratio", **worlds.PROVENANCE}


def with_parameters(folder: Path, *more: Row, **changed: list[Row]) -> Lands:
    """Return the lands with further parameters, or others where name, land and use are alike."""
    keys = ("parameter", "country", "applies_to")
    new = {tuple(row.get(key) or "" for key in keys): row for row in more}
    kept = [
        row for row in worlds.rate_rows()["parameters"]
        if tuple(row.get(key) or "" for key in keys) not in new
    ]  # fmt: skip
    return worlds.lands(folder, **{"parameters": [*kept, *more], **changed})


def parameter(
    name: str, applies_to: str, low: float, value: float, high: float, **more: object
) -> Row:
    return {
        "parameter": name, "applies_to": applies_to, "value_low": low, "value": value,
        "value_high": high, **PARAMETER, **more,
    }  # fmt: skip


def charges(
    lands: Lands, link: str, unit: str = "truck", *, forward: bool = True
) -> tuple[Charge, ...]:
    planner = lands.planner(unit=unit)
    arc = next(a for a in planner.graph.arcs if a.link_id == link and a.forward is forward)
    return planner.priced.charges[arc.id]


def test_driving_and_rest_are_told_whole(tmp_path: Path) -> None:
    """100 km at 50 km/h; a day of 12 hours, 8 or 24: rest as long, twice as long or none."""
    duty = parameter("driving_hours_per_day", "truck", 8, 12, 24, unit="hours/day", note="by law")
    lands = with_parameters(tmp_path, duty)
    drive, rest, _ = charges(lands, "n-east")
    assert drive == Charge(
        DRIVING,
        "ncity - east-n",
        hours=Figure(value=2.0, low=2.0, high=2.0, unit="h", source=MADE, basis="", default_id=""),
    )
    assert (rest.kind.name, rest.what, rest.usd) == ("rest", "ncity - east-n", None)
    assert rest.hours is not None
    assert (rest.hours.value, rest.hours.low, rest.hours.high) == (2.0, 0.0, 4.0)
    assert (rest.hours.unit, rest.hours.basis, rest.hours.default_id) == ("h", "by law", "")
    assert rest.hours.source.url == MADE.url
    assert lands.planner().priced.drive_hours_per_day == 12


def test_a_line_without_a_speed_names_its_default(tmp_path: Path) -> None:
    """100 km at 25 km/h, between 50 and 20; a wagonload takes 2 times as long, between 1 and 3."""
    links = link_rows()
    links["rail_links"] = [
        {**row, "speed_kmh": None} if row["id"] == "r-north" else row for row in links["rail_links"]
    ]
    lands = with_parameters(
        tmp_path,
        parameter("new_rail_speed_kmh", "rail", 20, 25, 50, unit="km/h", confidence="C", source_url="https://e.org/v"),
        parameter("wagonload_time_ratio", "wagonload", 1, 2, 3, source_url="https://e.org/w",
                  note="slow"),
        **links,
    )  # fmt: skip
    (block, _) = charges(lands, "r-north")
    assert (block.kind.name, block.what) == ("rail haul", "ncity - east-n")
    assert block.hours is not None
    told = block.hours
    assert (told.value, told.low, told.high, told.unit) == (4.0, 2.0, 5.0, "h")
    assert (told.source.url, told.basis) == ("https://e.org/v", "")
    assert told.default_id == "parameter:new_rail_speed_kmh"
    wagon = charges(lands, "r-north", "wagon")[0].hours
    assert wagon is not None
    assert (wagon.value, wagon.low, wagon.high, wagon.unit) == (8.0, 2.0, 15.0, "h")
    assert (wagon.source, wagon.basis) == (
        Source("https://e.org/w", "2017-01-01", "B", "slow"),
        "slow",
    )
    assert wagon.default_id == told.default_id
    known = charges(lands, "r-south", "wagon")[0].hours
    assert known is not None
    assert (known.value, known.default_id) == (20.0, "")


def test_a_haul_is_told_by_land(two_lands: Lands) -> None:
    hauls = charges(two_lands, "x-east")[2:4]
    assert [(c.kind.name, c.what) for c in hauls] == [
        ("road haul", "east-n - east-s (XN)"), ("road haul", "east-n - east-s (XS)"),
    ]  # fmt: skip
    assert [c.usd.source.url for c in hauls if c.usd] == [
        "https://example.org/XN", "https://example.org/XS",
    ]  # fmt: skip


def test_a_gate_is_told_by_side(two_lands: Lands) -> None:
    """2 h to leave and 3 to enter, whichever way; the fee of the way."""
    southwards = charges(two_lands, "x-west")[-4:]
    assert [(c.kind.name, c.what) for c in southwards] == [
        ("border", "west-road, leaving XN"), ("border", "west-road, entering XS"),
        ("border fees", "west-road"), ("entry fees", "entering XS"),
    ]  # fmt: skip
    assert [c.hours.value for c in southwards if c.hours] == [2.0, 3.0]
    back = charges(two_lands, "x-west", forward=False)[-3:]
    assert [(c.kind.name, c.what) for c in back] == [
        ("border", "west-road, leaving XS"), ("border", "west-road, entering XN"),
        ("border fees", "west-road"),
    ]  # fmt: skip
    assert [c.hours.value for c in back if c.hours] == [2.0, 3.0]


def test_hours_nobody_published_are_the_middle_of_what_is_known_at_other_posts(
    tmp_path: Path,
) -> None:
    """Of three gates by road eleven figures are left: 2 h five times and 3 h six times."""
    gates = [
        {**row, "side_a_outbound_hours": None} if row["id"] == worlds.WEST else row
        for row in worlds.crossing_rows()
    ]
    lands = worlds.lands(tmp_path, border_crossings=gates)
    leaving, entering, *_ = charges(lands, "x-west")[-4:]
    assert leaving.hours is not None
    assert entering.hours is not None
    assert (leaving.hours.value, entering.hours.value) == (3.0, 3.0)
    assert leaving.hours.default_id == "border-hours:west-road:XN-outbound"
    assert entering.hours.default_id == ""


@pytest.mark.parametrize(("unit", "fee_usd"), [("truck", 100.0), ("40ft", 125.0), ("wagon", 300.0)])
def test_rail_fees_are_by_weight_and_no_entry_fee_is_asked(
    two_lands: Lands, unit: str, fee_usd: float
) -> None:
    """100 USD a load of 20 t: a box of 25 t pays for 1.25 loads by rail, and for one by road."""
    found = charges(two_lands, "r-x", unit)
    assert [c.kind.name for c in found] == ["rail haul"] * 3 + ["border"] * 2 + ["border fees"]
    assert found[-1].usd is not None
    assert found[-1].usd.value == fee_usd


# Loads towards the main port


REGION: Row = {
    "region_id": "two-lands",
    "name": "Two lands",
    "main_port_id": "scity",
    "compared_ends": "ncity;scity",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Lands:
    """Return the lands with the southern city for a port, and loads towards it at half price."""
    cheap = parameter("downcountry_rate_ratio", "road", 0.25, 0.5, 0.8, country="XS")
    links = link_rows()
    links["road_links"].append(
        {**links["road_links"][-1], "id": "s-across", "from_id": "new-s", "to_id": "west-s",
         "infrastructure": "built", "status": "operating"}
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("port")
    return with_parameters(folder, cheap, regions=[REGION], **links)


def haul(lands: Lands, link: str, *, forward: bool = True) -> list[tuple[float, float, float]]:
    return [
        (c.usd.low, c.usd.value, c.usd.high)
        for c in charges(lands, link, forward=forward)
        if c.usd is not None and c.kind.name.endswith("haul")
    ]


def test_loads_towards_the_port_are_cheap_where_it_lies(port: Lands) -> None:
    """200 km at 2 USD: half of 400, between a quarter and four fifths; nothing else is cheaper."""
    assert haul(port, "s-east") == [(100.0, 200.0, 320.0)]
    assert haul(port, "s-east", forward=False) == [(400.0, 400.0, 400.0)]
    assert haul(port, "n-east") == [(100.0, 100.0, 100.0)]
    assert haul(port, "r-south")[0][1] == 50.0 * 2
    usd = next(c.usd for c in charges(port, "s-east") if c.usd)
    assert usd.basis.endswith("; loads towards the port")
    assert (usd.unit, usd.source.url) == ("USD", "https://example.org/XS")
    (full,) = (c.usd for c in charges(port, "s-east", forward=False) if c.usd)
    assert usd.basis == f"{full.basis}; loads towards the port"
    assert (usd.unit, usd.default_id) == (full.unit, full.default_id)


def test_a_way_that_comes_no_nearer_is_not_cheap(port: Lands) -> None:
    """West-s lies 100 km from the port and new-s 60: eastwards is away from it."""
    assert haul(port, "s-across", forward=False)[0][1] == 60.0
    assert haul(port, "s-across")[0][1] == 120.0


def test_over_a_frontier_only_the_port_s_own_way_is_known(port: Lands) -> None:
    """From the other land no way to the port is known inland: 20 km at 1 USD, 20 at 2."""
    assert [usd for _, usd, _ in haul(port, "x-east")] == [20.0, 40.0]


def test_a_borrowed_rate_is_a_default_towards_the_port_too(tmp_path: Path) -> None:
    """South has no rate by road and takes North's 1 USD: 200 km at a quarter, half, four fifths."""
    cheap = parameter("downcountry_rate_ratio", "road", 0.25, 0.5, 0.8, country="XS")
    rates = [
        row for row in worlds.rate_rows()["cpmm_tfi"]
        if (row["mode"], row["country"]) != ("road", "XS")
    ]  # fmt: skip
    lands = with_parameters(tmp_path, cheap, regions=[REGION], cpmm_tfi=rates)
    assert haul(lands, "s-east") == [(50.0, 100.0, 160.0)]
    (usd,) = (c.usd for c in charges(lands, "s-east") if c.usd)
    (full,) = (c.usd for c in charges(lands, "s-east", forward=False) if c.usd)
    assert (usd.default_id, full.default_id) == ("rate:XS:road", "rate:XS:road")
    (own,) = (c.usd for c in charges(lands, "n-east") if c.usd)
    assert own.default_id == ""


def test_only_roads_lead_a_truck_to_the_port(tmp_path: Path) -> None:
    """By road west-s lies 100 km from the port and east-s 200; by rail east-s would lie 20."""
    cheap = parameter("downcountry_rate_ratio", "road", 0.25, 0.5, 0.8, country="XS")
    links = link_rows()
    links["rail_links"] = [
        {**row, "length_km": 20} if row["id"] == "r-south" else row for row in links["rail_links"]
    ]
    links["road_links"].append(
        {**links["road_links"][-2], "id": "s-between", "from_id": "west-s", "to_id": "east-s"}
    )
    lands = with_parameters(tmp_path, cheap, regions=[REGION], **links)
    assert haul(lands, "s-between")[0][1] == 200.0
    assert haul(lands, "s-between", forward=False)[0][1] == 100.0


def test_without_a_port_no_load_is_cheap(tmp_path: Path) -> None:
    cheap = parameter("downcountry_rate_ratio", "road", 0.25, 0.5, 1, country="XS")
    lands = with_parameters(tmp_path, cheap, regions=[dict(REGION) | {"main_port_id": ""}])
    assert haul(lands, "s-east") == [(400.0, 400.0, 400.0)]


# Weights that cannot be


class Odd(Tariffs):
    """Tariffs with another rate for every haul."""

    usd_per_km = 0.0

    def haul_rate(self, country: str, mode: str) -> Figure:
        usd = self.usd_per_km
        return replace(super().haul_rate(country, mode), value=usd, low=usd, high=usd)


def weigh(lands: Lands, *, link: str, usd_per_km: float, usd_per_hour: float = 0.0) -> list[int]:
    """Return what one arc weighs at a rate and a value of time, in ticks; blank is a transfer."""
    planner = lands.planner()
    cargo = replace(planner.consignment.cargo, time_cost_per_day_share=0.0)
    goods = replace(planner.consignment, cargo=cargo)
    goods = replace(
        goods,
        cargo=replace(cargo, time_cost_per_day_share=usd_per_hour * 24 / (20 * cargo.usd_per_t)),
    )
    assert goods.value_of_time_usd_per_hour == pytest.approx(usd_per_hour)
    arc = next(a for a in planner.graph.arcs if a.link_id == link)
    tariffs = Odd(lands.catalog, dt.date(2020, 1, 1))
    tariffs.usd_per_km = usd_per_km
    graph = replace(planner.graph, arcs=(arc,))
    return list(price_arcs(graph, goods, tariffs).ticks)


@pytest.mark.parametrize(("usd_per_km", "ticks"), [(0.0, 0), (0.25, 25_000), (9e10, 9 * 10**15)])
def test_an_arc_may_cost_nothing_and_up_to_what_a_weight_holds(
    two_lands: Lands, usd_per_km: float, ticks: int
) -> None:
    """100 km, in thousandths of a USD; the dearest is 9e12 USD."""
    assert weigh(two_lands, link="n-east", usd_per_km=usd_per_km) == [ticks]


@pytest.mark.parametrize(
    ("link", "usd_per_km", "usd_per_hour", "told"),
    [
        ("n-east", -1.0, 0.0, r"\(n-east\) costs -100 USD"),
        ("n-east", 9.01e10, 0.0, r"\(n-east\) costs 9\.01e\+12 USD"),
        ("n-east", float("nan"), 0.0, r"\(n-east\) costs nan USD"),
        ("", 0.0, -10.0, r"\(transfer\) costs -70 USD"),  # 10 hours and 30 USD
    ],
)
def test_what_no_arc_can_cost_is_named(
    two_lands: Lands, link: str, usd_per_km: float, usd_per_hour: float, told: str
) -> None:
    every = r"; every arc must cost 0 or more\.$"
    with pytest.raises(ValueError, match=rf"^Arc \d+ {told}{every}"):
        weigh(two_lands, link=link, usd_per_km=usd_per_km, usd_per_hour=usd_per_hour)
