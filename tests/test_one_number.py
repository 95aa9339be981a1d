"""One number for one fact: figures of a kind are collected from every door and compared."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from karwan.analysis.decisions.decision import gate_of
from karwan.analysis.traffic.capacity import capacity_used
from karwan.base.traffic import Direction
from karwan.data.region import read_region, region_words
from karwan.main import main
from karwan.report.answer import glances as glances_of
from karwan.report.ledger import gather_register
from karwan.report.view import view_of
from tests import reference
from tests.reference import AS_OF, catalog

if TYPE_CHECKING:
    pass

DATE = AS_OF.isoformat()
DIGITS = 6
"""JSON of forecasts and targets keeps six digits of a share."""
COUNTED = re.compile(r"^(?P<party>[^:]+): (?P<kept>\d+) of (?P<due>\d+) dated undertakings kept")
BRIEF = re.compile(
    r"Of (?P<due>\d+) dated undertakings of (?P<party>.+?) that came due with evidence either way, "
    r"(?P<kept>\d+) were kept in time"
)


def told(capsys: pytest.CaptureFixture[str], words: str) -> Any:
    assert main([*words.split(), "--as-of", DATE, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def shown(article: Any, unit: str) -> list[dict[str, Any]]:
    """Return everything that the article shows in a unit, each once."""
    rows = [one for row in article["statements"] for one in row["shown"] if one["unit"] == unit]
    return [json.loads(text) for text in dict.fromkeys(json.dumps(row) for row in rows)]


def test_dates_kept_are_one_tally_at_every_door(capsys: pytest.CaptureFixture[str]) -> None:
    """Article, target, briefs and report; each party's count, and that of all."""
    counts: dict[str, set[tuple[int, int]]] = defaultdict(set)
    doors: dict[str, int] = defaultdict(int)
    for one in shown(told(capsys, "article"), "share"):
        match = COUNTED.match(one["text"])
        if match:
            counts[match["party"]].add((int(match["kept"]), int(match["due"])))
            doors[match["party"]] += 1
    target = told(capsys, "target KAZ-PAK")["kept_dates"]["all_actors"]["assessed"]
    counts["all"].add((target["hits"], target["count"]))
    doors["all"] += 1
    register = gather_register(view_of(reference.study()))
    assert register is not None
    for kept in register["kept"]:
        counts[kept.party].add((kept.kept_count, kept.due_count))
        doors[kept.party] += 1
    for party in region_words(catalog(), "party"):
        assert main(["ledger", "brief", "--actor", party, "--as-of", DATE]) == 0
        match = BRIEF.search(capsys.readouterr().out.replace("\n", " "))
        if match:
            counts[party].add((int(match["kept"]), int(match["due"])))
            doors[party] += 1
    assert {party: len(one) for party, one in counts.items() if len(one) > 1} == {}
    assert min(doors[party] for party in ("all", "Pakistan", "Uzbekistan")) == 3


def test_the_interval_of_kept_dates_is_one_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    (whole,) = (
        one for one in shown(told(capsys, "article"), "share") if one["text"].startswith("all: ")
    )
    target = told(capsys, "target KAZ-PAK")["kept_dates"]["all_actors"]["assessed"]
    assert (target["p_low"], target["p_high"]) == (
        round(whole["low"], DIGITS),
        round(whole["high"], DIGITS),
    )
    assert target["p_mean"] == round(whole["value"], DIGITS)


def test_a_gate_has_one_record_with_its_window(capsys: pytest.CaptureFixture[str]) -> None:
    """Rate, share of days and count of each benchmark gate: article beside `hazard`."""
    article = told(capsys, "article")
    gates = read_region(catalog()).benchmark_elements
    for gate in gates:
        forecast = told(capsys, f"hazard {gate}")
        (beside,) = (
            one
            for one in shown(article, "closures a year")
            if one["command"] == f"karwan hazard {gate}"
        )
        own = forecast["closures_per_year"]["own"]
        assert own == {
            "low": round(beside["low"], DIGITS),
            "mean": round(beside["value"], DIGITS),
            "high": round(beside["high"], DIGITS),
        }
        assert f"shut on {forecast['climatology_share']:.1%} of days" in beside["text"]
        assert f"of {forecast['closure_count']} closures on record" in beside["text"]
        assert "searched years since 2014" in beside["text"]


