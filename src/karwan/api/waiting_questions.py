"""Questions about crossings that are full or shut, as methods of a region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.asking import Asking, list_names

if TYPE_CHECKING:
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
