"""`karwan appraise`: does a railway pay, for whom, and what would have to be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.base.limits import SEED
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

if TYPE_CHECKING:
    from karwan.analysis.appraisal.results import Appraisal
    from karwan.analysis.world.world import World

Project = Annotated[
    str,
    typer.Argument(
        help="Project by id, such as ktap-rail, or its first word, such as KTAP.",
        show_default=False,
        autocompletion=completion.projects,
    ),
]
Stage = Annotated[
    str | None,
    typer.Option("--stage", help="Build its stages up to this one only.", show_default=False),
]
Discount = Annotated[
    float | None,
    typer.Option(
        "--discount", help="Rate a year as a share. Default: 0.09, real.", show_default=False
    ),
]
ClosuresOption = Annotated[
    str,
    typer.Option(
        "--closures",
        metavar="ordinary|today|none",
        help="Closures of ordinary times; with those of today while they may run; none.",
    ),
]
TrafficOption = Annotated[
    str,
    typer.Option(
        "--traffic",
        metavar="observed|promoter|model",
        help="Tonnes that pass today; as promised, times what came of such promises; "
        "or freight that countries report, laid on the cheapest ways.",
    ),
]
BreakEvenOption = Annotated[
    str | None,
    typer.Option(
        "--break-even",
        metavar="capex|tonnes|availability",
        help="Say only what this would have to be, and show the surface.",
        show_default=False,
    ),
]
Tonnes = Annotated[
    float | None,
    typer.Option("--tonnes", help="Million tonnes a year instead.", show_default=False),
]
Opens = Annotated[
    int | None, typer.Option("--opens", help="Year of the opening.", show_default=False)
]
DrawsOption = Annotated[
    int | None,
    typer.Option("--draws", help="Draws of cost and demand. Default: 2000.", show_default=False),
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of every draw.")]


def appraise(
    project: Project,
    stage: Stage = None,
    discount: Discount = None,
    closures: ClosuresOption = "ordinary",
    traffic: TrafficOption = "model",
    break_even: BreakEvenOption = None,
    tonnes: Tonnes = None,
    opens: Opens = None,
    draws: DrawsOption = None,
    seed: Seed = SEED,
    as_of: AsOf = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Appraise a PROJECT: returns, accounts by country, and what would have to be true."""
    from karwan.analysis.world.world import open_world
    from karwan.api.appraisal import appraise_asked
    from karwan.base.errors import DataError, Fault
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog

    if break_even is not None and break_even not in WORDS:
        text = f"not one of {', '.join(WORDS)}"
        raise DataError("the question", [Fault("break_even", text, break_even)])
    world = open_world(Catalog(tables, workspace, read_recorded(as_recorded)), parse_date(as_of))
    answer = appraise_asked(
        world, project, stage=stage, discount=discount, closures=closures, traffic=traffic,
        tonnes=tonnes, opens=opens, draws=draws, seed=seed, strict=strict,
    )  # fmt: skip
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.content.countries))
    elif break_even is not None:
        print_text("\n".join(break_even_lines(answer.content, break_even, answer.to_dict())))
    else:
        print_text(appraisal_text(world, answer.content, answer.to_dict()))


WORDS = ("capex", "tonnes", "availability")


