"""The application: pages for people at `/compare` and beside it, answers for programs at `/api`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send

from karwan import __version__
from karwan.api import now
from karwan.base.errors import KarwanError
from karwan.base.store import to_json
from karwan.report.content import ends_text
from karwan.web.asked import MORE_FACTS
from karwan.web.audit_pages import AUDIT_COMMANDS, add_audit
from karwan.web.details import BRIEF_SCHEMA, DETAIL, PROBLEM_SCHEMA, read_detail
from karwan.web.endpoints import COMMANDS, answer_bytes
from karwan.web.facts import FACTS, Fact, crossings_page, fact_commands, fact_page, table_csv
from karwan.web.forms import add_forms
from karwan.web.guard import Guard
from karwan.web.journal import REQUEST_ID, Journal, request_id
from karwan.web.names import typed_name
from karwan.web.operations import Operations, add_operations
from karwan.web.own_rows import add_own_rows, element_rows, statement_rows
from karwan.web.pages import asset_url, assets, page, render
from karwan.web.parameters import Parameter
from karwan.web.people import People, Porter
from karwan.web.problems import (
    MEDIA_TYPE,
    NotAcceptedError,
    NotThereError,
    Problem,
    TooOftenError,
    problem_of,
)
from karwan.web.questions import COMPARE, address
from karwan.web.rooms import add_rooms
from karwan.web.screens import Screen, first_text
from karwan.web.sharing import add_sharing
from karwan.web.signing import add_signing
from karwan.web.site import Site
from karwan.web.tongue import Speaker, without_lang

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LEAST_PACKED_BYTES = 800
FOREVER = "public, max-age=31536000, immutable"
LOG = logging.getLogger(__name__)

PROBLEMS = {
    "404": "A name that is not there, with the nearest.",
    "413": "A body, where none is read.",
    "414": "A question that is too long.",
    "422": "What is wrong, every fault at once.",
    "500": "The server failed; its log says where.",
}
"""Why an address answers with a problem, by status."""
PARTS = ("answer", "board", "cards", "foot")
"""The parts of the screen that change with the question, by the id of their element."""


def create_app(
    site: Site,
    *,
    hosts: Iterable[str] = LOOPBACK,
    people: People | None = None,
    operations: Operations | None = None,
) -> FastAPI:
    """Return the application.

    Parameters
    ----------
    hosts
        Names under which it may be asked.
    people
        Who is let in; None for everybody who reaches it, to read.
    operations
        What is counted and told of the server; None for a log that is not written.
    """
    people = People(now=now) if people is None else people
    workspace = site.desks.workspace
    operations = Operations(workspace=workspace) if operations is None else operations
    app = FastAPI(
        title="karwan",
        version=__version__,
        description="Freight corridors between Central and South Asia, from cited evidence. The "
        "body of each answer equals what the command of that name prints with --format json.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
    )
    app.add_middleware(GZipMiddleware, minimum_size=LEAST_PACKED_BYTES, compresslevel=5)
    app.add_middleware(Speaker, names=site.names)
    app.add_middleware(Porter, people=people, told=Speaker(_tell_refusal, names=site.names))
    app.add_middleware(Guard, hosts=hosts)
    app.add_middleware(Journal, log=operations.log, tally=operations.tally)
    app.add_exception_handler(KarwanError, _told)
    app.add_exception_handler(HTTPException, _told)
    app.add_exception_handler(Exception, _told)
    app.state.site = site
    _add_pages(app, site)
    _add_later(app, site)
    _add_state(app, site)
    _add_sections(app, site)
    add_sharing(app, site)
    add_rooms(app, site)
    add_audit(app, site)
    add_own_rows(app, site)
    add_signing(app, people, add_forms(app, site, people.now))
    add_operations(app, site, operations)
    for command in (*COMMANDS, *AUDIT_COMMANDS, *fact_commands(MORE_FACTS), *fact_commands()):
        _add_command(app, site, command.path, command.parameters, command.ask, command.help)
    return app


def _add_pages(app: FastAPI, site: Site) -> None:
    @app.get("/", include_in_schema=False)
    def first() -> Response:
        origin, destination = site.first_pair()
        pairs = [("from", origin), ("to", destination)] if origin else []
        return RedirectResponse(address("/compare", pairs))

    @app.get("/compare", include_in_schema=False)
    def compare_page(request: Request) -> Response:
        screen = site.screen(request.query_params.multi_items())
        return page("compare.html.j2", screen=screen, places=_places(screen), whole=True)

    @app.get("/compare/parts", include_in_schema=False)
    def compare_parts(request: Request) -> Response:
        screen = site.screen(request.query_params.multi_items())
        parts = {name: render(f"part-{name}.html.j2", screen=screen, whole=False) for name in PARTS}
        parts |= {
            "m-ways": screen.atlas.ways(screen.now, screen.before),
            "m-names": screen.atlas.names(screen.now, screen.before, screen.switches),
            "m-switches": screen.atlas.switches(screen.switches),
            "list": render("part-list.html.j2", screen=screen),
        }
        return JSONResponse({"url": screen.links.url, "title": title_of(screen), "parts": parts})

    @app.get("/static/{name}", include_in_schema=False)
    def static(request: Request, name: str) -> Response:
        asset = assets().get(name)
        if asset is None:
            msg = f"No file {name!r} belongs to the pages"
            raise NotThereError(msg)
        named = request.query_params.get("v") == asset.tag
        headers = {"cache-control": FOREVER if named else "no-cache", "etag": f'"{asset.tag}"'}
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        return RedirectResponse(asset_url("favicon.svg"))


def _add_later(app: FastAPI, site: Site) -> None:
    """Add what the screen asks in further calls; without a script they are pages of their own."""

    @app.get("/compare/shares", include_in_schema=False)
    def compare_shares(request: Request) -> Response:
        screen = site.screen(request.query_params.multi_items())
        parts = {
            "sure": render("part-sure.html.j2", screen=screen),
            "order": render("part-order.html.j2", screen=screen),
            **{f"first-{row.answer.corridor.id}": first_text(screen, row) for row in screen.rows},
        }
        return JSONResponse({"parts": parts})

    @app.get("/compare/gate", include_in_schema=False)
    def compare_gate(request: Request) -> Response:
        screen, gate = site.gate(request.query_params.multi_items())
        return page("gate.html.j2", screen=screen, gate=gate)

    @app.get("/compare/security", include_in_schema=False)
    def compare_security(request: Request) -> Response:
        screen, level = site.security(request.query_params.multi_items())
        return page("security.html.j2", screen=screen, level=level)

    @app.get("/compare/figures", include_in_schema=False)
    def compare_figures(request: Request) -> Response:
        screen, row = site.figures(request.query_params.multi_items())
        return page("figures.html.j2", screen=screen, row=row)


def _add_sections(app: FastAPI, site: Site) -> None:
    @app.get("/crossings", include_in_schema=False)
    def crossings(request: Request) -> Response:
        return page("facts.html.j2", **crossings_page(site, _page_pairs(request)))

    @app.get("/crossings/{name}", include_in_schema=False)
    def crossing(request: Request, name: str) -> Response:
        shown = crossings_page(site, _page_pairs(request), name)
        if site.desks.workspace is not None:
            shown["tables"] = [*shown["tables"], *element_rows(site.desks.workspace, name)]
        return page("facts.html.j2", **shown)

    @app.get("/sources/{table}.csv", include_in_schema=False)
    def table(table: str) -> Response:
        return Response(table_csv(site, table), media_type="text/csv; charset=utf-8")

    @app.get("/sources/{table}.json", include_in_schema=False)
    def table_json(table: str) -> Response:
        return RedirectResponse(address(f"/api/v1/data/{quote(table)}", [("rows", "500")]))

    for fact in (*FACTS, *MORE_FACTS):
        if fact.page:
            _add_section(app, site, fact)


def _add_section(app: FastAPI, site: Site, fact: Fact) -> None:
    @app.get(fact.page, include_in_schema=False, name=fact.page)
    def section(request: Request) -> Response:
        shown = fact_page(site, fact, without_lang(_given_in(request)))
        if site.desks.workspace is not None and fact.path == "ledger/{id}":
            written = statement_rows(site.desks.workspace, request.path_params["id"])
            shown["tables"] = [*shown["tables"], *written]
        return page("facts.html.j2", **shown)


def _page_pairs(request: Request) -> list[tuple[str, str]]:
    """Return what the address of a page gives behind its path, but for its language."""
    return without_lang(request.query_params.multi_items())


def _given_in(request: Request) -> list[tuple[str, str]]:
    """Return what an address gives, in its path and behind it."""
    named = [(name, str(value)) for name, value in request.path_params.items()]
    return [*request.query_params.multi_items(), *named]


def _add_state(app: FastAPI, site: Site) -> None:
    @app.get("/version", include_in_schema=False)
    def version() -> Response:
        data = site.desks.catalog().tables_sha256
        return JSONResponse({"karwan": __version__, "tables_sha256": data})


Ask = Callable[[Site, Sequence[tuple[str, str]]], Any]


def _add_command(
    app: FastAPI,
    site: Site,
    path: str,
    parameters: Sequence[Parameter],
    ask: Ask,
    text: str,
) -> None:
    """Add the address of a command; what it may be asked stands in the description."""
    described = {
        "parameters": [one.described() for one in (*parameters, DETAIL)],
        "responses": {
            "200": {
                "description": "The answer, as the command prints it; or its rows.",
                "content": {"application/json": {"schema": {"anyOf": [{}, BRIEF_SCHEMA]}}},
            },
            "304": {"description": "The answer to this question has not changed."},
            **{
                status: {"description": text, "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}}}
                for status, text in PROBLEMS.items()
            },
        },
    }

    @app.get(f"/api/v1/{path}", openapi_extra=described, description=text, name=path)
    def command(request: Request) -> Response:
        try:
            is_brief, reply = read_detail(_given_in(request), lambda pairs: ask(site, pairs))
            headers = {
                "etag": f'W/"{reply.tag}{"-brief" if is_brief else ""}"',
                "cache-control": "no-cache",
                "karwan-version": __version__,
                "karwan-data": reply.data,
                **reply.headers,
            }
            known = request.headers.get("if-none-match", "")
            if headers["etag"] in [one.strip() for one in known.split(",")]:
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
            body = answer_bytes(site, reply, is_brief=is_brief)
            return Response(body, media_type="application/json", headers=headers)
        except KarwanError as error:
            return _problem_document(problem_of(error, (*parameters, DETAIL)))


def title_of(screen: Screen) -> str:
    """Return the title of the screen in the browser."""
    return f"{ends_text(screen.now.origin, screen.now.destination)} – karwan"


def _places(screen: Screen) -> list[str]:
    """Return the names that a field for a place offers."""
    network = screen.world.network
    places = network.places.values()
    return sorted({typed_name(network, one) for one in places if one.kind != "border"})


def _told(request: Request, error: Exception) -> Response:
    """Return what went wrong, as a document for a program or a page for a reader."""
    if isinstance(error, HTTPException):
        status = error.status_code
        kind = NotThereError if status == HTTPStatus.NOT_FOUND else NotAcceptedError
        error = kind(
            f"Nothing is at {request.url.path!r}"
            if kind is NotThereError
            else "This address does not take that kind of request"
        )
    elif not isinstance(error, KarwanError):
        LOG.error("a request failed", exc_info=error)
    problem = problem_of(error, COMPARE)
    is_api = request.url.path.startswith("/api/")
    told = _problem_document if is_api else _problem_page
    reply = told(problem)
    if isinstance(error, TooOftenError):
        reply.headers["retry-after"] = str(error.wait_seconds)
    reply.headers[REQUEST_ID] = request_id()  # an unforeseen error is told outside of the journal
    return reply


def _problem_page(problem: Problem) -> Response:
    return page("problem.html.j2", problem.status, problem=problem)


async def _tell_refusal(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the page of the problem for which a request is not let in."""
    reply = _problem_page(scope["state"]["problem"])
    reply.headers["connection"] = "close"
    await reply(scope, receive, send)


def _problem_document(problem: Problem) -> Response:
    body = to_json(problem.to_dict())
    return Response(body, problem.status, media_type=MEDIA_TYPE)
