"""`karwan critical`: which crossing, line or link is the chokepoint, alone and in pairs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from karwan.analysis.world.state import State
from karwan.base.workspaces import Workspace as AnyWorkspace
from karwan.cli import completion
from karwan.cli.options import (
    Cargo,
    Format,
    FormatOption,
    StateOption,
    Strict,
    Tables,
    UnitName,
    Workspace,
    parse_date,
    read_path,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from karwan.analysis.futures.chokepoints import Told
    from karwan.analysis.futures.criticality import Chokepoint, Stake
    from karwan.study.spec import StudySpec


class Weights(StrEnum):
    """What rides on each pair."""

    demand = "demand"
    equal = "equal"


Pairs = Annotated[bool, typer.Option("--pairs", help="Take out every two together.")]
Links = Annotated[bool, typer.Option("--links", help="Take out links, built ones one by one.")]
Capacity = Annotated[
    bool,
    typer.Option(
        "--capacity",
        help="Rank gates by what one further truck a day is worth, all freight being sent at once.",
    ),
]
Top = Annotated[int, typer.Option("--top", min=1, help="Show so many.")]
Horizon = Annotated[
    int | None,
    typer.Option(
        "--horizon",
        min=1,
        max=3650,
        help="Days of each future, every one counted. Default: the study's.",
        show_default=False,
    ),
]
WeightsOption = Annotated[
    Weights,
    typer.Option("--weights", help="Published freight demand, or one consignment a day a pair."),
]
Penalty = Annotated[
    float,
    typer.Option(
        "--cut-penalty",
        help="What a consignment that cannot go loses, as a ratio of its best journey's cost.",
    ),
]
Factor = Annotated[
    float, typer.Option("--hazard-factor", help="Closures come so many times as often.")
]
Paths = Annotated[
    int | None,
    typer.Option(
        "--paths", min=100, help="Futures drawn. Default: the study's.", show_default=False
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", min=0, help="Seed of the futures. Default: the study's.", show_default=False
    ),
]
OptionalDate = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help="Date whose knowledge is used. Default: today, or the day of the study that you name.",
        autocompletion=completion.days,
    ),
]
Study = Annotated[
    str, typer.Option("--study", help="Study file whose pairs are asked, or `reference`.")
]


def critical(
    context: typer.Context,
    pairs: Pairs = False,
    links: Links = False,
    capacity: Capacity = False,
    top: Top = 15,
    horizon: Horizon = None,
    weights: WeightsOption = Weights.demand,
    study: Study = "reference",
    state: StateOption = State.all_open,
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    penalty: Penalty = 1.0,
    factor: Factor = 1.0,
    paths: Paths = None,
    seed: Seed = None,
    as_of: OptionalDate = None,
    strict: Strict = False,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Rank crossings, lines and links by what their loss costs, alone or in pairs."""
    from karwan.analysis.futures.chokepoints import CHOKEPOINTS
    from karwan.api.closures import critical_asked
    from karwan.base.errors import DataError
    from karwan.base.telling import to_csv
    from karwan.cli.progress import Bar
    from karwan.cli.show import print_json, print_text

    if pairs and links:
        text = "--pairs with --links: take out elements by twos, or links one by one"
        raise DataError("the question", [text])
    if capacity:
        if pairs or links:
            text = (
                "--capacity with --pairs or --links: it ranks gates, alone and by twos, by itself"
            )
            raise DataError("the question", [text])
        _tell_worth(asked_study(study, cargo, unit, as_of, tables), workspace, state, top, output)
        return
    with Bar(context) as bar:
        answer = critical_asked(
            asked_study(study, cargo, unit, as_of, tables),
            workspace=workspace,
            pairs=pairs,
            links=links,
            top=top,
            horizon_days=horizon,
            weights=weights.value,
            state=state.value,
            cut_penalty_ratio=penalty,
            hazard_factor=factor,
            path_count=paths,
            seed=seed,
            progress=bar.futures,
            strict=strict,
        )
    found = answer.content
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(CHOKEPOINTS, found.chokepoints))
    else:
        text = chokepoints_text(found.chokepoints, found.stakes, found.told)
        print_text("\n".join([text, *answer.age_lines()]))


def _tell_worth(
    spec: StudySpec, workspace: AnyWorkspace | None, state: State, top: int, output: Format
) -> None:
    from karwan.analysis.traffic.worth import GATE_WORTHS, pair_lines, worth_notes
    from karwan.api.impact import worth_asked
    from karwan.base.telling import to_csv
    from karwan.cli.show import columns_text, print_json, print_text

    answer = worth_asked(spec, workspace=workspace, state=state.value)
    worth = answer.content
    if output is Format.json:
        print_json(answer.to_dict())
    elif output is Format.csv:
        print_text(to_csv(GATE_WORTHS, worth.gates))
    else:
        lines = [answer.title, "", columns_text(GATE_WORTHS, worth.gates[:top]), ""]
        lines += ["Two shut together:", *pair_lines(worth), "", *worth_notes(worth)]
        lines += answer.age_lines()
        print_text("\n".join(lines))


def asked_study(
    study: str, cargo: str, unit: str, as_of: str | None, tables: Path | None
) -> StudySpec:
    """Return a study with what the options change."""
    from karwan.api import studies

    return studies.asked_study(
        study if study == studies.REFERENCE else read_path(study),
        cargo=cargo,
        unit=unit,
        as_of=parse_date(as_of) if as_of is not None or study == studies.REFERENCE else None,
        tables=tables,
    )


def chokepoints_text(found: Sequence[Chokepoint], stakes: Sequence[Stake], told: Told) -> str:
    """Return the ranking, then who loses by the first, then what it rests on."""
    from karwan.analysis.futures.chokepoints import CHOKEPOINTS, basis_lines, heading, loser_lines
    from karwan.cli.later import later_lines
    from karwan.cli.show import columns_text

    lines = [heading(stakes, told), ""]
    if not found:
        return "\n".join([*lines, "Nothing that can be shut costs any pair anything."])
    lines.append(columns_text(CHOKEPOINTS, found, numbered=True))
    lines += ["", f"Who loses by {' + '.join(found[0].names)}:"]
    lines += [f"  {text}" for text in loser_lines(found[0], stakes[0].roads.planner.world)]
    later = later_lines(stakes[0].roads.planner.world, told.sources)
    return "\n".join([*lines, "", *basis_lines(stakes, told), *later])
