"""The command-line contract: commands, options, JSON keys and exit codes that others build on."""

from __future__ import annotations

import csv
import json
import os
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from karwan.main import main

GOLDEN = Path(__file__).parent.parent / "golden"
DATE = ("--as-of", "2026-11-22")

QUESTION = [
    "--cargo",
    "--unit",
    "--tonnes",
    "--value",
    "--carrier",
    "--as-of",
    "--state",
    "--close",
    "--open",
    "--with",
    "--format",
]
OPTIONS = {
    "study run": ["--out", "--seed", "--workspace", "--no-report", "--jobs", "--scheduler"],
    "compare": [*QUESTION, "--hazard-factor", "--lang"],
    "futures": [
        *("--day", "--paths", "--horizon", "--seed", "--study", "--format"),
        *("--stream", "--scheduler", "--topology"),
    ],
    "critical": ["--pairs", "--links", "--top", "--removal", "--losses", "--horizon", "--format"],
    "route": [*QUESTION, "--via", "--avoid", "--corridor", "--mode", "--alternatives", "--tcd"],
    "calibrate": ["--as-of", "--format"],
    "brief": [
        "--to",
        "--for",
        "--od",
        "--corridor",
        "--since",
        "--keep",
        "--lang",
        "--out",
        "--as-of",
    ],
    "export": ["--to"],
    "new": [],
    "evidence add-closure": [
        "--workspace",
        "--end",
        "--end-status",
        "--source",
        "--start-precision",
    ],
    "evidence add-incident": ["--workspace", "--lat", "--lon"],
    "evidence end-closure": ["--workspace"],
    "evidence seen": [
        "--traffic",
        "--direction",
        "--source",
        "--source-date",
        "--workspace",
        "--tables",
    ],
    "evidence check": ["--workspace"],
    "evidence withdraw": ["--workspace", "--note"],
    "evidence add-incidents": [
        "--workspace",
        "--release",
        "--countries",
        "--map",
        "--from",
        "--to",
    ],
    "evidence incidents": ["--workspace", "--incidents", "--as-of", "--include-local", "--format"],
    "evidence export-incidents": ["--workspace", "--id"],
    "evidence list": ["--workspace", "--format"],
    "appraise": [
        "--stage",
        "--discount",
        "--closures",
        "--traffic",
        "--break-even",
        "--tonnes",
        "--opens",
        "--draws",
        "--seed",
        "--strict",
        "--as-of",
        "--format",
    ],
    "project list": ["--as-of", "--format"],
    "benefits": ["--country", "--as-of", "--format"],
    "energy list": ["--as-of", "--format"],
    "energy show": ["--as-of", "--format"],
    "energy check": ["--as-of", "--format"],
    "project show": ["--as-of", "--format"],
    "evidence coding": ["--format", "--tables"],
    "evidence template": ["--tables"],
    "evidence add-workbook": ["--who", "--workspace", "--tables"],
    "data template": [],
    "data read-workbook": [],
    "article": ["--as-of", "--out", "--format", "--workspace"],
    "watch add": ["--when", "--step", "--days", "--as-of", "--workspace"],
    "watch list": ["--format", "--workspace"],
    "watch run": ["--feed", "--mail", "--smtp", "--webhook", "--as-of", "--format", "--workspace"],
    "watch stop": ["--workspace"],
    "workspace copy": ["--format"],
    "workspace migrate": ["--role"],
    "token add": ["--role", "--days", "--who", "--workspace"],
    "token list": ["--format", "--workspace"],
    "token revoke": ["--who", "--workspace"],
    "audit list": ["--since", "--who", "--kind", "--format", "--workspace"],
    "audit verify": ["--expect", "--format", "--workspace"],
    "evidence get-incidents": ["--release", "--as-of", "--workspace"],
    "feed read": ["--fetch", "--release", "--countries", "--from", "--to", "--mapping", "--who"],
    "feed accept": ["--row", "--note", "--who", "--workspace"],
    "feed reject": ["--row", "--note", "--who", "--workspace"],
    "feed list": ["--include-local", "--format", "--workspace"],
    "feed rows": ["--include-local", "--format", "--workspace"],
    "ledger list": ["--actor", "--corridor", "--status", "--format", "--as-of"],
    "ledger show": ["--as-of", "--format", "--workspace"],
    "ledger add": ["--set", "--from", "--span", "--text", "--workspace"],
    "ledger assess": ["--all", "--as-of", "--format", "--workspace"],
    "ledger history": ["--as-of", "--format", "--workspace"],
    "ledger corrections": ["--format", "--tables"],
    "ledger diff": ["--since", "--as-of", "--format"],
    "ledger export": ["--to", "--as-of", "--workspace"],
    "ledger brief": ["--corridor", "--actor", "--format", "--out", "--as-of"],
    "hazard": ["--as-of", "--horizon", "--format"],
    "reliability": ["--on", "--tolerance", "--seconds", "--as-of", "--format"],
    "impact": ["--close", "--since", "--after", "--study", "--as-of", "--strict", "--format"],
    "capacity": ["--as-of", "--hours", "--close", "--strict", "--format"],
    "decide": [
        *("--at", "--to", "--closed-for", "--cargo", "--unit", "--tonnes", "--value"),
        *("--carrier", "--as-of", "--chart", "--format"),
    ],
    "trips": [
        *("--depart", "--deadline", "--policy", "--months", "--paths", "--seed", "--cargo"),
        *("--unit", "--as-of", "--chart", "--format"),
    ],
    "exposure": [
        *("--policy", "--loading", "--marine-rate", "--template", "--paths", "--seed", "--close"),
        *("--as-of", "--strict", "--format"),
    ],
    "queue": [
        *("--closed-for", "--reopens", "--arrivals", "--arrivals-law", "--capacity"),
        *("--restart", "--as-of", "--chart", "--format"),
    ],
    "target": ["--as-of", "--format", "--chart"],
    "ledger read": ["--out", "--accept", "--review", "--format"],
    "network check": ["--format", "--tables"],
    "network import": ["--country", "--dated", "--area"],
    "network show": ["--as-of", "--format"],
    "data list": ["--format"],
    "data show": ["--format"],
    "data sources": ["--format"],
    "serve": [
        *("--host", "--port", "--workspace", "--tables", "--warm"),
        *("--tokens", "--trust-proxy", "--user-header", "--name"),
        *("--log", "--log-addresses", "--drain", "--stop-after"),
    ],
}
PAGES = [
    "",
    "study",
    "project",
    "energy",
    "network",
    "data",
    "evidence",
    "feed",
    "ledger",
    "watch",
    "workspace",
    "token",
    "audit",
    *OPTIONS,
]


