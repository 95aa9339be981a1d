"""Answers about what a closure does: freight, queues and money on a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.resting import ages_of
from karwan.base.errors import DataError, Fault
from karwan.base.workspaces import Workspace

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.decisions.impact import Impact
    from karwan.analysis.traffic.worth import Worth
    from karwan.analysis.world.world import World
    from karwan.study.spec import StudySpec

MOST_AFTER_DAYS = 3650


def impact_asked(
    spec: StudySpec,
    *,
    workspace: Workspace | None = None,
    closed: Sequence[str] = (),
    since: dt.date | None = None,
    after_days: int | None = None,
    strict: bool = False,
) -> Answer[Impact]:
    """Return what a closure does: what moves, goes round, waits and stays, and what it costs whom.

    Parameters
    ----------
    closed
        Crossings, lines or places that close; none for what the record holds shut on the date.
    since
        When they shut; default: the first of them by the record, else the as-of date.
    after_days
        So many days after that; default 60.
    strict
        Refuse an answer that rests on figures of a later day.

    Raises
    ------
    DataError
        Names every fault of the question under its argument.
    """
    from karwan.analysis.decisions.closing import closing_impact
    from karwan.analysis.decisions.impact import AFTER_DAYS
    from karwan.analysis.decisions.impact_answers import ELEMENT_FLOWS, impact_to_dict
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.stakes import demand_of, make_stakes
    from karwan.analysis.world.later import refuse_later
    from karwan.study.question import open_question

    days = AFTER_DAYS if after_days is None else after_days
    faults = []
    if not 0 <= days <= MOST_AFTER_DAYS:
        text = f"it must be from 0 to {MOST_AFTER_DAYS:,}: no closure on record foretells more"
        faults.append(Fault("after", text, str(days)))
    asked = open_question(spec, workspace=workspace)
    world = asked.world
    named, more = _named(world, closed)
    faults += more
    if since is not None and since > world.as_of:
        faults.append(Fault("since", f"it must be no later than {world.as_of}", f"{since}"))
    if faults:
        raise DataError("the question", faults)
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    impact = closing_impact(
        make_stakes(planners, asked.pairs),
        demand_of(planners, asked.pairs),
        fit_world(world),
        named=named,
        since=since,
        after_days=days,
        strict=strict,
    )
    if strict:
        refuse_later(world, impact.sources)
    return Answer(
        title=f"Impact of {', '.join(impact.closing)} shut, {days} days after {impact.since}, "
        f"as of {world.as_of} (newest evidence {world.evidence_horizon})",
        content=impact,
        tell=lambda: impact_to_dict(world, impact),
        columns=ELEMENT_FLOWS,
        rows=lambda: impact.elements,
        ages=ages_of(
            world,
            lambda: (
                {*impact.shut_before, *(one.gate.element_id for one in impact.elements)}
                | (set(impact.closing) - named)
            ),
        ),
    )


def worth_asked(
    spec: StudySpec, *, workspace: Workspace | None = None, state: str = "all-open"
) -> Answer[Worth]:
    """Return what one further truck a day is worth at each gate, and what is lost if it shuts.

    Parameters
    ----------
    state
        `all-open`, or `last-known` with what the record holds shut on the date.
    """
    from karwan.analysis.decisions.closing import begun
    from karwan.analysis.forecasts.closures import fit_world
    from karwan.analysis.futures.stakes import demand_of, make_stakes
    from karwan.analysis.traffic.freight import make_freight
    from karwan.analysis.traffic.settled import fit_base, fit_spread
    from karwan.analysis.traffic.worth import GATE_WORTHS, gate_worths, worth_to_dict
    from karwan.analysis.world.state import State
    from karwan.study.question import open_question

    if state not in tuple(State):
        raise DataError("the question", [Fault("state", f"not one of {', '.join(State)}", state)])
    asked = open_question(spec, workspace=workspace)
    world = asked.world
    planners = {country: desk.planner for country, desk in asked.desks.items()}
    stakes = make_stakes(planners, asked.pairs)
    roads = stakes[0].roads
    shut = frozenset(roads.index.ids[number] for number in roads.shut_now()) - world.open_ids
    if state == State.all_open:
        shut = frozenset()
    freight = make_freight(
        stakes, demand_of(planners, asked.pairs), shut_sets=[shut] if shut else []
    )
    closing = shut & frozenset(world.network.crossings)
    base = fit_base(
        freight,
        fit_spread(freight),
        shut=shut - closing,
        closing=closing,
        by=begun(world, fit_world(world), closing),
        each_by_its_day=True,
    )
    worth = gate_worths(base, shut)
    return Answer(
        title=f"What gates are worth to the freight of {len(asked.pairs)} pairs, "
        f"{'nothing shut' if not shut else 'as last known'}, as of {world.as_of} (newest evidence "
        f"{world.evidence_horizon})",
        content=worth,
        tell=lambda: worth_to_dict(world, worth),
        columns=GATE_WORTHS,
        rows=lambda: worth.gates,
        ages=(
            None
            if state == State.all_open
            else ages_of(world, lambda: {one.gate.element_id for one in worth.gates} | shut)
        ),
    )


def _named(world: World, closed: Sequence[str]) -> tuple[frozenset[str], list[Fault]]:
    """Return the elements that names stand for, those in use, and what is wrong with them."""
    from karwan.analysis.world.world import named_in

    names: set[str] = set()
    faults: list[Fault] = []
    for one in closed:
        try:
            names |= named_in(world.network, [one], ()).shut_ids
        except DataError as error:
            faults += error.faults
    return frozenset(names), faults
