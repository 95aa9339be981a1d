"""Two small lands in which every number can be worked out by hand.

North (XN) and South (XS) meet at two frontiers; trucks cost 1 USD a km in North and 2 in South,
drivers rest as long as they drive, and a border post takes 2 hours to leave and 3 to enter::

    ncity --100-- east-n ==40== east-s --200-- scity      the east gate; a railway beside it
      \\--300-- west-n ==10== west-s --100-- scity         the west gate; a new gate beside it,
                      \\==12== new-s --60-- scity           announced and not built

Six elements: four crossings, the railway's gate and the pass (east-s to scity, shut by snow in
January and February). The tables are those of a user's folder, read by the product's own readers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from karwan.analysis.corridors.planner import Planner
from karwan.analysis.world.world import World, open_world
from karwan.data.catalog import Catalog
from karwan.network.build import build_network
from karwan.network.network import Network
from karwan.network.vehicles import Consignment, make_consignment

AS_OF = dt.date(2020, 6, 30)
Row = Mapping[str, object]

EAST, RAIL, WEST, NEW = "east-road", "east-rail", "west-road", "new-road"
PASS, YARD = "pass-road", "yard-rail"
ELEMENTS = (EAST, RAIL, WEST, NEW, PASS, YARD)
PROJECT = "new-gate"

PROVENANCE: Row = {
    "source_url": "https://example.org/made", "source_date": "2017-01-01", "confidence": "A",
}  # fmt: skip
ROAD_PLACES = {
    "ncity": "XN", "east-n": "XN", "west-n": "XN",
    "scity": "XS", "east-s": "XS", "west-s": "XS", "new-s": "XS",
}  # fmt: skip
RAIL_PLACES = ("ncity", "east-n", "east-s", "scity")


def link_rows() -> dict[str, list[Row]]:
    """Return road and rail links: all at 50 km/h by road and 20 by rail."""

    def road(ident: str, a: str, b: str, km: float, **more: object) -> Row:
        return {
            "id": ident, "from_id": a, "to_id": b, "mode": "road", "length_km": km,
            "surface": "paved", "condition": "good", "status": "operating",
            "infrastructure": "built", "speed_kmh": 50, "countries": ROAD_PLACES[a], **more,
        }  # fmt: skip

    def rail(ident: str, a: str, b: str, km: float, **more: object) -> Row:
        return {
            "id": ident, "from_id": a, "to_id": b, "mode": "rail", "length_km": km,
            "gauge_mm": 1520, "status": "operating", "infrastructure": "built", "speed_kmh": 20,
            "countries": ROAD_PLACES[a], **more,
        }  # fmt: skip

    both = "XN;XS"
    roads = [
        road("n-east", "ncity", "east-n", 100),
        road("n-west", "ncity", "west-n", 300),
        road("x-east", "east-n", "east-s", 40, countries=both, crossing_id=EAST),
        road("x-west", "west-n", "west-s", 10, countries=both, crossing_id=WEST),
        road("x-new", "west-n", "new-s", 12, countries=both, crossing_id=NEW,
             status="planned", infrastructure="not_built"),
        road("s-east", "east-s", "scity", 200, seasonal_closure="snow",
             season_first_month=1, season_last_month=2),
        road("s-west", "west-s", "scity", 100),
        road("s-new", "new-s", "scity", 60),
    ]  # fmt: skip
    rails = [
        rail("r-north", "ncity", "east-n", 100),
        rail("r-x", "east-n", "east-s", 40, countries=both, crossing_id=RAIL),
        rail("r-south", "east-s", "scity", 200),
    ]
    return {"road_links": roads, "rail_links": rails}


def crossing_rows() -> list[Row]:
    """Return the four gates: 2 h to leave a land, 3 to enter, 100 USD southwards, 80 back."""

    def gate(ident: str, link: str, a: str, b: str, **more: object) -> Row:
        hours = {
            f"side_{side}_{way}_{what}": value
            for side in "ab"
            for way, figure in (("outbound", 2), ("inbound", 3))
            for what, value in (("hours", figure), ("basis", "post"))
        }
        return {
            "id": ident, "name": ident, "side_a": a, "side_a_country": "XN", "side_b": b,
            "side_b_country": "XS", "mode": "road", "frontier": "XN-XS", "frontier_kind": "cis",
            "status_kind": "open", "status_asof": "2017-06-01", "status_source_url": "",
            "in_network": "yes", "link_ids": link, "cost_a_to_b_usd": 100, "cost_b_to_a_usd": 80,
            **hours, **more,
        }  # fmt: skip

    return [
        gate(EAST, "x-east", "east-n", "east-s"),
        gate(RAIL, "r-x", "east-n", "east-s", mode="rail"),
        gate(WEST, "x-west", "west-n", "west-s"),
        gate(NEW, "x-new", "west-n", "new-s", status_kind="not_built", status_asof=""),
    ]


def element_rows() -> list[Row]:
    def one(ident: str, group: str, links: str, **more: object) -> Row:
        return {
            "element_id": ident, "kind": "crossing", "mode": "road", "frontier_group": group,
            "name": ident, "links": links, "in_network": "yes", **more,
        }  # fmt: skip

    return [
        one(EAST, "east", "x-east"),
        one(RAIL, "east", "r-x", mode="rail"),
        one(WEST, "west", "x-west"),
        one(NEW, "west", "x-new", beside=WEST),
        one(PASS, "line-pass", "s-east", kind="line"),
        one(YARD, "line-yard", "r-north", kind="line", mode="rail"),
    ]


def corridor_rows() -> list[Row]:
    def way(ident: str, sequence: str, **more: object) -> Row:
        return {
            "corridor_id": ident, "family": ident, "variant": "road", "role": "named",
            "od_example": "ncity>scity", "sequence": sequence, "modes": "road", "km_check_km": 1,
            "gauge_break_count": 0, "description": ident, **more,
        }  # fmt: skip

    return [
        way("by-east", f"ncity;{EAST}>;scity"),
        way("by-west", f"ncity;{WEST}>;scity"),
        way("by-new", f"ncity;{NEW}>;scity", project_id=PROJECT),
        way("by-rail", f"ncity@rail1520;{RAIL}>;scity@rail1520", modes="rail", role="context"),
    ]


def closure(
    ident: str, element: str, start: str, end: str = "", **more: object
) -> dict[str, object]:
    """Return a closure with what joins it to its element, as one row."""
    return {
        "id": ident, "crossing": element, "start": start, "end": end, "scope": "full",
        "cause": "political", "description": ident, "start_precision": "day",
        "end_status": "observed" if end else "unknown", "element_id": element,
        "mode": "rail" if element in (RAIL, YARD) else "road", "traffic_class": "all",
        "effect": "shut", "direction": "both", "episode": ident, "calendar": "no",
        "open_closed": "yes", "source_date": start, **more,
    }  # fmt: skip


CLOSURES: tuple[Row, ...] = (
    # One episode at three gates: 10, 20 and 70 days, the railway 4 days after the road.
    closure("K01", EAST, "2018-03-01", "2018-03-11", episode="EP1"),
    closure("K02", RAIL, "2018-03-05", "2018-03-25", episode="EP1"),
    closure("K03", WEST, "2018-03-01", "2018-05-10", episode="EP1"),
    closure("K04", WEST, "2019-06-01", "2019-06-08"),
    # Shut for some traffic only.
    closure("K05", EAST, "2019-01-01", "2019-02-01", traffic_class="produce", open_closed="no"),
    closure("K06", WEST, "2019-09-01", "2019-09-11", direction="a_to_b", open_closed="no"),
    closure("K07", PASS, "2019-03-01", "2019-03-06", cause="landslide"),
    closure("K08", EAST, "2016-05-01", "2016-05-11", cause="health"),
    closure("K09", WEST, "2017-08-01", "2017-08-03", calendar="yes"),
    closure("K10", EAST, "2017-02-01", "2017-02-05", confidence="C"),
    # Ends on the as-of date: a spell is half-open.
    closure("K11", WEST, "2020-06-20", "2020-06-30"),
    # No end found: last seen shut 14 days before the as-of date, told of two days later.
    closure("K12", EAST, "2020-05-01", closed_at_least_until="2020-06-16",
            source_date="2020-06-18"),
)  # fmt: skip
JOIN = (
    "element_id", "mode", "traffic_class", "effect", "direction", "episode", "calendar",
    "open_closed",
)  # fmt: skip


def write_tables(
    folder: Path, closures: Sequence[Row] = CLOSURES, **changed: Sequence[Row]
) -> Path:
    """Write the tables of the two lands; those named in `changed` hold its rows instead."""
    places = [
        {"id": name, "name": name, "country": country, "lat": 0, "lon": 0, "kind": "city"}
        for name, country in ROAD_PLACES.items()
    ]
    joins = [
        {"closure_id": row["id"], "table": "closures"} | {key: row[key] for key in JOIN}
        for row in closures
    ]
    tables: dict[str, Sequence[Row]] = {
        "road_nodes": places,
        "rail_nodes": [row for row in places if row["id"] in RAIL_PLACES],
        **link_rows(),
        "border_crossings": crossing_rows(),
        "elements": element_rows(),
        "corridors": corridor_rows(),
        "projects": [{"project_id": PROJECT, "name": "New gate", "project_links": "x-new",
                      "build_state": "announced", "status_note": "announced"}],
        "terminals": [_move(place, *ways) for place in ("ncity", "scity")
                      for ways in (("road", "rail1520"), ("rail1520", "road"))],
        "closures": closures,
        "closure_elements": joins,
        **rate_rows(),
        **{name: [] for name in ("place_names", "restrictions", "rail_gauge_breaks",
                                 "line_disruptions", "closure_calendar")},
        **changed,
    }  # fmt: skip
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        write_table(folder, name, rows)
    return folder


def _move(place: str, before: str, after: str) -> Row:
    return {
        "place_id": place, "from_layer": before, "to_place_id": place, "to_layer": after,
        "kind": "intermodal", "status": "operating", "handling_hours": 4, "queue_hours": 6,
        "cost_usd_per_container": 30,
    }  # fmt: skip


def rate_rows() -> dict[str, list[Row]]:
    """Return rates in USD of 2023 of the only year there is: 1 and 2 USD a km, 20 t."""
    rates = {("road", "XN"): 500, ("road", "XS"): 1000, ("rail", "XN"): 250, ("rail", "XS"): 250}
    tfi: list[Row] = [
        {"year": 2023, "mode": mode, "scope": "land", "country": land, "indicator": "TFI3",
         "direction": "both", "mean": usd, "unit": "USD", "source_url": f"https://example.org/{land}"}
        for (mode, land), usd in rates.items()
    ]  # fmt: skip
    fees: list[Row] = [
        {"country": "XS", "carrier": "*", "over_t": low, "up_to_t": high, "fee_low_usd": usd,
         "fee_usd": usd, "fee_high_usd": usd, "year": 2023}
        for low, high, usd in ((0, 20, 50), (20, 100, 500))
    ]  # fmt: skip
    packaged = Catalog().read("parameters").to_dicts()
    fixed = {"driving_hours_per_day": 12, "journey_factor_ratio": 1, "journey_log_sd": 0,
             "price_log_sd": 0, "price_factor_ratio": 1}  # fmt: skip
    parameters: list[Row] = [
        row | dict.fromkeys(("value_low", "value", "value_high"), fixed[row["parameter"]])
        if row["parameter"] in fixed
        else row
        for row in packaged
    ]
    parameters += [
        {"parameter": "border_sides_per_500km", "value_low": 0, "value": 0, "value_high": 0,
         "unit": "count", "country": land, "applies_to": "road", **PROVENANCE}
        for land in ("XN", "XS")
    ]  # fmt: skip
    return {
        "cpmm_tfi": tfi,
        "entry_fees": fees,
        "parameters": parameters,
        "price_index": [{"year": 2023, "cpi_index": 100}],
    }


def write_table(folder: Path, name: str, rows: Sequence[Row]) -> None:
    """Write rows under the columns of a packaged table; what is not given stays blank."""
    columns = [field.name for field in Catalog().resource(name).table.fields]
    provenance = {key: value for key, value in PROVENANCE.items() if key in columns}
    texts = [
        {key: None if (cell := (provenance | dict(row)).get(key)) in ("", None) else str(cell)
         for key in columns}
        for row in rows
    ]  # fmt: skip
    pl.DataFrame(texts, schema=dict.fromkeys(columns, pl.String)).write_csv(folder / f"{name}.csv")


def lands(folder: Path, closures: Sequence[Row] = CLOSURES, **changed: Sequence[Row]) -> Lands:
    """Return the two lands, written into a folder and read back."""
    return Lands(Catalog(write_tables(folder, closures, **changed)))


class Lands:
    """The two lands, and worlds and planners in them, made anew each time."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.network: Network = build_network(catalog)

    def world(
        self,
        as_of: dt.date = AS_OF,
        *,
        close: Sequence[str] = (),
        open_: Sequence[str] = (),
        projects: Sequence[str] = (),
    ) -> World:
        """Return the world on a date."""
        return open_world(
            self.catalog, as_of, closed=close, opened=open_, projects=projects, network=self.network
        )

    def consignment(
        self, unit: str = "truck", *, cargo: str = "general", carrier: str = "XN"
    ) -> Consignment:
        """Return one full unit."""
        return make_consignment(
            self.catalog, carrier=carrier, countries=self.network.countries, unit=unit, cargo=cargo
        )

    def planner(self, world: World | None = None, unit: str = "truck") -> Planner:
        """Return a planner that remembers nothing yet."""
        return Planner(world=world or self.world(), consignment=self.consignment(unit))
