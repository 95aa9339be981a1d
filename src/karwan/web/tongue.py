"""The language of a page: as its address says, or else as the browser would have it.

Answers for programs are always in English, so that they equal what a command prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from urllib.parse import parse_qsl

from markupsafe import Markup
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from karwan.base.errors import DataError
from karwan.web.parameters import Parameter
from karwan.web.questions import address
from karwan.words.speech import (
    Names,
    counting_template,
    lacks,
    say_number,
    speaking,
    template,
    tongue_spoken,
)
from karwan.words.tongues import ENGLISH, TONGUES, Tongue, accepted_tongue, tongue_of

LANG = Parameter(name="lang", choices=tuple(TONGUES), help="Language of the page.")
"""What the address of every page may give."""
API = "/api/"

Pairs = list[tuple[str, str]]
_HERE: ContextVar[tuple[str, Pairs]] = ContextVar("_HERE", default=("/", []))
"""Path of the page that is told, and what its address gives."""


class Speaker:
    """Sets the language in which a page is told, and says so in its headers."""

    def __init__(self, app: ASGIApp, names: Callable[[Tongue], Names]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or scope["path"].startswith(API):
            await self.app(scope, receive, send)
            return
        tongue = _asked(scope)

        async def with_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-language", tongue.code)
                headers.add_vary_header("accept-language")
            await send(message)

        token = _HERE.set((scope["path"], _pairs(scope)))
        try:
            with speaking(tongue, lambda: self.names(tongue)):
                await self.app(scope, receive, with_language)
        finally:
            _HERE.reset(token)


def _asked(scope: Scope) -> Tongue:
    """Return the language of a request; one that an address names wrongly is told by its page."""
    named = [value for name, value in _pairs(scope) if name == LANG.name]
    if named:
        try:
            return tongue_of(named[0])
        except DataError:
            return ENGLISH
    return accepted_tongue(Headers(scope=scope).get("accept-language", ""))


def _pairs(scope: Scope) -> Pairs:
    return parse_qsl(scope.get("query_string", b"").decode("latin-1"))


def without_lang(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Return what an address gives beside the language.

    Raises
    ------
    DataError
        If there is no catalogue of the language that it names.
    """
    pairs = list(pairs)
    for name, value in pairs:
        if name == LANG.name:
            tongue_of(value)
    return [pair for pair in pairs if pair[0] != LANG.name]


def here_in(code: str) -> str:
    """Return the address of the page that is told, in another language."""
    path, pairs = _HERE.get()
    return address(path, [*(pair for pair in pairs if pair[0] != LANG.name), (LANG.name, code)])


def keeping_lang(path: str) -> str:
    """Return an address of this server, with the language if the page's own address names it."""
    named = [pair for pair in _HERE.get()[1] if pair[0] == LANG.name]
    if not named or not path.startswith("/"):
        return path
    bare, _, given = path.partition("?")
    return address(bare, [*parse_qsl(given), *named])


def say_in_page(message: str, /, **slots: object) -> Markup:
    """Return a sentence of a page, with its slots escaped; marked where it stands in English."""
    told = Markup(template(message)).format(**slots)
    return Markup('<span lang="en" dir="ltr">{}</span>').format(told) if lacks(message) else told


def say_counting_in_page(singular: str, plural: str, count: float, /, **slots: object) -> Markup:
    """Return a sentence about so many things, for a page."""
    known = {"count": say_number(count), **slots}
    return Markup(counting_template(singular, plural, count)).format(**known)


def other_tongues() -> list[Tongue]:
    """Return the languages that a page offers beside its own."""
    return [one for one in TONGUES.values() if one is not tongue_spoken()]
