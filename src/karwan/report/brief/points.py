"""What the brief says: each point worded from the answer of the command that asks the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.comparison import CONTEXT, Comparison, CorridorAnswer, Status
from karwan.analysis.world.cuts import age_text, barred_text, cut_name
from karwan.base.units import HOURS_PER_DAY
from karwan.evidence.rows import WithdrawalRow
from karwan.report.aims import kept_line, percent, target_lines
from karwan.report.answer import best_of_families, certainty
from karwan.report.brief.sheet import Bar, Point
from karwan.report.content import (
    countries_passed,
    country_name,
    day,
    element_name,
    journey_days_text,
    label,
    listed,
    money_text,
    number,
    sentence,
)
from karwan.report.names import drawn_name, uses_of
from karwan.report.order import turned_by, way_label
from karwan.words.speech import label_word, own_word, say, say_counting

if TYPE_CHECKING:
    from karwan.analysis.assurances.book import Turn
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.analysis.world.bars import Cut
    from karwan.evidence.written import Written
    from karwan.ledger.assessment import Status as Assessed
    from karwan.ledger.tallies import Kept
    from karwan.network.network import Network
    from karwan.route.tcd import Journey

MONTH_DAYS, YEAR_DAYS = 30, 365
MOST_BARS, MOST_GATES, MOST_CHANGES, MOST_ASKED = 6, 4, 4, 3
WORDS = {"open": "open", "shut": "shut", "partial": "limited", "limited": "limited"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the sheet is made of: answers, each by the function of its own command.

    Attributes
    ----------
    then
        The comparison as it stood on `since`; None where nothing was known so early.
    last
        What the last kept brief said, if `since` is its day.
    corrections
        What was done since to the rows that it rests on.
    family
        The family of corridors that is asked of; blank for all.
    forecasts
        By element: gates of ways compared, and what cuts them.
    target
        Of the two countries; None where none was announced.
    overdue, missed
        Statements whose date has passed and of which nothing tells, or that were not met.
    """

    now: Comparison
    then: Comparison | None
    since: dt.date
    last: Mapping[str, Any] | None
    family: str
    forecasts: Mapping[str, Forecast]
    target: TargetAnswer | None
    kept: Sequence[Kept]
    turns: Sequence[Turn]
    overdue: Sequence[Assessed]
    missed: Sequence[Assessed]
    corrections: Sequence[Written] = ()

    @property
    def asked(self) -> list[CorridorAnswer]:
        """The corridors asked of that serve the pair on what is built."""
        return [
            one
            for one in self.now.answers
            if one.status in (Status.open, Status.cut)
            and one.corridor.role != CONTEXT
            and self.family in ("", one.corridor.family)
        ]

    @property
    def cuts(self) -> list[Cut]:
        """What cuts the corridors asked of, each once."""
        cuts = {cut.id: cut for one in self.asked if one.status == Status.cut for cut in one.cuts}
        return list(cuts.values())

    @property
    def ends(self) -> tuple[str, str]:
        """The countries of the two ends."""
        return self.now.origin.country, self.now.destination.country

    @property
    def way(self) -> Journey | None:
        """The way that the sheet is about: the best of all, or of the family asked of."""
        if not self.family:
            return self.now.best
        mine = [(a, j) for a, j in best_of_families(self.now) if a.corridor.family == self.family]
        return mine[0][1] if mine else None


def shut_point(findings: Findings) -> Point:
    """Return what is shut, since when and as known when, and the chance that it opens."""
    groups: dict[str, list[str]] = {}
    for cut in findings.cuts:
        groups.setdefault(barred_text(cut, day), []).append(cut_name(cut))
    lines = [
        f"{say('{place}: {what}', place=listed(names), what=what)}."
        for what, names in groups.items()
    ]
    cut_count = sum(one.status == Status.cut for one in findings.asked)
    if not cut_count:
        lines.append(say("None of the corridors compared is cut."))
    else:
        lines.append(
            say_counting(
                "That cuts {count} of the {all} corridors that serve the pair.",
                "That cuts {count} of the {all} corridors that serve the pair.",
                cut_count,
                all=len(findings.asked),
            )
        )
        lines += _reopening(findings)
    return Point(say("What is shut, and since when"), tuple(lines))


