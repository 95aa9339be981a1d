"""What an administrator reads: counts, the log, and whether the server lives and is ready."""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from karwan.base.errors import SourceError
from karwan.base.workspaces import DatabaseUrl
from karwan.evidence import workspace as own_workspace
from karwan.evidence.people import add_token
from karwan.web import operations as web_operations
from karwan.web.app import create_app
from karwan.web.desks import Desks
from karwan.web.journal import REQUEST_ID, Form, Lines, Log
from karwan.web.metrics import Family, Kind, Sample, Tally, exposition, gauge
from karwan.web.operations import Operations, Probe
from karwan.web.people import People
from karwan.web.site import Site
from tests.evidence.test_workspace import add

NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
LABEL = r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"'
LINE = re.compile(rf"([a-zA-Z_:][\w:]*)(?:\{{((?:{LABEL},?)*)\}})? (\S+)\Z", re.ASCII)
ESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


def unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda pair: ESCAPED[pair[0]], text)


def parsed(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read the text format as its description says, by nothing that wrote it."""
    found = {}
    assert text == "" or text.endswith("\n")
    for line in text.split("\n")[:-1]:
        if line.startswith("# "):
            assert line.split(" ")[1] in ("HELP", "TYPE")
            continue
        told = LINE.match(line)
        assert told is not None, line
        pairs = re.findall(LABEL, told[2] or "")
        key = (told[1], tuple((name, unescaped(value)) for name, value in pairs))
        assert key not in found, "a number comes twice"
        found[key] = float(told[5])
    return found


names = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
numbers = st.floats(allow_nan=False) | st.integers(-(10**9), 10**9)
samples = st.dictionaries(st.text(max_size=8), numbers, max_size=4)


@given(st.dictionaries(names, st.tuples(st.text(max_size=20), samples), max_size=5))
def test_what_is_written_is_read_back(told: dict[str, tuple[str, dict[str, float]]]) -> None:
    """Names, labels of any text, and numbers to the last bit."""
    families = [
        Family(
            name,
            Kind.gauge,
            text,
            tuple(Sample(value, (("of", key),)) for key, value in by.items()),
        )
        for name, (text, by) in told.items()
    ]
    expected = {
        (name, (("of", key),)): value for name, (_, by) in told.items() for key, value in by.items()
    }
    assert parsed(exposition(families)) == expected


def test_what_prometheus_would_not_read_is_refused() -> None:
    for family in (
        gauge("no-name", "", 1),
        Family("a", Kind.gauge, "", (Sample(1.0, (("no-label", ""),)),)),
    ):
        with pytest.raises(ValueError, match="is no name"):
            exposition([family])
    with pytest.raises(ValueError, match="comes twice"):
        exposition([gauge("a", "", 1), gauge("a", "", 2)])
    assert exposition([gauge("a", "", math.inf), gauge("b", "", math.nan)]).count("Inf") == 1


@given(st.lists(st.floats(0, 100), max_size=30))
def test_a_histogram_counts_each_duration_in_every_class_above_it(seconds: list[float]) -> None:
    tally = Tally()
    for one in seconds:
        tally.begin()
        tally.end("GET", "/x", 200, one)
    read = parsed(exposition(tally.families()))
    name = "karwan_request_duration_seconds"
    for (family, labels), value in read.items():
        if family == f"{name}_bucket":
            bound = float(dict(labels)["le"])
            assert value == sum(one <= bound for one in seconds)
    if seconds:
        assert read[f"{name}_count", (("route", "/x"),)] == len(seconds)
        assert read[f"{name}_sum", (("route", "/x"),)] == pytest.approx(sum(seconds))
    assert read["karwan_requests_running", ()] == 0


# The server


class Desk:
    """A server with its log, asked in the process."""

    def __init__(self, folder: Path, form: Form = Form.json, **options: bool) -> None:
        self.lines: list[str] = []
        log = Log(form=form, write=self.lines.append, now=lambda: NOW, **options)
        self.operations = Operations(workspace=folder, log=log)
        self.site = Site(desks=Desks(workspace=folder, path_count=100), today=NOW.date)
        people = People(now=lambda: NOW, workspace=folder, asks_tokens=True)
        app = create_app(self.site, hosts=["testserver"], people=people, operations=self.operations)
        self.client = TestClient(app, raise_server_exceptions=False, client=("10.0.0.7", 5000))
        token = add_token(folder, "ada", "admin", 9, who="boss", now=NOW)[1]
        self.client.headers["authorization"] = f"Bearer {token}"
        self.secret = token

    @property
    def told(self) -> list[dict[str, object]]:
        """What the log tells."""
        return [json.loads(line) for line in self.lines]

    def counts(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        """What Prometheus would read."""
        reply = self.client.get("/metrics")
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
        return parsed(reply.text)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_requests_are_counted_by_template_and_status(desk: Desk) -> None:
    for path in ("/version", "/version", "/sources/units.json", "/no/such/ada", "/static/ada.js"):
        desk.client.get(path, follow_redirects=False)
    desk.client.request("BREW", "/version")
    add(desk.operations.workspace)  # type: ignore[arg-type]
    read = desk.counts()
    answered = {
        tuple(value for _, value in labels): count
        for (name, labels), count in read.items()
        if name == "karwan_requests_total"
    }
    assert answered == {
        ("GET", "/version", "200"): 2,
        ("GET", "/sources/{table}.json", "307"): 1,
        ("GET", "/static/{name}", "404"): 1,
        ("GET", "other", "404"): 1,
        ("other", "other", "405"): 1,
    }
    assert "ada" not in str(read)
    assert read["karwan_database_up", ()] == 1
    assert read["karwan_workspace_rows", (("table", "closures"),)] == 1
    assert read["karwan_requests_running", ()] == 1, "the one that asks"
    assert read["karwan_ready", ()] == 0, "nothing was asked yet"
    assert ("karwan_record_age_days", ()) not in read, "not known is not zero"
    assert read["process_resident_memory_bytes", ()] > 1e6


def test_what_waits_and_what_is_kept_is_counted(site: Site) -> None:
    """One comparison asked twice is a miss, then a hit; a world is in memory; the record ages."""
    operations = Operations(workspace=site.desks.workspace)
    site = Site(desks=site.desks, today=site.today)  # no other test's answers lie in it
    client = TestClient(create_app(site, hosts=["testserver"]))
    address = "/api/v1/compare?from=almaty&to=karachi&as_of=2026-11-22&close=bolan-rail"
    for _ in range(2):
        assert client.get(address).status_code == 200
    assert client.get("/compare/parts?from=almaty&to=karachi").status_code == 200
    read = parsed(exposition(web_operations.families(site, operations)))
    assert read["karwan_cache_hits_total", (("cache", "answers"),)] == 1
    assert read["karwan_cache_misses_total", (("cache", "answers"),)] == 1
    assert read["karwan_worlds_resident", ()] >= 1
    assert read["karwan_desk_waiting", ()] == 0
    day = site.last_evidence_day()
    assert day is not None
    assert read["karwan_record_age_days", ()] == (site.today() - day).days


def test_rows_are_counted_without_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What watches a server asks each few seconds: a long record may not be read each time."""
    add(tmp_path)
    monkeypatch.setattr(own_workspace, "table_cells", None)
    counts = own_workspace.row_counts(tmp_path)
    assert counts is not None
    assert counts["closures"] == 1


def test_counts_are_for_who_keeps_the_server_running(desk: Desk) -> None:
    assert desk.client.get("/metrics", headers={"authorization": ""}).status_code == 401
    for path in ("/health", "/healthz", "/ready"):
        assert desk.client.get(path, headers={"authorization": ""}).status_code != 401


def test_the_log_tells_each_request_and_nothing_of_who_asked_what(desk: Desk) -> None:
    reply = desk.client.get("/sources/secret-ada.csv?q=ada&to=kabul", headers={"cookie": "a=ada"})
    (line,) = desk.told
    assert reply.headers[REQUEST_ID] == line["request_id"]
    assert (line["route"], line["status"], line["method"]) == ("/sources/{table}.csv", 404, "GET")
    assert line["at"] == "2026-11-27T09:00:00.000+00:00"
    assert line["body_bytes"] == int(reply.headers["content-length"])
    text = "".join(desk.lines)
    for word in ("ada", "kabul", "10.0.0.7", desk.secret):
        assert word not in text
    assert desk.client.get("/version").headers[REQUEST_ID] != line["request_id"]


def test_a_trace_begun_elsewhere_goes_on_and_a_forged_one_does_not(desk: Desk) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    for given_trace in (
        f"00-{trace}-00f067aa0ba902b7-01",
        'x"\n{}',
        f"00-{'0' * 32}-{'1' * 16}-01",
    ):
        desk.client.get("/version", headers={"traceparent": given_trace.replace("\n", " ")})
    told = desk.told
    assert told[0]["trace_id"] == trace
    assert [one["trace_id"] == one["request_id"] for one in told] == [False, True, True]


def test_addresses_are_told_where_they_are_asked_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path, tells_addresses=True)
    desk.client.get("/version")
    assert desk.told[0]["address"] == "10.0.0.7"


