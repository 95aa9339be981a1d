"""What the incidents say, as text and JSON."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING

from karwan.base.words import counted

if TYPE_CHECKING:
    from karwan.analysis.forecasts.covariates import CovariateTest
    from karwan.analysis.forecasts.incidents import IncidentAnswer
    from karwan.hazard.counts import CountBacktest

LINKS_SHOWN = 40


def answer_text(answer: IncidentAnswer) -> str:
    """Return intensities by link as text; outside the coverage "no data"."""
    from karwan.analysis.forecasts.incidents import LINKS, recorded
    from karwan.cli.show import columns_text

    lines = [f"{answer.title}: recorded incidents, {answer.label}, as of {answer.as_of}"]
    if not answer.releases and not answer.local_only and not answer.left_out:
        count = counted(len(answer.links), "link")
        lines.append(
            f"No file of incidents is in the workspace, so nothing is known of {count}: that is "
            "no zero. Fetch UCDP's (CC BY 4.0): karwan evidence get-incidents ucdp; or add a file: "
            "karwan evidence add-incidents FILE"
        )
        return "\n".join(lines)
    shown = list(islice(recorded([answer]), LINKS_SHOWN))
    lines.append(columns_text(LINKS, shown, blank=True))
    if len(answer.links) > LINKS_SHOWN:
        lines.append(
            f"and {counted(len(answer.links) - LINKS_SHOWN, 'more link')}; --format csv has all"
        )
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
