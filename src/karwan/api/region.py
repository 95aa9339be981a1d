"""A region on a date: the object that answers every question about ways, closures and targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from karwan.api.answer import Answer, arguments
from karwan.api.facts import DataFacts, EvidenceFacts, NetworkFacts
from karwan.base.days import asked_day
from karwan.base.errors import DataError, Fault
from karwan.base.limits import HORIZON_DAYS, PATH_COUNT, SEED
from karwan.network.vehicles import DEFAULT_CARGO, DEFAULT_UNIT

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Calibration
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.corridors.planner import Planner
    from karwan.analysis.corridors.routing import RouteAnswer
    from karwan.analysis.forecasts.closures import Forecast
    from karwan.analysis.futures.pairs import PairFates, StatedDay
    from karwan.analysis.futures.security import SecurityPoint
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.analysis.world.question import Asked, Premises
    from karwan.analysis.world.world import World
    from karwan.api.closures import Backtests, Ranked, Scored
    from karwan.api.statements import Article
    from karwan.network.network import Network
    from karwan.network.vehicles import Consignment
    from karwan.study.spec import StudySpec

Key = tuple["Consignment", int]


SAMPLING = {"paths": "path_count", "horizon": "horizon_days"}
"""Arguments by the keys that faults of futures have."""


@dataclass
class _Shared:
    """What a region shares with those that differ in what is shut, opened or built.

    The lock makes each answer one step: planners remember what they searched, and no thread
    meets them half filled.
    """

    lock: RLock = field(default_factory=RLock)
    planners: dict[Key, Planner] = field(default_factory=dict)


@dataclass(frozen=True)
class Region:
    """A network and what is known of it on a date; made by `karwan.region`.

    It never changes: `whatif` returns another. Threads may share it.

    Attributes
    ----------
    premises
        What was given, as typed.
    world
        The network, the record and what the question shuts, opens or builds.

    Examples
    --------
    >>> import karwan
    >>> region = karwan.region(as_of="2026-11-22")
    >>> region.route("Almaty", "Karachi").content.journeys[0].countries[0]
    'KZ'
    >>> shut = region.whatif(closed=["khunjerab"])
    >>> sorted(shut.world.shut_ids)
    ['khunjerab-road']
    """

    premises: Premises
    world: World
    _shared: _Shared
    _planners: dict[Key, Planner] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return the dates and what differs from the record."""
        world = self.world
        given = {
            "closed": sorted(world.shut_ids),
            "opened": sorted(world.open_ids),
            "projects": sorted(world.projects),
        }
        told = "".join(f", {name}={ids}" for name, ids in given.items() if ids)
        return f"Region(as_of={world.as_of}, evidence_horizon={world.evidence_horizon}{told})"

    @property
    def as_of(self) -> dt.date:
        """Date whose knowledge is used."""
        return self.world.as_of

    @property
    def evidence_horizon(self) -> dt.date:
        """Date of the newest evidence that answers rest on."""
        return self.world.evidence_horizon

    @cached_property
    def network(self) -> NetworkFacts:
        """What is known of places, crossings, lines and links."""
        return NetworkFacts(self.world)

    @cached_property
    def data(self) -> DataFacts:
        """The fact tables, their meaning and their sources."""
        return DataFacts(self.world.catalog)

    @cached_property
    def evidence(self) -> EvidenceFacts:
        """The user's own record, and incidents along the network."""
        return EvidenceFacts(self.world)

    def whatif(
        self,
        *,
        closed: Sequence[str] = (),
        opened: Sequence[str] = (),
        projects: Sequence[str] = (),
    ) -> Region:
        """Return the region with more shut, opened or built; prices are shared, so it is cheap.

        Parameters
        ----------
        closed, opened
            Crossings, lines or links by id or name; a place closes all its crossings.
        projects
            Projects switched on that are not built.

        Raises
        ------
        DataError
            Names every unknown name, and what is shut and opened at once.
        """
        from karwan.analysis.world.question import open_premises

        mine = self.premises
        premises = replace(
            mine,
            closed=(*mine.closed, *_names(closed, "closed")),
            opened=(*mine.opened, *_names(opened, "opened")),
            projects=(*mine.projects, *_names(projects, "projects")),
        )
        faults: list[Fault] = []
        with self._shared.lock:
            world = open_premises(self.world.catalog, self.world.network, premises, faults)
        if faults or world is None:
            raise DataError("the question", faults)
        return Region(premises, world, self._shared)

    def compare(  # noqa: PLR0913
        self,
        origin: str,
        destination: str,
        *,
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
        state: str = "last-known",
        strict: bool = False,
    ) -> Answer[Comparison]:
        """Return all corridors and outside options between two places.

        Parameters
        ----------
        origin, destination
            Places by id, name, other spelling or UN/LOCODE.
        cargo
            A commodity or its class: general, bulk, fresh, fuel, parts, relief.
        unit
            truck, 20ft, 40ft or wagon.
        tonnes, value_usd
            Default: what one unit carries, at its typical price.
        carrier
            Country of the carrier, two letters; default: the origin's.
        state
            `last-known` or `all-open`.
        strict
            Refuse an answer that rests on figures of a later day.

        Raises
        ------
        DataError
            Names every fault of the question under its argument.
        """
        from karwan.api.corridors import compare_asked

        goods = {"cargo": cargo, "unit": unit, "tonnes": tonnes, "value_usd": value_usd,
                 "carrier": carrier}  # fmt: skip
        with self._shared.lock:
            asked = self._ask(origin, destination, goods, state)
            return compare_asked(self._planner(asked), asked, strict=strict)

    def route(  # noqa: PLR0913
        self,
        origin: str,
        destination: str,
        *,
        via: Sequence[str] = (),
        avoid: Sequence[str] = (),
        corridor: str | None = None,
        mode: str = "any",
        alternatives: int = 1,
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
        state: str = "last-known",
        strict: bool = False,
    ) -> Answer[RouteAnswer]:
        """Return the best route and alternatives that differ; or none, and what cuts it.

        Parameters
        ----------
        via, avoid
            Places, crossings, lines or links to pass in order; these or countries to keep out of.
        corridor
            Follow this corridor variant.
        mode
            road, rail or any, which includes the sea.
        alternatives
            Routes to return, the best first.

        Raises
        ------
        DataError
            Names every fault of the question under its argument.
        NoRouteError
            If the corridor named does not serve the pair.

        See Also
        --------
        Region.compare : the other arguments.
        """
        from karwan.api.corridors import route_asked, way_faults

        goods = {"cargo": cargo, "unit": unit, "tonnes": tonnes, "value_usd": value_usd,
                 "carrier": carrier}  # fmt: skip
        ways = {"via": _names(via, "via"), "avoid": _names(avoid, "avoid"), "corridor": corridor}
        with self._shared.lock:
            faults = way_faults(corridor, mode, alternatives)
            asked = self._ask(origin, destination, goods, state, ways=ways, faults=faults)
            return route_asked(
                self._planner(asked), asked, mode=mode, alternatives=alternatives, strict=strict
            )

    def hazard(
        self, name: str, *, days: Sequence[int] = (1, 7, 30, 90, 365), health: bool = False
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
        """
        from karwan.api.closures import forecast_asked

        with self._shared.lock:
            return forecast_asked(self.world, name, days, health=health)

    def backtest(self, *, seed: int = 0) -> Answer[Backtests]:
        """Return how good forecasts of closures have been on the past."""
        from karwan.api.closures import backtest_asked

        with self._shared.lock:
            return backtest_asked(self.world, seed=seed)

    def score(self) -> Answer[Scored]:
        """Return how the forecasts that were kept in the workspace came out."""
        from karwan.api.closures import score_asked

        folder = self.world.catalog.workspace
        if folder is None:
            raise DataError("the question", [Fault("workspace", "the region was given none")])
        with self._shared.lock:
            return score_asked(self.world, folder)

    def security(  # noqa: PLR0913
        self,
        origin: str,
        destination: str,
        *,
        hazard_factor: float = 1.0,
        horizon_days: int = HORIZON_DAYS,
        path_count: int = PATH_COUNT,
        seed: int = SEED,
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        tonnes: float | None = None,
        value_usd: float | None = None,
        carrier: str | None = None,
        state: str = "last-known",
    ) -> Answer[SecurityPoint]:
        """Return how often each corridor is open and the cheapest, `compare --hazard-factor`.

        Parameters
        ----------
        hazard_factor
            Closures come so many times as often as now.
        horizon_days, path_count
            Days ahead and futures drawn.

        See Also
        --------
        Region.compare : the other arguments.
        """
        from karwan.api.corridors import security_asked

        with self._shared.lock, arguments(**SAMPLING):
            compared = self.compare(
                origin, destination, cargo=cargo, unit=unit, tonnes=tonnes, value_usd=value_usd,
                carrier=carrier, state=state,
            )  # fmt: skip
            comparison = compared.content
            key = (comparison.consignment, comparison.price_year)
            return security_asked(
                self._planners[key], comparison, hazard_factor=hazard_factor,
                horizon_days=horizon_days, path_count=path_count, seed=seed,
            )  # fmt: skip

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
        study: Path | str = "reference",
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
    ) -> Answer[PairFates] | Answer[tuple[StatedDay, ...]]:
        """Return how often pairs are cut and what their best way costs, over many futures.

        Parameters
        ----------
        origin, destination
            Both ends of one pair, or neither: then the pairs of the study.
        day
            One pair on this day after the as-of date by its chances, without drawing.
        horizon_days, path_count, seed
            In place of the study's own.
        """
        from karwan.api.futures import fates_asked

        spec = self._study(study, cargo, unit)
        with self._shared.lock, arguments(**SAMPLING):
            return fates_asked(
                spec, workspace=self.world.catalog.workspace, origin=origin,
                destination=destination, day=day, hazard_factor=hazard_factor,
                horizon_days=horizon_days, path_count=path_count, seed=seed,
            )  # fmt: skip

    def _study(self, study: Path | str, cargo: str, unit: str) -> StudySpec:
        """Return a study asked of this region: its date, tables, and what is open or shut."""
        from karwan.api.studies import find_study
        from karwan.study.spec import WorldSpec

        mine = self.premises
        spec = find_study(study)
        goods = spec.consignment.model_copy(update={"cargo": cargo, "unit": unit})
        changes: dict[str, Any] = {
            "as_of": mine.as_of,
            "tables": self.world.catalog.folder,
            "consignment": goods,
            "world": WorldSpec(
                close=tuple(mine.closed), open=tuple(mine.opened), projects=tuple(mine.projects)
            ),
        }
        return spec.model_copy(update=changes)

    def critical(  # noqa: PLR0913
        self,
        *,
        study: Path | str = "reference",
        origins: Sequence[str] = (),
        destinations: Sequence[str] = (),
        pairs: bool = False,
        links: bool = False,
        top: int = 15,
        horizon_days: int | None = None,
        weights: str = "demand",
        state: str = "all-open",
        cargo: str = DEFAULT_CARGO,
        unit: str = DEFAULT_UNIT,
        cut_penalty_ratio: float = 1.0,
        hazard_factor: float = 1.0,
        path_count: int | None = None,
        seed: int | None = None,
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
        weights
            `demand`, as published, or `equal`.
        """
        from karwan.api.closures import critical_asked

        changes: dict[str, Any] = {}
        if origins or destinations:
            changes = {
                "origins": _names(origins, "origins"),
                "destinations": _names(destinations, "destinations"),
                "focus": None,
            }
        with self._shared.lock, arguments(**SAMPLING):
            return critical_asked(
                self._study(study, cargo, unit).model_copy(update=changes),
                workspace=self.world.catalog.workspace,
                pairs=pairs,
                links=links,
                top=top,
                horizon_days=horizon_days,
                weights=weights,
                state=state,
                cut_penalty_ratio=cut_penalty_ratio,
                hazard_factor=hazard_factor,
                path_count=path_count,
                seed=seed,
            )

    def target(self, pair: str) -> Answer[TargetAnswer]:
        """Return whether the trade target of a pair such as KAZ-PAK can be met."""
        from karwan.api.trade import target_asked

        with self._shared.lock:
            return target_asked(self.world, pair)

    def article(self) -> Answer[Article]:
        """Return a number, a status or a refusal for each statement of the article."""
        from karwan.api.statements import article_asked

        with self._shared.lock:
            return article_asked(self.world)

    def calibrate(self) -> Answer[Calibration]:
        """Return the model beside runs that happened, each left out in turn."""
        from karwan.api.trade import calibrate_asked

        with self._shared.lock:
            return calibrate_asked(self.world.catalog, self.world.network, self.as_of)

    def _ask(
        self,
        origin: str,
        destination: str,
        goods: dict[str, Any],
        state: str,
        *,
        ways: dict[str, Any] | None = None,
        faults: Sequence[Fault] = (),
    ) -> Asked:
        from karwan.analysis.world.question import Shipment, Ways, ask

        return ask(
            self.world.catalog,
            (origin, destination),
            replace(self.premises, state=state),
            shipment=Shipment(**goods),
            ways=Ways(**(ways or {})),
            world=self.world,
            faults=faults,
        )

    def _planner(self, asked: Asked) -> Planner:
        """Return the planner of what is shipped; prices are those of every region that shares."""
        from karwan.analysis.corridors.planner import plan

        key = (asked.question.shipment, asked.question.price_year)
        if key not in self._planners:
            shared = self._shared.planners.setdefault(key, plan(asked))
            mine = shared.world is self.world
            self._planners[key] = shared if mine else shared.in_world(self.world)
        return self._planners[key]


def region(
    *,
    as_of: dt.date | str,
    tables: Path | str | None = None,
    workspace: Path | str | None = None,
    closed: Sequence[str] = (),
    opened: Sequence[str] = (),
    projects: Sequence[str] = (),
    as_recorded: dt.date | str | None = None,
) -> Region:
    """Return a region on a date, of which everything else is asked.

    Parameters
    ----------
    as_of
        Date whose knowledge is used, a date or YYYY-MM-DD; nothing told later counts. For that
        of the clock give `karwan.today()`.
    tables
        Folder of your own tables, which replace those of the same name.
    workspace
        Folder with closures and incidents of your own.
    closed, opened
        Crossings, lines or links shut, or opened whatever the record says; a place closes all its
        crossings.
    projects
        Projects switched on that are not built.
    as_recorded
        Rows entered in the record or the workspace later do not count; default: all do.

    Raises
    ------
    DataError
        Names every fault at once, each under its argument.
    NoEvidenceError
        If nothing is known on or before the date.

    Examples
    --------
    >>> import karwan
    >>> karwan.region(as_of="2026-11-22")
    Region(as_of=2026-11-22, evidence_horizon=2026-10-04)
    >>> karwan.region(as_of="2026-11-22", closed=["torkam"])
    Traceback (most recent call last):
    ...
    karwan.base.errors.DataError: 1 fault in the question:
      closed torkam: No crossing, line, link or place 'torkam'. Did you mean 'Torkham' ...
    """
    from karwan.analysis.world.question import Premises, open_premises
    from karwan.base.days import LAST_DAY
    from karwan.data.catalog import Catalog
    from karwan.network.build import build_network

    faults: list[Fault] = []
    day = LAST_DAY
    try:
        day = asked_day(as_of, "as_of")
    except DataError as error:
        faults += error.faults
    premises = Premises(
        as_of=day,
        closed=_names(closed, "closed"),
        opened=_names(opened, "opened"),
        projects=_names(projects, "projects"),
    )
    catalog = Catalog(
        None if tables is None else Path(tables),
        None if workspace is None else Path(workspace),
        None if as_recorded is None else asked_day(as_recorded, "as_recorded"),
    )
    network: Network = build_network(catalog)
    world = open_premises(catalog, network, premises, faults)
    if faults or world is None:
        raise DataError("the question", faults)
    return Region(premises, world, _Shared())


def _names(given: Sequence[str], key: str) -> tuple[str, ...]:
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
