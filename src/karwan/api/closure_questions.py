"""Questions about closures to come and what they cost, as methods of a region."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer, arguments
from karwan.api.asking import SAMPLING, Asking, list_names
from karwan.base.errors import DataError, Fault
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.forecasts.exceedance import Exceedance
    from karwan.analysis.futures.pairs import PairFates, StatedDay
    from karwan.analysis.futures.streamed import StreamedFates
    from karwan.api.closures import Backtests, Ranked, Scored


class ClosureQuestions(Asking):
    """What is asked of closures: their chances, how good those were, and what they would cost."""

    def hazard(
        self,
        name: str,
        *,
        days: Sequence[int] = (1, 7, 30, 90, 365),
        health: bool = False,
        strict: bool = False,
    ) -> Answer[tuple[Forecast, ...]]:
        """Return the chances that an element, or each of a frontier group, is shut.

        Parameters
        ----------
        name
            Crossing, line or frontier group such as AF-PK.
        days
            Days ahead.
        health
            Count closures of the health era too.
        strict
            Refuse an answer that rests on figures of a later day.
        """
        from karwan.api.closures import forecast_asked

        with self._shared.lock:
            return forecast_asked(self.world, name, days, health=health, strict=strict)

    def backtest(self, *, seed: int = 0) -> Answer[Backtests]:
        """Return how good forecasts of closures have been on the past."""
        from karwan.api.closures import backtest_asked

        with self._shared.lock:
            return backtest_asked(self.world, seed=seed)

    def exceedance(self, *, seed: int = 0) -> Answer[tuple[Exceedance, ...]]:
        """Return the shut days a year that each corridor exceeds once in 10 and in 50 years."""
        from karwan.api.closures import exceedance_asked

        with self._shared.lock:
            return exceedance_asked(self.world, seed=seed)

    def score(self) -> Answer[Scored]:
        """Return how the forecasts that were kept in the workspace came out."""
        from karwan.api.closures import score_asked

        folder = self.world.catalog.workspace
        if folder is None:
            raise DataError("the question", [Fault("workspace", "the region was given none")])
        with self._shared.lock:
            return score_asked(self.world, folder)

    def futures(  # noqa: PLR0913
        self,
        origin: str | None = None,
        destination: str | None = None,
        *,
        day: int | None = None,
        hazard_factor: float = 1.0,
        horizon_days: int | None = None,
        path_count: int | None = None,
        seed: int | None = None,
        stream: bool = False,
        scheduler: str | None = None,
        topology: Path | None = None,
        study: Path | str = "reference",
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
    ) -> Answer[PairFates] | Answer[tuple[StatedDay, ...]] | Answer[StreamedFates]:
        """Return how often pairs are cut and what their best way costs, over many futures.

        Parameters
        ----------
        origin, destination
            Both ends of one pair, or neither: then the pairs of the study.
        day
            One pair on this day after the as-of date by its chances, without drawing.
        horizon_days, path_count, seed
            In place of the study's own.
        stream, scheduler, topology
            Weigh every day in lanes as it is drawn; by whom (`threads:N`, `local:N` or the address
            of a Dask scheduler); and the folder in which the topology is kept.
        """
        from karwan.api.futures import fates_asked

        spec = self._study(study, cargo, unit)
        with self._shared.lock, arguments(**SAMPLING):
            return fates_asked(
                spec, workspace=self.world.catalog.workspace, origin=origin,
                destination=destination, day=day, hazard_factor=hazard_factor,
                horizon_days=horizon_days, path_count=path_count, seed=seed,
                stream=stream, scheduler=scheduler, topology=topology,
            )  # fmt: skip

    def critical(  # noqa: PLR0913
        self,
        *,
        study: Path | str = "reference",
        origins: Sequence[str] = (),
        destinations: Sequence[str] = (),
        pairs: bool = False,
        links: bool = False,
        top: int = 15,
        removal: int | None = None,
        losses: bool = False,
        horizon_days: int | None = None,
        weights: str = "demand",
        state: str = "all-open",
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        cut_penalty_ratio: float = 1.0,
        hazard_factor: float = 1.0,
        path_count: int | None = None,
        seed: int | None = None,
        strict: bool = False,
    ) -> Answer[Ranked]:
        """Return which crossing, line or link is the chokepoint, alone or by twos.

        Parameters
        ----------
        study
            Study file whose pairs are asked, or `reference`.
        origins, destinations
            Ends of the pairs, in place of the study's.
        pairs
            Take out every two together.
        links
            Take out links, built ones one by one.
        removal
            Take out the worst, then the worst of what is left, so many steps (`removal` in JSON).
        losses
            Tell the law of the loss of a day over the futures drawn (`loss_law` in JSON).
        weights
            `demand`, as published, or `equal`.
        strict
            Refuse an answer that rests on figures of a later day.
        """
        from karwan.api.closures import critical_asked

        changes: dict[str, Any] = {}
        if origins or destinations:
            changes = {
                "origins": list_names(origins, "origins"),
                "destinations": list_names(destinations, "destinations"),
                "focus": None,
            }
        with self._shared.lock, arguments(**SAMPLING):
            return critical_asked(
                self._study(study, cargo, unit).model_copy(update=changes),
                workspace=self.world.catalog.workspace,
                pairs=pairs,
                links=links,
                top=top,
                removal=removal,
                losses=losses,
                horizon_days=horizon_days,
                weights=weights,
                state=state,
                cut_penalty_ratio=cut_penalty_ratio,
                hazard_factor=hazard_factor,
                path_count=path_count,
                seed=seed,
                strict=strict,
            )
