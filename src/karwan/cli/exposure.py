"""`karwan exposure`: what closures may do to a file of consignments, for whoever insures them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.cli.options import (
    AsOf,
    AsRecorded,
    Close,
    Format,
    FormatOption,
    Open,
    Strict,
    Tables,
    With,
    Workspace,
    parse_date,
    read_path,
    read_recorded,
)
from karwan.cli.trips import Paths, Policy, Seed

if TYPE_CHECKING:
    from karwan.analysis.decisions.exposure_answers import Exposure
    from karwan.analysis.world.world import World

MOST_GATES, MOST_EVENTS = 15, 8
File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        parser=read_path,
        help="CSV of consignments: where each is on which day, where it goes, what it is worth.",
        show_default=False,
    ),
]
Loading = Annotated[
    float,
    typer.Option("--loading", help="Put on top of the expected loss, as a share of it."),
]
MarineRate = Annotated[
    float | None,
    typer.Option(
        "--marine-rate",
        help="Rate of marine cover, a share of the value; without it sea legs are not priced.",
        show_default=False,
    ),
]
Template = Annotated[bool, typer.Option("--template", help="Print a file to fill in, and leave.")]


def exposure(
    context: typer.Context,
    file: File = None,
    policy: Policy = "best",
    loading: Loading = 0.3,
    marine_rate: MarineRate = None,
    template: Template = False,
    paths: Paths = 1000,
    seed: Seed = 20_261_122,
    as_of: AsOf = None,
    close: Close = None,
    open_: Open = None,
    with_: With = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    tables: Tables = None,
    as_recorded: AsRecorded = None,
    workspace: Workspace = None,
) -> None:
    """Say what consignments under way or planned stand to lose by closures, alone and together."""
    from karwan.api.exposure import exposure_asked
    from karwan.api.region import region
    from karwan.base.errors import DataError, Fault
    from karwan.base.telling import to_csv
    from karwan.cli.progress import Bar
    from karwan.cli.show import print_json, print_text

    if template:
        from karwan.analysis.decisions.consignments import template_text

        print_text(template_text())
        return
    if file is None:
        raise DataError("the question", [Fault("", "name a FILE of consignments, or ask for a "
                                               "template to fill in")])  # fmt: skip
    asked = region(
        as_of=parse_date(as_of),
        tables=tables,
        workspace=workspace,
        closed=close or (),
        opened=open_ or (),
        projects=with_ or (),
        as_recorded=read_recorded(as_recorded),
    )
    with Bar(context) as bar:
        answer = exposure_asked(
            asked.world,
            asked.premises,
            file.read_bytes(),
            where=str(file),
            policy=policy,
            loading=loading,
            marine_rate=marine_rate,
            path_count=paths,
            seed=seed,
            strict=strict,
            done=bar.update,
        )
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(answer.columns, answer.rows()))
    else:
        print_text("\n".join([answer.title, "", exposure_text(asked.world, answer.content)]))


def exposure_text(world: World, told: Exposure) -> str:
    """Return consignments, gates, events, losses and cover, and what it rests on."""
    from karwan.analysis.decisions.exposure_answers import (
        CATCHES,
        CONSIGNMENTS,
        COVERS,
        GATES_MET,
        LOSSES,
        all_gates,
        covers,
        losses,
    )
    from karwan.analysis.world.later import later_text
    from karwan.cli.show import columns_text

    portfolio = told.portfolio
    gates = sorted(all_gates(told), key=lambda one: -one.p_caught)
    shown = [one for one in gates if one.p_caught > 0] or gates
    lines = [
        f"A closure catches at least one in {(portfolio.caught_counts > 0).mean():.0%} of futures, "
        f"{portfolio.caught_counts.mean():,.2f} of {len(portfolio.consignments)} on average.",
        "",
        columns_text(CONSIGNMENTS, portfolio.consignments),
        "",
        columns_text(GATES_MET, shown[:MOST_GATES]),
    ]
    if len(shown) > MOST_GATES:
        lines.append(f"and {len(shown) - MOST_GATES} more (--format json has all)")
    lines += ["", *event_lines(told)]
    if portfolio.catches:
        lines += ["", columns_text(CATCHES, portfolio.catches[:MOST_EVENTS])]
    lines += [
        "",
        columns_text(LOSSES, losses(told)),
        f"1 in 10, 1 in 50: of futures of this portfolio. Premium: expected loss and "
        f"{told.terms.loading_share:.0%} of it; one covers the other, they are never added.",
        "",
        *another_lines(told),
        "",
        columns_text(COVERS, covers(told)),
        *dict.fromkeys(note for note in (told.terms.war_note, told.terms.land_note) if note),
        "Loss by theft, damage or violence is no part of the loss by closures above.",
        "",
        f"{told.path_count:,} futures, seed {told.seed}; rule {told.policy}. Evidence up to "
        f"{world.evidence_horizon}.",
    ]
    later = later_text(world, told.sources)
    return "\n".join([*lines, *([later] if later else [])])


def event_lines(told: Exposure) -> list[str]:
    """Return the one event that catches most, in words."""
    from karwan.analysis.decisions.exposure_answers import cause_text, loss_row

    portfolio = told.portfolio
    if not portfolio.catches:
        return ["No event catches a consignment in any of the futures."]
    worst, row = portfolio.catches[0], loss_row("", portfolio.most_caught_usd)
    return [
        f"The one event that catches most: {cause_text(worst.cause)}, at "
        f"{', '.join(worst.elements)}: up to {worst.most_usd:,.0f} USD of "
        f"{portfolio.value_usd:,.0f}.",
        f"By whichever event is the greatest, {row.once_in_10_usd:,.0f} USD are caught in one "
        f"future of ten, {row.once_in_50_usd:,.0f} in one of fifty.",
    ]


def another_lines(told: Exposure) -> list[str]:
    """Return what sending half another way changes, in words."""
    from karwan.analysis.decisions.exposure_answers import cause_text, loss_row

    another, before = told.another, told.portfolio
    if another is None:
        return ["Half another way: no event catches two consignments, so there is nothing to part."]
    after = another.portfolio
    was, now = (loss_row("", one.loss_usd) for one in (before, after))
    caught, less = (loss_row("", one.most_caught_usd) for one in (before, after))
    lines = [
        f"Half another way, around {', '.join(another.shunned)} ({cause_text(another.cause)}): "
        f"{', '.join(another.moved) or 'none'} sent so.",
        f"  loss 1 in 10 {now.once_in_10_usd:,.0f} USD (was {was.once_in_10_usd:,.0f}), 1 in 50 "
        f"{now.once_in_50_usd:,.0f} ({was.once_in_50_usd:,.0f}); caught by one event 1 in 50 "
        f"{less.once_in_50_usd:,.0f} ({caught.once_in_50_usd:,.0f}); all costs "
        f"{after.all_costs_usd - before.all_costs_usd:+,.0f} USD on average.",
    ]
    if another.unmoved:
        lines.append(f"  No other way is built for {', '.join(another.unmoved)}.")
    if another.bound:
        lines.append(f"  Left on their way, since the file says by what they must pass: "
                     f"{', '.join(another.bound)}.")  # fmt: skip
    return lines
