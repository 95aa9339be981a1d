"""A server that misbehaves: 429, cut in the middle, HTML for data, sent elsewhere."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from karwan.base.errors import DataError, SourceError
from karwan.base.store import sha256_hex
from karwan.evidence.fetching import fetch, ucdp_address
from karwan.evidence.releases import current_releases
from karwan.main import main

MADE = """\
id,type_of_violence,latitude,longitude,where_prec,date_prec,date_start,date_end,best,high,low,country,adm_1,adm_2
1,1,34.1,71.1,1,1,2026-05-03,2026-05-03,2,2,1,Afghanistan,Nangarhar,Dara
2,3,30.9,66.5,2,1,2026-05-09,2026-05-11,0,3,0,Pakistan,Balochistan,Chaman
"""
"""Two made events in the form of UCDP's candidate files."""
CONTENT = bytes(range(256)) * 40
HERE = ("127.0.0.1",)


@contextmanager
def server(*turns: str, etag: str = '"one"') -> Iterator[tuple[str, list[str]]]:
    """Serve the content, misbehaving in turns; yield the address and the ranges asked for.

    As HTTP has it (RFC 9110, 13.1.5), a part is sent only if the mark of `If-Range` is the file's.
    """
    asked: list[str] = []
    left = list(turns)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            asked.append(wanted)
            turn = left.pop(0) if left else "well"
            fits = self.headers.get("If-Range") in (None, etag)
            begin = int(wanted[6:-1]) if wanted and fits else 0
            if turn in ("429", "302", "404"):
                self.send_response(int(turn))
                self.send_header("Retry-After", "3")
                if turn == "302":
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                return
            self.send_response(206 if begin else 200)
            self.send_header("Content-Type", "text/html" if turn == "html" else "text/csv")
            length = "many" if turn == "odd" else str(len(CONTENT) - begin)
            self.send_header("Content-Length", length)
            if etag:
                self.send_header("ETag", etag)
            if begin:
                start = begin + 7 if turn == "shifted" else begin
                self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/*")
            self.end_headers()
            end = begin + 1000 if turn == "cut" else len(CONTENT)
            self.wfile.write(CONTENT[begin:end])

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as one:
        thread = threading.Thread(target=one.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{one.server_port}/ged/made.csv", asked
        one.shutdown()
        thread.join()


def test_a_file_cut_twice_is_gone_on_with_and_whole(tmp_path: Path) -> None:
    with server("cut", "429", "cut") as (address, asked):
        waited: list[float] = []
        kept = fetch(address, tmp_path, hosts=HERE, wait=waited.append)
    assert kept.path.read_bytes() == CONTENT
    assert kept.sha256 == sha256_hex(CONTENT)
    assert asked == ["", "bytes=1000-", "bytes=1000-", "bytes=2000-"]
    assert 3.0 in waited  # as long as the server asked for
    assert fetch(address, tmp_path, hosts=HERE) == kept  # a second call asks nobody


def test_a_server_that_stays_away_is_told_and_what_came_is_kept(tmp_path: Path) -> None:
    with (
        server(*["cut", *["429"] * 9]) as (address, _),
        pytest.raises(SourceError, match="1,000 bytes are kept; ask again to go on"),
    ):
        fetch(address, tmp_path, hosts=HERE, wait=lambda _: None)
    with server() as (address, asked):
        assert fetch(address, tmp_path, hosts=HERE).path.read_bytes() == CONTENT
    assert asked == ["bytes=1000-"]


def test_a_file_changed_between_two_parts_is_begun_anew(tmp_path: Path) -> None:
    with (
        server(*["cut", *["429"] * 9]) as (address, _),
        pytest.raises(SourceError, match="1,000 bytes are kept"),
    ):
        fetch(address, tmp_path, hosts=HERE, wait=lambda _: None)
    (part,) = tmp_path.glob("*.part")
    part.write_bytes(b"x" * 1000)  # of the file as it was
    with server(etag='"two"') as (address, asked):
        assert fetch(address, tmp_path, hosts=HERE).path.read_bytes() == CONTENT
    assert asked == ["bytes=1000-"]
    assert [one.name for one in tmp_path.iterdir()] == ["made.csv"]


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_part_of_nobody_knows_which_file_is_begun_anew(etag: str, tmp_path: Path) -> None:
    with server("cut", etag=etag) as (address, asked):
        kept = fetch(address, tmp_path, hosts=HERE, wait=lambda _: None)
    assert kept.path.read_bytes() == CONTENT
    assert asked == ["", ""]


def test_a_part_that_starts_elsewhere_is_not_joined(tmp_path: Path) -> None:
    with server("cut", "shifted") as (address, asked):
        kept = fetch(address, tmp_path, hosts=HERE, wait=lambda _: None)
    assert kept.path.read_bytes() == CONTENT
    assert asked == ["", "bytes=1000-", ""]


def test_a_length_that_is_no_number_is_none(tmp_path: Path) -> None:
    with server("odd") as (address, _):
        kept = fetch(address, tmp_path, hosts=HERE, wait=lambda _: None)
    assert kept.path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("turn", "why"), [("html", "a page and no data"), ("302", "elsewhere"), ("404", "answers 404")]
)
def test_what_is_no_data_is_not_taken(turn: str, why: str, tmp_path: Path) -> None:
    with server(turn) as (address, asked):
        with pytest.raises(SourceError, match=why):
            fetch(address, tmp_path, hosts=HERE, wait=lambda _: None)
        assert len(asked) == 1
    assert list(tmp_path.iterdir()) == []


def test_no_other_host_is_asked_and_no_release_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not on the list of hosts"):
        fetch("https://example.org/ged261-csv.zip", tmp_path)
    with pytest.raises(DataError, match="is no release of UCDP"):
        ucdp_address("26.2")


def test_releases_follow_the_date() -> None:
    """The final release of 2026 is out on 1 July; candidates on the 20th of the month after."""
    assert current_releases(dt.date(2026, 6, 30))[0] == "25.1"
    assert current_releases(dt.date(2026, 11, 27))[0] == "26.1"
    assert current_releases(dt.date(2026, 11, 27))[-1] == "26.0.10"
    assert current_releases(dt.date(2026, 11, 19))[-1] == "26.0.9"


def test_a_release_fetched_is_loaded_once_and_without_one_the_answer_names_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file lies where the fetch keeps it, so nobody is asked."""
    folder = tmp_path / "w"
    asked = ["evidence", "incidents", "torkham-road", "--as-of", "2026-07-01",
             "--workspace", str(folder)]  # fmt: skip
    assert main(asked) == 0
    assert "karwan evidence get-incidents ucdp" in capsys.readouterr().out
    kept = folder / "fetched" / "GEDEvent_v26_0_5.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text(MADE, encoding="utf-8")
    get = ["evidence", "get-incidents", "ucdp", "--release", "26.0.5", "--workspace", str(folder)]
    assert main(get) == 0
    told = capsys.readouterr().out
    assert sha256_hex(MADE.encode()) in told
    assert "F0001: 2 events of release 26.0.5" in told
    assert main(get) == 0
    assert "in the workspace already, as F0001" in capsys.readouterr().out
    assert main(["evidence", "get-incidents", "acled", "--workspace", str(folder)]) == 2
