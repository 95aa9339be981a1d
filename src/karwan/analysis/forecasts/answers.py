"""Forecasts of closures, and how good they have been, as JSON: keys that others rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karwan.analysis.corridors.answers import CHANCE_DIGITS, date_text, rounded
from karwan.analysis.forecasts.closures import NOT_BUILT
from karwan.analysis.world.corrections import corrections_to_dict
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.base.provenance import staleness
from karwan.base.telling import to_dict
from karwan.hazard.backtest import GAINS, SCORES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karwan.analysis.forecasts.backtests import Gate
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.forecasts.live_scores import LiveScore
    from karwan.analysis.world.world import World
    from karwan.base.bands import Band
    from karwan.hazard.backtest import Backtest
    from karwan.hazard.laws import LengthScore

Json = dict[str, Any]


def forecast_to_dict(world: World, found: Forecast) -> Json:
    """Return the forecast of an element; chances are shares from 0 to 1, by horizon in days."""
    remaining, structural = found.remaining_days, found.p_structural
    rate = found.group_rate_per_year
    return {
        "element": found.element_id,
        "name": found.name,
        "frontier_group": found.group,
        "state": found.state,
        "state_as_of": date_text(found.state_as_of),
        "age_days": found.age_days,
        "evidence_age_days": found.evidence_age_days,
        "staleness": None
        if found.reason == NOT_BUILT
        else staleness(found.evidence_age_days) or None,
        "reason": found.reason or None,
        "shut_since": date_text(found.shut_since),
        "p_shut": _by_days(found.p_shut),
        "p_new_closure": _by_days(found.p_new_closure),
        "p_open_within": _by_days(found.p_open_within),
        "remaining_days": None
        if remaining is None
        else {
            name: None if days is None else rounded(days)
            for name, days in zip(("p10", "p50", "p90"), remaining, strict=True)
        },
        "p_structural": None if structural is None else _chance(structural),
        "scheduled": [
            {
                "kind": item.kind,
                "start": date_text(item.start),
                "end": date_text(item.end),
                "p": _chance(item.p),
                "occasion": item.occasion or None,
            }
            for item in found.scheduled
        ],
        "group_rate_per_year": {
            name: _chance(end)
            for name, end in (("mean", rate.value), ("low", rate.low), ("high", rate.high))
        },
        "climatology_share": None
        if found.climatology_share is None
        else _chance(found.climatology_share),
        "p_open_already": None if found.open_already is None else _chance(found.open_already),
        "bands": {
            name: {str(days): _ends(band) for days, band in by_days.items()}
            for name, by_days in found.bands.items()
        },
        "closures_per_year": {
            name: {"mean": _chance(band.value), **_ends(band)} for name, band in found.rates.items()
        },
        "closure_count": found.episode_count,
        "group_closure_count": found.group_episode_count,
        "evidence": list(found.evidence),
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "later_facts": later_facts_to_dict(later_facts(world, found.sources)),
        "corrections": corrections_to_dict(world),
    }


def _by_days(chances: Mapping[int, float | None] | Mapping[int, float] | None) -> Json | None:
    if chances is None:
        return None
    return {str(days): None if p is None else _chance(p) for days, p in chances.items()}


def _ends(band: Band) -> Json:
    return {"low": _chance(band.low), "high": _chance(band.high)}


def _chance(p: float) -> float:
    return round(p, CHANCE_DIGITS)


def backtest_to_dict(found: Backtest) -> Json:
    """Return the scores of a backtest; lower scores are better, a gain above 0 is the model's."""
    best = {h: found.best_baseline(h).name for h in {g.horizon_days for g in found.gains}}
    return {
        "title": found.title,
        "elements": list(found.element_ids),
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "forecast_count": found.origin_count,
        "scores": [to_dict(SCORES, score) for score in found.scores],
        "gain": {
            str(gain.horizon_days): {
                "best_baseline": gain.other,
                "brier": _chance(gain.brier),
                "low": _chance(gain.low),
                "high": _chance(gain.high),
            }
            for gain in found.gains
            if gain.other == best[gain.horizon_days]
        },
        "gains": [to_dict(GAINS, gain) for gain in found.gains],
        "reliability": {
            str(days): [
                {"forecast": round(p, 4), "observed": round(share, 4), "count": count}
                for p, share, count in rows
            ]
            for days, rows in found.reliability.items()
        },
        "blend_weight": {str(days): _chance(w) for days, w in found.blend_weight.items()},
    }


def length_score_to_dict(found: LengthScore) -> Json:
    """Return how a law foresees lengths left out of its fit."""
    return {
        "law": found.name,
        "length_count": found.length_count,
        "crps_log_days": _chance(found.crps_log),
        "cover": {f"{level:g}": _chance(share) for level, share in found.cover_share.items()},
        "aic": None if found.aic is None else round(found.aic, 2),
    }


def gate_to_dict(found: Gate) -> Json:
    """Return a mark set beforehand, and whether it is met."""
    return {
        "gate": found.name,
        "mark": found.mark,
        "value": _chance(found.value),
        "met": found.is_met,
    }


def live_score_to_dict(found: LiveScore) -> Json:
    """Return how stored forecasts came out at one horizon."""
    return {
        "horizon_days": found.horizon_days,
        "known_count": found.known_count,
        "waiting_count": found.waiting_count,
        "late_count": found.late_count,
        "mean_forecast": found.mean_p,
        "observed_share": found.observed_share,
        "brier": found.brier,
        "log_score": found.log_score,
        "climatology_brier": found.climatology_brier,
        "persistence_brier": found.persistence_brier,
    }
