"""The answer in sentences, for a terminal: what the page says first, in the language spoken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from karwan.analysis.world.cuts import age_text, cut_text
from karwan.report.answer import best_of_families, certainty, headline
from karwan.report.content import (
    countries_passed,
    day,
    element_name,
    ends_text,
    journey_days_text,
    label,
    listed,
    money_text,
    number,
    sentence,
    state_text,
)
from karwan.words.speech import label_word, say, tongue_spoken

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.world.world import World
    from karwan.route.tcd import Journey


def comparison_sentences(now: Comparison) -> Iterator[str]:
    """Yield what costs least and how sure that is, then each family, what is cut, and the date."""
    yield sentence(f"{ends_text(now.origin, now.destination)}: {state_text(now.state)}.")
    yield headline(now)
    if told := certainty(now):
        yield told
    for answer, journey in best_of_families(now):
        slots = {
            "corridor": label(answer.corridor),
            "days": journey_days_text(journey),
            "usd": money_text(journey),
        }
        if answer.journey is not None:
            yield say("{corridor} is open: {days}, {usd}.", **slots)
        else:
            yield say("{corridor} is cut; if it were open: {days}, {usd}.", **slots)
    cuts = {cut.id: cut for one in now.answers if one.journey is None for cut in one.cuts}
    yield from (f"{cut_text(cut, day)}." for cut in cuts.values())
    yield from _close(now.world)


def route_sentences(answer: RouteAnswer, world: World) -> Iterator[str]:
    """Yield each route with its gates, or that there is none and why; then the date."""
    yield f"{ends_text(answer.origin, answer.destination)}."
    for journey in answer.journeys:
        yield _journey_text(journey, world)
    if not answer.journeys:
        causes = "; ".join(cut_text(cut, day) for cut in answer.cuts)
        causes = causes or say("Nothing that is built joins the two places")
        yield say("No route. {causes}.", causes=causes)
    yield from _close(world)


def _journey_text(journey: Journey, world: World) -> str:
    elements = world.network.elements
    gates = [element_name(name, elements[name].name) for name in journey.crossings]
    return say(
        "{countries} by {modes}, {km} km: {days} and {usd}; gates: {gates}.",
        countries=countries_passed(journey, world.region),
        modes=listed([label_word(mode) for mode in journey.modes]),
        km=number(journey.distance_km),
        days=journey_days_text(journey),
        usd=money_text(journey),
        gates=listed(gates) or say("no gates"),
    )


def _close(world: World) -> Iterator[str]:
    """Yield of when the answer is, and who has read the language."""
    yield say(
        "As of {day}; newest evidence {horizon}, {age}.",
        day=day(world.as_of),
        horizon=day(world.evidence_horizon),
        age=age_text((world.as_of - world.evidence_horizon).days),
    )
    if not tongue_spoken().is_reviewed:
        yield say("Language not reviewed by a speaker.")
