"""Where feeds are fetched from, only when asked: pages of an API, each kept under its day and hash.

What was fetched today is not asked for again; tomorrow it is. A fetch that was cut goes on from the
page, and within it from the byte, that it came to. Names and tokens that a host asks for come from
the environment, and stand in no file.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from karwan.base.errors import DataError, Fault, SourceError
from karwan.base.store import sha256_hex, to_json, write_whole
from karwan.evidence.feeds.events import RESULT
from karwan.evidence.feeds.figures import DATA
from karwan.evidence.feeds.nouns import How, Kind
from karwan.evidence.feeds.tables import read_json_rows, refuse_page
from karwan.evidence.fetching import Fetched, fetch, ucdp_address
from karwan.evidence.releases import parse_release

UCDP_API = "https://ucdpapi.pcr.uu.se/api/gedevents"
HAPI_API = "https://hapi.humdata.org/api/v2"
HAPI_PATHS = {
    "hapi-conflict": "coordination-context/conflict-events",
    "hapi-prices": "food-security-nutrition-poverty/food-prices-market-monitor",
}
RELIEFWEB_API = "https://api.reliefweb.int/v2/reports"
RELIEFWEB_FIELDS = ("title", "date", "url", "url_alias", "source", "country", "language")
PAGE_ROWS = 1000
HAPI_ROWS = 10_000
MOST_PAGES = 500
JSON = ("application/json", "text/json")
Wait = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How one feed's server is asked for a page.

    Attributes
    ----------
    page
        Returns the address of a page, from 0; what is secret is in `secret` and `headers` alone.
    key
        Where the rows of an answer stand.
    follows
        Returns the number of the page after an answer and its own number; None after the last.
    """

    page: Callable[[int], str]
    key: str
    follows: Callable[[Any, int], int | None]
    hosts: tuple[str, ...]
    secret: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def fetch_feed(
    kind: Kind,
    how: How,
    folder: Path,
    *,
    day: str,
    iso3: dict[str, str],
    base: str = "",
    wait: Wait = time.sleep,
) -> tuple[Path, list[Fetched]]:
    """Fetch a feed, and return the file to read with what it was made of.

    Parameters
    ----------
    day
        The day of today, under which what comes is kept.
    iso3
        Three letters of a country by its two.
    base
        Address of the server instead of the publisher's, for tests.

    Raises
    ------
    DataError
        If the feed is not fetched, or something that its server needs was not said.
    SourceError
        If the server does not answer, or not with data. What came stays, and the next call goes on.
    """
    if kind.name == "ucdp" and not _secret(kind):
        asked = ucdp_address(how.release, base or "https://ucdp.uu.se/downloads")
        hosts = (urlsplit(asked).hostname or "",) if base else ("ucdp.uu.se",)
        one = fetch(asked, folder, hosts=hosts, wait=wait)
        return one.path, [one]
    door = _door(kind, how, iso3, base)
    pages: list[Fetched] = []
    texts: list[object] = []
    number: int | None = 0
    while number is not None:
        if len(pages) == MOST_PAGES:
            msg = f"{kind.name} has more than {MOST_PAGES} pages: ask for fewer days."
            raise SourceError(msg)
        one = _page(kind, door, door.page(number), folder, day, wait)
        pages.append(one)
        told = json.loads(one.path.read_bytes())
        texts.append(told)
        number = door.follows(told, number)
    name = _name(kind, how, day, sha256_hex(door.page(0).encode())[:12])
    path = folder / name
    write_whole(path, to_json(texts).encode(), make_folders=True)
    return path, pages


def _name(kind: Kind, how: How, day: str, mark: str) -> str:
    """Return what the joined pages are called; the release of UCDP is told by the name."""
    if kind.name == "ucdp":
        return f"GEDEvent_v{how.release.replace('.', '_')}.{day}-{mark}.json"
    return f"{kind.name}-{day}-{mark}.json"


def _page(kind: Kind, door: Door, address: str, folder: Path, day: str, wait: Wait) -> Fetched:
    """Fetch one page under a name that has its day; one that is no data is not kept."""
    name = f"{kind.name}-{day}-{sha256_hex(address.encode())[:12]}-page.json"
    try:
        one = fetch(
            address + door.secret, folder, hosts=door.hosts, wait=wait, name=name,
            headers=door.headers, takes=JSON,
        )  # fmt: skip
    except SourceError as error:  # the name or token that went along is nobody's to read
        raise SourceError(
            str(error).replace(door.secret, "") if door.secret else str(error)
        ) from None
    content = one.path.read_bytes()
    try:
        refuse_page(content, address)
        read_json_rows(content, door.key, address)
        if isinstance(json.loads(content), list):
            raise DataError(address, ["is a list, where one page is due"])
    except DataError as error:
        one.path.unlink()
        msg = f"{address} was not fetched: the answer {'; '.join(error.texts)}"
        raise SourceError(msg) from error
    return Fetched(one.path, address, one.sha256)


