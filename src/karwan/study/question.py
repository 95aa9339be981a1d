"""What a study asks: its names looked up, and all that is wrong with them named at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from karwan.analysis.appraisal.lines import find_project
from karwan.analysis.corridors.desk import Desk
from karwan.analysis.corridors.planner import Planner
from karwan.analysis.world.question import (
    Premises,
    Question,
    Shipment,
    find_shipment,
    make_question,
    open_premises,
)
from karwan.analysis.world.travel import Timing, read_travel
from karwan.analysis.world.world import World
from karwan.base.errors import DataError, Fault, NoEvidenceError, UnknownNameError
from karwan.base.limits import LIMITS
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.network.build import build_network
from karwan.network.network import Network
from karwan.network.nouns import Place
from karwan.network.vehicles import Consignment
from karwan.study.spec import Located, StudySpec

KEYS = {
    "closed": ("world", "close"),
    "opened": ("world", "open"),
    "projects": ("world", "projects"),
    **{key: ("travel", key) for key in ("depart", "deadline", "shelf_life_days")},
    **{key: ("consignment", key) for key in ("unit", "cargo", "tonnes", "value_usd", "carrier")},
}
"""Keys of a study file where they are not the argument's name."""


@dataclass(frozen=True)
class StudyQuestion:
    """What a study asks: a question per pair, and a desk per country whose carriers take goods."""

    catalog: Catalog
    world: World
    questions: tuple[Question, ...]
    desks: dict[str, Desk]

    @property
    def pairs(self) -> list[tuple[Place, Place]]:
        """The places at the ends of each question, in order."""
        places = self.world.network.places
        return [
            (places[question.ends[0]], places[question.ends[1]])
            for question in self.questions
            if question.ends is not None
        ]


def study_faults(spec: StudySpec) -> list[Located]:
    """Return every name of a study that is not known and every date or year it cannot use."""
    return _open(spec)[1]


def open_question(spec: StudySpec, *, workspace: Workspace | None = None) -> StudyQuestion:
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
        raise DataError(where, [Fault(".".join(key), text) for key, text in faults])
    return question


def _open(
    spec: StudySpec, workspace: Workspace | None = None
) -> tuple[StudyQuestion | None, list[Located]]:
    """Return what a study asks, or everything that is wrong with it."""
    try:
        catalog = Catalog(spec.tables, workspace)
        network = build_network(catalog)
    except DataError as error:
        return None, [(("tables",), f"{error.where}: {fault}") for fault in error.faults]
    located: list[Located] = []
    pairs = _pairs(spec, network, located)
    premises = Premises(
        as_of=spec.as_of,
        closed=spec.world.close,
        opened=spec.world.open,
        projects=spec.world.projects,
        price_year=spec.price_year,
    )
    faults: list[Fault] = []
    try:
        world = open_premises(catalog, network, premises, faults)
    except NoEvidenceError as error:
        world = None
        faults.append(Fault("as_of", str(error)))
    goods = _goods(spec, catalog, network, [origin for origin, _ in pairs], faults)
    cargo = next(iter(goods.values())).cargo if goods else None
    timing = Timing(
        depart=spec.travel.depart,
        deadline=spec.travel.deadline,
        shelf_life_days=spec.travel.shelf_life_days,
    )
    travel, late = read_travel(timing, spec.as_of, cargo)
    faults += late
    located += _lines(spec, network)
    located += [(KEYS.get(fault.key, (fault.key,)), fault.named("")) for fault in faults]
    if world is None or located:
        return None, located
    there = world.travelling(travel)
    desks = {
        country: Desk(Planner(world=there, consignment=consignment, price_year=spec.price_year))
        for country, consignment in goods.items()
    }
    questions = tuple(
        make_question(there, premises, goods[start.country], ends=(start.id, end.id))
        for start, end in pairs
    )
    return StudyQuestion(catalog, world, questions, desks), []


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
    too_many = LIMITS["pairs"].fault(len(set(pairs)))
    if pairs and too_many is not None:
        faults.append((("origins",), f"{len(set(pairs)):,} pairs: {too_many.text}"))
        return []
    return list(dict.fromkeys(pairs))


def _lines(spec: StudySpec, network: Network) -> list[Located]:
    """Return what is wrong with the names of lines to appraise."""
    located: list[Located] = []
    for position, name in enumerate(spec.appraise):
        try:
            find_project(network, name)
        except DataError as error:
            located += [(("appraise", str(position)), fault.text) for fault in error.faults]
    return located


def _goods(
    spec: StudySpec,
    catalog: Catalog,
    network: Network,
    origins: Iterable[Place],
    faults: list[Fault],
) -> dict[str, Consignment]:
    """Return the consignment by country of origin, whose carriers take it unless one is named."""
    goods = spec.consignment
    shipment = Shipment(
        unit=goods.unit,
        cargo=goods.cargo,
        tonnes=goods.tonnes,
        value_usd=goods.value_usd,
        carrier=goods.carrier,
    )
    try:
        find_shipment(catalog, network, shipment, None)
    except DataError as error:
        faults.extend(error.faults)
        return {}
    homes = {origin.country: origin for origin in origins}
    return {
        country: find_shipment(catalog, network, shipment, homes[country])
        for country in sorted(homes)
    }
