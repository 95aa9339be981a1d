"""The first screen: the answer in a minute, for the focus pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.comparison import AFGHANISTAN, CUT, NOT_BUILT, OPEN, Comparison, Ranking
from karwan.analysis.world import LAST_KNOWN
from karwan.report.content import (
    CONTEXT,
    STATES,
    cut_text,
    day,
    journey_text,
    label,
    listed,
    more_or_less,
    passed,
    short_family,
    turned_by,
)

if TYPE_CHECKING:
    from karwan.study.run import StudyResult


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence or two of the summary, under a word that says what it answers."""

    head: str
    text: str


def summary(result: StudyResult) -> tuple[Point, ...]:
    """Return the answer in a minute, for the focus pair."""
    found = [result.comparison(*result.focus, state) for state in result.spec.states]
    now = found[0]
    points = [
        Point("What is cut", _cut_summary(comparison))
        for comparison in found
        if comparison.state == LAST_KNOWN
    ]
    points += [Point(f"Cheapest {STATES[c.state]}", _best_summary(c, now)) for c in found]
    points.append(
        Point("Without Afghanistan", " ".join(_without_summary(comparison) for comparison in found))
    )
    points.append(Point("How sure", _sure_summary(now)))
    points += [Point("Not built", text) for text in _unbuilt_summary(now)]
    return tuple(points)


def _cut_summary(comparison: Comparison) -> str:
    named = [
        a for a in comparison.answers if a.status in (OPEN, CUT) and a.corridor.role != CONTEXT
    ]
    shut = [answer for answer in named if answer.status == CUT]
    horizon = f"newest evidence {day(comparison.world.evidence_horizon)}"
    if not named:
        return f"None of the corridors compared serves this pair on what is built ({horizon})."
    if not shut:
        return f"None of the {len(named)} corridor variants that serve this pair is cut as last known ({horizon})."
    families = listed(list(dict.fromkeys(short_family(answer.corridor.family) for answer in shut)))
    causes = "; ".join(
        f"{cut_text(cut)}" for cut in {cut.id: cut for a in shut for cut in a.cuts}.values()
    )
    return f"{len(shut)} of the {len(named)} corridor variants that serve this pair are cut ({families}). {causes}."


def _best_summary(comparison: Comparison, now: Comparison) -> str:
    best = comparison.best
    if best is None:
        causes = "; ".join(cut_text(cut) for cut in comparison.way_cuts)
        return f"No route. {causes or 'Nothing that is built joins the two places'}."
    if comparison is now or now.best is None:
        return journey_text(comparison, best)
    if best.path.arcs == now.best.path.arcs:
        return f"The same route as {STATES[now.state]}."
    usd = more_or_less(best.usd[1] - now.best.usd[1], "USD")
    hours = more_or_less(best.hours[1] - now.best.hours[1], "h")
    return f"{journey_text(comparison, best)} That is {usd} and {hours} than {STATES[now.state]}."


def _without_summary(comparison: Comparison) -> str:
    best, without = comparison.best, comparison.best_without_afghanistan
    state = STATES[comparison.state].capitalize()
    if AFGHANISTAN in (comparison.origin.country, comparison.destination.country):
        return f"{state}: no such way, since an end of the journey lies in Afghanistan."
    if without is None:
        return f"{state}: no way keeps out of Afghanistan."
    if best is None or AFGHANISTAN not in best.countries:
        return f"{state}: the cheapest way does not pass Afghanistan."
    usd = more_or_less(without.usd[1] - best.usd[1], "USD")
    hours = more_or_less(without.hours[1] - best.hours[1], "h")
    return f"{state}: the cheapest way that keeps out of Afghanistan ({passed(without)}) costs {usd} and takes {hours}."


def _sure_summary(comparison: Comparison) -> str:
    ranking, state = comparison.ranking, STATES[comparison.state]
    if len(ranking.ranks) < 2:
        count = {0: "No corridor is", 1: "Only one corridor is"}[len(ranking.ranks)]
        return f"{count} open {state}, so there is nothing to rank. Hours and costs are estimates with the bands shown."
    first = ranking.ranks[0]
    names = {answer.corridor.id: label(answer.corridor) for answer in comparison.answers}
    if ranking.holds:
        return f"{state.capitalize()}, the order of all {len(ranking.ranks)} open corridors holds over the bands of the defaults it rests on."
    doubtful = next(pair for pair in ranking.pairings if not pair.holds)
    turn = turned_by(comparison, doubtful.turned_by)
    if first.worst_rank == 1:
        return (
            f"{state.capitalize()}, {names[first.corridor_id]} comes first whatever the defaults; the order behind it does not hold. "
            f"What could turn {names[doubtful.better]} and {names[doubtful.worse]}: {turn}."
        )
    ends = " ".join(
        f"With all defaults {word}, {names[order[0]]} comes first."
        for word, order in _ends(ranking)
    )
    return (
        f"{state.capitalize()}, the order of the {len(ranking.ranks)} open corridors does not hold: {names[first.corridor_id]}, first at "
        f"central values, may rank anywhere from 1 to {first.worst_rank}. {ends} What could turn "
        f"{names[doubtful.better]} and {names[doubtful.worse]}: {turn}."
    )


def _ends(ranking: Ranking) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "at their low ends", ranking.order_low
    yield "at their high ends", ranking.order_high


def _unbuilt_summary(comparison: Comparison) -> Iterator[str]:
    projects = {
        cut.id: cut.name for a in comparison.answers if a.status == NOT_BUILT for cut in a.cuts
    }
    if projects:
        verb = (
            "is announced, not built, and"
            if len(projects) == 1
            else "are announced, not built, and"
        )
        yield f"{listed(list(projects.values()))} {verb} left out of all figures."
