"""`karwan hazard`: what the record says of closures to come, and how good that has been."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.base.limits import SEED
from karwan.base.provenance import known_word, staleness
from karwan.base.words import counted
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.cli import completion
from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Format,
    FormatOption,
    Strict,
    Tables,
    Workspace,
    parse_date,
    read_recorded,
)
from karwan.cli.stamp import DEFAULT_WORKSPACE, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karwan.analysis.forecasts.backtests import Gate
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.forecasts.group_scores import GroupScores
    from karwan.analysis.forecasts.kept import Kept
    from karwan.analysis.forecasts.live_scores import LiveScore
    from karwan.analysis.forecasts.onsets import Onsets, OnsetSum
    from karwan.analysis.world.world import World
    from karwan.base.bands import Band
    from karwan.hazard.backtest import Backtest
    from karwan.hazard.laws import LengthScore

BACKTEST, SCORE, EXCEEDANCE = "backtest", "score", "exceedance"
SCHEDULED_SHOWN = 4
LEAST_SHOWN = 0.001
Name = Annotated[
    str,
    typer.Argument(
        metavar="ELEMENT|GROUP|backtest|score|exceedance",
        help="Crossing, line or frontier group such as AF-PK; `backtest` tests such forecasts on "
        "the past; `score` scores those kept with --store; `exceedance` tells the shut days a year "
        "that each corridor exceeds once in 10 and once in 50 years.",
        show_default=False,
        autocompletion=completion.elements,
    ),
]
Horizon = Annotated[
    str, typer.Option("--horizon", help="Days ahead, with commas between.", show_default=True)
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Seed of the backtest's intervals; kept with --store.")
]
Health = Annotated[bool, typer.Option("--health", help="Count closures of the health era too.")]
Store = Annotated[
    bool, typer.Option("--store", help="Keep the forecast in the workspace, to be scored later.")
]


def hazard(
    name: Name,
    as_of: AsOf = None,
    horizon: Horizon = "1,7,30,90,365",
    output: FormatOption = Format.table,
    seed: Seed = SEED,
    health: Health = False,
    store: Store = False,
    strict: Strict = False,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Forecast closures of an ELEMENT or a frontier GROUP; test or score such forecasts."""
    from karwan.analysis.world.world import open_world
    from karwan.data.catalog import Catalog

    days = read_horizons(horizon)
    world = open_world(Catalog(tables, workspace, read_recorded(as_recorded)), parse_date(as_of))
    if name == BACKTEST:
        _backtest(world, seed, output)
    elif name == EXCEEDANCE:
        _exceedance(world, seed, output)
    elif name == SCORE:
        _score(world, workspace or DEFAULT_WORKSPACE, output)
    else:
        _forecast(world, name, days, output, health=health, strict=strict,
                  store=(workspace or DEFAULT_WORKSPACE) if store else None, seed=seed)  # fmt: skip


def _forecast(
    world: World,
    name: str,
    days: tuple[int, ...],
    output: Format,
    *,
    health: bool,
    strict: bool,
    store: AnyWorkspace | None,
    seed: int,
) -> None:
    from karwan.analysis.forecasts.closures import FORECASTS, by_horizon
    from karwan.api.closures import forecast_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text

    answer = forecast_asked(world, name, days, health=health, strict=strict)
    asked = answer.content
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(FORECASTS, by_horizon(asked)))
    else:
        print_text("\n\n".join(forecast_text(world, one) for one in asked))
    if store is not None:
        from karwan.analysis.forecasts.kept import forecasts_of, store_forecasts
        from karwan.analysis.forecasts.records import forecast_record

        told = [one for one in asked if not one.reason]
        records = [forecast_record(world, one, seed=seed, made_at=now()) for one in told]
        kept_in = forecasts_of(store)
        count = store_forecasts(kept_in, records)
        typer.echo(f"kept {count} of {len(asked)} in {kept_in}", err=True)


def _backtest(world: World, seed: int, output: Format) -> None:
    from karwan.api.closures import backtest_asked
    from karwan.cli.show import print_json, print_text

    answer = backtest_asked(world, seed=seed)
    if output is Format.json:
        print_json(answer.to_dict())
        return
    if output is Format.csv:
        print_text(answer.to_csv())
        return
    told = answer.content
    tests = (backtest_text(one) for one in told.tests)
    lengths = [lengths_text(told.lengths)] if told.lengths else []
    groups = [groups_text(told.groups)] if told.groups else []
    parts = [onsets_text(told.onsets), *groups, *tests, *lengths, gates_text(told.gates)]
    print_text("\n\n".join(parts))


