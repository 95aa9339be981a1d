"""Which gate to look at next: what one more look would change.

A look is worth the chance that the state has changed since it was last seen, times what a day of
its loss costs the freight of the study: what nobody sends by is not worth a look, nor is what was
seen this morning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karwan.analysis.forecasts.ages import changed_since
from karwan.analysis.forecasts.closures import element_state
from karwan.analysis.futures.criticality import find_chokepoints
from karwan.base.provenance import staleness
from karwan.base.telling import Column, Form

if TYPE_CHECKING:
    from karwan.analysis.futures.criticality import Stake
    from karwan.analysis.world.world import World
    from karwan.hazard.model import HazardModel

JSON, SHOWN = (Form.json, Form.csv, Form.frame), (Form.table, Form.html)
EVERY = (*JSON, *SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one more look at a gate or line would change.

    Attributes
    ----------
    state, known_on, age_days
        As last reported, and when; None where no report is dated.
    p_changed
        Chance that the state is another by now: of what was shut that it has opened, of what was
        open that something shut it since. None where no report is dated.
    freight_share
        Share of the freight of the study, as far as its demand is known, that loses by it.
    loss_usd_per_day
        What a day of its loss costs that freight, all other gates open.
    worth_usd_per_day
        The two multiplied; None where no report is dated.
    """

    element_id: str
    name: str
    state: str
    known_on: dt.date | None
    age_days: int | None
    p_changed: float | None
    freight_share: float
    loss_usd_per_day: float
    worth_usd_per_day: float | None


LOOKS: tuple[Column[Look], ...] = (
    Column(name="element", get=lambda row: row.element_id, forms=EVERY),
    Column(name="name", forms=JSON),
    Column(name="state", forms=EVERY),
    Column(name="known_on", get=lambda row: row.known_on and row.known_on.isoformat(),
           forms=EVERY, names={Form.table: "last evidence"}),
    Column(name="age_days", unit="days", forms=EVERY, names={Form.table: "days ago"}),
    Column(name="staleness", get=lambda row: staleness(row.age_days), forms=EVERY),
    Column(name="p_changed", forms=EVERY, digits={Form.json: 4, Form.csv: 4}, spec=".1%",
           names={Form.table: "changed since"}),
    Column(name="freight_share", forms=EVERY, digits={Form.json: 4, Form.csv: 4}, spec=".0%",
           names={Form.table: "freight"}),
    Column(name="loss_usd_per_day", unit="USD", forms=EVERY, digits={Form.json: 0, Form.csv: 0},
           spec=",.0f", names={Form.table: "loss, USD a day"}),
    Column(name="worth_usd_per_day", unit="USD", forms=EVERY, digits={Form.json: 0, Form.csv: 0},
           spec=",.0f", names={Form.table: "a look, USD a day"}),
)  # fmt: skip
"""What is told of a look that is due."""


def looks_due(world: World, model: HazardModel, stakes: Sequence[Stake]) -> list[Look]:
    """Return elements by what one more look at them would change, the most first.

    What was never reported with a date comes last, by its loss. Elements that no pair of the study
    would miss are left out.
    """
    whole = sum(stake.consignments_per_day or 0.0 for stake in stakes)
    flows = {
        (stake.origin.id, stake.destination.id): stake.consignments_per_day or 0.0
        for stake in stakes
    }
    looks = []
    for one in find_chokepoints(stakes, None):
        (name,) = one.ids
        if name not in world.network.elements:
            continue
        state, known_on = element_state(world, model, name)
        age = None if known_on is None else (world.as_of - known_on).days
        p = p_changed(model, name, state, age)
        hit = sum(flows.get((loss.origin, loss.destination), 0.0) for loss in one.losses)
        looks.append(
            Look(
                element_id=name,
                name=world.network.elements[name].name,
                state=state,
                known_on=known_on,
                age_days=age,
                p_changed=p,
                freight_share=hit / whole if whole else 0.0,
                loss_usd_per_day=one.loss_usd_per_day,
                worth_usd_per_day=None if p is None else p * one.loss_usd_per_day,
            )
        )
    return sorted(looks, key=lambda row: (-(row.worth_usd_per_day or 0.0),
                                          -row.loss_usd_per_day, row.element_id))  # fmt: skip


def p_changed(
    model: HazardModel, element_id: str, state: str, age_days: int | None
) -> float | None:
    """Return the chance that an element's state is another than that last seen so long ago."""
    changed = changed_since(model, element_id, state, age_days)
    return None if changed is None else changed[1].value