def _door(kind: Kind, how: How, iso3: dict[str, str], base: str) -> Door:
    """Return how a feed is asked for.

    Raises
    ------
    DataError
        Names everything that was not said and is needed.
    """
    if not kind.host:
        fault = Fault("fetch", f"{kind.name} is not fetched: download it from {kind.page}, and "
                      "name the file")  # fmt: skip
        raise DataError("the question", [fault])
    secret = _secret(kind)
    faults = list(_unsaid(kind, how, secret))
    if faults:
        raise DataError("the question", faults)
    if kind.name == "ucdp":
        return _ucdp_door(how, secret, base)
    if kind.name == "reliefweb":
        return _reliefweb_door(how, secret, iso3, base)
    address = f"{base or HAPI_API}/{HAPI_PATHS[kind.name]}"
    places = [("location_code", ",".join(iso3.get(code, code) for code in how.countries))]
    days = [("start_date", how.first), ("end_date", how.until)]
    said = [*places, *((name, day) for name, day in days if day), ("output_format", "json"),
            ("limit", str(HAPI_ROWS))]  # fmt: skip
    return Door(
        page=lambda n: f"{address}?{urlencode([*said, ('offset', str(n * HAPI_ROWS))])}",
        key=DATA,
        follows=_until_short(HAPI_ROWS),
        hosts=_hosts(address),
        secret="&" + urlencode({"app_identifier": secret}),
    )


def _secret(kind: Kind) -> str:
    """Return the name or token for a server, without the end of line of the file it came from."""
    return os.environ.get(kind.key, "").strip()


def _unsaid(kind: Kind, how: How, secret: str) -> Iterator[Fault]:
    """Yield what a server needs and nobody said."""
    if not secret:
        yield Fault("", f"the server asks for a name or token: set {kind.key}")
    elif not (secret.isascii() and secret.isprintable()):
        yield Fault("", f"{kind.key} holds a sign that cannot be sent: copy it again")
    if kind.name == "ucdp":
        if parse_release(how.release) is None:
            yield Fault("release", "say which release of UCDP, such as 26.1 or 26.0.7", how.release)
    elif not how.countries:
        yield Fault("countries", "say of which countries")
    if kind.name == "reliefweb" and not how.first:
        yield Fault("start", "say from which day on")


def _ucdp_door(how: How, secret: str, base: str) -> Door:
    address = f"{base or UCDP_API}/{how.release}"
    days = [("StartDate", how.first), ("EndDate", how.until)]
    said = [("pagesize", str(PAGE_ROWS)), *((name, day) for name, day in days if day)]

    def page(number: int) -> str:
        return f"{address}?{urlencode([*said, *([('page', str(number))] if number else [])])}"

    return Door(
        page=page,
        key=RESULT,
        follows=_next_of_ucdp,
        hosts=_hosts(address),
        headers={"x-ucdp-access-token": secret},
    )


def _until_short(rows: int) -> Callable[[Any, int], int | None]:
    """Return that pages follow until one has fewer rows than a full one."""
    return lambda told, number: number + 1 if len(told[DATA]) >= rows else None


def _next_of_ucdp(told: Any, number: int) -> int | None:
    """Return the page that an answer names as the next; its address is not followed."""
    address = told.get("NextPageUrl") if told[RESULT] else None
    named = parse_qs(urlsplit(str(address or "")).query).get("page", [""])[0]
    return int(named) if named.isdecimal() and int(named) > number else None


def _reliefweb_door(how: How, secret: str, iso3: dict[str, str], base: str) -> Door:
    address = base or RELIEFWEB_API
    where = [
        ("filter[conditions][0][value][]", iso3.get(code, code).lower()) for code in how.countries
    ]
    since = {"from": how.first, "to": how.until}
    when = [
        (f"filter[conditions][1][value][{name}]", f"{day}T00:00:00+00:00")
        for name, day in since.items()
        if day
    ]
    said = [
        ("filter[operator]", "AND"), ("filter[conditions][0][field]", "country.iso3"), *where,
        ("filter[conditions][1][field]", "date.created"), *when,
        *(("fields[include][]", name) for name in RELIEFWEB_FIELDS),
        ("sort[]", "date.created:asc"), ("limit", str(PAGE_ROWS)),
    ]  # fmt: skip
    return Door(
        page=lambda n: f"{address}?{urlencode([*said, ('offset', str(n * PAGE_ROWS))])}",
        key=DATA,
        follows=_until_short(PAGE_ROWS),
        hosts=_hosts(address),
        secret="&" + urlencode({"appname": secret}),
    )


def _hosts(address: str) -> tuple[str, ...]:
    return (urlsplit(address).hostname or "",)