def _exceedance(world: World, seed: int, output: Format) -> None:
    from karwan.analysis.forecasts.exceedance import EXCEEDANCES
    from karwan.api.closures import exceedance_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text

    answer = exceedance_asked(world, seed=seed)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(EXCEEDANCES, answer.content))
    else:
        lines = [
            answer.title,
            columns_text(EXCEEDANCES, answer.content),
            "Ordinary times: nothing unforeseen shut at the start. A corridor is shut on a day on "
            "which any of its crossings is; lines between them are not counted. Short: as if no "
            "closure lasted months and years.",
        ]
        print_text("\n".join(lines))


def _score(world: World, folder: AnyWorkspace, output: Format) -> None:
    from karwan.analysis.forecasts.kept import forecasts_of, forecasts_sha256
    from karwan.api.closures import score_asked
    from karwan.base.errors import DataError
    from karwan.cli.show import print_json, print_text

    if forecasts_sha256(folder) is None:
        path = forecasts_of(folder)
        what = "does not exist" if isinstance(path, Path) else "holds none"
        text = f"{path} {what}: keep some with karwan hazard NAME --store"
        raise DataError("forecasts", [text])
    answer = score_asked(world, folder)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(answer.to_csv())
    else:
        told = answer.content
        print_text(kept_text(world, told.kept, told.sealed, told.unsealed))


def read_horizons(text: str) -> tuple[int, ...]:
    """Return horizons in days.

    Raises
    ------
    DataError
        Names every part that is not a whole number above 0.
    """
    from karwan.base.errors import DataError

    parts = [part.strip() for part in text.split(",")]
    bad = [part for part in parts if not part.isdecimal() or int(part) == 0]
    if bad:
        raise DataError(
            "the question", [f"--horizon: {part!r} is not a number of days" for part in bad]
        )
    return tuple(sorted({int(part) for part in parts}))


def forecast_text(world: World, found: Forecast) -> str:
    """Return what is known, since when, what the record says, and how sure that is."""
    from karwan.analysis.forecasts.closures import NOT_BUILT
    from karwan.analysis.world.corrections import correction_lines
    from karwan.cli.later import later_lines

    lines = [f"{found.name} ({found.element_id}, {found.group})"]
    if found.state_as_of is None:
        lines.append(f"  state {found.state}: no dated report")
    else:
        since = f" since {found.shut_since}" if found.shut_since else ""
        lines.append(
            f"  {found.state}{since}, {known_word(found.evidence_age_days)} {found.state_as_of} "
            f"({counted(found.evidence_age_days or 0, 'day')} before {world.as_of})"
        )
    if found.reason == NOT_BUILT:
        lines.append("  not built: nothing there can be shut, so there is no forecast")
        return "\n".join(lines)
    old = staleness(found.evidence_age_days)
    if old and found.evidence_age_days is not None:
        lines.append(
            f"  {old}: its state was last seen {counted(found.evidence_age_days, 'day')} ago; "
            "what has come since is in the chances below. karwan evidence due: which gate to look "
            "at first"
        )
    lines.append(f"  shut in so many days: {_chances(found.p_shut, found.bands['p_shut'])}")
    new = _chances(found.p_new_closure, found.bands["p_new_closure"])
    lines.append(f"  a new closure within: {new}")
    if found.reason:
        lines.append(
            "  too little of its time was searched for closures to tell a chance of its own: the "
            "ranges are the prior of its kind"
        )
    if found.p_open_within is not None and found.remaining_days is not None:
        opened = _chances(found.p_open_within, found.bands["p_open_within"])
        lines.append(f"  may be open already {found.open_already:.1%}; open within: {opened}")
        low, middle, high = ("over 100 years" if d is None else f"{d:,.0f}" for d in
                             found.remaining_days)  # fmt: skip
        lines.append(
            f"  days it still lasts: P10 {low}, P50 {middle}, P90 {high}; structural with "
            f"{found.p_structural:.0%}"
        )
    if found.climatology_share is not None:
        share = f"{found.climatology_share:.1%}" if found.climatology_share else "none"
        lines.append(f"  the record alone: shut on {share} of the days searched")
    words = {"prior": "prior of its kind", "own": "own record", "good": "of it, well searched",
             "posterior": "posterior"}  # fmt: skip
    rates = (
        f"{words[name]} {band.value:.2f} ({band.low:.2f}-{band.high:.2f})"
        for name, band in found.rates.items()
    )
    lines.append(f"  closures a year: {', '.join(rates)}")
    lines += [
        f"  by calendar: {item.kind}, {item.occasion}, "
        + ("shut" if item.p >= 1 else f"shut with {item.p:.0%} (not announced)")
        + f" {item.start} to {item.end}"
        for item in found.scheduled[:SCHEDULED_SHOWN]
    ]
    rate = found.group_rate_per_year
    lines.append(
        f"  rests on {counted(found.episode_count, 'closure')} of its own and "
        f"{found.group_episode_count} "
        f"of its frontier since 2014 ({rate.value:.1f} a year, 95 % interval {rate.low:.1f} to "
        f"{rate.high:.1f}); counts are lower bounds"
    )
    lines += [f"  {line}" for line in later_lines(world, found.sources)]
    return "\n".join([*lines, *(f"  {line}" for line in correction_lines(world))])


