"""What the sheets of a dispatcher, an underwriter and an auditor say beside the common points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from karwan.report.aims import kept_line, percent
from karwan.report.answer import best_of_families
from karwan.report.brief.points import MONTH_DAYS, WORDS, YEAR_DAYS, Findings
from karwan.report.brief.sheet import Grid, Point
from karwan.report.content import country_name, day, element_name, label, number
from karwan.words.speech import label_word, own_word, say

if TYPE_CHECKING:
    from karwan.analysis.decisions.closures import ClosureQueue
    from karwan.analysis.decisions.decision import Decision
    from karwan.data.region import Region
    from karwan.ledger.assessment import Status
    from karwan.ledger.tallies import Kept

MOST_ROWS, MOST_TOLD = 10, 6
LONGEST_DAYS = 36_500
"""No wait is told that is longer: a hundred years."""


def advice_text(made: Decision, gate: str) -> str:
    """Return what to do now at a gate that is shut, in a sentence."""
    if made.advice == "divert":
        return say("{gate}: do not wait, go round now.", gate=gate)
    if made.advice == "give-up":
        return say("{gate}: give it up; waiting costs more than the load is worth.", gate=gate)
    if made.advice == "go-home":
        return say("{gate}: go back; waiting and every way on cost more.", gate=gate)
    if made.threshold_days is None:
        return say("{gate}: wait; no day is foreseen on which another way is better.", gate=gate)
    return say(
        "{gate}: wait; if it is shut still after {days} days, go round or give it up.",
        gate=gate,
        days=number(made.threshold_days),
    )


def wait_point(made: Decision) -> Point:
    """Return what waiting and going round come to."""
    even, nine = (_days(one) for one in made.wait_days)
    lines = [
        say("It opens within {even} days with an even chance, within {nine} with nine in ten.",
            even=even, nine=nine),
        say("All USD here are the wait, the way on and the time of the cargo and truck together; "
            "the prices above are freight alone."),
        say("Waiting until it opens, or until it is given up: {usd} USD on average; in one case of "
            "ten over {high} USD.", usd=number(made.wait.mean_usd), high=number(made.wait.p90_usd)),
        say("Acting as advised: {usd} USD on average. Being able to choose is worth {choice} USD.",
            usd=number(made.best.mean_usd), choice=number(made.choice_usd)),
    ]  # fmt: skip
    if made.divert_usd is not None:
        lines.insert(3, say("The best way round now: {usd} USD.", usd=number(made.divert_usd)))
    else:
        lines.insert(3, say("There is no way round."))
    return Point(say("Wait or divert"), tuple(lines))


def queue_point(queue: ClosureQueue, region: Region) -> Point:
    """Return what waits at the gate, each way, and when it would be clear."""
    lines = [
        say(
            "{start} to {end}: {trucks} trucks wait at the gate, {held} more come once it opens; "
            "{capacity} a day can pass. Who comes today waits {even} days with an even chance, "
            "{nine} with nine in ten.",
            start=country_name(way.capacity.from_country, region),
            end=country_name(way.capacity.to_country, region),
            trucks=number(way.waiting_trucks),
            held=number(way.held_back_trucks),
            capacity=number(way.gate.capacity_per_day),
            even=_days(way.p50_wait_days),
            nine=_days(way.p90_wait_days),
        )
        for way in queue.ways
    ]
    if queue.clear_on is not None:
        lines.append(
            say(
                "If it reopened on {day}, the queue would be clear on {clear}.",
                day=day(queue.reopens),
                clear=day(queue.clear_on),
            )
        )
    return Point(say("What waits at the gate"), tuple(lines))


def _days(days: float | None) -> str:
    return say("over {days}", days=number(LONGEST_DAYS)) if days is None else number(days)


def gates_grid(findings: Findings) -> Grid:
    """Return every gate of the best ways with its state and chances."""
    network = findings.now.world.network
    names = list(
        dict.fromkeys(
            name for _, journey in best_of_families(findings.now) for name in journey.crossings
        )
    )
    rows = []
    for name in names[:MOST_ROWS]:
        one = findings.forecasts.get(name)
        if one is None:
            continue
        chances = [
            "–" if one.p_shut.get(days) is None else percent(one.p_shut[days] or 0.0)
            for days in (MONTH_DAYS, YEAR_DAYS)
        ]
        rows.append(
            (
                element_name(name, network.elements[name].name),
                f"{label_word(WORDS.get(one.state, 'not known'))}, {day(one.state_as_of)}",
                *chances,
                number(one.episode_count),
            )
        )
    heads = (label_word("crossing"), label_word("last report"), say("shut in 30 days"),
             say("shut in a year"), say("closures on record"))  # fmt: skip
    return Grid(
        title=say("Gates of the ways, and their chances"),
        heads=heads,
        rows=tuple(rows),
        number_columns=(2, 3, 4),
    )


def spread_point(findings: Findings) -> Point:
    """Return how far journeys of the best ways spread."""
    lines = []
    for answer, journey in best_of_families(findings.now)[:3]:
        spread = journey.reliability
        lines.append(
            say(
                "{corridor}: nine in ten within {low} to {high} h, worst one in twenty {worst} h on "
                "average; buffer time index {index}.",
                corridor=label(answer.corridor),
                low=number(spread.p05_hours),
                high=number(spread.p95_hours),
                worst=number(spread.expected_shortfall_hours),
                index=number(spread.buffer_time_index, 2),
            )
        )
    lines.append(say("Few closures on record do not mean that a gate is safe; a dash means that "
                     "its record was not searched."))  # fmt: skip
    return Point(say("How far journeys spread"), tuple(lines))


def kept_grid(kept: Sequence[Kept]) -> Grid:
    """Return how many dates each party kept."""
    rows = tuple(
        (
            say("all parties") if one.party == "all" else own_word(one.party),
            number(one.kept_count),
            number(one.due_count),
            "–" if one.share is None else f"{number(100 * one.low)}–{number(100 * one.high)} %",
            number(len(one.unclear_ids)),
        )
        for one in kept
    )
    heads = (say("party"), say("kept in time"), say("came due"), say("95 % interval"),
             say("passed, nothing tells"))  # fmt: skip
    return Grid(
        title=say("Dates named, by party"), heads=heads, rows=rows, number_columns=(1, 2, 3, 4)
    )


def statements_point(statuses: Sequence[Status], head: str) -> Point:
    """Return statements in a line each: who, when due, what became of them."""
    lines = list(_statement_lines(statuses[:MOST_TOLD]))
    if len(statuses) > MOST_TOLD:
        lines.append(say("And {count} more (ledger).", count=len(statuses) - MOST_TOLD))
    return Point(head, tuple(lines) or (say("None."),))


def _statement_lines(statuses: Sequence[Status]) -> Iterator[str]:
    for one in statuses:
        due = [part.deadline for part in one.parts if part.deadline is not None]
        yield say(
            "{id}, {who}: due {day}; {delivery}",
            id=one.statement.id,
            who=own_word(one.statement.speaker),
            day=day(max(due) if due else None),
            delivery=label_word(one.delivery_word or "unknown"),
        )


def kept_lead(kept: Sequence[Kept]) -> str:
    """Return the record of all parties in a sentence."""
    return kept_line(next(one for one in kept if one.party == "all"))
