"""`karwan hazard`: its JSON keys are used by others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from karwan.cli import main

DATE = ("--as-of", "2026-11-22")
KEYS = {"element", "state", "state_as_of", "age_days", "p_shut", "p_new_closure", "p_open_within",
        "remaining_days", "evidence", "evidence_horizon"}  # fmt: skip


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["hazard", *words, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_shut_gate_says_all_that_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "torkham", *DATE, "--horizon", "1,7,30")
    assert set(found) >= KEYS
    assert found["state"] == "shut"
    assert (found["state_as_of"], found["age_days"]) == ("2026-10-04", 49)
    assert list(found["p_shut"]) == ["1", "30", "7"]
    assert set(found["remaining_days"]) == {"p10", "p50", "p90"}
    assert all(0 <= p <= 1 for p in found["p_open_within"].values())


def test_an_open_one_has_nothing_to_reopen(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "khunjerab", *DATE)
    assert found["p_open_within"] is None
    assert found["remaining_days"] is None


def test_a_frontier_gives_all_its_gates(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "AF-PK", *DATE)
    assert {"torkham-road", "ghulam-khan-road"} <= {one["element"] for one in found["elements"]}


def test_the_backtest_prints_scores_and_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["hazard", "backtest", *DATE]) == 0
    text = capsys.readouterr().out
    assert "two-state Markov" in text
    assert "better than the best baseline" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("torkam",), "No element or frontier group 'torkam'. Did you mean 'Torkham'"),
        (("torkham", "--horizon", "7,x,0"), "2 faults in the question:"),
    ],
)
def test_bad_questions(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hazard", *words]) == 2
    assert message in capsys.readouterr().err
