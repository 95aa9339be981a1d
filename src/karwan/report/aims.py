"""What was aimed at and what was kept, in sentences: for the brief and for the report's first page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from karwan.report.content import day, number
from karwan.words.speech import say

if TYPE_CHECKING:
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.ledger.tallies import Kept

LEAST_TOLD, ROUNDED_FROM = 0.001, 0.1
"""Chances below the first, or so near to 1, are told as such; from the second on without tenths."""


def percent(p: float) -> str:
    r"""Return a chance as per cent that never says never.

    Examples
    --------
    >>> [percent(p).replace("\xa0", " ") for p in (0.0, 0.004, 0.12, 0.9999)]
    ['under 0.1 %', '0.4 %', '12 %', 'over 99.9 %']
    """
    if p < LEAST_TOLD:
        return say("under 0.1\xa0%")
    if p > 1 - LEAST_TOLD:
        return say("over 99.9\xa0%")
    return f"{number(100 * p, 0 if p >= ROUNDED_FROM else 1)}\xa0%"


def target_lines(target: TargetAnswer | None) -> Iterator[str]:
    """Yield what the trade target is, what is on record, and the chance that it is met."""
    if target is None:
        yield say("No trade target of this pair of countries is on record.")
        return
    aim = target.aim
    fresh = [need.base.total_musd for need in target.needs if need.fresh]
    slots = {"musd": number(aim.target_musd), "day": day(aim.due), "told": day(aim.announced_on)}
    if aim.due is None:
        yield say("Target: {musd} million USD a year, no date named (told {told}).", **slots)
    else:
        yield say("Target: {musd} million USD a year by {day} (told {told}).", **slots)
    if fresh:
        yield say(
            "Trade on record, both ways: {low} to {high} million USD a year, by whom one asks.",
            low=number(min(fresh)),
            high=number(max(fresh)),
        )
    chances = target.p_range()
    if chances is not None:
        yield say(
            "Chance that it is met: {low} to {high}, over all bases and readings of the record.",
            low=percent(chances[0]),
            high=percent(chances[1]),
        )


def kept_line(kept: Kept, who: str = "") -> str:
    """Return how many dates a party kept, of how many, with the interval."""
    who = who or (say("all parties") if kept.party == "all" else kept.party)
    if kept.share is None:
        return say("Dates of {who}: none has come due with evidence.", who=who)
    return say(
        "Dates of {who}: {kept} of {due} kept in time ({low} to {high} % with 95 % confidence); of "
        "{unclear} more that have passed nothing tells.",
        who=who,
        kept=kept.kept_count,
        due=kept.due_count,
        low=number(100 * kept.low),
        high=number(100 * kept.high),
        unclear=len(kept.unclear_ids),
    )
