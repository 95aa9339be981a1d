from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from numpy.testing import assert_allclose

from karwan.hazard.calendar import LEAST_P, Rule, lasts, schedule, shut_share, still_shut

DAY = dt.date


def rule(start: dt.date, end: dt.date, *, yearly: bool = True) -> Rule:
    return Rule(
        rule_id="r",
        element_id="pass",
        kind="winter",
        start=start,
        end=end,
        yearly=yearly,
        announced_on=DAY(2000, 1, 1),
        withdrawn_on=None,
    )


def test_a_winter_ends_on_its_day_of_the_year_whether_or_not_february_has_29() -> None:
    found = schedule(
        [rule(DAY(2011, 12, 1), DAY(2012, 4, 1))],
        DAY(2020, 1, 1),
        DAY(2012, 6, 1),
        DAY(2016, 1, 1),
    )
    assert [(str(item.start), str(item.end)) for item in found] == [
        ("2012-12-01", "2013-04-01"),
        ("2013-12-01", "2014-04-01"),
        ("2014-12-01", "2015-04-01"),
        ("2015-12-01", "2016-04-01"),
    ]


def test_the_29_of_february_is_the_28th_in_other_years() -> None:
    found = schedule(
        [rule(DAY(2012, 2, 29), DAY(2012, 3, 2))], DAY(2020, 1, 1), DAY(2013, 1, 1), DAY(2013, 6, 1)
    )
    assert [(str(item.start), str(item.end)) for item in found] == [("2013-02-28", "2013-03-02")]


def test_a_rule_announced_later_foretells_nothing() -> None:
    later = Rule(
        rule_id="r",
        element_id="pass",
        kind="holiday",
        start=DAY(2014, 1, 1),
        end=DAY(2014, 1, 3),
        yearly=False,
        announced_on=DAY(2015, 1, 1),
        withdrawn_on=None,
    )
    assert schedule([later], DAY(2014, 6, 1), DAY(2013, 1, 1), DAY(2015, 1, 1)) == ()


@pytest.mark.parametrize(
    ("as_of", "p"),
    [
        (DAY(2014, 12, 31), None),  # before its days were known
        (DAY(2015, 1, 1), 0.25),  # known, not announced: the share of its like
        (DAY(2015, 6, 30), 0.25),
        (DAY(2015, 7, 1), 1.0),  # announced
        (DAY(2015, 8, 1), None),  # withdrawn
    ],
)
def test_an_occasion_gives_a_chance_until_it_is_announced(as_of: dt.date, p: float | None) -> None:
    vote = replace(
        rule(DAY(2015, 9, 1), DAY(2015, 9, 3), yearly=False),
        occasion="vote 2015",
        occasion_known_on=DAY(2015, 1, 1),
        announced_on=DAY(2015, 7, 1),
        withdrawn_on=DAY(2015, 8, 1),
    )
    told = schedule([vote], as_of, as_of, DAY(2016, 1, 1), share=lambda _: 0.25)
    assert [item.p for item in told] == ([] if p is None else [p])
    assert all(item.p == 1 for item in schedule([vote], as_of, as_of, DAY(2016, 1, 1)))


def test_the_share_of_past_occasions_is_shrunk_to_that_of_the_frontier() -> None:
    """Two of three of its own; of four at other gates one: (2 + (1 + .5) / 5) / 4."""
    shut = [True, True, False]
    assert shut_share(shut, [True, False, False, False]) == pytest.approx((2 + 0.3) / 4)


def test_what_runs_by_a_calendar_ends_by_how_long_such_have_lasted() -> None:
    """Two of 1 day, one of 3: after a day one of three goes on, each day leaning on all days.

    Five days of three occasions: (3 + 1) / (5 + 2) end on a day. Of 3 that reach the first, 2 end
    on it: (2 + 4/7) / (3 + 1). The one left does not end on the second: (0 + 4/7) / (1 + 1).
    """
    lengths = (1, 1, 3)
    usual = 4 / 7
    assert_allclose(lasts(lengths, 0, 1), 1 - (2 + usual) / 4)
    assert_allclose(lasts(lengths, 1, 1), 1 - usual / 2)
    assert_allclose(lasts(lengths, 0, 2), lasts(lengths, 0, 1) * lasts(lengths, 1, 1))


def test_what_runs_is_told_day_by_day_under_one_occasion() -> None:
    day = dt.date(2020, 10, 2)
    items = still_shut(rule_id="r", element_id="pass", start=dt.date(2020, 10, 1), as_of=day,
                       lengths=(3, 7, 7))  # fmt: skip
    chances = [item.p for item in items]
    assert chances[0] == 1.0
    assert chances == sorted(chances, reverse=True)
    assert len({item.occasion for item in items}) == 1
    assert [item.start for item in items] == [day + dt.timedelta(days=n) for n in range(len(items))]
    assert all(p >= LEAST_P for p in chances)
