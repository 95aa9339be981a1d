"""Questions about a stated day and about a closure as it is, as methods of a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.asking import Asking
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.futures.stated_reliability import StatedReliability


class DisruptionQuestions(Asking):
    """What is asked of a day on which things may be shut, and of what is shut."""

    def reliability(  # noqa: PLR0913
        self,
        origin: str,
        destination: str,
        *,
        on: dt.date | str,
        tolerance: float = 0.001,
        seconds: float = 10.0,
        cut_penalty_ratio: float = 1.0,
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
    ) -> Answer[tuple[StatedReliability, ...]]:
        """Return how the way between two places fares on a stated day, between certified bounds.

        Parameters
        ----------
        on
            A day after the as-of date.
        tolerance
            Chance that may stay undecided.
        seconds
            Stop after so many for each of ordinary times and from today.
        cut_penalty_ratio
            It stays where its way would weigh more than the usual one and so many times it.
        """
        from karwan.analysis.world.question import Shipment
        from karwan.analysis.world.state import State
        from karwan.api.futures import reliability_asked
        from karwan.base.days import asked_day

        shipment = Shipment(
            unit=unit, cargo=cargo, tonnes=tonnes, value_usd=value_usd, carrier=carrier
        )
        with self._shared.lock:
            asked = self._ask(origin, destination, shipment, State.last_known)
            return reliability_asked(
                self._planner(asked), asked, on=asked_day(on, "on"), tolerance=tolerance,
                seconds=seconds, cut_penalty_ratio=cut_penalty_ratio,
            )  # fmt: skip
