"""What the incidents say, as text and JSON."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from karwan.analysis.forecasts.covariates import CovariateTest
    from karwan.analysis.forecasts.incidents import IncidentAnswer
    from karwan.hazard.counts import CountBacktest

LINKS_SHOWN = 40


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


def answer_text(answer: IncidentAnswer) -> str:
    """Return intensities by link as text; outside the coverage "no data"."""
    from karwan.analysis.forecasts.incidents import LINKS, recorded
    from karwan.cli.show import columns_text

    lines = [f"{answer.title}: recorded incidents, {answer.label}, as of {answer.as_of}"]
    shown = list(islice(recorded([answer]), LINKS_SHOWN))
    lines.append(columns_text(LINKS, shown, blank=True))
    if len(answer.links) > LINKS_SHOWN:
        lines.append(f"and {len(answer.links) - LINKS_SHOWN} more links; --format csv has all")
    if answer.near_count is not None:
        lines.append(
            f"Within 50 km in the 12 months to {answer.near_month:%Y-%m}: {answer.near_count} "
            "(covered sides only)"
        )
    total_km = sum(link.length_km for link in answer.links)
    lines.append(
        f"{answer.covered_km:,.0f} of {total_km:,.0f} km have data; events within 25 km of the "
        "straight line between the ends of a link, 90 % intervals, lethal events only"
        if not answer.local_only
        else f"{answer.covered_km:,.0f} of {total_km:,.0f} km have data; kept local"
    )
    releases = ", ".join(answer.releases) or "none: add one with karwan evidence add-incidents"
    lines.append(f"Releases: {releases}")
    lines += [f"Not used: {text}" for text in answer.left_out]
    lines.append(answer.credit)
    return "\n".join(lines)


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


def count_backtest_text(label: str, tried: tuple[CountBacktest, dt.date, dt.date]) -> str:
    """Return the scores of forecasts of counts beside their baselines."""
    from karwan.cli.show import table_text

    test, first, last = tried
    horizons = tuple(test.crps)
    rows = [
        [name, *(f"{test.crps[h][name]:.3f}" for h in horizons)] for name in test.crps[horizons[0]]
    ]
    lines = [
        f"Monthly counts, {label}: {', '.join(test.unit_names)}; {test.origin_count} origins from "
        f"{first:%Y-%m} to {last:%Y-%m}, mean CRPS, on the past only",
        table_text(("forecast", *(f"{h} mo. ahead" for h in horizons)), rows, right=(1, 2)),
    ]
    for h in horizons:
        gain = test.gain[h]
        cover = ", ".join(f"{name} {share:.2f}" for name, share in test.coverage_share[h].items())
        lines.append(
            f"  {h} mo.: gain over conflictology {gain.value:.1%}, 95 % interval {gain.low:.1%} "
            f"to {gain.high:.1%}; 90 % intervals hold {cover}"
        )
    return "\n".join(lines)


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


def covariate_text(label: str, found: CovariateTest | None) -> str:
    """Return whether closures follow incidents, as text."""
    from karwan.analysis.forecasts.covariates import CROSSINGS
    from karwan.cli.show import columns_text

    if found is None:
        return f"{label}: no data; no month of both records is covered"
    ratio = found.ratio
    said = "nothing can be said"
    if ratio.ratio is not None and ratio.low is not None and ratio.high is not None:
        word = "more" if ratio.low > 1 else "less" if ratio.high < 1 else "neither more nor less"
        said = (
            f"{ratio.ratio:.2f} times as many closures a month after events, 95 % interval "
            f"{ratio.low:.2f} to {ratio.high:.2f}: {word} often, as far as these few tell"
        )
    return "\n".join(
        [
            f"Closures and {label} events within 50 km in the 3 months before, {found.first:%Y-%m} "
            f"to {found.last:%Y-%m}, each crossing beside itself",
            columns_text(CROSSINGS, found.crossings, blank=True),
            said,
        ]
    )
