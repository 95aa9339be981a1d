"""A table with faults is refused with one error that names them all."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.world.world import open_world
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.network.build import build_network
from karwan.network.check import network_gaps
from karwan.network.vehicles import make_consignment
from karwan.route.cost import PricedGraph
from tests import reference, worlds
from tests.reference import change_table, set_cells


def faults_of(folder: Path) -> tuple[str, ...]:
    """Return the faults for which a user's tables are refused."""
    with pytest.raises(DataError, match="fault") as caught:
        build_network(Catalog(folder))
    return caught.value.texts


def duplicate(folder: Path, name: str) -> None:
    change_table(folder, name, lambda frame: pl.concat([frame, frame.head(1)]))


def test_a_link_shorter_than_the_great_circle(tmp_path: Path) -> None:
    set_cells(tmp_path, "road_links", "shymkent--saryagash", {"length_km": "50"})
    assert faults_of(tmp_path) == (
        "link shymkent--saryagash: 50 km is shorter than the great circle of 101.0 km",
    )


def test_a_negative_length(tmp_path: Path) -> None:
    line = set_cells(tmp_path, "road_links", "shymkent--saryagash", {"length_km": "-3"})
    assert faults_of(tmp_path) == (f"line {line}: length_km is -3, below 0",)


def test_hours_outside_their_own_band_are_refused_whichever_way_a_route_takes(
    tmp_path: Path,
) -> None:
    cells = {"side_a_inbound_hours": "30", "side_a_inbound_high_hours": "20"}
    line = set_cells(tmp_path, "border_crossings", "khunjerab-road", cells)
    assert faults_of(tmp_path) == (
        f"line {line}: side_a_inbound_hours is 30, above side_a_inbound_high_hours, 20",
    )


def test_a_parameter_that_no_row_holds_is_named() -> None:
    tariffs = reference.tariffs()
    for key in (("no_such", "road"), ("rail_tariff_low_ratio", "road", "XX")):
        with pytest.raises(DataError, match=f"it has no row of {key[0]}"):
            tariffs.parameter(*key)


def test_a_link_across_a_frontier_without_a_crossing(tmp_path: Path) -> None:
    crossing = "torkham-road"
    link = build_network(Catalog()).crossings[crossing].link_id
    set_cells(tmp_path, "road_links", link, {"crossing_id": None})
    assert faults_of(tmp_path) == (f"link {link} joins PK and AF without a crossing",)


def test_a_crossing_with_a_side_missing(tmp_path: Path) -> None:
    set_cells(tmp_path, "border_crossings", "torkham-road", {"side_b": None})
    assert faults_of(tmp_path) == (
        "crossing torkham-road: side b is missing",
        "crossing torkham-road: link x-torkham-road does not join its two sides",
    )


def test_duplicate_ids(tmp_path: Path) -> None:
    duplicate(tmp_path, "road_links")
    last = change_table(tmp_path, "road_links", lambda frame: frame).height + 1
    assert faults_of(tmp_path) == (f"line {last}: id 'astana--karaganda' stands in line 2 already",)


def test_a_renamed_column(tmp_path: Path) -> None:
    change_table(tmp_path, "road_links", lambda frame: frame.rename({"length_km": "length_miles"}))
    assert faults_of(tmp_path) == (
        "column 'length_km' is missing",
        "column 'length_miles' is not known",
    )


def test_a_unit_declared_otherwise(tmp_path: Path) -> None:
    change_table(tmp_path, "road_links", lambda frame: frame)
    (tmp_path / "datapackage.json").write_text(
        '{"resources": [{"name": "road_links", "schema": {"fields": '
        '[{"name": "length_km", "unit": "mile"}]}}]}',
        encoding="utf-8",
    )
    assert faults_of(tmp_path) == (
        "road_links.csv: length_km is declared in 'mile'; it must be in 'km'",
    )


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    set_cells(
        tmp_path, "road_links", "shymkent--saryagash", {"length_km": "50", "to_id": "nowhere"}
    )
    set_cells(tmp_path, "border_crossings", "hairatan-airitom-road", {"side_a_country": "PK"})
    assert faults_of(tmp_path) == (
        "link shymkent--saryagash: no place 'nowhere': add it to road_nodes",
        "crossing hairatan-airitom-road: side a airitom lies in UZ, not PK",
    )