def _reopening(findings: Findings) -> Iterator[str]:
    """Yield the least chance that a gate which cuts a corridor opens."""
    chances = [
        (one.p_open_within[MONTH_DAYS], one.p_open_within[YEAR_DAYS])
        for cut in findings.cuts
        if (one := findings.forecasts.get(cut.id)) is not None and one.p_open_within
    ]
    if chances:
        month, year = min(chances)
        yield say(
            "By the record of closures the chance that such a gate opens is {month} within 30 "
            "days and {year} within a year.",
            month=percent(month),
            year=percent(year),
        )


def sure_point(findings: Findings) -> Point:
    """Return how sure the first place is, and what the family asked of comes to."""
    lines = [certainty(findings.now)] if not findings.family else list(_family_lines(findings))
    best = findings.now.best
    if best is not None:
        lines.append(
            say(
                "The way: {countries}; gates: {gates}.",
                countries=countries_passed(best, findings.now.world.region),
                gates=listed(_gate_names(findings.now.world.network, best)) or say("no gates"),
            )
        )
    return Point(say("Best way, and how sure"), tuple(line for line in lines if line))


def _family_lines(findings: Findings) -> Iterator[str]:
    for answer, journey in best_of_families(findings.now):
        if answer.corridor.family == findings.family:
            slots = {
                "corridor": label(answer.corridor),
                "days": journey_days_text(journey),
                "usd": money_text(journey),
            }
            if answer.status == Status.open:
                yield say("{corridor} is open: {days}, {usd}.", **slots)
            else:
                yield say("{corridor} is cut; if it were open: {days}, {usd}.", **slots)


def hinge_point(findings: Findings) -> Point:
    """Return the gates that the way rests on with their chances, and what could turn the order."""
    network = findings.now.world.network
    gates = list(findings.way.crossings) if findings.way is not None else []
    lines = [gate_line(findings, name, network) for name in gates[:MOST_GATES]]
    pairs = findings.now.ranking.pairings[:1]
    if pairs and not pairs[0].holds and not findings.family:
        lines.append(
            say(
                "Figures nobody published that could turn the first two: {figures}.",
                figures=turned_by(findings.now, pairs[0].turned_by),
            )
        )
    lines = lines or [say("No way is open, so it hangs on the gates that are shut.")]
    return Point(say("What it hangs on"), tuple(lines))


def gate_line(findings: Findings, name: str, network: Network) -> str:
    """Return how a gate stands and how likely it is shut in a month and in a year."""
    gate = element_name(name, network.elements[name].name)
    one = findings.forecasts.get(name)
    if one is None or one.p_shut.get(YEAR_DAYS) is None:
        return say("{gate}: its record was not searched enough to tell a chance.", gate=gate)
    month, year = (percent(one.p_shut[days] or 0.0) for days in (MONTH_DAYS, YEAR_DAYS))
    return say(
        "{gate}: last reported {state}; chance that it is shut {month} in 30 days, {year} in a year.",
        gate=gate,
        state=label_word(WORDS.get(one.state, "not known")),
        month=month,
        year=year,
    )


def target_point(findings: Findings) -> Point:
    """Return the trade target with its chance, and how often dates were kept."""
    lines = list(target_lines(findings.target))
    if findings.target is not None and not findings.family:
        countries = listed(
            [country_name(code, findings.now.world.region) for code in findings.ends]
        )
        lines.append(kept_line(findings.target.kept_own, countries))
    lines.append(kept_line(next(one for one in findings.kept if one.party == "all")))
    return Point(say("Target and kept dates"), tuple(lines))


