"""What is shut or barred, by what source, and what that cuts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.answers import restriction_subject
from karwan.analysis.corridors.comparison import Status
from karwan.analysis.forecasts.ages import GateAge, gate_ages
from karwan.analysis.world.bars import Cut
from karwan.base.provenance import Source, staleness, worst_grade
from karwan.data.rows.network import BorderCrossingRow
from karwan.report.content import label
from karwan.report.view import Section, View

if TYPE_CHECKING:
    from karwan.network.network import Network
    from karwan.study.run import StudyResult

CLASSES = {
    "trailer": "trailers",
    "truck": "trucks",
    "loaded_truck": "loaded trucks",
    "non_cargo": "vehicles without cargo",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRow:
    """Something that cuts corridors: in which state, which of the focus pair's, of how many pairs.

    `grade` is that of the weakest report behind it; empty where the question itself cuts.
    """

    cut: Cut
    grade: str
    state: str
    corridors: tuple[str, ...]
    pair_count: int


def cut_rows(result: StudyResult) -> list[CutRow]:
    """Return everything that cuts a corridor of any pair, per state, each once."""
    cuts: dict[tuple[str, str], Cut] = {}
    pairs: dict[tuple[str, str], set[tuple[str, str]]] = {}
    named: dict[tuple[str, str], list[str]] = {}
    for comparison in result.comparisons:
        pair = (comparison.origin.id, comparison.destination.id)
        for answer in comparison.answers:
            for cut in answer.cuts if answer.status == Status.cut else ():
                key = (comparison.state, cut.id)
                cuts.setdefault(key, cut)
                pairs.setdefault(key, set()).add(pair)
                named.setdefault(key, []).extend(
                    [label(answer.corridor)] if pair == result.focus else []
                )
    told = {spell.closure_id: spell.source.grade for spell in result.world.record.spells}
    told |= {rule.id: rule.source.grade for rule in result.world.network.restrictions}
    return [
        CutRow(
            cut=cut,
            grade=worst_grade(told[name] for name in cut.evidence if name in told),
            state=key[0],
            corridors=tuple(named[key]),
            pair_count=len(pairs[key]),
        )
        for key, cut in cuts.items()
    ]


def bans(result: StudyResult) -> list[tuple[str, str, dt.date | None, str, Source]]:
    """Return the bans on vehicle classes in force as last known: subject, class, start, rule, source."""
    network: Network = result.world.network
    posts = {row.id: row.name for row in result.catalog.rows(BorderCrossingRow)}
    found: dict[tuple[str, str, str], tuple[str, str, dt.date | None, str, Source]] = {}
    for rule in result.world.rules_in_force("bar"):
        subject = restriction_subject(network, rule)
        name = posts.get(rule.target, subject)
        row = (
            name,
            CLASSES.get(rule.vehicle_class, rule.vehicle_class),
            rule.start,
            rule.rule,
            rule.source,
        )
        found.setdefault((name, rule.vehicle_class, rule.rule), row)
    return list(found.values())


def old_states(view: View) -> tuple[GateAge, ...]:
    """Return the states not seen within a week of what the pair's ways pass or are cut by."""
    result = view.result
    names = {
        name
        for comparison in (*view.there, *view.back)
        for answer in comparison.answers
        for name in (
            *(answer.journey.elements if answer.journey is not None else ()),
            *(cut.id for cut in answer.cuts),
        )
    }
    return tuple(one for one in gate_ages(result.world, names) if staleness(one.age_days))


def gather(view: View) -> dict[str, Any]:
    """Return cuts, bans, seasons, and states that are old."""
    seasons = [text for lead in view.leads for text in lead.journey.seasons]
    return {
        "cut_rows": cut_rows(view.result),
        "bans": bans(view.result),
        "seasons": list(dict.fromkeys(seasons)),
        "ages": [(one, staleness(one.age_days)) for one in old_states(view)],
    }


CUTS = Section("cuts", "What is shut", "closures", gather)
