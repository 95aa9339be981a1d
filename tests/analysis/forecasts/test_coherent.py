"""Chances that cohere: over all elements and a grid of dates, from a bare record to a full one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from karwan.analysis.forecasts.closures import Forecast, fit_world, forecast
from karwan.analysis.world.world import World
from karwan.hazard.model import HazardModel
from tests import reference, worlds

HORIZONS = (1, 7, 30, 90, 365)
DATES = ("2014-06-01", "2016-07-01", "2019-03-01", "2023-11-25", "2025-10-15", "2026-11-22")
ROUNDING = 1e-9


@cache
def known(date: str) -> tuple[World, HazardModel]:
    world = reference.world(as_of=dt.date.fromisoformat(date))
    return world, fit_world(world)


def forecasts(date: str) -> Iterator[tuple[HazardModel, Forecast]]:
    world, model = known(date)
    for name in world.network.elements:
        if world.network.is_built(name):
            yield model, forecast(world, model, name, HORIZONS)


@pytest.mark.parametrize("date", DATES)
def test_every_chance_has_a_band_of_some_width_that_holds_it(date: str) -> None:
    """A chance is sure only where a calendar says so, and never is a band 0.0 to anything."""
    for model, one in forecasts(date):
        told = {"p_shut": one.p_shut, "p_new_closure": one.p_new_closure}
        if one.p_open_within is not None:
            told["p_open_within"] = dict(one.p_open_within)
        for name, chances in told.items():
            for days in HORIZONS:
                if name == "p_shut" and model.p_scheduled(one.element_id, days) == 1:
                    continue
                band, p = one.bands[name][days], chances[days]
                assert 0 < band.low < band.high < 1, (one.element_id, name, days)
                if p is not None:
                    assert 0 < p < 1
                    assert band.low <= p <= band.high


@pytest.mark.parametrize("date", DATES)
def test_what_may_come_within_a_time_may_come_within_a_longer_one(date: str) -> None:
    for _, one in forecasts(date):
        for name in {"p_new_closure", "p_open_within"} & set(one.bands):
            bands = [one.bands[name][days] for days in HORIZONS]
            for ends in ([b.low for b in bands], [b.value for b in bands], [b.high for b in bands]):
                assert ends == sorted(ends), (one.element_id, name)


@pytest.mark.parametrize("date", DATES)
def test_what_is_shut_opens_before_it_shuts_anew(date: str) -> None:
    """And what begins while it is shut is no new closure, though it may hold it shut."""
    for model, one in forecasts(date):
        for days in HORIZONS:
            p_shut, p_new = one.p_shut[days], one.p_new_closure[days]
            if p_shut is None or p_new is None:
                continue
            within = one.p_open_within
            still = 0.0 if within is None else 1 - within[days]
            scheduled = model.p_scheduled(one.element_id, days)
            begun = model.p_new_shut(one.element_id, days)
            assert still - ROUNDING <= p_shut <= still + begun + scheduled + ROUNDING
            if within is None:
                assert p_shut <= p_new + scheduled + ROUNDING
                continue
            assert p_new <= within[days] + ROUNDING
            assert one.open_already is not None
            assert 0 <= one.open_already <= within[days] + ROUNDING


def test_a_thin_record_is_answered_by_the_prior_of_its_kind() -> None:
    _, one = next(pair for pair in forecasts("2016-07-01") if pair[1].element_id == "torkham-road")
    assert one.reason == "not_searched"
    assert set(one.p_new_closure.values()) == {None}
    assert one.bands["p_new_closure"][365].high > 0.5
    assert set(one.rates) == {"prior"}


def test_what_a_calendar_shuts_on_the_date_is_not_told_open_tomorrow(tmp_path: Path) -> None:
    """A feast of the west gate begins on the date and is told on it; those before lasted 2 days."""
    feasts = [
        worlds.closure(f"F{n}", worlds.WEST, f"201{n}-08-01", f"201{n}-08-03", calendar="yes")
        for n in (5, 6, 7)
    ]
    now = worlds.closure("F9", worlds.WEST, "2020-08-01", "2020-08-03", calendar="yes")
    world = worlds.lands(tmp_path, [*worlds.CLOSURES, *feasts, now]).world(dt.date(2020, 8, 1))
    model = fit_world(world)
    assert model.p_scheduled(worlds.WEST, 0) == 1.0
    assert 0.5 < model.p_scheduled(worlds.WEST, 1) < 1.0
    assert model.p_scheduled(worlds.WEST, 3) < model.p_scheduled(worlds.WEST, 1)


def test_what_a_calendar_shuts_now_has_a_chance_of_being_shut_though_not_searched() -> None:
    """1 May 2021, the posts of Kazakhstan to China: shut for the day (24.kg)."""
    world = reference.world(as_of=dt.date(2021, 5, 1))
    told = forecast(world, fit_world(world), "alakol-alashankou-road", HORIZONS)
    assert (told.state, told.reason) == ("shut", "not_searched")
    assert told.p_shut[1] is not None
    assert told.p_shut[1] > 0.5
    assert told.p_new_closure[1] is None
