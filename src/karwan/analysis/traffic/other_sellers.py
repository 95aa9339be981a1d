"""Trade that starts with another seller when a closure keeps the usual one away.

A country without a seaport that cannot buy over the gates that are shut spends what it spent with
others, and their goods come over the gates that stay open: each of these grows by one factor, as
shares of sellers do where total spending is kept (Armington 1969), until it is full. What is sent
so is other freight than that which is not sent, and is told apart from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karwan.analysis.traffic.settled import after_per_day
from karwan.network.pair_weights import SEAPORT

if TYPE_CHECKING:
    from karwan.analysis.traffic.assignment import Floats
    from karwan.analysis.traffic.settled import Base, Settled


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSellers:
    """What a country buys elsewhere in a day, and what finds no room at its open gates.

    Attributes
    ----------
    not_sent_t
        Trade to the country that its usual sellers do not send.
    bought_t
        What others send in its place over the open gates that were counted.
    uncounted
        Open gates without a count, of which it is not known what more comes over them.
    """

    country: str
    not_sent_t: float
    bought_t: float
    uncounted: tuple[str, ...] = ()

    @property
    def no_room_t(self) -> float:
        """What the open gates that were counted have no room for."""
        return max(self.not_sent_t - self.bought_t, 0.0)


def share_out(tonnes: float, before_t: Floats, room_t: Floats) -> Floats:
    """Return what more comes over each gate: one factor on what came before, none beyond its room.

    Parameters
    ----------
    before_t, room_t
        Shape (n_gates,): tonnes a day before, and what more there is room for.

    Examples
    --------
    >>> share_out(30.0, np.array([10.0, 20.0, 10.0]), np.array([50.0, 5.0, 50.0]))
    array([12.5,  5. , 12.5])
    >>> share_out(30.0, np.array([10.0, 20.0]), np.array([1.0, 5.0]))
    array([1., 5.])
    """
    room_t = np.where(before_t > 0, np.maximum(room_t, 0.0), 0.0)
    more = np.zeros_like(before_t)
    left, free = tonnes, room_t > 0
    while left > 0 and free.any():
        # By shares of the whole: one factor on them may be beyond any number where little came.
        grown = np.zeros_like(before_t)
        grown[free] = left * (before_t[free] / before_t[free].sum())
        full = free & (room_t <= grown)
        if not full.any():
            more[free] = grown[free]
            break
        more[full] = room_t[full]
        left -= float(room_t[full].sum())
        free &= ~full
    return more


def bought_elsewhere(
    base: Base, settled: Settled, not_sent_t: Mapping[str, float], *, quantile: str = "p50"
) -> tuple[Floats, tuple[OtherSellers, ...]]:
    """Return what others send in place of what is not sent: by gate in its unit, and by country.

    Parameters
    ----------
    not_sent_t
        Trade not sent in a day by country of the buyer.
    quantile
        Of the capacities of gates.

    Returns
    -------
    Shape (n_gates,), and one row for each landlocked country that gates which close lead to.
    """
    gates = base.freight.gates
    capacity = base.freight.capacity_at(quantile)
    at_sea = {place.country for place in base.freight.world.network.places.values()
              if place.kind == SEAPORT}  # fmt: skip
    more = np.zeros(len(gates))
    rows = []
    for country in sorted({gate.to_country for gate in gates if gate.element_id in base.closing}):
        lost_t = not_sent_t.get(country, 0.0)
        if country in at_sea or lost_t <= 0:
            continue
        still_open = [
            row for row, gate in enumerate(gates)
            if gate.to_country == country and gate.element_id not in settled.shut
        ]  # fmt: skip
        open_rows = [row for row in still_open if base.counted[row] is not None]
        uncounted = {gates[row].element_id for row in still_open} - {
            gates[row].element_id for row in open_rows
        }
        each = np.array([base.freight.unit_per_t(gates[row]) for row in open_rows])
        before = np.array([base.before_per_day(row)[0] for row in open_rows])
        after = np.array([after_per_day(base, settled, row) for row in open_rows])
        sent_t = share_out(lost_t, before / each, (capacity[open_rows] - after) / each)
        more[open_rows] = sent_t * each
        rows.append(
            OtherSellers(
                country=country, not_sent_t=lost_t, bought_t=float(sent_t.sum()),
                uncounted=tuple(sorted(uncounted)),
            )
        )  # fmt: skip
    return more, tuple(rows)
