"""What is known of crossings, statements, targets and tables: as commands over HTTP, and as pages.

Each is one answer of the Python API, asked at a warm desk; the page shows its rows, the API its
whole body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from karwan import __version__
from karwan.analysis.decisions.consignments import COLUMNS
from karwan.analysis.forecasts.kept import forecasts_sha256
from karwan.api.answer import Answer, arguments
from karwan.api.exposure import LOADING
from karwan.api.tripping import TRIP_PATHS
from karwan.base.errors import DataError, Fault
from karwan.base.limits import SEED
from karwan.base.store import sha256_hex, to_json
from karwan.evidence.workspace import workspace_version
from karwan.report.content import element_name
from karwan.web.desks import WarmDesk
from karwan.web.details import brief_of
from karwan.web.endpoints import Command, Pairs, Reply
from karwan.web.headings import heads_of, lead_of
from karwan.web.parameters import Given, Parameter, Sort, read_given
from karwan.web.people import may_add
from karwan.web.questions import DATES, STRICT, address, read_day_given
from karwan.web.sections import (
    LEADS,
    crossing_drawing,
    crossing_list,
    crossing_tables,
    table_of,
    with_names,
)
from karwan.web.site import Site
from karwan.web.tongue import keeping_lang
from karwan.words.speech import label_word, phrase, say

MOST_ROWS_SHOWN = 500
"""Rows of a table that an address may ask for."""

Values = Mapping[str, Any]
AskDesk = Callable[[WarmDesk, Values], Answer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A question that a desk answers without a pair of places.

    Attributes
    ----------
    page, name
        Where the same answer stands as a page, and what it is called there; blank where it has
        none.
    dates
        The days that it can be asked of.
    reads_forecasts
        Whether it reads the forecasts that are kept: with others of them, another answer.
    """

    path: str
    help: str
    ask: AskDesk
    parameters: tuple[Parameter, ...] = ()
    page: str = ""
    name: str = ""
    dates: tuple[Parameter, ...] = DATES
    reads_forecasts: bool = False

    @property
    def all_parameters(self) -> tuple[Parameter, ...]:
        """What its address may give."""
        return (*self.parameters, *self.dates)


def _named(name: str, text: str) -> Parameter:
    return Parameter(name=name, in_path=True, help=text)


DAYS = Parameter(name="horizon", default="1,7,30,90,365", help="Days ahead, with commas between.")
HEALTH = Parameter(
    name="health", sort=Sort.flag, default=False, help="Count closures of the health era too."
)
CLOSE = Parameter(name="close", key="closed", many=True, help="Crossing shut.")
HOURS = Parameter(name="hours", sort=Sort.number, limit="hours", help="Hours a day it is open.")
CARRIER = Parameter(name="carrier", help="Country whose trucks are asked of, two letters.")
ROWS = Parameter(
    name="rows",
    sort=Sort.whole,
    default=10,
    limit="rows",
    most=MOST_ROWS_SHOWN,
    help="Rows of the table.",
)
FILTERS = tuple(
    Parameter(name=name, help=text)
    for name, text in (
        ("actor", "Who said it."),
        ("corridor", "Family of corridors."),
        ("status", "A word of delivery or evidence, such as `not met`."),
    )
)


def _hazard(desk: WarmDesk, values: Values) -> Answer[Any]:
    parts = [part.strip() for part in values["horizon"].split(",")]
    bad = [part for part in parts if not part.isascii() or not part.isdecimal() or int(part) == 0]
    if bad:
        faults = [Fault("horizon", "not a number of days", part) for part in bad]
        raise DataError("the question", faults)
    days = tuple(map(int, parts))
    return desk.region.hazard(values["element"], days=days, health=values["health"])


def _capacity(desk: WarmDesk, values: Values) -> Answer[Any]:
    return desk.region.capacity(
        values.get("element"),
        hours=values["hours"],
        carrier=values["carrier"],
        closed=values["closed"],
        strict=values["strict"],
    )


def _exposure(desk: WarmDesk, values: Values) -> Answer[Any]:
    lines = [",".join(COLUMNS), *values["consignment"]]
    return desk.region.whatif(closed=values["closed"]).exposure(
        "\n".join([*lines, ""]).encode(),
        policy=values["policy"],
        loading=values["loading"],
        marine_rate=values["marine_rate"],
        paths=values["paths"],
        seed=values["seed"],
        strict=values["strict"],
    )


def _table(desk: WarmDesk, values: Values) -> Answer[Any]:
    return desk.region.data.show(values["table"], rows=values["rows"])


