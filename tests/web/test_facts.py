"""Facts over HTTP equal what their commands print; their pages open and show the same."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from karwan.main import main
from karwan.web.site import Site

DATE = ("as_of", "2026-11-22")
OF_DATE = ("--as-of", "2026-11-22")


@pytest.mark.parametrize(
    ("path", "pairs", "words"),
    [
        ("hazard/torkham", [], ("hazard", "torkham")),
        ("hazard/AF-PK", [("horizon", "7,30")], ("hazard", "AF-PK", "--horizon", "7,30")),
        ("capacity/torkham", [("hours", "8")], ("capacity", "torkham", "--hours", "8")),
        ("capacity", [("close", "torkham")], ("capacity", "--close", "torkham")),
        ("ledger", [("corridor", "KTAP")], ("ledger", "list", "--corridor", "KTAP")),
        ("ledger/C43", [], ("ledger", "show", "C43")),
        ("ledger/C43/history", [], ("ledger", "history", "C43")),
        ("network", [], ("network", "show")),
        ("network/torkham", [], ("network", "show", "torkham")),
        ("route", [("from", "almaty"), ("to", "karachi"), ("alternatives", "2"), ("avoid", "CN")],
         ("route", "almaty", "karachi", "--alternatives", "2", "--avoid", "CN")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_body_equals_what_the_command_prints(
    path: str,
    pairs: list[tuple[str, str]],
    words: tuple[str, ...],
    client: TestClient,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reply = client.get(f"/api/v1/{path}", params=dict([*pairs, DATE]))
    assert reply.status_code == 200
    assert main([*words, *OF_DATE, "--format", "json"]) == 0
    assert reply.content == capsys.readouterr().out.encode()
    again = client.get(
        f"/api/v1/{path}",
        params=dict([*pairs, DATE]),
        headers={"if-none-match": reply.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("data", ("data", "list")),
        ("data/units?rows=3", ("data", "show", "units", "--rows", "3")),
        ("data-sources", ("data", "sources")),
    ],
)
def test_tables_equal_what_their_commands_print(
    path: str, words: tuple[str, ...], client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--format", "json"]) == 0
    assert client.get(f"/api/v1/{path}").content == capsys.readouterr().out.encode()


def test_faults_of_facts_are_told_by_the_names_of_the_address(client: TestClient) -> None:
    told = client.get("/api/v1/hazard/torkham?horizon=x,0&health=maybe&as_of=tomorrow").json()
    assert {fault["parameter"] for fault in told["faults"]} == {"health", "as_of"}
    told = client.get("/api/v1/hazard/torkham?horizon=x,0").json()
    assert [fault["parameter"] for fault in told["faults"]] == ["horizon", "horizon"]
    told = client.get("/api/v1/capacity?close=torkam").json()
    assert [fault["parameter"] for fault in told["faults"]] == ["close"]
    assert client.get("/api/v1/data/units?rows=100000").status_code == 422


@pytest.mark.parametrize("path", ["ledger/nobody", "data/nowhere", "network/nowhere"])
def test_what_is_not_there_is_404_with_the_nearest(path: str, client: TestClient) -> None:
    reply = client.get(f"/api/v1/{path}")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "shows"),
    [
        ("/crossings", "/crossings/torkham-road"),
        ("/crossings/torkham-road", "Closures on record"),
        ("/capacity", "as of"),
        ("/ledger?corridor=KTAP", "/ledger/C"),
        ("/ledger/C43", "C43"),
        ("/sources", "/sources/units"),
        ("/sources/units", "units.csv"),
    ],
)
def test_each_page_opens_with_its_horizon(path: str, shows: str, client: TestClient) -> None:
    reply = client.get(path)
    assert reply.status_code == 200
    assert shows in reply.text
    assert "Evidence horizon" in reply.text


def test_a_gate_without_a_closure_is_not_said_to_be_safe(site: Site, client: TestClient) -> None:
    with site.desks.at(site.today()) as desk:
        shut = {spell.element_id for spell in desk.world.record.spells}
        network = desk.world.network
        quiet = sorted(
            one for one in network.crossings if network.is_built(one) and one not in shut
        )
    text = client.get(f"/crossings/{quiet[0]}").text
    assert "it was not found, or not looked for" in text


def test_a_table_comes_whole_as_csv(client: TestClient) -> None:
    reply = client.get("/sources/units.csv")
    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.text.startswith("unit_id,")
    assert client.get("/sources/units.json").headers["location"] == "/api/v1/data/units?rows=500"
    assert client.get("/sources/nowhere.csv").status_code == 404
    assert client.get("/crossings/nowhere").status_code == 404
