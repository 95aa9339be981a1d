from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from karwan.api.studies import study_path
from karwan.main import main

FEW = ("critical", "--paths", "100", "--as-of", "2026-11-22")


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*FEW, *words, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_json_has_the_keys_agreed(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "--top", "2", "--horizon", "90")
    assert set(found) == {
        "chokepoints", "pairs", "state", "weights", "horizon_days", "cut_penalty_ratio",
        "hazard_factor", "seed", "path_count", "as_of", "evidence_horizon", "corrections", "notes",
        "engine", "later_facts", "gate_ages", "bridges", "removal", "loss_law",
    }  # fmt: skip
    assert len(found["chokepoints"]) == 2
    assert set(found["chokepoints"][0]) == {
        "ids", "names", "pairs_hit", "pairs_cut", "loss_usd_per_day", "shut_days",
        "expected_loss_usd", "beyond_parts_usd_per_day", "loss_by_country_usd_per_day", "losses",
        "error_shut_days", "replacement_usd",
    }  # fmt: skip
    assert (found["removal"], found["loss_law"]) == (None, None)
    assert found["horizon_days"] == 90
    assert found["chokepoints"][0]["shut_days"]["today"] <= 90
    assert any(pair["consignments_per_day"] is None for pair in found["pairs"])


def test_pairs_and_links_have_their_own_forms(capsys: pytest.CaptureFixture[str]) -> None:
    twos = ask(capsys, "--pairs", "--top", "3")["chokepoints"]
    assert all(len(one["ids"]) == 2 for one in twos)
    assert all(one["beyond_parts_usd_per_day"] is not None for one in twos)
    links = ask(capsys, "--links", "--top", "3", "--weights", "equal")
    assert links["path_count"] is None
    assert all(one["expected_loss_usd"] is None for one in links["chokepoints"])


def test_the_worst_is_taken_out_first_and_the_loss_of_a_day_has_a_law(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = ask(capsys, "--top", "1", "--horizon", "30", "--removal", "2", "--losses")
    first, second = found["removal"]
    assert set(first) == {
        "step", "id", "loss_usd_per_day", "added_usd_per_day", "pairs_hit", "pairs_cut"
    }  # fmt: skip
    assert second["loss_usd_per_day"] > first["loss_usd_per_day"] > 0
    law = found["loss_law"]["ordinary"]
    assert [one["share"] for one in law["quantiles"]] == [0.5, 0.75, 0.9, 0.95, 0.99, 0.999]
    shares = [one["share"] for one in law["exceedance"]]
    assert shares[0] == law["any_share"]
    assert shares == sorted(shares, reverse=True)
    assert main([*FEW, "--top", "1", "--horizon", "30", "--removal", "2", "--losses"]) == 0
    text = capsys.readouterr().out
    assert "Taken out worst first" in text
    assert "Loss of a day by closures, from today" in text


def test_what_is_shut_already_is_no_chokepoint(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "--state", "last-known", "--top", "100")["chokepoints"]
    assert ["torkham-road"] not in [one["ids"] for one in found]


def test_the_csv_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FEW, "--top", "4", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 4
    assert float(rows[0]["loss_usd_per_day"]) > 0


def test_the_text_says_who_loses_and_what_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FEW, "--top", "2"]) == 0
    text = capsys.readouterr().out
    assert "Who loses by" in text
    assert "no published figure says how much the small ones can" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--pairs", "--links"), "--pairs with --links"),
        (("--losses", "--links"), "--losses with --links"),
        (("--capacity", "--removal", "3"), "--capacity with --removal or --losses"),
        (("--cut-penalty", "-1"), "--cut-penalty -1"),
        (("--hazard-factor", "-2"), "--hazard-factor -2"),
        (("--cargo", "gold"), "gold"),
    ],
)
def test_a_bad_question_is_one_clear_error(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*FEW, *words]) == 2
    assert message in capsys.readouterr().err


def test_compare_adds_how_often_corridors_are_open(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compare", "almaty", "karachi", "--as-of", "2026-11-22", "--hazard-factor", "0.5",
             "--paths", "500"]  # fmt: skip
    assert main([*words, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["security"]
    assert found["hazard_factor"] == 0.5
    by_name = {(row["corridor"], row["times"]): row for row in found["standings"]}
    usual, today = (by_name["kuap-road-chaman", times] for times in ("ordinary", "today"))
    assert usual["open_share"]["mean"] > today["open_share"]["mean"]
    assert usual["episode_count"] > 0
    assert found["path_count"] == 100, "a fifth, as in the report"
    assert found["engine"]["name"] == "lanes"
    assert 0 < today["error_open_share"] < 0.1
    silent = [row for row in found["standings"] if row["episode_count"] == 0]
    assert silent
    assert all(row["open_share"] is None for row in silent)
    assert main(words) == 0
    text = capsys.readouterr().out
    assert "If closures came 0.5 times as often" in text
    assert "no record" in text
    assert "Engine: lanes" in text


def test_a_ranking_takes_seed_futures_and_days_from_its_study(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = study_path("reference").read_text(encoding="utf-8")
    text = text.replace("paths = 10000", "paths = 150").replace("days = 365", "days = 40")
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    assert main(["critical", "--study", str(tmp_path / "small.toml"), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["seed"], found["path_count"], found["horizon_days"]) == (20261122, 150, 40)


def test_a_fault_is_named_by_the_option_that_was_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*FEW, "--cargo", "wheatt", "--unit", "van"]) == 2
    told = capsys.readouterr().err
    assert "\n  --cargo: No cargo 'wheatt'" in told
    assert "\n  --unit: No unit 'van'" in told