def schema(name: str) -> Draft202012Validator:
    """Return the validator of a command's JSON."""
    loaded = {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in GOLDEN.glob("*.schema.json")
    }
    registry: Registry[Any] = Registry().with_resources(
        (key, Resource.from_contents(value)) for key, value in loaded.items()
    )
    return Draft202012Validator(loaded[f"{name}.schema.json"], registry=registry)


def refuse(word: str) -> None:
    """Fail on a number that JSON does not have."""
    msg = f"{word} is not JSON"
    raise AssertionError(msg)


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """Return a command's JSON."""
    assert main([*words, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out, parse_constant=refuse)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page or "karwan")
def test_help_is_as_agreed(
    page: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rewrite the texts with KARWAN_REWRITE_GOLDEN=1 and read the change in the diff."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERMINAL_WIDTH", "100")
    assert main([*page.split(), "--help"]) == 0
    text = capsys.readouterr().out
    path = GOLDEN / "help" / f"{page.replace(' ', '-') or 'karwan'}.txt"
    if os.environ.get("KARWAN_REWRITE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", OPTIONS)
def test_no_option_of_the_contract_is_missing(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), "--help"]) == 0
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(OPTIONS[command]) <= known


@pytest.mark.parametrize(
    "words",
    [
        ("almaty", "karachi", *DATE),
        ("karachi", "almaty", *DATE, "--state", "all-open", "--unit", "40ft"),
        ("kabul", "islamabad", *DATE, "--corridor", "kuap-road-torkham"),
        ("almaty", "karachi", *DATE, "--alternatives", "4", "--mode", "road"),
        ("tashkent", "karachi", *DATE, "--with", "uap", "--state", "all-open"),
        (
            "karachi",
            "tashkent",
            *DATE,
            "--via",
            "torkham",
            "--via",
            "hairatan",
            "--open",
            "torkham",
        ),
        ("mazar-e-sharif", "karachi", *DATE, "--avoid", "IR", "--state", "all-open", "--tcd"),
    ],
    ids=" ".join,
)
def test_route_keeps_its_schema(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "route", *words)
    assert [fault.message for fault in schema("route").iter_errors(found)] == []


