"""Every other command over HTTP: the same bytes, its rows alone, and bounds."""

from __future__ import annotations

import jsonschema
import pytest
from fastapi.testclient import TestClient

from karwan.main import main
from karwan.web.app import create_app
from karwan.web.asked import MORE_FACTS
from karwan.web.audit_pages import AUDIT_COMMANDS
from karwan.web.desks import Desks
from karwan.web.details import BRIEF_SCHEMA, PROBLEM_SCHEMA
from karwan.web.endpoints import COMMANDS
from karwan.web.entries import ENTRIES
from karwan.web.facts import FACTS
from karwan.web.site import Site
from tests.web.conftest import TODAY

AS_OF = ("--as-of", "2026-11-22")
QUICK = [
    ("queue/torkham", {"reopens": "2026-12-01"}, ("queue", "torkham", "--reopens", "2026-12-01")),
    ("project", {}, ("project", "list")),
    ("project/ktap-rail", {}, ("project", "show", "ktap-rail")),
    ("benefits", {"country": "AFG"}, ("benefits", "--country", "AFG")),
    ("energy", {}, ("energy", "list")),
    ("energy/check", {}, ("energy", "check")),
    ("energy/casa-1000", {}, ("energy", "show", "casa-1000")),
    ("ledger/diff", {"since": "2026-01-01"}, ("ledger", "diff", "--since", "2026-01-01")),
    ("ledger/S01/assessment", {}, ("ledger", "assess", "S01")),
    ("decide/torkham", {"at": "peshawar", "to": "kabul"},
     ("decide", "torkham", "--at", "peshawar", "--to", "kabul")),
    ("trips", {"from": "peshawar", "to": "kabul", "paths": "100"},
     ("trips", "peshawar", "kabul", "--paths", "100")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "given", "words"), QUICK, ids=lambda one: str(one)[:30])
def test_the_body_equals_what_the_command_prints(
    path: str,
    given: dict[str, str],
    words: tuple[str, ...],
    client: TestClient,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reply = client.get(f"/api/v1/{path}", params={**given, "as_of": AS_OF[1]})
    assert reply.status_code == 200, reply.text
    assert main([*words, *AS_OF, "--format", "json"]) == 0
    assert reply.content == capsys.readouterr().out.encode()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("evidence/coding", ("evidence", "coding")),
        ("ledger/corrections", ("ledger", "corrections")),
    ],
)
def test_what_has_no_day_equals_its_command_too(
    path: str, words: tuple[str, ...], client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--format", "json"]) == 0
    assert client.get(f"/api/v1/{path}").content == capsys.readouterr().out.encode()
    assert client.get(f"/api/v1/{path}?as_of=2026-11-22").status_code == 422


@pytest.mark.parametrize(
    "path", ["compare?from=almaty&to=karachi", "route?from=almaty&to=karachi", "energy",
             "network/torkham", "hazard/torkham", "project/ktap-rail"],
)  # fmt: skip
def test_a_brief_answer_has_a_shape_and_a_tag_of_its_own(path: str, client: TestClient) -> None:
    address = f"/api/v1/{path}{'&' if '?' in path else '?'}as_of=2026-11-22"
    whole, brief = client.get(address), client.get(f"{address}&detail=brief")
    assert brief.status_code == 200
    jsonschema.validate(brief.json(), BRIEF_SCHEMA)
    assert brief.json()["rows"]
    names = {one["name"] for one in brief.json()["columns"]}
    assert all(set(row) == names for row in brief.json()["rows"])
    assert brief.headers["etag"] != whole.headers["etag"]
    assert client.get(f"{address}&detail=full").content == whole.content


def test_the_brief_comparison_says_what_the_screen_says(client: TestClient) -> None:
    asked = "from=almaty&to=karachi&as_of=2026-11-22"
    sentences = client.get(f"/api/v1/compare?{asked}&detail=brief").json()["sentences"]
    page = client.get(f"/compare?{asked}").text
    assert len(sentences) == 2
    assert all(one in page for one in sentences)


def test_all_faults_of_an_address_come_at_once(client: TestClient) -> None:
    reply = client.get("/api/v1/trips?from=almaty&months=99&paths=3&detail=x&seed=a&extra=1")
    assert reply.headers["content-type"] == "application/problem+json"
    jsonschema.validate(reply.json(), PROBLEM_SCHEMA)
    told = {one["parameter"] for one in reply.json()["faults"]}
    assert {"months", "paths", "detail", "seed", "extra", "to"} <= told


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("critical?pairs=1&links=1", "pairs"),
        ("critical?paths=1000000", "paths"),
        ("critical?top=100000", "top"),
        ("reliability?from=almaty&to=karachi&on=2027-01-01&seconds=600", "seconds"),
        ("appraise/ktap-rail?draws=1000000", "draws"),
        ("appraise/ktap-rail?tonnes=nan", "tonnes"),
        ("futures?day=0", "day"),
        ("impact?close=nowhere", "close"),
        ("impact?after=99999", "after"),
        ("queue/torkham?restart=never", "restart"),
        ("decide/torkham?at=peshawar&to=kabul&ahead=-1", "ahead"),
        ("ledger/diff?since=soon", "since"),
    ],
)
def test_bounds_and_names_are_told_under_the_names_of_the_address(
    path: str, parameter: str, client: TestClient
) -> None:
    reply = client.get(f"/api/v1/{path}")
    assert reply.status_code == 422, reply.text
    assert parameter in {one["parameter"] for one in reply.json()["faults"]}


def test_without_a_workspace_there_is_no_evidence_of_ones_own() -> None:
    site = Site(desks=Desks(path_count=100), today=lambda: TODAY)
    reply = TestClient(create_app(site, hosts=["testserver"])).get("/api/v1/evidence")
    assert reply.status_code == 422
    assert {one["parameter"] for one in reply.json()["faults"]} == {"workspace"}


def test_the_description_names_every_address_and_parameter(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    asked = (*COMMANDS, *AUDIT_COMMANDS, *FACTS, *MORE_FACTS)
    written = {f"/api/v1/workspace/{one.path}" for one in ENTRIES}
    assert set(described["paths"]) == {f"/api/v1/{one.path}" for one in asked} | written
    assert {path for path, one in described["paths"].items() if "post" in one} == written
    for one in described["paths"].values():
        if "get" not in one:
            continue
        names = [parameter["name"] for parameter in one["get"]["parameters"]]
        assert len(names) == len(set(names))
        assert "detail" in names
