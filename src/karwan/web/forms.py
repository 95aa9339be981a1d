"""Addresses of forms and of requests that write: `/add`, `/withdraw` and `/api/v1/workspace`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from karwan.base.errors import DataError, KarwanError, SourceError
from karwan.base.store import to_json
from karwan.web.details import PROBLEM_SCHEMA
from karwan.web.entries import ENTRIES, Desk, Entry, Stamp, usual_values
from karwan.web.entry_fields import TODAY
from karwan.web.entry_pages import (
    Sealed,
    blank_values,
    check_page,
    failed_page,
    form_page,
    kept_told,
    menu_page,
    new_once,
)
from karwan.web.people import Actor
from karwan.web.problems import (
    MEDIA_TYPE,
    ForbiddenError,
    NotKeptHereError,
    TooOftenError,
    problem_of,
)
from karwan.web.seals import bond_of, give_bond
from karwan.web.sharing import is_same_origin
from karwan.web.site import Site
from karwan.web.tongue import keeping_lang
from karwan.web.writing import (
    Body,
    Counter,
    form_body,
    read_json,
    retry_after,
    sent_of,
    status_of,
)
from karwan.words.speech import say

KEEP, EDIT = "keep", "edit"
"""Steps of a form beside the first, which shows what it would keep."""
KEY = "idempotency-key"
BACK = "back"
FOREIGN = "Rows are kept at the wish of this server's own pages, and of programs, only"
NO_WORKSPACE = "This server keeps no rows: it was started without a workspace."
PROBLEMS = {
    "401": "Nobody is let in without a token.",
    "403": "Who asks may not add rows.",
    "413": "What is sent is too large.",
    "422": "What is wrong, every fault at once; or a key that stands for another request.",
    "429": "Too many rows at once; Retry-After says how long to wait.",
    "503": "The workspace cannot be written to just now; nothing was written.",
}

Resume = Callable[[str, str, str, Mapping[str, str]], HTMLResponse | None]
"""Returns a form again, given the session's secret, who signed in, its address, what was typed."""


def add_forms(app: FastAPI, site: Site, now: Callable[[], Any]) -> Resume:
    """Add the addresses; return what shows a form again to a browser that signed in anew."""
    workspace = site.desks.workspace
    if workspace is None:
        _add_nothing(app)
        return lambda *_: None
    desk = Desk(workspace=workspace, tables=site.desks.tables)
    counter = Counter(site=site, desk=desk, now=now)

    @app.get("/add", include_in_schema=False)
    def menu() -> Response:
        return menu_page(desk)

    for entry in ENTRIES:
        _add_form(app, counter, entry)
        _add_request(app, counter, entry)

    def resume(secret: str, who: str, path: str, typed: Mapping[str, str]) -> HTMLResponse | None:
        entry = next((one for one in ENTRIES if one.form == path), None)
        if entry is None:
            return None
        sealed = Sealed(seal=counter.seals.seal(secret, who), once=new_once())
        alert = say("You are signed in again. Look at it and send it; nothing of it was kept.")
        return form_page(entry, desk, typed, sealed, alert=alert)

    return resume


def _add_nothing(app: FastAPI) -> None:
    """Say of every form that there is no workspace to keep a row in."""

    @app.get("/add", include_in_schema=False)
    @app.get("/add/{name}", include_in_schema=False)
    def nothing() -> Response:
        raise NotKeptHereError(NO_WORKSPACE)


def _add_form(app: FastAPI, counter: Counter, entry: Entry) -> None:
    @app.get(entry.form, include_in_schema=False, name=entry.form)
    def show(request: Request) -> Response:
        actor = request.state.actor
        stamp = counter.stamp(actor)
        pairs = request.query_params.multi_items()
        ident = request.query_params.get("kept", "")
        kept = kept_told(entry, counter.desk, ident, stamp) if ident else None
        values = blank_values(entry, stamp, pairs)
        return _bonded(
            request, lambda sealed: form_page(entry, counter.desk, values, sealed, kept=kept),
            counter, actor, new_once(),
        )  # fmt: skip

    @app.post(entry.form, include_in_schema=False, name=f"post {entry.form}")
    async def take(request: Request) -> Response:
        if not is_same_origin(request):
            raise ForbiddenError(FOREIGN)
        async with form_body(request) as body:
            return await run_in_threadpool(_taken, counter, entry, request, body)


def _bonded(
    request: Request,
    make: Callable[[Sealed], HTMLResponse],
    counter: Counter,
    actor: Actor,
    once: str,
) -> HTMLResponse:
    """Return a page whose form is sealed to this browser, which gets a cookie if it has none."""
    held = bond_of(request)
    bond = held or secrets.token_urlsafe(24)
    reply = make(Sealed(seal=counter.seals.seal(bond, actor.name), once=once))
    if not held:
        give_bond(request, reply, bond)
    return reply


