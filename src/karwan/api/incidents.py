"""Answers about recorded incidents along links, elements, corridors and countries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer
from karwan.base.telling import Column, Form

if TYPE_CHECKING:
    from pathlib import Path

    from karwan.analysis.forecasts.covariates import CovariateTest
    from karwan.analysis.forecasts.incidents import IncidentAnswer, LinkIntensity
    from karwan.analysis.world.world import World
    from karwan.evidence.incidents import Incidents, IncidentSet
    from karwan.hazard.counts import CountBacktest


@dataclass(frozen=True, slots=True)
class Told:
    """Incidents that an answer may use, and files left out since they must stay local."""

    incidents: tuple[Incidents, ...]
    kept_local: tuple[str, ...]


def told_incidents(world: World, sets: Sequence[IncidentSet], *, hides_local: bool) -> Told:
    """Return the incidents known on the world's date: UCDP's pooled, each private file apart."""
    from karwan.evidence.incidents import pool_ucdp, private_incidents

    private = [one for one in sets if one.release.local_only]
    hidden = tuple(one.label for one in private if hides_local)
    found = [private_incidents(one, world.as_of) for one in private if one.label not in hidden]
    if len(private) < len(sets) or not private:
        found.insert(0, pool_ucdp(sets, world.as_of))
    return Told(tuple(found), hidden)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link in the answer of one source."""

    source: str
    link: LinkIntensity


def _link(name: str, *, digits: int | None = None) -> Column[LinkRow]:
    shown = (Form.csv, Form.frame, Form.html)
    rounded = {} if digits is None else {Form.csv: digits}
    return Column(name=name, get=lambda row: getattr(row.link, name), forms=shown, digits=rounded)


LINK_ROWS: tuple[Column[LinkRow], ...] = (
    Column(name="source", forms=(Form.csv, Form.frame)),
    Column(name="link", get=lambda row: row.link.link_id, forms=(Form.csv, Form.frame, Form.html)),
    _link("length_km"),
    _link("state"),
    _link("low", digits=4),
    _link("mean", digits=4),
    _link("high", digits=4),
    _link("month"),
    Column(name="last_known", get=lambda row: row.link.is_last_known, forms=(Form.csv, Form.frame)),
    _link("reason"),
)
"""What is told of incidents along a link, events per 1,000 km-months; None is not zero."""


def link_rows(answers: Sequence[IncidentAnswer]) -> list[LinkRow]:
    """Return every link of every source."""
    return [LinkRow(one.label, link) for one in answers for link in one.links]


def incidents_asked(
    world: World, told: Told, name: str, *, workspace: Path | None = None
) -> Answer[tuple[IncidentAnswer, ...]]:
    """Return how many incidents a month are recorded along what a name stands for.

    Parameters
    ----------
    workspace
        Folder whose own incidents are counted, since they have no coverage and enter no rate.
    """
    from karwan.analysis.forecasts.incidents import ask_incidents, asked_links

    asked = asked_links(world, name)
    answers = tuple(ask_incidents(world, one, asked) for one in told.incidents)
    return Answer(
        title=f"Recorded incidents: {asked.title}, as of {world.as_of}",
        content=answers,
        tell=lambda: shown_to_dict(
            world, [answer_to_dict(one) for one in answers], told, own=own_count(world, workspace)
        ),
        columns=LINK_ROWS,
        rows=lambda: link_rows(answers),
    )


def own_count(world: World, workspace: Path | None) -> int:
    """Return the number of incidents that the user added one by one."""
    if workspace is None:
        return 0
    from karwan.evidence.records import own_incident_count

    return own_incident_count(workspace, world.as_of)


def shown_to_dict(
    world: World, rows: Sequence[dict[str, Any]], told: Told, *, own: int = 0
) -> dict[str, Any]:
    """Return rows of any answer about incidents, with what was left out."""
    from karwan.analysis.world.corrections import corrections_to_dict

    return {
        "answers": list(rows),
        "kept_local": list(told.kept_local),
        "own_not_counted": own,
        "corrections": corrections_to_dict(world),
    }


def answer_to_dict(answer: IncidentAnswer) -> dict[str, Any]:
    """Return an answer with the keys of the JSON contract."""
    from karwan.analysis.forecasts.incidents import HALF_WIDTH_KM, NEAR_KM

    return {
        "title": answer.title,
        "as_of": answer.as_of.isoformat(),
        "source": answer.label,
        "releases": answer.releases,
        "left_out": answer.left_out,
        "local_only": answer.local_only,
        "credit": answer.credit,
        "band_km": HALF_WIDTH_KM,
        "near_km": NEAR_KM,
        "near_count_12_months": answer.near_count,
        "near_month": answer.near_month.isoformat()[:7] if answer.near_month else None,
        "unplaced_count": answer.unplaced_count,
        "covered_km": round(answer.covered_km, 1),
        "total_km": round(sum(link.length_km for link in answer.links), 1),
        "links": [_link_to_dict(link) for link in answer.links],
    }


def _link_to_dict(link: LinkIntensity) -> dict[str, Any]:
    known = {
        "low": _rounded(link.low),
        "mean": _rounded(link.mean),
        "high": _rounded(link.high),
        "month": link.month.isoformat()[:7] if link.month else None,
    }
    past = link.mean is None or link.is_last_known
    return {
        "link": link.link_id,
        "countries": link.countries,
        "length_km": link.length_km,
        "state": link.state,
        "reason": link.reason,
        "events_per_1000_km_months": None if past else known,
        "last_known": known if link.is_last_known else None,
        "next_month_count": None
        if past or link.next_month is None
        else dict(zip(("p05", "p50", "p95"), link.next_month, strict=True)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def backtest_to_dict(label: str, found: tuple[CountBacktest, dt.date, dt.date]) -> dict[str, Any]:
    """Return a backtest of counts with the keys of the JSON contract."""
    test, first, last = found
    return {
        "source": label,
        "first_origin": first.isoformat()[:7],
        "last_origin": last.isoformat()[:7],
        "origins": test.origin_count,
        "units": test.unit_names,
        "crps": {str(h): {k: round(v, 4) for k, v in s.items()} for h, s in test.crps.items()},
        "coverage_90_share": {
            str(h): {k: round(v, 4) for k, v in s.items()} for h, s in test.coverage_share.items()
        },
        "gain_over_conflictology": {
            str(h): dict(zip(("gain", "low", "high"), (round(x, 4) for x in g), strict=True))
            for h, g in test.gain.items()
        },
    }


def covariate_to_dict(label: str, found: CovariateTest | None) -> dict[str, Any]:
    """Return the test of closures after incidents with the keys of the JSON contract."""
    if found is None:
        return {"source": label, "ratio": None, "reason": "no month of both records is covered"}
    ratio = found.ratio
    return {
        "source": label,
        "first": found.first.isoformat()[:7],
        "last": found.last.isoformat()[:7],
        "exposed": {"closures": ratio.exposed_count, "months": ratio.exposed_months},
        "other": {"closures": ratio.other_count, "months": ratio.other_months},
        "ratio": _rounded(ratio.ratio),
        "low": _rounded(ratio.low),
        "high": _rounded(ratio.high),
        "crossings": [
            {
                "element": one.element_id,
                "covered_countries": one.covered_countries,
                "incidents": one.incident_count,
                "exposed": {"closures": one.exposed_starts, "months": one.exposed_months},
                "other": {"closures": one.other_starts, "months": one.other_months},
            }
            for one in found.crossings
        ],
    }
