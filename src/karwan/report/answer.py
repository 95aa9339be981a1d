"""The first screen: which corridor, for whom, how sure, and what it hangs on.

One sentence, one row per family of corridors, and a few points. Everything is worded from what the
study found; where the order does not hold, the sentence says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.corridors.arrival import arrival_of
from karwan.analysis.corridors.comparison import Comparison, CorridorAnswer, Status
from karwan.analysis.corridors.ranking import Ranking
from karwan.analysis.corridors.shares import of_hundred
from karwan.analysis.forecasts.meeting import small_share
from karwan.analysis.world.bars import Cut
from karwan.analysis.world.cuts import cut_text, known_text
from karwan.analysis.world.state import State
from karwan.base.errors import KarwanError
from karwan.base.units import HOURS_PER_DAY
from karwan.base.words import counted
from karwan.report.aims import kept_line, target_lines
from karwan.report.content import (
    CONTEXT,
    STATES,
    counted_text,
    countries_passed,
    day,
    journey_days_text,
    label,
    listed,
    money_text,
    more_or_less,
    number,
    sentence,
    share_band,
    short_family,
    state_text,
)
from karwan.report.names import drawn_name, figure_name, uses_of
from karwan.report.order import turned_by, way_label
from karwan.report.view import View
from karwan.report.waiting import impact_line
from karwan.words.speech import label_word, say, say_counting

if TYPE_CHECKING:
    from karwan.analysis.corridors.ranking import Rank
    from karwan.analysis.corridors.shares import FirstShare
    from karwan.analysis.futures.security import Standing
    from karwan.route.tcd import Journey

YEAR_DAYS = 365
NAMED_SWINGS = 3


@dataclass(frozen=True, slots=True)
class Point:
    """A sentence or two of the summary, under a word that says what it answers."""

    head: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A family in the table of the first screen, by its best variant in the first state.

    A family that is cut is shown by the variant that would be best with its gates open.
    """

    family: str
    answer: CorridorAnswer
    journey: Journey
    rank: Rank | None
    share: FirstShare | None
    open_share: Standing | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands on the first screen."""

    headline: str
    certainty: str
    glances: tuple[Glance, ...]
    points: tuple[Point, ...]


def answer_of(view: View) -> Answer:
    """Return the answer for the focus pair."""
    now = view.there[0]
    points = [Point("What is shut", _cut_points(view))] if now.state == State.last_known else []
    points += [
        Point(f"{STATES[c.state].capitalize()}", _state_point(c, now)) for c in view.there[1:]
    ]
    points += [
        Point("Target", _target_text(view)),
        Point("Promises", _kept_text(view)),
        Point("What a day costs", impact_line(view.result)),
        Point("Arrival", _arrival_point(now)),
        Point("For whom", _whom_point(view)),
        Point("How sure", _sure_point(now)),
        Point("What it hangs on", _hinge_point(view)),
        Point(f"Without {now.world.region.without_name}", _without_points(view)),
    ]
    points += [Point("Not built", text) for text in _unbuilt_points(now)]
    kept = tuple(point for point in points if point.text)
    return Answer(headline(now), certainty(now), glances(view), kept)


def _target_text(view: View) -> str:
    """Return the trade target of the pair's countries; blank where none is on record."""
    try:
        return " ".join(target_lines(view.target)) if view.target is not None else ""
    except KarwanError:  # its own section says what is wrong
        return ""


def _kept_text(view: View) -> str:
    """Return how many promised dates were kept; blank where nobody promised any."""
    try:
        kept = view.kept
    except KarwanError:  # its own section says what is wrong
        return ""
    return next((kept_line(one) for one in kept if one.party == "all" and one.due_count), "")


def glances(view: View) -> tuple[Glance, ...]:
    """Return the families that serve the pair and stand, in the order of the tables."""
    now = view.there[0]
    ranks = {rank.corridor_id: rank for rank in now.ranking.ranks}
    return tuple(
        Glance(
            family=answer.corridor.family,
            answer=answer,
            journey=journey,
            rank=ranks.get(answer.corridor.id),
            share=now.shares.of(answer.corridor.id),
            open_share=view.standing(answer.corridor.id),
        )
        for answer, journey in best_of_families(now)
    )


