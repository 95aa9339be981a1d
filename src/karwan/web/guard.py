"""What every answer carries and no request may do: headers, sizes, the hosts that may ask."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karwan.base.limits import MOST_QUERY_BYTES
from karwan.base.store import to_json
from karwan.web.problems import MEDIA_TYPE, Problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing from elsewhere, nothing inline: a name in a table can run nothing."""

HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
MOST_BODY_BYTES = 0
"""No address reads a body yet."""


class Guard:
    """Adds the headers; refuses long questions, bodies and hosts that are not this one.

    A page elsewhere could otherwise ask this server under a name of its own (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is sound."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        problem = self._problem(scope)
        if problem is not None:
            await _refuse(problem, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").rpartition("@")[2]
        name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.split(":")[0]
        if name.lower() not in self.hosts:
            title = "This server answers to its own name only"
            return Problem(HTTPStatus.MISDIRECTED_REQUEST, title, ())
        length = headers.get("content-length", "0")
        sends = headers.get("transfer-encoding") is not None or not length.isdecimal()
        if sends or int(length) > MOST_BODY_BYTES:
            title = "Too large: this address reads no body"
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, title, ())
        if len(scope.get("query_string", b"")) > MOST_QUERY_BYTES:
            title = f"Too long: a question has at most {MOST_QUERY_BYTES:,} bytes"
            return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, title, ())
        return None


async def _refuse(problem: Problem, send: Send) -> None:
    body = to_json(problem.to_dict()).encode()
    headers = {
        **HEADERS,
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(problem.status), "headers": raw})
    await send({"type": "http.response.body", "body": body})
