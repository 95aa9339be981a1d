"""`karwan target`: can a trade target be met, from which base, and on which assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli import completion
from karwan.cli.chart import Chart, check_chart, draw
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

if TYPE_CHECKING:
    from karwan.analysis.trade.series import Growth
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.analysis.trade.timesaving import WayTime
    from karwan.base.bands import Band
    from karwan.ledger.tallies import Kept

Pair = Annotated[
    str,
    typer.Argument(
        metavar="PAIR",
        help="Two countries by their codes, such as KAZ-PAK.",
        show_default=False,
        autocompletion=completion.trades,
    ),
]


def target(
    pair: Pair,
    as_of: AsOf = None,
    output: FormatOption = Format.table,
    chart: Chart = None,
    strict: Strict = False,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Say whether the trade target of a PAIR can be met: by base, growth, weight and record."""
    from karwan.analysis.trade.targets import REACHES, reaches
    from karwan.analysis.world.corrections import correction_lines
    from karwan.analysis.world.world import open_world
    from karwan.api.trade import target_asked
    from karwan.base.telling import to_csv
    from karwan.cli.later import later_lines
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    check_chart(chart)
    world = open_world(Catalog(tables, workspace, read_recorded(as_recorded)), parse_date(as_of))
    answer = target_asked(world, pair, strict=strict)
    draw(answer, chart)
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(REACHES, reaches(answer.content)))
    else:
        later = later_lines(world, answer.content.sources)
        rest = [*later, *correction_lines(world), *answer.age_lines()]
        print_text("\n".join([target_text(answer.content), *rest]))


def target_text(answer: TargetAnswer) -> str:
    """Return the answer for a reader, the verdict first and what moves it last."""
    from karwan.analysis.trade.answers import verdict

    parts = [
        _head(answer),
        verdict(answer) + ".",
        _bases(answer),
        _growth(answer),
        _loads(answer),
        _ceilings(answer),
        _kept(answer),
        _readings(answer),
    ]
    return "\n\n".join(part for part in parts if part)


def _head(answer: TargetAnswer) -> str:
    lines = [
        f"Trade target {answer.pair}, as of {answer.as_of} (evidence to {answer.evidence_horizon})"
    ]
    for found in answer.announcements:
        due = f"by {found.due}" if found.due else f"no date ({found.due_words})"
        base = f"; base {found.base_musd:g}, {found.base_words}" if found.base_musd else ""
        mark = ">" if found is answer.standing else " "
        lines.append(
            f" {mark}{found.announced_words}: {found.target_musd:,.0f} million USD, {found.scope}, "
            f"{due}; {found.announced_by}{base} [{found.source.grade}] {found.source.url}"
        )
    for old in answer.passed:
        shown = "; ".join(f"{o.basis_label} {o.period}: {o.value_musd:,.0f}" for o in old.outcomes)
        lines.append(
            f"  due {old.announcement.due}, {old.announcement.target_musd:,.0f}: {old.status}"
            + (f" ({shown})" if shown else "")
        )
    return "\n".join(lines)


def _bases(answer: TargetAnswer) -> str:
    from karwan.analysis.trade.answers import ELASTICITY, chance
    from karwan.analysis.trade.targets import CENTRAL
    from karwan.analysis.trade.timesaving import price_factor_needed
    from karwan.cli.show import table_text

    rows = []
    for need in answer.needs:
        base, later = need.base, need.since
        central = next((r for r in answer.readings if r.need is need and r.name == CENTRAL), None)
        told = "too old for the verdict" if not need.fresh else ""
        if central is not None and central.p_reach is not None:
            told = chance(central.p_reach)
        after = ""
        if later is not None:
            times = f", x{later.multiple:.1f} on a year before" if later.multiple else ""
            after = f"{later.part.period.label}: {later.part.total_musd:g}{times}"
        rows.append([
            base.basis.label, base.period.label, f"{base.total_musd:,.1f}",
            f"x{need.multiple:.1f}", "" if need.years is None else f"{need.years:.1f}",
            "" if need.annual_share is None else f"{100 * need.annual_share:+,.0f} %",
            f"{100 * (price_factor_needed(need.multiple, ELASTICITY) - 1):+.0f} %", told,
            base.grade, after,
        ])  # fmt: skip
    headers = ["base (never mixed)", "year", "million USD", "needs", "years", "growth a year",
               "or price", "chance", "grade", "since then"]  # fmt: skip
    spread = [n.base.total_musd for n in answer.needs if n.fresh]
    note = (
        f"Bases of the last three years differ by a factor of {max(spread) / min(spread):.1f}. "
        if len(spread) > 1
        else ""
    )
    return (
        table_text(headers, rows, right=(2, 3, 4, 5, 6))
        + f"\n{note}`or price`: the fall of the delivered price that would do it at elasticity "
        f"{ELASTICITY:g}. A part of a year is no base."
    )


def _growth(answer: TargetAnswer) -> str:
    lines = ["Fastest growth on record, within one published basis:"]
    for title, found in (("this pair", answer.own_best), ("other pairs", answer.sister_best)):
        lines.append(f"  {title}: " + ("; ".join(_one(g) for g in found) or "no two years"))
    return "\n".join(lines)


