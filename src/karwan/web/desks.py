"""Worlds kept warm between questions: each with a lock, since what it remembers grows.

Planners and their trees are not made for threads, so whoever asks a desk holds its lock; desks of
other days answer meanwhile. The oldest desk goes when there are too many.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from karwan.analysis.assurances.book import open_book
from karwan.analysis.corridors.planner import Planner, plan
from karwan.analysis.futures.whatif import WhatIf
from karwan.analysis.world.question import Asked, Premises, Shipment, Ways, ask
from karwan.analysis.world.world import World, named_in, open_world
from karwan.api.asking import Shared
from karwan.api.corridors import compare_asked
from karwan.api.region import Region
from karwan.api.statements import Ledger
from karwan.base.errors import DataError, Fault
from karwan.base.workspaces import Workspace
from karwan.data.catalog import Catalog
from karwan.evidence.workspace import workspace_version
from karwan.network.build import build_network
from karwan.web.standings import FarSight
from karwan.web.turns import Turns

if TYPE_CHECKING:
    from karwan.analysis.appraisal.results import Appraisal
    from karwan.analysis.assurances.book import Told
    from karwan.analysis.corridors.comparison import Comparison
    from karwan.analysis.world.question import Question
    from karwan.analysis.world.status import CrossingStatus
    from karwan.api.answer import Answer
    from karwan.network.network import Network

MOST_DESKS = 12
"""Dates kept: some 10 MB each beside the first."""
MOST_PLANNERS = 8
PATHS = 2_000
"""Futures drawn at the record's own level of security: a fifth of what the command draws."""
MOST_ANSWERS = 48

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class Lookups:
    """How often a store held what was looked up in it; counted without a lock of its own."""

    hits: int = 0
    misses: int = 0


def kept(
    store: OrderedDict[Key, Value],
    key: Key,
    make: Callable[[], Value],
    most: int,
    lookups: Lookups | None = None,
) -> Value:
    """Return what a store holds under a key, made if it is not there; the oldest goes.

    Parameters
    ----------
    lookups
        Where it is counted whether it was there.

    Examples
    --------
    >>> store = OrderedDict()
    >>> [kept(store, n, lambda: n, 2) for n in (1, 2, 1, 3)], list(store)
    ([1, 2, 1, 3], [1, 3])
    """
    if lookups is not None:
        lookups.hits += key in store
        lookups.misses += key not in store
    if key not in store:
        store[key] = make()
    store.move_to_end(key)
    while len(store) > most:
        store.popitem(last=False)
    return store[key]


@dataclass(kw_only=True)
class WarmDesk:
    """A world on a date, and what was worked out in it for each kind of shipment.

    Attributes
    ----------
    path_count
        Futures drawn for the shares of days open.
    lock
        Held by whoever asks, in the order of asking.
    """

    world: World
    path_count: int = PATHS
    lock: Turns = field(default_factory=Turns, repr=False)
    _whatifs: OrderedDict[Hashable, WhatIf] = field(default_factory=OrderedDict, repr=False)
    _answers: OrderedDict[Question, Answer[Comparison]] = field(
        default_factory=OrderedDict, repr=False
    )
    _made: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict, repr=False)

    @cached_property
    def statuses(self) -> dict[str, CrossingStatus]:
        """What was last reported of each crossing, whatever a question shuts or opens."""
        return {name: self.world.crossing_status(name) for name in self.world.network.crossings}

    @cached_property
    def statements(self) -> list[Told]:
        """The statements of the ledger, each with its status on the day of the desk."""
        return list(self.ledger.list().rows())

    @cached_property
    def region(self) -> Region:
        """The world as Python asks it."""
        return Region(Premises(as_of=self.world.as_of), self.world, Shared(lock=self.lock))

    @cached_property
    def far_sight(self) -> FarSight:
        """What draws futures, behind a lock of its own."""
        return FarSight(world=self.world, path_count=self.path_count)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger as of the day of the desk."""
        catalog = self.world.catalog
        lock = cast("RLock", self.lock)  # entered and left as one
        return Ledger(self.world.as_of, open_book(catalog), catalog.workspace, lock)

    def ask(
        self,
        ends: tuple[str, str],
        premises: Premises,
        shipment: Shipment,
        faults: list[Fault],
        *,
        ways: Ways | None = None,
    ) -> Asked:
        """Return a question to the world of the desk, with what it shuts, opens and builds.

        Raises
        ------
        DataError
            Names every fault, also those that the door found.
        """
        changed = self.changed(premises, faults)
        bare = replace(premises, closed=(), opened=(), projects=())
        return ask(
            self.world.catalog,
            ends,
            bare,
            shipment=shipment,
            ways=ways,
            world=changed,
            faults=faults,
        )

    def changed(self, premises: Premises, faults: list[Fault]) -> World:
        """Return the world with what a question shuts, opens and builds; collect what is wrong."""
        try:
            named = named_in(
                self.world.network, premises.closed, premises.opened, projects=premises.projects
            )
        except DataError as error:
            faults += error.faults
            return self.world
        return replace(
            self.world,
            shut_ids=named.shut_ids,
            open_ids=named.open_ids,
            projects=named.projects,
        )

    def whatif(self, asked: Asked) -> WhatIf:
        """Return what remembers the questions about a kind of shipment."""
        question = asked.question
        key = (question.shipment, question.price_year, question.travel)
        base = self.world.travelling(question.travel)
        return kept(
            self._whatifs,
            key,
            lambda: WhatIf(plan(replace(asked, world=base))),
            MOST_PLANNERS,
        )

    def planner(self, asked: Asked) -> Planner:
        """Return a planner of the world that is asked."""
        return self.whatif(asked).planner.in_world(asked.world)

    def appraisal(self, project: str) -> Appraisal:
        """Return the appraisal of a project, drawn once."""
        return self.once(("appraisal", project), lambda: self.region.appraise(project).content)

    def once(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what was worked out at the desk under a key, made if it was not."""
        made: Value = kept(self._made, key, make, MOST_ANSWERS)
        return made

    def compare(self, asked: Asked, *, strict: bool = False) -> Answer[Comparison]:
        """Return all corridors between two places, from what earlier questions left."""
        whatif = self.whatif(asked)
        if strict:
            return compare_asked(whatif.planner, asked, strict=True, whatif=whatif)
        return kept(
            self._answers,
            asked.question,
            lambda: compare_asked(whatif.planner, asked, whatif=whatif),
            MOST_ANSWERS,
        )


