"""Pages of facts beside the screen: crossings, one crossing, the ledger, capacity, the tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from karwan.api.answer import Answer
from karwan.base.errors import KarwanError, UnknownNameError
from karwan.base.telling import Form, cells_of, names_of, of_form
from karwan.data.rows.costs import CpmmBcpRow
from karwan.data.rows.region import CountryRow
from karwan.report.content import country_name, day, element_name
from karwan.web.desks import WarmDesk
from karwan.web.gates import status_text
from karwan.web.timelines import draw_timeline
from karwan.words.speech import label_word, say, say_number

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

LEADS = {"ledger": "/ledger/{}", "data": "/sources/{}", "project": "/projects/{}"}
"""Page that the first cell of a row leads to, by the path of the answer."""
SHOWN_DAYS = (7, 30, 90, 365)
_HEADS_OF_COUNTRIES = ("country", "from country", "to country", "from_country", "to_country")
_ISO3 = re.compile(r"\b[A-Z]{3}\b")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table, and the address it leads to; blank for none."""

    value: Any
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a page under a heading of its own.

    Attributes
    ----------
    note
        What is to be said of it; where there are no rows, why.
    is_verbatim
        Whether words stand as the tables have them, in no other language.
    """

    title: str
    names: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    is_verbatim: bool = False


def table_of(answer: Answer[Any], title: str = "", lead: str = "", note: str = "") -> Table:
    """Return an answer's rows as a notebook has them, or else the terminal, or a frame.

    Parameters
    ----------
    lead
        Address to which the first cell of each row leads, with braces for the cell.
    """
    forms = (Form.html, Form.table, Form.frame)
    form = next(one for one in forms if of_form(answer.columns, one) or one is Form.frame)
    rows = [cells_of(answer.columns, row, form) for row in answer.rows()]
    return Table(
        title=title or answer.title,
        names=names_of(answer.columns, form),
        rows=[list(_cells(row, lead)) for row in rows],
        note=note,
    )


def _cells(row: Sequence[Any], lead: str) -> Iterable[Cell]:
    for place, value in enumerate(row):
        link = lead.format(quote(str(value), safe="")) if lead and place == 0 else ""
        yield Cell(value, link)


def with_names(table: Table, world: World) -> Table:
    """Return a table in which crossings, lines and countries stand by name in place of their id."""
    network = world.network
    longer = {row.iso3: row.country for row in world.catalog.rows(CountryRow)}

    def country(code: str) -> str:
        return country_name(longer.get(code, code), world.region)

    def named(head: str, cell: Cell) -> Cell:
        if not isinstance(cell.value, str):
            return cell
        if head in _HEADS_OF_COUNTRIES:
            both = say("both countries") if cell.value == "both" else ""
            return Cell(both or country(cell.value), cell.link)
        if head == "ways":
            told = cell.value.replace("-", " \N{EN DASH} ").replace(";", "; ")
            return Cell(_ISO3.sub(lambda code: country(code[0]), told), cell.link)
        one = network.elements.get(cell.value) if head == "element" else None
        if one is None:
            return cell
        link = f"/crossings/{quote(one.id)}" if one.id in network.crossings else ""
        return Cell(element_name(one.id, one.name), link)

    rows = [
        [named(head, cell) for head, cell in zip(table.names, row, strict=True)]
        for row in table.rows
    ]
    return replace(table, rows=rows)


def crossing_list(desk: WarmDesk) -> Table:
    """Return the crossings that are built, with what was last reported of each."""
    world = desk.world
    network = world.network
    rows = []
    for one in network.crossings.values():
        if not network.is_built(one.id):
            continue
        status = world.crossing_status(one.id)
        rows.append(
            [
                Cell(element_name(one.id, one.name), f"/crossings/{quote(one.id)}"),
                Cell(
                    "\N{EN DASH}".join(
                        country_name(code, world.region) for code in (one.country_a, one.country_b)
                    )
                ),
                Cell(label_word(one.mode)),
                Cell(status_text(status)),
            ]
        )
    rows.sort(key=lambda row: (row[1].value, row[0].value))
    return Table(
        title=say("Crossings: {count} in use", count=len(rows)),
        names=("crossing", "frontier", "mode", "last report"),
        rows=rows,
    )


def crossing_drawing(desk: WarmDesk, name: str) -> str:
    """Return the closures of a crossing as a drawing; blank where none is on record."""
    spells = desk.world.record.history_of(name)
    return draw_timeline(spells, desk.world.running.get(name, ()), desk.world.as_of)


def crossing_tables(desk: WarmDesk, name: str) -> list[Table]:
    """Return what is known of one crossing: state, history, forecast, capacity, statements.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    network = desk.world.network
    if name not in network.crossings:
        raise UnknownNameError("crossing", name, network.crossings)
    tables = [_history(desk, name)]
    region = desk.region
    tables.append(
        _told(
            lambda: region.hazard(name, days=SHOWN_DAYS),
            say("How likely it is shut, by days ahead"),
            desk.world,
        )
    )
    tables.append(hours_by_source(desk, name))
    tables.append(
        _told(lambda: region.capacity(name), say("What it can pass in a day"), desk.world)
    )
    tables.append(queue_table(desk, name))
    tables.append(_statements(desk, name))
    tables.append(
        _told(lambda: region.network.show(name), say("What is on record of it"), desk.world)
    )
    return tables


