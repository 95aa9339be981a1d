"""Turn fact tables into a network, or one error that names every fault in them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from karwan.base.errors import DataError
from karwan.base.known import known_from
from karwan.base.later import Later
from karwan.base.provenance import Figure, Source
from karwan.data.countries import country_keys
from karwan.data.region import country_names, region_names
from karwan.data.rows.network import (
    BorderCrossingRow,
    CorridorRow,
    ElementRow,
    LinkShapeRow,
    PlaceNameRow,
    ProjectRow,
    RailGaugeBreakRow,
    RailLinkRow,
    RailNodeRow,
    RestrictionRow,
    RoadLinkRow,
    RoadNodeRow,
    SeasonDaysRow,
    TerminalRow,
    ThingNameRow,
)
from karwan.data.rows.row import source_of
from karwan.network.check import name_faults, network_faults, thing_name_faults
from karwan.network.gauges import ROAD, SEA, rail_layer
from karwan.network.network import Network
from karwan.network.nouns import (
    Corridor,
    Crossing,
    Element,
    Link,
    Place,
    Project,
    Restriction,
    Season,
    Terminal,
)
from karwan.network.shapes import link_shape_faults

if TYPE_CHECKING:
    from karwan.data.catalog import Catalog

NETWORK_TABLES = [
    "border_crossings",
    "corridors",
    "country_names",
    "elements",
    "link_shapes",
    "place_names",
    "projects",
    "rail_gauge_breaks",
    "rail_links",
    "rail_nodes",
    "region_words",
    "restrictions",
    "road_links",
    "road_nodes",
    "terminals",
    "thing_names",
]


def build_network(catalog: Catalog, *, check: bool = True) -> Network:
    """Return the network of the catalogue's tables.

    Parameters
    ----------
    check
        False returns a network with faults in it, for `karwan network check` to name.

    Raises
    ------
    DataError
        Names every fault: see `network_faults`.
    """
    links = _links(catalog)
    elements = {row.element_id: _element(row) for row in catalog.rows(ElementRow)}
    network = Network(
        places=_places(catalog),
        place_names=Later(lambda: _place_names(catalog)),
        thing_names=Later(lambda: _thing_names(catalog)),
        link_shapes=Later(lambda: {row.link_id: row.wkt for row in catalog.rows(LinkShapeRow)}),
        country_names=Later(lambda: country_names(catalog)),
        country_keys=Later(lambda: country_keys(catalog)),
        links=links,
        crossings={
            row.id: _crossing(row, catalog.released(BorderCrossingRow.TABLE))
            for row in catalog.rows(BorderCrossingRow)
            if row.in_network
        },
        terminals=tuple(_terminal(row) for row in catalog.rows(TerminalRow)),
        elements=elements,
        restrictions=tuple(
            _restriction(row, catalog.released(RestrictionRow.TABLE))
            for row in catalog.rows(RestrictionRow)
        ),
        projects={row.project_id: _project(row) for row in catalog.rows(ProjectRow)},
        corridors={row.corridor_id: _corridor(row) for row in catalog.rows(CorridorRow)},
        element_of_link={
            link: element.id for element in elements.values() for link in element.links
        },
        gauge_in_border_hours=frozenset(
            row.counted_at for row in catalog.rows(RailGaugeBreakRow) if row.in_border_hours
        ),
        frontier_names=region_names(catalog, "frontier_kind"),
        seasons=tuple(_season(row) for row in catalog.rows(SeasonDaysRow)),
    )
    faults = network_faults(network) if check else []
    if check and catalog.folder is not None:
        faults += name_faults(network)
        faults += [] if catalog.is_lent(ThingNameRow.TABLE) else thing_name_faults(network)
        faults += link_shape_faults(network)
    if faults:
        raise DataError("the network tables", faults)
    return network


def split(text: str | None) -> tuple[str, ...]:
    """Return the parts of a list separated by semicolons."""
    return tuple(part for part in (text or "").split(";") if part)


def _places(catalog: Catalog) -> dict[str, Place]:
    road = {row.id: row for row in catalog.rows(RoadNodeRow)}
    rail = {row.id: row for row in catalog.rows(RailNodeRow)}
    places = {}
    for place_id in sorted(road.keys() | rail.keys()):
        rows = [row for row in (road.get(place_id), rail.get(place_id)) if row is not None]
        codes = dict.fromkeys(row.unlocode for row in rows if row.unlocode)
        places[place_id] = Place(
            id=place_id,
            name=rows[0].name,
            country=rows[0].country,
            kind=rows[0].kind,
            road=_position(road.get(place_id)),
            rail=_position(rail.get(place_id)),
            unlocode=tuple(codes),
            source=source_of(rows[0], rows[0].note),
        )
    return places


def _position(row: RoadNodeRow | RailNodeRow | None) -> tuple[float, float] | None:
    return None if row is None else (row.lat, row.lon)


def _place_names(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for row in catalog.rows(PlaceNameRow):
        names.setdefault(row.place_id, []).append(row.name)
    return {place_id: tuple(each) for place_id, each in names.items()}


def _thing_names(catalog: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    names: dict[tuple[str, str], list[str]] = {}
    for row in catalog.rows(ThingNameRow):
        names.setdefault((row.kind, row.thing_id), []).append(row.name)
    return {thing: tuple(each) for thing, each in names.items()}


def _links(catalog: Catalog) -> dict[str, Link]:
    rows: list[RoadLinkRow | RailLinkRow]
    rows = [*catalog.rows(RoadLinkRow), *catalog.rows(RailLinkRow)]
    links: dict[str, Link] = {}
    twice = []
    for row in rows:
        if row.id in links:
            twice.append(f"link {row.id} stands in road_links and in rail_links")
        seasonal, months = "", season_months(None, None)
        if isinstance(row, RoadLinkRow):
            seasonal = row.seasonal_closure or ""
            months = season_months(row.season_first_month, row.season_last_month)
        links[row.id] = Link(
            id=row.id,
            from_id=row.from_id,
            to_id=row.to_id,
            mode=SEA if row.mode == "ferry" else row.mode,
            length_km=row.length_km,
            speed_kmh=row.speed_kmh,
            layers=_layers(row),
            infrastructure=row.infrastructure,
            status=row.status,
            countries=row.countries,
            crossing_id=row.crossing_id or "",
            seasonal=seasonal,
            season_months=months,
            note=row.note or "",
            source=source_of(row, row.note),
        )
    if twice:
        raise DataError("the network tables", twice)
    return links


def season_months(first: int | None, last: int | None) -> frozenset[int]:
    """Return the months from first to last, over the turn of the year where needed.

    Examples
    --------
    >>> sorted(season_months(12, 3)), sorted(season_months(None, None))
    ([1, 2, 3, 12], [])
    """
    if first is None or last is None:
        return frozenset()
    length = (last - first) % 12 + 1
    return frozenset((first - 1 + step) % 12 + 1 for step in range(length))


def _layers(row: RoadLinkRow | RailLinkRow) -> tuple[str, ...]:
    if isinstance(row, RoadLinkRow):
        return (ROAD,)
    if row.mode != "rail":
        return (SEA,)
    gauges = (row.gauge_mm, row.gauge_second_mm)
    return tuple(rail_layer(gauge) for gauge in gauges if gauge is not None)


def _crossing(row: BorderCrossingRow, released: dt.date) -> Crossing:
    source = source_of(row, row.note)
    hours = {
        ("a", "inbound"): _figure(
            row.side_a_inbound_hours,
            "h",
            source,
            row.side_a_inbound_basis or "",
            (row.side_a_inbound_low_hours, row.side_a_inbound_high_hours),
        ),
        ("a", "outbound"): _figure(
            row.side_a_outbound_hours,
            "h",
            source,
            row.side_a_outbound_basis or "",
            (row.side_a_outbound_low_hours, row.side_a_outbound_high_hours),
        ),
        ("b", "inbound"): _figure(
            row.side_b_inbound_hours,
            "h",
            source,
            row.side_b_inbound_basis or "",
            (row.side_b_inbound_low_hours, row.side_b_inbound_high_hours),
        ),
        ("b", "outbound"): _figure(
            row.side_b_outbound_hours,
            "h",
            source,
            row.side_b_outbound_basis or "",
            (row.side_b_outbound_low_hours, row.side_b_outbound_high_hours),
        ),
    }
    costs = {
        "a_to_b": _figure(row.cost_a_to_b_usd, "USD", source, "post"),
        "b_to_a": _figure(row.cost_b_to_a_usd, "USD", source, "post"),
    }
    return Crossing(
        id=row.id,
        name=row.name,
        mode=row.mode,
        side_a=row.side_a or "",
        side_b=row.side_b or "",
        country_a=row.side_a_country,
        country_b=row.side_b_country,
        frontier=row.frontier,
        frontier_kind=row.frontier_kind,
        status_kind=row.status_kind,
        status_asof=known_from(row.status_asof, released) if row.status_asof else None,
        status_url=row.status_source_url or "",
        link_id=row.link_ids[0] if row.link_ids else "",
        hours=hours,
        costs=costs,
        hours_statistic=row.hours_statistic or "",
        hours_year=row.hours_year or "",
        opening_hours=row.opening_hours or "",
        seasonal=row.seasonal or "",
        procedures=row.procedures or "",
        note=row.note or "",
        source=source,
    )


def _figure(
    value: float | None,
    unit: str,
    source: Source,
    basis: str,
    band: tuple[float | None, float | None] = (None, None),
) -> Figure | None:
    if value is None:
        return None
    grade = "B" if basis == "country" and source.grade == "A" else source.grade
    low, high = (value if end is None else end for end in band)
    return Figure(
        value=value,
        low=low,
        high=high,
        unit=unit,
        source=Source(source.url, source.date, grade, source.note),
        basis=basis,
    )


def _terminal(row: TerminalRow) -> Terminal:
    return Terminal(
        place_id=row.place_id,
        from_layer=row.from_layer,
        to_place_id=row.to_place_id,
        to_layer=row.to_layer,
        kind=row.kind,
        status=row.status,
        handling_hours=row.handling_hours,
        queue_hours=row.queue_hours,
        cost_usd_per_container=row.cost_usd_per_container,
        km=(row.km or 0.0) if row.kind == "station_town_link" else 0.0,
        source=source_of(row, row.note),
    )


def _element(row: ElementRow) -> Element:
    return Element(
        id=row.element_id,
        kind=row.kind,
        mode=row.mode,
        frontier_group=row.frontier_group,
        frontier=row.frontier or "",
        name=row.name,
        aliases=split(row.aliases),
        links=row.links,
        in_network=row.in_network,
        beside=row.beside or "",
        note=row.note or "",
    )


def _restriction(row: RestrictionRow, released: dt.date) -> Restriction:
    return Restriction(
        id=row.id,
        target=row.link_or_crossing_id,
        vehicle_class=row.vehicle_class,
        effect=row.effect,
        start=row.start,
        end=row.end,
        rule=row.rule,
        source=source_of(row, row.note),
        published=known_from(row.source_date, released),
    )


def _season(row: SeasonDaysRow) -> Season:
    shut_days = Figure(
        value=row.shut_days,
        low=row.shut_low_days,
        high=row.shut_high_days,
        unit="days",
        source=source_of(row, row.note),
    )
    months = frozenset(int(month) for month in row.months)
    return Season(
        id=row.id, link_id=row.link_id, months=months, shut_days=shut_days, cause=row.cause
    )


def _project(row: ProjectRow) -> Project:
    return Project(
        id=row.project_id,
        name=row.name,
        links=row.project_links,
        build_state=row.build_state,
        status_note=row.status_note,
    )


def _serves(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the countries at both ends of a corridor."""
    north, _, south = text.partition(">")
    return frozenset(split(north)), frozenset(split(south))


def _corridor(row: CorridorRow) -> Corridor:
    origin, _, destination = row.od_example.partition(">")
    return Corridor(
        id=row.corridor_id,
        family=row.family,
        variant=row.variant,
        role=row.role,
        od_example=(origin, destination),
        tokens=split(row.sequence),
        forbidden=frozenset(row.forbidden_countries),
        modes=frozenset(split(row.modes)),
        project_id=row.project_id or "",
        keep_crossing=row.keep_crossing or "",
        serves=_serves(row.serves or ""),
        km_check=row.km_check_km,
        gauge_break_count=row.gauge_break_count,
        description=row.description,
        source=source_of(row),
    )
