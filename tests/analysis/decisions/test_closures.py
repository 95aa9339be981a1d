"""Queues of closures on the reference data: golden figures, dates, who pays, bad questions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from karwan.main import main
from karwan.report.departures import decision_spec, shown_rules, trips_spec
from tests import reference

FLOW_PER_DAY = (225 + 725 / 3) / 2
"""Torkham one way: the middle of 450 a day over two months of 2024 and of 1,450 in three days."""


def queue(**given: Any) -> Any:
    """Return the queue at Torkham as data."""
    return reference.region().queue("torkham", **given).to_dict()


def test_the_command_gives_the_textbooks_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """Economics of queues: 800 a day, 1,200 a day, seven days."""
    words = (
        "queue torkham --closed-for 7 --arrivals 800 --capacity 1200 --arrivals-law constant "
        "--as-of 2026-11-22 --format json"
    )
    assert main(words.split()) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["backlog_trucks"] == pytest.approx(5600)
    assert told["truck_days"] == pytest.approx(58_800)
    assert told["clear_on"] == "2026-12-06"  # 14 days after
    assert {way["mean_wait_days"] for way in told["ways"]} == {3.5}
    assert told["boxes_at_port"] == 0


def test_the_record_is_asked_where_nothing_is_supposed() -> None:
    told = queue()
    assert told["closed_for_days"] == 406
    assert told["closure"]["since"] == "2025-10-12"
    assert told["reopens"] == {"date": "2026-11-22", "assumed": True}
    ways = told["ways"]
    assert [way["backlog_trucks"] for way in ways] == [0, 0]  # the last turned back on day 165
    held = [way["held_back_trucks"] for way in ways]
    assert held == pytest.approx([FLOW_PER_DAY * 60] * 2, abs=0.1)
    assert ways[0]["boxes_at_port"] == pytest.approx(0.28 * FLOW_PER_DAY * (60 - 7.5), abs=0.1)
    assert ways[1]["boxes_at_port"] == 0  # no port lies behind it
    assert {way["restart"] for way in ways} == {"staged"}
    assert told["clear_on"] < told["clear_by"]["p50"] < told["clear_by"]["p90"]
    assert told["wait_days"]["p50"] < told["wait_days"]["p90"]


def test_a_day_is_paid_by_carriers_and_owners() -> None:
    bills = queue(closed_for=30)["usd_per_day"]
    assert bills["total"] == pytest.approx(sum(bill["usd"] for bill in bills["by_payer"]))
    assert bills["total"] == pytest.approx(sum(bills["by_country"].values()), abs=0.01)
    carriers = [bill for bill in bills["by_payer"] if bill["payer"] == "carrier"]
    assert sum(bill["count"] for bill in carriers) == pytest.approx(2 * FLOW_PER_DAY * 7.5, abs=0.1)
    costs = sorted(bill["usd"] / bill["count"] for bill in carriers)
    assert costs == pytest.approx([35.0, 40.0], rel=1e-5)
    boxes = next(bill for bill in bills["by_payer"] if bill["what"] == "boxes at port")
    assert boxes["usd"] / boxes["count"] == pytest.approx(159.5)


def test_a_date_of_reopening_fixes_the_wait() -> None:
    told = queue(reopens="2026-12-02")
    assert told["wait_days"]["p50"] == told["wait_days"]["p90"] == 10
    assert told["clear_on"] > "2026-12-02"


def test_claims_stand_beside_and_change_nothing() -> None:
    told = queue(closed_for=9)
    assert all(claim["source_url"] for claim in told["claims"])
    assert told["ways"][0]["backlog_trucks"] == pytest.approx(FLOW_PER_DAY * (9 - 81 / 30), abs=0.1)


def test_an_age_beyond_the_record_is_answered_and_said() -> None:
    told = queue(closed_for=5000)
    assert told["closure"]["beyond_evidence"] is True
    assert told["closure"]["remaining_days"]["p50"] >= 4999
    assert any("longer than any other closure" in note for note in told["notes"])


def test_arrivals_above_capacity_never_clear() -> None:
    told = queue(closed_for=3, arrivals=800, capacity=500)
    assert told["clear_on"] is None
    assert told["truck_days"] is None
    assert any("never clears" in note for note in told["notes"])


def test_an_open_crossing_has_no_queue() -> None:
    told = reference.region().queue("khunjerab").to_dict()
    assert (told["backlog_trucks"], told["clear_on"]) == (0, "2026-11-22")
    assert told["closure"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("torkam", "Did you mean"),
        ("salang-road", "not a road crossing in use"),
        ("torkham --reopens 2026-01-01", "--reopens 2026-01-01: that is before 2026-11-22"),
        ("khunjerab --reopens 2027-01-01", "it is not shut"),
        ("torkham --arrivals-law slow", "--arrivals-law slow: not one of fading, constant"),
        ("torkham --restart soon", "--restart soon: not one of"),
        ("torkham --closed-for -1", "--closed-for"),
        ("torkham --arrivals 0", "it must be more than 0"),
    ],
)
def test_bad_questions_are_refused_in_one_message(
    words: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["queue", *words.split(), "--as-of", "2026-11-22"]) == 2
    assert says in capsys.readouterr().err


def test_the_text_tells_queue_bills_and_claims(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["queue", "torkham", "--as-of", "2026-11-22"]) == 0
    text = capsys.readouterr().out
    for word in (
        "trucks wait at the gate",
        "it would be clear on",
        "A day costs",
        "Said to wait there",
        "restart staged",
    ):
        assert word in text.replace("\n", " "), word
    assert main(["queue", "torkham", "--as-of", "2026-11-22", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("date,direction,days_since_closure,trucks")


def test_the_queue_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "queue.svg"
    words = f"queue torkham --closed-for 9 --as-of 2026-11-22 --chart {path}"
    assert main(words.split()) == 0
    drawn = path.read_text(encoding="utf-8")
    assert "at most 1,875 trucks one way, clear on" in drawn
    days = re.findall(r"\d+ [A-Z][a-z]{2} \d{4}(?=</text>)", drawn)
    assert len(days) > 2
    assert len(set(days)) == len(days), "no two ticks of a few weeks bear one name"
    assert main([*words.split()[:-1], str(tmp_path / "queue.doc")]) == 2
    assert "must end in" in capsys.readouterr().err


def test_trips_and_a_decision_are_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the drawing tells is what the command tells."""
    path = tmp_path / "trips.svg"
    words = f"trips peshawar kabul --deadline 20 --paths 100 --as-of 2026-11-22 --chart {path}"
    assert main([*words.split(), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    drawn = path.read_text(encoding="utf-8")
    assert f"{told['rule']}: " in drawn
    assert f"{told['with_closures']:.0%} by the deadline" in " ".join(drawn.split())
    path = tmp_path / "decide.svg"
    words = (
        "decide torkham --at torkham --to kabul --cargo fresh --closed-for 1 --as-of 2026-11-22 "
        f"--chart {path}"
    )
    assert main([*words.split(), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    drawn = path.read_text(encoding="utf-8")
    assert "least if one waits 4 days" in drawn
    assert ">day 4: give it up</text>" in drawn
    for command in ("trips peshawar kabul", "decide torkham --at torkham --to kabul"):
        assert main([*command.split(), "--chart", str(tmp_path / "one.doc")]) == 2
        assert "must end in" in capsys.readouterr().err


def test_the_lines_drawn_are_the_figures_told() -> None:
    """Lines pass through the outcome told at the threshold, and the share told at the deadline."""
    region = reference.region()
    made = region.decide("torkham", at="torkham", to="kabul", cargo="fresh", closed_for=1).content
    rows = lines_of(decision_spec(made))
    at = {one["line"]: one["usd"] for one in rows if one["day"] == made.threshold_days}
    assert at["wait, mean"] == pytest.approx(made.best.mean_usd, abs=0.1)
    assert at["wait, P50"] == pytest.approx(made.best.p50_usd, abs=0.1)
    assert at["wait, P90"] == pytest.approx(made.best.p90_usd, abs=0.1)
    means = [one["usd"] for one in rows if one["line"] == "wait, mean"]
    assert min(means) == at["wait, mean"]
    stopped = next(one["usd"] for one in rows if one["line"] == "divert now")
    assert stopped == pytest.approx(made.divert_usd, abs=0.1)
    trips = region.trips("peshawar", "kabul", paths=100, deadline=20).content
    for one in shown_rules(trips):
        shares = [row["share"] for row in lines_of(trips_spec(trips)) if row["rule"] == one.rule]
        assert shares == sorted(shares)
        assert shares[0] <= one.with_closures <= shares[-1] <= 1


def lines_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the lines of a chart."""
    name = spec["layer"][0]["data"]["name"]
    rows: list[dict[str, Any]] = spec["datasets"][name]
    return rows


def test_a_gate_whose_flow_is_its_capacity_clears_all_the_same() -> None:
    """Chaman: 182 a day in three days are its flow and its P50, so half of what lies above."""
    told = reference.region().queue("chaman", closed_for=9).to_dict()
    for way in told["ways"]:
        assert way["arrivals_per_day"] == pytest.approx(182.5, abs=1)
        assert way["capacity"]["flow_per_day"] == pytest.approx(way["arrivals_per_day"], abs=0.1)
        # Median of a lognormal whose P50 is 182.5 and whose P90 is 400, of its upper half.
        assert way["capacity_per_day"] == pytest.approx(276, abs=1)
    assert told["clear_on"] is not None