@pytest.mark.parametrize(
    "words",
    [
        ("almaty", "karachi", *DATE),
        ("almaty", "karachi", *DATE, "--state", "all-open", "--unit", "wagon"),
        ("kabul", "islamabad", *DATE, "--close", "torkham", "--carrier", "AF"),
        ("kabul", "bandar-abbas", *DATE, "--close", "islam qala", "--close", "zaranj"),
    ],
    ids=" ".join,
)
def test_compare_keeps_its_schema(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    found = ask(capsys, "compare", *words)
    assert [fault.message for fault in schema("compare").iter_errors(found)] == []


def test_the_schema_refuses_a_cut_corridor_without_a_cause() -> None:
    assert list(schema("route").iter_errors({"routes": [None], "cut_by": []}))


def test_a_cut_corridor_is_null_with_what_cuts_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "route", "almaty", "karachi", *DATE, "--corridor", "kuap-road-torkham")
    assert found["routes"] == [None]
    assert [(cut["id"], cut["since"], cut["known_on"]) for cut in found["cut_by"]] == [
        ("torkham-road", "2025-10-12", "2026-10-04")
    ]


@pytest.mark.parametrize("name", ["almaty", "Almaty", "ALMATY", "Alma-Ata", "KZALA"])
def test_a_place_goes_by_id_name_spelling_or_locode(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(capsys, "route", name, "karachi", *DATE)["origin"]["id"] == "almaty"


@pytest.mark.parametrize("command", ["compare", "route"])
def test_csv_has_one_header_and_even_rows(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "almaty", "karachi", *DATE, "--format", "csv"]) == 0
    rows = list(csv.reader(StringIO(capsys.readouterr().out)))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert {"distance_km", "km"} & set(rows[0])


def test_a_trailer_must_take_shibar_and_the_answer_says_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("karachi", "tashkent", *DATE, "--state", "all-open", "--avoid", "IR", "--avoid", "CN")
    truck = ask(capsys, "route", *words, "--via", "torkham", "--via", "hairatan")
    trailer = ask(
        capsys, "route", *words, "--via", "torkham", "--via", "hairatan", "--unit", "40ft"
    )
    assert trailer["routes"][0]["distance_km"] > truck["routes"][0]["distance_km"] + 100
    assert any("salang" in json.dumps(rule).lower() for rule in trailer["restrictions"])


def test_quiet_stands_anywhere_and_help_needs_no_question() -> None:
    assert main(["data", "list", "--quiet"]) == 0
    assert main(["--quiet", "data", "list"]) == 0


