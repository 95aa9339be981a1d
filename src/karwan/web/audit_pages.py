"""The trail as pages and over HTTP, for auditor and admin: entries, and whether they stand."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from karwan.api.auditing import trail_asked, verdict_asked
from karwan.base.days import asked_day
from karwan.base.errors import DataError
from karwan.base.workspaces import Workspace
from karwan.evidence.audit import TOLD, who_told
from karwan.evidence.trail import CONTENTS
from karwan.web.details import brief_of
from karwan.web.endpoints import Command, Pairs, Reply
from karwan.web.pages import page
from karwan.web.parameters import Parameter, read_given
from karwan.web.problems import NotKeptHereError
from karwan.web.questions import address
from karwan.web.tongue import without_lang

if TYPE_CHECKING:
    from karwan.api.answer import Answer
    from karwan.evidence.rows import AuditRow
    from karwan.web.site import Site

MOST_SHOWN = 200
"""Entries that the page shows; the API has all."""
LEDGER_STATEMENTS = "ledger_statements"
ANSWERS = "answers/"

LIST = (
    Parameter(name="since", help="Only entries of this day or later, UTC, YYYY-MM-DD."),
    Parameter(name="who", help="Only entries of this name."),
    Parameter(name="kind", help="Only entries of this kind of row, such as closures or contents."),
)
VERIFY = (
    Parameter(name="expect", help="Hash of the trail as it was told before."),
)  # fmt: skip


def row_page(kind: str, row_id: str) -> str:
    """Return the address of the page of a row; blank where it has none."""
    if kind == CONTENTS:
        name = row_id.removeprefix(ANSWERS).removesuffix(".json")
        return f"/shared/{name}" if row_id.startswith(ANSWERS) else ""
    if kind == LEDGER_STATEMENTS:
        return f"/ledger/{row_id}"
    return f"/rows/{row_id}" if kind in WITH_PAGE else ""


WITH_PAGE = ("closures", "closure_ends", "sightings", "incidents", "withdrawals", "incident_files")
"""Tables whose rows have a page of their own."""


def workspace_of(site: Site) -> Workspace:
    """Return the workspace of a server.

    Raises
    ------
    NotKeptHereError
        If it has none.
    """
    workspace = site.desks.workspace
    if workspace is None:
        msg = "This server keeps no rows: it was started without a workspace."
        raise NotKeptHereError(msg)
    return workspace


def _trail(site: Site, pairs: Pairs) -> Answer[tuple[AuditRow, ...]]:
    given = read_given(LIST, pairs)
    if given.faults:
        raise DataError("the question", given.faults)
    since, who, kind = (given.values[one.name] or "" for one in LIST)
    day = asked_day(since, "since").isoformat() if since else ""
    return trail_asked(workspace_of(site), since=day, who=who, kind=kind)


def _verdict(site: Site, pairs: Pairs) -> Answer[Any]:
    given = read_given(VERIFY, pairs)
    if given.faults:
        raise DataError("the question", given.faults)
    return verdict_asked(workspace_of(site), expect=given.values["expect"] or "")


def _reply(site: Site, answer: Answer[Any]) -> Reply:
    """Return an answer that is made anew each time: a row may be changed without an entry."""

    def brief() -> Any:
        with site.desks.at(site.today()) as desk:
            return brief_of(answer, desk.world)

    return Reply(
        tag=uuid.uuid4().hex,
        data=site.desks.catalog().tables_sha256,
        tell=answer.to_dict,
        brief=brief,
    )


AUDIT_COMMANDS = (
    Command(
        path="audit/verify",
        help="Whether the trail and the rows that it tells of still stand.",
        parameters=VERIFY,
        ask=lambda site, pairs: _reply(site, _verdict(site, pairs)),
    ),
    Command(
        path="audit",
        help="Who wrote which row and when, in the order written.",
        parameters=LIST,
        ask=lambda site, pairs: _reply(site, _trail(site, pairs)),
    ),
)


def add_audit(app: FastAPI, site: Site) -> None:
    """Add the pages of the trail."""

    @app.get("/audit", include_in_schema=False)
    def audit(request: Request) -> Response:
        pairs = _given(request)
        entries = _trail(site, pairs).content
        return page(
            "audit.html.j2",
            entries=[(one, who_told(one), row_page(one.kind, one.row_id))
                     for one in entries[-MOST_SHOWN:][::-1]],
            count=len(entries),
            asked=dict(pairs),
            kinds=sorted((*TOLD, CONTENTS)),
            json_url=address("/api/v1/audit", pairs),
        )  # fmt: skip

    @app.get("/audit/verify", include_in_schema=False)
    def verify(request: Request) -> Response:
        pairs = _given(request)
        return page(
            "audit-verify.html.j2",
            verdict=_verdict(site, pairs).content,
            asked=dict(pairs),
            json_url=address("/api/v1/audit/verify", pairs),
            row_page=row_page,
        )


def _given(request: Request) -> list[tuple[str, str]]:
    """Return what an address gives; a field of a form that was left blank gives nothing."""
    return [pair for pair in without_lang(request.query_params.multi_items()) if pair[1].strip()]
