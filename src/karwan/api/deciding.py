"""Answers about waiting at a shut element or diverting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.resting import ages_of, elements_of
from karwan.api.waiting import age_faults, residual_asked, road_crossings
from karwan.base.errors import DataError, Fault, UnknownNameError

if TYPE_CHECKING:
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.decisions.decision import Decision
    from karwan.analysis.world.question import Asked
    from karwan.analysis.world.world import World
    from karwan.network.network import Network
    from karwan.network.nouns import Place


def decide_asked(
    planner: Planner,
    asked: Asked,
    name: str,
    *,
    closed_for: float | None = None,
    ahead: float | None = None,
    home: str | None = None,
    strict: bool = False,
) -> Answer[Decision]:
    """Return whether to wait at an element that is shut, or to divert, and until when.

    Parameters
    ----------
    asked
        Where the shipment is and where it goes, and what it is.
    closed_for
        Days that the element has been shut by the date; None for what the record holds.
    ahead
        Trucks that pass before it; None for those of its class and of the classes before it that
        have come by the date.
    home
        Where it could go back to with its cargo; None leaves giving it up.

    Raises
    ------
    DataError
        Names every fault of the question under its argument.
    """
    from karwan.analysis.decisions.costs import waiting_costs
    from karwan.analysis.decisions.decision import ahead_of, decide, make_bill
    from karwan.analysis.decisions.told import ARMS, arms, decision_to_dict
    from karwan.analysis.decisions.turns import ALL
    from karwan.analysis.decisions.ways import decision_ways
    from karwan.analysis.world.later import refuse_later

    world = asked.world
    element_id, back = decision_names(world.network, name, home)
    residual = residual_asked(world, element_id, closed_for)
    if residual is None:
        text = "it is not shut on the date; say for how long it is supposed to have been"
        raise DataError("the question", [Fault("closed_for", text)])
    ways = decision_ways(planner, element_id, asked.origin, asked.destination, back)
    is_at_gate = asked.origin.id in _sides(world, element_id)
    shipment = asked.question.shipment
    ends = (asked.origin, asked.destination)
    before, mine = ahead_of(world, element_id, ways, residual.age_days, shipment, ends)
    if ahead is not None:
        before, mine = ahead, ALL  # its place is stated: so many pass first, and no one else
    bill = make_bill(world, shipment, asked.origin, waiting_costs(world), is_at_gate=is_at_gate)
    made = decide(
        world, residual, ways, bill, ahead_trucks=before, truck_class=mine,
        carrier=shipment.carrier,
    )  # fmt: skip
    if strict:
        refuse_later(world, made.sources)
    return Answer(
        title=f"Wait at {world.network.elements[element_id].name} or divert, as of {world.as_of}: "
        f"{made.advice}",
        content=made,
        tell=lambda: decision_to_dict(world, asked, made),
        columns=ARMS,
        rows=lambda: arms(made),
        ages=ages_of(
            world,
            lambda: {element_id} | elements_of([ways.over, ways.around, ways.home], ways.cuts),
        ),
    )


def decision_faults(
    network: Network, name: str, closed_for: float | None, ahead: float | None, home: str | None
) -> list[Fault]:
    """Return what is wrong with the parts of a question that only a decision has."""
    from karwan.base.limits import LIMITS

    faults = age_faults(closed_for)
    fault = None if ahead is None else LIMITS["ahead"].fault(ahead)
    faults += [] if fault is None else [fault]
    try:
        decision_names(network, name, home)
    except DataError as error:
        faults += error.faults
    return faults


def standing_at(network: Network, name: str, at: str, to: str) -> str:
    """Return the place where a shipment stands, by which side of the crossing it can mean.

    The two sides of a crossing often bear one name. Who stands at it and goes to the country of
    that side means the other one.
    """
    try:
        element_id, _ = decision_names(network, name, None)
        here, there = network.place(at), network.place(to)
    except DataError:
        return at  # told with all that is wrong where the question is asked
    crossing = network.crossings.get(element_id)
    if crossing is None or here.id not in (crossing.side_a, crossing.side_b):
        return at
    if here.country != there.country or here.id == there.id:
        return at
    return crossing.side_b if here.id == crossing.side_a else crossing.side_a


def decision_names(network: Network, name: str, home: str | None) -> tuple[str, Place | None]:
    """Return the element and the place to go back to that names stand for.

    Raises
    ------
    DataError
        Names every unknown name.
    """
    faults: list[Fault] = []
    element_id, back = "", None
    try:
        kind, ident = network.resolve(name)
        here = [ident] if ident in network.elements else road_crossings(network, kind, ident)
        if len(here) == 1:
            element_id = here[0]
        else:
            choice = f": {' or '.join(sorted(here))}" if here else ""
            faults.append(Fault("", f"not a crossing or a line that is in use{choice}", name))
    except UnknownNameError as error:
        faults.append(Fault("", str(error)))
    if home is not None:
        try:
            back = network.place(home)
        except UnknownNameError as error:
            faults.append(Fault("home", str(error)))
    if faults:
        raise DataError("the question", faults)
    return element_id, back


def _sides(world: World, element_id: str) -> tuple[str, ...]:
    crossing = world.network.crossings.get(element_id)
    return () if crossing is None else (crossing.side_a, crossing.side_b)