def _taken(counter: Counter, entry: Entry, request: Request, body: Body) -> Response:
    """Return what a form is answered: itself with its faults, what it would keep, where it is."""
    actor: Actor = request.state.actor
    desk, once = counter.desk, body.work["once"]

    def again(make: Callable[[Sealed], HTMLResponse], key: str = once) -> HTMLResponse:
        return _bonded(request, make, counter, actor, key or new_once())

    if not counter.seals.is_sound(request, actor.name, body.work["seal"]):
        alert = say(
            "This form was open too long, or was begun in another browser. Look at it and send it "
            "again; nothing of it was kept."
        )
        return again(
            lambda sealed: form_page(
                entry, desk, body.values, sealed, alert=alert, status=HTTPStatus.FORBIDDEN
            )
        )
    if body.work["step"] == EDIT:
        return again(lambda sealed: form_page(entry, desk, body.values, sealed))
    full = Body(values=_filled(entry, body, counter), work=body.work, upload=body.upload)
    try:
        counter.take_turn(request, actor)
        stamp = counter.stamp(actor)
        if body.work["step"] != KEEP and not entry.takes_file:
            with counter.draft(entry, full, stamp) as draft:
                changes = [*draft.changes(), *draft.notes()]
            return again(lambda sealed: check_page(entry, desk, full, sealed, changes))
        sent = sent_of(entry, full, once or new_once(), stamp.who)
        answer, _ = counter.keep(entry, full, sent, stamp)
    except (DataError, SourceError, TooOftenError) as error:
        is_used = isinstance(error, DataError) and error.where == "the request"
        key = new_once() if is_used else once
        failed = error
        return again(lambda sealed: failed_page(entry, desk, full, sealed, failed), key)
    return RedirectResponse(_kept_at(entry, answer), HTTPStatus.SEE_OTHER)


def _filled(entry: Entry, body: Body, counter: Counter) -> dict[str, str]:
    """Return what was sent, with what is usual where it is silent; which day is meant, it says."""
    usual = {
        name: "" if _is_day_of_today(entry, name) else text
        for name, text in usual_values(entry, counter.site.today()).items()
    }
    return {**usual, **body.values}


def _kept_at(entry: Entry, answer: str) -> str:
    """Return the address of the form that says that a row was kept."""
    return keeping_lang(f"{entry.form}?{urlencode({'kept': json.loads(answer)['row']})}")


def _add_request(app: FastAPI, counter: Counter, entry: Entry) -> None:
    """Add the address at which a program writes a row of a kind."""
    path = f"/api/v1/workspace/{entry.path}"

    @app.post(path, openapi_extra=_described(entry), description=entry.help, name=entry.path)
    async def take(request: Request) -> Response:
        try:
            if not is_same_origin(request):
                raise ForbiddenError(FOREIGN)
            if entry.takes_file:
                async with form_body(request) as body:
                    return await run_in_threadpool(_answered, counter, entry, request, body)
            body = await read_json(request)
            return await run_in_threadpool(_answered, counter, entry, request, body)
        except KarwanError as error:
            return _refused(error)


def _answered(counter: Counter, entry: Entry, request: Request, body: Body) -> Response:
    actor: Actor = request.state.actor
    counter.take_turn(request, actor)
    stamp: Stamp = counter.stamp(actor)
    full = Body(values=_filled(entry, body, counter), upload=body.upload)
    key = request.headers.get(KEY)
    sent = None if key is None else sent_of(entry, full, key, stamp.who)
    answer, is_again = counter.keep(entry, full, sent, stamp)
    headers = {"cache-control": "no-store"}
    where = json.loads(answer)["page"]
    if where:
        headers["location"] = where
    if is_again:
        headers["idempotency-replayed"] = "true"
    return Response(answer, HTTPStatus.CREATED, headers, "application/json")


def _is_day_of_today(entry: Entry, name: str) -> bool:
    """Whether a form fills a field with the day of today: a program says which day it means."""
    return any(one.name == name and one.usual == TODAY for one in entry.fields)


def _refused(error: KarwanError) -> Response:
    problem = problem_of(error)
    status = problem.status
    if isinstance(error, (SourceError, TooOftenError)):
        status = status_of(error)
    body = to_json({**problem.to_dict(), "status": int(status)})
    return Response(body, status, dict(retry_after(error)), MEDIA_TYPE)


def _described(entry: Entry) -> dict[str, Any]:
    """Return how OpenAPI describes a request."""
    schema = {
        "type": "object",
        "properties": {one.name: one.described() for one in entry.fields},
        "required": [one.name for one in entry.fields if one.required],
        "additionalProperties": False,
    }
    kind = "multipart/form-data" if entry.takes_file else "application/json"
    return {
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": "A key of the sender's own, at most 200 ASCII letters: the same "
                "request under it again is answered as it was, and adds no row.",
                "schema": {"type": "string", "maxLength": 200},
            }
        ],
        "requestBody": {"required": True, "content": {kind: {"schema": schema}}},
        "responses": {
            "201": {
                "description": "The row that was added, or was added before under this key.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            **{
                status: {"description": text, "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}}}
                for status, text in PROBLEMS.items()
            },
        },
    }
