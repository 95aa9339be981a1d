"""Questions about projects, as methods of a region."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.asking import Asking, list_names
from karwan.base.limits import SEED
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    from karwan.analysis.appraisal.benefits import Benefits
    from karwan.analysis.appraisal.results import Appraisal
    from karwan.api.appraisal import ProjectFacts
    from karwan.api.energy import EnergyFacts


class AppraisalQuestions(Asking):
    """What is asked of projects: what they build, what is claimed, whether they pay."""

    @cached_property
    def project(self) -> ProjectFacts:
        """What is known of projects that are not built."""
        from karwan.api.appraisal import ProjectFacts

        return ProjectFacts(self.world)

    @cached_property
    def energy(self) -> EnergyFacts:
        """What is known of links that carry energy."""
        from karwan.api.energy import EnergyFacts

        return EnergyFacts(self.world)

    def benefits(
        self,
        country: Sequence[str] = (),
        *,
        project: str | None = None,
        closed: Sequence[str] = (),
    ) -> Answer[Benefits]:
        """Return who gains and who is left out, row by row with source; nothing is summed.

        Parameters
        ----------
        country
            Codes of three letters, such as AFG; all if none are named.
        project
            A line whose accounts by country stand first, as `appraise` has them.
        closed
            Crossings that close: what `impact` says of freight stands beside what was seen.
        """
        from karwan.api.energy import benefits_asked
        from karwan.api.impact import impact_asked

        names = list_names(closed, "closed")
        closure = None
        if names:
            with self._shared.lock:
                closure = impact_asked(
                    self._study("reference", DEFAULT_CARGO, DEFAULT_UNIT),
                    workspace=self.world.catalog.workspace,
                    closed=names,
                )
        return benefits_asked(
            self.world,
            list_names(country, "country"),
            line=None if project is None else self.appraise(project),
            closure=closure,
        )

    def appraise(  # noqa: PLR0913
        self,
        project: str,
        *,
        stage: str | None = None,
        discount: float | None = None,
        closures: str = "ordinary",
        traffic: str = "model",
        tonnes: float | None = None,
        opens: int | None = None,
        draws: int | None = None,
        seed: int = SEED,
        strict: bool = False,
    ) -> Answer[Appraisal]:
        """Return what comes of a project: accounts, returns, break-even, countries, red flags.

        Parameters
        ----------
        project
            By id, such as ktap-rail, or its first word, such as KTAP.
        stage
            Build its stages up to this one only.
        discount
            Share a year; None for 0.09.
        closures
            ordinary; today, with those that run for as long as they may; or none.
        traffic
            observed, promoter or model.
        tonnes
            Million tonnes a year instead.
        opens
            Year of the opening.
        draws, seed
            Draws of cost and demand, and their seed.
        strict
            Refuse an answer that rests on figures of a later day.
        """
        from karwan.api.appraisal import appraise_asked

        with self._shared.lock:
            return appraise_asked(
                self.world, project, stage=stage, discount=discount, closures=closures,
                traffic=traffic, tonnes=tonnes, opens=opens, draws=draws, seed=seed, strict=strict,
            )  # fmt: skip
