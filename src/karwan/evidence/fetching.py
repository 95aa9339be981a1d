"""Fetch a file from its publisher, only when asked, and take nothing on trust.

Hosts are on a list, redirects are followed nowhere, a file cut in the middle is gone on with, a
server that asks to wait is waited for, and a page in place of data is told as that. A file counts
as fetched when it is whole; its hash is told, so that two people can see they have the same.
"""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from karwan.base.errors import DataError, Fault, SourceError
from karwan.base.store import sha256_hex
from karwan.evidence.releases import parse_release

UCDP_DOWNLOADS = "https://ucdp.uu.se/downloads"
HOSTS = ("ucdp.uu.se",)
"""Where files are fetched from; any other address is refused."""
SECONDS = 60.0
TRIES = 5
MOST_WAIT_SECONDS = 60.0
MOST_BYTES = 500 * 2**20
"""Of a file that is fetched: ten times the largest release."""
CHUNK_BYTES = 2**16
WAIT_FOR = (429, 500, 502, 503, 504)
NO_DATA = ("text/html", "application/json", "application/xhtml+xml")
"""Types of what a server sends in place of a file."""
PARTIAL, WHOLE, NOT_SATISFIABLE = 206, 200, 416


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was fetched: where it lies, whence it came, and its SHA-256."""

    path: Path
    address: str
    sha256: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a list of hosts is worth nothing if a host may send one elsewhere."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return no request."""


def ucdp_address(release: str, base: str = UCDP_DOWNLOADS) -> str:
    """Return where UCDP publishes a release.

    Raises
    ------
    DataError
        If UCDP numbers no release so.

    Examples
    --------
    >>> ucdp_address("26.1"), ucdp_address("26.0.7")  # doctest: +NORMALIZE_WHITESPACE
    ('https://ucdp.uu.se/downloads/ged/ged261-csv.zip',
     'https://ucdp.uu.se/downloads/candidateged/GEDEvent_v26_0_7.csv')
    """
    if parse_release(release) is None:
        fault = Fault("release", f"{release!r} is no release of UCDP, such as 26.1 or 26.0.7")
        raise DataError("the question", [fault])
    parts = release.split(".")
    if len(parts) == len(("year", "1")):
        return f"{base}/ged/ged{parts[0]}{parts[1]}-csv.zip"
    return f"{base}/candidateged/GEDEvent_v{'_'.join(parts)}.csv"


def fetch(
    address: str,
    folder: Path,
    *,
    hosts: tuple[str, ...] = HOSTS,
    wait: Callable[[float], None] = time.sleep,
    name: str = "",
    headers: Mapping[str, str] | None = None,
    takes: tuple[str, ...] = (),
) -> Fetched:
    """Fetch a file into a folder, going on with what an earlier call left, and return it whole.

    Parameters
    ----------
    name
        What the file is called; blank for the last part of the address.
    headers
        Sent along, such as a token, which is kept nowhere.
    takes
        Types of content that are data; none: anything but a page.

    Raises
    ------
    DataError
        If the host is not on the list.
    SourceError
        If the server does not answer, sends something else, or sends one elsewhere. What came of
        the file stays, and the next call goes on from there.
    """
    parts = urlsplit(address)
    if parts.hostname not in hosts or parts.username or parts.scheme not in ("https", "http"):
        known = ", ".join(hosts)
        fault = Fault(
            "source", f"{parts.hostname or address!r} is not on the list of hosts ({known})"
        )
        raise DataError("the question", [fault])
    path = folder / (name or Path(parts.path).name)
    if path.exists():
        return Fetched(path, address, sha256_hex(path.read_bytes()))
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    opener = urllib.request.build_opener(_NoRedirect)
    said = ""
    for seconds in _waits():
        if said:
            wait(seconds)
        said, asked_to_wait = _try(opener, address, part, headers or {}, takes)
        if not said:
            _mark_of(part).unlink(missing_ok=True)
            part.rename(path)
            return Fetched(path, address, sha256_hex(path.read_bytes()))
        if asked_to_wait:
            wait(min(asked_to_wait, MOST_WAIT_SECONDS))
    kept, _ = _begun(part)
    again = f"{kept:,} bytes are kept; ask again to go on." if kept else "Ask again."
    msg = f"{address} was not fetched: {said}. {again}"
    raise SourceError(msg)


