"""A region on a date: the object that answers every question about ways, closures and targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.api.answer import Answer
from karwan.api.appraisal_questions import AppraisalQuestions
from karwan.api.asking import Shared, list_names
from karwan.api.closure_questions import ClosureQuestions
from karwan.api.disruption_questions import DisruptionQuestions
from karwan.api.facts import DataFacts, EvidenceFacts, NetworkFacts
from karwan.api.waiting_questions import WaitingQuestions
from karwan.api.way_questions import WayQuestions
from karwan.base.days import asked_day
from karwan.base.errors import DataError, Fault
from karwan.base.workspaces import Workspace, named_workspace

if TYPE_CHECKING:
    from karwan.analysis.corridors.calibration import Calibration
    from karwan.analysis.trade.targets import TargetAnswer
    from karwan.api.statements import Article
    from karwan.network.network import Network
    from karwan.report.brief.sheet import Sheet


@dataclass(frozen=True)
class Region(
    WayQuestions, ClosureQuestions, WaitingQuestions, DisruptionQuestions, AppraisalQuestions
):
    """A network and what is known of it on a date; made by `karwan.region`.

    It never changes: `whatif` returns another. Threads may share it.

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
    def shared(self) -> Shared:
        """What it shares with those that differ in what is shut, opened or built."""
        return self._shared

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
            closed=(*mine.closed, *list_names(closed, "closed")),
            opened=(*mine.opened, *list_names(opened, "opened")),
            projects=(*mine.projects, *list_names(projects, "projects")),
        )
        faults: list[Fault] = []
        with self._shared.lock:
            world = open_premises(self.world.catalog, self.world.network, premises, faults)
        if faults or world is None:
            raise DataError("the question", faults)
        return Region(premises, world, self._shared)

    def target(self, pair: str, *, strict: bool = False) -> Answer[TargetAnswer]:
        """Return whether the trade target of a pair such as KAZ-PAK can be met.

        Parameters
        ----------
        strict
            Refuse an answer that rests on figures of a later day.
        """
        from karwan.api.trade import target_asked

        with self._shared.lock:
            return target_asked(self.world, pair, strict=strict)

    def article(self, text: Path | str | None = None) -> Answer[Article]:
        """Return a number, a status or a refusal for each statement of the article.

        Parameters
        ----------
        text
            File of another text whose statements were accepted into the workspace.
        """
        from karwan.api.statements import article_asked
        from karwan.ledger.text.sentences import read_document

        document = None if text is None else read_document(Path(text))
        with self._shared.lock:
            return article_asked(self.world, document)

    def brief(
        self,
        audience: str = "minister",
        *,
        ends: tuple[str, str] | None = None,
        corridor: str | None = None,
        since: dt.date | str | None = None,
        lang: str = "en",
    ) -> Sheet:
        """Return one sheet for a reader: what is shut, the best way, what changed, what to ask.

        Parameters
        ----------
        audience
            minister, dispatcher, underwriter or auditor.
        ends
            Origin and destination; default: those by which the region is compared.
        corridor
            Family of corridors, such as KTAP; default: all.
        since
            Day from which changes are told; default: that of the last brief of the same ends and
            family that the workspace keeps, else thirty days before.
        lang
            en or ru.
        """
        from karwan.api.briefing import Asked, brief_asked
        from karwan.words.tongues import tongue_of

        asked = Asked(
            audience=audience,
            ends=ends,
            family=corridor,
            since=None if since is None else asked_day(since, "since"),
            tongue=tongue_of(lang),
        )
        with self._shared.lock:
            return brief_asked(self, asked)

    def calibrate(self) -> Answer[Calibration]:
        """Return the model beside runs that happened, each left out in turn."""
        from karwan.api.trade import calibrate_asked

        with self._shared.lock:
            return calibrate_asked(self.world.catalog, self.world.network, self.as_of)


def region(
    *,
    as_of: dt.date | str,
    tables: Path | str | None = None,
    workspace: Workspace | str | None = None,
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
        closed=list_names(closed, "closed"),
        opened=list_names(opened, "opened"),
        projects=list_names(projects, "projects"),
    )
    catalog = Catalog(
        None if tables is None else Path(tables),
        named_workspace(workspace),
        None if as_recorded is None else asked_day(as_recorded, "as_recorded"),
    )
    network: Network = build_network(catalog)
    world = open_premises(catalog, network, premises, faults)
    if faults or world is None:
        raise DataError("the question", faults)
    return Region(premises, world, Shared())
