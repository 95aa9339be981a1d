"""Who asks, and what he may: by a token, by a session begun with one, or by a trusted proxy.

Without tokens and proxy the server listens on this machine alone and asks nobody: everyone reads,
and who sits before a workspace adds to it, as he does by command. A session lives in this process
and is bound to the address and the browser in which it was begun, so one that is carried off lets
nobody in elsewhere.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
import ipaddress
import logging
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from threading import RLock

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from karwan.base.errors import KarwanError
from karwan.base.workspaces import Workspace
from karwan.evidence.people import May, Role, Token, bearer, list_tokens, standing_role
from karwan.evidence.workspace import DATABASE
from karwan.web.guard import refuse
from karwan.web.problems import Problem

COOKIE = "karwan-session"
SESSION_HOURS = 12
MOST_SESSIONS = 1_000
TOKENS_SECONDS = 2.0
"""How long tokens that were read are believed: so long a revoked one may still let in."""
MOST_TOKEN = 200
MOST_NAME = 100

OPEN = re.compile(r"/(healthz?|ready|sign-in|sign-out|favicon\.ico|static/[^/]*)\Z")
"""What nobody is asked for: whether the server lives, and how to be let in."""
LOG = logging.getLogger(__name__)
NOT_ASKED = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The tokens cannot be read just now; the log of the server says why",
    (),
)
NEEDS: tuple[tuple[str, re.Pattern[str], May], ...] = (
    ("GET", re.compile(r"/audit(/|\Z)|/api/v1/audit(/|\Z)"), May.audit),
    ("GET", re.compile(r"/metrics\Z"), May.operate),
    ("GET", re.compile(r"/(add|withdraw)(/|\Z)"), May.add),
    ("GET", re.compile(r"/"), May.ask),
    ("HEAD", re.compile(r"/"), May.ask),
    ("POST", re.compile(r"/(shared|studies)\Z"), May.ask),
    ("POST", re.compile(r"/(add|withdraw|api/v1/workspace)/"), May.add),
)
"""What a request needs, by method and path: the first that fits is meant, no other is let in."""

FORMS = re.compile(r"/(add/(?!incidents)|withdraw/)[a-z]+\Z")
"""Forms: what was typed into one is shown again where a session ended meanwhile. A file is not read
of somebody who was not let in: it is chosen again."""
AGAIN = "/sign-in/again"
"""Where such a form is taken to; nobody asks for it by this address."""
_MAY: ContextVar[frozenset[May]] = ContextVar("_MAY", default=frozenset())

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Mark = tuple[tuple[int, int, int], ...]
"""Which file each of a database is, its size, and when it was written to."""


def need_of(method: str, path: str) -> May | None:
    """Return what a request needs; None where nobody may.

    Examples
    --------
    >>> need_of("GET", "/compare").value, need_of("POST", "/add/sighting").value
    ('ask', 'add')
    """
    return next((may for verb, at, may in NEEDS if verb == method and at.match(path)), None)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks.

    Attributes
    ----------
    name
        Kept with each row that he adds; blank for somebody who was not asked.
    """

    name: str
    role: Role


NOBODY = Actor("", Role.reader)
OWN_DESK = Actor("", Role.editor)
"""Who sits at this machine, before a workspace, where nobody is asked who he is."""


