"""Signing in with a token, for a browser, and out again."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from karwan.base.errors import KarwanError
from karwan.web.pages import page
from karwan.web.people import COOKIE, LOG, NOT_ASKED, SESSION_HOURS, People
from karwan.web.sharing import check_same_origin


def add_signing(app: FastAPI, people: People) -> None:
    """Add the addresses."""

    @app.get("/sign-in", include_in_schema=False)
    def ask() -> Response:
        return page("sign-in.html.j2", asks=people.asks_tokens, failed=False)

    @app.post("/sign-in", include_in_schema=False)
    async def begin(request: Request) -> Response:
        check_same_origin(request)
        given = parse_qs((await request.body()).decode("utf-8", "replace"))
        try:
            token = given.get("token", [""])[0]
            secret = await run_in_threadpool(people.begin, request.scope, token)
        except KarwanError as error:
            LOG.error("nobody is let in: %s", error)
            return page("problem.html.j2", NOT_ASKED.status, problem=NOT_ASKED)
        if secret is None:
            return page(
                "sign-in.html.j2", HTTPStatus.UNAUTHORIZED, asks=people.asks_tokens, failed=True
            )
        reply = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        reply.set_cookie(
            COOKIE,
            secret,
            max_age=SESSION_HOURS * 3600,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return reply

    @app.post("/sign-out", include_in_schema=False)
    def end(request: Request) -> Response:
        check_same_origin(request)
        people.end(request.scope)
        reply = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        reply.delete_cookie(COOKIE)
        return reply