def test_a_line_of_text_is_one_line(tmp_path: Path) -> None:
    desk = Desk(tmp_path, form=Form.text)
    desk.client.get("/version")
    (line,) = desk.lines
    assert re.match(r"2026-11-27T09:00:00\.000\+00:00 info request request_id=\w+ ", line)
    assert "route=/version status=200" in line
    desk.operations.log.event("told", text="a\nb c")
    assert desk.lines[-1].endswith('told text="a\\nb c"\n')
    silent = Desk(tmp_path, form=Form.none)
    silent.client.get("/version")
    assert silent.lines == []


def test_a_failure_is_told_by_where_it_passed_and_without_what_was_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError("ada asked for kabul")

    logger = logging.getLogger("karwan.web.app")
    lines = Lines(desk.operations.log)
    logger.addHandler(lines)
    monkeypatch.setattr(Desks, "catalog", fail)
    try:
        reply = desk.client.get("/version")
    finally:
        logger.removeHandler(lines)
    assert reply.status_code == 500
    request, failed = desk.told
    assert (request["level"], request["status"]) == ("error", 500)
    assert (failed["event"], failed["error"]) == ("failed", "ValueError")
    assert failed["request_id"] == request["request_id"] == reply.headers[REQUEST_ID]
    assert failed["trace_id"] == request["trace_id"]
    frames = failed["frames"]
    assert isinstance(frames, list)
    assert "fail" in frames[-1]
    assert "kabul" not in "".join(desk.lines)
    counts = desk.counts()
    key = (("method", "GET"), ("route", "/version"), ("status", "500"))
    assert counts["karwan_requests_total", key] == 1