def may_add() -> bool:
    """Whether who asks for the page that is told may add rows."""
    return May.add in _MAY.get()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that was let in by a token."""

    token_id: str
    bound_to: str
    ends_at: dt.datetime


@dataclass(kw_only=True)
class People:
    """Who is let in.

    Attributes
    ----------
    workspace
        Where tokens are kept; None for none.
    asks_tokens
        Whether everybody is asked for a token whom no proxy names.
    proxies, user_header
        Addresses whose word is taken for who asks, and the header that says it.
    """

    now: Callable[[], dt.datetime]
    workspace: Workspace | None = None
    asks_tokens: bool = False
    proxies: Sequence[IP] = ()
    user_header: str = ""
    _sessions: dict[str, Session] = field(default_factory=dict, repr=False)
    _tokens: tuple[float, Mark, tuple[Token, ...]] = field(default=(-1e9, (), ()), repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def asks(self) -> bool:
        """Whether anybody is asked who he is."""
        return self.asks_tokens or bool(self.proxies)

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens: of a folder as they stand, of a database as two seconds ago at most.

        Whether a folder's database was written to since is seen by its files, which costs a request
        next to nothing; a database would have to be asked each time.
        """
        if self.workspace is None:
            return ()
        with self._lock:
            if not self.knows_tokens():
                mark = self._mark()  # before: what changes then is seen
                read = list_tokens(self.workspace)
                self._tokens = (time.monotonic(), mark, read)  # however long the reading took
            return self._tokens[-1]

    def knows_tokens(self) -> bool:
        """Whether the tokens need not be read again, so that nobody waits for a disk or a line."""
        read_at, mark, _ = self._tokens
        is_young = time.monotonic() - read_at <= TOKENS_SECONDS
        return self.workspace is None or (is_young and mark == self._mark())

    def _mark(self) -> Mark:
        """Return what tells a folder's database from one that was written to since."""
        if not isinstance(self.workspace, Path):
            return ()
        mark = []
        for name in (DATABASE, f"{DATABASE}-wal"):
            try:
                told = (self.workspace / name).stat()
            except OSError:
                mark.append((0, 0, 0))
            else:
                mark.append((told.st_ino, told.st_size, told.st_mtime_ns))
        return tuple(mark)

    def actor(self, scope: Scope) -> Actor | Problem:
        """Return who asks, or why he is not let in."""
        if not self.asks:
            return NOBODY if self.workspace is None else OWN_DESK
        headers = Headers(scope=scope)
        if self.user_header and self.user_header in headers:
            return self._by_proxy(scope, headers)
        shown = headers.get("authorization", "")
        if shown:
            kind, _, token = shown.partition(" ")
            held = bearer(self.tokens(), token.strip()[:MOST_TOKEN], self.now())
            if kind.lower() != "bearer" or held is None:
                return _nobody("The token is not known, has ended or was revoked")
            return Actor(held.name, held.role)
        return self._by_session(scope, headers)

    def _by_proxy(self, scope: Scope, headers: Headers) -> Actor | Problem:
        """Return whom a proxy names; a name from anywhere else is forged."""
        if _address(scope) not in self.proxies:
            title = f"Only a trusted proxy may say who asks ({self.user_header})"
            return Problem(HTTPStatus.FORBIDDEN, title, ())
        name = headers[self.user_header].strip()
        if len(headers.getlist(self.user_header)) != 1 or not 1 <= len(name) <= MOST_NAME:
            return _nobody("The proxy named nobody, or more than one")
        if not name.isprintable():
            return _nobody("The proxy's name of who asks cannot be shown")
        return Actor(name, standing_role(self.tokens(), name, self.now()))

    def _by_session(self, scope: Scope, headers: Headers) -> Actor | Problem:
        secret = _cookie(headers)
        session = self._sessions.get(_digest(secret)) if secret else None
        if session is None:
            return _nobody("Nobody is let in without a token")
        held = next((one for one in self.tokens() if one.id == session.token_id), None)
        now = self.now()
        is_sound = (
            held is not None
            and held.is_live(now)
            and now < session.ends_at
            and hmac.compare_digest(session.bound_to, _bond(scope, headers))
        )
        if held is None or not is_sound:
            return _nobody("The session has ended, or was begun elsewhere: sign in again")
        return Actor(held.name, held.role)

    def begin(self, scope: Scope, token: str) -> str | None:
        """Begin a session with a token, and return its secret; None where it lets nobody in."""
        held = bearer(self.tokens(), token.strip()[:MOST_TOKEN], self.now())
        if held is None:
            return None
        secret = secrets.token_urlsafe(32)
        until = self.now() + dt.timedelta(hours=SESSION_HOURS)
        session = Session(
            token_id=held.id,
            bound_to=_bond(scope, Headers(scope=scope)),
            ends_at=min(until, held.ends_at),
        )
        with self._lock:
            while len(self._sessions) >= MOST_SESSIONS:
                self._sessions.pop(next(iter(self._sessions)))
            self._sessions[_digest(secret)] = session
        return secret

    def name_of(self, token: str) -> str:
        """Return whom a token lets in; blank for nobody."""
        held = bearer(self.tokens(), token.strip()[:MOST_TOKEN], self.now())
        return held.name if held is not None else ""

    def end(self, scope: Scope) -> None:
        """End the session of a browser."""
        with self._lock:
            self._sessions.pop(_digest(_cookie(Headers(scope=scope))), None)