def best_of_families(now: Comparison) -> list[tuple[CorridorAnswer, Journey]]:
    """Return the best corridor of each family that serves the pair, with its journey.

    One that is cut has the journey it would have with its gates open.
    """
    best: dict[str, tuple[tuple[bool, float, str], CorridorAnswer, Journey]] = {}
    for answer in now.answers:
        journey = answer.journey or answer.open_journey
        if (
            journey is None
            or answer.status not in (Status.open, Status.cut)
            or answer.corridor.role == CONTEXT
        ):
            continue
        key = (answer.status == Status.cut, journey.generalized_cost_usd, answer.corridor.id)
        family = answer.corridor.family
        if family not in best or key < best[family][0]:
            best[family] = (key, answer, journey)
    return [(answer, journey) for _, answer, journey in best.values()]


def _first(comparison: Comparison) -> CorridorAnswer | None:
    order = comparison.ranking.order_central
    return comparison.answer(order[0]) if order else None


def headline(now: Comparison, given: str = "") -> str:
    """Return what costs least, in a sentence.

    Parameters
    ----------
    given
        What is taken as given; by default the state that is asked.
    """
    given = given or sentence(state_text(now.state))
    first = _first(now)
    if first is not None and first.journey is not None and now.best is not None:
        if now.best_corridor_id:
            return say(
                "{given}, {corridor} costs least at central values: {days} and {usd}.",
                given=given,
                corridor=label(first.corridor),
                days=journey_days_text(first.journey),
                usd=money_text(first.journey),
            )
        return say(
            "{given}, {countries} by {modes} costs least at central values, along no corridor "
            "compared: {days} and {usd}. Of these {corridor}: {other_days} and {other_usd}.",
            given=given,
            countries=countries_passed(now.best, now.world.region),
            modes=listed([label_word(mode) for mode in now.best.modes]),
            days=journey_days_text(now.best),
            usd=money_text(now.best),
            corridor=label(first.corridor),
            other_days=journey_days_text(first.journey),
            other_usd=money_text(first.journey),
        )
    if now.best is not None:
        return say(
            "{given}, no corridor compared is open; the best way is {countries}: {days} and {usd}.",
            given=given,
            countries=countries_passed(now.best, now.world.region),
            days=journey_days_text(now.best),
            usd=money_text(now.best),
        )
    causes = "; ".join(cut_text(cut, day) for cut in now.way_cuts)
    causes = causes or say("Nothing that is built joins the two places")
    return say("No route. {causes}.", causes=causes)


def certainty(now: Comparison) -> str:
    """Return how sure the first place is, in a sentence; blank where nothing is ranked."""
    ranking = now.ranking
    if not ranking.ranks:
        return ""
    if len(ranking.ranks) == 1:
        return say("It is the only corridor open, so there is nothing to rank.")
    first, leader = now.shares.ways[0], now.shares.leader
    told = [
        say(
            "It is the cheapest on average in {readings} readings of the evidence, and first on "
            "{days} days; always taken, it costs {usd}\xa0USD more than the cheapest of each reading.",
            readings=of_hundred(first.cheapest_on_average),
            days=of_hundred(first.first_on_the_day),
            usd=number(first.regret_usd),
        )
    ]
    if leader is not None and leader is not first:
        told.append(
            say(
                "{way} is so in {readings} readings.",
                way=way_label(now, leader.way),
                readings=of_hundred(leader.cheapest_on_average),
            )
        )
    beaten = sum(bool(way.beaten_by) for way in now.shares.ways)
    if beaten:
        told.append(
            say_counting(
                "{count} of the {all} ways compared is beaten by another in nearly all readings.",
                "{count} of the {all} ways compared are beaten by another in nearly all readings.",
                beaten,
                all=len(now.shares.ways),
            )
        )
    return " ".join(told)


def _arrival_point(now: Comparison) -> str:
    """Return when the first would arrive, in time or not, where the study says when it leaves."""
    first = _first(now)
    journey = first.journey if first is not None else now.best
    arrival = arrival_of(now.world.travel, journey) if journey is not None else None
    return sentence("; ".join(arrival.lines) + ".") if arrival is not None else ""


