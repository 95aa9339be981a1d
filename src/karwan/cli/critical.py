"""`karwan critical`: which crossing, line or link is the chokepoint, alone and in pairs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from karwan.cli.options import (
    Cargo,
    Format,
    FormatOption,
    State,
    StateOption,
    Tables,
    UnitName,
    Workspace,
    parse_date,
)
from karwan.cli.study import study_path

if TYPE_CHECKING:
    from pathlib import Path

    from karwan.analysis.futures.chokepoints import Told
    from karwan.analysis.futures.criticality import Chokepoint, Stake
    from karwan.analysis.futures.sampling import Sampling
    from karwan.study.question import StudyQuestion
    from karwan.study.spec import StudySpec


class Weights(StrEnum):
    """What rides on each pair."""

    demand = "demand"
    equal = "equal"


Pairs = Annotated[bool, typer.Option("--pairs", help="Take out every two together.")]
Links = Annotated[bool, typer.Option("--links", help="Take out links, built ones one by one.")]
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
    typer.Option("--as-of", help="Date whose knowledge is used. Default: the study's."),
]
Study = Annotated[
    str, typer.Option("--study", help="Study file whose pairs are asked, or `reference`.")
]


def critical(
    context: typer.Context,
    pairs: Pairs = False,
    links: Links = False,
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
    output: FormatOption = Format.table,
    tables: Tables = None,
    workspace: Workspace = None,
) -> None:
    """Rank crossings, lines and links by what their loss costs, alone or in pairs."""
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.chokepoints import CHOKEPOINTS, Told, chokepoints_to_dict
    from karwan.analysis.futures.criticality import count_days, find_chokepoints, knock_out_engine
    from karwan.analysis.futures.reliability import with_hazard_factor
    from karwan.analysis.futures.sampling import check_work
    from karwan.analysis.futures.stakes import make_stakes
    from karwan.base.errors import DataError
    from karwan.base.telling import to_csv
    from karwan.cli.progress import Bar
    from karwan.cli.show import print_json, print_text

    if pairs and links:
        text = "--pairs with --links: take out elements by twos, or links one by one"
        raise DataError("the question", [text])
    spec, asked = open_study(study, cargo, unit, as_of, tables, workspace)
    sampling = sampling_of(spec, paths, horizon, seed)
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    stakes = make_stakes(planners, asked.pairs, weights=weights.value, links=links)
    days = None
    if not links:
        check_work(sampling, 1)
        model = with_hazard_factor(fit_world(asked.world), factor)
        with Bar(context) as bar:
            days = count_days(stakes[0].roads, model, sampling, progress=bar.futures)
    shut = stakes[0].roads.shut_now() if state is State.last_known else ()
    found = find_chokepoints(
        stakes, days, pairs=pairs, shut=shut, cut_penalty_ratio=penalty, top=top
    )
    told = Told(
        sampling.horizon_days,
        state.value,
        weights.value,
        penalty,
        factor,
        sampling.seed,
        sampling.path_count,
        has_hazard=not links,
        engine=knock_out_engine(stakes, len(shut) + 1 + pairs),
    )
    if output is Format.json:
        print_json(chokepoints_to_dict(found, stakes, told))
    elif output is Format.csv:
        print_text(to_csv(CHOKEPOINTS, found))
    else:
        print_text(chokepoints_text(found, stakes, told))


def open_study(
    study: str,
    cargo: str,
    unit: str,
    as_of: str | None,
    tables: Path | None,
    workspace: Path | None,
) -> tuple[StudySpec, StudyQuestion]:
    """Return a study with what the options change, and what it asks."""
    from karwan.study.question import open_question
    from karwan.study.spec import read_study

    spec = read_study(study_path(study))
    changes: dict[str, Any] = {
        "consignment": spec.consignment.model_copy(update={"cargo": cargo, "unit": unit})
    }
    if as_of is not None:
        changes["as_of"] = parse_date(as_of)
    if tables is not None:
        changes["tables"] = tables
    changed = spec.model_copy(update=changes)
    return changed, open_question(changed, workspace=workspace)


def sampling_of(
    spec: StudySpec, paths: int | None, horizon: int | None, seed: int | None
) -> Sampling:
    """Return the futures of a study, with what the options change."""
    from karwan.analysis.futures.sampling import Sampling

    return Sampling(
        spec.seed if seed is None else seed,
        spec.futures.paths if paths is None else paths,
        spec.futures.days if horizon is None else horizon,
    )


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
