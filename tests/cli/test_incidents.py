"""`karwan evidence add-incidents`, `incidents`, `export-incidents`: local files never leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from karwan.main import main
from tests import events
from tests.events import event

OWN = {"day": "2026-05-05", "lat": "34.06", "lon": "71.3", "what": "secret-event"}
MAP = ("--map", "date=day,lat=lat,lon=lon,kind=what", "--countries", "PK")
DAYS = ("--from", "2024-01-01", "--to", "2026-08-01")
KHYBER = "torkham-pk--peshawar"


SCHEMA = Path(__file__).parent.parent / "golden" / "incidents.schema.json"


def check_contract(answer: Any) -> None:
    """Fail unless an answer keeps to the schema: no data is null, and never zero."""
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(answer)


@pytest.fixture
def place(tmp_path: Path) -> tuple[str, str]:
    return ("--workspace", str(tmp_path / "w"))


def add_both(folder: Path, place: tuple[str, str]) -> None:
    rows = [event(str(n), f"{m:%Y-%m}-05") for n, m in enumerate(events.months("2024-01", 31))]
    shared = events.write_csv(folder, "c.csv", rows)
    own = events.write_csv(folder, "acled.csv", [OWN])
    assert main(["evidence", "add-incidents", str(shared), "--release", "24.1.26.7", *place]) == 0
    assert main(["evidence", "add-incidents", str(own), *MAP, *DAYS, *place]) == 0


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert main(["evidence", "incidents", *words, "--as-of", "2026-09-10", "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_files_are_added_and_listed(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    add_both(tmp_path, place)
    said = capsys.readouterr().out
    assert "F0001: 31 events of release 24.1.26.7, PK, 2024-01-01 to 2026-07-31\n" in said
    assert "F0002: 1 event of release acled, PK, 2024-01-01 to 2026-07-31; stays local" in said
    assert main(["evidence", "list", *place]) == 0
    assert "acled.csv, acled" in capsys.readouterr().out
    assert main(["evidence", "check", *place]) == 0


def test_the_answer_has_its_keys(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    add_both(tmp_path, place)
    found = ask(capsys, KHYBER, *place)
    check_contract(found)
    (answer,) = found["answers"]
    assert (answer["source"], answer["releases"]) == ("UCDP", ["24.1.26.7"])
    assert "CC BY 4.0" in answer["credit"]
    (link,) = answer["links"]
    assert link["state"] == "data"
    assert set(link["events_per_1000_km_months"]) == {"low", "mean", "high", "month"}
    assert set(link["next_month_count"]) == {"p05", "p50", "p95"}
    assert link["last_known"] is None


def test_no_data_is_null_with_its_reason(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    add_both(tmp_path, place)
    found = ask(capsys, "kholm--aibak", *place)
    check_contract(found)
    (link,) = found["answers"][0]["links"]
    assert link["events_per_1000_km_months"] is None
    assert (link["state"], link["reason"]) == ("no data", "no release covers AF")


def test_local_files_stay_out_of_json_and_csv_unless_asked_for(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    add_both(tmp_path, place)
    found = ask(capsys, KHYBER, *place)
    assert found["kept_local"] == ["acled.csv"]
    assert [answer["source"] for answer in found["answers"]] == ["UCDP"]
    asked = ["evidence", "incidents", KHYBER, "--as-of", "2026-09-10", *place]
    assert main([*asked, "--format", "csv"]) == 0
    assert "acled" not in capsys.readouterr().out
    assert main(asked) == 0
    assert "kept local" in capsys.readouterr().out
    both = ask(capsys, KHYBER, "--include-local", *place)["answers"]
    assert [answer["local_only"] for answer in both] == [False, True]


def test_local_files_leave_by_no_export(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    add_both(tmp_path, place)
    target = tmp_path / "out.csv"
    words = ["evidence", "export-incidents", str(target), *place]
    assert main([*words, "--id", "F0001", "--id", "F0002"]) == 2
    assert "acled.csv (acled) is kept local" in capsys.readouterr().err
    assert not target.exists()
    assert main(words) == 0
    assert "secret-event" not in target.read_text()
    assert len(target.read_text().splitlines()) == 32
    assert main([*words, "--id", "F0009"]) == 2
    assert "No file of the workspace 'F0009'" in capsys.readouterr().err


def test_other_commands_print_nothing_local(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What the other commands print with the same workspace never holds a local event."""
    add_both(tmp_path, place)
    for words in (
        ["hazard", "torkham", "--as-of", "2026-09-10", "--format", "json"],
        ["network", "show", "torkham", "--as-of", "2026-09-10"],
        ["evidence", "list", "--format", "json"],
    ):
        capsys.readouterr()
        assert main([*words, *place]) == 0
        assert "secret-event" not in capsys.readouterr().out


def test_a_file_is_asked_without_a_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = events.write_csv(tmp_path, "c.csv", [event("1", "2026-05-05")])
    none = ("--workspace", str(tmp_path / "none"))
    found = ask(capsys, KHYBER, "--incidents", str(path), "--release", "26.1.26.7", *none)
    assert found["answers"][0]["links"][0]["state"] == "data"
    assert not (tmp_path / "none").exists()


def test_incidents_added_one_by_one_enter_no_rate(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    add_both(tmp_path, place)
    before = ask(capsys, KHYBER, *place)
    where = ("--lat", "34.06", "--lon", "71.3", "--source", "x", "--source-date", "2026-07-06")
    assert main(["evidence", "add-incident", "2026-07-05", *where, *place]) == 0
    after = ask(capsys, KHYBER, *place)
    assert (before["own_not_counted"], after["own_not_counted"]) == (0, 1)
    assert after["answers"] == before["answers"]


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (
            ("--map", "date", "--from", "x", "--countries", "P1X"),
            ("3 faults in the question", "--map date: write it as date=COLUMN",
             "--from x: not a date like 2026-10-04", "--countries: No country 'P1X'"),
        ),
        ((), ("--release: the file does not tell it; say which",)),
    ],
)  # fmt: skip
def test_bad_files_leave_no_workspace(
    words: tuple[str, ...],
    messages: tuple[str, ...],
    tmp_path: Path,
    place: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = events.write_csv(tmp_path, "c.csv", [event("1", "2026-05-05")])
    assert main(["evidence", "add-incidents", str(path), *words, *place]) == 2
    said = capsys.readouterr().err
    assert all(message in said for message in messages)
    assert not (tmp_path / "w").exists()


def test_backtest_and_closures_are_asked_by_name(
    tmp_path: Path, place: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        event(f"{m:%y%m}{n}", f"{m:%Y-%m}-1{n}")
        for k, m in enumerate(events.months("2015-01", 84))
        for n in range(1 + k * 7 % 5)
    ]
    path = events.write_csv(tmp_path, "f.csv", rows)
    assert main(["evidence", "add-incidents", str(path), "--release", "22.1", *place]) == 0
    capsys.readouterr()
    (test,) = ask(capsys, "backtest", *place)["answers"]
    assert set(test["crps"]) == {"1", "3"}
    assert test["units"] == ["PK north-west"]
    (compared,) = ask(capsys, "closures", *place)["answers"]
    assert {"ratio", "low", "high", "crossings"} <= set(compared)
    for name in ("backtest", "closures"):
        assert main(["evidence", "incidents", name, "--as-of", "2026-09-10", *place]) == 0
    said = capsys.readouterr().out
    assert "gain over conflictology" in said
    assert "each crossing beside itself" in said