ELEMENT = _named("element", "Crossing, line or frontier group, by id or name.")
STATEMENT = _named("id", "Id of a statement.")
CAPACITY = (HOURS, CARRIER, CLOSE, STRICT)
EXPOSURE = (
    Parameter(
        name="consignment",
        many=True,
        required=True,
        help=f"A consignment as a line of CSV: {','.join(COLUMNS)}. May be repeated, no two alike.",
    ),
    Parameter(name="policy", default="best", help="wait, divert-after-N (days), or best."),
    Parameter(
        name="loading",
        sort=Sort.number,
        default=LOADING,
        limit="loading",
        help="Put on top of the expected loss, as a share of it.",
    ),
    Parameter(
        name="marine_rate",
        sort=Sort.number,
        limit="marine_rate",
        help="Rate of marine cover, a share of the value.",
    ),
    Parameter(
        name="paths",
        sort=Sort.whole,
        default=TRIP_PATHS,
        limit="paths",
        most=TRIP_PATHS,
        help="Futures.",
    ),
    Parameter(name="seed", sort=Sort.whole, default=SEED, limit="seed", help="Their seed."),
    CLOSE,
    STRICT,
)

FACTS = (
    Fact(
        path="hazard/{element}",
        help="The chances that a crossing, or each of a frontier group, is shut.",
        parameters=(ELEMENT, DAYS, HEALTH),
        ask=_hazard,
    ),
    Fact(
        path="capacity",
        help=phrase("What all crossings can pass in a day."),
        parameters=CAPACITY,
        ask=_capacity,
        page="/capacity",
        name="Capacity",
    ),
    Fact(
        path="capacity/{element}",
        help="What a crossing can pass in a day, each way.",
        parameters=(ELEMENT, *CAPACITY),
        ask=_capacity,
    ),
    Fact(
        path="exposure",
        help="What consignments under way or planned stand to lose by closures.",
        parameters=EXPOSURE,
        ask=_exposure,
    ),
    Fact(
        path="target/{pair}",
        help="Whether the trade target of a pair such as KAZ-PAK can be met.",
        parameters=(_named("pair", "Two countries, three letters each."),),
        ask=lambda desk, values: desk.region.target(values["pair"]),
    ),
    Fact(
        path="article",
        help="A number, a status or a refusal for each statement of the article.",
        ask=lambda desk, _: desk.region.article(),
    ),
    Fact(
        path="ledger",
        help=phrase("Statements with their status."),
        parameters=FILTERS,
        ask=lambda desk, values: desk.ledger.list(
            **{name.name: values[name.name] for name in FILTERS}
        ),
        page="/ledger",
        name="Ledger",
    ),
    Fact(
        path="ledger/{id}",
        help=phrase(
            "One statement: who, when, by which source, its tests, what is for and against."
        ),
        parameters=(STATEMENT,),
        ask=lambda desk, values: desk.ledger.show(values["id"]),
        page="/ledger/{id}",
    ),
    Fact(
        path="ledger/{id}/history",
        help="How the status of a statement changed.",
        parameters=(STATEMENT,),
        ask=lambda desk, values: desk.ledger.history(values["id"]),
    ),
    Fact(
        path="network",
        help="All crossings and lines with their last known status.",
        ask=lambda desk, _: desk.region.network.show(),
    ),
    Fact(
        path="network/{name}",
        help="What is known of a place, crossing, line or link, with sources.",
        parameters=(_named("name", "Place, crossing, line or link, by id or name."),),
        ask=lambda desk, values: desk.region.network.show(values["name"]),
    ),
    Fact(
        path="data",
        help=phrase("The fact tables with rows, licence and hash."),
        ask=lambda desk, _: desk.region.data.list(),
        page="/sources",
        name="Sources",
    ),
    Fact(
        path="data-sources",
        help=phrase("Every source with the rows that rest on it."),
        ask=lambda desk, _: desk.region.data.sources(),
        page="/sources/all",
        name="Sources",
    ),
    Fact(
        path="data/{table}",
        help=phrase("A table's columns and first rows."),
        parameters=(_named("table", "Name of a table."), ROWS),
        ask=_table,
        page="/sources/{table}",
    ),
)
"""What is answered of a day alone; the first of two patterns that fit an address is meant."""


def ask_fact(site: Site, fact: Fact, pairs: Pairs) -> Reply:
    """Return the answer to a question of facts, not yet told."""
    given = read_given(fact.all_parameters, pairs)
    as_of, recorded = _days(given, site.today())
    if given.faults:
        raise DataError("the question", given.faults)
    data = site.desks.catalog(recorded).tables_sha256
    version = workspace_version(site.desks.workspace)
    key: list[Any] = [__version__, fact.path, dict(given.values), str(as_of), str(recorded)]
    key += [data, version, forecasts_sha256(site.desks.workspace) if fact.reads_forecasts else None]

    def tell() -> Any:
        with site.desks.at(as_of, recorded) as desk:
            return answer_of_fact(fact, desk, given.values).to_dict()

    def brief() -> Any:
        with site.desks.at(as_of, recorded) as desk:
            return brief_of(answer_of_fact(fact, desk, given.values), desk.world)

    return Reply(tag=sha256_hex(to_json(key).encode())[:32], data=data, tell=tell, brief=brief)


def answer_of_fact(fact: Fact, desk: WarmDesk, values: Values) -> Answer[Any]:
    """Return the answer of a desk; faults come under the names of the address."""
    names = {one.argument: one.name for one in fact.all_parameters}
    with arguments(**names):
        return fact.ask(desk, values)


