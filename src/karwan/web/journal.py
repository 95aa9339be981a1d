"""The log: a line for each request and each event, which says nothing of who asked what.

A line names the template of an address, never the address: places, people and what is searched for
stand behind a question mark or in a path, and neither is told. A failure is told by its kind and
the lines of the program that it passed; the text of an unforeseen error may hold anything, and is
told only where the error is one of karwan's own, whose texts never show a secret.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karwan.base.errors import KarwanError
from karwan.web.metrics import METHODS, OTHER, Tally

if TYPE_CHECKING:
    import datetime as dt

REQUEST_ID = "x-request-id"
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\Z")
"""`traceparent` of W3C Trace Context, level 1."""
_NO_TRACE = "0" * 32
_PLAIN = re.compile(r"[!#-<>-\[\]-~]+\Z")
"""What stands in a line of text without quotes."""
_HERE: ContextVar[tuple[str, str]] = ContextVar("request", default=("", ""))
MOST_FRAMES = 12
TOLD_ALREADY = "Exception in ASGI application"
"""How uvicorn begins to tell an error again that this log has told."""

Cell = str | int | float | bool | None | list[str]


class Form(StrEnum):
    """How the log is written."""

    json = "json"
    text = "text"
    none = "none"


@dataclass(frozen=True, kw_only=True)
class Log:
    """Where lines go, and in which form.

    Attributes
    ----------
    tells_addresses
        Whether a line names the address from which a request came.
    """

    form: Form
    write: Callable[[str], None]
    now: Callable[[], dt.datetime]
    tells_addresses: bool = False

    def event(self, name: str, level: str = "info", **told: Cell) -> None:
        """Write a line."""
        if self.form is Form.none:
            return
        at = self.now().isoformat(timespec="milliseconds")
        if self.form is Form.json:
            line = json.dumps({"at": at, "level": level, "event": name, **told}, ensure_ascii=False)
        else:
            cells = [f"{key}={_plain(value)}" for key, value in told.items()]
            line = " ".join([at, level, name, *cells])
        self.write(f"{line}\n")


def request_id() -> str:
    """Return the id of the request that is being answered; blank outside of one."""
    return _HERE.get()[0]


def _plain(value: Cell) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if _PLAIN.match(text) else json.dumps(text)


class Journal:
    """Gives each request an id, counts it, and tells how it was answered."""

    def __init__(self, app: ASGIApp, log: Log, tally: Tally) -> None:
        self.app = app
        self.log = log
        self.tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ident = uuid.uuid4().hex
        _HERE.set((ident, _trace_of(scope) or ident))
        status, size = int(HTTPStatus.INTERNAL_SERVER_ERROR), 0

        async def seen(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = ident
            else:
                size += len(message.get("body", b""))
            await send(message)

        self.tally.begin()
        begun = time.perf_counter()
        try:
            await self.app(scope, receive, seen)
        finally:
            duration_seconds = time.perf_counter() - begun
            route, method = route_of(scope), scope["method"]
            self.tally.end(method, route, status, duration_seconds)
            self._tell(scope, method, route, status, size, duration_seconds)

    def _tell(
        self, scope: Scope, method: str, route: str, status: int, size: int, seconds: float
    ) -> None:
        ident, trace = _HERE.get()
        client = scope.get("client")
        told: dict[str, Cell] = {"address": client[0]} if client else {}
        self.log.event(
            "request",
            "error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "info",
            request_id=ident,
            trace_id=trace,
            method=method if method in METHODS else OTHER,
            route=route,
            status=status,
            duration_ms=round(1000 * seconds, 1),
            body_bytes=size,
            **(told if self.log.tells_addresses else {}),
        )


def route_of(scope: Scope) -> str:
    """Return the template of the address that a request found; `other` for none."""
    return str(getattr(scope.get("route"), "path", OTHER))


def _trace_of(scope: Scope) -> str:
    """Return the trace that a request belongs to elsewhere; blank for none."""
    named = _TRACE.match(Headers(scope=scope).get("traceparent", ""))
    return named[1] if named is not None and named[1] != _NO_TRACE else ""


class Lines(logging.Handler):
    """Takes what the program and its libraries tell, as lines of the log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self.log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        if str(record.msg).startswith(TOLD_ALREADY):
            return
        ident, trace = _HERE.get()
        told: dict[str, Cell] = {"request_id": ident, "trace_id": trace} if ident else {}
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            told |= {"logger": record.name, "text": record.getMessage()}
        self.log.event(
            "told" if error is None else "failed",
            record.levelname.lower(),
            **told,
            **(failure(error) if error is not None else {}),
        )


def failure(error: BaseException) -> dict[str, Cell]:
    """Return what a log tells of an error: its kind, where it passed, and no word of the user's.

    Examples
    --------
    >>> failure(ValueError("ada's letter"))
    {'error': 'ValueError', 'frames': []}
    """
    told: dict[str, Cell] = {"error": type(error).__name__}
    if isinstance(error, KarwanError):
        told["text"] = str(error)
    elif isinstance(error, OSError) and error.strerror:
        told["text"] = error.strerror
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return {
        **told,
        "frames": [f"{_module(one.filename)}:{one.lineno} {one.name}" for one in frames],
    }


def _module(path: str) -> str:
    """Return the last parts of a path: where a program is installed is nobody's matter."""
    return "/".join(path.replace("\\", "/").rsplit("/", 3)[1:])
