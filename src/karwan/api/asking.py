"""What the questions asked of a region stand on: its premises, world and planners."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING, Any

from karwan.base.errors import DataError, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.world.question import Asked, Premises, Shipment, Ways
    from karwan.analysis.world.travel import Timing, Travel
    from karwan.analysis.world.world import World
    from karwan.network.vehicles import Consignment
    from karwan.study.spec import StudySpec


Key = tuple["Consignment", int, "Travel"]


SAMPLING = {"paths": "path_count", "horizon": "horizon_days"}
"""Arguments by the keys that faults of futures have."""


@dataclass
class Shared:
    """What a region shares with those that differ in what is shut, opened or built.

    The lock makes each answer one step: planners remember what they searched, and no thread
    meets them half filled.

    Attributes
    ----------
    worked_out
        What several sheets of one world rest on, by what was asked.
    """

    lock: AbstractContextManager[object] = field(default_factory=RLock)
    worked_out: dict[Hashable, Any] = field(default_factory=dict)
    planners: dict[Key, Planner] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """A network and what is known of it on a date, to be asked.

    Attributes
    ----------
    premises
        What was given, as typed.
    world
        The network, the record and what the question shuts, opens or builds.
    """

    premises: Premises
    world: World
    _shared: Shared
    _planners: dict[Key, Planner] = field(default_factory=dict)

    def _ask(
        self,
        origin: str,
        destination: str,
        shipment: Shipment,
        state: str,
        *,
        ways: Ways | None = None,
        timing: Timing | None = None,
        faults: Sequence[Fault] = (),
    ) -> Asked:
        from karwan.analysis.world.question import ask
        from karwan.analysis.world.travel import NO_TIMING, future_fault
        from karwan.api import today

        return ask(
            self.world.catalog,
            (origin, destination),
            replace(self.premises, state=state, timing=timing or NO_TIMING),
            shipment=shipment,
            ways=ways,
            world=self.world,
            faults=[*faults, *future_fault(self.premises.as_of, today(), "depart")],
        )

    def _planner(self, asked: Asked) -> Planner:
        """Return the planner of what is shipped; prices are those of every region that shares."""
        from karwan.analysis.corridors.planner import plan

        key = (asked.question.shipment, asked.question.price_year, asked.question.travel)
        if key not in self._planners:
            shared = self._shared.planners.setdefault(key, plan(asked))
            mine = shared.world is asked.world
            self._planners[key] = shared if mine else shared.in_world(asked.world)
        return self._planners[key]

    def _study(self, study: Path | str, cargo: str, unit: str) -> StudySpec:
        """Return a study asked of this region: its date, tables, and what is open or shut."""
        from karwan.api.studies import asked_study
        from karwan.study.spec import WorldSpec

        mine = self.premises
        return asked_study(
            study,
            cargo=cargo,
            unit=unit,
            as_of=mine.as_of,
            tables=self.world.catalog.folder,
            world=WorldSpec(
                close=tuple(mine.closed), open=tuple(mine.opened), projects=tuple(mine.projects)
            ),
        )


def list_names(given: Sequence[str], key: str) -> tuple[str, ...]:
    """Return names; one text is no list of its letters.

    Raises
    ------
    DataError
        If a text stands where a list of names should.
    """
    if isinstance(given, str):
        text = f"give a list of names, such as {key}=[{given!r}]"
        raise DataError("the question", [Fault(key, text)])
    return tuple(given)
