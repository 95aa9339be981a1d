"""Answers that stand beside figures others published: trade targets, runs that happened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer, named

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Calibration
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.analysis.world.world import World
    from karwan.data.catalog import Catalog
    from karwan.network.network import Network

TARGET = (
    "pair", "target_musd", "due", "basis", "basis_kind", "period", "value_musd", "multiple",
    "years", "growth_per_year_share", "fresh", "reading", "p_reach", "grade", "source_url",
    "source_date",
)  # fmt: skip


def target_asked(world: World, pair: str) -> Answer[TargetAnswer]:
    """Return whether the trade target of a pair of countries can be met.

    Raises
    ------
    DataError
        If the pair is none, or nothing is on record of it.
    """
    from karwan.analysis.trade.answers import target_to_dict, verdict
    from karwan.analysis.trade.targets import assess_target
    from karwan.analysis.world.corrections import corrections_to_dict

    answer = assess_target(world, pair)
    return Answer(
        title=f"Trade target {answer.pair}, as of {answer.as_of}: {verdict(answer)}",
        content=answer,
        tell=lambda: target_to_dict(answer) | {"corrections": corrections_to_dict(world)},
        columns=named(
            *TARGET,
            shown=(
                "basis",
                "period",
                "value_musd",
                "multiple",
                "years",
                "reading",
                "p_reach",
                "grade",
            ),
        ),
        rows=lambda: target_rows(answer),
    )


def target_rows(answer: TargetAnswer) -> list[dict[str, Any]]:
    """Return a row per base and reading of the record, with all digits; None is not known."""
    aim = answer.aim
    rows = []
    for need in answer.needs:
        base = need.base
        told: list[tuple[str | None, float | None]] = [
            (r.name, r.p_reach) for r in answer.readings if r.need is need
        ]
        for name, p in told or [(None, None)]:
            cells = [
                answer.pair, aim.target_musd, aim.due, base.basis.name, base.basis.kind,
                base.period.label, base.total_musd, need.multiple, need.years, need.annual_share,
                need.fresh, name, p, base.grade, base.source.url, base.source.date,
            ]  # fmt: skip
            rows.append(dict(zip(TARGET, cells, strict=True)))
    return rows


def calibrate_asked(catalog: Catalog, network: Network, as_of: dt.date) -> Answer[Calibration]:
    """Return the model refitted to observed runs, each left out in turn, and every run beside it.

    Raises
    ------
    FitError
        If too few runs lie in the network.
    """
    from karwan.analysis.corridors.answers import calibration_to_dict
    from karwan.analysis.corridors.calibration import calibrate

    found = calibrate(catalog, network, as_of)
    told = calibration_to_dict(found)
    runs: list[dict[str, Any]] = told["runs"]
    return Answer(
        title=f"{found.run_count} observed runs of {found.event_count} events, as of {as_of}",
        content=found,
        tell=lambda: told,
        columns=named(
            *(runs[0] if runs else ()),
            shown=(
                "run",
                "origin",
                "destination",
                "published_hours",
                "model_hours",
                "model_p05_hours",
                "model_p95_hours",
                "left_out_error_ratio",
            ),
        ),
        rows=lambda: runs,
    )
