"""Signing in with a token, for a browser, and out again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from karwan.base.errors import KarwanError
from karwan.web.forms import Resume
from karwan.web.pages import page
from karwan.web.people import AGAIN, COOKIE, LOG, NOT_ASKED, SESSION_HOURS, People, came_by_tls
from karwan.web.problems import ForbiddenError
from karwan.web.sharing import check_same_origin, is_same_origin
from karwan.web.writing import form_body


def add_signing(app: FastAPI, people: People, resume: Resume) -> None:
    """Add the addresses.

    Parameters
    ----------
    resume
        Shows a form again, as it was when its session ended.
    """

    @app.get("/sign-in", include_in_schema=False)
    def ask() -> Response:
        return _page(people)

    @app.post(AGAIN, include_in_schema=False)
    async def again(request: Request) -> Response:
        """Ask who sends a form to sign in anew, and keep what he typed in the page."""
        path = getattr(request.state, "form", "")
        if not path or not is_same_origin(request):
            msg = "This address is asked for by nobody"
            raise ForbiddenError(msg)
        async with form_body(request) as body:
            typed = {name: text for name, text in body.values.items() if text}
        return _page(people, HTTPStatus.UNAUTHORIZED, back=path, typed=typed or {"": ""})

    @app.post("/sign-in", include_in_schema=False)
    async def begin(request: Request) -> Response:
        check_same_origin(request)
        async with form_body(request) as body:
            typed = body.values
        token, back = typed.pop("token", ""), typed.pop("back", "")
        try:
            secret = await run_in_threadpool(people.begin, request.scope, token)
        except KarwanError as error:
            LOG.error("nobody is let in: %s", error)
            return page("problem.html.j2", NOT_ASKED.status, problem=NOT_ASKED)
        if secret is None:
            return _page(people, HTTPStatus.UNAUTHORIZED, failed=True, back=back, typed=typed)
        resumed = resume(secret, people.name_of(token), back, typed) if back else None
        reply = resumed or RedirectResponse("/", HTTPStatus.SEE_OTHER)
        reply.set_cookie(
            COOKIE,
            secret,
            max_age=SESSION_HOURS * 3600,
            httponly=True,
            samesite="strict",
            secure=came_by_tls(request),
        )
        return reply

    @app.post("/sign-out", include_in_schema=False)
    def end(request: Request) -> Response:
        check_same_origin(request)
        people.end(request.scope)
        reply = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
        reply.delete_cookie(COOKIE)
        return reply


def _page(people: People, status: int = HTTPStatus.OK, **shown: Any) -> Response:
    told = {"failed": False, "back": "", "typed": {}, **shown}
    return page("sign-in.html.j2", status, asks=people.asks_tokens, **told)
