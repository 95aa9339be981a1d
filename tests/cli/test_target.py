"""`karwan target` on the command line: the same answer in every form, and one clear error."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from karwan.main import main

DATE = ("--as-of", "2026-11-22")
SCHEMA = Path(__file__).parent.parent / "golden" / "target.schema.json"


@pytest.mark.parametrize("pair", ["KAZ-PAK", "AFG-UZB", "PAK-TJK", "PAK-Central Asia 5"])
def test_json_holds_to_its_schema(pair: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target", pair, *DATE, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(found)
    assert found["pair"] == pair


def test_the_verdict_is_a_range_with_its_assumptions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target", "KAZ-PAK", *DATE, "--format", "json"]) == 0
    verdict = json.loads(capsys.readouterr().out)["verdict"]
    assert verdict["p_low"] <= verdict["p_central_low"] <= verdict["p_central_high"]
    assert verdict["p_central_high"] <= verdict["p_high"] < 0.1
    assert "very unlikely" in verdict["words"].lower()
    assert len(verdict["assumptions"]) == 5


def test_the_table_says_what_a_reader_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target", "KAZ-PAK", *DATE]) == 0
    text = capsys.readouterr().out
    for words in ("never mixed", "x18.6", "kept 3 of 10 (95", "claim, not adopted",
                  "trucks of 20 t a day", "not independent", "https://"):  # fmt: skip
        assert words in text


def test_csv_has_a_line_per_base_and_reading(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target", "KAZ-PAK", *DATE, "--format", "csv"]) == 0
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert {row["basis_kind"] for row in rows} == {"goods", "payments", "ministry", "statement"}
    assert all(row["p_reach"] == "" for row in rows if row["fresh"] == "no")
    assert all(0 <= float(row["p_reach"]) <= 1 for row in rows if row["fresh"] == "yes")


@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<svg"), (".png", b"\x89PNG"), (".html", b"<!DOCTYPE html>")]
)
def test_a_chart_is_drawn_whole(
    suffix: str, start: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"chart{suffix}"
    assert main(["target", "KAZ-PAK", *DATE, "--chart", str(path)]) == 0
    capsys.readouterr()
    assert path.read_bytes().lstrip().startswith(start)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_chart_needs_nothing_from_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "chart.html"
    assert main(["target", "UZB-PAK", *DATE, "--chart", str(path)]) == 0
    capsys.readouterr()
    assert '<script src="http' not in path.read_text(encoding="utf-8")


BAD = {
    "unknown pair": (("target", "KAZ-PKA"), "No trade target 'KAZ-PKA'. Did you mean 'KAZ-PAK'?"),
    "nothing near": (
        ("target", "peru"),
        "No trade target 'peru'. Known: AFG-KAZ, AFG-PAK, AFG-UZB, KAZ-PAK, KGZ-PAK, "
        "PAK-Central Asia 5, PAK-TJK, UZB-PAK.",
    ),
    "too early": (
        ("target", "KAZ-PAK", "--as-of", "2019-01-01"),
        "No target for KAZ-PAK had been reported on 2019-01-01: the first is of 2019-05-22.",
    ),
    "chart": (
        ("target", "KAZ-PAK", "--chart", "chart.pdf"),
        "1 fault in the question:\n  --chart chart.pdf: must end in .svg, .png, .html",
    ),
    "folder": (
        ("target", "KAZ-PAK", *DATE, "--chart", "no/such/folder/chart.svg"),
        "1 fault in output:\n  --chart no/such/folder/chart.svg is not there; look at its "
        "name and its folder",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_question_has_one_error(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, message = BAD[case]
    assert main(list(words)) == 2
    assert capsys.readouterr().err == f"karwan: {message}\n"
