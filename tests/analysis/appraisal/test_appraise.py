"""Appraisals of the shipped projects: what must hold whatever the figures are."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from karwan.analysis.appraisal import appraise as module
from karwan.analysis.appraisal.answers import appraisal_to_dict
from karwan.analysis.appraisal.appraise import appraise
from karwan.analysis.appraisal.assumptions import Assumptions, read_assumptions
from karwan.analysis.appraisal.cases import Asked, Traffic
from karwan.analysis.appraisal.country_accounts import fee_changes
from karwan.analysis.appraisal.lines import read_line, with_links
from karwan.analysis.appraisal.open_days import Closures, Watched, open_shares
from karwan.analysis.appraisal.results import Appraisal
from karwan.analysis.forecasts.closures import fit_world
from karwan.analysis.world.world import World, open_world
from karwan.base.errors import DataError
from karwan.cli.appraise import appraisal_text
from karwan.data.catalog import Catalog

DAY = dt.date(2026, 11, 22)
FEW = 200


@pytest.fixture(scope="module")
def world() -> World:
    return open_world(Catalog(), DAY)


@pytest.fixture(scope="module")
def ktap(world: World) -> Appraisal:
    asked = Asked(project="KTAP", draw_count=FEW)
    line = read_line(world, "KTAP")
    return appraise(world, asked, fit_world(with_links(world, line, [x.id for x in line.links])))


def test_national_accounts_sum_to_the_regional_one_to_the_cent(ktap: Appraisal) -> None:
    cents = sum(round(one.total_musd * 1e8) for one in ktap.countries)
    assert abs(cents - round(ktap.central_musd * 1e8)) <= 14, "seven items, each rounded once"


def test_fees_of_all_countries_sum_to_what_users_pay(ktap: Appraisal, world: World) -> None:
    """A fee doubled changes hands twice as much, and no sum of the world."""
    rows = read_assumptions(world.catalog).rows
    doubled = Assumptions(
        {
            key: replace(row, value=2 * (row.value or 0.0), value_high=99.0)
            if key[0] == "transit_fee" else row
            for key, row in rows.items()
        }
    )  # fmt: skip
    for effect in ktap.effects:
        once, twice = fee_changes(effect, Assumptions(rows)), fee_changes(effect, doubled)
        assert twice == pytest.approx({name: 2 * fee for name, fee in once.items()})
    fees = sum(one.fees_musd for one in ktap.countries)
    gained = sum(a.economic_musd or 0.0 for a in ktap.accounts if a.item in USERS)
    assert sum(one.users_musd for one in ktap.countries) == pytest.approx(gained - fees, abs=1e-7)


def test_externals_switched_on_stand_in_every_sum(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value of carbon a tkm: in the account, the net present value and a country each."""
    rows = read_assumptions(world.catalog).rows
    key = ("external_carbon", "road freight avoided")
    on = {**rows, key: replace(rows[key], value=0.01)}
    asked = Asked(project="torghundi-herat", closures=Closures.none, draw_count=FEW)
    off = appraise(world, asked)
    monkeypatch.setattr(module, "read_assumptions", lambda _: Assumptions(on))
    told = appraise(world, asked)
    carbon = next(one.economic_musd for one in told.accounts if one.item == "carbon")
    assert carbon is not None
    assert told.central_musd == pytest.approx(off.central_musd + carbon, abs=1e-6)
    assert sum(one.economic_musd or 0.0 for one in told.accounts) == pytest.approx(
        told.central_musd, abs=1e-6
    )
    assert sum(one.total_musd for one in told.countries) == pytest.approx(
        told.central_musd, abs=1e-6
    )
    assert told.financial_musd == pytest.approx(off.financial_musd)
    assert all(one.external_musd == 0 for one in off.countries)


USERS = ("saved by those who move", "half of it on new trade")


def test_the_account_sums_to_the_net_present_value(ktap: Appraisal) -> None:
    total = sum(one.economic_musd or 0.0 for one in ktap.accounts)
    assert total == pytest.approx(ktap.central_musd, abs=1e-6)
    assert all(one.why for one in ktap.accounts if one.economic_musd is None)


def test_the_central_case_lies_on_the_plane_of_break_even(ktap: Appraisal) -> None:
    (central,) = [one for one in ktap.break_even.points if one.name == "central case"]
    assert central.enpv_musd == pytest.approx(ktap.central_musd, abs=1e-6)


def test_switching_values_bring_the_plane_to_zero(ktap: Appraisal) -> None:
    plane, ratio = ktap.break_even.plane, ktap.switching["tonnes"]
    assert ratio is not None
    at = plane.capex_musd, plane.mt_per_year * ratio, plane.open_share
    assert plane.enpv(*at) == pytest.approx(0.0, abs=1e-6)


def test_claims_that_do_not_fit_are_named(ktap: Appraisal) -> None:
    """687 km against 1,005 and a straight line of 619; 7.0 million a km; 10 Mt on one track."""
    told = {(flag.kind, flag.claim_id) for flag in ktap.flags}
    assert {
        ("length", "ktap-ambassador-2026"), ("unit cost", "ktap-ambassador-2026"),
        ("volume", "torghundi-herat-10mt"), ("tonnes", "torghundi-herat-10mt"),
    } <= told  # fmt: skip


