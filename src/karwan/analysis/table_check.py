"""Every fault of every table, named at once: what any command would refuse is told here first.

Three rounds, each on what the last left sound: each table by itself, what tables name of one
another, and the readers through which commands take what they need. A reader asks only tables in
which nothing was found, so no fault is told twice and none is the echo of another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, FitError, KarwanError, NoEvidenceError
from karwan.data.references import Dangling, dangling_names
from karwan.data.rows.network import ThingNameRow
from karwan.network.build import NETWORK_TABLES, build_network
from karwan.network.check import name_faults, network_faults, thing_name_faults
from karwan.network.network import Network
from karwan.network.shapes import link_shape_faults

if TYPE_CHECKING:
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog

PRICES = ("cargo", "cpmm_tfi", "entry_fees", "parameters", "price_index", "units")
RECORD = ("closures", "line_disruptions", "closure_elements")
LEDGER = (
    *("ledger_sources", "ledger_statements", "ledger_propositions", "ledger_indicators"),
    *("ledger_evidence", "ledger_words"),
)
MOST_SHOWN = 20
"""Names of one column that are told one by one; a table left empty would fill the screen."""


@dataclass(frozen=True, slots=True)
class TableCheck:
    """What was found: the network where it could be built, and faults by what they are of."""

    network: Network | None
    faults: dict[str, list[str]] = field(default_factory=dict)

    @property
    def all_faults(self) -> list[str]:
        """Every fault, each of a table with the table's name before it."""
        return [
            f"{name}: {fault}" if name else fault
            for name, faults in self.faults.items()
            for fault in faults
        ]


@dataclass(frozen=True, slots=True)
class Reader:
    """A way in which commands take what they need: which tables it asks, and how."""

    tables: tuple[str, ...]
    read: Callable[[Catalog], object]


def check_tables(catalog: Catalog) -> TableCheck:
    """Return every fault of all tables, those of the packaged ones included."""
    faults = _own_faults(catalog)
    sound = [name for name in catalog.resources if name not in faults]
    lost = dangling_names(catalog, sound)
    network = None
    if set(NETWORK_TABLES) <= set(sound):
        network, of_network = _network(catalog)
        told = "\n".join(of_network)
        lost = [
            one for one in lost if one.table not in NETWORK_TABLES or repr(one.name) not in told
        ]
        if of_network:
            faults[""] = of_network
    _add_lost(faults, lost)
    at_fault = set(faults) | (set(NETWORK_TABLES) if "" in faults else set())
    for reader in readers():
        if not at_fault & set(reader.tables):
            _ask(reader, catalog, faults)
    return TableCheck(network, {name: list(dict.fromkeys(told)) for name, told in faults.items()})


def _own_faults(catalog: Catalog) -> dict[str, list[str]]:
    """Return by table what is wrong in it alone."""
    faults: dict[str, list[str]] = {}
    for name in catalog.resources:
        try:
            catalog.read(name)
        except DataError as error:
            faults[name] = list(error.texts)
    return faults


def _network(catalog: Catalog) -> tuple[Network | None, list[str]]:
    try:
        network = build_network(catalog, check=False)
    except DataError as error:
        return None, list(error.texts)
    of_things = [] if catalog.is_lent(ThingNameRow.TABLE) else thing_name_faults(network)
    of_names = [*name_faults(network), *of_things]
    return network, [*network_faults(network), *of_names, *link_shape_faults(network)]


def _add_lost(faults: dict[str, list[str]], lost: Iterable[Dangling]) -> None:
    counts: dict[tuple[str, str], int] = {}
    for one in lost:
        key = (one.table, one.column)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= MOST_SHOWN:
            faults.setdefault(one.table, []).append(one.fault)
    for (table, column), count in counts.items():
        if count > MOST_SHOWN:
            faults[table].append(f"{column} names {count - MOST_SHOWN} more that stand nowhere")


def _ask(reader: Reader, catalog: Catalog, faults: dict[str, list[str]]) -> None:
    """Collect what a reader refuses, under the table that it names, if it names one."""
    try:
        reader.read(catalog)
    except DataError as error:
        words = error.where.removeprefix("table ").split(" ")[0]
        name = words if words in catalog.resources else ""
        faults.setdefault(name, []).extend(error.texts)
    except KarwanError as error:
        if isinstance(error, FitError) and catalog.stands_alone:
            return  # a land without closures is a land
        faults.setdefault("", []).append(str(error))


def made_on(catalog: Catalog) -> dt.date:
    """Return the day the tables were made, on which the readers ask."""
    return catalog.released()


