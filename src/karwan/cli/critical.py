"""`karwan critical`: which crossing, line or link is the chokepoint, alone and in pairs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.analysis.world.state import State
from karwan.cli.options import (
    Cargo,
    Format,
    FormatOption,
    StateOption,
    Tables,
    UnitName,
    Workspace,
    parse_date,
)
from karwan.cli.study import study_path

if TYPE_CHECKING:
    from karwan.analysis.futures.chokepoints import Told
    from karwan.analysis.futures.criticality import Chokepoint, Stake


class Weights(StrEnum):
    """What rides on each pair."""

    demand = "demand"
    equal = "equal"


Pairs = Annotated[bool, typer.Option("--pairs", help="Take out every two together.")]
Links = Annotated[bool, typer.Option("--links", help="Take out links, built ones one by one.")]
Top = Annotated[int, typer.Option("--top", min=1, help="Show so many.")]
Horizon = Annotated[
    int, typer.Option("--horizon", min=1, max=3650, help="Days over which losses are expected.")
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
Paths = Annotated[int, typer.Option("--paths", min=100, help="Futures drawn.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of the futures.")]
OptionalDate = Annotated[
    str | None,
    typer.Option("--as-of", help="Date whose knowledge is used. Default: the study's."),
]
Study = Annotated[
    str, typer.Option("--study", help="Study file whose pairs are asked, or `reference`.")
]


def critical(
    pairs: Pairs = False,
    links: Links = False,
    top: Top = 15,
    horizon: Horizon = 365,
    weights: WeightsOption = Weights.demand,
    study: Study = "reference",
    state: StateOption = State.all_open,
    cargo: Cargo = "general",
    unit: UnitName = "truck",
    penalty: Penalty = 1.0,
    factor: Factor = 1.0,
    paths: Paths = 10_000,
    seed: Seed = 0,
    as_of: OptionalDate = None,
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Rank crossings, lines and links by what their loss costs, alone or in pairs."""
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.chokepoints import CHOKEPOINTS, Told, chokepoints_to_dict
    from karwan.analysis.futures.criticality import find_chokepoints
    from karwan.analysis.futures.reliability import draw_states, with_hazard_factor
    from karwan.analysis.futures.stakes import make_stakes
    from karwan.base.errors import DataError
    from karwan.base.telling import to_csv
    from karwan.cli.show import print_json, print_text
    from karwan.study.question import open_question
    from karwan.study.spec import read_study

    if pairs and links:
        text = "--pairs with --links: take out elements by twos, or links one by one"
        raise DataError("the question", [text])
    spec = read_study(study_path(study))
    changes: dict[str, Any] = {
        "consignment": spec.consignment.model_copy(update={"cargo": cargo, "unit": unit})
    }
    if as_of is not None:
        changes["as_of"] = parse_date(as_of)
    if tables is not None:
        changes["tables"] = tables
    asked = open_question(spec.model_copy(update=changes), workspace=workspace)
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    stakes = make_stakes(planners, asked.pairs, weights=weights.value, links=links)
    states = None
    if not links:
        model = with_hazard_factor(fit_world(asked.world), factor)
        states = draw_states(
            stakes[0].roads, model, seed=seed, path_count=paths, horizon_days=horizon
        )
    shut = stakes[0].roads.shut_now() if state == State.last_known else ()
    found = find_chokepoints(
        stakes, states, pairs=pairs, shut=shut, cut_penalty_ratio=penalty, top=top
    )
    told = Told(horizon, state, weights.value, penalty, factor, seed, paths, has_hazard=not links)
    if output is Format.json:
        print_json(chokepoints_to_dict(found, stakes, told))
    elif output is Format.csv:
        print_text(to_csv(CHOKEPOINTS, found))
    else:
        print_text(chokepoints_text(found, stakes, told))


def chokepoints_text(found: list[Chokepoint], stakes: list[Stake], told: Told) -> str:
    """Return the ranking, then who loses by the first, then what it rests on."""
    from karwan.analysis.futures.chokepoints import CHOKEPOINTS, basis_lines, heading, loser_lines
    from karwan.cli.show import columns_text

    lines = [heading(stakes, told), ""]
    if not found:
        return "\n".join([*lines, "Nothing that can be shut costs any pair anything."])
    lines.append(columns_text(CHOKEPOINTS, found, numbered=True))
    lines += ["", f"Who loses by {' + '.join(found[0].names)}:"]
    lines += [f"  {text}" for text in loser_lines(found[0])]
    return "\n".join([*lines, "", *basis_lines(stakes, told)])