BAD = {
    "place": (
        ("route", "almaty", "karachii"),
        "1 fault in the question:\n  No place 'karachii'. Did you mean 'Karachi' or 'Kharlachi'?",
    ),
    "crossing and project": (
        ("compare", "almaty", "karachi", *DATE, "--close", "torkam", "--with", "uapp"),
        "2 faults in the question:\n  --close torkam: No crossing, line, link or place 'torkam'. "
        "Did you mean 'Torkham' or 'Turkham' or 'torkham-pk'?\n  --with uapp: No project 'uapp'. "
        "Did you mean 'uap'?",
    ),
    "unit and carrier": (
        ("compare", "almaty", "karachi", *DATE, "--unit", "van", "--carrier", "XX"),
        "2 faults in the question:\n  --unit: No unit 'van'. Known: 20ft, 40ft, truck, wagon.\n"
        "  --carrier: No carrier's country 'XX'. Known: AE, AF, AZ, CN, IN, IR, KG, KZ, "
        "PK, TJ, TM, UZ.",
    ),
    "tonnes": (
        ("route", "almaty", "karachi", *DATE, "--tonnes", "-3"),
        "1 fault in the question:\n  --tonnes: tonnes is -3; it must be more than 0 and at most "
        "1,000,000",
    ),
    "as-of before any evidence": (
        ("compare", "almaty", "karachi", "--as-of", "1990-01-01"),
        "No evidence dated on or before 1990-01-01: the first is of 2010-02-09. "
        "Ask of a later date.",
    ),
    "date": (
        ("compare", "almaty", "karachi", "--as-of", "yesterday"),
        "1 fault in the question:\n  --as-of yesterday: not a date like 2026-10-04",
    ),
    "same place": (
        ("route", "almaty", "Almaty", *DATE),
        "1 fault in the question:\n  origin and destination are both Almaty",
    ),
    "no route on what is built": (
        ("route", "kabul", "islamabad", *DATE, "--mode", "rail"),
        "No route Kabul to Islamabad / Rawalpindi by rail: nothing built joins them within what "
        "the question allows.",
    ),
    "week for a date": (
        ("compare", "almaty", "karachi", "--as-of", "2026-W47-1"),
        "1 fault in the question:\n  --as-of 2026-W47-1: not a date like 2026-10-04",
    ),
    "crossing": (
        ("route", "almatyy", "karachi", *DATE, "--via", "torkam", "--avoid", "XX"),
        "3 faults in the question:\n  No place 'almatyy'. Did you mean 'Almaty' or 'alat'?\n"
        "  --via torkam: No crossing, line, link or place 'torkam'. Did you mean 'Torkham' or "
        "'Turkham' or 'torkham-pk'?\n  --avoid XX: No crossing, line, link or place 'XX'.",
    ),
    "value and tonnes": (
        ("compare", "almaty", "karachi", *DATE, "--value", "nan", "--tonnes", "1e300"),
        "2 faults in the question:\n  --tonnes: tonnes is 1e+300; it must be more than 0 and at "
        "most 1,000,000\n  --value: value is nan USD; it must be 0 or more and at "
        "most 10,000,000,000",
    ),
    "corridor": (
        ("route", "aktau", "baku", *DATE, "--corridor", "ktap-road-uz"),
        "Corridor ktap-road-uz does not serve Aktau to Baku (Alat).",
    ),
    "closed and opened": (
        ("compare", "almaty", "karachi", *DATE, "--close", "khunjerab", "--open", "khunjerab"),
        "1 fault in the question:\n  --open khunjerab-road: it is both closed and opened",
    ),
    "passed and avoided": (
        (
            *("route", "almaty", "karachi", *DATE, "--via", "khunjerab", "--avoid", "khunjerab"),
            *("--avoid", "KZ", "--avoid", "karachi"),
        ),
        "3 faults in the question:\n  --avoid KZ: Almaty lies there\n  --avoid karachi: the "
        "journey starts or ends there\n  --avoid khunjerab-road: the route is also to pass it",
    ),
    "no way there": (
        ("route", "almaty", "karachi", *DATE, "--via", "wakhjir-road", "--avoid", "IR"),
        "No route Almaty to Karachi via wakhjir-road avoiding IR: nothing built joins them within "
        "what the question allows.",
    ),
    "no route at all": (
        (
            *("route", "kabul", "islamabad", *DATE, "--close", "hairatan", "--close", "torghundi"),
            *("--avoid", "IR", "--avoid", "CN", "--avoid", "TJ", "--avoid", "TM"),
        ),
        "No route Kabul to Islamabad / Rawalpindi avoiding CN, IR, TJ, TM: cut by Kharlachi "
        "/ Dand-e-Patan (kharlachi-dand-e-patan-road) since 2025-10-12, known 2026-10-04, Ghulam "
        "Khan (ghulam-khan-road) since 2025-10-12, known 2026-10-04, Angoor Adda "
        "(angoor-adda-road) since 2025-10-12, known 2026-10-04, Torkham (torkham-road) since "
        "2025-10-12, known 2026-10-04, Chaman / Spin Boldak (Friendship Gate) "
        "(chaman-spin-boldak-road) since 2025-10-12, known 2026-10-04.",
    ),
    "cargo": (
        ("compare", "almaty", "karachi", *DATE, "--cargo", "wheatt"),
        "1 fault in the question:\n  --cargo: No cargo 'wheatt'. Did you mean 'wheat'?",
    ),
    "table": (("data", "show", "closure"), "No table 'closure'. Did you mean 'closures'?"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_question_has_one_error_and_exit_code_2(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words, message = BAD[case]
    assert main(list(words)) == 2
    caught = capsys.readouterr()
    assert caught.err == f"karwan: {message}\n"
    assert caught.out == ""


def test_an_unknown_cargo_lists_those_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "almaty", "karachi", "--cargo", "gold"]) == 2
    assert "No cargo 'gold'. Known: barley, bulk," in capsys.readouterr().err


def test_only_debug_shows_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    from karwan.base.errors import DataError

    assert main(["route", "almaty", "nowhere-at-all"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    with pytest.raises(DataError, match="nowhere-at-all"):
        main(["route", "almaty", "nowhere-at-all", "--debug"])


def test_network_check_of_the_packaged_tables_finds_no_fault(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = ask(capsys, "network", "check")
    assert found["faults"] == []
    assert found["counts"]["border hours"] > 0


@pytest.mark.parametrize("name", ["torkham", "almaty", "tashkent", "khunjerab"])
def test_what_is_known_of_a_name_comes_with_its_source(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["network", "show", name, *DATE]) == 0
    text = capsys.readouterr().out
    assert "http" in text
    assert re.search(r"20\d\d", text)