def readers() -> tuple[Reader, ...]:
    """Return every way in which a command takes what it needs, the cheap ones first."""
    network = tuple(NETWORK_TABLES)
    pairs = ("trade_targets", "trade_bilateral", "trade_bases", "countries")
    trade = (*pairs, "trade_mix", "cargo", "trade_response")
    counted = ("security_indicators", "cpmm_bcp")
    article = ("article_statements", "article_asks", "record_coverage", "regions", "country_names")
    return (
        Reader(PRICES, _read_prices),
        Reader(("units", "cargo", *network), _read_consignments),
        Reader(("demand", "cargo"), _read_demand),
        Reader((*RECORD, "delay_measures"), _read_closures),
        Reader((*RECORD, "elements"), _check_joins),
        Reader(("observed_runs",), _read_runs),
        Reader(pairs, _read_trade),
        Reader((*LEDGER, *RECORD, *counted, "record_coverage"), _read_ledger),
        Reader(("place_names", "corridors", "countries", *network), _read_gazetteer),
        Reader((*network, *RECORD, "closure_calendar", "record_coverage"), _read_hazard),
        Reader((*network, *RECORD, *PRICES), _read_routes),
        Reader((*network, *RECORD, *PRICES, *trade), _read_targets),
        Reader((*network, *RECORD, *PRICES, *LEDGER, *trade, *article), _read_article),
    )


def _world(catalog: Catalog) -> World:
    from karwan.analysis.world.world import open_world

    return open_world(catalog, made_on(catalog))


def _read_prices(catalog: Catalog) -> object:
    from karwan.network.tariffs import Tariffs

    return Tariffs(catalog, made_on(catalog))


def _read_consignments(catalog: Catalog) -> object:
    from karwan.network.vehicles import make_consignment, read_cargo, read_units

    countries = build_network(catalog).countries
    home = min(countries)
    units = [
        make_consignment(catalog, carrier=home, countries=countries, unit=name)
        for name in ("truck", *read_units(catalog))
    ]
    return units + [
        make_consignment(catalog, carrier=home, countries=countries, cargo=name)
        for name in read_cargo(catalog)
    ]


def _read_demand(catalog: Catalog) -> object:
    from karwan.network.demand import read_demand

    return read_demand(catalog)


def _read_closures(catalog: Catalog) -> object:
    from karwan.evidence.closures import read_closures
    from karwan.evidence.delays import read_delays

    return read_delays(catalog, read_closures(catalog))


def _check_joins(catalog: Catalog) -> None:
    from karwan.evidence.closures import check_joins

    check_joins(catalog)


def _read_runs(catalog: Catalog) -> object:
    from karwan.analysis.corridors.calibration import read_runs

    return read_runs(catalog)


def _read_trade(catalog: Catalog) -> object:
    from karwan.analysis.trade.announcements import read_announcements
    from karwan.analysis.trade.series import read_trade

    return read_announcements(catalog), read_trade(catalog, made_on(catalog))


def _read_ledger(catalog: Catalog) -> object:
    from karwan.analysis.assurances.book import open_book

    return open_book(catalog).assess(made_on(catalog))


def _read_gazetteer(catalog: Catalog) -> object:
    from karwan.ledger.text.gazetteer import gazetteer_from

    return gazetteer_from(catalog)


def _read_hazard(catalog: Catalog) -> object:
    from karwan.analysis.forecasts.closures import fit_world

    return fit_world(_world(catalog))


def _read_routes(catalog: Catalog) -> object:
    from karwan.analysis.corridors.planner import Planner
    from karwan.network.vehicles import make_consignment, read_units

    world = _world(catalog)
    home = min(world.network.countries)
    return [
        Planner(
            world=world,
            consignment=make_consignment(
                catalog, carrier=home, countries=world.network.countries, unit=unit
            ),
        ).priced
        for unit in read_units(catalog)
    ]


def _read_targets(catalog: Catalog) -> object:
    from karwan.analysis.trade.announcements import known_pairs
    from karwan.analysis.trade.targets import assess_target

    world = _world(catalog)
    answers = []
    for pair in sorted(set(known_pairs(catalog).values())):
        with suppress(NoEvidenceError):  # of this pair nothing is known on the day
            answers.append(assess_target(world, pair, time=False))
    return answers


def _read_article(catalog: Catalog) -> object:
    from karwan.analysis.assurances.article import walk_article
    from karwan.analysis.assurances.book import open_book

    return walk_article(open_book(catalog), made_on(catalog))
