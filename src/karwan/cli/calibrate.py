"""`karwan calibrate`: the model beside runs that happened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.words import counted
from karwan.cli.options import PATH, AsOf, Format, FormatOption, Tables, read_path

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Beside, Calibration, Trial
    from karwan.analysis.corridors.price_fit import PriceCalibration
    from karwan.base.telling import Columns

Write = Annotated[
    Path | None,
    typer.Option(
        "--write",
        parser=read_path,
        metavar=PATH,
        help="Write the page of the documentation here.",
    ),
]


def calibrate(
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    write: Write = None,
    tables: Tables = None,
) -> None:
    """Refit to observed runs, each left out in turn, and set every run beside the model."""
    from karwan.analysis.corridors.calibration import RUNS
    from karwan.api.trade import calibrate_asked
    from karwan.base.store import write_text
    from karwan.base.telling import to_csv
    from karwan.base.troubles import check_target
    from karwan.cli.options import parse_date
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog
    from karwan.network.build import build_network

    if write is not None:
        check_target(write)
    catalog = Catalog(tables)
    answer = calibrate_asked(catalog, build_network(catalog), parse_date(as_of))
    page = answer.content
    if write is not None:
        write_text(write, calibration_page(page))
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(RUNS, page.runs))
    else:
        print_text(calibration_text(page))


def calibration_text(page: Calibration) -> str:
    """Return the fit and every run as text."""
    from karwan.analysis.corridors.calibration import RUNS, STATED_RUNS
    from karwan.analysis.corridors.price_fit import PRICES
    from karwan.cli.show import columns_text

    lines = list(_headline(page))
    lines += [f"  {line}" for line in _laws(page)]
    lines += ["", "Foreseeing each event without it, each at weight 1:"]
    lines += [f"  {line}" for line in _trial_lines(page)]
    lines += ["", "Observed runs, each without its own event:"]
    lines.append(columns_text(RUNS, page.chosen.runs, blank=True))
    if page.prices is not None:
        lines += ["", "Prices, in USD of their year, each without its own list or quote:"]
        lines += [f"  {line}" for line in _price_lines(page.prices)]
        told = (*page.prices.fitted, *page.prices.others)
        lines.append(columns_text(PRICES, told, blank=True))
    lines += ["", "Scheduled, claimed, or met what the law does not tell; never fitted:"]
    lines.append(columns_text(STATED_RUNS, page.others, blank=True))
    lines += ["", "Out of reach:"]
    lines += [
        f"  {run.id} {run.origin} - {run.destination} ({run.kind}): {run.out_of_reach}"
        for run in page.out_of_reach
    ]
    return "\n".join(lines)


def _headline(page: Calibration) -> list[str]:
    return [
        f"{counted(page.run_count, 'observed run')} of {counted(page.event_count, 'event')} lie in "
        "the network.",
        f"In use: {page.in_use.duty_hours_per_day:g} h of driving a day; half of whole journeys "
        f"take more than {page.in_use.pilot_ratio:.2f} times their published parts.",
    ]


def _laws(page: Calibration) -> list[str]:
    lines = []
    for variant in page.variants:
        law, cover = variant.fitted.law, variant.coverage
        mark = "; chosen" if variant is page.chosen else ""
        stand = f", stand {law.stand_hours:g} h" if law.stand_hours else ""
        lines.append(
            f"{variant.name}: factor {law.median_ratio:.2f}, sd of its log {law.law.log_sd:.2f}"
            f"{stand}; median left-out error {variant.median_error_share:.1%}; {cover.value:.0%} "
            f"within P05-P95 (95 % interval {cover.low:.2f}-{cover.high:.2f}){mark}"
        )
    ratio, sd = page.intervals
    lines.append(
        f"bootstrap of events, P05-P95: factor {ratio.p05:.2f}-{ratio.p95:.2f}, sd of its log "
        f"{sd.p05:.2f}-{sd.p95:.2f}"
    )
    if page.stated_fit is not None:
        lines.append(
            "with statements sharing the spread: factor "
            f"{page.stated_fit.median_ratio:.2f}, sd of its log {page.stated_fit.log_sd:.2f}; "
            f"statements at {page.stated_ratio:.2f} times the parts"
        )
    return lines


def _trials(page: Calibration) -> list[Trial]:
    return [*(variant.trial for variant in page.variants), *page.rivals]


def _trial_lines(page: Calibration) -> list[str]:
    lines = []
    for trial in _trials(page):
        covered = ", ".join(
            f"{width} %: {band.value:.0%}" for width, band in trial.coverages.items()
        )
        lines.append(
            f"{trial.name}: CRPS of ln hours {trial.score.crps:.3f}; within {covered}; "
            f"P95 over P05 {trial.score.width_ratio:.1f}"
        )
    return lines


def _price_lines(prices: PriceCalibration) -> list[str]:
    covered = ", ".join(f"{width} %: {share:.0%}" for width, share in prices.tried.covered.items())
    low, high = prices.median_interval
    return [
        f"law of prices: median fitted {prices.fit.median_ratio:.2f} ({low:.2f}-{high:.2f}) and in "
        f"use 1; sd of its log {prices.likely_log_sd:.2f} by likelihood, {prices.fit.log_sd:.2f} "
        "in use",
        f"{prices.tried.event_count} lists and quotes by road, each left out: within {covered}; "
        f"P95 over P05 {prices.tried.width_ratio:.1f}; figures alone hold "
        f"{prices.alone.covered[90]:.0%} in 90 %",
    ]


def calibration_page(page: Calibration) -> str:
    """Return the page of the documentation."""
    from karwan.analysis.corridors.calibration import RUNS, STATED_RUNS

    lines = [
        "# Calibration",
        "",
        "<!-- Written by `make docs`. -->",
        "",
        "How far the hours of the model lie from journeys that happened. `karwan calibrate`",
        "makes this page anew. Hours are for a journey that meets no closure.",
        "",
        *_headline(page),
        "",
        "## The law of hours",
        "",
        "The parts of a journey (hauls, frontiers, terminals) have published means, and spreads",
        "of their own. What whole journeys take beyond them is one lognormal factor. It is",
        "fitted by maximum likelihood: a journey took what its clock printed, give or take half",
        "of the clock's resolution (mostly a day). Every event weighs 1. Runs that met a",
        "backlog after a closure or the discharge of a ship are told, not fitted. A stand,",
        "hours added once to each journey, is tried beside and ships only if it foresees better",
        "events that it has not seen.",
        "",
        *(f"- {line}" for line in _laws(page)),
        "",
        "The routing weight takes the mean of the factor. The band that answers print holds the",
        "spread of the parts, what their evidence leaves open, the factor's spread and what the",
        "events leave open of its median.",
        "",
        "## Foreseeing what was not seen",
        "",
        "Each event is left out in turn, the law fitted to the others, and the event looked for",
        "in what is foreseen. An event told by several rows counts by the share of them inside.",
        "The continuous ranked probability score (CRPS) of the log of hours is less for a",
        "better forecast. Intervals are 95 per cent, of the number of events. *Nothing fitted*",
        "is the published parts without a law; 0.1.0 is the first release with the same",
        "questions and clocks; the two others are plain rivals that look at nothing but km,",
        "mode and other events.",
        "",
        *_markdown(*_trial_table(page)),
        "",
        *_without(page),
        "## Kinds of journeys",
        "",
        "How many times longer events of a kind took than others, beyond the law, with P05 and",
        "P95 of bootstrapped events. A diagnostic: with so few events kinds cannot be told",
        "apart, and none is an input.",
        "",
        *_markdown(
            ("kind", "times", "P05-P95"),
            [
                [trait, f"{one.p50:.2f}", f"{one.p05:.2f}-{one.p95:.2f}"]
                for trait, one in page.effects.items()
            ],
        ),
        "",
        "## Observed",
        "",
        "Model h is the mean with the law in use; left out h and the band are P50, P05 and P95",
        "with a law that has not seen the event.",
        "",
        *_markdown_runs(RUNS, page.chosen.runs),
        "",
        *_prices_page(page),
        "## Scheduled, claimed, or not fitted",
        "",
        "The ratio is model over statement: 0.5 says that the model needs half the time stated.",
        "Runs that met a backlog or a discharge stand here too, and those whose source is an",
        "input of the model.",
        "",
        *_markdown_runs(STATED_RUNS, page.others),
        "",
        "## Out of reach",
        "",
        *_markdown(
            ("run", "from", "to", "kind", "why"),
            [[r.id, r.origin, r.destination, r.kind, r.out_of_reach] for r in page.out_of_reach],
        ),
    ]
    return "\n".join(lines) + "\n"


def _prices_page(page: Calibration) -> list[str]:
    """Return prices beside the model."""
    from karwan.analysis.corridors.price_fit import PRICES
    from karwan.base.telling import Form, cells_of, names_of

    prices = page.prices
    if prices is None:
        return []
    rows = [cells_of(PRICES, one, Form.table) for one in (*prices.fitted, *prices.others)]
    return [
        "## Prices",
        "",
        "Prices of journeys beside the central value and the band, in USD of the price's year. The",
        "law is fitted on prices by road that cover the whole way and met neither the backlog of a",
        "closure nor a shortage of trucks; each list or quote is left out in turn. A tariff of a",
        "railway covers its part only, without hire of box or wagon and without the ends: its",
        "ratio says how much of the central value it is. A price that feeds an input is no test.",
        "",
        *(f"- {line}" for line in _price_lines(prices)),
        "",
        *_markdown(names_of(PRICES, Form.table), rows),
        "",
    ]


def _trial_table(page: Calibration) -> tuple[Sequence[str], list[list[str]]]:
    trials = _trials(page)
    widths = list(trials[0].coverages)
    headers = ["foreseen by", "events", "CRPS", *(f"in {w} %" for w in widths), "P95/P05"]
    rows = [
        [
            trial.name,
            str(trial.score.event_count),
            f"{trial.score.crps:.3f}",
            *(
                f"{band.value:.0%} ({band.low:.0%}-{band.high:.0%})"
                for band in trial.coverages.values()
            ),
            f"{trial.score.width_ratio:.1f}",
        ]
        for trial in trials
    ]
    return headers, rows


def _without(page: Calibration) -> list[str]:
    """Return the scores without the events of each group that is told often."""
    lines = []
    for group in page.chosen.trial.without:
        rows = [
            [
                trial.name,
                str(one.event_count),
                f"{one.crps:.3f}",
                *(f"{share:.0%}" for share in one.covered.values()),
                f"{one.width_ratio:.1f}",
            ]
            for trial in _trials(page)
            for one in [trial.without[group]]
        ]
        widths = page.chosen.trial.coverages
        headers = ["foreseen by", "events", "CRPS", *(f"in {w} %" for w in widths), "P95/P05"]
        lines += [f"Without the {group}:", "", *_markdown(headers, rows), ""]
    return lines


def _markdown_runs(columns: Columns[Beside], runs: Sequence[Beside]) -> list[str]:
    from karwan.base.telling import Form, cells_of, names_of

    rows = [cells_of(columns, one, Form.table) for one in runs]
    return _markdown(names_of(columns, Form.table), rows)


def _markdown(headers: Sequence[str], rows: list[list[str]]) -> list[str]:
    rule = "| " + " | ".join("---" for _ in headers) + " |"
    lines = ["| " + " | ".join(headers) + " |", rule]
    cells = [" | ".join(cell.replace("|", "/") for cell in row) for row in rows]
    return lines + [f"| {row} |" for row in cells]
