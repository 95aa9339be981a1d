"""`karwan ledger`: the rows others build on, records of one's own, and what is refused."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from karwan.main import main

GOLDEN = Path(__file__).parents[2] / "golden"
DATE = ("--as-of", "2026-11-22")
Capture = pytest.CaptureFixture[str]
OWN = {
    "id": "W1", "speaker": "Gate office", "speaker_kind": "local_authority",
    "said_on": "2026-11-19", "speech_act": "assurance", "corridors": "KUAP",
    "paraphrase": "Torkham opens within a week.", "source_url": "https://example.org/x",
    "source_date": "2026-11-20", "confidence": "A",
}  # fmt: skip


def ask(capsys: Capture, *words: str) -> Any:
    assert main([*words, "--format", "json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def refused(capsys: Capture, *words: str, code: int = 2) -> str:
    assert main([*words]) == code
    return capsys.readouterr().err


def add(folder: Path, kind: str = "statement", **pairs: str) -> int:
    given = [word for name, value in pairs.items() for word in ("--set", f"{name}={value}")]
    return main(["ledger", "add", kind, *given, "--workspace", str(folder)])


def test_every_row_has_the_form_agreed(capsys: Capture) -> None:
    rows = ask(capsys, "ledger", "list", *DATE)
    schema = json.loads((GOLDEN / "ledger.schema.json").read_text(encoding="utf-8"))
    validator = Draft202012Validator(schema)
    assert len(rows) == 135
    for row in rows:
        assert list(validator.iter_errors(row)) == []


def test_a_list_can_be_narrowed(capsys: Capture) -> None:
    rows = ask(capsys, "ledger", "list", "--actor", "taliban", "--corridor", "ktap", *DATE)
    assert rows
    assert all("Taliban" in row["speaker"] and "KTAP" in row["corridors"] for row in rows)
    rows = ask(capsys, "ledger", "list", "--status", "met late", *DATE)
    assert {row["id"] for row in rows} == {"C18", "T01", "T05", "T11"}
    refusals = ask(capsys, "ledger", "list", "--status", "refused", *DATE)
    assert all(row["delivery"] is None and row["evidence_status"] is None for row in refusals)
    assert all(row["reason"] for row in refusals)


def test_csv_and_table_show_the_same_statements(capsys: Capture) -> None:
    main(["ledger", "list", "--corridor", "KKCP", "--format", "csv", *DATE])
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    main(["ledger", "list", "--corridor", "KKCP", *DATE])
    table = capsys.readouterr().out
    assert f"{len(rows)} statements as of 2026-11-22. Attributed, not adopted." in table
    assert all(f"\n{row['id']} " in table for row in rows)
    assert set(rows[0]) >= {"delivery", "evidence_status", "for", "against", "rule"}


def test_one_statement_is_shown_with_source_test_and_both_sides(capsys: Capture) -> None:
    assert main(["ledger", "show", "c12", *DATE]) == 0
    text = capsys.readouterr().out
    for word in (
        "speaker: Afghan foreign ministry (Taliban) (de facto authority)",
        "contested: yes; reply: Kabul denies",
        "part C12.2: Torkham, reopened on that assurance",
        "0 closures in 721 open days after 2023-09-15 against 0 in 3,465 before",
        "placebo dates",
        "rests on what member states report (independent;",
        "against E022:",
        "not counted: CL105",
    ):
        assert word in text


def test_a_test_written_after_the_deadline_says_so(capsys: Capture) -> None:
    assert main(["ledger", "show", "T05", *DATE]) == 0
    assert "written 2026-11-22, after the deadline" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("list", "--status", "failed"), "--status: 'failed' is not one of: not due; met;"),
        (("list", "--corridor", "KTUP"), "--corridor: 'KTUP' is not one of KTAP, KUAP, KKCP"),
        (("list", "--actor", "Sharifff"), "No speaker 'Sharifff'."),
        (("list", "--as-of", "soon"), "--as-of soon: not a date like 2026-10-04"),
        (("show", "C99"), "No statement 'C99'. See `karwan ledger list`."),
        (("show", "S01", "--as-of", "2025-01-01"), "S01 was said on 2026-02-05, after the as-of"),
        (("assess",), "name one statement, or say --all"),
        (("assess", "C01", "--all"), "name one statement, or say --all"),
        (("diff", "--since", "later"), "--since later: not a date like 2026-10-04"),
        (
            ("diff", "--since", "2026-10-01", "--as-of", "2026-09-01"),
            "--since 2026-10-01: lies after the as-of date 2026-09-01",
        ),
        (("brief",), "name one of --corridor and --actor"),
        (("add",), "give the record with --set, or a folder with --from"),
        (("add", "rumour", "--set", "id=1"), "no kind 'rumour'; known: source, statement"),
        (("add", "--set", "speaker"), "--set 'speaker' is not NAME=VALUE"),
    ],
)
def test_a_bad_question_is_refused_in_one_line(
    capsys: Capture, words: tuple[str, ...], message: str
) -> None:
    assert message in refused(capsys, "ledger", *words)


def test_a_users_statement_is_added_assessed_and_kept(capsys: Capture, tmp_path: Path) -> None:
    where = ("--workspace", str(tmp_path))
    assert add(tmp_path, **OWN) == 0
    assert "statement W1" in capsys.readouterr().out
    row = ask(capsys, "ledger", "show", "W1", *where, *DATE)
    assert row["evidence_status"] == "not testable"
    assert row["reason"] == "no test was written for it"
    test = {
        "proposition_id": "W1", "metric": "opening", "data_set": "closures", "operator": "by",
        "filter": "elements=torkham-road;class=cargo", "window_start": "2026-10-01",
        "deadline": "2026-11-21", "written_on": "2026-11-19",
    }  # fmt: skip
    assert add(tmp_path, "indicator", **test, **_whence()) == 0
    capsys.readouterr()
    row = ask(capsys, "ledger", "assess", "W1", *where, *DATE)
    assert row["delivery"] == "overdue, no evidence"
    proof = {
        "proposition_id": "W1", "bears": "contradicts", "directness": "direct",
        "independence": "independent", "event": "open", "event_on": "2026-11-21",
        "note": "lorries turned back",
    }  # fmt: skip
    assert add(tmp_path, "evidence", **proof, **_whence(source_date="2026-11-22")) == 0
    capsys.readouterr()
    row = ask(capsys, "ledger", "assess", "W1", *where, *DATE)
    assert row["delivery"] == "not met"
    told = ask(capsys, "ledger", "history", "W1", *where, *DATE)
    assert [turn["delivery"] for turn in told["history"]] == ["not due", "not met"]
    assert [r["delivery"] for r in told["recorded"]] == ["overdue, no evidence", "not met"]


def _whence(**more: str) -> dict[str, str]:
    found = {"source_url": "https://example.org/x", "source_date": "2026-11-20", "confidence": "A"}
    return found | more


def test_a_coder_who_departs_from_the_rule_states_a_dissent(
    capsys: Capture, tmp_path: Path
) -> None:
    own = {"proposition_id": "T14", "delivery": "met", "reason": "one lorry passed",
           "as_of": "2026-11-22"}  # fmt: skip
    assert add(tmp_path, "assessment", **own) == 2
    assert "state the dissent, or write a new version of the rule" in capsys.readouterr().err
    assert add(tmp_path, "assessment", **own, dissent="a pass is an opening") == 0
    capsys.readouterr()
    told = ask(capsys, "ledger", "history", "T14", "--workspace", str(tmp_path), *DATE)
    assert [row["dissent"] for row in told["recorded"]] == ["", "a pass is an opening"]
    assert add(tmp_path, "assessment", proposition_id="T99", delivery="mett") == 2
    told = capsys.readouterr().err
    for word in ("No proposition 'T99'", "delivery 'mett' is not one of", "say why, with reason="):
        assert word in told


def test_a_span_is_kept_by_its_place_only_if_it_stands_in_the_text(
    capsys: Capture, tmp_path: Path
) -> None:
    text = tmp_path / "notice.txt"
    text.write_text("The gate office said that Torkham opens within a week.", encoding="utf-8")
    home = tmp_path / "home"
    given = [word for name, value in OWN.items() for word in ("--set", f"{name}={value}")]
    where = ("--workspace", str(home))
    bad = ("--text", str(text), "--span", "opens in a week")
    assert "'opens in a week' is not in its source text" in refused(
        capsys, "ledger", "add", *given, *bad, *where
    )
    good = ("--text", str(text), "--span", "opens within")
    assert main(["ledger", "add", *given, *good, *where]) == 0
    capsys.readouterr()
    assert main(["ledger", "show", "W1", *where, *DATE]) == 0
    assert "words: characters 34 to 46 of text" in capsys.readouterr().out


def test_all_faults_of_a_record_come_at_once_and_nothing_is_written(
    capsys: Capture, tmp_path: Path
) -> None:
    wrong = OWN | {"speech_act": "promise", "said_on": "2027-01-01", "confidence": "Z"}
    assert add(tmp_path, **wrong) == 2
    told = capsys.readouterr().err
    assert "speech_act is 'promise', not one of assurance" in told
    assert "confidence is 'Z', not one of A, B, C" in told
    assert main(["ledger", "list", "--workspace", str(tmp_path), *DATE]) == 0
    assert "135 statements" in capsys.readouterr().out


def test_export_and_add_make_a_round_trip(capsys: Capture, tmp_path: Path) -> None:
    home, there, other = (tmp_path / name for name in ("home", "out", "other"))
    assert add(home, **OWN) == 0
    where = ("--workspace", str(home))
    assert main(["ledger", "export", str(there), "--to", "csv", *where, *DATE]) == 0
    names = {path.name for path in there.iterdir()}
    assert names == {"ledger_sources.csv", "ledger_statements.csv", "ledger_propositions.csv",
                     "ledger_indicators.csv", "ledger_evidence.csv", "statuses.csv"}  # fmt: skip
    capsys.readouterr()
    assert main(["ledger", "add", "--from", str(there), "--workspace", str(other)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "source W-SRC0001", "statement W1", "proposition W1"
    ]  # fmt: skip
    assert main(["ledger", "add", "--from", str(there), "--workspace", str(other)]) == 0
    assert capsys.readouterr().out == "Nothing new.\n"
    assert "holds what no run of karwan wrote there" in refused(
        capsys, "ledger", "export", str(there), "--to", "claimreview"
    )


def test_a_brief_is_written_where_it_is_asked_for(capsys: Capture, tmp_path: Path) -> None:
    page = tmp_path / "new" / "brief.html"
    words = ("--corridor", "KKCP", "--format", "html", "--out", str(page), *DATE)
    assert main(["ledger", "brief", *words]) == 0
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    capsys.readouterr()
    assert main(["ledger", "brief", "--actor", "Pakistan", *DATE]) == 0
    assert capsys.readouterr().out.startswith("# Statements by Pakistan: what was said")


def test_the_article_is_walked_in_three_forms(capsys: Capture) -> None:
    found = ask(capsys, "article", *DATE)
    assert len(found["statements"]) == 52
    assert found["evidence_horizon"] == "2026-10-04"
    by_id = {row["id"]: row for row in found["statements"]}
    assert "cut by" in by_id["S17"]["shown"][0]["text"]
    assert by_id["S19"]["shown"][0]["interval"] == "band of defaults"
    assert by_id["S49"]["result"] == "refused"
    assert by_id["S49"]["shown"][0]["unit"] == "USD a truck"
    main(["article", "--format", "csv", *DATE])
    rows = list(csv.DictReader(StringIO(capsys.readouterr().out)))
    assert [row["result"] for row in rows] == [row["result"] for row in found["statements"]]
    main(["article", *DATE])
    assert "Attributed, not adopted." in capsys.readouterr().out.splitlines()[0]


def test_the_article_cannot_be_walked_before_it_was_written(capsys: Capture) -> None:
    told = refused(capsys, "article", "--as-of", "2026-01-01")
    assert "S01 was said on 2026-02-05, after the as-of date 2026-01-01" in told
