"""Answers about recorded incidents along links, elements, corridors and countries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer
from karwan.base.workspaces import Workspace

if TYPE_CHECKING:
    from karwan.analysis.forecasts.covariates import CovariateTest
    from karwan.analysis.forecasts.incidents import IncidentAnswer
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


def incidents_asked(
    world: World, told: Told, name: str, *, workspace: Workspace | None = None
) -> Answer[tuple[IncidentAnswer, ...]]:
    """Return how many incidents a month are recorded along what a name stands for.

    Parameters
    ----------
    workspace
        Folder whose own incidents are counted, since they have no coverage and enter no rate.
    """
    from karwan.analysis.forecasts.incidents import LINKS, ask_incidents, asked_links, recorded

    asked = asked_links(world, name)
    answers = tuple(ask_incidents(world, one, asked) for one in told.incidents)
    return Answer(
        title=f"Recorded incidents: {asked.title}, as of {world.as_of}",
        content=answers,
        tell=lambda: shown_to_dict(
            world, [answer_to_dict(one) for one in answers], told, own=own_count(world, workspace)
        ),
        columns=LINKS,
        rows=lambda: recorded(answers),
    )


def own_count(world: World, workspace: Workspace | None) -> int:
    """Return the number of incidents that the user added one by one."""
    if workspace is None:
        return 0
    from karwan.evidence.own_record import own_incident_count

    return own_incident_count(workspace, world.as_of)


def shown_to_dict(
    world: World, rows: Sequence[Mapping[str, object]], told: Told, *, own: int = 0
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
    from karwan.analysis.forecasts.incidents import HALF_WIDTH_KM, LINKS, NEAR_KM, recorded
    from karwan.base.telling import to_dict

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
        "links": [to_dict(LINKS, row) for row in recorded([answer])],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def count_backtest_to_dict(
    label: str, tried: tuple[CountBacktest, dt.date, dt.date]
) -> dict[str, Any]:
    """Return a backtest of counts with the keys of the JSON contract."""
    test, first, last = tried
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
            str(h): {"gain": round(g.value, 4), "low": round(g.low, 4), "high": round(g.high, 4)}
            for h, g in test.gain.items()
        },
    }


def covariate_to_dict(label: str, found: CovariateTest | None) -> dict[str, Any]:
    """Return the test of closures after incidents with the keys of the JSON contract."""
    from karwan.analysis.forecasts.covariates import CROSSINGS
    from karwan.base.telling import to_dict

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
        "crossings": [to_dict(CROSSINGS, one) for one in found.crossings],
    }