def _waits() -> Iterator[float]:
    yield from (min(2.0**n, MOST_WAIT_SECONDS) for n in range(TRIES))


def _try(
    opener: urllib.request.OpenerDirector,
    address: str,
    part: Path,
    headers: Mapping[str, str],
    takes: tuple[str, ...],
) -> tuple[str, float]:
    """Go on with a file; return what went wrong, blank if nothing, and how long to wait."""
    begun, mark = _begun(part)
    ranged = {"Range": f"bytes={begun}-", "If-Range": mark} if begun else {}
    request = urllib.request.Request(address, headers={**headers, **ranged})
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return _take(answer, part, begun, address, takes), 0.0
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == NOT_SATISFIABLE and begun:
            _drop(part)
            return "what was kept is longer than the file", 0.0
        if error.code in WAIT_FOR:
            told = error.headers.get("Retry-After") or ""
            return f"the server answers {error.code}", float(told) if told.isdecimal() else 0.0
        where = " elsewhere, and no redirect is followed" if error.headers.get("Location") else ""
        msg = f"{address} was not fetched: the server answers {error.code}{where}."
        raise SourceError(msg) from error
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__, 0.0


def _take(answer: Any, part: Path, begun: int, address: str, takes: tuple[str, ...]) -> str:
    """Write what comes; return what went wrong, blank if the file is whole."""
    kind = answer.headers.get_content_type()
    if kind not in takes if takes else kind in NO_DATA:
        what = "a page and no data" if kind in NO_DATA else f"and {' or '.join(takes)} is due"
        msg = f"{address} was not fetched: the server sends {kind}, {what}."
        raise SourceError(msg)
    goes_on = answer.status == PARTIAL and begun > 0
    if answer.status == PARTIAL and _starts_at(answer.headers.get("Content-Range")) != begun:
        _drop(part)
        return "the server sends another part than was asked for"
    length = (answer.headers.get("Content-Length") or "").strip()
    size = begun if goes_on else 0
    due = size + int(length) if length.isascii() and length.isdecimal() else -1
    if not goes_on:
        _mark_of(part).write_text(_mark(answer.headers), encoding="utf-8")
    with part.open("ab" if goes_on else "wb") as file:
        while chunk := answer.read(CHUNK_BYTES):
            size += len(chunk)
            if size > MOST_BYTES:
                msg = f"{address} was not fetched: it has more than {MOST_BYTES:,} bytes."
                raise SourceError(msg)
            file.write(chunk)
    return "" if due in (-1, size) else f"it was cut after {size:,} of {due:,} bytes"


def _mark_of(part: Path) -> Path:
    """Return where it is kept of which state of the file a part is."""
    return part.with_name(part.name + "-of")


def _begun(part: Path) -> tuple[int, str]:
    """Return how many bytes can be gone on with, and the mark of the file they are of.

    A part of which nobody can say what it is a part of is begun anew: 0 bytes.
    """
    if not part.exists() or not _mark_of(part).exists():
        return 0, ""
    mark = _mark_of(part).read_text(encoding="utf-8")
    return (part.stat().st_size, mark) if mark else (0, "")


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    _mark_of(part).unlink(missing_ok=True)


def _mark(headers: Any) -> str:
    """Return what tells this state of a file from others: a strong ETag, else its last change."""
    etag = (headers.get("ETag") or "").strip()
    if etag.startswith('"'):
        return str(etag)
    return str(headers.get("Last-Modified") or "").strip()


def _starts_at(content_range: str | None) -> int | None:
    """Return the first byte that a part is told to hold; None where that is not told.

    Examples
    --------
    >>> _starts_at("bytes 1000-1999/5000"), _starts_at("bytes */5000"), _starts_at(None)
    (1000, None, None)
    """
    span = re.fullmatch(r"bytes ([0-9]+)-[0-9]+/(?:[0-9]+|[*])", (content_range or "").strip())
    return int(span[1]) if span else None