# Alive and ready


def test_ready_says_in_turn_that_it_warms_is_ready_and_goes(desk: Desk) -> None:
    def state() -> tuple[int, str]:
        reply = desk.client.get("/ready")
        return reply.status_code, reply.json()["status"]

    assert state() == (503, "warming")
    desk.site.is_warm = True
    assert state() == (200, "ready")
    desk.operations.is_stopping = True
    assert state() == (503, "stopping")
    assert desk.client.get("/health").json() == {"status": "alive"}


def test_a_database_that_is_not_there_is_told_once_and_shown_at_both_doors() -> None:
    lost = DatabaseUrl("postgresql://keeper:secret@127.0.0.1:1/karwan")
    lines: list[str] = []
    log = Log(form=Form.json, write=lines.append, now=lambda: NOW)
    site = Site(desks=Desks(workspace=lost), today=NOW.date, is_warm=True)
    app = create_app(site, hosts=["testserver"], operations=Operations(workspace=lost, log=log))
    client = TestClient(app, raise_server_exceptions=False)
    replies = [client.get("/healthz"), client.get("/ready"), client.get("/healthz")]
    assert [one.status_code for one in replies] == [503] * 3
    assert replies[0].json() == {"status": "unhealthy", "database": "down"}
    assert replies[1].json() == {"status": "no database"}
    assert "keeper" not in "".join(one.text for one in replies)
    told = [json.loads(line) for line in lines]
    (down,) = [one for one in told if one["event"] == "database_down"]
    assert "cannot be reached" in down["text"]
    assert "secret" not in "".join(lines)


def test_the_database_is_asked_once_a_second_and_its_return_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    is_there, clock = [False], [0.0]

    def touch(_: object) -> None:
        asked.append(clock[0])
        if not is_there[0]:
            msg = "gone"
            raise SourceError(msg)

    monkeypatch.setattr(web_operations, "touch", touch)
    lines: list[str] = []
    log = Log(form=Form.json, write=lines.append, now=lambda: NOW)
    probe = Probe(workspace=tmp_path, log=log, clock=lambda: clock[0])
    seen = []
    for at in (0.0, 0.5, 1.0, 1.5, 2.6, 2.7):
        clock[0] = at
        is_there[0] = at > 2
        seen.append(probe.is_up())
    assert asked == [0.0, 1.5, 2.6]
    assert seen == [False, False, False, False, True, True]
    assert [json.loads(line)["event"] for line in lines] == ["database_down", "database_up"]
