"""A target's answer as plain data, and its verdict in words; every chance keeps its assumption."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from karwan.analysis.corridors.answers import CHANCE_DIGITS, Json, band_to_dict, date_text, rounded
from karwan.analysis.trade.announcements import Announcement
from karwan.analysis.trade.loads import Load
from karwan.analysis.trade.series import Growth, Since
from karwan.analysis.trade.targets import CENTRAL, Need, Reading, TargetAnswer
from karwan.analysis.trade.timesaving import Ceiling, TimeSaving, price_factor_needed
from karwan.base.bands import Band
from karwan.base.provenance import Source
from karwan.ledger.change import share_interval
from karwan.ledger.tallies import Kept

VERY_UNLIKELY, UNLIKELY, LIKELY = 0.10, 0.33, 0.66
"""Words by chance, as the IPCC uses them (guidance note of 2010, table 1)."""

ELASTICITY = -5.0
"""The middle of the published range, for the delivered-price factor that a multiple needs."""


def verdict(answer: TargetAnswer) -> str:
    """Return the verdict in words with its range, base and assumptions; never a bare number."""
    if answer.standing is None:
        return _passed_verdict(answer)
    aim = answer.standing
    every = answer.p_range()
    if every is None:
        return _undated_verdict(answer, aim)
    middle = answer.p_range(CENTRAL) or every
    return (
        f"{_word(every).capitalize()}: {chance_range(*middle)} by {aim.due} over the bases, if "
        f"trade of this pair grows as that of all pairs on record did; {chance_range(*every)} over "
        "all readings"
    )


def _passed_verdict(answer: TargetAnswer) -> str:
    last = answer.passed[-1] if answer.passed else None
    if last is None:
        return "No target for all goods was standing on the date"
    named = last.announcement
    return f"The last date named, {named.due}, has passed: {last.status}"


def _undated_verdict(answer: TargetAnswer, aim: Announcement) -> str:
    central = [r for r in answer.readings if r.name == CENTRAL]
    if not central:
        return f"No date was named ({aim.due_words}) and no base is fresh enough to reckon from"
    spans = [
        (h, min(p for r in central for k, p in r.p_by_horizon if k == h),
         max(p for r in central for k, p in r.p_by_horizon if k == h))
        for h in (2.0, 5.0, 10.0)
    ]  # fmt: skip
    words = "; ".join(f"{chance_range(low, high)} within {h:g} years" for h, low, high in spans)
    return (
        f"No date was named ({aim.due_words}), so nothing can be missed. If trade of this pair "
        f"grows as that of all pairs on record did: {words} of the base year, over the bases"
    )


def _word(span: tuple[float, float]) -> str:
    low, high = span
    if high < VERY_UNLIKELY:
        return "very unlikely on every base and reading"
    if high < UNLIKELY:
        return "unlikely on every base and reading"
    if low > LIKELY:
        return "likely on every base and reading"
    return "open: it depends on the base and on how the record is read"


def chance(p: float) -> str:
    """Return a chance in words that never say never.

    Examples
    --------
    >>> chance(0.0000453), chance(0.0349), chance(0.27), chance(0.9999)
    ('under 0.1 %', '3.5 %', '27 %', 'over 99.9 %')
    """
    if p < 0.001:  # noqa: PLR2004
        return "under 0.1 %"
    if p > 0.999:  # noqa: PLR2004
        return "over 99.9 %"
    return f"{100 * p:.1f} %" if p < 0.1 or p > 0.9 else f"{100 * p:.0f} %"  # noqa: PLR2004


def about(value: float) -> str:
    """Return a number to two figures: what rests on a wide band has no more.

    Examples
    --------
    >>> about(1130568.0), about(154.9), about(0.98)
    ('1,100,000', '150', '0.98')
    """
    if value == 0:
        return "0"
    digits = 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def chance_range(low: float, high: float) -> str:
    """Return two chances as a range, or one where both read the same; an end at 0 is written so.

    Examples
    --------
    >>> chance_range(0.0, 0.445), chance_range(0.0101, 0.0103), chance_range(0.02, 1.0)
    ('0 % to 44 %', '1.0 %', '2.0 % to 100 %')
    """
    ends = [{0.0: "0 %", 1.0: "100 %"}.get(p, chance(p)) for p in (low, high)]
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def target_to_dict(answer: TargetAnswer) -> Json:
    """Return the answer as plain data; what is unknown is None."""
    every, middle = answer.p_range(), answer.p_range(CENTRAL)
    return {
        "pair": answer.pair,
        "as_of": answer.as_of.isoformat(),
        "evidence_horizon": answer.evidence_horizon.isoformat(),
        "target": announcement_to_dict(answer.standing) if answer.standing else None,
        "announcements": [announcement_to_dict(a) for a in answer.announcements],
        "passed": [
            {
                "target_musd": p.announcement.target_musd,
                "due": date_text(p.announcement.due),
                "status": p.status,
                "by_basis": [
                    {"basis": o.basis_label, "period": o.period,
                     "value_musd": rounded(o.value_musd), "reached": o.reached,
                     "source_url": o.source.url}
                    for o in p.outcomes
                ],
            }
            for p in answer.passed
        ],
        "baselines": [need_to_dict(n) for n in answer.needs],
        "growth_record": {
            "own": [growth_to_dict(g) for g in answer.own_best],
            "sisters": [growth_to_dict(g) for g in answer.sister_best],
        },
        "loads": [load_to_dict(one) for one in answer.loads],
        "time_saving": saving_to_dict(answer.saving),
        "kept_dates": {
            "all_actors": kept_to_dict(answer.kept_all, ()),
            "own_actors": kept_to_dict(answer.kept_own, answer.own_countries),
        },
        "readings": [reading_to_dict(r) for r in answer.readings],
        "other_dates": [
            {"due": date_text(a.due), "due_words": a.due_words, "announced_by": a.announced_by,
             "p_low": _p(low), "p_high": _p(high)}
            for a, low, high in answer.other_dates
        ],
        "verdict": {
            "words": verdict(answer),
            "p_low": _p(every[0]) if every else None,
            "p_high": _p(every[1]) if every else None,
            "p_central_low": _p(middle[0]) if middle else None,
            "p_central_high": _p(middle[1]) if middle else None,
            "assumptions": sorted({r.assumption for r in answer.readings}),
        },
    }  # fmt: skip


def _p(value: float) -> float:
    return round(value, CHANCE_DIGITS)


def _source(source: Source) -> Json:
    return {"source_url": source.url, "source_date": source.date, "grade": source.grade}


def announcement_to_dict(announcement: Announcement) -> Json:
    """Return who announced what, when, by when and on which base."""
    return {
        "target_musd": announcement.target_musd,
        "scope": announcement.scope,
        "announced": announcement.announced_words,
        "announced_by": announcement.announced_by,
        "due": date_text(announcement.due),
        "due_words": announcement.due_words,
        "base_musd": announcement.base_musd,
        "base_basis": announcement.base_words,
        "note": announcement.source.note,
        **_source(announcement.source),
    }


def need_to_dict(need: Need) -> Json:
    """Return a base year with what it asks for."""
    base = need.base
    return {
        "basis": base.basis.name,
        "basis_kind": base.basis.kind,
        "reporter": base.basis.reporter,
        "period": base.period.label,
        "period_end": base.period.end.isoformat(),
        "value_musd": rounded(base.total_musd),
        "by_exporter_musd": {name: rounded(value) for name, value in base.by_exporter_musd},
        "fresh": need.fresh,
        "since": since_to_dict(need.since) if need.since else None,
        "multiple": rounded(need.multiple),
        "price_factor_at_elasticity_5": rounded(price_factor_needed(need.multiple, ELASTICITY)),
        "years": None if need.years is None else rounded(need.years),
        "growth_per_year_share": None if need.annual_share is None else rounded(need.annual_share),
        "growth_per_year_share_by_horizon": [
            {"years": h, "share": rounded(share)} for h, share in need.by_horizon
        ],
        "grade": base.grade,
        "source_url": base.source.url,
        "source_date": base.source.date,
    }


def since_to_dict(since: Since) -> Json:
    """Return a part of a year after the base."""
    return {
        "period": since.part.period.label,
        "value_musd": rounded(since.part.total_musd),
        "multiple_of_same_months": None if since.multiple is None else rounded(since.multiple),
        "source_url": since.part.source.url,
    }


def growth_to_dict(growth: Growth) -> Json:
    """Return growth within one series."""
    return {
        "pair": growth.pair,
        "basis": growth.basis.label,
        "from": growth.first.label,
        "to": growth.last.label,
        "years": rounded(growth.years),
        "multiple": rounded(growth.multiple),
        "per_year_share": rounded(growth.annual_share),
    }


def _band(band: Band | None) -> Json | None:
    return None if band is None else band_to_dict(band)


def load_to_dict(load: Load) -> Json:
    """Return one way of the target in tonnes and trucks a day, with what it rests on."""
    mix = load.mix
    return {
        "exporter": load.exporter,
        "importer": load.importer,
        "value_musd": _band(load.value_musd),
        "tonnes_per_year": _band(load.tonnes),
        "trucks_per_day": _band(load.trucks_per_day),
        "reason": load.reason or None,
        "goods": [] if mix is None else [
            {"name": name, "share": share} for name, share in mix.goods
        ],
        "observed_tonnes_per_musd": None if mix is None else mix.observed_tonnes_per_musd,
        "observed": None if mix is None else mix.observed_label or None,
        "grade": None if mix is None else mix.grade,
        "source_urls": [] if mix is None else list(mix.source_urls),
    }  # fmt: skip


def saving_to_dict(saving: TimeSaving) -> Json:
    """Return the ways compared and the ceilings by each published response."""
    return {
        "reason": saving.reason or None,
        "ways": [
            {
                "origin": way.origin,
                "destination": way.destination,
                "last_known_hours": None
                if way.last_known_hours is None
                else rounded(way.last_known_hours),
                "open_hours": None if way.open_hours is None else rounded(way.open_hours),
                "saved_days": None if way.saved_days is None else rounded(way.saved_days),
                "last_known_crossings": list(way.last_known_crossings),
                "open_crossings": list(way.open_crossings),
            }
            for way in saving.ways
        ],
        "ceilings": [ceiling_to_dict(c) for c in saving.ceilings],
    }


def ceiling_to_dict(ceiling: Ceiling) -> Json:
    """Return a ceiling with its days and the band of each response."""
    return {
        "basis": ceiling.basis,
        "is_claim": ceiling.is_claim,
        "saved_days": rounded(ceiling.days),
        "responses": [
            {"name": r.name, "form": r.form, "multiple": _band(r.multiple),
             "source_urls": list(r.source_urls)}
            for r in ceiling.responses
        ],
    }  # fmt: skip


def share_to_dict(hits: int, count: int) -> Json:
    """Return a share with its denominator and its exact interval; all null of none."""
    low, high = share_interval(hits, count) if count else (None, None)
    return {
        "hits": hits,
        "count": count,
        "p_mean": _p(hits / count) if count else None,
        "p_low": None if low is None else _p(low),
        "p_high": None if high is None else _p(high),
    }


def kept_to_dict(kept: Kept, countries: Sequence[str]) -> Json:
    """Return dates kept of those assessed, and the statements behind the count."""
    wide = kept.due_count + len(kept.unclear_ids)
    return {
        "actors": sorted(countries),
        "assessed": share_to_dict(kept.kept_count, kept.due_count),
        "if_unclear_missed": share_to_dict(kept.kept_count, wide),
        "kept": list(kept.kept_ids),
        "missed": list(kept.missed_ids),
        "unclear": list(kept.unclear_ids),
    }


def reading_to_dict(reading: Reading) -> dict[str, Any]:
    """Return a chance with its base, its assumption and the walk behind it."""
    return {
        "reading": reading.name,
        "assumption": reading.assumption,
        "base": reading.base_label,
        "p_reach": None if reading.p_reach is None else _p(reading.p_reach),
        "p_by_horizon": [{"years": h, "p": _p(p)} for h, p in reading.p_by_horizon],
        "step_count": reading.walk.step_count,
        "drift_per_year": rounded(reading.walk.drift_per_year),
        "spread_per_year": rounded(reading.walk.spread_per_year),
    }
