from __future__ import annotations

import datetime as dt

from karwan.hazard.calendar import Rule, schedule

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