def appraisal_text(world: World, answer: Appraisal, told: dict[str, Any]) -> str:
    """Return an appraisal for a reader: what would have to be true first."""
    from karwan.analysis.appraisal.answers import COUNTRIES
    from karwan.analysis.appraisal.verdict import returns_words
    from karwan.cli.project import flag_lines
    from karwan.cli.show import columns_text

    enpv, line = answer.enpv, answer.line
    stage = f", stages to {line.stage}" if line.stage else ""
    chances = ", ".join(f"{p:.0%} above {rate:.0%}" for rate, p in answer.p_above.items())
    lines = [
        f"{line.project.name}{stage}, as of {world.as_of}; newest evidence "
        f"{answer.evidence_horizon}",
        f"Tonnes: {answer.notes[0]}. Closures: {answer.notes[1]}.",
        "",
        *told_lines(told),
        "",
        f"Economic net present value at {answer.rate_share:.0%}: P10 {enpv.p10:,.0f}, "
        f"P50 {enpv.p50:,.0f}, P90 {enpv.p90:,.0f} million USD "
        f"(errors {enpv.errors[0]:,.0f}, {enpv.errors[1]:,.0f}, {enpv.errors[2]:,.0f}); "
        f"{answer.asked.draw_count:,} draws",
        f"Return: {returns_words(told)}; benefit over cost {answer.bcr:.2f}; chance of a return: "
        f"{chances}",
        f"Central case: {answer.rail_mt:.2f} Mt a year at maturity{_full(answer)}, "
        f"{answer.plan.capex_musd:,.0f} million USD as told and "
        f"{answer.plan.capex_musd * answer.overrun:,.0f} as such lines came to cost, opening "
        f"{answer.opening_year}, shut {answer.days_shut:.0f} days a year by "
        "the record",
        "",
        "Account, present million USD:",
        _accounts(answer),
        "",
        "Whose account it is (transfers cancel; the sum is the region's and the world's):",
        columns_text(COUNTRIES, answer.countries),
    ]
    if answer.sharing:
        shares = "; ".join(
            f"{one.country} {one.by_km_musd:,.1f} by km, {one.by_avoided_cost_musd:,.1f} by "
            f"avoided cost, {one.by_shapley_musd:,.1f} by Shapley"
            for one in answer.sharing
        )
        lines.append(f"Surplus of transit, million USD a year at maturity if shared: {shares}")
    lines += ["", "What moves the result most (net present value, million USD):", _tornado(answer)]
    lines += ["", "What must be multiplied by how much to pay: " + _switching(answer)]
    wait, guard = answer.waiting, answer.protection
    lines += [
        "",
        f"Waiting: one should commit at {wait.needed_musd:,.0f} million USD of net revenue a year "
        f"({wait.multiple:.2f} times the cost, and closures ask for {wait.trigger_ratio:.2f} times "
        f"the revenue); the central case has {wait.has_musd:,.0f} at full tonnes. The right to "
        f"wait is worth {wait.option_musd:,.0f}, committing now {wait.commit_musd:,.0f} million",
        f"Loss: cover over land costs {guard.premium_usd_per_t:,.2f} USD a tonne and passage (the "
        f"expected loss is the same money, never added); days shut cost "
        f"{guard.lost_musd_per_year:,.1f} million a year, so guards that ended them may cost at "
        f"most {guard.most_usd_per_km:,.0f} USD a km and year, {guard.covered_usd_per_km:,.0f} "
        "if they end the share that is assumed",
        "Expected loss of a wagonload by leg, USD a trip (the stated rate by km): "
        + ", ".join(f"{leg.country} {leg.loss_usd_per_trip:,.0f}" for leg in guard.legs)
        + _attacks_words(answer),
    ]
    if answer.staging is not None:
        lines.append(_staging_words(answer))
    lines += ["", *flag_lines(answer.flags), "", *_basis(answer)]
    return "\n".join(lines)


def _full(answer: Appraisal) -> str:
    """Return how much of the tonnes the track takes; nothing where it takes all."""
    if not answer.full_years:
        return ""
    return (
        f", of which its track takes {answer.carried_mt:.2f} at most (full in "
        f"{answer.full_years} of {answer.plan.operating_years} years, which brings as much as "
        f"{answer.break_even.plane.mt_per_year:.2f} with their ramp)"
    )


def _attacks_words(answer: Appraisal) -> str:
    """Return the attacks foretold on the line by the record of railways that were searched."""
    rates = [one.attacks_per_year for one in answer.protection.legs]
    known = [one for one in rates if one is not None]
    if not known:
        return "; no railway was searched for attacks"
    return f"; attacks on the line by the record of railways searched: {sum(known):.1f} a year"


def _staging_words(answer: Appraisal) -> str:
    worth = answer.staging
    if worth is None:
        return ""
    return (
        f"Staging, mean of draws, million USD: all at once {worth.whole_musd:,.0f}, the stage "
        f"alone {worth.stage_musd:,.0f}, the stage and then the rest {worth.blind_musd:,.0f} if "
        f"nothing was learnt and {worth.seeing_musd:,.0f} if all was, {worth.delay_years} years "
        f"on; the rest would be built in {worth.go_share:.0%} of draws. What the stage teaches is "
        f"worth at most {worth.information_musd:,.0f}"
    )


