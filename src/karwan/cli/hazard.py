"""`karwan hazard`: what the record says of closures to come, and how good that has been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.cli.options import AsOf, Format, FormatOption, Tables, Workspace, parse_date

if TYPE_CHECKING:
    from karwan.analysis.forecasts import Forecast
    from karwan.analysis.world import World
    from karwan.hazard.backtest import Backtest

BACKTEST = "backtest"
Name = Annotated[
    str,
    typer.Argument(
        metavar="ELEMENT|GROUP|backtest",
        help="Crossing, line or frontier group such as AF-PK; or `backtest`.",
        show_default=False,
    ),
]
Horizon = Annotated[
    str, typer.Option("--horizon", help="Days ahead, with commas between.", show_default=True)
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the backtest's intervals.")]
Health = Annotated[bool, typer.Option("--health", help="Count closures of the health era too.")]


def hazard(
    name: Name,
    as_of: AsOf = None,
    horizon: Horizon = "1,7,30,90,365",
    output: FormatOption = Format.table,
    seed: Seed = 0,
    health: Health = False,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Forecast closures of an ELEMENT or a frontier GROUP; or test such forecasts on the past."""
    from karwan.analysis.world import open_world
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    days = read_horizons(horizon)
    world = open_world(Catalog(tables, workspace), parse_date(as_of))
    if name == BACKTEST:
        from karwan.analysis.answers import backtest_to_dict
        from karwan.analysis.backtests import run_backtests

        found = run_backtests(world.record, world.network, world.as_of, seed=seed)
        if output is Format.json:
            print_json({"backtests": [backtest_to_dict(one) for one in found]})
        else:
            print_text("\n\n".join(backtest_text(one) for one in found))
        return
    from karwan.analysis.answers import forecast_to_dict
    from karwan.analysis.forecasts import asked_elements, fit_world, forecast

    model = fit_world(world, health=health)
    asked = [forecast(world, model, item, days) for item in asked_elements(world.network, name)]
    if output is Format.json:
        rows = [forecast_to_dict(world, one) for one in asked]
        print_json(rows[0] if len(rows) == 1 else {"elements": rows})
    elif output is Format.csv:
        print_text(forecast_csv(asked))
    else:
        print_text("\n\n".join(forecast_text(world, one) for one in asked))


def read_horizons(text: str) -> tuple[int, ...]:
    """Return horizons in days.

    Raises
    ------
    DataError
        Names every part that is not a whole number above 0.
    """
    from karwan.base.errors import DataError

    parts = [part.strip() for part in text.split(",")]
    bad = [part for part in parts if not part.isdigit() or int(part) == 0]
    if bad:
        raise DataError(
            "the question", [f"--horizon: {part!r} is not a number of days" for part in bad]
        )
    return tuple(sorted({int(part) for part in parts}))


def forecast_text(world: World, found: Forecast) -> str:
    """Return what is known, since when, what the record says, and how sure that is."""
    lines = [f"{found.name} ({found.element_id}, {found.group})"]
    if found.state_as_of is None:
        lines.append(f"  state {found.state}: no dated report")
    else:
        word = "last known" if (found.age_days or 0) > 14 else "known"  # noqa: PLR2004
        since = f" since {found.shut_since}" if found.shut_since else ""
        lines.append(
            f"  {found.state}{since}, {word} {found.state_as_of} ({found.age_days} days before "
            f"{world.as_of})"
        )
    lines.append(f"  shut in so many days: {_chances(found.p_shut)}")
    lines.append(f"  a new closure within: {_chances(found.p_new_closure)}")
    if found.p_open_within is not None and found.remaining_days is not None:
        lines.append(f"  open within: {_chances(found.p_open_within)}")
        low, middle, high = ("over 100 years" if d is None else f"{d:,.0f}" for d in
                             found.remaining_days)  # fmt: skip
        lines.append(
            f"  days it still lasts: P10 {low}, P50 {middle}, P90 {high}; structural with "
            f"{found.p_structural:.0%}"
        )
    lines.append(
        f"  rests on {found.episode_count} closures of its own and {found.group_episode_count} "
        f"of its frontier since 2014; counts are lower bounds"
    )
    return "\n".join(lines)


def _chances(found: dict[int, float]) -> str:
    return ", ".join(f"{days} d {p:.1%}" for days, p in found.items())


def forecast_csv(found: list[Forecast]) -> str:
    """Return one line per element and horizon."""
    from karwan.cli.show import csv_text

    columns = ("element", "state", "state_as_of", "horizon_days", "p_shut", "p_new_closure",
               "p_open_within")  # fmt: skip
    rows: list[list[Any]] = []
    for one in found:
        for days, p in one.p_shut.items():
            opened = one.p_open_within[days] if one.p_open_within else None
            rows.append([one.element_id, one.state, one.state_as_of, days, round(p, 6),
                         round(one.p_new_closure[days], 6),
                         "" if opened is None else round(opened, 6)])  # fmt: skip
    return csv_text(columns, rows)


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
    for horizon, (best, gain, low, high) in found.gain.items():
        word = "better than" if low > 0 else "worse than" if high < 0 else "level with"
        lines.append(
            f"  {horizon} d: {word} the best baseline ({best}): gain {gain:+.4f}, "
            f"95 % interval {low:+.4f} to {high:+.4f}"
        )
    return "\n".join(lines)
