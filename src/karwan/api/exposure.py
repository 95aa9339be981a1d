"""Answers for whoever insures consignments: what closures may do to all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.tripping import TRIP_PATHS
from karwan.base.errors import DataError, Fault
from karwan.base.limits import LIMITS, SEED

if TYPE_CHECKING:
    from collections.abc import Callable

    from karwan.analysis.decisions.exposure_answers import Exposure
    from karwan.analysis.world.question import Premises
    from karwan.analysis.world.world import World

LOADING = 0.3
"""Put on top of an expected loss where nobody states it, as a share of it."""


def exposure_asked(  # noqa: PLR0913
    world: World,
    premises: Premises,
    content: bytes,
    *,
    where: str,
    policy: str = "best",
    loading: float = LOADING,
    marine_rate: float | None = None,
    path_count: int = TRIP_PATHS,
    seed: int = SEED,
    strict: bool = False,
    done: Callable[[int, int], None] | None = None,
) -> Answer[Exposure]:
    """Return what a file of consignments stands to lose by closures.

    Parameters
    ----------
    content, where
        The file as CSV (`karwan.analysis.decisions.consignments`), and what it is called.
    policy
        As for trips: `wait`, `divert-after-N` with N days, or `best`.
    loading
        Put on top of the expected loss, as a share of it.
    marine_rate
        Rate of marine cover as stated, a share of the value; None prices none.
    done
        Told how many consignments have been run, and of how many.

    Raises
    ------
    DataError
        Names every fault of the question, or of the file by row and column.
    NoRouteError
        Names every consignment for which no way is built.
    """
    from karwan.analysis.decisions.consignments import read_consignments
    from karwan.analysis.decisions.exposure import Plan, expose, half_another_way, open_futures
    from karwan.analysis.decisions.exposure_answers import (
        CONSIGNMENTS,
        Exposure,
        exposure_to_dict,
        read_terms,
    )
    from karwan.analysis.decisions.trip_rules import read_policy
    from karwan.analysis.world.later import refuse_later
    from karwan.analysis.world.travel import future_fault
    from karwan.api import today

    faults = exposure_faults(policy, loading, marine_rate, path_count)
    faults += future_fault(premises.as_of, today(), "on")
    if faults:
        raise DataError("the question", faults)
    listed = read_consignments(content, where, world, premises)
    plan = Plan(rules=read_policy(policy), seed=seed, path_count=path_count)
    futures = open_futures(world, listed, plan)
    portfolio = expose(futures, listed, done)
    terms = read_terms(world, loading, marine_rate)
    journeys = (source for one in portfolio.consignments for source in one.journey.sources)
    told = Exposure(
        portfolio=portfolio,
        another=half_another_way(futures, portfolio),
        terms=terms,
        policy=policy,
        seed=seed,
        path_count=path_count,
        sources=tuple(dict.fromkeys([*journeys, *terms.sources])),
    )
    if strict:
        refuse_later(world, told.sources)
    count = len(portfolio.consignments)
    return Answer(
        title=f"Exposure of {count} consignment{'s' if count != 1 else ''}, "
        f"{portfolio.value_usd:,.0f} USD, as of {world.as_of} (newest evidence "
        f"{world.evidence_horizon})",
        content=told,
        tell=lambda: exposure_to_dict(world, told),
        columns=CONSIGNMENTS,
        rows=lambda: portfolio.consignments,
    )


def exposure_faults(
    policy: str, loading: float, marine_rate: float | None, path_count: int
) -> list[Fault]:
    """Return what is wrong with the parts of a question that only an exposure has."""
    from karwan.api.tripping import MONTHS, trip_faults

    checked = [("loading", loading)]
    if marine_rate is not None:
        checked.append(("marine_rate", marine_rate))
    own = [fault for key, value in checked if (fault := LIMITS[key].fault(value)) is not None]
    return [*own, *trip_faults(policy, MONTHS, path_count)]
