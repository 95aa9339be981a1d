"""Pages of facts beside the screen: crossings, one crossing, the ledger, capacity, the tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from karwan.api.answer import Answer
from karwan.base.errors import KarwanError, UnknownNameError
from karwan.base.telling import Form, cells_of, names_of, of_form
from karwan.data.rows.costs import CpmmBcpRow
from karwan.report.content import country_name, day, element_name
from karwan.web.desks import WarmDesk
from karwan.web.gates import status_text
from karwan.web.timelines import draw_timeline
from karwan.words.speech import is_english_spoken, label_word, say, say_number

if TYPE_CHECKING:
    from karwan.network.network import Network

LEADS = {"ledger": "/ledger/{}", "data": "/sources/{}", "project": "/projects/{}"}
"""Page that the first cell of a row leads to, by the path of the answer."""
SHOWN_DAYS = (7, 30, 90, 365)


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
    """

    title: str
    names: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


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


def with_names(table: Table, network: Network) -> Table:
    """Return a table in which crossings and lines stand by name in place of their id."""
    places = [place for place, name in enumerate(table.names) if name == "element"]

    def named(place: int, cell: Cell) -> Cell:
        one = network.elements.get(cell.value) if place in places else None
        if one is None:
            return cell
        link = f"/crossings/{quote(one.id)}" if one.id in network.crossings else ""
        return Cell(element_name(one.id, one.name), link)

    rows = [[named(place, cell) for place, cell in enumerate(row)] for row in table.rows]
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
    spells = [one for one in desk.world.record.spells if one.element_id == name]
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
        )
    )
    tables.append(hours_by_source(desk, name))
    tables.append(_told(lambda: region.capacity(name), say("What it can pass in a day")))
    tables.append(queue_table(desk, name))
    tables.append(_statements(desk, name))
    tables.append(_told(lambda: region.network.show(name), say("What is on record of it")))
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
            Cell(f"{way['from_country']}\N{EN DASH}{way['to_country']}"),
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
            day=told["reopens"]["date"],
            clear=told["clear_on"] or "\N{EN DASH}",
            usd=say_number(told["usd_per_day"]["total"]),
        ),
    )


def _told(ask: Any, title: str) -> Table:
    """Return an answer as a table; where there is none, the reason stands in its place."""
    try:
        answer = ask()
    except KarwanError as error:
        return Table(title=title, names=(), rows=(), note=str(error))
    return table_of(answer, title=title, note=answer.title if is_english_spoken() else "")


def _history(desk: WarmDesk, name: str) -> Table:
    world = desk.world
    status = world.crossing_status(name)
    spells = sorted(
        (one for one in world.record.spells if one.element_id == name),
        key=lambda one: one.start,
        reverse=True,
    )
    rows = [
        [
            Cell(day(one.start)),
            Cell(day(one.end) if one.end else say("no end on record")),
            Cell(str(one.traffic_class)),
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
