"""What the server answers is what the command prints, and says all that is wrong at once."""

from __future__ import annotations

import json
import random
import re

import pytest
from fastapi.testclient import TestClient

from karwan.main import main
from karwan.web.site import Site

Capture = pytest.CaptureFixture[str]
DATE = "2026-11-22"


Pairs = list[tuple[str, str | int | float | bool | None]]
PAIR: Pairs = [("from", "almaty"), ("to", "karachi"), ("as_of", DATE)]


def printed(capsys: Capture, pairs: Pairs) -> bytes:
    """Return what the command prints for a question of an address."""
    given = {name: str(value) for name, value in pairs}
    words = ["compare", given["from"], given["to"], "--format", "json"]
    for name, value in pairs:
        if name == "strict":
            words += ["--strict"]
        elif name not in ("from", "to"):
            words += [f"--{name.replace('_', '-')}", str(value)]
    assert main(words) == 0
    return capsys.readouterr().out.encode()


@pytest.mark.parametrize(
    "pairs",
    [
        PAIR,
        [*PAIR, ("close", "khunjerab-road")],
        [*PAIR, ("close", "bolan-rail")],
        [*PAIR, ("open", "torkham"), ("with", "uap"), ("close", "Khunjerab")],
        [("from", "Kabul"), ("to", "PKKHI"), ("as_of", DATE), ("state", "all-open"),
         ("unit", "40ft"), ("carrier", "AF"), ("depart", "2026-12-20"), ("deadline", "30")],
        [("from", "tashkent"), ("to", "gwadar"), ("as_of", "2025-03-01"), ("cargo", "fresh"),
         ("shelf_life", "9"), ("tonnes", "12.5"), ("value", "30000")],
    ],
    ids=lambda pairs: "&".join(f"{name}={value}" for name, value in pairs),
)  # fmt: skip
def test_the_body_equals_what_the_command_prints(
    pairs: Pairs, client: TestClient, capsys: Capture
) -> None:
    reply = client.get("/api/v1/compare", params=pairs)
    assert reply.status_code == 200
    assert reply.content == printed(capsys, pairs)


def test_levels_of_security_stand_beside_the_answer(client: TestClient, capsys: Capture) -> None:
    pairs: Pairs = [*PAIR, ("hazard_factor", "2"), ("paths", "200"), ("days", "60"), ("seed", "5")]
    assert client.get("/api/v1/compare", params=pairs).content == printed(capsys, pairs)


def test_answers_do_not_depend_on_what_was_asked_before(client: TestClient) -> None:
    """Each closure once first and once last, announced railways' ways among them."""
    gates = ["bolan-rail", "khunjerab-road", "hairatan-termez-rail", "spin-boldak-chaman-rail"]
    gates = [name for name in gates if client.get(
        "/api/v1/compare", params=[*PAIR, ("close", name)]).status_code == 200]  # fmt: skip
    assert len(gates) >= 3
    questions: list[Pairs] = [[], [("open", "torkham-road")]]
    questions.extend([("close", name)] for name in gates)
    bodies: dict[str, bytes] = {}
    for seed in range(2):
        random.Random(seed).shuffle(questions)
        for more in questions:
            body = client.get("/api/v1/compare", params=[*PAIR, *more]).content
            assert bodies.setdefault(str(more), body) == body


