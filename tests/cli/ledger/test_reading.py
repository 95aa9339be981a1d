"""`karwan ledger read` on the command line: propose, decide in turn, give back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from karwan.main import load_program, main

TEXT = (
    "Minister Khan said that Torkham will reopen on Monday.\n\nThe Taliban denied any attack there."
)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """Return a small text in a file."""
    path = tmp_path / "note.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the article out unless a test names it."""
    monkeypatch.delenv("KARWAN_ARTICLE", raising=False)


def test_proposals_are_shown_and_none_is_adopted(
    note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "read", str(note)]) == 0
    text = capsys.readouterr().out
    assert "2 statements proposed, none adopted" in text
    assert "torkham-road" in text


def test_json_has_offsets_that_hold(note: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "read", str(note), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["score"] is None
    for row in found["proposals"]:
        assert TEXT[int(row["start_index"]) : int(row["end_index"])] == row["span"]


def test_out_decided_and_back(
    note: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "sheet.csv"
    assert main(["ledger", "read", str(note), "--out", str(sheet)]) == 0
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"decision": "accept", "paraphrase": "The gate is to open again."}
    rows[1] |= {"decision": "reject"}
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    capsys.readouterr()
    assert main(["ledger", "read", str(note), "--accept", str(sheet)]) == 0
    assert "1 accepted, 1 rejected, 0 undecided" in capsys.readouterr().out
    assert main(["ledger", "read", str(note), "--accept", str(sheet), "--format", "csv"]) == 0
    assert "The gate is to open again." in capsys.readouterr().out


def test_deciding_in_turn_writes_what_was_decided(note: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    answers = ["x", "e", "Khan", "nonsense", "target", "1", "government", "It is to open.", "r"]
    found = CliRunner().invoke(
        load_program(),
        ["ledger", "read", str(note), "--review", "--out", str(sheet)],
        input="\n".join(answers) + "\n",
    )
    assert found.exit_code == 0, found.output
    with sheet.open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["decision"], first["speech_act"]) == ("accept", "target")
    assert first["paraphrase"] == "It is to open."
    assert second["decision"] == "reject"


def test_quitting_leaves_the_rest_undecided(note: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    words = ["ledger", "read", str(note), "--review", "--out", str(sheet)]
    assert CliRunner().invoke(load_program(), words, input="q\n").exit_code == 0
    with sheet.open(encoding="utf-8", newline="") as file:
        assert [row["decision"] for row in csv.DictReader(file)] == ["", ""]


def test_the_article_is_scored_by_its_hash_and_no_other_text(
    note: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KARWAN_ARTICLE", str(note))
    assert main(["ledger", "read", str(note)]) == 0
    assert "Against the article's 52 statements: recall" in capsys.readouterr().out
    other = tmp_path / "other.txt"
    other.write_text(TEXT + " More.", encoding="utf-8")
    assert main(["ledger", "read", str(other)]) == 0
    assert "recall" not in capsys.readouterr().out


def test_options_that_exclude_each_other_are_named_at_once(
    note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "read", str(note), "--review", "--accept", "x.csv"]) == 2
    text = capsys.readouterr().err
    assert "2 faults in the question" in text
    assert "--review needs --out" in text


def test_a_binary_file_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF")
    assert main(["ledger", "read", str(path)]) == 2
    assert "it is no text" in capsys.readouterr().err


def decided(note: Path, folder: Path) -> Path:
    """Return a sheet in which the first proposal is accepted."""
    sheet = folder / "decided.csv"
    assert main(["ledger", "read", str(note), "--out", str(sheet)]) == 0
    with sheet.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {
        "decision": "accept",
        "paraphrase": "The gate is to open again.",
        "speaker_kind": "government",
    }
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return sheet


def test_what_was_accepted_joins_the_ledger_with_its_span(
    note: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, folder = decided(note, tmp_path), tmp_path / "workspace"
    words = ["ledger", "read", str(note), "--accept", str(sheet), "--workspace", str(folder)]
    filled = ["said_on=2026-11-16", "source_url=https://example.org/note",
              "source_date=2026-11-17", "confidence=B"]  # fmt: skip
    assert main([*words, *(part for pair in filled for part in ("--set", pair))]) == 0
    assert "statement W0001" in capsys.readouterr().out
    show = ["ledger", "show", "W0001", "--workspace", str(folder), "--as-of", "2026-11-22"]
    assert main(show) == 0
    text = capsys.readouterr().out
    assert "The gate is to open again." in text
    assert "SHA-256" in text


def test_an_accepted_statement_without_its_source_is_refused_whole(
    note: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet, folder = decided(note, tmp_path), tmp_path / "workspace"
    words = ["ledger", "read", str(note), "--accept", str(sheet), "--workspace", str(folder)]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "said_on is blank" in told
    assert "source_url is blank" in told
    assert main(["ledger", "show", "W0001", "--workspace", str(folder)]) == 2


def test_options_that_need_one_another_are_named_together(
    note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "read", str(note), "--workspace", "w", "--review"]) == 2
    told = capsys.readouterr().err
    assert "--workspace takes what --accept has accepted" in told
    assert "--review needs --out" in told
