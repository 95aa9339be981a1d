"""Addresses of the page and of its answers for programs: hostile values under known names.

Whatever is asked, the server answers 200 or says what is wrong; it never fails, and nothing that
was put into a field comes back as more than text.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

import jsonschema
from fastapi.testclient import TestClient

from karwan.web.app import create_app
from karwan.web.asked import MORE_FACTS
from karwan.web.desks import Desks
from karwan.web.details import DETAIL, PROBLEM_SCHEMA
from karwan.web.endpoints import COMMANDS, Command
from karwan.web.facts import FACTS, Fact
from karwan.web.problems import MEDIA_TYPE
from karwan.web.site import SCREEN, Site
from tests.fuzz.values import DAYS, HOSTILE, NUMBERS, PLACES

TODAY = dt.date(2026, 11, 27)
ANSWERED = (200, 404, 414, 422)
PAGES = ("/compare", "/compare/parts", "/compare/figures", "/crossings", "/ledger", "/sources")
MOST_PAIRS = 6
SCRIPTS = ("<script>alert", "<img src=x")


@dataclass(frozen=True)
class Asked:
    """A path, and what stands behind it."""

    path: str
    pairs: tuple[tuple[str, str], ...]


@cache
def client() -> TestClient:
    """Return a client of a server that has no workspace, on a day that is not the clock's."""
    site = Site(desks=Desks(), today=lambda: TODAY)
    return TestClient(create_app(site, hosts=["testserver"]), raise_server_exceptions=False)


class Addresses:
    """Every address in turn, with names that it knows and values that it may not."""

    name = "addresses"
    long_count = 10_000
    slice_count = 60

    def draw(self, rng: random.Random, number: int) -> Asked:
        """Return an address; at least one thing is wrong with it, so that none is computed long."""
        questions: tuple[Command | Fact, ...] = (*COMMANDS, *MORE_FACTS, *FACTS)
        place = number % (len(questions) + len(PAGES))
        if place >= len(questions):
            path, known = PAGES[place - len(questions)], [one.name for one in SCREEN]
        else:
            one = questions[place]
            path = f"/api/v1/{one.path}"
            parameters = one.parameters if isinstance(one, Command) else one.all_parameters
            known = [each.name for each in (*parameters, DETAIL)]
            for each in parameters:
                if each.in_path:
                    path = path.replace(f"{{{each.name}}}", quote(_sendable(_value(rng)), safe=""))
        names = [*known, rng.choice(HOSTILE)]
        pairs = [(rng.choice(names), _value(rng)) for _ in range(rng.randrange(MOST_PAIRS))]
        return Asked(path, (*pairs, ("no-such-parameter", _value(rng))))

    def check(self, case: Asked, folder: Path) -> list[str]:
        """Return what the server did that it must not."""
        del folder
        pairs: list[tuple[str, str | int | float | bool | None]] = [
            (_sendable(name), _sendable(value)) for name, value in case.pairs
        ]
        reply = client().get(_sendable(case.path), params=pairs, follow_redirects=False)
        faults = []
        if reply.status_code not in ANSWERED:
            faults.append(f"status {reply.status_code}: {reply.text[:200]!r}")
        kind = reply.headers.get("content-type", "")
        if kind == MEDIA_TYPE:
            try:
                jsonschema.validate(json.loads(reply.content), PROBLEM_SCHEMA)
            except (ValueError, jsonschema.ValidationError) as error:
                faults.append(f"no problem document: {error}")
        elif reply.status_code >= 400 and case.path.startswith("/api/"):
            faults.append(f"a problem of type {kind!r}")
        if kind.startswith("text/html"):
            faults += [f"{one!r} came back" for one in SCRIPTS if one in reply.text]
        return faults

    def describe(self, case: Asked) -> str:
        """Return the address."""
        return f"{case.path!r} {list(case.pairs)!r}"


def _value(rng: random.Random) -> str:
    return rng.choice(rng.choice((HOSTILE, DAYS, NUMBERS, PLACES)))


def _sendable(text: str) -> str:
    """Return a text as UTF-8 can have it: a client could send no half of a pair."""
    return text.encode("utf-8", "replace").decode()