def changed_point(findings: Findings) -> Point:
    """Return what differs from what was known on the day of the last brief."""
    head = say("What changed since {day}", day=day(findings.since))
    if findings.then is None:
        return Point(head, (say("Nothing was known so early that it could be compared."),))
    lines = [
        *_corrections(findings.corrections),
        *_last_changes(findings.last, findings.then),
        *_way_changes(findings.now, findings.then),
        *_gate_changes(findings.now, findings.then),
    ]
    ids = [turn.after.statement.id for turn in findings.turns]
    if ids:
        shown = ", ".join(ids[:8]) + ("…" if len(ids) > 8 else "")
        lines.append(
            say_counting(
                "{count} statement is new or has another status: {ids}.",
                "{count} statements are new or have another status: {ids}.",
                len(ids),
                ids=shown,
            )
        )
    return Point(head, tuple(lines))


def standing_of(comparison: Comparison) -> dict[str, Any]:
    """Return what a later brief is held against: the best way by its links, and the gates.

    The ids of the rows that the states of the gates rest on stand beside them.
    """
    world, best = comparison.world, comparison.best
    gates = {
        name: world.crossing_status(name).kind
        for name in world.network.crossings
        if world.network.is_built(name)
    }
    record = world.record
    rests_on = {one for spell in record.spells for one in (spell.closure_id, *spell.also)}
    rests_on |= {one.id for one in record.sightings}
    return {
        "way": list(best.links) if best is not None else None,
        "gates": gates,
        "evidence": sorted(rests_on),
    }


def _day_of(when: str) -> str:
    """Return the day of a time in words; as it stands where another program wrote it."""
    try:
        return day(dt.date.fromisoformat(when[:10]))
    except ValueError:
        return when


def _corrections(corrections: Sequence[Written]) -> Iterator[str]:
    """Tell what was done since to rows that the last kept brief rests on: by whom, when, why."""
    for one in corrections[:MOST_CHANGES]:
        slots = {"row": one.of, "who": one.who, "day": _day_of(one.when), "why": one.why}
        if one.kind == WithdrawalRow.TABLE:
            yield say("The last brief rests on {row}, withdrawn by {who} on {day}: {why}", **slots)
        else:
            yield say(
                "The last brief rests on {row}, of which {who} told an end on {day}: {why}",
                **slots,
            )
    more = len(corrections) - MOST_CHANGES
    if more > 0:
        yield say_counting(
            "And {count} more correction of rows that it rests on.",
            "And {count} more corrections of rows that it rests on.",
            more,
        )


def _last_changes(last: Mapping[str, Any] | None, then: Comparison) -> Iterator[str]:
    """Tell where the last brief said what is not said of its day any more."""
    if last is None:
        return
    again = standing_of(then)
    if last["way"] != again["way"]:
        yield say(
            "The last brief named another way for that day: tables or program were changed since."
        )
    count = sum(last["gates"].get(name) != kind for name, kind in again["gates"].items())
    if count:
        yield say_counting(
            "Of {count} gate it is known now that it stood otherwise on that day.",
            "Of {count} gates it is known now that they stood otherwise on that day.",
            count,
        )


def _way_changes(now: Comparison, then: Comparison) -> Iterator[str]:
    best, was = now.best, then.best
    if best is None or was is None:
        yield say("There was no way then.") if was is None else say("There is no way any more.")
    elif best.path.arcs == was.path.arcs:
        yield say("The best way is the same.")
    else:
        yield say(
            "The best way was {countries}: {days}, {usd}.",
            countries=countries_passed(was, then.world.region),
            days=journey_days_text(was),
            usd=money_text(was),
        )


def _gate_changes(now: Comparison, then: Comparison) -> Iterator[str]:
    network = now.world.network
    told = []
    for name, gate in network.crossings.items():
        if not network.is_built(name):
            continue
        before, after = then.world.crossing_status(name), now.world.crossing_status(name)
        if before.kind != after.kind:
            told.append(
                say(
                    "{gate}: was {before}, now {after}.",
                    gate=element_name(name, gate.name),
                    before=label_word(WORDS.get(before.kind, "not known")),
                    after=label_word(WORDS.get(after.kind, "not known")),
                )
            )
    yield from told[:MOST_CHANGES]
    if len(told) > MOST_CHANGES:
        more = len(told) - MOST_CHANGES
        yield say_counting("And {count} more gate.", "And {count} more gates.", more)
    if not told:
        yield say("No gate has another state on record.")