def _cut_points(view: View) -> str:
    comparison = view.there[0]
    named = [
        a
        for a in comparison.answers
        if a.status in (Status.open, Status.cut) and a.corridor.role != CONTEXT
    ]
    shut = [answer for answer in named if answer.status == Status.cut]
    if not named:
        return "None of the corridors compared serves this pair on what is built."
    if not shut:
        return f"None of the {len(named)} corridor variants that serve this pair is cut."
    families = listed(list(dict.fromkeys(short_family(answer.corridor.family) for answer in shut)))
    cuts = {cut.id: cut for answer in shut for cut in answer.cuts}
    told = " ".join(_cut_sentences(list(cuts.values())))
    chance = _reopening(view, set(cuts))
    return (
        f"{told} That cuts {len(shut)} of the {len(named)} corridor variants ({families}).{chance}"
    )


def _cut_sentences(cuts: list[Cut]) -> Iterator[str]:
    """Yield what cuts, with those together that share their dates."""
    together: dict[tuple[str, str], list[str]] = {}
    for cut in cuts:
        name, _, rest = cut_text(cut, day).partition(": ")
        together.setdefault(
            (rest.removesuffix(known_text(cut, day)), known_text(cut, day)), []
        ).append(name)
    for (word, known), names in together.items():
        yield f"{listed(names)}: {word}{known}."


def _reopening(view: View, shut: set[str]) -> str:
    told = {
        (one.p_open_within[30], one.p_open_within[YEAR_DAYS]): one
        for one in view.running
        if one.p_open_within and one.element_id in shut
    }
    if not told:
        return ""
    month, year = min(told)
    return (
        f" By the record of closures, the chance that such a gate opens is {number(100 * month)} % within "
        f"30 days and {number(100 * year)} % within a year."
    )


def _state_point(comparison: Comparison, now: Comparison) -> str:
    first, before = _first(comparison), _first(now)
    if first is None or first.journey is None:
        return "No corridor compared would be open."
    journey = first.journey
    told = f"{label(first.corridor)}: {journey_days_text(journey)} and {money_text(journey)}."
    if before is not None and before.journey is not None:
        if before.corridor.id == first.corridor.id:
            told = f"{label(first.corridor)} still costs least."
        else:
            usd = more_or_less(journey.usd.value - before.journey.usd.value, "USD")
            hours = more_or_less(journey.hours.value - before.journey.hours.value, "h")
            more = counted_text(journey, before.journey)
            told += (
                f" That is {usd} and {hours} than {STATES[now.state]}; with hours counted, {more}."
            )
    share = comparison.shares.of(first.corridor.id)
    if share is not None and len(comparison.shares.ways) > 1:
        told += (
            f" It is the cheapest on average in {of_hundred(share.cheapest_on_average)} readings "
            "of the evidence."
        )
    best = comparison.best
    if best is not None and best.generalized_cost_usd < journey.generalized_cost_usd:
        crossings = [comparison.world.network.crossings[name].name for name in best.crossings]
        told += (
            f" Outside the named corridors there is the way over {listed(crossings)}: "
            f"{number(best.usd.value)}\xa0USD, {number(best.hours.value / HOURS_PER_DAY, 1)} days; with hours "
            f"counted, {counted_text(best, journey)}."
        )
    return told


def _whom_point(view: View) -> str:
    """Return which corridor serves which shipper, those together that share one."""
    chosen: dict[str, list[str]] = {}
    for audience in view.audiences:
        first = _first(audience.comparisons[0])
        name = label(first.corridor) if first else "no open corridor"
        chosen.setdefault(name, []).append(audience.what[0].lower() + audience.what[1:])
    told = [f"{'; '.join(whom)}: {name}." for name, whom in chosen.items()]
    return " ".join(sentence(text) for text in told)


def _sure_point(comparison: Comparison) -> str:
    ranking = comparison.ranking
    if len(ranking.ranks) < 2:
        count = {0: "No corridor is", 1: "Only one corridor is"}[len(ranking.ranks)]
        return f"{count} open, so there is nothing to rank. Hours and costs are estimates with the bands shown."
    first = ranking.ranks[0]
    names = {answer.corridor.id: label(answer.corridor) for answer in comparison.answers}
    if ranking.holds:
        return f"The order of all {len(ranking.ranks)} open corridors holds over the bands of the defaults it rests on."
    doubtful = next(pair for pair in ranking.pairings if not pair.holds)
    turn = turned_by(comparison, doubtful.turned_by)
    if first.worst_rank == 1:
        return (
            f"{names[first.corridor_id]} comes first whatever the defaults; the order behind it does not hold. "
            f"What could turn {names[doubtful.better]} and {names[doubtful.worse]}: {turn}."
        )
    ends = " ".join(
        f"With all defaults {word}, {names[order[0]]} comes first."
        for word, order in _ends(ranking)
    )
    return f"The order of the {len(ranking.ranks)} open corridors does not hold. {ends}"


