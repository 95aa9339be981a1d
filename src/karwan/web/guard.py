"""What every answer carries and no request may do: headers, sizes, the hosts that may ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karwan.base.limits import MOST_QUERY_BYTES
from karwan.base.store import to_json
from karwan.web.problems import MEDIA_TYPE, Problem, TooLargeError

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
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
MOST_FORM_BYTES = 65_536
MOST_UPLOAD_BYTES = 64 * 1_048_576
MOST_BODY_BYTES = (
    (re.compile(r"/sign-in\Z"), MOST_FORM_BYTES),
    (re.compile(r"/add/incidents\Z|/api/v1/workspace/incident-files\Z"), MOST_UPLOAD_BYTES),
    (re.compile(r"/(add|withdraw|api/v1/workspace)/"), MOST_FORM_BYTES),
)
"""How much is read of what is sent, by address: the first that fits; nothing anywhere else."""


def most_body_bytes(scope: Scope) -> int:
    """Return how much is read of what a request sends."""
    if scope["method"] != "POST":
        return 0
    return next((most for at, most in MOST_BODY_BYTES if at.match(scope["path"])), 0)


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
            await refuse(problem, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        most, read = most_body_bytes(scope), 0

        async def counted() -> Message:
            """Hand on what is sent, and end at the first byte beyond the bound."""
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise TooLargeError(_too_large(most))
            return message

        await self.app(scope, counted, with_headers)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "").rpartition("@")[2]
        name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.split(":")[0]
        if name.lower() not in self.hosts:
            title = "This server answers to its own name only"
            return Problem(HTTPStatus.MISDIRECTED_REQUEST, title, ())
        length = headers.get("content-length", "0")
        most = most_body_bytes(scope)
        is_streamed = headers.get("transfer-encoding") is not None
        if (is_streamed and not most) or not length.isdecimal() or int(length) > most:
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(most), ())
        if len(scope.get("query_string", b"")) > MOST_QUERY_BYTES:
            title = f"Too long: a question has at most {MOST_QUERY_BYTES:,} bytes"
            return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, title, ())
        return None


def _too_large(most: int) -> str:
    return f"Too large: this address reads {f'{most:,} bytes' if most else 'no body'}"


async def refuse(
    problem: Problem,
    send: Send,
    *,
    status: int | None = None,
    more: Mapping[str, str] | None = None,
) -> None:
    """Answer with a problem, before anything else is asked.

    Parameters
    ----------
    status, more
        Status in place of the problem's, and further headers.
    """
    body = to_json(problem.to_dict()).encode()
    headers = {
        **HEADERS,
        **(more or {}),
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "connection": "close",
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send(
        {"type": "http.response.start", "status": int(status or problem.status), "headers": raw}
    )
    await send({"type": "http.response.body", "body": body})
