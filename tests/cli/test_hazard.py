"""`karwan hazard`: its JSON keys are used by others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from karwan.main import main

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
    assert (found["state_as_of"], found["evidence_age_days"]) == ("2026-10-04", 49)
    assert (found["shut_since"], found["age_days"]) == ("2025-10-12", 406)
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
    assert "MISSED" in text


def test_a_forecast_is_kept_and_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--workspace", str(tmp_path))
    words = ["hazard", "torkham", *DATE, "--store", *where]
    assert main(words) == 0
    assert "kept 1 of 1" in capsys.readouterr().err
    assert main(words) == 0
    assert "kept 0 of 1" in capsys.readouterr().err
    found = ask(capsys, "score", *DATE, *where)
    assert found["forecast_count"] == 1
    assert {row["horizon_days"] for row in found["scores"]} == {1, 7, 30, 90, 365}
    assert main(["hazard", "score", *DATE, *where]) == 0
    assert "1 forecast kept" in capsys.readouterr().out


def test_scoring_nothing_says_how_to_keep_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hazard", "score", "--workspace", str(tmp_path)]) == 2
    assert "keep some with karwan hazard NAME --store" in capsys.readouterr().err


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