def test_a_line_is_left_out_of_its_own_reference_class(world: World) -> None:
    asked = Asked(project="khaf-herat", traffic=Traffic.observed, closures=Closures.none,
                  draw_count=FEW)  # fmt: skip
    answer = appraise(world, asked)
    assert [one.line_id for one in answer.references] == [
        "baku-tbilisi-kars", "kazakhstan-turkmenistan-iran", "zhetygen-altynkol",
    ]  # fmt: skip


def test_the_crossing_of_a_project_shuts_with_the_gate_beside(world: World) -> None:
    line = read_line(world, "ktap-rail")
    (crossing,) = line.crossings
    beside = world.network.elements[crossing].beside
    model = fit_world(with_links(world, line, [one.id for one in line.links]))
    shares = open_shares(
        model, [Watched(frozenset({crossing}), frozenset({beside}))], kind=Closures.ordinary,
        first_year=7, year_count=4, seed=7, path_count=50,
    )  # fmt: skip
    assert shares.line_only.max() == 0.0
    assert 0.5 < float(shares.line.mean()) < 1.0


def test_closures_of_today_shut_more_and_none_shut_nothing(world: World) -> None:
    line = read_line(world, "ktap-rail")
    model = fit_world(with_links(world, line, [one.id for one in line.links]))
    watched = [Watched(frozenset(line.crossings), frozenset())]
    usual, today, none = (
        open_shares(model, watched, kind=kind, first_year=0, year_count=3, seed=7, path_count=50)
        for kind in (Closures.ordinary, Closures.today, Closures.none)
    )
    assert (today.line <= usual.line + 1e-12).all()
    assert float(today.line[0, :, 0].mean()) < float(usual.line[0, :, 0].mean()) - 0.1
    assert none.line.min() == 1.0


def test_the_same_seed_gives_the_same_draws(world: World, ktap: Appraisal) -> None:
    asked = Asked(project="torghundi-herat", draw_count=FEW, closures=Closures.none)
    first, again = appraise(world, asked), appraise(world, asked)
    assert first.enpv == again.enpv
    assert appraise(world, replace(asked, seed=5)).enpv != first.enpv


def test_the_json_has_the_keys_of_the_contract(world: World, ktap: Appraisal) -> None:
    told = appraisal_to_dict(world, ktap)
    assert {
        "project", "enpv_musd", "eirr", "bcr", "switching", "p_eirr_above", "break_even",
        "days_shut_at_break_even", "countries", "red_flags", "defaults_used", "evidence_horizon",
    } <= set(told)  # fmt: skip
    assert set(told["enpv_musd"]) == {"p10", "p50", "p90"}
    assert "0.09" in told["p_eirr_above"]
    assert all(row["grade"] in "ABC" for row in told["defaults_used"])


def test_an_answer_beyond_what_the_track_carries_says_so(world: World) -> None:
    asked = Asked(project="ktap-rail", closures=Closures.none, tonnes_mt=40.0, draw_count=FEW)
    answer = appraise(world, asked)
    assert answer.full_years > 0
    assert answer.rail_mt == pytest.approx(40.0)
    assert 0 < answer.carried_mt < answer.rail_mt
    told = appraisal_to_dict(world, answer)
    assert "of which its track takes" in appraisal_text(world, answer, told)


def test_tonnes_at_which_it_pays_do_not_hang_on_how_many_were_asked_for(world: World) -> None:
    """What the track has no room for brings nothing, so it must not thin out what the rest brings.

    The mix is the same and so are its ways; only years in which the ramp fills the track differ in
    weight, which is below a hundredth here.
    """
    told = [
        appraise(world, Asked(project="uap", closures=Closures.none, tonnes_mt=mt, draw_count=FEW))
        for mt in (5.0, 500.0)
    ]
    some, full = (one.break_even.plane.tonnes_at_zero for one in told)
    assert (told[0].full_years, told[1].full_years) == (0, told[1].plan.operating_years)
    assert some is not None
    assert full == pytest.approx(some, rel=0.01)
    plane = told[1].break_even.plane
    assert plane.enpv(plane.capex_musd, plane.mt_per_year, plane.open_share) == pytest.approx(
        told[1].central_musd, abs=0.5
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Asked(project="KTTP"), "No project 'KTTP'"),
        (Asked(project="KTAP", stage="third"), "no stage of ktap-rail"),
        (Asked(project="KTAP", discount_share=9.0), "0.09 for 9 %"),
        (Asked(project="KTAP", tonnes_mt=0.0), "above 0"),
        (Asked(project="KTAP", tonnes_mt=-1.0), "above 0"),
        (Asked(project="KTAP", opening_year=2027), "cannot open before"),
        (Asked(project="KTAP", draw_count=5), "tell no quantile"),
        (Asked(project="uap", traffic=Traffic.observed, closures=Closures.none), "no count"),
        (Asked(project="torghundi-herat", traffic=Traffic.promoter, closures=Closures.none),
         "no forecast of its own"),
        (Asked(project="kohat-peshawar"), "no estimate of its cost"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_answered_says_why(world: World, asked: Asked, told: str) -> None:
    with pytest.raises(DataError, match=told):
        appraise(world, asked)


def test_all_faults_of_a_question_come_at_once(world: World) -> None:
    asked = Asked(project="KTAP", discount_share=9.0, tonnes_mt=-1.0, opening_year=2020)
    with pytest.raises(DataError, match="3 faults") as caught:
        appraise(world, asked)
    assert [fault.key for fault in caught.value.faults] == ["discount", "tonnes", "opens"]