def ask_point(findings: Findings) -> Point:
    """Return what to ask, and of whom: gates of their countries, dates of who named them."""
    lines = [*_gate_questions(findings), *_date_questions(findings), *_figure_question(findings)]
    return Point(say("What to ask, and of whom"), tuple(lines))


def _gate_questions(findings: Findings) -> Iterator[str]:
    world = findings.now.world
    gates: dict[tuple[str, str], list[str]] = {}
    for cut in findings.cuts:
        crossing = world.network.crossings.get(cut.id)
        if crossing is not None:
            ends = (crossing.country_a, crossing.country_b)
            gates.setdefault(ends, []).append(cut_name(cut))
    for ends, names in list(gates.items())[:MOST_ASKED]:
        yield say(
            "{countries}: on what day and for which freight will it open: {gates}?",
            countries=listed([country_name(code, world.region) for code in ends]),
            gates=listed(names),
        )
    old = [
        (status.age_days, name)
        for name in (findings.way.crossings if findings.way is not None else ())
        if (status := world.crossing_status(name)).age_days is not None
    ]
    if old:
        age, name = max(old)
        crossing = world.network.crossings[name]
        yield say(
            "{countries}: does freight pass: {gate}? The last report is {age}.",
            countries=listed(
                [
                    country_name(code, world.region)
                    for code in (crossing.country_a, crossing.country_b)
                ]
            ),
            gate=element_name(name, crossing.name),
            age=age_text(age or 0),
        )


def _date_questions(findings: Findings) -> Iterator[str]:
    for one in findings.overdue[:MOST_ASKED]:
        due = max(part.deadline for part in one.parts if part.deadline is not None)
        yield say(
            "{who}: what became of statement {id}, due {day}?",
            who=own_word(one.statement.speaker),
            id=one.statement.id,
            day=day(due),
        )


def _figure_question(findings: Findings) -> Iterator[str]:
    worth = findings.now.worths.first
    if worth is None or findings.family:
        return
    name = drawn_name(
        worth.figure, uses_of(*findings.now.contenders.values()), findings.now.world.region
    )
    yield say(
        "Carriers and customs: {figure}. Known, it would move how often {way} comes first by "
        "{points} points of a hundred.",
        figure=name,
        way=way_label(findings.now, findings.now.worths.leader),
        points=number(100 * worth.share_change),
    )


def _gate_names(network: Network, journey: Journey) -> list[str]:
    return [element_name(name, network.elements[name].name) for name in journey.crossings]


def bars_of(findings: Findings) -> tuple[Bar, ...]:
    """Return the best way of each family for the chart: those open first, the cheapest first."""
    bars: list[Bar] = []
    for answer, journey in best_of_families(findings.now):
        if findings.family not in ("", answer.corridor.family) and bars:
            continue
        spread, is_open = journey.reliability, answer.status == Status.open
        bars.append(
            Bar(
                name=sentence(label(answer.corridor)),
                low_days=spread.p05_hours / HOURS_PER_DAY,
                mean_days=journey.hours.value / HOURS_PER_DAY,
                high_days=spread.p95_hours / HOURS_PER_DAY,
                is_open=is_open,
                note=say("{usd} USD", usd=number(journey.usd.value))
                if is_open
                else say("{usd} USD, cut", usd=number(journey.usd.value)),
            )
        )
    bars.sort(key=lambda bar: (not bar.is_open, bar.mean_days))
    return tuple(bars[:MOST_BARS])


def chart_words(bars: Sequence[Bar]) -> str:
    """Return what the chart shows, in words."""
    told = "; ".join(
        say(
            "{name}: {mean} days, nine in ten within {low} to {high} ({note})",
            name=bar.name,
            mean=number(bar.mean_days, 1),
            low=number(bar.low_days, 1),
            high=number(bar.high_days, 1),
            note=bar.note,
        )
        for bar in bars
    )
    return f"{told}." if told else ""
