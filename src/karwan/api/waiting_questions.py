"""Questions about crossings that are full or shut, as methods of a region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.api.answer import Answer, arguments
from karwan.api.asking import Asking, list_names
from karwan.base.days import asked_day
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    from karwan.analysis.decisions.closures import ClosureQueue
    from karwan.analysis.decisions.decision import Decision
    from karwan.api.waiting import Capacity


class WaitingQuestions(Asking):
    """What is asked of crossings: what they can pass in a day, and what waits there."""

    def capacity(
        self,
        name: str | None = None,
        *,
        hours: float | None = None,
        carrier: str | None = None,
        closed: Sequence[str] = (),
        strict: bool = False,
    ) -> Answer[Capacity]:
        """Return what a crossing can pass in a day, each way, with a band and its rows.

        Parameters
        ----------
        name
            Crossing, or frontier group such as AF-PK; None for all.
        hours
            Hours a day that it is open, in place of those of the counts.
        carrier
            Country whose trucks are asked of: its quota comes before the gate.
        closed
            Crossings shut: then also what those beside can take of it.
        strict
            Refuse an answer that rests on figures of a later day.
        """
        from karwan.api.waiting import capacity_asked

        with self._shared.lock:
            return capacity_asked(
                self.world,
                name,
                hours=hours,
                carrier=carrier,
                closed=list_names(closed, "closed"),
                strict=strict,
            )

    def queue(  # noqa: PLR0913
        self,
        name: str,
        *,
        closed_for: float | None = None,
        reopens: dt.date | str | None = None,
        arrivals: float | None = None,
        arrivals_law: str = "fading",
        capacity: float | None = None,
        restart: str | None = None,
        strict: bool = False,
    ) -> Answer[ClosureQueue]:
        """Return the queue at a crossing: what waits, when it clears, what a day costs and whom.

        Parameters
        ----------
        name
            Road crossing.
        closed_for
            Days that it has been shut; default: what the record holds.
        reopens
            When it reopens, a date or YYYY-MM-DD.
        arrivals, capacity
            Trucks a day, both ways together; default: what was counted.
        arrivals_law
            `fading`, or `constant` for the queue of the textbook.
        restart
            `at-once`, `ramp` or `staged`; default: by length and cause.
        """
        from karwan.api.waiting import queue_asked

        day = None if reopens is None else asked_day(reopens, "reopens")
        with self._shared.lock:
            return queue_asked(
                self.world,
                name,
                closed_for=closed_for,
                reopens=day,
                arrivals=arrivals,
                arrivals_law=arrivals_law,
                capacity=capacity,
                restart=restart,
                strict=strict,
            )

    def decide(  # noqa: PLR0913
        self,
        name: str,
        *,
        at: str,
        to: str,
        closed_for: float | None = None,
        ahead: float | None = None,
        home: str | None = None,
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
        strict: bool = False,
    ) -> Answer[Decision]:
        """Return whether to wait at an element that is shut, or to divert, and until when.

        Parameters
        ----------
        name
            Crossing or line that is shut.
        at, to
            Where the shipment is, and where it goes.
        closed_for
            Days that it has been shut; default: what the record holds.
        ahead
            Trucks that stand before it; default: all that have come by the date.
        home
            Where it could go back to with its cargo.

        See Also
        --------
        Region.compare : the other arguments.
        """
        from karwan.analysis.world.question import Shipment
        from karwan.api.deciding import decide_asked, decision_faults, standing_at

        shipment = Shipment(
            unit=unit, cargo=cargo, tonnes=tonnes, value_usd=value_usd, carrier=carrier
        )
        with self._shared.lock, arguments(origin="at", destination="to"):
            faults = decision_faults(self.world.network, name, closed_for, ahead, home)
            here = standing_at(self.world.network, name, at, to)
            asked = self._ask(here, to, shipment, "last-known", faults=faults)
            return decide_asked(
                self._planner(asked),
                asked,
                name,
                closed_for=closed_for,
                ahead=ahead,
                home=home,
                strict=strict,
            )
