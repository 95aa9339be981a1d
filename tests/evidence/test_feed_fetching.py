"""Feeds fetched from a server that misbehaves: slow, busy, cut, another type, a page for data."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from karwan.base.errors import DataError, SourceError
from karwan.base.store import sha256_hex
from karwan.evidence import fetching
from karwan.evidence.feeds import addresses
from karwan.evidence.feeds.addresses import fetch_feed
from karwan.evidence.feeds.nouns import KINDS, How
from karwan.evidence.feeds.shelf import read_feed
from tests.events import event
from tests.evidence.test_feeds import CODES, MADE_TOKEN, PRICE, REPORT

DAY = "2026-11-24"
ISO3 = {"AF": "AFG", "PK": "PAK"}
HOW = How(countries=("PK",), first="2026-05-01", until="2026-06-01")


def answer(rows: list[Any], key: str, query: dict[str, list[str]], turn: str) -> bytes:
    """Return the page that is asked for, or what stands in its place."""
    if turn == "page":
        return b"<!DOCTYPE html><p>We are busy</p>"
    if turn == "pages":
        return json.dumps([{key: rows}]).encode()
    if turn == "error":
        return b'{"error": "app_identifier is missing"}'
    size = addresses.PAGE_ROWS
    page = int(query.get("page", ["1"])[0])  # as UCDP counts, from 1
    offset = int(query.get("offset", ["0"])[0]) or (page - 1) * size
    told: dict[str, Any] = {key: rows[offset : offset + size]}
    if key == "Result" and offset + size < len(rows):
        told["NextPageUrl"] = f"http://elsewhere.example/gedevents?page={page + 1}"
    return json.dumps(told).encode()


@contextmanager
def server(rows: list[Any], key: str, *turns: str) -> Iterator[tuple[str, list[Any]]]:
    """Serve rows page by page, misbehaving in turns; yield the address and what was asked."""
    asked: list[Any] = []
    left = list(turns)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            token = self.headers.get("x-ucdp-access-token")
            asked.append((urlsplit(self.path).path, query, token))
            turn = left.pop(0) if left else "well"
            content = answer(rows, key, query, turn)
            if turn == "slow":
                time.sleep(0.6)
            if turn in ("429", "302", "403"):
                self.send_response(int(turn))
                self.send_header("Retry-After", "7")
                if turn == "302":
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                return
            kinds = {"html": "text/html", "image": "image/png"}
            begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
            self.send_response(206 if begin else 200)
            self.send_header("Content-Type", kinds.get(turn, "application/json; charset=utf-8"))
            self.send_header("Content-Length", str(len(content) - begin))
            self.send_header("ETag", '"made"')
            if begin:
                told = f"bytes {begin}-{len(content) - 1}/{len(content)}"
                self.send_header("Content-Range", told)
            self.end_headers()
            end = begin + 20 if turn == "cut" else len(content)
            try:
                self.wfile.write(content[begin:end])
            except OSError:  # who asked went away
                return

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as one:
        one.daemon_threads = True
        thread = threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{one.server_port}", asked
        one.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a name for every server, and small pages."""
    for kind in KINDS.values():
        if kind.key:
            monkeypatch.setenv(kind.key, MADE_TOKEN)
    monkeypatch.setattr(addresses, "PAGE_ROWS", 2)
    monkeypatch.setattr(addresses, "HAPI_ROWS", 2)


def prices(count: int) -> list[dict[str, Any]]:
    return [{**PRICE, "market_name": f"Market {n}"} for n in range(count)]


def fetched(base: str, folder: Path, feed: str = "hapi-prices", how: How = HOW) -> Path:
    return fetch_feed(KINDS[feed], how, folder, day=DAY, iso3=ISO3, base=base, wait=lambda _: None)[
        0
    ]


def test_all_pages_are_fetched_once_a_day_and_read(tmp_path: Path) -> None:
    with server(prices(5), "data") as (base, asked):
        path = fetched(base, tmp_path)
        assert len(asked) == 3
        assert fetched(base, tmp_path) == path
        assert len(asked) == 3  # a second call of the day asks nobody
    read = read_feed(KINDS["hapi-prices"], path, HOW, CODES)
    assert [row.place for row in read.rows] == [f"Market {n}" for n in range(5)]
    assert asked[0][1]["location_code"] == ["PAK"]
    assert asked[0][1]["start_date"] == ["2026-05-01"]


def test_another_day_asks_anew(tmp_path: Path) -> None:
    with server(prices(1), "data") as (base, asked):
        fetched(base, tmp_path)
        fetch_feed(KINDS["hapi-prices"], HOW, tmp_path, day="2026-11-25", iso3=ISO3, base=base)
    assert len(asked) == 2


@pytest.mark.parametrize("turns", [("429",), ("cut",), ("cut", "429", "cut")])
def test_a_server_that_is_busy_or_cuts_is_asked_again(
    turns: tuple[str, ...], tmp_path: Path
) -> None:
    with server(prices(3), "data", *turns) as (base, _):
        path = fetched(base, tmp_path)
    assert len(read_feed(KINDS["hapi-prices"], path, HOW, CODES).rows) == 3