def _share(p: float) -> str:
    """Return a chance in per cent; none is 0 and none is certain."""
    if 0 < p < LEAST_SHOWN:
        return f"under {LEAST_SHOWN:.1%}"
    return f"over {1 - LEAST_SHOWN:.1%}" if 1 - LEAST_SHOWN < p < 1 else f"{p:.1%}"


def _chances(
    chances: Mapping[int, float | None] | Mapping[int, float], bands: Mapping[int, Band]
) -> str:
    """Return chances by horizon with their ranges; the range alone where there is no chance."""

    def told(days: int, p: float | None) -> str:
        band = bands[days]
        ends = f"{_share(band.low)} to {_share(band.high)}"
        return f"{days} d not known, {ends}" if p is None else f"{days} d {_share(p)} ({ends})"

    return ", ".join(told(days, p) for days, p in chances.items())


def backtest_text(found: Backtest) -> str:
    """Return scores beside the baselines, and whether the model is better beyond chance."""
    from karwan.cli.show import table_text
    from karwan.hazard.backtest import HORIZONS_DAYS, NAMES

    rows = [
        [name, *(f"{found.score(name, h).brier:.4f}" for h in HORIZONS_DAYS),
         *(f"{found.score(name, h).log_score:.3f}" for h in HORIZONS_DAYS)]
        for name in NAMES
    ]  # fmt: skip
    headers = ["forecast", *(f"Brier {h} d" for h in HORIZONS_DAYS),
               *(f"log {h} d" for h in HORIZONS_DAYS)]  # fmt: skip
    lines = [
        f"{found.title}: {', '.join(found.element_ids)}; {found.origin_count:,} forecasts from "
        f"{found.first} to {found.last}, refitted each quarter on the past only",
        table_text(headers, rows, right=tuple(range(1, 9))),
    ]
    for horizon in HORIZONS_DAYS:
        best = found.best_baseline(horizon).name
        gain = found.gain(best, horizon)
        word = "better than" if gain.low > 0 else "worse than" if gain.high < 0 else "level with"
        lines.append(
            f"  {horizon} d: {word} the best baseline ({best}): gain {gain.brier:+.4f}, "
            f"95 % interval {gain.low:+.4f} to {gain.high:+.4f}"
        )
    for horizon, bins in found.reliability.items():
        shown = ", ".join(f"{p:.0%}: {share:.0%} (n {count:,})" for p, share, count in bins)
        lines.append(f"  said {horizon} d ahead and came: {shown}")
    return "\n".join(lines)


def onsets_text(found: Onsets) -> str:
    """Return how many new closures were foretold and came, of all elements that were searched."""
    from karwan.cli.show import table_text

    def rows_of(sums: Sequence[OnsetSum]) -> list[list[str]]:
        return [
            [one.name, f"{one.horizon_days} d", f"{one.row_count:,}", f"{one.foretold:,.1f}",
             f"{one.came:,}", "" if one.ratio is None else f"{one.ratio:.2f}",
             "" if one.low is None else f"{one.low:,.0f} to {one.high:,.0f}",
             f"{one.brier:.4f}", f"{one.mean_rate_brier:.4f}"]
            for one in sums
        ]  # fmt: skip

    headers = ["new closures", "within", "rows", "foretold", "came", "ratio", "90 % of draws",
               "Brier", "Brier of the mean rate"]  # fmt: skip
    title = (
        "New closures foretold at the first of each month, 2018-2025, from what was known then; "
        "searched elements and days ahead only, calendar apart"
    )
    rows = rows_of([*found.sums, *found.by_season, *found.by_group])
    return title + "\n" + table_text(headers, rows, right=tuple(range(2, len(headers))))


