"""How far things have come: routes, rungs, delays, kept dates, targets, mandates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from karwan.analysis.assurances.book import Book
from karwan.analysis.assurances.counted import BAND, Shown, value_words
from karwan.analysis.corridors.comparison import Comparison
from karwan.base.errors import NoEvidenceError
from karwan.base.words import counted
from karwan.data.rows.network import ProjectRow
from karwan.ledger.assessment import Status
from karwan.ledger.register import NO_CAUSE, delay_register, slip_of
from karwan.ledger.tallies import KEPT_RULE, Kept, kept_by_party
from karwan.ledger.words import Bears

if TYPE_CHECKING:
    from karwan.analysis.assurances.asks import Asked
    from karwan.analysis.world.world import World

RUNGS = ("explore", "study", "decision", "finance", "build")


def kept_record(
    book: Book,
    as_of: dt.date,
    parties: Mapping[str, Sequence[str]],
    first: Sequence[str] = (),
) -> list[Shown]:
    """Return how many dated undertakings were kept in time: of all parties, then of each.

    Parameters
    ----------
    first
        Parties that the statement is about: their record stands before that of all.
    """
    *apart, whole = kept_by_party(book.assess(as_of), parties)
    told = [_derived(one, tally_words(one), as_of) for one in apart]
    words = f"{tally_words(whole)}. {KEPT_RULE}"
    shown = [_derived(whole, words, as_of), *told]
    named = {one.party for one in apart} & set(first)
    return sorted(shown, key=lambda one: one.text.split(":")[0] not in named)


def tally_words(kept: Kept) -> str:
    """Return a record of kept dates in words.

    Examples
    --------
    >>> tally_words(Kept(party="all", kept_ids=("C46",), missed_ids=("C02", "C05")))
    'all: 1 of 3 dated undertakings kept in time'
    """
    if not kept.due_count:
        return f"{kept.party}: no dated undertaking has come due with evidence either way"
    return f"{kept.party}: {kept.kept_count} of {kept.due_count} dated undertakings kept in time"


def corridor_family(comparison: Comparison | None, family: str) -> list[Shown]:
    """Return time and cost on a corridor, in the state asked, or with every gate open if cut."""
    if comparison is None:
        return []
    shown = []
    for answer in comparison.answers:
        journey = answer.journey or answer.open_journey
        if answer.corridor.family != family or journey is None or answer.same_as:
            continue
        cut = ", ".join(
            f"{cut.name} since {cut.since}" if cut.since else cut.name for cut in answer.cuts
        )
        state = f"cut by {cut}; with it open:" if answer.journey is None else "open:"
        low, mean, high = journey.hours.ends
        shown.append(
            Shown(
                text=f"{answer.corridor.variant}, {comparison.origin.name} to "
                f"{comparison.destination.name}: {state} {journey.distance_km:,.0f} km, "
                f"{mean:,.0f} h, US${journey.usd.value:,.0f} ({journey.usd.low:,.0f} to "
                f"{journey.usd.high:,.0f})",
                value=mean,
                low=low,
                high=high,
                unit="h",
                figure=f"{'cut today; open ' if answer.journey is None else ''}{mean:,.0f} h, "
                f"US${journey.usd.value:,.0f} a truck",
                source_url="derived:network",
                source_date=comparison.world.as_of.isoformat(),
                grade="C",
                command=f"karwan compare {comparison.origin.id} {comparison.destination.id}",
                interval=BAND,
            )
        )
    return shown


def also_without(comparison: Comparison | None) -> list[Shown]:
    """Return what the best way that keeps out of some countries costs more than the best of all."""
    if comparison is None or comparison.best is None:
        return []
    best, other = comparison.best, comparison.best_avoiding
    if other is None:
        return []
    more = [a - b for a, b in zip(other.usd.ends, best.usd.ends, strict=True)]
    name = comparison.world.region.without_name
    return [
        Shown(
            text=f"{comparison.origin.name} to {comparison.destination.name}, {comparison.state}: "
            f"the cheapest way that keeps out of {name} costs US${more[1]:,.0f} more a truck. How "
            "gains would be shared between countries is not computed here",
            value=more[1],
            low=min(more),
            high=max(more),
            unit="USD a truck",
            figure=f"US${more[1]:,.0f} more a truck without {name}",
            source_url="derived:network",
            source_date=comparison.world.as_of.isoformat(),
            grade="C",
            command=f"karwan compare {comparison.origin.id} {comparison.destination.id}",
            interval=BAND,
        )
    ]


def rail_rung(book: Book, as_of: dt.date, idents: Sequence[str]) -> list[Shown]:
    """Return how far a railway has come on the chain explore, study, decision, finance, build."""
    events = {
        "explore": ("explore",),
        "study": ("study_delivered", "study_commissioned"),
        "decision": ("agreement", "decision"),
        "finance": ("financing_decision", "loan_signed"),
        "build": ("construction_start", "construction_contract"),
    }
    items = [
        item
        for part in book.ledger.propositions.values()
        if part.statement_id in idents
        for item in book.ledger.evidence_of[part.id]
        if item.known_from <= as_of and item.bears is Bears.supports
    ]
    reached = [rung for rung in RUNGS if any(item.event in events[rung] for item in items)]
    step = reached[-1] if reached else "none"
    told = [item for item in items if reached and item.event in events[step]]
    source = told[-1].source if told else None
    return [
        Shown(
            text=f"How far the railway has come, by what was read: {rung_words(reached)}; rungs "
            f"are {' → '.join(RUNGS)}",
            figure=rung_words(reached),
            value=float(RUNGS.index(step) + 1 if reached else 0),
            low=None,
            high=None,
            unit="rungs",
            source_url=source.url if source else "derived:ledger_evidence",
            source_date=source.date if source else as_of.isoformat(),
            grade=source.grade if source else "B",
        )
    ]


def rung_words(reached: Sequence[str]) -> str:
    """Return the highest rung of those reached, in words.

    Examples
    --------
    >>> rung_words(["explore", "decision"])
    'rung 3 of 5, decision'
    """
    if not reached:
        return f"none of {len(RUNGS)} rungs"
    return f"rung {RUNGS.index(reached[-1]) + 1} of {len(RUNGS)}, {reached[-1]}"


def delays(book: Book, as_of: dt.date) -> list[Shown]:
    """Return how late things to be done by a day were."""
    register = delay_register(book.ledger, book.assess(as_of), causes(book))
    slip = slip_of(register)
    if slip.median_days is None:
        return []
    stated = sum(one.cause != NO_CAUSE for one in register)
    text = (
        f"Things to be done by a day that has come, {len(register)} parts of statements: evidence "
        f"tells of {slip.told_count}, whose median slip is at least {slip.median_days:,.0f} days; "
        f"{slip.open_count} were not done when last seen; a cause is on record for {stated}, each "
        "a closure's"
    )
    return [
        Shown(
            text=text,
            value=slip.median_days,
            low=None,
            high=None,
            unit="days late",
            figure=f"{slip.open_count} of {slip.told_count} dated things not done when last seen",
            source_url="derived:ledger_indicators",
            source_date=as_of.isoformat(),
            grade="B",
            command="karwan ledger list",
        )
    ]


def causes(book: Book) -> dict[str, str]:
    """Return the cause of each closure by its id."""
    return {spell.closure_id: spell.cause for spell in book.facts.record.spells}


def _derived(kept: Kept, text: str, as_of: dt.date) -> Shown:
    """Return a share derived from the ledger itself."""
    return Shown(
        text=text,
        value=kept.share,
        low=kept.low,
        high=kept.high,
        unit="share",
        figure=f"{kept.party}: {kept.kept_count} of {kept.due_count} dated undertakings kept",
        source_url="derived:ledger_indicators",
        source_date=as_of.isoformat(),
        grade="B",
        command="karwan ledger list",
    )


def mandates(book: Book, as_of: dt.date, ident: str) -> list[Shown]:
    """Return the monitoring mandate in force, from the statement that extended it."""
    if book.ledger.statement(ident).said > as_of:
        return []
    status = book.status(ident, as_of)
    source = status.statement.source
    deadlines = [part.deadline for part in status.parts if part.deadline is not None]
    if not deadlines:
        return []
    ends = max(deadlines)
    left = (ends - as_of).days
    return [
        Shown(
            text=f"The UN Monitoring Team's mandate runs to {ends}, {counted(left, 'day')} from "
            f"{as_of}",
            value=float(left),
            low=None,
            high=None,
            unit="days",
            figure=f"the UN team's mandate has {counted(left, 'day')} left",
            source_url=source.url,
            source_date=source.date,
            grade=source.grade,
            command="karwan ledger diff",
        )
    ]


def not_built(rows: Sequence[ProjectRow]) -> list[Shown]:
    """Return how many projects are announced and not built, none of which is ever routed alone."""
    return [
        Shown(
            text=f"{len(rows)} projects of the network are announced, planned or being built; none "
            "is routed unless it is named",
            value=float(len(rows)),
            low=None,
            high=None,
            unit="projects",
            figure=f"{len(rows)} projects announced and not built",
            source_url="derived:projects",
            source_date="2026-11-22",
            grade="B",
            command="karwan network show",
        )
    ]


def target_multiples(book: Book, as_of: dt.date, subjects: Sequence[str]) -> list[Shown]:
    """Return how many times trade would have to grow, on each speaker's basis apart.

    Parameters
    ----------
    subjects
        The pair, then statements of the same target, each on the basis that its speaker used.
    """
    pair, *idents = subjects
    by_basis: dict[tuple[float, float], list[Status]] = {}
    for ident in idents:
        if book.ledger.statement(ident).said > as_of:
            continue
        status = book.status(ident, as_of)
        for part in status.parts:
            tests = book.ledger.tests_of[part.proposition_id]
            if part.value and tests and tests[0].value:
                by_basis.setdefault((tests[0].value, part.value), []).append(status)
    return [_multiple(pair, *figures, mine) for figures, mine in by_basis.items()]


def _multiple(pair: str, target: float, value: float, statuses: Sequence[Status]) -> Shown:
    """Return how many times as much a target is, told once for all who used the basis."""
    speakers = " and ".join(dict.fromkeys(one.statement.speaker for one in statuses))
    reason = next(part.reason for part in statuses[0].parts if part.value == value)
    source = statuses[0].statement.source
    return Shown(
        text=f"{speakers}: {reason}",
        value=target / value,
        low=None,
        high=None,
        unit="times",
        figure=f"{target / value:.1f} times as much is needed",
        source_url=source.url,
        source_date=source.date,
        grade=source.grade,
        command=f"karwan target {pair}",
    )


def target_told(world: World, book: Book, as_of: dt.date, asked: Asked) -> list[Shown]:
    """Return the chance that the article's target is met, then what each basis needs."""
    from karwan.analysis.trade.answers import verdict
    from karwan.analysis.trade.targets import assess_target

    needs, pair = target_multiples(book, as_of, asked.subjects), asked.subjects[0]
    try:
        answer = assess_target(world, pair, time=False)
    except NoEvidenceError:
        return needs
    span = answer.p_range()
    if span is None:
        return needs
    horizon = answer.evidence_horizon.isoformat()
    low, high = span
    chance = Shown(
        text=verdict(answer),
        value=high,
        low=low,
        high=high,
        unit="chance, at most",
        figure=f"chance {value_words(low, 'share')} to {value_words(high, 'share')}",
        source_url="derived:trade_bilateral",
        source_date=horizon,
        grade="B",
        command=f"karwan target {pair}",
        interval="range over bases and readings",
    )
    return [chance, *needs]