def hours_by_source(desk: WarmDesk, name: str) -> Table:
    """Return what surveys measured at the two sides of a crossing, year by year."""
    network, catalog = desk.world.network, desk.world.catalog
    crossing = network.crossings[name]
    sides = [network.places[side] for side in (crossing.side_a, crossing.side_b)]
    known = {
        one.casefold() for part in crossing.name.split(" / ") for one in (part, part.split(" (")[0])
    }
    known |= {side.name.partition(" (")[0].casefold() for side in sides}
    rows = [
        [
            Cell(str(row.year)),
            Cell(f"{row.bcp}, {row.country}"),
            Cell(row.direction),
            Cell(row.activity),
            Cell(row.mean),
            Cell(row.median),
            Cell(row.unit),
            Cell(row.source_url),
            Cell(row.confidence),
        ]
        for row in catalog.rows(CpmmBcpRow)
        if row.mode == crossing.mode
        and row.country in {side.country for side in sides}
        and row.bcp.partition(" (")[0].casefold() in known
    ]
    return Table(
        title=say("Hours and fees by source, as surveyed"),
        names=(
            "year",
            "post",
            "direction",
            "activity",
            "mean",
            "median",
            "unit",
            "source",
            "grade",
        ),
        rows=rows,
        note="" if rows else say("No survey of this post is on record: its hours are borrowed."),
    )


def queue_table(desk: WarmDesk, name: str) -> Table:
    """Return what waits at a crossing and when it clears, each way; or why nothing is said."""
    title = say("What waits before it")
    try:
        told = desk.region.queue(name).to_dict()
    except KarwanError as error:
        return Table(title=title, names=(), rows=(), note=str(error))
    rows = [
        [
            Cell(
                " \N{EN DASH} ".join(
                    country_name(way[side], desk.world.region)
                    for side in ("from_country", "to_country")
                )
            ),
            Cell(way["backlog_trucks"]),
            Cell(way["most_trucks"]),
            Cell(way["held_back_trucks"]),
            Cell(way["boxes_at_port"]),
        ]
        for way in told["ways"]
    ]
    return Table(
        title=title,
        names=("direction", "trucks now", "trucks at most", "held back", "boxes at port"),
        rows=rows,
        note=say(
            "If it reopened on {day}, the queue would be gone on {clear}; a day of it costs {usd} "
            "USD.",
            day=_day_in_words(told["reopens"]["date"]),
            clear=_day_in_words(told["clear_on"]),
            usd=say_number(told["usd_per_day"]["total"]),
        ),
    )


def _told(ask: Any, title: str, world: World) -> Table:
    """Return an answer as a table; where there is none, the reason stands in its place.

    The page is of one thing: a column that names it at each row is left out.
    """
    try:
        answer = ask()
    except KarwanError as error:
        return Table(title=title, names=(), rows=(), note=str(error))
    table = with_names(table_of(answer, title=title), world)
    kept = [place for place, head in enumerate(table.names) if head != "element"]
    return replace(
        table,
        names=[table.names[place] for place in kept],
        rows=[[row[place] for place in kept] for row in table.rows],
    )


def _day_in_words(told: str | None) -> str:
    return day(dt.date.fromisoformat(told)) if told else "\N{EN DASH}"


def _history(desk: WarmDesk, name: str) -> Table:
    world = desk.world
    status = world.crossing_status(name)
    spells = sorted(world.record.history_of(name), key=lambda one: one.start, reverse=True)
    rows = [
        [
            Cell(day(one.start)),
            Cell(day(one.end) if one.end else say("no end on record")),
            Cell(say("NATO supplies") if one.traffic_class == "nato" else str(one.traffic_class)),
            Cell(str(one.direction)),
            Cell(one.description),
            Cell(one.source.url),
            Cell(one.source.grade),
        ]
        for one in spells
    ]
    return Table(
        title=say("Closures on record, the newest first"),
        names=("from", "to", "traffic", "direction", "what", "source", "grade"),
        rows=rows,
        note=say("Last report: {status}.", status=status_text(status))
        + (
            ""
            if rows
            else " " + say("No closure is on record: it was not found, or not looked for.")
        ),
    )


def _statements(desk: WarmDesk, name: str) -> Table:
    group = desk.world.network.elements[name].frontier_group
    answer = desk.ledger.list()
    mine = [row for row in answer.rows() if {name, group} & set(row.elements)]
    return table_of(
        replace(answer, rows=lambda: mine),
        title=say("What was said of it"),
        lead=LEADS["ledger"],
        note="" if mine else say("No statement of the ledger names it."),
    )
