"""The brief: asks what other commands ask, and lays it out for one reader."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from karwan import __version__
from karwan.base.errors import DataError, Fault, NoEvidenceError, UnknownNameError
from karwan.words.tongues import ENGLISH, Tongue

if TYPE_CHECKING:
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.decisions.closures import ClosureQueue
    from karwan.analysis.decisions.decision import Decision
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.analysis.world.world import World
    from karwan.api.answer import Answer
    from karwan.api.asking import Shared
    from karwan.base.workspaces import Workspace
    from karwan.evidence.kept_briefs import KeptBrief
    from karwan.ledger.assessment import Status
    from karwan.report.brief.points import Findings
    from karwan.report.brief.sheet import Audience, Point, Sheet

    Shown = tuple[Comparison, Comparison | None, dict[str, Forecast], TargetAnswer | None]

BACK_DAYS = 30
"""What changed is told from so many days before, where no day is named."""
HASH_LETTERS = 12


class Asks(Protocol):
    """What a sheet asks: a region."""

    @property
    def as_of(self) -> dt.date:
        """Date whose knowledge is used."""
        ...

    @property
    def world(self) -> World:
        """What is known of it."""
        ...

    @property
    def shared(self) -> Shared:
        """What is worked out already."""
        ...

    def compare(self, origin: str, destination: str) -> Answer[Comparison]:
        """Return all corridors between two places."""
        ...

    def target(self, pair: str) -> Answer[TargetAnswer]:
        """Return whether a trade target can be met."""
        ...

    def decide(self, name: str, *, at: str, to: str) -> Answer[Decision]:
        """Return whether to wait or to divert."""
        ...

    def queue(self, name: str) -> Answer[ClosureQueue]:
        """Return what waits."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom the brief is for and what it is of.

    Attributes
    ----------
    ends
        Origin and destination; None for those that the region is compared by.
    family
        Family of corridors; None for all.
    since
        Day of the last brief; None for that of the newest one kept, or a month before.
    """

    audience: str = "minister"
    ends: tuple[str, str] | None = None
    family: str | None = None
    since: dt.date | None = None
    tongue: Tongue = ENGLISH


def brief_asked(region: Asks, asked: Asked) -> Sheet:
    """Return the sheet.

    Raises
    ------
    DataError
        Names every fault: an audience, family or language that there is not, a day after the date.
    """
    from karwan.data.own_names import names_in
    from karwan.report.names import by_english
    from karwan.words.speech import Names, speaking

    world = region.world

    def names() -> Names:
        own = names_in(world.catalog, asked.tongue.table_name)
        return {**own, **by_english(world.network, own, world.region.country_names)}

    _check(region, asked)
    findings = _found(region, asked)
    extra = _decision(region, findings) if asked.audience == "dispatcher" else None
    with speaking(asked.tongue, names):
        return _sheet(region, asked, findings, extra)


def _check(region: Asks, asked: Asked) -> None:
    """Refuse a brief for nobody, of nothing, or in a language without sentences."""
    from karwan.data.region import corridor_families
    from karwan.report.brief.sheet import Audience

    faults = []
    if asked.audience not in tuple(Audience):
        known = ", ".join(Audience)
        faults.append(Fault("audience", f"not one of {known}", asked.audience))
    families = corridor_families(region.world.catalog)
    if asked.family is not None and asked.family.upper() not in families:
        faults.append(Fault("corridor", f"not one of {', '.join(families)}", asked.family))
    if asked.since is not None and asked.since >= region.as_of:
        faults.append(
            Fault("since", f"must lie before the as-of date {region.as_of}", str(asked.since))
        )
    if not asked.tongue.is_whole:
        text = "its catalogue has labels and names alone; a brief needs sentences: en or ru"
        faults.append(Fault("lang", text, asked.tongue.code))
    if faults:
        raise DataError("the question", faults)


def _found(region: Asks, asked: Asked) -> Findings:
    """Return what the sheet is made of, each from the function of its own command."""
    from karwan.analysis.assurances.book import changes, choose, open_book
    from karwan.data.region import region_words
    from karwan.ledger.tallies import counted_once, kept_by_party
    from karwan.ledger.words import Delivery
    from karwan.report.brief.points import Findings

    world = region.world
    ends = asked.ends or world.region.compared_ends
    family = (asked.family or "").upper()
    last = None if asked.since is not None else _last(region, ends, family)
    day = last.as_of if last is not None else region.as_of - dt.timedelta(days=BACK_DAYS)
    since = asked.since or day
    now, then, forecasts, target = _worked_out(region, ends, since)
    book = open_book(world.catalog)
    statuses = choose(book, region.as_of, actor=None, corridor=family or None, status=None)
    told = changes(book, since, region.as_of)
    once = counted_once(statuses)
    return Findings(
        now=now,
        then=then,
        since=since,
        last=last.told if last is not None else None,
        corrections=last.corrections if last is not None else (),
        family=family,
        forecasts=forecasts,
        target=target,
        kept=kept_by_party(statuses, region_words(world.catalog, "party")),
        turns=[one for one in told if not family or family in one.after.statement.corridors],
        overdue=_by_due(one for one in once if one.delivery is Delivery.overdue),
        missed=_by_due(one for one in once if one.delivery is Delivery.not_met),
    )


def _last(region: Asks, ends: tuple[str, str], family: str) -> KeptBrief | None:
    """Return the newest brief of the same question that was kept before the date."""
    from karwan.evidence.kept_briefs import last_brief, question_of

    catalog = region.world.catalog
    if catalog.workspace is None:
        return None
    question = question_of(ends, family)
    return last_brief(catalog.workspace, question, region.as_of, catalog.as_recorded)


def keep_brief(workspace: Workspace, sheet: Sheet, *, who: str, when: str) -> str:
    """Keep a brief, so that the next one tells what changed since; return its id."""
    from karwan.base.store import sha256_hex
    from karwan.evidence.kept_briefs import keep_sheet
    from karwan.report.brief.text import to_markdown
    from karwan.words.speech import speaking

    with speaking(sheet.tongue):
        text = to_markdown(sheet)
    return keep_sheet(
        workspace,
        audience=sheet.audience.value,
        question=sheet.question,
        as_of=sheet.as_of,
        told=sheet.told,
        sheet_sha256=sha256_hex(text.encode()),
        who=who,
        when=when,
    )


def _worked_out(region: Asks, ends: tuple[str, str], since: dt.date) -> Shown:
    """Return what sheets of one pair share, worked out once: now, then, chances, the target."""
    world = region.world
    changes = (world.shut_ids, world.open_ids, frozenset(world.projects))
    key = ("brief", ends, since, changes)
    kept = region.shared.worked_out
    if key not in kept:
        now = region.compare(*ends).content
        kept[key] = (now, _then(region, ends, since), _forecasts(region, now), _target(region, now))
    shared: Shown = kept[key]
    return shared


def _by_due(statuses: Iterable[Status]) -> list[Status]:
    """Return statements with a deadline, the newest first."""
    dated = [
        (max(days), one.statement.id, one)
        for one in statuses
        if (days := [part.deadline for part in one.parts if part.deadline is not None])
    ]
    return [one for _, _, one in sorted(dated, key=lambda row: row[:2], reverse=True)]


def _then(region: Asks, ends: tuple[str, str], since: dt.date) -> Comparison | None:
    """Return the same comparison with what was known on an earlier day."""
    from karwan.analysis.world.question import Premises
    from karwan.analysis.world.world import open_world
    from karwan.api.asking import Shared

    world = region.world
    try:
        earlier = open_world(world.catalog, since, network=world.network)
    except NoEvidenceError:
        return None
    region_of: Any = type(region)
    compared: Comparison = (
        region_of(Premises(as_of=since), earlier, Shared()).compare(*ends).content
    )
    return compared


def _forecasts(region: Asks, now: Comparison) -> dict[str, Forecast]:
    """Return the chances of the gates that ways pass, and of what cuts them."""
    from karwan.analysis.forecasts.closures import fit_world, forecast
    from karwan.report.brief.points import MONTH_DAYS, YEAR_DAYS
    from karwan.report.content import journeys

    elements = region.world.network.elements
    names = {name for journey in journeys(now) for name in journey.crossings}
    names |= {cut.id for answer in now.answers for cut in answer.cuts}
    model = fit_world(region.world)
    return {
        name: forecast(region.world, model, name, (MONTH_DAYS, YEAR_DAYS))
        for name in sorted(names)
        if name in elements
    }


def _target(region: Asks, now: Comparison) -> TargetAnswer | None:
    """Return the target of the two countries, if one is on record."""
    from karwan.data.rows.region import CountryRow

    codes = {row.country: row.iso3 for row in region.world.catalog.rows(CountryRow)}
    ends = [codes.get(place.country, "") for place in (now.origin, now.destination)]
    try:
        return region.target("-".join(sorted(ends))).content
    except (UnknownNameError, NoEvidenceError, DataError):
        return None


def _decision(region: Asks, findings: Findings) -> tuple[str, Decision, ClosureQueue] | None:
    """Return what to do at the gate that cuts the cheapest way; None where nothing is cut."""
    from karwan.analysis.corridors.comparison import Status

    network, now = region.world.network, findings.now
    ways = sorted(
        (one.open_journey.generalized_cost_usd, cut.id)
        for one in findings.asked
        if one.status == Status.cut and one.open_journey is not None
        for cut in one.cuts[:1]
        if cut.id in network.crossings and network.crossings[cut.id].mode == "road"
    )
    for _, name in ways:
        try:
            made = region.decide(name, at=now.origin.id, to=now.destination.id).content
            return name, made, region.queue(name).content
        except DataError:
            continue
    return None


def _sheet(
    region: Asks,
    asked: Asked,
    findings: Findings,
    extra: tuple[str, Decision, ClosureQueue] | None,
) -> Sheet:
    """Return the sheet of an audience, in the language that is spoken."""
    from karwan.evidence.kept_briefs import question_of
    from karwan.report.answer import headline
    from karwan.report.brief import desks, points
    from karwan.report.brief.sheet import Audience, Point, Sheet
    from karwan.report.content import element_name, ends_text, sentence
    from karwan.words.speech import say

    audience = Audience(asked.audience)
    now = findings.now
    shared = [points.shut_point(findings), points.sure_point(findings)]
    grid, lead = None, headline(now)
    told: list[Point]
    if audience is Audience.minister:
        told = [*shared, points.hinge_point(findings), points.target_point(findings),
                points.changed_point(findings), points.ask_point(findings)]  # fmt: skip
    elif audience is Audience.dispatcher:
        told = [*shared, points.hinge_point(findings), points.changed_point(findings)]
        if extra is not None:
            name, made, queue = extra
            gate = element_name(name, region.world.network.elements[name].name)
            lead = desks.advice_text(made, gate)
            told[:0] = [
                Point(say("The way now"), (headline(now),)),
                desks.wait_point(made),
                desks.queue_point(queue, region.world.region),
            ]
    elif audience is Audience.underwriter:
        grid = desks.gates_grid(findings)
        told = [*shared, desks.spread_point(findings), points.changed_point(findings)]
    else:
        grid, lead = desks.kept_grid(findings.kept), desks.kept_lead(findings.kept)
        told = [
            desks.statements_point(
                findings.overdue, say("Passed, and nothing tells what came of it")
            ),
            desks.statements_point(findings.missed, say("Not met, by evidence")),
            points.target_point(findings),
            points.changed_point(findings),
            points.ask_point(findings),
        ]
    bars = points.bars_of(findings) if audience is not Audience.auditor else ()
    return Sheet(
        audience=audience,
        tongue=asked.tongue,
        title=f"{_title(audience)}: {findings.family or ends_text(now.origin, now.destination)}",
        subtitle=_subtitle(now),
        as_of=region.as_of,
        lead=sentence(lead),
        points=tuple(Point(one.head, tuple(map(sentence, one.lines))) for one in told if one.lines),
        foot=_foot(region, asked.tongue),
        question=question_of(asked.ends or region.world.region.compared_ends, findings.family),
        told=json.dumps(points.standing_of(now), ensure_ascii=False, sort_keys=True),
        grid=grid,
        bars=bars,
        chart_title=say("Days from door to door: mean, and nine journeys in ten"),
        chart_words=points.chart_words(bars),
    )


def _title(audience: Audience) -> str:
    from karwan.words.speech import say

    return {
        "minister": say("Brief"),
        "dispatcher": say("Dispatcher's sheet"),
        "underwriter": say("Underwriter's sheet"),
        "auditor": say("Auditor's sheet"),
    }[audience.value]


def _subtitle(now: Comparison) -> str:
    """Return of when it is, how old the newest evidence is, and what is shipped."""
    from karwan.analysis.world.cuts import age_text
    from karwan.report.content import day, number, sentence
    from karwan.words.speech import label_word, say

    world, load = now.world, now.consignment
    unit = label_word(load.unit.name)
    return say(
        "{cargo}: {tonnes} t ({unit}). As of {day}; newest evidence {horizon}, {age}.",
        tonnes=number(load.tonnes),
        cargo=sentence(label_word(load.cargo.name)),
        unit=unit[:1].lower() + unit[1:],
        day=day(world.as_of),
        horizon=day(world.evidence_horizon),
        age=age_text((world.as_of - world.evidence_horizon).days),
    )


def _foot(region: Asks, tongue: Tongue) -> tuple[str, ...]:
    from karwan.words.speech import say

    told = [
        say("Grades: A read in a source, B derived, C estimate. All hours and USD above rest on "
            "estimates (grade C) unless a source is named; hours are for a journey that meets no "
            "closure."),
        say("What is last known is not current. No statement of a government, company or "
            "institution is adopted, and all are held to one rule."),
        f"karwan {__version__}, {region.world.catalog.tables_sha256[:HASH_LETTERS]}. "
        + ("" if tongue.is_reviewed else say("Language not reviewed by a speaker.")),
    ]  # fmt: skip
    return tuple(told)
