"""Seals of forms: what a page of this server gave to this browser, and no other can have.

A seal is a keyed hash of the browser's cookie and of who asks. The key lives as long as the
server; a form that outlives it is shown again, filled, with a new seal.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.requests import Request
from starlette.responses import Response

from karwan.web.people import COOKIE, MOST_TOKEN, SESSION_HOURS, came_by_tls

FORM_COOKIE = "karwan-form"
"""Of a browser that has no session: on this machine alone, or behind a proxy."""


@dataclass(frozen=True, kw_only=True)
class Seals:
    """The seals of one server."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def seal(self, bond: str, who: str) -> str:
        """Return the seal of a browser and of who asks."""
        return hmac.new(self.key, f"{bond}\0{who}".encode(), hashlib.sha256).hexdigest()

    def is_sound(self, request: Request, who: str, shown: str) -> bool:
        """Whether a form bears the seal of the browser that sends it."""
        bond = bond_of(request)
        return bool(bond) and hmac.compare_digest(self.seal(bond, who).encode(), shown.encode())


def bond_of(request: Request) -> str:
    """Return by which cookie a browser is known; blank where it has none."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    held = cookies.get(COOKIE) or cookies.get(FORM_COOKIE)
    return held.value[:MOST_TOKEN] if held is not None else ""


def give_bond(request: Request, reply: Response, bond: str) -> None:
    """Give a browser that has none the cookie by which it is known."""
    reply.set_cookie(
        FORM_COOKIE,
        bond,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=came_by_tls(request),
    )
