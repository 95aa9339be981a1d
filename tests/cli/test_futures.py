"""`karwan futures`: pairs over many futures, and a stated day without drawing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from karwan.api.studies import study_path
from karwan.main import main
from karwan.route.arcgraph import make_arc_graph
from karwan.route.kept import topology_at

LAHORE = ("kabul", "lahore")
FEW = ("futures", "--paths", "100", "--horizon", "60")


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*words, "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_all_pairs_of_the_study_ride_on_the_same_futures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = ask(capsys, *FEW)
    assert set(found) == {
        "pairs", "seed", "path_count", "horizon_days", "scenario_days", "engine", "as_of",
        "evidence_horizon", "notes", "gate_ages", "unsearched",
    }  # fmt: skip
    assert found["scenario_days"] == 6000
    assert found["engine"]["name"] == "lanes"
    rows = found["pairs"]
    assert len({(row["origin"], row["destination"]) for row in rows}) == 60
    assert {row["day"] for row in rows} == {None, 1, 7, 30}
    for row in rows:
        assert 0 <= row["cut_share"] <= 1
        if row["p50_hours"] is not None:
            assert row["p05_hours"] <= row["p50_hours"] <= row["p95_hours"]
        assert (row["error_cut_share"] is None) == (row["day"] is not None)
    again = ask(capsys, *FEW)
    assert again == found


def test_a_pair_alone_tells_what_it_tells_among_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def shares(rows: list[dict[str, Any]]) -> dict[tuple[str, int | None], float]:
        return {
            (row["times"], row["day"]): row["cut_share"]
            for row in rows
            if (row["origin"], row["destination"]) == ("kabul", "lahore")
        }

    assert shares(ask(capsys, *FEW, "kabul", "lahore")["pairs"]) == shares(
        ask(capsys, *FEW)["pairs"]
    )


def test_a_pair_of_another_land_than_the_study_s_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = ask(capsys, *FEW, "urumqi", "karachi")["pairs"]
    assert {row["origin"] for row in rows} == {"urumqi"}


def test_a_stated_day_is_told_without_drawing(capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(capsys, "futures", "kabul", "lahore", "--day", "30")
    assert found["engine"]["name"] == "exact"
    usual, today = found["days"]
    assert (usual["times"], today["times"], today["day"]) == ("ordinary", "today", 30)
    assert 0 <= today["p_cut_low"] <= today["p_cut_high"] <= 1
    assert today["p_usual"] < usual["p_usual"], "the gates are shut"
    assert sum(route["p"] for route in today["routes"]) <= 1.0 + 1e-5
    drawn = ask(capsys, "futures", "kabul", "lahore", "--paths", "2000", "--horizon", "31")
    row = next(r for r in drawn["pairs"] if (r["times"], r["day"]) == ("today", 30))
    # Drawn days know delays besides, so the usual way is free a little less often.
    assert row["first_share"] == pytest.approx(today["p_usual"], abs=0.04)


def test_text_and_csv_tell_the_engine_and_the_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FEW, "kabul", "lahore"]) == 0
    text = capsys.readouterr().out
    assert "Engine: lanes" in text
    assert "s.e." in text
    assert main([*FEW, "kabul", "lahore", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 8
    assert rows[0]["day"] == ""
    assert float(rows[0]["error_cut_share"]) >= 0
    assert main(["futures", "kabul", "lahore", "--day", "7"]) == 0
    assert "Engine: exact" in capsys.readouterr().out
    assert main(["futures", "kabul", "lahore", "--day", "7", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("origin,destination,times,day,p_cut_low")


def test_streamed_days_are_those_of_the_futures_and_tell_gates_and_worst_days(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = str(tmp_path / "topology")
    found = ask(capsys, *FEW, "--stream", "--scheduler", "threads:2", "--topology", kept)
    told = {
        (row["origin"], row["destination"], row["times"]): row
        for row in ask(capsys, *FEW)["pairs"]
        if row["day"] is None
    }
    assert len(found["pairs"]) == len(told) == 120
    for row in found["pairs"]:
        other = told[row["origin"], row["destination"], row["times"]]
        assert (row["cut_share"], row["first_share"]) == (
            other["cut_share"],
            other["first_share"],
        )
        assert 0 < row["p05_weight_usd"] <= row["p50_weight_usd"] <= row["p95_weight_usd"]
        assert row["error_p50_weight_usd"] <= 2**-8 * row["p50_weight_usd"] + 1e-3  # 3 digits told
        assert all(0 < one["share"] <= 1 for one in row["use"])
    shares = [one for row in found["pairs"] for one in row["use"]]
    assert any(one["element"] == "torkham-road" for one in shares)
    assert found["scenario_days"] == 6000
    assert found["engine"]["name"] == "lanes"
    worst = [one for one in found["worst_days"] if one["country"] == "KZ"]
    assert [one["times"] for one in worst] == ["ordinary"] * 10 + ["today"] * 10
    figures = [(-one["pairs_cut"], -one["excess_weight_usd"]) for one in worst[:10]]
    assert figures == sorted(figures)
    assert all(one["shut"] or one["slow"] for one in worst)
    alone = ask(capsys, *FEW, "kabul", "lahore", "--stream")["pairs"]
    among = [row for row in found["pairs"] if (row["origin"], row["destination"]) == LAHORE]
    assert alone == among
    assert main([*FEW, *LAHORE, "--stream"]) == 0
    text = capsys.readouterr().out
    assert "Kabul to Lahore, from today, uses" in text
    assert "Worst days in ordinary times:" in text
    assert "off by 0.4% at most" in text
    assert main([*FEW, *LAHORE, "--stream", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("origin,destination,times,cut_share,first_share")


def test_a_topology_of_another_network_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    topology_at(tmp_path / "kept" / "af", make_arc_graph(2, [0], [1], [5]))
    words = ("kabul", "lahore", "--stream", "--topology", str(tmp_path / "kept"))
    assert main([*FEW, *words]) == 2
    assert "it was made of another graph: 2 nodes and 1 arcs there" in capsys.readouterr().err


def test_nobody_watching_sees_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FEW, "kabul", "lahore"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--day", "30"), "--day: a day without drawing is told of one pair"),
        (("kabul",), "name both places of the pair, or neither"),
        (("kabul", "kabul"), "origin and destination are the same place"),
        (("kabul", "lahor"), "Did you mean 'Lahore'"),
        (("kabul", "lahore", "--day", "0"), "--day 0: it must be from 1"),
        (("--paths", "2000000"), "--paths 2000000: it must be from 100 to 1,000,000"),
        (("--paths", "1000000", "--horizon", "3650"), "would take about 12 hours"),
        (("--hazard-factor", "-2"), "--hazard-factor -2"),
        (("--scheduler", "threads"), "--scheduler: it serves days that are weighed as they are"),
        (("--stream", "--scheduler", "spark"), "--scheduler spark: it must be threads"),
        (("kabul", "lahore", "--stream", "--day", "3"), "--stream: a stated day is told without"),
        (("--stream", "--paths", "1000000"), "would take about 4 hours"),
    ],
)
def test_what_cannot_be_drawn_is_said_beforehand(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["futures", *words]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "changed", "fault"),
    [
        ("paths = 10000", "paths = 10", "futures.paths: input should be greater than or equal to"),
        ("paths = 10000", "paths = 5000000", "futures.paths: input should be less than or equal"),
        ("days = 365", "days = 0", "futures.days: input should be greater than or equal to 1"),
        ("days = 365", "days = 30.5", "futures.days: input should be a valid integer"),
        ("seed = 20261122", "seed = 1.5", "seed: input should be a valid integer"),
        ("seed = 20261122", "seed = true", "seed: input should be a valid integer"),
        ("days = 365", "weeks = 3", "futures.weeks: not a key of a study"),
    ],
)
def test_a_study_names_what_is_wrong_with_its_futures(
    tmp_path: Path, line: str, changed: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = study_path("reference").read_text(encoding="utf-8")
    assert line in text
    (tmp_path / "s.toml").write_text(text.replace(line, changed), encoding="utf-8")
    out = tmp_path / "run"
    assert main(["study", "run", str(tmp_path / "s.toml"), "--out", str(out)]) == 2
    assert fault in capsys.readouterr().err
    assert not out.exists()


def test_a_study_too_long_is_refused_before_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["study", "run", "reference", "--out", str(tmp_path / "run")]
    assert main([*words, "--paths", "1000000", "--days", "3650"]) == 2
    assert "would take about" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