@dataclass(kw_only=True)
class Desks:
    """The desks of one set of tables and one workspace.

    Attributes
    ----------
    tables, workspace
        Folders of the user's, or None.
    path_count
        Futures drawn for the shares of days open.
    counts
        How often a desk was open when it was asked for.
    """

    tables: Path | None = None
    workspace: Workspace | None = None
    path_count: int = PATHS
    counts: Lookups = field(default_factory=Lookups, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)
    _desks: OrderedDict[Hashable, WarmDesk] = field(default_factory=OrderedDict, repr=False)
    _networks: OrderedDict[Hashable, tuple[Catalog, Network]] = field(
        default_factory=OrderedDict, repr=False
    )

    def resident_count(self) -> int:
        """Return how many desks are open."""
        return len(self._desks)

    def waiting_count(self) -> int:
        """Return how many questions wait for a desk."""
        return sum(desk.lock.waiting_count for desk in tuple(self._desks.values()))

    def catalog(self, as_recorded: dt.date | None = None) -> Catalog:
        """Return the catalogue, as it stands after what was last entered in the workspace."""
        return self._network(workspace_version(self.workspace), as_recorded)[0]

    def version(self) -> tuple[str, str]:
        """Return what tells one state of the data from another: tables and workspace."""
        return self.catalog().tables_sha256, workspace_version(self.workspace)

    def network(self) -> Network:
        """Return the network."""
        return self._network(workspace_version(self.workspace), None)[1]

    def _network(self, version: str, as_recorded: dt.date | None) -> tuple[Catalog, Network]:
        def read() -> tuple[Catalog, Network]:
            catalog = Catalog(self.tables, self.workspace, as_recorded)
            return catalog, build_network(catalog)

        with self._lock:
            return kept(self._networks, (version, as_recorded), read, 2)

    @contextmanager
    def at(
        self, as_of: dt.date, as_recorded: dt.date | None = None, *, aside: bool = False
    ) -> Iterator[WarmDesk]:
        """Yield the desk of a date, locked; it is opened if it is not.

        Parameters
        ----------
        aside
            A desk of its own for questions that take seconds: those beside it wait for nobody.

        Raises
        ------
        NoEvidenceError
            If nothing is known on or before the date.
        """
        version = workspace_version(self.workspace)

        def opened() -> WarmDesk:
            catalog, network = self._network(version, as_recorded)
            return WarmDesk(
                world=open_world(catalog, as_of, network=network), path_count=self.path_count
            )

        with self._lock:
            key = (version, as_of, as_recorded, aside)
            desk = kept(self._desks, key, opened, MOST_DESKS, self.counts)
        with desk.lock:
            yield desk