def test_a_slow_server_is_given_up_and_the_next_call_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    monkeypatch.setattr(fetching, "TRIES", 2)
    with server(prices(3), "data", "well", "slow", "slow") as (base, asked):
        with pytest.raises(SourceError, match="timed out"):
            fetched(base, tmp_path)
        path = fetched(base, tmp_path)
    assert [query["offset"] for _, query, _ in asked] == [["0"], ["2"], ["2"], ["2"]]
    assert len(read_feed(KINDS["hapi-prices"], path, HOW, CODES).rows) == 3


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        ("html", "sends text/html, a page and no data"),
        ("image", "sends image/png, and application/json"),
        ("page", "is a web page, not data"),
        ("error", "has no list 'data'"),
        ("pages", "is a list, where one page is due"),
        ("302", "elsewhere, and no redirect is followed"),
        ("403", "answers 403"),
    ],
)
def test_what_is_no_data_is_not_kept_and_no_name_is_told(
    turn: str, why: str, tmp_path: Path
) -> None:
    with server(prices(1), "data", turn) as (base, _):
        with pytest.raises(SourceError, match=why) as told:
            fetched(base, tmp_path)
        assert MADE_TOKEN not in str(told.value)
        assert list(tmp_path.iterdir()) == []
        fetched(base, tmp_path)  # and asking again gets it


def test_reports_and_events_are_asked_for_as_their_servers_want(tmp_path: Path) -> None:
    with server([REPORT], "data") as (base, asked):
        path = fetched(base, tmp_path, "reliefweb")
    assert len(read_feed(KINDS["reliefweb"], path, HOW, CODES).rows) == 1
    (_, query, _) = asked[0]
    assert query["filter[conditions][0][value][]"] == ["pak"]
    assert query["appname"] == [MADE_TOKEN]
    assert "body" not in query["fields[include][]"]
    rows = [dict(event(str(n), "2026-05-03")) for n in range(5)]
    with server(rows, "Result") as (base, asked):
        how = How(release="26.0.5", first="2026-05-01", until="2026-06-01")
        path = fetched(base, tmp_path, "ucdp", how)
    read = read_feed(KINDS["ucdp"], path, how, CODES)
    assert [row.key for row in read.rows] == ["0", "1", "2", "3", "4"]
    assert [query.get("page") for _, query, _ in asked] == [None, ["2"], ["3"]]
    where, query, token = asked[0]
    assert where == "/26.0.5"
    assert query["StartDate"] == ["2026-05-01"]
    assert token == MADE_TOKEN


def test_no_name_stands_in_a_file_or_an_address(tmp_path: Path) -> None:
    with server(prices(1), "data") as (base, _):
        path, pages = fetch_feed(KINDS["hapi-prices"], HOW, tmp_path, day=DAY, iso3=ISO3, base=base)
    assert [sha256_hex(one.path.read_bytes()) for one in pages] == [one.sha256 for one in pages]
    assert MADE_TOKEN not in pages[0].address
    assert all(MADE_TOKEN not in one.name for one in tmp_path.iterdir())
    assert MADE_TOKEN.encode() not in path.read_bytes()


def test_what_a_server_needs_is_asked_for_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server([], "data") as (base, asked):
        monkeypatch.delenv("KARWAN_RELIEFWEB_APPNAME")
        with pytest.raises(DataError, match=r"(?s)set KARWAN_RELIEFWEB_APPNAME.*countries.*start"):
            fetched(base, tmp_path, "reliefweb", How())
        with pytest.raises(DataError, match="say which release"):
            fetched(base, tmp_path, "ucdp", How(release="26"))
        with pytest.raises(DataError, match="wfp-prices is not fetched: download it"):
            fetched(base, tmp_path, "wfp-prices")
    assert asked == []


@pytest.mark.parametrize("spoilt", [f"{MADE_TOKEN}\nx", f"{MADE_TOKEN}\u2013"])
@pytest.mark.parametrize("feed", ["ucdp", "hapi-prices"])
def test_a_token_that_cannot_be_sent_is_refused_and_not_told(
    feed: str, spoilt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = How(release="26.1", countries=("PK",))
    key = "Result" if feed == "ucdp" else "data"
    with server([], key) as (base, asked):
        monkeypatch.setenv(KINDS[feed].key, spoilt)
        with pytest.raises(DataError, match=f"{KINDS[feed].key} holds a sign") as told:
            fetched(base, tmp_path, feed, how)
        assert MADE_TOKEN not in str(told.value)
        assert asked == []
        monkeypatch.setenv(KINDS[feed].key, f" {MADE_TOKEN}\n")  # as a file of a secret ends
        fetched(base, tmp_path, feed, how)
    assert asked[0][2] == MADE_TOKEN or asked[0][1]["app_identifier"] == [MADE_TOKEN]
