"""Say what chokepoints are: as data with a fixed form, and in the lines that go with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karwan.analysis.futures.criticality import Chokepoint, PairLoss, Stake
from karwan.analysis.futures.engines import Choice
from karwan.analysis.futures.fragility import Fragility, fragility_to_dict
from karwan.analysis.futures.stakes import DEMAND
from karwan.analysis.world.corrections import correction_lines, corrections_to_dict
from karwan.analysis.world.later import later_facts, later_facts_to_dict
from karwan.analysis.world.state import State
from karwan.base.provenance import Source
from karwan.base.telling import FILES, Column, Form, to_dict
from karwan.base.words import counted

if TYPE_CHECKING:
    from karwan.analysis.world.world import World

MOST_LOSERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a ranking of chokepoints was asked.

    Attributes
    ----------
    state
        What is shut all the while: nothing (`all-open`), or what was last known to be.
    sources
        What the best ways of the pairs, and the rates of closures, rest on.
    """

    horizon_days: int
    state: State
    weights: str
    cut_penalty_ratio: float
    hazard_factor: float
    seed: int
    path_count: int
    has_hazard: bool
    engine: Choice
    sources: tuple[Source, ...] = ()


def chokepoints_to_dict(
    found: Sequence[Chokepoint],
    stakes: Sequence[Stake],
    told: Told,
    fragility: Fragility | None = None,
) -> dict[str, Any]:
    """Return a ranking as data. What is not known, or not asked for, is None."""
    world = stakes[0].roads.planner.world
    return {
        "chokepoints": [to_dict(CHOKEPOINTS, one) for one in found],
        "pairs": [
            {
                "origin": stake.origin.id,
                "destination": stake.destination.id,
                "consignments_per_day": stake.consignments_per_day,
            }
            for stake in stakes
        ],
        "state": told.state,
        "weights": told.weights,
        "horizon_days": told.horizon_days,
        "cut_penalty_ratio": told.cut_penalty_ratio,
        "hazard_factor": told.hazard_factor,
        "seed": told.seed,
        "path_count": told.path_count if told.has_hazard else None,
        "engine": told.engine.to_dict(),
        **fragility_to_dict(fragility or Fragility()),
        "as_of": world.as_of.isoformat(),
        "evidence_horizon": world.evidence_horizon.isoformat(),
        "later_facts": later_facts_to_dict(later_facts(world, told.sources)),
        "corrections": corrections_to_dict(world),
        "notes": basis_lines(stakes, told),
    }


def _parts(pair: tuple[float, float] | None) -> dict[str, float] | None:
    return dict(zip(("ordinary", "today"), pair, strict=True)) if pair else None


def _days(one: Chokepoint) -> tuple[float, float] | None:
    return (one.shut_days.ordinary, one.shut_days.today) if one.shut_days else None


FLAT = (Form.csv, Form.frame, Form.table)
CHOKEPOINTS: tuple[Column[Chokepoint], ...] = (
    Column(name="ids"),
    Column(name="names"),
    Column(name="shut", get=lambda one: " + ".join(one.names), forms=(Form.table,)),
    Column(
        name="pairs_hit",
        get=lambda one: one.hit_count,
        unit="count",
        forms=(*FILES, Form.table),
        names={Form.table: "pairs hit", Form.frame: "pairs_hit_count"},
    ),
    Column(
        name="pairs_cut",
        get=lambda one: one.cut_count,
        unit="count",
        forms=(*FILES, Form.table),
        names={Form.table: "cut", Form.frame: "pairs_cut_count"},
    ),
    Column(
        name="loss_usd_per_day",
        unit="USD/day",
        forms=(*FILES, Form.table),
        names={Form.table: "USD a day", Form.frame: "loss_per_day_usd"},
        digits={Form.csv: 2},
        spec=",.0f",
    ),
    Column(name="shut_days", get=lambda one: _parts(_days(one)), unit="days", forms=(Form.json,)),
    Column(
        name="error_shut_days",
        get=lambda one: _parts(one.shut_days.errors if one.shut_days else None),
        unit="days",
        forms=(Form.json,),
    ),
    Column(
        name="expected_loss_usd",
        get=lambda one: _parts(one.expected_loss_usd),
        unit="USD",
        forms=(Form.json,),
    ),
    Column(
        name="ordinary_shut_days",
        get=lambda one: one.shut_days and one.shut_days.ordinary,
        unit="days",
        forms=FLAT,
        names={Form.table: "days, ordinary"},
        digits={Form.csv: 3},
        spec=",.1f",
    ),
    Column(
        name="today_shut_days",
        get=lambda one: one.shut_days and one.shut_days.today,
        unit="days",
        forms=FLAT,
        names={Form.table: "days, from today"},
        digits={Form.csv: 3},
        spec=",.1f",
    ),
    Column(
        name="ordinary_expected_loss_usd",
        get=lambda one: one.expected_loss_usd and one.expected_loss_usd[0],
        unit="USD",
        forms=FLAT,
        names={Form.table: "USD, ordinary", Form.frame: "ordinary_expected_usd"},
        digits={Form.csv: 2},
        spec=",.0f",
    ),
    Column(
        name="today_expected_loss_usd",
        get=lambda one: one.expected_loss_usd and one.expected_loss_usd[1],
        unit="USD",
        forms=FLAT,
        names={Form.table: "USD, from today", Form.frame: "today_expected_usd"},
        digits={Form.csv: 2},
        spec=",.0f",
    ),
    Column(
        name="beyond_parts_usd_per_day",
        unit="USD/day",
        forms=(*FILES, Form.table),
        names={Form.table: "beyond its parts, USD a day", Form.frame: "beyond_parts_per_day_usd"},
        digits={Form.csv: 2},
        spec="+,.0f",
    ),
    Column(
        name="replacement_usd",
        get=lambda one: (
            dict(zip(("least", "median", "most"), one.replacement_usd, strict=True))
            if one.replacement_usd
            else None
        ),
        unit="USD",
        forms=(Form.json,),
    ),
    Column(
        name="loss_by_country_usd_per_day",
        get=lambda one: one.loss_by_country(),
        unit="USD/day",
        forms=(Form.json,),
    ),
    Column(name="losses", get=lambda one: [_loss(loss) for loss in one.losses], forms=(Form.json,)),
)
"""What is told of a chokepoint, in every form; what is not known is None or blank."""