def told_lines(told: dict[str, Any]) -> list[str]:
    """Return in words what would have to be true, for a reader."""
    from karwan.analysis.appraisal.verdict import verdict_head, verdict_lines

    return [verdict_head(told), *(f"  {line}" for line in verdict_lines(told))]


def break_even_lines(answer: Appraisal, word: str, told: dict[str, Any]) -> list[str]:
    """Return what one thing would have to be, the points on the surface, and the surface."""
    from karwan.cli.show import table_text

    number = WORDS.index(word)
    head = told_lines(told)
    lines = [head[0], head[1 + number], *(head[4:] if word == WORDS[2] else []), "", "Points:"]
    rows = [
        [
            one.name,
            f"{one.capex_musd:,.0f}",
            f"{one.mt_per_year:,.2f}" + ("*" if one.above_capacity else ""),
            f"{one.open_share:.0%}",
            f"{one.enpv_musd:,.0f}",
            "" if one.days_shut_at_zero is None else f"{one.days_shut_at_zero:,.0f}",
            one.basis,
        ]
        for one in answer.break_even.points
    ]
    names = (
        "point",
        "estimate",
        "Mt a year",
        "open",
        "net present value",
        "days shut at most",
        "basis",
    )
    lines += [table_text(names, rows, right=(1, 2, 3, 4, 5)), "", "Surface, million USD:"]
    shares = list(dict.fromkeys(one.open_share for one in answer.break_even.surface))
    grid: dict[tuple[float, float], list[str]] = {}
    for one in answer.break_even.surface:
        grid.setdefault((one.capex_musd, one.mt_per_year), []).append(f"{one.enpv_musd:,.0f}")
    surface = [[f"{capex:,.0f}", f"{mt:g}", *cells] for (capex, mt), cells in grid.items()]
    head_row = ("estimate", "Mt a year", *(f"open {share:.0%}" for share in shares))
    lines.append(table_text(head_row, surface, right=tuple(range(len(head_row)))))
    lines.append("* more than its track carries. The estimate is as told; overruns are in the sum.")
    return lines


def _accounts(answer: Appraisal) -> str:
    from karwan.cli.show import table_text

    def money(value: float | None) -> str:
        return "" if value is None else f"{value:,.1f}"

    rows = [
        [one.item, money(one.economic_musd), money(one.financial_musd), one.why]
        for one in answer.accounts
    ]
    rows.append(["sum", money(answer.central_musd), money(answer.financial_musd), ""])
    return table_text(("item", "economic", "financial", "why not"), rows, right=(1, 2))


def _tornado(answer: Appraisal) -> str:
    from karwan.cli.show import table_text

    rows = [
        [one.item, one.low, one.high, f"{one.at_low_musd:,.0f}", f"{one.at_high_musd:,.0f}"]
        for one in answer.tornado[:10]
    ]
    return table_text(("input", "low", "high", "at low", "at high"), rows, right=(3, 4))


def _switching(answer: Appraisal) -> str:
    told = [
        f"{name.replace('_', ' ')} "
        + ("(no multiple is enough)" if ratio is None else f"{ratio:.2f}")
        for name, ratio in answer.switching.items()
    ]
    return "; ".join(told)


def _basis(answer: Appraisal) -> list[str]:
    lines = [f"Not blind or not counted: {note}." for note in answer.notes[2:]]
    names = ", ".join(f"{one.name} {one.ratio:.2f}" for one in answer.references)
    lines.append(f"Tonnes carried over promised (n = {len(answer.references)}): {names}")
    lines.append(
        f"Relief of a gate that queues (n = {len(answer.relief_lines)}): {answer.relief.low:g} to "
        f"{answer.relief.high:g} times, for tonnes that pass today only; a range, not sampled"
    )
    grades = {row.confidence: 0 for row in answer.used}
    for row in answer.used:
        grades[row.confidence] += 1
    told = ", ".join(f"{count} of grade {grade}" for grade, count in sorted(grades.items()))
    lines.append(f"{len(answer.used)} parameters used ({told}); --format json lists them")
    return lines