def _one(found: Growth) -> str:
    return (
        f"{found.years:.0f} y x{found.multiple:.2f} ({100 * found.annual_share:+.0f} % a year, "
        f"{found.pair} {found.basis.name} {found.first.label} to {found.last.label})"
    )


def _band(band: Band) -> str:
    from karwan.analysis.trade.answers import about

    return f"{about(band.value)} ({about(band.low)} to {about(band.high)})"


def _loads(answer: TargetAnswer) -> str:
    lines = ["What it weighs, each way (band: all of an unknown share in the dearest to the "
             "cheapest good named):"]  # fmt: skip
    for one in answer.loads:
        start = f"  {one.exporter} to {one.importer}: million USD {_band(one.value_musd)}; "
        if one.mix is None or one.tonnes is None or one.trucks_per_day is None:
            lines.append(f"{start}{one.reason}")
            continue
        seen = one.mix.observed_tonnes_per_musd
        goods = ", ".join(
            name if share is None else f"{name} {100 * share:.0f} %"
            for name, share in one.mix.goods
        )
        lines.append(
            f"{start}tonnes a year {_band(one.tonnes)}; trucks of 20 t a day "
            f"{_band(one.trucks_per_day)} [{one.mix.grade}]"
        )
        lines.append(f"    goods: {goods}")
        if seen:
            lines.append(
                f"    published value and tonnes ({one.mix.observed_label}): "
                f"{1e6 / seen:,.0f} USD/t, inside the band"
            )
    return "\n".join(lines)


def _ceilings(answer: TargetAnswer) -> str:
    saving = answer.saving
    lines = ["Ceiling from time saved alone, two published responses that disagree:"]
    if saving.reason:
        lines.append(f"  {saving.reason}")
    lines += [_way(way) for way in saving.ways]
    if saving.ways:
        lines.append("  the fastest way each time, whatever it costs: like beside like")
    for one in saving.ceilings:
        lines.append(f"  {one.days:.1f} days ({one.basis}):")
        lines += [f"    x{r.multiple.value:.2f} (x{r.multiple.low:.2f} to x{r.multiple.high:.2f}), "
                  f"{r.name}: {r.form}" for r in one.responses]  # fmt: skip
    return "\n".join(lines)


def _way(way: WayTime) -> str:
    hours = [
        "no way" if h is None else f"{h:,.0f} h" for h in (way.last_known_hours, way.open_hours)
    ]
    saved = "" if way.saved_days is None else f": {way.saved_days:+.1f} days saved"
    return (
        f"  {way.origin} to {way.destination}: {hours[0]} as last known, {hours[1]} by the "
        f"fastest way with all gates open{saved}"
    )


def _kept(answer: TargetAnswer) -> str:
    from karwan.ledger.tallies import KEPT_RULE

    return "\n".join(
        [
            "Announced dates that have passed (a small sample, ours, not random; one rule for "
            f"every government). {KEPT_RULE}",
            f"  all actors: {_count(answer.kept_all)}",
            f"  actors of {answer.kept_own.party}: {_count(answer.kept_own)}",
        ]
    )


def _count(kept: Kept) -> str:
    if not kept.due_count:
        return f"none with evidence; {len(kept.unclear_ids)} of unclear outcome"
    wide = kept.due_count + len(kept.unclear_ids)
    return (
        f"kept {kept.kept_count} of {kept.due_count} (95 % interval {kept.low:.0%} to "
        f"{kept.high:.0%}); {len(kept.unclear_ids)} of unclear outcome, with these as missed "
        f"{kept.kept_count} of {wide}"
    )


def _readings(answer: TargetAnswer) -> str:
    from karwan.analysis.trade.answers import chance_range

    lines = ["How the assumption moves the chance (lowest to highest over fresh bases):"]
    names = list(dict.fromkeys(r.name for r in answer.readings))
    for name in names:
        found = [r for r in answer.readings if r.name == name]
        reach = answer.p_range(name)
        told = (
            chance_range(*reach) if reach is not None else "; ".join(_horizon_words(answer, name))
        )
        walk = found[0].walk
        lines.append(
            f"  {name}: {told}; {found[0].assumption} ({walk.step_count} steps, drift "
            f"{100 * walk.drift_per_year:+.0f} log points a year, spread "
            f"{100 * walk.spread_per_year:.0f})"
        )
    for other, low, high in answer.other_dates:
        lines.append(
            f"  another date, {other.due} ({other.due_words}, {other.announced_by}): "
            f"{chance_range(low, high)} by the first reading"
        )
    if not names:
        lines.append("  no base is fresh enough, or the record has too few steps")
    lines.append(
        "  Steps of one pair seen from both sides, and years after a shock, are not independent; "
        "a contract in one commodity can break any of these."
    )
    return "\n".join(lines)


def _horizon_words(answer: TargetAnswer, name: str) -> list[str]:
    from karwan.analysis.trade.answers import chance_range

    found = [r for r in answer.readings if r.name == name]
    words = []
    for order, (years, _) in enumerate(found[0].p_by_horizon):
        chances = [r.p_by_horizon[order][1] for r in found]
        words.append(f"within {years:g} y {chance_range(min(chances), max(chances))}")
    return words