def test_a_gate_is_shut_since_one_day(capsys: pytest.CaptureFixture[str]) -> None:
    """`hazard`, `network show` and the cut corridors of `compare`."""
    cuts = {
        cut["id"]: cut["since"]
        for corridor in told(capsys, "compare almaty karachi")["corridors"]
        for cut in corridor["cut_by"]
        if cut["since"]
    }
    for gate in read_region(catalog()).benchmark_elements:
        since = told(capsys, f"hazard {gate}")["shut_since"]
        (running,) = told(capsys, f"network show {gate}")["state"]["closures running"]
        assert {since, running["since"], cuts.get(gate, since)} == {since}
    assert set(cuts) & set(read_region(catalog()).benchmark_elements)


def test_a_targets_multiple_is_one_of_its_bases(capsys: pytest.CaptureFixture[str]) -> None:
    """What the article says a target needs is what `target` says of that basis."""
    bases = {row["multiple"] for row in told(capsys, "target KAZ-PAK")["baselines"]}
    needed = {round(one["value"], 3) for one in shown(told(capsys, "article"), "times")}
    assert needed
    assert needed <= bases


def test_a_gates_ordinary_flow_is_one_at_every_door(capsys: pytest.CaptureFixture[str]) -> None:
    """`capacity`, `queue` both ways, the place in the queue of `decide`, trips and the report."""
    date_world = reference.world()
    gates = read_region(catalog()).benchmark_elements
    for gate in gates:
        rows = told(capsys, f"capacity {gate}")["capacities"]
        flows = {row["direction"]: row["flow_per_day"] for row in rows}
        assert None not in flows.values()
        assert all(row["flow_grade"] in "BC" and row["flow_known_on"] for row in rows)
        queue = told(capsys, f"queue {gate} --closed-for 9")
        assert {way["direction"]: way["arrivals_per_day"] for way in queue["ways"]} == (
            pytest.approx(flows, abs=0.06)
        )
        for way, flow in flows.items():
            at = gate_of(date_world, gate, Direction(way))
            assert at is not None
            assert at.arrivals_per_day == pytest.approx(flow, abs=0.06)
            (beside,) = (one for one in queue["ways"] if one["direction"] == way)
            assert at.capacity_per_day == pytest.approx(beside["capacity_per_day"], abs=0.06)


def test_the_least_capacity_is_no_flow() -> None:
    """No gate works below what passes it in ordinary times, so each queue of one clears."""
    for name in read_region(catalog()).benchmark_elements:
        for row in capacity_used(reference.world(), name):
            assert row.flow is not None
            assert row.working_per_day is not None
            assert row.working_per_day > row.flow.per_day


def test_how_many_journeys_meet_a_closure_is_one_number(capsys: pytest.CaptureFixture[str]) -> None:
    """`compare` and `route` along the same way; a way of which little was searched says so."""
    compared = told(capsys, "compare almaty karachi")
    ways = {
        row["corridor"]: row["route"]["meets_closure"]
        for row in compared["corridors"]
        if row["route"]
    }
    name = next(iter(ways))
    assert 0 < ways[name]["share"] < 0.2
    assert compared["best"]["meets_closure"]["share"] in {one["share"] for one in ways.values()}
    (route,) = told(capsys, f"route almaty karachi --corridor {name}")["routes"]
    assert route["meets_closure"] == ways[name]
    assert any(one["not_searched"] for one in ways.values())
    assert all(len(one["not_searched"]) <= one["passed_count"] for one in ways.values())


def test_days_open_on_the_first_page_are_those_of_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The report's table, and `compare --hazard-factor 1` on the same futures."""
    study = reference.study()
    glances = glances_of(view_of(study))
    origin, destination = study.focus
    spec = study.spec.futures
    words = f"compare {origin} {destination} --hazard-factor 1 --paths {spec.paths}"
    standings = told(capsys, f"{words} --days {spec.days} --seed {study.spec.seed}")["security"]
    shares = {
        one["corridor"]: one["open_share"]["mean"]
        for one in standings["standings"]
        if one["times"] == "today" and one["open_share"] is not None
    }
    told_shares = {
        glance.answer.corridor.id: glance.open_share.open_share.value
        for glance in glances
        if glance.open_share is not None
    }
    assert len(told_shares) >= 4
    for name, share in told_shares.items():
        assert share == pytest.approx(shares[name], abs=10**-DIGITS), name