def test_two_addresses_of_one_question_have_one_tag_and_it_answers_304(client: TestClient) -> None:
    first = client.get("/api/v1/compare", params=[*PAIR, ("close", "khunjerab")])
    other: Pairs = [
        ("to", "Karachi"),
        ("close", "khunjerab-road"),
        ("from", "KZALA"),
        ("as_of", DATE),
    ]
    again = client.get(
        "/api/v1/compare", params=other, headers={"if-none-match": first.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    changed = client.get("/api/v1/compare", params=PAIR)
    assert changed.headers["etag"] != first.headers["etag"]
    assert "close=khunjerab-road" in first.headers["link"]
    assert len(first.headers["karwan-data"]) == 64


BAD: dict[str, tuple[Pairs, list[str]]] = {
    "all at once": (
        [("from", "almatyy"), ("to", ""), ("close", "torkam"), ("unit", "van"), ("tonnes", "x"),
         ("state", "sunny"), ("as_of", "yesterday"), ("clsoe", "torkham"), ("cargo", "wheatt")],
        ["from", "to", "close", "unit", "tonnes", "state", "as_of", "clsoe", "cargo"],
    ),
    "shut and opened": ([*PAIR, ("close", "torkham"), ("open", "torkham")], ["open"]),
    "a day to come": ([*PAIR[:2], ("as_of", "2027-01-01")], ["as_of"]),
    "a day beyond days": ([*PAIR[:2], ("as_of", "9999-12-31")], ["as_of"]),
    "given twice": ([*PAIR, ("from", "tashkent")], ["from"]),
    "too many closures": (
        [*PAIR, *(("close", f"gate-{n}") for n in range(21))], ["close"] + ["close"] * 20
    ),
    "a name too long": ([*PAIR, ("close", "x" * 101)], ["close"]),
    "no number": ([*PAIR, ("tonnes", "nan"), ("value", "1e99")], ["tonnes", "value"]),
    "futures beyond bounds": (
        [*PAIR, ("hazard_factor", "1000"), ("paths", "1000000")], ["hazard_factor", "paths"]
    ),
    "season and futures": (
        [*PAIR, ("hazard_factor", "1"), ("depart", "2026-12-20")], ["depart"]
    ),
    "early and unknown": (
        [("from", "nowhere"), ("to", "karachi"), ("as_of", "1990-01-01")], ["from", "as_of"]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_every_fault_is_named_at_once(name: str, client: TestClient) -> None:
    pairs, parameters = BAD[name]
    reply = client.get("/api/v1/compare", params=pairs)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    told = reply.json()
    assert sorted(fault["parameter"] for fault in told["faults"]) == sorted(parameters)
    assert told["title"].startswith(f"{len(parameters)} fault")
    page = client.get("/compare", params=[p for p in pairs if p[0] not in ("paths",)])
    assert page.status_code == 422
    assert "Traceback" not in page.text


def test_a_day_before_any_evidence_is_told_by_its_first_day(client: TestClient) -> None:
    reply = client.get("/api/v1/compare", params=[*PAIR[:2], ("as_of", "1990-01-01")])
    assert reply.status_code == 422
    assert reply.json()["title"].startswith("No evidence dated on or before 1990-01-01")


def test_unknown_names_come_with_the_nearest(client: TestClient) -> None:
    reply = client.get("/api/v1/compare", params=[*PAIR, ("close", "torkam")])
    assert "Did you mean 'Torkham'" in reply.json()["faults"][0]["text"]


def test_nothing_there_too_large_and_not_accepted_have_their_own_answer(client: TestClient) -> None:
    assert client.get("/nowhere").status_code == 404
    gone = client.get("/api/v1/nowhere")
    assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")
    assert client.get("/static/../app.py").status_code == 404
    assert client.get("/compare", params={"from": "x" * 5000}).status_code == 414
    assert client.put("/compare").status_code == 405
    assert client.post("/compare", content=b"x").status_code == 413
    assert client.get("/compare", headers={"host": "evil.example"}).status_code == 421


def test_a_script_in_every_field_comes_back_as_text(client: TestClient) -> None:
    evil = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    for name in ("from", "to", "close", "open", "with", "cargo", "unit", "as_of", "state", "data",
                 "carrier", "depart", "rows", evil):  # fmt: skip
        given = dict(PAIR) | {name: evil}
        for path in ("/compare", "/compare/figures"):
            text = client.get(path, params=given).text
            assert "<script>" not in text
            assert "<img" not in text


@pytest.mark.parametrize("seed", range(1))
def test_no_question_ends_in_a_failure_of_the_server(seed: int, client: TestClient) -> None:
    """Names, numbers and dates drawn from what is nearly right and from what is not."""
    draw = random.Random(seed)
    names = ["from", "to", "close", "open", "with", "as_of", "state", "unit", "cargo", "tonnes",
             "value", "carrier", "depart", "deadline", "shelf_life", "strict", "seed", "rows",
             "hazard_factor", "paths", "days", "as_recorded", "data", "corridor", ""]  # fmt: skip
    values = ["almaty", "karachi", "torkham", "uap", DATE, "2027-02-30", "0", "-1", "1e309", "nan",
              "\x00", "ÿ", "\u0661", "%", "last-known", "truck", "fresh", "PK", "true",
              "a" * 90, "'; --", "\u202e", "🏔", " ", "1" * 60, "inf",
              "2026-W47-1", "kkcp-road-torugart"]  # fmt: skip
    for _ in range(120):
        pairs: Pairs = [
            (draw.choice(names), draw.choice(values)) for _ in range(draw.randint(0, 6))
        ]
        pairs = [pair for pair in pairs if pair[0] not in ("paths", "hazard_factor")] + draw.choice(
            [PAIR, PAIR[:2], [("hazard_factor", draw.choice(["nan", "-1", "x"]))]]
        )
        path = draw.choice(["/api/v1/compare", "/compare", "/compare/parts", "/compare/figures"])
        assert client.get(path, params=pairs).status_code in (200, 404, 422), (path, pairs)


def test_ready_comes_after_warm(site: Site, client: TestClient) -> None:
    cold = Site(desks=site.desks, today=site.today)
    from karwan.web.app import create_app

    fresh = TestClient(create_app(cold, hosts=["testserver"]))
    assert fresh.get("/ready").status_code == 503
    cold.warm([("almaty", "karachi")])
    assert fresh.get("/ready").json() == {"status": "ready"}
    assert client.get("/health").json() == {"status": "alive"}
    assert set(client.get("/version").json()) == {"karwan", "tables_sha256"}


def test_the_first_page_leads_to_the_pair_of_the_region(client: TestClient) -> None:
    reply = client.get("/")
    assert reply.status_code == 307
    assert reply.headers["location"] == "/compare?from=almaty&to=karachi"


def test_an_address_of_other_data_is_answered_and_says_so(client: TestClient) -> None:
    page = client.get("/compare", params=[*PAIR, ("data", "0123456789ab")])
    assert page.status_code == 200
    assert "made with other data (version 0123456789ab)" in page.text
    mine = re.search(r"data=([0-9a-f]{12})", page.text)
    assert mine is not None
    assert "made with other data" not in client.get(
        "/compare", params=[*PAIR, ("data", mine[1])]
    ).text  # fmt: skip


def test_the_description_names_every_parameter(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    told = described["paths"]["/api/v1/compare"]["get"]["parameters"]
    assert {one["name"] for one in told} >= {"from", "to", "close", "open", "with", "as_of"}
    close = next(one for one in told if one["name"] == "close")
    assert close["schema"]["maxItems"] == 20
    assert json.dumps(described)
