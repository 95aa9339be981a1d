"""Rows of the workspace on pages: what each says, who wrote it when, what was done to it since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from karwan.base.errors import UnknownNameError
from karwan.evidence.own_record import list_records
from karwan.evidence.written import own_row, rows_at, rows_of_statement
from karwan.report.content import element_name
from karwan.web.audit_pages import row_page, workspace_of
from karwan.web.deeds import deed_word, heads, kind_word, moment
from karwan.web.facts import dated_page
from karwan.web.pages import head_word, page
from karwan.web.sections import Cell, Table
from karwan.web.tongue import without_lang
from karwan.words.speech import say

if TYPE_CHECKING:
    from karwan.base.workspaces import Workspace
    from karwan.evidence.written import Shown, Written
    from karwan.web.desks import WarmDesk
    from karwan.web.site import Site

STAMPS = ("added_by", "added_at")
DONE = ("when", "who", "did", "row", "day", "why")


def add_own_rows(app: FastAPI, site: Site) -> None:
    """Add the pages of the rows of the workspace."""

    @app.get("/rows/{name}", include_in_schema=False)
    def row(request: Request, name: str) -> Response:
        pairs = without_lang(request.query_params.multi_items())
        workspace = workspace_of(site)
        shown = own_row(workspace, name)
        if shown is None:
            known = [one for table in list_records(workspace).tables.values() for one in table]
            raise UnknownNameError("row of the workspace", name, [one.id for one in known])
        told = dated_page(site, pairs, lambda desk: _row_page(desk, shown))
        return page("facts.html.j2", **told)


def _row_page(desk: WarmDesk, shown: Shown) -> dict[str, Any]:
    row = shown.row
    cells = {one.name: getattr(row, one.name) for one in fields(row)}
    network = desk.world.network
    told = []
    for name, value in cells.items():
        if name in STAMPS or value is None or value == "":
            continue
        element = network.elements.get(value) if name == "element_id" else None
        if element is None:
            told.append([Cell(head_word(name)), Cell(value)])
            continue
        link = f"/crossings/{element.id}" if element.id in network.crossings else ""
        told.append([Cell(head_word(name)), Cell(element_name(element.id, element.name), link)])
    title = say("Row {row}: {kind}", row=row.id, kind=kind_word(row.TABLE))
    done = Table(
        title=say("Who wrote it, and what was done to it since"),
        names=heads(*DONE),
        rows=[_line(one) for one in (shown.written, *shown.done)],
        note=vouching([shown.written, *shown.done]),
    )
    return {
        "title": title,
        "tables": [
            Table(title=say("What it says"), names=heads("field", "value"), rows=told),
            done,
        ],
    }


def vouching(rows: Sequence[Written]) -> str:
    """Return what is to be said of rows that the trail does not tell of by a name."""
    names = [one.row_id for one in rows if not one.is_vouched]
    if not names:
        return ""
    return say(
        "By their own word alone, since no entry of the trail names who wrote them: {rows}.",
        rows=", ".join(names),
    )


def _line(one: Written) -> list[Cell]:
    """Return who wrote a row, as cells."""
    return [
        Cell(moment(one.when)),
        Cell(one.who),
        Cell(deed_word(one.verb)),
        Cell(one.row_id, row_page(one.kind, one.row_id)),
        Cell(one.on or ("" if one.verb != "withdraw" else say("for all time"))),
        Cell(one.why),
    ]


def element_rows(workspace: Workspace, element_id: str) -> list[Table]:
    """Return who added the team's own rows of an element; no table where there are none."""
    shown = rows_at(workspace, element_id)
    if not shown:
        return []
    told = [one for each in shown for one in (each.written, *each.done)]
    table = Table(
        title=say("Rows of the workspace: who wrote them, and what was done to them since"),
        names=heads(*DONE),
        rows=[_line(one) for one in told],
        note=vouching(told),
    )
    return [table]


def statement_rows(workspace: Workspace, ident: str) -> list[Table]:
    """Return who added the team's own rows of a statement; no table where there are none."""
    told = list(rows_of_statement(workspace, ident))
    if not told:
        return []
    table = Table(
        title=say("Rows of the workspace: who wrote them"),
        names=heads("when", "who", "did", "kind", "row"),
        rows=[
            [
                Cell(moment(one.when)),
                Cell(one.who),
                Cell(deed_word(one.verb)),
                Cell(kind_word(one.kind)),
                Cell(one.row_id),
            ]
            for one in told
        ],
        note=vouching(told),
    )
    return [table]
