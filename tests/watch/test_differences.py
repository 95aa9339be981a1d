"""What is news and what is not: steps, Monte Carlo errors, silence, and what changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from karwan.watch.differences import difference, what_changed
from karwan.watch.nouns import Changed, Observation, Watch, When
from karwan.watch.silence import silent_sources, usual_gap_days


def watch(when: When, step: float = 0.05) -> Watch:
    return Watch(id="N0001", question="q", when=when, step=step, days=30, added_at="2026-01-01")


def chance(share: float | None, error: float = 0.0) -> dict[str, Any]:
    return {"share": share, "error_share": error, "of": "chance"}


@pytest.mark.parametrize(
    ("before", "after", "is_news"),
    [
        (chance(0.50), chance(0.56), True),
        (chance(0.50), chance(0.54), False),  # less than the step
        (chance(0.50, 0.03), chance(0.56, 0.03), False),  # 6 points; draws alone make 8
        (chance(0.50, 0.01), chance(0.56, 0.01), True),
        (chance(None), chance(0.2), True),
        (chance(None), chance(None), False),
    ],
)
def test_a_chance_is_news_beyond_its_error_and_its_step(
    before: dict[str, Any],
    after: dict[str, Any],
    is_news: bool,
) -> None:
    assert (difference(watch(When.chance), before, after) is not None) is is_news


def rank(first: str, **shares: float) -> dict[str, Any]:
    told = {name: {"share": share, "error_share": 0.01} for name, share in shares.items()}
    return {"first": first, "shares": told, "names": {name: name.upper() for name in shares}}


def test_another_first_way_is_news_only_where_its_share_moved_enough() -> None:
    close = rank("a", a=0.51, b=0.49)
    assert difference(watch(When.rank), close, rank("b", a=0.49, b=0.51)) is None
    told = difference(watch(When.rank), close, rank("b", a=0.30, b=0.70))
    assert told == "first is B, no longer A (cheapest in 70% of readings, before: 49%)"
    assert difference(watch(When.rank), close, rank("a", a=0.9, b=0.1)) is None
    shut: dict[str, Any] = {"first": None, "shares": {}, "names": {}}
    assert "no way" in (difference(watch(When.rank), close, shut) or "")


def test_what_came_and_what_went_is_told_by_name() -> None:
    before, after = {"status": {"C1": "not due", "C2": "met"}}, {"status": {"C1": "met", "C3": "x"}}
    told = difference(watch(When.statement), before, after)
    assert told == "C1 is met, before not due; new: C3, x; C2 is gone, before met"


def test_a_source_is_silent_after_twice_its_usual_gap_and_not_before() -> None:
    """Weekly rows: the usual gap is taken as 14 days, so 28 days are not silence and 29 are."""
    weekly = [dt.date(2026, 1, 1) + dt.timedelta(7 * k) for k in range(6)]
    assert usual_gap_days(weekly) == 14
    last = weekly[-1]
    assert silent_sources({"a": weekly}, last + dt.timedelta(28)) == {}
    silent = silent_sources({"a": weekly, "few": weekly[:4]}, last + dt.timedelta(29))
    assert silent == {"a": {"last": "2026-02-05", "usual_days": 14}}
    monthly = [dt.date(2026, 1, 1) + dt.timedelta(30 * k) for k in range(6)]
    assert usual_gap_days(monthly) == 30
    told = difference(watch(When.silence), {"silent": {}}, {"silent": silent})
    assert told == "a went silent: no row since 2026-02-05, usually one within 14 days"
    assert difference(watch(When.silence), {"silent": silent}, {"silent": {}}) == "heard again: a"


SEEN = Observation(
    as_of="2026-01-01", told=chance(0.5), answer_sha256="x", code="1", tables_sha256="t", rows="r"
)


@pytest.mark.parametrize(
    ("changes", "again", "changed"),
    [
        ({"rows": "r2"}, 0.5, Changed.world),
        ({}, 0.5, Changed.time),
        ({"code": "2", "rows": "r2"}, 0.5, Changed.world),  # the new program answers as the old
        ({"code": "2", "rows": "r2"}, 0.6, Changed.code),
        ({"tables_sha256": "u"}, 0.6, Changed.data),
        ({"tables_sha256": "u", "code": "2"}, 0.6, Changed.data_and_code),
    ],
)
def test_the_alert_says_what_changed(
    changes: dict[str, str], again: float, changed: Changed
) -> None:
    after = replace(SEEN, told=chance(0.9), **changes)
    assert (
        what_changed(watch(When.chance), SEEN, after, lambda: replace(SEEN, told=chance(again)))
        is changed
    )
