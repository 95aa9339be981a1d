"""What a study asks: its names looked up, and all that is wrong with them named at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karwan.analysis.comparison import Desk
from karwan.analysis.planner import Planner
from karwan.analysis.world import World, open_world
from karwan.base.errors import DataError, NoEvidenceError, UnknownNameError
from karwan.data.catalog import Catalog
from karwan.network.build import build_network
from karwan.network.network import Network, Place
from karwan.network.tariffs import Tariffs
from karwan.network.vehicles import Consignment, consignment_faults, make_consignment
from karwan.study.spec import Located, StudySpec


@dataclass(frozen=True)
class StudyQuestion:
    """What a study asks: pairs, and a desk per origin country, whose carriers take the goods."""

    catalog: Catalog
    world: World
    pairs: list[tuple[Place, Place]]
    desks: dict[str, Desk]


def study_faults(spec: StudySpec) -> list[Located]:
    """Return every name of a study that is not known and every date or year it cannot use."""
    return _open(spec)[1]


def open_question(spec: StudySpec, *, workspace: Path | None = None) -> StudyQuestion:
    """Return what a study asks.

    Parameters
    ----------
    workspace
        Folder with the user's own closures, merged with the record.

    Raises
    ------
    DataError
        Names every fault with its key.
    """
    question, faults = _open(spec, workspace)
    if question is None:
        where = f"study {spec.name}"
        raise DataError(where, [f"{'.'.join(key)}: {text}" for key, text in faults])
    return question


def _open(
    spec: StudySpec, workspace: Path | None = None
) -> tuple[StudyQuestion | None, list[Located]]:
    """Return what a study asks, or everything that is wrong with it."""
    try:
        catalog = Catalog(spec.tables, workspace)
        network = build_network(catalog)
    except DataError as error:
        return None, [(("tables",), f"{error.where}: {fault}") for fault in error.faults]
    faults: list[Located] = []
    pairs = _pairs(spec, network, faults)
    world = _world(spec, catalog, network, faults)
    try:
        Tariffs(catalog, spec.as_of.year, spec.price_year)
    except DataError as error:
        faults += [(("price_year",), fault) for fault in error.faults]
    countries = sorted({origin.country for origin, _ in pairs})
    goods = _consignments(spec, catalog, network, countries, faults)
    if world is None or faults:
        return None, faults
    desks = {
        country: Desk(Planner(world, consignment, spec.price_year))
        for country, consignment in goods.items()
    }
    return StudyQuestion(catalog, world, pairs, desks), []


def _pairs(spec: StudySpec, network: Network, faults: list[Located]) -> list[tuple[Place, Place]]:
    """Return the pairs asked; none if a place is not known."""
    before = len(faults)
    places: dict[str, Place] = {}
    named = (
        ("origins", spec.origins),
        ("destinations", spec.destinations),
        ("focus", spec.focus or ()),
    )
    for key, names in named:
        for position, name in enumerate(names):
            try:
                places[name] = network.place(name)
            except UnknownNameError as error:
                faults.append(((key, str(position)), str(error)))
    if len(faults) > before:
        return []
    there = [
        (places[origin], places[destination])
        for origin in spec.origins
        for destination in spec.destinations
        if places[origin].id != places[destination].id
    ]
    pairs = there + ([(b, a) for a, b in there] if spec.both_directions else [])
    if not pairs:
        faults.append((("destinations",), "the same place as the origin"))
    elif spec.focus and (places[spec.focus[0]], places[spec.focus[1]]) not in pairs:
        faults.append((("focus",), f"{' to '.join(spec.focus)} is not one of the pairs"))
    return list(dict.fromkeys(pairs))


WORLD_KEYS = {
    "close": ("world", "close"),
    "open": ("world", "open"),
    "with": ("world", "projects"),
    "as-of": ("as_of",),
}
"""Keys of a study by the option of the command line that means the same."""


def _world(
    spec: StudySpec, catalog: Catalog, network: Network, faults: list[Located]
) -> World | None:
    try:
        return open_world(
            catalog,
            spec.as_of,
            close=spec.world.close,
            open_=spec.world.open,
            projects=spec.world.projects,
            network=network,
        )
    except NoEvidenceError as error:
        faults.append((("as_of",), str(error)))
    except DataError as error:
        for fault in error.faults:
            option = re.match(r"--(close|open|with|as-of) (.+?: )", fault)
            key = WORLD_KEYS[option[1]] if option else ("world",)
            faults.append((key, fault[option.start(2) :] if option else fault))
    return None


def _consignments(
    spec: StudySpec,
    catalog: Catalog,
    network: Network,
    countries: list[str],
    faults: list[Located],
) -> dict[str, Consignment]:
    """Return the consignment by country of origin, whose carriers take it unless one is named."""
    goods = spec.consignment
    asked: dict[str, Any] = {
        "countries": network.countries,
        "unit": goods.unit,
        "cargo": goods.cargo,
        "tonnes": goods.tonnes,
        "value_usd": goods.value_usd,
    }
    carriers = {country: goods.carrier or country for country in countries}
    known = goods.carrier or min(network.countries)
    found = consignment_faults(catalog, carrier=known, **asked)
    faults += [(("consignment", key), text) for key, text in found]
    if found:
        return {}
    return {
        country: make_consignment(catalog, carrier=carrier, **asked)
        for country, carrier in carriers.items()
    }
