"""Questions about a stated day and about a closure as it is, as methods of a region."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.api.answer import Answer, arguments
from karwan.api.asking import Asking, list_names
from karwan.api.exposure import LOADING
from karwan.api.tripping import TRIP_PATHS
from karwan.base.limits import SEED
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    import datetime as dt

    from karwan.analysis.decisions.exposure_answers import Exposure
    from karwan.analysis.decisions.impact import Impact
    from karwan.analysis.futures.stated_reliability import StatedReliability
    from karwan.analysis.traffic.worth import Worth


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

    def impact(
        self,
        closed: Sequence[str] = (),
        *,
        since: dt.date | str | None = None,
        after_days: int | None = None,
        study: Path | str = "reference",
        strict: bool = False,
    ) -> Answer[Impact]:
        """Return what a closure does: what moves, goes round, waits and stays, and its cost a day.

        Parameters
        ----------
        closed
            Crossings, lines or places that close; none for what the record holds shut.
        since
            When they shut; default: as recorded, else the as-of date.
        after_days
            So many days after; default 60.
        study
            Study file whose pairs send the freight, or `reference`.
        strict
            Refuse an answer that rests on figures of a later day.
        """
        from karwan.api.impact import impact_asked
        from karwan.base.days import asked_day

        with self._shared.lock, arguments(after="after_days"):
            return impact_asked(
                self._study(study, DEFAULT_CARGO, DEFAULT_UNIT),
                workspace=self.world.catalog.workspace,
                closed=list_names(closed, "closed"),
                since=None if since is None else asked_day(since, "since"),
                after_days=after_days,
                strict=strict,
            )

    def exposure(
        self,
        file: Path | str | bytes,
        *,
        policy: str = "best",
        loading: float = LOADING,
        marine_rate: float | None = None,
        paths: int = TRIP_PATHS,
        seed: int = SEED,
        strict: bool = False,
    ) -> Answer[Exposure]:
        """Return what consignments under way or planned stand to lose by closures.

        Parameters
        ----------
        file
            CSV of consignments, or its content: `karwan exposure --template` prints one to fill in.
        policy
            As for `trips`.
        loading
            Put on top of the expected loss, as a share of it.
        marine_rate
            Rate of marine cover, a share of the value; None prices no sea leg.
        paths, seed
            Futures, and their seed.

        Raises
        ------
        DataError
            Names every fault of the file by row and column.
        """
        from karwan.api.exposure import exposure_asked

        content = file if isinstance(file, bytes) else Path(file).read_bytes()
        with self._shared.lock:
            return exposure_asked(
                self.world,
                self.premises,
                content,
                where="the consignments" if isinstance(file, bytes) else str(file),
                policy=policy,
                loading=loading,
                marine_rate=marine_rate,
                path_count=paths,
                seed=seed,
                strict=strict,
            )

    def worth(self, *, state: str = "all-open", study: Path | str = "reference") -> Answer[Worth]:
        """Return what one further truck a day is worth at each gate, as `critical --capacity` does.

        Parameters
        ----------
        state
            `all-open`, or `last-known` with what the record holds shut.
        study
            Study file whose pairs send the freight, or `reference`.
        """
        from karwan.api.impact import worth_asked

        with self._shared.lock:
            return worth_asked(
                self._study(study, DEFAULT_CARGO, DEFAULT_UNIT),
                workspace=self.world.catalog.workspace,
                state=state,
            )