def groups_text(groups: Sequence[GroupScores]) -> str:
    """Return scores by group of gates, and what the model gains on the best baseline of each."""
    from karwan.cli.show import table_text
    from karwan.hazard.backtest import BASELINES, HORIZONS_DAYS, MODEL

    rows = [
        [one.name, str(len(one.element_ids)), f"{one.row_count:,}", name,
         *(f"{one.score(name, h).brier:.4f}" for h in HORIZONS_DAYS),
         *(f"{one.score(name, h).log_score:.3f}" for h in HORIZONS_DAYS)]
        for one in groups
        for name in (*BASELINES, MODEL)
    ]  # fmt: skip
    headers = ["group", "gates", "rows", "forecast", *(f"Brier {h} d" for h in HORIZONS_DAYS),
               *(f"log {h} d" for h in HORIZONS_DAYS)]  # fmt: skip
    lines = [
        "Open or shut on a day, at the first of each month, by group of gates",
        table_text(headers, rows, right=(1, 2, *range(4, 12))),
    ]
    lines += [
        f"  {one.name}, {gain.horizon_days} d: gain on the best baseline ({gain.other}) "
        f"{gain.brier:+.4f}, 95 % interval {gain.low:+.4f} to {gain.high:+.4f} (episodes redrawn)"
        for one in groups
        for gain in one.gains
    ]
    return "\n".join(lines)


def lengths_text(found: Sequence[LengthScore]) -> str:
    """Return how laws foresee lengths left out of their fit."""
    from karwan.cli.show import table_text

    levels = list(found[0].cover_share)
    rows = [
        [s.name, str(s.length_count), f"{s.crps_log:.3f}",
         *(f"{s.cover_share[level]:.0%}" for level in levels),
         "" if s.aic is None else f"{s.aic:.1f}"]
        for s in found
    ]  # fmt: skip
    headers = [
        "law of length",
        "n",
        "CRPS ln(days)",
        *(f"cover {x:.0%}" for x in levels),
        "AIC",
    ]
    return "Lengths at the main gates, each episode left out in turn\n" + table_text(
        headers, rows, right=tuple(range(1, len(headers)))
    )


def gates_text(found: Sequence[Gate]) -> str:
    """Return marks, met or missed."""
    from karwan.cli.show import table_text

    rows = [[g.name, g.mark, f"{g.value:.4f}", "met" if g.is_met else "MISSED"] for g in found]
    return "Marks: the best baseline on the same record\n" + table_text(
        ["what", "mark", "is", ""], rows, right=(2,)
    )


def kept_text(
    world: World, kept: Kept, sealed: Sequence[LiveScore], unsealed: Sequence[LiveScore]
) -> str:
    """Return how forecasts that were kept came out, and which lines do not stand."""
    lines = [
        f"{counted(len(kept.forecasts), 'forecast')} kept and sealed; outcomes as known on "
        f"{world.as_of}, evidence up to {world.evidence_horizon}",
        scores_table(sealed),
        f"Head of the chain: {kept.head_sha256 or 'none'}. Publish it: who has it can show that no "
        "line up to it was added, changed or left out since.",
    ]
    if kept.unsealed:
        lines += [
            "",
            f"{counted(len(kept.unsealed), 'forecast')} unsealed, kept by an earlier version: "
            "nothing shows whether their time was changed",
            scores_table(unsealed),
        ]
    if kept.faults:
        lines += ["", "Not scored:", *(f"  {fault}" for fault in kept.faults)]
    return "\n".join(lines)


def scores_table(scores: Sequence[LiveScore]) -> str:
    """Return scores by horizon as a table."""
    from karwan.cli.show import table_text

    def shown(value: float | None, digits: int = 4) -> str:
        return "" if value is None else f"{value:.{digits}f}"

    rows = [
        [f"{s.horizon_days} d",
         str(s.known_count), str(s.waiting_count), str(s.late_count), shown(s.mean_p, 3),
         shown(s.observed_share, 3), shown(s.brier), shown(s.log_score, 3),
         shown(s.climatology_brier), shown(s.persistence_brier)]
        for s in scores
    ]  # fmt: skip
    headers = ["ahead", "known", "not yet", "too late", "said", "came", "Brier", "log",
               "climatology", "persistence"]  # fmt: skip
    return table_text(headers, rows, right=tuple(range(1, len(headers))))