def test_a_table_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "rods.csv").write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"rods\.csv is not a table of karwan"):
        Catalog(tmp_path)


def test_the_packaged_network_has_no_fault() -> None:
    network = build_network(Catalog())
    assert len(network.crossings) > 50


def test_what_is_announced_is_not_built() -> None:
    network = build_network(Catalog())
    for project in network.projects.values():
        assert not any(network.links[link].built for link in project.links)


def price(folder: Path) -> PricedGraph:
    """Return the graph priced on a user's tables."""
    catalog = Catalog(folder)
    goods = make_consignment(catalog, carrier="PK", countries=reference.network().countries)
    return Planner(world=open_world(catalog, reference.AS_OF), consignment=goods).priced


def question_faults(folder: Path) -> str:
    """Return the error of a question asked of a user's tables."""
    with pytest.raises(DataError, match="fault") as caught:
        price(folder)
    return str(caught.value)


def test_a_table_of_prices_with_a_row_lost(tmp_path: Path) -> None:
    lost = {"port_queue_hours", "sea_usd_per_teu_km"}
    change_table(
        tmp_path, "parameters", lambda frame: frame.filter(~pl.col("parameter").is_in(lost))
    )
    assert question_faults(tmp_path) == (
        "2 faults in the tables of prices:\n"
        "  parameters has no row of sea_usd_per_teu_km, sea\n"
        "  parameters has no row of port_queue_hours, port"
    )


def test_tables_of_prices_without_a_row(tmp_path: Path) -> None:
    for name in ("price_index", "cpmm_tfi"):
        change_table(tmp_path, name, lambda frame: frame.head(0))
    assert question_faults(tmp_path) == (
        "3 faults in the tables of prices:\n"
        "  price_index has no row\n"
        "  cpmm_tfi has no TFI3 by road\n"
        "  cpmm_tfi has no TFI3 by rail"
    )


def test_a_unit_that_carries_nothing(tmp_path: Path) -> None:
    line = set_cells(tmp_path, "units", "truck", {"payload_t": "0"}, key="unit_id")
    assert question_faults(tmp_path) == (
        f"1 fault in table units ({tmp_path / 'units.csv'}):\n"
        f"  line {line}: payload_t is 0, below 0.1"
    )


def test_an_element_shut_by_a_closure_that_is_not_on_record(tmp_path: Path) -> None:
    change_table(tmp_path, "closures", lambda frame: frame.filter(pl.col("id") != "CL130"))
    change_table(tmp_path, "closure_elements", lambda frame: frame)
    assert question_faults(tmp_path) == (
        "1 fault in table closure_elements:\n  no closure 'CL130' in closures or line_disruptions"
    )


@pytest.mark.parametrize("text", ['{"resources": 5}', "[]", '{"resources": [3]}', "{"])
def test_a_descriptor_that_is_none(text: str, tmp_path: Path) -> None:
    change_table(tmp_path, "road_links", lambda frame: frame)
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")
    (fault,) = faults_of(tmp_path)
    assert fault.startswith("datapackage.json is no Data Package descriptor: ")


def test_a_gate_that_no_link_reaches_is_listed(tmp_path: Path) -> None:
    """It is no fault, and no route can lead over it; the new gate has no road in the south."""
    links = [row for row in worlds.link_rows()["road_links"] if row["id"] != "s-new"]
    gaps = network_gaps(worlds.lands(tmp_path, road_links=links).network)
    assert [gap.where for gap in gaps if gap.what == "no link inland: cannot be routed"] == [
        "new-road, new-s"
    ]
    whole = network_gaps(worlds.lands(tmp_path).network)
    assert not [gap for gap in whole if gap.what.startswith("no link inland")]