def fact_page(site: Site, fact: Fact, pairs: Pairs) -> dict[str, Any]:
    """Return what the page of an answer shows."""
    given = read_given(fact.all_parameters, pairs)
    as_of, recorded = _days(given, site.today())
    if given.faults:
        raise DataError("the question", given.faults)
    path = fact.path.format(
        **{
            one.name: quote(str(given.values[one.argument]))
            for one in fact.parameters
            if one.in_path
        }
    )
    asked = [(name, value) for name, value in pairs if f"{{{name}}}" not in fact.path]
    doors = [(say("The same as JSON"), address(f"/api/v1/{path}", asked))]
    key = (fact.path, str(given.values), as_of, recorded, site.desks.version())
    with site.desks.at(as_of, recorded, aside=True) as desk:
        answer = site.fact(key, lambda: answer_of_fact(fact, desk, given.values))
        state = "" if given.values.get("capacity") else given.values.get("state") or ""
        lead = lead_of(fact.path, answer, desk.world.network, state=state)
        title = answer.title if lead is None else label_word(fact.name)
        told = table_of(answer, title, lead=LEADS.get(fact.path, ""), note=lead or "")
        table = replace(
            with_names(told, desk.world),
            names=[heads_of(fact.path).get(name, name) for name in told.names],
            is_verbatim=fact.path.startswith("data"),
        )
        if "table" in given.values:
            doors.append(
                (say("the whole table as CSV"), f"/{path.replace('data/', 'sources/')}.csv")
            )
        return {
            "title": title,
            "note": say(fact.help),
            "doors": doors,
            "drawing": "",
            "tables": [table],
            "as_of": as_of,
            "horizon": desk.world.evidence_horizon,
        }


def crossings_page(site: Site, pairs: Pairs, name: str = "") -> dict[str, Any]:
    """Return what the page of one crossing shows, or that of all."""
    given = read_given(DATES, pairs)
    as_of, recorded = _days(given, site.today())
    if given.faults:
        raise DataError("the question", given.faults)
    with site.desks.at(as_of, recorded) as desk:
        known = desk.world.network.crossings
        if name and name not in known:
            one = desk.world.network.element(name)
            name = one.id if one.id in known else name
        tables = crossing_tables(desk, name) if name else [crossing_list(desk)]
        path = f"/api/v1/network/{quote(name)}" if name else "/api/v1/network"
        return {
            "title": element_name(name, known[name].name) if name else tables[0].title,
            "note": say("Every report with its day.")
            if name
            else say("Press one for its history."),
            "doors": [(say("The same as JSON"), address(path, list(pairs))), *_add_here(name)],
            "tables": tables,
            "drawing": crossing_drawing(desk, name) if name else "",
            "as_of": as_of,
            "horizon": desk.world.evidence_horizon,
        }


def _add_here(name: str) -> list[tuple[str, str]]:
    """Return the way to the form for what was seen at a crossing, for who may add."""
    if not name or not may_add():
        return []
    return [(say("Add a sighting"), keeping_lang(address("/add/sighting", [("element", name)])))]


def dated_page(
    site: Site,
    pairs: Pairs,
    show: Callable[[WarmDesk], dict[str, Any]],
    *,
    aside: bool = False,
) -> dict[str, Any]:
    """Return what a page of a day shows, with the day and the newest evidence.

    Parameters
    ----------
    aside
        Ask a desk beside that of comparisons: for what takes seconds.
    """
    given = read_given(DATES, pairs)
    as_of, recorded = _days(given, site.today())
    if given.faults:
        raise DataError("the question", given.faults)
    with site.desks.at(as_of, recorded, aside=aside) as desk:
        dated = {
            "as_of": as_of,
            "horizon": desk.world.evidence_horizon,
            "doors": [],
            "note": "",
            "drawing": "",
        }
        return dated | show(desk)


def table_csv(site: Site, name: str) -> str:
    """Return a whole table as CSV.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    with site.desks.at(site.today()) as desk:
        return desk.region.data.show(name).content.write_csv()


def _days(given: Given, today: dt.date) -> tuple[dt.date, dt.date | None]:
    """Return the as-of day, and the day by which rows were entered; collect what is wrong."""
    as_of = read_day_given(given.values.get("as_of"), "as_of", today, given.faults)
    if as_of > today:
        text = f"has not come: what is known ends today, {today}"
        given.faults.append(Fault("as_of", text, str(as_of)))
    recorded = given.values.get("as_recorded")
    if recorded is None:
        return as_of, None
    return as_of, read_day_given(recorded, "as_recorded", today, given.faults)


def fact_commands(facts: Sequence[Fact] = FACTS) -> Sequence[Command]:
    """Return questions of facts as commands over HTTP."""

    def asking(fact: Fact) -> Callable[[Site, Pairs], Reply]:
        return lambda site, pairs: ask_fact(site, fact, pairs)

    return [
        Command(path=one.path, help=one.help, parameters=one.all_parameters, ask=asking(one))
        for one in facts
    ]