def _loss(loss: PairLoss) -> dict[str, Any]:
    return {
        "origin": loss.origin,
        "destination": loss.destination,
        "cut": loss.cut,
        "extra_usd": loss.extra_usd,
        "extra_hours": loss.extra_hours,
        "loss_usd_per_day": loss.loss_usd_per_day,
    }


def heading(stakes: Sequence[Stake], told: Told) -> str:
    """Return what was asked, in a line."""
    world = stakes[0].roads.planner.world
    state = "all gates open" if told.state == State.all_open else "what was last known shut"
    return (
        f"Chokepoints of {counted(len(stakes), 'pair')}, beginning with {state}, as of "
        f"{world.as_of} "
        f"(newest evidence {world.evidence_horizon})"
        + "".join(f"\n{line}" for line in correction_lines(world))
    )


def loser_lines(found: Chokepoint, world: World) -> list[str]:
    """Return who loses by a chokepoint: countries, then pairs."""
    places, country = world.network.places, world.region.country
    countries = [
        f"{country(code)} {usd:,.0f}" for code, usd in found.loss_by_country().items() if usd > 0
    ]
    lines = [f"USD a day by country, each pair counted at both ends: {', '.join(countries)}"]
    if not countries:
        lines = ["no pair that loses has a known demand"]
    for loss in found.losses[:MOST_LOSERS]:
        what = (
            "cut off"
            if loss.extra_usd is None or loss.extra_hours is None
            else f"{loss.extra_usd:+,.0f} USD, {loss.extra_hours:+,.0f} h"
        )
        ends = f"{places[loss.origin].name} to {places[loss.destination].name}"
        lines.append(f"{ends}: {what} a consignment")
    if len(found.losses) > MOST_LOSERS:
        lines.append(f"and {counted(len(found.losses) - MOST_LOSERS, 'more pair')}")
    return lines


def _times(ratio: float) -> str:
    return "what" if ratio == 1 else f"{ratio:g} times what"


def basis_lines(stakes: Sequence[Stake], told: Told) -> list[str]:
    """Return what a ranking rests on and leaves out."""
    lines = [
        "Losses are exact on the routing weight: mean USD plus value of time times mean hours, "
        "before rest that border waits make up for. Other crossings are taken to carry what is "
        "sent to them: no published figure says how much the small ones can.",
        f"A consignment that cannot go is taken to lose {_times(told.cut_penalty_ratio)} its best "
        "journey costs (estimate, grade C).",
    ]
    if told.weights == DEMAND:
        unknown = sum(stake.consignments_per_day is None for stake in stakes)
        lines.append(
            f"Weighed by published freight demand, split equally over the pairs of a country pair; "
            f"{unknown} of {counted(len(stakes), 'pair')} have no figure: they count as hit or "
            f"cut and in no "
            "sum of USD."
        )
    else:
        lines.append("One consignment a day on every pair.")
    if told.has_hazard:
        factor = (
            f", closures {told.hazard_factor:g} times as often" if told.hazard_factor != 1 else ""
        )
        lines.append(
            f"Expected over {counted(told.horizon_days, 'day')} on {told.path_count:,} seeded "
            f"futures"
            f"{factor}: loss a day times mean days shut, one thing at a time. Days are counted one "
            "by one; chance moves a mean by its standard error, which stands beside it as "
            "`error_shut_days` in JSON and in the tables of a run."
        )
    else:
        lines.append("Of links nobody records closures: no expected loss is given.")
    return [*lines, told.engine.line]