class Porter:
    """Lets in who may; hands on who it is as `request.state.actor`."""

    def __init__(self, app: ASGIApp, people: People, told: ASGIApp | None = None) -> None:
        """Keep who is asked of, and what tells a reader why he is not let in, as a page."""
        self.app = app
        self.people = people
        self.told = told
        self._reading = asyncio.Lock()

    async def _actor(self, scope: Scope) -> Actor | Problem:
        """Return who asks; tokens are read beside the loop that answers all, and once for all."""
        if self.people.asks and not self.people.knows_tokens():
            async with self._reading:
                if not self.people.knows_tokens():
                    await to_thread.run_sync(self.people.tokens)
        return self.people.actor(scope)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, problem: Problem) -> None:
        """Tell a reader by a page, a program by a document; nothing of the body is read."""
        if self.told is None or not _wants_page(scope):
            await refuse(problem, send)
            return
        scope.setdefault("state", {})["problem"] = problem
        await self.told(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say why not."""
        if scope["type"] != "http" or OPEN.match(scope["path"]):
            await self.app(scope, receive, send)
            return
        try:
            actor = await self._actor(scope)
        except KarwanError as error:  # where the tokens lie is nothing for whom nobody let in
            LOG.error("nobody is let in: %s", error)
            await refuse(NOT_ASKED, send)
            return
        if isinstance(actor, Problem):
            if _is_form(scope, actor):
                again = {**scope, "path": AGAIN, "raw_path": AGAIN.encode()}
                again["state"] = {**scope.get("state", {}), "form": scope["path"]}
                await self.app(again, receive, send)
                return
            if actor.status == HTTPStatus.FORBIDDEN:
                await self._refuse(scope, receive, send, actor)
            else:
                await _turn_away(scope, actor, send)
            return
        need = need_of(scope["method"], scope["path"])
        if need is None:
            title = "This address does not take that kind of request"
            await refuse(Problem(HTTPStatus.METHOD_NOT_ALLOWED, title, ()), send)
            return
        if need not in actor.role.may:
            whom = f"{actor.name} is {actor.role}" if actor.name else "nobody was asked who he is"
            title = f"This needs somebody who may {need}; {whom}"
            await self._refuse(scope, receive, send, Problem(HTTPStatus.FORBIDDEN, title, ()))
            return
        scope.setdefault("state", {})["actor"] = actor
        token = _MAY.set(actor.role.may)
        try:
            await self.app(scope, receive, send)
        finally:
            _MAY.reset(token)


def _wants_page(scope: Scope) -> bool:
    """Whether a reader asks, and no program."""
    accepted = Headers(scope=scope).get("accept", "")
    return "text/html" in accepted and not scope["path"].startswith("/api/")


def _is_form(scope: Scope, problem: Problem) -> bool:
    """Whether a browser sends a form whose session has ended."""
    return (
        problem.status == HTTPStatus.UNAUTHORIZED
        and scope["method"] == "POST"
        and FORMS.match(scope["path"]) is not None
        and "text/html" in Headers(scope=scope).get("accept", "")
    )


async def _turn_away(scope: Scope, problem: Problem, send: Send) -> None:
    """Show a reader where to sign in; tell a program what is wrong."""
    if problem.status == HTTPStatus.UNAUTHORIZED and _wants_page(scope):
        await refuse(problem, send, status=HTTPStatus.SEE_OTHER, more={"location": "/sign-in"})
        return
    await refuse(problem, send, more={"www-authenticate": "Bearer"})


def came_by_tls(request: HTTPConnection) -> bool:
    """Whether a browser asked by TLS, as far as the proxy before this server says.

    Who says so without a proxy makes his own cookie stricter, and nothing else.
    """
    said = request.headers.get("x-forwarded-proto", "").strip().casefold()
    return request.url.scheme == "https" or said == "https"


def _nobody(title: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, title, ())


def _address(scope: Scope) -> IP | None:
    """Return the address from which a connection comes; None where it has none, as on a socket."""
    client = scope.get("client")
    try:
        return ipaddress.ip_address(client[0]) if client else None
    except ValueError:
        return None


def _bond(scope: Scope, headers: Headers) -> str:
    """Return by what a browser is known again: its address, and what it says that it is."""
    return _digest(f"{_address(scope)}\0{headers.get('user-agent', '')}")


def _cookie(headers: Headers) -> str:
    try:
        shown = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return shown.value[:MOST_TOKEN] if shown is not None else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
