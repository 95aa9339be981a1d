"""The section on railways draws what the command tells, and says what would have to be true."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from karwan.analysis.appraisal.asking import told_of
from karwan.analysis.appraisal.verdict import line_headline, pays, returns_words, verdict_lines
from karwan.report.railways import OPEN_SHARES, countries_spec, surface_spec, tornado_spec
from karwan.study.question import study_faults
from karwan.study.spec import StudySpec
from tests import reference

# One worker asks them all, so that they share what is told.
pytestmark = pytest.mark.xdist_group("pages")

SEED = 20261122


@cache
def told() -> dict[str, Any]:
    return told_of(reference.world(), ["khaf-herat"], SEED)[0]


def rows(spec: dict[str, Any], number: int) -> list[dict[str, Any]]:
    data = spec["layer"][number]["data"]
    values: list[dict[str, Any]] = data.get("values") or spec["datasets"][data["name"]]
    return values


def test_what_is_kept_is_what_the_command_tells() -> None:
    asked = reference.region().appraise("khaf-herat", traffic="observed", seed=SEED).to_dict()
    assert told_of(reference.world(), ["khaf-herat"], SEED) == (told(),)
    assert {k: v for k, v in told().items() if k != "world"} == {
        k: v for k, v in asked.items() if k != "world"
    }


def test_every_point_of_a_drawn_line_just_pays() -> None:
    plane = told()["break_even"]["plane"]
    lines = rows(surface_spec(told()), 0)
    shares = dict(zip(dict.fromkeys(one["open"] for one in lines), OPEN_SHARES, strict=False))
    assert len(lines) > 3
    for one in lines:
        earned = plane["musd_per_mt"] * one["mt"] * shares[one["open"]]
        value = earned - plane["per_capex"] * one["capex"] - plane["upkeep_musd"]
        assert value == pytest.approx(0.0, abs=0.01), "four decimals of a million tonnes"


def test_points_bars_and_sums_are_those_told() -> None:
    points = rows(surface_spec(told()), 3)
    assert {(one["name"], one["capex"]) for one in points} == {
        (one["name"], one["capex_musd"]) for one in told()["break_even"]["points"]
    }
    bars = rows(tornado_spec(told()), 0)
    widest = told()["tornado"][0]
    assert [one["to"] for one in bars[:2]] == [
        widest["enpv_at_low_musd"], widest["enpv_at_high_musd"],
    ]  # fmt: skip
    sums = rows(countries_spec(told()), 2)
    assert sum(one["musd"] for one in sums) == pytest.approx(
        told()["central_enpv_musd"], abs=0.5
    ), "a tenth of a million for each country"


def case(**changes: Any) -> dict[str, Any]:
    """Return what is told of a made line, as far as its words need it."""
    at = {
        "capex_musd": 900.0, "tonnes_mt_per_year": 1.5, "capacity_mt_per_year": 9.4,
        "one_spell_at_opening_days": None, "why": {},
        "plane": {"capex_musd": 500.0, "mt_per_year": 2.0},
    }  # fmt: skip
    base = {
        "discount_share": 0.09, "central_enpv_musd": 40.0, "days_shut_at_break_even": 91.0,
        "days_shut_expected": 30.0, "closures_on_record": True, "eirr": [0.11], "eirr_why": None,
    }  # fmt: skip
    return base | {"break_even": at | changes.pop("at", {})} | changes


def test_a_line_that_pays_says_up_to_what_it_does() -> None:
    assert pays(case())
    assert line_headline(case()) == (
        "It pays at 9% in the central case: 2.0 Mt a year carry an estimate of up to 900 million "
        "USD, and up to 91 days shut a year"
    )
    assert "at most 91 days a year over its life, against 30 expected" in verdict_lines(case())[2]
    unknown = case(closures_on_record=False)
    assert "none on record" in verdict_lines(unknown)[2]


def test_a_line_that_does_not_says_what_it_would_need() -> None:
    short = case(central_enpv_musd=-40.0, at={"tonnes_mt_per_year": 25.2})
    assert line_headline(short).endswith(
        "would need 25, more than the 9.4 that its single track carries"
    )
    hopeless = case(
        central_enpv_musd=-40.0, at={"tonnes_mt_per_year": None, "why": {"tonnes": "x"}}
    )
    assert "at any tonnage" in line_headline(hopeless)
    assert verdict_lines(hopeless)[1] == "tonnes: none; x"


def test_no_return_and_several_returns_say_so() -> None:
    assert returns_words(case(eirr=[], eirr_why="no flow")) == "none (no flow)"
    assert "none of them is the return" in returns_words(case(eirr=[0.1, 0.2]))


def test_a_study_that_names_no_line_says_which_are_known() -> None:
    spec = StudySpec(
        name="lines", title="Lines", as_of=reference.AS_OF, origins=("almaty",),
        destinations=("karachi",), appraise=("KTAP", "KTTP"),
    )  # fmt: skip
    faults = [(key, text) for key, text in study_faults(spec) if key[0] == "appraise"]
    assert [key for key, _ in faults] == [("appraise", "1")]
    assert "No project 'KTTP'" in faults[0][1]