def _ends(ranking: Ranking) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "at their low ends", ranking.order_low
    yield "at their high ends", ranking.order_high


def _hinge_point(view: View) -> str:
    """Return which figures and which gates the first place rests on."""
    now = view.there[0]
    first = _first(now)
    if first is None or first.journey is None:
        return ""
    told = _search_text(now)
    if view.swings and not told:
        second = now.answer(now.ranking.order_central[1])
        uses = uses_of(first.journey, *([second.journey] if second.journey else []))
        turning = [swing for swing in view.swings if swing.turns][:NAMED_SWINGS]
        named = [
            figure_name(s.what, uses, now.world.region, s.default_id)
            for s in turning or view.swings[:1]
        ]
        behind = label(second.corridor)
        told = (
            f"Figures that could each alone put it behind {behind}: {'; '.join(named)}. "
            if turning
            else f"No figure alone puts it behind {behind}; what moves its lead most: {'; '.join(named)}. "
        )
    share = view.standing(first.corridor.id)
    chances = first.journey.chances
    met = (
        f" Of journeys {small_share(chances.meets_closure_share)} meet one that begins after the date or that "
        "a calendar foretells."
        if chances is not None and chances.meets_closure_share is not None
        else ""
    )
    gates = [now.world.network.crossings[name].name for name in first.journey.crossings]
    if share is not None:
        told += (
            f"Hours are for a journey that meets no closure: by its gates ({listed(gates)}) and roads a way along it would be open "
            f"{share_band(share.open_share)} of the days of {_coming(view.result.spec.futures.days)}, by "
            f"{counted(share.episode_count, 'closure')} on record.{met}"
        )
    elif gates:
        told += (
            f"Hours are for a journey that meets no closure; of closures of its gates ({listed(gates)}) "
            "nothing is on record."
        )
    return told


def _coming(days: int) -> str:
    return "the coming year" if days == YEAR_DAYS else f"the coming {days:,} days"


def _search_text(now: Comparison) -> str:
    """Return the figure whose search or phone call would change the order most."""
    worth = now.worths.first
    if worth is None:
        return ""
    uses = uses_of(*now.contenders.values())
    name = drawn_name(worth.figure, uses, now.world.region)
    return (
        f"What is most worth a search or a phone call: {name}. Known, it would move the share of "
        f"{way_label(now, now.worths.leader)} by {number(100 * worth.share_change)} points, and is worth "
        f"{number(worth.worth_usd)}\xa0USD a load. "
    )


def _without_points(view: View) -> str:
    return " ".join(point for c in view.there if (point := _without_point(c)))


def _without_point(comparison: Comparison) -> str:
    best, without = comparison.best, comparison.best_avoiding
    state = STATES[comparison.state].capitalize()
    name = comparison.world.region.without_name
    if not name:
        return ""
    if comparison.has_end_within:
        return f"{state}: no such way, since an end of the journey lies in {name}."
    if without is None:
        return f"{state}: no way keeps out of {name}."
    if best is None or not comparison.also_without & set(best.countries):
        return f"{state}: the cheapest way does not pass {name}."
    usd = more_or_less(without.usd.value - best.usd.value, "USD")
    hours = more_or_less(without.hours.value - best.hours.value, "h")
    return (
        f"{state}: the cheapest way that keeps out of {name} ({countries_passed(without, comparison.world.region)}) costs {usd} and takes "
        f"{hours}; with hours counted, {counted_text(without, best)}."
    )


def _unbuilt_points(comparison: Comparison) -> Iterator[str]:
    projects = {
        cut.id: cut.name
        for a in comparison.answers
        if a.status == Status.not_built
        for cut in a.cuts
    }
    if projects:
        verb = (
            "is announced, not built, and"
            if len(projects) == 1
            else "are announced, not built, and"
        )
        yield f"{listed(list(projects.values()))} {verb} left out of all figures."
